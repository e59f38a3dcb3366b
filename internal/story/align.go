package story

import (
	"cmp"
	"slices"
)

// Span is a passage that two texts share, in units of each; what lies between shared words within it was changed.
type Span struct {
	From, To       int // in the later text, To exclusive
	OldFrom, OldTo int // in the earlier text
	Same           int // units that are the same
}

// What makes a passage: runs of three equal words are put together where at most maxGap words lie between them in
// either text, and count if minSame words are equal, of those it covers at least a third. In characters twice as many.
const (
	minRun  = 3
	minSame = 8
	maxGap  = 8
	maxSkew = 4 // by which the two gaps may differ: more is another passage
)

// run is a stretch of equal units.
type run struct{ a, b, n int }

// Align finds the passages that later shares with earlier, in the order of the later text; they do not overlap in it.
// Passages may stand in another order in the earlier text, and one of it may be found twice in the later. It takes time
// in proportion to the two lengths, but for texts that repeat themselves without end, of which the first maxRuns
// agreements are looked at.
func Align(later, earlier Sketch) []Span {
	scale := 1
	if 2*later.weight() < 3*later.Len() { // mostly characters
		scale = 2
	}
	runs := equalRuns(later.units, earlier.units, minRun*scale)
	var spans []Span
	for _, c := range chain(runs, maxGap*scale, maxSkew*scale) {
		s := Span{From: c[0].a, OldFrom: c[0].b}
		at, old := s.From, s.OldFrom
		for _, r := range c {
			// Words that stayed between two runs, at the same distance from the one or the other.
			s.Same += between(later.units[at:max(at, r.a)], earlier.units[old:max(old, r.b)])
			over := max(0, at-r.a, old-r.b) // runs may share an end
			s.Same += max(0, r.n-over)
			at, old = max(at, r.a+r.n), max(old, r.b+r.n)
		}
		s.To, s.OldTo = at, old
		if s.Same >= minSame*scale && 3*s.Same >= s.To-s.From {
			spans = append(spans, s)
		}
	}
	return disjoint(spans, minSame*scale)
}

// maxRuns bounds the work for texts that repeat themselves.
const maxRuns = 20_000

// equalRuns finds the maximal stretches of at least least equal units; of a gram that stands often in the earlier text
// the first places are looked at.
func equalRuns(a, b []unit, least int) []run {
	if len(a) < least || len(b) < least {
		return nil
	}
	const often = 8
	key := func(u []unit) uint64 {
		h := uint64(0)
		for _, x := range u[:least] {
			h = mix(h<<16 ^ h>>48 ^ uint64(x) + 0x9e3779b97f4a7c15)
		}
		return h
	}
	first := make(map[uint64]int32, len(b)) // the first place of a gram, counted from 1
	next := make([]int32, len(b))           // the next place of the same gram
	for i := len(b) - least; i >= 0; i-- {
		k := key(b[i:])
		next[i] = first[k]
		first[k] = int32(i + 1)
	}
	var runs []run
	for i := 0; i+least <= len(a); i++ {
		n := 0
		for j := first[key(a[i:])]; j > 0 && n < often && len(runs) < maxRuns; j = next[j-1] {
			n++
			at := int(j - 1)
			if i > 0 && at > 0 && a[i-1] == b[at-1] {
				continue // part of a run that began before
			}
			length := 0
			for i+length < len(a) && at+length < len(b) && a[i+length] == b[at+length] {
				length++
			}
			if length >= least {
				runs = append(runs, run{i, at, length})
			}
		}
	}
	return runs
}

// chain puts runs together that follow each other in both texts with at most gap units between, about as many in both. Each run, in the order
// of the later text, joins the open chain whose end is nearest.
func chain(runs []run, gap, skew int) [][]run {
	var done, open [][]run
	for _, r := range runs {
		best, distance := -1, 0
		still := open[:0]
		for _, c := range open {
			end := c[len(c)-1]
			da, db := r.a-(end.a+end.n), r.b-(end.b+end.n)
			if da > gap {
				done = append(done, c)
				continue
			}
			still = append(still, c)
			// A run may begin a little before the last one ended: 'the news of the day' for 'the news of of the day'.
			off := max(da-db, db-da)
			if d := max(da, db) + off; db <= gap && off <= skew && da > -end.n && db > -end.n && (best < 0 || d < distance) {
				best, distance = len(still)-1, d
			}
		}
		open = still
		if best >= 0 {
			open[best] = append(open[best], r)
		} else {
			open = append(open, []run{r})
		}
	}
	return append(done, open...)
}

// between counts the units of two changed stretches that are equal when counted from the front or from the back.
func between(a, b []unit) int {
	n := min(len(a), len(b))
	front, back := 0, 0
	for i := range n {
		if a[i] == b[i] {
			front++
		}
		if a[len(a)-1-i] == b[len(b)-1-i] {
			back++
		}
	}
	return max(front, back)
}

// disjoint keeps the spans with most in common, none overlapping another in the later text: an overlapping one is cut
// to what is left of it, and dropped if that is too little.
func disjoint(spans []Span, least int) []Span {
	slices.SortFunc(spans, func(x, y Span) int {
		return cmp.Or(y.Same-x.Same, x.From-y.From, x.OldFrom-y.OldFrom)
	})
	var out []Span
	for _, s := range spans {
		whole := s.To - s.From
		for _, o := range out {
			switch {
			case s.To <= o.From || o.To <= s.From:
			case s.From < o.From && s.To <= o.To:
				cut := s.To - o.From
				s.To, s.OldTo = s.To-cut, max(s.OldFrom, s.OldTo-cut)
			case s.From >= o.From && s.To > o.To:
				cut := o.To - s.From
				s.From, s.OldFrom = s.From+cut, min(s.OldTo, s.OldFrom+cut)
			default: // within, or around: what is around is too torn to tell
				s.To = s.From
			}
		}
		if s.To-s.From < whole {
			s.Same = min(s.Same*(s.To-s.From)/whole, s.To-s.From, s.OldTo-s.OldFrom)
		}
		if s.Same >= least {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(x, y Span) int { return x.From - y.From })
	return out
}
