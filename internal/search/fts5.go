package search

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// FTS5 is the query as a MATCH expression over an FTS5 table with the columns headline, body and marks.
// Each inner slice of filters is an OR of marker lexemes, and all of them must be met; an empty inner
// slice, or a marker that is none, is met by nothing. No typed text reaches a marker: words that begin as
// markers do are looked for in headline and body only. For the others that would change nothing but
// double the time, since FTS5 then reads every place where a word stands. An empty query, or one of nots only, finds whatever passes
// the filters (all that is marked, if there are none).
func (q Query) FTS5(filters [][]string) string {
	var and []string
	for _, f := range filters {
		and = append(and, "{marks} : ("+anyOf(f)+")")
	}
	var nots []string
	for _, t := range q.terms {
		if t.Not {
			nots = append(nots, t.fts5()...)
		}
	}
	wanted := true
	var clause []string // an OR of positive terms that is still growing
	flush := func() {
		if len(clause) == 0 {
			return
		}
		// A form that is to be left out finds nothing that stays; FTS5 would look at every place of it to find that out.
		clause = slices.DeleteFunc(clause, func(f string) bool { return slices.Contains(nots, f) })
		if wanted = wanted && len(clause) > 0; wanted {
			and = append(and, inWords(clause))
		}
		clause = nil
	}
	for i := 0; i < len(q.terms); i++ {
		t := q.terms[i]
		if t.Not {
			continue
		}
		if !t.Or {
			flush()
		}
		if t.span > 1 { // a name of several words: all of them, or one of its other forms
			clause = append(clause, allOf(q.terms[i:i+t.span]))
			i += t.span - 1
		} else {
			clause = append(clause, t.fts5()...)
		}
		for _, f := range t.other {
			if s := `"` + f.stems() + `"`; !slices.Contains(clause, s) {
				clause = append(clause, s)
			}
		}
	}
	flush()
	if !wanted { // what is asked for is also to be left out
		return "{marks} : " + anyOf(nil)
	}
	if len(and) == 0 {
		and = []string{`{marks} : "x" *`} // every document has a marker, and every marker begins with x
	}
	expr := strings.Join(and, " AND ")
	if len(nots) > 0 {
		expr = "(" + expr + ") NOT " + inWords(nots)
	}
	return expr
}

// allOf is an AND of terms.
func allOf(terms []term) string {
	and := make([]string, len(terms))
	for i, t := range terms {
		and[i] = "(" + strings.Join(t.fts5(), " OR ") + ")"
	}
	return "(" + strings.Join(and, " AND ") + ")"
}

// inWords is an OR of quoted forms, none of which finds a marker.
func inWords(forms []string) string {
	or := "(" + strings.Join(forms, " OR ") + ")"
	if slices.ContainsFunc(forms, func(f string) bool { return strings.Contains(f, `"x`) || strings.Contains(f, " x") }) {
		return "{headline body} : " + or
	}
	return or
}

// nowhere is a lexeme that no document has: two separators in one.
const nowhere = separator + separator

// anyOf is an OR of markers. A string that is no marker must not turn into another one by being
// cleaned: it becomes one that is nowhere.
func anyOf(marks []string) string {
	if len(marks) == 0 {
		return `"` + nowhere + `"`
	}
	quoted := make([]string, len(marks))
	for i, m := range marks {
		if !isMarker(m) {
			m = nowhere
		}
		quoted[i] = `"` + m + `"`
	}
	return strings.Join(quoted, " OR ")
}

func isMarker(m string) bool { return len(m) > 1 && m[0] == 'x' && lexeme(m) == m }

// fts5 is the term's forms as FTS5 phrases, without repetition.
func (t term) fts5() []string {
	var out []string
	seen := map[string]bool{}
	add := func(s string) {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	for _, f := range t.forms {
		if t.Kind == Prefix {
			// The words that begin so are in the index by their stems, and the stem may be shorter than
			// what was typed: both are asked for.
			last := f[len(f)-1]
			head := ""
			if len(f) > 1 {
				head = f[:len(f)-1].stems() + " "
			}
			if p := last.fold; utf8.RuneCountInString(p) >= PrefixLength {
				add(`"` + head + p + `" *`)
			}
		}
		add(`"` + f.stems() + `"`)
	}
	return out
}
