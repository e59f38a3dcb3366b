package search

// MayStand reports whether a query can find a document of which has tells the lexemes, its stems: false only where it cannot. It looks at no order, no
// prefixes and no words that must not stand there, so it is cheap where many queries are asked of one document.
func (q Query) MayStand(has func(stem string) bool) bool {
	one := func(forms []form) bool {
	next:
		for _, f := range forms {
			for _, w := range f {
				if !has(w.stem) {
					continue next
				}
			}
			return true
		}
		return false
	}
	may := func(t term) bool { return t.Kind == Prefix || one(t.forms) }
	clause, open := false, false // an OR of positive terms, as FTS5 makes them
	for i := 0; i < len(q.terms); i++ {
		t := q.terms[i]
		if t.Not {
			continue
		}
		if !t.Or {
			if open && !clause {
				return false
			}
			clause = false
		}
		open = true
		ok := true
		if t.span > 1 { // a name of several words
			for _, part := range q.terms[i : i+t.span] {
				ok = ok && may(part)
			}
			i += t.span - 1
		} else {
			ok = may(t)
		}
		clause = clause || ok || one(t.other)
	}
	return !open || clause
}
