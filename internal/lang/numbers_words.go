package lang

import (
	"strconv"
	"strings"
)

// inWords reads the number that words from token *i on are together (twenty-five, yüz beş, двадцать пять, خمسة وعشرون), moving *i onto the last
// of them. ok is false where they are none: one of them does not go with what stands before it, or a hyphen joins another word to them, for
// a number of which only a part is understood would be another number.
func (l *lexicon) inWords(text string, tokens []Token, i *int) (value string, end int, ok bool) {
	f := l.figures
	var total, part uint64 // part is what the next multiplier multiplies
	scale := 16            // the power of ten of the last multiplier from a thousand on
	counted, sound := 0, true
	j, last := *i, *i
	bare := false // the last word was a multiplier
	for ; j < len(tokens); j++ {
		if j > *i && !gap(text, tokens[j-1].End, tokens[j].Start) {
			break
		}
		word := tokens[j].Fold
		if f.ands[word] { // hundred and five
			if counted == 0 || j+1 == len(tokens) || !f.number(tokens[j+1]) {
				break
			}
			continue
		}
		v, is := f.value(tokens[j])
		if p, times := f.power(tokens[j]); !is && times {
			switch {
			case p == 2 && part < 10:
				part = max(part, 1) * 100
			case p > 2 && bare && part == 0 && total > 0: // lakh crore
				if total > 1e15/power10(p) {
					sound = false
				}
				total *= power10(p)
			case p > 2 && p < scale:
				total += max(part, 1) * power10(p)
				part, scale = 0, p
			default:
				sound = false
			}
			bare = true
		} else if is {
			switch d := part % 100; {
			case part == 0 || v < 100 && d == 0 || v < 10 && d%10 == 0 && (d >= 20 || !f.teens):
				part += v
			case f.ands["و"] && !f.teens && v < 100 && v >= 10 && v%10 == 0 && d > 0 && d < 10: // five and twenty, five ten
				part += v
			default:
				sound = false
			}
			bare = false
		} else {
			break
		}
		counted++
		last = j
	}
	alone := counted == 1 && (bare || f.only(tokens[*i]))
	end = tokens[last].End
	if tens := part%100 >= 20 && part%10 == 0; tens && !bare && strings.HasPrefix(text[end:], "-") && last+1 < len(tokens) && tokens[last+1].Start == end+1 {
		sound = false // twenty-fifth
	}
	*i = last
	return strconv.FormatUint(total+part, 10), end, counted > 0 && sound && !alone && total < 1e16
}

// value is what a word says by itself; in Arabic letters 'and' may be written in one with it.
func (f *figures) value(t Token) (uint64, bool) {
	if s, ok := f.words[t.Fold]; ok {
		v, err := strconv.ParseUint(s, 10, 64)
		return v, err == nil
	}
	if v, ok := f.beside[t.Fold]; ok {
		return v, true
	}
	if joined, ok := strings.CutPrefix(t.Fold, "و"); ok && f.ands["و"] && joined != "" {
		return f.value(Token{Fold: joined})
	}
	return 0, false
}

// only reports whether a word is a number beside other numbers only: bir is one, and a.
func (f *figures) only(t Token) bool {
	_, ok := f.beside[t.Fold]
	return ok
}

// power is the power of ten that a word multiplies by.
func (f *figures) power(t Token) (int, bool) {
	p, ok := f.powers[t.Fold]
	if !ok {
		p, ok = f.powers[t.Stem]
	}
	return p, ok
}

// number reports whether a word is a part of numbers.
func (f *figures) number(t Token) bool {
	_, v := f.value(t)
	_, p := f.power(t)
	return v || p
}
