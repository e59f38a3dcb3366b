package intake

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// piece is one article of a shape that tempts to take it apart: an interview, an article with subheadings, a law, a report
// with several datelines, a live report, a list with headings.
type piece struct {
	lang   lang.Tag
	kind   string
	blocks []block
}

const isSubhead, isQuestion, isNoLead = "subhead", "question", "no lead"

func wholes(t testing.TB, dir string) (out []piece) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", dir, "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	sort.Strings(files)
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for row := range strings.Lines(string(raw)) {
			key, rest, _ := strings.Cut(strings.TrimSpace(row), ": ")
			if key == "kind" {
				out = append(out, piece{lang: lang.Tag(strings.TrimSuffix(filepath.Base(f), ".txt")), kind: rest})
				continue
			}
			w := &out[len(out)-1]
			w.blocks = append(w.blocks, block{rest, map[string]string{"H": isHead, "P": isBody, "S": isSubhead, "Q": isQuestion}[key]})
		}
	}
	return out
}

// pageOf puts a whole article into a template, with furniture of the vocabulary between its parts; behind it, if next is given, another
// article behind a lead of the kind how: isSeenLead, isFreshLead, isSeen (furniture only) or isNoLead.
func (v vocabulary) pageOf(r *rand.Rand, w piece, template, how string, next *story) *generated {
	g := &generated{template: template, first: story{head: w.blocks[0].text}, subhead: []string{"h1", "h2", "h3", "h4", "p><b", "p><strong", "p"}[r.IntN(7)]}
	furn := func() {
		set := r.IntN(3)
		list := v.furniture[set]
		g.blocks = append(g.blocks, block{v.fill(r, list[r.IntN(len(list))]), []string{isSeen, isFresh, isLater}[set]})
	}
	for i, b := range w.blocks {
		if i > 2 && r.IntN(6) == 0 && template != "text" {
			furn()
		}
		g.blocks = append(g.blocks, b)
		if b.role != isHead {
			g.first.paras = append(g.first.paras, b.text)
		} else if r.IntN(2) == 0 {
			g.blocks = append(g.blocks, block{v.published[r.IntN(2)] + " 12.06.2026 14:30", isField})
		}
	}
	if next != nil {
		g.second = next
		if r.IntN(3) == 0 {
			g.next = "h1"
		}
		g.apart = r.IntN(4) == 0
		switch how {
		case isSeenLead:
			g.blocks = append(g.blocks, block{v.lead[0], isSeenLead})
		case isFreshLead:
			g.blocks = append(g.blocks, block{v.lead[1], isFreshLead})
			g.held = 1
		case isSeen:
			furn()
		}
		g.blocks = append(g.blocks, block{next.head, isSecondHead})
		if r.IntN(5) == 0 {
			g.blocks = append(g.blocks, block{[]string{v.published[r.IntN(2)] + " 12.06.2026 14:30", v.byline[r.IntN(2)]}[r.IntN(2)], isField})
		}
		if r.IntN(3) == 0 {
			next.paras = slices.Clone(next.paras)
			next.paras[0] = joinDateline(v.fill(r, v.dateline[r.IntN(2)]), next.paras[0], v.lang)
		}
		for _, p := range next.paras {
			g.blocks = append(g.blocks, block{p, isSecond})
		}
	}
	for range 1 + r.IntN(3) {
		furn()
	}
	g.page(v, r)
	return g
}

// Single articles of shapes that tempt to take them apart stay whole.
func TestWholeArticles(t *testing.T) {
	if raceEnabled || testing.Short() {
		t.Skip("hundreds of pages are measured without the race detector only")
	}
	t.Parallel()
	split, of := map[string]int{}, map[string]int{}
	for _, w := range wholes(t, "whole") {
		v := vocabularyOf(t, w.lang)
		for n, template := range siteTemplates {
			for i := range 2 {
				r := rand.New(rand.NewPCG(uint64(n), uint64(i)<<16+uint64(w.kind[0])<<8+uint64(w.lang[0])))
				g := v.pageOf(r, w, template, "", nil)
				articles, err := Read(g.doc, testNow)
				if err != nil {
					t.Fatal(err)
				}
				for _, key := range []string{w.kind, string(w.lang), "all"} {
					of[key]++
					if len(articles) > 1 {
						split[key]++
					}
				}
				if len(articles) > 1 && testing.Verbose() {
					t.Logf("%s %s %s: %q", w.lang, w.kind, template, articles[1].Headline)
				}
			}
		}
	}
	for _, key := range slices.Sorted(keysOf(of)) {
		t.Logf("%s: %d of %d taken apart", key, split[key], of[key])
	}
	if split["all"]*100 > of["all"] {
		t.Error("more than one in a hundred is taken apart")
	}
}

func keysOf[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func vocabularyOf(t testing.TB, tag lang.Tag) vocabulary {
	for _, v := range vocabularies(t) {
		if v.lang == tag {
			return v
		}
	}
	t.Fatalf("no vocabulary of %s", tag)
	return vocabulary{}
}
