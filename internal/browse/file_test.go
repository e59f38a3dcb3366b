package browse_test

import (
	"context"
	"encoding/hex"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/blob"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

// TestFile asks for an attached file at every moment of a release's life.
func TestFile(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	n := testkit.Open(t)
	blobs, err := blob.OpenDir(filepath.Join(n.Dir, "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	defer blobs.Close()
	hash, err := blobs.Put(t.Context(), []byte("%PDF-1.7 of an agreement"))
	if err != nil {
		t.Fatal(err)
	}
	sum, err := hex.DecodeString(hash)
	if err != nil {
		t.Fatal(err)
	}
	file := wire.Attachment{SHA256: [32]byte(sum), Length: 24, MediaType: "text/html"} // as its sender calls it
	in := testkit.Input(map[lang.Tag][2]string{lang.EN: {"Agreement", "Body."}, lang.RU: {"Соглашение", "Текст."}})
	for i := range in.Items {
		if in.Items[i].Language == lang.EN {
			in.Items[i].Content.Attachments = []wire.Attachment{file}
		}
	}
	in.EmbargoedUntil = testkit.Start.Add(time.Hour)
	in.Follow = func(tx *store.Tx, r *wire.Release) error {
		return tx.PutReleaseFile(string(r.ID), store.DraftFile{Hash: hash, MediaType: "application/pdf", Length: 24})
	}
	r, err := n.Publish.Create(ctx, testkit.Viewer("alfa"), in)
	if err != nil {
		t.Fatal(err)
	}
	viewers := map[string]access.Viewer{"anyone": {}, "at the machine": {Local: true}, "alfa": testkit.Viewer("alfa"), "beta": testkit.Viewer("beta")}
	see := func(moment string, allowed ...string) {
		t.Helper()
		for who, v := range viewers {
			want := strings.Contains(strings.Join(allowed, ","), who)
			mt, name, f, err := n.Browse.File(ctx, v, r.Text(lang.EN).ID, hash)
			switch {
			case want && err != nil, !want && fault.KindOf(err) != fault.NotFound, !want && err == nil:
				t.Errorf("%s, %s: %v, want %v", moment, who, err, want)
			case want:
				b, err := io.ReadAll(f)
				if f.Close(); err != nil || string(b) != "%PDF-1.7 of an agreement" || mt != "application/pdf" || name != hash[:12]+".pdf" {
					t.Errorf("%s, %s: %q %s %s, %v", moment, who, b, mt, name, err)
				}
			}
			for _, no := range []string{"", "../jarchi.db", strings.Repeat("0", 64), hash[:63], strings.ToUpper(hash)} {
				if _, _, _, err := n.Browse.File(ctx, v, r.Text(lang.EN).ID, no); fault.KindOf(err) != fault.NotFound {
					t.Errorf("%s, %s: %q gives %v", moment, who, no, err)
				}
			}
			if _, _, _, err := n.Browse.File(ctx, v, r.Text(lang.RU).ID, hash); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s, %s: the file of another item gives %v", moment, who, err)
			}
		}
	}
	see("under embargo", "alfa")
	n.Clock.Move(time.Hour)
	if err := n.Publish.Handlers()[publish.JobOpen](ctx, jobs.Job{Args: string(r.ID)}); err != nil {
		t.Fatal(err)
	}
	all := []string{"anyone", "at the machine", "alfa", "beta"}
	see("open", all...)
	without := map[wire.ItemID]wire.Content{r.Text(lang.EN).ID: {Headline: "Agreement", Body: []string{"Without its file."}}}
	if _, err := n.Publish.Update(ctx, testkit.Viewer("alfa"), r.ID, wire.Changes{Content: without}, nil); err != nil {
		t.Fatal(err)
	}
	see("updated without it", all...) // the first version can still be read
	if _, err := n.Publish.Withdraw(ctx, testkit.Viewer("alfa"), r.ID, "not confirmed", nil); err != nil {
		t.Fatal(err)
	}
	see("withdrawn")
	if _, err := n.Publish.Erase(ctx, testkit.Viewer("alfa"), r.ID, nil); err != nil {
		t.Fatal(err)
	}
	see("erased")
}
