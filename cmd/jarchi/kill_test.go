package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/outbound"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/tlog"
)

// TestKill kills a node that publishes, again and again, with kill -9, and holds it to its word: what it
// acknowledged is there afterwards, every checkpoint that it let out is one of its log's own past, the
// logs and all versions verify, and it starts again each time.
func TestKill(t *testing.T) {
	if testing.Short() || underRace {
		t.Skip("takes most of a minute, and a node under the race detector is killed before it has done anything")
	}
	t.Parallel()
	kill(t, filepath.Join(t.TempDir(), "wire"), killRounds)
}

// kill plays so many rounds on the node of a folder.
func kill(t *testing.T, dir string, rounds int) {
	k := killing{t: t, dir: dir, released: map[string]promise{}, seen: map[int64]tlog.Hash{}}
	code, _, talk := runCommand("", "member", "add", "--data", k.dir, "--id", "alfa", "--kind", "agency", "--domain", "alfa.example", "--name", "en=Alfa")
	if code != 0 {
		t.Fatal(talk)
	}
	code, token, talk := runCommand("", "token", "create", "--data", k.dir, "--member", "alfa", "--scopes", "all")
	if code != 0 {
		t.Fatal(talk)
	}
	k.token = strings.TrimSpace(token)
	k.key = k.verifier()
	began := time.Now()
	for round := range rounds {
		k.round(round)
		if t.Failed() {
			return
		}
		if round%10 == 9 {
			k.check()
		}
	}
	k.check()
	t.Logf("%d kills in %s: %d releases acknowledged, %d checkpoints seen, none lost", rounds, time.Since(began).Round(time.Second), len(k.released), len(k.seen))
	if len(k.released) < rounds {
		t.Errorf("only %d releases in %d rounds: the test tests nothing", len(k.released), rounds)
	}
}

const killWriters = 4

// promise is what the node has acknowledged of a release.
type promise struct {
	headline string
	version  int
}

type killing struct {
	t               *testing.T
	dir, token, key string

	mu       sync.Mutex
	released map[string]promise
	fresh    []string            // acknowledged since the last start
	seen     map[int64]tlog.Hash // roots by size, of checkpoints that left the node
	written  int
}

// round starts the node, looks for what the last round was promised, publishes and kills.
func (k *killing) round(n int) {
	p, err := startNode(k.dir)
	if err != nil {
		k.t.Errorf("round %d: %v", n, err)
		return
	}
	defer p.kill()
	node, err := outbound.NewOperator(p.url)
	if err != nil {
		k.t.Error(err)
		return
	}
	for _, id := range k.fresh {
		k.look(node, id)
	}
	k.fresh = nil
	ctx, stop := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	for range killWriters {
		wg.Go(func() { k.write(ctx, node) })
	}
	wg.Go(func() { k.watch(ctx, node) })
	time.Sleep(time.Duration(20+rand.IntN(180)) * time.Millisecond)
	p.kill()
	stop()
	wg.Wait()
}

type released struct {
	ID    string
	State string
	Items []struct {
		Headline string
		Version  int
	}
}

// look holds the node to what it acknowledged.
func (k *killing) look(node *outbound.Operator, id string) {
	want := k.released[id]
	_, answer, err := node.Do(context.Background(), outbound.Call{Method: "GET", Path: releasesPath + "/" + id, Token: k.token})
	if err != nil {
		k.t.Errorf("the acknowledged release %s (%s) is lost: %v", id, want.headline, err)
		return
	}
	var r released
	if err := json.Unmarshal(answer, &r); err != nil || r.State != "released" || len(r.Items) != 1 || r.Items[0].Version < want.version ||
		r.Items[0].Version == want.version && r.Items[0].Headline != want.headline {
		k.t.Errorf("release %s: acknowledged was %+v, there is %s", id, want, answer)
	}
}

// write publishes until the node is gone: two new releases, then an update of the second.
func (k *killing) write(ctx context.Context, node *outbound.Operator) {
	last := ""
	for i := 0; ctx.Err() == nil; i++ {
		k.mu.Lock()
		k.written++
		headline := fmt.Sprintf("Report number %d", k.written)
		k.mu.Unlock()
		path := releasesPath
		if i%3 == 2 {
			path += "/" + last + "/update"
		}
		body := fmt.Sprintf(`{"items":[{"language":"en","type":"text","headlines":[{"value":%q}],"bodies":[{"contentType":"text/plain","value":"The ferry of line %d runs again."}]}]}`, headline, i)
		_, answer, err := node.Do(ctx, outbound.Call{Method: "POST", Path: path, Token: k.token, ContentType: "application/json", Body: []byte(body)})
		if err != nil {
			return // killed, or the answer was lost: nothing was promised
		}
		var r released
		if err := json.Unmarshal(answer, &r); err != nil || len(r.Items) != 1 || r.Items[0].Headline != headline {
			k.t.Errorf("answer %s: %v", answer, err)
			return
		}
		last = r.ID
		k.mu.Lock()
		k.released[r.ID] = promise{headline, r.Items[0].Version}
		k.fresh = append(k.fresh, r.ID)
		k.mu.Unlock()
	}
}

// watch collects checkpoints, as a witness would. Two of one size must be the same.
func (k *killing) watch(ctx context.Context, node *outbound.Operator) {
	v, err := tlog.Verifier(k.key)
	if err != nil {
		k.t.Error(err)
		return
	}
	for ctx.Err() == nil {
		_, note, err := node.Do(ctx, outbound.Call{Method: "GET", Path: "/log/alfa-public/checkpoint"})
		if fault.KindOf(err) == fault.NotFound {
			time.Sleep(3 * time.Millisecond) // nothing is in it yet
			continue
		}
		if err != nil {
			return
		}
		h, err := tlog.ParseCheckpoint(note, v.Name(), v)
		if err != nil {
			k.t.Errorf("checkpoint %q: %v", note, err)
			return
		}
		k.mu.Lock()
		if was, ok := k.seen[h.Size]; ok && was != h.Root {
			k.t.Errorf("two trees of %d leaves: %s and %s", h.Size, was, h.Root)
		}
		k.seen[h.Size] = h.Root
		k.mu.Unlock()
		time.Sleep(3 * time.Millisecond)
	}
}

// check looks at the folder of the killed node.
func (k *killing) check() {
	code, out, talk := runCommand("", "log", "check", "--data", k.dir)
	if code != 0 || !strings.Contains(out, "alfa-public: good.") || talk != "" {
		k.t.Fatalf("log check: status %d\n%s%s", code, out, talk)
	}
	ctx := context.Background()
	l, closed := k.open()
	defer closed()
	for _, size := range slices.Sorted(maps.Keys(k.seen)) {
		if size > l.Head.Size {
			k.t.Fatalf("a checkpoint of %d leaves was let out, but the log has %d", size, l.Head.Size)
		}
		root, err := l.RootAt(ctx, size)
		if err != nil || root != k.seen[size] {
			k.t.Fatalf("a fork: at %d leaves the root was %s and is %s (%v)", size, k.seen[size], root, err)
		}
	}
}

func (k *killing) open() (store.StoredLog, func()) {
	logs, done, err := inspect(context.Background(), k.dir)
	if err != nil {
		k.t.Fatal(err)
	}
	for _, l := range logs {
		if l.Name == "alfa-public" {
			return l, done
		}
	}
	k.t.Fatal("no log")
	return store.StoredLog{}, nil
}

func (k *killing) verifier() string {
	l, closed := k.open()
	defer closed()
	return l.VKey
}
