package store_test

import (
	"bufio"
	"database/sql"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/search"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/tlog"
	"jarchi.dev/jarchi/internal/wire"
)

const endConnections = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name like 'jarchi%'"

// takeOver is what another node does when the connections of this one break: it has the database's lock, on a connection of its own.
func takeOver(t *testing.T, db *sql.DB) *sql.Conn {
	t.Helper()
	other, err := db.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close() })
	waits := make(chan error)
	go func() {
		_, err := other.ExecContext(ctx, "select pg_advisory_lock($1)", store.LockNode)
		waits <- err
	}()
	for until := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		var n int
		if err := db.QueryRow("select count(*) from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())").Scan(&n); err != nil || time.Now().After(until) {
			t.Fatal(n, err)
		}
		if n > 0 {
			break
		}
	}
	if _, err := db.Exec(endConnections); err != nil {
		t.Fatal(err)
	}
	if err := <-waits; err != nil {
		t.Fatal(err)
	}
	return other
}

// TestNothingWithoutTheLock: a node that lost its database to another writes nothing there, goes on when it has it again, and stops for
// good where something was written meanwhile: what it signs next could be a second tree of one size.
func TestNothingWithoutTheLock(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	onPostgres(t, dir)
	s := open(t, dir)
	if err := s.AddMember(ctx, member("alfa")); err != nil {
		t.Fatal(err)
	}
	db := direct(t, dir)
	other := takeOver(t, db)
	for i := range 3 {
		if err := leaf(s, "alfa"); fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), "Another node") && i > 0 {
			t.Errorf("write %d while another node has the database: %v", i, err)
		}
	}
	if err := s.Ping(ctx); err == nil {
		t.Error("the node is ready without its database")
	}
	if _, err := other.ExecContext(ctx, "select pg_advisory_unlock($1)", store.LockNode); err != nil {
		t.Fatal(err)
	}
	if err := leaf(s, "alfa"); err != nil {
		t.Fatalf("it has the database again: %v", err)
	}
	if err := s.Ping(ctx); err != nil {
		t.Error(err)
	}
	// The database as it was a while ago: brought back from a back-up, or a stand-by that had not heard of all.
	other = takeOver(t, db)
	for _, q := range []string{"delete from leaf where idx = 0", "update log set size = 0 where name = 'alfa-public'", "update counter set value = 1 where name = 'turn'"} {
		if _, err := other.ExecContext(ctx, q); err != nil {
			t.Fatal(q, err)
		}
	}
	if _, err := other.ExecContext(ctx, "select pg_advisory_unlock($1)", store.LockNode); err != nil {
		t.Fatal(err)
	}
	var last error
	for range 3 {
		last = leaf(s, "alfa")
		if last == nil {
			t.Fatal("it wrote to a database that is not as it left it")
		}
	}
	if !strings.Contains(last.Error(), "not as this node left it") {
		t.Error(last)
	}
	if err := s.Ping(ctx); err == nil || !strings.Contains(err.Error(), "not as this node left it") {
		t.Errorf("ready: %v", err)
	}
	s.Close()
	if _, err := tryOpen(dir); fault.KindOf(err) != fault.Corrupt {
		t.Errorf("and starts again: %v", err)
	}
}

// TestLostAnswers: connections are cut at any byte, also between a commit and its answer.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	onPostgres(t, dir)
	address, _ := databases.Load(dir)
	u, err := url.Parse(address.(string))
	if err != nil {
		t.Fatal(err)
	}
	between := t.TempDir()
	l, err := net.Listen("unix", filepath.Join(between, ".s.PGSQL.5432"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	behind := filepath.Join(u.Query().Get("host"), ".s.PGSQL.5432")
	var calm atomic.Bool
	var cuts atomic.Int64
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				server, err := net.Dial("unix", behind)
				if err != nil {
					return
				}
				defer server.Close()
				var deaf atomic.Bool
				left := 4000 + rand.IntN(40_000)
				go func() {
					b := make([]byte, 32<<10)
					for {
						n, err := server.Read(b)
						if err != nil {
							c.Close()
							return
						}
						if !deaf.Load() {
							c.Write(b[:n])
						}
					}
				}()
				b := make([]byte, 32<<10)
				for {
					n, err := c.Read(b)
					if err != nil {
						return
					}
					if left -= n; left < 0 && !calm.Load() { // it arrives, and its answer does not
						deaf.Store(true)
						server.Write(b[:n])
						cuts.Add(1)
						time.Sleep(5 * time.Millisecond)
						return
					}
					if _, err := server.Write(b[:n]); err != nil {
						return
					}
				}
			}()
		}
	}()
	q := u.Query()
	q.Set("host", between)
	u.RawQuery = q.Encode()
	if err := store.SetDatabase(ctx, dir, u.String()); err != nil {
		t.Fatal(err)
	}
	calm.Store(true)
	s := open(t, dir)
	if err := s.AddMember(ctx, member("alfa")); err != nil {
		t.Fatal(err)
	}
	calm.Store(false)
	w := writing(3, 0, s)
	for until := time.Now().Add(20 * time.Second); cuts.Load() < 25 && time.Now().Before(until); time.Sleep(10 * time.Millisecond) {
	}
	said := w.end()
	calm.Store(true)
	if err := leaf(s, "alfa"); err != nil {
		t.Fatalf("after all it does not go on: %v", err)
	}
	kept := keptRaw(t, direct(t, dir))
	good := 0
	for name, err := range said {
		if err == nil {
			good++
		}
		if (err == nil) != kept[name] {
			t.Errorf("%s: said %v, kept %v", name, err, kept[name])
		}
	}
	t.Log(cuts.Load(), "cuts,", good, "of", len(said), "acknowledged")
	if h := head(t, s, "alfa-public"); h.Head.Size != int64(good)+1 {
		t.Errorf("%d leaves for %d changes", h.Head.Size, good)
	}
	checkLog(t, s, "alfa-public")
}

func keptRaw(t *testing.T, db *sql.DB) map[string]bool {
	t.Helper()
	kept := map[string]bool{}
	rows, err := db.Query("select hash from raw")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var hash string
		if err := rows.Scan(&hash); err != nil {
			t.Fatal(err)
		}
		kept[hash] = true
	}
	return kept
}

// TestErasedRowsAreVacuumed: after an erasure, tables and the parts of the index that words left, and what is kept of values to plan by.
func TestErasedRowsAreVacuumed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	onPostgres(t, dir)
	s := open(t, dir)
	err := s.Write(ctx, func(tx *store.Tx) error {
		return tx.Index(1, store.IndexDoc{Doc: search.Doc{Headline: "quaggaword", Body: "of the plain"}, Marks: "xa0"})
	})
	if err != nil {
		t.Fatal(err)
	}
	db := direct(t, dir)
	if _, err := db.Exec("insert into audit (id, at, member, person, action, object, detail, count) select g::text, 0, '', '', '', '', 'quaggaword', 1 from generate_series(1, 50) g; analyze audit"); err != nil {
		t.Fatal(err)
	}
	const planned = "select count(*) from pg_stats where schemaname = 'public' and most_common_vals::text like '%quaggaword%'"
	count := func(q string) (n int) {
		t.Helper()
		if err := db.QueryRow(q).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if count(planned) == 0 {
		t.Error("the test tests nothing")
	}
	err = s.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.Exec("update audit set detail = ''"); err != nil {
			return err
		}
		if err := tx.Unindex(1, 0); err != nil {
			return err
		}
		return tx.ClearWords(wire.NewReleaseID(), true)
	})
	if err != nil {
		t.Fatal(err)
	}
	const done = "select count(*) from pg_stat_user_tables where relname in ('version', 'idempotency', 'lexeme', 'search', 'audit') and last_vacuum is not null"
	for until := time.Now().Add(30 * time.Second); count(done) < 5 || count(planned) > 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal(count(done), count(planned))
		}
	}
}

// serverLife is another after each recovery of the server.
const serverLife = "select pg_postmaster_start_time() || ' ' || max(backend_start) from pg_stat_activity where backend_type in ('checkpointer', 'background writer')"

// TestServerThatCrashes: the database's server loses what it had in memory and recovers, again and again, while it is written to. Not in
// parallel: the server is that of all tests of this binary.
func TestServerThatCrashes(t *testing.T) {
	dir := t.TempDir()
	onPostgres(t, dir)
	s := open(t, dir)
	if err := s.AddMember(ctx, member("alfa")); err != nil {
		t.Fatal(err)
	}
	db := direct(t, dir)
	db.SetMaxIdleConns(-1) // the server ends them
	w := writing(3, 10*time.Millisecond, s)
	for leaves := range 4 {
		time.Sleep(100 * time.Millisecond)
		pid, life := 0, ""
		for until := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			err := db.QueryRow("select pid, ("+serverLife+") from pg_stat_activity where datname = current_database() and application_name like 'jarchi%' limit 1").Scan(&pid, &life)
			if err == nil {
				break
			}
			if time.Now().After(until) {
				t.Fatal(err)
			}
		}
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil { // the server then ends all others too, and recovers from its log
			t.Skip(err)
		}
		for until := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			next := life // the same until the server has noticed
			if db.QueryRow(serverLife).Scan(&next) == nil && next != life && leaf(s, "alfa") == nil {
				break
			}
			if time.Now().After(until) {
				t.Fatal("it does not go on")
			}
		}
		w.note(fmt.Sprint("leaf", leaves), nil)
	}
	said := w.end()
	kept := keptRaw(t, db)
	good := int64(0)
	for name, err := range said {
		if err == nil {
			good++
		}
		if !strings.HasPrefix(name, "leaf") && (err == nil) != kept[name] {
			t.Errorf("%s: said %v, kept %v", name, err, kept[name])
		}
	}
	t.Log(good, "of", len(said), "acknowledged")
	if h := head(t, s, "alfa-public"); h.Head.Size != good {
		t.Errorf("%d leaves for %d changes", h.Head.Size, good)
	}
	checkLog(t, s, "alfa-public")
	if err := s.Ping(ctx); err != nil {
		t.Error(err)
	}
}

var nodeKills = 4

// TestNodeKilledOnPostgreSQL: a process that writes is killed again and again, at last beside another node; what it acknowledged is there, it has the
// database at once when it starts again, and the other goes on.
func TestNodeKilledOnPostgreSQL(t *testing.T) {
	const told = "JARCHI_TEST_KILLED"
	if dir := os.Getenv(told); dir != "" {
		s, err := store.Open(ctx, dir, time.Now, slog.New(slog.DiscardHandler))
		if err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		var say sync.Mutex
		var all sync.WaitGroup
		for k := range 3 {
			all.Go(func() {
				for i := 0; ; i++ {
					name := fmt.Sprintf("%d-%d-%d", os.Getpid(), k, i)
					err := s.Write(ctx, func(tx *store.Tx) error {
						if err := tx.PutRaw(store.RawRow{Hash: name, Arrived: time.Now()}); err != nil {
							return err
						}
						_, err := tx.Append("alfa", tlog.Public, tlog.Leaf{Kind: tlog.KindWithdraw, ID: string(wire.NewReleaseID()), Time: 1})
						return err
					})
					say.Lock()
					fmt.Println("did", name, err)
					say.Unlock()
				}
			})
		}
		all.Wait()
	}
	t.Parallel()
	dir := t.TempDir()
	onPostgres(t, dir)
	s := open(t, dir)
	if err := s.AddMember(ctx, member("alfa")); err != nil {
		t.Fatal(err)
	}
	b, second := beside(t, dir)
	b.Close()
	s.Close()
	said := map[string]bool{}
	besides := 0
	var slowest time.Duration
	for k := range nodeKills {
		if k == nodeKills/2 {
			b = open(t, second)
		}
		child := exec.Command(os.Args[0], "-test.run=^TestNodeKilledOnPostgreSQL$")
		child.Env = append(os.Environ(), told+"="+dir)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for last := 20 + rand.IntN(60); last > 0 && lines.Scan(); last-- {
			var name, err string
			if n, _ := fmt.Sscanf(lines.Text(), "did %s %s", &name, &err); n != 2 || err != "<nil>" {
				t.Error(lines.Text())
			}
			said[name] = true
		}
		child.Process.Kill()
		if began := time.Now(); k >= nodeKills/2 {
			if err := leaf(b, "alfa"); err != nil {
				t.Errorf("the other node, as this one is killed: %v", err)
			}
			besides++
			slowest = max(slowest, time.Since(began))
		}
		for lines.Scan() {
			if f := strings.Fields(lines.Text()); len(f) == 3 && f[2] == "<nil>" {
				said[f[1]] = true
			}
		}
		child.Wait()
	}
	s = open(t, dir)
	kept := keptRaw(t, direct(t, dir))
	for name := range said {
		if !kept[name] {
			t.Errorf("%s was acknowledged and is lost", name)
		}
	}
	t.Log(nodeKills, "kills,", len(said), "acknowledged,", len(kept), "kept; the other node waited", slowest, "at most")
	if len(said) < nodeKills {
		t.Error("the test tests nothing")
	}
	if h := head(t, s, "alfa-public"); h.Head.Size != int64(len(kept)+besides) {
		t.Errorf("%d leaves for %d changes", h.Head.Size, len(kept)+besides)
	}
	checkLog(t, s, "alfa-public")
	within(t, 30*time.Second, "both know the whole log", func() bool { return head(t, b, "alfa-public").Head == head(t, s, "alfa-public").Head })
}
