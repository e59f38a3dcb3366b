package lang

import "testing"

func TestSpellingsOfScene2(t *testing.T) {
	t.Parallel()
	want := Stem(UZ, "Qozogʻiston")
	for _, w := range []string{"Қозоғистон", "Qozogʻiston", "Qozog'iston", "Qozog‘istonning", "Qozog’iston", "QOZOG`ISTON"} {
		if got := Stem(UZ, w); got != want {
			t.Errorf("Stem(uz, %q) = %q, want %q", w, got, want)
		}
	}
	if Fold(FA, "تركيه") != Fold(FA, "ترکیه") || Fold(UR, "پاكستان") != Fold(UR, "پاکستان") {
		t.Error("Arabic and Persian letters do not fold alike")
	}
	if a, b := Stem(KK, "форумға"), Stem(KK, "Форум"); a != b {
		t.Errorf("%q %q", a, b)
	}
	if a, b := Stem(KK, "елшінің"), Stem(KK, "Елшісі"); a != b {
		t.Errorf("%q %q", a, b)
	}
}
