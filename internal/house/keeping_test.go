package house

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

// TestKeeping: rules let go of what is older and of nothing else; what would go is told before; it is noted; releases and logs stay.
func TestKeeping(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	n := newNode(t)
	if err := n.store.AddMember(ctx, testkit.Member("alfa", wire.Agency)); err != nil {
		t.Fatal(err)
	}
	pub := publish.New(n.store, n.Now)
	r, err := pub.Create(ctx, testkit.Viewer("alfa"), testkit.Input(map[lang.Tag][2]string{lang.EN: {"Ferry", "It runs."}}))
	if err != nil {
		t.Fatal(err)
	}
	hash := func(s string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(s))) }
	put := func(name string, quarantine bool) {
		t.Helper()
		err := n.store.Write(ctx, func(tx *store.Tx) error {
			if err := tx.PutRaw(store.RawRow{Hash: hash(name), Name: name, Length: 1, Arrived: n.Now(), Bytes: []byte("x")}); err != nil || !quarantine {
				return err
			}
			return tx.PutQuarantine(store.QuarantineRow{ID: hash(name), Name: name, Arrived: n.Now()})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for i := range keepingStep + 5 {
		put(fmt.Sprint("old", i), false)
	}
	put("bad", true)
	if err := n.store.Write(ctx, func(tx *store.Tx) error { return tx.AddEntry(n.entry("aizhan", "alfa", "x", "", "")) }); err != nil {
		t.Fatal(err)
	}
	n.pass(40 * 24 * time.Hour)
	put("young", false)

	for _, k := range []Keeping{{Raw: -1}, {Audit: 89}, {Drafts: 40000}} {
		if err := n.SetKeeping(ctx, "aizhan", "alfa", k); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: %v", k, err)
		}
	}
	if gone, more, err := n.Keep(ctx, time.Minute); err != nil || more || len(gone) > 0 {
		t.Errorf("without rules %v goes, %v", gone, err)
	}
	k := Keeping{Raw: 30}
	if would, err := n.Would(ctx, k); err != nil || would["raw"] != keepingStep+5 || len(would) != 1 {
		t.Errorf("it would be %v, %v", would, err)
	}
	if err := n.SetKeeping(ctx, "aizhan", "alfa", k); err != nil {
		t.Fatal(err)
	}
	if got, err := n.Keeping(ctx); err != nil || got != k {
		t.Errorf("%+v, %v", got, err)
	}
	if gone, more, err := n.Keep(ctx, 0); err != nil || !more || len(gone) > 0 {
		t.Errorf("without time: %v %v %v", gone, more, err)
	}
	stopped, stop := context.WithCancel(ctx) // a node that stops between two steps says what went all the same
	time.AfterFunc(keepingPause/2, stop)
	if err := n.keep(stopped, jobs.Job{Kind: JobKeeping, Dedup: string(JobKeeping)}); err == nil {
		t.Log("it was stopped too late")
	}
	if list, err := n.store.Audit(ctx, people.AuditFilter{Action: KeepingEnded, Limit: 10}); err != nil || len(list) > 1 || len(list) == 0 && had(ctx, n) != keepingStep+5 {
		t.Errorf("what went before it stopped is not noted: %v, %v", list, err)
	}
	if err := n.keep(ctx, jobs.Job{Kind: JobKeeping, Dedup: string(JobKeeping)}); err != nil {
		t.Fatal(err)
	}
	if _, err := n.store.Raw(ctx, hash("old3")); fault.KindOf(err) != fault.NotFound {
		t.Errorf("an old document: %v", err)
	}
	for _, name := range []string{"young", "bad"} {
		if _, err := n.store.Raw(ctx, hash(name)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := n.SetKeeping(ctx, "aizhan", "alfa", Keeping{Quarantine: 30}); err != nil {
		t.Fatal(err)
	}
	if gone, _, err := n.Keep(ctx, time.Minute); err != nil || gone["quarantine"] != 1 || len(gone) != 1 {
		t.Errorf("%v, %v", gone, err)
	}
	if _, err := n.store.Raw(ctx, hash("bad")); fault.KindOf(err) != fault.NotFound {
		t.Errorf("its bytes: %v", err)
	}
	n.pass(100 * 24 * time.Hour)
	if err := n.SetKeeping(ctx, "aizhan", "alfa", Keeping{Audit: 100}); err != nil {
		t.Fatal(err)
	}
	if gone, _, err := n.Keep(ctx, time.Minute); err != nil || gone["audit"] == 0 {
		t.Errorf("%v, %v", gone, err)
	}
	list, err := n.store.Audit(ctx, people.AuditFilter{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, e := range list {
		if found[e.Action] == "" { // the newest
			found[e.Action] = e.Detail
		}
		if e.Action == "x" {
			t.Error("an old row stays")
		}
	}
	if !strings.Contains(found[KeepingSet], "audit 100") {
		t.Errorf("audit: %v", found)
	}
	if _, _, err := n.store.Release(ctx, r.ID); err != nil {
		t.Errorf("the release: %v", err)
	}
	for _, l := range n.state(t).Logs {
		if l.Name == "alfa-public" && (l.Size == 0 || l.Last.IsZero()) {
			t.Errorf("the log: %+v", l)
		}
	}
}

// had counts the old documents that are there.
func had(ctx context.Context, n *node) (count int64) {
	count, _ = n.store.CountOld(ctx, store.KeptRaw, n.Now().AddDate(0, 0, -30))
	return count
}
