package lang

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// What a slot's suffixes say about what stands before them.
const (
	nominal slotKind = iota // [suffix]: a noun, an adjective, or a verb's participle or noun
	closing                 // [end]: a noun or a finite verb
	verbal                  // [verb]: a verb; makes a participle, converb or noun of it, which [suffix] may follow
	finite                  // [finite]: a verb; nothing but [end] follows
	inner                   // [inner]: a verb that one of the two above stands behind: negation, voice
)

type slotKind uint8

// slot is one place in a word's inflection: at most one of its suffixes is taken off.
type slot struct {
	kind  slotKind
	leave int // letters that must remain of a word the tables do not know
}

// ending is one suffix of one slot.
type ending struct {
	slot, row uint16
	taken     uint8  // bytes taken off; the rest is what must stand before it
	put       string // what takes its place, for a verb the tables know
	harmony   uint8  // class of the first vowel of a verb's ending; 0 for none
	weak      bool   // a verb's ending of one letter: a noun's longer one is believed before it
}

// trieNode leads from the end of a word inwards.
type trieNode struct {
	next []trieStep
	ends []ending
}

type trieStep struct {
	b  byte
	to int32
}

// stemmer takes inflection off folded words. Immutable.
type stemmer struct {
	slots       []slot // from the end of the word inwards
	trie        []trieNode
	final       []slot // once, when nothing else comes off
	finalTrie   []trieNode
	prefixes    []prefix
	protected   map[string]string // words and stems, and what they are keyed as
	words       wordSet           // stems that are their own key
	vowels      [lowLimit]bool
	harmony     [lowLimit]uint8 // classes of vowels of which a verb and its endings have one only
	soften      map[rune]rune   // last letter of the stem, brought to the form it has before a consonant
	harden      map[rune]rune   // the same, believed only where it leads to a stem of the tables
	restore     []string        // vowels that a stem loses before an ending
	derive      []string        // what makes a verb of a noun
	rounds      int             // how often the slots are gone through
	dotless     bool            // stems write ı as i
	weakLetters bool            // one letter of a verb is little evidence
	knownVerbs  bool            // verbal suffixes come off known verbs only
	hasEndings  bool
}

// prefix is taken off the front of a word, of a known verb only where verb is set.
type prefix struct {
	text  string
	leave int
	verb  bool
}

// newStemmer reads the slots [suffix NAME [LEAVE]], [end …], [verb …], [finite …] and [inner …] in their
// order, outermost first, [prefix NAME [LEAVE]], [verb-prefix NAME], [final NAME [LEAVE]], [vary],
// [soften], [harden], [restore], [protected], [stems], [nouns], [verbs] and [verb stems].
func newStemmer(a *alphabet, t tables) *stemmer {
	s := &stemmer{protected: map[string]string{}, soften: map[rune]rune{}, harden: map[rune]rune{}, rounds: maxRounds,
		trie: make([]trieNode, 1), finalTrie: make([]trieNode, 1)}
	fold := func(w string) string { return string(a.word(nil, w)) }
	for _, w := range t.words("options") {
		switch w {
		case "one-pass":
			s.rounds = 1
		case "dotless-stems":
			s.dotless = true
		case "known-verbs":
			s.knownVerbs = true
		case "weak-letters":
			s.weakLetters = true
		}
	}
	for _, w := range t.words("vowels") {
		for _, r := range fold(w) {
			if r < lowLimit {
				s.vowels[r] = true
			}
		}
	}
	for class, row := range t.rows("harmony") {
		for _, w := range row {
			r, _ := utf8.DecodeRuneInString(fold(w))
			s.harmony[r] = uint8(class + 1)
		}
	}
	vary := map[rune][]string{}
	for _, row := range t.rows("vary") {
		r, _ := utf8.DecodeRuneInString(row[0])
		vary[r] = row[1:]
	}
	rows := uint16(0)
	for _, sec := range t {
		f := strings.Fields(sec.name)
		kind, ok := map[string]slotKind{"suffix": nominal, "end": closing, "verb": verbal, "finite": finite, "inner": inner, "final": nominal}[f[0]]
		isPrefix := f[0] == "prefix" || f[0] == "verb-prefix"
		if len(f) < 2 || f[0] == "verb" && f[1] == "stems" || !ok && !isPrefix {
			continue
		}
		leave := 3
		if len(f) > 2 {
			n, err := strconv.Atoi(f[len(f)-1])
			if err != nil {
				panic("lang: [" + sec.name + "] wants a number of letters")
			}
			leave = n
		}
		trie, slots := &s.trie, &s.slots
		if f[0] == "final" {
			trie, slots = &s.finalTrie, &s.final
		}
		at := uint16(len(*slots))
		if !isPrefix {
			*slots = append(*slots, slot{kind, leave})
		}
		for _, row := range sec.rows {
			rows++
			for _, w := range row {
				for _, x := range expand(strings.Trim(w, "-"), vary) {
					if isPrefix {
						s.prefixes = append(s.prefixes, prefix{fold(x), leave, f[0] == "verb-prefix"})
						continue
					}
					s.addEnding(trie, fold, x, at, rows)
				}
			}
		}
	}
	s.hasEndings = len(s.slots) > 0
	pairs := func(name string, to map[rune]rune) {
		for _, row := range t.rows(name) {
			from, _ := utf8.DecodeRuneInString(fold(row[0]))
			to[from], _ = utf8.DecodeRuneInString(fold(row[1]))
		}
	}
	pairs("soften", s.soften)
	pairs("harden", s.harden)
	for _, w := range t.words("restore") {
		s.restore = append(s.restore, fold(w))
	}
	for _, w := range t.words("derive") {
		for _, x := range expand(w, vary) {
			s.derive = append(s.derive, strings.TrimPrefix(fold("т"+x), fold("т")))
		}
	}
	known := []string{}
	for _, name := range []string{"nouns", "lexicon nouns", "verbs", "lexicon verbs", "protected"} {
		flag := map[string]string{"nouns": "n", "lexicon nouns": "n", "verbs": "v", "lexicon verbs": "v", "protected": "nv"}[name]
		for _, w := range t.words(name) {
			known = append(known, fold(w)+"\x00"+flag)
		}
	}
	for _, sec := range []string{"months", "solar months"} {
		for _, row := range t.rows(sec) { // whole words, however they end
			for _, w := range row[1:] {
				known = append(known, fold(w)+"\x00nv")
			}
		}
	}
	for _, name := range []string{"stems", "verb stems"} { // a stem, then the forms that have it
		flag := map[string]string{"stems": "nv", "verb stems": "v"}[name]
		for _, row := range t.rows(name) {
			k := fold(row[0])
			for _, w := range row {
				if _, had := s.protected[fold(w)]; !had {
					s.protected[fold(w)] = k
				}
				known = append(known, fold(w)+"\x00"+flag)
			}
		}
	}
	s.words = newWordSet(known)
	return s
}

// addEnding puts one suffix into the trie. Suffixes are folded behind a consonant: they never start a
// word. "A+B" takes B off behind A, "A+B=C" puts C in its place.
func (s *stemmer) addEnding(trie *[]trieNode, fold func(string) string, x string, slot, row uint16) {
	x, put, _ := strings.Cut(x, "=")
	before, suffix, ok := strings.Cut(x, "+")
	if !ok {
		before, suffix = "", x
	}
	consonant := "т"
	if r, _ := utf8.DecodeRuneInString(x); scriptOf(r) == latn {
		consonant = "t"
	}
	lead := fold(consonant)
	all := strings.TrimPrefix(fold(consonant+before+suffix), lead)
	if all == "" {
		return
	}
	if put != "" {
		put = strings.TrimPrefix(fold(consonant+put), lead)
	}
	taken := len(all) - len(strings.TrimPrefix(fold(consonant+before), lead))
	at := int32(0)
	for i := len(all) - 1; i >= 0; i-- {
		to := int32(-1)
		for _, n := range (*trie)[at].next {
			if n.b == all[i] {
				to = n.to
			}
		}
		if to < 0 {
			to = int32(len(*trie))
			*trie = append(*trie, trieNode{})
			(*trie)[at].next = append((*trie)[at].next, trieStep{all[i], to})
		}
		at = to
	}
	e := ending{slot: slot, row: row, taken: uint8(taken), put: put}
	if k := s.slots; int(slot) < len(k) && k[slot].kind >= verbal {
		end := all[len(all)-taken:]
		e.weak = k[slot].kind != inner && put == "" && s.weakLetters && utf8.RuneCountInString(end) == 1
		for _, r := range end {
			if r < lowLimit && s.vowels[r] && put == "" {
				e.harmony = s.harmony[r]
				break
			}
		}
	}
	for _, had := range (*trie)[at].ends {
		if had.slot == slot && had.put == put && had.taken == e.taken {
			return
		}
	}
	(*trie)[at].ends = append((*trie)[at].ends, e)
}

// expand writes out a suffix in which capitals stand for the letters listed in [vary].
func expand(pattern string, vary map[rune][]string) []string {
	out := []string{""}
	for _, r := range pattern {
		choices, ok := vary[r]
		if !ok {
			choices = []string{string(r)}
		}
		var next []string
		for _, o := range out {
			for _, c := range choices {
				if c == "-" { // may be absent
					c = ""
				}
				next = append(next, o+c)
			}
		}
		out = next
	}
	return out
}

// maxRounds is how often the slots are gone through for a word that the tables do not know. A word and
// its inflected forms must come to one stem also when the bare word happens to end like an inflected one,
// so the slots are gone through again until nothing more comes off.
const maxRounds = 4

// stem appends the stem of the folded word w to dst.
func (s *stemmer) stem(dst, w []byte) []byte {
	start := len(dst)
	dst = s.cut(dst, w)
	if !s.dotless {
		return dst
	}
	out := dst[:start]
	for i := start; i < len(dst); i++ {
		if dst[i] == 0xC4 && i+1 < len(dst) && dst[i+1] == 0xB1 { // ı
			out = append(out, 'i')
			i++
			continue
		}
		out = append(out, dst[i])
	}
	return out
}

// cut appends w without its inflection to dst: the longest stem of the tables that some sequence of
// suffixes leaves, else what remains when each slot in turn has taken its longest.
func (s *stemmer) cut(dst, w []byte) []byte {
	if len(w) == 0 || w[len(w)-1] <= '9' || !s.hasEndings && len(s.prefixes) == 0 {
		if to, ok := s.protected[string(w)]; ok {
			return append(dst, to...)
		}
		return append(dst, w...)
	}
	f := finder{s: s}
	f.look(w, 0, 0)
	if len(s.prefixes) > 0 && f.best < len(w) {
		w = s.unprefix(&f, w)
	}
	if f.best > 0 {
		return s.key(dst, f.key[:f.size])
	}
	for range s.rounds {
		before := len(w)
		w = s.guess(w)
		if len(w) == before {
			break
		}
		if f.look(w, 0, 0); f.best > 0 {
			return s.key(dst, f.key[:f.size])
		}
	}
	for i := range s.final {
		if cut := s.longest(s.finalTrie, w, uint16(i), s.final[i].leave); cut > 0 {
			w = w[:len(w)-cut]
			break
		}
	}
	start := len(dst)
	dst = append(dst, w...)
	return s.softened(dst, start)
}

// key appends what a stem of the tables is keyed as.
func (s *stemmer) key(dst, stem []byte) []byte {
	start := len(dst)
	if to, ok := s.protected[string(stem)]; ok {
		return append(dst, to...)
	}
	return s.softened(append(dst, stem...), start)
}

func (s *stemmer) softened(dst []byte, start int) []byte {
	if len(s.soften) > 0 {
		r, size := utf8.DecodeLastRune(dst[start:])
		if to, ok := s.soften[r]; ok {
			dst = utf8.AppendRune(dst[:len(dst)-size], to)
		}
	}
	return dst
}

// unprefix looks for a stem of the tables behind each prefix, and returns what a guess is to work on.
func (s *stemmer) unprefix(f *finder, w []byte) []byte {
	guess := w
	for i := range s.prefixes {
		p := &s.prefixes[i]
		if len(w) <= len(p.text) || string(w[:len(p.text)]) != p.text {
			continue
		}
		rest := w[len(p.text):]
		state := uint8(0)
		if p.verb {
			state = onlyVerb
		}
		f.look(rest, 0, state)
		if !p.verb && len(guess) == len(w) && s.stands(rest, p.leave) {
			guess = rest
		}
	}
	return guess
}

// guess takes one suffix off in each slot.
func (s *stemmer) guess(w []byte) []byte {
	verb, nouns := false, false
	for i := range s.slots {
		switch k := s.slots[i].kind; {
		case k == inner && !verb, k == finite && nouns, (k == verbal || k == finite) && (s.knownVerbs || verb), k == nominal && verb:
			continue
		}
		cut := s.longest(s.trie, w, uint16(i), s.slots[i].leave)
		if cut == 0 {
			continue
		}
		w = w[:len(w)-cut]
		switch s.slots[i].kind {
		case verbal, finite:
			verb = true
		case nominal:
			nouns = true
		}
	}
	return w
}

// longest is how many bytes the slot takes off the end of w: of the suffixes that leave enough the one
// that matches most.
func (s *stemmer) longest(trie []trieNode, w []byte, slot uint16, leave int) (cut int) {
	at, matched := &trie[0], 0
	for i := len(w) - 1; i > 0; i-- {
		at = step(trie, at, w[i])
		if at == nil {
			return cut
		}
		for j := range at.ends {
			e := &at.ends[j]
			if e.slot == slot && e.put == "" && s.stands(w[:len(w)-int(e.taken)], leave) {
				if n := len(w) - i; n > matched || int(e.taken) > cut {
					cut, matched = int(e.taken), n
				}
			}
		}
	}
	return cut
}

func step(trie []trieNode, n *trieNode, b byte) *trieNode {
	for i := range n.next {
		if n.next[i].b == b {
			return &trie[n.next[i].to]
		}
	}
	return nil
}

// What has been taken off on the way to a stem.
const (
	sawNominal = 1 << iota
	wantVerb   // what remains is a verb
	sawWeak    // of which one letter is the evidence
	onlyVerb   // a verb's prefix was taken off
)

// finder looks for the longest stem of the tables in a word.
type finder struct {
	s     *stemmer
	best  int // bytes of the best stem as it stands in the word, less what a weak ending costs; 0 for none
	key   [maxKey + 8]byte
	size  int
	steps int
	put   int // bytes that an ending left in its place, and one more: a stem that stands as it is comes first
}

// maxSteps bounds the search in a word that is all suffixes.
const maxSteps = 400

func (f *finder) look(w []byte, from int, state uint8) {
	f.steps++
	if len(w)-f.put <= f.best || f.steps > maxSteps {
		return
	}
	if f.known(w, state) {
		return
	}
	s := f.s
	at := &s.trie[0]
	for i := len(w) - 1; i > 0; i-- {
		at = step(s.trie, at, w[i])
		if at == nil {
			return
		}
		for j := range at.ends {
			e := &at.ends[j]
			next, ok := s.after(e, from, state)
			if !ok {
				continue
			}
			stem := w[:len(w)-int(e.taken)]
			if len(stem) == 0 || len(stem)-f.put <= f.best || e.harmony != 0 && !s.agrees(stem, e.harmony) {
				continue
			}
			if e.weak {
				next |= sawWeak
			}
			if e.put != "" {
				var buf [maxKey + 8]byte
				if len(stem)+len(e.put) > maxKey {
					continue
				}
				n := copy(buf[:], stem)
				n += copy(buf[n:], e.put)
				f.put += len(e.put) + 1
				f.look(buf[:n], int(e.slot)+1, next)
				f.put -= len(e.put) + 1
				continue
			}
			f.look(stem, int(e.slot)+1, next)
		}
	}
}

// after says whether e may be taken off when slots below from are done and state was seen, and what is seen then.
func (s *stemmer) after(e *ending, from int, state uint8) (next uint8, ok bool) {
	if int(e.slot) < from {
		return 0, false
	}
	switch s.slots[e.slot].kind {
	case nominal:
		return state | sawNominal, state&(wantVerb|onlyVerb) == 0
	case finite:
		return state | wantVerb, state&(wantVerb|sawNominal) == 0
	case verbal:
		return state | wantVerb, state&wantVerb == 0
	case inner:
		return state, state&wantVerb != 0
	}
	return state, true
}

// agrees says whether the last vowel of stem is of the class or of none.
func (s *stemmer) agrees(stem []byte, class uint8) bool {
	for len(stem) > 0 {
		r, size := utf8.DecodeLastRune(stem)
		if r < lowLimit && s.vowels[r] {
			return s.harmony[r] == 0 || s.harmony[r] == class
		}
		stem = stem[:len(stem)-size]
	}
	return true
}

// known takes w down as the best stem if the tables have it, as it is or as it is without an ending.
func (f *finder) known(w []byte, state uint8) bool {
	s := f.s
	want := byte(1)
	if state&(wantVerb|onlyVerb) != 0 {
		want = 2
	} else if state == 0 {
		want = 3
	}
	if len(w) > maxKey {
		return false
	}
	long := max(len(w)-f.put, 1)
	if state&sawWeak != 0 {
		if long = max(long/2, 1); long <= f.best {
			return false
		}
	}
	if s.words.has(w)&want != 0 {
		f.take(long, w)
		return true
	}
	if derived := max(long*2/3, 1); state&wantVerb != 0 && derived > f.best {
		for _, d := range s.derive {
			if n := len(w) - len(d); n > 0 && string(w[n:]) == d && s.words.has(w[:n])&1 != 0 {
				f.take(derived, w)
				return false
			}
		}
	}
	var buf [maxKey + 8]byte
	r, size := utf8.DecodeLastRune(w)
	if to, ok := s.soften[r]; ok {
		n := copy(buf[:], w[:len(w)-size])
		n += utf8.EncodeRune(buf[n:], to)
		if s.words.has(buf[:n])&want != 0 {
			f.take(long, buf[:n])
			return true
		}
	}
	// What follows is believed only where no stem was found that stands in the word as it is.
	if long = max(long/3, 1); long <= f.best {
		return false
	}
	if to, ok := s.harden[r]; ok {
		n := copy(buf[:], w[:len(w)-size])
		n += utf8.EncodeRune(buf[n:], to)
		if s.words.has(buf[:n])&want != 0 {
			f.take(long, buf[:n])
			return true
		}
	}
	if before, bsize := utf8.DecodeLastRune(w[:len(w)-size]); len(s.restore) > 0 && bsize > 0 && !s.vowel(r) && !s.vowel(before) {
		if before == r && len(w) > size+bsize && s.words.has(w[:len(w)-size])&want != 0 { // hakk-ı
			f.take(long, w[:len(w)-size])
			return true
		}
		for _, v := range s.restore {
			n := copy(buf[:], w[:len(w)-size])
			n += copy(buf[n:], v)
			for _, last := range [...]rune{r, s.soften[r]} {
				if last == 0 {
					continue
				}
				m := n + utf8.EncodeRune(buf[n:], last)
				if s.words.has(buf[:m])&want != 0 {
					f.take(long, buf[:m])
					return true
				}
			}
		}
	}
	return false
}

func (f *finder) take(best int, key []byte) {
	f.best = best
	f.size = copy(f.key[:], key)
}

func (s *stemmer) vowel(r rune) bool { return r < lowLimit && s.vowels[r] }

// stands says whether b can be a stem: at least leave letters, one of them a vowel where the language
// writes them.
func (s *stemmer) stands(b []byte, leave int) bool {
	n, vowel := 0, false
	for i := 0; i < len(b); {
		r, size := rune(b[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRune(b[i:])
		}
		n++
		if r < lowLimit && s.vowels[r] {
			vowel = true
		}
		i += size
		if n >= leave && vowel {
			return true
		}
	}
	return n >= leave && (vowel || !s.written())
}

// written says whether the language writes its vowels at all; its table then lists them.
func (s *stemmer) written() bool { return s.vowels['a'] || s.vowels['а'] }

// wordSet is a set of folded words, each a noun's stem (1), a verb's (2) or both: a hash table over one
// string, a few bytes a word more than the words themselves.
type wordSet struct {
	text  string
	table []uint32 // offset in text << 8 | length << 2 | kind; 0 for free
}

// newWordSet takes words in the form word, NUL, "n", "v" or "nv".
func newWordSet(words []string) wordSet {
	size := 16
	for size < 2*len(words) {
		size *= 2
	}
	s := wordSet{table: make([]uint32, size)}
	var text strings.Builder
	text.WriteByte(0)
	for _, w := range words {
		w, kinds, _ := strings.Cut(w, "\x00")
		if w == "" || len(w) > 63 {
			continue
		}
		kind := uint32(0)
		if strings.Contains(kinds, "n") {
			kind |= 1
		}
		if strings.Contains(kinds, "v") {
			kind |= 2
		}
		s.text = text.String()
		at := s.find([]byte(w))
		if s.table[at] == 0 {
			s.table[at] = uint32(text.Len())<<8 | uint32(len(w))<<2
			text.WriteString(w)
		}
		s.table[at] |= kind
	}
	s.text = text.String()
	return s
}

// find is the place of w in the table, free if it is not there.
func (s *wordSet) find(w []byte) int {
	h := uint32(2166136261)
	for _, c := range w {
		h = (h ^ uint32(c)) * 16777619
	}
	h ^= h >> 15
	mask := uint32(len(s.table) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		e := s.table[i]
		if e == 0 {
			return int(i)
		}
		at, n := int(e>>8), int(e>>2&63)
		if n == len(w) && s.text[at:at+n] == string(w) {
			return int(i)
		}
	}
}

// has is what kinds of stem w is; 0 for none.
func (s *wordSet) has(w []byte) byte {
	if len(s.table) == 0 {
		return 0
	}
	return byte(s.table[s.find(w)] & 3)
}

// Stem returns the folded word without its inflection, by the suffix tables of language t; the folded
// word itself for a language without tables. word should be one word; of several the first counts.
func Stem(t Tag, word string) string {
	tokens := Tokens(t, word)
	if len(tokens) == 0 {
		return ""
	}
	return tokens[0].Stem
}

// Stop reports whether a word with this strict key is among those of language t that every text has: and, in, is.
func Stop(t Tag, fold string) bool { return lexiconOf(t).stop[fold] }

// Ordinary reports whether a word of language t, given as Tokens does by its key and its stem, is one of the language and hardly a
// name: the tables have its stem as a noun's or a verb's own, or it ends as predicates do ([predicates]). False for a language
// without such tables.
func Ordinary(t Tag, fold, stem string) bool {
	l := lexiconOf(t)
	if l.stemmer.words.has([]byte(stem)) != 0 {
		return true
	}
	for _, end := range l.predicateEnds {
		if strings.HasSuffix(fold, end) {
			return true
		}
	}
	for _, part := range l.predicateParts {
		if strings.Contains(fold, part) {
			return true
		}
	}
	return false
}
