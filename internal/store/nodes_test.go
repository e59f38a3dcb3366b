package store_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/search"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/story"
	"jarchi.dev/jarchi/internal/tlog"
	"jarchi.dev/jarchi/internal/wire"
)

// beside opens another node on the database of a folder.
func beside(t testing.TB, dir string) (*store.Store, string) {
	t.Helper()
	url, _ := databases.Load(dir)
	other := t.TempDir()
	databases.Store(other, url)
	if err := store.SetDatabase(ctx, other, url.(string)); err != nil {
		t.Fatal(err)
	}
	return open(t, other), other
}

// twoNodes are two nodes on one new database, and the first one's folder. Its members are there before the second comes.
func twoNodes(t testing.TB, members ...wire.MemberID) (a, b *store.Store, dir string) {
	t.Helper()
	dir = t.TempDir()
	onPostgres(t, dir)
	a = open(t, dir)
	for _, m := range members {
		if err := a.AddMember(ctx, member(m)); err != nil {
			t.Fatal(err)
		}
	}
	b, _ = beside(t, dir)
	return a, b, dir
}

// within waits until something holds.
func within(t testing.TB, most time.Duration, what string, holds func() bool) {
	t.Helper()
	for until := time.Now().Add(most); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("not within %s: %s", most, what)
		}
	}
}

// TestTwoNodesOneLog: two nodes write at once; there is one log, whole, of which both know all, and each wakes who waits at the other.
func TestTwoNodesOneLog(t *testing.T) {
	t.Parallel()
	a, b, _ := twoNodes(t, "alfa")
	if err := b.AddMember(ctx, member("beta")); err != nil {
		t.Fatal(err)
	}
	const each = 60
	var all sync.WaitGroup
	for k, s := range []*store.Store{a, b, a, b} {
		all.Go(func() {
			for i := range each {
				err := s.Write(ctx, func(tx *store.Tx) error {
					p, err := tx.NextPosition()
					if err != nil {
						return err
					}
					if err := tx.PutRaw(store.RawRow{Hash: fmt.Sprintf("%064d", k*1000+i), Arrived: time.Now()}); err != nil {
						return err
					}
					if err := tx.Event(p, wire.EventReleased, string(wire.NewReleaseID()), time.Now(), nil); err != nil {
						return err
					}
					_, err = tx.Append(wire.MemberID([]string{"alfa", "beta"}[i%2]), tlog.Public, tlog.Leaf{Kind: tlog.KindWithdraw, ID: string(wire.NewReleaseID()), Time: 1})
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	for _, s := range []*store.Store{a, b} {
		for _, log := range []string{"alfa-public", "beta-public"} {
			within(t, 30*time.Second, "the other's heads are known", func() bool { h, err := s.Log(log); return err == nil && h.Head.Size == 2*each })
			checkLog(t, s, log)
		}
		if p, err := s.LastPosition(ctx); err != nil || p != 4*each {
			t.Error(p, err)
		}
		if m, err := s.Members(ctx); err != nil || len(m) != 2 {
			t.Error(m, err)
		}
	}
	ha, hb := head(t, a, "alfa-public"), head(t, b, "alfa-public")
	if string(ha.Checkpoint) != string(hb.Checkpoint) {
		t.Error("two checkpoints of one log")
	}
	slowest := time.Duration(0)
	for i := range 10 {
		s, other := a, b
		if i%2 == 1 {
			s, other = b, a
		}
		changed := other.Changed()
		began := time.Now()
		if err := s.Write(ctx, func(tx *store.Tx) error {
			p, err := tx.NextPosition()
			if err != nil {
				return err
			}
			return tx.Event(p, wire.EventReleased, string(wire.NewReleaseID()), time.Now(), nil)
		}); err != nil {
			t.Fatal(err)
		}
		select {
		case <-changed:
			slowest = max(slowest, time.Since(began))
		case <-time.After(5 * time.Second):
			t.Fatal("the other node does not wake")
		}
	}
	t.Log("from the begin of the write to the other's wake-up at most", slowest)
}

// TestNodesFollowMembersAndWords: what one node changes the other shows, also what it had kept.
func TestNodesFollowMembersAndWords(t *testing.T) {
	t.Parallel()
	a, b, _ := twoNodes(t, "alfa")
	if m, err := b.Members(ctx); err != nil || len(m) != 1 {
		t.Fatal(m, err)
	}
	named := member("alfa")
	named.Zone = "Asia/Tashkent"
	if err := a.Write(ctx, func(tx *store.Tx) error { return tx.SetMember(named) }); err != nil {
		t.Fatal(err)
	}
	within(t, 30*time.Second, "the member's new zone", func() bool { m, err := b.Members(ctx); return err == nil && m["alfa"].Zone == named.Zone })
	if b.HasLanguage(lang.KK) {
		t.Error("nothing in Kazakh is there yet")
	}
	gone := b.Gone()
	if err := a.Write(ctx, func(tx *store.Tx) error {
		return tx.Index(1, store.IndexDoc{Doc: search.Document(lang.KK, "", []string{"бір мәтін"}), Marks: "xlkk"})
	}); err != nil {
		t.Fatal(err)
	}
	if err := a.Write(ctx, func(tx *store.Tx) error {
		if err := tx.Unindex(1, 0); err != nil {
			return err
		}
		return tx.ClearWords(wire.NewReleaseID(), true)
	}); err != nil {
		t.Fatal(err)
	}
	within(t, 30*time.Second, "words that went are forgotten", func() bool { return b.Gone() > gone })
}

// TestLogThatWasNotMade: a log that this node once began to make, and did not, may be made by another; both go on.
func TestLogThatWasNotMade(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	onPostgres(t, dir)
	a := open(t, dir)
	no := errors.New("no")
	if err := a.Write(ctx, func(tx *store.Tx) error {
		if err := tx.AddMember(member("gamma")); err != nil {
			return err
		}
		return no
	}); !errors.Is(err, no) {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	a = open(t, dir)
	b, _ := beside(t, dir)
	if err := b.AddMember(ctx, member("gamma")); err != nil {
		t.Fatal(err)
	}
	within(t, 30*time.Second, "the other's log", func() bool { _, err := a.Log("gamma-public"); return err == nil })
	if err := a.AddMember(ctx, member("delta")); err != nil {
		t.Error(err)
	}
}

// TestJobsAreDoneOnce: of two nodes that take jobs each job is given to one; those of a node that is gone are given to the other.
func TestJobsAreDoneOnce(t *testing.T) {
	t.Parallel()
	a, b, dir := twoNodes(t)
	const n = 40
	if err := a.Write(ctx, func(tx *store.Tx) error {
		for i := range n {
			if err := tx.Enqueue(jobs.Job{Kind: "test.some", Args: fmt.Sprint(i)}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	later := time.Now().Add(time.Second)
	var mu sync.Mutex
	had, ofB := map[int64]int{}, 0
	var all sync.WaitGroup
	for _, s := range []*store.Store{a, b} {
		all.Go(func() {
			for {
				js, err := s.Jobs().Claim(ctx, later, 1)
				if err != nil {
					t.Error(err)
				}
				if len(js) == 0 {
					return
				}
				mu.Lock()
				for _, j := range js {
					had[j.ID]++
				}
				if s == b {
					ofB += len(js)
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if len(had) != n {
		t.Errorf("%d jobs were given out", len(had))
	}
	for id, times := range had {
		if times != 1 {
			t.Errorf("job %d was given out %d times", id, times)
		}
	}
	b.Close() // a third one frees what it had
	c, _ := beside(t, dir)
	js, err := c.Jobs().Claim(ctx, later, n)
	if err != nil || len(js) != ofB {
		t.Errorf("%d jobs of a node that had %d, %v", len(js), ofB, err)
	}
}

// TestOneNodeKeepsThePrints: prints are drawn by the first node alone; what the other drops leaves what waits there; and the other goes on when the first is
// gone, with all that was waiting.
func TestOneNodeKeepsThePrints(t *testing.T) {
	t.Parallel()
	a, b, _ := twoNodes(t)
	if !a.First() || b.First() {
		t.Fatal("who came first is the first")
	}
	text := "a text of some words that nobody else has said so far about the harvest of apricots in the valley this year"
	index := func(s *store.Store, p int64) {
		t.Helper()
		if err := s.Write(ctx, func(tx *store.Tx) error {
			return tx.Index(p, store.IndexDoc{Doc: search.Document(lang.EN, "", []string{text})})
		}); err != nil {
			t.Fatal(err)
		}
	}
	draw := func(s *store.Store, p int64) error {
		return s.PutSketches(ctx, []store.Sketched{{DuePrint: dueOf(t, s, store.DocID(p, 0)), Sketch: story.Draw(lang.EN, text)}}, jobs.Job{})
	}
	for p := int64(1); p <= 3; p++ {
		index(b, p)
	}
	if err := a.LoadPrints(ctx); err != nil {
		t.Fatal(err)
	}
	if err := b.LoadPrints(ctx); err == nil {
		t.Error("both keep the prints")
	}
	if err := draw(b, 1); err == nil {
		t.Error("both draw")
	}
	for p := int64(1); p <= 2; p++ {
		if err := draw(a, p); err != nil {
			t.Fatal(err)
		}
	}
	if cs := near(t, a, store.DocID(9, 0), text); len(cs) != 2 {
		t.Errorf("%+v", cs)
	}
	if err := b.Write(ctx, func(tx *store.Tx) error { return tx.Unindex(1, 0) }); err != nil {
		t.Fatal(err)
	}
	if err := draw(a, 3); err != nil {
		t.Fatal(err)
	}
	if cs := near(t, a, store.DocID(9, 0), text); len(cs) != 2 || cs[0].Doc != store.DocID(2, 0) {
		t.Errorf("%+v", cs)
	}
	if n := a.Waiting(1); n != 0 {
		t.Errorf("%d prints of what was dropped still wait", n)
	}
	a.Close()
	within(t, 30*time.Second, "the other becomes the first", b.First)
	if err := b.LoadPrints(ctx); err != nil {
		t.Fatal(err)
	}
	if cs := near(t, b, store.DocID(9, 0), text); len(cs) != 2 || cs[0].Doc != store.DocID(2, 0) {
		t.Errorf("%+v", cs)
	}
}

// breaks is how often connections are cut.
var breaks = 12

// TestNodesThatBreak: while two nodes write, connections of both are cut again and again, at any moment. What was acknowledged is there once, what was
// refused is not, and both go on with one log.
func TestNodesThatBreak(t *testing.T) {
	t.Parallel()
	a, b, dir := twoNodes(t, "alfa")
	db := direct(t, dir)
	w := writing(4, 5*time.Millisecond, a, b)
	for n, until := 0, time.Now().Add(time.Minute); n < breaks || len(keptRaw(t, db)) < 30 && time.Now().Before(until); n++ { // on a machine that is busy until something was written
		time.Sleep(time.Duration(20+rand.IntN(80)) * time.Millisecond)
		if _, err := db.Exec("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name like 'jarchi%' and random() < 0.5"); err != nil {
			t.Fatal(err)
		}
	}
	said := w.end()
	for _, s := range []*store.Store{a, b} {
		if err := leaf(s, "alfa"); err != nil {
			t.Fatalf("after all it does not go on: %v", err)
		}
	}
	kept := keptRaw(t, db)
	good := int64(0)
	for name, err := range said {
		if (err == nil) != kept[name] {
			t.Errorf("%s: said %v, kept %v", name, err, kept[name])
		}
		if err == nil {
			good++
		} else if fault.KindOf(err) != fault.Unavailable {
			t.Errorf("refused: %v", err)
		}
	}
	t.Log(good, "of", len(said), "acknowledged")
	if good < 20 {
		t.Error("the test tests nothing")
	}
	for _, s := range []*store.Store{a, b} {
		within(t, 30*time.Second, "the whole log is known", func() bool { return head(t, s, "alfa-public").Head.Size == good+2 })
		checkLog(t, s, "alfa-public")
	}
	within(t, 30*time.Second, "one of the two is the first", func() bool { return a.First() != b.First() })
}

// TestNodesOfTwoVersions: the schema is not brought up to date under a node that runs, and a node under which it was writes nothing more.
func TestNodesOfTwoVersions(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	onPostgres(t, dir)
	a := open(t, dir)
	if err := a.AddMember(ctx, member("alfa")); err != nil {
		t.Fatal(err)
	}
	db := direct(t, dir)
	exec := func(q string) {
		t.Helper()
		if _, err := db.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	exec("update goose_db_version set version_id = version_id + 1000 where version_id = (select max(version_id) from goose_db_version)") // the last step is to be taken
	exec("update goose_db_version set version_id = 0 where version_id > 1000")
	other := t.TempDir()
	url, _ := databases.Load(dir)
	if err := store.SetDatabase(ctx, other, url.(string)); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(ctx, other, time.Now, slog.New(slog.DiscardHandler)); fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), "Stop all nodes") {
		t.Errorf("brought up to date under a node: %v", err)
	}
	exec("insert into goose_db_version (id, version_id, is_applied) values (100000, 1000, true)") // as though it had been away meanwhile
	exec(endConnections)
	var err error
	within(t, 30*time.Second, "the node sees the newer schema", func() bool {
		err = leaf(a, "alfa")
		return err != nil && strings.Contains(err.Error(), "newer Jarchi")
	})
	if err := a.Ping(ctx); err == nil {
		t.Error("it is ready")
	}
}

// TestAloneAmongNodes: what one node does alone no other does at that time, and none who goes along.
func TestAloneAmongNodes(t *testing.T) {
	t.Parallel()
	a, b, _ := twoNodes(t)
	within(t, 30*time.Second, "they know each other", func() bool { return a.Others() == 1 && b.Others() == 1 })
	along, err := a.Along(ctx, "x")
	if err != nil {
		t.Fatal(err)
	}
	too, err := b.Along(ctx, "x")
	if err != nil {
		t.Fatal(err)
	}
	too()
	soon, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
	defer cancel()
	if _, err := b.Alone(soon, "x"); err == nil {
		t.Error("alone with another")
	}
	along()
	alone, err := b.Alone(ctx, "x")
	if err != nil {
		t.Fatal(err)
	}
	soon, cancel = context.WithTimeout(ctx, 100*time.Millisecond)
	defer cancel()
	if _, err := a.Along(soon, "x"); err == nil {
		t.Error("along with who is alone")
	}
	alone()
}

// TestWhoWritesNoMoreIsNotFirst: a node that has stopped writing for good leaves to another what one does for all.
func TestWhoWritesNoMoreIsNotFirst(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	onPostgres(t, dir)
	a := open(t, dir)
	if err := a.AddMember(ctx, member("alfa")); err != nil {
		t.Fatal(err)
	}
	var row string
	if err := direct(t, dir).QueryRow("select id from node").Scan(&row); err != nil {
		t.Fatal(err)
	}
	b, _ := beside(t, dir)
	if !a.First() || b.First() {
		t.Fatal("the second is the first")
	}
	if _, err := direct(t, dir).Exec("update node set turn = turn # 2 where id = $1", row); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := leaf(a, "alfa"); err == nil {
			t.Error("it writes")
		}
	}
	within(t, 30*time.Second, "the other is the first", func() bool { return b.First() && !a.First() })
	if err := leaf(b, "alfa"); err != nil {
		t.Error(err)
	}
}

// TestOlderStateUnderTwoNodes: an older state of the database is brought back under two nodes that run, with the rows by which nodes know each other or
// without. Neither signs on.
func TestOlderStateUnderTwoNodes(t *testing.T) {
	t.Parallel()
	for _, tables := range [][]string{{"log", "leaf", "hash", "node", "counter"}, {"log", "leaf", "hash"}} {
		t.Run(strings.Join(tables, "-"), func(t *testing.T) {
			t.Parallel()
			a, b, dir := twoNodes(t, "alfa")
			both := []*store.Store{a, b}
			write := func() {
				t.Helper()
				for i := range 4 {
					if err := leaf(both[i%2], "alfa"); err != nil {
						t.Fatal(err)
					}
				}
			}
			write()
			db := direct(t, dir)
			for _, name := range tables {
				if _, err := db.Exec("create table old_" + name + " as table " + name); err != nil {
					t.Fatal(err)
				}
			}
			write()
			tx, err := db.Begin()
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range tables {
				for _, q := range []string{"delete from " + name, "insert into " + name + " overriding system value select * from old_" + name} {
					if name == "log" {
						q = strings.Replace(q, "delete from log", "update log set size = o.size, root = o.root, checkpoint = o.checkpoint from old_log o where o.id = log.id", 1)
						if strings.HasPrefix(q, "insert") {
							continue
						}
					}
					if _, err := tx.Exec(q); err != nil {
						t.Fatal(q, err)
					}
				}
			}
			if err := tx.Commit(); err != nil {
				t.Fatal(err)
			}
			for i, s := range both {
				for range 3 {
					if err := leaf(s, "alfa"); err == nil || !strings.Contains(err.Error(), "an older state was brought back") {
						t.Errorf("node %d: %v", i, err)
					}
				}
				if err := s.Ping(ctx); err == nil {
					t.Errorf("node %d is ready", i)
				}
			}
		})
	}
}
