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

//go:embed link_other.txt
var otherText string

// lookalikes are words of a language that are not what the tables take them for: whole keys, and beginnings.
type lookalikes struct {
	whole  map[string]bool
	begins map[string]bool
	least  int // bytes of the shortest beginning
}

var otherWords = sync.OnceValue(func() map[lang.Tag]lookalikes {
	out := map[lang.Tag]lookalikes{}
	for line := range strings.Lines(otherText) {
		code, words, ok := strings.Cut(line, " ")
		if !ok || code == "#" {
			continue
		}
		t, of := lang.Tag(code), lookalikes{map[string]bool{}, map[string]bool{}, 1 << 10}
		for w := range strings.FieldsSeq(words) {
			bare, begins := strings.CutSuffix(w, "*")
			key := lang.Fold(t, bare)
			if begins {
				of.begins[key], of.least = true, min(of.least, len(key))
			} else {
				of.whole[key] = true
			}
		}
		out[t] = of
	}
	return out
})

// otherwise reports whether the word with this key is another one than its stem looks like: түрінде, in the form of, is no prison, түрме.
func otherwise(t lang.Tag, fold string) bool {
	of, ok := otherWords()[t]
	if !ok || of.whole[fold] {
		return ok
	}
	for n := of.least; n <= len(fold); n++ {
		if of.begins[fold[:n]] {
			return true
		}
	}
	return false
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
