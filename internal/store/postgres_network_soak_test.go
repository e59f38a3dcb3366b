//go:build soak

package store_test

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/store"
)

// TestNetworkCut: between one of two nodes and the server the network is cut in every way, under load, and comes back. What was acknowledged is there once, what was refused is not, the
// node says meanwhile what is wrong, the other goes on, and both have one log when it is over.
func TestNetworkCut(t *testing.T) {
	t.Parallel()
	cuts := []struct {
		name      string
		cut, mend func(*network)
		long      time.Duration
		told      bool // that the node is not ready
		other     time.Duration
	}{
		{name: "reset", cut: func(n *network) { n.refuses.Store(true); n.resetAll() }, mend: func(n *network) { n.refuses.Store(false) }, long: 5 * time.Second, told: true, other: 3 * time.Second},
		{name: "reset, and there at once", cut: (*network).resetAll, long: time.Second},
		{name: "nothing comes through", cut: func(n *network) { n.set(swallow, swallow) }, mend: func(n *network) { n.set(pass, pass) }, long: 25 * time.Second, told: true},
		{name: "nothing comes through, and connections are forgotten", cut: func(n *network) { n.set(swallow, swallow) }, mend: func(n *network) { n.set(pass, pass); n.resetAll() }, long: 25 * time.Second, told: true},
		{name: "requests are lost", cut: func(n *network) { n.set(swallow, pass) }, mend: func(n *network) { n.set(pass, pass) }, long: 25 * time.Second, told: true},
		{name: "answers are lost", cut: func(n *network) { n.set(pass, swallow) }, mend: func(n *network) { n.set(pass, pass) }, long: 25 * time.Second, told: true},
		{name: "all is held up", cut: func(n *network) { n.set(hold, hold) }, mend: func(n *network) { n.set(pass, pass) }, long: 8 * time.Second},
		{name: "slow", cut: func(n *network) { n.delay.Store(int64(100 * time.Millisecond)) }, mend: func(n *network) { n.delay.Store(0) }, long: 10 * time.Second, other: 5 * time.Second},
		{name: "cut in the midst of answers", cut: func(n *network) { n.cutAfter.Store(20_000) }, mend: func(n *network) { n.cutAfter.Store(0) }, long: 5 * time.Second, other: 5 * time.Second},
	}
	for _, c := range cuts {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			onPostgres(t, dir)
			b := open(t, dir)
			if err := b.AddMember(ctx, member("alfa")); err != nil {
				t.Fatal(err)
			}
			far := t.TempDir()
			address, _ := databases.Load(dir)
			databases.Store(far, address)
			n := between(t, far)
			a := open(t, far)
			w := writing(4, 10*time.Millisecond, a, b)
			last := w.watchSecond()
			time.Sleep(500 * time.Millisecond)
			c.cut(n)
			cut := time.Now()
			var unready, unread time.Duration
			var words string
			for time.Since(cut) < c.long {
				soon, cancel := context.WithTimeout(ctx, time.Second)
				if err := a.Ping(soon); err != nil && unready == 0 {
					unready, words = time.Since(cut), err.Error()
				}
				cancel()
				time.Sleep(100 * time.Millisecond)
			}
			if c.mend != nil {
				c.mend(n)
			}
			mended := time.Now()
			within(t, 30*time.Second, "the node is ready", func() bool {
				soon, cancel := context.WithTimeout(ctx, time.Second)
				defer cancel()
				return a.Ping(soon) == nil
			})
			ready := time.Since(mended)
			within(t, 30*time.Second, "the node writes", func() bool {
				soon, cancel := context.WithTimeout(ctx, time.Second)
				defer cancel()
				return a.Write(soon, func(tx *store.Tx) error {
					_, err := tx.Exec("update counter set value = value where name = 'position'")
					return err
				}) == nil
			})
			wrote := time.Since(mended)
			for range 20 { // whatever lies in the pool of those that read
				soon, cancel := context.WithTimeout(ctx, 20*time.Second)
				began := time.Now()
				if _, err := a.LastPosition(soon); err != nil {
					t.Error("after all it does not read:", err)
				}
				unread = max(unread, time.Since(began))
				cancel()
			}
			time.Sleep(500 * time.Millisecond)
			rest := last()
			ended := make(chan map[string]error, 1)
			go func() { ended <- w.end() }()
			var said map[string]error
			select {
			case said = <-ended:
			case <-time.After(time.Minute):
				t.Fatal("a change is waited for still")
			}
			kept := keptRaw(t, direct(t, dir))
			good, open := int64(0), 0
			errs := map[string]int{}
			for name, err := range said {
				switch {
				case err != nil && strings.Contains(err.Error(), "Look whether the change is there"):
					open++
				case (err == nil) != kept[name]:
					t.Errorf("%s: said %v, kept %v", name, err, kept[name])
				}
				if err != nil {
					errs[ports.ReplaceAllString(err.Error(), "")]++
					if fault.KindOf(err) != fault.Unavailable {
						t.Errorf("refused: %v", err)
					}
				}
				if kept[name] {
					good++
				}
			}
			for _, s := range []*store.Store{a, b} {
				within(t, 30*time.Second, "the whole log is known", func() bool { return head(t, s, "alfa-public").Head.Size == good })
				checkLog(t, s, "alfa-public")
			}
			within(t, 30*time.Second, "one of the two is the first", func() bool { return a.First() != b.First() })
			t.Logf("%d changes kept, %d of unknown end; unready after %s: %s; when it was mended ready after %s, wrote after %s, read within %s; the other rested at most %s", good, open, unready.Round(time.Millisecond), words, ready.Round(time.Millisecond), wrote.Round(time.Millisecond), unread.Round(time.Millisecond), rest.Round(time.Millisecond))
			for e, k := range errs {
				t.Log(k, "times:", e)
			}
			if c.told && words == "" {
				t.Error("it did not say that the database is away")
			}
		})
	}
}

var ports = regexp.MustCompile(`127\.0\.0\.1:[0-9]+`)

// watchSecond tells for how long at most the second store of two took nothing.
func (w *writers) watchSecond() func() time.Duration {
	count := func() (n int) {
		w.mu.Lock()
		defer w.mu.Unlock()
		for name, err := range w.said {
			if k := name[len(name)-7]; err == nil && (k-'0')%2 == 1 {
				n++
			}
		}
		return n
	}
	quit, ended := make(chan bool), make(chan time.Duration)
	go func() {
		n, at, most := count(), time.Now(), time.Duration(0)
		for {
			select {
			case <-quit:
				ended <- most
				return
			case <-time.After(20 * time.Millisecond):
			}
			if now := count(); now != n {
				n, at = now, time.Now()
			}
			most = max(most, time.Since(at))
		}
	}()
	return func() time.Duration { close(quit); return <-ended }
}
