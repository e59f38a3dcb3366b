package ngram

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"
)

func TestModelRoundTrip(t *testing.T) {
	t.Parallel()
	const bits = 10
	weights := make([]float32, 2<<bits)
	for c, text := range []string{"су деңгейі көтерілді", "уровень воды вырос"} {
		Features(text, false, func(h uint32) { weights[int(h>>(32-bits))*2+c] += 1 })
	}
	m := New("Cyrl", []string{"a", "b"}, bits, weights)
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	again, err := Read(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "су", "воды 12", "\xff"} {
		x, n := m.Score(text)
		y, k := again.Score(text)
		if n != k || x[0] != y[0] || x[1] != y[1] {
			t.Errorf("%q: %v of %d and %v of %d", text, x, n, y, k)
		}
	}
	if s, _ := again.Score("су деңгейі"); s[0] <= s[1] {
		t.Errorf("%v", s)
	}
	if s, _ := again.Score("уровень"); s[1] <= s[0] {
		t.Errorf("%v", s)
	}
	if _, err := Read(b.Bytes()[:b.Len()-9]); err == nil {
		t.Error("a model that is cut off was read")
	}
	if _, err := Read([]byte("no model")); err == nil {
		t.Error("a text was read as a model")
	}
}

func TestFeaturesOfSpellings(t *testing.T) {
	t.Parallel()
	count := func(s string) (n int, sum uint32) {
		Features(s, true, func(h uint32) { n++; sum += h })
		return
	}
	n, sum := count("oʻzbek")
	for _, s := range []string{"o'zbek", "O‘ZBEK", " o’zbek, 12 ", "«oʼzbek»"} {
		if k, got := count(s); k != n || got != sum {
			t.Errorf("%q has other features", s)
		}
	}
}

// FuzzRead reads what is no model, or a damaged one: an error or a model that scores, never more.
func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	if _, err := New("Cyrl", []string{"a", "b"}, 8, make([]float32, 2<<8)).WriteTo(&b); err != nil {
		f.Fatal(err)
	}
	for _, s := range [][]byte{nil, []byte("no model"), b.Bytes(), b.Bytes()[:b.Len()-9], pack(magic + "8 Cyrl a b\n12345678"), pack(magic + "99 Cyrl a\n"), pack(magic + "8 Cyrl a\n" + strings.Repeat("x", 8+256)), pack("\n\n")} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, in := range [][]byte{data, pack(string(data)), pack(magic + string(data))} {
			if m, err := Read(in); err == nil {
				m.Score("су деңгейі\xff")
			}
		}
	})
}

// pack is s as gzip.
func pack(s string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(s))
	_ = z.Close()
	return b.Bytes()
}
