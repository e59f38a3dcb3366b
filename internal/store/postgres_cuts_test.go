package store_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/tlog"
	"jarchi.dev/jarchi/internal/wire"
)

// cutter stands between a node and the database's server and ends the connection of the node's writer at a chosen exchange: what is sent up to where an answer is
// awaited, and the answer.
type cutter struct {
	meanwhile func()      // what happens before an answer that comes late
	deaf      atomic.Bool // answers to others than the writer wait

	mu   sync.Mutex
	next []cut
}

// cut is where and how a connection ends.
type cut struct {
	after int // exchanges of the writer that take place before it, on whichever connection
	how   int
}

// How a connection ends. The server has always ended the session, and let go what it held, before the node notices.
const (
	unsent = iota // what the node sends does not arrive
	lost          // it arrives, and the answer does not come back
	late          // the answer comes when the session has ended, and others have written since
)

var hows = []string{unsent: "unsent", lost: "lost", late: "late"}

// cutAgain is how a connection ends on which a node takes up what it held.
var cutAgain = []int{late}

// cutting puts a cutter before a folder's database.
func cutting(t *testing.T, dir string) *cutter {
	t.Helper()
	c := &cutter{}
	stand(t, dir, c.carry)
	return c
}

// set has the writer's connections cut, one after another.
func (c *cutter) set(next ...cut) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next = next
}

// left is how many cuts have not been made.
func (c *cutter) left() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.next)
}

// exchange is told that the writer sends something, and tells what becomes of it; -1: nothing.
func (c *cutter) exchange() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.next) == 0 {
		return -1
	}
	if c.next[0].after--; c.next[0].after >= 0 {
		return -1
	}
	c.deaf.Store(false) // the connection that comes is not known as the writer's
	how := c.next[0].how
	c.next = c.next[1:]
	return how
}

// carry carries one connection.
func (c *cutter) carry(node net.Conn, socket string) {
	defer node.Close()
	server, err := net.Dial("unix", socket)
	if err != nil {
		return
	}
	defer server.Close()
	var writes atomic.Bool     // it is the writer's
	fates := make(chan int, 1) // of the answer that is awaited
	answered := make(chan bool)
	go func() {
		defer close(answered)
		defer node.Close()
		for {
			m, err := message(server, true)
			if err != nil {
				return
			}
			how := -1
			if m[0] == 'Z' {
				select {
				case how = <-fates:
				default: // it is there, or answers no one that is the writer
				}
			}
			if how >= 0 {
				ended(server)
			}
			switch how {
			case lost:
				return
			case late:
				c.meanwhile()
			}
			for c.deaf.Load() && !writes.Load() {
				time.Sleep(time.Millisecond)
			}
			if _, err := node.Write(m); err != nil {
				return
			}
			if how == late { // the node finds out when it sends something
				message(node, true)
				return
			}
		}
	}()
	for begun := false; ; begun = true {
		var sent []byte
		for {
			m, err := message(node, begun)
			if err != nil {
				server.Close()
				<-answered
				return
			}
			if bytes.Contains(m, []byte("pg_try_advisory_lock_shared")) {
				writes.Store(true)
			}
			if sent = append(sent, m...); !begun || m[0] == 'S' || m[0] == 'Q' || m[0] == 'X' {
				break
			}
		}
		how := -1
		if writes.Load() && begun && sent[0] != 'X' {
			how = c.exchange()
		}
		if how == unsent {
			ended(server)
			node.Close()
			<-answered
			return
		}
		if how >= 0 {
			fates <- how
		}
		if _, err := server.Write(sent); err != nil {
			return
		}
		if how >= 0 {
			<-answered
			return
		}
	}
}

// message reads one message of the protocol. The first of a client has no letter.
func message(from io.Reader, letter bool) ([]byte, error) {
	head := make([]byte, 4, 512)
	at := 0
	if letter {
		head, at = head[:5], 1
	}
	if _, err := io.ReadFull(from, head); err != nil {
		return nil, err
	}
	m := append(head, make([]byte, int(binary.BigEndian.Uint32(head[at:]))-4)...)
	_, err := io.ReadFull(from, m[len(head):])
	return m, err
}

// ended ends a session and waits until the server has let go what it held.
func ended(server net.Conn) {
	_ = server.(*net.UnixConn).CloseWrite()
	_, _ = io.Copy(io.Discard, server)
}

// TestEveryCut: the connection of a node's writer ends at each exchange of a change in turn, and again at each of those in which the node takes up what it held, beside another node that
// writes. What was acknowledged is there once, what was refused is not, and the node goes on: that others wrote after its session had ended is nothing to stop for.
func TestEveryCut(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	onPostgres(t, dir)
	c := cutting(t, dir)
	a := open(t, dir)
	if err := a.AddMember(ctx, member("alfa")); err != nil {
		t.Fatal(err)
	}
	said := map[string]error{}
	change := func() error {
		name := fmt.Sprintf("%064d", len(said))
		said[name] = a.Write(ctx, func(tx *store.Tx) error {
			if err := tx.PutRaw(store.RawRow{Hash: name, Arrived: time.Now()}); err != nil {
				return err
			}
			_, err := tx.Append("alfa", tlog.Public, tlog.Leaf{Kind: tlog.KindWithdraw, ID: string(wire.NewReleaseID()), Time: 1})
			return err
		})
		return said[name]
	}
	if err := change(); err != nil { // its statements are prepared
		t.Fatal(err)
	}
	b, _ := beside(t, dir)
	var leaves atomic.Int64
	writes := func() {
		if err := leaf(b, "alfa"); err != nil {
			t.Errorf("the other node: %v", err)
		}
		leaves.Add(1)
	}
	heard := func() {
		writes()
		at := head(t, b, "alfa-public").Head.Size
		for until := time.Now().Add(30 * time.Second); head(t, a, "alfa-public").Head.Size < at; time.Sleep(time.Millisecond) {
			if time.Now().After(until) {
				t.Error("the one does not hear of the other")
				return
			}
		}
	}
	c.meanwhile = heard
	// each makes a change for every number of exchanges before the last cut that takes place.
	each := func(what string, least int, before func(), cuts func(n int) []cut) {
		t.Helper()
		for n := 0; ; n++ {
			before()
			c.set(cuts(n)...)
			err := change()
			left := c.left()
			c.set()
			if err != nil && (fault.KindOf(err) != fault.Unavailable || len(cuts(n)) == 1) { // a change whose connection broke once is made on another
				t.Errorf("%s, %d: %v", what, n, err)
			}
			if err := leaf(a, "alfa"); err != nil {
				t.Fatalf("%s, %d: it does not go on: %v", what, n, err)
			}
			leaves.Add(1)
			if left > 0 {
				if n < least {
					t.Errorf("%s: %d were cut, the test tests nothing", what, n)
				}
				return
			}
		}
	}
	// A change that finds out only within itself that another has written, and whose connection breaks as it looks what.
	c.deaf.Store(true)
	writes()
	c.set(cut{2, unsent})
	if err := change(); err != nil || c.left() != 0 {
		t.Error(c.left(), err)
	}
	c.deaf.Store(false)
	for _, before := range []func(){func() {}, heard} {
		for how, name := range hows {
			each(name, 2, before, func(n int) []cut { return []cut{{n, how}} })
		}
	}
	for _, how := range cutAgain {
		each("and then "+hows[how], 8, func() {}, func(n int) []cut { return []cut{{0, unsent}, {n, how}} })
	}
	db := direct(t, dir)
	kept := keptRaw(t, db)
	for name, err := range said {
		if (err == nil) != kept[name] {
			t.Errorf("%s: said %v, kept %v", name, err, kept[name])
		}
		if err == nil {
			leaves.Add(1)
		}
	}
	for _, s := range []*store.Store{a, b} {
		within(t, 30*time.Second, "the whole log is known", func() bool { return head(t, s, "alfa-public").Head.Size == leaves.Load() })
		checkLog(t, s, "alfa-public")
	}
	a.Close()
	if n := a.Writing(); n != 0 {
		t.Errorf("%d connections of its writer are open when it is closed", n)
	}
}
