package browse

import (
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/search"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/wire"
)

const (
	maxLimit     = 100
	defaultLimit = 20
	maxRanked    = 500 // matches that relevance looks at
	snippetWords = 30
	maxPageBytes = 16 << 20
	loadAtOnce   = 10 // entries; a release has at most a few megabytes of words, a page of a hundred must not
)

// List answers a query: the wire newest first, or the best of the newest 500 matches first.
func (s *Service) List(ctx context.Context, v access.Viewer, q Query) (_ Page, err error) {
	defer fault.Wrap(&err, "list")
	if q.Limit == 0 {
		q.Limit = defaultLimit
	}
	if q.Limit < 1 || q.Limit > maxLimit {
		return Page{}, fault.Field("limit", "A page has 1 to %d entries.", maxLimit)
	}
	words, err := search.Parse(q.Text, s.languages(q)...)
	if err != nil {
		return Page{}, err
	}
	words = words.Widen(known)
	filters, err := filterMarks(v, q)
	if err != nil {
		return Page{}, err
	}
	expr := words.FTS5(filters)
	from, below, err := s.window(ctx, q)
	if err != nil {
		return Page{}, err
	}
	page := Page{Understood: words.Terms()}
	look := looking{service: s, expr: expr, all: search.Query{}.FTS5(filters), from: from, below: below, steps: s.steps(page.Understood)}
	if !words.Empty() && (q.Relevance || countable(page.Understood)) {
		if look.known, err = s.store.Match(ctx, expr, from, below, maxRanked+1); err != nil {
			return Page{}, err
		}
		page.Counted, page.Matches, page.More = true, min(len(look.known), maxRanked), len(look.known) > maxRanked
		if q.Relevance {
			err := s.ranked(ctx, v, q, words, look.known[:page.Matches], &page)
			return page, err
		}
	}
	err = s.newest(ctx, v, q, words, look, &page)
	return page, err
}

// steps is how many positions are looked at between two looks at the clock, 0 for a whole partition: the
// words that begin in a way are merged anew at every step.
func (s *Service) steps(terms []search.Term) int64 {
	if slices.ContainsFunc(terms, func(t search.Term) bool { return t.Kind == search.Prefix }) {
		return 0
	}
	return s.Depth.Step
}

// countable: to count a phrase's matches the index walks every place where its words stand, to count a
// prefix's it merges every word that begins so, and where a word is left out it walks through all texts
// that have it. Their newest matches are found quickly, five hundred are not.
func countable(terms []search.Term) bool {
	return !slices.ContainsFunc(terms, func(t search.Term) bool { return t.Kind != search.Word || t.Not })
}

// languages are those that the words of a query can stand in: the filter's, or all that documents
// here are in. Every further one would widen each word by stems that are nowhere.
func (s *Service) languages(q Query) []lang.Tag {
	if q.Language != "" {
		return []lang.Tag{q.Language}
	}
	present := []lang.Tag{lang.Und}
	for _, t := range lang.Known() {
		if s.store.HasLanguage(t) {
			present = append(present, t)
		}
	}
	return present
}

// filterMarks turns the filters into marker lexemes, the viewer's own among them.
func filterMarks(v access.Viewer, q Query) ([][]string, error) {
	readable := access.Marks(v)
	switch q.Kind { // captures, and they alone, carry the marker of those who may read captures
	case "":
	case "release":
		readable = slices.DeleteFunc(readable, func(m string) bool { return m == access.MarkCapture })
	case "capture":
		readable = slices.DeleteFunc(readable, func(m string) bool { return m != access.MarkCapture })
	default:
		return nil, fault.Field("kind", "The kind is release or capture.")
	}
	filters := [][]string{readable}
	if q.Language != "" {
		filters = append(filters, []string{access.LanguageMark(q.Language)})
	}
	if q.Member != "" {
		if _, err := wire.ParseMemberID(string(q.Member)); err != nil {
			return nil, err
		}
		filters = append(filters, []string{access.MemberMark(q.Member)})
	}
	if strings.TrimSpace(q.Source) != "" {
		if len(q.Source) > 200 {
			return nil, fault.Field("source", "The source's name has at most 200 letters.")
		}
		for _, w := range strings.Fields(q.Source) {
			var forms []string
			for _, f := range lang.QueryStems(w) {
				if m := access.SourceMark(f.Fold); !slices.Contains(forms, m) {
					forms = append(forms, m)
				}
			}
			if len(forms) == 0 {
				return nil, fault.Field("source", "%.40q is not a word of a name.", w)
			}
			filters = append(filters, forms)
		}
	}
	return filters, nil
}

// window is the range of the index outside of which since and before leave nothing.
func (s *Service) window(ctx context.Context, q Query) (from, below int64, err error) {
	from, below, err = s.store.PositionsIn(ctx, q.Since, q.Before)
	if below < math.MaxInt64 {
		below = store.DocID(below, 0)
	}
	return store.DocID(from, 0), below, err
}

// within reports whether a time lies in what since and before leave.
func (q Query) within(at time.Time) bool {
	return !at.Before(q.Since) && (q.Before.IsZero() || at.Before(q.Before))
}

// hit is one place of the list: a position, and the ordinals of the items that matched there, the
// one to show first.
type hit struct {
	position int64
	ordinals []int
}

// newest pages through the index in its own order. Headers of what is under embargo stand before it,
// on the way in: a query with words never meets them, since nothing of them is indexed.
func (s *Service) newest(ctx context.Context, v access.Viewer, q Query, words search.Query, look looking, page *Page) error {
	sealedBelow := int64(math.MaxInt64)
	if q.Cursor != "" {
		c, err := s.curs.openPlace(forList, q, 2)
		if err != nil {
			return err
		}
		sealedBelow = c[0]
		if c[1] > 0 {
			look.below = min(look.below, store.DocID(c[1], 0))
		}
	}
	if words.Empty() && sealedBelow > 0 && q.Kind != "capture" && q.Source == "" {
		more, err := s.sealed(ctx, v, q, sealedBelow, page)
		if err != nil || more {
			return err
		}
	}
	hits, more, err := look.collect(ctx, q.Limit-len(page.Entries))
	if err != nil {
		return err
	}
	n, err := s.load(ctx, v, q, words, hits, page)
	if err != nil {
		return err
	}
	for i := range page.Entries {
		page.Entries[i].mark(words)
	}
	switch {
	case n < len(hits):
		hits, more = hits[:n], true
	case look.stopped > 0:
		return s.lookedBack(ctx, q, look, page)
	}
	if more && len(hits) > 0 {
		page.Next = s.curs.sealPlace(forList, q, 0, hits[len(hits)-1].position)
	} else if more {
		page.Next = s.curs.sealPlace(forList, q, 0, 0)
	}
	return nil
}

// lookedBack says how far a search came that stopped before its page was full, and where it goes on: at the next entry that the filters
// leave and this viewer may see. Where it really stopped would be the time of something that she may not see, and how many pages lie
// between two of those times would tell how much of that there is.
func (s *Service) lookedBack(ctx context.Context, q Query, look looking, page *Page) error {
	next, err := s.store.Match(ctx, look.all, look.from, store.DocID(look.stopped, 0), 1)
	if err != nil || len(next) == 0 {
		return err // nothing is left to look at
	}
	p, _ := store.SplitDocID(next[0])
	page.Next = s.curs.sealPlace(forList, q, 0, p+1)
	page.Back, err = s.store.TimeAt(ctx, p)
	return err
}

// looking is a search through the index in its own order.
type looking struct {
	service     *Service
	expr        string
	all         string // the filters alone
	from, below int64  // documents
	steps       int64
	known       []int64 // the newest matches, as far as they were read already: maxRanked+1 of them, or all

	stopped int64 // the position down to which it looked when its patience ended before the page was full; 0: it did not
}

// collect reads distinct positions, newest first; more is true when there is, or may be, at least one further.
func (l *looking) collect(ctx context.Context, want int) (hits []hit, more bool, err error) {
	n, ids, reached := maxRanked+1, l.known, l.from
	began := time.Now()
	enough := func() bool { return time.Since(began) > l.service.Depth.Patience }
	for {
		if ids == nil {
			n = max(2*(want-len(hits)), 16)
			if ids, reached, err = l.service.store.MatchBack(ctx, l.expr, l.from, l.below, n, l.steps, enough); err != nil {
				return nil, false, err
			}
		}
		for _, id := range ids {
			if id >= l.below { // known, of an earlier page
				continue
			}
			p, ordinal := store.SplitDocID(id)
			if k := len(hits); k > 0 && hits[k-1].position == p {
				hits[k-1].ordinals = append([]int{ordinal}, hits[k-1].ordinals...)
				continue
			}
			if len(hits) == want {
				return hits, true, nil
			}
			hits = append(hits, hit{p, []int{ordinal}})
		}
		if len(ids) < n {
			if reached > l.from && len(hits) < want {
				l.stopped, _ = store.SplitDocID(reached)
			}
			return hits, reached > l.from, nil
		}
		l.below, ids = min(l.below, ids[len(ids)-1]), nil
	}
}

// sealed puts the releases under embargo that the viewer may know of before the list. It reports
// true when the page is full.
func (s *Service) sealed(ctx context.Context, v access.Viewer, q Query, below int64, page *Page) (full bool, err error) {
	if v.Member == "" {
		return false, nil
	}
	held := 0
	for {
		rs, places, err := s.store.Sealed(ctx, below, loadAtOnce)
		if err != nil {
			return false, err
		}
		for i, r := range rs {
			l := access.Release(v, r, s.now())
			if l == access.Nothing || q.Member != "" && !slices.Contains(r.Issuers, q.Member) || !q.within(r.ReleasedAt) || q.Language != "" && r.Text(q.Language) == nil {
				continue
			}
			if len(page.Entries) == q.Limit || held >= s.pageBytes {
				page.Next = s.curs.sealPlace(forList, q, places[i].Position+1, 0)
				return true, nil
			}
			e := Entry{Level: l, Release: access.Reduce(r, l), At: r.ReleasedAt, Item: -1}
			held += e.weight()
			page.Entries = append(page.Entries, e)
		}
		if len(rs) < loadAtOnce {
			break
		}
		below = places[len(places)-1].Position
	}
	if len(page.Entries) == q.Limit {
		page.Next = s.curs.sealPlace(forList, q, 0, 0)
		return true, nil
	}
	return false, nil
}

// words are the found item's language, headline and body.
func (e Entry) words() (lang.Tag, string, []string) {
	if e.Capture != nil {
		return e.Capture.Language, e.Capture.Headline, e.Capture.Body
	}
	if e.Release != nil && e.Item >= 0 {
		if v := e.Release.Items[e.Item].Current(); v != nil {
			return e.Release.Items[e.Item].Language, v.Content.Headline, v.Content.Body
		}
	}
	return lang.Und, "", nil
}

// load adds the entries of the hits in order until the page holds as many words as an answer may, and
// says how many hits it took: at least one chunk, so that every list comes to its end.
func (s *Service) load(ctx context.Context, v access.Viewer, q Query, words search.Query, hits []hit, page *Page) (taken int, err error) {
	held := 0
	for taken < len(hits) && held < s.pageBytes {
		part := hits[taken:min(taken+loadAtOnce, len(hits))]
		had := len(page.Entries)
		if err := s.entries(ctx, v, q, words, part, page); err != nil {
			return taken, err
		}
		taken += len(part)
		for _, e := range page.Entries[had:] {
			held += e.weight()
		}
	}
	return taken, nil
}

// mark cuts the found item's headline and densest passage into fragments.
func (e *Entry) mark(words search.Query) {
	if words.Empty() || e.Level != access.All {
		return
	}
	t, headline, body := e.words()
	e.Headline = words.Highlight(t, headline)
	e.Snippet = words.Snippet(t, body, snippetWords)
}

// weight is how many bytes of body an entry holds.
func (e Entry) weight() int {
	n := 0
	if e.Capture != nil {
		for _, p := range e.Capture.Body {
			n += len(p)
		}
	}
	if e.Release != nil {
		for _, it := range e.Release.Items {
			if v := it.Current(); v != nil {
				for _, p := range v.Content.Body {
					n += len(p)
				}
			}
		}
	}
	return n
}

// entries loads what stands at the hits' positions, decides and reduces.
func (s *Service) entries(ctx context.Context, v access.Viewer, q Query, words search.Query, hits []hit, page *Page) error {
	positions := make([]int64, len(hits))
	for i, h := range hits {
		positions[i] = h.position
	}
	events, err := s.store.EventsAt(ctx, positions)
	if err != nil {
		return err
	}
	var rids []wire.ReleaseID
	var cids []wire.CaptureID
	for _, e := range events {
		if e.Kind == wire.EventCaptured {
			cids = append(cids, wire.CaptureID(e.Ref))
		} else {
			rids = append(rids, wire.ReleaseID(e.Ref))
		}
	}
	releases, err := s.store.Releases(ctx, rids)
	if err != nil {
		return err
	}
	captures, err := s.store.Captures(ctx, cids)
	if err != nil {
		return err
	}
	now := s.now()
	for _, h := range hits {
		ev, ok := events[h.position]
		if !ok || !q.within(ev.At) {
			continue
		}
		e := Entry{Item: -1, At: ev.At, position: h.position}
		if ev.Kind == wire.EventCaptured {
			c := captures[wire.CaptureID(ev.Ref)]
			if c == nil || access.Capture(v, c, now) != access.All {
				continue
			}
			e.Level, e.Capture = access.All, c
		} else {
			r := releases[wire.ReleaseID(ev.Ref)]
			if r == nil {
				continue
			}
			if e.Level = access.Release(v, r, now); e.Level == access.Nothing {
				continue
			}
			e.Release = access.Reduce(r, e.Level)
			if e.Level == access.All && !words.Empty() && h.ordinals[0] < len(r.Items) {
				e.Item = q.shown(words, e.Release, h.ordinals)
			}
		}
		page.Entries = append(page.Entries, e)
	}
	return nil
}
