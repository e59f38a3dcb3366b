package story

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/lang"
)

var sixteen = []lang.Tag{"kk", "uz", "ky", "tg", "tk", "az", "tr", "fa", "prs", "ur", "ru", "ar", "mn", "en", "zh", "ko"}

// parallel reads the development documents of a language: sentences by document.
func parallel(t testing.TB, tag lang.Tag) (ids []string, docs map[string][]string) {
	dir := os.Getenv("JARCHI_SHARED")
	if dir == "" {
		t.Skip("JARCHI_SHARED is not set: the parallel documents are not here")
	}
	b, err := os.ReadFile(filepath.Join(dir, "data", "ntrex-dev", string(tag)+".tsv"))
	if err != nil {
		t.Skip(err)
	}
	docs = map[string][]string{}
	for _, line := range strings.Split(strings.TrimSpace(string(b)), "\n") {
		id, s, _ := strings.Cut(line, "\t")
		if docs[id] == nil {
			ids = append(ids, id)
		}
		docs[id] = append(docs[id], s)
	}
	return ids, docs
}

// views of a document: what of its sentences stands on the left and on the right of a comparison.
var views = []struct {
	name        string
	left, right func([]string) []string
	min         int
}{
	{"full", whole, whole, 1},
	{"lede", func(s []string) []string { return s[:min(3, len(s))] }, func(s []string) []string { return s[:min(3, len(s))] }, 1},
	{"halves", func(s []string) []string { return every(s, 0) }, func(s []string) []string { return every(s, 1) }, 6},
}

func whole(s []string) []string { return s }
func every(s []string, at int) (out []string) {
	for i := at; i < len(s); i += 2 {
		out = append(out, s[i])
	}
	return out
}

// outcome is what came of one text: whether its partner was found first, with what score, and the best score of
// another text when the partner is away.
type outcome struct {
	right        bool
	score, wrong float64
}

// across places the left views of one language and the right views of another and looks at what is nearest to each
// left one among the right ones.
func across(tb testing.TB, a, b []Traits) []outcome {
	l := NewLinker()
	var texts []Text
	for i, t := range append(slices.Clone(a), b...) {
		texts = append(texts, Text{ID: fmt.Sprint(i), Traits: t})
	}
	if _, err := l.Place(0, texts...); err != nil {
		tb.Fatal(err)
	}
	x := l.x
	for i := range x.docs {
		x.docs[i].story = uint32(i) // each by itself: the partner is an other to nobody else
	}
	n := len(a)
	var out []outcome
	for i := range n {
		self, partner := uint32(i), uint32(i+n)
		hits := x.search(texts[i].Traits, self, x.docs[n].lang, perLanguage)
		hits = slices.DeleteFunc(hits, func(h hit) bool { return int(h.doc) < n })
		var o outcome
		if f := x.neighbourhood(hits, self); len(f) > 0 {
			o.right, o.score = f[0].doc == partner, f[0].score
		}
		x.docs[partner].story = self // of its own story, it is no other
		hits = slices.DeleteFunc(hits, func(h hit) bool { return h.doc == partner })
		if f := x.neighbourhood(hits, self); len(f) > 0 {
			o.wrong = f[0].score
		}
		x.docs[partner].story = partner
		out = append(out, o)
	}
	return out
}

func TestMeasureLinks(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	half := os.Getenv("HALF")
	type key struct{ l, v int }
	texts := map[key][][2]Traits{}
	start := time.Now()
	for li, tag := range sixteen {
		ids, docs := parallel(t, tag)
		for vi, v := range views {
			for n, id := range ids {
				if half == "0" && n%2 == 1 || half == "1" && n%2 == 0 || len(docs[id]) < v.min {
					continue
				}
				texts[key{li, vi}] = append(texts[key{li, vi}], [2]Traits{
					ReadTraits(tag, strings.Join(v.left(docs[id]), "\n"), time.Time{}),
					ReadTraits(tag, strings.Join(v.right(docs[id]), "\n"), time.Time{})})
			}
		}
	}
	t.Logf("read in %v", time.Since(start))
	for vi, v := range views {
		type row struct {
			pair   string
			right  float64
			linked float64
		}
		var all []outcome
		var rows []row
		byPair := map[string][]outcome{}
		perLang := map[lang.Tag][]float64{}
		for i := range sixteen {
			for j := range sixteen {
				if i == j {
					continue
				}
				var a, b []Traits
				for _, d := range texts[key{i, vi}] {
					a = append(a, d[0])
				}
				for _, d := range texts[key{j, vi}] {
					b = append(b, d[1])
				}
				o := across(t, a, b)
				all = append(all, o...)
				byPair[string(sixteen[i]+"-"+sixteen[j])] = o
			}
		}
		var wrong []float64
		for _, o := range all {
			wrong = append(wrong, o.wrong)
		}
		sort.Float64s(wrong)
		th := wrong[len(wrong)*98/100]
		var r1, r2 float64
		for p, o := range byPair {
			r := row{pair: p}
			for _, x := range o {
				if x.right {
					r.right += 100 / float64(len(o))
					if x.score > th {
						r.linked += 100 / float64(len(o))
					}
				}
			}
			rows = append(rows, r)
			r1 += r.right / float64(len(byPair))
			r2 += r.linked / float64(len(byPair))
			for _, l := range strings.Split(p, "-") {
				perLang[lang.Tag(l)] = append(perLang[lang.Tag(l)], r.right, r.linked)
			}
		}
		sort.Slice(rows, func(i, j int) bool { return rows[i].right < rows[j].right })
		t.Logf("%-6s recall@1 %.1f  linked at 2%% %.1f  threshold %.2f  (%d docs)", v.name, r1, r2, th, len(texts[key{0, vi}]))
		var line strings.Builder
		for _, r := range rows[:12] {
			fmt.Fprintf(&line, "%s %.0f/%.0f  ", r.pair, r.right, r.linked)
		}
		t.Log("  worst:", line.String())
		line.Reset()
		for _, l := range sixteen {
			var s, s2 float64
			for i := 0; i < len(perLang[l]); i += 2 {
				s += perLang[l][i] * 2 / float64(len(perLang[l]))
				s2 += perLang[l][i+1] * 2 / float64(len(perLang[l]))
			}
			fmt.Fprintf(&line, "%s %.0f/%.0f  ", l, s, s2)
		}
		t.Log("  by language:", line.String())
	}
}
