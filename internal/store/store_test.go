package store_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/tlog"
	"jarchi.dev/jarchi/internal/wire"
)

var ctx = context.Background()

func open(t testing.TB, dir string) *store.Store {
	t.Helper()
	place(t, dir)
	s, err := tryOpen(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func tryOpen(dir string) (*store.Store, error) {
	return store.Open(ctx, dir, time.Now, slog.New(slog.DiscardHandler))
}

func member(id wire.MemberID) wire.Member {
	return wire.Member{ID: id, Kind: wire.Agency, Domain: string(id) + ".example", Zone: "UTC"}
}

// leaf enters one leaf in the member's public log.
func leaf(s *store.Store, m wire.MemberID) error {
	return s.Write(ctx, func(t *store.Tx) error {
		_, err := t.Append(m, tlog.Public, tlog.Leaf{Kind: tlog.KindWithdraw, ID: string(wire.NewReleaseID()), Time: time.Now().Unix()})
		return err
	})
}

func head(t testing.TB, s *store.Store, name string) store.LogHead {
	t.Helper()
	h, err := s.Log(name)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func checkLog(t testing.TB, s *store.Store, name string) {
	t.Helper()
	h := head(t, s, name)
	v, err := tlog.Verifier(h.VKey)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tlog.CheckLog(ctx, s.Rows(h), h.Checkpoint, v); err != nil {
		t.Error(err)
	}
}

func TestFolderTroubleIsNamed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	_, err := tryOpen(dir)
	if fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), "Another process") {
		t.Errorf("open twice: %v", err)
	}
	s.Close()

	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := tryOpen(file); fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), file) {
		t.Errorf("a file in the place of the folder: %v", err)
	}

	garbage := t.TempDir()
	if err := os.WriteFile(filepath.Join(garbage, "jarchi.db"), []byte(strings.Repeat("this is not a database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := tryOpen(garbage); fault.KindOf(err) != fault.Corrupt || !strings.Contains(err.Error(), garbage) {
		t.Errorf("not a database: %v", err)
	}
	if os.Getuid() != 0 { // root may write everywhere
		locked := t.TempDir()
		if err := os.Chmod(locked, 0o500); err != nil {
			t.Fatal(err)
		}
		if _, err := tryOpen(locked); fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), locked) {
			t.Errorf("read-only: %v", err)
		}
	}
}

// TestYesterdaysBackup: a database that is older than the guard file must not sign again.
func TestYesterdaysBackup(t *testing.T) {
	t.Parallel()
	onFileAlone(t, "an older file is put back under the guard file; of PostgreSQL TestOlderStateUnderTwoNodes and TestWhoMayOpenADatabase")
	dir := t.TempDir()
	s := open(t, dir)
	if err := s.AddMember(ctx, member("alfa")); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := leaf(s, "alfa"); err != nil {
			t.Fatal(err)
		}
	}
	s.Close()
	old, err := os.ReadFile(filepath.Join(dir, "jarchi.db"))
	if err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	if err := leaf(s, "alfa"); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if err := os.WriteFile(filepath.Join(dir, "jarchi.db"), old, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := tryOpen(dir); fault.KindOf(err) != fault.Corrupt {
		t.Errorf("opened a database from before the last release: %v", err)
	}
	// And a folder whose guard file is gone needs the operator's word.
	if err := os.Remove(filepath.Join(dir, "guard")); err != nil {
		t.Fatal(err)
	}
	if _, err := tryOpen(dir); fault.KindOf(err) != fault.Conflict {
		t.Errorf("opened a log that no guard file knows: %v", err)
	}
}

// TestOneFailureIsNotAnothers: in a group, one caller's fault undoes only its own change.
func TestOneFailureIsNotAnothers(t *testing.T) { onBoth(t, testOneFailureIsNotAnothers) }

func testOneFailureIsNotAnothers(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	if err := s.AddMember(ctx, member("alfa")); err != nil {
		t.Fatal(err)
	}
	boom := errors.New("boom")
	var wg sync.WaitGroup
	var mu sync.Mutex
	acknowledged := 0
	for i := range 200 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			err := s.Write(ctx, func(t *store.Tx) error {
				if _, err := t.Append("alfa", tlog.Public, tlog.Leaf{Kind: tlog.KindWithdraw, ID: string(wire.NewReleaseID()), Time: 1}); err != nil {
					return err
				}
				if i%7 == 0 {
					return boom
				}
				return nil
			})
			if (i%7 == 0) != errors.Is(err, boom) {
				t.Errorf("%d: %v", i, err)
			}
			if err == nil {
				mu.Lock()
				acknowledged++
				mu.Unlock()
			}
		}()
	}
	wg.Wait()
	if h := head(t, s, "alfa-public"); h.Head.Size != int64(acknowledged) {
		t.Errorf("%d acknowledged, %d leaves", acknowledged, h.Head.Size)
	}
	checkLog(t, s, "alfa-public")
}

// TestCancelledReadsUnderLoad: contexts that end in mid-query must not harm the driver or others.
func TestCancelledReadsUnderLoad(t *testing.T) { onBoth(t, testCancelledReadsUnderLoad) }

func testCancelledReadsUnderLoad(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	err := s.Write(ctx, func(t *store.Tx) error {
		for i := range 300 {
			d := store.IndexDoc{Marks: "xa0"}
			d.Headline, d.Body = "alpha beta", strings.Repeat("alpha beta gamma delta ", 40)
			if err := t.Index(int64(i+1), d); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for k := range 30 {
				c, cancel := context.WithTimeout(ctx, time.Duration(i*k)*5*time.Microsecond)
				s.Match(c, `{headline body} : "alpha" NOT {headline body} : "omega"`, 0, 1<<62, 500)
				cancel()
			}
		}()
	}
	wg.Wait()
	ids, err := s.Match(ctx, `"gamma"`, 0, 1<<62, 500)
	if err != nil || len(ids) != 300 || ids[0] < ids[299] {
		t.Errorf("%d found, %v", len(ids), err)
	}
}

// TestChangesGivenUp: a change that has begun is awaited though its caller would go, so that what it told may be read; one that was given up
// before is never made. Their neighbours are made.
func TestChangesGivenUp(t *testing.T) { onBoth(t, testChangesGivenUp) }

func testChangesGivenUp(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	if err := s.AddMember(ctx, member("alfa")); err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancel(ctx)
	begun, told, slow, given := make(chan struct{}), 0, make(chan error, 1), make(chan error, 1)
	go func() {
		slow <- s.Write(gone, func(tx *store.Tx) error {
			close(begun)
			time.Sleep(50 * time.Millisecond)
			told = 1
			_, err := tx.Append("alfa", tlog.Public, tlog.Leaf{Kind: tlog.KindWithdraw, ID: string(wire.NewReleaseID()), Time: 1})
			return err
		})
	}()
	<-begun
	never := 0
	go func() { given <- s.Write(gone, func(tx *store.Tx) error { never++; return nil }) }()
	time.Sleep(10 * time.Millisecond)
	cancel()
	if err := <-given; !errors.Is(err, context.Canceled) || fault.KindOf(err) != fault.Unavailable {
		t.Errorf("who gave up was told %v", err)
	}
	never++
	if err := <-slow; err != nil || told != 1 {
		t.Errorf("the caller of a change that had begun was told %v, %d", err, told)
	}
	if err := leaf(s, "alfa"); err != nil {
		t.Fatal(err)
	}
	if h := head(t, s, "alfa-public"); h.Head.Size != 2 || never != 1 {
		t.Errorf("%d leaves, %d", h.Head.Size, never)
	}
}

func TestJobs(t *testing.T) { onBoth(t, testJobs) }

func testJobs(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	q := s.Jobs()
	now := time.Now()
	put := func(j jobs.Job) {
		t.Helper()
		if err := s.Write(ctx, func(t *store.Tx) error { return t.Enqueue(j) }); err != nil {
			t.Fatal(err)
		}
	}
	put(jobs.Job{Kind: "a", Args: "1", RunAt: now})
	put(jobs.Job{Kind: "a", Args: "2", RunAt: now.Add(time.Hour)})
	put(jobs.Job{Kind: "b", Args: "3", Dedup: "only one", RunAt: now.Add(time.Hour)})
	put(jobs.Job{Kind: "b", Args: "4", Dedup: "only one", RunAt: now})
	first, err := q.Claim(ctx, now, 10)
	if err != nil || len(first) != 2 {
		t.Fatalf("claimed %v, %v", first, err)
	}
	if again, err := q.Claim(ctx, now, 10); err != nil || len(again) != 0 {
		t.Errorf("claimed twice: %v, %v", again, err)
	}
	// The lease runs out: somebody else gets it, and the first one's word counts no more.
	later := now.Add(jobs.LeaseTime + time.Second)
	second, err := q.Claim(ctx, later, 10)
	if err != nil || len(second) != 2 || second[0].Attempt != 2 {
		t.Fatalf("after the lease: %v, %v", second, err)
	}
	if ok, err := q.Renew(ctx, first[0], later); ok || err != nil {
		t.Errorf("a lost lease was renewed: %v", err)
	}
	if err := q.Finish(ctx, first[0]); err != nil {
		t.Fatal(err)
	}
	if ok, err := q.Renew(ctx, second[0], later); !ok || err != nil {
		t.Errorf("the job was finished by one who had lost it: %v", err)
	}
	if err := q.Fail(ctx, second[0], "boom", later, true); err != nil {
		t.Fatal(err)
	}
	if err := q.Finish(ctx, second[1]); err != nil {
		t.Fatal(err)
	}
	dead, err := s.DeadJobs(ctx, 10)
	if err != nil || len(dead) != 1 || dead[0].Error != "boom" {
		t.Fatalf("dead letters %v, %v", dead, err)
	}
	if due, err := q.NextDue(ctx); err != nil || !due.Equal(now.Add(time.Hour).Truncate(time.Microsecond)) {
		t.Errorf("next due %v, %v", due, err)
	}
	if err := s.RetryJob(ctx, dead[0].ID); err != nil {
		t.Fatal(err)
	}
	if js, err := q.Claim(ctx, time.Now(), 10); err != nil || len(js) != 1 || js[0].Attempt != 1 {
		t.Errorf("retried: %v, %v", js, err)
	}
}

func TestTokens(t *testing.T) { onBoth(t, testTokens) }

func testTokens(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	if err := s.AddMember(ctx, member("alfa")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.CreateToken(ctx, "nobody", access.Scopes, ""); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a token for nobody: %v", err)
	}
	secret, err := s.CreateToken(ctx, "alfa", []access.Scope{access.Read}, "test")
	if err != nil {
		t.Fatal(err)
	}
	k, err := s.Token(ctx, secret)
	if err != nil || k.Member != "alfa" || len(k.Scopes) != 1 {
		t.Fatal(k, err)
	}
	if err := s.RevokeToken(ctx, k.ID); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{second(s.Token(ctx, secret)), second(s.Token(ctx, ""))} {
		if fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("after the token was revoked: %v", err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// TestFullDisk publishes on a disk of one megabyte until it is full: a sentence that names the place,
// nothing lost, and it goes on when there is room.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	onFileAlone(t, "the disk of the folder is the database's")
	dir := t.TempDir()
	if os.Getuid() != 0 || exec.Command("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", dir).Run() != nil {
		t.Skip("needs the right to mount a small disk")
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	s := open(t, dir)
	if err := s.AddMember(ctx, member("alfa")); err != nil {
		t.Fatal(err)
	}
	stored := 0
	var full error
	for i := 0; full == nil && i < 2000; i++ {
		full = s.Write(ctx, func(t *store.Tx) error {
			if err := t.PutRaw(store.RawRow{Hash: fmt.Sprintf("%064d", i), Length: 40_000, Arrived: time.Now(), Bytes: make([]byte, 40_000)}); err != nil {
				return err
			}
			_, err := t.Append("alfa", tlog.Public, tlog.Leaf{Kind: tlog.KindWithdraw, ID: string(wire.NewReleaseID()), Time: 1})
			return err
		})
		if full == nil {
			stored++
		}
	}
	if fault.KindOf(full) != fault.Unavailable || !strings.Contains(full.Error(), dir) || !strings.Contains(full.Error(), "full") {
		t.Fatalf("after %d: %v", stored, full)
	}
	if h := head(t, s, "alfa-public"); h.Head.Size != int64(stored) {
		t.Errorf("%d acknowledged, %d leaves", stored, h.Head.Size)
	}
	unready := s.Ping(ctx)
	time.Sleep(1100 * time.Millisecond) // then it looks for itself
	for _, err := range []error{unready, s.Ping(ctx)} {
		if fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), "full") {
			t.Errorf("ready on a full disk: %v", err)
		}
	}
	if err := exec.Command("mount", "-o", "remount,size=8m", dir).Run(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(1100 * time.Millisecond)
	if err := s.Ping(ctx); err != nil {
		t.Error("not ready with room again:", err)
	}
	if err := leaf(s, "alfa"); err != nil {
		t.Error("with room again:", err)
	}
	checkLog(t, s, "alfa-public")
}
