package browse

import (
	"jarchi.dev/jarchi/internal/names"
	"jarchi.dev/jarchi/internal/search"
)

// known is what the tables of names know.
var known = search.Known{Others: names.Other, Within: names.Within}

// Words are the words of a query as List and Matching look for them: read in the languages that it may be in, names in their other forms as well. The fault is Invalid.
func (s *Service) Words(q Query) (search.Query, error) {
	words, err := search.Parse(q.Text, s.languages(q)...)
	if err != nil {
		return words, err
	}
	return words.Widen(known), nil
}
