package names

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed within.tsv
var within string

var countryOf = sync.OnceValue(func() map[string]string {
	of := map[string]string{}
	for line := range strings.Lines(within) {
		if country, places, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t"); ok && !strings.HasPrefix(line, "#") {
			for id := range strings.FieldsSeq(places) {
				of[id] = country
			}
		}
	}
	return of
})

// CountryOf is the country in which the place with this id lies, by its ISO code; "" where that is contested or no table tells it.
func CountryOf(place string) string { return countryOf()[place] }
