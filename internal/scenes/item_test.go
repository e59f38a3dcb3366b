package scenes

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/app/sample"
	"jarchi.dev/jarchi/internal/compare"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/tlog"
	"jarchi.dev/jarchi/internal/wire"
)

// TestLanguagesOfTheSampleAgree: any two language versions of every release of the demo say the same
// figures and dates, at the start and after each event, but for those that are there to be noticed.
func TestLanguagesOfTheSampleAgree(t *testing.T) {
	t.Parallel()
	text := func(n wire.NewItem) compare.Text {
		return compare.Text{Lang: n.Language, Paragraphs: append([]string{n.Content.Headline}, n.Content.Body...)}
	}
	pairs, noticed := 0, 0
	for _, r := range sample.Releases() {
		all := [][]wire.NewItem{r.Items}
		for _, e := range r.Events {
			all = append(all, e.Items)
		}
		for _, items := range all {
			for i := range items {
				for j := i + 1; j < len(items); j++ {
					pairs++
					ds := compare.Across(text(items[i]), text(items[j]))
					if slices.Contains(r.Differs, items[i].Language) || slices.Contains(r.Differs, items[j].Language) {
						noticed += min(len(ds), 1)
						continue
					}
					for _, d := range ds {
						t.Errorf("%s, %s and %s: %v\n  %s\n  %s", r.Key, items[i].Language, items[j].Language, d, d.A.Sentence, d.B.Sentence)
					}
				}
			}
		}
	}
	if noticed == 0 {
		t.Error("nothing in the sample differs between languages")
	}
	if pairs < 50 {
		t.Errorf("only %d pairs of languages in the sample", pairs)
	}
	t.Logf("%d pairs of languages", pairs)
}

// says wants every sentence on a page and none of the others.
func (s *stage) says(c *http.Client, path string, want, not []string) {
	s.t.Helper()
	code, body := s.get(c, path)
	if code != 200 {
		s.t.Errorf("%s: %d", path, code)
	}
	for _, w := range want {
		if !strings.Contains(body, w) {
			s.t.Errorf("%s lacks %q", path, w)
		}
	}
	for _, w := range not {
		if strings.Contains(body, w) {
			s.t.Errorf("%s has %q", path, w)
		}
	}
}

// TestPageOfARelease follows one release through its life on a whole node: scripts in every field, a
// figure that languages do not share, a correction, the proof, the withdrawal.
func TestPageOfARelease(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.desk("alfa")
	evil := `"><script>alert(1)</script><img src=x onerror=alert(1)>`
	c := wire.Content{Headline: "Көксай қоймасынан 24 миллион текше метр су " + evil, Subheadline: evil, Slugline: evil, Dateline: evil, Byline: evil, Body: []string{"Бірінші " + evil, "Су 45 күн беріледі."},
		EdNote: evil, Keywords: []string{evil}, Rights: wire.Rights{Holder: evil, Credit: evil, UsageTerms: evil}, AI: wire.AIDisclosure{Note: evil}}
	r, err := s.Publish.Create(t.Context(), testkit.Viewer("alfa"), publish.Input{Issuers: []wire.MemberID{"alfa"}, Audience: wire.Audience{Class: wire.Public}, Items: []wire.NewItem{
		{Language: lang.KK, Translation: wire.Original, Content: c},
		{Language: lang.UR, Translation: wire.OfficialText, Content: wire.Content{Headline: "کوکسائی ذخیرے سے 24 کروڑ مکعب میٹر پانی", Body: []string{"پہلا۔", "پانی 45 دن ملے گا۔"}}}}})
	if err != nil {
		t.Fatal(err)
	}
	page, kk := "/releases/"+string(r.ID)+"?ui=en", "/items/"+string(r.Items[0].ID)+"?ui=en"
	no := []string{"<script>alert", "<img src=x"}
	s.says(http.DefaultClient, kk, []string{"Differs between languages", "24 миллион", "24 کروڑ", "Place in the log", "SHA-256", "jarchi verify FILE --key", `data-next="/items/`}, no)
	_, bytes := s.get(http.DefaultClient, "/api/v1/items/"+string(r.Items[1].ID)+"/versions/1/proof")
	proof, err := tlog.ParseProofFile([]byte(bytes))
	if err != nil {
		t.Fatal(err)
	}
	s.says(http.DefaultClient, "/items/"+string(r.Items[1].ID)+"?ui=en", []string{fmt.Sprintf("Place in the log, counted from 0</dt><dd><bdi>%d</bdi>", proof.Proof.Index)}, no) // as the command says it
	s.says(http.DefaultClient, page+"&all=1", []string{"24 миллион", "کوکسائی", "One language at a time"}, no)

	mended := c
	mended.Headline = strings.Replace(c.Headline, "24", "240", 1)
	if _, err := s.Publish.Correct(t.Context(), testkit.Viewer("alfa"), r.ID, wire.Changes{Content: map[wire.ItemID]wire.Content{r.Items[0].ID: mended}}, "24 емес, 240 "+evil, nil); err != nil {
		t.Fatal(err)
	}
	s.says(http.DefaultClient, kk, []string{"What changed", "24 емес, 240", `taken out: </span>24</del>`, `put in: </span>240</ins>`, "Corrected later: ", "/versions/1/proof"}, append(no, "Differs between languages"))

	if _, err := s.Publish.Withdraw(t.Context(), testkit.Viewer("alfa"), r.ID, "дұрыс емес "+evil, nil); err != nil {
		t.Fatal(err)
	}
	s.says(http.DefaultClient, kk, []string{"This text must not be used", "дұрыс емес", "is-repeated"}, append(no, "миллион", "کوکسائی", "What changed", "/proof"))
	s.says(http.DefaultClient, page+"&all=1", []string{"This text must not be used"}, append(no, "миллион", "کوکسائی"))
}

// TestWhoOpenedTheEmbargo: scene 5's record says who cleared opened it and when; an uncleared reader has
// the header alone, and both zones.
func TestWhoOpenedTheEmbargo(t *testing.T) {
	t.Parallel()
	s := open(t)
	cleared, other := s.person("alfa", "", people.Editor), s.as("beta", people.Editor)
	r, err := s.Publish.Create(t.Context(), testkit.Viewer("alfa"), publish.Input{Issuers: []wire.MemberID{"alfa"}, Audience: wire.Audience{Class: wire.Members}, EmbargoedUntil: time.Now().Add(time.Hour), Items: []wire.NewItem{
		{Language: lang.KK, Translation: wire.Original, Content: wire.Content{Headline: "Жабық тақырып", Body: []string{"Су деңгейі."}}}}})
	if err != nil {
		t.Fatal(err)
	}
	page := "/releases/" + string(r.ID) + "?ui=en"
	sealed := []string{"Жабық", "деңгейі", cleared.Name, "Opened before"}
	s.says(other, page, []string{"data-until=", "Only the header can be seen before."}, sealed)
	if code, _ := s.get(http.DefaultClient, page); code != 404 {
		t.Errorf("a stranger: %d", code)
	}
	mine := s.browser(cleared)
	s.says(mine, page, []string{"Жабық тақырып", "data-until=", "Opened before the embargo’s end", cleared.Name, "enter the log when the embargo ends"}, nil)
	s.says(s.as("alfa", people.Editor), page, []string{"Opened before the embargo’s end", cleared.Name}, nil)
	s.says(other, page, nil, sealed)
}
