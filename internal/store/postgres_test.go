package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/search"
	"jarchi.dev/jarchi/internal/store"
)

// TestConnectionsThatBreak: while connections of the node are cut again and again, what was acknowledged is there once, what was refused
// is not, and the log stays whole.
func TestConnectionsThatBreak(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	onPostgres(t, dir)
	s := open(t, dir)
	if err := s.AddMember(ctx, member("alfa")); err != nil {
		t.Fatal(err)
	}
	db := direct(t, dir)
	w := writing(4, 0, s)
	for range 12 {
		time.Sleep(60 * time.Millisecond)
		if _, err := db.Exec("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name like 'jarchi%'"); err != nil {
			t.Fatal(err)
		}
	}
	said := w.end()
	if err := leaf(s, "alfa"); err != nil {
		t.Fatalf("after all it does not go on: %v", err)
	}
	kept := keptRaw(t, db)
	good, bad := 0, 0
	for name, err := range said {
		switch {
		case err == nil && !kept[name]:
			t.Errorf("%s was acknowledged and is lost", name)
		case err != nil && kept[name]:
			t.Errorf("%s was refused and is there: %v", name, err)
		case err == nil:
			good++
		default:
			if bad++; fault.KindOf(err) != fault.Unavailable {
				t.Errorf("refused: %v", err)
			}
		}
	}
	if good == 0 {
		t.Error("nothing was acknowledged")
	}
	t.Log(good, "acknowledged,", bad, "refused")
	if h := head(t, s, "alfa-public"); h.Head.Size != int64(good)+1 {
		t.Errorf("%d leaves for %d changes", h.Head.Size, good)
	}
	checkLog(t, s, "alfa-public")
}

// TestTheFirstChangeAfterACut: connections that broke while nothing was written refuse nobody.
func TestTheFirstChangeAfterACut(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	onPostgres(t, dir)
	s := open(t, dir)
	if err := s.AddMember(ctx, member("alfa")); err != nil {
		t.Fatal(err)
	}
	db := direct(t, dir)
	for range 3 {
		var cut bool // waits until they are gone
		if err := db.QueryRow("select bool_and(pg_terminate_backend(pid, 20000)) from pg_stat_activity where datname = current_database() and application_name like 'jarchi%'").Scan(&cut); err != nil || !cut {
			t.Fatal(cut, err)
		}
		if err := leaf(s, "alfa"); err != nil {
			t.Errorf("the first change after it: %v", err)
		}
	}
	checkLog(t, s, "alfa-public")
}

// TestWhoMayOpenADatabase: a second folder, whose guard file knows nothing of the logs, is let in while another node vouches for them; a move wants the
// database for itself; and no folder takes a database whose logs are others than it knows.
func TestWhoMayOpenADatabase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	onPostgres(t, dir)
	s := open(t, dir)
	if err := s.AddMember(ctx, member("alfa")); err != nil {
		t.Fatal(err)
	}
	if err := leaf(s, "alfa"); err != nil {
		t.Fatal(err)
	}
	url, _ := databases.Load(dir)
	beside := func() string {
		other := t.TempDir()
		if err := store.SetDatabase(ctx, other, url.(string)); err != nil {
			t.Fatal(err)
		}
		return other
	}
	second, err := tryOpen(beside())
	if err != nil {
		t.Fatalf("a second node: %v", err)
	}
	defer second.Close()
	soon, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	s.Close()
	if _, err := store.Move(soon, dir, "", slog.New(slog.DiscardHandler)); fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "Other nodes") {
		t.Errorf("moved under another node: %v", err)
	}
	second.Close()
	if _, err := tryOpen(beside()); fault.KindOf(err) != fault.Conflict { // nobody is there to vouch
		t.Errorf("another folder: %v", err)
	}
	empty := t.TempDir()
	onPostgres(t, empty)
	fresh, _ := databases.Load(empty)
	if err := store.SetDatabase(ctx, dir, fresh.(string)); err != nil {
		t.Fatal(err)
	}
	if _, err := tryOpen(dir); fault.KindOf(err) != fault.Corrupt {
		t.Errorf("a database that was emptied: %v", err)
	}
	file := onFile(t)
	open(t, file).Close()
	if err := store.SetDatabase(ctx, file, fresh.(string)); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a folder with a file of its own: %v", err)
	}
	if err := store.SetDatabase(ctx, t.TempDir(), strings.Replace(fresh.(string), "/t", "/nowhere", 1)); fault.KindOf(err) != fault.Unavailable || errors.Is(err, sql.ErrNoRows) {
		t.Errorf("a database that is not there: %v", err)
	}
}

// TestLargeTexts: what PostgreSQL's index cannot hold whole is taken all the same, and found by its words.
func TestLargeTexts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	onPostgres(t, dir)
	s := open(t, dir)
	var b bytes.Buffer
	for i := range 150_000 {
		fmt.Fprintf(&b, "w%d ", i)
	}
	err := s.Write(ctx, func(tx *store.Tx) error {
		return tx.Index(1, store.IndexDoc{Doc: search.Doc{Headline: "large", Body: strings.TrimSpace(b.String())}, Marks: "xa0"})
	})
	if err != nil {
		t.Fatal(err)
	}
	for expr, want := range map[string]int{`"w7"`: 1, `"w7 w8"`: 1, `"w8 w7"`: 0, `{marks} : "xa0"`: 1, `"w20000 w20001"`: 1} {
		if ids, err := s.Match(ctx, expr, 0, 1<<60, 10); err != nil || len(ids) != want {
			t.Errorf("%s finds %v, %v", expr, ids, err)
		}
	}
}
