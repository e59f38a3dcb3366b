package subscription

import "testing"

// FuzzParseFilter: a filter that was read is read again as the same.
func FuzzParseFilter(f *testing.F) {
	f.Add("q=су&lang=kk&member=altinsu&kind=release")
	f.Add("lang=%ff&q=%00&sort=newest;member")
	f.Add("q=\"a -b")
	f.Fuzz(func(t *testing.T, args string) {
		first, err := ParseFilter(args)
		if err != nil {
			return
		}
		if again, err := ParseFilter(first.String()); err != nil || again.String() != first.String() {
			t.Fatalf("%q is %q, then %q: %v", args, first.String(), again.String(), err)
		}
	})
}
