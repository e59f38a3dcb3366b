package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/stories"
	"jarchi.dev/jarchi/internal/story"
	"jarchi.dev/jarchi/internal/wire"
)

// TestKeptPages: a release's page is kept for those who read alike and are not signed in; nobody gets
// another's page, whatever was asked for before, and what happens to the release is seen at once.
func TestKeptPages(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	open := x.put(t, wire.Public, time.Time{}, item(lang.EN, wire.Original, "The bridge is closed", "Until Friday."), item(lang.UZ, wire.Human, "Koʻprik yopildi", "Jumagacha."))
	closed := x.put(t, wire.Members, time.Time{}, item(lang.EN, wire.Original, "For members", "Alone."))
	gone, clock := uint64(0), now
	h, err := New(Options{Reader: x, People: crew{}, Now: func() time.Time { return clock }, PublicURL: "http://127.0.0.1:8080", Log: slog.New(slog.DiscardHandler),
		Gone: func() uint64 { return gone }})
	if err != nil {
		t.Fatal(err)
	}
	turn := uint64(0)
	anew, err := New(Options{Reader: x, People: crew{}, Now: func() time.Time { return clock }, PublicURL: "http://127.0.0.1:8080", Log: slog.New(slog.DiscardHandler),
		Gone: func() uint64 { turn++; return turn }}) // keeps nothing
	if err != nil {
		t.Fatal(err)
	}
	page := func(r *wire.Release, edit func(*http.Request)) string {
		return get(t, h, "/releases/"+string(r.ID), edit).Body.String()
	}
	fresh := func(r *wire.Release, edit func(*http.Request)) string {
		return get(t, anew, "/releases/"+string(r.ID), edit).Body.String()
	}
	speaks := func(s string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("Accept-Language", s) }
	}
	as := map[string]func(*http.Request){"afar": fromAfar, "at the machine": func(*http.Request) {}, "signed in": asReader, "in Uzbek": speaks("uz"), "in Persian": speaks("fa"),
		"dark": func(r *http.Request) { r.AddCookie(&http.Cookie{Name: cookieTheme, Value: "dark"}) }}
	first := map[string]string{}
	for round := range 3 {
		for name, edit := range as {
			for id, r := range map[string]*wire.Release{"open": open, "closed": closed} {
				got := page(r, edit)
				if round == 0 {
					first[name+id] = fresh(r, edit)
				}
				if got != first[name+id] {
					t.Errorf("round %d: %s does not get her own page of the %s release", round, name, id)
				}
			}
		}
	}
	if strings.Contains(first["afarclosed"], "For members") || !strings.Contains(first["signed inclosed"], "For members") {
		t.Fatal("the releases are not what this test needs")
	}
	c := open.Items[0].Current().Content
	c.Headline = "The bridge is open"
	if _, err := open.Correct(wire.Changes{Content: map[wire.ItemID]wire.Content{open.Items[0].ID: c}}, "It is open", clock); err != nil {
		t.Fatal(err)
	}
	for name, edit := range as {
		if s := page(open, edit); s != fresh(open, edit) || name == "afar" && !strings.Contains(s, "It is open") {
			t.Errorf("%s does not see the correction", name)
		}
	}
	if _, err := open.Withdraw("A mistake", clock); err != nil {
		t.Fatal(err)
	}
	for name, edit := range as {
		if s := page(open, edit); strings.Contains(s, "Until Friday") || !strings.Contains(s, "A mistake") {
			t.Errorf("%s sees words that were withdrawn", name)
		}
	}
}

// TestOthersWordsAreKeptUntilSomethingHappens: a page that shows another release's headline does not show it any more when
// that release was corrected; a page that shows no other's words stays.
func TestOthersWordsAreKeptUntilSomethingHappens(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	own := x.put(t, wire.Public, time.Time{}, item(lang.EN, wire.Original, "The bridge is closed", "Until Friday."))
	other := x.put(t, wire.Public, time.Time{}, item(lang.EN, wire.Original, "A bridge of 45 metres is closed", "Until Friday."))
	who := &asked{copied: copied{all: stories.Copies{All: []stories.Copy{{Entry: browse.Entry{Release: other, Level: access.All}, Uses: true, Kind: story.Cut, Share: .5}}}}}
	changed, clock := make(chan struct{}), now
	h, err := New(Options{Reader: x, People: crew{}, Copies: who, Now: func() time.Time { return clock }, PublicURL: "http://127.0.0.1:8080", Log: slog.New(slog.DiscardHandler),
		Changed: func() <-chan struct{} { return changed }})
	if err != nil {
		t.Fatal(err)
	}
	page := func() string { return get(t, h, "/releases/"+string(own.ID), fromAfar).Body.String() }
	if first := page(); !strings.Contains(first, "45 metres") || page() != first || who.n != 1 {
		t.Fatalf("the page is not kept: made %d times", who.n)
	}
	c := other.Items[0].Current().Content
	c.Headline = "A bridge of 54 metres is closed"
	if _, err := other.Correct(wire.Changes{Content: map[wire.ItemID]wire.Content{other.Items[0].ID: c}}, "It is 54", now); err != nil {
		t.Fatal(err)
	}
	close(changed)
	changed = make(chan struct{})
	clock = clock.Add(listStale) // as a list
	if s := page(); strings.Contains(s, "45 metres") || !strings.Contains(s, "54 metres") {
		t.Error("the corrected headline stands beside its copy")
	}

	who.all, changed = stories.Copies{}, make(chan struct{}) // for another reader's page
	plain := func() string {
		return get(t, h, "/releases/"+string(own.ID), fromAfar, func(r *http.Request) { r.Header.Set("Accept-Language", "uz") }).Body.String()
	}
	plain()
	made := who.n
	close(changed)
	if plain(); who.n != made {
		t.Error("a page without others' words ends with every event")
	}
}

// asked counts how often it is asked.
type asked struct {
	copied
	n int
}

func (a *asked) Copies(ctx context.Context, v access.Viewer, e browse.Entry) (stories.Copies, error) {
	a.n++
	return a.copied.Copies(ctx, v, e)
}

func TestNothingIsKeptOfWordsThatWent(t *testing.T) {
	t.Parallel()
	gone := uint64(0)
	q := &request{server: &server{Options: Options{Now: func() time.Time { return now }, Gone: func() uint64 { return gone }}}}
	keep := func(key string, at asOf, size int) { q.keepPage(key, keptPage{asOf: at, content: make([]byte, size)}) }
	has := func(key string) bool { _, ok := q.pages.get(key, gone); return ok }
	keep("a", q.asOf(), 10)
	if !has("a") {
		t.Fatal("nothing is kept")
	}
	before := q.asOf()
	gone++
	keep("b", before, 10) // read before they went
	if has("a") || has("b") {
		t.Error("words that went are sent")
	}
	keep("c", q.asOf(), 10)
	if !has("c") || len(q.pages.now)+len(q.pages.before) != 1 {
		t.Errorf("%d pages are kept", len(q.pages.now)+len(q.pages.before))
	}
	held := func() (n int) {
		for _, m := range []map[string]keptPage{q.pages.now, q.pages.before} {
			for _, p := range m {
				n += len(p.content)
			}
		}
		return n
	}
	const size = keptPageSize / 2
	for i := range 5 * pagesKept / size {
		keep(fmt.Sprint(i), q.asOf(), size)
		if keep(fmt.Sprint(i), q.asOf(), size); q.pages.bytes > pagesKept || held() > 2*pagesKept {
			t.Fatalf("%d bytes are kept", held())
		}
		if i > 0 && !has(fmt.Sprint(i-1)) {
			t.Fatalf("page %d is forgotten at once", i-1)
		}
	}
	if keep("large", q.asOf(), keptPageSize+1); has("large") || held() < pagesKept/2 {
		t.Errorf("%d bytes are kept", held())
	}
}

// TestTheFrontPage: is read once for all languages and written once for all who read alike; nobody gets another's, and it
// shows what happened as soon as a list does.
func TestTheFrontPage(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	x.put(t, wire.Members, time.Time{}, item(lang.EN, wire.Original, "For members", "Alone."))
	reader := &counting{exchange: x}
	changed, clock := make(chan struct{}), now
	o := Options{Reader: reader, People: crew{}, Now: func() time.Time { return clock }, PublicURL: "http://127.0.0.1:8080", Log: slog.New(slog.DiscardHandler)}
	anew, err := New(o) // keeps nothing
	if err != nil {
		t.Fatal(err)
	}
	o.Changed = func() <-chan struct{} { return changed }
	h, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	zip := func(r *http.Request) { r.Header.Set("Accept-Encoding", "gzip") }
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	as := map[string]func(*http.Request){"afar": fromAfar, "at the machine": func(*http.Request) {}, "signed in": asReader, "in Uzbek": header("Accept-Language", "uz"),
		"in Persian": header("Accept-Language", "fa"), "dark": header("Cookie", cookieTheme+"=dark"), "compact": header("Cookie", cookieDensity+"=compact"), "in Almaty": header("Cookie", cookieZone+"=Asia/Almaty"),
		"without keys": header("Cookie", cookieKeys+"=0"), "under another name": func(r *http.Request) { r.Host = "127.0.0.1:8081" }}
	for name, edit := range as {
		want := get(t, anew, "/", edit).Body.String()
		for round := range 3 {
			if got := get(t, h, "/", edit).Body.String(); got != want {
				t.Errorf("round %d: %s does not get her own page", round, name)
			}
			w := get(t, h, "/", edit, zip)
			got := w.Body.String()
			if w.Header().Get("Content-Encoding") == "gzip" {
				got = unzip(t, w.Body.Bytes())
			}
			if got != want || w.Header().Get("Content-Length") != strconv.Itoa(w.Body.Len()) {
				t.Errorf("round %d: %s does not get her own page compressed", round, name)
			}
		}
		if shown := strings.Contains(want, "For members"); shown != (name == "signed in") {
			t.Errorf("%s sees what is for members: %v", name, shown)
		}
	}
	if w := get(t, h, "/", zip, func(r *http.Request) { r.Method = http.MethodHead }); w.Body.Len() > 0 || w.Header().Get("Content-Length") == "" {
		t.Errorf("HEAD has %d bytes", w.Body.Len())
	}
	read := reader.lists.Load()
	close(changed)
	changed, clock = make(chan struct{}), clock.Add(listStale)
	x.put(t, wire.Public, time.Time{}, item(lang.EN, wire.Original, "The bridge is closed", "Until Friday."))
	answers, asking := make([]*httptest.ResponseRecorder, len(interfaceLanguages)), sync.WaitGroup{}
	for i, language := range interfaceLanguages {
		asking.Go(func() {
			answers[i] = get(t, h, "/", fromAfar, zip, header("Accept-Language", string(language)+", en"))
		})
	}
	asking.Wait()
	for i, language := range interfaceLanguages {
		if !strings.Contains(unzip(t, answers[i].Body.Bytes()), "The bridge is closed") {
			t.Errorf("%s: what happened is not there", language)
		}
	}
	if n := reader.lists.Load() - read; n != 1 {
		t.Errorf("the top is read %d times for all languages", n)
	}
}

// counting counts how often a list is read.
type counting struct {
	*exchange
	lists atomic.Int64
}

func (c *counting) List(ctx context.Context, v access.Viewer, q browse.Query) (browse.Page, error) {
	c.lists.Add(1)
	return c.exchange.List(ctx, v, q)
}
