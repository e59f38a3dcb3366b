package lang

import (
	"strings"
	"testing"
)

// TestDigestTable: the digest of a table is of what it says, not of how it is set.
func TestDigestTable(t *testing.T) {
	digest := func(text string) string {
		t.Helper()
		var b strings.Builder
		if err := digestTable(&b, "t/stems.txt", text); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	const table = "[one]\na b\nc\n[two]\nd\n"
	want := digest(table)
	for _, same := range []string{"# a comment\n[one]\n\na   b # why\nc\n\n[ two ]\nd", strings.ReplaceAll(table, "\n", " \n")} {
		if digest(same) != want {
			t.Errorf("another digest: %q", same)
		}
	}
	for _, other := range []string{"[one]\na\nb c\n[two]\nd\n", "[one]\na b\n[two]\nc\nd\n", "[one]\na b\nc d\n[two]\n", "[one]\nab\nc\n[two]\nd\n", "[one]\na b\nc\n[three]\nd\n", "[one]\nc\na b\n[two]\nd\n"} {
		if digest(other) == want {
			t.Errorf("the same digest: %q", other)
		}
	}
}
