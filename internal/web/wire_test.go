package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/wire"
)

// drawer is Saved in memory.
type drawer struct {
	searches, items []string
}

func (d *drawer) SavedSearches(context.Context, people.UserID) ([]string, error) {
	return d.searches, nil
}
func (d *drawer) SavedItems(context.Context, people.UserID) ([]string, error) { return d.items, nil }
func (d *drawer) SaveSearch(_ context.Context, _ people.UserID, s string) error {
	d.searches = append(d.searches, s)
	return nil
}
func (d *drawer) SaveItem(_ context.Context, _ people.UserID, s string) error {
	d.items = append(d.items, s)
	return nil
}
func (d *drawer) DropSearch(_ context.Context, _ people.UserID, s string) error {
	d.searches = slices.DeleteFunc(d.searches, func(x string) bool { return x == s })
	return nil
}
func (d *drawer) DropItem(_ context.Context, _ people.UserID, s string) error {
	d.items = slices.DeleteFunc(d.items, func(x string) bool { return x == s })
	return nil
}

func post(h http.Handler, path string, form url.Values, edit ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Host, r.RemoteAddr = "127.0.0.1:8080", "127.0.0.1:50000"
	for _, f := range edit {
		f(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func asReader(r *http.Request) { r.AddCookie(&http.Cookie{Name: "jarchi-8080", Value: goodSession}) }

// TestAFlashStandsForTwoMinutes: inverted, then the tag alone.
func TestAFlashStandsForTwoMinutes(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	clock := now
	h, err := New(Options{Reader: x, People: crew{}, Now: func() time.Time { return clock }, PublicURL: "http://127.0.0.1:8080", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	var at time.Time
	for _, e := range x.entries {
		if e.Release != nil && e.Release.Urgency == 1 {
			at = e.At
			break
		}
	}
	for after, want := range map[time.Duration]string{0: `data-left="121"`, time.Minute: `data-left="61"`, 119 * time.Second: `data-left="2"`, 2 * time.Minute: "", 3 * time.Minute: ""} {
		clock = at.Add(after)
		s := get(t, h, "/?ui=en").Body.String()
		if inverted := strings.Contains(s, "row-flash"); inverted != (want != "") || !strings.Contains(s, want) || !strings.Contains(s, "tag-flash") {
			t.Errorf("after %v: inverted %v, want %q", after, inverted, want)
		}
	}
}

// TestAListIsMadeOnce: for all who see the same, until something happens; never for those who see something else.
func TestAListIsMadeOnce(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	var mu sync.Mutex
	changed := make(chan struct{})
	clock := now
	h, err := New(Options{Reader: x, People: crew{}, Now: func() time.Time { return clock }, PublicURL: "http://127.0.0.1:8080", Log: slog.New(slog.DiscardHandler),
		Changed: func() <-chan struct{} { mu.Lock(); defer mu.Unlock(); return changed }})
	if err != nil {
		t.Fatal(err)
	}
	rows := func(edit ...func(*http.Request)) int {
		return strings.Count(get(t, h, "/?fragment=rows&ui=en", edit...).Body.String(), `class="row-head`)
	}
	had, afar := rows(), rows(fromAfar)
	if had == afar {
		t.Fatalf("a stranger has %d rows, the person at the machine %d", afar, had)
	}
	x.grow(newExchange(t).entries[0])
	if n := rows(); n != had {
		t.Errorf("nothing happened, and there are %d rows instead of %d", n, had)
	}
	mu.Lock()
	close(changed)
	changed = make(chan struct{})
	mu.Unlock()
	clock = clock.Add(listStale)
	if n := rows(); n != had+1 {
		t.Errorf("after an event there are %d rows, want %d", n, had+1)
	}
	if n := rows(fromAfar); n != afar+1 {
		t.Errorf("after an event a stranger has %d rows, want %d", n, afar+1)
	}
	for _, path := range []string{"/?fragment=rows", "/?fragment=pane&open=releases/x", "/?fragment=count"} {
		if w := get(t, h, path); w.Code != 200 || strings.Contains(w.Body.String(), "<html") {
			t.Errorf("%s: %d, or a whole page", path, w.Code)
		}
	}
	if w := get(t, h, "/?fragment=rows", func(r *http.Request) { r.Header.Set("Accept-Encoding", "gzip") }); w.Header().Get("Content-Encoding") != "gzip" || w.Body.Len() > 12<<10 {
		t.Errorf("compressed rows: %v, %d bytes", w.Header(), w.Body.Len())
	}
}

// TestAWithdrawalEndsEveryList: also those that may be a little old while much happens, for everybody's
// next request, and the words are not kept in any other list either.
func TestAWithdrawalEndsEveryList(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	r := x.put(t, wire.Public, time.Time{}, item(lang.EN, wire.Original, "The bridge is closed", "Until Friday."))
	changed, gone := make(chan struct{}), uint64(0)
	h, err := New(Options{Reader: x, People: crew{}, Now: func() time.Time { return now }, PublicURL: "http://127.0.0.1:8080", Log: slog.New(slog.DiscardHandler),
		Changed: func() <-chan struct{} { return changed }, Gone: func() uint64 { return gone }})
	if err != nil {
		t.Fatal(err)
	}
	readers := map[string]func(*http.Request){"at the machine": func(*http.Request) {}, "afar": fromAfar, "signed in": asReader}
	for name, as := range readers {
		for _, path := range []string{"/", "/", "/?ui=en", "/?ui=en&fragment=rows"} {
			if !strings.Contains(get(t, h, path, as).Body.String(), "The bridge is closed") {
				t.Fatalf("%s: %s lacks the release", name, path)
			}
		}
	}
	if _, err := r.Withdraw("It is open", now); err != nil {
		t.Fatal(err)
	}
	close(changed)
	changed = make(chan struct{})
	gone++
	for name, as := range readers {
		for _, path := range []string{"/", "/?ui=en", "/?ui=en&fragment=rows", "/?ui=ru&fragment=rows"} {
			if strings.Contains(get(t, h, path, as).Body.String(), "The bridge is closed") {
				t.Errorf("%s: %s has words that were withdrawn", name, path)
			}
		}
	}
}

func TestCorrectionsLeadToTheirRow(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	got := get(t, newHandler(t, x), "/?ui=en").Body.String()
	for _, s := range []string{`class="event"`, "was 24,000,000, now 240,000,000", `data-row="r-`} {
		if !strings.Contains(got, s) {
			t.Errorf("the wire lacks %q", s)
		}
	}
	if got := get(t, newHandler(t, x), "/?ui=fa").Body.String(); !strings.Contains(got, "پیش‌تر ۲۴٬۰۰۰٬۰۰۰") {
		t.Error("figures are not in Persian")
	}
	if got := get(t, newHandler(t, x), "/?lang=kk").Body.String(); strings.Contains(got, `class="event"`) {
		t.Error("a filtered list has the thin rows of others")
	}
}

func TestSavedSearchesAndItems(t *testing.T) {
	t.Parallel()
	x, d := newExchange(t), &drawer{}
	h, err := New(Options{Reader: x, People: crew{}, Saved: d, Now: func() time.Time { return now }, PublicURL: "http://127.0.0.1:8080", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if w := post(h, "/saved", url.Values{"search": {"q=x"}}); w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/in?back=") || len(d.searches) > 0 {
		t.Errorf("a stranger saves: %d", w.Code)
	}
	w := post(h, "/saved", url.Values{"search": {"q=су&lang=kk&density=compact&cursor=evil&x=1"}, "back": {"//evil.example"}}, asReader)
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/" || !slices.Equal(d.searches, []string{"lang=kk&q=%D1%81%D1%83"}) {
		t.Fatalf("%d %v %q", w.Code, w.Header(), d.searches)
	}
	if s := get(t, h, "/?ui=en", asReader).Body.String(); !strings.Contains(s, "су · Қазақша") || !strings.Contains(s, `href="/?lang=kk&amp;q=%D1%81%D1%83"`) {
		t.Error("the saved search is not above the list")
	}
	if s := get(t, h, "/?ui=en&q=abc", asReader).Body.String(); !strings.Contains(s, "Save this search") {
		t.Error("a search cannot be saved")
	}
	item := "releases/" + string(x.entries[0].Release.ID)
	for path, want := range map[string]int{item: 303, "releases/none": 404, "https://evil.example": 422, "settings": 422} {
		if w := post(h, "/saved", url.Values{"item": {path}}, asReader); w.Code != want {
			t.Errorf("saving %s: %d, want %d", path, w.Code, want)
		}
	}
	if s := get(t, h, "/?ui=en&saved=1", asReader).Body.String(); strings.Count(s, `class="row-head`) != 1 || !strings.Contains(s, "Saved for the shift") {
		t.Error("the shift's list has not the one item")
	}
	if s := get(t, h, "/?ui=en&saved=1").Body.String(); strings.Count(s, `class="row-head`) < 5 {
		t.Error("a stranger has a shift's list")
	}
	post(h, "/saved", url.Values{"item": {item}, "drop": {"1"}}, asReader)
	post(h, "/saved", url.Values{"search": {d.searches[0]}, "drop": {"1"}}, asReader)
	if len(d.items)+len(d.searches) > 0 {
		t.Errorf("not forgotten: %q %q", d.items, d.searches)
	}
}

func TestKeysAreBound(t *testing.T) {
	t.Parallel()
	h := newHandler(t, newExchange(t))
	bind := func(form url.Values) (int, string) {
		w := post(h, "/settings/keys", form)
		for _, c := range w.Result().Cookies() {
			if c.Name == cookieBind {
				return w.Code, c.Value
			}
		}
		return w.Code, ""
	}
	if code, v := bind(url.Values{"KeyJ": {"x"}, "KeyK": {"."}, "Period": {"k"}}); code != 303 || v != "KeyJ:KeyX.KeyK:Period.Period:KeyK" {
		t.Errorf("%d %q", code, v)
	}
	for _, form := range []url.Values{{"KeyJ": {"ж"}}, {"KeyJ": {"k"}}, {"KeyJ": {"xx"}}, {"KeyJ": {"<b>"}}} {
		if code, v := bind(form); code != 422 || v != "" {
			t.Errorf("%v: %d %q", form, code, v)
		}
	}
	s := get(t, h, "/", func(r *http.Request) {
		r.AddCookie(&http.Cookie{Name: cookieBind, Value: "KeyJ:KeyX.KeyQ:KeyZ.KeyK:<script>.Period:Enter"})
	}).Body.String()
	if !strings.Contains(s, `data-bind="KeyJ:KeyX"`) {
		t.Error("the page does not say which keys are bound elsewhere")
	}
	for sign, code := range map[string]string{"j": "KeyJ", "J": "KeyJ", "7": "Digit7", "[": "BracketLeft", "": "", "ж": "", "F5": ""} {
		if got := codeOf(sign); got != code {
			t.Errorf("codeOf(%q) = %q, want %q", sign, got, code)
		}
	}
}
