package browse

import (
	"context"
	"slices"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/search"
	"jarchi.dev/jarchi/internal/store"
)

// Matching tells which places of the wire from one position to before another a query finds for a viewer, the newest first, at most limit of them: those
// that List would show there, asked with the same words and filters. Order, days and pages of the query are not looked at. Whether what stands there may be told access
// decides when it is.
func (s *Service) Matching(ctx context.Context, v access.Viewer, q Query, from, below int64, limit int) (_ []int64, err error) {
	defer fault.Wrap(&err, "matching")
	words, err := search.Parse(q.Text, s.languages(q)...)
	if err != nil {
		return nil, err
	}
	filters, err := filterMarks(v, q)
	if err != nil {
		return nil, err
	}
	match := words.Widen(known).FTS5(filters)
	var out []int64
	for atOnce := 8 * limit; len(out) < limit && from < below; {
		ids, err := s.store.Match(ctx, match, store.DocID(from, 0), store.DocID(below, 0), atOnce)
		if err != nil {
			return nil, err
		}
		for _, id := range ids { // a place has up to wire.MaxItems texts; those of one are together
			if p, _ := store.SplitDocID(id); p < below {
				out, below = append(out, p), p
			}
		}
		if len(ids) < atOnce {
			break
		}
	}
	return slices.Clip(out[:min(len(out), limit)]), nil
}
