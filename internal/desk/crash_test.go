package desk_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/blob"
	"jarchi.dev/jarchi/internal/desk"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

const crashDir = "JARCHI_DESK_CRASH_DIR"

// TestKilled has another process begin and send drafts, as fast as it can, kills it in the middle, and
// looks at what is on the disk: every draft has left once with its release, or is there with its words.
func TestKilled(t *testing.T) {
	if dir := os.Getenv(crashDir); dir != "" {
		sendForEver(t, dir)
		return
	}
	t.Parallel()
	rounds := 3
	if testing.Short() {
		rounds = 1
	}
	for i := range rounds {
		dir := t.TempDir()
		child := exec.Command(os.Args[0], "-test.run=^TestKilled$")
		child.Env = append(os.Environ(), crashDir+"="+dir)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewReader(out)
		for n := 0; n < 20+7*i; { // so many sends were answered
			line, err := lines.ReadString('\n')
			if err != nil {
				t.Fatalf("the other process ended: %v", err)
			}
			if line == "sent\n" {
				n++
			}
		}
		child.Process.Kill()
		io.Copy(io.Discard, lines)
		child.Wait()

		n := testkit.OpenAt(t, dir, time.Now)
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
		n.Close()
	}
}

func sendForEver(t *testing.T, dir string) {
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
	var mu sync.Mutex
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				d, err := s.Begin(ctx, p, "news", []lang.Tag{lang.EN})
				if err != nil {
					return
				}
				part := d.Parts[0]
				part.Headline, part.Body = fmt.Sprintf("Headline %d of %d", i, w), "Body."
				if d, _, err = s.SavePart(ctx, p, d.ID, part); err != nil {
					return
				}
				if _, err = s.Send(ctx, p, d.ID, d.Revision); err != nil {
					return
				}
				mu.Lock()
				fmt.Println("sent")
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}
