package scenes

import (
	"flag"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/intake"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/take"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/testkit/chromium"
	"jarchi.dev/jarchi/internal/wire"
)

var takeShots = flag.String("take-shots", "", "directory that the take scene writes pictures to")

// borderItem is Kumushdaryo's report that will have to be withdrawn.
func (s *stage) borderItem(issuer wire.MemberID) *wire.Release {
	s.t.Helper()
	in := publish.Input{Issuers: []wire.MemberID{issuer}, Audience: wire.Audience{Class: wire.Public}, Items: []wire.NewItem{
		{Language: lang.UZ, Content: wire.Content{Headline: "Toshkoʻprik chegara punkti 3-aprelda ochiladi", Body: []string{"Toshkoʻprik punktida kuniga 24 ta yuk mashinasi oʻtadi.", "Punkt tunda ham ishlaydi."}}},
		{Language: lang.UR, Content: wire.Content{Headline: "تاش کوپرک سرحدی چوکی 3 اپریل کو کھلے گی", Body: []string{"چوکی سے روزانہ 24 ٹرک گزریں گے۔", "چوکی رات کو بھی کھلی رہے گی۔"}}}}}
	r, err := s.Publish.Create(s.t.Context(), testkit.Viewer(issuer), in)
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// TestTakeThenWithdrawal plays scene 10 on one node, without scripts.
func TestTakeThenWithdrawal(t *testing.T) {
	t.Parallel()
	s := open(t)
	const issuer, member, other = "kumushdaryo", "sabzwadi", "nildasht"
	desk := s.desk(member)
	night, err := s.People.MakeDesk(t.Context(), people.Desk{Member: member, Names: map[lang.Tag]string{lang.EN: "Night desk", lang.UR: "رات کا ڈیسک"}, Phone: "+00 000 17"})
	if err != nil {
		t.Fatal(err)
	}
	home := s.as(issuer, people.Editor)
	taker, colleague := s.browser(s.person(member, night.ID, people.Editor)), s.as(member, people.Reporter)
	stranger := s.as(other, people.Editor)
	r := s.borderItem(issuer)
	item := string(r.Items[1].ID)
	page, takePath := "/items/"+item, "/take/"+item

	want := func(c *http.Client, path string, has bool, words ...string) {
		t.Helper()
		code, body := s.get(c, path)
		for _, w := range words {
			if code != 200 || strings.Contains(body, w) != has {
				t.Fatalf("%s: %d, %q is there: %v, want %v", path, code, w, strings.Contains(body, w), has)
			}
		}
	}
	want(taker, page, true, "data-take", string(night.ID))
	want(http.DefaultClient, page, false, "data-take")

	// The item of a header, a desk of others, an item that is not there.
	for _, d := range []string{string(desk.ID), "", "x", strings.Repeat("x", 5000), string(s.desk(issuer).ID)} {
		if code, body := s.post(taker, takePath, url.Values{"desk": {d}}); code != 422 || !strings.Contains(body, "Choose one of your own desks.") {
			t.Fatalf("desk %.20q: %d", d, code)
		}
	}
	if code, body := s.post(http.DefaultClient, takePath, url.Values{"desk": {string(night.ID)}}); code != 200 || !strings.Contains(body, `action="/in"`) {
		t.Fatal(code) // nobody is asked to sign in
	}
	for _, path := range []string{"/take/nothing", "/take/" + strings.Repeat("a", 26), "/take/" + strings.Repeat("a", 64) + "-1", "/take/%2e%2e"} {
		if code, _ := s.get(taker, path); code != 404 {
			t.Errorf("%s: %d", path, code)
		}
	}
	code, body := s.post(taker, takePath, url.Values{"desk": {string(night.ID)}})
	if code != 200 || !strings.Contains(body, "تاش کوپرک سرحدی چوکی") || !strings.Contains(body, "Member kumushdaryo") || !strings.Contains(body, "mailto:?subject=") || !strings.Contains(body, "Your desk took this") {
		t.Fatalf("%d %s", code, body)
	}
	if !strings.Contains(body, "تاش کوپرک سرحدی چوکی 3 اپریل کو کھلے گی\n\nچوکی سے روزانہ 24 ٹرک گزریں گے۔\n\nچوکی رات کو بھی کھلی رہے گی۔\n\n[") {
		t.Error("the words to copy lost their paragraphs")
	}
	s.post(taker, takePath, url.Values{"desk": {string(night.ID)}}) // sent twice
	want(taker, page, true, "Your desk took this")
	want(taker, "/desk/taken", true, "تاش کوپرک سرحدی چوکی", "Night desk")
	want(colleague, "/desk/taken", false, "تاش کوپرک سرحدی چوکی")
	want(home, page, true, "Who uses it", "Desks: 1", "Night desk", "uses it")
	want(home, page, false, "Person 2 of sabzwadi")
	for _, c := range []*http.Client{stranger, colleague, http.DefaultClient} {
		want(c, page, false, "Who uses it", "Night desk")
	}

	// A correction is a quiet line with the two figures.
	content := r.Items[1].Current().Content
	content.Body = []string{"چوکی سے روزانہ 240 ٹرک گزریں گے۔", content.Body[1]}
	if _, err := s.Publish.Correct(t.Context(), testkit.Viewer(issuer), r.ID, wire.Changes{Content: map[wire.ItemID]wire.Content{r.Items[1].ID: content}}, "صفر رہ گیا تھا", nil); err != nil {
		t.Fatal(err)
	}
	want(taker, "/", true, "stop-changed", "<del", ">24</bdi>", ">240</bdi>", "Seen")
	want(home, page, true, "has not seen the newest version")
	want(http.DefaultClient, "/corrections", true, ">24</bdi>", ">240</bdi>", "صفر رہ گیا تھا")
	if code, body := s.post(taker, takePath+"/seen", url.Values{"desk": {string(night.ID)}, "version": {"2"}, "back": {"/"}}); code != 200 || strings.Contains(body, "stop-changed") {
		t.Fatal(code)
	}

	if _, err := s.Publish.Withdraw(t.Context(), testkit.Viewer(issuer), r.ID, "sana tasdiqlanmagan", nil); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/", page, "/desk/taken", "/settings", "/corrections", "/no-such-page"} {
		code, body := s.get(taker, path)
		if !strings.Contains(body, "stop-withdrawn") || !strings.Contains(body, "Have you stopped using it?") || !strings.Contains(body, "I have stopped using it") {
			t.Errorf("%s: %d, the notice is missing", path, code)
		}
	}
	for _, c := range []*http.Client{stranger, colleague, home, http.DefaultClient} {
		want(c, "/", false, "stop-withdrawn")
	}
	want(home, page, true, "Waiting: 1", "waiting", "000 17")
	want(stranger, page, false, "Waiting: 1", "000 17")
	if code, body := s.get(taker, takePath); code != 409 || strings.Contains(body, "روزانہ") {
		t.Fatal("the withdrawn words are handed over", code)
	}
	if code, _ := s.post(taker, takePath, url.Values{"desk": {string(night.ID)}}); code != 409 {
		t.Fatal(code)
	}
	for _, c := range []*http.Client{stranger, colleague} {
		if code, _ := s.post(c, takePath+"/stopped", url.Values{"desk": {string(night.ID)}, "back": {"/"}}); code != 404 {
			t.Fatal("others answer for the desk", code)
		}
	}
	for _, path := range []string{"/releases/" + string(r.ID) + "/takes"} {
		if code, _ := s.get(stranger, path); code != 404 {
			t.Fatal(code)
		}
		want(home, path, true, "Night desk")
	}
	// Another site cannot answer for her, and an answer leads to no other site.
	req, _ := http.NewRequest("POST", s.URL+takePath+"/stopped", strings.NewReader("desk="+string(night.ID)))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	if res, err := taker.Do(req); err != nil || res.StatusCode != 403 {
		t.Fatal(err, res.StatusCode)
	}
	back := *taker
	back.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := back.PostForm(s.URL+takePath+"/stopped", url.Values{"desk": {string(night.ID)}, "back": {"//elsewhere.example/"}})
	if err != nil || res.StatusCode != 303 || res.Header.Get("Location") != "/" {
		t.Fatal(err, res.StatusCode, res.Header.Get("Location"))
	}
	want(taker, "/", false, "stop-withdrawn")
	want(taker, page, true, "stopped")
	want(home, page, true, "Waiting: 0", "Stopped: 1")
	want(home, page, false, "000 17")
}

// takeTab is a tab of a Chromium in which somebody is signed in and may use the clipboard.
func (s *stage) takeTab(u people.User) *chromium.Tab {
	s.t.Helper()
	b := chromium.Open(s.t)
	b.Cookie(s.URL, s.session(u))
	b.Clipboard(s.URL)
	return b
}

// takeStage is a stage with the border item, and a tab of somebody whose desk may take it.
func takeStage(t *testing.T) (s *stage, r *wire.Release, u people.User, b *chromium.Tab) {
	t.Helper()
	s = open(t)
	s.desk("kumushdaryo")
	u = s.person("sabzwadi", "", people.Editor)
	return s, s.borderItem("kumushdaryo"), u, s.takeTab(u)
}

func takeShot(b *chromium.Tab, name string) {
	if *takeShots != "" {
		b.Picture(filepath.Join(*takeShots, name+".png"))
	}
}

// TestWithdrawalIsCalledOutLive: the key t copies and notes; the notice comes without a reload, within five
// seconds (scene 10; a quarter of one on an idle machine), once, and takes neither the focus nor the line being read.
func TestWithdrawalIsCalledOutLive(t *testing.T) {
	t.Parallel()
	for _, look := range looks {
		t.Run(look.String(), func(t *testing.T) {
			t.Parallel()
			s, r, u, b := takeStage(t)
			issuer, item := r.Lead(), "/items/"+string(r.Items[1].ID)
			show := func(path string) { t.Helper(); b.Open(look.width, 900, s.URL+path+"?ui="+look.ui) }
			pictures := func(pages map[string]string) {
				if *takeShots == "" {
					return
				}
				for _, w := range []int64{360, 1280} {
					for name, path := range pages {
						b.Open(w, 900, s.URL+path+"?ui="+look.ui)
						takeShot(b, fmt.Sprintf("%s-%s-%d", name, look.ui, w))
					}
				}
			}
			for i := range 40 {
				in := publish.Input{Issuers: []wire.MemberID{issuer}, Audience: wire.Audience{Class: wire.Public},
					Items: []wire.NewItem{{Language: lang.EN, Content: wire.Content{Headline: fmt.Sprint("Report number ", i), Body: []string{"Words."}}}}}
				if _, err := s.Publish.Create(t.Context(), testkit.Viewer(issuer), in); err != nil {
					t.Fatal(err)
				}
			}
			show(item)
			b.Key("KeyT")
			b.Wait(fmt.Sprintf(`document.querySelector('.take-said')?.textContent.startsWith(%q)`, map[string]string{"en": "Copied. Noted: Desk · Version 1 · ", "ur": "نقل ہو گیا۔ درج ہوا: ڈیسک · نسخہ 1 · "}[look.ui]))
			if got := chromium.Eval[string](b, `navigator.clipboard.readText()`); !strings.HasPrefix(got, "تاش کوپرک سرحدی چوکی") || !strings.Contains(got, "[Member kumushdaryo]\n[سرکاری؛ ") {
				t.Errorf("the clipboard holds %q", got)
			}
			takeShot(b, "item-taken-"+look.String())

			// A correction stands there quietly, with its two figures, until it is seen.
			content := r.Items[1].Current().Content
			content.Body = []string{"چوکی سے روزانہ 240 ٹرک گزریں گے۔", content.Body[1]}
			if _, err := s.Publish.Correct(t.Context(), testkit.Viewer(issuer), r.ID, wire.Changes{Content: map[wire.ItemID]wire.Content{r.Items[1].ID: content}}, "صفر رہ گیا تھا", nil); err != nil {
				t.Fatal(err)
			}
			b.Wait(`!!document.querySelector('#stops:not([hidden]) .stop-changed')`)
			if chromium.Eval[bool](b, `!!document.querySelector('#stops [role=alert]')`) {
				t.Error("a correction is called out")
			}
			pictures(map[string]string{"changed": "/", "record-corrected": "/corrections", "shift-corrected": "/desk/taken", "takepage": "/take/" + string(r.Items[1].ID)})
			if *takeShots != "" {
				show(item)
			}
			chromium.Eval[bool](b, `(document.querySelector('.stop-changed button').click(), true)`)
			b.Wait(`!!document.querySelector('#stops[hidden]')`)

			show("/")
			b.Wait(`!!document.querySelector('#light.is-on')`)
			chromium.Eval[bool](b, `(window.spoken = [], new MutationObserver(ms => ms.forEach(m => m.addedNodes.forEach(n => { const a = n.parentNode && n.parentNode.closest ? n.parentNode.closest('[role=alert]') : null; if (a && !window.spoken.includes(a)) window.spoken.push(a); }))).observe(document.body, {childList: true, subtree: true}),
				document.querySelector('#q').focus(), [document.querySelector('#list'), document.scrollingElement].forEach(e => { e.scrollTop = 400; }), true)`)
			b.Wait(`document.getElementById('list').scrollTop + scrollY > 300`)
			before := chromium.Eval[float64](b, `[...document.querySelectorAll('.row')].find(r => r.getBoundingClientRect().top > 300).getBoundingClientRect().top`)
			chromium.Eval[bool](b, `(window.eye = [...document.querySelectorAll('.row')].find(r => r.getBoundingClientRect().top > 300), true)`)
			start := time.Now()
			if _, err := s.Publish.Withdraw(t.Context(), testkit.Viewer(issuer), r.ID, "sana tasdiqlanmagan", nil); err != nil {
				t.Fatal(err)
			}
			b.Wait(`!!document.querySelector('#stops:not([hidden]) .stop-withdrawn[role=alert]')`)
			took := time.Since(start)
			t.Logf("the notice came after %s", took)
			if took > 5*time.Second {
				t.Errorf("the notice came after %s", took)
			}
			b.Wait(`document.querySelector('.events [data-row="r-` + string(r.ID) + `"] .tag-withdrawn')`) // the list renewed itself too
			b.Settle()
			if n := chromium.Eval[int](b, `window.spoken.length`); n != 1 {
				t.Errorf("called out %d times", n)
			}
			if got := chromium.Eval[string](b, `document.activeElement.id`); got != "q" {
				t.Errorf("the focus went to %q", got)
			}
			after := chromium.Eval[float64](b, `(document.contains(window.eye) ? window.eye : document.getElementById(window.eye.id)).getBoundingClientRect().top`)
			if d := after - before; d > 1 || d < -1 {
				t.Errorf("the line being read moved by %g", d)
			}
			takeShot(b, "stop-live-"+look.String())
			show("/corrections")
			b.Wait(`!!document.querySelector('#stops:not([hidden]) .stop-withdrawn')`)
			if chromium.Eval[bool](b, `!!document.querySelector('[role=alert]')`) {
				t.Error("called out again on the next page")
			}
			pictures(map[string]string{"wire": "/", "record": "/corrections", "item": item, "shift": "/desk/taken"})
			if *takeShots != "" { // the issuer's look
				b.Cookie(s.URL, s.session(s.person(issuer, "", people.Editor)))
				pictures(map[string]string{"issuer": item})
				b.Cookie(s.URL, s.session(u))
				show("/corrections")
			}
			chromium.Eval[bool](b, `(document.querySelector('.stop-withdrawn button').click(), true)`)
			b.Wait(`!!document.querySelector('#stops[hidden]') && location.pathname === '/corrections'`)
		})
	}
}

// TestTakeOfOutsideMaterialAndHostileNames: a capture is taken like a release and nobody is told; names of
// desks are words and nothing else, wherever they are shown.
func TestTakeOfOutsideMaterialAndHostileNames(t *testing.T) {
	t.Parallel()
	s := open(t)
	const issuer, member = "kumushdaryo", "sabzwadi"
	s.desk(member)
	hostile := `"><script>alert(1)</script>` + "\u202edesk"
	d, err := s.People.MakeDesk(t.Context(), people.Desk{Member: member, Names: map[lang.Tag]string{lang.EN: "<i>ڈیسک</i> & Co"}})
	if err != nil {
		t.Fatal(err)
	}
	home, taker := s.as(issuer, people.Editor), s.browser(s.person(member, d.ID, people.Reporter))
	r := s.borderItem(issuer)
	path := "/take/" + string(r.Items[0].ID)
	if code, _ := s.post(taker, path, url.Values{"desk": {string(d.ID)}}); code != 200 {
		t.Fatal(code)
	}
	e, err := s.Browse.Item(t.Context(), testkit.Viewer(member), r.Items[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Takes.Take(t.Context(), e, take.Taker{Member: member, Named: hostile}, lang.EN); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Publish.Withdraw(t.Context(), testkit.Viewer(issuer), r.ID, `<img src=x onerror=alert(1)>`, nil); err != nil {
		t.Fatal(err)
	}
	for c, paths := range map[*http.Client][]string{home: {"/items/" + string(r.Items[0].ID), "/releases/" + string(r.ID) + "/takes", "/corrections"}, taker: {"/", "/take/stops", "/desk/taken", "/items/" + string(r.Items[0].ID), path}} {
		for _, p := range paths {
			code, body := s.get(c, p)
			if code != 200 && p != path || strings.Contains(body, "<script>alert") || strings.Contains(body, "<img src=x") || strings.Contains(body, "<i>ڈیسک") {
				t.Errorf("%s: %d, a name became markup", p, code)
			}
			shown := strings.ReplaceAll(body, `value="`+html.EscapeString(hostile)+`"`, "") // the form sends the name as it is
			if strings.Contains(shown, "\u202e") {
				t.Errorf("%s shows a hidden mark", p)
			}
		}
	}
	if code, body := s.post(taker, path+"/stopped", url.Values{"named": {hostile}, "back": {"/"}}); code != 200 || strings.Contains(body, "alert(1)&lt;") {
		t.Errorf("what the member's own system took cannot be answered for: %d", code)
	}

	got, err := s.Receive.Import(t.Context(), testkit.Viewer(member), []intake.Document{{Name: "page.txt", ContentType: "text/plain; charset=utf-8",
		Bytes: []byte("Бөгет туралы хабар\n\nКөксай бөгеті 2026 жылғы 31 мамырда жөндеуден кейін ашылды, деп хабарлады баспасөз қызметі. Су деңгейі қалыпты.")}})
	if err != nil || len(got) != 1 || len(got[0].Captures) != 1 {
		t.Fatalf("%+v %v", got, err)
	}
	id := string(got[0].Captures[0])
	if code, body := s.get(taker, "/captures/"+id); code != 200 || !strings.Contains(body, "data-take") {
		t.Fatal(code)
	}
	if code, body := s.post(taker, "/take/"+id, url.Values{"desk": {string(d.ID)}}); code != 200 || !strings.Contains(body, "басқа дереккөз материалы") {
		t.Fatal(code)
	}
	if code, body := s.get(taker, "/desk/taken"); code != 200 || !strings.Contains(body, "Бөгет туралы хабар") {
		t.Fatal(code)
	}
	if _, body := s.get(home, "/captures/"+id); strings.Contains(body, "Who uses it") || strings.Contains(body, "ڈیسک") {
		t.Error("others are told who uses a capture")
	}
}

// TestBackFromACut: with the network the page is live again at once, and a desk is asked what it missed.
func TestBackFromACut(t *testing.T) {
	t.Parallel()
	s, r, u, b := takeStage(t)
	s.post(s.browser(u), "/take/"+string(r.Items[1].ID), url.Values{"desk": {string(s.desk(u.Member).ID)}})
	b.Open(1280, 900, s.URL+"/?ui=en")
	b.Wait(`!!document.querySelector('#light.is-on')`)
	b.Offline(true)
	b.Wait(`!!document.querySelector('#light.is-off')`)
	if _, err := s.Publish.Withdraw(t.Context(), testkit.Viewer(r.Lead()), r.ID, "sana tasdiqlanmagan", nil); err != nil {
		t.Fatal(err)
	}
	b.Offline(false)
	start := time.Now()
	b.Wait(`!!document.querySelector('#light.is-on') && !!document.querySelector('#stops:not([hidden]) .stop-withdrawn[role=alert]')`)
	if took := time.Since(start); took > 10*time.Second { // by itself the browser waits a quarter of a minute
		t.Errorf("live again, and asked, after %s", took)
	}
}
