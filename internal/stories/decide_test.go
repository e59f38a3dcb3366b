package stories_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/stories"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

// TestMachineObeys: what an editor parted is not brought together by a later text, by other words or by another process;
// what she joined stays joined; both are taken back.
func TestMachineObeys(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.noise(t)
	alfa := testkit.Viewer("alfa")
	w := stories.Who{Viewer: alfa, By: "u"}
	first := n.report(t, "alfa", nil, lang.RU)
	second := n.report(t, "beta", nil, lang.EN)
	n.settle(t)
	one, err := n.stories.Story(ctx, alfa, string(first.ID))
	if err != nil || len(one.Reports) != 2 || len(one.Because) != 1 || one.Because[0].Language != lang.EN || len(one.Because[0].All) < 4 {
		t.Fatalf("%+v, %v", one, err)
	}
	parted, err := n.stories.Part(ctx, w, stories.Saying{Report: string(second.ID), Reason: "Another meeting", Seen: one.Seen})
	if err != nil || parted.Member != "alfa" || parted.Reason != "Another meeting" {
		t.Fatalf("%+v, %v", parted, err)
	}
	apart := func(n *node, when string) {
		t.Helper()
		for _, s := range n.list(t, alfa) {
			has := 0
			for _, r := range s.Reports {
				if r.Release != nil && (r.Release.ID == first.ID || r.Release.ID == second.ID) {
					has++
				}
			}
			if has > 1 {
				t.Fatalf("%s they are together", when)
			}
		}
	}
	apart(n, "parted")
	third := n.report(t, "beta", nil, lang.TR) // near to both
	copied := n.capture(t, "portal", summit[lang.EN][0]+"\n\n"+summit[lang.EN][1])
	n.settle(t)
	apart(n, "after others came")
	if got := n.list(t, alfa); len(got) == 0 {
		t.Error("the others joined neither of the two")
	}
	again := n.reopen(t)
	ch := wire.Changes{Content: map[wire.ItemID]wire.Content{second.Items[0].ID: {Headline: summit[lang.EN][0], Body: []string{summit[lang.EN][1], "It goes on."}}}}
	if _, err := again.Publish.Update(ctx, testkit.Viewer("beta"), second.ID, ch, nil); err != nil {
		t.Fatal(err)
	}
	again.settle(t)
	apart(again, "with other words, in another process")

	// Only who may decide, about what she may read.
	for name, x := range map[string]struct {
		w    stories.Who
		say  stories.Saying
		want fault.Kind
	}{
		"a stranger about a capture": {stories.Who{}, stories.Saying{Report: string(copied), Other: string(first.ID)}, fault.NotFound},
		"a stranger":                 {stories.Who{}, stories.Saying{Report: string(third.ID), Other: string(first.ID)}, fault.NotAllowed},
		"a reporter":                 {stories.Who{Viewer: access.Viewer{Member: "alfa", Scopes: []access.Scope{access.Read, access.ReadClosed, access.DraftScope}}}, stories.Saying{Report: string(third.ID), Other: string(first.ID)}, fault.NotAllowed},
		"with itself":                {w, stories.Saying{Report: string(third.ID), Other: string(third.ID)}, fault.Invalid},
		"with what is not there":     {w, stories.Saying{Report: string(third.ID), Other: "x"}, fault.NotFound},
		"a long reason":              {w, stories.Saying{Report: string(first.ID), Other: string(second.ID), Reason: strings.Repeat("x", 301)}, fault.Invalid},
		"seen that was not made":     {w, stories.Saying{Report: string(first.ID), Other: string(second.ID), Seen: "7"}, fault.Invalid},
		"seen before":                {w, stories.Saying{Report: string(first.ID), Other: string(second.ID), Seen: one.Seen}, fault.Conflict},
	} {
		if _, err := again.stories.Join(ctx, x.w, x.say); fault.KindOf(err) != x.want || err == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	joined, err := again.stories.Join(ctx, w, stories.Saying{Report: string(second.ID), Other: string(first.ID), Reason: " one\x07\nevent "})
	if err != nil || joined.Reason != "one event" {
		t.Fatal(joined.Reason, err)
	}
	if one, err := again.stories.Story(ctx, alfa, string(second.ID)); err != nil || len(one.Reports) != 4 || len(one.Decisions) != 2 || len(one.Because) < 3 {
		t.Errorf("joined: %+v, %v", one, err)
	}
	for _, id := range []string{joined.ID, parted.ID} {
		if d, err := again.stories.Undo(ctx, w, id, ""); err != nil || d.Undone == nil {
			t.Error(d, err)
		}
	}
	if one, err := again.stories.Story(ctx, alfa, string(second.ID)); err != nil || len(one.Reports) != 4 || one.Decisions[0].Undone == nil || one.Decisions[1].Undone == nil {
		t.Errorf("as the machine linked them: %+v, %v", one, err)
	}
}

// TestDecisionsKeepNothing: of a report that is withdrawn or erased no word is left in what was decided or told of it.
func TestDecisionsKeepNothing(t *testing.T) {
	t.Parallel()
	testkit.OnFile(t, "what decisions leave in the file")
	n := open(t)
	n.noise(t)
	w := stories.Who{Viewer: testkit.Viewer("alfa"), By: "u"}
	first := n.report(t, "alfa", nil, lang.RU)
	second := n.report(t, "beta", nil, lang.EN)
	n.settle(t)
	if _, err := n.stories.Part(ctx, w, stories.Saying{Report: string(second.ID), Reason: "Zwiebelturm Yereymentau"}); err != nil {
		t.Fatal(err)
	}
	if _, err := n.Publish.Erase(ctx, testkit.Viewer("beta"), second.ID, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := n.Publish.Withdraw(ctx, testkit.Viewer("alfa"), first.ID, "It was wrong.", nil); err != nil {
		t.Fatal(err)
	}
	n.settle(t)
	if got := n.list(t, w.Viewer); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	again := n.reopen(t) // what lay in the log of the database is written
	again.Close()
	files, err := filepath.Glob(filepath.Join(n.Dir, "jarchi.db*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"Zwiebelturm", "Yereymentau", "Ерейментау"} {
			if strings.Contains(string(b), word) {
				t.Errorf("%s has %q", filepath.Base(f), word)
			}
		}
	}
}

// events are what random texts tell of: each has names and numbers of its own, in two languages.
func eventText(event int, tag lang.Tag) [2]string {
	towns := []string{"Yereymentau", "Shalkar", "Kegen", "Arys"}
	men := []string{"Daniyar Tolegenov", "Marat Bekzhanov", "Sabina Orazova", "Timur Alshynov"}
	a, b := 300+event*137, 40+event*11
	if tag == lang.TR {
		return [2]string{fmt.Sprintf("%s'da %d türbin", towns[event], b), fmt.Sprintf("%s, %d Haziran 2026. Yetkili %s, %s'da %d türbin kurulacağını ve %d milyon dolar harcanacağını söyledi.", towns[event], 3+event*6, men[event], towns[event], b, a)}
	}
	return [2]string{fmt.Sprintf("%d turbines at %s", b, towns[event]), fmt.Sprintf("%s, %d June 2026. The official %s said that %d turbines would stand at %s and that %d million dollars would be spent.", towns[event], 3+event*6, men[event], b, towns[event], a)}
}

// TestSameAgain: the same arrivals and decisions give the same stories on another node, whether or not its process began
// anew in between, and every decision that was not overruled or taken back holds all the while.
func TestSameAgain(t *testing.T) {
	t.Parallel()
	type step struct {
		what    string
		a, b    int
		restart bool
	}
	sequences := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) step {
		return step{rapid.SampledFrom([]string{"come", "come", "join", "part", "undo"}).Draw(t, "what"), rapid.IntRange(0, 20).Draw(t, "a"), rapid.IntRange(0, 20).Draw(t, "b"), rapid.IntRange(0, 4).Draw(t, "restart") == 0}
	}), 8, 14)
	for i := range 4 { // each is a whole node three times
		steps := []step{{"come", 0, 0, false}, {"come", 0, 1, false}, {"come", 1, 0, false}}
		steps = append(steps, sequences.Example(i)...)
		play := func(restarts bool) string {
			n := open(t)
			w := stories.Who{Viewer: testkit.Viewer("alfa")}
			var ids []string
			var made []stories.Decision
			var standing []stories.Decision // the latest last
			story := func(id string) (of []string) {
				one, err := n.stories.Story(ctx, w.Viewer, id)
				if err != nil && fault.KindOf(err) != fault.NotFound {
					t.Fatal(err)
				}
				for _, r := range one.Reports {
					of = append(of, string(r.Release.ID))
				}
				return of
			}
			for _, x := range steps {
				switch x.what {
				case "come":
					tag := []lang.Tag{lang.EN, lang.TR}[x.b%2]
					in := testkit.Input(map[lang.Tag][2]string{tag: eventText(x.a%4, tag)})
					in.Issuers = []wire.MemberID{[]wire.MemberID{"alfa", "beta"}[x.b%2]}
					r, err := n.Publish.Create(ctx, testkit.Viewer(in.Issuers[0]), in)
					if err != nil {
						t.Fatal(err)
					}
					ids = append(ids, string(r.ID))
					n.settle(t)
				case "undo":
					if len(made) == 0 {
						continue
					}
					d := made[x.a%len(made)]
					if _, err := n.stories.Undo(ctx, w, d.ID, ""); err != nil && fault.KindOf(err) != fault.Conflict {
						t.Fatal(err)
					}
					standing = slices.DeleteFunc(standing, func(o stories.Decision) bool { return o.ID == d.ID })
				default:
					x.a, x.b = x.a%len(ids), x.b%len(ids)
					say, decide := stories.Saying{Report: ids[x.a], Other: ids[x.b]}, n.stories.Join
					if x.what == "part" {
						decide = n.stories.Part
					}
					if x.a == x.b {
						continue
					}
					d, err := decide(ctx, w, say)
					if err != nil && fault.KindOf(err) != fault.Conflict {
						t.Fatal(err)
					}
					if err == nil {
						made, standing = append(made, d), append(standing, d)
					}
				}
				if x.restart && restarts {
					n = n.reopen(t)
				}
				if len(standing) > 0 { // the latest word is not overruled by anything
					d := standing[len(standing)-1]
					together := slices.Contains(story(string(d.Report.Release.ID)), string(d.Other.Release.ID))
					if together != (d.Kind != "part") {
						t.Fatalf("%+v: %s does not hold", steps, d.Kind)
					}
				}
			}
			number := map[string]int{}
			for i, id := range ids {
				number[id] = i
			}
			out := ""
			for i, id := range ids {
				of := []int{}
				for _, o := range story(id) {
					of = append(of, number[o])
				}
				slices.Sort(of)
				out += fmt.Sprintln(i, of)
			}
			n.Close()
			return out
		}
		once, again, restarted := play(false), play(false), play(true)
		if once != again || once != restarted {
			t.Fatalf("%+v:\n%s\n%s\n%s", steps, once, again, restarted)
		}
	}
}
