package web

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
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
	changed := make(chan struct{})
	h, err := New(Options{Reader: x, People: crew{}, Copies: who, Now: func() time.Time { return now }, PublicURL: "http://127.0.0.1:8080", Log: slog.New(slog.DiscardHandler),
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
	q.keepPage("a", gone, keptPage{plain: []byte("words")})
	if len(q.pages.all) != 1 {
		t.Fatal("nothing is kept")
	}
	before := gone
	gone++
	q.keepPage("b", before, keptPage{plain: []byte("read before they went")})
	if q.sendKept("a") || q.sendKept("b") {
		t.Error("words that went are sent")
	}
	q.keepPage("c", gone, keptPage{plain: []byte("others")})
	if len(q.pages.all) != 1 {
		t.Errorf("%d pages are kept", len(q.pages.all))
	}
	for i := range 10 * pagesKept {
		q.keepPage(string(rune('d'+i)), gone, keptPage{plain: make([]byte, 10)})
	}
	q.keepPage("large", gone, keptPage{plain: make([]byte, keptPageSize+1)})
	if len(q.pages.all) > pagesKept || q.pages.all["large"].plain != nil {
		t.Errorf("%d pages are kept", len(q.pages.all))
	}
}
