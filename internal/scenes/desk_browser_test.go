package scenes

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/testkit/chromium"
)

var deskShots = flag.String("deskshots", "", "directory that TestDeskInABrowser writes pictures of the desk's pages to")

// A phone composes in Urdu: typed with the network there, cut, away over a reload and a lost session,
// and back, all in Urdu. Nothing is lost; two people on one text are told, in English on a desk's screen.
func TestDeskInABrowser(t *testing.T) {
	s := open(t)
	s.needsApprovals(1)
	u := s.person("alfa", "", people.Editor)
	c := s.browser(u)
	at := s.begunDraft(c, "ur")
	draft := draftOf(at)
	stored := func(field string) string { return s.deskForm(c, at, draft).fields.Get("ur." + field) }
	b := chromium.Open(t)
	b.Cookie(s.URL, s.session(u))

	ur := words(t, "desk", "ur")
	saved, _, _ := strings.Cut(ur["desk.saved"], "{t}")
	device, _, _ := strings.Cut(ur["desk.saved.device"], "{t}")
	savedThere := fmt.Sprintf(`document.getElementById('saved').textContent.startsWith(%q) && document.getElementById('trouble').hidden`, saved)
	savedHere := fmt.Sprintf(`document.getElementById('saved').textContent.startsWith(%q) && !document.getElementById('trouble').hidden`, device)
	for _, ui := range []string{"en", "ur"} {
		b.Open(360, 900, s.URL+at+"?ui="+ui)
		if chromium.Eval[bool](b, `document.documentElement.scrollWidth > innerWidth`) {
			t.Errorf("%s: on a phone the page is wider than the screen", ui)
		}
	}
	if got := chromium.Eval[string](b, `(() => { const e = document.getElementById('ur-body'), s = getComputedStyle(e); return s.direction + ' ' + s.lineHeight + ' ' + s.fontFamily.includes('Nastaliq'); })()`); got != "rtl 48px true" {
		t.Errorf("the field for Urdu text is %s", got)
	}
	// Sent without a word: the summary names what is missing, and the first field waits for it.
	chromium.Eval[bool](b, `document.querySelector('[data-send]').click() || true`)
	b.Wait(`document.querySelector('#problems a') && document.activeElement.id === 'ur-headline'`)
	b.Type("ur-headline", "کوکسائی سے پانی")
	b.Type("ur-body", "چوبیس کروڑ")
	b.Wait(savedThere)
	if got := stored("body"); got != "چوبیس کروڑ" {
		t.Errorf("saved: %q", got)
	}

	b.Offline(true)
	b.Type("ur-body", " مکعب میٹر")
	b.Wait(savedHere)
	b.Type("ur-body", " پانی")
	b.Offline(false)
	chromium.Eval[bool](b, `dispatchEvent(new Event('online')) || true`)
	b.Wait(savedThere)
	if got := stored("body"); got != "چوبیس کروڑ مکعب میٹر پانی" {
		t.Errorf("after the network came back: %q", got)
	}

	// The session ends while the network is away; the page is loaded again after signing in.
	b.Offline(true)
	b.Type("ur-body", " چھوڑا جائے گا۔")
	b.Wait(savedHere)
	cookie := s.session(u)
	b.Cookie(s.URL, &http.Cookie{Name: cookie.Name, Value: "ended"})
	b.Offline(false)
	chromium.Eval[bool](b, `dispatchEvent(new Event('online')) || true`)
	b.Wait(`document.querySelector('#trouble a[href^="/in?back="]')`)
	b.Cookie(s.URL, cookie)
	b.Open(360, 900, s.URL+draft+"?ui=ur")
	b.Wait(`!document.getElementById('putback').hidden && ` + savedThere)
	if got := stored("body"); got != "چوبیس کروڑ مکعب میٹر پانی چھوڑا جائے گا۔" {
		t.Errorf("after a reload and signing in again: %q", got)
	}
	if n := chromium.Eval[int](b, `Object.keys(localStorage).filter(k => k.startsWith('jarchi-draft')).length`); n != 0 {
		t.Errorf("%d texts are still kept on the device", n)
	}

	// From a keystroke to the answer that it is saved.
	var times []float64
	if err := json.Unmarshal([]byte(chromium.Eval[string](b, `(async () => {
		const e = document.getElementById('ur-body'), real = window.fetch, times = [];
		let told = () => {};
		window.fetch = async (...a) => { const r = await real(...a), json = r.json.bind(r); r.json = async () => { const v = await json(); setTimeout(told); return v; }; return r; };
		for (let i = 0; i < 210; i++) {
			const from = performance.now(), saved = new Promise(done => { told = done; });
			e.value += 'ا';
			e.dispatchEvent(new InputEvent('input', { bubbles: true }));
			await saved;
			if (i >= 10) times.push(performance.now() - from);
		}
		window.fetch = real;
		return JSON.stringify(times);
	})()`)), &times); err != nil {
		t.Fatal(err)
	}
	slices.Sort(times)
	t.Logf("keystroke to saved, %d times: median %.1f ms, p99 %.1f ms, longest %.1f ms", len(times), times[len(times)/2], times[len(times)*99/100], times[len(times)-1])
	if median := times[len(times)/2]; median > 150 { // the p99 is a matter of what else the machine does
		t.Errorf("keystroke to saved: median %.1f ms", median)
	}

	// Somebody else saves: hers is kept beside, and both texts are one link away.
	other := s.as("alfa", people.Reporter)
	b.Open(1280, 900, s.URL+draft+"?ui=en")
	f := s.deskForm(other, at, draft)
	s.press(other, f.set("ur.headline", "کوکسائی ڈیم سے پانی"), "do", "save")
	b.Type("ur-headline", " کی ترسیل")
	b.Wait(`document.querySelector('#trouble a[href*="/others/"]')`)
	b.Type("ur-headline", " آج")
	chromium.Eval[bool](b, `document.querySelector('#trouble a').click() || true`)
	b.Wait(`location.pathname.includes('/others/') && document.querySelector('mark')`)
	if got := chromium.Eval[string](b, `document.querySelector('#mine-h').parentElement.textContent`); !strings.Contains(got, "کی ترسیل آج") {
		t.Errorf("her text is %q", got)
	}
	chromium.Eval[bool](b, `document.querySelector('button[value="theirs"]').click() || true`)
	b.Wait(`document.getElementById('compose')`)
	if got := stored("headline"); got != "کوکسائی ڈیم سے پانی" {
		t.Errorf("the text kept: %q", got)
	}

	// Ctrl+Enter sends it for approval; another agrees and releases; Shift+W asks for the reason.
	chromium.Eval[bool](b, `document.body.dispatchEvent(new KeyboardEvent('keydown', { code: 'Enter', ctrlKey: true, bubbles: true, cancelable: true })) || true`)
	b.Wait(`location.pathname.endsWith('/review')`)
	editor := s.as("alfa", people.Editor)
	s.press(editor, s.deskForm(editor, draft+"/review", draft+"/do"), "do", "approve")
	release, code, page := s.press(editor, s.deskForm(editor, draft+"/review", draft+"/do"), "do", "send")
	s.holds(code == 200 && strings.HasPrefix(release, "/releases/"), code, page, "release")
	b.Open(1280, 900, s.URL+release+"?ui=en")
	chromium.Eval[bool](b, `document.body.dispatchEvent(new KeyboardEvent('keydown', { code: 'KeyW', shiftKey: true, bubbles: true, cancelable: true })) || true`)
	b.Wait(`document.querySelector('dialog[open] textarea') === document.activeElement`)
	chromium.Eval[bool](b, `document.querySelector('dialog [data-cancel]').click() || true`)
	b.Wait(`!document.querySelector('dialog') && document.activeElement.dataset.key === 'Shift+KeyW'`)
	chromium.Eval[bool](b, `document.body.dispatchEvent(new KeyboardEvent('keydown', { code: 'KeyE', bubbles: true, cancelable: true })) || true`)
	b.Wait(`document.getElementById('s-reason')`)
}

// deskPicture is a small PNG.
func deskPicture(t *testing.T) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 320, 180))
	for y := range 180 {
		for x := range 320 {
			m.Set(x, y, color.RGBA{uint8(40 + y/2), uint8(90 + x/4), 140, 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestDeskPictures photographs the desk for people to look at, when asked to.
func TestDeskPictures(t *testing.T) {
	if *deskShots == "" {
		t.Skip("not asked for pictures; give -deskshots DIR to look at the desk")
	}
	s := open(t)
	s.needsApprovals(1)
	u := s.person("alfa", "", people.Editor)
	c, editor := s.browser(u), s.as("alfa", people.Editor)
	write := func(c *http.Client, language string, pairs ...string) (at, draft string) {
		at = s.begunDraft(c, language)
		draft = draftOf(at)
		s.press(c, s.deskForm(c, at, draft).set(pairs...), "do", "save")
		return at, draft
	}
	kk := []string{"kk.headline", "Тоқсанбұлақ 1 маусымнан бастап Көксай су қоймасынан 240 миллион текше метр су жібереді", "kk.standfirst", "Су төменгі ағыстағы үш ауданға бөлінеді",
		"kk.body", "Тоқсанбұлақ су шаруашылығы комитеті 1 маусымнан бастап Көксай су қоймасынан төменгі ағысқа 240 миллион текше метр су жіберіледі деп хабарлады.\n\nСу үш ауданға, оның ішінде Сабзвади шекарасындағы егіс алқаптарына бөлінеді. Комитет төрағасының айтуынша, биыл қойма былтырғыдан 12 пайызға толық.\n\nЖіберу кестесі апта сайын жарияланады.",
		"kk.dateline", "Тоқсанбұлақ, 1 маусым", "s.urgency", "3", "s.embargo.date", "2030-06-01", "s.embargo.time", "18:00"}
	at, draft := write(c, "kk", kk...)
	for _, l := range []string{"ur", "en"} {
		at, _, _ = s.press(c, s.deskForm(c, at, draft).set("add", l), "do", "add")
	}
	s.press(c, s.deskForm(c, draft+"?lang=ur", draft).set("ur.headline", "توقسان بلاق یکم جون سے کوکسائی ذخیرے سے 24 کروڑ مکعب میٹر پانی چھوڑے گا", "ur.body",
		"توقسان بلاق کی آبی انتظام کمیٹی نے بتایا کہ یکم جون سے کوکسائی ذخیرے سے نچلے بہاؤ میں 24 کروڑ مکعب میٹر پانی چھوڑا جائے گا۔\n\nیہ پانی تین اضلاع میں تقسیم ہوگا۔"), "do", "save")
	picture := s.deskForm(c, draft+"?lang=kk", draft)
	picture.files["kk.upload"] = deskPicture(t)
	s.press(c, picture, "do", "attach kk")
	_, waiting := write(editor, "en", "en.headline", "Altinsu and Toqsanbulaq open a second bridge at the Saf-suv crossing", "en.body", "The bridge opens on 3 June.")
	s.press(editor, s.deskForm(editor, waiting+"/review", waiting+"/do"), "do", "ask")
	_, gone := write(editor, "ru", "ru.headline", "Из водохранилища Коксай пустят 24 миллиона кубометров воды", "ru.body", "Первый абзац о воде.\n\nВторой абзац.")
	s.press(editor, s.deskForm(editor, gone+"/review", gone+"/do"), "do", "ask")
	s.press(c, s.deskForm(c, gone+"/review", gone+"/do"), "do", "approve")
	release, _, _ := s.press(c, s.deskForm(c, gone+"/review", gone+"/do"), "do", "send")
	fix, _, _ := s.press(editor, s.deskForm(editor, release, "/revise"), "kind", "correct")
	s.press(editor, s.deskForm(editor, fix, draftOf(fix)).set("ru.headline", "Из водохранилища Коксай пустят 240 миллионов кубометров воды", "s.reason", "Объём был указан в десять раз меньше"), "do", "ask")
	empty := s.begunDraft(c, "en")
	a, z := s.deskForm(c, draft+"?lang=kk", draft), s.deskForm(editor, draft+"?lang=kk", draft)
	s.press(editor, z.set("kk.standfirst", "Су төменгі ағыстағы төрт ауданға бөлінеді"), "do", "save")
	two, _, _ := s.press(c, a.set("kk.standfirst", "Су төменгі ағыстағы бес ауданға жетеді"), "do", "save")
	_, _, _ = s.press(c, s.deskForm(c, draftOf(empty), draftOf(empty)), "do", "save")

	b := chromium.Open(t)
	b.Cookie(s.URL, s.session(u))
	only := os.Getenv("PAGES")
	pages := map[string]string{"board": "/desk", "compose": draft + "?lang=kk", "urdu": draft + "?lang=ur", "empty": draftOf(empty) + "?check=1", "review": waiting + "/review",
		"correction": draftOf(fix) + "/review", "two": two, "preview": draft + "/preview?lang=ur", "release": release, "withdraw": strings.Replace(release, "/releases/", "/desk/releases/", 1) + "/withdraw"}
	for name, path := range pages {
		if only != "" && !slices.Contains(strings.Split(only, ","), name) {
			continue
		}
		for _, look := range []struct {
			ui, theme string
			width     int64
		}{{"en", "light", 1280}, {"en", "dark", 360}, {"ur", "light", 360}, {"ur", "dark", 1280}, {"kk", "light", 768}, {"fa", "light", 1920}} {
			b.Media("", "prefers-color-scheme", look.theme)
			sep := "?"
			if strings.Contains(path, "?") {
				sep = "&"
			}
			b.Open(look.width, 900, s.URL+path+sep+"ui="+look.ui)
			if do := os.Getenv("DO"); do != "" { // an expression to evaluate first, to open a fold
				chromium.Eval[bool](b, "("+do+", true)")
			}
			chromium.Eval[bool](b, `new Promise(r => setTimeout(() => r(true), 250))`)
			if chromium.Eval[bool](b, `document.documentElement.scrollWidth > innerWidth`) {
				t.Errorf("%s %s at %d is wider than the screen", name, look.ui, look.width)
			}
			b.Picture(filepath.Join(*deskShots, fmt.Sprintf("%s-%s-%d-%s.png", name, look.ui, look.width, look.theme)))
		}
	}
}
