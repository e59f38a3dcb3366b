package scenes

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/app"
	"jarchi.dev/jarchi/internal/testkit/chromium"
)

// firstPaint watches a page from its beginning: how much it shifts, and in how many frames it showed texts in Arabic letters
// that the device cannot draw, since the font that it waits for was not there.
const firstPaint = `(() => {
	window.shift = 0; window.boxes = 0; window.frames = 0; window.drawn = 0;
	new PerformanceObserver(l => l.getEntries().forEach(e => { window.shift += e.value; })).observe({ type: 'layout-shift', buffered: true });
	const look = () => {
		if (document.body && getComputedStyle(document.body).visibility === 'visible') {
			window.drawn ||= performance.now();
			window.frames++;
			if (!document.documentElement.matches('.no-arabic') || [...document.fonts].some(f => f.family.includes(' now') && f.status === 'loading')) window.boxes++;
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

// TestTheFirstPage: on a device without Arabic letters, on a line where the fonts take a second, the first page of all is
// drawn once and with its letters; on a device that has letters of its own nothing waits. Neither shifts.
func TestTheFirstPage(t *testing.T) {
	t.Parallel()
	const late = 600 * time.Millisecond
	var handler atomic.Value
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".woff2") {
			time.Sleep(late)
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
		b := chromium.Open(t) // a device that has never been here
		b.Before(c.device + firstPaint)
		b.Size(c.width, 800)
		b.Do(chromium.Go(srv.URL + "/?ui=" + c.ui))
		b.Wait(`window.drawn && performance.now() > window.drawn + 300 && performance.now() > 1500`)
		var got struct {
			Shift, Drawn  float64
			Boxes, Frames int
			Waits         bool
		}
		b.Into(&got, `JSON.stringify({ Shift: window.shift, Drawn: window.drawn, Boxes: window.boxes, Frames: window.frames, Waits: document.documentElement.matches('.no-arabic') })`)
		where := fmt.Sprintf("%s at %d, lacking letters: %v: %+v", c.ui, c.width, c.device == lacking, got)
		t.Log(where)
		switch {
		case got.Shift >= 0.02:
			t.Errorf("it shifts: %s", where)
		case c.device == lacking && (!got.Waits || got.Boxes > 0 || got.Frames == 0):
			t.Errorf("a text stands there in boxes: %s", where)
		case c.device == lacking && got.Drawn > 4500:
			t.Errorf("drawn too late: %s", where)
		case c.device == equipped && (got.Waits || got.Drawn > float64(late.Milliseconds())):
			t.Errorf("a device with letters waits for others: %s", where)
		}
	}
}
