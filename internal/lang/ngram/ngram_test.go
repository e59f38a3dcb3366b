package ngram

import (
	"bytes"
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
