package store_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	xtlog "golang.org/x/mod/sumdb/tlog"

	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/testkit/postgres"
)

func nodesOf(t testing.TB, s *store.Store) []store.NodeState {
	t.Helper()
	h, err := s.Housekeeping(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return h.Nodes
}

// TestNodesTellOfThemselves: each node knows which others there are, what they run and do and whether they are there; one that is stopped goes, one that was
// killed is told as silent until it comes back, under one row for its folder.
func TestNodesTellOfThemselves(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	onPostgres(t, dir)
	a := open(t, dir)
	b, other := beside(t, dir)
	a.Introduce("1.2", "127.0.0.1:8001")
	b.Introduce("1.3", "127.0.0.1:8002")
	within(t, 30*time.Second, "both have said what they are", func() bool {
		return slices.IndexFunc(nodesOf(t, a), func(n store.NodeState) bool { return n.Version == "1.3" }) == 1 && nodesOf(t, a)[0].Version == "1.2"
	})
	if err := a.Write(ctx, func(tx *store.Tx) error { return tx.Enqueue(jobs.Job{Kind: "test.some"}) }); err != nil {
		t.Fatal(err)
	}
	if js, err := b.Jobs().Claim(ctx, time.Now().Add(time.Second), 1); err != nil || len(js) != 1 {
		t.Fatal(js, err)
	}
	all := nodesOf(t, a)
	x, y := all[0], all[1]
	if !x.Self || y.Self || !x.There || !y.There || !x.First || y.First || x.Address != "127.0.0.1:8001" || y.Address != "127.0.0.1:8002" || x.Host == "" {
		t.Errorf("%+v", all)
	}
	if len(x.Running) != 0 || !slices.Equal(y.Running, []store.NodeJobs{{Kind: "test.some", N: 1}}) {
		t.Errorf("jobs: %v, %v", x.Running, y.Running)
	}
	for _, n := range all {
		if ago := time.Since(n.Heard); ago < -time.Second || ago > 20*time.Second || time.Since(n.Since) < ago-time.Second || n.Ahead.Abs() > time.Second {
			t.Errorf("%+v", n)
		}
	}
	db := direct(t, dir)
	var row string
	if err := db.QueryRow("select folder from node_state where id = $1", y.ID).Scan(&row); err != nil {
		t.Fatal(err)
	}
	b.Close()
	if all = nodesOf(t, a); len(all) != 1 {
		t.Errorf("one that was stopped is still told: %+v", all)
	}
	// As a node leaves it that was killed an hour ago.
	if _, err := db.Exec("insert into node_state values ($1, 'killed', 'far', '', '1.3', 0, cast(extract(epoch from now()) * 1000000 as bigint) - 3600000000, 0)", row); err != nil {
		t.Fatal(err)
	}
	if all = nodesOf(t, a); len(all) != 2 || all[1].There || time.Since(all[1].Heard).Round(time.Minute) != time.Hour {
		t.Errorf("one that was killed: %+v", all)
	}
	c := open(t, other)
	within(t, 30*time.Second, "it is back", func() bool { all := nodesOf(t, c); return len(all) == 2 && all[0].There && all[1].There })
	if _, err := db.Exec("insert into node_state values ('lost', 'lost', 'far', '', '1.3', 0, cast(extract(epoch from now()) * 1000000 as bigint) - 90000000000, 0)"); err != nil {
		t.Fatal(err)
	}
	c.Introduce("1.4", "")
	within(t, 30*time.Second, "what was lost a day ago is forgotten", func() bool { return len(nodesOf(t, c)) == 2 })
}

// TestBucketsAmongNodes: what several nodes add to a counter at once is all in it, and no more than the most; what one adds whose clock is ahead is no debt at the others.
func TestBucketsAmongNodes(t *testing.T) {
	t.Parallel()
	a, b, _ := twoNodes(t)
	now := time.Now()
	var all sync.WaitGroup
	for i := range 40 {
		s := []*store.Store{a, b}[i%2]
		all.Go(func() {
			add := []people.Bucket{{Name: "x", Add: time.Second}, {Name: fmt.Sprint(i), Add: time.Minute}, {Name: "y", Add: time.Second}}
			if _, err := s.FillBuckets(ctx, now, time.Hour, add); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	in := func(at time.Time, sum time.Duration) bool { // a second is what asking may take
		return at.After(now.Add(sum-time.Second)) && at.Before(time.Now().Add(sum))
	}
	until, err := a.Buckets(ctx, []string{"x", "y", "7", "nobody"})
	if err != nil || len(until) != 3 || !in(until["x"], 40*time.Second) || !until["y"].Equal(until["x"]) || !in(until["7"], time.Minute) {
		t.Errorf("%v, %v", until, err)
	}
	ahead := time.Now().Add(2 * time.Minute)
	if until, err = b.FillBuckets(ctx, ahead, time.Hour, []people.Bucket{{Name: "x", Add: time.Second}}); err != nil || !in(until["x"].Add(-2*time.Minute), 41*time.Second) {
		t.Errorf("%v, %v", until, err)
	}
	if until, err = a.Buckets(ctx, []string{"x"}); err != nil || !in(until["x"], 41*time.Second) {
		t.Errorf("%v, %v", until, err)
	}
	if until, err = b.FillBuckets(ctx, ahead, time.Second, []people.Bucket{{Name: "x", Add: time.Minute}}); err != nil || !until["x"].Equal(ahead.Add(time.Second)) {
		t.Errorf("%v, %v", until, err)
	}
	file := open(t, t.TempDir())
	if until, err := file.Buckets(ctx, []string{"x"}); err != nil || os.Getenv("JARCHI_TEST_ENGINE") == "" && len(until) != 0 {
		t.Error(until, err)
	}
}

// TestCountersWaitForNobody: counters are filled while as much is held as can be.
func TestCountersWaitForNobody(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	onPostgres(t, dir)
	s := open(t, dir)
	for i := range store.Lockers {
		release, err := s.Along(ctx, fmt.Sprint(i%2))
		if err != nil {
			t.Fatal(err)
		}
		defer release()
	}
	soon, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if _, err := s.FillBuckets(soon, time.Now(), time.Hour, []people.Bucket{{Name: "x", Add: time.Second}}); err != nil {
		t.Error(err)
	}
}

// TestTimeoutsOfTheServer: those that the database has for others do not hold for a node's connections.
func TestTimeoutsOfTheServer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	onPostgres(t, dir)
	db := direct(t, dir)
	for _, name := range []string{"statement_timeout", "lock_timeout", "idle_session_timeout"} {
		if _, err := db.Exec("do $$ begin execute format('alter database %I set " + name + " = 60000', current_database()); end $$"); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, dir)
	for _, name := range []string{"statement_timeout", "lock_timeout", "idle_session_timeout"} {
		for at, has := range s.Shows(t, name) {
			if has != "0" {
				t.Errorf("%s of %s is %s", name, at, has)
			}
		}
	}
}

// TestAloneBeforeTheyKnow: what is held while no other node is known is held for one that comes in that moment too.
func TestAloneBeforeTheyKnow(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	onPostgres(t, dir)
	a := open(t, dir)
	release, err := a.Alone(ctx, "x")
	if err != nil {
		t.Fatal(err)
	}
	b, _ := beside(t, dir)
	soon, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
	defer cancel()
	if _, err := b.Along(soon, "x"); err == nil {
		t.Error("two are alone")
	}
	release()
	if release, err = b.Along(ctx, "x"); err != nil {
		t.Fatal(err)
	}
	release()
}

// TestTakenForDeadAtRest: a node that had nothing to write when its connections went and its row was removed makes itself known again and goes on.
func TestTakenForDeadAtRest(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	onPostgres(t, dir)
	a := open(t, dir)
	if err := a.AddMember(ctx, member("alfa")); err != nil {
		t.Fatal(err)
	}
	db := direct(t, dir)
	within(t, 30*time.Second, "its row is removed", func() bool { // it may have been back before
		if _, err := db.Exec("select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = current_database() and application_name like 'jarchi%'"); err != nil {
			t.Fatal(err)
		}
		r, err := db.Exec("delete from node where " + store.GoneNode)
		if err != nil {
			t.Fatal(err)
		}
		n, err := r.RowsAffected()
		return err == nil && n == 1
	})
	_ = leaf(a, "alfa") // may find that the connection is gone
	for range 3 {
		if err := leaf(a, "alfa"); err != nil {
			t.Fatalf("it does not go on: %v", err)
		}
	}
	var rows int
	if err := db.QueryRow("select count(*) from node").Scan(&rows); err != nil || rows != 1 {
		t.Errorf("%d nodes are known, %v", rows, err)
	}
	checkLog(t, a, "alfa-public")
}

// TestTakenForDead: the row of a node that lost its connections is removed by another, again and again while it comes back. It goes on, and nothing
// acknowledged is lost.
func TestTakenForDead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	onPostgres(t, dir)
	a := open(t, dir)
	if err := a.AddMember(ctx, member("alfa")); err != nil {
		t.Fatal(err)
	}
	var row string
	db := direct(t, dir)
	if err := db.QueryRow("select id from node").Scan(&row); err != nil {
		t.Fatal(err)
	}
	w := writing(2, 2*time.Millisecond, a)
	for range 25 {
		if _, err := db.Exec("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name like 'jarchi%'"); err != nil {
			t.Fatal(err)
		}
		for range 20 { // as another node does with one that it does not see
			if _, err := db.Exec("delete from node where id = $1 and "+store.GoneNode, row); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	said := w.end()
	if err := leaf(a, "alfa"); err != nil {
		t.Fatalf("it does not go on: %v", err)
	}
	kept := keptRaw(t, db)
	good := int64(0)
	for name, err := range said {
		if err == nil && !kept[name] {
			t.Errorf("%s is lost", name)
		}
		if err == nil {
			good++
		}
	}
	if h := head(t, a, "alfa-public"); h.Head.Size < good+1 {
		t.Errorf("%d leaves for %d acknowledged", h.Head.Size, good)
	}
	checkLog(t, a, "alfa-public")
}

// TestHashesApart: hashes that lie apart are read in their order, some of them twice, and one that is missing is named.
func TestHashesApart(t *testing.T) {
	onBoth(t, func(t *testing.T) {
		s := open(t, t.TempDir())
		if err := s.AddMember(ctx, member("alfa")); err != nil {
			t.Fatal(err)
		}
		for range 100 {
			if err := leaf(s, "alfa"); err != nil {
				t.Fatal(err)
			}
		}
		h := head(t, s, "alfa-public")
		var pos []int64
		for p := xtlog.StoredHashCount(100) - 1; p >= 0; p -= 1 + p%2 {
			pos = append(pos, p, p)
		}
		got, err := s.Rows(h).Hashes(ctx, pos)
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range pos {
			one, err := s.Rows(h).Hashes(ctx, []int64{p})
			if err != nil || one[0] != got[i] {
				t.Fatalf("the hash at %d is another, %v", p, err)
			}
		}
		if _, err := s.Rows(h).Hashes(ctx, []int64{1, 5000, 3}); err == nil {
			t.Error("a hash that is not there")
		}
	})
}

// TestTwoNodesBeginAtOnce: two nodes that find an empty database at the same moment make its tables once, and both have it.
func TestTwoNodesBeginAtOnce(t *testing.T) {
	t.Parallel()
	address := postgres.New(t, nil)
	dirs := []string{t.TempDir(), t.TempDir()}
	for _, dir := range dirs {
		databases.Store(dir, address)
		if err := store.SetDatabase(ctx, dir, address); err != nil {
			t.Fatal(err)
		}
	}
	var all sync.WaitGroup
	both := make([]*store.Store, 2)
	for i, dir := range dirs {
		all.Go(func() { both[i] = open(t, dir) })
	}
	all.Wait()
	if err := both[0].AddMember(ctx, member("alfa")); err != nil {
		t.Fatal(err)
	}
	within(t, 30*time.Second, "both know the member", func() bool { m, err := both[1].Members(ctx); return err == nil && len(m) == 1 })
	if both[0].First() == both[1].First() {
		t.Error("one is the first")
	}
}

// TestNodesGoByTheServersClock: a node's clock is the database server's, again and again.
func TestNodesGoByTheServersClock(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	onPostgres(t, dir)
	s, err := store.Open(ctx, dir, nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	right := func() bool { return time.Since(s.Now()).Abs() < 30*time.Second } // the server is on this machine
	if !right() {
		t.Error(s.Now())
	}
	for _, off := range []time.Duration{time.Hour, -time.Hour} {
		s.SetClock(off)
		if right() {
			t.Fatal("the test tests nothing")
		}
		if _, err := direct(t, dir).Exec("select pg_notify('jarchi', '{}')"); err != nil { // so that it need not wait until it looks by itself
			t.Fatal(err)
		}
		within(t, 30*time.Second, "it follows the server", right)
	}
}
