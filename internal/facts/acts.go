package facts

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/lang"
)

// Kind is what kind of act a text reports.
type Kind string

// The kinds of acts, the more particular before the more general: a text that tells of a visit at which something
// was signed reports a signing.
const (
	Signing     Kind = "signing"
	Appointment Kind = "appointment"
	Resignation Kind = "resignation" // or a dismissal: somebody leaves an office
	Disaster    Kind = "disaster"
	Decision    Kind = "decision"
	Opening     Kind = "opening"
	Aid         Kind = "aid"
	Meeting     Kind = "meeting"
	Visit       Kind = "visit"
	Statement   Kind = "statement"
)

// Kinds are all kinds in their order.
var Kinds = []Kind{Signing, Appointment, Resignation, Disaster, Decision, Opening, Aid, Meeting, Visit, Statement}

// Status is whether what a text reports has happened.
type Status string

const (
	Done     Status = "done"
	Planned  Status = "planned"
	Proposed Status = "proposed" // interest, an offer, a call: an intention of one side
)

// Act is what a text reports: "" where the tables do not tell.
type Act struct {
	Kind   Kind
	Status Status
}

//go:embed tables
var tableFiles embed.FS

// pattern is a word or phrase of a table.
type pattern struct {
	words  []string // folded
	prefix []bool   // the word may go on
	kind   Kind     // of a trigger
	mark   string   // done, planned, proposed, offered, negation, clause, that, happening, apart, dead, hurt …; of a trigger its own status, if any
	value  float64  // of a number word
}

// lexicon is what one language's table says.
type lexicon struct {
	byFirst  map[string][]pattern // by the first word, whole
	byPrefix map[rune][]pattern   // by its first letter, where it may go on
	ends     []pattern            // the first word of which may begin with anything
	tag      lang.Tag
	verbLast bool   // the verb stands last in a sentence
	leads    string // letters that are written together with a word and are words themselves: Arabic and, by, to
}

var lexicons sync.Map // lang.Tag -> *lexicon, nil for a language without a table

func lexiconOf(t lang.Tag) *lexicon {
	base := string(t.FoldsAs())
	if l, ok := lexicons.Load(base); ok {
		return l.(*lexicon)
	}
	var l *lexicon
	if text, err := tableFiles.ReadFile("tables/" + base + ".txt"); err == nil {
		l = newLexicon(lang.Tag(base), string(text))
	}
	got, _ := lexicons.LoadOrStore(base, l)
	return got.(*lexicon)
}

// newLexicon reads a table. A fault in it is a defect that stops the program; a test loads every one.
func newLexicon(t lang.Tag, text string) *lexicon {
	l := &lexicon{byFirst: map[string][]pattern{}, byPrefix: map[rune][]pattern{}, tag: t, verbLast: verbLast(t)}
	if t == lang.AR {
		l.leads = "وفبل"
	}
	known := map[string]bool{"done": true, "planned": true, "proposed": true, "negation": true, "clause": true, "that": true, "happening": true, "apart": true, "received": true, "guest": true, "interest": true, "offered": true, "earlier": true, "once": true, "once before": true, "relative": true, "of": true, "none": true, "figure": true, "figure of": true,
		"dead": true, "hurt": true, "missing": true, "held": true, "saved": true, "moved": true, "uncounted": true}
	section := pattern{}
	for n, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, "#")
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if line[0] == '[' {
			section = pattern{mark: strings.Trim(line, "[]")}
			if name, status, _ := strings.Cut(section.mark, " "); !known[section.mark] {
				if !slices.Contains(Kinds, Kind(name)) {
					panic(fmt.Sprintf("facts: tables/%s.txt:%d: no section %q", t, n+1, name))
				}
				section = pattern{kind: Kind(name), mark: status}
				if status != "" && !known[status] {
					panic(fmt.Sprintf("facts: tables/%s.txt:%d: no status %q", t, n+1, status))
				}
			}
			continue
		}
		for _, f := range strings.Fields(line) {
			if !l.add(t, section, f) {
				panic(fmt.Sprintf("facts: tables/%s.txt:%d: %q is no word", t, n+1, f))
			}
		}
	}
	return l
}

// add takes a word of a table, '_' a space, '*' between two any word and elsewhere any ending or, before the first word, any beginning, with what p says of it;
// false if it is no word.
func (l *lexicon) add(t lang.Tag, p pattern, f string) bool {
	f, ending := strings.CutPrefix(f, "*")
	for i, w := range strings.Split(f, "_") {
		if w == "*" && i > 0 { // any word
			p.words, p.prefix = append(p.words, ""), append(p.prefix, true)
			continue
		}
		whole := strings.TrimSuffix(w, "*")
		tokens := lang.Tokens(t, whole)
		if len(tokens) == 0 {
			return false
		}
		for i, tk := range tokens { // a joiner or hyphen may part a word
			p.words = append(p.words, tk.Fold)
			p.prefix = append(p.prefix, whole != w && i == len(tokens)-1)
		}
	}
	if ending {
		l.ends = append(l.ends, p)
	} else if p.prefix[0] {
		r := []rune(p.words[0])[0]
		l.byPrefix[r] = append(l.byPrefix[r], p)
	} else {
		l.byFirst[p.words[0]] = append(l.byFirst[p.words[0]], p)
	}
	return true
}

// hit is a pattern found at a token.
type hit struct {
	*pattern
	at, n int // tokens
}

// find lists what the table knows among tokens[from:to]; of one place the longest of each use.
func (l *lexicon) find(tokens []lang.Token) []hit {
	var out []hit
	for i := range tokens {
		try := func(ps []pattern, ending bool) {
			for k := range ps {
				p := &ps[k]
				if len(p.words) > len(tokens)-i {
					continue
				}
				ok := true
				for j, w := range p.words {
					fold := tokens[i+j].Fold
					if j == 0 && ending {
						ok = strings.HasSuffix(fold, w) && len(fold) > len(w)
					} else if fold != w && (!p.prefix[j] || !strings.HasPrefix(fold, w)) {
						ok = false
					}
					if !ok {
						break
					}
				}
				if ok {
					out = append(out, hit{p, i, len(p.words)})
				}
			}
		}
		if r, size := utf8.DecodeRuneInString(tokens[i].Fold); l.leads != "" && strings.ContainsRune(l.leads, r) && len(tokens[i].Fold) > size+5 {
			for _, p := range l.byFirst[tokens[i].Fold[size:]] {
				if len(p.words) == 1 {
					out = append(out, hit{&p, i, 1})
				}
			}
		}
		try(l.byFirst[tokens[i].Fold], false)
		for _, r := range tokens[i].Fold {
			try(l.byPrefix[r], false)
			break
		}
		try(l.ends, true)
	}
	if none := slices.DeleteFunc(slices.Clone(out), func(h hit) bool { return h.kind != "" || h.mark != "none" }); len(none) > 0 { // he opened his mouth: no opening
		out = slices.DeleteFunc(out, func(h hit) bool {
			return h.kind != "" && slices.ContainsFunc(none, func(o hit) bool { return o.at <= h.at && h.at+h.n <= o.at+o.n })
		})
	}
	return slices.DeleteFunc(out, func(h hit) bool { return h.kind == Disaster && figurative(tokens, out, h) })
}

// figurative says whether a word of a disaster is a figure of speech, by what stands right before it (a political earthquake) or right behind it (a flood of complaints); that
// somebody died elsewhere in the sentence is no matter of it. A sign between the two parts them.
func figurative(tokens []lang.Token, hits []hit, h hit) bool {
	joined := func(i int) bool { return i > 0 && i < len(tokens) && tokens[i].Start-tokens[i-1].End <= 1 }
	return slices.ContainsFunc(hits, func(o hit) bool {
		return o.kind == "" && (o.mark == "figure" && o.at+o.n == h.at && joined(h.at) || o.mark == "figure of" && o.at == h.at+h.n && joined(o.at))
	})
}

// covered says whether a hit lies within a longer one that says something else by itself: the not of не прочь.
func covered(hits []hit, h hit) bool {
	return slices.ContainsFunc(hits, func(o hit) bool {
		return o.kind == "" && o.mark != h.mark && o.mark != "earlier" && !(o.mark == "proposed" && h.mark == "interest") && o.n > h.n && o.at <= h.at && h.at+h.n <= o.at+o.n
	})
}

// denies says whether a hit denies what the tokens up to to tell: a word for no, not one of what was delayed or refused once, that is said of a thing by the
// form of the word (отложенное), or right before a word of an act (a delayed agreement). Where the verb stands last the same form is a verb too (the meeting has been
// cancelled): it is said of a thing only if behind it something is told.
func (l *lexicon) denies(hits []hit, h hit, to int) bool {
	attribute := func(o hit) bool { // it is said of a thing
		next := o.at + o.n
		return next < to && (!l.verbLast || slices.ContainsFunc(hits, func(a hit) bool {
			return a.at >= next && a.at < to && (a.kind != "" && a.kind != Statement || a.kind == "" && a.mark == "done")
		}))
	}
	switch {
	case h.kind != "":
		return false
	case h.mark == "once":
		return l.verbLast && !attribute(h)
	}
	return h.mark == "negation" && !covered(hits, h) && !slices.ContainsFunc(hits, func(o hit) bool {
		if o.kind != "" || o.at > h.at || o.at+o.n < h.at+h.n {
			return false
		}
		return o.mark == "once" && attribute(o) || o.mark == "once before" && slices.ContainsFunc(hits, func(a hit) bool { return a.kind != "" && a.at == o.at+o.n })
	})
}

// verdict is what one clause says of one kind of act.
type verdict struct {
	Act
	denied bool
	of     bool      // it is said of a person or thing that another clause speaks of: who signed the deal
	wish   bool      // a word of an intention stands beside it, whatever it came to
	at     lang.Span // the word that told
	clause lang.Span
}

// clauses reads the acts of one sentence, clause by clause.
func (l *lexicon) clauses(text string, tokens []lang.Token) []verdict {
	return l.clausesOf(text, tokens, l.find(tokens))
}

func (l *lexicon) clausesOf(text string, tokens []lang.Token, hits []hit) []verdict {
	var out []verdict
	happened, apart := false, false
	for _, h := range hits {
		happened = happened || h.kind == "" && (h.mark == "happening" || h.mark == "dead" || h.mark == "hurt" || h.mark == "missing")
		apart = apart || h.kind == "" && h.mark == "apart"
	}
	from := 0
	flush := func(to int) {
		if to > from {
			if v, ok := l.clause(tokens, hits, from, to, happened && !apart); ok {
				out = append(out, v)
			}
		}
		from = to
	}
	for i := range tokens {
		if i > 0 && strings.ContainsAny(text[tokens[i-1].End:tokens[i].Start], ",;:،؛—–(，；：（") {
			if !slices.ContainsFunc(hits, func(h hit) bool { return h.at == i && h.mark == "that" && h.kind == "" }) {
				flush(i)
			}
			continue
		}
		for _, h := range hits {
			if h.at == i && (h.mark == "clause" || h.mark == "relative") && h.kind == "" {
				flush(i)
				break
			}
		}
	}
	flush(len(tokens))
	if slices.ContainsFunc(out, func(v verdict) bool { return !v.of && v.Kind != Statement }) {
		out = slices.DeleteFunc(out, func(v verdict) bool { return v.of })
	}
	return out
}

// clause is what tokens[from:to] say: the most particular kind of act, and its status by the form of its own word,
// or by a word beside it. An intention outweighs a deed: 'interested in the agreement signed in May'. A disaster is told
// only where the sentence says that it struck: its bare word stands in warnings, exercises, exhibitions and insurance too.
func (l *lexicon) clause(tokens []lang.Token, hits []hit, from, to int, struck bool) (v verdict, ok bool) {
	var best *hit
	marks := map[string]bool{}
	for i := range hits {
		if h := &hits[i]; h.kind == "" && h.at >= from && h.at+h.n <= to {
			if l.denies(hits, *h, to) {
				marks["negation"] = true
			} else if h.mark != "negation" {
				marks[h.mark] = true
			}
		}
	}
	struck = struck && !marks["negation"] && !marks["planned"] && !marks["proposed"] && !marks["offered"]
	for i := range hits {
		h := &hits[i]
		if h.at < from || h.at+h.n > to || h.kind == "" || h.kind == Disaster && !struck {
			continue
		}
		if best == nil || rank(h.kind) < rank(best.kind) || h.kind == best.kind && (best.mark == "" && h.mark != "" || h.n > best.n && (h.mark != "" || best.mark == "")) {
			best = h
		}
	}
	if best == nil {
		return v, false
	}
	of := slices.ContainsFunc(hits, func(h hit) bool { return h.kind == "" && h.mark == "relative" && h.at == from })
	for i := range hits {
		if h := &hits[i]; h.at >= from && h.at+h.n == to && h.kind != "" && h.kind != Statement && h.mark == "done" && l.besides(tokens, hits, from, h, of) {
			best, of = h, false
			marks["negation"] = slices.ContainsFunc(hits, func(n hit) bool { return n.at >= h.at-1 && l.denies(hits, n, to) })
		}
	}
	if best.kind == Decision && marks["guest"] && slices.ContainsFunc(hits, func(h hit) bool { return h.kind == "" && h.mark == "received" && h.at == best.at }) {
		best = &hit{&pattern{words: best.words, kind: Meeting, mark: best.mark}, best.at, best.n} // one word adopts a law and receives a guest
	}
	v = verdict{Act: Act{Kind: best.kind}, denied: marks["negation"], of: of, wish: marks["proposed"] || marks["interest"] || marks["offered"], at: lang.Span{Start: tokens[best.at].Start, End: tokens[best.at+best.n-1].End}, clause: lang.Span{Start: tokens[from].Start, End: tokens[to-1].End}}
	if v.denied { // the word that denies is of what tells it
		for _, h := range hits {
			if h.at >= from && h.at+h.n <= to && h.at <= best.at+best.n+1 && h.at+h.n >= best.at-1 && l.denies(hits, h, to) {
				v.at.Start, v.at.End = min(v.at.Start, tokens[h.at].Start), max(v.at.End, tokens[h.at+h.n-1].End)
			}
		}
	}
	switch {
	case best.kind == Disaster:
		v.Status = Done
	case best.kind == Statement:
		v.denied = false // 'said that nothing …': it was said
	case marks["proposed"], marks["interest"] && best.mark == "", marks["offered"] && best.mark != "done": // an adopted proposal is none any more
		v.Status = Proposed
	case best.mark == "planned" || marks["planned"] || slices.ContainsFunc(hits, func(h hit) bool { // to sign a contract: signing a contract is not told by itself
		return h.kind == best.kind && h.mark == "planned" && h.at < best.at+best.n && best.at < h.at+h.n
	}):
		v.Status = Planned
	case best.mark == "done" || marks["done"]:
		v.Status = Done
	}
	return v, true
}

// besides says whether an act that a clause tells before its last word, which tells another, is only said of somebody: the minister who signed the deal resigned. of: a relative
// word opens the clause. Where the verb stands last a verb before it is a participle, if no word joins the two.
func (l *lexicon) besides(tokens []lang.Token, hits []hit, from int, last *hit, of bool) bool {
	return slices.ContainsFunc(hits, func(h hit) bool {
		next := h.at + h.n
		if h.at < from || next > last.at || h.kind == "" || h.kind == last.kind || h.kind == Statement {
			return false
		}
		return of || l.verbLast && !lang.Stop(l.tag, tokens[next].Fold) || slices.ContainsFunc(hits, func(o hit) bool { return o.kind == "" && o.mark == "of" && o.at >= next && o.at < last.at })
	})
}

func rank(k Kind) int {
	for i, x := range Kinds {
		if x == k {
			return i
		}
	}
	return len(Kinds)
}

// actOf is the act that a text reports: what its headline, the first line, names, and nothing else: the first sentences
// of a text tell of much that it does not report. Where the headline leaves open when, the first sentence behind it may
// say. An act that is denied in the headline blocks all. Of a text in one line the first sentence is the headline.
func actOf(t lang.Tag, text string, tokens []lang.Token) Act {
	l := lexiconOf(t)
	if l == nil {
		return Act{}
	}
	headline, _, lines := strings.Cut(text, "\n")
	text = head(text, min(len(headline), maxHeadline)+maxHeadline)
	best := Act{}
	for n, s := range lang.Sentences(t, text) {
		if n == 0 && !lines {
			headline = text[:s.End]
		}
		lead := s.Start >= len(headline)
		if n > 4 || lead && (best.Kind == "" || best.Kind == Statement || best.Kind == Decision || best.Status != "") {
			break
		}
		for _, v := range l.clauses(text, within(tokens, s)) {
			switch {
			case v.of && strings.Count(text[v.clause.Start:v.at.Start], " ") <= 1: // right behind the relative word: the cyclone that struck on Sunday
			case lead && v.Kind == best.Kind && !v.denied:
				best.Status = v.Status
			case lead && v.Kind == best.Kind, v.denied && !lead:
				return Act{}
			case !lead && (best.Kind == "" || rank(v.Kind) < rank(best.Kind)):
				best = v.Act
			case !lead && best.Kind == v.Kind && best.Status == "" && v.Kind != Statement:
				best.Status = v.Status
			}
		}
		if lead {
			break
		}
	}
	if (best.Kind == "" || best.Kind == Statement) && l.wished(tokens, lang.Span{End: len(headline)}) {
		return Act{Statement, Proposed}
	}
	if best.Kind == Decision && best.Status == "" { // 'to be announced after the decision': the bare word tells of none
		return Act{}
	}
	return best
}

// wished reports whether a headline says by the words of its language that somebody would like to do something, whatever it
// is, and denies nothing.
func (l *lexicon) wished(tokens []lang.Token, headline lang.Span) bool {
	hits := l.find(within(tokens, headline))
	return slices.ContainsFunc(hits, func(h hit) bool { return h.kind == "" && h.mark == "interest" && !covered(hits, h) }) &&
		!slices.ContainsFunc(hits, func(h hit) bool { return l.denies(hits, h, len(tokens)) })
}

// within are the tokens of a span.
func within(tokens []lang.Token, s lang.Span) []lang.Token {
	from := 0
	for from < len(tokens) && tokens[from].Start < s.Start {
		from++
	}
	to := from
	for to < len(tokens) && tokens[to].End <= s.End {
		to++
	}
	return tokens[from:to]
}
