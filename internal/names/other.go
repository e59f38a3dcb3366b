package names

import (
	"iter"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/lang"
)

// longestTyped bounds how many typed words are read as one name.
const longestTyped = 12

// Other reads words that somebody typed, in whatever language. If the first n of them are a form of a
// name, with whatever ending, it yields the forms of that name in every language; the longest name wins. Of a
// language's forms the first come first, each language once, then the further ones. n is 0 if no name begins
// here. Nobody types capitals into a search, so they are not asked for but of what is short, and of forms
// that would be another word.
func Other(words []string) (n int, forms iter.Seq2[lang.Tag, string]) {
	words = words[:min(len(words), longestTyped)]
	names := load()
	var found []Name
	likest := 0.0
	for _, tag := range languages {
		if len(words) == 0 {
			break
		}
		g := gazetteerOf(tag)
		read := func(tokens []lang.Token) {
			for _, e := range g.at(tokens[0].Stem) {
				k := wordsOf(words, tokens, e.words())
				if k == 0 || k < n || !g.typedAs(e, strings.Join(words[:k], " "), tokens) {
					continue
				}
				l := g.likeness(e, tokens)
				if k > n || l > likest {
					n, likest, found = k, l, nil
				}
				if name := names.names[e.name]; l == likest && !slices.Contains(found, name) {
					found = append(found, name)
				}
			}
		}
		first := lang.Tokens(tag, words[0])
		if len(first) == 0 || len(g.at(first[0].Stem)) == 0 && len(g.inflects.taken) == 0 {
			continue
		}
		tokens := lang.Tokens(tag, strings.Join(words, " "))
		read(tokens)
		if n == 0 {
			if bare := g.without(tokens); bare != nil {
				read(bare)
			}
		}
	}
	return n, func(yield func(lang.Tag, string) bool) {
		for i, more := 0, true; more; i++ {
			more = false
			for _, name := range found {
				for _, tag := range languages {
					if of := names.of(name, tag); i < len(of) {
						more = true
						if !yield(tag, of[i]) {
							return
						}
					}
				}
			}
		}
	}
}

// wordsOf is how many of the words the first tokens are; 0 if they end inside one.
func wordsOf(words []string, tokens []lang.Token, n int) int {
	if n > len(tokens) {
		return 0
	}
	end, next := tokens[n-1].End, len(words[0])
	for k := 1; ; k++ {
		// What is no token may follow: a sign at the end of a word.
		if end <= next {
			if n < len(tokens) && tokens[n].Start < next {
				return 0
			}
			return k
		}
		if k == len(words) {
			return 0
		}
		next += 1 + len(words[k])
	}
}

// whole reports whether a word typed by itself is a form with an ending, in the place of its last letter at most:
// without capitals to go by, and with nothing beside it, грузовых is not Грузия, nor suda Sudan. What is short and has
// no capitals either stands without any ending: روستا is not روس.
func whole(typed, form string) bool {
	if r, _ := utf8.DecodeRuneInString(form); utf8.RuneCountInString(form) <= shortForm && !unicode.IsLower(r) && !unicode.Is(unicode.Hangul, r) {
		return typed == form
	}
	_, size := utf8.DecodeLastRuneInString(form)
	return shared(typed, form) >= len(form)-size && utf8.RuneCountInString(typed) >= utf8.RuneCountInString(form)
}

// shortForm is up to how many letters a form is believed only with its capitals: US is a country, us is not.
const shortForm = 3

// typedAs reports whether typed words, whose tokens begin with these, are a form.
func (g *gazetteer) typedAs(e entry, words string, tokens []lang.Token) bool {
	if !e.is(typed) || lower(words) && (e.is(capital) || heldRows().words[words]) || !g.same(e, tokens) {
		return false
	}
	if !e.capitals(words) {
		return false
	}
	if e.words() > 1 {
		return true
	}
	fold, _, _ := g.word(int(e.at))
	return whole(tokens[0].Fold, fold) && g.inflects.inflected(tokens[0].Fold, fold) && (fold == tokens[0].Fold || !g.not[tokens[0].Fold]) && !g.mayBeWord(e, words, tokens[0].Fold, fold)
}

// same reports whether tokens begin with the words of a form, whatever their case endings.
func (g *gazetteer) same(e entry, tokens []lang.Token) bool {
	if len(tokens) < e.words() {
		return false
	}
	var fold, stem string
	for i, at := 0, int(e.at); i < e.words(); i++ {
		if fold, stem, at = g.word(at); tokens[i].Stem != stem || !close(tokens[i].Fold, fold) {
			return false
		}
	}
	return true
}

// mayBeWord reports whether what was typed in small letters is rather a word of some language than a short name of a city or a body with an
// ending: дело is nothing of Дели, nor оралды of Орал. Such a name loses no letter, and the word is none that a language knows besides
// the names.
func (g *gazetteer) mayBeWord(e entry, typed, fold, name string) bool {
	if k := load().names[e.name].Kind; !lower(typed) || fold == name && !e.is(letters) || !e.is(letters) && (k == Country || !e.is(brief) || e.is(small)) {
		return false
	}
	if e.is(letters) { // an abbreviation: ХАҚҚ is no haqqında
		return fold != name || unicode.Is(unicode.Latin, []rune(typed)[0]) != (g.tag.Script() == "Latn") // nor САҲА saha, a square
	}
	if !strings.HasPrefix(fold, name) {
		return true
	}
	k := lang.Tokens(g.tag, typed)
	return len(k) == 1 && utf8.RuneCountInString(k[0].Stem) >= shortForm && lang.Ordinary(g.tag, k[0].Fold, k[0].Stem) &&
		!slices.ContainsFunc(g.at(k[0].Stem), func(e entry) bool { return e.is(told) })
}

// shortName is up to how many letters a name that has a capital loses its last one to an ending only if the capital was typed.
const shortName = 5

// likeness is how much of what was typed is the form itself and no ending.
func (g *gazetteer) likeness(e entry, tokens []lang.Token) float64 {
	same, all := 0, 0
	var fold string
	for i, at := 0, int(e.at); i < e.words(); i++ {
		fold, _, at = g.word(at)
		same += shared(tokens[i].Fold, fold)
		all += len(tokens[i].Fold)
	}
	return float64(same) / float64(all)
}
