package intake

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// fitted are the languages whose invented pages the weights of the signs were fitted to; the others only measure them.
var fitted = []lang.Tag{lang.AR, lang.AZ, lang.EN, lang.KK, lang.MN, lang.TK, lang.UR, lang.ZH}

// sample is a line that could be a headline, its signs and whether it is one.
type sample struct {
	kind string
	x    [signs]float64
	is   bool
}

// samples gathers the candidates of a page without taking it apart.
func (g *generated) samples(t *testing.T, kind string) (out []sample) {
	t.Helper()
	root, err := parse(string(g.doc.Bytes))
	p := &page{}
	if g.template == "text" {
		if p.lines, _, err = splitLines(rawText(g.doc)); err == nil {
			p.lines = unwrap(marked(p.lines), 20)
		}
	} else if err == nil {
		p, err = readTree(root, g.doc)
	}
	if err != nil {
		t.Fatal(err)
	}
	lines, _ := p.classes(newDater(p.language, testNow))
	s := splitter{p: p, lines: lines, stems: map[int][]uint64{}}
	last, texts := -1, 0
	for i := range lines {
		if !s.text(i) {
			continue
		}
		lead := slices.ContainsFunc(g.blocks, func(b block) bool { return b.role == isFreshLead && same(lines[i].text, b.text) })
		if texts >= 3 && s.candidate(0, i) && !lead {
			if x, ok := s.weigh(0, last, i); ok {
				out = append(out, sample{kind, x, g.second != nil && same(lines[i].text, g.second.head)})
			}
		}
		last = i
		texts++
	}
	return out
}

// training are pages of a language: articles that tempt to take them apart alone and before another article, behind a known lead, an
// unknown one, a line of the frame, none; single articles with paragraphs that lost their end and with teasers in the middle.
func training(t *testing.T, v vocabulary, all []piece) (out []sample) {
	for n, template := range siteTemplates {
		if template == "comments" {
			continue
		}
		for i := range 16 {
			r := rand.New(rand.NewPCG(uint64(n), uint64(i)<<16+uint64(v.lang[0])<<8+uint64(v.lang[1])))
			topic := r.IntN(4)
			s := v.story(r, topic)
			first := piece{lang: v.lang, blocks: []block{{s.head, isHead}}}
			for _, p := range s.paras {
				first.blocks = append(first.blocks, block{p, isBody})
			}
			if len(all) > 0 && i%2 == 0 {
				first = all[r.IntN(len(all))]
			}
			next := v.story(r, topic+1+r.IntN(3))
			how := []string{isSeenLead, isFreshLead, isSeen, isNoLead}[i/2%4]
			out = append(out, v.pageOf(r, first, template, how, &next).samples(t, how)...)
			out = append(out, v.pageOf(r, first, template, "", nil).samples(t, "one article")...)

			torn := piece{lang: v.lang, blocks: slices.Clone(first.blocks)}
			at := 2 + r.IntN(len(torn.blocks)-2)
			line := block{next.head, isLink}
			if cut, rest, ok := strings.Cut(torn.blocks[at].text, endOf(v)); ok && i%3 > 0 && torn.blocks[at].role == isBody && rest != "" {
				line, torn.blocks[at].text = block{cut, isBody}, rest
			} else {
				line.role = isBody
			}
			torn.blocks = slices.Insert(torn.blocks, at, line)
			if i%4 == 0 {
				torn.blocks = slices.Insert(torn.blocks, at, block{v.furniture[later][r.IntN(9)], isLater})
			}
			out = append(out, v.pageOf(r, torn, template, "", nil).samples(t, "one article with torn lines")...)
		}
	}
	return out
}

// The weights in use find the headlines of further articles of the languages that they were not fitted to, and hardly a line of single
// articles. -v shows besides what logistic regression gives, a false headline counting five times: the weights in use are those, rounded,
// with more for what breaks a text off (known and unknown leads, the frame) and for what subheadings show (their looks, the title's words),
// because invented texts have too little of these.
func TestWeightsOfSigns(t *testing.T) {
	if raceEnabled || testing.Short() {
		t.Skip("thousands of pages are measured without the race detector only")
	}
	t.Parallel()
	all := wholes(t, "whole")
	var train []sample
	count := map[string][2]int{}
	for _, v := range vocabularies(t) {
		var mine []piece
		for _, w := range all {
			if w.lang == v.lang {
				mine = append(mine, w)
			}
		}
		half := "others"
		if slices.Contains(fitted, v.lang) {
			half = "fitted"
		} else if !testing.Verbose() && v.lang != lang.RU {
			continue // the whole is a measure, a part of it a test
		}
		if half == "fitted" && !testing.Verbose() {
			continue
		}
		for _, s := range training(t, v, mine) {
			if half == "fitted" {
				train = append(train, s)
			}
			key := half + ": headline behind " + s.kind
			if !s.is {
				key = half + ": other line, " + s.kind
			}
			c := count[key]
			c[1]++
			if sum(s.x) >= newArticle {
				c[0]++
			}
			count[key] = c
		}
	}
	for _, k := range slices.Sorted(keysOf(count)) {
		t.Logf("%s: %d of %d taken for a new article", k, count[k][0], count[k][1])
		if strings.Contains(k, "other line, one") && count[k][0]*50 > count[k][1] {
			t.Errorf("%s: more than two in a hundred", k)
		}
	}
	if len(train) > 0 {
		w, bias := regression(train, 5)
		for i := range w {
			t.Logf("sign %2d: fitted %5.1f, in use %5.1f", i, w[i], weights[i])
		}
		t.Logf("threshold: fitted %.1f, in use %.1f", -bias, newArticle)
	}
}

// regression fits a logistic regression by gradient descent; a negative example counts cost times.
func regression(train []sample, cost float64) (w [signs]float64, bias float64) {
	for range 3000 {
		var g [signs]float64
		var gb float64
		for _, s := range train {
			z := bias
			for i, v := range s.x {
				z += w[i] * v
			}
			d := 1 / (1 + math.Exp(-z))
			if s.is {
				d--
			} else {
				d *= cost
			}
			gb += d
			for i, v := range s.x {
				g[i] += d * v
			}
		}
		n := float64(len(train))
		bias -= gb / n
		for i := range w {
			w[i] -= g[i]/n + 0.002*w[i]
		}
	}
	return w, bias
}
