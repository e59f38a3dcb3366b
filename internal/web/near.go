package web

import (
	"net/url"
	"slices"

	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/lang"
	nametable "jarchi.dev/jarchi/internal/names"
	"jarchi.dev/jarchi/internal/search"
)

// nearWord is a spelling that would find something.
type nearWord struct {
	Word string
	Lang lang.Tag
	Href string
}

const (
	nearOffered = 2 // spellings
	nearTried   = 6 // searches for them
)

// near offers, where a search found nothing, names of the tables that are spelled nearly like a word of it. Each is tried as this reader
// would search for it, so none is offered that stands only in what she may not read.
func (q *request) near(l *listing, b browse.Query, args url.Values) (out []nearWord) {
	tried := 0
	for i, t := range l.Understood {
		if t.Kind != search.Word || t.Not || t.Quoted {
			continue
		}
		for _, s := range nametable.Near(t.Raw, nearTried) {
			if len(out) == nearOffered || tried == nearTried {
				return out
			}
			tried++
			terms := slices.Clone(l.Understood)
			terms[i].Raw = s.Text
			try := b
			try.Text, try.Limit = written(terms, -1, -1), 1
			if page, err := q.Reader.List(q.r.Context(), q.viewer, try); err == nil && len(page.Entries) > 0 {
				out = append(out, nearWord{s.Text, s.Lang, address(with(args, "q", try.Text))})
			}
		}
	}
	return out
}
