package scenes

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/testkit/chromium"
	"jarchi.dev/jarchi/internal/wire"
)

// TestWithoutScripts plays a shift in a browser that runs no scripts, wide and on a phone: sign in, read, search,
// filter, compose, release, take, withdraw.
func TestWithoutScripts(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.members()
	s.sample("water")
	s.others(5)
	s.desk("sabzwadi")
	secret, _, err := s.People.Invite(t.Context(), people.Operator, s.desk("sabzwadi").ID, []people.Role{people.Editor})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.People.Accept(t.Context(), secret, people.Acceptance{Name: "سعدیہ مرزا", Login: "sadia", Password: "ایک لمبا پاس ورڈ"}, people.Device{Address: netip.MustParseAddr("127.0.0.1")}); err != nil {
		t.Fatal(err)
	}
	for _, look := range looks {
		t.Run(look.String(), func(t *testing.T) {
			b := chromium.Open(t)
			b.WithoutScripts(true)
			at := func(path string) { b.Size(look.width, 800); b.Do(chromium.Go(s.URL + path)) }
			text := func() string { return chromium.Eval[string](b, `document.querySelector('main').innerText`) }
			click := func(selector, then string) {
				t.Helper()
				b.Run(fmt.Sprintf(`const e = document.querySelector(%q); if (!e) throw new Error('there is no ' + %q + ' in ' + document.querySelector('main').innerText.slice(0, 800)); window.before = true; e.click();`, selector, selector))
				b.Wait("!window.before && document.readyState === 'complete' && (" + then + ")") // on the page that follows
			}
			fill := func(selector, value string) {
				t.Helper()
				b.Run(fmt.Sprintf(`document.querySelector(%q).value = %q;`, selector, value))
			}
			base := words(t, "base", look.ui)

			at("/?ui=" + look.ui)
			if chromium.Eval[bool](b, `!!window.jarchi`) {
				t.Fatal("the page's scripts run")
			}
			asof, _, _ := strings.Cut(base["live.asof"], "{{")
			if light := chromium.Eval[string](b, `document.getElementById('light').innerText`); !strings.Contains(light, strings.TrimSpace(asof)) || !strings.Contains(light, base["live.refresh"]) {
				t.Errorf("the light says %q", light)
			}
			fill("#q", "Көксайдан")
			click(".search button", `location.search.includes('q=') && document.querySelector('.row mark')`)
			at("/")
			b.Run(`document.getElementById('f-member').value = 'toqsanbulaq';`)
			click("#filters .primary", `location.search.includes('member=toqsanbulaq')`)
			if got := chromium.Eval[string](b, `[...new Set([...document.querySelectorAll('.row-member')].map(e => e.textContent.trim()))].join()`); got == "" || strings.Contains(got, ",") {
				t.Errorf("filtered: %q", got)
			}
			click(".row-head a", `document.querySelector('h1.headline')`)

			at("/in")
			fill("#login", "sadia")
			fill("#password", "ایک لمبا پاس ورڈ")
			click(`form[action="/in"] button`, `location.pathname === '/' && document.querySelector('a[href="/desk"]')`)

			headline := "توقسان بلاق سے پانی " + look.String()
			at("/desk")
			b.Run(`const l = document.querySelector('form[action="/desk/new"] [name=lang]'); if (l) l.value = 'ur';`)
			click(`form[action="/desk/new"] button`, `location.pathname.startsWith('/desk/drafts/')`)
			if !chromium.Eval[bool](b, `!!document.getElementById('ur-headline')`) {
				t.Fatal(text())
			}
			click(`button[value=review], button[value=ask]`, `document.querySelector('#problems a')`)
			fill("#ur-headline", headline)
			fill("#ur-body", "پانی یکم جون سے ملے گا۔")
			click(`button[value=save]`, `document.getElementById('ur-headline')?.value === '`+headline+`'`)
			click(`button[value=review], button[value=ask]`, `location.pathname.endsWith('/review') && document.querySelector('button[value=send]')`)
			click(`button[value=send]`, `location.pathname.startsWith('/releases/')`)
			if !strings.Contains(text(), headline) {
				t.Fatalf("released: %s", text())
			}
			own := chromium.Eval[string](b, `location.pathname`)

			// Somebody else's is taken.
			r := s.released("toqsanbulaq", 4, wire.NewItem{Language: lang.KK, Content: wire.Content{Headline: "Көпір ашылды", Body: []string{"Көпір түсте ашылды."}}})
			at("/items/" + string(r.Items[0].ID))
			click(`form[data-take] button[value=text]`, `document.querySelector('#take-text')?.value.includes('Көпір түсте ашылды.')`)
			at("/desk/taken")
			if !strings.Contains(text(), "Көпір ашылды") {
				t.Error("what was taken is not on the shift's list")
			}

			at(own)
			click(`a[data-key="Shift+KeyW"]`, `location.pathname.endsWith('/withdraw')`)
			fill(`[name=reason]`, "تصدیق نہیں ہوئی")
			click(`main form[action$="/withdraw"] button[type=submit], main form[action$="/withdraw"] button:not([type])`, `location.pathname.startsWith('/releases/')`)
			if got := text(); strings.Contains(got, "یکم جون") || !strings.Contains(got, "تصدیق نہیں ہوئی") {
				t.Errorf("withdrawn: %s", got)
			}
			if chromium.Eval[float64](b, sideways) > 0 {
				t.Error("the page scrolls sideways")
			}
			at("/")
			click(`a[href="/account"]`, `location.pathname === '/account'`)
			click(`form[action="/out"] button`, `!document.querySelector('a[href="/account"]')`)
		})
	}
}
