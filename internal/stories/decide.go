package stories

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/wire"
)

// DecisionKind is what was decided.
type DecisionKind = store.DecisionKind

// The kinds of decisions.
const (
	Joined = store.DecidedJoin // two stories are one
	Moved  = store.DecidedMove // one report of a story belongs to another story
	Parted = store.DecidedPart // a report does not belong to a story
)

// Decision is what an editor decided about two reports that a viewer may read.
type Decision struct {
	ID     string
	Kind   DecisionKind
	Report browse.Entry // the one that it is about
	Other  browse.Entry // one of the story with which it was joined, or away from which it was taken
	Member wire.MemberID
	At     time.Time
	Reason string // in the editor's words; may be empty
	Undone *Undone
	Seen   string // of Decision: for taking it back
}

// Undone is that a decision was taken back.
type Undone struct {
	Member wire.MemberID
	At     time.Time
}

// Bounds of decisions.
const (
	MaxReason    = 300 // letters of a reason
	maxDecisions = 30  // that are told of one story
	maxLooked    = 12  // reports that are looked at for one that the viewer may read
)

// MayDecide reports whether a viewer may say which reports belong together: who may let releases leave, or verifies, and
// reads for a member.
func MayDecide(v access.Viewer) bool {
	return v.Member != "" && v.Has(access.ReadClosed) && (v.Has(access.Publish) || v.Has(access.Verify))
}

// Who decides: a person, or a token (people.ByToken) where a program acts for the viewer's member.
type Who struct {
	Viewer access.Viewer
	By     people.UserID
}

// Saying is what is decided: about the report and the other one, each a release or a capture by its id.
type Saying struct {
	Report string
	Other  string // of a parting it may be empty: the report's own story
	Alone  bool   // of a joining: the report alone, not the whole of its story
	Reason string
	Seen   string // Story.Seen or Plan.Seen of what was looked at; empty: whatever it is now
}

// Join says that two reports belong together: their stories are one from now on. With Alone only the report itself leaves
// its story. What is decided stands above what the machine finds, now and later, until somebody decides otherwise or
// takes it back. It is refused with a Conflict if it is so already, or if somebody else decided about these stories after
// they were seen.
func (s *Service) Join(ctx context.Context, w Who, x Saying) (d Decision, err error) {
	defer fault.Wrap(&err, "join stories")
	return s.decide(ctx, w, x, people.StoryJoined)
}

// Part says that a report does not belong to a story: to its own, where it becomes one by itself, or to that of another
// report. Nothing the machine finds brings it together again with what it was parted from. It is refused as Join is.
func (s *Service) Part(ctx context.Context, w Who, x Saying) (d Decision, err error) {
	defer fault.Wrap(&err, "take a report out of a story")
	return s.decide(ctx, w, x, people.StoryParted)
}

func (s *Service) decide(ctx context.Context, w Who, x Saying, action string) (Decision, error) {
	at, err := s.position(ctx, w.Viewer, x.Report)
	if err != nil {
		return Decision{}, err
	}
	var other int64
	switch {
	case x.Other != "":
		if other, err = s.position(ctx, w.Viewer, x.Other); err != nil {
			return Decision{}, err
		}
		if other == at {
			return Decision{}, fault.Field("other", "A report cannot be joined with itself or taken away from itself.")
		}
	case action == people.StoryJoined:
		return Decision{}, fault.Field("other", "Name the report with which it belongs together.")
	}
	if !MayDecide(w.Viewer) {
		return Decision{}, fault.E(fault.NotAllowed, "Only editors and verifiers say which reports belong together.")
	}
	reason, err := reasonIn(x.Reason)
	if err != nil {
		return Decision{}, err
	}
	seen, err := s.known(x.Seen)
	if err != nil {
		return Decision{}, err
	}
	before, err := s.store.StoryAt(ctx, at, store.MaxTogether)
	if err != nil {
		return Decision{}, err
	}
	if x.Other == "" { // one that she may read stands for the story
		if other, x.Other, err = s.company(ctx, w.Viewer, at, before); err != nil {
			return Decision{}, err
		}
	}
	d := store.StoryDecision{ID: people.NewID(), Subject: at, Other: other, Member: w.Viewer.Member, By: w.By, At: s.now(), Reason: reason}
	e := people.Entry{ID: people.NewID(), At: d.At, Member: d.Member, Actor: d.By, Action: action, Object: x.Report, Detail: x.Other}
	captures, err := s.store.Captures(ctx, []wire.CaptureID{wire.CaptureID(x.Report), wire.CaptureID(x.Other)}) // what is decided holds for them with other words too
	if err != nil {
		return Decision{}, err
	}
	if err := s.store.Write(ctx, func(t *store.Tx) error {
		if action == people.StoryParted {
			err = t.PartStory(d, seen)
		} else {
			err = t.JoinStories(d, x.Alone, seen)
		}
		if err != nil {
			return err
		}
		for _, c := range captures {
			if err := t.NoteSaid(c, d.At); err != nil {
				return err
			}
		}
		t.Moved(append(slices.Clone(before), at, other)...)
		return t.AddEntry(e)
	}); err != nil {
		return Decision{}, err
	}
	s.tell(ctx, append(before, at, other)...)
	return s.Decision(ctx, w.Viewer, d.ID)
}

// company is another report of a story that the viewer may read.
func (s *Service) company(ctx context.Context, v access.Viewer, at int64, all []int64) (int64, string, error) {
	events, err := s.store.EventsAt(ctx, all)
	if err != nil {
		return 0, "", err
	}
	for _, p := range all {
		if p == at {
			continue
		}
		if _, ok, err := s.entry(ctx, v, events[p]); err != nil {
			return 0, "", err
		} else if ok {
			return p, events[p].Ref, nil
		}
	}
	return 0, "", fault.E(fault.Conflict, "This report is a story of its own already.")
}

// reasonIn is a reason as it is kept: one line, without what cannot be seen.
func reasonIn(s string) (string, error) {
	s = lang.Plain(strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " "))
	if utf8.RuneCountInString(s) > MaxReason {
		return "", fault.Field("reason", "A reason has at most %d letters.", MaxReason)
	}
	return s, nil
}

// tell has the linker know where reports belong now. What cannot be read is read with the whole window again.
func (s *Service) tell(ctx context.Context, positions ...int64) {
	if err := s.gather(context.WithoutCancel(ctx), positions...); err != nil {
		s.linking.mu.Lock()
		s.linking.linker = nil
		s.linking.mu.Unlock()
	}
}

// Undo takes a decision back: the stories are as though it had not been made. Any editor or verifier who may read what it
// was about can do it. A decision that was taken back already is refused with a Conflict, and one about whose stories others decided since it was read: seen
// is Decision.Seen, or empty where that does not matter.
func (s *Service) Undo(ctx context.Context, w Who, id, seen string) (d Decision, err error) {
	defer fault.Wrap(&err, "take a decision back")
	known, err := s.known(seen)
	if err != nil {
		return Decision{}, err
	}
	row, err := s.store.StoryDecision(ctx, id)
	if err != nil {
		return Decision{}, err
	}
	if d, err = s.Decision(ctx, w.Viewer, id); err != nil {
		return Decision{}, err
	}
	if !MayDecide(w.Viewer) {
		return Decision{}, fault.E(fault.NotAllowed, "Only editors and verifiers say which reports belong together.")
	}
	before, err := s.store.StoryAt(ctx, row.Subject, store.MaxTogether)
	if err != nil {
		return Decision{}, err
	}
	back := store.StoryDecision{ID: people.NewID(), Member: w.Viewer.Member, By: w.By, At: s.now()}
	e := people.Entry{ID: people.NewID(), At: back.At, Member: back.Member, Actor: back.By, Action: people.StoryUndone, Object: idOf(d.Report), Detail: idOf(d.Other)}
	if err := s.store.Write(ctx, func(t *store.Tx) error {
		if _, err := t.UndoStoryDecision(back, id, known); err != nil {
			return err
		}
		t.Moved(append(append(slices.Clone(before), row.Subject, row.Other), row.Apart...)...)
		return t.AddEntry(e)
	}); err != nil {
		return Decision{}, err
	}
	s.tell(ctx, append(append(before, row.Subject, row.Other), row.Apart...)...)
	return s.Decision(ctx, w.Viewer, id)
}

// idOf is the id of a release or a capture.
func idOf(e browse.Entry) string {
	if e.Capture != nil {
		return string(e.Capture.ID)
	}
	if e.Release != nil {
		return string(e.Release.ID)
	}
	return ""
}

// Decision reads a decision; NotFound where the viewer may not read the report that it is about and one of the others.
func (s *Service) Decision(ctx context.Context, v access.Viewer, id string) (_ Decision, err error) {
	defer fault.Wrap(&err, "read a decision")
	seen, err := s.seen(ctx) // before it is read
	if err != nil {
		return Decision{}, err
	}
	row, err := s.store.StoryDecision(ctx, id)
	if err != nil {
		return Decision{}, err
	}
	all, err := s.told(ctx, v, []store.StoryDecision{row})
	if err != nil {
		return Decision{}, err
	}
	if len(all) == 0 {
		return Decision{}, fault.E(fault.NotFound, "There is no such decision.")
	}
	all[0].Seen = seen
	return all[0], nil
}

// Decided lists what was decided about an entry that browse answered this viewer, the latest first.
func (s *Service) Decided(ctx context.Context, v access.Viewer, e browse.Entry) (_ []Decision, err error) {
	defer fault.Wrap(&err, "read decisions")
	if !readable(e) {
		return nil, nil
	}
	at, err := s.position(ctx, v, idOf(e))
	if err != nil {
		return nil, err
	}
	rows, err := s.store.StoryDecisionsOn(ctx, at, maxDecisions)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return s.told(ctx, v, rows)
}

// told makes of decisions what a viewer is told: of those about a report, and at least one other, that she may read.
func (s *Service) told(ctx context.Context, v access.Viewer, rows []store.StoryDecision) (out []Decision, err error) {
	known := map[int64]browse.Entry{}
	read := func(p int64) (browse.Entry, error) {
		if e, ok := known[p]; ok {
			return e, nil
		}
		events, err := s.store.EventsAt(ctx, []int64{p})
		if err != nil {
			return browse.Entry{}, err
		}
		e, ok, err := s.entry(ctx, v, events[p])
		if !ok {
			e = browse.Entry{}
		}
		e.Item = -1
		known[p] = e
		return e, err
	}
	for _, row := range rows {
		d := Decision{ID: row.ID, Kind: row.Kind, Member: row.Member, At: row.At, Reason: row.Reason}
		if row.Undone != nil {
			d.Undone = &Undone{row.Undone.Member, row.Undone.At}
		}
		if d.Report, err = read(row.Subject); err != nil {
			return nil, err
		}
		others := []int64{row.Other}
		if row.Kind == store.DecidedPart {
			others = append(others, row.Apart...)
		}
		for _, p := range others[:min(len(others), maxLooked)] {
			if p == row.Subject {
				continue
			}
			if d.Other, err = read(p); err != nil {
				return nil, err
			}
			if idOf(d.Other) != "" {
				break
			}
		}
		if idOf(d.Report) != "" && idOf(d.Other) != "" {
			out = append(out, d)
		}
	}
	return out, nil
}

// decidedOn lists what was decided about reports, the latest first.
func (s *Service) decidedOn(ctx context.Context, v access.Viewer, positions []int64) ([]Decision, error) {
	var rows []store.StoryDecision
	for _, p := range positions {
		of, err := s.store.StoryDecisionsOn(ctx, p, maxDecisions)
		if err != nil {
			return nil, err
		}
		for _, d := range of {
			if !slices.ContainsFunc(rows, func(o store.StoryDecision) bool { return o.ID == d.ID }) {
				rows = append(rows, d)
			}
		}
	}
	slices.SortFunc(rows, func(a, b store.StoryDecision) int { return int(b.Seq - a.Seq) })
	return s.told(ctx, v, rows[:min(len(rows), maxDecisions)])
}

// known is the place that seen wrote; -1, any, of none.
func (s *Service) known(seen string) (int64, error) {
	if seen == "" {
		return -1, nil
	}
	n, err := s.browse.OpenDecisionsCursor(seen)
	if err != nil {
		return 0, fault.Field("seen", "This node did not give that with a story. Read the story again.")
	}
	return n, nil
}

// seen is the place up to which decisions are known to who reads what is read after this.
func (s *Service) seen(ctx context.Context) (string, error) {
	seq, err := s.store.LastStoryDecision(ctx)
	if err != nil {
		return "", err
	}
	return s.browse.DecisionsCursor(seq), nil
}
