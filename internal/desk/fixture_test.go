package desk_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/blob"
	"jarchi.dev/jarchi/internal/desk"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

var ctx = context.Background()

// room is a node with a desk of Alfa's that asks for one approval, and its people.
type room struct {
	*testkit.Node
	*desk.Service
	t    testing.TB
	blob *blob.Dir
	desk people.Desk
	p    map[string]people.Person
}

func newRoom(t testing.TB, approvals int) *room {
	t.Helper()
	n := testkit.Open(t)
	r := &room{Node: n, t: t, desk: people.Desk{ID: "news", Member: "alfa", Names: map[lang.Tag]string{lang.EN: "News"}, Approvals: approvals}, p: map[string]people.Person{}}
	r.serve()
	other := people.Desk{ID: "sport", Member: "beta", Names: map[lang.Tag]string{lang.EN: "Sport"}}
	staff := map[string][]people.Grant{
		"aida": {{Desk: "news", Role: people.Reporter}}, "bek": {{Desk: "news", Role: people.Translator}}, "dana": {{Desk: "news", Role: people.Editor}},
		"erlan": {{Desk: "news", Role: people.Editor}}, "farid": {{Desk: "news", Role: people.Editor}}, "gul": {{Desk: "news", Role: people.ReaderRole}}, "huma": {{Desk: "sport", Role: people.Editor}},
	}
	err := n.Store.ChangePeople(ctx, func(tx people.Tx) error {
		for _, d := range []people.Desk{r.desk, other} {
			if err := tx.AddDesk(d, testkit.Start); err != nil {
				return err
			}
		}
		for name, grants := range staff {
			u := people.User{ID: people.UserID(name), Member: "alfa", Login: name, Name: name, Grants: grants}
			at := r.desk
			if name == "huma" {
				u.Member, at = "beta", other
			}
			if err := tx.AddUser(u, ""); err != nil {
				return err
			}
			r.p[name] = people.Person{User: u, Desks: []people.Desk{at}}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *room) serve() {
	blobs, err := blob.OpenDir(filepath.Join(r.Dir, "blobs"))
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { blobs.Close() })
	r.blob, r.Service = blobs, desk.NewService(r.Store, r.Publish, blobs, r.Clock.Now)
}

// must fails the test unless there is no error.
func (r *room) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func is(t testing.TB, err error, k fault.Kind) {
	t.Helper()
	if err == nil || fault.KindOf(err) != k {
		t.Fatalf("error %v, want %s", err, k)
	}
}

// begin makes a draft by Aida with words in each language.
func (r *room) begin(langs ...lang.Tag) *desk.Draft {
	r.t.Helper()
	d, err := r.Begin(ctx, r.p["aida"], "news", langs)
	r.must(err)
	for _, l := range langs {
		d = r.save("aida", d, l, "Headline in "+string(l), "Body in "+string(l)+".")
	}
	return d
}

// save saves words from the newest revision.
func (r *room) save(who string, d *desk.Draft, l lang.Tag, headline, body string) *desk.Draft {
	r.t.Helper()
	p := desk.Part{Language: l}
	if old := d.Part(l); old != nil {
		p = *old
	}
	p.Headline, p.Body = headline, body
	d, other, err := r.SavePart(ctx, r.p[who], d.ID, p)
	r.must(err)
	if other != nil {
		r.t.Fatalf("the text of %s was put beside", who)
	}
	return d
}

// approved has the draft approved by these people.
func (r *room) approved(d *desk.Draft, who ...string) *desk.Draft {
	r.t.Helper()
	d, err := r.Ask(ctx, r.p["aida"], d.ID, d.Revision)
	r.must(err)
	for _, w := range who {
		d, err = r.Approve(ctx, r.p[w], d.ID, d.Revision)
		r.must(err)
	}
	return d
}

// set changes the settings.
func (r *room) set(who string, d *desk.Draft, change func(*desk.Settings)) *desk.Draft {
	r.t.Helper()
	set := d.Settings
	change(&set)
	d, err := r.SaveSettings(ctx, r.p[who], d.ID, d.SettingsRevision, set)
	r.must(err)
	return d
}

// get reads the draft.
func (r *room) get(id desk.DraftID) *desk.Draft {
	r.t.Helper()
	d, err := r.Draft(ctx, r.p["aida"], id)
	r.must(err)
	return d
}

// runJobs does what is due of the desk and of publishing, as the runner would, and reports how many jobs
// there were; what follows a publication elsewhere is not of this room.
func (r *room) runJobs() int {
	r.t.Helper()
	handlers := r.Handlers()
	js, err := r.Store.Jobs().Claim(ctx, r.Clock.Now(), 10)
	r.must(err)
	n := 0
	for _, j := range js {
		h := handlers[j.Kind]
		if h == nil {
			h = r.Publish.Handlers()[j.Kind]
		}
		if h == nil {
			r.must(r.Store.Jobs().Finish(ctx, j))
			continue
		}
		n++
		if err := h(ctx, j); err != nil {
			r.must(r.Store.Jobs().Fail(ctx, j, err.Error(), r.Clock.Now().Add(jobs.Backoff(j.Attempt)), false))
			continue
		}
		r.must(r.Store.Jobs().Finish(ctx, j))
	}
	return n
}

// released lists the releases that anyone sees.
func (r *room) released() []*wire.Release {
	r.t.Helper()
	evs, err := r.Store.EventsAfter(ctx, 0, 10000)
	r.must(err)
	seen := map[wire.ReleaseID]bool{}
	var ids []wire.ReleaseID
	var rs []*wire.Release
	for _, e := range evs {
		if id := wire.ReleaseID(e.Ref); !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	m, err := r.Store.Releases(ctx, ids)
	r.must(err)
	for _, id := range ids {
		if m[id] != nil {
			rs = append(rs, m[id])
		}
	}
	return rs
}

const minute = time.Minute
