package tlog

import (
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"jarchi.dev/jarchi/internal/fault"
)

const (
	idA = "abcdefghijklmnopqrstuvwxy2"
	idB = "zyxwvutsrqponmlkjihgfedcb7"
)

var commitA = bytes.Repeat([]byte{0xa5}, 32)

func TestLeafMarshal(t *testing.T) {
	t.Parallel()
	const b64 = "paWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaU="
	for _, c := range []struct {
		leaf Leaf
		want string
	}{
		{Leaf{Kind: KindRelease, ID: idA, Version: 1, Time: 1763760000, Commit: commitA, Ref: idB},
			`{"v":1,"kind":"release","id":"` + idA + `","version":1,"time":1763760000,"commit":"` + b64 + `","ref":"` + idB + `"}`},
		{Leaf{V: 1, Kind: KindWithdraw, ID: idA, Time: 1},
			`{"v":1,"kind":"withdraw","id":"` + idA + `","time":1}`},
		{Leaf{Kind: KindOpen, Time: 5, Ref: "0"}, `{"v":1,"kind":"open","time":5,"ref":"0"}`},
		{Leaf{Kind: KindSeal, Time: 1763760000, Commit: commitA},
			`{"v":1,"kind":"seal","time":1763760000,"commit":"` + b64 + `","pad":"` + strings.Repeat("0", 24) + `"}`},
	} {
		got, err := c.leaf.Marshal()
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %s, %v\nwant %s", c.leaf.Kind, got, err, c.want)
		}
	}
}

func TestSealsLookAlike(t *testing.T) {
	t.Parallel()
	for _, time := range []int64{1, 999, 1763760000, maxTime} {
		b, err := Leaf{Kind: KindSeal, Time: time, Commit: commitA}.Marshal()
		if err != nil || len(b) != SealSize {
			t.Errorf("seal at %d: %d bytes, %v", time, len(b), err)
		}
	}
}

func TestLeafRefused(t *testing.T) {
	t.Parallel()
	good := Leaf{Kind: KindRelease, ID: idA, Version: 1, Time: 1, Commit: commitA}
	for field, change := range map[string]func(*Leaf){
		"leaf.kind":    func(l *Leaf) { l.Kind = "kill" },
		"leaf.v":       func(l *Leaf) { l.V = 2 },
		"leaf.id":      func(l *Leaf) { l.ID = "a-statement-on-the-summit" },
		"leaf.version": func(l *Leaf) { l.Version = 0 },
		"leaf.time":    func(l *Leaf) { l.Time = -1 },
		"leaf.commit":  func(l *Leaf) { l.Commit = make([]byte, 32) },
		"leaf.ref":     func(l *Leaf) { l.Ref = "Astana" },
	} {
		l := good
		change(&l)
		_, err := l.Marshal()
		if _, got := fault.Public(err); fault.KindOf(err) != fault.Invalid || got != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	for _, l := range []Leaf{
		{Kind: KindSeal, Time: 1, Commit: commitA, ID: idA},
		{Kind: KindSeal, Time: 1, Commit: commitA, Version: 1},
		{Kind: KindSeal, Time: 1, Commit: commitA, Ref: "1"},
		{Kind: KindSeal, Time: 1},
		{Kind: KindErase, Time: 1, ID: idA, Commit: commitA},
		{Kind: KindOpen, Time: 1},
		{Kind: KindRelease, ID: idA, Version: 1, Time: 1},
		{Kind: KindUpdate, ID: idA, Version: 1, Time: 1, Commit: commitA[:31]},
		{Kind: KindGone, ID: idA, Time: 1, Ref: "007"},
		{Kind: KindGone, ID: idA, Time: 1, Ref: "-1"},
		{Kind: KindGone, ID: idA, Time: 1, Ref: "99999999999999999999"},
	} {
		if b, err := l.Marshal(); err == nil {
			t.Errorf("accepted %s", b)
		}
	}
	valid, _ := good.Marshal()
	for _, bad := range []string{
		"", "null", "{}", "[]", string(valid) + " ", " " + string(valid), string(valid) + string(valid),
		strings.Replace(string(valid), `"v"`, `"V"`, 1),
		strings.Replace(string(valid), `"v":1`, `"v":1.0`, 1),
		strings.Replace(string(valid), `"v":1`, `"v":1,"v":1`, 1),
		strings.Replace(string(valid), `"time":1`, `"time":1,"headline":"x"`, 1),
		strings.Replace(string(valid), `release`, `releas\u0065`, 1),
		strings.Replace(string(valid), `aU="`, `aV="`, 1),
		strings.Repeat("[", MaxLeaf), strings.Repeat(" ", MaxLeaf+1),
	} {
		if l, err := ParseLeaf([]byte(bad)); err == nil {
			t.Errorf("accepted %q as %+v", bad, l)
		}
	}
}

// drawLeaf draws any valid leaf.
func drawLeaf(t *rapid.T) Leaf {
	kinds := []Kind{KindRelease, KindUpdate, KindCorrect, KindWithdraw, KindSeal, KindOpen, KindConcur, KindGone, KindErase, KindKeys}
	l := Leaf{V: 1, Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Time: rapid.Int64Range(1, maxTime).Draw(t, "time")}
	f := kindFields[l.Kind]
	has := func(w wants, name string) bool { return w == must || w == may && rapid.Bool().Draw(t, "has "+name) }
	if has(f.id, "id") {
		l.ID = rapid.StringMatching(`[a-z2-7]{26}`).Draw(t, "id")
	}
	if has(f.version, "version") {
		l.Version = rapid.IntRange(1, maxVersion).Draw(t, "version")
	}
	if has(f.commit, "commit") {
		l.Commit = rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "commit")
		l.Commit[0] |= 1
	}
	if has(f.ref, "ref") {
		l.Ref = rapid.StringMatching(`[a-z2-7]{26}|[a-z2-7]{52}|0|[1-9][0-9]{0,17}`).Draw(t, "ref")
	}
	return l
}

func TestLeafRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := drawLeaf(t)
		b, err := l.Marshal()
		if err != nil || len(b) > MaxLeaf {
			t.Fatal(len(b), err)
		}
		back, err := ParseLeaf(b)
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := back.Marshal(); !bytes.Equal(again, b) {
			t.Fatalf("%s\n%s", b, again)
		}
		// Any changed byte is refused or another leaf; it never passes for the same one.
		i := rapid.IntRange(0, len(b)-1).Draw(t, "at")
		c := bytes.Clone(b)
		c[i] ^= byte(rapid.IntRange(1, 255).Draw(t, "flip"))
		if other, err := ParseLeaf(c); err == nil {
			if again, _ := other.Marshal(); !bytes.Equal(again, c) || bytes.Equal(again, b) {
				t.Fatalf("%s read as %+v", c, other)
			}
		}
	})
}

func FuzzParseLeaf(f *testing.F) {
	for i := range 12 {
		f.Add(testLeaf(i))
	}
	f.Add([]byte(`{"v":1,"kind":"keys","time":1,"commit":"paWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaU="}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := ParseLeaf(data)
		if err != nil {
			return
		}
		if again, err := l.Marshal(); err != nil || !bytes.Equal(again, data) {
			t.Fatalf("%q reads as %+v and writes as %q, %v", data, l, again, err)
		}
	})
}

func BenchmarkParseLeaf(b *testing.B) {
	leaf := testLeaf(1)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseLeaf(leaf); err != nil {
			b.Fatal(err)
		}
	}
}
