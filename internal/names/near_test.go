package names

import (
	"testing"

	"pgregory.net/rapid"
)

func TestNear(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"Toqsanbulak": "Toqsanbulaq", "Toqsnabulaq": "Toqsanbulaq", "Toksanbulaq": "Toqsanbulaq", "Kazahkstan": "Kazakhstan", "Kazkhstan": "Kazakhstan",
		"Узбекстан": "Узбекистан", "پاکستن": "پاکستان", "Азербайжан": "Азербайджан",
	} {
		found := false
		for _, s := range Near(typed, 3) {
			found = found || s.Text == want
		}
		if !found {
			t.Errorf("%s: %v, want %s", typed, Near(typed, 3), want)
		}
	}
	for _, typed := range []string{"", "abc", "Kazakhstan", "xyzzyplugh", "two words"} {
		for _, s := range Near(typed, 3) {
			if s.Text == typed {
				t.Errorf("%q is near to itself", typed)
			}
		}
	}
	if got := Near("xyzzyplugh", 3); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

// TestApart: by the definition, over all ways.
func TestApart(t *testing.T) {
	t.Parallel()
	var slow func(a, b []rune) int
	slow = func(a, b []rune) int {
		if len(a) == 0 || len(b) == 0 {
			return len(a) + len(b)
		}
		change := 1
		if a[0] == b[0] {
			change = 0
		}
		least := min(slow(a[1:], b)+1, slow(a, b[1:])+1, slow(a[1:], b[1:])+change)
		if len(a) > 1 && len(b) > 1 && a[0] == b[1] && a[1] == b[0] {
			least = min(least, slow(a[2:], b[2:])+1)
		}
		return least
	}
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.SliceOfN(rapid.SampledFrom([]rune("abц")), 0, 6)
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		if got, want := apart(a, b, 2), min(slow(a, b), 3); got != want {
			t.Fatalf("%s %s: %d, want %d", string(a), string(b), got, want)
		}
	})
}
