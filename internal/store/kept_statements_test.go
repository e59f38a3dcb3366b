package store

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/wire"
)

// TestNoStatementIsPreparedAgainForItsBound: SQLite looks at a number bound bare to a limit, and at a pattern bound bare
// to a like, while it plans, and so plans anew whenever another is bound (pool). Behind a plus sign it does not look.
func TestNoStatementIsPreparedAgainForItsBound(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	bare := regexp.MustCompile("(?i)\\b(limit|like|glob)\\s+([$?]|`\\s*\\+)")
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range bare.FindAll(b, -1) {
			t.Errorf("%s: %q is bound bare", f, m)
		}
	}
}

// TestListsShareStatements: lists of ids of all lengths leave room among the statements that are kept for the others, and find what
// they name.
func TestListsShareStatements(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), t.TempDir(), time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	had := len(s.r.prepared)
	for n := 1; n <= 100; n++ {
		positions, captures := make([]int64, n), make([]wire.CaptureID, n)
		for i := range n {
			positions[i], captures[i] = int64(i), wire.CaptureID(fmt.Sprint(i))
		}
		if _, err := s.EventsAt(t.Context(), positions); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Captures(t.Context(), captures); err != nil {
			t.Fatal(err)
		}
	}
	if kept := len(s.r.prepared) - had; kept > 16 {
		t.Errorf("two questions with lists of a hundred lengths keep %d statements", kept)
	}
	for n, want := range map[int]string{1: "$1", 3: "$1, $2, $3, $4", 4: "$1, $2, $3, $4"} {
		args := make([]any, n)
		for i := range args {
			args[i] = i
		}
		in, padded := among(args)
		if in != want || padded[len(padded)-1] != n-1 {
			t.Errorf("%d: %s %v", n, in, padded)
		}
	}
}
