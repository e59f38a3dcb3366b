package scenes

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"io"
	"mime/quotedprintable"
	"net/http"
	"net/mail"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/app"
	"jarchi.dev/jarchi/internal/outbound"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/testkit/chromium"
)

// post box: a mail server that takes everything.
type postBox struct {
	mu  sync.Mutex
	all []string
}

func (p *postBox) From() mail.Address { return mail.Address{Address: "wire@press.example"} }
func (p *postBox) Send(_ context.Context, _ string, letter []byte) (outbound.Mailed, error) {
	b, _ := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(letter)))
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all = append(p.all, string(b))
	return outbound.Mailed{Status: 250}, nil
}

func (p *postBox) letter(t *testing.T, n int) string {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		p.mu.Lock()
		got := len(p.all)
		p.mu.Unlock()
		if got >= n {
			return p.all[n-1]
		}
		if time.Now().After(end) {
			t.Fatalf("%d letters of %d", got, n)
		}
	}
}

// TestBySavedSearchAndDigest: a reader has what is new for a search that she keeps told by mail, with consent by the link of a letter, and stops it; an administrator sets up a digest and changes it. Without scripts.
func TestBySavedSearchAndDigest(t *testing.T) {
	t.Parallel()
	box := &postBox{}
	s := openAs(t, func(c *app.Config) { c.Deliver.Mail = box })
	u := s.person("alfa", "", people.ReaderRole, people.Administrator)
	c := s.browser(u)
	const search = "lang=en&q=river"
	s.post(c, "/saved", url.Values{"writer": {string(u.ID)}, "search": {search}, "back": {"/"}})
	s.post(c, "/saved", url.Values{"writer": {string(u.ID)}, "search": {search}, "tell": {"1"}, "back": {"/"}})
	_, page := s.get(c, "/?ui=en")
	at := regexp.MustCompile(`href="(/saved/mail\?search=[^"]*)"`).FindStringSubmatch(page)
	if at == nil {
		t.Fatal("the search leads to no mails")
	}
	place := html.UnescapeString(at[1])
	if code, page := s.get(c, place+"&ui=en"); code != http.StatusOK || !strings.Contains(page, "river") || strings.Contains(page, "Stop the mails") {
		t.Fatal(code, mainText(page))
	}
	if code, page := s.post(c, "/saved/mail", url.Values{"writer": {string(u.ID)}, "search": {search}, "address": {"not one"}}); code != http.StatusUnprocessableEntity {
		t.Error(code, mainText(page))
	}
	if code, page := s.post(c, "/saved/mail", url.Values{"writer": {string(u.ID)}, "search": {"q=other"}, "address": {"a@b.example"}}); code != http.StatusNotFound {
		t.Error(code, mainText(page))
	}
	if code, page := s.post(c, "/saved/mail", url.Values{"writer": {string(u.ID)}, "search": {search}, "address": {"her@paper.example"}}); code != http.StatusOK || !strings.Contains(page, "her@paper.example") {
		t.Fatal(code, mainText(page))
	}
	link := regexp.MustCompile(`/mail/[a-z0-9]+/[a-z0-9]+`).FindString(box.letter(t, 1))
	if code, page := s.post(http.DefaultClient, link, url.Values{}); code != http.StatusOK {
		t.Fatal(code, mainText(page))
	}
	_, page = s.get(c, place+"&ui=en")
	if !strings.Contains(page, "Running") || !strings.Contains(page, "Stop the mails") {
		t.Error(mainText(page))
	}

	form := url.Values{"channel": {"mail"}, "target": {"desk@paper.example"}, "digest": {"3"}, "hour": {"18"}, "zone": {"Mars/Base"}, "once": {"1"}}
	if code, page := s.post(c, "/people/deliveries", form); code != http.StatusUnprocessableEntity || !strings.Contains(page, `value="Mars/Base"`) || !strings.Contains(page, `<option value="18" selected>`) {
		t.Error(code, mainText(page))
	}
	form.Set("zone", "Asia/Almaty")
	form.Set("once", "2")
	code, page := s.post(c, "/people/deliveries", form)
	if code != http.StatusOK || !strings.Contains(page, "18:00 Asia/Almaty") {
		t.Fatal(code, mainText(page))
	}
	_, list := s.get(c, "/people/deliveries?ui=en")
	if !strings.Contains(list, "a search that she keeps") {
		t.Error(mainText(list))
	}
	own := regexp.MustCompile(`action="(/people/deliveries/[A-Za-z0-9-]+)"`).FindStringSubmatch(page)
	box.letter(t, 2)
	link = regexp.MustCompile(`/mail/[a-z0-9]+/[a-z0-9]+`).FindString(box.letter(t, 2))
	s.post(http.DefaultClient, link, url.Values{})
	if own == nil {
		_, page = s.get(c, regexp.MustCompile(`/people/deliveries/[A-Za-z0-9-]+`).FindString(page))
		own = regexp.MustCompile(`action="(/people/deliveries/[A-Za-z0-9-]+)"`).FindStringSubmatch(page)
	}
	if own == nil {
		t.Fatal(mainText(page))
	}
	if code, page := s.post(c, own[1], url.Values{"name": {"Evening"}, "filter": {"lang=kk"}, "digest": {"daily"}, "hour": {"6"}, "zone": {"Asia/Tehran"}}); code != http.StatusOK || !strings.Contains(page, "06:00 Asia/Tehran") || !strings.Contains(page, "Evening") {
		t.Error(code, mainText(page))
	}

	if *shots != "" {
		b := chromium.Open(t)
		b.Cookie(s.URL, s.session(u))
		b.Open(1280, 900, s.URL+"/help/components?ui=ur")
		for name, path := range map[string]string{"alert": place, "deliveries": "/people/deliveries", "delivery": own[1], "wire": "/"} {
			for _, look := range []struct {
				ui, theme string
				width     int64
			}{{"en", "light", 360}, {"en", "dark", 1280}, {"en", "light", 1280}, {"ur", "light", 1280}, {"fa", "dark", 360}} {
				sep := "?"
				if strings.Contains(path, "?") {
					sep = "&"
				}
				b.Media("", "prefers-color-scheme", look.theme)
				b.Open(look.width, 1500, s.URL+path+sep+"ui="+look.ui)
				b.Picture(filepath.Join(*shots, fmt.Sprintf("%s-%s-%d-%s.png", name, look.ui, look.width, look.theme)))
			}
		}
	}

	s.post(c, "/saved/mail", url.Values{"writer": {string(u.ID)}, "search": {search}, "stop": {"1"}})
	if _, page = s.get(c, place+"&ui=en"); strings.Contains(page, "Stop the mails") {
		t.Error(mainText(page))
	}
}
