package story

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/lang"
)

// told is one report as a node takes it in: the texts of a release, or of a page.
type told struct {
	key   string
	at    time.Duration
	texts []Text
}

// play takes reports in as a node does: a report joins the story of the one that is nearest, if more than half of its texts
// are linked to it and at least half of that story agrees. It returns whose story each is in, by their places.
func play(tb testing.TB, all []told) []int {
	tb.Helper()
	l := NewLinker()
	of := map[string]int{}
	in := make([]int, len(all))
	members := map[int][]int{}
	for i, r := range all {
		type candidate struct {
			texts     int
			sum, best float64
			clash     bool
		}
		near := map[int]*candidate{}
		for _, p := range place(tb, l, r.texts...) {
			of[p.ID] = i
			best := map[int]float64{}
			for _, n := range p.Near {
				j, ok := of[n.ID]
				if !ok || j == i {
					continue
				}
				if near[j] == nil {
					near[j] = &candidate{}
				}
				near[j].clash = near[j].clash || n.Clash != ""
				best[j] = max(best[j], n.Score)
			}
			for j, s := range best {
				c := near[j]
				if c.best = max(c.best, s); s >= 0.5 {
					c.texts++
					c.sum += s
				}
			}
		}
		var with []int
		for j, c := range near {
			if 2*c.texts > len(r.texts) && !c.clash {
				with = append(with, j)
			}
		}
		slices.SortFunc(with, func(a, b int) int {
			if near[a].sum != near[b].sum && near[a].sum > near[b].sum || near[a].sum == near[b].sum && a < b {
				return -1
			}
			return 1
		})
		in[i] = i
		for _, j := range with {
			agree, clash := 0, false
			for _, m := range members[in[j]] {
				if c := near[m]; c != nil {
					clash = clash || c.clash
					if c.best >= 0.29 {
						agree++
					}
				}
			}
			if !clash && (len(members[in[j]]) < 3 || 2*agree >= len(members[in[j]])) {
				in[i] = in[j]
				break
			}
		}
		members[in[i]] = append(members[in[i]], i)
		var ids []string
		for _, m := range members[in[i]] {
			for _, x := range all[m].texts {
				ids = append(ids, x.ID)
			}
		}
		l.Gather(ids...)
	}
	return in
}

// The demonstration's reports: of what several members tell, what must come together; of the rest nothing may but what
// belongs to the same matter.
var (
	demoStories = [][]string{
		{"forum", "forum-headline", "zarkaram-forum", "nawa-roznama"},
		{"session-opening", "joint-statement"},
		{"quake-altinsu", "quake-cinarcay", "quake-nildasht", "quake-sabzwadi", "quake-toqsanbulaq"},
		{"crane-count", "ayene-rud"},
		{"session-pool", "commission-agenda"},
	}
	demoMatters = [][]string{
		{"forum", "forum-headline", "forum-contract", "forum-ecommerce", "zarkaram-forum", "nawa-roznama"},
		{"session-opening", "joint-statement", "session-next", "session-archive", "delta-observer"},
		{"quake-altinsu", "quake-cinarcay", "quake-nildasht", "quake-sabzwadi", "quake-toqsanbulaq", "quake-aid", "quake-aircraft", "quake-tents", "quake-solidarity"},
		{"crane-count", "ayene-rud"},
		{"session-pool", "commission-agenda"},
		{"border", "border-date", "border-road"},
		{"water", "five-texts", "water-canals", "water-hectares", "water-losses", "river-gauge"},
		{"carpet-museum", "handover-footage"}, {"sea-gate", "ferry-line"}, {"young-journalists", "young-photos"},
	}
)

func demonstration(tb testing.TB) []told {
	const dir = "../app/sample/data"
	base := time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)
	files, err := filepath.Glob(dir + "/releases/*.json")
	if err != nil || len(files) == 0 {
		tb.Fatal("the demonstration's releases are not there", err)
	}
	var all []told
	read := func(path string, into any) {
		b, err := os.ReadFile(path)
		if err == nil {
			err = json.Unmarshal(b, into)
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	add := func(key, at string, texts map[string]string) {
		after, err := time.ParseDuration(at)
		if err != nil {
			tb.Fatal(err)
		}
		r := told{key: key, at: after}
		for tag, text := range texts {
			r.texts = append(r.texts, Text{ID: key + "/" + tag, At: base.Add(after), Traits: ReadTraits(lang.Tag(tag), text, base.Add(after))})
		}
		slices.SortFunc(r.texts, func(a, b Text) int { return strings.Compare(a.ID, b.ID) })
		all = append(all, r)
	}
	for _, f := range files {
		var d struct {
			At    string
			Items []struct {
				Language, Headline string
				Body               []string
			}
		}
		read(f, &d)
		texts := map[string]string{}
		for _, it := range d.Items {
			texts[it.Language] = it.Headline + "\n" + strings.Join(it.Body, "\n")
		}
		add(strings.TrimSuffix(filepath.Base(f), ".json"), d.At, texts)
	}
	var captures []struct{ File, At string }
	read(dir+"/captures.json", &captures)
	for _, c := range captures {
		key, text := strings.CutSuffix(c.File, ".txt")
		b, err := os.ReadFile(dir + "/captures/" + c.File)
		if err != nil {
			tb.Fatal(err)
		}
		if text {
			add(key, c.At, map[string]string{string(lang.Detect(string(b), "").Tag): string(b)})
		}
	}
	slices.SortStableFunc(all, func(a, b told) int { return int(a.at - b.at) })
	return all
}

// TestDemonstration: on a wire of a hundred reports what several members tell comes together, and nothing else does.
func TestDemonstration(t *testing.T) {
	t.Parallel()
	all := demonstration(t)
	in := play(t, all)
	at := map[string]int{}
	for i, r := range all {
		at[r.key] = i
	}
	for _, s := range demoStories {
		for _, key := range s {
			if i, ok := at[key]; !ok || in[i] != in[at[s[0]]] {
				t.Errorf("%s is not in the story of %s (known: %v)", key, s[0], ok)
			}
		}
	}
	for i := range all {
		for j := range i {
			together := slices.ContainsFunc(demoMatters, func(m []string) bool { return slices.Contains(m, all[i].key) && slices.Contains(m, all[j].key) })
			if in[i] == in[j] && !together {
				t.Errorf("%s and %s are one story", all[i].key, all[j].key)
			}
		}
	}
}

// events reads testdata/events.tsv: reports and which event each is of.
func events(tb testing.TB) (all []told, of []string) {
	b, err := os.ReadFile("testdata/events.tsv")
	if err != nil {
		tb.Fatal(err)
	}
	base := time.Date(2026, 5, 4, 6, 0, 0, 0, time.UTC)
	type row struct {
		told
		event string
	}
	var rows []row
	for line := range strings.Lines(string(b)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) != 5 {
			tb.Fatalf("%q", line)
		}
		after, err := time.ParseDuration(f[1] + "h")
		if err != nil {
			tb.Fatal(err)
		}
		at := base.Add(after)
		key := f[0] + "/" + f[2]
		rows = append(rows, row{told{key, after, []Text{{ID: key, At: at, Traits: ReadTraits(lang.Tag(f[2]), f[3]+"\n"+f[4], at)}}}, f[0]})
	}
	slices.SortStableFunc(rows, func(a, b row) int { return int(a.at - b.at) })
	for _, r := range rows {
		all, of = append(all, r.told), append(of, r.event)
	}
	return all, of
}

// TestEvents: on an empty node, of reports that nothing was chosen on.
func TestEvents(t *testing.T) {
	t.Parallel()
	all, of := events(t)
	in := play(t, all)
	pairs, right, wrong := 0, 0, 0
	for i := range all {
		for j := range i {
			switch {
			case of[i] == of[j]:
				pairs++
				if in[i] == in[j] {
					right++
				} else {
					t.Logf("apart: %s, %s", all[j].key, all[i].key)
				}
			case in[i] == in[j]:
				wrong++
				t.Logf("together: %s, %s", all[j].key, all[i].key)
			}
		}
	}
	if right*100 < pairs*90 || wrong > 0 {
		t.Errorf("%d of %d together, %d wrongly", right, pairs, wrong)
	}
	t.Logf("%d reports of %d events: of %d pairs of one event %d are together, and %d pairs of two", len(all), len(slices.Compact(slices.Sorted(slices.Values(of)))), pairs, right, wrong)
}

// TestSamplesApart: the five samples alone on an empty node report five events; two of them forums, two in Kazakh.
func TestSamplesApart(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(os.Getenv("JARCHI_SHARED"), "samples", "*.txt"))
	if os.Getenv("JARCHI_SHARED") == "" || err != nil || len(files) == 0 {
		t.Skip("JARCHI_SHARED is not set: the samples are not here")
	}
	at := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	var all []told
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, told{f, 0, []Text{{ID: f, At: at, Traits: ReadTraits(lang.Detect(string(b), "").Tag, string(b), at)}}})
	}
	for i, s := range play(t, all) {
		if s != i {
			t.Errorf("%s and %s are one story", all[i].key, all[s].key)
		}
	}
}
