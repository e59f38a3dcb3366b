package app_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/app"
	"jarchi.dev/jarchi/internal/backup"
	"jarchi.dev/jarchi/internal/blob"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/intake"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/testkit/bucketserver"
	"jarchi.dev/jarchi/internal/testkit/postgres"
)

func TestMain(m *testing.M) { os.Exit(bucketserver.Main(m)) }

// documents are too large for rows.
func documents() (docs []intake.Document) {
	for i := range 5 {
		b := []byte(strings.Repeat(fmt.Sprintf("Ferry %d leaves at %d.\n\n", i, i), 2*store.SmallRaw/20))
		docs = append(docs, intake.Document{Name: fmt.Sprintf("%d.txt", i), ContentType: "text/plain", Declared: lang.EN, Bytes: b})
	}
	return docs
}

// objects are the keys that lie in a bucket.
func objects(t *testing.T, at blob.Place) (keys []string) {
	t.Helper()
	for o := range bucketserver.Client(t).ListObjectsIter(ctx, at.Bucket, minio.ListObjectsOptions{Recursive: true}) {
		if o.Err != nil {
			t.Fatal(o.Err)
		}
		keys = append(keys, o.Key)
	}
	return keys
}

// TestFilesInABucket: a node keeps its files in a bucket from the start, is backed up with them and restored without the bucket,
// and its files are moved to another bucket and into the folder.
func TestFilesInABucket(t *testing.T) {
	if testing.Short() {
		t.Skip("one step after the other: nothing for the race detector")
	}
	t.Parallel()
	first, second := bucketserver.Bucket(t, false), bucketserver.Bucket(t, true)
	dir := testkit.Folder(t)
	keys := filepath.Join(t.TempDir(), "keys")
	if err := os.WriteFile(keys, []byte(bucketserver.Keys.Access+"\n"+bucketserver.Keys.Secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := app.Config{Dir: dir, Now: time.Now, Log: slog.New(slog.DiscardHandler), FilesKey: keys}
	local := access.Viewer{Local: true, Scopes: []access.Scope{access.Intake}}
	docs := documents()
	// read says whether a node has all documents.
	read := func(when string, c app.Config) {
		t.Helper()
		n, err := app.Open(ctx, c)
		if err != nil {
			t.Fatal(when, err)
		}
		defer n.Close()
		if err := n.CheckFiles(ctx); err != nil {
			t.Error(when, err)
		}
		for _, d := range docs {
			if got, err := n.Browse.Raw(ctx, local, blob.Hash(d.Bytes)); err != nil || !bytes.Equal(got.Bytes, d.Bytes) {
				t.Error(when, err)
			}
		}
	}
	named := c
	named.Files = first.String()
	n, err := app.Open(ctx, named)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Receive.Import(ctx, local, docs); err != nil {
		t.Fatal(err)
	}
	// A back-up beside the node that runs.
	from, _, err := store.ReadBeside(ctx, dir, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	at, names, err := from.FilesPlace(ctx)
	if err != nil || at != first.String() {
		t.Fatal(at, err)
	}
	files, err := app.OpenBucket(at, names, t.TempDir(), keys)
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	rep, err := backup.Write(ctx, &file, from, files, time.Now())
	from.Close()
	if err != nil || rep.Files != len(docs) || len(rep.Missing) > 0 {
		t.Fatal(rep, err)
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	read("where they were", c)
	if keys := objects(t, first); len(keys) != len(docs) || !strings.HasPrefix(keys[0], first.Prefix) {
		t.Error("in the bucket:", keys)
	}
	if found, _ := filepath.Glob(filepath.Join(dir, "blobs", "*", "*")); len(found) > 0 {
		t.Error("in the folder:", found)
	}

	elsewhere := c
	elsewhere.Files = second.String()
	if _, err := app.Open(ctx, elsewhere); fault.KindOf(err) != fault.Invalid {
		t.Error("the node forgets its files:", err)
	}
	without := c
	without.FilesKey = ""
	if _, err := app.Open(ctx, without); fault.KindOf(err) != fault.Invalid {
		t.Error("without keys:", err)
	}

	restored := c
	restored.Dir = t.TempDir()
	if _, perr := os.Stat(filepath.Join(dir, "database")); perr == nil {
		_, err = backup.RestoreInto(ctx, &file, restored.Dir, postgres.New(t, nil))
	} else {
		_, err = backup.Restore(ctx, &file, restored.Dir)
	}
	if err != nil {
		t.Fatal(err)
	}
	if s, err := store.Inspect(ctx, restored.Dir); err != nil {
		t.Error(err)
	} else {
		s.Close()
	}
	for _, name := range []string{"jarchi.db.restoring-wal", "jarchi.db.restoring-shm", "jarchi.db.restoring"} {
		if _, err := os.Stat(filepath.Join(restored.Dir, name)); err == nil {
			t.Error("there is", name)
		}
	}
	restored.FilesKey = "" // it needs none
	read("restored", restored)

	move := func(to string, leave bool) app.Moved {
		t.Helper()
		m, err := app.MoveFiles(ctx, c, to, keys, leave)
		if err != nil || len(m.Missing) > 0 {
			t.Fatal(to, m, err)
		}
		return m
	}
	if m := move(second.String(), false); m.Files != len(docs) || m.Cleared != len(docs) {
		t.Error(m)
	}
	read("moved", c)
	if keys := objects(t, first); len(keys) > 0 {
		t.Error("left behind:", keys)
	}
	if _, err := app.MoveFiles(ctx, c, second.String(), keys, false); fault.KindOf(err) != fault.Conflict {
		t.Error("moved to where they are:", err)
	}
	other := strings.Replace(second.String(), "127.0.0.1", "localhost", 1) // the same place by another name
	if m := move(other, false); !m.Same || m.Cleared != 0 {
		t.Error(m)
	}
	read("renamed", c)
	if m := move("folder", true); !m.Left {
		t.Error(m)
	}
	read("in the folder", without)
	if keys := objects(t, second); len(keys) != len(docs) {
		t.Error("not left:", keys)
	}
	lost := blob.Hash(docs[0].Bytes)
	if err := os.Remove(filepath.Join(dir, "blobs", lost[:2], lost[2:])); err != nil {
		t.Fatal(err)
	}
	if m, err := app.MoveFiles(ctx, c, first.String(), keys, false); err != nil || !slices.Equal(m.Missing, []string{lost}) || m.Files != len(docs)-1 {
		t.Error(m, err)
	}
	if m, err := app.MoveFiles(ctx, c, "folder", keys, false); err != nil || m.Files != len(docs)-1 {
		t.Error(m, err)
	}
}

// TestAMoveGoesOn: a move that ended while the old place was cleared is told, nothing else is begun before it is ended, and the
// same command ends it.
func TestAMoveGoesOn(t *testing.T) {
	if testing.Short() {
		t.Skip("one step after the other: nothing for the race detector")
	}
	t.Parallel()
	at := bucketserver.Bucket(t, false)
	keys := filepath.Join(t.TempDir(), "keys")
	if err := os.WriteFile(keys, []byte(bucketserver.Keys.Access+"\n"+bucketserver.Keys.Secret), 0o600); err != nil {
		t.Fatal(err)
	}
	c := app.Config{Dir: testkit.Folder(t), Now: time.Now, Log: slog.New(slog.DiscardHandler), FilesKey: keys}
	n, err := app.Open(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	docs := documents()
	if _, err := n.Receive.Import(ctx, access.Viewer{Local: true, Scopes: []access.Scope{access.Intake}}, docs); err != nil {
		t.Fatal(err)
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	in := filepath.Join(c.Dir, "blobs")
	held := func() int {
		found, _ := filepath.Glob(filepath.Join(in, "??", "*"))
		return len(found)
	}
	if m, err := app.MoveFiles(ctx, c, at.String(), keys, true); err != nil || held() != len(docs) {
		t.Fatal(m, err)
	}
	s, err := store.Open(ctx, c.Dir, time.Now, c.Log)
	if err != nil {
		t.Fatal(err)
	}
	folder := ""
	if err := s.SetFilesPlace(ctx, at.String(), at.String(), &folder); err != nil { // as a crash leaves it
		t.Fatal(err)
	}
	if err := s.SetFilesPlace(ctx, "elsewhere", at.String(), nil); fault.KindOf(err) != fault.Conflict {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := app.MoveFiles(ctx, c, bucketserver.Bucket(t, false).String(), keys, false); fault.KindOf(err) != fault.Conflict {
		t.Error(err)
	}
	if m, err := app.MoveFiles(ctx, c, at.String(), keys, false); err != nil || m.Cleared != len(docs) || held() != 0 {
		t.Error(m, err, held())
	}
	if _, err := app.MoveFiles(ctx, c, at.String(), keys, false); fault.KindOf(err) != fault.Conflict {
		t.Error(err)
	}
	if len(objects(t, at)) != len(docs) {
		t.Error("the bucket was cleared")
	}
}
