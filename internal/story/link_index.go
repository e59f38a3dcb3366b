package story

import (
	"cmp"
	"math"
	"slices"
	"time"

	"jarchi.dev/jarchi/internal/lang"
)

// index is the inverted index of the texts that may be linked: for each language and trait the texts that have it. It
// lives in memory and is rebuilt at start from the traits that are kept with each text (Traits.Bytes): a text is
// compared with some hundred lists of a few to some thousand entries, which as rows of a database would be as many
// reads, and the traits of a hundred thousand texts are read back in seconds.
type index struct {
	langs  []lang.Tag
	langOf map[lang.Tag]uint8
	count  []int             // living texts of a language
	lists  map[uint32]uint32 // number of a list by language and trait
	all    []list
	chunks [][]uint32   // the entries of all lists; no pointers, so that the collector passes them by
	free   [21][]uint32 // places of blocks that lists grew out of, by size
	docs   []doc
	norms  []float32 // the lengths of the documents' traits; 0 of one that is gone
	sum    []float32 // of the running search, by document
	seen   []uint32  // documents with a sum
	queue  []queued
	at     int // documents when the lengths were last worked out

	vectors  map[uint32]Vector // of texts that an engine has read
	fewTexts int               // fewTexts; 1 in measuring what a larger wire does
}

// list holds the texts of one language that have a trait, in the order in which they were entered: the number of the
// text, and the trait's weight there in the lowest byte. They stand in a block of a power of two entries.
type list struct {
	at   uint32 // chunk and place in it
	n    uint32
	size uint8 // of the block, its logarithm
	kind TraitKind
}

// A chunk is the largest block: so many texts of one language may have a trait; what more have it tells nothing.
const chunkBits = 20

// posts are a list's entries.
func (x *index) posts(p *list) []uint32 {
	from := p.at & (1<<chunkBits - 1)
	return x.chunks[p.at>>chunkBits][from : from+p.n : from+p.n]
}

// list is that of a trait in a language, nil if no text has it. It is good until the next text is added.
func (x *index) list(h uint32, l uint8) *list {
	n, ok := x.lists[in(h, l)]
	if !ok {
		return nil
	}
	return &x.all[n]
}

// block finds a place for 1<<size entries.
func (x *index) block(size uint8) uint32 {
	if f := x.free[size]; len(f) > 0 {
		x.free[size] = f[:len(f)-1]
		return f[len(f)-1]
	}
	last := len(x.chunks) - 1
	if last < 0 || len(x.chunks[last])+1<<size > cap(x.chunks[last]) {
		last++ // the first chunks are small
		x.chunks = append(x.chunks, make([]uint32, 0, 1<<max(int(size), min(chunkBits, 12+last))))
	}
	c := x.chunks[last]
	x.chunks[last] = c[:len(c)+1<<size]
	return uint32(last)<<chunkBits | uint32(len(c))
}

// post enters a text into the list of a trait.
func (x *index) post(h uint32, l uint8, kind TraitKind, entry uint32) {
	k := in(h, l)
	n, ok := x.lists[k]
	if !ok {
		n = uint32(len(x.all))
		x.lists[k] = n
		x.all = append(x.all, list{at: x.block(0), kind: kind})
	}
	p := &x.all[n]
	if p.n == 1<<p.size {
		if p.size == chunkBits {
			return
		}
		at := x.block(p.size + 1)
		old := x.posts(p)
		from := at & (1<<chunkBits - 1)
		copy(x.chunks[at>>chunkBits][from:], old)
		x.free[p.size] = append(x.free[p.size], p.at)
		p.at, p.size = at, p.size+1
	}
	p.n++
	posts := x.posts(p)
	posts[p.n-1] = entry
}

// queued is a list to be read for a trait.
type queued struct {
	*list
	trait int32
}

// doc is what the index knows of a text.
type doc struct {
	id     string
	story  uint32 // the number of the story's first text
	time   int64  // seconds; 0 if it is not known
	lang   uint8
	gone   bool
	traits uint16 // how many
	event  Event
	best   []neighbours // by language
}

// neighbours are the best others of one language, best first, packed by neighbour.
type neighbours [keep]uint32

// keep is how many of the best others measure what is usual for a text.
const keep = 12

// A neighbour is its number and its score; maxDocs is what the number can hold.
const (
	maxDocs   = 1 << 20
	scoreSize = 1<<12 - 1
)

func neighbour(doc uint32, score float32) uint32 {
	return uint32(min(max(score, 0), 1)*scoreSize)<<20 | doc
}

func (n neighbours) at(i int) (doc uint32, score float64) {
	return n[i] & (maxDocs - 1), float64(n[i]>>20) / scoreSize
}

// offer enters a neighbour if it is among the best.
func (n *neighbours) offer(doc uint32, score float32) {
	p := neighbour(doc, score)
	if p <= n[keep-1] {
		return
	}
	i := keep - 1
	for ; i > 0 && p > n[i-1]; i-- {
		n[i] = n[i-1]
	}
	n[i] = p
}

func newIndex() *index {
	return &index{langOf: map[lang.Tag]uint8{}, lists: map[uint32]uint32{}, vectors: map[uint32]Vector{}, fewTexts: fewTexts}
}

func (x *index) language(t lang.Tag) uint8 {
	if t == lang.UZCyrl {
		t = lang.UZ
	}
	if n, ok := x.langOf[t]; ok {
		return n
	}
	n := uint8(len(x.langs))
	if len(x.langs) >= maxLanguages { // what is left shares the last one's place
		n = maxLanguages - 1
	} else {
		x.langs = append(x.langs, t)
		x.count = append(x.count, 0)
	}
	x.langOf[t] = n
	return n
}

// maxLanguages bounds what one text remembers; each is searched.
const maxLanguages = 32

// in is a trait's key in the lists of a language.
func in(h uint32, l uint8) uint32 { return (h ^ uint32(l)*0x9e3779b1) * 2654435761 }

// Before texts have been seen, a trait of each kind is taken to stand in so many of fifty.
const before = 50

var usual = [...]float64{Number: 2, Day: 1, Sound: 2, Far: 3, Entity: 2, Concept: 4, Word: 4}

// rarity is how much it tells that a text has a trait that df of n texts have.
func rarity(kind TraitKind, n, df int) float32 {
	return float32(max(0, math.Log((float64(n)+before)/(float64(df)+usual[kind]))))
}

const weightStep = 40 // a weight is kept in steps of a fortieth

func packed(doc int, w float32) uint32 {
	return uint32(doc)<<8 | uint32(min(255, max(1, w*weightStep)))
}

func weightOf(p uint32) float32 { return float32(p&0xff) / weightStep }

// add enters a text as a story of its own.
func (x *index) add(id string, t Traits, at time.Time) uint32 {
	l := x.language(t.Lang)
	n := len(x.docs)
	x.count[l]++
	for _, f := range t.Traits {
		x.post(f.Hash, l, f.Kind, packed(n, f.Weight))
	}
	d := doc{id: id, story: uint32(n), lang: l, traits: uint16(len(t.Traits)), event: t.Event}
	if !at.IsZero() {
		d.time = at.Unix()
	}
	x.docs = append(x.docs, d)
	x.norms = append(x.norms, x.norm(t, l))
	x.sum = append(x.sum, 0)
	return uint32(n)
}

// norm is the length of a text's traits as they are weighed now.
func (x *index) norm(t Traits, l uint8) float32 {
	sum := float32(0)
	for _, f := range t.Traits {
		df := 0
		if p := x.list(f.Hash, l); p != nil {
			df = int(p.n)
		}
		w := weightOf(packed(0, f.Weight)) * rarity(f.Kind, x.count[l], df)
		sum += w * w
	}
	return float32(math.Sqrt(float64(sum)))
}

// settle works out every text's length anew when there are half as many again as the last time: how rare a trait is
// changes with every text.
func (x *index) settle() {
	if len(x.docs) < x.at+x.at/2 {
		return
	}
	x.at = len(x.docs)
	sums := make([]float64, len(x.docs))
	for i := range x.all {
		p := &x.all[i]
		posts := x.posts(p)
		l := x.docs[posts[0]>>8].lang
		r := rarity(p.kind, x.count[l], len(posts))
		for _, q := range posts {
			w := weightOf(q) * r
			sums[q>>8] += float64(w * w)
		}
	}
	for i := range x.docs {
		if !x.docs[i].gone {
			x.norms[i] = float32(math.Sqrt(sums[i]))
		}
	}
}

// reading is how many entries of lists are read for one text, shared out among the languages: the shortest lists first,
// as what few texts share tells most. Among some thousand texts all is read.
const (
	reading    = 32_000
	readingMin = 4_000
)

// hit is a text that was found, by its number.
type hit struct {
	doc uint32
	cos float32
}

// rarities are how much each trait tells in a language.
func (x *index) rarities(t Traits, l uint8) []float32 {
	out := make([]float32, len(t.Traits))
	for i, f := range t.Traits {
		df := 0
		if p := x.list(f.Hash, l); p != nil {
			df = int(p.n)
		}
		out[i] = rarity(f.Kind, x.count[l], df)
	}
	return out
}

// search finds the texts of language l that have most in common with a text of these traits, which tell so much in its
// own language; the best first, at most n. Its number keeps it from finding itself.
func (x *index) search(t Traits, own []float32, self uint32, l uint8, n int) []hit {
	me := &x.docs[self]
	x.queue = x.queue[:0]
	all, budget := 0, max(readingMin, reading/len(x.langs))
	for i, f := range t.Traits {
		if p := x.list(f.Hash, l); p != nil {
			all += int(p.n)
			x.queue = append(x.queue, queued{p, int32(i)})
		}
	}
	if all > budget {
		slices.SortFunc(x.queue, func(a, b queued) int { return cmp.Or(cmp.Compare(a.n, b.n), cmp.Compare(a.trait, b.trait)) })
	}
	for _, p := range x.queue {
		if budget -= int(p.n); budget < 0 {
			break
		}
		f := t.Traits[p.trait]
		w := f.Weight * rarity(f.Kind, x.count[l], int(p.n)) * own[p.trait] / weightStep
		if w <= 0 {
			continue
		}
		for _, q := range x.posts(p.list) {
			d := q >> 8
			if x.sum[d] == 0 {
				x.seen = append(x.seen, d)
			}
			x.sum[d] += w * float32(q&0xff)
		}
	}
	mine := max(x.norms[self], 1e-6)
	out := make([]hit, 0, n+1)
	for _, d := range x.seen {
		s := x.sum[d]
		x.sum[d] = 0
		if d == self || x.norms[d] <= 0 {
			continue
		}
		s /= mine * x.norms[d]
		if len(out) == n && s <= out[n-1].cos {
			continue // nor does time raise it
		}
		if s *= nearness(me.time, x.docs[d].time); s <= 0 {
			continue
		}
		if len(out) < n {
			out = append(out, hit{})
		} else if s <= out[n-1].cos {
			continue
		}
		i := len(out) - 1
		for ; i > 0 && s > out[i-1].cos; i-- {
			out[i] = out[i-1]
		}
		out[i] = hit{d, s}
	}
	x.seen = x.seen[:0]
	return out
}

// What lies two days apart may well be about the same event; from then on it is less likely by a third a week, and
// after two months nothing is linked by itself.
const (
	sameDays = 2 * 24 * 60 * 60
	fading   = 18 * 24 * 60 * 60
	window   = 60 * 24 * 60 * 60
)

// nearness in time, 1 to 0; 1 where a time is not known.
func nearness(a, b int64) float32 {
	if a == 0 || b == 0 {
		return 1
	}
	d := max(a-b, b-a)
	switch {
	case d <= sameDays:
		return 1
	case d > window:
		return 0
	}
	return float32(math.Exp(-float64(d-sameDays) / fading))
}

// remember notes a pair's score with both texts.
func (x *index) remember(a, b uint32, cos float32) {
	x.neighbours(a, x.docs[b].lang).offer(b, cos)
}

func (x *index) neighbours(d uint32, l uint8) *neighbours {
	doc := &x.docs[d]
	for len(doc.best) <= int(l) {
		doc.best = append(doc.best, neighbours{})
	}
	return &doc.best[l]
}

// compared is how many others tell what is usual for a text.
const compared = 10

// Scores of others as they are met on average; they stand in for what has not been seen.
var prior = [compared]float64{0.14, 0.12, 0.11, 0.10, 0.09, 0.085, 0.08, 0.075, 0.07, 0.065}

// nearby is what is usual for text a among the texts of b's language: mean and standard deviation of the best ten others.
// Texts of a's and b's own stories are no others.
func (x *index) nearby(a, b uint32) (mean, deviation float64) {
	var others [compared]float64
	n := 0
	if l := int(x.docs[b].lang); l < len(x.docs[a].best) {
		near := &x.docs[a].best[l]
		for i := 0; i < keep && n < compared && near[i] != 0; i++ {
			d, s := near.at(i)
			if o := &x.docs[d]; d == a || d == b || o.story == x.docs[a].story || o.story == x.docs[b].story {
				continue
			}
			others[n] = s
			n++
		}
	}
	for ; n < compared; n++ {
		others[n] = prior[n]
	}
	square := 0.0
	for _, s := range others {
		mean += s / compared
		square += s * s / compared
	}
	return mean, max(math.Sqrt(max(0, square-mean*mean)), 0.05*mean, 0.003)
}

// normal is the score of a pair: the less of how many standard deviations it lies beyond what is usual for either.
func (x *index) normal(a, b uint32, cos float32) float64 {
	m, d := x.nearby(a, b)
	n, e := x.nearby(b, a)
	return min((float64(cos)-m)/d, (float64(cos)-n)/e)
}

// byScore puts the best first, of equal ones the earlier.
func byScore(a, b found) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.doc, b.doc)) }

// found is a pair's other text with its normal score.
type found struct {
	doc   uint32
	score float64
}

// neighbourhood finds what is nearest to a text with these traits in all languages, the best first.
func (x *index) neighbourhood(hits []hit, self uint32, t Traits, own []float32) []found {
	out := make([]found, 0, len(hits))
	for _, h := range hits {
		out = append(out, found{h.doc, x.scored(self, h.doc, h.cos, t, own)})
	}
	slices.SortFunc(out, byScore)
	x.rescore(self, out)
	return out
}
