package browse

import (
	"cmp"
	"context"
	"slices"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/search"
	"jarchi.dev/jarchi/internal/store"
)

// ranked orders the newest matches by relevance, the same on every engine: those that have the typed form first, among
// equals by what the lexemes say. Both are decided by the index for all of them, before any text is read.
func (s *Service) ranked(ctx context.Context, v access.Viewer, q Query, words search.Query, ids []int64, page *Page) error {
	offset := 0
	if q.Cursor != "" {
		c, err := s.curs.openPlace(forRanked, q, 2)
		if err != nil {
			return err
		}
		offset = int(c[0])
		ids = slices.DeleteFunc(ids, func(id int64) bool { return id > c[1] }) // what came since would shift the pages
	}
	if len(ids) == 0 {
		return nil
	}
	newest := ids[0]
	var best []scored
	err := s.store.Docs(ctx, ids, func(id int64, d search.Doc) {
		p, ordinal := store.SplitDocID(id)
		exact := words.Exact(d)
		x := scored{hit: hit{p, []int{ordinal}}, score: search.Rank(words.Score(d), exact)}
		if k := len(best); k > 0 && best[k-1].position == p {
			last := &best[k-1]
			if x.score > last.score {
				last.score, last.ordinals = x.score, append(x.ordinals, last.ordinals...)
			} else {
				last.ordinals = append(last.ordinals, ordinal)
			}
			return
		}
		best = append(best, x)
	})
	if err != nil {
		return err
	}
	slices.SortFunc(best, func(a, b scored) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(b.position, a.position))
	})
	for offset < len(best) && len(page.Entries) < q.Limit {
		var hits []hit
		for _, x := range best[offset:min(offset+q.Limit-len(page.Entries), len(best))] {
			hits = append(hits, x.hit)
		}
		taken, err := s.load(ctx, v, q, words, hits, page)
		if err != nil {
			return err
		}
		if offset += taken; taken < len(hits) { // as many words as an answer may hold
			break
		}
	}
	for i := range page.Entries {
		page.Entries[i].mark(words)
	}
	if offset < len(best) {
		page.Next = s.curs.sealPlace(forRanked, q, int64(offset), newest)
	}
	return nil
}

// scored is a hit and how much it is about the query.
type scored struct {
	hit
	score float64
}
