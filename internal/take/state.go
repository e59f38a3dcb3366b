package take

import (
	"strconv"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/notice"
	"jarchi.dev/jarchi/internal/wire"
)

// releaseState is the state of an item's newest version in words.
func releaseState(r *wire.Release, it *wire.Item, members map[wire.MemberID]wire.Member, in lang.Tag) string {
	v := it.Current()
	var words []string
	switch it.Translation {
	case wire.Original, wire.OfficialText:
		if members[r.Lead()].Kind.Official() {
			words = append(words, notice.Say(notice.Official, in))
		}
		if it.Translation == wire.Original {
			words = append(words, notice.Say(notice.Original, in))
		} else {
			words = append(words, notice.Say(notice.Issued, in))
		}
	case wire.Human:
		words = append(words, notice.Say(notice.Translated, in))
	case wire.MachineEdited:
		words = append(words, notice.Say(notice.MachineEdited, in))
	default:
		words = append(words, notice.Say(notice.Machine, in))
	}
	words = append(words, notice.Say(notice.Version, in)+" "+strconv.Itoa(v.N))
	switch v.Kind {
	case wire.CorrectKind:
		words = append(words, notice.Say(notice.Corrected, in)+" "+instant(v.At, in)+": "+v.Reason)
	case wire.UpdateKind:
		words = append(words, notice.Say(notice.Updated, in)+" "+instant(v.At, in))
	}
	if it.Stale {
		words = append(words, notice.Say(notice.Behind, in))
	}
	if r.State == wire.Embargoed {
		words = append(words, notice.Say(notice.Embargo, in)+" "+instant(r.EmbargoedUntil, in))
	}
	if v.Content.AI.Note != "" {
		words = append(words, v.Content.AI.Note)
	}
	return join(words, in)
}

func captureState(c *wire.Capture, in lang.Tag) string {
	words := []string{notice.Say(notice.Outside, in)}
	if c.MachineTranslated {
		words = append(words, notice.Say(notice.Machine, in))
	}
	if c.Truncated {
		words = append(words, notice.Say(notice.Cut, in))
	}
	return join(words, in)
}

func join(words []string, in lang.Tag) string {
	if in == lang.FA || in == lang.UR {
		return strings.Join(words, "؛ ")
	}
	return strings.Join(words, "; ")
}

// instant writes a time so that it reads in its order within a sentence of the language, without hidden
// marks: behind Arabic letters, figures joined by hyphens turn round, those joined by points do not.
func instant(t time.Time, in lang.Tag) string {
	if in == lang.FA || in == lang.UR {
		return t.UTC().Format("02.01.2006 15:04:05 UTC")
	}
	return t.UTC().Truncate(time.Second).Format(time.RFC3339)
}

// usable refuses what may not be handed over, saying why.
func usable(level access.Level, r *wire.Release) error {
	switch {
	case r.State == wire.Withdrawn || r.State == wire.Erased:
		return errWithdrawn
	case level != access.All:
		return errEmbargo
	case !r.State.Out():
		return errDraft
	}
	return nil
}
