package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/testkit/chromium"
	"jarchi.dev/jarchi/internal/wire"
)

// Record gives what the versions of an item said, as the exchange would have kept it.
func (x *exchange) Record(ctx context.Context, v access.Viewer, item wire.ItemID, limit int) (out []browse.Recorded, err error) {
	e, err := x.Item(ctx, v, item)
	if err != nil || e.Level != access.All {
		return nil, fault.E(fault.NotFound, "There is no such item.")
	}
	versions := e.Release.Items[e.Item].Versions
	for n := len(versions) - 1; n >= 0 && len(out) < limit; n-- {
		out = append(out, browse.Recorded{N: versions[n].N, Content: &versions[n].Content, Leaf: -1})
	}
	return out, nil
}

// attached are the files of the tests, by their hash.
var attached = map[string][]byte{}

func attach(b string) (hash [32]byte) {
	hash = sha256.Sum256([]byte(b))
	attached[hex.EncodeToString(hash[:])] = []byte(b)
	return hash
}

var (
	png     = attach("\x89PNG\r\n\x1a\n0000")
	svg     = attach(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`)
	gifHTML = attach("<!doctype html><script>alert(1)</script>")
)

func (x *exchange) File(ctx context.Context, v access.Viewer, item wire.ItemID, hash string) (string, string, io.ReadSeekCloser, error) {
	if e, err := x.Item(ctx, v, item); err != nil || e.Level != access.All {
		return "", "", nil, fault.E(fault.NotFound, "There is no such file.")
	}
	b, ok := attached[hash]
	if !ok {
		return "", "", nil, fault.E(fault.NotFound, "There is no such file.")
	}
	return "image/png", "../\u202Eevil\r\n.html", nopCloser{bytes.NewReader(b)}, nil
}

type nopCloser struct{ io.ReadSeeker }

func (nopCloser) Close() error { return nil }

// put adds a release of the press service, as draft, embargoed or released.
func (x *exchange) put(t *testing.T, audience wire.AudienceClass, until time.Time, items ...wire.NewItem) *wire.Release {
	t.Helper()
	at := now.Add(-time.Hour)
	r, err := wire.NewRelease([]wire.MemberID{"toqsanbulaq"}, "press.toqsanbulaq.example", wire.Audience{Class: audience}, 4, items, at)
	if err != nil {
		t.Fatal(err)
	}
	if !until.IsZero() {
		if err := r.SetEmbargo(until, at); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.Publish(at); err != nil {
		t.Fatal(err)
	}
	x.grow(browse.Entry{Release: r, Item: -1})
	return r
}

func item(l lang.Tag, tr wire.Translation, headline string, body ...string) wire.NewItem {
	return wire.NewItem{Language: l, Translation: tr, Content: wire.Content{Headline: headline, Body: body}}
}

func wants(t *testing.T, body string, want ...string) {
	t.Helper()
	for _, s := range want {
		if !strings.Contains(body, s) {
			t.Errorf("the page lacks %q", s)
		}
	}
}

func lacks(t *testing.T, body string, not ...string) {
	t.Helper()
	for _, s := range not {
		if strings.Contains(body, s) {
			t.Errorf("the page has %q", s)
		}
	}
}

func TestWhatChanged(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	r := x.put(t, wire.Public, time.Time{}, item("kk", wire.Original, "Су 24 миллион текше метр болады", "Бірінші абзац.", "Екінші абзац 45 күн."))
	id := r.Items[0].ID
	change := func(f func(wire.Changes) error, c wire.Content) {
		t.Helper()
		if err := f(wire.Changes{Content: map[wire.ItemID]wire.Content{id: c}}); err != nil {
			t.Fatal(err)
		}
	}
	change(func(c wire.Changes) error {
		_, err := r.Correct(c, "240 миллион", now.Add(-30*time.Minute))
		return err
	},
		wire.Content{Headline: "Су 240 миллион текше метр болады", Body: []string{"Бірінші абзац.", "Екінші абзац 45 күн."}})
	change(func(c wire.Changes) error { _, err := r.Update(c, now.Add(-20*time.Minute)); return err },
		wire.Content{Headline: "Су 240 миллион текше метр болады", Body: []string{"Бірінші абзац.", "Екінші абзац 45 күн.", "Үшінші <b>абзац</b>."}, Keywords: []string{"су"}})
	got := get(t, newHandler(t, x), "/items/"+string(id)+"?ui=en").Body.String()
	wants(t, got, `<del><span class="hidden">taken out: </span>24</del><ins><span class="hidden">put in: </span>240</ins> миллион`, `href="#v2">What changed`, `id="v2"`, `href="#v3">What changed`, `id="v3"`,
		"24 миллион</del>", "240 миллион</ins>", "Paragraphs without change: 2", "Үшінші &lt;b&gt;абзац&lt;/b&gt;.</ins>", "Also changed: Keywords", "Corrected later: ", "Updated later: ", `/versions/1/proof`)
	lacks(t, got, "<b>абзац")
}

func TestDiffersBetweenLanguages(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	r := x.put(t, wire.Public, time.Time{},
		item("kk", wire.Original, "Көксай қоймасынан 240 миллион текше метр су", "Су 45 күн беріледі."),
		item("uz", wire.OfficialText, "Koʻksoy omboridan 24 million kub metr suv", "Suv 45 kun beriladi."),
		item("ur", wire.OfficialText, "کوکسائی ذخیرے سے 24 کروڑ مکعب میٹر پانی", "پانی 45 دن ملے گا۔"))
	h := newHandler(t, x)
	kk, uz, ur := r.Items[0].ID, r.Items[1].ID, r.Items[2].ID
	got := get(t, h, "/items/"+string(kk)+"?ui=en").Body.String()
	wants(t, got, "Differs between languages", `<a href="#t0p0"><bdi lang="kk">240 миллион</bdi></a>`, `<a href="/items/`+string(uz)+`#t1p0"><bdi lang="uz">24 million</bdi></a>`, `id="t0p0"`, `id="t0p1"`)
	wants(t, get(t, h, "/items/"+string(uz)).Body.String(), `id="t1p0"`, `/items/`+string(ur)+`#t2p0`)
	if n := strings.Count(got, `id="differs"`); n != 1 || strings.Count(got, `lang="ur">24`) != 0 {
		t.Errorf("Urdu, which agrees, is named, or the line stands %d times", n)
	}
	agree := x.put(t, wire.Public, time.Time{}, item("kk", wire.Original, "Су 45 күн беріледі"), item("fa", wire.OfficialText, "آب ۴۵ روز داده می‌شود"))
	lacks(t, get(t, h, "/items/"+string(agree.Items[0].ID)+"?ui=en").Body.String(), "differs", "Differs")
}

func TestAllLanguagesOnOnePage(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	r := x.put(t, wire.Public, time.Time{}, item("kk", wire.Original, "Қазақша тақырып", "Мәтін."), item("fa", wire.Machine, "تیتر فارسی", "متن."), item("en", wire.Human, "An English headline", "A text."))
	h := newHandler(t, x)
	got := get(t, h, "/releases/"+string(r.ID)+"?all=1&ui=en").Body.String()
	wants(t, got, "Қазақша тақырып", "تیتر فارسی", "An English headline", "Machine translation", `dir="rtl"`, "One language at a time")
	if n := strings.Count(got, "lang-page"); n != 3 {
		t.Errorf("%d languages", n)
	}
	if n := strings.Count(got, "<h1"); n != 1 {
		t.Errorf("%d first headings", n)
	}
	ids := map[string]int{}
	for _, m := range regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(got, -1) {
		if ids[m[1]]++; ids[m[1]] > 1 {
			t.Errorf("the id %s stands twice", m[1])
		}
	}
	one := get(t, h, "/releases/"+string(r.ID)+"?ui=en").Body.String()
	wants(t, one, "?all=1", `data-prev="/items/`, `data-next="/items/`)
	lacks(t, one, "lang-page")
}

func TestEmbargoBar(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	until := now.Add(90 * time.Minute)
	r := x.put(t, wire.Members, until, item("kk", wire.Original, "Жабық тақырып", "Су деңгейі."), item("ru", wire.OfficialText, "Закрытый заголовок", "Текст."))
	h := newHandler(t, x)
	in := func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "jarchi-8080", Value: goodSession}) }
	for _, p := range []string{"/releases/" + string(r.ID), "/releases/" + string(r.ID) + "?all=1", "/items/" + string(r.Items[0].ID)} {
		wants(t, get(t, h, p, in).Body.String(), `data-until="`+until.UTC().Format(time.RFC3339)+`"`, "is-repeated", "Embargo")
		wants(t, get(t, h, p, in).Body.String(), "Жабық тақырып")
		if w := get(t, h, p, fromAfar); w.Code != 404 {
			t.Errorf("a stranger: %d", w.Code)
		}
	}
	r.Issuers = []wire.MemberID{"kumushdaryo"} // now she is of another member: header only
	for _, p := range []string{"/releases/" + string(r.ID), "/releases/" + string(r.ID) + "?all=1", "/items/" + string(r.Items[0].ID)} {
		got := get(t, h, p, in).Body.String()
		wants(t, got, `data-until=`, "Only the header can be seen before.")
		lacks(t, got, "Жабық", "Закрытый", "деңгейі", "lang-page", "What changed", `id="versions"`, "differs")
	}
}

// diary is Openings that are remembered; shut, it takes no note.
type diary struct {
	seen []string
	shut bool
}

func (d *diary) Opened(_ context.Context, p people.Person, id wire.ReleaseID) error {
	if d.shut {
		return fault.E(fault.Unavailable, "The record cannot be written.")
	}
	d.seen = append(d.seen, p.Name+" "+string(id))
	return nil
}

func (d *diary) OpenedBy(context.Context, *wire.Release) ([]Opening, error) {
	return []Opening{{Name: "Айжан <b>Серік</b>", Member: "toqsanbulaq", At: now.Add(-time.Minute)}}, nil
}

func TestWhoOpensAnEmbargoIsNoted(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	r := x.put(t, wire.Members, now.Add(time.Hour), item("kk", wire.Original, "Жабық тақырып", "Су деңгейі."))
	d := &diary{}
	h, err := New(Options{Reader: x, People: crew{}, Openings: d, Now: func() time.Time { return now }, PublicURL: "http://127.0.0.1:8080", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	in := func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "jarchi-8080", Value: goodSession}) }
	got := get(t, h, "/releases/"+string(r.ID)+"?ui=en", in).Body.String()
	wants(t, got, "Opened before the embargo’s end", "Айжан &lt;b&gt;Серік&lt;/b&gt;", "Toqsanbulaq PS")
	if len(d.seen) != 1 || d.seen[0] != "Айжан Серік "+string(r.ID) {
		t.Errorf("noted: %q", d.seen)
	}
	d.shut = true // without the record there are no words
	if w := get(t, h, "/items/"+string(r.Items[0].ID), in); w.Code != 503 || strings.Contains(w.Body.String(), "Жабық") {
		t.Errorf("words that nobody noted: %d", w.Code)
	}
	r.Issuers = []wire.MemberID{"kumushdaryo"}
	if w := get(t, h, "/releases/"+string(r.ID)+"?ui=en", in); w.Code != 200 || strings.Contains(w.Body.String(), "Айжан &lt;b") {
		t.Errorf("another member is told who opened it: %d", w.Code)
	}
}

func TestFilesOfAnItem(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	n := item("kk", wire.Original, "Суреттер", "Мәтін.")
	evil := `"><script>alert(1)</script>`
	n.Content.Attachments = []wire.Attachment{{SHA256: png, Length: 12, MediaType: "image/png", Caption: "Көксай " + evil, Credit: "Фото: А. Серік"},
		{SHA256: svg, Length: 59, MediaType: "image/svg+xml", Caption: "сурет"}, {SHA256: gifHTML, Length: 40, MediaType: "image/gif", Caption: evil, Credit: evil}}
	r := x.put(t, wire.Public, time.Time{}, n)
	h := newHandler(t, x)
	id := string(r.Items[0].ID)
	got := get(t, h, "/items/"+id+"?ui=en").Body.String()
	at := func(hash [32]byte) string { return "/files/" + id + "/" + hex.EncodeToString(hash[:]) }
	wants(t, got, `<img src="`+at(png)+`" alt="Көксай`, "Фото: А. Серік", `<a href="`+at(svg)+`" download>`)
	lacks(t, got, "<script>alert", `<img src="`+at(svg))
	for hash, want := range map[[32]byte]string{png: "image/png", svg: "application/octet-stream", gifHTML: "application/octet-stream"} {
		w := get(t, h, at(hash))
		d := w.Header().Get("Content-Disposition")
		if w.Code != 200 || w.Header().Get("Content-Type") != want || w.Header().Get("Content-Security-Policy") != rawPolicy || w.Header().Get("X-Content-Type-Options") != "nosniff" ||
			(want == "image/png") != (d == "inline") || strings.ContainsAny(d, "\u202E\r\n/") {
			t.Errorf("%x: %d %v", hash[:4], w.Code, w.Header())
		}
	}
	if w := get(t, h, at(png), func(r *http.Request) { r.Header.Set("Range", "bytes=1-3") }); w.Code != 206 || w.Body.String() != "PNG" {
		t.Errorf("a part: %d %q", w.Code, w.Body)
	}
	for _, p := range []string{at([32]byte{}), "/files/" + id + "/..", "/files/x/" + strings.Repeat("0", 64), "/files/" + id + "/" + strings.ToUpper(hex.EncodeToString(png[:]))} {
		if w := get(t, h, p); w.Code == 200 || w.Code >= 500 {
			t.Errorf("%s: %d", p, w.Code)
		}
	}
}

func TestHiddenMarksAreShown(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	r := x.put(t, wire.Public, time.Time{}, item("en", wire.Original, "A headline", "A \u200Eword in a text \u2066with\u2069 marks."))
	got := get(t, newHandler(t, x), "/items/"+string(r.Items[0].ID)+"?ui=en").Body.String()
	wants(t, got, `A <span class="mark-hidden" data-mark="U+200E"></span>word`, `data-mark="U+2066"`, "Hidden direction marks in this text: 3. Each is shown where it stands.", "<title>A headline ")
	if strings.ContainsAny(got, "\u200E\u2066\u2069") {
		t.Error("a mark turns the page")
	}
}

// processorTime is the processor time of do by itself, whatever else the machine and the process have to do; where the system does not tell a thread's, the time that it took.
func processorTime(do func()) time.Duration {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	used := func() (time.Duration, error) {
		const thread = 1 // RUSAGE_THREAD, which package syscall names on Linux alone
		var u syscall.Rusage
		err := syscall.Getrusage(thread, &u)
		return time.Duration(u.Utime.Nano() + u.Stime.Nano()), err
	}
	start := time.Now()
	before, err := used()
	do()
	if after, again := used(); err == nil && again == nil {
		return after - before
	}
	return time.Since(start)
}

// TestHostileItems: markup in every field, and more of everything than a page can hold.
func TestHostileItems(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	evil := "\u202E\"><img src=x onerror=alert(1)>\u2066\x00\x1b[31m</del></bdi>"
	c := wire.Content{Headline: evil, Subheadline: evil, Slugline: evil, Dateline: evil, Byline: evil, Body: []string{evil, evil}, EdNote: evil, Keywords: []string{evil}, Subjects: []string{evil},
		Rights: wire.Rights{Holder: evil, Credit: evil, UsageTerms: evil}, AI: wire.AIDisclosure{DigitalSourceType: evil, Note: evil}, Attachments: []wire.Attachment{{MediaType: evil, Caption: evil, Credit: evil}}}
	d := c
	d.Headline, d.Body = evil+" 240 "+evil, []string{evil + " changed " + evil, evil}
	all := func(id string, l lang.Tag, c, d wire.Content) wire.Item {
		return wire.Item{ID: wire.ItemID(id), URI: wire.URI(evil), AltID: evil, Language: l, Type: wire.Text, Translation: wire.Original, Versions: []wire.Version{{N: 1, Kind: wire.FirstVersion, At: now, Content: c}, {N: 2, Kind: wire.CorrectKind, At: now, Reason: evil, Content: d}}}
	}
	long := strings.Repeat("Ж", 10_000)
	big := &wire.Release{ID: "baaaaaaaaaaaaaaaaaaaaaaaaa", Issuers: []wire.MemberID{"toqsanbulaq"}, State: wire.Released, Audience: wire.Audience{Class: wire.Public}, ReleasedAt: now, OpenedAt: now}
	first := all("baaaaaaaaaaaaaaaaaaaaaaaaa", "kk", wire.Content{Headline: long}, wire.Content{Headline: long + " 240 миллион", Body: []string{long}})
	for n := 3; n <= 200; n++ {
		first.Versions = append(first.Versions, wire.Version{N: n, Kind: wire.UpdateKind, At: now, Content: wire.Content{Headline: long, Body: []string{fmt.Sprintf("Мәтін %d.", n)}}})
	}
	for n := range 100 {
		a := wire.Attachment{SHA256: sha256.Sum256([]byte{byte(n)}), MediaType: "image/png", Caption: strings.Repeat("с", 300)}
		first.Versions[199].Content.Attachments = append(first.Versions[199].Content.Attachments, a, a)
	}
	big.Items = append(big.Items, first)
	for n := range 299 {
		l := lang.Tag(fmt.Sprintf("q%c%c", 'a'+n/26, 'a'+n%26))
		big.Items = append(big.Items, all(fmt.Sprintf("baaaaaaaaaaaaaaaaaaaaa%04d", n), l, wire.Content{Headline: "x"}, wire.Content{Headline: "x 24 million", Body: []string{"One."}}))
	}
	x.entries = []browse.Entry{
		{Release: &wire.Release{ID: "aaaaaaaaaaaaaaaaaaaaaaaaaa", Issuers: []wire.MemberID{"toqsanbulaq", wire.MemberID(evil)}, State: wire.Released, Audience: wire.Audience{Class: wire.Public}, Reason: evil, ReleasedAt: now, OpenedAt: now, Urgency: 99,
			Items: []wire.Item{all("aaaaaaaaaaaaaaaaaaaaaaaaaa", "ur", c, d), all("caaaaaaaaaaaaaaaaaaaaaaaaa", lang.Tag("x-<b>"), d, c)}}},
		{Release: big}}
	h := newHandler(t, x)
	for _, p := range []string{"/releases/aaaaaaaaaaaaaaaaaaaaaaaaaa", "/releases/aaaaaaaaaaaaaaaaaaaaaaaaaa?all=1", "/items/aaaaaaaaaaaaaaaaaaaaaaaaaa", "/items/caaaaaaaaaaaaaaaaaaaaaaaaa", "/?open=releases/aaaaaaaaaaaaaaaaaaaaaaaaaa"} {
		w := get(t, h, p)
		if body := w.Body.String(); w.Code != 200 || strings.Contains(body, "<img src=x") || strings.ContainsAny(body, "\u202E\u2066\x00\x1b") {
			at := strings.IndexAny(body, "\u202E\u2066\x00\x1b")
			t.Errorf("%s: %d, img at %d, mark at %d: %q", p, w.Code, strings.Index(body, "<img src=x"), at, body[max(at-100, 0):max(at, 0)+100])
		}
	}
	for _, p := range []string{"/items/baaaaaaaaaaaaaaaaaaaaaaaaa", "/releases/baaaaaaaaaaaaaaaaaaaaaaaaa?all=1"} {
		var w *httptest.ResponseRecorder
		took := processorTime(func() { w = get(t, h, p) })
		t.Logf("%s: %d bytes in %v", p, w.Body.Len(), took.Round(time.Millisecond))
		if w.Code != 200 || w.Body.Len() > 700<<10 || took > 3*time.Second {
			t.Errorf("%s: %d, %d bytes in %v", p, w.Code, w.Body.Len(), took)
		}
	}
	got := get(t, h, "/items/baaaaaaaaaaaaaaaaaaaaaaaaa?ui=en").Body.String()
	wants(t, got, "More languages: 288", "Earlier versions: 180", "Further files: 100")
}

// TestPrintRepeatsTheState: on paper the state is the head of a table, which Chromium repeats on every page,
// and rail and controls are gone.
func TestPrintRepeatsTheState(t *testing.T) {
	x := newExchange(t)
	r := x.put(t, wire.Public, time.Time{}, item("en", wire.Machine, "A long text", "Text."), item("kk", wire.Original, "Ұзақ мәтін", "Бір абзац."))
	b := chromium.Open(t)
	srv := httptest.NewServer(site(newHandler(t, x), nil))
	t.Cleanup(func() { srv.CloseClientConnections(); srv.Close() })
	for path, want := range map[string]string{
		"/items/" + string(r.Items[0].ID):            "1 Machine translation",
		"/items/" + string(r.Items[1].ID):            "0 ",
		"/releases/" + string(r.ID) + "?all=1&ui=en": "1 Machine translation",
	} {
		b.Open(1280, 800, srv.URL+path)
		b.Media("print")
		got := chromium.Eval[string](b, `(() => { const style = e => getComputedStyle(e).display, heads = [...document.querySelectorAll('.sheet-print > .print-head')].filter(e => style(e) === 'table-header-group' && style(e.parentElement) === 'table');
			return heads.length + ' ' + heads.map(e => e.textContent).join(' '); })()`)
		hidden := chromium.Eval[bool](b, `['.rail', '.bar', '.tabs', '.status'].every(s => getComputedStyle(document.querySelector(s)).display === 'none')`)
		if got != want || !hidden {
			t.Errorf("%s: %q, want %q; controls hidden: %v", path, got, want, hidden)
		}
		b.Media("")
	}
}
