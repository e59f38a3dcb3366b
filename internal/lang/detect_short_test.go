package lang

import (
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestDetectShort reads headlines, lists of names, capitals, hashtags and words typed without the language's letters,
// and neighbours as short. docs/languages.md names what is missing.
func TestDetectShort(t *testing.T) {
	t.Parallel()
	all, right := 0, 0
	for _, line := range readLines(t, filepath.Join("testdata", "detect", "strings.txt")) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		want, rest, _ := strings.Cut(line, " ")
		kind, text, _ := strings.Cut(rest, " ")
		d := Detect(text, "")
		all++
		if string(d.Tag) == want {
			right++
			continue
		}
		t.Logf("%s %s %q: %s %.2f", want, kind, text, d.Tag, d.Confidence)
	}
	if t.Logf("%d of %d right", right, all); all < 190 || right*100 < all*94 {
		t.Errorf("%d of %d right", right, all)
	}
	all, taken := 0, 0
	for _, line := range readLines(t, filepath.Join("testdata", "detect", "neighbours.txt")) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		want, text, _ := strings.Cut(line, " ")
		all++
		if d := Detect(text, ""); slices.Contains(Known(), d.Tag) {
			taken++
			t.Logf("%s %q: taken for %s %.2f", want, text, d.Tag, d.Confidence)
		}
	}
	if t.Logf("%d of %d neighbours taken for ours", taken, all); all < 85 || taken*100 > all*8 {
		t.Errorf("%d of %d neighbours taken for ours", taken, all)
	}
}

// TestDetectDamaged: bytes that are no text are in no language, however many letters are among them.
func TestDetectDamaged(t *testing.T) {
	t.Parallel()
	r := rand.NewChaCha8([32]byte{7})
	for range 50 {
		b := make([]byte, 4000)
		r.Read(b)
		if d := Detect(string(b), ""); d.Tag != Und || d.Confidence != 0 {
			t.Fatalf("%+v", d)
		}
	}
	if d := Detect("Сегодня в Моск\xd0е открыли нов\xd1ю школу", ""); d.Tag != RU {
		t.Errorf("two damaged letters: %+v", d)
	}
}
