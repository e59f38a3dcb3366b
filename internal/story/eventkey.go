package story

import (
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/names"
)

// Event is what a text says of the meeting or other event that it reports, as far as its headline and first
// sentences tell.
type Event struct {
	Format  string
	Ordinal int
	Cities  []string
	Days    []string
}

func readEvent(t lang.Tag, text string, tokens []lang.Token, mentions []names.Mention, dates []lang.Date) Event {
	return Event{}
}

// Clashes reports whether two texts cannot be about the same event.
func (e Event) Clashes(o Event) bool { return false }
