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
	var frac int64         // hundredths that belong to part
	scale := 16            // the power of ten of the last multiplier from a thousand on
	counted, sound := 0, true
	j, last := *i, *i
	bare := false  // the last word was a multiplier
	ended := false // a fraction was the last: only a multiplier goes with it
	for ; j < len(tokens); j++ {
		if j > *i && !gap(text, tokens[j-1].End, tokens[j].Start) {
			break
		}
		if h, n := f.fraction(f.added, text, tokens, j); n > 0 && counted > 0 {
			j += n - 1
			p := 0
			if j+1 < len(tokens) && gap(text, tokens[j].End, tokens[j+1].Start) {
				p, _ = f.power(tokens[j+1])
			}
			switch {
			case ended:
				sound = false
			case part > 0 && !bare: // two and a half million
				frac = h
			case bare && part == 0 && scale < 16 && (p == 0 || p == scale): // a million and a half, مليون ونصف المليون
				total += uint64(h) * power10(scale) / 100
				if p == scale {
					j++
				}
			default:
				sound = false
			}
			counted, last, bare, ended = counted+1, j, false, true
			continue
		}
		if h, n := f.fraction(f.parts, text, tokens, j); n > 0 && counted == 0 {
			if last = j + n - 1; h < 100 && (last+1 == len(tokens) || !gap(text, tokens[last].End, tokens[last+1].Start) || !f.multiplies(tokens[last+1])) {
				*i = last
				return "", tokens[last].End, false // half of them
			}
			part, frac = uint64(h)/100, h%100
			counted, j, ended = counted+1, last, true
			continue
		}
		if h, n := f.fraction(f.leads, text, tokens, j); n > 0 && part == 0 && !ended { // ساڑھے تین لاکھ
			last = j + n - 1
			if j = last; frac != 0 || last+1 == len(tokens) || !gap(text, tokens[last].End, tokens[last+1].Start) || !f.number(tokens[last+1]) {
				*i = last
				return "", tokens[last].End, false
			}
			frac = h
			counted, bare = counted+1, false
			if _, is := f.value(tokens[last+1]); !is { // سوا لاکھ
				part, sound = 1, sound && h > 0
			}
			continue
		}
		word := tokens[j].Fold
		if f.ands[word] { // hundred and five
			if counted == 0 || j+1 == len(tokens) || !f.number(tokens[j+1]) {
				break
			}
			continue
		}
		v, is := f.value(tokens[j])
		p, times := f.power(tokens[j])
		if two, ok := f.twofold[word]; ok && part == 0 && frac == 0 && !ended { // مليونين
			part, p, times = 2, two, true
			counted++
		}
		if !is && times {
			by := uint64(100)
			if part > 0 || frac != 0 {
				by = uint64(int64(part)*100 + frac)
			}
			switch {
			case p == 2 && part < 10:
				part = by
			case p > 2 && bare && part == 0 && total > 0: // lakh crore
				if total > 1e15/power10(p) {
					sound = false
				}
				total *= power10(p)
			case p > 2 && p < scale:
				total += by * (power10(p) / 100)
				part, scale = 0, p
			default:
				sound = false
			}
			bare, ended, frac = true, false, 0
		} else if is {
			switch d := part % 100; {
			case ended:
				sound = false
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
	if bare && sound && part == 0 && total > 0 && total < 1e15 { // a million 200 thousand
		q := quantity{digits: strconv.FormatUint(total, 10)}
		if l.remainder(text, tokens, i, &q, &end, scale); *i > last {
			return q.String(), end, true
		}
	}
	if total += part; frac != 0 {
		return hundredths(total, frac).String(), end, counted > 0 && sound && total < 1e16
	}
	return strconv.FormatUint(total, 10), end, counted > 0 && sound && !alone && total < 1e16
}

// hundredths is a whole number and hundredths of one, which may be less than none: a quarter less than two.
func hundredths(whole uint64, more int64) quantity {
	return quantity{strconv.FormatUint(uint64(int64(whole)*100+more), 10), 2}
}

// fraction reads the longest phrase of a section that begins at a token: its value in hundredths and how many words it has, 0 if none does.
func (f *figures) fraction(of map[string]int64, text string, tokens []Token, at int) (value int64, words int) {
	if _, may := f.begins[tokens[at].Fold]; !may || len(of) == 0 {
		return 0, 0
	}
	phrase := ""
	for n := 0; n < 4 && at+n < len(tokens) && (n == 0 || gap(text, tokens[at+n-1].End, tokens[at+n].Start)); n++ {
		if n > 0 {
			phrase += "_"
		}
		phrase += tokens[at+n].Fold
		if v, ok := of[phrase]; ok {
			value, words = v, n+1
		}
	}
	return value, words
}

// multiplies reports whether a word is a multiplier from a thousand on.
func (f *figures) multiplies(t Token) bool {
	p, ok := f.power(t)
	return ok && p > 2
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
	_, two := f.twofold[t.Fold]
	return v || p || two
}
