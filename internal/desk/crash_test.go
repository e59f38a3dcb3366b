package desk_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/blob"
	"jarchi.dev/jarchi/internal/desk"
	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

const crashDir = "JARCHI_DESK_CRASH_DIR"

// TestKilled has another process begin and send drafts, as fast as it can, kills it in the middle, and
// looks at what is on the disk: every draft has left once with its release, or is there with its words.
func TestKilled(t *testing.T) {
	killed(t, "sent\n", 20, 7, sendForEver, func(n *testkit.Node) {
		rows, _, err := n.Store.Drafts(ctx, []string{"news"}, time.Time{}, 100_000)
		if err != nil {
			t.Fatal(err)
		}
		sent, open := 0, 0
		releases := map[string]bool{}
		for _, row := range rows {
			_, parts, err := n.Store.Draft(ctx, row.ID)
			if err != nil {
				t.Fatal(err)
			}
			if row.State != string(desk.Sent) {
				open++
				if row.Release != "" || len(parts) != 1 || (parts[0].Headline == "") != (row.Revision == 1) {
					t.Errorf("draft %s, %s, revision %d, release %q, headline %q", row.ID, row.State, row.Revision, row.Release, parts[0].Headline)
				}
				continue
			}
			sent++
			r, _, err := n.Store.Release(ctx, wire.ReleaseID(row.Release))
			if err != nil || r.State != wire.Released || releases[row.Release] {
				t.Errorf("draft %s: release %+v, %v", row.ID, r, err)
			}
			releases[row.Release] = true
			if parts[0].Headline != "" {
				t.Error("the words of a draft that left are still in the desk")
			}
		}
		all, err := n.Store.EventsAfter(ctx, 0, 100_000)
		if err != nil || len(all) != sent || sent < 20 {
			t.Errorf("%d releases, %d drafts sent, %d open, %v", len(all), sent, open, err)
		}
	})
}

// killed has another process do something over a folder, kills it when it has said a line some times, and
// looks at the folder as the next process finds it; each round kills it later.
func killed(t *testing.T, said string, first, step int, do func(*testing.T, string), look func(*testkit.Node)) {
	t.Helper()
	if dir := os.Getenv(crashDir); dir != "" {
		do(t, dir)
		return
	}
	t.Parallel()
	rounds := 3
	if testing.Short() {
		rounds = 1
	}
	for i := range rounds {
		dir := t.TempDir()
		testkit.OpenAt(t, dir, time.Now).Close() // a database's server, if there is one, ends with the process that began it: not with the one that is killed
		child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		child.Env = append(os.Environ(), crashDir+"="+dir)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewReader(out)
		for n := 0; n < first+step*i; {
			line, err := lines.ReadString('\n')
			if err != nil {
				t.Fatalf("the other process ended: %v", err)
			}
			if line == said {
				n++
			}
		}
		child.Process.Kill()
		io.Copy(io.Discard, lines)
		child.Wait()
		n := testkit.OpenAt(t, dir, time.Now)
		look(n)
		n.Close()
	}
}

// TestKilledErasing has another process attach pictures, send, revise and erase, kills it in the middle,
// and looks at what is on the disk: what is named is there, nothing revises what was erased, and when the
// jobs have run and the folders were looked through, no file is there that nothing names.
func TestKilledErasing(t *testing.T) {
	killed(t, "erased\n", 15, 5, eraseForEver, func(n *testkit.Node) {
		blobs, err := blob.OpenDir(filepath.Join(n.Dir, "blobs"))
		if err != nil {
			t.Fatal(err)
		}
		later := func() time.Time { return time.Now().Add(48 * time.Hour) }
		s := desk.NewService(n.Store, n.Publish, blobs, later)
		pending := 0
		for {
			js, err := n.Store.Jobs().Claim(ctx, later(), 50)
			if err != nil {
				t.Fatal(err)
			}
			if len(js) == 0 {
				break
			}
			for _, j := range js {
				if h := s.Handlers()[j.Kind]; h != nil { // what follows a publication elsewhere is not of this test
					pending++
					if err := h(ctx, j); err != nil {
						t.Error(err)
					}
				}
				if err := n.Store.Jobs().Finish(ctx, j); err != nil {
					t.Error(err)
				}
			}
		}
		states, erased := map[string]wire.State{}, 0
		events, err := n.Store.EventsAfter(ctx, 0, 100_000)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			r, _, err := n.Store.Release(ctx, wire.ReleaseID(e.Ref))
			if err != nil {
				t.Fatal(err)
			}
			if states[e.Ref] = r.State; e.Kind == wire.EventErased {
				erased++
			}
			for _, it := range r.Items {
				for _, a := range it.Current().Content.Attachments {
					hash := fmt.Sprintf("%x", a.SHA256)
					if _, ok, err := n.Store.ReleaseFile(ctx, e.Ref, hash); err != nil || !ok {
						t.Errorf("the file of release %s is not named: %v", e.Ref, err)
					}
					if _, err := blobs.Get(t.Context(), hash); err != nil {
						t.Errorf("the file of release %s: %v", e.Ref, err)
					}
				}
			}
		}
		rows, _, err := n.Store.Drafts(ctx, []string{"news"}, time.Time{}, 100_000)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			if row.State != string(desk.Sent) && states[row.Release] == wire.Erased {
				t.Errorf("draft %s revises what was erased", row.ID)
			}
			files, err := n.Store.DraftFiles(ctx, row.ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range files {
				if _, err := blobs.Get(t.Context(), f.Hash); err != nil {
					t.Errorf("the file of draft %s: %v", row.ID, err)
				}
			}
		}
		unnamed := func() (count int) {
			for _, path := range filesUnder(t, filepath.Join(n.Dir, "blobs")) {
				used, err := n.Store.FileUsed(ctx, path)
				if err != nil {
					t.Fatal(err)
				}
				if !used {
					count++
				}
			}
			return count
		}
		left := unnamed()
		for folder := range 256 {
			if err := s.Handlers()[desk.JobSweep](ctx, jobs.Job{Args: fmt.Sprintf("%02x", folder), Dedup: string(desk.JobSweep)}); err != nil {
				t.Error(err)
			}
		}
		if left > 4 || unnamed() != 0 || erased < 15 {
			t.Errorf("%d erased, %d files that nothing names, %d after the sweep", erased, left, unnamed())
		}
		t.Logf("%d erased, %d jobs were left to do, %d files were left that nothing names", erased, pending, left)
		blobs.Close()
	})
}

// filesUnder are the names of blobs in a folder.
func filesUnder(t *testing.T, dir string) (out []string) {
	names, err := filepath.Glob(filepath.Join(dir, "??", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		out = append(out, filepath.Base(filepath.Dir(n))+filepath.Base(n))
	}
	return out
}

func sendForEver(t *testing.T, dir string) {
	inRoom(t, dir, func(ctx context.Context, s *desk.Service, _ *testkit.Node, p people.Person, headline string) error {
		d, err := s.Begin(ctx, p, "news", []lang.Tag{lang.EN})
		if err != nil {
			return err
		}
		part := d.Parts[0]
		part.Headline, part.Body = headline, "Body."
		if d, _, err = s.SavePart(ctx, p, d.ID, part); err != nil {
			return err
		}
		if _, err = s.Send(ctx, p, d.ID, d.Revision); err == nil {
			fmt.Print("sent\n")
		}
		return err
	})
}

func eraseForEver(t *testing.T, dir string) {
	inRoom(t, dir, func(ctx context.Context, s *desk.Service, n *testkit.Node, p people.Person, headline string) error {
		d, err := s.Begin(ctx, p, "news", []lang.Tag{lang.EN})
		if err != nil {
			return err
		}
		part := d.Parts[0]
		part.Headline, part.Body = headline, "Body."
		if d, _, err = s.SavePart(ctx, p, d.ID, part); err != nil {
			return err
		}
		attach := func(d *desk.Draft, words string) (*desk.Draft, error) {
			return s.Attach(ctx, p, d.ID, lang.EN, "a.png", "", strings.NewReader(string(png)+words+headline))
		}
		if d, err = attach(d, "before "); err != nil {
			return err
		}
		r, err := s.Send(ctx, p, d.ID, d.Revision)
		if err != nil {
			return err
		}
		u, err := s.Revise(ctx, p, "news", desk.Update, r.ID)
		if err != nil {
			return err
		}
		if _, err = attach(u, "after "); err != nil {
			return err
		}
		if strings.Contains(headline, "3 of") { // some stay
			return nil
		}
		if _, err = n.Publish.Erase(ctx, testkit.Viewer("alfa"), r.ID, nil); err != nil {
			return err
		}
		fmt.Print("erased\n")
		js, err := n.Store.Jobs().Claim(ctx, time.Now(), 2) // the runner is not far behind
		for _, j := range js {
			if h := s.Handlers()[j.Kind]; h != nil && err == nil {
				err = h(ctx, j)
			}
			if err == nil {
				err = n.Store.Jobs().Finish(ctx, j)
			}
		}
		return err
	})
}

// inRoom has four people at once do something at a desk, again and again, until the process is killed.
func inRoom(t *testing.T, dir string, do func(ctx context.Context, s *desk.Service, n *testkit.Node, p people.Person, headline string) error) {
	n := testkit.OpenAt(t, dir, time.Now)
	p := people.Person{User: people.User{ID: "dana", Member: "alfa", Login: "dana", Grants: []people.Grant{{Desk: "news", Role: people.Editor}}}, Desks: []people.Desk{{ID: "news", Member: "alfa"}}}
	err := n.Store.AddMember(ctx, testkit.Member("alfa", wire.Agency))
	if err == nil {
		err = n.Store.ChangePeople(ctx, func(tx people.Tx) error {
			if err := tx.AddDesk(p.Desks[0], time.Now()); err != nil {
				return err
			}
			return tx.AddUser(p.User, "")
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := blob.OpenDir(filepath.Join(dir, "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	s := desk.NewService(n.Store, n.Publish, blobs, time.Now)
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second) // if nobody kills it
	defer cancel()
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				if err := do(ctx, s, n, p, fmt.Sprintf("Headline %d of %d", i, w)); err != nil {
					return
				}
			}
		})
	}
	wg.Wait()
}
