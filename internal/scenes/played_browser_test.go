package scenes

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/app/sample"
	"jarchi.dev/jarchi/internal/format/newsmlg2"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/testkit/chromium"
	"jarchi.dev/jarchi/internal/wire"
)

// look is how a scene is seen.
type look struct {
	ui    string
	width int64
}

func (l look) String() string { return fmt.Sprint(l.ui, l.width) }

// looks are how each scene is seen: both directions, wide and on a phone.
var looks = []look{{"en", 1280}, {"ur", 360}, {"en", 360}, {"ur", 1280}}

// members makes the demo's members.
func (s *stage) members() {
	s.t.Helper()
	for _, m := range sample.Members() {
		if err := s.Store.AddMember(s.t.Context(), m); err != nil {
			s.t.Fatal(err)
		}
	}
}

// released is a public release of a member in the languages of its texts; headline, body.
func (s *stage) released(lead wire.MemberID, urgency int, items ...wire.NewItem) *wire.Release {
	s.t.Helper()
	in := publish.Input{Issuers: []wire.MemberID{lead}, Audience: wire.Audience{Class: wire.Public}, Urgency: urgency, Items: items}
	r, err := s.Publish.Create(s.t.Context(), testkit.Viewer(lead), in)
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// others are so many reports that the scene is not about.
func (s *stage) others(n int) {
	s.t.Helper()
	for i := range n {
		s.released("nildasht", 4, wire.NewItem{Language: []lang.Tag{lang.FA, lang.EN, lang.UR}[i%3], Content: wire.Content{
			Headline: []string{"گزارش شمارهٔ %d از بازار", "Report %d from the market", "منڈی سے رپورٹ نمبر %d"}[i%3], Body: []string{fmt.Sprint(i)}}})
	}
}

func (s *stage) sample(key string) *wire.Release {
	s.t.Helper()
	for _, r := range sample.Releases() {
		if r.Key == key {
			items := slices.Clone(r.Items)
			for i := range items {
				items[i].Content.Attachments = nil // their files are the demo's
			}
			return s.released(r.Issuers[0], r.Urgency, items...)
		}
	}
	s.t.Fatalf("there is no sample %q", key)
	return nil
}

// words reads the pages' own sentences in a language.
func words(t *testing.T, place, language string) (out map[string]string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "web", "strings", place, language+".json"))
	if err == nil {
		err = json.Unmarshal(b, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestFiveLanguagesOneRow plays scene 4: one release in five languages is one row, in the reader's order.
func TestFiveLanguagesOneRow(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.members()
	r := s.sample("water")
	s.others(24)
	b := chromium.Open(t)
	row := "#r-" + string(r.ID)
	for _, look := range looks {
		b.Cookie(s.URL, &http.Cookie{Name: "jarchi-reading", Value: "fa.en"})
		b.Open(look.width, 800, s.URL+"/?density=comfortable&ui="+look.ui)
		var seen struct {
			Rows                         int
			Lang, Dir, Text, Codes, Area string
			Gap                          float64 // between the headline's own side of its box and its first letter
			Wide                         float64
		}
		b.Into(&seen, `(() => { const r = document.querySelector('`+row+`'), h = r.querySelector('.row-head'), range = document.createRange(); range.selectNodeContents(h.querySelector('a'));
			const edge = Math.max(...[...range.getClientRects()].map(x => x.right));
			return JSON.stringify({ Rows: document.querySelectorAll('`+row+`').length, Lang: h.lang, Dir: h.dir, Text: h.textContent, Gap: h.getBoundingClientRect().right - edge, Wide: document.documentElement.scrollWidth - innerWidth,
				Codes: [...r.querySelectorAll('.lm')].map(e => e.textContent).join(' ') }); })()`)
		if seen.Rows != 1 || seen.Lang != "fa" || seen.Dir != "rtl" || !strings.Contains(seen.Text, "۱۱ خرداد") || seen.Gap > 12 || seen.Wide > 0 || !strings.HasPrefix(seen.Codes, "fa ") || len(strings.Fields(seen.Codes)) != 5 {
			t.Errorf("%s: %+v", look, seen)
		}

		// Opened, and through the versions: each once, and back to the row.
		b.Run(`document.querySelector('` + row + ` .row-head a').focus(); document.querySelector('` + row + `').scrollIntoView({block: 'center'});`)
		top := chromium.Eval[float64](b, `document.querySelector('`+row+`').getBoundingClientRect().top`)
		b.Run(`document.querySelector('` + row + ` .row-head a').click()`)
		b.Wait(`document.querySelector('#item .headline')?.lang === 'fa' && document.readyState === 'complete'`)
		b.Settle()
		walked := []string{"fa"}
		for range 5 {
			was := walked[len(walked)-1]
			b.Key("BracketRight")
			b.Wait(`document.readyState === 'complete' && (document.querySelector('#item .headline')?.lang || '` + was + `') !== '` + was + `' && !!window.jarchi`)
			b.Settle()
			walked = append(walked, chromium.Eval[string](b, `document.querySelector('#item .headline').lang`))
		}
		if got := slices.Compact(slices.Sorted(slices.Values(walked))); len(got) != 5 || walked[5] != "fa" {
			t.Errorf("%s: the walk was %q", look, walked)
		}
		if look.width < 600 { // a page of its own: back leads to the row where it stood
			b.Run(`history.go(-6)`)
			b.Wait(`location.pathname === '/' && document.readyState === 'complete' && !!document.querySelector('` + row + `')`)
			b.Settle()
			if now := chromium.Eval[float64](b, `document.querySelector('`+row+`').getBoundingClientRect().top`); now < top-2 || now > top+2 {
				t.Errorf("%s: back, the row stands at %v, stood at %v", look, now, top)
			}
			continue
		}
		b.Key("Escape")
		b.Wait(`!document.querySelector('#item') && document.activeElement.closest('` + row + `.is-selected')`)
	}

	// Azerbaijani alone: the Kazakh headline, and what it is about in Azerbaijani.
	b.Cookie(s.URL, &http.Cookie{Name: "jarchi-reading", Value: "az"})
	note := words(t, "facts", "az")["facts.note"]
	for _, width := range []int64{360, 1280} {
		b.Open(width, 800, s.URL+"/?density=comfortable&ui=az")
		head := chromium.Eval[string](b, `document.querySelector('`+row+` .row-head').lang + ' ' + document.querySelector('`+row+` .row-head').textContent`)
		facts := chromium.Eval[string](b, `document.querySelector('`+row+` .row-facts').textContent`)
		if !strings.HasPrefix(head, "kk Тоқсанбұлақ") || !strings.Contains(facts, "240") || !strings.HasSuffix(facts, note) {
			t.Errorf("at %d: %q, %q", width, head, facts)
		}
	}
	if bad := b.Complaints(); len(bad) > 0 {
		t.Errorf("the browser complained: %q", bad)
	}
}

const following = `(() => {
	const y = () => document.querySelector('.row.is-selected')?.getBoundingClientRect().top, at = y();
	window.moved = 0; window.frames_seen = 0; window.sentences = [];
	new MutationObserver(() => { const s = document.getElementById('said').textContent; if (s && s !== window.sentences.at(-1)) window.sentences.push(s); }).observe(document.getElementById('said'), { childList: true, characterData: true, subtree: true });
	const look = () => { window.moved = Math.max(window.moved, Math.abs((y() ?? 1e6) - at)); window.frames_seen++; requestAnimationFrame(look); };
	look();
	return true;
})()`

// TestTheLineDoesNotMove plays scene 3: seven releases and a flash in five seconds, then the network is cut for twenty.
func TestTheLineDoesNotMove(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.members()
	s.others(45)
	gone := s.sample("border")
	s.others(3)
	tabs := map[look]*chromium.Tab{}
	for _, look := range looks {
		b := chromium.Open(t)
		tabs[look] = b
		b.Open(look.width, 800, s.URL+"/?density=comfortable&ui="+look.ui)
		b.Wait(`document.getElementById('light').classList.contains('is-on')`)
		for range 30 {
			b.Key("KeyJ")
		}
		chromium.Eval[bool](b, following)
	}
	began := time.Now()
	for i := range 8 {
		time.Sleep(time.Until(began.Add(time.Duration(i) * 650 * time.Millisecond)))
		urgency := 4
		if i == 3 {
			urgency = 1
		}
		s.released("altinsu", urgency, wire.NewItem{Language: lang.TR, Content: wire.Content{Headline: fmt.Sprint("Altınsu'dan haber ", i), Body: []string{"Kısa."}}})
	}
	for look, b := range tabs {
		b.Wait(`!document.getElementById('fresh').hidden && /8.*1/.test(document.querySelector('.fresh-button').textContent)`)
		line := chromium.Eval[string](b, `document.querySelector('.fresh-button').textContent`)
		if look.ui == "en" && line != "8 new · 1 flash" {
			t.Errorf("the line says %q", line)
		}
		if moved, frames := chromium.Eval[float64](b, `window.moved`), chromium.Eval[int](b, `window.frames_seen`); moved != 0 || frames < 20 {
			t.Errorf("%s: the line being read moved %v px in %d frames", look, moved, frames)
		}
		if n := chromium.Eval[int](b, `window.sentences.length`); n != 1 {
			t.Errorf("%s: a screen reader heard %d sentences", look, n)
		}
		b.Key("Period")
		b.Wait(`document.getElementById('fresh').hidden && scrollY + document.getElementById('list').scrollTop < 2`)
		b.Run(`document.querySelector('.row-head a').focus(); document.body.dispatchEvent(new KeyboardEvent('keydown', { code: 'KeyJ', bubbles: true }));`)
	}

	away, since := 20*time.Second, time.Now()
	if testing.Short() {
		away = 7 * time.Second
	}
	s.cut.Store(true)
	s.drop()
	for i := range 3 {
		s.released("cinarcay", 4, wire.NewItem{Language: lang.AZ, Content: wire.Content{Headline: fmt.Sprint("Çinarçaydan xəbər ", i), Body: []string{"Qısa."}}})
	}
	if _, err := s.Publish.Withdraw(t.Context(), testkit.Viewer(gone.Lead()), gone.ID, "sana tasdiqlanmagan", nil); err != nil {
		t.Fatal(err)
	}
	for look, b := range tabs {
		b.Wait(`document.getElementById('light').classList.contains('is-off')`)
		off := words(t, "base", look.ui)["live.since"]
		if text := chromium.Eval[string](b, `document.getElementById('light').innerText`); !strings.HasPrefix(text, off) || !regexp.MustCompile(`\d\d:\d\d`).MatchString(text) {
			t.Errorf("%s: the light says %q", look, text)
		}
	}
	for look, b := range tabs { // what is there can be read on
		b.Key("KeyK")
		b.Key("KeyJ")
		if chromium.Eval[bool](b, `document.activeElement !== document.querySelector('.row.is-selected .row-head a')`) {
			t.Errorf("%s: without the network the keys do not move", look)
		}
	}
	time.Sleep(time.Until(since.Add(away)))
	s.cut.Store(false)
	for look, b := range tabs {
		b.Wait(`document.getElementById('light').classList.contains('is-on') && !document.getElementById('fresh').hidden`)
		if line := chromium.Eval[string](b, `document.querySelector('.fresh-button').textContent`); look.ui == "en" && line != "3 missed, loaded" {
			t.Errorf("after the cut the line says %q", line)
		}
		b.Key("Period")
		if got := chromium.Eval[string](b, `(async () => {
			const here = [...document.querySelectorAll('#rows .row')].map(r => r.id), doc = new DOMParser().parseFromString(await (await fetch('/?fragment=rows')).text(), 'text/html'), there = [...doc.querySelectorAll('.row')].map(r => r.id);
			if (new Set(here).size !== here.length) return 'something is doubled';
			const lacks = there.filter(id => !here.includes(id));
			return lacks.length ? lacks.length + ' are missing' : here.slice(0, there.length).join() === there.join() ? '' : 'in another order';
		})()`); got != "" {
			t.Errorf("%s: after the cut: %s", look, got)
		}
		if !chromium.Eval[bool](b, `document.getElementById('r-`+string(gone.ID)+`')?.classList.contains('row-withdrawn') === true`) {
			t.Errorf("%s: what was withdrawn in the meantime still has its words", look)
		}
	}
}

// stepping is a clock that goes on from wherever it was put.
type stepping struct{ off atomic.Int64 }

func (c *stepping) Now() time.Time { return time.Now().Add(time.Duration(c.off.Load())) }

func (c *stepping) put(at time.Time) { c.off.Store(int64(time.Until(at))) }

// TestEmbargoToTheSecond plays scene 5 on one node.
func TestEmbargoToTheSecond(t *testing.T) {
	t.Parallel()
	opens := time.Date(2026, 3, 12, 18, 0, 0, 0, time.FixedZone("", 5*3600))
	clock := &stepping{}
	clock.put(opens.Add(-10 * time.Minute))
	s := open(t, clock.Now)
	s.members()
	r, err := s.Publish.Create(t.Context(), testkit.Viewer("toqsanbulaq"), publish.Input{Audience: wire.Audience{Class: wire.Members}, EmbargoedUntil: opens, Items: []wire.NewItem{
		{Language: lang.KK, Content: wire.Content{Headline: "Көксай қоймасы толды", Body: []string{"Бүгін таңда су деңгейі 45 метрге жетті."}}},
		{Language: lang.UR, Translation: wire.OfficialText, Content: wire.Content{Headline: "کوکسائی ذخیرہ بھر گیا", Body: []string{"پانی کی سطح 45 میٹر ہو گئی۔"}}}}})
	if err != nil {
		t.Fatal(err)
	}
	u := s.person("sabzwadi", "", people.Editor)
	c := s.browser(u)
	secret, err := s.Store.CreateToken(t.Context(), "sabzwadi", access.Scopes, "scene")
	if err != nil {
		t.Fatal(err)
	}
	ask := func(path, accept string) (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), "GET", s.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+secret)
		req.Header.Set("Accept", accept)
		res, body := s.read(http.DefaultClient.Do(req))
		return res.StatusCode, body
	}
	// The stream, as it is told to the token.
	var told strings.Builder
	var telling sync.Mutex
	req, err := http.NewRequestWithContext(t.Context(), "GET", s.URL+"/api/v1/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+secret)
	stream, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	go func() {
		b := make([]byte, 4096)
		for {
			n, err := stream.Body.Read(b)
			telling.Lock()
			told.Write(b[:n])
			telling.Unlock()
			if err != nil {
				return
			}
		}
	}()
	heard := func() string { telling.Lock(); defer telling.Unlock(); return told.String() }

	item, query := string(r.Items[0].ID), "/?q=%D1%81%D1%83+%D0%B4%D0%B5%D2%A3%D0%B3%D0%B5%D0%B9%D1%96&ui=en"
	places := map[string]func() string{
		"the release's page": func() string { _, body := s.get(c, "/releases/"+string(r.ID)+"?ui=en"); return body },
		"the text's page":    func() string { _, body := s.get(c, "/items/"+item+"?ui=en"); return body },
		"all languages":      func() string { _, body := s.get(c, "/releases/"+string(r.ID)+"?all=1"); return body },
		"the wire":           func() string { _, body := s.get(c, "/"); return body },
		"ninjs":              func() string { _, body := ask("/api/v1/items/"+item, "application/json"); return body },
		"NewsML-G2":          func() string { _, body := ask("/api/v1/items/"+item, newsmlg2.MediaType); return body },
		"the API's list":     func() string { _, body := ask("/api/v1/items?full=true", "application/json"); return body },
		"the API's search": func() string {
			_, body := ask("/api/v1/items?full=true&q=%D0%B4%D0%B5%D2%A3%D0%B3%D0%B5%D0%B9%D1%96", "application/json")
			return body
		},
		"search": func() string {
			_, body := s.get(c, query)
			_, row, _ := strings.Cut(body, `id="r-`)
			return row
		},
		"the exact bytes": func() string { _, body := ask("/api/v1/items/"+item+"/versions/1", "application/json"); return body },
		"the taken words": func() string { _, body := s.get(c, "/take/"+item); return body },
	}
	sealed := regexp.MustCompile(`деңгейі|толды|بھر|سطح`)

	// The pages are open ten minutes before. Their clock is the node's, and goes with it.
	const passing = `(() => {
		const left = document.querySelector('.countdown'), sealed = /деңгейі|толды|بھر|سطح/;
		window.left = [{ text: left.textContent, at: Date.now() }]; window.opened = 0; // what stands already is no change
		new MutationObserver(() => {
			if (left.isConnected && left.textContent !== window.left.at(-1)?.text) window.left.push({ text: left.textContent, at: Date.now() });
			if (!window.opened && sealed.test(document.body.textContent)) window.opened = Date.now();
		}).observe(document.body, { childList: true, characterData: true, subtree: true });
		return sealed.test(document.documentElement.textContent);
	})()`
	tabs := map[look]*chromium.Tab{}
	for _, look := range looks {
		b := chromium.Open(t)
		tabs[look] = b
		b.Cookie(s.URL, s.session(u))
		b.Cookie(s.URL, &http.Cookie{Name: "jarchi-zone", Value: "Etc/GMT-3"})
		b.Before(fmt.Sprintf(`const now = Date.now; window.ahead = %d; Date.now = () => now.call(Date) + window.ahead;`, time.Duration(clock.off.Load()).Milliseconds()))
		b.Open(look.width, 800, s.URL+"/releases/"+string(r.ID)+"?ui="+look.ui)
		b.Wait(`document.getElementById('light').classList.contains('is-on')`)
		if text := chromium.Eval[string](b, `document.querySelector('.sb-embargo').innerText`); !strings.Contains(text, "18:00") || !strings.Contains(text, "16:00") || !strings.Contains(text, "UTC+5") {
			t.Errorf("%s: both zones: %q", look, text)
		}
		if left, want := chromium.Eval[string](b, `document.querySelector('.countdown').textContent`), strings.Replace(words(t, "item", look.ui)["item.opens.minutes"], "{n}", "10", 1); left != want {
			t.Errorf("%s: the time that is left: %q, want %q", look, left, want)
		}
		if chromium.Eval[bool](b, passing) {
			t.Errorf("%s: the page says what is sealed", look)
		}
	}
	clock.put(opens.Add(-8 * time.Second))
	for _, b := range tabs {
		b.Run(fmt.Sprintf(`window.ahead = %d;`, time.Duration(clock.off.Load()).Milliseconds()))
	}
	for look, b := range tabs {
		seconds, _, _ := strings.Cut(words(t, "item", look.ui)["item.opens.seconds"], "{n}")
		b.Wait(fmt.Sprintf(`window.opened || window.left.filter(l => l.text.startsWith(%q)).length > 2`, seconds))
	}
	if code, _ := s.get(http.DefaultClient, "/releases/"+string(r.ID)); code != 404 {
		t.Errorf("a stranger: %d", code)
	}
	if left := opens.Sub(clock.Now()); left > 1200*time.Millisecond {
		time.Sleep(left - 1200*time.Millisecond)
	}
	for name, read := range places {
		at := clock.Now()
		if got := sealed.FindString(read()); got != "" && at.Before(opens) {
			t.Errorf("%v before the second %s says %q", opens.Sub(at), name, got)
		}
	}
	_, found := ask("/api/v1/items?q=%D0%B4%D0%B5%D2%A3%D0%B3%D0%B5%D0%B9%D1%96", "application/json")
	if _, page := s.get(c, query); clock.Now().Before(opens) && (strings.Contains(found, string(r.ID)) || strings.Contains(found, item) || strings.Contains(page, `id="r-`)) {
		t.Error("search counts what is sealed")
	}
	if clock.Now().Before(opens) && sealed.MatchString(heard()) {
		t.Error("the stream says what is sealed")
	}
	if !strings.Contains(heard(), "embargoed") && strings.Contains(heard(), "event: released") {
		t.Error("the stream says that it was released")
	}

	time.Sleep(opens.Sub(clock.Now()))
	for name, read := range places {
		for !sealed.MatchString(read()) {
			if late := clock.Now().Sub(opens); late > 5*time.Second {
				t.Fatalf("%v after the second %s still does not say it", late, name)
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
	t.Logf("everywhere %v after the second", clock.Now().Sub(opens).Round(time.Millisecond))
	for look, b := range tabs { // nobody touches the page
		b.Wait(`/деңгейі|سطح/.test(document.querySelector('#item .body')?.textContent || '') && !document.querySelector('.sb-embargo')`)
		var seen struct {
			Opened int64
			Left   []struct {
				Text string
				At   int64
			}
		}
		b.Into(&seen, `JSON.stringify({ opened: window.opened, left: window.left })`)
		if late := time.UnixMilli(seen.Opened).Sub(opens); late < 0 || late > 5*time.Second {
			t.Errorf("%s: the page opened %v after the second", look, late)
		}
		last, counted := 61, 0
		for _, l := range seen.Left {
			n, err := strconv.Atoi(regexp.MustCompile(`\d+`).FindString(l.Text))
			if err != nil { // opening now
				n = 0
			}
			is := opens.Sub(time.UnixMilli(l.At)).Seconds()
			if minutes, _, _ := strings.Cut(words(t, "item", look.ui)["item.opens.minutes"], "{n}"); strings.HasPrefix(l.Text, minutes) { // as it stood when the page came
				if is > float64(60*n)+0.01 || is < float64(60*(n-1))-1.5 {
					t.Errorf("%s: %q with %.2f s left", look, l.Text, is)
				}
				continue
			}
			if n >= last || is > float64(n)+0.01 || n > 0 && is < float64(n)-1.5 {
				t.Errorf("%s: %q with %.2f s left", look, l.Text, is)
			}
			last, counted = n, counted+1
		}
		if counted < 3 {
			t.Errorf("%s: the seconds were not counted: %v", look, seen.Left)
		}
	}
	if !strings.Contains(heard(), "event: released") {
		t.Errorf("the stream says nothing of the opening: %q", heard())
	}
}

// formats reads an item in both formats; an empty version of a schema's complaints is none.
func (s *stage) formats(token, item string) (ninjs, newsml []byte) {
	s.t.Helper()
	get := func(accept string) []byte {
		req, err := http.NewRequestWithContext(s.t.Context(), "GET", s.URL+"/api/v1/items/"+item, nil)
		if err != nil {
			s.t.Fatal(err)
		}
		req.Header.Set("Accept", accept)
		req.Header.Set("Authorization", "Bearer "+token)
		res, body := s.read(http.DefaultClient.Do(req))
		if res.StatusCode != 200 {
			s.t.Fatalf("%s: %d", accept, res.StatusCode)
		}
		return []byte(body)
	}
	return get("application/json"), get(newsmlg2.MediaType)
}

var ninjsSchema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	for url, file := range map[string]string{"https://geojson.org/schema/GeoJSON.json": "GeoJSON-schema.json", "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json": "ninjs-schema_3.1.json"} {
		b, err := os.ReadFile(filepath.Join("..", "format", "ninjs", "testdata", file))
		if err != nil {
			return nil, err
		}
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(b)))
		if err != nil {
			return nil, err
		}
		if err := c.AddResource(url, doc); err != nil {
			return nil, err
		}
	}
	return c.Compile("http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json")
})

// TestFlashUpdatesCorrection plays scene 6: they are three different things, at every step valid in both formats.
func TestFlashUpdatesCorrection(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.members()
	schema, err := ninjsSchema()
	if err != nil {
		t.Fatal(err)
	}
	secret, err := s.Store.CreateToken(t.Context(), "sabzwadi", access.Scopes, "scene")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var files []string
	r := s.released("altinsu", 1, wire.NewItem{Language: lang.TR, Content: wire.Content{Headline: "Altınsu'nun güneyinde 5,6 büyüklüğünde deprem; can kaybı bildirilmedi", Body: []string{"Sarsıntı komşu köylerde duyuldu."}}})
	s.others(3)
	b := chromium.Open(t)
	row := "#r-" + string(r.ID)
	tags := func(look look) string {
		b.Size(look.width, 800)
		b.Do(chromium.Go(s.URL + "/?density=comfortable&ui=" + look.ui))
		if n := chromium.Eval[int](b, `document.querySelectorAll('`+row+`').length`); n != 1 {
			t.Errorf("%d rows", n)
		}
		return chromium.Eval[string](b, `(() => { const r = document.querySelector('`+row+`'); return (r.classList.contains('row-flash') ? '!' : '') + [...r.querySelectorAll('.tag, .row-word')].map(e => e.textContent.trim()).join('|'); })()`)
	}
	step := func(name string, want map[string]string) {
		t.Helper()
		ninjs, newsml := s.formats(secret, string(r.Items[0].ID))
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(ninjs)))
		if err == nil {
			err = schema.Validate(doc)
		}
		if err != nil {
			t.Errorf("%s: ninjs: %v", name, err)
		}
		file := filepath.Join(dir, strings.ReplaceAll(name, " ", "-")+".xml")
		if err := os.WriteFile(file, newsml, 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
		for _, look := range looks {
			got := tags(look)
			for end := time.Now().Add(5 * time.Second); got != want[look.ui] && time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
				got = tags(look) // a list may have been made up to 400 ms ago
			}
			if got != want[look.ui] {
				t.Errorf("%s in %s: %q, want %q", name, look, got, want[look.ui])
			}
		}
	}
	ur := words(t, "base", "ur")
	update := strings.ReplaceAll(ur["state.update"], "{{.Count}}", "")
	step("flash", map[string]string{"en": "!Flash", "ur": "!" + ur["state.flash"]})
	content := r.Items[0].Current().Content
	for n, more := range []string{"İki köyde elektrik kesildi.", "Okullar bugün kapalı."} {
		content.Body = append(slices.Clone(content.Body), more)
		if _, err := s.Publish.Update(t.Context(), testkit.Viewer("altinsu"), r.ID, wire.Changes{Content: map[wire.ItemID]wire.Content{r.Items[0].ID: content}}, nil); err != nil {
			t.Fatal(err)
		}
		step(fmt.Sprint("update ", n+1), map[string]string{"en": fmt.Sprintf("!Update %d|Flash", n+1), "ur": fmt.Sprintf("!%s%d|%s", update, n+1, ur["state.flash"])})
	}
	b.Open(1280, 800, s.URL+"/releases/"+string(r.ID)+"?ui=tr")
	if text := chromium.Eval[string](b, `document.querySelector('#item').innerText`); strings.Contains(text, "Düzeltildi") {
		t.Error("an update is called a correction")
	}
	content.Headline = strings.Replace(content.Headline, "5,6", "5,8", 1)
	if _, err := s.Publish.Correct(t.Context(), testkit.Viewer("altinsu"), r.ID, wire.Changes{Content: map[wire.ItemID]wire.Content{r.Items[0].ID: content}}, "ölçüm düzeltildi", nil); err != nil {
		t.Fatal(err)
	}
	// Its page was read on this device: it stands inverted no more.
	step("correction", map[string]string{"en": "Update 2|Flash|Corrected", "ur": update + "2|" + ur["state.flash"] + "|" + ur["state.corrected"]})
	for _, width := range []int64{360, 1280} {
		b.Open(width, 800, s.URL+"/releases/"+string(r.ID)+"?ui=tr")
		if bar := chromium.Eval[string](b, `document.querySelector('.sb-corrected').innerText`); !strings.Contains(bar, "Düzeltildi") || !strings.Contains(bar, "ölçüm düzeltildi") {
			t.Errorf("the bar says %q", bar)
		}
		b.Run(`document.querySelector('.sb-corrected a').click()`)
		b.Wait(`document.querySelector('.version details[open] del')?.checkVisibility()`)
		if got := chromium.Eval[string](b, `['del', 'ins'].map(s => document.querySelector('.figure-changes ' + s).lastChild.textContent).join(' ')`); got != "5,6 5,8" {
			t.Errorf("the figures marked: %q", got)
		}
		b.Open(width, 800, s.URL+"/corrections?ui=tr")
		if n := chromium.Eval[int](b, `document.querySelectorAll('.register .entry').length`); n != 1 {
			t.Errorf("the register holds %d entries", n)
		}
	}
	xmllint, err := exec.LookPath("xmllint")
	if err != nil {
		t.Log("xmllint is not installed: NewsML-G2 was not checked against the schema")
		return
	}
	args := append([]string{"--nonet", "--noout", "--schema", filepath.Join("..", "format", "newsmlg2", "testdata", "NewsML-G2_2.35-spec-All-Power.xsd")}, files...)
	if out, err := exec.Command(xmllint, args...).CombinedOutput(); err != nil {
		t.Errorf("NewsML-G2: %v\n%s", err, out)
	}
}
