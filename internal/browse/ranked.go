package browse

import (
	"context"
	"slices"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/search"
	"jarchi.dev/jarchi/internal/store"
)

// ranked orders the newest matches by relevance, the same on every engine: by lexemes first, the
// best of them by the typed form as well.
func (s *Service) ranked(ctx context.Context, v access.Viewer, q Query, words search.Query, ids []int64, page *Page) error {
	offset := 0
	if q.Cursor != "" {
		c, err := s.curs.open(forRanked, q.Cursor, 2)
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
	type scored struct {
		hit
		score float64
	}
	var best []scored
	err := s.store.Docs(ctx, ids, func(id int64, d search.Doc) {
		p, ordinal := store.SplitDocID(id)
		score := words.Score(d)
		if k := len(best); k > 0 && best[k-1].position == p {
			if score > best[k-1].score {
				best[k-1].score = score
				best[k-1].ordinals = append([]int{ordinal}, best[k-1].ordinals...)
			} else {
				best[k-1].ordinals = append(best[k-1].ordinals, ordinal)
			}
			return
		}
		best = append(best, scored{hit{p, []int{ordinal}}, score})
	})
	if err != nil {
		return err
	}
	order := func(a, b scored) int {
		switch {
		case a.score != b.score:
			if a.score > b.score {
				return -1
			}
			return 1
		case a.position > b.position:
			return -1
		}
		return 1
	}
	slices.SortFunc(best, order)
	// The typed form is looked for in the pages that people reach; beyond them lexemes decide.
	top := min(len(best), 2*maxLimit)
	var all Page
	hits := make([]hit, top)
	for i := range hits {
		hits[i] = best[i].hit
	}
	if _, err := s.load(ctx, v, q, words, hits, &all); err != nil {
		return err
	}
	type ready struct {
		Entry
		rank float64
	}
	byPosition := map[int64]float64{}
	for _, b := range best[:top] {
		byPosition[b.position] = b.score
	}
	list := make([]ready, len(all.Entries))
	for i, e := range all.Entries {
		t, headline, body := e.words()
		list[i] = ready{e, search.Rank(byPosition[e.position], words.Exactness(t, headline, body))}
	}
	slices.SortStableFunc(list, func(a, b ready) int {
		switch {
		case a.rank > b.rank:
			return -1
		case a.rank < b.rank:
			return 1
		}
		return 0
	})
	for i := offset; i < len(list) && len(page.Entries) < q.Limit; i++ {
		page.Entries = append(page.Entries, list[i].Entry)
	}
	if offset+q.Limit < len(list) {
		page.Next = s.curs.seal(forRanked, int64(offset+q.Limit), newest)
	}
	return nil
}
