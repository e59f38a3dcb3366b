package scenes

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/testkit/chromium"
)

// phoneBars says what is wrong with the two bars of a phone's page: words that do not fit, small targets, things that lie on
// each other.
const phoneBars = `(() => {
	const bad = [], box = e => e.getBoundingClientRect(), $ = s => document.querySelector(s);
	const fits = e => {
		const lines = Math.round(box(e).height / parseFloat(getComputedStyle(e).lineHeight));
		if (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 2 || lines > 1) bad.push(e.textContent + ' does not fit: ' + e.scrollWidth + ' in ' + e.clientWidth + ', ' + lines + ' lines');
	};
	const own = $('#own > summary');
	for (const a of [...document.querySelectorAll('.rail a'), own]) {
		if (box(a).height > 57) bad.push("higher than its bar: " + box(a).height);
		if (box(a).width < 44 || box(a).height < 44) bad.push('a target of ' + box(a).width + ' by ' + box(a).height);
		const s = a.querySelector('span');
		s.style.display = 'block'; // a span of one line has no width of its own
		fits(s);
		s.style.display = '';
	}
	const bar = [$('.brand'), $('#q'), $('.search .button'), $('.lamp'), own].map(box);
	for (const [i, a] of bar.entries()) {
		if (a.top < 0 || a.bottom > 49 || a.left < -0.5 || a.right > innerWidth + 0.5) bad.push('part ' + i + ' of the bar is outside it');
		for (const b of bar.slice(i + 1)) if (a.left < b.right - 0.5 && b.left < a.right - 0.5) bad.push('two parts of the bar lie on each other');
	}
	if (bar[1].width < 100) bad.push('a search field of ' + bar[1].width);
	return JSON.stringify(bad);
})()`

// TestThePhonesPlacesAndOwnPages: at 360 px four places with whole words, and everything of one's own behind one button, in every
// language; by touch, by keyboard and without scripts. No list stands twice.
func TestThePhonesPlacesAndOwnPages(t *testing.T) {
	t.Parallel()
	s := open(t)
	u := s.person("alfa", "", people.Editor, people.Administrator)
	b := chromium.Open(t)
	b.Touch(true)
	var bad []string
	hrefs := func(selector string) (out []string) {
		b.Into(&out, fmt.Sprintf(`JSON.stringify([...document.querySelectorAll(%q)].filter(e => e.checkVisibility()).map(e => e.getAttribute('href') || e.closest('form').getAttribute('action')))`, selector))
		return out
	}
	for _, ui := range []string{"en", "ru", "kk", "uz", "tr", "az", "fa", "ur"} {
		b.Open(360, 780, s.URL+"/?ui="+ui)
		if b.Into(&bad, phoneBars); len(bad) > 0 {
			t.Errorf("signed out in %s: %q", ui, bad)
		}
		if got := chromium.Eval[string](b, `document.querySelector('#own > summary').textContent.trim()`); got != words(t, "base", ui)["place.signin"] {
			t.Errorf("%s: the button of a stranger is %q", ui, got)
		}
	}
	if got := hrefs(".rail a"); !slices.Equal(got, []string{"/", "/stories", "/corrections"}) {
		t.Errorf("places of a stranger: %q", got)
	}
	b.Run(`document.querySelector('#own > summary').click()`)
	if got := hrefs("#own :is(a, button)"); !slices.Equal(got, []string{"/settings", "/in"}) {
		t.Errorf("behind the button of a stranger: %q", got)
	}

	b.Cookie(s.URL, s.session(u))
	for _, ui := range []string{"en", "ru", "kk", "uz", "tr", "az", "fa", "ur"} {
		b.Open(360, 780, s.URL+"/desk?ui="+ui)
		if b.Into(&bad, phoneBars); len(bad) > 0 {
			t.Errorf("signed in in %s: %q", ui, bad)
		}
		if got := hrefs(".rail a"); !slices.Equal(got, []string{"/", "/stories", "/desk", "/corrections"}) {
			t.Errorf("places: %q", got)
		}
		if got := hrefs("#own :is(a, button)"); len(got) > 0 {
			t.Errorf("the list stands open: %q", got)
		}
		b.Run(`document.querySelector('#own > summary').click()`)
		if got := hrefs("#own :is(a, button)"); !slices.Equal(got, []string{"/settings", "/account", "/people", "/out"}) {
			t.Errorf("behind the button: %q", got)
		}
		b.Into(&bad, `JSON.stringify([...document.querySelectorAll('#own :is(a, button)')].filter(e => { const r = e.getBoundingClientRect(); return r.height < 44 || r.left < 0 || r.right > innerWidth || e.scrollWidth > e.clientWidth + 1 || !e.innerText.trim(); }).map(e => e.outerHTML))`)
		if len(bad) > 0 {
			t.Errorf("%s: %q", ui, bad)
		}
		b.Run(`document.querySelector('main').click()`)
		if got := hrefs("#own :is(a, button)"); len(got) > 0 {
			t.Error("a touch elsewhere leaves the list open")
		}
	}
	b.Open(360, 780, s.URL+"/account?ui=en")
	if got := hrefs(`a[href="/people"], a[href="/settings"]`); len(got) > 0 {
		t.Errorf("the list stands twice: %q", got)
	}

	// By the keyboard: the button opens it, Escape closes it and gives the focus back.
	b.Open(360, 780, s.URL+"/?ui=ur")
	b.Run(`document.querySelector('#own > summary').focus()`)
	b.Press("\r")
	b.Press("\t")
	if got := chromium.Eval[string](b, `document.activeElement.getAttribute('href') || document.activeElement.outerHTML`); got != "/settings" {
		t.Errorf("after the button comes %s", got)
	}
	b.Press("\x1b")
	if !chromium.Eval[bool](b, `!document.getElementById('own').open && document.activeElement.matches('#own > summary')`) {
		t.Error("Escape does not close the list")
	}

	// Under a notice that stands above everything, the button stays in its bar and goes with it.
	b.Run(`const p = document.createElement('p'); p.textContent = 'A notice.'; p.style.blockSize = '120px'; document.querySelector('.bar').before(p);`)
	for _, y := range []int{0, 60, 400} {
		b.Run(fmt.Sprintf(`document.querySelector('main').style.minBlockSize = '2000px'; scrollTo(0, %d)`, y))
		if by := chromium.Eval[float64](b, `Math.max(...['#own > summary', '.lamp'].map(s => document.querySelector(s).getBoundingClientRect()).map(r => Math.abs((r.top + r.bottom) / 2 - document.querySelector('.bar').getBoundingClientRect().top - 24)))`); by > 8 {
			t.Errorf("scrolled by %d the button is %v px off its bar", y, by)
		}
	}

	// On a wide screen it is the end of the rail, open, without a button.
	b.Touch(false)
	b.Open(1280, 800, s.URL+"/?ui=en")
	if got := hrefs(":is(.rail, .own) :is(a, button)"); !slices.Equal(got, []string{"/", "/stories", "/desk", "/corrections", "/settings", "/account", "/people"}) {
		t.Errorf("the rail has %q", got)
	}
	if chromium.Eval[bool](b, `document.querySelector('#own > summary').checkVisibility()`) {
		t.Error("the rail has a button too")
	}
	b.Run(`document.querySelector('.own a[href="/account"] span').textContent = 'Гүлсім Әбдірахманқызы Сейітжаппарова-Көксайская'`)
	if cut := chromium.Eval[string](b, `[...document.querySelectorAll('.own a span')].filter(e => e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 2 || e.getBoundingClientRect().right > 176).map(e => e.textContent).join()`); cut != "" {
		t.Errorf("cut in the rail: %s", cut)
	}

	// Without scripts.
	b.WithoutScripts(true)
	b.Size(360, 780)
	b.Do(chromium.Go(s.URL + "/?ui=fa"))
	b.Run(`document.querySelector('#own > summary').click(); window.before = true; document.querySelector('#own form button').click();`)
	b.Wait(`!window.before && document.querySelector('#own > summary')`)
	if got := chromium.Eval[string](b, `document.querySelector('#own > summary').textContent`); !strings.Contains(got, words(t, "base", "fa")["place.signin"]) {
		t.Errorf("signed out, the button says %q", got)
	}
}
