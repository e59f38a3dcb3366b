package scenes

import (
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/app"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/testkit/chromium"
)

// TestADeliveryThatFailsForGood: a release that a receiver refused until it was given up stands on the delivery's page with the reason and what the receiver said, in either direction and on a
// phone; who presses 'Send again' there, once the receiver is mended, is told that it goes, it arrives once, and the page says so.
func TestADeliveryThatFailsForGood(t *testing.T) {
	t.Parallel()
	s := openAs(t, func(c *app.Config) {
		intranet(c)
		c.Deliver.Backoff = func(int) time.Duration { return time.Millisecond }
	})
	var broken atomic.Bool
	h := newHook(t)
	inner := h.Config.Handler
	h.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if broken.Load() {
			http.Error(w, "The disk of the archive is full.", http.StatusInternalServerError)
			return
		}
		inner.ServeHTTP(w, r)
	})
	admin := s.person("alfa", "", people.Administrator)
	c := s.browser(admin)
	code, body := s.post(c, "/people/deliveries?ui=en", url.Values{"channel": {"webhook"}, "target": {h.URL + "/newsroom/system/with/a/long/address"}, "name": {"Valley system"}})
	at := regexp.MustCompile(`/people/deliveries/[a-z0-9]+`).FindString(body)
	if code != 200 || at == "" {
		t.Fatalf("adding: %d\n%s", code, body)
	}
	broken.Store(true)
	if _, err := s.Publish.Create(t.Context(), testkit.Viewer("alfa"), testkit.Input(map[lang.Tag][2]string{lang.EN: {"Bridge opens over the river", "People came to walk over it."}})); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(30 * time.Second); !strings.Contains(body, "Given up"); time.Sleep(20 * time.Millisecond) {
		if _, body = s.get(c, at+"?ui=en"); time.Now().After(end) {
			t.Fatalf("it is not given up:\n%s", mainText(body))
		}
	}

	b := chromium.Open(t)
	b.Cookie(s.URL, s.session(admin))
	for _, look := range []struct {
		ui, reason, status, earlier string
		width                       int64
	}{
		{"en", "The receiver reports a fault of its own.", "500", "Earlier tries: 14", 1280}, {"en", "The receiver reports a fault of its own.", "500", "Earlier tries: 14", 360},
		{"fa", "گیرنده از ایراد خود خبر می‌دهد.", "۵۰۰", "کوشش‌های پیشین: ۱۴", 1280}, {"fa", "گیرنده از ایراد خود خبر می‌دهد.", "۵۰۰", "کوشش‌های پیشین: ۱۴", 360},
	} {
		b.Open(look.width, 900, s.URL+at+"?ui="+look.ui)
		if text := chromium.Eval[string](b, `document.querySelector('tr.source-alarm').innerText`); !strings.Contains(text, look.reason) || !strings.Contains(text, look.status) || !strings.Contains(text, look.earlier) || strings.Count(text, look.reason) != 1 || !strings.Contains(text, "The disk of the archive is full.") {
			t.Errorf("%s at %d says: %s", look.ui, look.width, text)
		}
		if wide := chromium.Eval[int64](b, `document.documentElement.scrollWidth`); wide > look.width {
			t.Errorf("%s at %d: the page is %d wide", look.ui, look.width, wide)
		}
		if *shots != "" {
			b.Run(`document.querySelector('tr.source-alarm').scrollIntoView({block: 'center'})`)
			b.Picture(filepath.Join(*shots, fmt.Sprintf("delivery-failed-%s-%d.png", look.ui, look.width)))
		}
	}
	broken.Store(false)
	b.Run(`document.querySelector('tr.source-alarm form[action$="/retry"] button').click()`)
	b.Wait(`location.search.includes('done=retried') && document.body.innerText.includes('دوباره فرستاده می‌شود.')`)
	h.until(t, "released", 1)
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		b.Open(360, 900, s.URL+at+"?ui=fa")
		if chromium.Eval[bool](b, `!document.querySelector('tr.source-alarm') && document.querySelector('table.deliveries tbody tr .source-says').innerText.startsWith('رسید')`) {
			break
		}
		if time.Now().After(end) {
			t.Fatal(chromium.Eval[string](b, `document.querySelector('main').innerText`))
		}
	}
	if *shots != "" {
		b.Picture(filepath.Join(*shots, "delivery-sent-again-fa-360.png"))
	}
	if n := h.count("released"); n != 1 {
		t.Errorf("it came %d times", n)
	}
	for _, w := range b.Complaints() {
		t.Error(w)
	}
}
