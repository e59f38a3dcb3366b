package intake

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// A line counts as furniture on three pages and thirty in a hundred of them; the same article sent again is one page.
func TestFurnitureOfAHost(t *testing.T) {
	t.Parallel()
	page := func(paras ...string) []LineKey { return Lines([]Article{{Paragraphs: paras}}) }
	body := func(i int) string {
		return fmt.Sprintf("The %s hall opened a bridge over the river today, and many people came to see it.", strings.Repeat("x", i+1))
	}
	var pages [][]LineKey
	for i := range 10 {
		lines := []string{body(i)}
		if i < 3 {
			lines = append(lines, "Our readers' club meets on Friday")
		}
		if i < 2 {
			lines = append(lines, "Special page on the bridge")
		}
		pages = append(pages, page(append(lines, fmt.Sprintf("%d hands went up", i*37))...))
	}
	known := Furniture(pages)
	for s, want := range map[string]bool{"Our readers' club meets on Friday": true, "OUR READERS’ CLUB meets on Friday": true, "Special page on the bridge": false,
		"4 hands went up": true, body(1): false} {
		if known[lineKey(s)] != want {
			t.Errorf("%q: known %v", s, !want)
		}
	}
	if Furniture(pages[:2]) != nil {
		t.Error("two pages tell nothing")
	}
	if got := Furniture(append(slices.Repeat([][]LineKey{pages[9]}, 60), pages[0], pages[1], pages[2])); got[lineKey("Our readers' club meets on Friday")] {
		t.Error("only the last fifty pages count")
	}
	again := page(body(1), body(2), body(3), body(4), "A line of this article only")
	if got := Furniture([][]LineKey{again, again, again, again, again}); got != nil {
		t.Errorf("an article sent five times is one page: %d lines known", len(got))
	}
	if n := len(Lines([]Article{{Paragraphs: strings.Split(strings.Repeat("a b c d\n", 9)+"x\ny\nz", "\n")}})); n != 4 {
		t.Errorf("%d lines of four kinds", n)
	}
	var many []string
	for i := range 1000 {
		many = append(many, strings.Repeat("ab", i%140)+string(rune('а'+i%30)))
	}
	if n := len(Lines([]Article{{Paragraphs: many}})); n != MemoryLines {
		t.Errorf("%d lines", n)
	}
}

// Of a site that has shown twelve pages, hardly a line of its furniture is left on the next, though no table knows it.
func TestLearnedFurniture(t *testing.T) {
	if raceEnabled || testing.Short() {
		t.Skip("thousands of pages are measured without the race detector only")
	}
	t.Parallel()
	lines, kept, learned, body, lost := 0, 0, 0, 0, 0
	for _, v := range vocabularies(t) {
		for host := range 4 {
			r := rand.New(rand.NewPCG(uint64(host), 7))
			var own []string // lines that no rule can know
			for i := range 5 {
				own = append(own, invented(r, v, i))
			}
			var pages [][]LineKey
			for n := range 14 {
				g := &generated{template: siteTemplates[1+host%4], first: v.mixed(r)}
				g.blocks = append(g.blocks, block{own[0], isFresh}, block{g.first.head, isHead})
				for k, p := range g.first.paras {
					if k == 1 {
						g.blocks = append(g.blocks, block{own[1], isFresh})
					}
					if k == 2 && n%2 == 0 {
						g.blocks = append(g.blocks, block{own[2], isFresh})
					}
					g.blocks = append(g.blocks, block{p, isBody})
				}
				g.blocks = append(g.blocks, block{own[3], isFresh}, block{own[4], isFresh})
				g.page(v, r)
				doc := g.doc
				doc.Known = Furniture(pages)
				articles, err := Read(doc, testNow)
				if err != nil {
					t.Fatal(err)
				}
				pages = slices.Insert(pages, 0, Lines(articles))
				if n < 12 {
					continue
				}
				var out []string
				for _, a := range articles {
					out = append(out, a.Paragraphs...)
				}
				for _, b := range g.blocks {
					switch in := slices.ContainsFunc(out, func(s string) bool { return same(s, b.text) }); {
					case b.role == isFresh:
						lines++
						if in {
							kept++
						} else if doc.Known[lineKey(b.text)] {
							learned++
						}
					case b.role == isBody:
						if body++; !in {
							t.Logf("lost in %s: %s", v.lang, b.text)
							lost++
						}
					}
				}
			}
		}
	}
	t.Logf("furniture of known sites: %d lines, kept %.2f %%, %.1f %% known by what the site repeats; body lines lost %.2f %% of %d", lines, percent(kept, lines), percent(learned, lines), percent(lost, body), body)
	if percent(kept, lines) > 1 || percent(lost, body) > 0.2 {
		t.Error("more than 1 % kept or more than 0.2 % lost")
	}
}

// mixed is a story of sentences of all topics in pairs, so that no two are alike.
func (v vocabulary) mixed(r *rand.Rand) story {
	s := v.story(r, r.IntN(4))
	var all []string
	for _, t := range v.topics {
		for _, p := range t[1:] {
			for _, sentence := range strings.SplitAfter(v.fill(r, p), endOf(v)) {
				if strings.TrimSpace(sentence) != "" {
					all = append(all, strings.TrimSpace(sentence))
				}
			}
		}
	}
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	for i := range s.paras {
		s.paras[i] = strings.Join(all[3*i:3*i+3], " ")
	}
	return s
}

func endOf(v vocabulary) string {
	return map[lang.Tag]string{lang.ZH: "。", lang.UR: "۔ "}[v.lang] + map[bool]string{true: ". "}[v.lang != lang.ZH && v.lang != lang.UR]
}

// invented is a line of furniture that no table can know: words of the language in no order, with or without a full stop.
func invented(r *rand.Rand, v vocabulary, i int) string {
	var all []string
	for _, t := range v.topics {
		for _, p := range t[1:] {
			if v.lang == "zh" {
				rs := []rune(p)
				at := r.IntN(len(rs) - 4)
				all = append(all, string(rs[at:at+4]))
				continue
			}
			all = append(all, strings.Fields(strings.Trim(p, ".。۔"))...)
		}
	}
	var out []string
	for range 4 + r.IntN(4) {
		out = append(out, strings.Trim(all[r.IntN(len(all))], ".,،۔。，{}npa"))
	}
	s := strings.Join(out, " ")
	if v.lang == "zh" {
		s = strings.Join(out, "")
	}
	if i%2 == 1 {
		s += "."
	}
	return s
}
