package story

import (
	_ "embed"
	"strings"
	"sync"

	"jarchi.dev/jarchi/internal/lang"
)

//go:embed link_common.txt
var commonText string

// commonWords are the keys of the words of link_common.txt, by language.
var commonWords = sync.OnceValue(func() map[lang.Tag]map[string]bool {
	out := map[lang.Tag]map[string]bool{}
	for line := range strings.Lines(commonText) {
		if code, words, ok := strings.Cut(line, " "); ok && code != "#" {
			of := map[string]bool{}
			for _, k := range lang.Tokens(lang.Tag(code), words) {
				of[k.Fold] = true
			}
			out[lang.Tag(code)] = of
		}
	}
	return out
})

// commonest reports whether every text of a language has the word with this key: and, in, is.
func commonest(t lang.Tag, fold string) bool {
	return lang.Stop(t, fold) || commonWords()[t][fold]
}

// calendar reports whether a word describes months and weekdays and nothing else.
func calendar(concepts []uint16) bool {
	for _, c := range concepts {
		if c&0x8000 == 0 {
			return false
		}
	}
	return len(concepts) > 0
}
