package search

import (
	"strings"
	"unicode/utf8"
)

// FTS5 is the query as a MATCH expression over an FTS5 table with the columns headline, body and marks.
// Each inner slice of filters is an OR of marker lexemes, and all of them must be met; an empty inner
// slice, or a marker that is none, is met by nothing. Words are looked for in headline and body only,
// so that no typed text reaches a marker. An empty query, or one of nots only, finds whatever passes
// the filters (all that is marked, if there are none).
func (q Query) FTS5(filters [][]string) string {
	var and []string
	for _, f := range filters {
		and = append(and, "{marks} : ("+anyOf(f)+")")
	}
	var nots []string
	var clause []string // an OR of positive terms that is still growing
	flush := func() {
		if len(clause) > 0 {
			and = append(and, "{headline body} : ("+strings.Join(clause, " OR ")+")")
		}
		clause = nil
	}
	for _, t := range q.terms {
		if t.Not {
			nots = append(nots, t.fts5()...)
			continue
		}
		if !t.Or {
			flush()
		}
		clause = append(clause, t.fts5()...)
	}
	flush()
	if len(and) == 0 {
		and = []string{`{marks} : "x" *`} // every document has a marker, and every marker begins with x
	}
	expr := strings.Join(and, " AND ")
	if len(nots) > 0 {
		expr = "(" + expr + ") NOT {headline body} : (" + strings.Join(nots, " OR ") + ")"
	}
	return expr
}

// anyOf is an OR of markers. A string that is no marker must not turn into another one by being
// cleaned: it becomes the separator, which stands in no column of markers.
func anyOf(marks []string) string {
	if len(marks) == 0 {
		return `"` + separator + `"`
	}
	quoted := make([]string, len(marks))
	for i, m := range marks {
		if !isMarker(m) {
			m = separator
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
