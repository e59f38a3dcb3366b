package stories

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/story"
	"jarchi.dev/jarchi/internal/wire"
)

// Story is one event, as far as a viewer may read of it: at least two reports.
type Story struct {
	ID      string   // of the first of its reports that came here, a release or a capture; any other report's finds it too
	Reports []Report // by their times, the first to report first
	More    bool     // it has further ones
	Best    int      // of Heads: the index of the one that is read whole
	Uses    []Use    // who uses the words of whom; this and what follows only of one story that is asked for

	Because   []Because  // why the machine linked which reports
	Decisions []Decision // what editors decided about any of them, the latest first; those that were taken back too
	Seen      string     // for a decision about what is read here
}

// Because is why the machine put a report to another one.
type Because struct {
	Report, With int // indexes of reports
	Reasons
}

// Report is a release in all its languages, or a capture.
type Report struct {
	browse.Entry
	Time time.Time // when it was published: of a capture the time on its page, if that has one, else when it came here
}

// Use is that one report uses the words of another.
type Use struct {
	From, Of int // indexes of reports
	Kind     story.Kind
	Stated   string // as in Copy
	FromItem int    // of a release, the item with the words; otherwise -1
	OfItem   int
}

// Page is a part of the list of stories.
type Page struct {
	Stories []Story
	Next    string // cursor of the next page; empty at the end
}

// Bounds of an answer.
const (
	maxReports = 100
	maxStories = 50
	maxSought  = 400 // reports that are looked at for a page; it may then have fewer stories, even none, while Next leads on
	maxUses    = 100
)

// errNoStory is also the answer about a story of which the viewer may read but one report.
var errNoStory = fault.E(fault.NotFound, "There is no such story.")

// List lists the stories of which the viewer may read at least two reports, the one that was reported on last first; limit
// is 1 to 50. What she may not read neither makes a story nor moves one up.
func (s *Service) List(ctx context.Context, v access.Viewer, cursor string, limit int) (p Page, err error) {
	defer fault.Wrap(&err, "list stories")
	return s.list(ctx, v, cursor, limit, s.read)
}

// Heads is List for a page that shows of each story one report, in the first of the languages in which there is any, or
// else the first to report: Story.Best is read whole, of the others there is no more than who, when and in which
// languages.
func (s *Service) Heads(ctx context.Context, v access.Viewer, cursor string, limit int, reading []lang.Tag) (p Page, err error) {
	defer fault.Wrap(&err, "list stories")
	if p, err = s.list(ctx, v, cursor, limit, s.heads); err != nil {
		return Page{}, err
	}
	kept := p.Stories[:0]
	for _, one := range p.Stories {
		one.Best = best(one.Reports, reading)
		r := &one.Reports[one.Best]
		e, ok, err := s.whole(ctx, v, r.Entry)
		if err != nil {
			return Page{}, err
		}
		if !ok { // it was withdrawn meanwhile
			continue
		}
		e.Item, r.Entry = -1, e
		kept = append(kept, one)
	}
	p.Stories = kept
	return p, nil
}

// best is the earliest report in the first of these languages that any is in, else the first.
func best(reports []Report, reading []lang.Tag) int {
	for _, t := range reading {
		for i, r := range reports {
			if r.Capture != nil && r.Capture.Language == t || r.Release != nil && slices.ContainsFunc(r.Release.Items, func(it wire.Item) bool { return it.Type == wire.Text && it.Language == t }) {
				return i
			}
		}
	}
	return 0
}

// whole reads an entry of which the head is known.
func (s *Service) whole(ctx context.Context, v access.Viewer, head browse.Entry) (e browse.Entry, ok bool, err error) {
	if head.Capture != nil {
		return s.entry(ctx, v, store.EventRow{Kind: wire.EventCaptured, Ref: string(head.Capture.ID)})
	}
	return s.entry(ctx, v, store.EventRow{Kind: wire.EventReleased, Ref: string(head.Release.ID)})
}

func (s *Service) list(ctx context.Context, v access.Viewer, cursor string, limit int, reader func(context.Context, access.Viewer, []int64) (Story, []int64, error)) (p Page, err error) {
	limit = min(max(limit, 1), maxStories)
	before := int64(1) << 62
	if cursor != "" {
		if before, err = s.browse.OpenStoriesCursor(cursor); err != nil {
			return Page{}, err
		}
	}
	type readStory struct {
		Story
		positions []int64
	}
	read := map[int64]readStory{} // by their first positions
	for sought := 0; sought < maxSought; {
		positions, err := s.store.TogetherBefore(ctx, before, batch)
		if err != nil {
			return Page{}, err
		}
		for _, at := range positions {
			if len(p.Stories) == limit {
				p.Next = s.browse.StoriesCursor(before)
				return p, nil
			}
			before = at
			sought++
			all, err := s.store.StoryAt(ctx, at, maxReports+1)
			if err != nil {
				return Page{}, err
			}
			if len(all) == 0 { // it was withdrawn meanwhile
				continue
			}
			one, known := read[all[0]]
			if !known {
				if one.Story, one.positions, err = reader(ctx, v, all); err != nil {
					return Page{}, err
				}
				read[all[0]] = one
			}
			// A story stands where the newest report stands that she may read.
			if len(one.positions) > 1 && slices.Max(one.positions) == at {
				p.Stories = append(p.Stories, one.Story)
			}
		}
		if len(positions) < batch {
			return p, nil
		}
	}
	p.Next = s.browse.StoriesCursor(before)
	return p, nil
}

// Story answers with the story of a release or a capture, by its id; NotFound where the viewer may not read it and
// another report of the same event.
func (s *Service) Story(ctx context.Context, v access.Viewer, id string) (one Story, err error) {
	defer fault.Wrap(&err, "read a story")
	at, err := s.position(ctx, v, id)
	if err != nil {
		return Story{}, err
	}
	seen, err := s.seen(ctx)
	if err != nil {
		return Story{}, err
	}
	all, err := s.store.StoryAt(ctx, at, maxReports+1)
	if err != nil {
		return Story{}, err
	}
	one, positions, err := s.read(ctx, v, all)
	if err != nil {
		return Story{}, err
	}
	if len(one.Reports) < 2 {
		return Story{}, errNoStory
	}
	one.Seen = seen
	if one.Uses, err = s.uses(ctx, one, positions); err != nil {
		return Story{}, err
	}
	if one.Because, err = s.reasons(ctx, positions); err != nil {
		return Story{}, err
	}
	if err = s.reread(ctx, &one, positions); err != nil {
		return Story{}, err
	}
	one.Decisions, err = s.decidedOn(ctx, v, positions)
	return one, err
}

// maxReread is for how many reports of a story it is read anew what they share with the first.
const maxReread = 4

// reread tells what reports share with the first one of the story where no reasons are kept: an editor put them there, or
// what they were linked to is in the story no more.
func (s *Service) reread(ctx context.Context, one *Story, positions []int64) error {
	s.linking.mu.Lock()
	linker := s.linking.linker
	s.linking.mu.Unlock()
	read := 0
	for i := 1; i < len(positions) && linker != nil && read < maxReread; i++ {
		if slices.ContainsFunc(one.Because, func(b Because) bool { return b.Report == i || b.With == i }) {
			continue
		}
		read++
		docs, err := s.store.StoryDocs(ctx, positions[i:i+1])
		if err != nil {
			return err
		}
		var in []story.Text
		for _, doc := range docs[:min(len(docs), maxReread)] {
			t, err := s.text(ctx, doc)
			if fault.KindOf(err) == fault.NotFound && err != nil {
				continue
			}
			if err != nil {
				return err
			}
			in = append(in, story.Text{ID: linkID(doc), Traits: story.ReadTraits(t.tag, t.words, report(t, nil).At)})
		}
		why, err := s.because(ctx, linker, in, positions[0])
		if err != nil {
			return err
		}
		if r := reasonsOf(store.StoryLink{Because: why}); len(r.All) > 0 {
			one.Because = append(one.Because, Because{i, 0, r})
		}
	}
	return nil
}

// reasons tells why reports were linked, where both are among these.
func (s *Service) reasons(ctx context.Context, positions []int64) (out []Because, err error) {
	for i, p := range positions {
		links, err := s.store.StoryLinks(ctx, p, false, maxUses)
		if err != nil {
			return nil, err
		}
		for _, l := range links {
			b := Because{Report: i, With: slices.Index(positions, l.Other), Reasons: reasonsOf(l)}
			if b.With >= 0 && len(b.All) > 0 {
				out = append(out, b)
			}
		}
	}
	return out, nil
}

// Of is the id by which an entry's story is found; "" if the viewer may read no other report of the event. Readers ask it
// for every page of an item, so it reads no further than that.
func (s *Service) Of(ctx context.Context, v access.Viewer, e browse.Entry) (id string, err error) {
	defer fault.Wrap(&err, "find a story")
	var at int64
	switch {
	case !readable(e):
		return "", nil
	case e.Capture != nil:
		id, at = string(e.Capture.ID), e.Capture.Position
	default:
		id = string(e.Release.ID)
		if at, err = s.store.ReleasePosition(ctx, e.Release.ID); err != nil {
			return "", err
		}
	}
	all, err := s.store.StoryAt(ctx, at, maxReports+1)
	if err != nil || len(all) < 2 {
		return "", err
	}
	events, err := s.store.EventsAt(ctx, all)
	if err != nil {
		return "", err
	}
	for _, other := range all {
		if other == at {
			continue
		}
		if _, ok, err := s.entry(ctx, v, events[other]); err != nil {
			return "", err
		} else if ok {
			return id, nil
		}
	}
	return "", nil
}

// readable reports whether an entry is a report with words, and the viewer to whom it was given may read them.
func readable(e browse.Entry) bool {
	return e.Level == access.All && (e.Capture != nil || e.Release != nil && e.Release.State == wire.Released && len(e.Release.Items) > 0)
}

// entry reads the report of an event; ok is false where there is none that the viewer may read.
func (s *Service) entry(ctx context.Context, v access.Viewer, of store.EventRow) (e browse.Entry, ok bool, err error) {
	switch of.Kind {
	case "":
		return e, false, nil // it left meanwhile
	case wire.EventCaptured:
		e, err = s.browse.Capture(ctx, v, wire.CaptureID(of.Ref))
	default:
		e, err = s.browse.Release(ctx, v, wire.ReleaseID(of.Ref))
	}
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			err = nil
		}
		return e, false, err
	}
	return e, readable(e), nil
}

// position is where the report stands that an id names, if the viewer may read it.
func (s *Service) position(ctx context.Context, v access.Viewer, id string) (int64, error) {
	hidden := func(err error) error {
		if kind := fault.KindOf(err); kind == fault.NotFound || kind == fault.Invalid {
			return errNoStory
		}
		return err
	}
	if c, err := wire.ParseCaptureID(id); err == nil {
		e, err := s.browse.Capture(ctx, v, c)
		if err != nil {
			return 0, hidden(err)
		}
		return e.Capture.Position, nil
	}
	r, err := wire.ParseReleaseID(id)
	if err != nil {
		return 0, errNoStory
	}
	e, err := s.browse.Release(ctx, v, r)
	if err != nil {
		return 0, hidden(err)
	}
	if e.Level != access.All || e.Release.State != wire.Released {
		return 0, errNoStory
	}
	at, err := s.store.ReleasePosition(ctx, r)
	if err != nil {
		return 0, hidden(err)
	}
	return at, nil
}

// placed is a report at a position.
type placed struct {
	Report
	at int64
}

// read makes a story of the reports at these positions that the viewer may read whole; positions are those, in the
// order of the reports.
func (s *Service) read(ctx context.Context, v access.Viewer, all []int64) (one Story, positions []int64, err error) {
	one.More = len(all) > maxReports
	all = all[:min(len(all), maxReports)]
	events, err := s.store.EventsAt(ctx, all)
	if err != nil {
		return Story{}, nil, err
	}
	var out []placed
	for _, at := range all {
		entry, ok, err := s.entry(ctx, v, events[at])
		if err != nil {
			return Story{}, nil, err
		}
		if ok {
			out = append(out, placed{Report{entry, time.Time{}}, at})
		}
	}
	return inOrder(one, out)
}

// heads is read without the words of any report.
func (s *Service) heads(ctx context.Context, v access.Viewer, all []int64) (one Story, positions []int64, err error) {
	one.More = len(all) > maxReports
	all = all[:min(len(all), maxReports)]
	heads, err := s.store.ReportHeads(ctx, all)
	if err != nil {
		return Story{}, nil, err
	}
	var out []placed
	for _, at := range all {
		e := browse.Entry{Level: access.All}
		switch h := heads[at]; {
		case h.Capture != nil && s.browse.WholeCapture(v, h.Capture):
			e.Capture, e.At = h.Capture, h.Capture.ArrivedAt
			var k card
			if h.Card != nil && json.Unmarshal(h.Card, &k) == nil {
				k.onto(&store.Used{Capture: h.Capture})
			} else if whole, ok, err := s.whole(ctx, v, e); err != nil { // no sketch was drawn yet
				return Story{}, nil, err
			} else if ok {
				e = whole
			}
		case h.Release != nil && len(h.Release.Items) > 0 && s.browse.Whole(v, h.Release):
			if e.Release, e.At = h.Release, h.Release.OpenedAt; e.At.IsZero() {
				e.At = h.Release.ReleasedAt
			}
		default:
			continue
		}
		out = append(out, placed{Report{e, time.Time{}}, at})
	}
	return inOrder(one, out)
}

// inOrder puts reports, which come in the order in which they came here, into that of their times.
func inOrder(one Story, all []placed) (Story, []int64, error) {
	var positions []int64
	for i := range all {
		r := &all[i].Report
		if r.Item = -1; i == 0 {
			one.ID = idOf(r.Entry)
		}
		r.Time = report(textOf(r.Entry, 0), nil).At
	}
	slices.SortStableFunc(all, func(a, b placed) int { return a.Time.Compare(b.Time) })
	for _, p := range all {
		one.Reports, positions = append(one.Reports, p.Report), append(positions, p.at)
	}
	return one, positions, nil
}

// textOf is what report needs of an entry; i is the item of a release.
func textOf(e browse.Entry, i int) text {
	if e.Capture != nil {
		return text{capture: e.Capture, item: -1}
	}
	return text{release: e.Release, item: i}
}

// uses tells which reports of a story use the words of which, the earliest user first.
func (s *Service) uses(ctx context.Context, one Story, positions []int64) (out []Use, err error) {
	members, err := s.browse.Members(ctx)
	if err != nil {
		return nil, err
	}
	var used []store.TextUse
	for _, p := range positions {
		of, err := s.store.UsesOf(ctx, p, maxUses)
		if err != nil {
			return nil, err
		}
		for _, u := range of {
			if earlier, _ := store.SplitDocID(u.Earlier); slices.Contains(positions, earlier) && len(used) < maxUses {
				used = append(used, u)
			}
		}
	}
	for _, u := range used {
		later, n := store.SplitDocID(u.Later)
		earlier, m := store.SplitDocID(u.Earlier)
		w := Use{From: slices.Index(positions, later), Of: slices.Index(positions, earlier), Kind: u.Kind, FromItem: n, OfItem: m}
		a, b := textOf(one.Reports[w.From].Entry, n), textOf(one.Reports[w.Of].Entry, m)
		if a.release != nil && n >= len(a.release.Items) || b.release != nil && m >= len(b.release.Items) { // it changed meanwhile
			continue
		}
		turned, _, stated := story.Arrow(report(a, members), report(b, members))
		if w.Stated = stated; turned {
			w.From, w.Of, w.FromItem, w.OfItem = w.Of, w.From, w.OfItem, w.FromItem
		}
		if one.Reports[w.From].Capture != nil {
			w.FromItem = -1
		}
		if one.Reports[w.Of].Capture != nil {
			w.OfItem = -1
		}
		if !slices.ContainsFunc(out, func(o Use) bool { return o.From == w.From && o.Of == w.Of }) { // of several languages one is told
			out = append(out, w)
		}
	}
	slices.SortStableFunc(out, func(a, b Use) int { return a.From - b.From })
	return out, nil
}
