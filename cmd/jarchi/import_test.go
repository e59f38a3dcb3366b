package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/intake"
	"jarchi.dev/jarchi/internal/outbound"
)

// TestImportInBatches: more files than one batch holds, one of them missing; the lines come in order.
func TestImportInBatches(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	args := []string{"import", "--data", filepath.Join(dir, "wire")}
	files, missing := batchFiles+20, 300
	if underRace { // the database is slow then; one batch must do
		files, missing = 40, 30
	}
	for i := range files {
		name := filepath.Join(dir, fmt.Sprintf("%03d.txt", i))
		if i != missing {
			if err := os.WriteFile(name, fmt.Appendf(nil, "Report %d\n\nThe ferry of line %d runs again.\n", i, i), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		args = append(args, name)
	}
	code, out, talk := runCommand("", args...)
	if code != 1 || !strings.HasPrefix(talk, args[3+missing]+": There is no such file.\n") || strings.Count(talk, "\n") != 2 {
		t.Errorf("status %d\n%s", code, talk)
	}
	dec := json.NewDecoder(strings.NewReader(out))
	for i := range files {
		if i == missing {
			continue
		}
		var l importLine
		if err := dec.Decode(&l); err != nil || l.File != args[3+i] || len(l.Captures) != 1 || l.Quarantined == nil {
			t.Fatalf("line %d: %+v, %v", i, l, err)
		}
	}
	if dec.More() {
		t.Error("more lines than files")
	}
}

// TestImportToAStubbornNode: a busy node is asked again, a document that it refuses does not stop the
// others, and anything else ends the import at once.
// TestImportStopsWhileItWaits: an import of a pipe into which nothing comes ends when it is told to.
func TestImportStopsWhileItWaits(t *testing.T) {
	t.Parallel()
	in, out := io.Pipe()
	defer out.Close()
	ctx, stop := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, stop)
	if raw, err := readUntil(ctx, in, "-"); raw != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("%q, %v", raw, err)
	}
	if raw, err := readUntil(t.Context(), strings.NewReader("x"), "-"); string(raw) != "x" || err != nil {
		t.Errorf("%q, %v", raw, err)
	}
}

func TestImportToAStubbornNode(t *testing.T) {
	t.Parallel()
	var busy, after atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Type", "application/problem+json")
		switch string(body) {
		case "busy":
			if busy.Add(1) == 1 {
				w.WriteHeader(http.StatusTooManyRequests)
				io.WriteString(w, `{"kind":"busy","detail":"Try again."}`)
				return
			}
		case "bad":
			w.WriteHeader(http.StatusUnprocessableEntity)
			io.WriteString(w, `{"kind":"invalid","detail":"Not this."}`)
			return
		case "fatal":
			w.WriteHeader(http.StatusForbidden)
			io.WriteString(w, `{"kind":"not-allowed","detail":"Not you."}`)
			return
		case "nonsense":
			io.WriteString(w, "<html>")
			return
		case "after":
			after.Add(1)
			time.Sleep(20 * time.Millisecond) // the one before them is answered meanwhile
		}
		if got := r.Header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment; filename") {
			t.Errorf("Content-Disposition %q", got)
		}
		w.WriteHeader(http.StatusCreated)
		fmt.Fprintf(w, `{"captures":[{"id":"%s-1"}],"quarantined":[]}`, body)
	}))
	defer s.Close()
	node, err := outbound.NewOperator(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	docs := func(bodies ...string) (ds []intake.Document) {
		for _, b := range bodies {
			ds = append(ds, intake.Document{Name: "файл \"" + b + "\".txt", Bytes: []byte(b)})
		}
		return ds
	}
	lines, errs, fatal := remoteImport{node, "jt_x"}.take(context.Background(), docs("one", "busy", "bad", "two"))
	if fatal != nil || lines[0].Captures[0] != "one-1" || lines[1].Captures[0] != "busy-1" || fault.KindOf(errs[2]) != fault.Invalid || lines[3].Captures[0] != "two-1" {
		t.Error(lines, errs, fatal)
	}
	many := append(docs("one", "fatal"), docs(strings.Fields(strings.Repeat("after ", 100))...)...)
	if _, _, fatal := (remoteImport{node, ""}).take(context.Background(), many); fault.KindOf(fatal) != fault.NotAllowed || after.Load() > 20 {
		t.Error(fatal, after.Load())
	}
	if _, _, fatal := (remoteImport{node, ""}).take(context.Background(), docs("nonsense")); fault.KindOf(fatal) != fault.Unavailable {
		t.Error(fatal)
	}
}
