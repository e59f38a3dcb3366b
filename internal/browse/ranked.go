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
		exact, known := words.Exact(d)
		x := scored{hit: hit{p, []int{ordinal}}, score: search.Rank(words.Score(d), exact), exact: exact, unread: !known}
		if k := len(best); k > 0 && best[k-1].position == p {
			last := &best[k-1]
			last.unread = last.unread || x.unread
			if x.score > last.score {
				last.score, last.exact, last.ordinals = x.score, x.exact, append(x.ordinals, last.ordinals...)
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
	slices.SortFunc(best, byScore)
	if err := s.readTyped(ctx, v, q, words, best); err != nil {
		return err
	}
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
	score  float64
	exact  float64 // of that, the typed form's
	unread bool    // whether it has the typed form the index does not know
}

func byScore(a, b scored) int {
	return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(b.position, a.position))
}

// mostRead is how many texts are read to rank by the typed form what an earlier Jarchi indexed without its endings.
const mostRead = 60

// readTyped has the best of those of which the index does not know it ranked by the typed form.
func (s *Service) readTyped(ctx context.Context, v access.Viewer, q Query, words search.Query, best []scored) error {
	var hits []hit
	for _, x := range best {
		if x.unread && len(hits) < mostRead {
			hits = append(hits, x.hit)
		}
	}
	if len(hits) == 0 {
		return nil
	}
	var read Page
	if _, err := s.load(ctx, v, q, words, hits, &read); err != nil {
		return err
	}
	exact := map[int64]float64{}
	for _, e := range read.Entries {
		t, headline, body := e.words()
		exact[e.position] = words.Exactness(t, headline, body)
	}
	for i := range best {
		if more := exact[best[i].position] - best[i].exact; more > 0 {
			best[i].score = search.Rank(best[i].score, more)
		}
	}
	slices.SortFunc(best, byScore)
	return nil
}
