package web

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/testkit/chromium"
	"jarchi.dev/jarchi/internal/wire"
)

var shots = flag.String("shots", "", "directory that TestPictures writes pictures of every page to")

// layout is what the browser says of an opened wire.
type layout struct {
	Dir, Lang      string
	Rows           int
	Overflow       int      // how far the page can be scrolled sideways
	Loaded         []string // font families in use
	Thin, Outside  int      // rows lower than 40 px; headlines that stick out of their row
	WrongStart     int      // headlines that do not start at the side of their own direction
	Shift          float64  // cumulative layout shift while fonts came
	StartsLTR      int      // different starting edges of left-to-right headlines
	HeadingsMoving float64
	Shifted        string // what moved most
}

const measure = `(() => {
	const po = new PerformanceObserver(() => {});
	po.observe({ type: 'layout-shift', buffered: true });
	const shifts = po.takeRecords().concat(performance.getEntriesByType('layout-shift'));
	const shift = shifts.reduce((n, e) => n + e.value, 0);
	const name = s => (s.node?.className || s.node?.nodeName || '') + ' ' + Math.round(s.previousRect.y) + '-' + Math.round(s.currentRect.y) + ' ' + Math.round(s.previousRect.height) + '-' + Math.round(s.currentRect.height);
	const rows = [...document.querySelectorAll('.row')];
	const heads = rows.map(r => r.querySelector('.row-head'));
	const text = h => { const r = document.createRange(); r.selectNodeContents(h.querySelector('a')); return [...r.getClientRects()].filter(x => x.width > 2); };
	let wrong = 0, outside = 0;
	const starts = new Set();
	heads.forEach((h, i) => {
		const box = h.getBoundingClientRect(), row = rows[i].getBoundingClientRect(), style = getComputedStyle(h);
		const pad = parseFloat(style.paddingInlineStart) + 3;
		const rects = text(h);
		if (box.left < row.left - 1 || box.right > row.right + 1) outside++;
		if (!rects.length) return;
		if (h.dir === 'rtl' ? Math.max(...rects.map(x => x.right)) < box.right - pad : Math.min(...rects.map(x => x.left)) > box.left + pad) wrong++;
		if (h.dir === 'ltr') starts.add(Math.round(box.left));
	});
	return JSON.stringify({ Dir: document.documentElement.dir, Lang: document.documentElement.lang, Shift: shift, Shifted: shifts.flatMap(e => e.sources || []).map(name).join('; '), Rows: rows.length,
		Overflow: document.documentElement.scrollWidth - innerWidth,
		Loaded: [...new Set([...document.fonts].filter(f => f.status === 'loaded').map(f => f.family.replaceAll('"', '').replace(/ now$/, '')))],
		Thin: rows.filter(r => r.getBoundingClientRect().height < 40).length, Outside: outside, WrongStart: wrong, StartsLTR: starts.size });
})()`

// TestBrowser opens the wire in both directions and three widths, and plays what only a browser can show.
func TestBrowser(t *testing.T) {
	b := chromium.Open(t)
	events := make(chan string, 4)
	x := newExchange(t)
	srv := httptest.NewServer(site(newHandler(t, x), events))
	defer srv.Close()
	defer srv.CloseClientConnections()

	for _, ui := range []string{"en", "ur"} {
		for _, width := range []int64{360, 768, 1280} {
			b.Open(width, 900, srv.URL+"/?ui="+ui)
			var l layout
			if err := json.Unmarshal([]byte(chromium.Eval[string](b, measure)), &l); err != nil {
				t.Fatal(err)
			}
			want := map[string]string{"en": "ltr", "ur": "rtl"}[ui]
			if l.Dir != want || l.Lang != ui || l.Rows < 13 || l.Overflow > 0 || l.Thin > 0 || l.Outside > 0 || l.WrongStart > 0 || l.StartsLTR > 1 || l.Shift > 0.02 {
				t.Errorf("%s at %d: %+v", ui, width, l)
			}
			for _, f := range []string{"Noto Sans", "Vazirmatn", "Noto Nastaliq Urdu"} {
				if !slices.Contains(l.Loaded, f) {
					t.Errorf("%s at %d: the font %s was not loaded, only %q", ui, width, f, l.Loaded)
				}
			}
		}
	}

	// The line being read does not move: a row is selected, something new arrives, one line says so.
	b.Open(1280, 700, srv.URL+"/?ui=en")
	b.Wait(`document.getElementById('light').classList.contains('is-on')`)
	for range 3 {
		b.Key("KeyJ")
	}
	const top = `document.querySelector('.row.is-selected').getBoundingClientRect().top`
	before := chromium.Eval[float64](b, top)
	x.grow(newExchange(t).entries[:3]...)
	events <- "released"
	b.Wait(`!document.getElementById('fresh').hidden`)
	if after := chromium.Eval[float64](b, top); after != before {
		t.Errorf("the selected row moved from %v to %v when something arrived", before, after)
	}
	if fresh := chromium.Eval[string](b, `document.querySelector('.fresh-button').textContent`); fresh != "3 new · 1 flash" {
		t.Errorf("the line says %q, want %q", fresh, "3 new · 1 flash")
	}
	had := chromium.Eval[int](b, `document.querySelectorAll('.row').length`)
	b.Key("Period")
	if n := chromium.Eval[int](b, `document.querySelectorAll('.row').length`); n != had+3 {
		t.Errorf("after '.' there are %d rows, want %d", n, had+3)
	}

	// Keys open the pane and close it again.
	b.Key("KeyO")
	b.Wait(`document.querySelector('#pane #item') && location.search.includes('open=')`)
	b.Key("Escape")
	b.Wait(`!document.querySelector('#wire.has-open') && !location.search.includes('open=')`)

	// Without scripts the rows are there.
	b.WithoutScripts(true)
	b.Do(chromedp.Navigate(srv.URL + "/?ui=fa"))
	b.WithoutScripts(false)
	if rows := chromium.Eval[int](b, `document.querySelectorAll('.row').length`); rows < 13 {
		t.Errorf("without scripts there are %d rows", rows)
	}

	if bad := b.Complaints(); len(bad) > 0 {
		t.Errorf("the browser complained: %q", bad)
	}
}

// watching notes how far the selected row ever stands from where it stood.
const watching = `(() => {
	const y = () => document.querySelector('.row.is-selected')?.getBoundingClientRect().top;
	const at = y();
	window.moved = 0; window.frames_seen = 0;
	const look = () => { window.moved = Math.max(window.moved, Math.abs((y() ?? 1e6) - at)); window.frames_seen++; requestAnimationFrame(look); };
	look();
	return true;
})()`

// TestTheLineBeingReadStays: row 30 is selected, seven releases and a flash arrive in five seconds, a release
// above is withdrawn: not a pixel.
func TestTheLineBeingReadStays(t *testing.T) {
	b := chromium.Open(t)
	for _, c := range []struct {
		ui    string
		width int64
	}{{"en", 1280}, {"ur", 360}} {
		events := make(chan string, 16)
		x := newExchange(t)
		for range 3 {
			x.grow(newExchange(t).entries...)
		}
		srv := httptest.NewServer(site(newHandler(t, x), events))
		b.Open(c.width, 800, srv.URL+"/?density=comfortable&ui="+c.ui)
		b.Wait(`document.getElementById('light').classList.contains('is-on')`)
		for range 30 {
			b.Key("KeyJ")
		}
		chromium.Eval[bool](b, watching)
		var fresh []browse.Entry // seven releases and a flash
		for len(fresh) < 8 {
			for _, e := range newExchange(t).entries {
				if e.Release != nil && e.Release.State == wire.Released && len(fresh) < 8 && (e.Release.Urgency != 1 || !slices.ContainsFunc(fresh, isFlash)) {
					fresh = append(fresh, e)
				}
			}
		}
		had := chromium.Eval[int](b, `document.querySelectorAll('.row').length`)
		for i := range 8 {
			if i == 4 {
				x.mu.Lock()
				if _, err := x.entries[7].Release.Withdraw("mistaken", now); err != nil {
					t.Log(err)
				}
				x.mu.Unlock()
			}
			x.grow(fresh[i])
			events <- "released"
			time.Sleep(550 * time.Millisecond)
		}
		b.Wait(`!document.getElementById('fresh').hidden && /8.*1/.test(document.querySelector('.fresh-button').textContent)`)
		if moved, frames := chromium.Eval[float64](b, `window.moved`), chromium.Eval[int](b, `window.frames_seen`); moved != 0 || frames < 20 {
			t.Errorf("%s at %d: the line being read moved %v px in %d frames", c.ui, c.width, moved, frames)
		}
		b.Key("Period")
		if n := chromium.Eval[int](b, `document.querySelectorAll('.row').length`); n != had+8 {
			t.Errorf("%s at %d: %d rows after '.', want %d", c.ui, c.width, n, had+8)
		}
		srv.CloseClientConnections()
		srv.Close()
	}
}

func isFlash(e browse.Entry) bool { return e.Release.Urgency == 1 }

// TestACutAndWhatWasMissed: the network is cut, three releases happen, the network returns.
func TestACutAndWhatWasMissed(t *testing.T) {
	b := chromium.Open(t)
	x := newExchange(t)
	h := site(newHandler(t, x), nil)
	var cut atomic.Bool
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if cut.Load() {
			panic(http.ErrAbortHandler)
		}
		h.ServeHTTP(w, r)
	}))
	defer srv.Close()
	defer srv.CloseClientConnections()
	b.Open(1280, 800, srv.URL+"/?density=comfortable&ui=en")
	b.Wait(`document.getElementById('light').classList.contains('is-on')`)
	had := chromium.Eval[int](b, `document.querySelectorAll('.row').length`)
	b.Key("KeyJ")
	cut.Store(true)
	srv.CloseClientConnections()
	time.Sleep(4 * time.Second)
	if chromium.Eval[bool](b, `document.getElementById('light').classList.contains('is-off')`) {
		t.Error("the light went out before five seconds")
	}
	b.Wait(`document.getElementById('light').classList.contains('is-off')`)
	if s := chromium.Eval[string](b, `document.getElementById('light').innerText`); !strings.HasPrefix(s, "Not live since ") {
		t.Errorf("the light says %q", s)
	}
	if n := chromium.Eval[int](b, `document.querySelectorAll('.row').length`); n != had {
		t.Errorf("offline there are %d rows, want %d", n, had)
	}
	b.Key("KeyO") // what cannot be loaded says so, and what was there stays
	b.Wait(`!!document.querySelector('#pane .failed')`)
	x.grow(newExchange(t).entries[:3]...)
	cut.Store(false)
	b.Wait(`!document.getElementById('fresh').hidden`)
	if s := chromium.Eval[string](b, `document.querySelector('.fresh-button').textContent`); s != "3 missed, loaded · 1 flash" {
		t.Errorf("after the cut the line says %q", s)
	}
	b.Key("Period")
	if n, ids := chromium.Eval[int](b, `document.querySelectorAll('.row').length`), chromium.Eval[int](b, `new Set([...document.querySelectorAll('.row')].map(r => r.id)).size`); n != had+3 || ids != n {
		t.Errorf("after the cut there are %d rows, %d different ones, want %d", n, ids, had+3)
	}
}

// TestKeysAndBorders: the list of keys is a dialog that gives the focus back; the border moves by the
// keyboard and is remembered; a key bound elsewhere does what the usual one did.
func TestKeysAndBorders(t *testing.T) {
	b := chromium.Open(t)
	x := newExchange(t)
	srv := httptest.NewServer(site(newHandler(t, x), nil))
	defer srv.Close()
	defer srv.CloseClientConnections()
	for _, ui := range []string{"en", "fa"} {
		b.Open(1280, 800, srv.URL+"/?density=comfortable&ui="+ui)
		b.Key("KeyJ")
		had := chromium.Eval[string](b, `document.activeElement.href`)
		chromium.Eval[bool](b, `document.body.dispatchEvent(new KeyboardEvent('keydown', {code: 'Slash', shiftKey: true, bubbles: true, cancelable: true})) || true`)
		b.Wait(`document.getElementById('help')?.open && document.querySelectorAll('#help dt').length > 15 && !document.querySelector('#help input')`)
		chromium.Eval[bool](b, `(document.getElementById('help').close(), true)`)
		if now := chromium.Eval[string](b, `document.activeElement.href`); now != had {
			t.Errorf("the focus went from %s to %s", had, now)
		}
		b.Key("KeyO")
		b.Wait(`!!document.querySelector('#pane #item')`)
		width := chromium.Eval[float64](b, `document.getElementById('list').offsetWidth`)
		toward := map[string]string{"en": "ArrowRight", "fa": "ArrowLeft"}[ui]
		chromium.Eval[bool](b, `(() => { const e = document.getElementById('border'); e.focus(); e.dispatchEvent(new KeyboardEvent('keydown', {key: '`+toward+`', bubbles: true, cancelable: true})); return true; })()`)
		if now := chromium.Eval[float64](b, `document.getElementById('list').offsetWidth`); now != width+16 {
			t.Errorf("%s: the list is %v wide after the arrow, was %v", ui, now, width)
		}
		if v := chromium.Eval[int](b, `+document.getElementById('border').getAttribute('aria-valuenow')`); v < 20 || v > 60 {
			t.Errorf("the border says %d", v)
		}
		chromium.Eval[bool](b, `(localStorage.clear(), true)`)
	}
	chromium.Eval[bool](b, `(document.cookie = 'jarchi-bind=KeyJ:KeyX; path=/', true)`)
	b.Open(1280, 800, srv.URL+"/?ui=en")
	b.Key("KeyJ")
	if n := chromium.Eval[int](b, `document.querySelectorAll('.row.is-selected').length`); n != 0 {
		t.Error("a key that was bound elsewhere still works")
	}
	b.Key("KeyX")
	if n := chromium.Eval[int](b, `document.querySelectorAll('.row.is-selected').length`); n != 1 {
		t.Error("a key of the reader's own does not work")
	}
	if bad := b.Complaints(); len(bad) > 0 {
		t.Errorf("the browser complained: %q", bad)
	}
}

// TestPictures photographs the pages for people to look at, when asked to.
func TestPictures(t *testing.T) {
	if *shots == "" {
		t.Skip("not asked for pictures; give -shots DIR to look at every page")
	}
	b := chromium.Open(t)
	x := newExchange(t)
	srv := httptest.NewServer(site(newHandler(t, x), nil))
	defer srv.Close()
	defer srv.CloseClientConnections()
	pages := pagePaths(x)
	only := os.Getenv("PAGES") // names separated by commas
	for _, ui := range strings.Split(env("UIS", "en,ur,fa,kk"), ",") {
		for _, theme := range strings.Split(env("THEMES", "light,dark"), ",") {
			for _, width := range widths(t) {
				for name, path := range pages {
					if only != "" && !strings.Contains(","+only+",", ","+name+",") {
						continue
					}
					sep := "?"
					if strings.Contains(path, "?") {
						sep = "&"
					}
					b.Media(os.Getenv("MEDIA"), "prefers-color-scheme", theme)
					b.Open(width, 900, srv.URL+path+sep+"ui="+ui)
					if s := os.Getenv("DO"); s != "" { // an expression to evaluate first, to open a fold or scroll
						chromium.Eval[bool](b, "("+s+", true)")
					}
					b.Picture(filepath.Join(*shots, fmt.Sprintf("%s-%s-%d-%s.png", name, ui, width, theme)))
				}
			}
		}
	}
}

func widths(t *testing.T) (out []int64) {
	for s := range strings.SplitSeq(env("WIDTHS", "360,1280"), ",") {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, n)
	}
	return out
}

func env(name, otherwise string) string {
	if s := os.Getenv(name); s != "" {
		return s
	}
	return otherwise
}

// pagePaths names an address for every kind of page.
func pagePaths(x *exchange) map[string]string {
	m := map[string]string{"wire": "/?density=comfortable", "compact": "/?density=compact", "search": "/?q=Toqsanbulaq+%22%D1%84%D0%BE%D1%80%D1%83%D0%BC%22", "nohits": "/?q=qwertyuiop&lang=kk", "record": "/corrections", "in": "/in", "settings": "/settings", "notfound": "/nope", "components": "/help/components"}
	captures := 0
	for _, e := range x.entries {
		if e.Capture != nil {
			captures++
			m[fmt.Sprintf("capture%d", captures)] = "/captures/" + string(e.Capture.ID)
			continue
		}
		switch {
		case e.Release.State == "withdrawn":
			m["withdrawn"] = "/releases/" + string(e.Release.ID)
		case e.Release.State == "released" && len(e.Release.Items) == 6:
			m["release"] = "/releases/" + string(e.Release.ID)
			m["machine"] = "/items/" + string(e.Release.Items[4].ID)
			m["urdu"] = "/items/" + string(e.Release.Items[3].ID)
			m["pane"] = "/?open=releases/" + string(e.Release.ID)
		}
	}
	return m
}
