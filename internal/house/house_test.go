package house

import (
	"cmp"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

// node is a service over a new folder; free is what its disk has left, clock its time.
type node struct {
	*Service
	store *store.Store
	free  atomic.Int64
	clock atomic.Int64
}

func newNode(t *testing.T) *node {
	t.Helper()
	n := &node{}
	n.free.Store(100 << 30)
	n.clock.Store(time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC).UnixNano())
	now := func() time.Time { return time.Unix(0, n.clock.Load()).UTC() }
	dir := t.TempDir()
	s, err := store.Open(context.Background(), dir, now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	n.store = s
	n.Service = New(Options{Rows: s, Dir: dir, Now: now, Log: slog.New(slog.DiscardHandler), Free: func(string) (int64, int64, error) { return n.free.Load(), 200 << 30, nil }})
	return n
}

func (n *node) pass(d time.Duration) { n.clock.Add(int64(d)) }

func (n *node) state(t *testing.T) State {
	t.Helper()
	st, err := n.State(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func codes(st State) (out []string) {
	for _, x := range st.Needs {
		out = append(out, x.Code)
	}
	return out
}

// TestWhatNeedsSomebody: a new node needs nobody; each trouble is told, the most urgent first, and goes when it is mended.
func TestWhatNeedsSomebody(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	n := newNode(t)
	if st := n.state(t); len(st.Needs) > 0 || st.Versions.Schema != store.Schema() || st.Database.Bytes == 0 || st.Database.Engine == "" {
		t.Errorf("a new node: %+v", st)
	}
	err := n.store.Write(ctx, func(tx *store.Tx) error {
		return tx.Enqueue(jobs.Job{Kind: "release.publish", Args: "abc", RunAt: n.Now()})
	})
	if err != nil {
		t.Fatal(err)
	}
	n.pass(QueueLate + time.Minute)
	if st := n.state(t); !slices.Equal(codes(st), []string{NeedQueue}) || st.Queue[0].Due != 1 || st.Needs[0].Says != "Work waits for 6 minutes." {
		t.Errorf("late: %+v", st)
	}
	q := n.store.Jobs()
	js, err := q.Claim(ctx, n.Now(), 1)
	if err != nil || len(js) != 1 {
		t.Fatal(js, err)
	}
	if st := n.state(t); st.Queue[0].Running != 1 || len(st.Needs) > 0 {
		t.Errorf("running: %+v", st)
	}
	if err := q.Fail(ctx, js[0], "The machine is tired.", n.Now(), true); err != nil {
		t.Fatal(err)
	}
	st := n.state(t)
	if !slices.Equal(codes(st), []string{NeedDead}) || len(st.Dead) != 1 || st.Dead[0].Error != "The machine is tired." || st.DeadAll != 1 {
		t.Errorf("given up: %+v", st)
	}
	if other := st.For("beta"); len(other.Dead) != 0 || other.DeadAll != 1 {
		t.Errorf("another member's administrator sees %+v", other.Dead)
	}
	if err := n.Retry(ctx, "aizhan", "alfa", st.Dead[0].ID); err != nil {
		t.Fatal(err)
	}
	if err := n.Drop(ctx, "aizhan", "alfa", st.Dead[0].ID); err == nil {
		t.Error("a job that lives was dropped")
	}
	if js, err = q.Claim(ctx, n.Now(), 1); err != nil || len(js) != 1 {
		t.Fatal(js, err)
	}
	if err := q.Fail(ctx, js[0], "Again.", n.Now(), true); err != nil {
		t.Fatal(err)
	}
	if err := n.Drop(ctx, "aizhan", "alfa", js[0].ID); err != nil {
		t.Fatal(err)
	}
	if st := n.state(t); len(st.Needs) > 0 || len(st.Queue) > 0 {
		t.Errorf("dropped: %+v", st)
	}
	list, err := n.store.Audit(ctx, people.AuditFilter{Limit: 10})
	if err != nil || len(list) != 2 || list[0].Actor != "aizhan" || list[0].Member != "alfa" {
		t.Errorf("audit: %+v, %v", list, err)
	}

	if err := n.store.AddMember(ctx, testkit.Member("alfa", wire.Agency)); err != nil {
		t.Fatal(err)
	}
	if err := NoteBackup(n.Dir, Backup{Made: n.Now(), Bytes: 7, Schema: 1}); err != nil {
		t.Fatal(err)
	}
	n.pass(8 * 24 * time.Hour)
	if st := n.state(t); !slices.Equal(codes(st), []string{NeedBackupOld}) || !strings.Contains(st.Needs[0].Says, "8 days") || len(st.Logs) != 2 {
		t.Errorf("an old back-up: %+v", st)
	}
	if err := os.WriteFile(filepath.Join(n.Dir, backupNote), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if st := n.state(t); st.Backup != nil {
		t.Error("half a note is believed")
	}
}

// TestRoom: below what is to be kept nothing new is taken in; above it, with a quarter more, it is again, by itself.
func TestRoom(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	n.look()
	changed := n.RoomChanged()
	if n.Room() != nil || len(n.Ready(context.Background())) > 0 {
		t.Fatal("no room on an empty disk")
	}
	n.free.Store(DefaultKeepFree - 1)
	n.look()
	if n.Room() != ErrFull || !slices.Contains(codes(n.state(t)), NeedDisk) {
		t.Error("a full disk")
	}
	select {
	case <-changed:
	default:
		t.Error("nobody was told")
	}
	if r := n.Ready(context.Background()); len(r) != 1 || !strings.Contains(r[0], "nearly full") {
		t.Errorf("ready: %q", r)
	}
	n.free.Store(DefaultKeepFree + 1)
	if n.look(); n.Room() == nil {
		t.Error("it goes back and forth")
	}
	n.free.Store(2 * DefaultKeepFree)
	if n.look(); n.Room() != nil {
		t.Error("there is room again")
	}
	if st := n.state(t); !slices.Equal(codes(st), []string{NeedDiskSoon}) {
		t.Errorf("%q", codes(st))
	}
}

// TestClock: a clock is wrong by what several hosts say, by the database's newest event, or by a jump; one host alone says nothing.
func TestClock(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	now := n.Now()
	n.SawDate("a.example", now.Add(-time.Hour), now)
	n.SawDate("b.example", now.Add(-time.Hour), now)
	if c := n.Service.clock.state(); c.Wrong || c.Offset != 0 || c.Hosts != 2 {
		t.Errorf("two hosts: %+v", c)
	}
	n.SawDate("c.example", now.Add(-time.Hour), now)
	if c := n.Service.clock.state(); !c.Wrong || c.Offset != time.Hour || !strings.Contains(c.Words(), "60 minutes ahead of 3 other hosts") {
		t.Errorf("three hosts: %+v %s", c, c.Words())
	}
	for _, h := range []string{"d", "e", "f", "g"} {
		n.SawDate(h+".example", now.Add(-time.Second), now)
	}
	if c := n.Service.clock.state(); c.Wrong || c.Hosts != 7 {
		t.Errorf("most are right: %+v", c)
	}
	for i := range 3 * clockHosts {
		n.SawDate(strings.Repeat("x", i+1), now, now.Add(time.Duration(i)*time.Second))
	}
	if c := n.Service.clock.state(); c.Hosts != clockHosts {
		t.Errorf("%d hosts are kept", c.Hosts)
	}

	var c clock
	base := time.Now()
	c.tick(base, 0, time.Time{})
	c.tick(base.Add(pause), pause, base)
	if c.state().Wrong {
		t.Error("an even clock is wrong")
	}
	back := base.Add(pause).Round(0).Add(-time.Hour)
	c.tick(back, pause, base.Add(pause))
	if got := c.state(); !got.Wrong || got.Jumped > -time.Hour {
		t.Errorf("set back: %+v", got)
	}
	c.tick(back.Add(2*jumpTold), 2*jumpTold, back)
	if got := c.state(); got.Wrong {
		t.Errorf("long ago: %+v", got)
	}
	c.server(base, base.Add(time.Hour))
	if got := c.state(); !got.Wrong || got.Server != time.Hour {
		t.Errorf("the database's server: %+v", got)
	}
	c.server(time.Time{}, base)
	c.newest(base.Add(time.Minute), base)
	if got := c.state(); !got.Wrong || got.Ahead != time.Minute {
		t.Errorf("an event of the future: %+v", got)
	}
}

func TestPulse(t *testing.T) {
	t.Parallel()
	var p pulse
	now := time.Now()
	if p.state(now).Stuck {
		t.Error("stuck before it began")
	}
	p.begin(now)
	if w := p.state(now.Add(StuckAfter - 1)); w.Stuck || w.Wait != StuckAfter-1 {
		t.Errorf("%+v", w)
	}
	if !p.state(now.Add(StuckAfter + 1)).Stuck {
		t.Error("not stuck")
	}
	p.end(now.Add(time.Millisecond))
	if w := p.state(now.Add(time.Hour)); w.Stuck || w.Wait != time.Millisecond {
		t.Errorf("%+v", w)
	}
}

// TestSlow: places are told by name, the worst first, an hour long; what is remembered is bounded.
func TestSlow(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	n.Statement("Store.Search", 200*time.Millisecond)
	n.Statement("Store.Search", 300*time.Millisecond)
	n.Page("GET /releases/{id}", 700*time.Millisecond)
	n.Page("GET /{$}", SlowPage-1)
	got := n.state(t).Slow
	if len(got) != 2 || got[0].Name != "GET /releases/{id}" || !got[0].Page || got[1].Count != 2 || got[1].Worst != 300*time.Millisecond {
		t.Errorf("%+v", got)
	}
	for i := range 2 * slowKept {
		n.Statement(strings.Repeat("s", i%40+1), SlowPage)
	}
	if got := n.state(t).Slow; len(got) != slowShown {
		t.Errorf("%d places", len(got))
	}
	n.pass(2 * time.Hour)
	if got := n.state(t).Slow; len(got) != 0 {
		t.Errorf("after two hours: %+v", got)
	}
}

// TestCertificate: one that has run out is urgent, one near its end is told, by days or by the last fifth of a short life, and a new one ends both.
func TestCertificate(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	day := 24 * time.Hour
	for _, c := range []struct {
		life, left time.Duration
		want       string
	}{{90 * day, 40 * day, ""}, {90 * day, 13 * day, NeedCertSoon}, {6 * day, 3 * day, ""}, {6 * day, day, NeedCertSoon}, {90 * day, 0, NeedCertEnded}, {90 * day, -day, NeedCertEnded}} {
		until := at.Add(c.left)
		got := strings.Join(codes(State{Needs: needs(State{At: at, Certificate: &Certificate{From: until.Add(-c.life), Until: until}})}), " ")
		if got != c.want {
			t.Errorf("%s of %s left: %q, want %q", c.left, c.life, got, c.want)
		}
	}
}

// TestReadySaysOnce: a database that is gone is told once, and the clock of one that is off without anybody having asked for the state, until it is set.
func TestReadySaysOnce(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	n.Rows = &farRows{Rows: n.Rows, clock: n.Now().Add(-time.Minute)}
	if got := n.Ready(t.Context()); len(got) != 1 || !strings.Contains(got[0], "60 seconds ahead of the database's server") {
		t.Errorf("a clock that is off: %q", got)
	}
	n.Rows.(*farRows).clock = n.Now()
	if got := n.Ready(t.Context()); len(got) != 0 {
		t.Errorf("set: %q", got)
	}
	n.Rows.(*farRows).gone = fault.E(fault.Unavailable, "The database is out of reach.")
	if got := n.Ready(t.Context()); len(got) != 1 {
		t.Errorf("gone: %q", got)
	}
}

// farRows are those of a server with a clock of its own.
type farRows struct {
	Rows
	clock time.Time
	gone  error
}

func (r *farRows) Ping(context.Context) error { return r.gone }

func (r *farRows) Newest(ctx context.Context) (schema int64, event, clock time.Time, err error) {
	schema, event, _, err = r.Rows.Newest(ctx)
	return schema, event, r.clock, cmp.Or(r.gone, err)
}

func TestNeedsHaveWords(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, w := range needWords {
		if w.says == "" || w.act == "" || seen[w.code] {
			t.Errorf("%+v", w)
		}
		seen[w.code] = true
	}
}
