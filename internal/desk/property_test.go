package desk_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jarchi.dev/jarchi/internal/desk"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/wire"
)

// what is everything of a release that somebody approves.
func what(r *wire.Release) string {
	var b strings.Builder
	fmt.Fprintln(&b, r.Issuers, r.Audience.Class, r.Audience.Partners, r.Urgency, r.EmbargoedUntil.UnixMicro())
	for _, it := range r.Items {
		c := it.Current().Content
		fmt.Fprintf(&b, "%s %s %s %q %q %q %q\n", it.ID, it.Language, it.Translation, c.Headline, c.Dateline, c.Body, c.Keywords)
	}
	return b.String()
}

// TestAnyOrder lets five people do anything in any order and holds the desk to what it promises: nobody's own
// text is approved by him, what leaves has exactly the approved bytes and leaves at its time, and no text that
// was saved is gone unless somebody who had seen it put another in its place.
func TestAnyOrder(t *testing.T) {
	if testing.Short() {
		t.Skip("one step after the other: nothing for the race detector")
	}
	t.Parallel()
	r := newRoom(t, 1)
	staff := []string{"aida", "bek", "dana", "erlan", "farid"}
	langs := []lang.Tag{lang.EN, lang.KK}
	n, sent := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		needed := rapid.IntRange(0, 2).Draw(t, "approvals")
		r.setApprovals(needed)
		editors := map[string]bool{"dana": true, "erlan": true, "farid": true}
		for who := range editors {
			r.must(r.Store.ChangePeople(ctx, func(tx people.Tx) error {
				return tx.Grant(people.UserID(who), people.Grant{Desk: "news", Role: people.Editor})
			}))
		}
		d, err := r.Begin(ctx, r.p["aida"], "news", langs)
		r.must(err)
		id := d.ID
		wrote := map[string]bool{"aida": true}
		agreed := map[string]string{}         // what each approved last
		seen := map[string][]*desk.Draft{}    // the states that each has looked at
		texts := func() (m map[string]bool) { // every text that stands somewhere
			m = map[string]bool{}
			d := r.get(id)
			for _, p := range d.Parts {
				m[p.Body] = true
			}
			os, err := r.Others(ctx, r.p["aida"], id)
			r.must(err)
			for _, o := range os {
				m[o.Part.Body] = true
			}
			return m
		}
		for _, who := range staff {
			seen[who] = []*desk.Draft{d}
		}
		// left checks a release against what was approved of it.
		left := func(publishAt time.Time) {
			sent++
			d := r.get(id)
			rel, _, err := r.Store.Release(ctx, d.Release)
			r.must(err)
			got, count := what(rel), 0
			for who, w := range agreed {
				if w == got && editors[who] && !wrote[who] {
					count++
				}
			}
			if count < needed {
				t.Fatalf("it left with %d of %d approvals of these bytes:\n%s\napproved %v, wrote %v", count, needed, got, agreed, wrote)
			}
			if now := r.Clock.Now(); !publishAt.IsZero() && (now.Before(publishAt) || now.Sub(publishAt) > desk.Grace) {
				t.Fatalf("it left at %s, scheduled for %s", now, publishAt)
			}
		}
		for range rapid.IntRange(5, 40).Draw(t, "steps") {
			who := rapid.SampledFrom(staff).Draw(t, "who")
			states := seen[who]
			d := states[len(states)-1]
			if rapid.IntRange(0, 3).Draw(t, "looks") > 0 { // else she acts on what she saw last
				d = r.get(id)
				seen[who] = append(states, d)
			}
			p := r.p[who]
			before, was := texts(), r.get(id)
			lost := func() (out []string) {
				after := texts()
				for b := range before {
					if !after[b] {
						out = append(out, b)
					}
				}
				return out
			}
			l := rapid.SampledFrom(langs).Draw(t, "language")
			var err error
			mayLose := ""
			switch op := rapid.SampledFrom([]string{"save", "save", "save", "type on", "drop", "set", "move", "ask", "approve", "approve", "approve", "return", "schedule", "unschedule", "send", "time", "late", "take", "give", "settle"}).Draw(t, "op"); op {
			case "save", "type on":
				part := desk.Part{Language: l}
				if old := d.Part(l); old != nil {
					part = *old
				}
				n++
				part.Headline = "A headline"
				if op == "type on" {
					part.Body += fmt.Sprintf(" and %d", n)
				} else {
					part.Body = fmt.Sprintf("Text %d of %s.", n, who)
				}
				var got *desk.Draft
				var other *desk.Other
				got, other, err = r.SavePart(ctx, p, id, part)
				if err != nil {
					break
				}
				wrote[who] = true
				if !texts()[part.Body] {
					t.Fatalf("the text of %s is nowhere", who)
				}
				if other == nil {
					now := was.Part(l)
					switch {
					case now == nil, part.Revision == now.Revision, strings.Contains(part.Body, now.Body):
						if now != nil {
							mayLose = now.Body
						}
					default:
						t.Fatalf("%s, who saw revision %d, wrote over %d", who, part.Revision, now.Revision)
					}
				} else if was.Part(l) != nil && got.Part(l).Body != was.Part(l).Body {
					t.Fatal("a text was put beside and in")
				}
				// An Other that grew: the shorter one stands in it.
				for _, x := range lost() {
					if x != mayLose && !strings.Contains(part.Body, x) {
						t.Fatalf("lost %q", x)
					}
				}
				before = texts()
			case "drop":
				if old := d.Part(l); old != nil {
					if _, err = r.DropPart(ctx, p, id, l, old.Revision); err == nil {
						now := was.Part(l)
						if now == nil {
							break // somebody had dropped it
						}
						if wrote[who], mayLose = true, old.Body; now.Body != old.Body {
							t.Fatal("dropped what she had not seen")
						}
					}
				}
			case "set":
				set := d.Settings
				set.Urgency = rapid.IntRange(1, 9).Draw(t, "urgency")
				var got *desk.Draft
				if got, err = r.SaveSettings(ctx, p, id, d.SettingsRevision, set); err == nil && got.SettingsRevision != was.SettingsRevision {
					wrote[who] = true
				}
			case "move":
				set := d.Settings
				set.PublishAt = r.Clock.Now().Add(time.Duration(rapid.IntRange(1, 3).Draw(t, "hours")) * time.Hour)
				var got *desk.Draft
				if got, err = r.SaveSettings(ctx, p, id, d.SettingsRevision, set); err == nil && set.Urgency == was.Settings.Urgency && len(got.Approvals) != len(was.Approvals) {
					t.Fatal("moving the time voids approvals")
				} else if err == nil && set.Urgency != was.Settings.Urgency {
					wrote[who] = true
				}
			case "ask":
				_, err = r.Ask(ctx, p, id, d.Revision)
			case "approve":
				if _, err = r.Approve(ctx, p, id, d.Revision); err == nil {
					if wrote[who] {
						t.Fatalf("%s approved what he wrote", who)
					}
					pre, perr := r.Preview(ctx, p, id)
					r.must(perr)
					agreed[who] = what(pre)
				}
			case "return":
				_, err = r.Return(ctx, p, id, d.Revision, "No.")
			case "schedule":
				_, err = r.Schedule(ctx, p, id, d.Revision)
			case "unschedule":
				_, err = r.Unschedule(ctx, p, id, d.Revision)
			case "send":
				if _, err = r.Send(ctx, p, id, d.Revision); err == nil {
					if !editors[who] {
						t.Fatalf("%s let it leave", who)
					}
					left(time.Time{})
					return
				}
			case "time", "late":
				d := r.get(id)
				at := d.Settings.PublishAt
				if op == "time" && at.After(r.Clock.Now()) {
					r.Clock.Move(at.Sub(r.Clock.Now()) + time.Duration(rapid.IntRange(-60, 660).Draw(t, "seconds"))*time.Second)
				} else {
					r.Clock.Move(time.Hour)
				}
				r.runJobs()
				if got := r.get(id); got.State == desk.Sent {
					if d.State != desk.Scheduled {
						t.Fatal("it left without being scheduled")
					}
					left(at)
					return
				}
			case "take":
				if editors[who] {
					editors[who] = false
					r.ungrant(who)
				}
			case "give":
				if _, ok := editors[who]; ok {
					editors[who] = true
					r.must(r.Store.ChangePeople(ctx, func(tx people.Tx) error {
						return tx.Grant(people.UserID(who), people.Grant{Desk: "news", Role: people.Editor})
					}))
				}
			case "settle":
				os, oerr := r.Others(ctx, p, id)
				r.must(oerr)
				if len(os) > 0 {
					if err = r.Settle(ctx, p, id, os[0].ID); err == nil {
						mayLose = os[0].Part.Body
					}
				}
			}
			if k := fault.KindOf(err); err != nil && !slices.Contains([]fault.Kind{fault.Conflict, fault.Invalid, fault.NotAllowed}, k) {
				t.Fatalf("%s: %v", k, err)
			}
			for _, x := range lost() {
				if x != mayLose {
					t.Fatalf("lost %q", x)
				}
			}
		}
		r.must(r.Discard(ctx, r.p["aida"], id, r.get(id).Revision)) // a desk holds only so many
	})
	if sent == 0 && !testing.Short() {
		t.Error("nothing ever left")
	}
}

// TestAllAtOnce has people save, each in each language, at once: every text stands or lies beside.
func TestAllAtOnce(t *testing.T) {
	t.Parallel()
	r := newRoom(t, 0)
	langs := []lang.Tag{lang.EN, lang.KK, lang.RU, lang.UR}
	d := r.begin(langs...)
	var mu sync.Mutex
	saved := map[string]bool{}
	var wg sync.WaitGroup
	for _, who := range []string{"aida", "bek", "dana", "erlan", "farid"} {
		wg.Go(func() {
			for i := range 10 {
				for _, l := range langs {
					p := *d.Part(l)
					p.Body = fmt.Sprintf("%s writes %d in %s.", who, i, l)
					if _, _, err := r.SavePart(ctx, r.p[who], d.ID, p); err != nil {
						t.Error(err)
					}
					mu.Lock()
					saved[p.Body] = true
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	d = r.get(d.ID)
	for _, p := range d.Parts {
		delete(saved, p.Body)
		if p.Revision != 3 {
			t.Errorf("%s was taken %d times from one start", p.Language, p.Revision-2)
		}
	}
	os, err := r.Others(ctx, r.p["aida"], d.ID)
	r.must(err)
	for _, o := range os {
		delete(saved, o.Part.Body)
	}
	if len(saved) > 0 {
		t.Errorf("lost %v", saved)
	}
}
