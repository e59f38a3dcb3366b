package publish_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/search"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

// TestIndexedAnew: texts whose words an earlier program keyed otherwise are found by this one's keys when the renewal has come by; it goes on where a node was
// closed, leaves what was changed meanwhile or withdrawn, and nothing else follows from it.
func TestIndexedAnew(t *testing.T) {
	testkit.OnBoth(t, func(t *testing.T) {
		n := testkit.Open(t)
		alfa := testkit.Viewer("alfa")
		const texts = 45
		var all []*wire.Release
		for i := range texts {
			all = append(all, create(t, n, testkit.Input(map[lang.Tag][2]string{lang.KK: {fmt.Sprintf("Көпір %d", i), "Көпірлер мен өзендер."}, lang.EN: {"A bridge", "Bridges and rivers."}})))
		}
		if _, err := n.Publish.Withdraw(ctx, alfa, all[3].ID, "why", nil); err != nil {
			t.Fatal(err)
		}
		hidden := testkit.Input(map[lang.Tag][2]string{lang.KK: {"Көпір кейін", "Көпірлер."}})
		hidden.EmbargoedUntil = n.Clock.Now().Add(time.Hour)
		create(t, n, hidden)
		hash := strings.Repeat("0123456789abcdef", 4)
		report := &wire.Capture{ID: wire.NewCaptureID(hash, 1), N: 1, RawHash: hash, Language: lang.KK, Headline: "Көпір туралы", Body: []string{"Көпірден хабар."}, ArrivedAt: n.Clock.Now()}
		write(t, n, func(tx *store.Tx) error {
			if _, err := tx.PutCapture(report); err != nil {
				return err
			}
			return tx.Index(report.Position, publish.DocumentOfCapture(report))
		})
		found := func(typed string) (ids []string) {
			t.Helper()
			page, err := n.Browse.List(ctx, alfa, browse.Query{Text: typed, Limit: 100, Relevance: true})
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range page.Entries {
				if e.Capture != nil {
					ids = append(ids, string(e.Capture.ID))
				} else {
					ids = append(ids, string(e.Release.ID))
				}
			}
			return ids
		}
		set := func(form string) { // as a renewal begins that comes to all texts
			t.Helper()
			write(t, n, func(tx *store.Tx) error {
				value, _ := json.Marshal(map[string]any{"Form": form, "Below": int64(math.MaxInt64)})
				return tx.SetSetting("index", value)
			})
		}
		indexed := func() (docs []store.IndexDoc) {
			t.Helper()
			set(search.Form())
			old, err := n.Store.OldDocs(ctx, 1000)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range old.Docs {
				docs = append(docs, d.Doc)
			}
			return docs
		}
		want, bridges := indexed(), found("көпір")
		if len(bridges) != texts || len(want) != 2*texts+1 { // without the withdrawn one, with the report
			t.Fatal(len(bridges), len(want))
		}

		// As an earlier program would have left it: other keys, or the same without endings.
		old, err := n.Store.OldDocs(ctx, 1000)
		if err != nil {
			t.Fatal(err)
		}
		write(t, n, func(tx *store.Tx) error {
			for i, d := range old.Docs {
				if d.Doc.Body == "" {
					continue
				}
				d.Doc.Endings = ""
				if i%4 < 2 {
					d.Doc.Headline, d.Doc.Body = "q"+d.Doc.Headline, "q"+strings.ReplaceAll(d.Doc.Body, " ", " q")
				}
				position, _ := store.SplitDocID(d.ID)
				if err := tx.Index(position, d.Doc); err != nil {
					return err
				}
			}
			return nil
		})
		set("another")
		if got := found("көпір"); len(got) >= len(bridges) {
			t.Fatalf("%d are found by keys that they do not have", len(got))
		}
		if left, of, err := n.Store.Renewing(ctx); err != nil || left != of {
			t.Errorf("%d of %d are left before it begins: %v", left, of, err)
		}
		plan := func() (planned, others int) {
			t.Helper()
			for range 2 {
				if err := n.Store.PlanRenewal(ctx); err != nil {
					t.Fatal(err)
				}
			}
			js, err := n.Store.Jobs().Claim(ctx, n.Clock.Now().Add(time.Minute), 100)
			if err != nil {
				t.Fatal(err)
			}
			for _, j := range js {
				if err := n.Store.Jobs().Finish(ctx, j); err != nil {
					t.Fatal(err)
				}
				if j.Kind == store.JobIndex {
					planned++
				} else {
					others++
				}
			}
			return planned, others
		}
		if p, _ := plan(); p != 1 {
			t.Fatalf("planned %d times", p)
		}

		// A step of which one text is corrected while it is on its way, and another one is withdrawn after it.
		former := func(d store.OldDoc) *store.IndexDoc {
			d.Doc.Doc = search.Document(lang.KK, "Ескі", []string{"Ескі мәтін."})
			return &d.Doc
		}
		step := func(most int) *store.OldDocs {
			t.Helper()
			some, err := n.Store.OldDocs(ctx, most)
			if err != nil || len(some.Docs) < most {
				t.Fatal(len(some.Docs), err)
			}
			return some
		}
		renew := func(some *store.OldDocs) {
			t.Helper()
			if err := n.Store.Renew(ctx, some, former); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := os.Stat(filepath.Join(n.Dir, "database")); err != nil { // the file: that there are other keys is seen first
			renew(step(9))
		}
		some, last := step(9), all[texts-1]
		kk := last.Items[slices.IndexFunc(last.Items, func(it wire.Item) bool { return it.Language == lang.KK })]
		if _, err := n.Publish.Update(ctx, alfa, last.ID, wire.Changes{Content: map[wire.ItemID]wire.Content{kk.ID: {Headline: "Тоннель", Body: []string{"Тоннель ашылды."}}}}, nil); err != nil {
			t.Fatal(err)
		}
		renew(some)
		if got := found("тоннель"); !slices.Equal(got, []string{string(last.ID)}) {
			t.Errorf("what was updated meanwhile: %v", got)
		}
		if err := n.Store.Renew(ctx, some, func(d store.OldDoc) *store.IndexDoc { return &store.IndexDoc{} }); err != nil { // by a node that is late
			t.Fatal(err)
		}
		if got := found("ескі"); len(got) == 0 {
			t.Error("a step was done twice")
		}

		// Closed and opened again: what was done stays done. Then all of it once more from the beginning, as after another upgrade.
		clock := n.Clock
		n.Close()
		n = testkit.OpenAt(t, n.Dir, clock.Now)
		n.Clock = clock
		work := func() {
			t.Helper()
			if p, _ := plan(); p != 1 {
				t.Fatalf("planned %d times", p)
			}
			if err := n.Publish.Handlers()[store.JobIndex](ctx, jobs.Job{}); err != nil {
				t.Fatal(err)
			}
			if left, _, err := n.Store.Renewing(ctx); err != nil || left != 0 {
				t.Errorf("%d are left: %v", left, err)
			}
			if p, others := plan(); p+others != 0 {
				t.Errorf("planned %d times more, and %d other jobs", p, others)
			}
		}
		work()
		if got := found("ескі"); len(got) == 0 {
			t.Error("it began from the beginning")
		}
		set("a third")
		work()
		if got := found("көпір"); len(got) != len(bridges)-1 { // one is a tunnel now
			t.Errorf("%d are found, of %d", len(got), len(bridges))
		}
		again := indexed()
		for i, d := range again {
			if !slices.Contains(want, d) && !strings.Contains(d.Headline, "tonnel") {
				t.Errorf("document %d is %+v", i, d)
			}
		}
		if len(again) != len(want) {
			t.Errorf("%d documents, of %d", len(again), len(want))
		}
	})
}

func write(t *testing.T, n *testkit.Node, change func(*store.Tx) error) {
	t.Helper()
	if err := n.Store.Write(ctx, change); err != nil {
		t.Fatal(err)
	}
}
