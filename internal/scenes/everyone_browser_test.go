package scenes

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/net/html"

	"jarchi.dev/jarchi/internal/app"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/testkit/chromium"
)

// openDemo opens the demo's node and serves it; nothing happens on it by itself.
func openDemo(t *testing.T) *stage {
	t.Helper()
	var handler atomic.Value
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.Load().(http.Handler).ServeHTTP(w, r) }))
	d, err := app.OpenDemo(t.Context(), app.Config{Dir: t.TempDir(), PublicURL: srv.URL, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	handler.Store(d.Handler())
	d.Start()
	t.Cleanup(func() {
		srv.CloseClientConnections()
		srv.Close()
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return &stage{Node: d.Node, URL: srv.URL, t: t}
}

var (
	idPart  = regexp.MustCompile(`^[0-9a-z:.-]{16,}$`)
	notPage = regexp.MustCompile(`^/(raw|files|static|log|api|take/stops|out)\b|/versions/|\.json$|/text$|/proof$`)
)

// kinds finds an address of every kind of page that links lead to from the start pages: those that differ only
// in which release, language or person they show are one kind.
func (s *stage) kinds(c *http.Client, starts ...string) (out []string) {
	s.t.Helper()
	known := map[string]bool{}
	kind := func(u *url.URL) string {
		parts := strings.Split(u.Path, "/")
		for i, p := range parts {
			if idPart.MatchString(p) {
				parts[i] = "*"
			}
		}
		var keys []string
		for k := range u.Query() {
			if k == "all" || k == "saved" || k == "open" || k == "card" {
				keys = append(keys, k)
			}
		}
		slices.Sort(keys)
		return strings.Join(parts, "/") + "?" + strings.Join(keys, "&")
	}
	queue := starts
	for len(queue) > 0 && len(out) < 60 {
		at := queue[0]
		queue = queue[1:]
		u, err := url.Parse(at)
		if err != nil || u.Host != "" || notPage.MatchString(u.Path) || !strings.HasPrefix(at, "/") || known[kind(u)] {
			continue
		}
		res, err := c.Get(s.URL + at)
		if err != nil {
			s.t.Fatal(err)
		}
		doc, err := html.Parse(res.Body)
		res.Body.Close()
		if err != nil {
			s.t.Fatal(err)
		}
		if !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
			continue
		}
		known[kind(u)] = true
		out = append(out, at)
		for n := range doc.Descendants() {
			if href, ok := formAttr(n, "href"); ok && n.Data == "a" {
				if download, _ := formAttr(n, "download"); download == "" {
					href, _, _ = strings.Cut(href, "#")
					queue = append(queue, href)
				}
			}
		}
	}
	return out
}

// audit is what everyone needs of every page. It gives sentences, none if all is well.
const audit = `(() => {
	const bad = [], tell = (what, e) => bad.push(what + ': ' + (e ? e.outerHTML.slice(0, 150) : ''));
	const $$ = s => [...document.querySelectorAll(s)];
	const style = e => getComputedStyle(e);
	const shown = e => e.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }) && e.getClientRects().length > 0;
	const touch = matchMedia('(pointer: coarse)').matches;
	if ($$('h1').filter(shown).length !== 1) tell('h1: ' + $$('h1').filter(shown).length);
	for (const [name, s] of Object.entries({ banner: 'body > header', navigation: 'nav[aria-label]', main: 'main', search: '[role=search]' })) if (!document.querySelector(s)) tell('no ' + name);
	if ($$('main').length !== 1) tell('mains');
	const skip = document.querySelector('body a[href="#main"]');
	if (!skip || $$('a, button, input')[0] !== skip) tell('the first link does not lead to the main part', $$('a, button, input')[0]);
	const ids = new Set();
	$$('[id]').forEach(e => { if (ids.has(e.id)) tell('id twice', e); ids.add(e.id); });
	$$('[aria-labelledby], [aria-describedby], [aria-controls]').forEach(e => ['aria-labelledby', 'aria-describedby', 'aria-controls'].forEach(a => (e.getAttribute(a) || '').split(' ').filter(Boolean).forEach(id => { if (!ids.has(id) && !(a === 'aria-labelledby' && e.matches('.row article, article'))) tell(a + ' leads nowhere', e); })));
	$$('label[for]').forEach(e => { if (!ids.has(e.htmlFor)) tell('a label of nothing', e); });
	let level = 0;
	$$('h1, h2, h3, h4').filter(shown).forEach(h => { const n = +h.nodeName[1]; if (level && n > level + 1 && !h.closest('article, dialog')) tell('a heading skips a level', h); level = n; });
	const words = e => {
		const by = (e.getAttribute('aria-labelledby') || '').split(' ').filter(Boolean).map(id => document.getElementById(id)?.textContent || '').join('');
		return (e.getAttribute('aria-label') || by || [...(e.labels || [])].map(l => l.textContent).join('') || e.textContent || [...e.querySelectorAll('img[alt]')].map(i => i.alt).join('') || (e.type === 'submit' ? e.value : '') || e.title || '').trim();
	};
	const controls = $$('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]').filter(e => shown(e) && !e.closest('.skip'));
	for (const e of controls) if (!words(e)) tell('no name', e);
	$$('input:not([type=hidden]), select, textarea').filter(shown).forEach(e => { if (!e.labels?.length && !e.getAttribute('aria-label') && !e.getAttribute('aria-labelledby')) tell('a field without a label', e); });
	$$('img').forEach(e => { if (!e.hasAttribute('alt')) tell('a picture without words', e); });
	$$('[aria-invalid=true]').forEach(e => { if (!e.getAttribute('aria-describedby')) tell('an error not tied to its field', e); });
	$$('button, a, summary').forEach(e => { if (e.querySelector('button, a, input, select')) tell('a control inside a control', e); });
	$$('svg').forEach(e => { if (e.getAttribute('aria-hidden') !== 'true' && !e.getAttribute('role')) tell('an icon is read aloud', e); });
	// Targets: 24 px, 44 where one touches; a link within a sentence is as high as its line, and one with room around it may be smaller.
	const least = touch ? 44 : 24, inline = e => e.matches('a, summary') && style(e).display.startsWith('inline') && !e.matches('.button, .tool') || e.closest('.fresh, [hidden]');
	for (const e of controls) {
		if (e.matches('.row-head a, [role=separator]') || inline(e)) continue;
		const box = e.matches('[type=radio], [type=checkbox]') && e.labels[0] ? e.labels[0].getBoundingClientRect() : e.getBoundingClientRect();
		if (box.height < least - 0.5 || box.width < 23.5) tell('a target of ' + Math.round(box.width) + ' by ' + Math.round(box.height), e);
	}
	return JSON.stringify(bad);
})()`

// focusing puts the focus on each control and looks for the ring.
const focusing = `(() => {
	const bad = [];
	for (const e of document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')) {
		if (!e.checkVisibility({ visibilityProperty: true }) || !e.getClientRects().length || e.disabled) continue;
		e.focus({ focusVisible: true, preventScroll: true });
		if (document.activeElement !== e) { bad.push('cannot be focused: ' + e.outerHTML.slice(0, 120)); continue; }
		const ring = x => { const s = getComputedStyle(x); return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2; };
		let seen = ring(e);
		for (let x = e.parentElement, n = 0; !seen && x && n < 5; x = x.parentElement, n++) seen = ring(x);
		if (!seen && e.matches('[role=separator]')) seen = parseFloat(getComputedStyle(e, '::after').inlineSize) >= 3;
		if (!seen) bad.push('no ring: ' + e.outerHTML.slice(0, 120));
	}
	return JSON.stringify([...new Set(bad)]);
})()`

// spacing is a reader's own spacing of text, as WCAG 2.2 has it.
const spacing = `const s = new CSSStyleSheet();
	s.replaceSync('* { letter-spacing: 0.12em !important; word-spacing: 0.16em !important; } p { margin-block-end: 2em !important; } p, li, dd, a, button { line-height: max(1.5em, 1lh) !important; }');
	document.adoptedStyleSheets = [s];`

const sideways = `Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - innerWidth`

// TestEveryone: every kind of page that a person can reach, in two directions, wide and on a touch screen.
func TestEveryone(t *testing.T) {
	t.Parallel()
	s := openDemo(t)
	u := s.person("sabzwadi", "", people.Editor, people.Verifier, people.Administrator)
	c := s.browser(u)
	draft := s.begunDraft(c, "ur")
	s.press(c, s.deskForm(c, draft, draftOf(draft)).set("ur.headline", "کوکسائی ذخیرے سے پانی", "ur.body", "پانی تین اضلاع میں تقسیم ہوگا۔"), "do", "save")
	starts := []string{"/", "/?q=%D0%9A%D3%A9%D0%BA%D1%81%D0%B0%D0%B9%D0%B4%D0%B0%D0%BD", "/?q=qwertyuiop", "/stories", "/corrections", "/settings", "/desk", "/desk/taken", draft, draftOf(draft) + "?check=1", draftOf(draft) + "/review", "/account", "/nope", "/help/components"}
	pages := s.kinds(c, starts...)
	if len(pages) < 20 {
		t.Errorf("only %d kinds of pages: %q", len(pages), pages)
	}
	if _, err := c.PostForm(s.URL+"/demo/withdraw", url.Values{}); err != nil { // its desk used it: the notice stands on every page
		t.Fatal(err)
	}
	b := chromium.Open(t)
	b.Cookie(s.URL, s.session(u))
	found := map[string]string{} // complaint: where it was first seen
	note := func(where string, complaints []string) {
		for _, x := range complaints {
			if _, ok := found[x]; !ok {
				found[x] = where
			}
		}
	}
	var got []string
	for n, path := range pages {
		sep := "?"
		if strings.Contains(path, "?") {
			sep = "&"
		}
		ui := []string{"en", "ur"}[n%2]
		b.Open(1280, 900, s.URL+path+sep+"ui="+ui)
		where := fmt.Sprintf("%s in %s", path, ui)
		b.Into(&got, audit)
		note(where+" at 1280", got)
		b.Into(&got, focusing)
		note(where+" at 1280", got)

		// 400 % of 1280 pixels are 320; with a reader's own spacing too.
		b.Size(320, 800)
		if by := chromium.Eval[float64](b, sideways); by > 0 {
			note(where+" at 320", []string{fmt.Sprintf("%s scrolls sideways by %v px: %s", path, by, chromium.Eval[string](b, widest))})
		}
		b.Run(spacing)
		if by := chromium.Eval[float64](b, sideways); by > 0 {
			note(where+" at 320 with more space", []string{fmt.Sprintf("%s scrolls sideways by %v px: %s", path, by, chromium.Eval[string](b, widest))})
		}
		b.Run(`document.adoptedStyleSheets = []`)
		b.Touch(true)
		b.Size(360, 800)
		b.Into(&got, audit)
		note(where+" at 360, touched", got)
		b.Touch(false)
	}

	// By the keyboard alone: Tab comes to every control of the wire and of a release's page, the first leads past the frame.
	for _, path := range []string{"/?ui=en", pages[slices.IndexFunc(pages, func(p string) bool { return strings.HasPrefix(p, "/releases/") })]} {
		b.Open(1280, 900, s.URL+path)
		b.Run(`document.activeElement.blur(); window.came = new Set(); addEventListener('focusin', e => came.add(e.target));`)
		n := chromium.Eval[int](b, `document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]').length`)
		for i := range n {
			b.Press("\t")
			if i == 0 && !chromium.Eval[bool](b, `document.activeElement.matches('.skip') && document.activeElement.getBoundingClientRect().width > 20`) {
				t.Errorf("%s: the first Tab does not show the way past the frame", path)
			}
		}
		b.Into(&got, `JSON.stringify([...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')].filter(e => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length && !e.disabled && !came.has(e)).map(e => 'Tab does not come to ' + e.outerHTML.slice(0, 120)))`)
		note(path, got)
	}

	// Light enough, and still while its fonts come, on a device that has never been here.
	for _, path := range []string{"/?ui=ur&density=comfortable", pages[slices.IndexFunc(pages, func(p string) bool { return strings.HasPrefix(p, "/releases/") })] + "?ui=ur"} {
		_, body := s.get(c, path)
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		if _, err := z.Write([]byte(body)); err != nil || z.Close() != nil {
			t.Fatal(err)
		}
		if packed.Len() > 60<<10 {
			t.Errorf("%s has %d bytes compressed", path, packed.Len())
		}
		for _, width := range []int64{360, 1280} {
			fresh := chromium.Open(t)
			fresh.Cookie(s.URL, s.session(u))
			fresh.Open(width, 900, s.URL+path)
			var moved struct {
				Shift float64
				What  string
			}
			fresh.Into(&moved, `(() => { const o = new PerformanceObserver(() => {}); o.observe({ type: 'layout-shift', buffered: true }); const all = o.takeRecords().concat(performance.getEntriesByType('layout-shift'));
				return JSON.stringify({ Shift: all.reduce((n, e) => n + e.value, 0), What: all.flatMap(e => e.sources).map(s => (s.node?.className || s.node?.nodeName) + ' ' + Math.round(s.previousRect.y) + '-' + Math.round(s.currentRect.y) + ' ' + Math.round(s.previousRect.height) + '-' + Math.round(s.currentRect.height)).join('; ') }); })()`)
			if moved.Shift >= 0.02 {
				t.Errorf("%s at %d shifts by %v while it loads: %s", path, width, moved.Shift, moved.What)
			}
			t.Logf("%s at %d shifts by %.3f while it loads", path, width, moved.Shift)
		}
		t.Logf("%s: %d bytes compressed", path, packed.Len())
	}

	// On paper a list is time, member, headline and state, however dense it is on the screen.
	for _, density := range []string{"comfortable", "compact"} {
		b.Open(1280, 900, s.URL+"/?ui=en&density="+density)
		b.Media("print")
		b.Into(&got, `JSON.stringify([...document.querySelectorAll('.row')].flatMap(r => {
			const there = s => [...r.querySelectorAll(s)].some(e => e.checkVisibility() && e.textContent.trim());
			return [['time', '.row-time, .meta-time'], ['member', '.row-member'], ['headline', '.row-head'], ['state', '.row-state, .tag']].filter(([, s]) => r.querySelector(s) && !there(s)).map(([n]) => n + ' is not printed');
		}).concat(['.bar', '.rail', '.status', '.light', '.filters', '.demo', '.stops'].filter(s => document.querySelector(s)?.checkVisibility()).map(s => s + ' is printed')))`)
		note("the wire on paper, "+density, got)
		if pdf := b.PDF(); len(pdf) < 10_000 {
			t.Errorf("a PDF of %d bytes", len(pdf))
		}
		b.Media("")
	}

	// Forced colours keep the shape of states; who wants no motion gets none.
	b.Media("", "forced-colors", "active", "prefers-reduced-motion", "reduce")
	b.Open(1280, 900, s.URL+"/help/components?ui=en&density=comfortable")
	b.Into(&got, `JSON.stringify([
		...[...document.querySelectorAll('.tag, .statebar')].filter(e => parseFloat(getComputedStyle(e).borderBlockStartWidth) < 1).map(e => 'no border: ' + e.className),
		...[...document.querySelectorAll('.row-open')].filter(e => parseFloat(getComputedStyle(e).borderInlineStartWidth) < 3 || getComputedStyle(e).borderInlineStartColor === getComputedStyle(e).backgroundColor).map(e => 'the selected row cannot be told'),
		...[...document.querySelectorAll('.row:not(.row-open, .is-selected, .row-flash, .row-withdrawn), .rail a:not([aria-current]), .own a:not([aria-current])')].filter(e => parseFloat(getComputedStyle(e).borderInlineStartWidth) > 0 && getComputedStyle(e).borderInlineStartColor !== getComputedStyle(document.body).backgroundColor).map(e => 'looks chosen: ' + e.className + ' ' + e.textContent.trim().slice(0, 40)),
		...[...document.querySelectorAll('.tab:not([aria-current])')].filter(e => getComputedStyle(e).borderBlockEndColor !== getComputedStyle(document.body).backgroundColor).map(e => 'looks chosen: ' + e.textContent),
		...[...document.querySelectorAll('.tab[aria-current], .rail a[aria-current]')].filter(e => [getComputedStyle(e).borderBlockEndColor, getComputedStyle(e).borderInlineStartColor].every(c => c === getComputedStyle(document.body).backgroundColor)).map(e => 'cannot be told: ' + e.textContent),
		...[...document.querySelectorAll('.row-flash')].filter(e => parseFloat(getComputedStyle(e).borderBlockStartWidth) < 2).map(e => 'a flash cannot be told'),
		...[...document.querySelectorAll('*')].filter(e => getComputedStyle(e).animationName !== 'none' || parseFloat(getComputedStyle(e).transitionDuration) > 0).map(e => 'moves: ' + e.className)])`)
	note("forced colours, no motion", got)
	b.Media("")
	for complaint, where := range found {
		t.Errorf("%s\n\t%s", where, complaint)
	}
	bad := slices.DeleteFunc(b.Complaints(), func(s string) bool { return strings.Contains(s, "404") && strings.Contains(s, "/nope") })
	if len(bad) > 0 {
		t.Errorf("the browser complained: %q", bad)
	}
	t.Logf("%d kinds of pages: %q", len(pages), pages)
}

// widest names what sticks out.
const widest = `[...document.querySelectorAll('body *')].filter(e => e.checkVisibility() && getComputedStyle(e).position !== 'fixed' && (e.getBoundingClientRect().right > innerWidth + 0.5 || e.getBoundingClientRect().left < -0.5) && !e.closest('.hidden, .skip, svg')).slice(-3).map(e => e.outerHTML.slice(0, 140)).join(' || ')`
