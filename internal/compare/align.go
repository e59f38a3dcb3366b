package compare

// aligner finds which units of two sequences stand for each other. Units that occur once on either side
// are its landmarks (patience differences: what is rare in both is what a reader would match by); between
// them small stretches are compared in full. Stretches for which that would cost too much stay unmatched.
type aligner struct {
	a, b  []int32
	light []bool // by unit: spaces and punctuation, which match only where nothing better does
	pairs [][2]int
	cells int // how many cells of full comparison may still be spent

	inA, inB, atB []int32 // by unit, zero between uses
}

const (
	depthLimit = 40      // of landmarks within landmarks
	smallArea  = 1 << 12 // compared in full without looking for landmarks
	largeArea  = 1 << 20 // never compared in full above this
	allCells   = 1 << 22 // of one comparison
)

// align returns the matched places, rising in both sequences.
func align(a, b []int32, light []bool) [][2]int {
	x := &aligner{a: a, b: b, light: light, cells: allCells, inA: make([]int32, len(light)), inB: make([]int32, len(light)), atB: make([]int32, len(light))}
	x.part(0, len(a), 0, len(b), depthLimit)
	return x.pairs
}

func (x *aligner) match(i, j int) { x.pairs = append(x.pairs, [2]int{i, j}) }

func (x *aligner) part(a0, a1, b0, b1, depth int) {
	for a0 < a1 && b0 < b1 && x.a[a0] == x.b[b0] {
		x.match(a0, b0)
		a0++
		b0++
	}
	tail := 0
	for a0 < a1 && b0 < b1 && x.a[a1-1] == x.b[b1-1] {
		a1--
		b1--
		tail++
	}
	if a0 < a1 && b0 < b1 {
		x.middle(a0, a1, b0, b1, depth)
	}
	for i := range tail {
		x.match(a1+i, b1+i)
	}
}

func (x *aligner) middle(a0, a1, b0, b1, depth int) {
	area := (a1 - a0) * (b1 - b0)
	if area <= smallArea && area <= x.cells {
		x.full(a0, a1, b0, b1)
		return
	}
	if depth == 0 {
		return
	}
	marks := x.landmarks(a0, a1, b0, b1)
	if len(marks) == 0 {
		if area <= largeArea && area <= x.cells {
			x.full(a0, a1, b0, b1)
		}
		return
	}
	for _, m := range marks {
		if m[0] < a0 || m[1] < b0 { // the stretch before reached over it
			continue
		}
		x.part(a0, m[0], b0, m[1], depth-1)
		x.match(m[0], m[1])
		a0, b0 = m[0]+1, m[1]+1
	}
	x.part(a0, a1, b0, b1, depth-1)
}

// landmarks are the heavy units that occur once in both stretches, as many as stand in the same order.
func (x *aligner) landmarks(a0, a1, b0, b1 int) [][2]int {
	for _, u := range x.a[a0:a1] {
		x.inA[u]++
	}
	for j, u := range x.b[b0:b1] {
		x.inB[u]++
		x.atB[u] = int32(b0 + j)
	}
	var both [][2]int
	for i, u := range x.a[a0:a1] {
		if x.inA[u] == 1 && x.inB[u] == 1 && !x.light[u] {
			both = append(both, [2]int{a0 + i, int(x.atB[u])})
		}
	}
	for _, u := range x.a[a0:a1] {
		x.inA[u] = 0
	}
	for _, u := range x.b[b0:b1] {
		x.inB[u] = 0
	}
	// The longest rising run of places in b.
	tops := make([]int, 0, len(both)) // tops[k]: the end of a run of k+1 with the least place
	before := make([]int, len(both))
	for i, m := range both {
		lo, hi := 0, len(tops)
		for lo < hi {
			if mid := (lo + hi) / 2; both[tops[mid]][1] < m[1] {
				lo = mid + 1
			} else {
				hi = mid
			}
		}
		before[i] = -1
		if lo > 0 {
			before[i] = tops[lo-1]
		}
		if lo == len(tops) {
			tops = append(tops, i)
		} else {
			tops[lo] = i
		}
	}
	out := make([][2]int, len(tops))
	if len(tops) > 0 {
		for k, i := len(tops)-1, tops[len(tops)-1]; k >= 0; k, i = k-1, before[i] {
			out[k] = both[i]
		}
	}
	return out
}

// full matches the heaviest common subsequence of two stretches.
func (x *aligner) full(a0, a1, b0, b1 int) {
	n, m := a1-a0, b1-b0
	x.cells -= n * m
	const (
		left = iota
		up
		both
	)
	way := make([]byte, n*m)
	row := make([]int32, m+1)
	for i := n - 1; i >= 0; i-- {
		below := int32(0) // row[j+1] of the line below, before it was overwritten
		u := x.a[a0+i]
		weight := int32(4)
		if x.light[u] {
			weight = 1
		}
		for j := m - 1; j >= 0; j-- {
			old := row[j]
			best, w := old, byte(up) // leave out a[i]
			if row[j+1] > best {
				best, w = row[j+1], left // leave out b[j]
			}
			if u == x.b[b0+j] && below+weight >= best {
				best, w = below+weight, both
			}
			row[j], way[i*m+j] = best, w
			below = old
		}
	}
	for i, j := 0, 0; i < n && j < m; {
		switch way[i*m+j] {
		case both:
			x.match(a0+i, b0+j)
			i++
			j++
		case up:
			i++
		default:
			j++
		}
	}
}

// units numbers the pieces of both texts: equal pieces have equal numbers.
type units struct {
	ids   map[string]int32
	light []bool
}

func (u *units) id(s string, light bool) int32 {
	id, ok := u.ids[s]
	if !ok {
		id = int32(len(u.light))
		u.ids[s] = id
		u.light = append(u.light, light)
	}
	return id
}
