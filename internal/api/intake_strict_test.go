package api

import "testing"

func TestStrict(t *testing.T) {
	t.Parallel()
	for prefer, want := range map[string]bool{"": false, "handling=strict": true, "respond-async, Handling = Strict": true, "handling=lenient": false, "strict": false} {
		if strict(prefer) != want {
			t.Errorf("%q: %v", prefer, !want)
		}
	}
}
