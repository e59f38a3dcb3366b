package scenes

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/testkit/chromium"
)

// hook is a receiver that shows that it wants to be called, and keeps what it gets.
type hook struct {
	*httptest.Server
	mu    sync.Mutex
	got   []string // event and body
	fails bool
}

func newHook(t *testing.T) *hook {
	h := &hook{}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.fails {
			w.WriteHeader(500)
			return
		}
		h.got = append(h.got, r.Header.Get("jarchi-event")+" "+string(b))
		w.Write(b)
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *hook) count(event string) (n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, g := range h.got {
		if strings.HasPrefix(g, event+" ") {
			n++
		}
	}
	return n
}

func (h *hook) until(t *testing.T, event string, n int) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); h.count(event) < n; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d of %s, want %d", h.count(event), event, n)
		}
	}
}

// TestADeliveryIsSetUp: an administrator names an address on a page and is shown its secret once; what is released comes there, and so does its withdrawal though
// the delivery was paused meanwhile; the log tells of it, and sends it again. Others see nothing of the page.
func TestADeliveryIsSetUp(t *testing.T) {
	t.Parallel()
	s := openAs(t, intranet)
	h := newHook(t)
	admin := s.as("alfa", people.Administrator, people.Editor)
	for _, stranger := range []*http.Client{{}, s.as("beta", people.Editor)} {
		if code, _ := s.get(stranger, "/people/deliveries"); code != 404 {
			t.Errorf("a stranger gets %d", code)
		}
	}
	if code, body := s.get(admin, "/people/deliveries?ui=en"); code != 200 || !strings.Contains(body, "No deliveries yet") {
		t.Fatalf("%d\n%s", code, body)
	}
	for field, v := range map[string]url.Values{"target": {"channel": {"webhook"}, "target": {"ftp://a.example/"}}, "filter": {"channel": {"webhook"}, "target": {h.URL}, "filter": {"colour=red"}}} {
		if code, body := s.post(admin, "/people/deliveries", v); code != 422 || !strings.Contains(body, `id="e-`+field+`"`) {
			t.Errorf("a bad %s: %d", field, code)
		}
	}
	code, body := s.post(admin, "/people/deliveries?ui=en", url.Values{"channel": {"webhook"}, "target": {h.URL + "/wire"}, "filter": {"?q=bridge"}, "name": {"Valley system"}})
	secret := regexp.MustCompile(`whsec_[A-Za-z0-9+/=&#;]+`).FindString(body)
	if code != 200 || secret == "" {
		t.Fatalf("adding: %d\n%s", code, body)
	}
	at := regexp.MustCompile(`/people/deliveries/[a-z0-9]+`).FindString(body)
	if _, body = s.get(admin, at+"?ui=en"); !strings.Contains(body, "Running") || !strings.Contains(body, "Question whether it wants to be called") || strings.Contains(body, "whsec_") {
		t.Errorf("its page:\n%s", body)
	}
	r, err := s.Publish.Create(t.Context(), testkit.Viewer("alfa"), testkit.Input(map[lang.Tag][2]string{lang.EN: {"Bridge opens over the river", "People came to walk over it."}}))
	if err != nil {
		t.Fatal(err)
	}
	h.until(t, "released", 1)
	for _, do := range []string{"test", "pause"} {
		if code, _ = s.post(admin, at+"/"+do, nil); code != 200 {
			t.Errorf("%s: %d", do, code)
		}
	}
	h.until(t, "test", 1)
	if _, err := s.Publish.Withdraw(t.Context(), testkit.Viewer("alfa"), r.ID, "It was not opened", nil); err != nil {
		t.Fatal(err)
	}
	h.until(t, "withdrawn", 1)
	if code, _ = s.post(admin, at+"/resume", nil); code != 200 {
		t.Errorf("resuming: %d", code)
	}
	if code, body = s.post(admin, at+"/replay?ui=en", url.Values{"hours": {"1"}}); code != 200 || !strings.Contains(body, "Sent again: 1") {
		t.Errorf("replaying: %d\n%s", code, body)
	}
	h.until(t, "withdrawn", 2)
	// The withdrawal's line: of others the answers may have been noted later than the page was asked for.
	var line []string
	for end := time.Now().Add(20 * time.Second); line == nil; time.Sleep(5 * time.Millisecond) {
		_, body = s.get(admin, at+"?ui=en")
		for _, row := range strings.Split(body, "<tr ") {
			if strings.Contains(row, ">Withdrawal<") && line == nil {
				line = regexp.MustCompile(`name="line" value="(\d+)"`).FindStringSubmatch(row)
			}
		}
		if time.Now().After(end) {
			t.Fatalf("no line can be sent again:\n%s", body)
		}
	}
	if code, _ = s.post(admin, at+"/retry", url.Values{"line": {line[1]}}); code != 200 {
		t.Errorf("sending again: %d", code)
	}
	h.until(t, "withdrawn", 3)
	if code, body = s.post(admin, at+"?ui=en", url.Values{"name": {"Valley"}, "filter": {"q=dam"}}); code != 200 || !strings.Contains(body, "Valley") || !strings.Contains(body, "q=dam") {
		t.Errorf("changing: %d", code)
	}
	if code, body = s.post(admin, at+"/rotate?ui=en", url.Values{"once": {"r"}}); code != 200 || !strings.Contains(body, "whsec_") || strings.Contains(body, secret) {
		t.Errorf("a new secret: %d", code)
	}
	if code, body = s.post(admin, at+"/rotate?ui=en", url.Values{"once": {"r"}}); code != 200 || strings.Contains(body, "whsec_") {
		t.Errorf("the same form gives a second secret: %d", code)
	}
	if code, body = s.get(admin, "/people/audit?ui=en"); code != 200 || !strings.Contains(body, "Set up a delivery") || !strings.Contains(body, "Replayed a delivery") {
		t.Errorf("the audit list: %d", code)
	}
	if *shots != "" {
		s.deliveryPictures(t, h, at)
	}
	if code, body = s.get(admin, at+"/remove?ui=en"); code != 200 || !strings.Contains(body, "Nothing is sent there any more") {
		t.Errorf("removing asks: %d", code)
	}
	if code, body = s.post(admin, at+"/remove?ui=en", nil); code != 200 || strings.Contains(body, at) {
		t.Errorf("removing: %d", code)
	}
	if code, _ = s.get(admin, at); code != 404 {
		t.Errorf("it is there still: %d", code)
	}
}

// deliveryPictures photographs the pages, with one receiver that is down, for people to look at.
func (s *stage) deliveryPictures(t *testing.T, h *hook, at string) {
	admin := s.person("alfa", "", people.Administrator)
	c := s.browser(admin)
	h.mu.Lock()
	h.fails = true
	h.mu.Unlock()
	s.post(c, "/people/deliveries", url.Values{"channel": {"webhook"}, "target": {h.URL + "/newsroom/system/with/a/long/address"}})
	s.post(c, at+"/test", nil)
	b := chromium.Open(t)
	b.Cookie(s.URL, s.session(admin))
	b.Open(1280, 900, s.URL+"/help/components?ui=ur")
	for name, path := range map[string]string{"deliveries": "/people/deliveries", "delivery": at} {
		for _, look := range []struct {
			ui, theme string
			width     int64
		}{{"en", "light", 360}, {"en", "light", 1280}, {"ur", "light", 360}, {"fa", "dark", 1280}} {
			b.Media("", "prefers-color-scheme", look.theme)
			b.Open(look.width, 900, s.URL+path+"?ui="+look.ui)
			b.Picture(filepath.Join(*shots, fmt.Sprintf("%s-%s-%d-%s.png", name, look.ui, look.width, look.theme)))
		}
	}
}

// TestToldOfWhatIsNew: who wants to be told of a search that she keeps sees on the wire how much is new for it, until she opens it.
func TestToldOfWhatIsNew(t *testing.T) {
	t.Parallel()
	s := open(t)
	reader := s.as("beta", people.ReaderRole)
	for _, form := range []url.Values{{"search": {"q=bridge"}, "back": {"/"}}, {"search": {"q=bridge"}, "tell": {"1"}, "back": {"/"}}} {
		if code, _ := s.post(reader, "/saved", form); code != 200 {
			t.Fatalf("%v: %d", form, code)
		}
	}
	tells := func(want bool) {
		t.Helper()
		if _, body := s.get(reader, "/?ui=en"); strings.Contains(body, `<span class="kept-new">New: 1</span>`) != want {
			t.Errorf("tells of something new, want %v", want)
		}
	}
	tells(false)
	s.as("alfa", people.Editor) // makes the member
	if _, err := s.Publish.Create(t.Context(), testkit.Viewer("alfa"), testkit.Input(map[lang.Tag][2]string{lang.EN: {"Bridge opens over the river", "People came to walk over it."}})); err != nil {
		t.Fatal(err)
	}
	tells(true)
	tells(true)
	if code, body := s.get(reader, "/?q=bridge&ui=en"); code != 200 || !strings.Contains(body, "Bridge opens") {
		t.Errorf("%d", code)
	}
	tells(false)
}
