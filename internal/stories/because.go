package stories

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"

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
	for _, x := range in {
		for _, doc := range docs {
			if all := linker.Because(x.Traits, linkID(doc)); len(all) > len(best.All) {
				best = Reasons{x.Traits.Lang, all}
				kept, err := s.store.StoryTraits(ctx, doc)
				if err != nil {
					return nil, err
				}
				if event := sameEvent(x.Traits.Event, kept); event != "" {
					best.All = slices.Insert(best.All, 0, story.Reason{Kind: "event", Value: event})
				}
			}
		}
	}
	if len(best.All) == 0 {
		return nil, nil
	}
	return json.Marshal(best)
}

// sameEvent is what a text's event and that of another one, whose traits are kept, have in common; "" if they name no
// event of one class, or do not say which.
func sameEvent(e story.Event, kept []byte) string {
	t, err := story.ParseTraits(kept)
	if err != nil || e.Class == "" || e.Class != t.Event.Class || e.Clashes(t.Event) {
		return ""
	}
	if e.Ordinal != 0 && e.Ordinal == t.Event.Ordinal {
		return e.Class + ":" + strconv.Itoa(e.Ordinal)
	}
	if slices.ContainsFunc(e.Days, func(d string) bool { return slices.Contains(t.Event.Days, d) }) ||
		slices.ContainsFunc(e.Cities, func(c string) bool { return slices.Contains(t.Event.Cities, c) }) {
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
