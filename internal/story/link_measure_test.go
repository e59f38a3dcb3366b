package story

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
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
// left one among the right ones. A wire of fewer texts than few is taken for a small one.
func across(tb testing.TB, a, b []Traits, few int) []outcome {
	l := NewLinker()
	l.x.fewTexts = few
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
		x.ask(texts[i].Traits)
		own := x.rarities(texts[i].Traits, x.docs[i].lang)
		hits := x.search(texts[i].Traits, own, self, x.docs[n].lang, perLanguage)
		hits = slices.DeleteFunc(hits, func(h hit) bool { return int(h.doc) < n })
		var o outcome
		if f := x.neighbourhood(hits, self, texts[i].Traits, own); len(f) > 0 {
			o.right, o.score = f[0].doc == partner, f[0].score
		}
		x.docs[partner].story = self // of its own story, it is no other
		hits = slices.DeleteFunc(hits, func(h hit) bool { return h.doc == partner })
		if f := x.neighbourhood(hits, self, texts[i].Traits, own); len(f) > 0 {
			o.wrong = f[0].score
		}
		x.docs[partner].story = partner
		out = append(out, o)
	}
	return out
}

// TestMeasureLinks prints what is reached on parallel documents: the nearest document of another language, and how many
// true links are left by the threshold that lets two texts in a hundred be linked wrongly when their partner is away, one
// threshold for all pairs. No pair of languages lies more than ten below the mean. With -v all sixteen languages, and the half of the documents on which nothing was chosen;
// otherwise six, and only what must hold.
func TestMeasureLinks(t *testing.T) {
	if testing.Short() {
		t.Skip("it reads some thousand documents")
	}
	langs := sixteen
	if !testing.Verbose() {
		langs = []lang.Tag{lang.KK, lang.UZ, lang.RU, lang.UR, lang.EN, lang.ZH}
	}
	texts := make([][][][2]Traits, len(views)) // view, language, document
	for vi, v := range views {
		for _, tag := range langs {
			ids, docs := parallel(t, tag)
			var of [][2]Traits
			for _, id := range ids {
				if len(docs[id]) >= v.min {
					of = append(of, [2]Traits{ReadTraits(tag, strings.Join(v.left(docs[id]), "\n"), time.Time{}),
						ReadTraits(tag, strings.Join(v.right(docs[id]), "\n"), time.Time{})})
				}
			}
			texts[vi] = append(texts[vi], of)
		}
	}
	least := [][2]float64{{98, 82}, {95, 70}, {75, 40}}
	for vi, v := range views {
		right, linked, below := logPairs(t, langs, v.name, "all documents", texts[vi], 1)
		if below > 0 {
			t.Errorf("%s: %d pairs of languages lie more than ten below the mean of all", v.name, below)
		}
		if right < least[vi][0] || linked < least[vi][1] {
			t.Errorf("%s: %.1f found and %.1f linked, at least %.0f and %.0f wanted", v.name, right, linked, least[vi][0], least[vi][1])
		}
		if testing.Verbose() {
			var half [][][2]Traits
			for _, of := range texts[vi] {
				var kept [][2]Traits
				for i, d := range of {
					if i%2 == 1 {
						kept = append(kept, d)
					}
				}
				half = append(half, kept)
			}
			if _, _, below := logPairs(t, langs, v.name, "the half that chose nothing", half, 1); below > 0 {
				t.Errorf("%s, the half that chose nothing: %d pairs of languages lie more than ten below the mean of all", v.name, below)
			}
			logPairs(t, langs, v.name, "the half that chose nothing, as a small wire", half, fewTexts)
		}
	}
}

// logPairs compares all pairs of languages in one view and logs what came of it, in hundredths.
func logPairs(t *testing.T, langs []lang.Tag, view, which string, texts [][][2]Traits, few int) (right, linked float64, below int) {
	type pairing struct {
		name          string
		outcomes      []outcome
		right, linked float64
	}
	var pairs []*pairing
	var wrong []float64
	for i := range langs {
		for j := range langs {
			if i == j {
				continue
			}
			var a, b []Traits
			for n := range texts[i] {
				a, b = append(a, texts[i][n][0]), append(b, texts[j][n][1])
			}
			p := &pairing{name: string(langs[i] + "-" + langs[j]), outcomes: across(t, a, b, few)}
			for _, o := range p.outcomes {
				wrong = append(wrong, o.wrong)
			}
			pairs = append(pairs, p)
		}
	}
	slices.Sort(wrong)
	threshold, share := wrong[len(wrong)*98/100], 2.0
	if few > 1 { // as it is in use
		threshold = Threshold
		at, _ := slices.BinarySearch(wrong, threshold)
		share = 100 * float64(len(wrong)-at) / float64(len(wrong))
	}
	by := map[string][2]float64{}
	for _, p := range pairs {
		share := 100 / float64(len(p.outcomes))
		for _, o := range p.outcomes {
			if o.right {
				p.right += share
				if o.score > threshold {
					p.linked += share
				}
			}
		}
		right += p.right / float64(len(pairs))
		linked += p.linked / float64(len(pairs))
		for _, l := range strings.Split(p.name, "-") {
			sum := by[l]
			by[l] = [2]float64{sum[0] + p.right, sum[1] + p.linked}
		}
	}
	slices.SortFunc(pairs, func(a, b *pairing) int { return cmp.Compare(a.right, b.right) })
	t.Logf("%s, %s: nearest right %.1f; linked %.1f at %.1f in 100 wrong (beyond %.2f)", view, which, right, linked, share, threshold)
	var line strings.Builder
	for n, p := range pairs {
		if p.right < right-10 {
			below++
		}
		if n < 8 {
			fmt.Fprintf(&line, " %s %.0f", p.name, p.right)
		}
	}
	t.Logf("  the lowest:%s; %d of %d pairs more than ten below the mean", line.String(), below, len(pairs))
	line.Reset()
	for _, l := range langs {
		n := float64(2 * (len(langs) - 1))
		fmt.Fprintf(&line, " %s %.0f/%.0f", l, by[string(l)][0]/n, by[string(l)][1]/n)
	}
	t.Logf("  by language:%s", line.String())
	return right, linked, below
}
