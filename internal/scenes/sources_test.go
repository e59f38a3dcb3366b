package scenes

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/app"
	"jarchi.dev/jarchi/internal/people"
)

// intranet lets a node fetch from this machine, without waiting between two requests.
func intranet(c *app.Config) {
	c.Allow, c.SourceGap = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, time.Millisecond
}

// TestASourceIsAdded: an administrator names a feed on a page; what stands in it is on the wire; the feed grows, and the new item comes too. Others
// see nothing of the page.
func TestASourceIsAdded(t *testing.T) {
	t.Parallel()
	s := openAs(t, intranet)
	var items atomic.Int64
	items.Store(1)
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var n int64
		switch {
		case r.URL.Path == "/robots.txt":
			w.WriteHeader(404)
		case r.URL.Path == "/feed":
			io.WriteString(w, `<rss version="2.0"><channel><title>Valley Herald</title><language>en</language>`)
			for n = items.Load(); n > 0; n-- {
				fmt.Fprintf(w, "<item><title>Bridge number %d opens over the river</title><link>/%d</link></item>", n, n)
			}
			io.WriteString(w, "</channel></rss>")
		default:
			words := map[string]string{"/1": "old wooden ferry", "/2": "new stone quay"}[r.URL.Path]
			fmt.Fprintf(w, `<!doctype html><html lang="en"><title>x</title><article><h1>Bridge number %s opens over the river</h1><p>The bridge at the %s was opened on Monday morning by the head of the valley's road office.</p><p>People waited at the %s for years, and many of them came to walk over it, the office said.</p></article>`,
				strings.Trim(r.URL.Path, "/"), words, words)
		}
	}))
	t.Cleanup(site.Close)
	admin := s.as("alfa", people.Administrator, people.Editor)
	for _, stranger := range []*http.Client{{}, s.as("beta", people.Editor)} {
		if code, _ := s.get(stranger, "/people/sources"); code != 404 {
			t.Errorf("a stranger gets %d", code)
		}
	}
	code, body := s.get(admin, "/people/sources?ui=en")
	if code != 200 || !strings.Contains(body, "No sources yet") {
		t.Fatalf("%d\n%s", code, body)
	}
	if code, body = s.post(admin, "/people/sources", url.Values{"url": {"ftp://a.example/"}, "every": {"15"}}); code != 422 || !strings.Contains(body, `id="e-url"`) {
		t.Errorf("a bad address: %d", code)
	}
	if code, _ = s.post(admin, "/people/sources", url.Values{"url": {site.URL + "/feed"}, "every": {"60"}}); code != 200 {
		t.Fatalf("adding: %d", code)
	}
	on := func(words string) {
		t.Helper()
		for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			if _, body := s.get(admin, "/?ui=en"); strings.Contains(body, words) {
				return
			}
			if time.Now().After(end) {
				t.Fatalf("%q does not come onto the wire", words)
			}
		}
	}
	on("Bridge number 1 opens over the river")
	_, body = s.get(admin, "/people/sources?ui=en")
	if !strings.Contains(body, "Valley Herald") || !strings.Contains(body, "Taken in: 1") || !strings.Contains(body, "In order") {
		t.Errorf("the page does not tell how it fares:\n%s", body)
	}
	list, err := s.Sources.List(t.Context(), access.Viewer{Member: "alfa", Scopes: []access.Scope{access.Intake}})
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	items.Store(2)
	at := "/people/sources/" + string(list[0].ID)
	if code, body = s.post(admin, at+"/try?ui=en", nil); code != 200 || !strings.Contains(body, "Bridge number 2") || !strings.Contains(body, "new stone quay") {
		t.Errorf("a try: %d\n%s", code, body)
	}
	if code, _ = s.post(admin, at+"/poll", nil); code != 200 {
		t.Errorf("asking now: %d", code)
	}
	on("Bridge number 2 opens over the river")
	page := regexp.MustCompile(`/captures/[0-9a-f]{64}-1`).FindString(wireOf(s, admin))
	if _, body = s.get(admin, page+"?ui=en"); !strings.Contains(body, "Came by the feed") || !strings.Contains(body, "Valley Herald") {
		t.Errorf("the page of %s does not name its feed", page)
	}
	for _, do := range []string{"pause", "resume", "pause"} {
		if code, _ = s.post(admin, at+"/"+do, nil); code != 200 {
			t.Errorf("%s: %d", do, code)
		}
	}
	if code, body = s.get(admin, at+"/remove?ui=en"); code != 200 || !strings.Contains(body, "What it brought in stays") {
		t.Errorf("removing asks: %d", code)
	}
	if code, body = s.post(admin, at+"/remove", nil); code != 200 || strings.Contains(body, "Valley Herald") {
		t.Errorf("removing: %d", code)
	}
	on("Bridge number 2 opens over the river")
}

func wireOf(s *stage, c *http.Client) string {
	_, body := s.get(c, "/?ui=en")
	return body
}
