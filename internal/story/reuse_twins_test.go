package story

import (
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// A text put together of two others is a compilation of each, and of whatever says the same as one of them; what has both parts is copied.
func TestCompilationOfTwins(t *testing.T) {
	t.Parallel()
	const (
		water = "Water ministers of five states met in Koksai on Monday and agreed to open two sluices of the upper dam before the planting season begins in the valley. They also asked the river commission to publish its measurements every morning, so that farmers downstream can plan their days."
		train = "The night train between Toqsanbulaq and Koksai runs again after eleven years, with nine cars, a restaurant and a carriage for bicycles. The railway sold all tickets of the first week within four hours and promises a second train in autumn if the bridge over the gorge is repaired by then."
	)
	for _, c := range []struct {
		name    string
		earlier []string
		want    string
	}{
		{"two and their twins", []string{water, water, train, train}, "compilation compilation compilation compilation"},
		{"two", []string{water, train}, "compilation compilation"},
		{"twins alone", []string{water + "\n" + train, water + "\n" + train}, "copy copy"},
		{"the whole and a part", []string{water + "\n" + train, train}, "copy"},
	} {
		var of []Candidate
		later := Draw(lang.EN, water+"\n"+train)
		hashes := Hashes(later.Prints())
		for i, text := range c.earlier {
			of = append(of, Sharing(int64(i+1), Draw(lang.EN, text), hashes))
		}
		var kinds []string
		for _, r := range Compare(later, Candidates(of, len(hashes))) {
			kinds = append(kinds, string(r.Kind))
		}
		if got := strings.Join(kinds, " "); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %s, not %s", c.name, got, c.want)
		}
	}
}
