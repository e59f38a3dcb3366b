package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
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
	db := e.pool(1, nil)
	defer db.Close()
	for more := true; more && steps > 0; steps-- {
		var p *pgconn.PgError
		var err error
		if more, err = e.sealStep(ctx, s, db); errors.As(err, &p) && p.Code == "40001" {
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
		b := packList(values)
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
	if bits := 8 * len(packList(values)) / len(values); bits > 12 {
		t.Errorf("%d bits each", bits)
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
