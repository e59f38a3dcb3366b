package stories

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/story"
)

// What new texts are compared with lies in memory, about 3 kB a text: 25 MB of the node's 200 with 100,000 items. Older
// texts keep their story and are compared no more.
const (
	windowTexts = 8192
	windowTime  = 30 * 24 * time.Hour
	windowSlack = 1024 // texts beyond the window before it is drawn anew
)

// linking is the window. It is read from the store when the first job runs, and again when it has grown.
type linking struct {
	mu     sync.Mutex
	linker *story.Linker // nil: not read
	texts  int           // that were ever entered
	gone   []int64       // while it is being read: texts that left meanwhile
	moved  []int64       // and reports about whose stories somebody decided
	reads  bool
	again  bool    // what is being read is of another time
	stale  []int64 // texts in it of which a former version, or damage, left what is kept; see renew

	gathering sync.Mutex // held while the linker is told of stories
}

// textsGone forgets texts whose words are gone. The writer waits for it.
func (l *linking) textsGone(docs []int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.reads {
		l.gone = append(l.gone, docs...)
	}
	if l.linker != nil {
		for _, doc := range docs {
			l.linker.Remove(linkID(doc))
		}
	}
}

// toldElsewhere follows what another node did to texts and stories. Where that is not known the window is read again.
func (s *Service) toldElsewhere(gone, moved []int64, all bool) {
	l := &s.linking
	if all {
		l.mu.Lock()
		l.linker, l.again = nil, l.reads
		l.mu.Unlock()
		return
	}
	l.textsGone(gone)
	if len(moved) > 0 {
		s.tell(context.Background(), moved...)
	}
}

func linkID(doc int64) string { return strconv.FormatInt(doc, 10) }

// errAgain has the job tried again.
var errAgain = fault.E(fault.Unavailable, "Other nodes have written while the texts were read.")

// window is the linker with what is in the window. One caller at a time.
func (s *Service) window(ctx context.Context) (*story.Linker, error) {
	l := &s.linking
	l.mu.Lock()
	if l.linker != nil && l.texts < windowTexts+windowSlack {
		defer l.mu.Unlock()
		return l.linker, nil
	}
	l.linker, l.reads, l.again, l.gone, l.moved = nil, true, false, nil, nil
	l.mu.Unlock()

	fresh, n, began := story.NewLinker(), 0, time.Now()
	var waiting []story.Text
	var stale []int64
	first := map[int64]string{} // of a story
	err := s.store.StoryTexts(ctx, windowTexts, windowTime, func(k store.StoryText) error {
		traits, err := story.ParseTraits(k.Traits)
		if err != nil || story.TraitsOutdated(k.Traits) {
			stale = append(stale, k.Doc)
		}
		if err != nil {
			s.store.Damaged(ctx, "traits", k.Doc)
			return nil
		}
		n++
		if first[k.Story] == "" {
			first[k.Story] = linkID(k.Doc)
		}
		if waiting = append(waiting, story.Text{ID: linkID(k.Doc), At: k.At, Traits: traits, Story: first[k.Story], Vector: k.Vector}); len(waiting) < 256 {
			return nil
		}
		if err := fresh.Enter(waiting...); err != nil {
			return err
		}
		waiting = waiting[:0]
		defer func() { began = time.Now() }()
		return s.store.Rest(ctx, began)
	})
	if err == nil {
		err = fresh.Enter(waiting...)
	}
	l.mu.Lock()
	moved := l.moved
	if l.reads, l.moved = false, nil; err == nil && l.again {
		err = errAgain
	}
	if err != nil {
		l.mu.Unlock()
		return nil, err
	}
	for _, doc := range l.gone {
		fresh.Remove(linkID(doc))
	}
	l.linker, l.texts, l.gone, l.stale = fresh, n, nil, stale
	l.mu.Unlock()
	return fresh, s.gather(ctx, moved...)
}

// renew reads anew what a former version of Jarchi, or damage, left of the texts in the window, so that new ones are compared with all of them alike; the stories of
// these stay as they are. It says whether the window is to be read again. Each batch is on disk before the next begins: what a stop leaves is found when the window
// is read next. One caller at a time.
func (s *Service) renew(ctx context.Context) (again bool, err error) {
	l := &s.linking
	l.mu.Lock()
	stale := l.stale
	l.stale = nil
	l.mu.Unlock()
	for len(stale) > 0 {
		start := time.Now()
		var fresh []store.StoryText
		for _, doc := range stale[:min(len(stale), maxItems)] {
			t, err := s.text(ctx, doc)
			if kind := fault.KindOf(err); err != nil && kind != fault.NotFound && kind != fault.Corrupt {
				return again, err
			}
			if err == nil && t.words != "" { // else it is gone, or nobody can read it
				fresh = append(fresh, store.StoryText{Doc: doc, Traits: story.ReadTraits(t.tag, t.words, report(t, nil).At).Bytes()})
			}
		}
		if err := s.store.PutTraits(ctx, fresh); err != nil {
			return again, err
		}
		if again = again || len(fresh) > 0; again {
			l.mu.Lock()
			l.linker = nil
			l.mu.Unlock()
		}
		stale = stale[min(len(stale), maxItems):]
		if err := s.store.Rest(ctx, start); err != nil {
			return again, err
		}
	}
	return again, nil
}

// gather tells the linker what the stories of these reports are now: what is usual for a text is told from those that are
// not of its story.
func (s *Service) gather(ctx context.Context, positions ...int64) error {
	l := &s.linking
	l.gathering.Lock()
	defer l.gathering.Unlock()
	l.mu.Lock()
	linker := l.linker
	if l.reads {
		l.moved = append(l.moved, positions...)
	}
	l.mu.Unlock()
	if linker == nil {
		return nil
	}
	told := map[int64]bool{}
	for _, p := range positions {
		if told[p] {
			continue
		}
		all, err := s.store.StoryAt(ctx, p, store.MaxTogether)
		if err != nil {
			return err
		}
		if !slices.Contains(all, p) {
			all = append(all, p)
		}
		docs, err := s.store.StoryDocs(ctx, all)
		if err != nil {
			return err
		}
		for _, q := range all {
			told[q] = true
		}
		ids := make([]string, len(docs))
		for i, doc := range docs {
			ids[i] = linkID(doc)
		}
		linker.Gather(ids...)
	}
	return nil
}

// place finds the stories of the texts that are due. Each report is on disk before the next begins; a job that is
// stopped or repeated goes on with what is left.
func (s *Service) place(ctx context.Context, j jobs.Job) (err error) {
	defer fault.Wrap(&err, "place texts in stories")
	s.placing.Lock()
	defer s.placing.Unlock()
	if err := s.draw(ctx, jobs.Job{}); err != nil { // who copied whom is known first; its own job then finds nothing
		return err
	}
	for {
		start := time.Now()
		due, err := s.store.DueTexts(ctx, maxItems)
		if err != nil {
			return err
		}
		for i := range due { // those of one report
			if a, _ := store.SplitDocID(due[0].Doc); due[i].Doc >= store.DocID(a+1, 0) {
				due = due[:i]
				break
			}
		}
		linker, err := s.window(ctx)
		if err != nil {
			return err
		}
		if again, err := s.renew(ctx); err != nil {
			return err
		} else if again {
			continue
		}
		done, links, err := s.placed(ctx, linker, due)
		if err != nil {
			return err
		}
		passed, err := s.store.PutPlaced(ctx, done, links, j)
		if err != nil {
			return err
		}
		s.linking.mu.Lock()
		s.linking.texts += len(done)
		s.linking.mu.Unlock()
		for _, doc := range passed { // its words left between reading and writing
			linker.Remove(linkID(doc))
		}
		if len(due) == 0 {
			return nil
		}
		here, _ := store.SplitDocID(due[0].Doc)
		if err := s.gather(ctx, here); err != nil {
			return err
		}
		if err := s.store.Rest(ctx, start); err != nil {
			return err
		}
	}
}

const (
	maxItems = 64 // of a release: an item's number has six bits in a document's

	nearest      = 24
	linked       = 0.5
	copiedWithin = 7 * 24 * time.Hour
	agrees       = 0.29 // what a further report of a story must have of a link, that the story is the same
	severalOf    = 3    // of a story of so many reports at least half must agree
)

// placed finds the story of one report, whose texts are due. A report joins the story of the one that is nearest; more than half of its texts must be linked to it.
// Stories that were begun apart stay apart, and so does what editors put apart. What they decided about a capture holds for its article when it comes again with
// other words (decidedBefore): it is kept from what that was kept from, and joins the story of that one if it is near it at all. A report that has its story and
// other words stays; why it is there is told anew.
func (s *Service) placed(ctx context.Context, linker *story.Linker, due []store.DuePrint) (out []store.PlacedText, links []store.StoryLink, err error) {
	var in []story.Text
	var words []string // of those, what an engine may be asked about
	var of []int       // where they stand in out
	for _, d := range due {
		k := store.PlacedText{DuePrint: d}
		t, err := s.text(ctx, d.Doc)
		switch kind := fault.KindOf(err); {
		case err != nil && (kind == fault.NotFound || kind == fault.Corrupt): // it is gone, or nobody can read it
		case err != nil:
			return nil, nil, err
		case t.words != "":
			k.At = report(t, nil).At
			x := story.Text{ID: linkID(d.Doc), At: k.At, Traits: story.ReadTraits(t.tag, t.words, k.At)}
			k.Traits = x.Traits.Bytes()
			in, words, of = append(in, x), append(words, t.open()), append(of, len(out))
		}
		out = append(out, k)
	}
	if len(in) == 0 {
		return out, nil, nil
	}
	s.Meaning.vectors(ctx, s.now(), in, words)
	for i, x := range in {
		out[of[i]].Vector = x.Vector
	}
	found, err := linker.Place(nearest, in...)
	if err != nil {
		return nil, nil, err
	}
	here, _ := store.SplitDocID(due[0].Doc)
	together, err := s.store.StoryAt(ctx, here, 2)
	if err != nil {
		return nil, nil, err
	}
	known, err := s.store.StoryLinks(ctx, here, true, store.MaxTogether)
	if err != nil {
		return nil, nil, err
	}
	for _, l := range known {
		if l.Because, err = s.because(ctx, linker, in, l.Position+l.Other-here); err != nil {
			return nil, nil, err
		}
		links = append(links, l)
	}
	if len(together) > 1 { // it has its story, and other words
		return out, links, nil
	}
	add := func(p int64) ([]store.PlacedText, []store.StoryLink, error) {
		why, err := s.because(ctx, linker, in, p)
		return out, append(links, store.StoryLink{Position: here, Other: p, Because: why}), err
	}
	before, err := s.decidedBefore(ctx, due)
	if err != nil {
		return nil, nil, err
	}
	if p, err := s.copied(ctx, due); err != nil {
		return nil, nil, err
	} else if p >= 0 {
		if apart, err := s.apart(ctx, here, before, p); err != nil {
			return nil, nil, err
		} else if !apart {
			return add(p)
		}
	}
	type candidate struct {
		texts int     // of the report here that are linked
		sum   float64 // of their scores
		best  float64
		clash bool
	}
	near := map[int64]*candidate{}
	for _, f := range found {
		best := map[int64]float64{}
		for _, n := range f.Near {
			doc, err := strconv.ParseInt(n.ID, 10, 64)
			if err != nil {
				return nil, nil, err
			}
			p, _ := store.SplitDocID(doc)
			if p == here {
				continue
			}
			if near[p] == nil {
				near[p] = &candidate{}
			}
			near[p].clash = near[p].clash || n.Clash != ""
			best[p] = max(best[p], n.Score)
		}
		for p, score := range best {
			c := near[p]
			if c.best = max(c.best, score); score >= linked {
				c.texts++
				c.sum += score
			}
		}
	}
	var with []int64
	for p, c := range near {
		if 2*c.texts > len(in) && !c.clash {
			with = append(with, p)
		}
	}
	slices.SortFunc(with, func(a, b int64) int { return cmp.Or(cmp.Compare(near[b].sum, near[a].sum), cmp.Compare(a, b)) })
	for _, p := range before {
		if near[p] != nil && near[p].best >= agrees {
			return add(p)
		}
	}
	for _, p := range with {
		all, err := s.store.StoryAt(ctx, p, store.MaxTogether)
		if err != nil {
			return nil, nil, err
		}
		agree, clash := 0, false
		for _, other := range all {
			if c := near[other]; c != nil {
				clash = clash || c.clash
				if c.best >= agrees {
					agree++
				}
			}
		}
		if clash || len(all) >= severalOf && 2*agree < len(all) {
			continue
		}
		if apart, err := s.apart(ctx, here, before, p); err != nil {
			return nil, nil, err
		} else if apart {
			continue
		}
		return add(p)
	}
	return out, links, nil
}

// decidedBefore are the reports that the same article was before, and of which an editor said something, the latest said first.
func (s *Service) decidedBefore(ctx context.Context, due []store.DuePrint) (out []int64, err error) {
	t, err := s.text(ctx, due[0].Doc)
	if err != nil || t.capture == nil { // gone meanwhile, or a release, which stays the same report
		return nil, nil
	}
	earlier, err := s.store.SaidOf(ctx, t.capture)
	for _, c := range earlier {
		if c.Position < t.capture.Position {
			out = append(out, c.Position)
		}
	}
	return out, err
}

// apart reports whether editors put the stories of two reports apart, or what one of them was before from the other.
func (s *Service) apart(ctx context.Context, here int64, before []int64, other int64) (apart bool, err error) {
	for _, p := range append([]int64{here}, before...) {
		if p == other {
			continue
		}
		if apart, err = s.store.StoriesApart(ctx, p, other); err != nil || apart {
			return apart, err
		}
	}
	return false, nil
}

// copied is the report of another source that one of these texts is nothing but a copy of; -1 if there is none. A source
// that repeats itself, as bulletins do, does not report the same event.
func (s *Service) copied(ctx context.Context, due []store.DuePrint) (int64, error) {
	here, _ := store.SplitDocID(due[0].Doc)
	used, err := s.store.UsesOf(ctx, here, most)
	if err != nil {
		return -1, err
	}
	for _, u := range used {
		if u.Kind != story.Copy && u.Kind != story.Cut {
			continue
		}
		a, err := s.text(ctx, u.Later)
		if err != nil {
			continue
		}
		b, err := s.text(ctx, u.Earlier)
		if err != nil {
			continue
		}
		ra, rb := report(a, nil), report(b, nil)
		if sourceOf(a) != sourceOf(b) && ra.At.Sub(rb.At).Abs() <= copiedWithin {
			p, _ := store.SplitDocID(u.Earlier)
			return p, nil
		}
	}
	return -1, nil
}

// sourceOf is who says a text: the leading member, or the host of its page.
func sourceOf(t text) string {
	if t.release != nil {
		return "member " + string(t.release.Lead())
	}
	if u, err := url.Parse(t.capture.SourceURL); err == nil {
		return u.Hostname()
	}
	return ""
}
