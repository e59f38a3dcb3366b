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
	t := load()
	words = words[:min(len(words), longestTyped)]
	var found []Name
	likest := 0.0
	for _, tag := range languages {
		if len(words) == 0 {
			break
		}
		first := lang.Tokens(tag, words[0])
		if len(first) == 0 {
			continue
		}
		begin := t.looked[tag][first[0].Stem]
		if len(begin) == 0 {
			continue
		}
		typed := strings.Join(words, " ")
		tokens := lang.Tokens(tag, typed)
		for _, f := range begin {
			k := wordsOf(words, tokens, len(f.tokens))
			if k == 0 || k < n || !same(tokens, f.tokens) || len(f.tokens) == 1 && !whole(tokens[0].Fold, f.tokens[0].Fold) || !f.typedAs(strings.Join(words[:k], " ")) || len(f.tokens) == 1 && t.words[tag][tokens[0].Fold] && tokens[0].Fold != f.tokens[0].Fold || f.mayBeWord(words[0], tokens[0].Fold) {
				continue
			}
			l := likeness(tokens, f.tokens)
			if k > n || l > likest {
				n, likest, found = k, l, nil
			}
			if l == likest && !slices.Contains(found, f.name) {
				found = append(found, f.name)
			}
		}
	}
	return n, func(yield func(lang.Tag, string) bool) {
		for i, more := 0, true; more; i++ {
			more = false
			for _, name := range found {
				for _, tag := range languages {
					if of := t.forms[name][tag]; i < len(of) {
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
	if r, _ := utf8.DecodeRuneInString(form); utf8.RuneCountInString(form) <= shortForm && !unicode.IsLower(r) {
		return typed == form
	}
	_, size := utf8.DecodeLastRuneInString(form)
	return shared(typed, form) >= len(form)-size && utf8.RuneCountInString(typed) >= utf8.RuneCountInString(form)
}

// shortForm is up to how many letters a form is believed only with its capitals: US is a country, us is not.
const shortForm = 3

func (f form) typedAs(typed string) bool {
	if f.capital && lower(typed) {
		return false
	}
	if utf8.RuneCountInString(f.text) > shortForm {
		return true
	}
	for _, r := range f.text {
		got, size := utf8.DecodeRuneInString(typed)
		if unicode.IsUpper(r) && unicode.IsLower(got) {
			return false
		}
		typed = typed[size:]
	}
	return true
}

// mayBeWord reports whether what was typed in small letters is rather a word of the language than a short name of a city or a body with an
// ending: дело is nothing of Дели. Such a name loses no letter.
func (f form) mayBeWord(typed, fold string) bool {
	if f.name.Kind == Country || len(f.tokens) != 1 || utf8.RuneCountInString(f.text) > shortName || lower(f.text) || !lower(typed) {
		return false
	}
	if f.letters() { // an abbreviation: ХАҚҚ is no haqqında
		return fold != f.tokens[0].Fold
	}
	return !strings.HasPrefix(fold, f.tokens[0].Fold)
}

// shortName is up to how many letters a name that has a capital loses its last one to an ending only if the capital was typed.
const shortName = 5

// likeness is how much of what was typed is the form itself and no ending.
func likeness(tokens, name []lang.Token) float64 {
	same, all := 0, 0
	for i, f := range name {
		same += shared(tokens[i].Fold, f.Fold)
		all += len(tokens[i].Fold)
	}
	return float64(same) / float64(all)
}
