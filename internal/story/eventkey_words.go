package story

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"jarchi.dev/jarchi/internal/lang"
)

//go:embed eventkey_words.txt
var eventWordRows string

// eventWords are the words of all languages by which the event of a text is read, by language and what they are.
var eventWords = sync.OnceValue(func() map[lang.Tag]map[string][]string {
	out := map[lang.Tag]map[string][]string{}
	for line := range strings.Lines(eventWordRows) {
		f := strings.Fields(line)
		if len(f) < 3 || f[0] == "#" {
			continue
		}
		t := lang.Tag(f[0])
		if out[t] == nil {
			out[t] = map[string][]string{}
		}
		out[t][f[1]] = append(out[t][f[1]], f[2:]...)
	}
	return out
})

// wordIs reports whether a word is one of those of a language.
func wordIs(t lang.Tag, what, word string) bool { return slices.Contains(eventWords()[t][what], word) }

// wordBegins reports whether a text begins with one of them.
func wordBegins(t lang.Tag, what, text string) bool {
	return slices.ContainsFunc(eventWords()[t][what], func(w string) bool { return strings.HasPrefix(text, w) })
}

// wordEnds reports whether a text ends with one of them.
func wordEnds(t lang.Tag, what, text string) bool {
	return slices.ContainsFunc(eventWords()[t][what], func(w string) bool { return strings.HasSuffix(text, w) })
}
