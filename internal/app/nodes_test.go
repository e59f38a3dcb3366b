package app_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/app"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/testkit/postgres"
	"jarchi.dev/jarchi/internal/tlog"
	"jarchi.dev/jarchi/internal/wire"
)

// nodes opens nodes on one new database, with the member newsroom. Their files lie in one folder.
func nodes(t *testing.T, n int) (out []*app.Node, address string) {
	t.Helper()
	address = postgres.New(t, func(address string) error {
		dir := t.TempDir()
		if err := store.SetDatabase(ctx, dir, address); err != nil {
			return err
		}
		s, err := store.Open(ctx, dir, time.Now, slog.New(slog.DiscardHandler))
		if err != nil {
			return err
		}
		return s.Close()
	})
	shared := t.TempDir()
	for range n {
		dir := t.TempDir()
		if err := os.Symlink(shared, filepath.Join(dir, "blobs")); err != nil {
			t.Fatal(err)
		}
		out = append(out, nodeAt(t, dir, address))
	}
	if err := out[0].Store.AddMember(ctx, testkit.Member("newsroom", wire.Agency)); err != nil {
		t.Fatal(err)
	}
	return out, address
}

// editor is somebody at a desk of the newsroom's, who is signed in.
func editor(t *testing.T, s *people.Service) (people.Desk, people.User, string) {
	t.Helper()
	d, err := s.MakeDesk(ctx, people.Desk{Member: "newsroom", Names: map[lang.Tag]string{lang.EN: "Night"}})
	if err != nil {
		t.Fatal(err)
	}
	u, err := s.MakeUser(ctx, people.User{Member: "newsroom", Name: "Aigerim", Login: "aigerim", Grants: []people.Grant{{Desk: d.ID, Role: people.Editor}}})
	if err != nil {
		t.Fatal(err)
	}
	session, err := s.OpenSession(ctx, u.ID, "test")
	if err != nil {
		t.Fatal(err)
	}
	return d, u, session
}

func nodeAt(t *testing.T, dir, address string) *app.Node {
	t.Helper()
	if err := store.SetDatabase(ctx, dir, address); err != nil {
		t.Fatal(err)
	}
	n, err := app.Open(ctx, app.Config{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.Close() })
	return n
}

// heard follows a node's stream and notes when each release came.
func heard(t *testing.T, n *app.Node) (came func(wire.ReleaseID) (time.Time, int)) {
	t.Helper()
	srv := httptest.NewServer(n.Handler())
	t.Cleanup(srv.Close)
	ctx, cancel := context.WithCancel(ctx)
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, "GET", srv.URL+"/api/v1/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatal(res, err)
	}
	var mu sync.Mutex
	var lines []string
	var at []time.Time
	begun := make(chan bool, 1)
	go func() {
		defer res.Body.Close()
		all := bufio.NewScanner(res.Body)
		all.Buffer(nil, 1<<20)
		for all.Scan() {
			if strings.HasPrefix(all.Text(), "id:") {
				select {
				case begun <- true:
				default:
				}
			}
			if strings.HasPrefix(all.Text(), "data:") {
				mu.Lock()
				lines, at = append(lines, all.Text()), append(at, time.Now())
				mu.Unlock()
			}
		}
	}()
	<-begun
	return func(id wire.ReleaseID) (first time.Time, times int) {
		mu.Lock()
		defer mu.Unlock()
		for i, l := range lines {
			if strings.Contains(l, string(id)) {
				if times++; times == 1 {
					first = at[i]
				}
			}
		}
		return first, times
	}
}

// TestTwoNodes: two nodes on one database publish at once, and what leaves or opens at its time does so once. Each reads what the other has published
// at once, a stream at either has every event once, and the logs are whole and the same.
func TestTwoNodes(t *testing.T) {
	t.Parallel()
	both, _ := nodes(t, 2)
	for _, n := range both {
		n.Start()
	}
	came := []func(wire.ReleaseID) (time.Time, int){heard(t, both[0]), heard(t, both[1])}
	v := testkit.Viewer("newsroom")
	at := time.Now().Add(5 * time.Second) // what is to come then is handed over first
	type made struct {
		id wire.ReleaseID
		by int
		at time.Time
	}
	var mu sync.Mutex
	var now, later []made
	var all sync.WaitGroup
	for k := range 4 {
		n, other := both[k%2], both[1-k%2]
		all.Go(func() {
			for i := range 40 {
				in := testkit.Input(map[lang.Tag][2]string{lang.EN: {fmt.Sprintf("Release %d of %d", i, k), fmt.Sprintf("The harvest of field %d is in, says the keeper of field %d.", i, k)}})
				switch i {
				case 0, 1:
					in.PublishAt = at
				case 2, 3:
					in.EmbargoedUntil = at
				}
				r, err := n.Publish.Create(ctx, v, in)
				if err != nil {
					t.Error(err)
					return
				}
				m := made{r.ID, k % 2, time.Now()}
				if i < 4 {
					mu.Lock()
					later = append(later, m)
					mu.Unlock()
					continue
				}
				if _, err := other.Browse.Release(ctx, access.Viewer{}, r.ID); err != nil {
					t.Errorf("the other node does not read it: %v", err)
				}
				mu.Lock()
				now = append(now, m)
				mu.Unlock()
			}
		})
	}
	all.Wait()
	for until := at.Add(8 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		out := 0
		for _, m := range later {
			for _, n := range both {
				e, err := n.Browse.Release(ctx, access.Viewer{}, m.id)
				if err == nil && e.Release.State == wire.Released && !e.Release.OpenedAt.Before(at) {
					out++
				}
			}
		}
		if out == 2*len(later) {
			break
		}
		if time.Now().After(until) {
			t.Fatalf("%d of %d are out", out, 2*len(later))
		}
	}
	var waits []time.Duration
	for _, m := range slices.Concat(now, later) {
		for k := range both {
			var first time.Time
			times := 0
			for until := time.Now().Add(5 * time.Second); times == 0 && time.Now().Before(until); time.Sleep(time.Millisecond) {
				first, times = came[k](m.id)
			}
			if times != 1 {
				t.Errorf("release %s came %d times to the stream of node %d", m.id, times, k)
			} else if k != m.by && slices.Contains(now, m) {
				waits = append(waits, first.Sub(m.at))
			}
		}
	}
	if slices.Sort(waits); len(waits) > 0 {
		t.Logf("from the end of publishing to the other node's stream: half within %s, all within %s", waits[len(waits)/2], waits[len(waits)-1])
	}
	events, err := both[1].Store.EventsAfter(ctx, 0, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	released := map[string]int{}
	for _, e := range events {
		if e.Kind == wire.EventReleased {
			released[e.Ref]++
		}
	}
	for _, m := range slices.Concat(now, later) {
		if released[string(m.id)] != 1 {
			t.Errorf("%s was released %d times", m.id, released[string(m.id)])
		}
	}
	for _, h := range both[0].Store.Logs() {
		var same tlog.Head
		for _, n := range both {
			for until := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
				h, err = n.Store.Log(h.Name)
				if err == nil && (same == tlog.Head{} || same == h.Head) {
					break
				}
				if time.Now().After(until) {
					t.Fatalf("%s: %v", h.Name, err)
				}
			}
			same = h.Head
			if h.Head.Size == 0 {
				continue
			}
			check, err := tlog.Verifier(h.VKey)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := tlog.CheckLog(ctx, n.Store.Rows(h), h.Checkpoint, check); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestWithdrawnAtTheOtherNode: what one node withdraws is not shown by the other any more, though it has kept the page.
func TestWithdrawnAtTheOtherNode(t *testing.T) {
	t.Parallel()
	both, _ := nodes(t, 2)
	v := testkit.Viewer("newsroom")
	r, err := both[0].Publish.Create(ctx, v, testkit.Input(map[lang.Tag][2]string{lang.EN: {"Quagga seen", "A quagga was seen at the river."}}))
	if err != nil {
		t.Fatal(err)
	}
	pages := []string{"/", "/releases/" + string(r.ID), "/feeds/all.atom", "/api/v1/items"}
	shown := func(path string) bool {
		b, err := io.ReadAll(get(t, both[1].Handler(), "127.0.0.1", path).Body)
		return err == nil && strings.Contains(string(b), "uagga seen")
	}
	for range 2 { // the second time as they were kept
		for _, path := range pages {
			if !shown(path) {
				t.Errorf("%s of the other node does not show it", path)
			}
		}
	}
	if _, err := both[0].Publish.Withdraw(ctx, v, r.ID, "It was a donkey.", nil); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	for _, path := range pages {
		for shown(path) {
			if time.Since(began) > 5*time.Second {
				t.Fatalf("%s still shows it", path)
			}
		}
	}
	t.Log("gone within", time.Since(began))
}

// TestPeopleAtTwoNodes: who signed in at one is signed in at the other, with the rights that she has at that moment, and not for longer.
func TestPeopleAtTwoNodes(t *testing.T) {
	if testing.Short() {
		t.Skip("one step after the other, and dear under the race detector: runs without it")
	}
	t.Parallel()
	both, _ := nodes(t, 2)
	a, b := both[0].People, both[1].People
	d, u, session := editor(t, a)
	head, err := b.MakeUser(ctx, people.User{Member: "newsroom", Name: "Zulfiya", Login: "zulfiya", Grants: []people.Grant{{Desk: d.ID, Role: people.Administrator}}})
	if err != nil {
		t.Fatal(err)
	}
	p, err := b.Person(ctx, session)
	if err != nil || len(p.Grants) != 1 {
		t.Fatalf("the other node does not know her: %v, %v", p, err)
	}
	if err := a.TakeRole(ctx, people.Person{User: head}, u.ID, people.Grant{Desk: d.ID, Role: people.Editor}); err != nil {
		t.Fatal(err)
	}
	if p, err = b.Person(ctx, session); err != nil || len(p.Grants) != 0 {
		t.Errorf("at the other node she still has the role: %v, %v", p, err)
	}
	if err := a.SignOut(ctx, session); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Person(ctx, session); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("at the other node the session goes on: %v", err)
	}
}

// TestFilesOfTwoNodes: a node whose folder of files is not the other's is refused.
func TestFilesOfTwoNodes(t *testing.T) {
	t.Parallel()
	_, address := nodes(t, 1)
	dir := t.TempDir()
	if err := store.SetDatabase(ctx, dir, address); err != nil {
		t.Fatal(err)
	}
	if _, err := app.Open(ctx, app.Config{Dir: dir, Log: slog.New(slog.DiscardHandler)}); fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "jarchi files move") {
		t.Errorf("a folder of its own: %v", err)
	}
}

// TestGuessesAtTwoNodes: who guesses at two nodes by turns has as many tries as at one; where somebody has signed in at one she is known at the other too.
func TestGuessesAtTwoNodes(t *testing.T) {
	if testing.Short() {
		t.Skip("one step after the other, and dear under the race detector: runs without it")
	}
	t.Parallel()
	both, _ := nodes(t, 2)
	a, b := both[0].People, both[1].People
	_, _, session := editor(t, a)
	p, err := a.Person(ctx, session)
	if err != nil {
		t.Fatal(err)
	}
	const password = "a long and secret word"
	if err := a.ChangePassword(ctx, p, "", password); err != nil {
		t.Fatal(err)
	}
	home, thief := people.Device{Address: netip.MustParseAddr("192.0.2.7")}, people.Device{Address: netip.MustParseAddr("198.51.100.9")}
	if _, err := a.SignIn(ctx, "aigerim", password, home); err != nil {
		t.Fatal(err)
	}
	wrong, busy := 0, 0
	for i := range 14 {
		switch _, err := []*people.Service{a, b}[i%2].SignIn(ctx, "aigerim", "not her password", thief); {
		case errors.Is(err, people.ErrWrong):
			wrong++
		case fault.KindOf(err) == fault.Busy:
			busy++
		default:
			t.Error(err)
		}
	}
	if wrong < 10 || wrong > 11 || wrong+busy != 14 { // one more where ten seconds have passed
		t.Errorf("%d wrong, %d busy", wrong, busy)
	}
	for _, s := range []*people.Service{a, b} {
		if _, err := s.SignIn(ctx, "aigerim", password, people.Device{Address: netip.MustParseAddr("203.0.113.1")}); fault.KindOf(err) != fault.Busy {
			t.Errorf("from a new place, while somebody guesses: %v", err)
		}
		if _, err := s.SignIn(ctx, "aigerim", password, home); err != nil {
			t.Errorf("where she is known: %v", err)
		}
	}
	wrong = 0
	for i := range 14 {
		if err := []*people.Service{a, b}[i%2].ChangePassword(ctx, p, "not her password", "another long word"); errors.Is(err, people.ErrWrong) {
			wrong++
		}
	}
	if wrong < 10 || wrong > 11 {
		t.Errorf("%d tries of the old password", wrong)
	}
}

// TestTokenAtTwoNodes: a token that calls two nodes by turns may call as often as at one, a burst at the other excepted, which it then waits for.
func TestTokenAtTwoNodes(t *testing.T) {
	if testing.Short() {
		t.Skip("one step after the other, and dear under the race detector: runs without it")
	}
	t.Parallel()
	both, _ := nodes(t, 2)
	for _, n := range both {
		n.Start()
	}
	secret := people.NewTokenSecret()
	if err := both[0].Store.Write(ctx, func(tx *store.Tx) error {
		id := people.NewTokenID()
		if err := tx.AddToken(people.Token{ID: id, Member: "newsroom", Label: "partner", Scopes: []access.Scope{access.Read}, Created: time.Now()}, people.Hash(secret)); err != nil {
			return err
		}
		return tx.SetTokenLimit(id, people.TokenLimit{PerMinute: 300, Burst: 20})
	}); err != nil {
		t.Fatal(err)
	}
	handlers := []http.Handler{both[0].Handler(), both[1].Handler()}
	let, began := 0, time.Now()
	for i := 0; time.Since(began) < 4*time.Second; i++ {
		r := httptest.NewRequest("GET", "http://127.0.0.1/api/v1/token", nil)
		r.Header.Set("Authorization", "Bearer "+secret)
		w := httptest.NewRecorder()
		handlers[i/7%2].ServeHTTP(w, r)
		switch w.Code {
		case http.StatusOK:
			let++
		case http.StatusTooManyRequests:
			time.Sleep(5 * time.Millisecond)
		default:
			t.Fatal(w.Code, w.Body)
		}
	}
	most := 20 + int(time.Since(began).Seconds()*5) // as at one node
	t.Log(let, "calls let through, where one node would", most)
	if let > most+20+10 || let < most-10 { // the other's burst, and a second of both
		t.Errorf("%d calls let through", let)
	}
}
