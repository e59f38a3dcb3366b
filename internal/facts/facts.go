// Package facts picks out of a text what can be told in another language without translating it: the
// names it mentions, its quantities, its dates. All of it comes from tables; what they do not know is
// left out, nothing is guessed. Whoever shows it says that a machine picked it out.
package facts

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"time"

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
	Dates      []lang.Date  // full days and minutes only
}

//go:embed units.tsv
var unitRows string

type unitForm struct {
	id     string
	tokens []lang.Token
}

type unitTable struct {
	shown map[string]map[lang.Tag]string
	forms map[lang.Tag][]unitForm // longest first
}

var units = sync.OnceValue(func() unitTable {
	u := unitTable{map[string]map[lang.Tag]string{}, map[lang.Tag][]unitForm{}}
	for _, line := range strings.Split(unitRows, "\n") {
		f := strings.Split(strings.TrimRight(line, "\r"), "\t")
		if strings.HasPrefix(line, "#") || len(f) != 4 {
			continue
		}
		t := lang.Tag(f[1])
		if u.shown[f[0]] == nil {
			u.shown[f[0]] = map[lang.Tag]string{}
		}
		u.shown[f[0]][t] = f[2]
		for _, s := range strings.Split(f[3], "|") {
			if tokens := lang.Tokens(t, s); len(tokens) > 0 {
				u.forms[t] = append(u.forms[t], unitForm{f[0], tokens})
			}
		}
	}
	for _, forms := range u.forms {
		slices.SortStableFunc(forms, func(a, b unitForm) int { return len(b.tokens) - len(a.tokens) })
	}
	return u
})

// UnitIn is how a unit is shown in language t, in English if it has no word in t; "" for none.
func UnitIn(id string, t lang.Tag) string {
	if s := units().shown[id][t]; s != "" {
		return s
	}
	return units().shown[id][lang.EN]
}

// Read picks the facts out of a text in language t. It takes time linear in the text.
func Read(t lang.Tag, text string) Facts {
	f := Facts{Names: names.Find(t, text)}
	dates, tokens := lang.Dates(t, text, time.Time{}), lang.Tokens(t, text)
	for _, d := range dates {
		if d.Precision == "day" || d.Precision == "minute" {
			if !slices.ContainsFunc(f.Dates, func(x lang.Date) bool { return x.Value == d.Value }) {
				f.Dates = append(f.Dates, d)
			}
		}
	}
	var bare []Quantity
	next := 0 // first token behind the number
	for _, n := range lang.Numbers(t, text) {
		if slices.ContainsFunc(dates, func(d lang.Date) bool { return n.Start < d.End && d.Start < n.End }) {
			continue
		}
		for next < len(tokens) && tokens[next].Start < n.End {
			next++
		}
		q := Quantity{Value: n.Value, Unit: unitBehind(t, text, n.End, tokens[next:])}
		switch {
		case slices.Contains(f.Quantities, q) || slices.Contains(bare, q):
		case q.Unit != "":
			f.Quantities = append(f.Quantities, q)
		case len(q.Value) > 2 && !year(q.Value): // a small number says nothing without its words
			bare = append(bare, q)
		}
	}
	f.Quantities = append(f.Quantities, bare...)
	return f
}

func year(s string) bool {
	return len(s) == 4 && !strings.Contains(s, ".") && (s[:2] == "19" || s[:2] == "20" || s[:2] == "13" || s[:2] == "14")
}

func unitBehind(t lang.Tag, text string, end int, tokens []lang.Token) string {
	rest := strings.TrimLeft(text[end:], " \u00a0\u202f")
	for _, sign := range []string{"%", "٪", "﹪", "％"} {
		if strings.HasPrefix(rest, sign) {
			return "pct"
		}
	}
	if len(tokens) == 0 || len(strings.Trim(text[end:tokens[0].Start], " -\u00a0\u202f\u200c")) > 0 {
		return "" // another sign stands between
	}
	for _, f := range units().forms[t] {
		if len(tokens) >= len(f.tokens) && same(tokens[:len(f.tokens)], f.tokens) {
			return f.id
		}
	}
	return ""
}

func same(got, want []lang.Token) bool {
	for i := range want {
		if got[i].Stem != want[i].Stem && got[i].Fold != want[i].Fold {
			return false
		}
	}
	return true
}
