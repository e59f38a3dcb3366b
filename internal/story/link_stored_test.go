package story

import "testing"

// FuzzParseTraits: whatever a stored row holds is read or refused, and what was read is written as it was.
func FuzzParseTraits(f *testing.F) {
	f.Add([]byte(nil))
	f.Add(Traits{}.Bytes())
	f.Add([]byte{1, 2, 3, 255, 255, 255, 255})
	f.Fuzz(func(t *testing.T, b []byte) {
		read, err := ParseTraits(b)
		if err != nil {
			return
		}
		if again, err := ParseTraits(read.Bytes()); err != nil || len(again.Traits) != len(read.Traits) {
			t.Fatalf("%d traits, then %d: %v", len(read.Traits), len(again.Traits), err)
		}
	})
}
