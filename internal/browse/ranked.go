package browse

import (
	"cmp"
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
	slices.SortFunc(best, func(a, b scored) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(b.position, a.position))
	})
	// The typed form is looked for within blocks of fixed place, so that pages do not depend on how they
	// were come by; a page costs one or two blocks.
	for b := offset / rankBlock * rankBlock; b < len(best); b += rankBlock {
		hits := make([]hit, 0, rankBlock)
		scores := map[int64]float64{}
		for _, x := range best[b:min(b+rankBlock, len(best))] {
			hits = append(hits, x.hit)
			scores[x.position] = x.score
		}
		var block Page
		if _, err := s.load(ctx, v, q, words, hits, &block); err != nil {
			return err
		}
		list, rank := block.Entries, map[int64]float64{}
		for _, e := range list {
			t, headline, body := e.words()
			rank[e.position] = search.Rank(scores[e.position], words.Exactness(t, headline, body))
		}
		slices.SortStableFunc(list, func(x, y Entry) int { return cmp.Compare(rank[y.position], rank[x.position]) })
		for i := max(offset-b, 0); i < len(list); i++ {
			if len(page.Entries) == q.Limit {
				page.Next = s.curs.sealPlace(forRanked, q, int64(b+i), newest)
				return nil
			}
			list[i].mark(words)
			page.Entries = append(page.Entries, list[i])
		}
	}
	return nil
}

// rankBlock is how many of the best by lexemes are looked at for the typed form at once.
const rankBlock = 60
