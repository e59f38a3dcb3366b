package desk_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/blob"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/desk"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

func TestWrittenApprovedSent(t *testing.T) {
	t.Parallel()
	r := newRoom(t, 1)
	d := r.begin(lang.KK, lang.RU)
	if d.State != desk.Writing || d.Parts[0].Translation != wire.Original || d.Parts[1].Translation != wire.OfficialText {
		t.Fatalf("begun as %+v", d)
	}
	_, err := r.Send(ctx, r.p["dana"], d.ID, d.Revision)
	is(t, err, fault.Conflict) // no approval
	d = r.approved(d)
	if d.State != desk.Waiting {
		t.Fatal(d.State)
	}
	b, err := r.Board(ctx, r.p["dana"])
	r.must(err)
	if len(b.Waiting) != 1 || b.Waiting[0].Parts[0].Headline != "Headline in kk" || b.Waiting[0].Needed != 1 {
		t.Errorf("board %+v", b)
	}
	_, err = r.Approve(ctx, r.p["aida"], d.ID, d.Revision)
	is(t, err, fault.NotAllowed) // no editor
	d, err = r.Approve(ctx, r.p["dana"], d.ID, d.Revision)
	r.must(err)
	if d.State != desk.Approved || d.Approvals[0].Name != "dana" {
		t.Fatalf("%+v", d)
	}
	pre, err := r.Preview(ctx, r.p["aida"], d.ID)
	r.must(err)
	rel, err := r.Send(ctx, r.p["erlan"], d.ID, d.Revision)
	r.must(err)
	if rel.State != wire.Released || pre.State != wire.Draft || len(pre.Items) != 2 || pre.Items[0].ID != rel.Items[0].ID || pre.Items[0].URI != rel.Items[0].URI ||
		!slices.Equal(pre.Items[0].Versions[0].Content.Body, rel.Items[0].Versions[0].Content.Body) {
		t.Errorf("preview %+v, release %+v", pre, rel)
	}
	d = r.get(d.ID)
	if d.State != desk.Sent || d.Release != rel.ID || len(d.Parts) != 2 || d.Parts[0].Headline != "" || d.Parts[0].Body != "" {
		t.Errorf("after sending: %+v", d)
	}
	for _, who := range []string{"aida", "dana"} {
		b, err := r.Board(ctx, r.p[who])
		r.must(err)
		if len(b.Sent) != 1 || len(b.Mine)+len(b.Waiting)+len(b.Desk) != 0 {
			t.Errorf("board of %s: %+v", who, b)
		}
	}
	_, err = r.Send(ctx, r.p["erlan"], d.ID, d.Revision)
	is(t, err, fault.Conflict)
	_, _, err = r.SavePart(ctx, r.p["aida"], d.ID, desk.Part{Language: lang.KK, Headline: "Too late"})
	is(t, err, fault.Conflict)
	_, err = r.Attach(ctx, r.p["aida"], d.ID, lang.KK, "late.png", "", bytes.NewReader(png))
	is(t, err, fault.Conflict)
	if _, err := r.blob.Get(ctx, blob.Hash(png)); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a file that was refused is kept: %v", err)
	}
	if n := len(r.released()); n != 1 || r.Problems(d) != nil {
		t.Errorf("%d released, problems %v", n, r.Problems(d))
	}
	r.Clock.Move(8 * 24 * time.Hour)
	if b, err := r.Board(ctx, r.p["aida"]); err != nil || len(b.Sent) != 0 {
		t.Errorf("after eight days: %+v, %v", b, err)
	}
}

func TestWhoMaySeeAndDoWhat(t *testing.T) {
	t.Parallel()
	r := newRoom(t, 0)
	d := r.begin(lang.EN)
	for _, who := range []string{"gul", "huma", ""} {
		p := r.p[who]
		_, err := r.Draft(ctx, p, d.ID)
		is(t, err, fault.NotFound)
		_, _, err = r.SavePart(ctx, p, d.ID, d.Parts[0])
		is(t, err, fault.NotFound)
		_, err = r.Send(ctx, p, d.ID, d.Revision)
		is(t, err, fault.NotFound)
		_, err = r.Others(ctx, p, d.ID)
		is(t, err, fault.NotFound)
		_, err = r.Preview(ctx, p, d.ID)
		is(t, err, fault.NotFound)
		_, _, err = r.File(ctx, p, d.ID, strings.Repeat("a", 64))
		is(t, err, fault.NotFound)
		_, err = r.Attach(ctx, p, d.ID, lang.EN, "x", "image/png", strings.NewReader("x"))
		is(t, err, fault.NotFound)
		is(t, r.Discard(ctx, p, d.ID, d.Revision), fault.NotFound)
		if b, err := r.Board(ctx, p); err != nil || len(b.Mine)+len(b.Waiting)+len(b.Desk)+len(b.Sent) != 0 {
			t.Errorf("%s sees %+v, %v", who, b, err)
		}
	}
	_, err := r.Begin(ctx, r.p["gul"], "news", nil)
	is(t, err, fault.NotAllowed)
	_, err = r.Begin(ctx, r.p["huma"], "news", nil)
	is(t, err, fault.NotFound)
	_, err = r.Send(ctx, r.p["aida"], d.ID, d.Revision)
	is(t, err, fault.NotAllowed)
	_, err = r.Schedule(ctx, r.p["bek"], d.ID, d.Revision)
	is(t, err, fault.NotAllowed)
	rel, err := r.Send(ctx, r.p["dana"], d.ID, d.Revision) // the desk asks for no approval
	r.must(err)
	_, err = r.Withdraw(ctx, r.p["aida"], rel.ID, "not confirmed")
	is(t, err, fault.NotAllowed)
	_, err = r.Withdraw(ctx, r.p["huma"], rel.ID, "not confirmed")
	is(t, err, fault.NotAllowed)
	_, err = r.Revise(ctx, r.p["huma"], "sport", desk.Update, rel.ID)
	is(t, err, fault.NotAllowed)
	rel, err = r.Withdraw(ctx, r.p["dana"], rel.ID, "not confirmed")
	r.must(err)
	if rel.State != wire.Withdrawn {
		t.Error(rel.State)
	}
}

// Scene 12: the second person approves, the author changes 45 to 40, and the scheduled second passes.
func TestChangeAfterApproval(t *testing.T) {
	t.Parallel()
	r := newRoom(t, 1)
	at := testkit.Start.Add(time.Hour)
	begin := func() *desk.Draft {
		d := r.begin(lang.KK, lang.UR)
		d = r.set("aida", d, func(s *desk.Settings) { s.PublishAt = at })
		d = r.approved(d, "dana")
		d, err := r.Schedule(ctx, r.p["erlan"], d.ID, d.Revision)
		r.must(err)
		if d.State != desk.Scheduled {
			t.Fatal(d.State)
		}
		return d
	}
	changes := map[string]func(d *desk.Draft) *desk.Draft{
		"words":    func(d *desk.Draft) *desk.Draft { return r.save("aida", d, lang.KK, "Headline in kk", "40 күн.") },
		"language": func(d *desk.Draft) *desk.Draft { return r.save("bek", d, lang.RU, "Заголовок", "Текст.") },
		"dropped": func(d *desk.Draft) *desk.Draft {
			d, err := r.DropPart(ctx, r.p["bek"], d.ID, lang.UR, d.Part(lang.UR).Revision)
			r.must(err)
			return d
		},
		"urgency": func(d *desk.Draft) *desk.Draft { return r.set("aida", d, func(s *desk.Settings) { s.Urgency = 2 }) },
		"audience": func(d *desk.Draft) *desk.Draft {
			return r.set("aida", d, func(s *desk.Settings) { s.Audience.Class = wire.Members })
		},
		"issuers": func(d *desk.Draft) *desk.Draft {
			return r.set("aida", d, func(s *desk.Settings) { s.Issuers = []wire.MemberID{"alfa", "beta"} })
		},
		"embargo": func(d *desk.Draft) *desk.Draft {
			return r.set("aida", d, func(s *desk.Settings) { s.EmbargoedUntil = at.Add(time.Hour) })
		},
		"file": func(d *desk.Draft) *desk.Draft {
			d, err := r.Attach(ctx, r.p["aida"], d.ID, lang.KK, "a.png", "text/html", bytes.NewReader(png))
			r.must(err)
			return d
		},
	}
	var drafts []*desk.Draft
	for name, change := range changes {
		d := change(begin())
		if d.State != desk.Writing || len(d.Approvals) != 0 || d.FailedKey != "desk.failed.changed" {
			t.Errorf("%s: %s with %d approvals, %s", name, d.State, len(d.Approvals), d.FailedKey)
		}
		drafts = append(drafts, d)
	}
	r.Clock.Move(time.Hour)
	if n := r.runJobs(); n != 0 || len(r.released()) != 0 {
		t.Errorf("%d jobs, %d releases", n, len(r.released()))
	}
	for _, d := range drafts {
		_, err := r.Send(ctx, r.p["erlan"], d.ID, d.Revision)
		is(t, err, fault.Conflict)
	}
}

func TestMovingTheTimeVoidsNothing(t *testing.T) {
	t.Parallel()
	r := newRoom(t, 1)
	d := r.approved(r.set("aida", r.begin(lang.EN), func(s *desk.Settings) { s.PublishAt = testkit.Start.Add(time.Hour) }), "dana")
	d = r.set("aida", d, func(s *desk.Settings) { s.PublishAt = testkit.Start.Add(2 * time.Hour) })
	if d.State != desk.Approved || len(d.Approvals) != 1 {
		t.Fatalf("%+v", d)
	}
	d, err := r.Schedule(ctx, r.p["dana"], d.ID, d.Revision)
	r.must(err)
	set := d.Settings
	set.PublishAt = testkit.Start.Add(3 * time.Hour)
	_, err = r.SaveSettings(ctx, r.p["aida"], d.ID, d.SettingsRevision, set)
	is(t, err, fault.NotAllowed) // it is in the editors' hands
	d = r.set("dana", d, func(s *desk.Settings) { *s = set })
	if d.State != desk.Scheduled {
		t.Fatal(d.State)
	}
	r.Clock.Move(2 * time.Hour)
	if n := r.runJobs(); n != 0 {
		t.Errorf("%d jobs at the old time", n)
	}
	r.Clock.Move(time.Hour)
	if r.runJobs(); len(r.released()) != 1 {
		t.Error("it did not leave")
	}
	if r.runJobs() != 0 {
		t.Error("a job is left")
	}
	d = r.get(d.ID)
	if d.State != desk.Sent {
		t.Errorf("%+v", d)
	}
	// Unscheduled in time.
	d = r.approved(r.set("aida", r.begin(lang.EN), func(s *desk.Settings) { s.PublishAt = r.Clock.Now().Add(time.Hour) }), "dana")
	d, err = r.Schedule(ctx, r.p["dana"], d.ID, d.Revision)
	r.must(err)
	d, err = r.Unschedule(ctx, r.p["dana"], d.ID, d.Revision)
	r.must(err)
	if d.State != desk.Approved {
		t.Error(d.State)
	}
	r.Clock.Move(time.Hour)
	if r.runJobs() != 0 || len(r.released()) != 1 {
		t.Error("it left although it was taken off the schedule")
	}
}

func TestScheduledThatCannotLeave(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before func(r *room, d *desk.Draft) // between scheduling and its time
		key    string                       // empty: it leaves
		move   time.Duration
	}{
		"in time":            {key: "", move: time.Hour},
		"nine minutes late":  {key: "", move: time.Hour + 9*minute},
		"eleven minutes":     {key: "desk.failed.late", move: time.Hour + 11*minute},
		"a year late":        {key: "desk.failed.late", move: 366 * 24 * time.Hour},
		"approver lost role": {func(r *room, d *desk.Draft) { r.ungrant("dana") }, "desk.failed.approvals", time.Hour},
		"approver kept out":  {func(r *room, d *desk.Draft) { r.disable("dana") }, "desk.failed.approvals", time.Hour},
		"scheduler is gone":  {func(r *room, d *desk.Draft) { r.disable("erlan") }, "desk.failed.editor", time.Hour},
		"two asked for now":  {func(r *room, d *desk.Draft) { r.setApprovals(2) }, "desk.failed.approvals", time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRoom(t, 1)
			d := r.approved(r.set("aida", r.begin(lang.EN), func(s *desk.Settings) { s.PublishAt = testkit.Start.Add(time.Hour) }), "dana")
			d, err := r.Schedule(ctx, r.p["erlan"], d.ID, d.Revision)
			r.must(err)
			if c.before != nil {
				c.before(r, d)
			}
			r.Clock.Move(c.move)
			if r.runJobs() != 1 {
				t.Fatal("no job")
			}
			d = r.get(d.ID)
			if c.key == "" {
				if d.State != desk.Sent || len(r.released()) != 1 {
					t.Errorf("it did not leave: %+v", d)
				}
				return
			}
			if d.State != desk.Writing || d.FailedKey != c.key || d.Failed == "" || len(r.released()) != 0 {
				t.Errorf("%s %s %q, %d released", d.State, d.FailedKey, d.Failed, len(r.released()))
			}
			if r.runJobs() != 0 {
				t.Error("a job is left")
			}
		})
	}
}

func (r *room) ungrant(who string) {
	r.must(r.Store.ChangePeople(ctx, func(tx people.Tx) error {
		return tx.Ungrant(people.UserID(who), people.Grant{Desk: "news", Role: people.Editor})
	}))
}

func (r *room) disable(who string) {
	r.must(r.Store.ChangePeople(ctx, func(tx people.Tx) error { return tx.SetDisabled(people.UserID(who), true) }))
}

func (r *room) setApprovals(n int) {
	r.desk.Approvals = n
	r.must(r.Store.ChangePeople(ctx, func(tx people.Tx) error { return tx.SetDesk(r.desk) }))
}

func TestRaisedAndTaken(t *testing.T) {
	t.Parallel()
	r := newRoom(t, 1)
	d := r.approved(r.begin(lang.EN), "dana")
	r.setApprovals(2)
	_, err := r.Send(ctx, r.p["erlan"], d.ID, d.Revision)
	is(t, err, fault.Conflict)
	if d = r.get(d.ID); d.State != desk.Waiting || d.Needed != 2 {
		t.Errorf("%s, %d", d.State, d.Needed)
	}
	d, err = r.Approve(ctx, r.p["erlan"], d.ID, d.Revision)
	r.must(err)
	r.ungrant("dana")
	_, err = r.Send(ctx, r.p["erlan"], d.ID, d.Revision)
	is(t, err, fault.Conflict)
	_, err = r.Send(ctx, r.p["dana"], d.ID, d.Revision) // her session does not know yet
	is(t, err, fault.Conflict)
	d, err = r.Approve(ctx, r.p["farid"], d.ID, d.Revision)
	r.must(err)
	_, err = r.Send(ctx, r.p["dana"], d.ID, d.Revision) // approved by two, but not hers to send any more
	is(t, err, fault.NotAllowed)
	_, err = r.Send(ctx, r.p["erlan"], d.ID, d.Revision)
	r.must(err)
}

// An approval is for the bytes, and the member's name is among them.
func TestOtherBytes(t *testing.T) {
	t.Parallel()
	r := newRoom(t, 1)
	d := r.approved(r.begin(lang.EN), "dana")
	m := testkit.Member("alfa", wire.PressService)
	m.Names[lang.EN] = "Another name"
	r.must(r.Store.ChangePeople(ctx, func(tx people.Tx) error { return tx.SetMember(m) }))
	_, err := r.Send(ctx, r.p["erlan"], d.ID, d.Revision)
	is(t, err, fault.Conflict)
	d, err = r.Approve(ctx, r.p["dana"], d.ID, d.Revision)
	r.must(err)
	_, err = r.Send(ctx, r.p["erlan"], d.ID, d.Revision)
	r.must(err)
}

func TestEmbargoFromTheDesk(t *testing.T) {
	t.Parallel()
	r := newRoom(t, 0)
	until := testkit.Start.Add(time.Hour)
	d := r.set("aida", r.begin(lang.EN), func(s *desk.Settings) { s.EmbargoedUntil = until })
	r.Clock.Move(2 * time.Hour)
	_, err := r.Send(ctx, r.p["dana"], d.ID, d.Revision)
	is(t, err, fault.Invalid)
	if ps := r.Problems(d); len(ps) != 1 || ps[0].Field != "embargoedUntil" {
		t.Errorf("%+v", ps)
	}
	d = r.set("aida", d, func(s *desk.Settings) { s.EmbargoedUntil = until.Add(3 * time.Hour) })
	rel, err := r.Send(ctx, r.p["dana"], d.ID, d.Revision)
	r.must(err)
	if rel.State != wire.Embargoed {
		t.Error(rel.State)
	}
	// Corrected under its embargo, approved before and sent after it opens.
	r.setApprovals(1)
	c, err := r.Revise(ctx, r.p["aida"], "news", desk.Correct, rel.ID)
	r.must(err)
	c = r.save("aida", c, lang.EN, "Headline in en", "Corrected body.")
	c = r.set("aida", c, func(s *desk.Settings) { s.Reason = "The number was wrong." })
	c = r.approved(c, "dana")
	r.Clock.Move(3 * time.Hour)
	if r.runJobs() != 1 {
		t.Error("the embargo did not open")
	}
	rel, err = r.Send(ctx, r.p["dana"], c.ID, c.Revision)
	r.must(err)
	if rel.State != wire.Released || rel.Corrections != 1 {
		t.Errorf("%+v", rel)
	}
}

func TestRevise(t *testing.T) {
	t.Parallel()
	r := newRoom(t, 0)
	d := r.begin(lang.KK, lang.RU)
	rel, err := r.Send(ctx, r.p["dana"], d.ID, d.Revision)
	r.must(err)
	u, err := r.Revise(ctx, r.p["aida"], "news", desk.Update, rel.ID)
	r.must(err)
	if u.Part(lang.KK).Headline != "Headline in kk" || u.Part(lang.KK).Item != rel.Text(lang.KK).ID {
		t.Fatalf("%+v", u)
	}
	if again, err := r.Revise(ctx, r.p["bek"], "news", desk.Update, rel.ID); err != nil || again.ID != u.ID {
		t.Errorf("a second draft %v, %v", again, err)
	}
	if ps := r.Problems(u); len(ps) != 1 || ps[0].Key != "desk.lacks.change" {
		t.Errorf("%+v", ps)
	}
	_, err = r.Send(ctx, r.p["dana"], u.ID, u.Revision)
	is(t, err, fault.Invalid)
	u = r.save("aida", u, lang.KK, "Headline in kk", "The level rose.")
	u = r.save("aida", u, lang.UZ, "Sarlavha", "Matn.")
	rel, err = r.Send(ctx, r.p["dana"], u.ID, u.Revision)
	r.must(err)
	if rel.Updates != 1 || len(rel.Items) != 3 || len(rel.Text(lang.KK).Versions) != 2 || len(rel.Text(lang.RU).Versions) != 1 || !rel.Text(lang.RU).Stale {
		t.Errorf("%+v", rel)
	}
	c, err := r.Revise(ctx, r.p["aida"], "news", desk.Correct, rel.ID)
	r.must(err)
	c = r.save("aida", c, lang.RU, "Headline in ru", "Corrected.")
	c = r.save("aida", c, lang.EN, "New", "New language.")
	keys := map[string]bool{}
	for _, p := range r.Problems(c) {
		keys[p.Key] = true
	}
	if !keys["desk.lacks.reason"] || !keys["desk.lacks.newlanguage"] {
		t.Errorf("%v", keys)
	}
	c, err = r.DropPart(ctx, r.p["aida"], c.ID, lang.EN, c.Part(lang.EN).Revision)
	r.must(err)
	c = r.set("aida", c, func(s *desk.Settings) { s.Reason = "We were wrong."; s.Audience.Class = wire.Members })
	if c.Settings.Audience.Class != wire.Public {
		t.Error("a correction changed its release's audience")
	}
	rel, err = r.Send(ctx, r.p["dana"], c.ID, c.Revision)
	r.must(err)
	if rel.Corrections != 1 || rel.Text(lang.RU).Current().Reason != "We were wrong." {
		t.Errorf("%+v", rel)
	}
	_, err = r.Withdraw(ctx, r.p["dana"], rel.ID, "not confirmed")
	r.must(err)
	_, err = r.Revise(ctx, r.p["aida"], "news", desk.Update, rel.ID)
	is(t, err, fault.Conflict)
}

// A release that was revised elsewhere meanwhile: the words of both stand side by side, nothing is overwritten.
func TestRevisedMeanwhile(t *testing.T) {
	t.Parallel()
	r := newRoom(t, 1)
	d := r.approved(r.begin(lang.KK, lang.RU), "dana")
	rel, err := r.Send(ctx, r.p["dana"], d.ID, d.Revision)
	r.must(err)
	u, err := r.Revise(ctx, r.p["aida"], "news", desk.Update, rel.ID)
	r.must(err)
	u = r.save("aida", u, lang.KK, "Headline in kk", "From the desk.")
	u = r.approved(u, "dana")
	elsewhere := func(body string) {
		content := map[wire.ItemID]wire.Content{}
		for _, it := range rel.Items {
			content[it.ID] = wire.Content{Headline: "From elsewhere", Body: []string{body}}
		}
		_, err := r.Publish.Update(ctx, testkit.Viewer("alfa"), rel.ID, wire.Changes{Content: content}, nil)
		r.must(err)
	}
	elsewhere("By API.")
	_, err = r.Send(ctx, r.p["dana"], u.ID, u.Revision)
	is(t, err, fault.Conflict)
	u = r.get(u.ID)
	os, err := r.Others(ctx, r.p["aida"], u.ID)
	r.must(err)
	if len(os) != 1 || os[0].Part.Body != "By API." || u.Part(lang.KK).Body != "From the desk." || u.Part(lang.RU).Body != "By API." || u.State != desk.Writing {
		t.Fatalf("%+v, others %+v", u, os)
	}
	r.must(r.Settle(ctx, r.p["aida"], u.ID, os[0].ID))
	is(t, r.Settle(ctx, r.p["aida"], u.ID, os[0].ID), fault.NotFound)
	u = r.approved(u, "dana")
	rel, err = r.Send(ctx, r.p["dana"], u.ID, u.Revision)
	r.must(err)
	if v := rel.Text(lang.KK).Versions; len(v) != 3 || v[2].Content.Body[0] != "From the desk." || len(rel.Text(lang.RU).Versions) != 2 {
		t.Errorf("%+v", rel)
	}
	// Scheduled, and withdrawn meanwhile.
	u, err = r.Revise(ctx, r.p["aida"], "news", desk.Update, rel.ID)
	r.must(err)
	u = r.save("aida", u, lang.KK, "Headline", "Later.")
	u = r.set("aida", u, func(s *desk.Settings) { s.PublishAt = r.Clock.Now().Add(time.Hour) })
	u = r.approved(u, "dana")
	u, err = r.Schedule(ctx, r.p["dana"], u.ID, u.Revision)
	r.must(err)
	_, err = r.Withdraw(ctx, r.p["dana"], rel.ID, "not confirmed")
	r.must(err)
	r.Clock.Move(time.Hour)
	if r.runJobs() != 1 {
		t.Error("no job")
	}
	if u = r.get(u.ID); u.State != desk.Writing || u.FailedKey != "desk.failed.release" {
		t.Errorf("%+v", u)
	}
}

func TestTwoWriters(t *testing.T) {
	t.Parallel()
	r := newRoom(t, 0)
	d := r.begin(lang.UR)
	start := *d.Part(lang.UR)
	mine, hers := start, start
	mine.Body, hers.Body = "Aida's text.", "Bek's text."
	mine.At, mine.By, mine.NewItem, mine.Slugline = testkit.Start.AddDate(1, 0, 0), "erlan", wire.NewItemID(), "hers to choose it is not"
	d, o, err := r.SavePart(ctx, r.p["aida"], d.ID, mine)
	r.must(err)
	if p := d.Part(lang.UR); !p.At.Equal(testkit.Start) || p.By != "aida" || p.NewItem != start.NewItem || p.Slugline != "" || !d.ChangedAt.Equal(testkit.Start) {
		t.Errorf("what only the node says came from outside: %+v", p)
	}
	if o != nil {
		t.Fatal("the first is put beside")
	}
	_, o, err = r.SavePart(ctx, r.p["bek"], d.ID, hers)
	r.must(err)
	if o == nil || o.Part.Body != "Bek's text." || o.Name != "bek" || r.get(d.ID).Part(lang.UR).Body != "Aida's text." {
		t.Fatalf("other %+v", o)
	}
	// Typing on makes it longer, not more.
	hers.Body += " And more."
	_, o2, err := r.SavePart(ctx, r.p["bek"], d.ID, hers)
	r.must(err)
	_, o3, err := r.SavePart(ctx, r.p["bek"], d.ID, hers) // her answer was lost
	r.must(err)
	if o2.ID != o.ID || o3.ID != o.ID {
		t.Error("three texts")
	}
	hers.Body = "Something else."
	_, o4, err := r.SavePart(ctx, r.p["bek"], d.ID, hers)
	r.must(err)
	if os, err := r.Others(ctx, r.p["aida"], d.ID); err != nil || len(os) != 2 || o4.ID == o.ID {
		t.Errorf("%+v, %v", os, err)
	}
	// Aida's answer was lost, she typed on and saves from where she started.
	mine.Body += " More of it."
	d, o, err = r.SavePart(ctx, r.p["aida"], d.ID, mine)
	r.must(err)
	if o != nil || d.Part(lang.UR).Body != mine.Body {
		t.Errorf("her own text is in her way: %+v", o)
	}
	// The same words from an old start are no conflict, and no change.
	rev := d.Revision
	d, o, err = r.SavePart(ctx, r.p["bek"], d.ID, mine)
	r.must(err)
	if o != nil || d.Revision != rev {
		t.Error("the same words are a change")
	}
	// Dropped while she writes.
	p := *d.Part(lang.UR)
	d, err = r.DropPart(ctx, r.p["aida"], d.ID, lang.UR, p.Revision)
	r.must(err)
	p.Body = "Into a language that is gone."
	_, o, err = r.SavePart(ctx, r.p["bek"], d.ID, p)
	r.must(err)
	if o == nil || o.Part.Body != p.Body {
		t.Error("her text is lost")
	}
	d = r.save("aida", d, lang.UR, "Again", "Anew.")
	if d.Part(lang.UR).Revision <= p.Revision {
		t.Error("a revision came twice")
	}
	// Settings from an old revision.
	set := d.Settings
	set.Urgency = 1
	d = r.set("aida", d, func(s *desk.Settings) { s.Urgency = 3 })
	_, err = r.SaveSettings(ctx, r.p["bek"], d.ID, d.SettingsRevision-1, set)
	is(t, err, fault.Conflict)
	if b, err := r.Board(ctx, r.p["dana"]); err != nil || len(b.Desk) != 1 {
		t.Errorf("%+v, %v", b, err)
	}
}

func TestReturnedAndAskedAgain(t *testing.T) {
	t.Parallel()
	r := newRoom(t, 2)
	d := r.approved(r.begin(lang.EN), "dana")
	if d.State != desk.Waiting {
		t.Fatal("one of two is enough")
	}
	_, err := r.Approve(ctx, r.p["dana"], d.ID, d.Revision)
	is(t, err, fault.Conflict)
	_, err = r.Approve(ctx, r.p["erlan"], d.ID, d.Revision-1)
	is(t, err, fault.Conflict) // not what he looked at
	d, err = r.Return(ctx, r.p["erlan"], d.ID, d.Revision, "Who says so?")
	r.must(err)
	if d.State != desk.Writing || d.Note != "Who says so?" || d.NotedBy != "erlan" || len(d.Approvals) != 0 {
		t.Errorf("%+v", d)
	}
	d = r.approved(r.save("erlan", d, lang.EN, "Headline in en", "He wrote a word himself."), "dana")
	_, err = r.Approve(ctx, r.p["erlan"], d.ID, d.Revision)
	is(t, err, fault.NotAllowed)
	d, err = r.Approve(ctx, r.p["farid"], d.ID, d.Revision)
	r.must(err)
	// Whoever put a text beside is a writer: his approval falls.
	p := *d.Part(lang.EN)
	p.Revision, p.Body = 1, "Beside."
	d, o, err := r.SavePart(ctx, r.p["farid"], d.ID, p)
	r.must(err)
	if o == nil || d.State != desk.Waiting || len(d.Approvals) != 1 {
		t.Errorf("%+v", d)
	}
	_, err = r.Send(ctx, r.p["dana"], d.ID, d.Revision)
	is(t, err, fault.Conflict)
}

var png = []byte("\x89PNG\r\n\x1a\n and the rest of a picture")

func TestFiles(t *testing.T) {
	t.Parallel()
	r := newRoom(t, 0)
	d := r.begin(lang.EN, lang.RU)
	attach := func(name string, b []byte) (*desk.Draft, error) {
		return r.Attach(ctx, r.p["aida"], d.ID, lang.EN, name, "image/png", bytes.NewReader(b))
	}
	_, err := attach("page.png", []byte("<!doctype html><script>alert(1)</script>"))
	is(t, err, fault.Unsupported)
	_, err = attach("drawing.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`))
	is(t, err, fault.Unsupported)
	_, err = attach("long.png", append(slices.Clone(png), make([]byte, desk.MaxFile)...))
	is(t, err, fault.TooLarge)
	_, err = r.Attach(ctx, r.p["aida"], d.ID, lang.TG, "a.png", "", bytes.NewReader(png))
	is(t, err, fault.Invalid)
	d2, err := attach("a.png", png)
	r.must(err)
	a := d2.Part(lang.EN).Attachments[0]
	hash := fmt.Sprintf("%x", a.SHA256)
	mt, f, err := r.File(ctx, r.p["dana"], d.ID, hash)
	r.must(err)
	if b, err := io.ReadAll(f); err != nil || !bytes.Equal(b, png) || mt != "image/png" || a.MediaType != mt || a.Length != int64(len(png)) {
		t.Errorf("%q, %s, %v", b, mt, err)
	}
	// A caption is the writer's; what the file is, is not; a file of somebody else's cannot be named.
	p := *d2.Part(lang.EN)
	p.Attachments = []wire.Attachment{{SHA256: a.SHA256, Caption: "The lake", MediaType: "text/html", Length: 5}}
	d, _, err = r.SavePart(ctx, r.p["aida"], d.ID, p)
	r.must(err)
	if got := d.Part(lang.EN).Attachments[0]; got.Caption != "The lake" || got.MediaType != "image/png" || got.Length != a.Length {
		t.Errorf("%+v", got)
	}
	foreign, err := r.blob.Put(ctx, []byte("a document of others"))
	r.must(err)
	p = *d.Part(lang.EN)
	p.Attachments = []wire.Attachment{{}}
	sum, err := hex.DecodeString(foreign)
	r.must(err)
	copy(p.Attachments[0].SHA256[:], sum)
	_, _, err = r.SavePart(ctx, r.p["aida"], d.ID, p)
	is(t, err, fault.Invalid)
	_, _, err = r.File(ctx, r.p["aida"], d.ID, foreign)
	is(t, err, fault.NotFound)
	// One that was attached and taken out again goes when the draft leaves; the other stays and is served.
	gif := []byte("GIF89a and more")
	d, err = attach("b.gif", gif)
	r.must(err)
	p = *d.Part(lang.EN)
	out := fmt.Sprintf("%x", p.Attachments[1].SHA256)
	p.Attachments = p.Attachments[:1]
	d, _, err = r.SavePart(ctx, r.p["aida"], d.ID, p)
	r.must(err)
	d = r.set("aida", d, func(s *desk.Settings) { s.Audience = wire.Audience{Class: wire.Members} })
	rel, err := r.Send(ctx, r.p["dana"], d.ID, d.Revision)
	r.must(err)
	if _, err := r.blob.Get(ctx, out); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a file that did not leave is still there: %v", err)
	}
	item := rel.Text(lang.EN).ID
	mt, name, body, err := r.Browse.File(ctx, testkit.Viewer("beta"), item, hash)
	r.must(err)
	if b, err := io.ReadAll(body); err != nil || !bytes.Equal(b, png) || mt != "image/png" || !strings.HasSuffix(name, ".png") {
		t.Errorf("%q, %s %s, %v", b, mt, name, err)
	}
	for _, c := range []struct {
		v    access.Viewer
		item wire.ItemID
		hash string
	}{{access.Viewer{}, item, hash}, {testkit.Viewer("beta"), rel.Text(lang.RU).ID, hash}, {testkit.Viewer("beta"), item, out}, {testkit.Viewer("beta"), item, foreign}, {testkit.Viewer("beta"), item, "../../jarchi.db"}} {
		_, _, _, err := r.Browse.File(ctx, c.v, c.item, c.hash)
		is(t, err, fault.NotFound)
	}
	// An update keeps it, a withdrawal takes it from everyone.
	u, err := r.Revise(ctx, r.p["aida"], "news", desk.Update, rel.ID)
	r.must(err)
	if _, _, err := r.File(ctx, r.p["aida"], u.ID, hash); err != nil {
		t.Error(err)
	}
	p = *u.Part(lang.EN)
	p.Body, p.Attachments = "Without the picture.", nil
	u, _, err = r.SavePart(ctx, r.p["aida"], u.ID, p)
	r.must(err)
	_, err = r.Send(ctx, r.p["dana"], u.ID, u.Revision)
	r.must(err)
	if _, _, _, err := r.Browse.File(ctx, testkit.Viewer("beta"), item, hash); err != nil {
		t.Error("the file of the first version is not served:", err)
	}
	_, err = r.Withdraw(ctx, r.p["dana"], rel.ID, "not confirmed")
	r.must(err)
	_, _, _, err = r.Browse.File(ctx, testkit.Viewer("alfa"), item, hash)
	is(t, err, fault.NotFound)
	// Discarded.
	d = r.begin(lang.EN)
	d, err = r.Attach(ctx, r.p["aida"], d.ID, lang.EN, "c.gif", "", bytes.NewReader(gif))
	r.must(err)
	r.must(r.Discard(ctx, r.p["aida"], d.ID, d.Revision))
	if _, err := r.blob.Get(ctx, out); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a discarded file is still there: %v", err)
	}
	_, err = r.Draft(ctx, r.p["aida"], d.ID)
	is(t, err, fault.NotFound)
}

// What is named by hash alone was never this release's: a sender could name anything.
func TestFileNamedByAPI(t *testing.T) {
	t.Parallel()
	r := newRoom(t, 0)
	d := r.begin(lang.EN)
	d, err := r.Attach(ctx, r.p["aida"], d.ID, lang.EN, "a.png", "", bytes.NewReader(png))
	r.must(err)
	in := testkit.Input(map[lang.Tag][2]string{lang.EN: {"Thief", "Body."}})
	in.Items[0].Content.Attachments = d.Part(lang.EN).Attachments
	rel, err := r.Publish.Create(ctx, testkit.Viewer("beta"), in)
	r.must(err)
	_, _, _, err = r.Browse.File(ctx, testkit.Viewer("beta"), rel.Items[0].ID, fmt.Sprintf("%x", d.Part(lang.EN).Attachments[0].SHA256))
	is(t, err, fault.NotFound)
}

func TestBounds(t *testing.T) {
	t.Parallel()
	r := newRoom(t, 0)
	d := r.begin(lang.EN)
	for field, change := range map[string]func(p *desk.Part){
		"headline":          func(p *desk.Part) { p.Headline = strings.Repeat("ش", 10_000) },
		"subheadline":       func(p *desk.Part) { p.Subheadline = strings.Repeat("a", wire.MaxLine+1) },
		"dateline":          func(p *desk.Part) { p.Dateline = "a\x00b" },
		"byline":            func(p *desk.Part) { p.Byline = "\xff" },
		"body":              func(p *desk.Part) { p.Body = strings.Repeat("a", wire.MaxBody+1) },
		"edNote":            func(p *desk.Part) { p.EdNote = strings.Repeat("a", wire.MaxLine+1) },
		"keywords":          func(p *desk.Part) { p.Keywords = make([]string, wire.MaxLists+1) },
		"rights.usageTerms": func(p *desk.Part) { p.Rights.UsageTerms = strings.Repeat("a", wire.MaxLine+1) },
		"ai.note":           func(p *desk.Part) { p.AI.Note = strings.Repeat("a", wire.MaxLine+1) },
		"translation":       func(p *desk.Part) { p.Translation = "perfect" },
		"language":          func(p *desk.Part) { p.Language, p.Revision = "en_XX<script>", 0 },
	} {
		p := *d.Part(lang.EN)
		change(&p)
		_, _, err := r.SavePart(ctx, r.p["aida"], d.ID, p)
		is(t, err, fault.Invalid)
		if _, f := fault.Public(err); f != field {
			t.Errorf("%s is called %q", field, f)
		}
	}
	for field, change := range map[string]func(s *desk.Settings){
		"issuers": func(s *desk.Settings) { s.Issuers = []wire.MemberID{"beta"} },
		"audience": func(s *desk.Settings) {
			s.Audience = wire.Audience{Class: wire.Partners, Partners: []wire.MemberID{"nobody"}}
		},
		"urgency":        func(s *desk.Settings) { s.Urgency = 10 },
		"reason":         func(s *desk.Settings) { s.Reason = strings.Repeat("a", wire.MaxReason+1) },
		"embargoedUntil": func(s *desk.Settings) { s.EmbargoedUntil = time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC) },
	} {
		set := d.Settings
		change(&set)
		_, err := r.SaveSettings(ctx, r.p["aida"], d.ID, d.SettingsRevision, set)
		is(t, err, fault.Invalid)
		if _, f := fault.Public(err); f != field {
			t.Errorf("%s is called %q", field, f)
		}
	}
	// What is merely unfinished is kept.
	p := *d.Part(lang.EN)
	p.Headline, p.Body = "", "  Half a sent"
	d, _, err := r.SavePart(ctx, r.p["aida"], d.ID, p)
	r.must(err)
	d = r.set("aida", d, func(s *desk.Settings) {
		s.Audience = wire.Audience{Class: wire.Partners}
		s.EmbargoedUntil, s.PublishAt = testkit.Start.Add(-time.Hour), testkit.Start.Add(-time.Hour)
	})
	if d.Part(lang.EN).Body != "  Half a sent" {
		t.Errorf("%+v", d.Part(lang.EN))
	}
	want := []desk.Problem{{lang.EN, "headline", "desk.lacks.headline"}, {"", "audience", "desk.lacks.partners"}, {"", "embargoedUntil", "desk.past.embargo"},
		{"", "publishAt", "desk.past.publish"}, {"", "publishAt", "desk.embargo.before.publish"}}
	if got := r.Problems(d); !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
	for _, p := range want {
		if !slices.Contains(desk.Keys(), p.Key) {
			t.Errorf("%s is not among the keys", p.Key)
		}
	}
	if _, err := r.Preview(ctx, r.p["aida"], d.ID); err != nil {
		t.Error("what is unfinished has no preview:", err)
	}
	// What a headline hides: marks that turn its letters around, or nothing but marks.
	for headline, key := range map[string]string{"Minister \u202egnihton diap visits": "desk.headline.turns", "The bridge \u2067": "desk.headline.turns", "\u200b\u2060": "desk.lacks.headline"} {
		p := *d.Part(lang.EN)
		p.Headline = headline
		d, _, err = r.SavePart(ctx, r.p["aida"], d.ID, p)
		r.must(err)
		if got := r.Problems(d); len(got) == 0 || got[0] != (desk.Problem{Language: lang.EN, Field: "headline", Key: key}) || !slices.Contains(desk.Keys(), key) {
			t.Errorf("%q: %+v", headline, got)
		}
		_, err = r.Send(ctx, r.p["dana"], d.ID, d.Revision)
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q left: %v", headline, err)
		}
	}
	// 300 languages.
	n := 0
	for a := 'a'; a <= 'z' && n < 300; a++ {
		for b := 'a'; b <= 'z'; b++ {
			tag := lang.Tag([]rune{'q', a, b})
			if got, err := lang.Parse(string(tag)); err != nil || got != tag {
				continue
			}
			n++
			_, _, err = r.SavePart(ctx, r.p["aida"], d.ID, desk.Part{Language: tag, Headline: "x"})
			if (err == nil) != (n < wire.MaxItems) {
				t.Fatalf("language %d: %v", n, err)
			}
			if n > wire.MaxItems+2 {
				return
			}
		}
	}
	if n < wire.MaxItems {
		t.Fatalf("only %d languages to try", n)
	}
}

func TestTooManyDrafts(t *testing.T) {
	if testing.Short() {
		t.Skip("one step after the other: nothing for the race detector")
	}
	t.Parallel()
	r := newRoom(t, 0)
	d := r.approved(r.save("aida", r.begin(lang.EN), lang.EN, "It waits", "Body."))
	row, parts, err := r.Store.Draft(ctx, string(r.begin(lang.EN).ID))
	r.must(err)
	r.Clock.Move(minute)
	r.must(r.Store.Write(ctx, func(tx *store.Tx) error {
		for i := range desk.MaxOpen - 2 {
			next := row
			next.ID, next.ChangedAt = fmt.Sprintf("%s-%d", row.ID, i), r.Clock.Now()
			next.Data = bytes.ReplaceAll(row.Data, []byte(row.ID), []byte(next.ID))
			if err := tx.InsertDraft(next, desk.MaxOpen); err != nil {
				return err
			}
			part := parts[0]
			part.Headline = "Newer"
			if err := tx.PutDraftPart(next.ID, part); err != nil {
				return err
			}
		}
		return nil
	}))
	_, err = r.Begin(ctx, r.p["aida"], "news", nil)
	is(t, err, fault.Conflict)
	// Many newer ones do not hide what waits.
	if b, err := r.Board(ctx, r.p["erlan"]); err != nil || len(b.Waiting) != 1 || b.Waiting[0].ID != d.ID || b.Desk[0].Parts[0].Headline != "Newer" {
		t.Errorf("%d wait, %v", len(b.Waiting), err)
	}
}

// TestDraftWordsAreInNoFile sends, discards, withdraws and erases, and then reads every file of the data folder.
func TestDraftWordsAreInNoFile(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"discard", "send", "send and withdraw", "send, withdraw and erase"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			r := newRoom(t, 1)
			for range 10 {
				r.begin(lang.EN) // neighbours
			}
			d := r.begin(lang.EN, lang.KK)
			long := strings.Repeat("Filling so that the row overflows its page. ", 200)
			d = r.save("aida", d, lang.EN, "Verborgenkopf", "verborgenwort "+long)
			d = r.save("aida", d, lang.KK, "Zweitkopf", "verborgenwort "+long)
			old := *d.Part(lang.EN)
			d = r.save("bek", d, lang.EN, "Headline", long) // the word is not in what leaves
			old.Body = "verborgenwort of Aida, beside"
			d, _, err := r.SavePart(ctx, r.p["aida"], d.ID, old)
			r.must(err)
			words := []string{"erborgenwort", "erborgenkopf", "weitkopf"}
			switch {
			case how == "discard":
				r.must(r.Discard(ctx, r.p["bek"], d.ID, d.Revision))
			default:
				if how == "send" {
					d = r.save("aida", d, lang.KK, "Headline", long)
				}
				d = r.approved(d)
				d, err = r.Return(ctx, r.p["dana"], d.ID, d.Revision, "verborgenwort in a note")
				r.must(err)
				d = r.approved(d, "dana")
				rel, err := r.Send(ctx, r.p["dana"], d.ID, d.Revision)
				r.must(err)
				if strings.Contains(how, "withdraw") {
					_, err = r.Withdraw(ctx, r.p["dana"], rel.ID, "not confirmed")
					r.must(err)
				}
				if strings.Contains(how, "erase") {
					_, err = r.Publish.Erase(ctx, testkit.Viewer("alfa"), rel.ID, nil)
					r.must(err)
				}
			}
			for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(100 * time.Millisecond) {
				found := testkit.FilesWith(t, r.Dir, words...)
				if len(found) == 0 {
					break
				}
				if time.Now().After(deadline) {
					t.Fatalf("the words stand in %v", found)
				}
			}
		})
	}
}

// No output but the desk's shows a draft.
func TestDraftsAreNowhereElse(t *testing.T) {
	t.Parallel()
	r := newRoom(t, 0)
	d := r.begin(lang.EN)
	for _, v := range []access.Viewer{{}, testkit.Viewer("alfa"), {Local: true}} {
		for _, q := range []string{"", "headline", "body"} {
			if p, err := r.Browse.List(ctx, v, browse.Query{Text: q}); err != nil || len(p.Entries) != 0 {
				t.Errorf("%q finds %d, %v", q, len(p.Entries), err)
			}
		}
		if es, _, err := r.Browse.Events(ctx, v, "", 10); err != nil || len(es) != 0 {
			t.Errorf("events %v, %v", es, err)
		}
		if _, err := r.Browse.Item(ctx, v, d.Parts[0].NewItem); fault.KindOf(err) != fault.NotFound {
			t.Error(err)
		}
	}
}

// What the runner does with a handler's error must not lose a scheduled draft: the job of one that was
// moved while it was claimed runs at the new time, and a clock that goes back only makes it wait.
func TestClockGoesBack(t *testing.T) {
	t.Parallel()
	r := newRoom(t, 0)
	d := r.set("aida", r.begin(lang.EN), func(s *desk.Settings) { s.PublishAt = testkit.Start.Add(time.Hour) })
	_, err := r.Schedule(ctx, r.p["dana"], d.ID, d.Revision)
	r.must(err)
	r.Clock.Move(time.Hour)
	js, err := r.Store.Jobs().Claim(ctx, r.Clock.Now(), 10)
	if err != nil || len(js) != 1 {
		t.Fatal(js, err)
	}
	r.Clock.Move(-366 * 24 * time.Hour)
	h := r.Handlers()[desk.JobSend]
	r.must(h(ctx, js[0]))
	r.must(r.Store.Jobs().Finish(ctx, js[0]))
	if len(r.released()) != 0 {
		t.Fatal("it left a year early")
	}
	r.Clock.Move(366 * 24 * time.Hour)
	if r.runJobs() != 1 || len(r.released()) != 1 {
		t.Error("it did not leave")
	}
	r.must(h(ctx, jobs.Job{Kind: desk.JobSend, Args: string(d.ID)})) // at least once
	r.must(h(ctx, jobs.Job{Kind: desk.JobSend, Args: "gone"}))
	if len(r.released()) != 1 {
		t.Error("it left twice")
	}
}

// A release that cannot be written leaves its draft as it was, and the other way round.
func TestOneTransaction(t *testing.T) {
	t.Parallel()
	r := newRoom(t, 0)
	d := r.begin(lang.EN)
	in := testkit.Input(map[lang.Tag][2]string{lang.EN: {"Before", "Body."}})
	in.Items[0].ID = d.Parts[0].NewItem // its id is taken: the release's rows are refused
	_, err := r.Publish.Create(ctx, testkit.Viewer("alfa"), in)
	r.must(err)
	if _, err = r.Send(ctx, r.p["dana"], d.ID, d.Revision); err == nil {
		t.Fatal("sent")
	}
	if d = r.get(d.ID); d.State != desk.Writing || d.Parts[0].Headline == "" || len(r.released()) != 1 {
		t.Errorf("%+v", d)
	}
}

func TestAudit(t *testing.T) {
	t.Parallel()
	r := newRoom(t, 1)
	d := r.approved(r.begin(lang.EN), "dana")
	rel, err := r.Send(ctx, r.p["erlan"], d.ID, d.Revision)
	r.must(err)
	_, err = r.Withdraw(ctx, r.p["erlan"], rel.ID, "It was not so.")
	r.must(err)
	gone := r.begin(lang.EN)
	r.must(r.Discard(ctx, r.p["aida"], gone.ID, gone.Revision))
	if r.Discard(ctx, r.p["aida"], gone.ID, gone.Revision) == nil {
		t.Error("discarded twice")
	}
	es, err := r.Store.Audit(ctx, people.AuditFilter{Limit: 20})
	r.must(err)
	var b []string
	for _, e := range es {
		b = append(b, string(e.Actor)+" "+e.Action)
	}
	slices.Sort(b)
	want := []string{"aida draft-begun", "aida draft-asked", "dana draft-approved", "erlan draft-sent", "erlan release-withdrawn", "aida draft-begun", "aida draft-discarded"}
	if slices.Sort(want); !slices.Equal(b, want) {
		t.Errorf("%q", b)
	}
}
