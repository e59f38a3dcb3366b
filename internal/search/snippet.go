package search

import (
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/lang"
)

const (
	snippetWords  = 30      // when the caller states none
	snippetBytes  = 48      // bytes a word on average at most: what has no spaces is cut
	snippetBudget = 1 << 16 // bytes read on after the first paragraph with a hit
)

// Snippet is the passage of at most about so many words in which most of the query stands, most
// densely: from the beginning of its sentence if that is near, to the end of one if that is. It stays
// within one paragraph. Without a hit it is the beginning of the text. Ellipses are the template's.
func (q Query) Snippet(t lang.Tag, body []string, words int) []Fragment {
	if words <= 0 {
		words = snippetWords
	}
	best, from, top := "", 0, 0
	read := 0
	for _, p := range body {
		if len(q.byStem) == 0 { // nothing is looked for
			if lex, _ := analyse(t, p); len(lex) > 0 {
				best = p
				break
			}
			continue
		}
		hits, n := q.find(t, p)
		if n > 0 && best == "" {
			best = p
		}
		if at, score := densest(hits, words); score > top {
			best, from, top = p, at, score
		}
		if top > 0 {
			if read += len(p); read > snippetBudget {
				break
			}
		}
	}
	if best == "" {
		return nil
	}
	lex, spans := analyse(t, best)
	return fragments(best, window(t, best, spans, from, words), spans, q.hits(lex))
}

// densest finds the hit from which on a window of so many words holds most: different terms first,
// then more of them. It returns that hit's first token and a score, 0 without hits.
func densest(hits []hit, words int) (from, score int) {
	count := map[int]int{}
	end := 0
	for i, h := range hits {
		for end < len(hits) && hits[end].from < h.from+words {
			count[hits[end].term]++
			end++
		}
		if s := len(count)*1000 + min(end-i, 999); s > score {
			from, score = h.from, s
		}
		if count[h.term]--; count[h.term] == 0 {
			delete(count, h.term)
		}
	}
	return from, score
}

// window is the part of text of so many words around token from. It begins with the sentence if that
// began no more than a third of the window before, else a few words earlier; it ends with a sentence if
// one ends in its last third.
func window(t lang.Tag, text string, spans []lang.Span, from, words int) lang.Span {
	sentences := lang.Sentences(t, text)
	begin := 0 // of the sentence that from stands in
	for _, s := range sentences {
		if s.Start <= spans[from].Start {
			begin = s.Start
		}
	}
	first := from
	for first > 0 && from-first < words/3 && spans[first-1].Start >= begin {
		first--
	}
	start := begin
	if first > 0 && spans[first-1].Start >= begin { // it began too far back
		first = max(first, from-words/6)
		start = spans[first].Start
	}

	end := len(text)
	if last := first + words - 1; last < len(spans)-1 {
		end = spans[last].End
		for _, s := range sentences {
			if s.End > spans[last-words/3].End && s.End <= spans[last+1].Start {
				end = s.End
			}
		}
	}

	limit := words * snippetBytes
	if spans[from].Start-start > limit/2 {
		start = spans[from].Start
	}
	if end-start > limit {
		for end = start + limit; !utf8.RuneStart(text[end]); end-- {
		}
	}
	return lang.Span{Start: start, End: end}
}
