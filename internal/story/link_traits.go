package story

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/names"
)

// TraitKind is what a trait of a text is. It is part of what an editor is shown as a reason.
type TraitKind uint8

// The kinds of traits. Their numbers are stored with texts: add at the end.
const (
	Number  TraitKind = iota + 1 // of two digits and more
	Day                          // a date
	Sound                        // what a name or a long word sounds like, by its loose key
	Far                          // the same by the far key, for Chinese and Korean
	Entity                       // something the gazetteer names
	Concept                      // what a word describes
	Word                         // a word of the language itself
	Voiced                       // the far key with the first vowel
	Domain                       // a field that its words belong to: sport, health
)

var traitNames = [...]string{Number: "number", Day: "date", Sound: "name", Far: "name", Entity: "entity", Concept: "topic", Word: "word", Voiced: "name", Domain: "topic"}

// String is the kind as it is written outside.
func (k TraitKind) String() string { return traitNames[k] }

// Trait is one thing by which a text is compared with others.
type Trait struct {
	Hash   uint32 // of kind and key
	Kind   TraitKind
	Weight float32 // how much of the text speaks of it, 1 for once
	Value  string  // as the text has it, or for an entity its kind and id: the reason that an editor reads
}

// Traits is what the linker keeps of a text.
type Traits struct {
	Lang   lang.Tag
	Traits []Trait // by Hash, each once
	Event  Event
}

// Bounds of what is read of a text.
const (
	maxRead   = 64 << 10 // bytes; what a news text says first is what it is about
	maxTraits = 600
)

// weights of the kinds: how much a trait of that kind counts beside the others.
var kindWeight = [...]float32{Number: 1, Day: 1, Sound: 1, Far: 1, Entity: 1, Concept: 1, Word: 0.6, Voiced: 0.9, Domain: 0.7}

// ReadTraits reads the traits of a text in language t. written dates words like 'yesterday'; it may be zero. The text's
// first line is its headline. It takes time linear in the text.
func ReadTraits(t lang.Tag, text string, written time.Time) Traits {
	if len(text) > maxRead {
		end := maxRead
		for end > 0 && !utf8.RuneStart(text[end]) {
			end--
		}
		text = text[:end]
	}
	r := traitReader{tag: t, text: text, tokens: lang.Tokens(t, text), at: map[uint32]int{}}
	r.cased = t.Script() != "Arab" && t.Script() != "Hans" && t.Script() != "Kore"
	mentions := names.Mentions(t, text, r.tokens)
	dates := lang.DatesAndDays(t, text, r.tokens, written)
	r.entities(mentions)
	r.ordinary, r.named = make([]bool, len(r.tokens)), make([]bool, len(r.tokens))
	for _, m := range mentions {
		switch m.Name.Kind {
		case names.Topic, names.Format, names.Office, names.Ordinal:
			for i := m.From; i < m.To; i++ {
				r.ordinary[i] = true
			}
		default:
			for i := m.From; i < m.To; i++ {
				r.named[i] = true
			}
		}
	}
	r.days(dates)
	r.values()
	r.words()
	if t == lang.ZH {
		r.han()
	}
	out := Traits{Lang: t, Event: readEvent(t, text, r.tokens, mentions, dates, written)}
	for i := range r.out {
		r.out[i].Weight = weighed(r.out[i].Kind, r.out[i].Weight)
	}
	if len(r.out) > maxTraits {
		slices.SortStableFunc(r.out, func(a, b Trait) int { return cmp.Compare(b.Weight, a.Weight) })
		r.out = r.out[:maxTraits]
	}
	slices.SortFunc(r.out, func(a, b Trait) int { return cmp.Compare(a.Hash, b.Hash) })
	out.Traits = slices.Clip(r.out)
	return out
}

// weighed is the weight of a trait that is said so often, a sign less than once. One word of a field says little, several say what a text is about.
func weighed(kind TraitKind, times float32) float32 {
	if kind == Domain {
		return kindWeight[kind] * float32(math.Log(1+float64(times)))
	}
	if times < 1 {
		return kindWeight[kind] * times
	}
	return kindWeight[kind] * float32(1+math.Log(float64(times)))
}

type traitReader struct {
	tag    lang.Tag
	text   string
	tokens []lang.Token
	cased  bool
	// Words that the tables know as something else than a name. Where no capital tells a name, every word may be one: only
	// what is left sounds like one.
	ordinary []bool
	named    []bool // words of a country's, place's or body's name: one trait, not one more for how each is spelled
	out      []Trait
	at       map[uint32]int
}

// traitHash is FNV-1a of a kind and a key.
func traitHash(kind TraitKind, parts ...string) uint32 {
	h := (uint32(2166136261) ^ uint32(kind)) * 16777619
	for _, s := range parts {
		for i := range len(s) {
			h = (h ^ uint32(s[i])) * 16777619
		}
	}
	return h
}

// signWeight is how much each of a word's n picture signs counts: a sign is described by whatever it shows, and a word that describes
// many of them (man, house) tells no more by that.
func signWeight(n int) float32 { return 0.7 / float32(math.Sqrt(float64(n))) }

func (r *traitReader) add(kind TraitKind, h uint32, weight float32, value string) {
	i, ok := r.at[h]
	if !ok {
		i = len(r.out)
		r.at[h] = i
		r.out = append(r.out, Trait{Hash: h, Kind: kind, Value: value})
	}
	r.out[i].Weight += weight
}

func (r *traitReader) entities(mentions []names.Mention) {
	for _, m := range mentions {
		if m.To-m.From == 1 && m.Name.Kind != names.Country && m.Name.Kind != names.Place && m.Name.Kind != names.Body && m.Name.Kind != names.Region &&
			(commonest(r.tag, r.tokens[m.From].Fold) || otherwise(r.tag, r.tokens[m.From].Fold)) {
			continue
		}
		r.entity(m.Name, r.text[r.tokens[m.From].Start:r.tokens[m.To-1].End])
	}
	if r.tag == lang.KO {
		for _, k := range r.tokens {
			for _, n := range names.Endings(r.tag, k.Stem) {
				r.entity(n, r.text[k.Start:k.End])
			}
		}
	}
}

// domain adds the fields that a word's signs belong to; signs of more than two say nothing.
func (r *traitReader) domain(signs []uint16, shown string) {
	var of []string
	for _, c := range signs {
		if d := names.DomainOfSign(c); d != "" && !slices.Contains(of, d) {
			of = append(of, d)
		}
	}
	if len(of) > 2 {
		return
	}
	for _, d := range of {
		r.add(Domain, traitHash(Domain, d), 1/float32(len(of)), shown)
	}
}

// entity adds what the gazetteer names.
func (r *traitReader) entity(n names.Name, shown string) {
	kind := Entity
	if n.Kind == names.Topic || n.Kind == names.Ordinal {
		kind = Concept
	}
	id := string(n.Kind) + ":" + n.ID
	value := id
	if kind == Concept {
		value = shown
	}
	r.add(kind, traitHash(kind, id), 1, value)
	if d := names.DomainOfTopic(n.ID); d != "" && kind == Concept {
		r.add(Domain, traitHash(Domain, d), 1, value)
	}
}

func (r *traitReader) days(dates []lang.Date) {
	for _, d := range dates {
		switch d.Precision {
		case "day", "minute":
			r.add(Day, traitHash(Day, d.Value[:10]), 1, d.Value[:10])
			r.add(Day, traitHash(Day, "--", d.Value[5:10]), 1, d.Value[:10])
		case "monthday":
			r.add(Day, traitHash(Day, d.Value), 1, d.Value)
		}
	}
}

// values reads the numbers whose value is not what their figures say: 3.5 million, 35만, twelve.
func (r *traitReader) values() {
	for _, n := range lang.NumbersIn(r.tag, r.text, r.tokens) {
		if len(n.Value) > 1 && digits(n.Raw) < len(n.Raw) {
			r.add(Number, traitHash(Number, n.Value), 1, n.Raw)
		}
	}
}

// words reads numbers, names, sounds, concepts and words.
func (r *traitReader) words() {
	var buf []byte
	for i, k := range r.tokens {
		shown := r.text[k.Start:k.End]
		if c := k.Fold[0]; c >= '0' && c <= '9' {
			if isNumber(k.Fold) {
				if len(k.Fold) > 1 {
					r.add(Number, traitHash(Number, k.Fold), 1, shown)
				}
				continue
			}
			if n := digits(k.Fold); n > 1 { // 26th
				r.add(Number, traitHash(Number, k.Fold[:n]), 1, shown)
			}
		}
		if r.tag == lang.ZH {
			continue
		}
		if r.named[i] {
			continue
		}
		if commonest(r.tag, k.Fold) {
			continue
		}
		var concepts []uint16
		if !otherwise(r.tag, k.Fold) {
			concepts = names.Concepts(r.tag, k.Stem)
		}
		if calendar(concepts) { // counts as what it is in every language, and is no reason: where it tells something, the date does
			for _, c := range concepts {
				r.add(Concept, traitHash(Concept, strconv.Itoa(int(c))), 1, "")
			}
			continue
		}
		for _, c := range concepts {
			r.add(Concept, traitHash(Concept, strconv.Itoa(int(c))), signWeight(len(concepts)), shown)
		}
		r.domain(concepts, shown)
		ordinary := len(concepts) > 0 || r.ordinary[i] || !r.cased && lang.Ordinary(r.tag, k.Fold, k.Stem)
		r.add(Word, traitHash(Word, family(r.tag), k.Stem), 1, shown)
		if r.tag == lang.KO {
			if utf8.RuneCountInString(shown) < 2 {
				continue
			}
			if buf = farOfHangul(buf[:0], shown); len(buf) > 0 {
				if !ordinary {
					r.far(buf, hangulVowel(shown), shown)
				}
				continue
			}
		}
		var loose string
		if bare := spelled(r.tag, shown); bare != shown {
			loose = lang.Loose(r.tag, bare)
		} else {
			loose = lang.LooseWord(r.tag, k.Fold)
		}
		loose = withoutProp(loose)
		first, _ := utf8.DecodeRuneInString(shown)
		name := unicode.IsUpper(first) || !r.cased && !ordinary
		r.sound(loose, shown, name)
		if name {
			buf = farOfLoose(buf[:0], loose)
			r.far(buf, firstVowel(shown, !r.cased), shown)
		}
	}
}

// family is the group of languages whose words are compared by their stems.
func family(t lang.Tag) string {
	code, _, _ := strings.Cut(string(t), "-")
	switch code {
	case "prs":
		return "fa"
	}
	return code
}

// digits is how many digits a word begins with.
func digits(fold string) int {
	n := 0
	for n < len(fold) && fold[n] >= '0' && fold[n] <= '9' {
		n++
	}
	return n
}

// isNumber: the key of a number is digits and at most one decimal sign.
func isNumber(fold string) bool {
	for _, c := range fold {
		if (c < '0' || c > '9') && c != 0x66b {
			return false
		}
	}
	return true
}

// A sound is compared by its beginnings, so that endings do not part it: of a name by three letters and more, of other
// words by more, as only long ones are the same in many languages.
func (r *traitReader) sound(loose, shown string, name bool) {
	if name {
		for n := 3; n <= min(len(loose), 6); n++ {
			if n == 3 && len(loose) > 4 {
				continue
			}
			r.add(Sound, traitHash(Sound, loose[:n]), 1, shown)
		}
		return
	}
	for n := 4; n <= min(len(loose), 6); n++ {
		r.add(Sound, traitHash(Sound, loose[:n]), 0.5, shown)
	}
}

// far adds a far key by its beginnings, and with its first vowel where that is known.
func (r *traitReader) far(key []byte, vowel, shown string) {
	if vowel != "" && len(key) > 1 {
		r.add(Voiced, traitHash(Voiced, vowel, string(key[:min(len(key), 3)])), 1, shown)
	}
	for n := 3; n <= min(len(key), 5); n++ {
		if n == 3 && len(key) > 3 {
			continue
		}
		r.add(Far, traitHash(Far, string(key[:n])), 1, shown)
	}
}

// han reads what needs more than one Chinese character: words of the concept table, and runs of the characters by
// which foreign names are written.
func (r *traitReader) han() {
	var buf, key []byte
	for i := range r.tokens {
		for n := 4; n >= 2; n-- {
			if i+n > len(r.tokens) || r.tokens[i+n-1].End-r.tokens[i].Start != 3*n {
				continue
			}
			w := r.text[r.tokens[i].Start:r.tokens[i+n-1].End]
			key = key[:0]
			for _, k := range r.tokens[i : i+n] {
				key = append(key, k.Fold...)
			}
			cs := names.Concepts(r.tag, string(key))
			for _, c := range cs {
				r.add(Concept, traitHash(Concept, strconv.Itoa(int(c))), signWeight(len(cs)), w)
			}
			r.domain(cs, w)
			if n == 2 {
				r.add(Word, traitHash(Word, "zh", string(key)), 1, w)
			}
		}
	}
	table := sounds().han
	for i := 0; i < len(r.tokens); {
		j := i
		for j < len(r.tokens) && (j == i || r.tokens[j].Start == r.tokens[j-1].End) {
			c, _ := utf8.DecodeRuneInString(r.tokens[j].Fold)
			if _, ok := table[c]; !ok || r.named[j] {
				break
			}
			j++
		}
		if j-i >= 2 && j-i <= 12 {
			for from := i; from < j-1; from++ {
				buf = farOfHan(buf[:0], r.tokens[from:j])
				key = key[:0]
				for _, k := range r.tokens[from:j] {
					key = append(key, k.Fold...)
				}
				r.far(buf, firstVowel(string(key), false), r.text[r.tokens[from].Start:r.tokens[j-1].End])
			}
		}
		i = max(j, i+1)
	}
	for _, k := range r.tokens { // names in Latin letters
		if c := r.text[k.Start]; c >= 'A' && c <= 'Z' {
			shown := r.text[k.Start:k.End]
			loose := lang.Loose(lang.EN, shown)
			r.sound(loose, shown, true)
			buf = farOfLoose(buf[:0], loose)
			r.far(buf, firstVowel(shown, !r.cased), shown)
		}
	}
}

// traitsForm is the first byte of kept traits: in which way they were read of the text. Whoever changes what parts stories or what traits a text has counts it up,
// and what is kept of the texts that new ones are compared with is read anew.
const traitsForm = 2

// TraitsOutdated says whether Bytes of a former version gave this: it is to be read anew.
func TraitsOutdated(kept []byte) bool { return len(kept) > 0 && kept[0] < traitsForm }

// Bytes is what is kept of a text's traits to enter it again: about five bytes a trait, without their values, as
// reasons are told of the text that comes in. ParseTraits reads it.
func (t Traits) Bytes() []byte {
	event, err := json.Marshal(t.Event)
	if err != nil {
		panic(err) // strings and numbers only
	}
	b := append([]byte{traitsForm, byte(len(t.Lang))}, t.Lang...)
	b = binary.AppendUvarint(b, uint64(len(event)))
	b = append(b, event...)
	b = binary.AppendUvarint(b, uint64(len(t.Traits)))
	last := uint32(0)
	for _, f := range t.Traits {
		b = binary.AppendUvarint(b, uint64(f.Hash-last))
		b = append(b, byte(f.Kind), byte(packed(0, f.Weight)))
		last = f.Hash
	}
	return b
}

// ParseTraits reads what Bytes wrote, of this version or a former one; anything else is refused with a fault of kind Invalid.
func ParseTraits(b []byte) (Traits, error) {
	bad := fault.E(fault.Invalid, "These are not the traits of a text.")
	var t Traits
	if len(b) < 2 || b[0] == 0 || b[0] > traitsForm || len(b) < 2+int(b[1]) {
		return Traits{}, bad
	}
	t.Lang, b = lang.Tag(b[2:2+int(b[1])]), b[2+int(b[1]):]
	size, n := binary.Uvarint(b)
	if n <= 0 || size > uint64(len(b)-n) {
		return Traits{}, bad
	}
	if err := json.Unmarshal(b[n:n+int(size)], &t.Event); err != nil {
		return Traits{}, bad.Because(err)
	}
	b = b[n+int(size):]
	count, n := binary.Uvarint(b)
	if n <= 0 || count > maxTraits {
		return Traits{}, bad
	}
	b = b[n:]
	last := uint64(0)
	t.Traits = make([]Trait, 0, count)
	for range count {
		step, n := binary.Uvarint(b)
		if n <= 0 || len(b) < n+2 || last+step > math.MaxUint32 || b[n] == 0 || int(b[n]) >= len(traitNames) {
			return Traits{}, bad
		}
		last += step
		t.Traits = append(t.Traits, Trait{Hash: uint32(last), Kind: TraitKind(b[n]), Weight: weightOf(uint32(b[n+1]))})
		b = b[n+2:]
	}
	if len(b) != 0 {
		return Traits{}, bad
	}
	return t, nil
}
