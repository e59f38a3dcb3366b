package story

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"jarchi.dev/jarchi/internal/lang"
)

// Among few texts the ten best others do not tell what is usual: there may be no other text about the same town in the
// same language, and the town alone then lies far beyond it. So a small wire is taken for the beginning of a larger one,
// whose scores are known (background), and what two texts share is weighed besides, each thing once: an event is told by
// several things. What kind of event they report speaks for or against them.

// fewTexts is how many texts are measured by themselves alone; from half as many down the background counts in full.
const fewTexts = 1000

// What is usual in a larger wire for a report of some sentences, as the mean and the standard deviation of its ten best
// others, in another language and in its own. Chosen, as what follows, on the demonstration's reports.
const (
	backgroundMean       = 0.09
	backgroundSpread     = 0.035
	backgroundMeanSame   = 0.15
	backgroundSpreadSame = 0.045
	backgroundFar        = 0.6 // of that where names meet by the far key alone
	backgroundUnread     = 0.2 // so much more where no text has told yet which words are common in a language
	fewOfLanguage        = 8   // texts have told it
)

// A score is raised or lowered by how much more is shared than what usualShare is, as a logarithm.
const (
	usualShare  = 0.2
	leastShare  = 0.02
	shareWeight = 4
	shareBase   = 1.2
	sameEvent   = 2 // the same one of a series; half of it for one class of event in one city
	otherEvent  = 4 // one reports a meeting, the other a disaster, or another one
)

// shareKind is how much a thing of each kind counts there.
var shareKind = [...]float32{Number: 1, Day: 1, Sound: 1, Far: 1, Entity: 1.1, Concept: 0.7, Word: 0.6, Voiced: 0.7}

// few tells how much the background counts, 1 to 0.
func (x *index) few() float64 {
	living := 0
	for i := range x.parts {
		living += x.parts[i].count
	}
	return min(1, max(0, 2-2*float64(living)/float64(x.fewTexts)))
}

// meet notes which texts are nearest to one that was entered as it had been placed before. Those from old on meet the
// others themselves.
func (x *index) meet(n uint32, t Traits, old uint32) {
	x.ask(t)
	own := x.rarities(t, x.docs[n].lang)
	for l := range x.langs {
		for _, h := range x.search(t, own, n, uint8(l), perLanguage) {
			x.remember(n, h.doc, h.cos)
			if h.doc < old {
				x.remember(h.doc, n, h.cos)
			}
		}
	}
}

// scored is the score of a pair of which the first text is asked about and has these traits, which tell so much in its
// language.
func (x *index) scored(a, b uint32, cos float32, t Traits, own []float32) float64 {
	score := x.normal(a, b, cos)
	few := x.few()
	if few == 0 {
		return score
	}
	mean, spread := backgroundMean, backgroundSpread
	far := 1.0
	switch la, lb := x.langs[x.docs[a].lang], x.langs[x.docs[b].lang]; {
	case la == lb:
		few := max(0, 1-float64(x.parts[x.docs[a].lang].count)/fewOfLanguage)
		mean, spread = backgroundMeanSame+few*backgroundUnread, backgroundSpreadSame
	case la == lang.ZH || lb == lang.ZH || la == lang.KO || lb == lang.KO:
		far = backgroundFar
	}
	m, d := x.nearby(a, b)
	n, e := x.nearby(b, a)
	beyond := min((float64(cos)-max(m, mean*far))/max(d, spread*far), (float64(cos)-max(n, mean*far))/max(e, spread*far)) - shareBase
	if beyond > -shareBase { // otherwise nothing that is shared makes it a link
		beyond += shareWeight * math.Log(max(x.share(t, own, b)/far, leastShare)/usualShare)
		beyond += x.event(a).speaks(x.event(b))
	}
	return few*beyond + (1-few)*score
}

// share is how much a text with these traits and text b have in common, by how many traits they have. Of what one word is
// told by, as the beginnings of a name, the best counts.
func (x *index) share(t Traits, own []float32, b uint32) float64 {
	lb := x.docs[b].lang
	best := map[string]float32{}
	sum := float32(0)
	for _, q := range x.asking(lb) {
		posts := x.lists.posts(&x.lists.all[uint32(q)])
		if _, ok := slices.BinarySearchFunc(posts, x.docs[b].place, func(q, d uint32) int { return cmp.Compare(q>>8, d) }); !ok {
			continue
		}
		i := q >> 32 & (1<<askedTraits - 1)
		f := &t.Traits[i]
		if f.Kind == Domain {
			continue // no thing
		}
		w := rarity(f.Kind, x.parts[lb].count, len(posts)) * own[i] * shareKind[f.Kind] * min(1, f.Weight/kindWeight[f.Kind])
		if f.Value == "" { // read back from what is kept
			sum += w
		} else if w > best[f.Value] {
			sum += w - best[f.Value]
			best[f.Value] = w
		}
	}
	return float64(sum) / math.Sqrt(float64(max(1, len(t.Traits)))*float64(max(1, x.docs[b].traits)))
}

// A text of few traits, a sentence or two, is like one in another language by a few common words already: it is linked only where
// they share a thing that tells events apart too. Otherwise the score stays below the threshold.
const (
	shortText = 60 // traits
	unproven  = Threshold - 1
)

// tells reports whether a text with these traits, which is asked about, and text b share a number, a country, place or body, or
// what a name sounds like. A day is not enough: many things happen on one.
func (x *index) tells(t Traits, b uint32) bool {
	for _, q := range x.asking(x.docs[b].lang) {
		f := &t.Traits[q>>32&(1<<askedTraits-1)]
		switch f.Kind {
		case Number:
		case Entity:
			if strings.HasPrefix(f.Value, "format:") || strings.HasPrefix(f.Value, "office:") {
				continue
			}
		case Sound, Far:
			if f.Weight < kindWeight[f.Kind] || slices.ContainsFunc(t.Traits, func(o Trait) bool { return o.Kind == Concept && o.Value != "" && o.Value == f.Value }) {
				continue // of a word that is no name
			}
		default:
			continue
		}
		posts := x.lists.posts(&x.lists.all[uint32(q)])
		if _, ok := slices.BinarySearchFunc(posts, x.docs[b].place, func(q, d uint32) int { return cmp.Compare(q>>8, d) }); ok {
			return true
		}
	}
	return false
}
