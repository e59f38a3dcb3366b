package publish_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/tlog"
	"jarchi.dev/jarchi/internal/wire"
)

var ctx = context.Background()

func find(t *testing.T, n *testkit.Node, v access.Viewer, q string) []browse.Entry {
	t.Helper()
	p, err := n.Browse.List(ctx, v, browse.Query{Text: q})
	if err != nil {
		t.Fatalf("search %q: %v", q, err)
	}
	return p.Entries
}

func create(t *testing.T, n *testkit.Node, in publish.Input) *wire.Release {
	t.Helper()
	r, err := n.Publish.Create(ctx, testkit.Viewer("alfa"), in)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func water() publish.Input {
	return testkit.Input(map[lang.Tag][2]string{
		lang.KK: {"Тоқсанбұлақ Көксай су қоймасынан су жібереді", "Су деңгейі екі метрге көтерілді."},
		lang.EN: {"Toqsanbulaq to release water", "The level rose by zwölfunddreissigmal two metres."},
	})
}

func checkLogs(t *testing.T, n *testkit.Node) {
	t.Helper()
	for _, h := range n.Store.Logs() {
		if h.Head.Size == 0 {
			continue
		}
		v, err := tlog.Verifier(h.VKey)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tlog.CheckLog(ctx, n.Store.Rows(h), h.Checkpoint, v); err != nil {
			t.Errorf("log %s: %v", h.Name, err)
		}
	}
}

func TestReleaseIsFoundProvedAndTold(t *testing.T) {
	testkit.OnBoth(t, testReleaseIsFoundProvedAndTold)
}

func testReleaseIsFoundProvedAndTold(t *testing.T) {
	t.Parallel()
	n := testkit.Open(t)
	_, last, err := n.Browse.Events(ctx, access.Viewer{}, "", 10)
	if err != nil {
		t.Fatal(err)
	}
	r := create(t, n, water())
	if r.State != wire.Released {
		t.Fatalf("state %s", r.State)
	}
	for _, q := range []string{"Көксайдан", "су", `"су қоймасынан"`, "toqsan*"} {
		if len(find(t, n, access.Viewer{}, q)) != 1 {
			t.Errorf("%q does not find the release", q)
		}
	}
	evs, _, err := n.Browse.Events(ctx, access.Viewer{}, last, 10)
	if err != nil || len(evs) != 1 || evs[0].Kind != wire.EventReleased {
		t.Fatalf("events %v, %v", evs, err)
	}
	for _, it := range r.Items {
		file, err := n.Browse.Proof(ctx, access.Viewer{}, it.ID, 1)
		if err != nil {
			t.Fatal(err)
		}
		h, err := n.Store.Log("alfa-public")
		if err != nil {
			t.Fatal(err)
		}
		v, err := tlog.Verifier(h.VKey)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tlog.Verify(file, v); err != nil {
			t.Errorf("proof of %s: %v", it.Language, err)
		}
	}
	checkLogs(t, n)
}

func TestUpdateCorrectAreTwoThings(t *testing.T) { testkit.OnBoth(t, testUpdateCorrectAreTwoThings) }

func testUpdateCorrectAreTwoThings(t *testing.T) {
	t.Parallel()
	n := testkit.Open(t)
	r := create(t, n, water())
	kk := r.Text(lang.KK)
	c := kk.Current().Content
	c.Body = []string{"Су деңгейі үш метрге көтерілді, қаһарман."}
	n.Clock.Move(time.Minute)
	r, err := n.Publish.Update(ctx, testkit.Viewer("alfa"), r.ID, wire.Changes{Content: map[wire.ItemID]wire.Content{kk.ID: c}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Text(lang.EN).Stale || r.Text(lang.KK).Stale || r.Updates != 1 || r.Corrections != 0 {
		t.Errorf("after the update: %+v", r)
	}
	if len(find(t, n, access.Viewer{}, "қаһарман")) != 1 || len(find(t, n, access.Viewer{}, "екі")) != 0 {
		t.Error("the index does not hold the newest version alone")
	}
	n.Clock.Move(time.Minute)
	c.Headline = "Тоқсанбұлақ түзетті"
	_, err = n.Publish.Correct(ctx, testkit.Viewer("alfa"), r.ID, wire.Changes{Content: map[wire.ItemID]wire.Content{kk.ID: c}}, "сан қате", nil)
	if err != nil {
		t.Fatal(err)
	}
	reg, _, err := n.Browse.Register(ctx, access.Viewer{}, browse.RegisterQuery{})
	if err != nil || len(reg) != 1 || reg[0].Reason != "сан қате" {
		t.Fatalf("register %v, %v", reg, err)
	}
	if _, err := n.Browse.VersionBytes(ctx, access.Viewer{}, kk.ID, 1); err != nil {
		t.Error("the first version cannot be read:", err)
	}
	p, err := n.Browse.List(ctx, access.Viewer{}, browse.Query{})
	if err != nil || len(p.Entries) != 1 {
		t.Fatalf("one release is %d rows, %v", len(p.Entries), err)
	}
	checkLogs(t, n)
}

func TestEmbargo(t *testing.T) { testkit.OnBoth(t, testEmbargo) }

func testEmbargo(t *testing.T) {
	t.Parallel()
	n := testkit.Open(t)
	in := water()
	in.EmbargoedUntil = testkit.Start.Add(time.Hour)
	r := create(t, n, in)
	uncleared := testkit.Viewer("beta")
	if len(find(t, n, uncleared, "деңгейі")) != 0 || len(find(t, n, testkit.Viewer("alfa"), "деңгейі")) != 0 {
		t.Error("a word under embargo is in the index")
	}
	if p, _ := n.Browse.List(ctx, access.Viewer{}, browse.Query{}); len(p.Entries) != 0 {
		t.Error("a stranger sees that something is under embargo")
	}
	if p, _ := n.Browse.List(ctx, uncleared, browse.Query{}); len(p.Entries) != 1 || p.Entries[0].Level != access.Header || p.Entries[0].Release.Items[0].Versions != nil {
		t.Errorf("a member sees %+v", p.Entries)
	}
	handlers := n.Publish.Handlers()
	open := func() error { return handlers[publish.JobOpen](ctx, jobs.Job{Args: string(r.ID)}) }
	if err := open(); fault.KindOf(err) != fault.Conflict {
		t.Error("it opened before its time:", err)
	}
	n.Clock.Move(time.Hour)
	if len(find(t, n, access.Viewer{}, "деңгейі")) != 0 {
		t.Error("the clock alone opened it")
	}
	if err := open(); err != nil {
		t.Fatal(err)
	}
	if err := open(); err != nil { // at least once
		t.Fatal(err)
	}
	if len(find(t, n, access.Viewer{}, "деңгейі")) != 1 {
		t.Error("not found after it opened")
	}
	h, _ := n.Store.Log("alfa-public")
	if h.Head.Size != 4 { // seal, open, two releases
		t.Errorf("%d leaves", h.Head.Size)
	}
	file, err := n.Browse.Proof(ctx, access.Viewer{}, r.Items[0].ID, 1)
	if err != nil {
		t.Fatal(err)
	}
	v, _ := tlog.Verifier(h.VKey)
	if _, err := tlog.Verify(file, v); err != nil {
		t.Error(err)
	}
	checkLogs(t, n)
}

func TestScheduledLeavesAtItsTime(t *testing.T) { testkit.OnBoth(t, testScheduledLeavesAtItsTime) }

func testScheduledLeavesAtItsTime(t *testing.T) {
	t.Parallel()
	n := testkit.Open(t)
	in := water()
	in.PublishAt = testkit.Start.Add(time.Hour)
	r := create(t, n, in)
	if len(find(t, n, access.Viewer{}, "су")) != 0 {
		t.Error("found before its time")
	}
	due, err := n.Store.Jobs().NextDue(ctx)
	if err != nil || !due.Equal(in.PublishAt) {
		t.Fatalf("job due %v, %v", due, err)
	}
	n.Clock.Move(time.Hour)
	js, err := n.Store.Jobs().Claim(ctx, n.Clock.Now(), 10)
	if err != nil || len(js) != 1 {
		t.Fatalf("claimed %v, %v", js, err)
	}
	if err := n.Publish.Handlers()[js[0].Kind](ctx, js[0]); err != nil {
		t.Fatal(err)
	}
	if err := n.Store.Jobs().Finish(ctx, js[0]); err != nil {
		t.Fatal(err)
	}
	if len(find(t, n, access.Viewer{}, "су")) != 1 {
		t.Error("not found at its time")
	}
	if e, err := n.Browse.Release(ctx, access.Viewer{}, r.ID); err != nil || e.Release.State != wire.Released {
		t.Error(err)
	}
}

// TestGoneWordsAreInNoFile withdraws and erases, and then reads every file of the data folder.
func TestGoneWordsAreInNoFile(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"withdraw", "erase", "erase a draft", "withdraw under embargo"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			n := testkit.Open(t)
			for range 30 { // neighbours, so that pages are shared and segments merge
				create(t, n, testkit.Input(map[lang.Tag][2]string{lang.EN: {"Neighbour stays", "A body that stays where it is."}}))
			}
			in := testkit.Input(map[lang.Tag][2]string{lang.EN: {"Secretword headline", "Body with verborgenwort inside. " + strings.Repeat("Long filling so that the row overflows its page. ", 200)}})
			in.Draft = strings.Contains(how, "draft")
			if strings.Contains(how, "embargo") {
				in.EmbargoedUntil = testkit.Start.Add(time.Hour)
			}
			r := create(t, n, in)
			if !in.Draft {
				c := r.Items[0].Current().Content
				c.Body = append(c.Body, "Second verborgenwort version.")
				var err error
				if r, err = n.Publish.Update(ctx, testkit.Viewer("alfa"), r.ID, wire.Changes{Content: map[wire.ItemID]wire.Content{r.Items[0].ID: c}}, nil); err != nil {
					t.Fatal(err)
				}
			}
			for range 30 {
				create(t, n, testkit.Input(map[lang.Tag][2]string{lang.EN: {"Neighbour after", "Another body that stays."}}))
			}
			if !in.Draft && in.EmbargoedUntil.IsZero() && len(find(t, n, access.Viewer{}, "verborgenwort")) != 1 {
				t.Fatal("not found before")
			}
			var err error
			switch how {
			case "withdraw", "withdraw under embargo":
				_, err = n.Publish.Withdraw(ctx, testkit.Viewer("alfa"), r.ID, "not confirmed", nil)
			default:
				_, err = n.Publish.Erase(ctx, testkit.Viewer("alfa"), r.ID, nil)
			}
			if err != nil {
				t.Fatal(err)
			}
			if len(find(t, n, testkit.Viewer("alfa"), "verborgenwort")) != 0 {
				t.Error("still found")
			}
			deadline := time.Now().Add(20 * time.Second)
			for {
				files := testkit.FilesWith(t, n.Dir, "verborgenwort", "ecretword")
				if len(files) == 0 {
					break
				}
				if time.Now().After(deadline) {
					t.Fatalf("the words stand in %v", files)
				}
				time.Sleep(100 * time.Millisecond)
			}
			if _, err := n.Browse.VersionBytes(ctx, testkit.Viewer("alfa"), r.Items[0].ID, 1); fault.KindOf(err) != fault.NotFound {
				t.Errorf("the bytes of a version are answered: %v", err)
			}
			if !in.Draft && in.EmbargoedUntil.IsZero() {
				p, err := n.Browse.List(ctx, access.Viewer{}, browse.Query{Limit: 100})
				if err != nil || len(p.Entries) != 61 {
					t.Errorf("the withdrawn row is not among %d, %v", len(p.Entries), err)
				}
			}
			checkLogs(t, n)
		})
	}
}

func TestManyAtOnce(t *testing.T) { testkit.OnBoth(t, testManyAtOnce) }

func testManyAtOnce(t *testing.T) {
	t.Parallel()
	n := testkit.Open(t)
	var wg sync.WaitGroup
	const each, writers = 20, 8
	ids := make(chan wire.ReleaseID, each*writers)
	for w := range writers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			v := testkit.Viewer([]wire.MemberID{"alfa", "beta"}[w%2])
			for range each {
				in := water()
				if w == 3 {
					in.Items[0].AltID = "urn:sender:1" // refused from the second on, alone
				}
				r, err := n.Publish.Create(ctx, v, in)
				if err != nil {
					if w != 3 || fault.KindOf(err) != fault.Invalid {
						t.Error(err)
					}
					continue
				}
				ids <- r.ID
			}
		}()
	}
	wg.Wait()
	close(ids)
	seen := map[wire.ReleaseID]bool{}
	for id := range ids {
		seen[id] = true
	}
	if len(seen) != each*(writers-1)+1 {
		t.Errorf("%d released", len(seen))
	}
	var cursor string
	for pages := 0; ; pages++ {
		p, err := n.Browse.List(ctx, access.Viewer{}, browse.Query{Limit: 7, Cursor: cursor, Text: "су"})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range p.Entries {
			if !seen[e.Release.ID] {
				t.Fatal("repeated or unknown:", e.Release.ID)
			}
			delete(seen, e.Release.ID)
		}
		if cursor = p.Next; cursor == "" {
			break
		}
	}
	if len(seen) != 0 {
		t.Errorf("%d missed by paging", len(seen))
	}
	checkLogs(t, n)
}
