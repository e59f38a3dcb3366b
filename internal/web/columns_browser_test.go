package web

import (
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/stories"
	"jarchi.dev/jarchi/internal/testkit/chromium"
	"jarchi.dev/jarchi/internal/wire"
)

// TestThreeColumns: on a wide screen list, text and context stand beside each other with lines between, scroll apart, and both
// borders are moved by the keyboard and remembered. A text without a context has its place.
func TestThreeColumns(t *testing.T) {
	b := chromium.Open(t)
	x := newExchange(t)
	srv := httptest.NewServer(site(newHandler(t, x), nil))
	defer srv.Close()
	defer srv.CloseClientConnections()
	open := ""
	for _, e := range x.entries {
		if e.Release != nil && e.Release.State == wire.Released && len(e.Release.Items) > 2 {
			open = "releases/" + string(e.Release.ID)
		}
	}
	for _, ui := range []string{"en", "fa"} {
		for _, width := range []int64{1600, 1920} {
			b.Open(width, 900, srv.URL+"/?ui="+ui+"&open="+open)
			var l struct {
				Gaps                  []float64 // between list, pane, context and the window's end
				Pane, Context, Border float64   // the widths of both, and how far the border lies from the line
				Line                  string
				Apart                 bool
			}
			const measured = `(() => {
				const list = document.getElementById('list'), pane = document.getElementById('pane'), context = document.querySelector('.context'), border = document.getElementById('border-context');
				const rtl = document.documentElement.dir === 'rtl', at = e => { const r = e.getBoundingClientRect(); return rtl ? [innerWidth - r.right, innerWidth - r.left] : [r.left, r.right]; };
				const [l, p, c, h] = [list, pane, context, border].map(at);
				context.querySelector('.part:last-child').style.minHeight = '3000px';
				context.scrollTop = 300;
				const style = getComputedStyle(context);
				return JSON.stringify({ Gaps: [p[0] - l[1], c[0] - p[1], innerWidth - c[1]], Pane: p[1] - p[0], Context: c[1] - c[0], Border: (h[0] + h[1]) / 2 - c[0], Line: style.borderInlineStartWidth, Apart: context.scrollTop === 300 && pane.scrollTop === 0 && scrollY === 0 });
			})()`
			b.Into(&l, measured)
			if l.Gaps[0] != 0 || l.Gaps[1] != 0 || l.Gaps[2] != 0 || l.Context != 336 || l.Line != "1px" || !l.Apart || l.Border < -1 || l.Border > 1 || width == 1920 && l.Pane != 784 {
				t.Errorf("%s at %d: %+v", ui, width, l)
			}
			toward := map[string]string{"en": "ArrowLeft", "fa": "ArrowRight"}[ui] // the text narrower, the context wider
			b.Run(`const e = document.getElementById('border-context'); e.focus(); e.dispatchEvent(new KeyboardEvent('keydown', {key: '` + toward + `', bubbles: true, cancelable: true}));`)
			if got := chromium.Eval[float64](b, `document.querySelector('.context').offsetWidth`); got != 352 {
				t.Errorf("%s at %d: the context is %v wide after an arrow", ui, width, got)
			}
			b.Open(width, 900, srv.URL+"/?ui="+ui+"&open="+open)
			if got := chromium.Eval[float64](b, `document.querySelector('.context').offsetWidth`); got != 352 {
				t.Errorf("%s at %d: the context is %v wide on the next page", ui, width, got)
			}
			b.Run(`localStorage.clear();`)
		}
	}
	b.Open(1280, 900, srv.URL+"/?ui=en&open="+open)
	if chromium.Eval[bool](b, `!!document.getElementById('border-context').offsetParent || getComputedStyle(document.querySelector('.context')).position === 'absolute'`) {
		t.Error("a window of 1280 has a third column")
	}
	b.Open(1920, 900, srv.URL+"/?ui=en&open=releases/aaaaaaaaaaaaaaaaaaaaaaaaaa")
	if wide := chromium.Eval[float64](b, `document.getElementById('pane').offsetWidth`); wide != 1120 {
		t.Errorf("what is not there has a pane %v wide beside an empty column", wide)
	}
	if bad := b.Complaints(); len(bad) > 0 {
		t.Errorf("the browser complained: %q", bad)
	}
}

// TestHeadlinesOfStoriesAreClamped: two lines at most in every script, whole in the accessible name and on the event's page.
func TestHeadlinesOfStoriesAreClamped(t *testing.T) {
	b := chromium.Open(t)
	for _, c := range []struct {
		lang lang.Tag
		word string
	}{{"en", "reservoir "}, {"ur", "ذخیرے "}, {"kk", "қоймасы "}} {
		x := newExchange(t)
		r, err := wire.NewRelease([]wire.MemberID{"toqsanbulaq"}, "press.toqsanbulaq.example", wire.Audience{Class: wire.Public}, 0,
			[]wire.NewItem{{Language: c.lang, Content: wire.Content{Headline: strings.Repeat(c.word, 50), Body: []string{c.word}}}}, now.Add(-time.Hour))
		if err == nil {
			_, err = r.Publish(now.Add(-time.Hour))
		}
		if err != nil {
			t.Fatal(err)
		}
		e := browse.Entry{Level: access.All, Release: r, Item: -1}
		one := stories.Story{ID: "story", Reports: []stories.Report{{Entry: e, Time: now}, {Entry: e, Time: now}}}
		h, err := New(Options{Reader: x, Stories: told{one: one}, People: crew{}, Now: func() time.Time { return now }, PublicURL: "http://127.0.0.1:8080", Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		srv := httptest.NewServer(site(h, nil))
		for _, width := range []int64{360, 1280} {
			b.Open(width, 900, srv.URL+"/stories?ui=en")
			got := chromium.Eval[string](b, `(() => { const h = document.querySelector('.story-clamped'), s = getComputedStyle(h), a = h.querySelector('a');
				const lines = (h.clientHeight - parseFloat(s.paddingBlockStart) - parseFloat(s.paddingBlockEnd)) / parseFloat(s.lineHeight);
				return Math.round(lines * 10) / 10 + ' ' + (h.scrollHeight > h.clientHeight) + ' ' + (a.title.length > 200) + ' ' + (a.textContent.length > 200); })()`)
			if got != "2 true true true" {
				t.Errorf("%s at %d: lines, cut, title, name: %s", c.lang, width, got)
			}
		}
		srv.CloseClientConnections()
		srv.Close()
	}
}
