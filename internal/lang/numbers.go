package lang

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Number is a quantity named in a text.
type Number struct {
	Value string // canonical decimal, "240000000" or "5.6"
	Raw   string // as written, with its multiplier
	Span
}

// figures is what a language says about numbers.
type figures struct {
	commaGroups    bool           // 1,234 is one thousand two hundred and thirty-four
	lakhGroups     bool           // 12,50,000 is twelve lakh and fifty thousand
	ordinalStop    bool           // 11. is the eleventh: the full stop ends no sentence
	powers         map[string]int // folded word -> power of ten it multiplies by
	twofold        map[string]int // the same of words that say two of them: مليونين
	words          map[string]string
	beside         map[string]uint64 // words that are numbers beside other numbers only
	ands           map[string]bool   // words between the parts of a number
	andsFigures    map[string]bool   // the same where they are figures
	wholeMultiples bool              // 2 million 300 are two numbers
	parts          map[string]int64  // phrases before a multiplier, in hundredths: half a (million), полтора
	added          map[string]int64  // phrases behind a number or its multiplier: and a half, buçuk
	leads          map[string]int64  // phrases before a number: ساڑھے (and a half), پونے (less a quarter)
	begins         map[string]bool   // the first words of all three; true where a number may begin with it
	teens          bool              // fifteen is a word of its own, and ten five no number
	prefixes       map[string]bool   // a multiplier with what behind it is one word for a unit: 兆瓦
	before         []string          // letters that are written in one word with figures behind them: و3
	spelled        *spelling         // nil in most languages
}

func newFigures(a *alphabet, base, own tables) *figures {
	f := &figures{powers: map[string]int{}, words: map[string]string{}, beside: map[string]uint64{}, ands: map[string]bool{}, twofold: map[string]int{}, andsFigures: map[string]bool{}, parts: map[string]int64{}, added: map[string]int64{}, leads: map[string]int64{}, begins: map[string]bool{}, prefixes: map[string]bool{}}
	for _, w := range own.words("options-numbers") {
		f.commaGroups = f.commaGroups || w == "comma-groups"
		f.lakhGroups = f.lakhGroups || w == "lakh-groups"
		f.ordinalStop = f.ordinalStop || w == "ordinal-stop"
		f.wholeMultiples = f.wholeMultiples || w == "whole-multiples"
	}
	for _, t := range []tables{base, own} {
		for _, row := range t.rows("twofold multipliers") { // power of ten, words
			for _, w := range row[1:] {
				f.twofold[string(a.word(nil, w))] = powerOf("twofold multipliers", row)
			}
		}
		for _, row := range t.rows("multipliers") { // power of ten, words
			p := powerOf("multipliers", row)
			for _, w := range row[1:] {
				f.powers[string(a.word(nil, w))] = p
				if _, size := utf8.DecodeRuneInString(w); size == len(w) && size > 2 { // a character is looked for as it is written too: 億
					f.powers[w] = p
				}
			}
		}
		for _, row := range t.rows("multipliers within units") { // multiplier, characters behind it
			for _, w := range row[1:] {
				f.prefixes[row[0]+w] = true
			}
		}
		f.before = append(f.before, t.words("before figures")...)
		for _, row := range t.rows("numbers") { // value, words
			for _, w := range row[1:] {
				f.words[string(a.word(nil, w))] = row[0]
			}
			f.teens = f.teens || len(row[0]) == 2 && row[0][0] == '1' && row[0] != "10"
		}
		for _, row := range t.rows("numbers beside others") { // value, words
			v, err := strconv.ParseUint(row[0], 10, 16)
			if err != nil {
				panic("lang: [numbers beside others] wants a number first: " + strings.Join(row, " "))
			}
			for _, w := range row[1:] {
				f.beside[string(a.word(nil, w))] = v
			}
		}
		for section, to := range map[string]map[string]int64{"fractions of multipliers": f.parts, "fractions behind numbers": f.added, "fractions before numbers": f.leads} {
			for _, row := range t.rows(section) { // value, phrases
				v, err := strconv.ParseFloat(row[0], 64)
				if err != nil || v < -1 || v > 99 {
					panic("lang: [" + section + "] wants a number first: " + strings.Join(row, " "))
				}
				for _, phrase := range row[1:] {
					words := strings.Split(phrase, "_")
					for i, w := range words {
						words[i] = string(a.word(nil, w))
					}
					f.begins[words[0]] = f.begins[words[0]] || section != "fractions behind numbers"
					to[strings.Join(words, "_")] = int64(math.Round(100 * v))
				}
			}
		}
		for _, w := range t.words("and of figures") {
			f.andsFigures[string(a.word(nil, w))] = true
		}
		for _, w := range t.words("and of numbers") {
			f.ands[string(a.word(nil, w))] = true
		}
	}
	f.spelled = newSpelling(own, f.powers)
	return f
}

// powerOf is the power of ten that a row of a table begins with.
func powerOf(section string, row []string) int {
	p, err := strconv.Atoi(row[0])
	if err != nil || p < 1 || p > 15 {
		panic("lang: [" + section + "] wants a power of ten first: " + strings.Join(row, " "))
	}
	return p
}

// Numbers returns the quantities of text in order: digits of any script with decimal sign and thousands
// separators as language t writes them, a multiplier behind them (million, млн, کروڑ) and number words.
func Numbers(t Tag, text string) []Number {
	l := lexiconOf(t)
	return l.numbers(text, Tokens(t, text))
}

// NumbersIn is Numbers for whoever has the text's tokens already.
func NumbersIn(t Tag, text string, tokens []Token) []Number {
	return lexiconOf(t).numbers(text, tokens)
}

// quantity is a decimal as digits and the place of its point counted from the right.
type quantity struct {
	digits string
	scale  int
}

func (q quantity) String() string {
	whole, frac := q.digits, ""
	if q.scale > 0 {
		for len(whole) <= q.scale {
			whole = "0" + whole
		}
		whole, frac = whole[:len(whole)-q.scale], strings.TrimRight(whole[len(whole)-q.scale:], "0")
	}
	whole = strings.TrimLeft(whole, "0")
	if whole == "" {
		whole = "0"
	}
	if frac != "" {
		return whole + "." + frac
	}
	return whole
}

// times multiplies by ten to the power p.
func (q quantity) times(p int) quantity {
	if q.scale >= p {
		return quantity{q.digits, q.scale - p}
	}
	return quantity{q.digits + strings.Repeat("0", p-q.scale), 0}
}

// with adds hundredths to a whole number; what is none stays as it is.
func (q quantity) with(h int64) quantity {
	v, err := strconv.ParseUint(q.digits, 10, 64)
	if q.scale != 0 || err != nil || v == 0 || v > 1e15 {
		return q
	}
	return hundredths(v, h)
}

// led reads the phrase that stands before the figures of token i (ساڑھے 3 لاکھ): hundredths and how many words.
func (f *figures) led(text string, tokens []Token, i int) (value int64, words int) {
	if i == 0 || len(f.leads) == 0 || !gap(text, tokens[i-1].End, tokens[i].Start) {
		return 0, 0
	}
	return f.fraction(f.leads, text, tokens[:i], i-1)
}

// addition reads the phrase behind figures that adds a fraction to them (3 с половиной миллиона), moving *i onto its last word.
func (l *lexicon) addition(text string, tokens []Token, i *int, q *quantity, end *int) bool {
	if len(l.figures.added) == 0 || *i+1 == len(tokens) || !gap(text, *end, tokens[*i+1].Start) {
		return false
	}
	h, n := l.figures.fraction(l.figures.added, text, tokens, *i+1)
	more := q.with(h)
	if n == 0 || more == *q {
		return false
	}
	*i += n
	*q, *end = more, tokens[*i].End
	return true
}

const maxDigits = 40 // longer runs of digits are no quantities

func (l *lexicon) numbers(text string, tokens []Token) []Number {
	var out []Number
	for i := 0; i < len(tokens); i++ {
		start := tokens[i].Start
		start += l.figures.behind(text[start:tokens[i].End])
		r, _ := utf8.DecodeRuneInString(text[start:])
		if s := l.figures.spelled; s != nil && s.numeral(r) {
			v, end := s.read(text, start, l.figures)
			if v != "" {
				out = append(out, Number{v, text[start:end], Span{start, end}})
			}
			for i+1 < len(tokens) && tokens[i+1].Start < end {
				i++
			}
			continue
		}
		if !isDigit(r) {
			if !l.figures.number(tokens[i]) && !l.figures.begins[tokens[i].Fold] {
				continue
			}
			if v, end, ok := l.inWords(text, tokens, &i); ok {
				out = append(out, Number{v, text[start:end], Span{start, end}})
			}
			continue
		}
		q, end, ok := l.figure(text, start)
		for i+1 < len(tokens) && tokens[i+1].Start < end {
			i++
		}
		if !ok {
			continue
		}
		if h, n := l.figures.led(text, tokens, i); n > 0 {
			if more := q.with(h); more != q {
				q, start = more, tokens[i-n].Start
			}
		}
		added := l.addition(text, tokens, &i, &q, &end)
		p, e := l.glued(text, end, tokens[i].End) // 240만
		if p == 0 {
			p, e = l.power(text, tokens, &i, end)
		}
		if p > 2 && !added && end < e {
			l.addition(text, tokens, &i, &q, &e)
		}
		if p > 0 {
			whole := q.scale == 0
			if q, end = q.times(p), e; whole {
				l.remainder(text, tokens, &i, &q, &end, p)
			}
		}
		out = append(out, Number{q.String(), text[start:end], Span{start, end}})
	}
	return out
}

// remainder reads what is left of a number behind a multiple of ten to the power p, in figures: 2 crore 40 lakh, 20 bin 500, 2만4천, ۲۰ هزار و ۵۰۰,
// مليون و200 ألف. It moves *i and *end onto its last word and adds it to q. Where nothing parts them (1천200) any language reads on.
func (l *lexicon) remainder(text string, tokens []Token, i *int, q *quantity, end *int, p int) {
	f := l.figures
	for q.scale == 0 {
		j, at := *i, *end
		if *end == tokens[*i].End {
			if j++; j < len(tokens) && f.andsFigures[tokens[j].Fold] && gap(text, *end, tokens[j].Start) {
				j++
			}
			if j == len(tokens) || !gap(text, tokens[j-1].End, tokens[j].Start) {
				return
			}
			at = tokens[j].Start
			if lead := f.behind(text[at:tokens[j].End]); lead > 0 {
				if !f.andsFigures[text[at:at+lead]] {
					return
				}
				at += lead
			}
		}
		if r, _ := utf8.DecodeRuneInString(text[at:]); !isDigit(r) {
			return
		}
		q2, e2, ok := l.figure(text, at)
		if !ok {
			return
		}
		for j+1 < len(tokens) && tokens[j+1].Start < e2 {
			j++
		}
		p2, e3 := l.glued(text, e2, tokens[j].End)
		if p2 == 0 {
			p2, e3 = l.power(text, tokens, &j, e2)
		}
		if p2 == 0 {
			if e3 = e2; at != *end && (f.wholeMultiples && p > 3 || len(q2.digits) > 3 || l.dated(text, tokens, j, e2)) {
				return
			}
		}
		q2 = q2.times(p2)
		if p2 >= p || q2.scale != 0 || len(q2.digits) > p || q2.digits[0] == '0' || len(q.digits) < p {
			return
		}
		q.digits = q.digits[:len(q.digits)-len(q2.digits)] + q2.digits
		if *i, *end, p = j, e3, p2; p == 0 {
			return
		}
	}
}

// dated reports whether figures that end at a place of token j are those of a day, a time or a range rather than what is left of a number.
func (l *lexicon) dated(text string, tokens []Token, j, end int) bool {
	rest := text[end:]
	if r, size := utf8.DecodeRuneInString(rest); strings.ContainsRune(":/.-–~", r) {
		if r, _ := utf8.DecodeRuneInString(rest[size:]); isDigit(r) {
			return true
		}
	}
	return j+1 < len(tokens) && gap(text, end, tokens[j+1].Start) && l.calendar.months[tokens[j+1].Fold] > 0
}

// behind is how many bytes stand before the figures of a word, if they are such as may; else 0.
func (f *figures) behind(word string) int {
	if len(f.before) == 0 {
		return 0
	}
	for i, r := range head(word) {
		if isDigit(r) {
			lead := strings.TrimRight(word[:i], "\u0640")
			for _, s := range f.before {
				if lead == s {
					return i
				}
			}
			return 0
		}
	}
	return 0
}

// gap says whether only a little space lies between two places of the text.
func gap(text string, from, to int) bool {
	if to < from || to-from > 6 {
		return false
	}
	for _, r := range text[from:to] {
		if r != ' ' && r != 0xA0 && r != 0x202F && r != '-' && !dropped(r) {
			return false
		}
	}
	return true
}

// power reads multipliers behind the token *i whose text ends at end, moving *i onto the last of them.
func (l *lexicon) power(text string, tokens []Token, i *int, end int) (p, to int) {
	f := l.figures
	for *i+1 < len(tokens) && gap(text, end, tokens[*i+1].Start) {
		n := tokens[*i+1]
		q, ok := f.power(n)
		if !ok || p+q > 15 || f.prefix(text, n.Start) {
			break
		}
		p += q
		*i++
		end, to = n.End, n.End
	}
	return p, to
}

// prefix says whether the character at a place is no multiplier but the beginning of a unit: 912兆瓦 are megawatts.
func (f *figures) prefix(text string, at int) bool {
	if len(f.prefixes) == 0 {
		return false
	}
	_, size := utf8.DecodeRuneInString(text[at:])
	_, behind := utf8.DecodeRuneInString(text[at+size:])
	return f.prefixes[text[at:at+size+behind]]
}

// glued reads multipliers written in one word with the figures: 240만, 1.2조.
func (l *lexicon) glued(text string, from, to int) (p, end int) {
	for from < to {
		r, size := utf8.DecodeRuneInString(text[from:to])
		q, ok := l.figures.powers[string(r)]
		if !ok || p+q > 15 {
			break
		}
		p += q
		from += size
		end = from
	}
	return p, end
}

// group is a run of digits inside a number.
type group struct {
	from, to int  // bytes of the text
	n        int  // digits
	sep      rune // what stands before it
}

// lakhs reads a number whose digits are parted as in South Asia, by commas in twos before the last three: 1,12,50,000; "" if it is none.
func lakhs(text string, start int) (digits string, end int) {
	var out []byte
	for at, twos := start, 0; len(out) <= maxDigits; {
		to := at
		var run []byte
		for to < len(text) && len(run) < 4 {
			r, size := utf8.DecodeRuneInString(text[to:])
			if !isDigit(r) {
				break
			}
			run, _ = appendDigits(run, text[to:to+size])
			to += size
		}
		comma, size := utf8.DecodeRuneInString(text[to:])
		next, _ := utf8.DecodeRuneInString(text[to+size:])
		more := (comma == ',' || comma == '،') && isDigit(next)
		out = append(out, run...)
		switch {
		case at == start && more && (len(run) == 1 || len(run) == 2) && run[0] != '0':
		case at > start && more && len(run) == 2:
			twos++
		case twos > 0 && !more && len(run) == 3:
			return string(out), to
		default:
			return "", start
		}
		at = to + size
	}
	return "", start
}

// figure reads the number that begins at start: groups of three behind at most three digits, all with
// the same separator, are thousands; then a decimal sign may follow. ok is false if there are too many
// digits.
func (l *lexicon) figure(text string, start int) (q quantity, end int, ok bool) {
	if l.figures.lakhGroups {
		if digits, end := lakhs(text, start); digits != "" {
			return quantity{digits: digits}, end, true
		}
	}
	var groups [12]group
	count, odd := 0, 0 // odd counts groups that cannot be thousands
	for i, sep := start, rune(0); count < len(groups) && odd < 2; {
		g := group{from: i, to: i, sep: sep}
		for g.to < len(text) {
			r, size := utf8.DecodeRuneInString(text[g.to:])
			if !isDigit(r) {
				break
			}
			g.to += size
			g.n++
		}
		if g.n == 0 || count > 0 && g.n != 3 && !separator(sep) {
			break // spaces and apostrophes part thousands only
		}
		if count > 0 && g.n != 3 {
			odd++
		}
		groups[count] = g
		count++
		r, size := utf8.DecodeRuneInString(text[g.to:])
		if r == '،' && l.figures.lakhGroups { // Urdu types it for the other comma
			r = ','
		}
		if size == 0 || !separator(r) && r != ' ' && r != 0xA0 && r != 0x202F && r != '\'' && r != 0x2019 {
			break
		}
		sep, i = r, g.to+size
	}
	if count == 0 {
		return q, start, false
	}
	first := groups[0]
	if first.n > maxDigits {
		return q, first.to, false
	}
	digits := make([]byte, 0, 2*maxDigits)
	digits, _ = appendDigits(digits, text[first.from:first.to])
	end = first.to
	n, thousands := 1, rune(0)
	for first.n <= 3 && digits[0] != '0' && n < count && groups[n].n == 3 && (thousands == 0 || groups[n].sep == thousands) {
		g := groups[n]
		if g.sep == 0x66B || g.sep == '\'' && l.code != "en" {
			break
		}
		// One group behind the language's own decimal sign is a fraction: 5,600 in Russian.
		if thousands == 0 && (n+1 == count || groups[n+1].sep != g.sep) && (g.sep == ',' && !l.figures.commaGroups || g.sep == '.' && l.figures.commaGroups) {
			break
		}
		thousands = g.sep
		digits, _ = appendDigits(digits, text[g.from:g.to])
		end = g.to
		n++
	}
	if n < count {
		g := groups[n]
		if (g.sep == ',' || g.sep == '.' || g.sep == 0x66B) && g.sep != thousands && (n+1 == count || groups[n+1].sep != g.sep) && g.n <= maxDigits {
			digits, _ = appendDigits(digits, text[g.from:g.to])
			q.scale = g.n
			end = g.to
		}
	}
	q.digits = string(digits)
	return q, end, len(digits) <= maxDigits
}
