package story

import (
	"cmp"
	"math"
	"slices"
)

// Kind is the way in which a text uses an earlier one.
type Kind string

// The kinds of reuse.
const (
	Copy        Kind = "copy"        // nearly all of the earlier text, and little else
	Cut         Kind = "cut"         // hardly anything but the earlier text, of which some is left out
	Compilation Kind = "compilation" // a good part of the earlier text beside other matter
	Quote       Kind = "quote"       // a few sentences of it
	Rewrite     Kind = "rewrite"     // its run of words, with others strewn in
)

// Candidate is an earlier text that shares prints with the one looked at.
type Candidate struct {
	Doc    int64 // the store's number of it; of two documents the earlier has the lower one
	Shared int   // prints shared
	Rare   int   // those of them that fewer than Often families of documents hold
	Prints int   // prints it has
	Sketch Sketch
}

// Reuse is what one text uses of an earlier one.
type Reuse struct {
	Doc          int64
	Kind         Kind
	Containment  float64 // how much of the shorter of the two stands in the other, word for word, 0 to 1
	Later, Older float64 // how much of each is covered by passages, 0 to 1
	Spans        []Span  // in the order of the later text
}

// Bounds of an answer.
const (
	MinShared     = 3  // shared prints that make a candidate; fewer only if a text has no more
	MaxCandidates = 48 // candidates that are aligned, those with most prints shared first
	MaxHolders    = 24 // documents that are kept for one print, the earliest
	Often         = 8  // families that hold a print which is nobody's own: titles of office, legal lines, what a site adds
)

// Origin is the source whose family a text belongs to: of what it uses, the first that it does not merely quote; ok is
// false if there is none. What many copy is held by many documents, but by one family.
func Origin(of []Reuse) (doc int64, ok bool) {
	for _, r := range of {
		if r.Kind != Quote {
			return r.Doc, true
		}
	}
	return 0, false
}

// Candidates keeps of cs what is worth aligning with a text of so many prints: at least MinShared rare ones shared, or
// all that the shorter text has, or half of them however many others hold them (what everybody copies is held by many);
// those with most first, of equal ones the earliest.
func Candidates(cs []Candidate, prints int) []Candidate {
	cs = slices.DeleteFunc(cs, func(c Candidate) bool {
		shorter := min(prints, c.Prints)
		return c.Rare < min(MinShared, shorter) && (2*c.Shared < shorter || c.Shared < min(MinShared, shorter))
	})
	slices.SortFunc(cs, func(x, y Candidate) int { return cmp.Or(y.Shared-x.Shared, cmp.Compare(x.Doc, y.Doc)) })
	return cs[:min(len(cs), MaxCandidates)]
}

// Sharing is a document as a candidate for a text with these prints, among documents that are in no index yet.
func Sharing(doc int64, s Sketch, hashes []uint64) Candidate {
	own := Hashes(s.Prints())
	c := Candidate{Doc: doc, Prints: len(own), Sketch: s}
	for _, h := range own {
		if _, there := slices.BinarySearch(hashes, h); there {
			c.Shared++
			c.Rare++
		}
	}
	return c
}

// Compare tells what later uses of the candidates, the most used first, of equal ones the earliest.
func Compare(later Sketch, candidates []Candidate) []Reuse {
	var out []Reuse
	total := later.weight()
	for _, c := range candidates {
		spans := Align(later, c.Sketch)
		older := c.Sketch.weight()
		if len(spans) == 0 || edges(spans, later, c.Sketch) {
			continue
		}
		covered, old, same, long := 0, 0, 0, false
		for _, s := range spans {
			w := weigh(later.units[s.From:s.To])
			covered += w
			old += weigh(c.Sketch.units[s.OldFrom:s.OldTo])
			same += w * s.Same / (s.To - s.From)
			long = long || s.Same >= longPassage || w > s.To-s.From && s.Same*w/(s.To-s.From) >= longPassage
		}
		if !long && 2*same < min(total, older) {
			continue
		}
		how := kind(share(covered, total), share(old, older), share(same, covered), len(spans))
		if how == Rewrite && otherNumbers(later, c.Sketch) {
			continue
		}
		out = append(out, Reuse{
			Doc: c.Doc, Spans: spans,
			Containment: share(same, min(total, older)), Later: share(covered, total), Older: share(old, older),
			Kind: how,
		})
	}
	slices.SortStableFunc(out, func(x, y Reuse) int {
		return cmp.Or(cmp.Compare(math.Round(20*y.Later), math.Round(20*x.Later)), cmp.Compare(x.Doc, y.Doc))
	})
	compilations(out)
	return out
}

func share(part, whole int) float64 { return min(1, float64(part)/float64(max(1, whole))) }

// Shares that make a kind.
const (
	nearlyAll   = 0.8  // of the earlier text
	mostly      = 0.5  // of the later text
	goodPart    = 0.25 // of the later text
	wordForWord = 0.9  // words that are the same within the passages
	longPassage = 24   // characters, or half as many words, in one passage that say something of texts that differ for the rest: more than set phrases
)

// kind is how a text uses one earlier text, from the shares of both that passages cover, from how much is the same
// within them, and from their number. Whether it joins several is seen by compilations.
func kind(later, older, same float64, spans int) Kind {
	switch {
	case older < nearlyAll && (later < goodPart || later < mostly && older < mostly && spans <= 3):
		return Quote
	case same < wordForWord:
		return Rewrite
	case later < mostly:
		return Compilation
	case older < nearlyAll:
		return Cut
	}
	return Copy
}

// otherNumbers says whether two texts have numbers enough, days and years and sums, and hardly one in common: the same formula of another event. Who puts a
// release anew keeps its numbers.
func otherNumbers(a, b Sketch) bool {
	of := func(s Sketch) map[unit]bool {
		in := map[unit]bool{}
		for _, u := range s.units {
			if u.number() {
				in[u] = true
			}
		}
		return in
	}
	x, y := of(a), of(b)
	both := 0
	for u := range x {
		if y[u] {
			both++
		}
	}
	least := min(len(x), len(y))
	return least >= 2 && 4*both < least
}

// compilations marks the sources of a text that is put together of several: each has a good part of it, or stands in
// it nearly whole, and none of those before has that part.
func compilations(of []Reuse) {
	var taken [][2]int
	var parts []int
	for i, r := range of {
		own, all := 0, 0
		for _, s := range r.Spans {
			all += s.To - s.From
			own += s.To - s.From
			for _, t := range taken {
				own -= max(0, min(s.To, t[1])-max(s.From, t[0]))
			}
		}
		if r.Later < goodPart && (r.Older < nearlyAll || r.Later < goodPart/4) || 2*own < all {
			continue
		}
		for _, s := range r.Spans {
			taken = append(taken, [2]int{s.From, s.To})
		}
		parts = append(parts, i)
	}
	if len(parts) < 2 {
		return
	}
	for i := range of {
		same := slices.ContainsFunc(parts, func(p int) bool { return 2*common(of[i].Spans, of[p].Spans) >= length(of[i].Spans) })
		if same && (of[i].Kind == Copy || of[i].Kind == Cut || slices.Contains(parts, i) && of[i].Kind != Rewrite) {
			of[i].Kind = Compilation // so is what stands in the place of a part: another text with the same words
		}
	}
}

func length(spans []Span) (n int) {
	for _, s := range spans {
		n += s.To - s.From
	}
	return n
}

// common is how much of the later text lies in both.
func common(a, b []Span) (n int) {
	for _, s := range a {
		for _, t := range b {
			n += max(0, min(s.To, t.To)-max(s.From, t.From))
		}
	}
	return n
}

// edges says whether all that two texts share is a line at the beginning or a few at the end of both: what a site puts
// around its texts.
func edges(spans []Span, later, earlier Sketch) bool {
	all := 0
	for _, s := range spans {
		n := weigh(later.units[s.From:s.To])
		all += n
		top := s.From <= 2 && s.OldFrom <= 2 && n <= 16*wordWeight
		end := s.To >= later.Len()-2 && s.OldTo >= earlier.Len()-2 && n <= 28*wordWeight
		if !top && !end {
			return false
		}
	}
	return 2*all < min(later.weight(), earlier.weight())
}
