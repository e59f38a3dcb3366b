package facts

import (
	_ "embed"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/names"
)

// What of a headline the body does not bear.
const (
	NumberDiffers = "number"
	PartyDiffers  = "party"
	Negated       = "negation" // or an intention told as a deed
)

// Doubt is a number, party or negation of a headline that the body does not bear.
type Doubt struct {
	What     string
	Headline lang.Span // the words of the headline
	Words    string
	Body     lang.Span // the sentence of the body that comes nearest; empty if none does
	Sentence string
}

//go:embed parties.tsv
var partyRows string

// partyWords are words by which a text speaks of a country without its name.
var partyWords = sync.OnceValue(func() map[string][]pattern {
	out := map[string][]pattern{}
	for _, line := range strings.Split(partyRows, "\n") {
		f := strings.Split(strings.TrimRight(line, "\r"), "\t")
		if strings.HasPrefix(line, "#") || len(f) < 2 {
			continue
		}
		for _, w := range f[1:] {
			whole := strings.TrimSuffix(w, "*")
			for _, t := range lang.Known() {
				if t.FoldsAs() != t {
					continue
				}
				if r, _ := utf8.DecodeRuneInString(whole); t != lang.EN && !writes(t, r) {
					continue
				}
				if tokens := lang.Tokens(t, whole); t == lang.ZH && len(tokens) > 1 { // a word of several tokens
					out[f[0]] = append(out[f[0]], pattern{words: []string{whole}, prefix: []bool{true}, mark: string(t)})
				} else if len(tokens) == 1 {
					out[f[0]] = append(out[f[0]], pattern{words: []string{tokens[0].Fold}, prefix: []bool{whole != w}, mark: string(t)})
				}
			}
		}
	}
	return out
})

// writes reports whether a language is written in the script of r.
func writes(t lang.Tag, r rune) bool {
	switch {
	case unicode.Is(unicode.Latin, r):
		return t.Script() == "Latn"
	case unicode.Is(unicode.Cyrillic, r):
		return t.Script() == "Cyrl" || t == lang.UZ
	case unicode.Is(unicode.Arabic, r):
		return t.Script() == "Arab"
	case unicode.Is(unicode.Hangul, r):
		return t == lang.KO
	}
	return t == lang.ZH
}

// Bounds of what is compared.
const (
	maxHeadline = 1 << 10
	shortBody   = 160 // bytes; of a shorter body nothing is said: it may be a beginning only
	mostDoubts  = 4
	mostFigures = 60 // numbers of a body; of one with more nothing is said
	maxLead     = 4 << 10
	wishWords   = 14 // a longer headline tells of more than one act
	leads       = 5  // sentences of the body among which the one with another number stands
)

// Against returns what of the headline the body does not bear: a number where the body has another one for the same
// thing, a country or body where the body names another in its place, an act denied in one and told in the other. It
// keeps silent where it is in doubt. Both texts are in language t; of the body it reads the first 64 KB.
func Against(t lang.Tag, headline, body string) []Doubt {
	headline, body = head(headline, maxHeadline), head(body, maxRead)
	if headline == "" || len(body) < shortBody {
		return nil
	}
	a := &against{t: t, headline: headline, body: body, hTokens: lang.Tokens(t, headline), bTokens: lang.Tokens(t, body), sentences: lang.Sentences(t, body)}
	a.tolls() // before numbers, which do not tell the dead from the hurt
	a.numbers()
	a.days()
	a.parties()
	a.negation()
	return a.out[:min(len(a.out), mostDoubts)]
}

type against struct {
	t                lang.Tag
	headline, body   string
	hTokens, bTokens []lang.Token
	sentences        []lang.Span
	out              []Doubt
}

func (a *against) doubt(what string, at, sentence lang.Span) {
	for _, d := range a.out {
		if d.What == what && d.Headline == at {
			return
		}
	}
	a.out = append(a.out, Doubt{what, at, a.headline[at.Start:at.End], sentence, a.body[sentence.Start:sentence.End]})
}

func (a *against) sentenceAt(i int) lang.Span {
	for _, s := range a.sentences {
		if i >= s.Start && i < s.End {
			return s
		}
	}
	return lang.Span{}
}

// shared counts the words of some length that a sentence shares with the headline.
func (a *against) shared(s lang.Span) int { return a.sharedAs(s, false) }

// sharedAs counts with loose words of which the first five letters are the same, too: exports, exported.
func (a *against) sharedAs(s lang.Span, loose bool) int {
	n := 0
	seen := map[string]bool{}
	in := within(a.bTokens, s)
	if a.t == lang.ZH { // a token is a character, a word two
		for i := 1; i < len(a.hTokens); i++ {
			pair := a.headline[a.hTokens[i-1].Start:a.hTokens[i].End]
			if utf8.RuneCountInString(pair) == 2 && a.hTokens[i].Fold[0] >= utf8.RuneSelf && !seen[pair] && strings.Contains(a.body[s.Start:s.End], pair) {
				seen[pair] = true
				n++
			}
		}
		return (n + 1) / 2
	}
	same := 5
	if a.t == lang.KO { // two syllables are a word
		same = 2
	}
	for _, h := range a.hTokens {
		if !a.weighty(h, loose) || seen[h.Stem] {
			continue
		}
		if slices.ContainsFunc(in, func(b lang.Token) bool {
			return b.Stem == h.Stem || loose && utf8.RuneCountInString(h.Fold) >= same && strings.HasPrefix(b.Fold, prefixOf(h.Fold, same))
		}) {
			seen[h.Stem] = true
			n++
		}
	}
	return n
}

// weighty says whether a word of the headline is long enough to say something where a sentence shares it; with loose words of
// three letters are.
func (a *against) weighty(h lang.Token, loose bool) bool {
	least := 4
	switch {
	case a.t == lang.KO:
		least = 2
	case a.t == lang.AR || loose && !lang.Stop(a.t, h.Fold): // stems are short
		least = 3
	}
	return utf8.RuneCountInString(h.Stem) >= least && h.Fold[0] > '9'
}

// pairs counts the neighbouring words of the headline that are neighbours in a sentence too.
func (a *against) pairs(s lang.Span) (n int) {
	in := within(a.bTokens, s)
	for i := 1; i < len(a.hTokens); i++ {
		for k := 1; k < len(in); k++ {
			if in[k-1].Fold == a.hTokens[i-1].Fold && in[k].Fold == a.hTokens[i].Fold {
				n++
				break
			}
		}
	}
	return n
}

// could counts the words of the headline that a sentence could share, without those of the given place.
func (a *against) could(without lang.Span) int {
	could := 0
	for _, h := range a.hTokens {
		switch {
		case h.Start < without.End && h.End > without.Start:
		case a.t == lang.ZH && h.Fold[0] >= utf8.RuneSelf, a.t != lang.ZH && a.weighty(h, true):
			could++
		}
	}
	if a.t == lang.ZH { // a token is a character, a word two
		could /= 2
	}
	return could
}

// part is how many words a sentence must share with the headline for being about the same: the n-th part of those that could be,
// without those of the given place, and at least two.
func (a *against) part(n int, without lang.Span) int {
	return max(2, (a.could(without)+n-1)/n)
}

// numbers: a number of the headline, with a unit or a thing counted, that nothing in the body bears (figures.bear),
// while one of its first sentences, about the same, has another number of the same thing. A number that is not meant
// exactly (about, more than), an ordinal, an age, a time of day and a number with others about it are not judged.
func (a *against) numbers() {
	w := wordsOf(a.t)
	if w == nil {
		return
	}
	hs, _ := a.read(a.headline, a.hTokens)
	hHits := w.find(a.hTokens)
	var judged []placed
	for _, h := range hs {
		if a.judge(h, hHits, hs) {
			judged = append(judged, h)
		}
	}
	if len(judged) == 0 || len(judged) > 8 {
		return
	}
	// Most headlines are settled by the first sentences, which cost little: they bear the number or have no other.
	lead := a.body
	if len(a.sentences) > leads {
		lead = a.body[:a.sentences[leads-1].End]
	}
	lead = head(lead, maxLead)
	first, _ := a.read(lead, within(a.bTokens, lang.Span{End: len(lead)}))
	if len(first) > mostFigures {
		return // a table or a chronicle: somewhere in it is what adds up
	}
	var open []placed
	for _, h := range judged {
		if a.counterpart(h, hs, first) >= 0 {
			open = append(open, h)
		}
	}
	if len(open) == 0 {
		return
	}
	bs, bd := a.read(a.body, a.bTokens)
	if len(bs) > mostFigures {
		return
	}
	have := a.figuresOf(w, bs, bd)
	for _, h := range open {
		v, _ := strconv.ParseFloat(h.Value, 64)
		values := map[string]bool{}
		for _, b := range bs {
			if alike(b, h) {
				values[b.Value] = true
			}
		}
		if best := a.counterpart(h, hs, bs); best >= 0 && len(values) <= 3 && !have.bear(h, v) { // of many figures of one kind none is the counterpart
			a.doubt(NumberDiffers, h.Span, a.sentenceAt(bs[best].Start))
		}
	}
}

// read are the numbers and dates of headline or body.
func (a *against) read(text string, tokens []lang.Token) ([]placed, []lang.Date) {
	dates := lang.DatesAndDays(a.t, text, tokens, time.Time{})
	return quantities(a.t, text, tokens, dates), dates
}

// alike says whether two numbers count the same thing.
func alike(a, b placed) bool {
	return coinOf(a.Unit) == coinOf(b.Unit) && (a.Unit != "" || a.noun == b.noun)
}

// counterpart is the number of bs that stands in the place of h: another of the same thing, in one of the first sentences of
// the body, the one that shares most words with the headline and at least two; -1 for none, and where one equals h.
func (a *against) counterpart(h placed, hs, bs []placed) int {
	best, shared := -1, 0
	only := 0
	for _, b := range bs {
		if alike(b, h) {
			only++
		}
	}
	for i, b := range bs {
		if b.Value == h.Value {
			return -1
		}
		if !alike(b, h) || !plain(a.body, b.Span) {
			continue
		}
		if s := a.sentenceAt(b.Start); slices.Contains(a.sentences[:min(leads, len(a.sentences))], s) {
			n := a.shared(s)
			if only == 1 && h.Unit != "" && h.Unit != "people" { // no other can be meant: the sentence before may say of what it is
				if k := slices.Index(a.sentences, s); k > 0 {
					s.Start = a.sentences[k-1].Start
				}
				if m := a.sharedAs(s, true); m >= a.part(2, h.Span) {
					n = max(n, m)
				}
			}
			if n > shared {
				best, shared = i, n
			}
		}
	}
	want := a.part(5, h.Span)
	if len(hs) == 1 && len(bs) == 1 {
		want = 1
	}
	// A number of the body that the headline has as well has its own counterpart.
	if best < 0 || shared < want || slices.ContainsFunc(hs, func(x placed) bool { return x.Value == bs[best].Value && x.Unit == bs[best].Unit }) {
		return -1
	}
	return best
}

// judge says whether a number of the headline is one that a body could contradict.
func (a *against) judge(h placed, hits []hit, others []placed) bool {
	v, err := strconv.ParseFloat(h.Value, 64)
	return err == nil && v != 0 && (h.Unit != "" || h.noun != "" && !year(h.Value)) && (h.Unit != "hours" || v > 24) && a.meant(h, hits, others)
}

// meant says whether a number of the headline is meant as it stands: by itself, exactly, and as no age or share.
func (a *against) meant(h placed, hits []hit, others []placed) bool {
	if !plain(a.headline, h.Span) {
		return false
	}
	first := 0
	for first < len(a.hTokens) && a.hTokens[first].End <= h.Start {
		first++
	}
	last := first
	for last+1 < len(a.hTokens) && a.hTokens[last+1].Start < h.End {
		last++
	}
	for _, o := range others { // nine of 10, 5 or 6
		if o.Span != h.Span && (first > 1 && o.End > a.hTokens[first-2].Start && o.End <= h.Start || last+2 < len(a.hTokens) && o.Start >= h.End && o.Start <= a.hTokens[last+2].Start) {
			return false
		}
	}
	for _, x := range hits {
		inside := x.at+x.n > first && x.at <= last
		switch {
		case x.mark == "about" && x.at+x.n > first-3 && x.at <= last+4, x.mark == "about-before" && x.at+x.n == first, x.mark == "about-behind" && x.at > last && x.at <= last+3:
			return false
		case x.mark == "vague" && inside:
			return false
		case x.mark == "share" && h.Unit == "pct", x.mark == "age" && x.at <= last+1 && x.at+x.n >= first:
			return false
		case x.mark == "number" && x.value > 1 && !inside && x.at <= last+1 && (x.at > last || x.at+x.n >= first-1 && !digits(h.raw)): // twenty five, two dozen, five or six
			return false
		}
	}
	return true
}

// days: the one day of the headline that the body does not have, while one of its first sentences, about the same, has
// another one, and only that. Of days without a year in one of the two only month and day are compared. A headline with
// two days (a range, a term) is not judged, nor one whose body has more than three: some of them is what it is about.
func (a *against) days() {
	of := func(text string, tokens []lang.Token) (out []lang.Date) {
		for _, d := range lang.DatesAndDays(a.t, text, tokens, time.Time{}) {
			if len(monthDay(d)) > 0 {
				out = append(out, d)
			}
		}
		return out
	}
	h := of(a.headline, a.hTokens)
	if len(h) != 1 || strings.Contains(h[0].Rule, "R") || h[0].Rule == "relative" {
		return
	}
	b := of(a.body, a.bTokens)
	if len(b) == 0 || len(b) > 3 {
		return
	}
	all := a.hTokens
	defer func() { a.hTokens = all }()
	a.hTokens = slices.DeleteFunc(slices.Clone(all), func(k lang.Token) bool { return k.Start < h[0].End && k.End > h[0].Start }) // the month's name says nothing
	best, shared := -1, 1
	if n := a.could(h[0].Span); len(b) == 1 && (n == 2 || n == 3) { // no other day can be meant
		shared = 0
	}
	for i, d := range b {
		if monthDay(d) == monthDay(h[0]) || strings.Contains(d.Rule, "R") {
			return // the same, or within a range
		}
		s := a.sentenceAt(d.Start)
		if n := a.shared(s); n > shared && slices.Contains(a.sentences[:min(leads, len(a.sentences))], s) {
			best, shared = i, n
		}
	}
	if best >= 0 && !slices.ContainsFunc(b, func(d lang.Date) bool {
		return d.Start != b[best].Start && a.sentenceAt(d.Start) == a.sentenceAt(b[best].Start)
	}) {
		a.doubt(NumberDiffers, h[0].Span, a.sentenceAt(b[best].Start))
	}
}

// monthDay is month and day of a date, "" where it has none, or where a calendar leaves them in doubt.
func monthDay(d lang.Date) string {
	switch {
	case d.Calendar != "" && d.Calendar != "persian":
		return ""
	case d.Precision == "monthday":
		return strings.TrimPrefix(d.Value, "-")
	case (d.Precision == "day" || d.Precision == "minute") && len(d.Value) >= 10:
		return "-" + d.Value[5:10]
	}
	return ""
}

func digits(s string) bool { return strings.IndexFunc(s, unicode.IsDigit) >= 0 }

// plain says whether a number stands by itself: no part of a score, a time, a range, a fraction, an ordinal or a name.
func plain(text string, s lang.Span) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:s.Start])
	after, _ := utf8.DecodeRuneInString(text[s.End:])
	if strings.ContainsRune(":/№#-–+−", before) && s.Start > 0 || s.End < len(text) && (strings.ContainsRune(":/-–’'+", after) || unicode.IsLetter(after) && !unicode.In(after, unicode.Han, unicode.Hangul)) { // in Chinese nothing stands between
		return false
	}
	rest, dot := strings.CutPrefix(text[s.End:], ".")
	next, _ := utf8.DecodeRuneInString(strings.TrimLeft(rest, " \u00a0\u202f"))
	return !dot || !unicode.IsLower(next) // 9. oturum
}

// parties: a country or body of the headline that the body names in no way, while its first sentences, which are about
// the same, name another of the same kind that the headline does not.
func (a *against) parties() {
	hn := a.names(a.headline)
	if len(hn) == 0 {
		return
	}
	var bn []names.Name
	byPeople := sync.OnceValue(func() []names.Mention { return names.Mentions(a.t, a.body, a.bTokens) })
	for i, h := range hn {
		if i == 0 { // the first sentences settle most
			if bn = a.names(head(a.body, shortBody*4)); !slices.ContainsFunc(hn, func(n names.Name) bool { return !slices.Contains(bn, n) }) {
				return
			}
			bn = a.names(a.body)
		}
		if slices.Contains(bn, h) || a.spoken(h) || slices.ContainsFunc(byPeople(), func(m names.Mention) bool { return m.Name == h }) { // or by its people's word
			continue
		}
		want := 2
		if lies(h) { // a place lies in others
			want = 3
		}
		reach := leads
		if lies(h) {
			reach = 2
		}
		half := a.part(2, a.where(h))
		for i, s := range a.sentences[:min(reach, len(a.sentences))] {
			if i < 2 && a.shared(s) < want || i >= 2 && a.sharedAs(s, true) < half {
				continue
			}
			here := a.names(a.body[s.Start:s.End])
			others := 0
			for _, b := range here {
				if (b.Kind == h.Kind || lies(b) && lies(h)) && !slices.Contains(hn, b) {
					others++
				}
			}
			other := others == 1 || others > 1 && i < 2 // far from the beginning only one can be meant
			// The body may say where within a place it was. Beside another of the headline's places it is one in the place of one.
			if lies(h) && !slices.ContainsFunc(here, func(b names.Name) bool { return lies(b) && slices.Contains(hn, b) }) {
				continue
			}
			at := a.where(h)
			if other && at.End > at.Start {
				a.doubt(PartyDiffers, at, a.nearest(s, h.Kind, hn, reach))
				break
			}
		}
	}
}

// nearest is which of the first sentences that name another of this kind than the headline does shares most words with it; s where
// none shares more than that.
func (a *against) nearest(s lang.Span, kind names.Kind, hn []names.Name, reach int) lang.Span {
	most := a.sharedAs(s, true)
	for _, o := range a.sentences[:min(reach, len(a.sentences))] {
		if n := a.sharedAs(o, true); n > most && slices.ContainsFunc(a.names(a.body[o.Start:o.End]), func(b names.Name) bool { return b.Kind == kind && !slices.Contains(hn, b) }) {
			s, most = o, n
		}
	}
	return s
}

// lies reports whether a name is that of a city or a region.
func lies(n names.Name) bool { return n.Kind == names.Place || n.Kind == names.Region }

// cityStates are countries whose name says where something was as often as who did it.
var cityStates = []string{"SG", "MC", "VA", "HK", "MO"}

func (a *against) names(text string) []names.Name {
	return slices.DeleteFunc(names.Told(a.t, text, lang.Tokens(a.t, text)), func(n names.Name) bool {
		return n.Kind == names.Country && slices.Contains(cityStates, n.ID)
	})
}

// spoken says whether the body speaks of the name in another way: by a word that begins like it, by a word of
// parties.tsv, or, of a body, by its initials or the words it is made of.
func (a *against) spoken(n names.Name) bool {
	var stems []string
	for _, t := range lang.Tokens(a.t, n.In(a.t)) { // none in a language without a first table
		stems = append(stems, t.Fold)
	}
	base := string(a.t.FoldsAs())
	for _, b := range a.bTokens {
		for _, s := range stems {
			k := prefixOf(s, 4)
			if utf8.RuneCountInString(k) >= 3 && strings.HasPrefix(b.Fold, k) {
				return true
			}
		}
		for _, p := range partyWords()[n.ID] {
			if p.mark == base || p.mark == "en" {
				if b.Fold == p.words[0] || p.prefix[0] && strings.HasPrefix(b.Fold, p.words[0]) {
					return true
				}
			}
		}
	}
	at := a.where(n)
	if a.t == lang.ZH {
		return strings.Contains(a.body, a.headline[at.Start:at.End]) ||
			slices.ContainsFunc(partyWords()[n.ID], func(p pattern) bool { return p.mark == base && strings.Contains(a.body, p.words[0]) })
	}
	for _, h := range within(a.hTokens, at) { // the very words of the headline
		k := prefixOf(h.Fold, 5)
		if slices.ContainsFunc(a.bTokens, func(b lang.Token) bool { return strings.HasPrefix(b.Fold, k) }) {
			return true
		}
	}
	return false
}

func prefixOf(s string, n int) string {
	i := 0
	for k := range s {
		if i == n {
			return s[:k]
		}
		i++
	}
	return s
}

// where the headline names n: the shortest run of words that does.
func (a *against) where(n names.Name) lang.Span {
	for size := 1; size <= 6; size++ {
		for i := 0; i+size <= len(a.hTokens); i++ {
			s := lang.Span{Start: a.hTokens[i].Start, End: a.hTokens[i+size-1].End}
			if slices.Contains(a.names(a.headline[s.Start:s.End]), n) {
				return s
			}
		}
	}
	return lang.Span{}
}

// negation: an act that one of the two denies and the other tells as done, or that the headline tells as done and the body
// as wished, offered or considered, where no sentence of the body says the same as the headline of the same party, or none
// that is half as near to it.
func (a *against) negation() {
	l := lexiconOf(a.t)
	if l == nil {
		return
	}
	for _, h := range l.clauses(a.headline, a.hTokens) {
		if h.Kind == Statement || h.Kind == Disaster || !h.denied && h.Status != Done {
			continue
		}
		var other lang.Span
		agrees, least, nearest, told := false, 2, 0, 0 // told: how near a sentence is that tells of such an act
		if len(a.hTokens) <= 3 && a.t != lang.ZH {     // of a short headline one more word is all
			least = 1
		}
		who := a.countries(a.headline)
		past, all := false, a.words(h.at, lang.Span{})
		var like, unlike uint64 // which words of the headline the sentences have that agree, and the nearest that does not
		for i, s := range a.sentences[:min(40, len(a.sentences))] {
			in := within(a.bTokens, s)
			hits := l.find(in)
			marked := func(mark string) bool {
				return slices.ContainsFunc(hits, func(x hit) bool { return x.kind == "" && x.mark == mark })
			}
			earlier := marked("earlier") // what was wished or denied before it came to be
			of := slices.DeleteFunc(l.clausesOf(a.body, in, hits), func(v verdict) bool { return v.Kind != h.Kind })
			from := s.Start
			for _, v := range of {
				part := lang.Span{Start: from, End: v.clause.End} // with what stands before it since the last such act: the head of the company, Asel Nurlan, resigned
				from = v.clause.End
				wished := (len(a.hTokens) <= wishWords || a.t == lang.ZH) && !h.denied && !h.wish && !v.denied && v.Status == Proposed && !earlier
				same := v.denied == h.denied && !wished
				if same && !h.denied && v.Status != Done && v.Status != "" || !same && !v.denied && !wished && v.Status != Done {
					continue
				}
				at := s
				if len(of) > 1 && slices.ContainsFunc(of, func(o verdict) bool { return o.denied != v.denied || o.Status != v.Status }) { // one did it, another did not
					at = part
				}
				if a.another(who, at) || h.Kind == Resignation && a.nearer(h.at, at) {
					continue
				}
				if same && i > 0 && a.words(h.at, at) == 0 { // It was signed on Monday: the sentence before says what
					at.Start = a.sentences[i-1].Start
				}
				words := a.sharedAs(at, true)
				near := 2*words + a.pairs(at)
				if same {
					agrees, told = true, max(told, near)
					like |= a.words(h.at, at)
					continue
				}
				if a.shared(at) < least && 4*bits.OnesCount64(a.words(h.at, at)) < 3*bits.OnesCount64(all) || wished && words < a.part(2, lang.Span{}) {
					continue
				}
				if v.denied {
					near++ // of two as near the one that denies
				}
				if near > nearest {
					other, nearest, unlike, past = s, near, a.words(h.at, at), earlier
				}
			}
			if h.denied && marked("negation") { // denied in other words
				agrees, told = true, max(told, 2*a.sharedAs(s, true)+a.pairs(s))
				like |= a.words(h.at, s)
			}
		}
		// Of two signings the one that is wished or denied is the headline's where it is more than twice as near as the one that is done, or
		// where it has all of the headline's words that the others have but for the first, who acts, and one more: the other treaty's name.
		like &^= all & -all
		if (!agrees || !past && (nearest > 2*told+1 || like&^unlike == 0 && unlike&^(all&-all) != like && 2*bits.OnesCount64(unlike) >= bits.OnesCount64(all))) && other.End > other.Start {
			a.doubt(Negated, h.at, other)
		}
	}
}

// countries are those that a text names.
func (a *against) countries(text string) []names.Name {
	return slices.DeleteFunc(a.names(text), func(n names.Name) bool { return n.Kind != names.Country })
}

// another says whether a part of the body tells of another country than the headline does: it lacks one of the headline's and names
// one that the headline does not.
func (a *against) another(who []names.Name, s lang.Span) bool {
	if len(who) == 0 {
		return false
	}
	here := a.countries(a.body[s.Start:s.End])
	return slices.ContainsFunc(who, func(n names.Name) bool { return !slices.Contains(here, n) }) &&
		slices.ContainsFunc(here, func(n names.Name) bool { return !slices.Contains(who, n) })
}

// words are those of the headline but for those at a place that a part of the body has, a bit each; of no part those that one could
// have. In Chinese a word is two characters.
func (a *against) words(without, part lang.Span) (mask uint64) {
	in := within(a.bTokens, part)
	for i, h := range a.hTokens[:min(64, len(a.hTokens))] {
		if h.Start < without.End && h.End > without.Start || lang.Stop(a.t, h.Fold) {
			continue
		}
		var has bool
		switch {
		case a.t == lang.ZH:
			if i+1 == len(a.hTokens) || a.hTokens[i+1].Start != h.End || a.hTokens[i+1].Start < without.End && a.hTokens[i+1].End > without.Start {
				continue
			}
			has = strings.Contains(a.body[part.Start:part.End], a.headline[h.Start:a.hTokens[i+1].End])
		default:
			has = slices.ContainsFunc(in, func(b lang.Token) bool {
				return b.Stem == h.Stem || utf8.RuneCountInString(h.Fold) >= 5 && strings.HasPrefix(b.Fold, prefixOf(h.Fold, 5))
			})
		}
		if has || part.End == 0 {
			mask |= 1 << i
		}
	}
	return mask
}

// nearer says whether one of the first sentences of the body has more of the headline's words, but for those at a place, than the
// given part of it: who leaves an office stands there, and the part tells of somebody else.
func (a *against) nearer(without, at lang.Span) bool {
	n := bits.OnesCount64(a.words(without, at))
	return slices.ContainsFunc(a.sentences[:min(leads, len(a.sentences))], func(s lang.Span) bool {
		return (s.End <= at.Start || s.Start >= at.End) && bits.OnesCount64(a.words(without, s)) > n
	})
}
