package store

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
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
