package desk_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/blob"
	"jarchi.dev/jarchi/internal/desk"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

// attach gives the English text of a draft a picture with these words in it.
func (r *room) attach(d *desk.Draft, words string) (_ *desk.Draft, hash string) {
	r.t.Helper()
	b := append(bytes.Clone(png), words...)
	d, err := r.Attach(ctx, r.p["aida"], d.ID, lang.EN, "a.png", "image/png", bytes.NewReader(b))
	r.must(err)
	return d, blob.Hash(b)
}

func (r *room) send(d *desk.Draft) *wire.Release {
	r.t.Helper()
	rel, err := r.Send(ctx, r.p["dana"], d.ID, d.Revision)
	r.must(err)
	return rel
}

// TestErasureReachesEverything erases a release that is being updated and corrected and that left with
// pictures, with and without a crash before the jobs that follow, and reads every file of the data folder.
// One picture is another release's as well: that stays.
func TestErasureReachesEverything(t *testing.T) {
	t.Parallel()
	for _, crash := range []bool{false, true} {
		t.Run(fmt.Sprint("crash ", crash), func(t *testing.T) {
			t.Parallel()
			r := newRoom(t, 0)
			d := r.save("aida", r.begin(lang.EN), lang.EN, "Verborgenkopf", "Verborgenwort of the body.")
			d, own := r.attach(d, "verborgenbild")
			d, shared := r.attach(d, "a picture of two releases")
			rel := r.send(d)
			other, _ := r.attach(r.begin(lang.EN), "a picture of two releases")
			two := r.send(other)

			revise := func(k desk.Kind) *desk.Draft {
				t.Helper()
				d, err := r.Revise(ctx, r.p["aida"], "news", k, rel.ID)
				r.must(err)
				return d
			}
			update := revise(desk.Update)
			began := *update.Part(lang.EN)
			update = r.save("bek", update, lang.EN, "Verborgenkopf two", "Verborgenwort, rewritten.")
			update, added := r.attach(update, "verborgenbild of the update")
			began.Body = "Verborgenwort, beside."
			update, beside, err := r.SavePart(ctx, r.p["aida"], update.ID, began)
			r.must(err)
			if beside == nil {
				t.Fatal("nothing stands beside")
			}
			correction := r.set("aida", revise(desk.Correct), func(s *desk.Settings) { s.Reason = "Verborgenwort in the reason." })

			// After a withdrawal they stay with the desk, and do not leave it.
			_, err = r.Withdraw(ctx, r.p["dana"], rel.ID, "not confirmed")
			r.must(err)
			if got := r.get(update.ID); got.Part(lang.EN).Body != "Verborgenwort, rewritten." {
				t.Errorf("%+v", got)
			}
			_, err = r.Send(ctx, r.p["dana"], update.ID, update.Revision)
			is(t, err, fault.Conflict)
			if _, err := r.blob.Get(ctx, own); err != nil {
				t.Error("a withdrawal removed the file", err)
			}

			_, err = r.Publish.Erase(ctx, testkit.Viewer("alfa"), rel.ID, nil)
			r.must(err)
			for _, id := range []desk.DraftID{update.ID, correction.ID} {
				_, err = r.Draft(ctx, r.p["aida"], id)
				is(t, err, fault.NotFound)
			}
			_, _, err = r.SavePart(ctx, r.p["bek"], update.ID, *update.Part(lang.EN))
			is(t, err, fault.NotFound)
			is(t, r.Settle(ctx, r.p["bek"], update.ID, beside.ID), fault.NotFound)
			_, err = r.Revise(ctx, r.p["aida"], "news", desk.Update, rel.ID)
			is(t, err, fault.Conflict)

			if crash { // the bytes are still there, and so is what removes them
				if _, err := r.blob.Get(ctx, own); err != nil {
					t.Fatal(err)
				}
				clock := r.Clock
				r.Close()
				r.Node = testkit.OpenAt(t, r.Dir, clock.Now)
				r.Clock = clock
				r.serve()
			}
			for r.runJobs() > 0 {
			}
			for _, hash := range []string{own, added} {
				if _, err := r.blob.Get(ctx, hash); fault.KindOf(err) != fault.NotFound {
					t.Errorf("a file of the erased release: %v", err)
				}
			}
			_, _, f, err := r.Browse.File(ctx, testkit.Viewer("beta"), two.Text(lang.EN).ID, shared)
			if err != nil {
				t.Error("the other release has lost its file:", err)
			} else {
				f.Close()
			}
			words := []string{"erborgenwort", "erborgenkopf", "erborgenbild"}
			for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
				found := testkit.FilesWith(t, r.Dir, words...)
				if len(found) == 0 {
					break
				}
				if time.Now().After(deadline) {
					t.Fatalf("the words stand in %v", found)
				}
			}
			// Its last need gone, the shared one goes too.
			_, err = r.Publish.Erase(ctx, testkit.Viewer("alfa"), two.ID, nil)
			r.must(err)
			for r.runJobs() > 0 {
			}
			if _, err := r.blob.Get(ctx, shared); fault.KindOf(err) != fault.NotFound {
				t.Errorf("a file of two erased releases: %v", err)
			}
		})
	}
}

// TestDraftOfWhatIsGone: a draft that was begun with the words of a release which was erased before the
// draft's row was written is not written.
func TestDraftOfWhatIsGone(t *testing.T) {
	t.Parallel()
	r := newRoom(t, 0)
	rel := r.send(r.begin(lang.EN))
	_, err := r.Publish.Erase(ctx, testkit.Viewer("alfa"), rel.ID, nil)
	r.must(err)
	for id, want := range map[string]fault.Kind{string(rel.ID): fault.Conflict, "of no release": fault.NotFound} {
		err := r.Store.Write(ctx, func(tx *store.Tx) error {
			return tx.InsertDraft(store.Draft{ID: "late", Member: "alfa", Desk: "news", Kind: "update", Release: id, State: "writing", Revision: 1}, 10)
		})
		is(t, err, want)
	}
}

// TestSweep: a process died between putting a picture and writing the draft that has it. The weekly look
// through the folders finds it, goes on after a restart, and leaves what a draft, a release or a document has.
func TestSweep(t *testing.T) {
	t.Parallel()
	r := newRoom(t, 0)
	d, released := r.attach(r.begin(lang.EN), "released")
	r.send(d)
	d, drafted := r.attach(r.begin(lang.EN), "drafted")
	lost, err := r.blob.Put(ctx, []byte("put, and then the process died"))
	r.must(err)
	fresh, err := r.blob.Put(ctx, []byte("put, and its row is on its way"))
	r.must(err)
	raw, err := r.blob.Put(ctx, []byte("a document of others"))
	r.must(err)
	r.must(r.Store.Write(ctx, func(tx *store.Tx) error {
		return tx.PutRaw(store.RawRow{Hash: raw, Name: "a.html", Arrived: r.Clock.Now()})
	}))
	for _, hash := range []string{released, drafted, lost, raw, fresh} {
		at := r.Clock.Now()
		if hash == fresh {
			at = at.Add(7 * 24 * time.Hour)
		}
		r.must(os.Chtimes(filepath.Join(r.Dir, "blobs", hash[:2], hash[2:]), time.Time{}, at))
	}
	r.Clock.Move(48 * time.Hour)
	for range 2 { // a second plan changes nothing
		r.must(r.PlanSweep(ctx))
	}
	runs, began := 0, r.Clock.Now()
	for r.Clock.Now().Sub(began) < 7*24*time.Hour {
		if runs == 40 {
			r.must(r.PlanSweep(ctx)) // the node was started again
		}
		r.Clock.Move(40 * time.Minute)
		runs += r.runJobs()
	}
	if runs < 240 || runs > 256 {
		t.Errorf("%d folders in a week", runs)
	}
	for range 16 {
		r.Clock.Move(40 * time.Minute)
		r.runJobs()
	}
	for hash, want := range map[string]bool{released: true, drafted: true, raw: true, fresh: true, lost: false} {
		if _, err := r.blob.Get(ctx, hash); (err == nil) != want {
			t.Errorf("%.8s is there: %v, %v", hash, err == nil, err)
		}
	}
	if _, err := r.Draft(ctx, r.p["aida"], d.ID); err != nil {
		t.Error(err)
	}
	if err := r.Handlers()[desk.JobSweep](ctx, jobs.Job{Args: "no folder"}); err == nil || errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}
