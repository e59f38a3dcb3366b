package web

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/wire"
)

func TestEveryAnswerHasTheHeaders(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	h := newHandler(t, x)
	raw := ""
	for hash := range x.raw {
		raw = "/raw/" + hash
	}
	paths := []string{raw, "/raw/zz", "/static/none.css", "/in", "/settings", "/corrections", "/items/x", "/releases/x", "/captures/x", "/?cursor=forged", "/?lang=%00", "/?member=../..", "/?since=yesterday", "/a/b/c"}
	for _, p := range pagePaths(x) {
		paths = append(paths, p)
	}
	style := regexp.MustCompile(`/static/[a-z0-9.-]+`).FindAllString(get(t, h, "/").Body.String(), -1)
	if len(style) < 3 {
		t.Fatal("the page names no static files")
	}
	paths = append(paths, style...)
	for _, p := range paths {
		for _, method := range []string{"GET", "HEAD", "POST", "DELETE"} {
			w := get(t, h, p, func(r *http.Request) { r.Method = method })
			csp := w.Header().Get("Content-Security-Policy")
			if w.Header().Get("X-Content-Type-Options") != "nosniff" || w.Header().Get("Referrer-Policy") != "same-origin" || !strings.Contains(csp, "default-src 'none'") {
				t.Errorf("%s %s: headers %v", method, p, w.Header())
			}
			if strings.Contains(csp, "unsafe") || strings.Contains(csp, "*") || !strings.Contains(csp, "sandbox") && !strings.Contains(csp, "frame-ancestors 'none'") {
				t.Errorf("%s %s: policy %q", method, p, csp)
			}
			if w.Code >= 500 {
				t.Errorf("%s %s: status %d", method, p, w.Code)
			}
		}
		body := get(t, h, p).Body.String()
		if strings.Contains(body, "<html") && (strings.Contains(body, " style=") || regexp.MustCompile(` on[a-z]+=`).MatchString(body) || regexp.MustCompile(`<script>|<style`).MatchString(body)) {
			t.Errorf("%s has inline style or script", p)
		}
	}
}

func TestStatusOfPages(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	h := newHandler(t, x)
	for path, want := range map[string]int{"/": 200, "/nope": 404, "/releases/x": 404, "/items/aaaaaaaaaaaaaaaaaaaaaaaaaa": 404, "/captures/x": 404, "/?cursor=forged": 422,
		"/?since=yesterday": 422, "/?lang=!!": 422, "/raw/" + strings.Repeat("0", 64): 404, "/corrections": 200, "/in": 200, "/settings": 200, "/?open=releases/x": 200} {
		if w := get(t, h, path); w.Code != want {
			t.Errorf("%s: %d, want %d", path, w.Code, want)
		}
	}
	x.err = fault.E(fault.Internal, "a secret of the database")
	w := get(t, h, "/")
	if w.Code != 500 || strings.Contains(w.Body.String(), "secret") || !strings.Contains(w.Body.String(), "Reference: ") {
		t.Errorf("internal error: %d %s", w.Code, w.Body)
	}
	x.err = fault.E(fault.Busy, "Too many.")
	if w := get(t, h, "/"); w.Code != 429 {
		t.Errorf("busy: %d", w.Code)
	}
	x.err, x.empty = nil, true
	if w := get(t, h, "/?ui=en"); !strings.Contains(w.Body.String(), "Nothing released yet.") || !strings.Contains(w.Body.String(), "jarchi import") {
		t.Error("an empty wire does not say so")
	}
	if w := get(t, h, "/corrections?ui=en"); !strings.Contains(w.Body.String(), "Nothing has been corrected or withdrawn.") {
		t.Error("an empty register does not say so")
	}
}

// TestTheCommandThatFetchesACheckpoint can be copied as it stands: the node's whole address, a log that anyone may fetch and that has a
// checkpoint. A log in which nothing is entered yet has none and is no link.
func TestTheCommandThatFetchesACheckpoint(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	for _, public := range []string{"", "https://wire.example"} {
		h, err := New(Options{Reader: x, People: crew{}, Now: func() time.Time { return now }, PublicURL: public})
		if err != nil {
			t.Fatal(err)
		}
		page := get(t, h, "/corrections?ui=en").Body.String()
		if want := ">curl " + cmp.Or(public, "http://127.0.0.1:8080") + "/log/toqsanbulaq-public/checkpoint<"; !strings.Contains(page, want) {
			t.Errorf("the page has no %s", want)
		}
		if strings.Contains(page, `href="/log/kumushdaryo-public/`) || !strings.Contains(page, `href="/log/toqsanbulaq-closed/checkpoint"`) {
			t.Error("a log without entries is a link, or one with entries is none")
		}
	}
}

func TestStrangersSeeNoCaptures(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	h := newHandler(t, x)
	for _, edit := range []func(*http.Request){
		fromAfar,
		func(r *http.Request) { r.RemoteAddr = "192.0.2.7:50000" },           // anyone can send any Host
		func(r *http.Request) { r.Header.Set("X-Forwarded-For", "1.2.3.4") }, // a proxy at the same machine
	} {
		if w := get(t, h, "/", edit); strings.Contains(w.Body.String(), "/captures/") || strings.Contains(w.Body.String(), "A sealed text") {
			t.Error("a stranger is shown captures")
		}
		for _, e := range x.entries {
			if e.Capture != nil {
				for _, p := range []string{"/captures/" + string(e.Capture.ID), "/raw/" + e.Capture.RawHash, "/?open=captures/" + string(e.Capture.ID)} {
					w := get(t, h, p, edit)
					if !strings.HasPrefix(p, "/?") && w.Code != 404 || strings.Contains(w.Body.String(), "kongressi") {
						t.Errorf("%s: status %d", p, w.Code)
					}
				}
			}
		}
	}
}

func TestRawIsAnAttachment(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	h := newHandler(t, x)
	for hash, f := range x.raw {
		w := get(t, h, "/raw/"+hash)
		if w.Code != 200 || w.Body.String() != string(f.Bytes) || w.Header().Get("Content-Type") != "application/octet-stream" ||
			!strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment;") || w.Header().Get("Content-Security-Policy") != rawPolicy {
			t.Errorf("raw: %d %v", w.Code, w.Header())
		}
	}
	for name, want := range map[string]string{"a.html": "a.html.raw", "../../etc/passwd": "passwd.raw", "": strings.Repeat("0", 16) + ".raw", "x\r\nSet-Cookie: a=b": "x Set-Cookie_ a=b.raw", "хабар.txt": "хабар.txt.raw"} {
		if got := rawName(name, strings.Repeat("0", 64)); got != want {
			t.Errorf("rawName(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestCapturePage(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	h := newHandler(t, x)
	var captures []*wire.Capture
	for _, e := range x.entries {
		if e.Capture != nil {
			captures = append(captures, e.Capture)
		}
	}
	page := func(i int) string { return get(t, h, "/captures/"+string(captures[i].ID)+"?ui=en").Body.String() }
	for i, want := range [][]string{
		{"Outside source", "17 July 2025", "as written there", "Machine translation", `<span class="nb">3-aprelda</span>`, "&lt;b&gt;Bu belgi", "<li><bdi>&lt;script&gt;alert(1)&lt;/script&gt;</bdi></li>",
			"Removed lines: 4", "Hidden direction marks in this text: 2", "/raw/" + captures[0].RawHash, "/api/v1/items/" + string(captures[0].ID), "Foto: A. Salimov", `lang="uz" dir="ltr"`},
		{"Cut off", "11 July 2025", `lang="ur" dir="rtl"`, "Text no. 2 of its page"},
		{"no headline", "date not stated", "29 May 2026", `lang="fa" dir="rtl"`, "نمایندگان"},
		{"date not stated", "The page does not say where its text comes from."},
	} {
		got := page(i)
		for _, s := range want {
			if !strings.Contains(got, s) {
				t.Errorf("capture %d lacks %q", i+1, s)
			}
		}
		if strings.Contains(got, "<script>alert") {
			t.Errorf("capture %d: markup from outside is markup here", i+1)
		}
	}
	first, second := strings.Index(page(0), "Toshbuloq matbuot xizmati"), strings.Index(page(0), "tarjima boʻlimi")
	if first < 0 || second < first {
		t.Error("the attribution chain is not in its order")
	}
	if w := get(t, h, "/items/"+string(captures[0].ID)); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/captures/"+string(captures[0].ID) {
		t.Errorf("an item address of a capture: %d %v", w.Code, w.Header())
	}
}

func TestReleasePage(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	h := newHandler(t, x)
	var water, gone, sealed *wire.Release
	for _, e := range x.entries {
		switch {
		case e.Release == nil:
		case len(e.Release.Items) == 6:
			water = e.Release
		case e.Release.State == wire.Withdrawn:
			gone = e.Release
		case e.Release.State == wire.Embargoed:
			sealed = e.Release
		}
	}
	has := func(path string, want ...string) string {
		t.Helper()
		got := get(t, h, path, func(r *http.Request) { r.AddCookie(&http.Cookie{Name: cookieZone, Value: "Europe/Istanbul"}) }).Body.String()
		for _, s := range want {
			if !strings.Contains(got, s) {
				t.Errorf("%s lacks %q", path, s)
			}
		}
		return got
	}
	kk, fa := water.Items[0].ID, water.Items[4].ID
	has("/items/"+string(kk)+"?ui=en", "Corrected, ", "24 емес, 240 миллион", "Official. Released by", "Toqsanbulaq Press Service", "Kumushdaryo matbuot xizmati", "12:05 UTC+3", "14:05 UTC+5",
		"Қазақша", "Oʻzbekcha", "اردو", "/api/v1/items/"+string(kk)+"/versions/2/proof", "Version 2", "Version 1", `<h1 class="headline text" lang="kk" dir="ltr">`, "240 миллион")
	// Every version that can still be read is there in its exact bytes; of a withdrawn release none.
	has("/items/"+string(kk), `href="/api/v1/items/`+string(kk)+`/versions/2"`, `href="/api/v1/items/`+string(kk)+`/versions/1"`)
	has("/items/"+string(fa)+"?ui=ur", "مشینی ترجمہ۔", "Қазақша", "/items/"+string(kk), `lang="fa" dir="rtl"`, "is-machine")
	got := has("/releases/"+string(gone.ID)+"?ui=ru", "Отозвано", "sana tasdiqlanmagan", "Текст отозван")
	if strings.Contains(got, "Граница") || strings.Contains(got, "/proof") || strings.Contains(got, "/versions/") {
		t.Error("a withdrawn release still has its words")
	}
	if w := get(t, h, "/releases/"+string(sealed.ID), fromAfar); w.Code != 404 {
		t.Errorf("a stranger reads a header under embargo: %d", w.Code)
	}
	signedIn := func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "jarchi-8080", Value: goodSession}) }
	if w := get(t, h, "/releases/"+string(sealed.ID)+"?ui=en", signedIn); !strings.Contains(w.Body.String(), "Embargo until") || !strings.Contains(w.Body.String(), "Құпия сөйлем") && !strings.Contains(w.Body.String(), "A sealed sentence.") {
		t.Errorf("the issuer does not see its own text under embargo: %d", w.Code)
	}
	x.members["toqsanbulaq"] = wire.Member{ID: "toqsanbulaq"}
	sealed.Issuers = []wire.MemberID{"kumushdaryo"}
	w := get(t, h, "/releases/"+string(sealed.ID)+"?ui=en", signedIn)
	if s := w.Body.String(); w.Code != 200 || !strings.Contains(s, "Only the header can be seen before.") || strings.Contains(s, "sealed") || strings.Contains(s, "/proof") {
		t.Errorf("another member: %d %s", w.Code, s)
	}
}

func TestSearchMarksAndRemoves(t *testing.T) {
	t.Parallel()
	h := newHandler(t, newExchange(t))
	got := get(t, h, "/?ui=en&q="+url.QueryEscape(`kongressi -форум`)).Body.String()
	for _, s := range []string{"<mark>kongressi</mark>", "The words as understood", "Matches: ", "q=-%D1%84%D0%BE%D1%80%D1%83%D0%BC", "q=kongressi"} {
		if !strings.Contains(got, s) {
			t.Errorf("search lacks %q", s)
		}
	}
	got = get(t, h, "/?ui=en&lang=kk&q=qwertyuiop").Body.String()
	for _, s := range []string{"Nothing was found.", "Search in all languages and sources", "Filters (1)"} {
		if !strings.Contains(got, s) {
			t.Errorf("no hits lacks %q", s)
		}
	}
	evil := get(t, h, "/?q="+url.QueryEscape(`"><script>alert(1)</script>`)).Body.String()
	if strings.Contains(evil, "<script>alert") {
		t.Error("the query comes back as markup")
	}
}

func TestFlashAndTags(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	got := get(t, newHandler(t, x), "/?ui=en").Body.String()
	for _, s := range []string{"row-flash", "Update 1", "tag-machine", "tag-stale", "row-withdrawn", "lm-translation", "lm-stale", "Original", "Outside source", "The text was withdrawn", "no headline"} {
		if !strings.Contains(got, s) {
			t.Errorf("the wire lacks %q", s)
		}
	}
	machine := regexp.MustCompile(`(?s)<li class="row".*?</li>`).FindAllString(got, -1)
	for _, row := range machine {
		if strings.Contains(row, "Machine translation</span>") && strings.Contains(row, "st-official") {
			t.Error("a machine's headline carries 'Official'")
		}
	}
}

func TestSignInAndOut(t *testing.T) {
	t.Parallel()
	h := newHandler(t, newExchange(t))
	post := func(target string, form url.Values, edit ...func(*http.Request)) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", target, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Host, r.RemoteAddr = "127.0.0.1:8080", "127.0.0.1:50000"
		for _, f := range edit {
			f(r)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	w := post("/in", url.Values{"login": {goodLogin}, "password": {goodPassword}, "back": {"//evil.example/"}})
	c := w.Result().Cookies()
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/" || len(c) != 1 || c[0].Name != "jarchi-8080" || !c[0].HttpOnly || c[0].SameSite != http.SameSiteLaxMode {
		t.Fatalf("sign-in: %d %v %v", w.Code, w.Header(), c)
	}
	if body := get(t, h, "/in?ui=en", func(r *http.Request) { r.AddCookie(c[0]) }).Body.String(); !strings.Contains(body, "Toqsanbulaq Press Service") {
		t.Error("the signed-in page does not say for whom")
	}
	if w := get(t, h, "/", func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "jarchi-8080", Value: "ended"}) }); w.Code != 200 || len(w.Result().Cookies()) != 1 || w.Result().Cookies()[0].MaxAge >= 0 {
		t.Errorf("an ended session: %d %v", w.Code, w.Result().Cookies())
	}
	for _, password := range []string{"", "wrong", strings.Repeat("x", 5000)} {
		if w := post("/in", url.Values{"login": {goodLogin}, "password": {password}}); w.Code != 422 || len(w.Result().Cookies()) != 0 || !strings.Contains(w.Body.String(), `role="alert"`) {
			t.Errorf("password of %d letters: %d", len(password), w.Code)
		}
	}
	if w := post("/in", url.Values{"login": {goodLogin}, "password": {goodPassword}}, fromAfar); w.Code != 403 || len(w.Result().Cookies()) != 0 {
		t.Errorf("sign-in over plain http: %d", w.Code)
	}
	if w := post("/in", url.Values{"login": {goodLogin}, "password": {goodPassword}}, func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }); w.Code != 403 {
		t.Errorf("a form from another site: %d", w.Code)
	}
	if w := post("/out", nil); w.Code != http.StatusSeeOther || w.Result().Cookies()[0].MaxAge >= 0 {
		t.Errorf("sign-out: %d", w.Code)
	}
	if w := post("/settings", url.Values{"zone": {"Mars/Phobos"}, "reading": {"kk <b>"}}); w.Code != 422 || len(w.Result().Cookies()) != 0 ||
		!strings.Contains(w.Body.String(), `role="alert"><a href="#s-zone">`) || !strings.Contains(w.Body.String(), `role="alert"><a href="#s-reading">`) {
		t.Errorf("bad settings: %d %v", w.Code, w.Result().Cookies())
	}
	if w := post("/settings", url.Values{"ui": {"kk"}, "zone": {"Asia/Almaty"}, "reading": {"kk, ru"}, "theme": {"dark"}}); w.Code != 303 || len(w.Result().Cookies()) != 8 {
		t.Errorf("settings: %d %v", w.Code, w.Result().Cookies())
	}
	if w := post("/settings", url.Values{"x": {strings.Repeat("y", maxForm+1)}}); w.Code != 422 {
		t.Errorf("a huge form: %d", w.Code)
	}
	// https: the __Host- cookie.
	o, err := New(Options{Reader: newExchange(t), People: crew{}, PublicURL: "https://jarchi.example"})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "/in", strings.NewReader(url.Values{"login": {goodLogin}, "password": {goodPassword}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Host = "jarchi.example"
	rec := httptest.NewRecorder()
	o.ServeHTTP(rec, r)
	if c := rec.Result().Cookies(); len(c) != 1 || c[0].Name != "__Host-jarchi" || !c[0].Secure || c[0].Path != "/" {
		t.Errorf("https cookie: %v", c)
	}
}

func TestLanguageOfTheInterface(t *testing.T) {
	t.Parallel()
	h := newHandler(t, newExchange(t))
	for accept, want := range map[string]lang.Tag{"": "en", "kk-KZ,ru;q=0.5": "kk", "prs": "fa", "de,uz-Latn;q=0.9": "uz", "zz;;;q=x": "en", "fr": "en", "ur-PK": "ur"} {
		w := get(t, h, "/settings", func(r *http.Request) { r.Header.Set("Accept-Language", accept) })
		if !strings.Contains(w.Body.String(), fmt.Sprintf(`<html lang="%s" dir="%s"`, want, want.Dir())) {
			t.Errorf("Accept-Language %q does not give %s", accept, want)
		}
	}
	list := get(t, h, "/", func(r *http.Request) { r.Header.Set("Accept-Language", "ur,en;q=0.5") }).Body.String()
	if n := strings.Count(list, `<option value="ur"`); n != 1 {
		t.Errorf("Urdu stands %d times in the languages to filter by", n)
	}
	w := get(t, h, "/settings?ui=az")
	if c := w.Result().Cookies(); len(c) != 1 || c[0].Name != cookieUI || c[0].Value != "az" {
		t.Errorf("?ui=az: %v", c)
	}
}

// TestNoStringIsMissing renders every page in every language: no key may show through.
func TestNoStringIsMissing(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	h := newHandler(t, x)
	var en map[string]string
	b, err := stringFiles.ReadFile("strings/base/en.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &en); err != nil {
		t.Fatal(err)
	}
	key := regexp.MustCompile(`>\s*(state|bar|row|item|wire|filter|search|live|capture|record|logs|people|settings|keys|error|place|version|proof|relation|audience|density)\.[a-z.]+\s*<`)
	for _, ui := range interfaceLanguages {
		for name, p := range pagePaths(x) {
			sep := "?"
			if strings.Contains(p, "?") {
				sep = "&"
			}
			body := get(t, h, p+sep+"ui="+string(ui)).Body.String()
			if m := key.FindString(body); m != "" {
				t.Errorf("%s in %s shows the key %q", name, ui, m)
			}
			if strings.ContainsAny(body, open+shut) || strings.Contains(body, "<no value>") {
				t.Errorf("%s in %s has a placeholder left over", name, ui)
			}
			if len(body) > 60<<10 {
				t.Errorf("%s in %s has %d bytes", name, ui, len(body))
			}
		}
	}
}

func TestBestAndOrder(t *testing.T) {
	t.Parallel()
	r := &wire.Release{}
	for _, it := range []wire.Item{{Language: "kk", Translation: wire.Original}, {Language: "ru", Translation: wire.OfficialText}, {Language: "fa", Translation: wire.Machine}} {
		it.Type = wire.Text
		r.Items = append(r.Items, it)
	}
	for _, c := range []struct {
		reading []lang.Tag
		want    int
	}{{nil, 0}, {[]lang.Tag{"az"}, 0}, {[]lang.Tag{"fa", "ru"}, 2}, {[]lang.Tag{"en", "ru"}, 1}} {
		if got := best(r, c.reading); got != c.want {
			t.Errorf("best for %v: %d, want %d", c.reading, got, c.want)
		}
	}
	if got := order(r, []lang.Tag{"fa"}); !slices.Equal(got, []int{2, 0, 1}) {
		t.Errorf("order %v", got)
	}
	if best(&wire.Release{}, nil) != -1 {
		t.Error("a release without items has a best one")
	}
}

// TestHostileEntries: odd data from a reader makes odd pages, never a panic or markup.
func TestHostileEntries(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	evil := "\u202E<img src=x onerror=alert(1)>\u2066\x00\x1b[31m"
	x.entries = []browse.Entry{{}, {Release: &wire.Release{}}, {Release: &wire.Release{Issuers: []wire.MemberID{"ghost"}, State: wire.Released, Audience: wire.Audience{Class: wire.Public}}, Item: 7},
		{Capture: &wire.Capture{ID: "a-1", Language: "x-<b>", Headline: evil, Body: []string{evil, strings.Repeat("x", 100_000)}, SourceURL: "javascript:alert(1)", FileName: evil,
			Date: &wire.StatedDate{Value: evil, Precision: evil, Raw: evil}, Attribution: []wire.Attribution{{Relation: evil, Source: evil}, {Relation: "original", Source: evil, Text: evil}}, Removed: slices.Repeat([]string{evil}, 1000)}}}
	x.entries = slices.DeleteFunc(x.entries, func(e browse.Entry) bool {
		return e.Release == nil && e.Capture == nil || e.Release != nil && len(e.Release.Issuers) == 0
	})
	h := newHandler(t, x)
	for _, p := range []string{"/", "/captures/a-1", "/?open=captures/a-1", "/corrections"} {
		w := get(t, h, p)
		if body := w.Body.String(); w.Code != 200 || strings.Contains(body, "<img") || strings.ContainsAny(body, "\u202E\u2066\x00\x1b") || strings.Contains(body, `href="javascript`) {
			t.Errorf("%s: %d", p, w.Code)
		}
	}
}
