package store

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jarchi.dev/jarchi/internal/search"
)

// Tests look into few at once, and seal few positions when they say so.
func init() {
	phrasesFirst = 4
	sealed.positions, sealed.entries, sealed.part, sealed.look = 16, 2000, 20, time.Hour
}

// Seal has the lists of pairs made on PostgreSQL, by at most so many steps. What is written meanwhile may have a step begin anew.
func (s *Store) Seal(ctx context.Context, steps int) error {
	e := s.e.(*postgresEngine)
	db := e.sealers()
	defer db.Close()
	for more := true; more && steps > 0; steps-- {
		var err error
		if more, err = e.sealStep(ctx, s, db, func(n int) bool { return n > 0 }); yields(err) {
			more = true
		} else if err != nil {
			return err
		}
	}
	return nil
}

// Listed are the positions that lists name.
func (s *Store) Listed(ctx context.Context) (map[int64]bool, error) {
	rows, err := s.r.QueryContext(ctx, "select s.first, s.below, s.parts, l.part, l.docs from pair_segment s join pair_list l on l.segment = s.number")
	if err != nil {
		return nil, err
	}
	at := map[int64]bool{}
	for rows.Next() {
		var g segment
		var part int64
		var docs []byte
		if err := rows.Scan(&g.first, &g.below, &g.parts, &part, &docs); err != nil {
			return nil, err
		}
		if err := g.each(part, docs, func(_, position int64) { at[position] = true }); err != nil {
			return nil, err
		}
	}
	return at, closeRows(rows)
}

// TestPackedList: what is packed comes back, in about as many bits as it has to be; what is damaged is an error or other numbers, no more.
func TestPackedList(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfDistinct(rapid.Int64Range(0, rapid.SampledFrom([]int64{1, 100, 1 << 20, 1 << 45}).Draw(t, "most")), rapid.ID).Draw(t, "values")
		slices.Sort(values)
		b, err := packList(values)
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		if err := unpackList(b, func(v int64) { got = append(got, v) }); err != nil || !slices.Equal(got, values) {
			t.Fatalf("%v came back as %v, %v", values, got, err)
		}
		if len(b) > 0 {
			b[rapid.IntRange(0, len(b)-1).Draw(t, "at")] ^= byte(rapid.IntRange(1, 255).Draw(t, "damage"))
			n := 0
			_ = unpackList(b[:rapid.IntRange(0, len(b)).Draw(t, "cut")], func(int64) { n++ })
			if n > 8*len(b) {
				t.Fatalf("%d numbers of %d bytes", n, len(b))
			}
		}
	})
	rnd := rand.New(rand.NewPCG(1, 2))
	var values []int64
	for range 800 {
		values = append(values, rnd.Int64N(800<<10))
	}
	slices.Sort(values)
	values = slices.Compact(values)
	b, err := packList(values)
	if bits := 8 * len(b) / len(values); bits > 12 || err != nil {
		t.Errorf("%d bits each (%v)", bits, err)
	}
	for _, values := range [][]int64{{5, 5}, {5, 4}, {-1}} {
		if _, err := packList(values); err == nil {
			t.Errorf("%v is packed", values)
		}
	}
}

// TestPairFilter: what stands side by side is in the filter, and little else.
func TestPairFilter(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 2, 60, 500, 3000} {
		words := make([]string, n)
		for i := range words {
			words[i] = fmt.Sprint("w", rnd.IntN(100))
		}
		filter := pairFilter(IndexDoc{Doc: search.Doc{Body: strings.Join(words, " ")}})
		if bits := len(filter) * 8; bits&(bits-1) != 0 || bits < leastBits || bits > mostBits {
			t.Fatalf("%d words: a filter of %d bits", n, bits)
		}
		has := func(a, b string) bool {
			for _, h := range pairOf(a, b) {
				at := int(h) & (len(filter)*8 - 1)
				if filter[at/8]>>(at%8)&1 == 0 {
					return false
				}
			}
			return true
		}
		for i := 1; i < n; i++ {
			if !has(words[i-1], words[i]) {
				t.Fatalf("%q %q is not there", words[i-1], words[i])
			}
		}
		wrong := 0
		for i := range 1000 {
			if has(fmt.Sprint("x", i), "y") {
				wrong++
			}
		}
		if wrong > 60 {
			t.Errorf("%d words: %d in a thousand pairs seem to be there", n, wrong)
		}
	}
}

// TestGoneWaits: one position waits a minute for leaving the lists, together with those that come meanwhile; many do not.
func TestGoneWaits(t *testing.T) {
	t.Parallel()
	var g goneWaiting
	now := time.Now()
	for i, c := range []struct {
		n    int
		at   time.Duration
		over bool
	}{{0, 0, false}, {1, time.Second, false}, {3, 30 * time.Second, false}, {3, goneWait + time.Second, true}, {0, goneWait + 2*time.Second, false},
		{1, goneWait + 3*time.Second, false}, {goneAtOnce, goneWait + 4*time.Second, true}} {
		if over := g.over(c.n, now.Add(c.at)); over != c.over {
			t.Errorf("%d: %d positions after %s: %t", i, c.n, c.at, over)
		}
	}
}

// TestRequestsWaitForNobody: who asks the writer for something goes on, and does not ask twice.
func TestRequestsWaitForNobody(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), t.TempDir(), time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	begun, release := make(chan struct{}), make(chan struct{})
	var r requests
	n := 0
	r.write(t.Context(), s, func(*Tx) error { close(begun); <-release; n++; return nil })
	<-begun
	r.write(t.Context(), s, func(*Tx) error { n++; return nil })
	close(release)
	r.Wait()
	if n != 1 {
		t.Errorf("asked %d times", n)
	}
}
