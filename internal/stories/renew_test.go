package stories_test

import (
	"bytes"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/story"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

// TestFormerTraitsAreReadAnew: what a former version, or damage, left of a text that new ones are compared with is read anew before the next is placed; the
// stories of before stay.
func TestFormerTraitsAreReadAnew(t *testing.T) {
	t.Parallel()
	flood := func(n *node, member wire.MemberID, headline, text string) *wire.Release {
		return n.report(t, member, func(in *publish.Input) {
			issuers := in.Issuers
			*in = testkit.Input(map[lang.Tag][2]string{lang.EN: {headline, text}})
			in.Issuers = issuers
		}, lang.EN)
	}
	n := open(t)
	n.noise(t)
	n.report(t, "alfa", nil, "ru")
	n.report(t, "beta", nil, "en")
	osh := flood(n, "alfa", "Flood in Osh region of Kyrgyzstan destroys 40 houses", "A flood after two days of rain destroyed 40 houses in Osh region on Friday, the ministry of emergencies of Kyrgyzstan said. Rescuers took 120 people to schools and brought them water, blankets and bread.")
	n.settle(t)
	if got := n.list(t, access.Viewer{}); len(got) != 1 {
		t.Fatalf("%d stories", len(got))
	}
	db := testkit.SQL(t, n.Dir)
	was := map[int64][]byte{}
	rows, err := db.Query("select doc, traits from story_text")
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var doc int64
		var b []byte
		if err := rows.Scan(&doc, &b); err != nil {
			t.Fatal(err)
		}
		was[doc] = b
	}
	if err := rows.Err(); err != nil || len(was) < 7 {
		t.Fatal(len(was), err)
	}
	for doc, b := range was { // a former version read no regions
		former, err := story.ParseTraits(b)
		if err != nil {
			t.Fatal(err)
		}
		former.Event.Regions = nil
		old := former.Bytes()
		if old[0] = 1; !story.TraitsOutdated(old) {
			t.Fatal("not outdated")
		}
		if doc%2 == 1 || doc/64 == 1 {
			old = []byte{9} // and these are damaged
		}
		if _, err := db.Exec("update story_text set traits = $1 where doc = $2", old, doc); err != nil {
			t.Fatal(err)
		}
	}

	again := n.reopen(t)
	again.Clock.Move(time.Hour)
	flood(again, "beta", "Flood in Batken region of Kyrgyzstan ruins 25 houses", "Twenty-five houses were ruined when a river left its bed in Batken region on Friday after heavy rain, according to the emergencies ministry of Kyrgyzstan. Families were brought to schools; rescuers handed out water and blankets.")
	again.settle(t)
	db = testkit.SQL(t, again.Dir)
	for doc, want := range was {
		var b []byte
		if err := db.QueryRow("select traits from story_text where doc = $1", doc).Scan(&b); err != nil || !bytes.Equal(b, want) {
			t.Errorf("document %d: %d bytes, not %d: %v", doc, len(b), len(want), err)
		}
	}
	if got := again.list(t, access.Viewer{}); len(got) != 1 || len(got[0].Reports) != 2 || got[0].Reports[0].Release.ID == osh.ID {
		t.Errorf("%d stories: %+v", len(got), got)
	}
}
