package compare

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/lang"
)

// Kind says on which side a stretch of text stands.
type Kind byte

const (
	Same Kind = iota
	Deleted
	Inserted
)

// Span is a stretch of text: of both, of the old alone or of the new alone.
type Span struct {
	Kind Kind
	Text string
}

// How much text is compared finely: above these a stretch that changed is compared by sentences, then
// by paragraphs.
const (
	wordBytes     = 192 << 10
	sentenceBytes = 512 << 10
	mostPieces    = 200_000 // paragraphs or sentences: above it they are not aligned at all
)

// Words returns what changed from old to new, both in language t, in reading order: whole words, and what
// was taken out stands before what came in its place. The texts of Same and Deleted together are old, those
// of Same and Inserted new, byte for byte. No two neighbours are of one kind, none is empty.
func Words(t lang.Tag, old, new string) []Span {
	if old == new {
		if old == "" {
			return nil
		}
		return []Span{{Same, old}}
	}
	d := &difference{lang: t, words: wordBytes, sentences: sentenceBytes}
	d.compare(paragraphs(old), paragraphs(new), d.bySentence)
	return d.spans()
}

type difference struct {
	lang             lang.Tag
	words, sentences int // bytes that may still be compared so finely
	out              []Span
}

func (d *difference) add(k Kind, s string) {
	if s != "" {
		d.out = append(d.out, Span{k, s})
	}
}

// spans puts neighbours of a kind together and, between two stretches that stayed, deletions first.
func (d *difference) spans() []Span {
	var out []Span
	var parts [3]strings.Builder
	flush := func(kinds ...Kind) {
		for _, k := range kinds {
			if parts[k].Len() > 0 {
				out = append(out, Span{k, parts[k].String()})
				parts[k].Reset()
			}
		}
	}
	for _, s := range d.out {
		if s.Kind == Same {
			flush(Deleted, Inserted)
		} else {
			flush(Same)
		}
		parts[s.Kind].WriteString(s.Text)
	}
	flush(Same, Deleted, Inserted)
	return out
}

// compare aligns pieces and hands what changed to finer.
func (d *difference) compare(a, b []string, finer func(a, b string)) {
	if len(a)+len(b) > mostPieces {
		d.replaced(strings.Join(a, ""), strings.Join(b, ""))
		return
	}
	u := &units{ids: map[string]int32{}}
	ids := func(s []string) []int32 {
		out := make([]int32, len(s))
		for i, p := range s {
			out[i] = u.id(p, strings.TrimSpace(p) == "")
		}
		return out
	}
	ia, ib := ids(a), ids(b)
	hunk := func(a, b []string) {
		x, y := strings.Join(a, ""), strings.Join(b, "")
		if x == "" || y == "" {
			d.add(Deleted, x)
			d.add(Inserted, y)
		} else {
			finer(x, y)
		}
	}
	i, j := 0, 0
	for _, p := range align(ia, ib, u.light) {
		hunk(a[i:p[0]], b[j:p[1]])
		d.add(Same, a[p[0]])
		i, j = p[0]+1, p[1]+1
	}
	hunk(a[i:], b[j:])
}

func (d *difference) replaced(a, b string) {
	d.add(Deleted, a)
	d.add(Inserted, b)
}

func (d *difference) bySentence(a, b string) {
	if d.sentences -= len(a) + len(b); d.sentences < 0 {
		d.replaced(a, b)
		return
	}
	d.compare(sentences(d.lang, a), sentences(d.lang, b), d.byWord)
}

func (d *difference) byWord(a, b string) {
	if d.words -= len(a) + len(b); d.words < 0 {
		d.replaced(a, b)
		return
	}
	u := &units{ids: map[string]int32{}}
	wa, wb := words(d.lang, a), words(d.lang, b)
	ids := func(s []word) []int32 {
		out := make([]int32, len(s))
		for i, w := range s {
			out[i] = u.id(w.text, !w.letters)
		}
		return out
	}
	ia, ib := ids(wa), ids(wb)
	var steps []step
	i, j := 0, 0
	for _, p := range align(ia, ib, u.light) {
		if p[0] > i || p[1] > j {
			steps = append(steps, step{false, i, p[0], j, p[1]})
		}
		if n := len(steps); n > 0 && steps[n-1].same {
			steps[n-1].a1++
			steps[n-1].b1++
		} else {
			steps = append(steps, step{true, p[0], p[0] + 1, p[1], p[1] + 1})
		}
		i, j = p[0]+1, p[1]+1
	}
	if i < len(wa) || j < len(wb) {
		steps = append(steps, step{false, i, len(wa), j, len(wb)})
	}
	for _, s := range calm(steps, wa) {
		x, y := join(wa[s.a0:s.a1]), join(wb[s.b0:s.b1])
		if s.same {
			d.add(Same, x)
		} else {
			d.replaced(x, y)
		}
	}
}

// step is a stretch of units that stayed, or one that was replaced by another.
type step struct {
	same           bool
	a0, a1, b0, b1 int
}

func (s step) replaces() bool { return !s.same && s.a1 > s.a0 && s.b1 > s.b0 }

// calm puts replacements together that only a space or one short word parts: a reader sees one change.
func calm(steps []step, a []word) []step {
	var out []step
	for i := 0; i < len(steps); i++ {
		s := steps[i]
		n := len(out)
		if s.same && n > 0 && i+1 < len(steps) && (out[n-1].replaces() || steps[i+1].replaces()) && slight(a[s.a0:s.a1]) {
			next := steps[i+1]
			out[n-1].a1, out[n-1].b1 = next.a1, next.b1
			i++
			continue
		}
		out = append(out, s)
	}
	return out
}

func slight(ws []word) bool {
	seen := false
	for _, w := range ws {
		switch {
		case !w.letters && !strings.ContainsAny(w.text, "\n.!?؟۔"):
		case w.letters && !seen && utf8.RuneCountInString(w.text) <= 3 && !strings.ContainsFunc(w.text, unicode.IsDigit):
			seen = true
		default:
			return false
		}
	}
	return true
}

// word is a word or figure, or what stands between two of them.
type word struct {
	text    string
	letters bool
}

func join(ws []word) string {
	var b strings.Builder
	for _, w := range ws {
		b.WriteString(w.text)
	}
	return b.String()
}

// words cuts s without a rest. What hangs together by a hyphen (1-iyundan, 14-ші) is one word.
func words(t lang.Tag, s string) []word {
	var out []word
	end := 0
	for _, k := range lang.Tokens(t, s) {
		if k.Start < end || k.End <= k.Start {
			continue
		}
		between := s[end:k.Start]
		if n := len(out); (between == "-" || between == "‑") && n > 0 && out[n-1].letters {
			out[n-1].text = s[k.Start-len(between)-len(out[n-1].text) : k.End]
		} else {
			out = append(gaps(out, between), word{s[k.Start:k.End], true})
		}
		end = k.End
	}
	return gaps(out, s[end:])
}

// gaps cuts what stands between words into spaces and signs.
func gaps(out []word, s string) []word {
	for s != "" {
		r, _ := utf8.DecodeRuneInString(s)
		space := unicode.IsSpace(r)
		n := strings.IndexFunc(s, func(r rune) bool { return unicode.IsSpace(r) != space })
		if n <= 0 {
			n = len(s)
		}
		out = append(out, word{s[:n], false})
		s = s[n:]
	}
	return out
}

// paragraphs cuts s behind its line breaks.
func paragraphs(s string) []string {
	if s == "" {
		return nil
	}
	return strings.SplitAfter(s, "\n")
}

// sentences cuts s before each sentence but the first, without a rest.
func sentences(t lang.Tag, s string) []string {
	var out []string
	from := 0
	for _, p := range lang.Sentences(t, s) {
		if p.Start > from {
			out = append(out, s[from:p.Start])
			from = p.Start
		}
	}
	if from < len(s) {
		out = append(out, s[from:])
	}
	return out
}
