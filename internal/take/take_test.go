package take_test

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/notice"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/take"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

var ctx = context.Background()

type house struct {
	*testkit.Node
	take *take.Service
	t    testing.TB
}

func open(t testing.TB) *house {
	n := testkit.Open(t)
	return &house{n, take.New(n.Store, n.Browse, n.Clock.Now), t}
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// person is somebody of a member with one desk.
func (h *house) person(m wire.MemberID, name string, desks ...people.Desk) people.Person {
	h.t.Helper()
	p := people.Person{User: people.User{ID: people.UserID(people.NewID()), Member: m, Login: name, Name: name}}
	if len(desks) == 0 {
		desks = []people.Desk{h.desk(m, name+"'s desk")}
	}
	for _, d := range desks {
		p.Desks = append(p.Desks, d)
		p.Grants = append(p.Grants, people.Grant{Desk: d.ID, Role: people.Reporter})
	}
	h.must(h.Store.ChangePeople(ctx, func(t people.Tx) error { return t.AddUser(p.User, "") }))
	return p
}

func (h *house) desk(m wire.MemberID, name string) people.Desk {
	h.t.Helper()
	d := people.Desk{ID: people.DeskID(people.NewID()), Member: m, Names: map[lang.Tag]string{lang.EN: name}, Phone: "+00 000 17"}
	h.must(h.Store.ChangePeople(ctx, func(t people.Tx) error { return t.AddDesk(d, h.Clock.Now()) }))
	return d
}

func (h *house) release(texts map[lang.Tag][2]string) *wire.Release {
	h.t.Helper()
	in := testkit.Input(texts)
	in.Issuers = []wire.MemberID{"alfa"}
	in.Audience = wire.Audience{Class: wire.Public}
	r, err := h.Publish.Create(ctx, testkit.Viewer("alfa"), in)
	h.must(err)
	return r
}

func (h *house) entry(id wire.ItemID, v access.Viewer) browse.Entry {
	h.t.Helper()
	e, err := h.Browse.Item(ctx, v, id)
	h.must(err)
	return e
}

func (h *house) takes(p people.Person, id wire.ItemID) take.Words {
	h.t.Helper()
	by, err := take.At(p, p.Desks[0].ID)
	h.must(err)
	w, err := h.take.Take(ctx, h.entry(id, p.Viewer()), by, lang.EN)
	h.must(err)
	return w
}

func (h *house) open(p people.Person) []take.Notice {
	h.t.Helper()
	o, err := h.take.Open(ctx, p)
	h.must(err)
	return o.List
}

func TestWithdrawalAsksOnceAndTheIssuerSees(t *testing.T) {
	t.Parallel()
	h := open(t)
	ayan, bela := h.person("beta", "Ayan"), h.person("beta", "Bela")
	r := h.release(map[lang.Tag][2]string{lang.RU: {"Граница", "Пункт откроется 3 апреля."}, lang.KK: {"Шекара", "Бекет 3 сәуірде ашылады."}})
	id := r.Items[0].ID
	h.takes(ayan, id)
	h.Clock.Move(time.Minute)
	h.takes(ayan, id) // a replayed form
	if n := h.open(ayan); len(n) != 0 {
		t.Fatalf("asked before anything happened: %+v", n)
	}
	h.Clock.Move(time.Hour)
	_, err := h.Publish.Withdraw(ctx, testkit.Viewer("alfa"), r.ID, "Not confirmed", nil)
	h.must(err)
	n := h.open(ayan)
	if len(n) != 1 || !n[0].Withdrawn || n[0].Lead != "alfa" || !n[0].When.Equal(h.Clock.Now()) || n[0].By != "Ayan" || n[0].Reason != "Not confirmed" {
		t.Fatalf("%+v", n)
	}
	if n := h.open(bela); len(n) != 0 {
		t.Fatalf("a desk that took nothing is asked: %+v", n)
	}
	if _, err := h.take.Take(ctx, h.entry(id, ayan.Viewer()), take.Taker{Member: "beta", Named: "x"}, lang.EN); fault.KindOf(err) != fault.Conflict {
		t.Fatalf("a withdrawn item was taken: %v", err)
	}
	// Of somebody else's take nobody answers, and nobody learns that it is there.
	if err := h.take.Stopped(ctx, bela, string(id), ayan.Desks[0].ID, ""); fault.KindOf(err) != fault.NotFound {
		t.Fatal(err)
	}
	if err := h.take.Stopped(ctx, bela, string(id), bela.Desks[0].ID, ""); fault.KindOf(err) != fault.NotFound {
		t.Fatal(err)
	}
	reread := func() *wire.Release { return h.entry(id, testkit.Viewer("alfa")).Release }
	u, err := h.take.Using(ctx, testkit.Viewer("alfa"), reread(), false, 0)
	h.must(err)
	if u.Desks != 1 || u.Stopped != 0 || len(u.Uses) != 1 || !u.Uses[0].Asked || u.Uses[0].By != "" || u.Uses[0].Desk.Phone != "+00 000 17" || u.Uses[0].Version != 1 {
		t.Fatalf("%+v", u)
	}
	h.Clock.Move(2*time.Minute + 3*time.Second)
	h.must(h.take.Stopped(ctx, ayan, string(id), ayan.Desks[0].ID, ""))
	at := h.Clock.Now()
	h.Clock.Move(time.Minute)
	h.must(h.take.Stopped(ctx, ayan, string(id), ayan.Desks[0].ID, "")) // a replayed form changes nothing
	if n := h.open(ayan); len(n) != 0 {
		t.Fatalf("asked again: %+v", n)
	}
	u, err = h.take.Using(ctx, testkit.Viewer("alfa"), reread(), true, 0)
	h.must(err)
	if u.Desks != 1 || u.Stopped != 1 || len(u.Uses) != 1 || !u.Uses[0].Stopped.Equal(at) || u.Uses[0].Answered != "" {
		t.Fatalf("%+v", u)
	}
	own, err := h.take.Own(ctx, ayan, string(id))
	h.must(err)
	if len(own) != 1 || own[0].Answered != "Ayan" {
		t.Fatalf("%+v", own)
	}
	for name, v := range map[string]access.Viewer{"another member": testkit.Viewer("beta"), "nobody": {}, "the machine": {Local: true}, "no read:closed": {Member: "alfa", Scopes: []access.Scope{access.Read}}} {
		if _, err := h.take.Using(ctx, v, reread(), false, 0); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s is told who uses it: %v", name, err)
		}
		if _, _, err := h.take.UsesOf(ctx, v, h.entry(id, v), 0); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s is told who uses it: %v", name, err)
		}
	}
	// An erasure keeps the note too: it holds no words.
	_, err = h.Publish.Erase(ctx, testkit.Viewer("alfa"), r.ID, nil)
	h.must(err)
	if own, err := h.take.Own(ctx, ayan, string(id)); err != nil || len(own) != 1 || own[0].Stopped.IsZero() {
		t.Fatalf("%+v %v", own, err)
	}
}

func TestCorrectionTellsTheTwoFigures(t *testing.T) {
	t.Parallel()
	h := open(t)
	ayan := h.person("beta", "Ayan")
	r := h.release(map[lang.Tag][2]string{lang.EN: {"Water from Koksai", "From 1 June 24 million cubic metres flow. The canal is 40 km long."}})
	id := r.Items[0].ID
	h.takes(ayan, id)
	content := r.Items[0].Current().Content
	content.Body = []string{"From 1 June 240 million cubic metres flow. The canal is 40 km long."}
	h.Clock.Move(time.Minute)
	_, err := h.Publish.Correct(ctx, testkit.Viewer("alfa"), r.ID, wire.Changes{Content: map[wire.ItemID]wire.Content{id: content}}, "a nought was missing", nil)
	h.must(err)
	n := h.open(ayan)
	if len(n) != 1 || n[0].Withdrawn || !n[0].Corrected || n[0].Reason != "a nought was missing" || n[0].Now != 2 || len(n[0].Figures) != 1 ||
		n[0].Figures[0].Old.Raw != "24 million" || n[0].Figures[0].New.Raw != "240 million" {
		t.Fatalf("%+v", n)
	}
	h.must(h.take.Seen(ctx, ayan, string(id), ayan.Desks[0].ID, "", 2))
	h.must(h.take.Seen(ctx, ayan, string(id), ayan.Desks[0].ID, "", 2))
	if n := h.open(ayan); len(n) != 0 {
		t.Fatalf("%+v", n)
	}
	lines, more, err := h.take.Shift(ctx, ayan, time.Time{}, 0)
	h.must(err)
	if more || len(lines) != 1 || len(lines[0].Figures) != 1 || lines[0].Now != 2 || lines[0].Version != 1 {
		t.Fatalf("%+v", lines)
	}
	// A page read long ago is answered after a further update: that one is still to be told.
	for range 2 {
		content.Body[0] += " More follows."
		_, err = h.Publish.Update(ctx, testkit.Viewer("alfa"), r.ID, wire.Changes{Content: map[wire.ItemID]wire.Content{id: content}}, nil)
		h.must(err)
	}
	h.must(h.take.Seen(ctx, ayan, string(id), ayan.Desks[0].ID, "", 3))
	if n := h.open(ayan); len(n) != 1 || n[0].Now != 4 || n[0].Corrected {
		t.Fatalf("%+v", n)
	}
}

// TestWithdrawnWhileTaking: whatever the order, a desk that was handed the words is asked.
func TestWithdrawnWhileTaking(t *testing.T) {
	t.Parallel()
	h := open(t)
	ayan := h.person("beta", "Ayan")
	r := h.release(map[lang.Tag][2]string{lang.EN: {"One", "Two."}})
	before := h.entry(r.Items[0].ID, ayan.Viewer())
	_, err := h.Publish.Withdraw(ctx, testkit.Viewer("alfa"), r.ID, "x", nil)
	h.must(err)
	by, _ := take.At(ayan, ayan.Desks[0].ID)
	if w, err := h.take.Take(ctx, before, by, lang.EN); fault.KindOf(err) != fault.Conflict {
		t.Fatalf("%+v %v", w, err)
	}
	r = h.release(map[lang.Tag][2]string{lang.EN: {"Three", "Four."}})
	before = h.entry(r.Items[0].ID, ayan.Viewer())
	content := r.Items[0].Current().Content
	content.Body = []string{"Five."}
	_, err = h.Publish.Correct(ctx, testkit.Viewer("alfa"), r.ID, wire.Changes{Content: map[wire.ItemID]wire.Content{r.Items[0].ID: content}}, "x", nil)
	h.must(err)
	_, err = h.take.Take(ctx, before, by, lang.EN)
	h.must(err)
	if n := h.open(ayan); len(n) != 1 || n[0].Version != 1 || n[0].Now != 2 {
		t.Fatalf("%+v", n)
	}
}

func TestWhoMayTakeAndAnswer(t *testing.T) {
	t.Parallel()
	h := open(t)
	ayan := h.person("beta", "Ayan")
	stranger := h.desk("alfa", "Alfa's desk")
	for _, d := range []people.DeskID{stranger.ID, "", "no such desk", people.DeskID(strings.Repeat("x", 10000))} {
		if _, err := take.At(ayan, d); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%.20q: %v", d, err)
		}
	}
	if _, err := take.At(people.Person{}, stranger.ID); err == nil {
		t.Error("nobody takes")
	}
	// What the member's own system took, everybody at its desks is asked.
	r := h.release(map[lang.Tag][2]string{lang.EN: {"One", "Two."}})
	_, err := h.take.Take(ctx, h.entry(r.Items[0].ID, ayan.Viewer()), take.Taker{Member: "beta", Named: "Night <desk>"}, lang.EN)
	h.must(err)
	_, err = h.Publish.Withdraw(ctx, testkit.Viewer("alfa"), r.ID, "x", nil)
	h.must(err)
	n := h.open(ayan)
	if len(n) != 1 || n[0].Named != "Night <desk>" {
		t.Fatalf("%+v", n)
	}
	other := h.person("alfa", "Olga", stranger)
	if n := h.open(other); len(n) != 0 {
		t.Fatalf("%+v", n)
	}
	if err := h.take.Stopped(ctx, other, string(r.Items[0].ID), "", "Night <desk>"); fault.KindOf(err) != fault.NotFound {
		t.Fatal(err)
	}
	h.must(h.take.Stopped(ctx, ayan, string(r.Items[0].ID), "", "Night <desk>"))
	if n := h.open(ayan); len(n) != 0 {
		t.Fatalf("%+v", n)
	}
	// A header is not the words.
	in := testkit.Input(map[lang.Tag][2]string{lang.EN: {"Later", "Words."}})
	in.Issuers, in.Audience, in.EmbargoedUntil = []wire.MemberID{"alfa"}, wire.Audience{Class: wire.Public}, h.Clock.Now().Add(time.Hour)
	sealed, err := h.Publish.Create(ctx, testkit.Viewer("alfa"), in)
	h.must(err)
	if _, err := h.take.Words(ctx, h.entry(sealed.Items[0].ID, ayan.Viewer()), lang.EN); fault.KindOf(err) != fault.Conflict {
		t.Fatal(err)
	}
	w, err := h.take.Words(ctx, h.entry(sealed.Items[0].ID, testkit.Viewer("alfa")), lang.KK)
	if err != nil || !strings.Contains(w.State, "эмбарго мерзімі 2026-03-12T10:05:00Z") {
		t.Fatalf("%+v %v", w, err)
	}
}

func TestStateIsSaidInEveryLanguage(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 6, 1, 9, 2, 0, 0, time.UTC)
	members := map[wire.MemberID]wire.Member{"alfa": testkit.Member("alfa", wire.PressService)}
	seen := map[string]lang.Tag{}
	for _, in := range notice.Languages() {
		for _, tr := range []wire.Translation{wire.Original, wire.OfficialText, wire.Human, wire.MachineEdited, wire.Machine} {
			r := &wire.Release{ID: "r", Issuers: []wire.MemberID{"alfa"}, State: wire.Embargoed, EmbargoedUntil: at, Items: []wire.Item{{ID: "i", Language: lang.KK, Translation: tr, Stale: true,
				Versions: []wire.Version{{N: 1}, {N: 2, Kind: wire.CorrectKind, At: at, Reason: "сан"}}}}}
			w, err := take.WordsOf(browse.Entry{Level: access.All, Release: r}, members, in)
			if err != nil {
				t.Fatal(err)
			}
			when := "2026-06-01T09:02:00Z"
			if in.Dir() == "rtl" { // there the hyphens would turn it round
				when = "01.06.2026 09:02:00 UTC"
			}
			if strings.Count(w.State, when) != 2 || !strings.Contains(w.State, "сан") || strings.Contains(w.State, "; ;") || !strings.Contains(w.State, " 2") {
				t.Errorf("%s: %s", in, w.State)
			}
			if l, twice := seen[w.State]; twice {
				t.Errorf("%s says the same as %s: %s", in, l, w.State)
			}
			seen[w.State] = in
		}
	}
}

func TestMailIsBoundedAndWhole(t *testing.T) {
	t.Parallel()
	for name, w := range map[string]take.Words{
		"plain":     {Headline: "One & two = three?", Paragraphs: []string{"First & last.", "Second\nline"}, Credit: "Member", State: "official", URI: "urn:x"},
		"lines":     {Headline: "One\r\nBcc: all@example.org\u2028two", Paragraphs: []string{"x"}, State: "s", URI: "urn:x"},
		"long":      {Headline: strings.Repeat("Тоқсанбұлақ ", 300), Paragraphs: []string{strings.Repeat("су қоймасы ", 5000)}, Credit: strings.Repeat("мүше ", 500), State: strings.Repeat("күй ", 500), URI: wire.URI("urn:" + strings.Repeat("x", 5000))},
		"no spaces": {Headline: strings.Repeat("水", 9000), Paragraphs: []string{strings.Repeat("水", 9000)}, State: "official", URI: "urn:x"},
		"broken":    {Headline: "a\xffb", Paragraphs: []string{strings.Repeat("\xff", 5000)}, State: "official", URI: "urn:x"},
		"empty":     {State: "official", URI: "urn:x"},
	} {
		m := w.Mail()
		if len(m) > 2000 {
			t.Errorf("%s: %d bytes", name, len(m))
		}
		if strings.ContainsAny(m, " \r\n+\"<>") {
			t.Errorf("%s: %.200q", name, m)
		}
		u, err := url.Parse(m)
		if err != nil || u.Scheme != "mailto" {
			t.Fatalf("%s: %v", name, err)
		}
		q, err := url.ParseQuery(u.RawQuery)
		if err != nil || len(q) != 2 || strings.ContainsAny(q.Get("subject"), "\r\n\u2028") {
			t.Errorf("%s: %v %v", name, q, err)
		}
		if name != "long" && !strings.HasSuffix(q.Get("body"), "\r\n"+w.State+"\r\nurn:x") {
			t.Errorf("%s: %.300q", name, q.Get("body"))
		}
		if name == "long" && !strings.Contains(q.Get("body"), "су қоймасы") {
			t.Errorf("%s: nothing of the text fits: %q", name, q.Get("body"))
		}
	}
}

func TestTextCarriesCreditAndState(t *testing.T) {
	t.Parallel()
	w := take.Words{Headline: "H", Paragraphs: []string{"P1", "P2"}, Credit: "C", State: "S", Dateline: "Toqsan, 1 June"}
	if got := w.Text(); got != "H\n\nToqsan, 1 June\n\nP1\n\nP2\n\n[C]\n[S]" {
		t.Errorf("%q", got)
	}
	w.Dateline = "P1"
	if got := w.Text(); got != "H\n\nP1\n\nP2\n\n[C]\n[S]" {
		t.Errorf("%q", got)
	}
	if got := (take.Words{State: "S"}).Text(); got != "[S]" {
		t.Errorf("%q", got)
	}
}

// TestTenThousandTakes: of one item, paged, and the withdrawal asks all of them in its own transaction.
func TestTenThousandTakes(t *testing.T) {
	if testing.Short() {
		t.Skip("ten thousand takes")
	}
	t.Parallel()
	h := open(t)
	r := h.release(map[lang.Tag][2]string{lang.EN: {"One", "Two."}})
	const n, at = 10_000, 500
	errs := make(chan error, at)
	for w := range at {
		go func() {
			for i := w; i < n; i += at {
				err := h.Store.NoteTake(ctx, store.Take{Item: string(r.Items[0].ID), Release: r.ID, Member: "beta", DeskName: fmt.Sprint("desk ", i), Version: 1, At: h.Clock.Now()})
				if err != nil {
					errs <- err
					return
				}
			}
			errs <- nil
		}()
	}
	for range at {
		h.must(<-errs)
	}
	start := time.Now()
	_, err := h.Publish.Withdraw(ctx, testkit.Viewer("alfa"), r.ID, "x", nil)
	h.must(err)
	t.Logf("withdrawal of an item that %d desks use: %s", n, time.Since(start))
	start = time.Now()
	o, err := h.take.Open(ctx, h.person("beta", "Ayan"))
	h.must(err)
	if !o.More || len(o.List) != 5 {
		t.Fatalf("%d %v", len(o.List), o.More)
	}
	t.Logf("what a desk is asked: %s", time.Since(start))
	v := testkit.Viewer("alfa")
	release := h.entry(r.Items[0].ID, v).Release
	seen, after := map[int64]bool{}, int64(0)
	for {
		u, err := h.take.Using(ctx, v, release, false, after)
		h.must(err)
		if u.Desks != n || len(u.Uses) > 50 {
			t.Fatalf("%d %d", u.Desks, len(u.Uses))
		}
		for _, x := range u.Uses {
			if seen[x.ID] {
				t.Fatal("told twice")
			}
			seen[x.ID] = true
		}
		if after = u.Next; after == 0 {
			break
		}
	}
	if len(seen) != n {
		t.Fatalf("%d of %d told", len(seen), n)
	}
}
