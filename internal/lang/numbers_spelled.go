package lang

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Numbers in the numerals of Chinese and Korean: 三十五, 两百万, 이백만 명. A digit stands before its unit (十 百 千), four places make a
// section, and 万 亿 stand behind sections. Only what holds a unit is a number, for 一 and 二 are words of everything, and what is
// no number in this order is none at all: 十四五, 万一, 千万. In Korean every numeral is a syllable of other words too (구조 is a rescue, 오만
// Oman): a short run must be parted from what it counts as a number is, and what it counts must end there.

// spelling is what a language says about them.
type spelling struct {
	digits map[rune]uint64
	units  map[rune]int    // powers of ten
	vague  map[rune]bool   // before numerals: 几十万 is no number
	point  map[rune]bool   // 三十五点二
	clock  map[rune]bool   // behind what follows a point they make it a time: 十二点三十分
	of     map[string]bool // what must be counted, glued or behind a space; empty where numerals look like nothing else
	ends   map[string]bool // what may stand in one word behind what is counted: 명이
	words  []string        // that are no numbers whatever they hold: 十万火急
}

const maxNumerals = 24 // characters of one number

func newSpelling(own tables, powers map[string]int) *spelling {
	s := &spelling{map[rune]uint64{}, map[rune]int{}, map[rune]bool{}, map[rune]bool{}, map[rune]bool{}, map[string]bool{}, map[string]bool{}, own.words("words with numerals")}
	for _, row := range own.rows("numerals") { // value, characters
		v, err := strconv.Atoi(row[0])
		if err != nil || v < 0 || v > 10 {
			panic("lang: [numerals] wants 0 to 10 first: " + strings.Join(row, " "))
		}
		for _, w := range row[1:] {
			r, _ := utf8.DecodeRuneInString(w)
			if v == 10 {
				s.units[r] = 1
			} else {
				s.digits[r] = uint64(v)
			}
		}
	}
	if len(s.digits) == 0 {
		return nil
	}
	for w, p := range powers {
		if r, n := utf8.DecodeRuneInString(w); n == len(w) && p <= 12 {
			s.units[r] = p
		}
	}
	for to, name := range map[*map[rune]bool]string{&s.vague: "vague before numerals", &s.point: "point of numerals", &s.clock: "not behind a point"} {
		for _, w := range own.words(name) {
			r, _ := utf8.DecodeRuneInString(w)
			(*to)[r] = true
		}
	}
	for _, w := range own.words("counted by numerals") {
		s.of[w] = true
	}
	for _, w := range own.words("behind what is counted") {
		s.ends[w] = true
	}
	return s
}

func (s *spelling) numeral(r rune) bool {
	_, digit := s.digits[r]
	_, unit := s.units[r]
	return digit || unit
}

// read reads the number that begins at a place: its value and where it ends; "" with the end of the run where there is none.
func (s *spelling) read(text string, at int, f *figures) (value string, end int) {
	end = at
	for _, w := range s.words {
		if strings.HasPrefix(text[at:], w) {
			return "", at + len(w)
		}
	}
	var run []rune
	for end < len(text) {
		r, size := utf8.DecodeRuneInString(text[end:])
		if !s.numeral(r) || f.prefix(text, end) {
			break
		}
		run = append(run, r)
		end += size
		if len(run) > maxNumerals {
			return "", end
		}
	}
	before, _ := utf8.DecodeLastRuneInString(strings.TrimRight(text[:at], " "))
	if len(run) < 2 && (len(s.of) == 0 || len(run) == 0) || s.vague[before] || isDigit(before) {
		return "", end
	}
	if len(s.of) > 0 && s.parted(text[:at]) {
		return "", end
	}
	v, ok := s.value(run)
	if !ok {
		return "", end
	}
	value = strconv.FormatUint(v, 10)
	if len(s.of) > 0 {
		if !s.counts(text[end:], run) {
			return "", end
		}
		return value, end
	}
	if point, size := utf8.DecodeRuneInString(text[end:]); s.point[point] {
		fraction, from := "", end+size
		for from < len(text) && len(fraction) < maxNumerals {
			r, n := utf8.DecodeRuneInString(text[from:])
			d, ok := s.digits[r]
			if !ok {
				if s.numeral(r) || s.clock[r] {
					fraction = ""
				}
				break
			}
			fraction += strconv.FormatUint(d, 10)
			from += n
		}
		if fraction != "" {
			return quantity{value + fraction, len(fraction)}.String(), from
		}
	}
	return value, end
}

// parted reports whether the word before a place, behind one space, is of numerals alone: of 오십 만 원 the second word is no number by itself.
func (s *spelling) parted(text string) bool {
	text, ok := strings.CutSuffix(text, " ")
	last := text[strings.LastIndexByte(text, ' ')+1:]
	return ok && last != "" && !strings.ContainsFunc(last, func(r rune) bool { return !s.numeral(r) })
}

// counts says whether something that is counted by these numerals stands at the beginning of a text, or behind a space. One or two
// of them are words or parts of words as well: 오만 대사 is an ambassador of Oman, 만세 no age, and 구조대 rescues.
func (s *spelling) counts(rest string, run []rune) bool {
	short := len(run) <= 2
	if short && s.units[run[len(run)-1]] > 8 || s.units[run[0]] >= 8 {
		return false
	}
	counted := strings.TrimPrefix(rest, " ")
	if len(run) == 1 && counted == rest && !strings.HasPrefix(rest, "여") { // 만세, 천명, 만개; but 백여 명
		return false
	}
	for i := 0; i < len(counted) && i < 4*utf8.UTFMax; {
		r, size := utf8.DecodeRuneInString(counted[i:])
		if i += size; r == ' ' {
			return false
		}
		if !s.of[counted[:i]] {
			continue
		}
		if !short {
			return true
		}
		if s.ended(counted[i:], 3) {
			return true
		}
	}
	return false
}

// ended says whether a word ends here, or does behind at most so many endings.
func (s *spelling) ended(rest string, endings int) bool {
	if r, _ := utf8.DecodeRuneInString(rest); rest == "" || !unicode.IsLetter(r) {
		return true
	}
	for i := 0; endings > 0 && i < len(rest) && i < 4*utf8.UTFMax; {
		_, size := utf8.DecodeRuneInString(rest[i:])
		if i += size; s.ends[rest[:i]] && s.ended(rest[i:], endings-1) {
			return true
		}
	}
	return false
}

// value is what a run of numerals says.
func (s *spelling) value(run []rune) (all uint64, ok bool) {
	var section uint64 // of up to four places
	digit, zero, units := int64(-1), false, 0
	small, big := 4, 99 // the last units
	for _, r := range run {
		d, isDigit := s.digits[r]
		p := s.units[r]
		switch {
		case isDigit && digit >= 0:
			return 0, false
		case isDigit && d == 0:
			zero = true
		case isDigit:
			digit = int64(d)
		case p < 4:
			if digit < 0 {
				if len(s.of) == 0 && p > 1 { // 百 and 千 want a digit in Chinese
					return 0, false
				}
				digit = 1
			}
			if p >= small {
				return 0, false
			}
			for range p {
				digit *= 10
			}
			section += uint64(digit)
			digit, small, zero = -1, p, false
			units++
		default:
			if digit >= 0 {
				section += uint64(digit)
			}
			if section == 0 && (all == 0 || p <= big) {
				if len(s.of) == 0 || all > 0 {
					return 0, false
				}
				section = 1 // 만 명
			}
			if all += section; p > big && (units == 0 || all >= 1e8) || p == big { // 万亿 multiplies, 万万 nothing
				return 0, false
			}
			if p > big {
				all *= power10(p)
			} else {
				all += section * (power10(p) - 1)
			}
			section, digit, small, big, zero = 0, -1, 4, p, false
			units++
		}
		if all > 1e16 {
			return 0, false
		}
	}
	if digit >= 0 {
		if last := min(small, big); len(s.of) == 0 && !zero && last >= 2 && len(run) > 1 && section+all > 0 { // 一百五 is 150
			unit := small
			if small == 4 {
				unit = big
			}
			digit *= int64(power10(unit - 1))
		}
		section += uint64(digit)
	}
	return all + section, units > 0
}

func power10(p int) uint64 {
	v := uint64(1)
	for range p {
		v *= 10
	}
	return v
}
