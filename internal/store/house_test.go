package store_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/store"
)

// TestHousekeeping: sizes, queue and logs are told, and what is old is counted and let go in steps, the same on both engines.
func TestHousekeeping(t *testing.T) {
	onBoth(t, func(t *testing.T) {
		s := open(t, t.TempDir())
		old := time.Now().Add(-48 * time.Hour)
		err := s.Write(ctx, func(tx *store.Tx) error {
			for _, name := range []string{"a", "b", "c"} {
				if err := tx.PutRaw(store.RawRow{Hash: strings.Repeat(name, 64), Name: name, Length: 1, Arrived: old, Bytes: []byte("x")}); err != nil {
					return err
				}
				if err := tx.AddEntry(people.Entry{ID: name, At: old, Action: "x", Count: 1}); err != nil {
					return err
				}
			}
			if err := tx.PutRaw(store.RawRow{Hash: strings.Repeat("d", 64), Length: 100_000, Arrived: old}); err != nil {
				return err
			}
			if err := tx.PutQuarantine(store.QuarantineRow{ID: strings.Repeat("c", 64), Name: "c", Arrived: old}); err != nil {
				return err
			}
			if err := tx.Enqueue(jobs.Job{Kind: "one", RunAt: old}); err != nil {
				return err
			}
			return tx.Enqueue(jobs.Job{Kind: "one", RunAt: time.Now().Add(time.Hour)})
		})
		if err != nil {
			t.Fatal(err)
		}
		h, err := s.Housekeeping(ctx)
		if err != nil || h.Bytes < 10_000 || h.Schema != store.Schema() || h.Quarantine != 1 || h.Engine == "" {
			t.Fatalf("%+v, %v", h, err)
		}
		if strings.HasPrefix(h.Engine, "PostgreSQL") && time.Since(h.Clock).Abs() > time.Minute {
			t.Errorf("the server's clock: %s", h.Clock)
		}
		if len(h.Queue) != 1 || h.Queue[0].Due != 1 || h.Queue[0].Waiting != 1 || h.Queue[0].Oldest.Sub(old).Abs() > time.Millisecond {
			t.Errorf("%+v", h.Queue)
		}
		cut := time.Now().Add(-24 * time.Hour)
		for k, want := range map[store.Kept]int64{store.KeptRaw: 3, store.KeptQuarantine: 1, store.KeptAudit: 3, store.KeptSessions: 0, store.KeptDrafts: 0} {
			if n, err := s.CountOld(ctx, k, cut); err != nil || n != want {
				t.Errorf("%s: %d, %v", k, n, err)
			}
			if n, err := s.CountOld(ctx, k, old.Add(-time.Hour)); err != nil || n != 0 {
				t.Errorf("%s before: %d, %v", k, n, err)
			}
		}
		if n, files, err := s.DropOld(ctx, store.KeptRaw, cut, 2); err != nil || n != 2 {
			t.Errorf("%d %v %v", n, files, err)
		}
		n, files, err := s.DropOld(ctx, store.KeptRaw, cut, 10)
		if err != nil || n != 1 || len(files) > 1 {
			t.Errorf("%d %v %v", n, files, err)
		}
		if n, files, err := s.DropOld(ctx, store.KeptQuarantine, cut, 10); err != nil || n != 1 || len(files) != 0 {
			t.Errorf("%d %v %v", n, files, err)
		}
		if n, _, err := s.DropOld(ctx, store.KeptAudit, cut, 10); err != nil || n != 3 {
			t.Errorf("%d %v", n, err)
		}
		for _, k := range []store.Kept{store.KeptSessions, store.KeptDrafts} {
			if n, _, err := s.DropOld(ctx, k, cut, 10); err != nil || n != 0 {
				t.Errorf("%s: %d %v", k, n, err)
			}
		}
		old2 := store.OldDeliveries{S: s}
		db := direct(t, s.Dir())
		for i := range 3 {
			if _, err := db.Exec("insert into delivery (subscription, message, position, kind, ref, item, first, waiting, outcome, tries, due, made, ended, last, lease) values ('a', $1, 1, 'released', 'r', '', 0, $2, '', 1, 0, 1, $3, '', '')",
				strings.Repeat("m", i+1), i/2, old.UnixMicro()); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := old2.CountOld(ctx, cut); err != nil || n != 2 {
			t.Errorf("deliveries: %d %v", n, err)
		}
		if n, err := old2.DropOld(ctx, cut, 10); err != nil || n != 2 {
			t.Errorf("deliveries: %d %v", n, err)
		}
		if _, _, err := s.DropOld(ctx, "release", cut, 10); fault.KindOf(err) != fault.Internal {
			t.Errorf("releases: %v", err)
		}
		if err := s.DropJob(ctx, 1); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a job that lives is dropped: %v", err)
		}
	})
}

// TestDeadJobsAreNotedWithThem: what is done with a job that was given up holds only together with the note of who did it.
func TestDeadJobsAreNotedWithThem(t *testing.T) {
	onBoth(t, func(t *testing.T) {
		s := open(t, t.TempDir())
		db := direct(t, s.Dir())
		if _, err := db.Exec("insert into job (id, kind, args, dedup, run_at, lease_until, lease, attempt, dead, last_error, created) values (7, 'gone', '', '', 1, 0, '', 20, 1, '', 1)"); err != nil {
			t.Fatal(err)
		}
		dead := func() (n int) {
			if err := db.QueryRow("select count(*) from job where id = 7 and dead = 1 and attempt = 20").Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		refuse := func(*store.Tx) error { return errors.New("the note is refused") }
		for name, do := range map[string]func(context.Context, int64, ...func(*store.Tx) error) error{"retried": s.RetryJob, "dropped": s.DropJob} {
			if err := do(ctx, 7, refuse); err == nil || dead() != 1 {
				t.Errorf("%s without a note: %v", name, err)
			}
			noted := false
			if err := do(ctx, 8, func(*store.Tx) error { noted = true; return nil }); fault.KindOf(err) != fault.NotFound || noted {
				t.Errorf("no job was %s, noted %v: %v", name, noted, err)
			}
		}
		noted := false
		if err := s.RetryJob(ctx, 7, func(*store.Tx) error { noted = true; return nil }); err != nil || !noted || dead() != 0 {
			t.Errorf("%v, noted %v", err, noted)
		}
	})
}
