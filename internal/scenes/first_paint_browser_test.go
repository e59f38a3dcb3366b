package scenes

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"jarchi.dev/jarchi/internal/app"
	"jarchi.dev/jarchi/internal/testkit/chromium"
)

// firstPaint watches a page from its beginning: how much it shifts, and in how many frames it showed texts in Arabic letters
// that the device cannot draw, since the font that it waits for was not there. No font comes before the page asks: where
// the device has letters of its own, once it was drawn; else when twenty frames have passed without.
const firstPaint = `(() => {
	window.shift = 0; window.boxes = 0; window.drawn = 0; window.opened = false;
	const timer = setTimeout;
	window.setTimeout = (f, ms, ...more) => timer(f, ms === 5000 ? 1e6 : ms, ...more); // the machine of the test may be slow
	new PerformanceObserver(l => l.getEntries().forEach(e => { window.shift += e.value; })).observe({ type: 'layout-shift', buffered: true });
	let frames = 0;
	const look = () => {
		const root = document.documentElement, waits = root.matches('.waits');
		if (document.querySelector('main') && document.styleSheets.length) {
			frames++;
			if (!waits) {
				window.drawn++;
				if (root.matches('.no-arabic') && (!document.fonts.check('16px "Vazirmatn now"', '\u0627') || [...document.fonts].some(f => f.family.includes(' now') && f.status === 'loading'))) window.boxes++;
			}
			if (!window.opened && (window.drawn > 3 || frames > 20)) { window.opened = true; window.early = window.drawn; fetch('/open-gate'); }
		}
		requestAnimationFrame(look);
	};
	requestAnimationFrame(look);
})();`

// A device with no letter of the Arabic script, and one with all of them, whatever the machine of the test has.
const (
	lacking  = `CanvasRenderingContext2D.prototype.measureText = () => ({ width: 24 });`
	equipped = `CanvasRenderingContext2D.prototype.measureText = s => ({ width: s.charCodeAt(0) / 100 });`
)

// TestTheFirstPage: on a device without Arabic letters the first page of all is drawn once and with its letters, however
// late they come; what is to have the focus has it. On a device that has letters of its own nothing waits. Neither shifts.
func TestTheFirstPage(t *testing.T) {
	t.Parallel()
	var handler, closed, gate atomic.Value // closed ends when the gate opens
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/open-gate" {
			gate.Load().(context.CancelFunc)()
			return
		}
		if strings.Contains(r.URL.Path, "arabic") { // others are not held: a browser asks a site for six things at once
			select {
			case <-closed.Load().(context.Context).Done():
			case <-r.Context().Done():
			}
		}
		handler.Load().(http.Handler).ServeHTTP(w, r)
	}))
	d, err := app.OpenDemo(t.Context(), app.Config{Dir: t.TempDir(), PublicURL: srv.URL, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	handler.Store(d.Handler())
	t.Cleanup(func() {
		srv.CloseClientConnections()
		srv.Close()
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, c := range []struct {
		ui, device string
		width      int64
	}{{"ur", lacking, 1280}, {"en", lacking, 360}, {"fa", lacking, 1280}, {"ur", equipped, 360}} {
		until, open := context.WithCancel(t.Context())
		closed.Store(until)
		gate.Store(open)
		b := chromium.Open(t) // a device that has never been here
		b.Before(c.device + firstPaint)
		b.Size(c.width, 800)
		b.Do(chromium.Go(srv.URL + "/?ui=" + c.ui))
		b.Wait(`window.drawn > 10 && document.fonts.status === 'loaded'`)
		var got struct {
			Shift        float64
			Early, Boxes int
			Waits        bool
		}
		b.Into(&got, `JSON.stringify({ Shift: window.shift, Early: window.early, Boxes: window.boxes, Waits: document.documentElement.matches('.no-arabic') })`)
		where := fmt.Sprintf("%s at %d: %+v", c.ui, c.width, got)
		t.Log(where)
		if got.Shift >= 0.02 {
			t.Errorf("it shifts: %s", where)
		}
		if c.device == lacking && (!got.Waits || got.Boxes > 0) {
			t.Errorf("a text stands there in boxes: %s", where)
		}
		if c.device == equipped && (got.Waits || got.Early == 0) {
			t.Errorf("a device with letters waits for others: %s", where)
		}
		if c.device == lacking {
			b.Do(chromium.Go(srv.URL + "/in?ui=" + c.ui))
			b.Run(`document.getElementById('login').value = 'nobody'; document.getElementById('password').value = 'no such password'; document.querySelector('form[action="/in"] button').click();`)
			b.Wait(`document.querySelector('[aria-invalid]') && document.activeElement.id === 'login'`)
		}
	}
}
