package store_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/store"
)

// decided plays what comes and is decided on the reports from a position on.
type decided struct {
	s    *store.Store
	base int64
	n    int64 // reports that came
	gone map[int64]bool
	made []string // ids of decisions, as they are called here
	back []bool
}

// step is one thing that happens. Reports and decisions are numbered from 0.
type step struct {
	what  string
	a, b  int64
	alone bool
}

// do plays a step and reports whether something was decided. Decisions are refused where they are so already.
func (d *decided) do(t fataler, x step) (changed bool) {
	t.Helper()
	ok := func(err error) bool {
		t.Helper()
		if fault.KindOf(err) == fault.Conflict && err != nil {
			return false
		}
		if err != nil {
			t.Fatalf("%+v: %v", x, err)
		}
		return true
	}
	id := fmt.Sprintf("d%d-%d", d.base, len(d.made))
	row := store.StoryDecision{ID: id, Subject: d.base + x.a, Other: d.base + x.b, Member: "alfa", At: time.Unix(1, 0)}
	switch x.what {
	case "come":
		other := int64(0)
		if x.b >= 0 && !d.gone[x.b] {
			other = d.base + x.b
		}
		ok(d.s.PlaceReport(ctx, d.base+x.a, other, ""))
		d.n = max(d.n, x.a+1)
	case "leave":
		ok(d.s.LeaveReport(ctx, d.base+x.a))
		d.gone[x.a] = true
	case "join", "part":
		if !ok(d.s.Write(ctx, func(t *store.Tx) error {
			if x.what == "join" {
				return t.JoinStories(row, x.alone, -1)
			}
			return t.PartStory(row, -1)
		})) {
			return false
		}
		d.made, d.back = append(d.made, id), append(d.back, false)
		return true
	case "undo":
		if d.back[x.a] {
			return false
		}
		if !ok(d.s.Write(ctx, func(t *store.Tx) error {
			_, err := t.UndoStoryDecision(store.StoryDecision{ID: id + fmt.Sprint("u", x.a), Member: "beta", At: time.Unix(2, 0)}, d.made[x.a], -1)
			return err
		})) {
			t.Fatalf("%+v was refused", x)
		}
		d.back[x.a] = true
		return true
	}
	return false
}

type fataler interface {
	Helper()
	Fatalf(string, ...any)
}

// stories tells of each report the first one of its story, of those that have a text.
func (d *decided) stories(t fataler) map[int64]int64 {
	t.Helper()
	out := map[int64]int64{}
	for p := range d.n {
		if d.gone[p] {
			continue
		}
		all, err := d.s.StoryAt(ctx, d.base+p, 1000)
		if err != nil || !slices.Contains(all, d.base+p) {
			t.Fatalf("report %d is in no story: %v %v", p, all, err)
		}
		out[p] = all[0] - d.base
	}
	for p, first := range out {
		if at, ok := out[first]; !ok || at != first {
			t.Fatalf("the story of %d begins with %d, which is in another: %v", p, first, out)
		}
	}
	return out
}

// honours checks that every word that stands is so, or gives way to later words alone, never to what the machine linked.
func (d *decided) honours(t fataler, now map[int64]int64) {
	t.Helper()
	said, err := d.s.SaidBetween(ctx, d.base, d.base+d.n)
	if err != nil {
		t.Fatalf("%v", err)
	}
	for _, w := range said {
		a, b := w.Low-d.base, w.High-d.base
		sa, oka := now[a]
		sb, okb := now[b]
		if !oka || !okb {
			continue
		}
		later := false
		switch {
		case w.Word < 0 && sa == sb: // later joinings must lead from one to the other
			reached := map[int64]bool{w.Low: true}
			for range said {
				for _, o := range said {
					if o.Word > 0 && o.Decision > w.Decision && (reached[o.Low] || reached[o.High]) {
						reached[o.Low], reached[o.High] = true, true
					}
				}
			}
			later = reached[w.High]
		case w.Word > 0 && sa != sb: // a later parting must stand between the two stories, of which some may have left
			for _, o := range said {
				later = later || o.Word < 0 && o.Decision > w.Decision
			}
		default:
			continue
		}
		if !later {
			t.Fatalf("%+v does not hold: %v of %+v", w, now, said)
		}
	}
}

// TestDecisionsHold: over random comings, leavings, joinings, partings and takings back every decision that stands holds,
// the latest first; one that is taken back at once leaves no trace; the rows alone give the same stories again, and so
// does the same once more.
func TestDecisionsHold(t *testing.T) { onBoth(t, testDecisionsHold) }

func testDecisionsHold(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	base := int64(0)
	rapid.Check(t, func(t *rapid.T) {
		base += 1000
		d := &decided{s: s, base: base, gone: map[int64]bool{}}
		var steps []step
		for range rapid.IntRange(4, 24).Draw(t, "steps") {
			x := step{what: rapid.SampledFrom([]string{"come", "come", "come", "join", "join", "part", "part", "undo", "leave"}).Draw(t, "what")}
			living := int64(0)
			for p := range d.n {
				if !d.gone[p] {
					living++
				}
			}
			one := func(what string) int64 {
				for {
					if p := rapid.Int64Range(0, d.n-1).Draw(t, what); !d.gone[p] {
						return p
					}
				}
			}
			switch {
			case x.what == "come" || living < 2:
				x = step{what: "come", a: d.n, b: rapid.Int64Range(-1, d.n-1).Draw(t, "linked to")}
			case x.what == "leave":
				if x.a = one("who"); rapid.IntRange(0, 3).Draw(t, "seldom") > 0 {
					x = step{what: "come", a: x.a, b: one("linked to")} // it has other words, and is placed anew
					if x.b == x.a {
						continue
					}
				}
			case x.what == "undo":
				if len(d.made) == 0 {
					continue
				}
				x.a = rapid.Int64Range(0, int64(len(d.made)-1)).Draw(t, "which")
			default:
				x.a, x.b, x.alone = one("report"), one("other"), rapid.Bool().Draw(t, "alone")
				if x.a == x.b && x.what == "join" {
					continue
				}
			}
			before := d.stories(t)
			steps = append(steps, x)
			changed := d.do(t, x)
			after := d.stories(t)
			d.honours(t, after)
			switch {
			case x.what == "join" && after[x.a] != after[x.b]:
				t.Fatalf("%+v did not join: %v", steps, after)
			case x.what == "join" && changed && x.alone && before[x.a] == before[0] && x.a != 0 && !d.gone[0] && after[0] == after[x.a]:
				t.Fatalf("%+v moved the whole story: %v", steps, after)
			case x.what == "part" && x.a != x.b && after[x.a] == after[x.b]:
				t.Fatalf("%+v did not part: %v", steps, after)
			}
			if x.what == "part" && changed && before[x.a] == before[x.b] { // it is alone, and the others stay one
				rest := int64(-1)
				for p, first := range before {
					if first != before[x.a] || p == x.a {
						continue
					}
					if after[p] == after[x.a] || rest >= 0 && after[p] != rest {
						t.Fatalf("%+v: %v became %v", steps, before, after)
					}
					rest = after[p]
				}
			}
			if changed && x.what != "undo" && rapid.IntRange(0, 2).Draw(t, "at once") == 0 {
				u := step{what: "undo", a: int64(len(d.made) - 1)}
				d.do(t, u)
				steps = append(steps, u)
				if now := d.stories(t); fmt.Sprint(now) != fmt.Sprint(before) {
					t.Fatalf("%+v: taken back it is %v, before it was %v", steps, now, before)
				}
			}
		}
		end := fmt.Sprint(d.stories(t))
		var all []int64
		for p := range d.n {
			all = append(all, d.base+p)
		}
		for _, fresh := range []bool{false, true} {
			if err := s.Arrange(ctx, fresh, all...); err != nil {
				t.Fatal(err)
			}
			if now := fmt.Sprint(d.stories(t)); now != end {
				t.Fatalf("%+v: worked out again (%v) it is %s, not %s", steps, fresh, now, end)
			}
		}
		base += 1000
		again := &decided{s: s, base: base, gone: map[int64]bool{}}
		for _, x := range steps {
			again.do(t, x)
		}
		if now := fmt.Sprint(again.stories(t)); now != end {
			t.Fatalf("%+v: the second time it is %s, not %s", steps, now, end)
		}
	})
}

// TestSecondEditorIsTold: who decides about what somebody else has decided about since is refused; who decides about
// another story is not.
func TestSecondEditorIsTold(t *testing.T) { onBoth(t, testSecondEditorIsTold) }

func testSecondEditorIsTold(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	for p := range int64(6) {
		other := int64(0)
		if p == 1 || p == 2 || p == 5 {
			other = p + 9
		}
		if err := s.PlaceReport(ctx, 10+p, other, ""); err != nil {
			t.Fatal(err)
		}
	}
	seen, err := s.LastStoryDecision(ctx)
	if err != nil || seen != 0 {
		t.Fatal(seen, err)
	}
	n := 0
	part := func(a, b, seen int64) error {
		n++
		return s.Write(ctx, func(t *store.Tx) error {
			return t.PartStory(store.StoryDecision{ID: fmt.Sprint("d", n), Subject: a, Other: b, Member: "alfa", At: time.Unix(1, 0)}, seen)
		})
	}
	if err := part(11, 10, seen); err != nil {
		t.Fatal(err)
	}
	for _, p := range []int64{11, 12} {
		if err := part(p, 10, seen); !errors.Is(err, store.ErrStoryChanged) {
			t.Errorf("the second one at %d: %v", p, err)
		}
	}
	if err := part(15, 14, seen); err != nil {
		t.Errorf("another story: %v", err)
	}
	if err := part(11, 10, -1); fault.KindOf(err) != fault.Conflict {
		t.Errorf("what is so already: %v", err)
	}

	// What a later decision rests on is taken back by who saw that one only; what was taken back since is as it was seen.
	undo := func(of string, seen int64) error {
		n++
		return s.Write(ctx, func(t *store.Tx) error {
			_, err := t.UndoStoryDecision(store.StoryDecision{ID: fmt.Sprint("d", n), Member: "beta", At: time.Unix(2, 0)}, of, seen)
			return err
		})
	}
	parted, err := s.LastStoryDecision(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Write(ctx, func(t *store.Tx) error {
		return t.JoinStories(store.StoryDecision{ID: "joined", Subject: 11, Other: 14, Member: "alfa", At: time.Unix(1, 0)}, true, parted)
	}); err != nil {
		t.Fatal(err)
	}
	joined, err := s.LastStoryDecision(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := undo("d1", parted); !errors.Is(err, store.ErrStoryChanged) {
		t.Errorf("what the joining rests on: %v", err)
	}
	if err := undo("joined", joined); err != nil {
		t.Fatal(err)
	}
	if err := part(14, 11, joined); !errors.Is(err, store.ErrStoryChanged) {
		t.Errorf("who saw them joined: %v", err)
	}
	if err := undo("d1", parted); err != nil {
		t.Errorf("the joining was taken back: %v", err)
	}
}
