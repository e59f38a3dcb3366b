// Package facts picks out of a text what can be told in another language without translating it: the
// names it mentions, its quantities, its dates. All of it comes from tables; what they do not know is
// left out, nothing is guessed. Whoever shows it says that a machine picked it out.
package facts

import (
	_ "embed"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/names"
)

// Quantity is a number with its unit.
type Quantity struct {
	Value string // canonical decimal, as lang.Number has it
	Unit  string // "pct", an id of units.tsv, or "" when none stands behind it
}

// Facts are what a text says, in no language.
type Facts struct {
	Names      []names.Name // in order of appearance
	Quantities []Quantity   // those with a unit first
	Dates      []lang.Date  // full days and minutes, and days without a year (--07-17)
	Act        Act          // what the text reports
	Persons    []Person     // in order of appearance
}

//go:embed units.tsv
var unitRows string

// unitForm is one way to write a unit: words before and behind the number, or signs as written.
type unitForm struct {
	id            string
	before, after []lang.Token
	lead, tail    string // signs
	slash         bool   // m³/s: a slash stands in it
}

type unitTable struct {
	shown map[string]map[lang.Tag]string
	forms map[lang.Tag][]unitForm // longest first
	signs []unitForm
}

var units = sync.OnceValue(func() unitTable {
	u := unitTable{shown: map[string]map[lang.Tag]string{}, forms: map[lang.Tag][]unitForm{}}
	for _, line := range strings.Split(unitRows, "\n") {
		f := strings.Split(strings.TrimRight(line, "\r"), "\t")
		if strings.HasPrefix(line, "#") || len(f) != 4 {
			continue
		}
		t := lang.Tag(f[1])
		if u.shown[f[0]] == nil {
			u.shown[f[0]] = map[lang.Tag]string{}
		}
		if f[2] != "-" {
			u.shown[f[0]][t] = f[2]
		}
		for _, s := range strings.Split(f[3], "|") {
			before, after, framed := strings.Cut(s, "#")
			if !framed {
				before, after = "", s
			}
			form := unitForm{id: f[0], slash: strings.Contains(s, "/")}
			if t == "*" {
				form.lead, form.tail = before, after
				u.signs = append(u.signs, form)
				continue
			}
			form.before, form.after = lang.Tokens(t, before), lang.Tokens(t, after)
			if len(form.before)+len(form.after) > 0 {
				u.forms[t] = append(u.forms[t], form)
			}
		}
	}
	for _, forms := range u.forms {
		sort.SliceStable(forms, func(i, k int) bool {
			return len(forms[i].before)+len(forms[i].after) > len(forms[k].before)+len(forms[k].after)
		})
	}
	sort.SliceStable(u.signs, func(i, k int) bool {
		return len(u.signs[i].lead)+len(u.signs[i].tail) > len(u.signs[k].lead)+len(u.signs[k].tail)
	})
	return u
})

// in is how units are written in language t that reads the table of another, its own ways first.
func (u unitTable) in(t, of lang.Tag) []unitForm {
	if own := u.forms[t]; t != of && len(own) > 0 {
		return slices.Concat(own, u.forms[of])
	}
	return u.forms[of]
}

// UnitIn is how a unit is shown in language t, in English if it has no word in t; "" for none.
func UnitIn(id string, t lang.Tag) string {
	if s := units().shown[id][t]; s != "" {
		return s
	}
	return units().shown[id][lang.EN]
}

// maxRead bounds what Read looks at.
const maxRead = 64 << 10

// Read picks the facts out of a text in language t, its headline the first line. It takes time linear in the text,
// of which it reads the first 64 KB.
func Read(t lang.Tag, text string) Facts {
	text = head(text, maxRead)
	tokens := lang.Tokens(t, text)
	f := Facts{Names: names.Told(t, text, tokens), Act: actOf(t, text, tokens), Persons: personsIn(t, text, tokens)}
	dates := lang.DatesAndDays(t, text, tokens, time.Time{})
	for _, d := range dates {
		if d.Precision == "day" || d.Precision == "minute" || d.Precision == "monthday" {
			if !slices.ContainsFunc(f.Dates, func(x lang.Date) bool {
				return x.Value == d.Value || strings.HasSuffix(x.Value, strings.TrimPrefix(d.Value, "-"))
			}) {
				f.Dates = append(f.Dates, d)
			}
		}
	}
	var bare []Quantity
	found := quantities(t, text, tokens, dates)
	money(t, text, tokens, found)
	for _, n := range found {
		q := n.Quantity
		if q.Unit == "" && fatal(t, text, tokens, n) {
			q.Unit = "people"
		}
		switch {
		case slices.Contains(f.Quantities, q) || slices.Contains(bare, q):
		case q.Unit != "":
			f.Quantities = append(f.Quantities, q)
		case len(q.Value) > 3 && !strings.Contains(q.Value, ".") && !year(q.Value): // a small number or a decimal says nothing without its words
			bare = append(bare, q)
		}
	}
	f.Quantities = append(f.Quantities, bare...)
	return f
}

// fatal reports whether the word right behind a number without a unit says that so many people died, were hurt or are missing (62 killed, 5 ölü), and not
// what things are (12 dead fish): another word may follow only where it is one of those that name nothing.
func fatal(t lang.Tag, text string, tokens []lang.Token, n placed) bool {
	l := lexiconOf(t)
	if l == nil || n.noun == "" || year(n.Value) || strings.Contains(n.Value, ".") {
		return false
	}
	next := sort.Search(len(tokens), func(i int) bool { return tokens[i].Start >= n.End })
	return slices.ContainsFunc(l.find(tokens[next:min(next+3, len(tokens))]), func(h hit) bool {
		if h.at > 0 || h.kind != "" || !slices.Contains(fates[:3], h.mark) {
			return false
		}
		last, behind := next+h.n-1, next+h.n
		if behind >= len(tokens) || strings.TrimSpace(text[tokens[last].End:tokens[behind].Start]) != "" || lang.Stop(t, tokens[behind].Fold) {
			return true
		}
		return strings.ContainsFunc(tokens[behind].Fold, unicode.IsDigit) // and 100 injured
	})
}

// placed is a quantity and where it stands.
type placed struct {
	Quantity
	lang.Span
	raw  string
	noun string // the stem of the word behind it
}

// quantities are the numbers of a text that are not part of a date, with their units.
func quantities(t lang.Tag, text string, tokens []lang.Token, dates []lang.Date) (out []placed) {
	next, day := 0, 0
	for _, n := range lang.NumbersIn(t, text, tokens) {
		for day < len(dates) && dates[day].End <= n.Start {
			day++
		}
		if day < len(dates) && n.End > dates[day].Start {
			continue
		}
		if telephone(text, n.Span) {
			continue
		}
		for next < len(tokens) && tokens[next].Start < n.End {
			next++
		}
		first := next
		for first > 0 && tokens[first-1].End > n.Start {
			first--
		}
		end := n.End
		if r, _ := utf8.DecodeLastRuneInString(n.Raw); next < len(tokens) && unicode.IsLetter(r) && strings.HasPrefix(text[end:], ". ") {
			if r, _ := utf8.DecodeRuneInString(text[tokens[next].Start:]); unicode.IsLower(r) { // 40 млн. долларов
				end++
			}
		}
		p := placed{Quantity{n.Value, unitOf(t, text, n.Start, end, tokens[:first], tokens[next:])}, n.Span, n.Raw, ""}
		if next < len(tokens) && strings.Trim(text[end:tokens[next].Start], " -\u00a0\u202f\u200c") == "" {
			p.noun = tokens[next].Stem
		}
		if t == lang.KO && p.noun == "" && next > 0 && tokens[next-1].End > n.End { // 17곳
			p.noun = strings.TrimLeft(tokens[next-1].Stem, "0123456789")
		}
		if p.Unit == "t" && t.FoldsAs() == lang.FA && next < len(tokens) && tokens[next].Fold == "تن" && !strings.ContainsFunc(n.Raw, unicode.IsSpace) && len(p.Value) <= 4 { // ۱۲ تن کشته شدند: the word is of people too
			for _, h := range lexiconOf(t).find(tokens[next+1 : min(next+4, len(tokens))]) {
				if h.kind == "" && slices.Contains(fates, h.mark) {
					p.Unit = "people"
				}
			}
		}
		out = append(out, p)
	}
	return out
}

var dialled = regexp.MustCompile(`\(\d{2,5}\) ?\d`)

// telephone reports whether a number is a part of one that is dialled: of nine to fifteen digits in groups, behind a plus or with a group in brackets or with
// two hyphens (E.123 of ITU-T writes spaces, newspapers all three).
func telephone(text string, n lang.Span) bool {
	const of, most = "0123456789 \u00a0()-–+", 40
	from, to := n.Start, n.End
	for from > 0 && n.Start-from < most {
		r, size := utf8.DecodeLastRuneInString(text[:from])
		if !strings.ContainsRune(of, r) {
			break
		}
		from -= size
	}
	for to < len(text) && to-n.End < most {
		r, size := utf8.DecodeRuneInString(text[to:])
		if !strings.ContainsRune(of, r) {
			break
		}
		to += size
	}
	run := strings.Trim(text[from:to], " \u00a0-–)")
	if whole := text[n.Start:n.End]; strings.Trim(run, "+ \u00a0") == whole && strings.ContainsAny(whole, " \u00a0") {
		return false // +3 500 000 000 is a number by its own
	}
	digits := 0
	for _, r := range run {
		if r >= '0' && r <= '9' {
			digits++
		}
	}
	return digits >= 9 && digits <= 15 && len(run) > n.End-n.Start &&
		(strings.Contains(run, "+") || dialled.MatchString(run) || strings.Count(run, "-")+strings.Count(run, "–") > 1)
}

// head is at most the first n bytes of s, cut between letters.
func head(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

func year(s string) bool {
	return len(s) == 4 && !strings.Contains(s, ".") && (s[:2] == "19" || s[:2] == "20" || s[:2] == "13" || s[:2] == "14")
}

// unitOf is the unit of the number text[start:end] of which tokens[n:] are behind and tokens[:k] before; "" for none.
func unitOf(t lang.Tag, text string, start, end int, before, after []lang.Token) string {
	rest := strings.TrimLeft(text[end:], " \u00a0\u202f")
	head := strings.TrimRight(text[:start], " \u00a0\u202f")
	u := units()
	for _, f := range u.signs {
		if strings.HasSuffix(head, f.lead) && strings.HasPrefix(rest, f.tail) && (f.lead == "" || len(text[len(head):start]) <= 2) {
			if r, _ := utf8.DecodeLastRuneInString(strings.TrimSuffix(head, f.lead)); f.lead == "$" && unicode.IsLetter(r) { // HK$, R$
				return ""
			}
			return f.id
		}
	}
	if r, size := utf8.DecodeRuneInString(text[end:]); size > 0 && unicode.IsLetter(r) { // 35km
		stop := min(len(text), end+64)
		for stop < len(text) && !utf8.RuneStart(text[stop]) {
			stop++
		}
		piece := text[end:stop]
		after = lang.Tokens(t, piece)
		for i := range after {
			after[i].Start += end
			after[i].End += end
		}
	}
	behind := len(after) > 0 && len(strings.Trim(text[end:max(end, after[0].Start)], " -\u2010\u2011\u00a0\u202f\u200c")) == 0 // no other sign between
	ahead := len(before) > 0 && len(strings.Trim(text[before[len(before)-1].End:start], " \u00a0\u202f\u200c")) == 0
	tag := t.FoldsAs()
	alike, words := "", 0 // by stems only: сомони and сом have one in Kyrgyz
	for _, f := range u.in(t, tag) {
		if alike != "" && len(f.before)+len(f.after) < words {
			break
		}
		if len(f.after) > 0 && (!behind || len(after) < len(f.after) || !same(after[:len(f.after)], f.after)) {
			continue
		}
		if len(f.before) > 0 && (!ahead || len(before) < len(f.before) || !same(before[len(before)-len(f.before):], f.before)) {
			continue
		}
		if f.slash && !strings.Contains(text[end:after[len(f.after)-1].End], "/") {
			continue
		}
		if exact(before[len(before)-len(f.before):], f.before) && exact(after[:len(f.after)], f.after) {
			return f.id
		}
		if alike == "" {
			alike, words = f.id, len(f.before)+len(f.after)
		}
	}
	return alike
}

func exact(got, want []lang.Token) bool {
	for i := range want {
		if got[i].Fold != want[i].Fold {
			return false
		}
	}
	return true
}

func same(got, want []lang.Token) bool {
	for i := range want {
		if got[i].Stem != want[i].Stem && got[i].Fold != want[i].Fold {
			return false
		}
	}
	return true
}
