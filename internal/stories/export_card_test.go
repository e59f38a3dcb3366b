package stories

import (
	"strings"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/story"
)

// Crashing stands in a text that cannot be drawn.
const Crashing = " (The printer's devil took the rest.)"

func init() {
	drawText = func(t lang.Tag, words string) story.Sketch {
		if strings.Contains(words, Crashing) {
			panic("as the test wants it")
		}
		return story.Draw(t, words)
	}
}
