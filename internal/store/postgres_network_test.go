package store_test

import (
	"database/sql"
	"math/rand/v2"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/store"
)

// network stands between a node and the database's server, and does what networks do.
type network struct {
	mu   sync.Mutex
	open map[*wireOf]bool

	refuses  atomic.Bool  // who connects is reset
	requests atomic.Int32 // what becomes of what the node sends
	answers  atomic.Int32 // and of what the server sends
	delay    atomic.Int64 // of each, in nanoseconds
	cutAfter atomic.Int64 // bytes of answers: then the connection is reset, in the midst of one; 0: never
}

// What becomes of bytes.
const (
	pass    = iota
	swallow // they are lost, and with them the connection, as nobody sends them again: it stays open, and nothing more comes through it
	hold    // they come when the network is there again
)

// wireOf is one connection.
type wireOf struct {
	node, server net.Conn
	lost         atomic.Bool  // bytes of it
	swallowed    atomic.Int64 // so many
}

func (w *wireOf) reset() {
	if tcp, ok := w.node.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	w.node.Close()
	w.server.Close()
}

// stand takes the connections of a folder's nodes to their database from now on, with the socket of its server.
func stand(t *testing.T, dir string, carry func(node net.Conn, socket string)) {
	t.Helper()
	address, _ := databases.Load(dir)
	u, err := url.Parse(address.(string))
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	q := u.Query()
	socket := filepath.Join(q.Get("host"), ".s.PGSQL.5432")
	go func() {
		for {
			node, err := l.Accept()
			if err != nil {
				return
			}
			go carry(node, socket)
		}
	}()
	q.Del("host")
	q.Set("sslmode", "disable")
	u.Host, u.RawQuery = l.Addr().String(), q.Encode()
	if err := store.SetDatabase(ctx, dir, u.String()); err != nil {
		t.Fatal(err)
	}
}

// between puts a network before a folder's database.
func between(t *testing.T, dir string) *network {
	t.Helper()
	n := &network{open: map[*wireOf]bool{}}
	t.Cleanup(n.resetAll)
	stand(t, dir, n.join)
	return n
}

func (n *network) join(node net.Conn, socket string) {
	w := &wireOf{node: node}
	if n.refuses.Load() {
		_ = node.(*net.TCPConn).SetLinger(0)
		node.Close()
		return
	}
	var err error
	if w.server, err = net.Dial("unix", socket); err != nil {
		node.Close()
		return
	}
	n.mu.Lock()
	n.open[w] = true
	n.mu.Unlock()
	go n.carry(w, w.node, w.server, &n.requests, false)
	go n.carry(w, w.server, w.node, &n.answers, true)
}

// away is how long a system goes on with a connection whose other end is not there any more: as watched says, and the server's settings.
const away = 11 * time.Second

func (n *network) carry(w *wireOf, from, to net.Conn, becomes *atomic.Int32, answers bool) {
	defer func() {
		if w.lost.Load() { // nobody tells the other end
			time.Sleep(away)
		}
		w.reset()
		n.mu.Lock()
		delete(n.open, w)
		n.mu.Unlock()
	}()
	b := make([]byte, 32<<10)
	left := int64(-1)
	for {
		got, err := from.Read(b)
		if err != nil {
			return
		}
		time.Sleep(time.Duration(n.delay.Load()))
		for becomes.Load() == hold {
			time.Sleep(5 * time.Millisecond)
		}
		if becomes.Load() == swallow {
			w.lost.Store(true)
		}
		if w.lost.Load() {
			w.swallowed.Add(int64(got))
			continue
		}
		if most := n.cutAfter.Load(); answers && most > 0 {
			if left < 0 {
				left = most/2 + rand.Int64N(most)
			}
			if left -= int64(got); left < 0 {
				_, _ = to.Write(b[:got+int(max(left, -int64(got)))])
				return
			}
		}
		if _, err := to.Write(b[:got]); err != nil {
			return
		}
	}
}

// resetAll ends all connections at once, as a firewall does that begins anew.
func (n *network) resetAll() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for w := range n.open {
		w.reset()
	}
}

// lost is how many connections lost so many bytes and are open.
func (n *network) lost(bytes int64) (some int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for w := range n.open {
		if w.swallowed.Load() >= bytes {
			some++
		}
	}
	return some
}

func (n *network) set(requests, answers int32) {
	n.requests.Store(requests)
	n.answers.Store(answers)
}

// TestAnswersThatDoNotCome: a statement may take as long as it takes. One whose answer was lost on the way, on a connection that stays open, ends, and with it what its session holds,
// unless that was given to another meanwhile, as poolers do.
func TestAnswersThatDoNotCome(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	onPostgres(t, dir)
	far := t.TempDir()
	address, _ := databases.Load(dir)
	databases.Store(far, address)
	n := between(t, far)
	db, err := store.OpenWatched(far, 100*time.Millisecond, 50*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	c, err := db.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	given, err := db.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer given.Close()
	const held, anothers = 4711, 4712
	if _, err := c.ExecContext(ctx, "select pg_advisory_lock($1)", held); err != nil {
		t.Fatal(err)
	}
	if _, err := given.ExecContext(ctx, "select pg_advisory_lock($1), set_config('application_name', 'another', false)", anothers); err != nil {
		t.Fatal(err)
	}
	if _, err := c.ExecContext(ctx, "select pg_sleep(0.7)"); err != nil {
		t.Fatal("the server was at work:", err)
	}
	const asked = "select repeat('a', 9000)" // who looks whether the server works on it is answered shorter
	var answer string
	for _, c := range []*sql.Conn{c, given} { // it is prepared
		if err := c.QueryRowContext(ctx, asked).Scan(&answer); err != nil {
			t.Fatal(err)
		}
	}
	n.set(pass, swallow)
	ended := make(chan error, 2)
	for _, c := range []*sql.Conn{c, given} {
		go func() {
			var answer string
			ended <- c.QueryRowContext(ctx, asked).Scan(&answer)
		}()
	}
	within(t, 30*time.Second, "the answers are lost", func() bool { return n.lost(9000) == 2 })
	n.set(pass, pass)
	for range 2 {
		select {
		case err := <-ended:
			if err == nil {
				t.Error("an answer came")
			}
		case <-time.After(20 * time.Second):
			t.Fatal("it is awaited still")
		}
	}
	within(t, 30*time.Second, "what the session held is free", func() (free bool) {
		err := db.QueryRowContext(ctx, "select pg_try_advisory_lock($1)", held).Scan(&free)
		return err == nil && free
	})
	var free bool
	if err := direct(t, dir).QueryRowContext(ctx, "select pg_try_advisory_lock($1)", anothers).Scan(&free); err != nil || free {
		t.Error("another's session was ended:", err)
	}
	n.refuses.Store(true)
	n.resetAll()
	var one int
	if err := db.QueryRowContext(ctx, "select 1").Scan(&one); fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), "out of reach") {
		t.Error("without a way to the server:", err)
	}
}
