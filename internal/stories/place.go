package stories

import (
	"context"
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
	reads  bool
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

func linkID(doc int64) string { return strconv.FormatInt(doc, 10) }

// window is the linker with what is in the window. One caller at a time.
func (s *Service) window(ctx context.Context) (*story.Linker, error) {
	l := &s.linking
	l.mu.Lock()
	if l.linker != nil && l.texts < windowTexts+windowSlack {
		defer l.mu.Unlock()
		return l.linker, nil
	}
	l.linker, l.reads, l.gone = nil, true, nil
	l.mu.Unlock()

	fresh, n := story.NewLinker(), 0
	first := map[int64]string{} // a text of each story
	var waiting []story.Text
	err := s.store.StoryTexts(ctx, windowTexts, windowTime, func(k store.StoryText) error {
		traits, err := story.ParseTraits(k.Traits)
		if err != nil {
			return fault.E(fault.Corrupt, "What is kept of document %d to find its story is damaged.", k.Doc).Because(err)
		}
		if first[k.Story] == "" {
			first[k.Story] = linkID(k.Doc)
		}
		n++
		if waiting = append(waiting, story.Text{ID: linkID(k.Doc), At: k.At, Traits: traits, Story: first[k.Story]}); len(waiting) < 256 {
			return nil
		}
		err = fresh.Enter(waiting...)
		waiting = waiting[:0]
		return err
	})
	if err == nil {
		err = fresh.Enter(waiting...)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reads = false
	if err != nil {
		return nil, err
	}
	for _, doc := range l.gone {
		fresh.Remove(linkID(doc))
	}
	l.linker, l.texts, l.gone = fresh, n, nil
	return fresh, nil
}

// place finds the stories of the texts that are due. Each batch is on disk before the next begins; a job that is
// stopped or repeated goes on with what is left.
func (s *Service) place(ctx context.Context, j jobs.Job) (err error) {
	defer fault.Wrap(&err, "place texts in stories")
	s.placing.Lock()
	defer s.placing.Unlock()
	for {
		due, err := s.store.DueTexts(ctx, batch)
		if err != nil {
			return err
		}
		linker, err := s.window(ctx)
		if err != nil {
			return err
		}
		var done []store.PlacedText
		for _, d := range due {
			k, err := s.placed(ctx, linker, d)
			if err != nil {
				return err
			}
			done = append(done, k)
		}
		passed, err := s.store.PutPlaced(ctx, done, j)
		if err != nil {
			return err
		}
		s.linking.mu.Lock()
		s.linking.texts += len(due)
		s.linking.mu.Unlock()
		for _, doc := range passed { // its words left between reading and writing
			linker.Remove(linkID(doc))
		}
		if len(due) < batch {
			return nil
		}
	}
}

// placed finds the story of one document.
func (s *Service) placed(ctx context.Context, linker *story.Linker, d store.DuePrint) (store.PlacedText, error) {
	k := store.PlacedText{DuePrint: d}
	t, err := s.text(ctx, d.Doc)
	switch fault.KindOf(err) {
	case fault.NotFound, fault.Corrupt: // it is gone, or nobody can read it
		if err != nil {
			return k, nil
		}
	}
	if err != nil || t.words == "" {
		return k, err
	}
	at := report(t, nil).At
	in := story.Text{ID: linkID(d.Doc), At: at, Traits: story.ReadTraits(t.tag, t.words, at)}
	// The languages of one release are one report: the first brings the others to its story.
	position, ordinal := store.SplitDocID(d.Doc)
	for i := range maxItems {
		if of, _ := linker.Story(linkID(store.DocID(position, i))); i != ordinal && of != "" {
			in.Story = linkID(store.DocID(position, i))
			if err := linker.Enter(in); err != nil {
				return k, err
			}
			break
		}
	}
	if _, err := linker.Place(0, in); err != nil {
		return k, err
	}
	k.At, k.Traits = at, in.Traits.Bytes()
	_, with := linker.Story(in.ID)
	last := position
	for _, id := range with {
		doc, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			return k, err
		}
		if p, _ := store.SplitDocID(doc); p != position && p != last && len(k.With) < store.MaxTogether {
			k.With = append(k.With, p)
			last = p
		}
	}
	return k, nil
}

// maxItems bounds the items of a release: their number has six bits in a document's.
const maxItems = 64
