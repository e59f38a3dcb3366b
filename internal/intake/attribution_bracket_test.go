package intake

import "testing"

// A source in a bracket ends where the bracket does.
func TestSourceInBracket(t *testing.T) {
	for in, want := range map[string]string{"Nordpress evil)": "Nordpress evil", "Nordpress)": "Nordpress", "Nordpress (Altin)": "Nordpress (Altin)"} {
		if got := sourceName(in, false); got != want {
			t.Errorf("%s: %q", in, got)
		}
	}
}
