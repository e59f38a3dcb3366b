package story

import (
	"slices"
	"strings"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/names"
)

// reachHeld is how many words may lie between a format and the city in which it is held, where a text names other cities too.
const reachHeld = 5

// heldIn is the city in which the event of this class is held, by the headline and the first sentence: the only one that is
// said there, if it is said as a place (in Astana, Астанада), or the only one said so beside the word for the event. ""
// where that does not tell: a mayor's city or the place from which a report was sent is none.
func heldIn(t lang.Tag, text string, tokens []lang.Token, mentions []names.Mention, head []lang.Span, class string) string {
	var said, in, beside []string
	reach := reachHeld
	if t == lang.ZH { // a word is a character
		reach *= 3
	}
	for _, s := range head {
		first, last := within(tokens, s)
		for _, m := range mentions {
			if m.Name.Kind != names.Place || m.From < first || m.To > last || sentFrom(text, tokens, m) {
				continue
			}
			said = append(said, m.Name.ID)
			if !asPlace(t, text, tokens, m) {
				continue
			}
			in = append(in, m.Name.ID)
			for _, f := range mentions {
				if f.Name.Kind == names.Format && classes[f.Name.ID] == class && f.From >= first && f.To <= last && f.From <= m.To+reach && m.From <= f.To+reach {
					beside = append(beside, m.Name.ID)
					break
				}
			}
		}
	}
	only := func(ids []string) bool {
		return len(ids) > 0 && !slices.ContainsFunc(ids, func(id string) bool { return id != ids[0] })
	}
	switch {
	case only(said) && len(in) > 0:
		return in[0]
	case only(beside):
		return beside[0]
	}
	return ""
}

// sentFrom reports whether a place is the dateline of a text: it begins a line, and a dash, a comma, a bracket or the like follows.
func sentFrom(text string, tokens []lang.Token, m names.Mention) bool {
	before := strings.TrimRight(text[:tokens[m.From].Start], " \t\"«“")
	if before != "" && !strings.HasSuffix(before, "\n") {
		return false
	}
	next, _ := utf8.DecodeRuneInString(strings.TrimLeft(text[tokens[m.To-1].End:], " "))
	return strings.ContainsRune(",.:;/(—–-،（，：", next)
}

// asPlace reports whether a place is said as where something is.
func asPlace(t lang.Tag, text string, tokens []lang.Token, m names.Mention) bool {
	from, to := m.From, m.To
	shown := func(i int) string { return strings.ToLower(text[tokens[i].Start:tokens[i].End]) }
	before := from - 1
	if before > 0 && wordIs(t, "city", shown(before)) {
		before--
	}
	if before >= 0 && wordIs(t, "before", shown(before)) {
		return true
	}
	if to < len(tokens) && wordIs(t, "behind", shown(to)) {
		return true
	}
	if t == lang.AR { // one word with the name; no sign where that begins so itself
		return wordBegins(t, "joined", shown(from)) && !strings.HasPrefix(m.Name.ID, "b") && !strings.HasPrefix(m.Name.ID, "p")
	}
	end := tokens[to-1].End // with what is written as one with it
	for i := to; i < len(tokens) && i < to+1 && tokens[i].Start-end <= 3 && strings.ContainsAny(text[end:tokens[i].Start], "'’ʼ-") && !strings.Contains(text[end:tokens[i].Start], " "); i++ {
		end = tokens[i].End
	}
	word := strings.ToLower(text[tokens[to-1].Start:end])
	if n := len(m.Name.ID); t == lang.MN && (m.Name.ID[n-1] == 't' || m.Name.ID[n-1] == 'd') {
		return wordEnds(t, "dental", word)
	} else if n > 2 && slices.Contains([]string{"da", "de", "ta", "te"}, m.Name.ID[n-2:]) && t != lang.MN && t != lang.KO {
		return false // as the bare name ends
	}
	return wordEnds(t, "end", word)
}
