package stories

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/story"
)

// Reasons tell why two reports were found to belong together, the most telling first. A reason of kind event names the
// class of event and the how-manieth it is, with a colon between; the other kinds are story.Reason's.
type Reasons struct {
	Language lang.Tag       `json:"lang"` // in which words stand
	All      []story.Reason `json:"all"`
}

// because tells why a report with these texts belongs to another one: of the pair of texts that share most. Without
// an answer, the other one is not in the window.
func (s *Service) because(ctx context.Context, linker *story.Linker, in []story.Text, other int64) ([]byte, error) {
	docs, err := s.store.StoryDocs(ctx, []int64{other})
	if err != nil {
		return nil, err
	}
	var best Reasons
	var mine story.Traits
	var with int64
	var by string // whose reasons they are
	for _, x := range in {
		for _, doc := range docs {
			if all := linker.Because(x.Traits, x.ID, linkID(doc)); len(all) > len(best.All) {
				best = Reasons{x.Traits.Lang, all}
				with, by = doc, x.ID
				mine = x.Traits
			}
		}
	}
	if len(best.All) == 0 {
		return nil, nil
	}
	if best.All, err = s.readable(ctx, best.All, by, mine.Lang, linkID(with)); err != nil {
		return nil, err
	}
	kept, err := s.store.StoryTraits(ctx, with)
	if err != nil {
		return nil, err
	}
	theirs, err := story.ParseTraits(kept)
	if err != nil { // it left meanwhile
		return json.Marshal(best)
	}
	if event := sameEvent(mine.Event, theirs.Event); event != "" {
		best.All = slices.Insert(best.All, 0, story.Reason{Kind: "event", Value: event})
	}
	shared := map[uint32]bool{}
	for _, f := range theirs.Traits {
		shared[f.Hash] = true
	}
	for _, f := range mine.Traits { // what both name tells an editor much, also where many texts name it
		r := story.Reason{Kind: f.Kind.String(), Value: f.Value}
		if (f.Kind == story.Entity || f.Kind == story.Day) && shared[f.Hash] && len(best.All) < maxBecause && !slices.Contains(best.All, r) {
			best.All = append(best.All, r)
		}
	}
	return json.Marshal(best)
}

// readable is reasons of two texts that the linker knows by these ids as a person reads them. Where one of them is gone they stay as they are.
func (s *Service) readable(ctx context.Context, all []story.Reason, id string, t lang.Tag, other string) ([]story.Reason, error) {
	if t != lang.ZH {
		return all, nil
	}
	var words [2]text
	for i, id := range []string{id, other} {
		doc, err := strconv.ParseInt(id, 10, 64)
		if err == nil {
			words[i], err = s.text(ctx, doc)
		}
		if kind := fault.KindOf(err); err != nil && kind != fault.NotFound && kind != fault.Corrupt {
			return nil, err
		}
	}
	return story.Readable(all, t, words[0].words, words[1].tag, words[1].words), nil
}

const maxBecause = 24 // reasons of one link

// sameEvent is what the events of two texts have in common; "" if they name no event of one class, or do not say which.
func sameEvent(e, o story.Event) string {
	if e.Class == "" || e.Class != o.Class || e.Clashes(o) {
		return ""
	}
	if e.Ordinal != 0 && e.Ordinal == o.Ordinal {
		return e.Class + ":" + strconv.Itoa(e.Ordinal)
	}
	if slices.ContainsFunc(e.Days, func(d string) bool { return slices.Contains(o.Days, d) }) ||
		slices.ContainsFunc(e.Cities, func(c string) bool { return slices.Contains(o.Cities, c) }) {
		return e.Class + ":"
	}
	return ""
}

// reasonsOf reads what because wrote; none of anything else.
func reasonsOf(l store.StoryLink) (r Reasons) {
	if len(l.Because) == 0 || json.Unmarshal(l.Because, &r) != nil {
		return Reasons{}
	}
	return r
}
