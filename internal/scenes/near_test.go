package scenes

import (
	"net/http"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

// TestTheNearestSpelling: a misspelled name that finds nothing is offered as it is spelled, to whoever then finds something. To whom all
// texts with it are closed it is not offered: that would tell that there are some.
func TestTheNearestSpelling(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.desk("kumushdaryo")
	reads := s.as("sabzwadi", people.Editor)
	release := func(a wire.Audience, headline string) {
		_, err := s.Publish.Create(t.Context(), testkit.Viewer("kumushdaryo"), publish.Input{Issuers: []wire.MemberID{"kumushdaryo"}, Audience: a,
			Items: []wire.NewItem{{Language: lang.EN, Content: wire.Content{Headline: headline, Body: []string{"A road."}}}}})
		if err != nil {
			t.Fatal(err)
		}
	}
	release(wire.Audience{Class: wire.Members}, "A road to Kazakhstan")
	offers := func(c *http.Client, path, word string, want bool) {
		t.Helper()
		code, body := s.get(c, path)
		if code != 200 || strings.Contains(body, `<bdi lang="en">`+word+`</bdi></a>`) != want {
			t.Errorf("%s: %d, offers %s: %v, want %v", path, code, word, !want, want)
		}
	}
	offers(reads, "/?q=Kazahkstan&ui=en", "Kazakhstan", true)
	offers(reads, "/?q=road+Kazahkstan&ui=ur", "Kazakhstan", true)
	offers(reads, "/?q=nowhere+Kazahkstan&ui=en", "Kazakhstan", false) // would find nothing either
	offers(reads, "/?q=%22Kazahkstan%22&ui=en", "Kazakhstan", false)
	offers(http.DefaultClient, "/?q=Kazahkstan&ui=en", "Kazakhstan", false)
	release(wire.Audience{Class: wire.Public}, "Another road to Kazakhstan")
	offers(http.DefaultClient, "/?q=Kazahkstan&ui=en", "Kazakhstan", true)
}
