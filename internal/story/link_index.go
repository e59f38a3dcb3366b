package story

import (
	"cmp"
	"math"
	"slices"
	"time"

	"jarchi.dev/jarchi/internal/lang"
)

// index is the inverted index of the texts that may be linked: for each language and trait the texts that have it
// (link_lists.go). It lives in memory and is rebuilt at start from the traits that are kept with each text (Traits.Bytes):
// a text is compared with some hundred lists of a few to some thousand entries, which as rows of a database would be as
// many reads, and the traits of a hundred thousand texts are read back in seconds.
type index struct {
	lists  lists
	langs  []lang.Tag
	langOf map[lang.Tag]uint8
	parts  []part // by language
	docs   []doc
	at     int    // documents when the lengths were last worked out
	moves  uint64 // how often a story has changed

	asked   []uint64  // of the running question, see ask
	ends    []int     // of asked, by language
	fill    []int     // of ask
	sum     []float32 // of the running search, by place
	seen    []uint32  // places with a sum
	added   []uint32  // lists of the text that is being added
	touched byte      // nothing

	vectors  map[uint32]Vector // of texts that an engine has read
	fewTexts int               // fewTexts; 1 in measuring what a larger wire does
}

// part are the texts of one language. They have places of their own there, so that what a search adds up lies close together.
type part struct {
	count int      // living texts
	docs  []uint32 // their numbers
	spots []spot
}

// spot is what a search must know of each text.
type spot struct {
	norm float32 // the length of its traits; 0 of one that is gone
	time uint32  // seconds; 0 if it is not known
}

// doc is what the index knows of a text.
type doc struct {
	id     string
	story  uint32 // the number of the story's first text
	place  uint32 // among the texts of its language
	lang   uint8
	gone   bool
	traits uint16       // how many
	told   *Event       // nil: nothing
	best   []neighbours // by language
}

// event is what a text says of the event that it reports.
func (x *index) event(d uint32) Event {
	if e := x.docs[d].told; e != nil {
		return *e
	}
	return Event{}
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

// offer enters a neighbour if it is among the best; one that is there already has a new score.
func (n *neighbours) offer(doc uint32, score float32) {
	for i := range n {
		if n[i]&(maxDocs-1) == doc && n[i] != 0 {
			copy(n[i:], n[i+1:])
			n[keep-1] = 0
			break
		}
	}
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
	return &index{lists: newLists(), langOf: map[lang.Tag]uint8{}, vectors: map[uint32]Vector{}, fewTexts: fewTexts}
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
		x.parts = append(x.parts, part{})
	}
	x.langOf[t] = n
	return n
}

// maxLanguages bounds what one text remembers; each is searched.
const maxLanguages = 32

// Before texts have been seen, a trait of each kind is taken to stand in so many of fifty.
const before = 50

var usual = [...]float64{Number: 2, Day: 1, Sound: 2, Far: 3, Entity: 2, Concept: 4, Word: 4, Voiced: 3, Domain: 4}

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
	n := uint32(len(x.docs))
	p := &x.parts[l]
	p.count++
	d := doc{id: id, story: n, place: uint32(len(p.docs)), lang: l, traits: uint16(len(t.Traits))}
	if e := t.Event; e.tells() {
		d.told = &e
	}
	x.added = x.added[:0]
	for _, f := range t.Traits { // they lie far apart
		x.added = append(x.added, x.lists.first[f.Hash])
	}
	for _, n := range x.added {
		x.touched += byte(x.lists.all[n].is)
	}
	for i, f := range t.Traits {
		x.added[i] = x.lists.post(f.Hash, l, f.Kind, packed(int(d.place), f.Weight))
	}
	sum := float32(0)
	for i, f := range t.Traits {
		w := weightOf(packed(0, f.Weight)) * rarity(f.Kind, p.count, int(x.lists.all[x.added[i]].n()))
		sum += w * w
	}
	here := spot{norm: float32(math.Sqrt(float64(sum)))}
	if !at.IsZero() {
		here.time = uint32(min(max(at.Unix(), 1), math.MaxUint32))
	}
	x.docs, p.docs, p.spots = append(x.docs, d), append(p.docs, n), append(p.spots, here)
	if len(x.sum) < len(p.docs) {
		x.sum = append(x.sum, make([]float32, len(p.docs))...)
	}
	return n
}

// settle works out every text's length anew when there are half as many again as the last time: how rare a trait is
// changes with every text.
func (x *index) settle() {
	if len(x.docs) < x.at+x.at/2 {
		return
	}
	x.at = len(x.docs)
	sums := make([][]float64, len(x.parts))
	for l := range x.parts {
		sums[l] = make([]float64, len(x.parts[l].docs))
	}
	for i := range x.lists.all[1:] {
		p := &x.lists.all[i+1]
		if p.n() == 0 {
			continue
		}
		posts, of := x.lists.posts(p), sums[p.lang()]
		r := rarity(p.kind(), x.parts[p.lang()].count, len(posts))
		for _, q := range posts {
			w := weightOf(q) * r
			of[q>>8] += float64(w * w)
		}
	}
	for l := range x.parts {
		for i := range x.parts[l].spots {
			if p := &x.parts[l].spots[i]; !x.docs[x.parts[l].docs[i]].gone {
				p.norm = float32(math.Sqrt(sums[l][i]))
			}
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

// A list that is asked for a trait: in the upper bits its length, then which trait of the text it is, then the list. In
// order they are the shortest lists first.
const (
	askedLength = 32 + askedTraits
	askedTraits = 12
)

// ask finds the lists of a text's traits in all languages; asking tells those of one. They are good until the next
// question or text.
func (x *index) ask(t Traits) {
	all := &x.lists
	x.ends, x.fill, x.added = x.ends[:0], x.fill[:0], x.added[:0]
	for range x.langs {
		x.ends, x.fill = append(x.ends, 0), append(x.fill, 0)
	}
	for _, f := range t.Traits {
		of, first := all.of(f.Hash)
		x.added = append(x.added, first)
		for i := range of {
			x.fill[of[i].lang()]++
		}
	}
	end := 0
	for l, n := range x.fill {
		x.fill[l], end = end, end+n
		x.ends[l] = end
	}
	x.asked = slices.Grow(x.asked[:0], end)[:end]
	for i, n := range x.added {
		for more := n != 0; more; n++ {
			p := &all.all[n]
			at := &x.fill[p.lang()]
			x.asked[*at] = uint64(p.n())<<askedLength | uint64(i)<<32 | uint64(n)
			*at++
			more = !p.last()
		}
	}
}

func (x *index) asking(l uint8) []uint64 {
	if l == 0 {
		return x.asked[:x.ends[0]]
	}
	return x.asked[x.ends[l-1]:x.ends[l]]
}

// rarities are how much each trait of the text that is asked about tells in a language.
func (x *index) rarities(t Traits, l uint8) []float32 {
	out := make([]float32, len(t.Traits))
	for i, f := range t.Traits {
		out[i] = rarity(f.Kind, x.parts[l].count, 0)
	}
	for _, q := range x.asking(l) {
		i := q >> 32 & (1<<askedTraits - 1)
		out[i] = rarity(t.Traits[i].Kind, x.parts[l].count, int(q>>askedLength))
	}
	return out
}

// search finds the texts of language l that have most in common with the text that is asked about, of these traits,
// which tell so much in its own language; the best first, at most n. Its number keeps it from finding itself.
func (x *index) search(t Traits, own []float32, self uint32, l uint8, n int) []hit {
	part := &x.parts[l]
	queue := x.asking(l)
	all, budget := 0, max(readingMin, reading/len(x.langs))
	for _, q := range queue {
		all += int(q >> askedLength)
	}
	if all > budget {
		short := 0
		for _, q := range queue { // the others cannot be read
			if int(q>>askedLength) <= budget {
				queue[short] = q
				short++
			}
		}
		queue = queue[:short]
		slices.Sort(queue)
	}
	left := budget
	for _, q := range queue { // they lie far apart: all are fetched at once, not one after the other
		if left -= int(q >> askedLength); left < 0 {
			break
		}
		x.touched += x.lists.bytes(x.lists.all[uint32(q)].at)[0]
	}
	var tells [len(usual)]struct { // lists of one length tell the same
		n uint64
		r float32
	}
	seen, sum := x.seen[:0], x.sum[:len(part.docs)]
	for _, q := range queue {
		length := q >> askedLength
		if budget -= int(length); budget < 0 {
			break
		}
		i := q >> 32 & (1<<askedTraits - 1)
		f := &t.Traits[i]
		if k := &tells[f.Kind]; k.n != length {
			k.n, k.r = length, rarity(f.Kind, part.count, int(length))
		}
		w := f.Weight * tells[f.Kind].r * own[i] / weightStep
		if w <= 0 {
			continue
		}
		for _, q := range x.lists.posts(&x.lists.all[uint32(q)]) {
			d := q >> 8
			s := sum[d]
			if s == 0 {
				seen = append(seen, d)
			}
			sum[d] = s + w*float32(q&0xff)
		}
	}
	me := x.parts[x.docs[self].lang].spots[x.docs[self].place]
	mine := max(me.norm, 1e-6)
	out := make([]hit, 0, n+1)
	least := float32(0) // of what is among the best
	for _, d := range seen {
		s := sum[d]
		sum[d] = 0
		p := part.spots[d]
		if s <= least*mine*p.norm*0.999 || p.norm <= 0 {
			continue // nor does time raise it
		}
		s /= mine * p.norm
		if s*nearestBy(me.time, p.time) <= least {
			continue
		}
		if s *= nearness(me.time, p.time); s <= least || part.docs[d] == self {
			continue
		}
		if len(out) < n {
			out = append(out, hit{})
		}
		i := len(out) - 1
		for ; i > 0 && s > out[i-1].cos; i-- {
			out[i] = out[i-1]
		}
		out[i] = hit{part.docs[d], s}
		if len(out) == n {
			least = out[n-1].cos
		}
	}
	x.seen = seen
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
func nearness(a, b uint32) float32 {
	if a == 0 || b == 0 {
		return 1
	}
	d := max(a, b) - min(a, b)
	switch {
	case d <= sameDays:
		return 1
	case d > window:
		return 0
	}
	return float32(math.Exp(-float64(d-sameDays) / fading))
}

// nearestBy is what nearness is at most, by hours.
func nearestBy(a, b uint32) float32 {
	if a == 0 || b == 0 {
		return 1
	}
	return byHours[min((max(a, b)-min(a, b))/3600, uint32(len(byHours)-1))]
}

var byHours = func() (out [window/3600 + 2]float32) {
	for h := range out {
		out[h] = nearness(1, uint32(1+3600*h))
	}
	return out
}()

// remember notes a pair's score with both texts.
func (x *index) remember(a, b uint32, cos float32) {
	x.neighbours(a, x.docs[b].lang).offer(b, cos)
}

func (x *index) neighbours(d uint32, l uint8) *neighbours {
	doc := &x.docs[d]
	if len(doc.best) <= int(l) {
		doc.best = append(make([]neighbours, 0, len(x.langs)), doc.best...)[:len(x.langs)]
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
	asked := x.few() > 0
	if asked {
		x.ask(t)
	}
	for _, h := range hits {
		score := x.scored(self, h.doc, h.cos, t, own)
		if score > unproven && min(len(t.Traits), int(x.docs[h.doc].traits)) < shortText && x.docs[h.doc].lang != x.docs[self].lang {
			if !asked {
				asked = true
				x.ask(t)
			}
			if !x.tells(t, h.doc) {
				score = unproven
			}
		}
		out = append(out, found{h.doc, score})
	}
	slices.SortFunc(out, byScore)
	x.rescore(self, out)
	return out
}
