package web

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/lang"
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
