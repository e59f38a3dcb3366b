package story

import (
	"slices"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/lang"
)

// Report is what tells which of two texts with the same words came first.
type Report struct {
	At    time.Time // when it was published, as precisely as it is known
	Names []string  // what its publisher is called, and the host of its page
	Says  []string  // sources that the text itself names, other than its publisher
}

// Arrow tells which of two texts that share words used the other. A source that one of them states decides; if neither
// does, or both do, time does. later is the one that came here second. turned: the arrow points the other way, the
// text that came first used the one that came second. stated: it rests on what a text says, in the words of says, and
// not on time.
func Arrow(later, earlier Report) (turned, stated bool, says string) {
	here := named(later.Says, earlier.Names)
	there := named(earlier.Says, later.Names)
	switch {
	case here != "" && there == "":
		return false, true, here
	case there != "" && here == "":
		return true, true, there
	}
	return later.At.Before(earlier.At), false, ""
}

// named is the first of the sources that is one of the names: all words of a name, side by side, or its host.
func named(sources, names []string) string {
	for _, s := range sources {
		words := " " + folded(s) + " "
		if slices.ContainsFunc(names, func(n string) bool {
			n = folded(strings.TrimPrefix(n, "www."))
			return n != "" && strings.Contains(words, " "+n+" ")
		}) {
			return s
		}
	}
	return ""
}

func folded(s string) string {
	var w []string
	for _, t := range lang.Tokens(lang.Und, s) {
		w = append(w, t.Fold)
	}
	return strings.Join(w, " ")
}
