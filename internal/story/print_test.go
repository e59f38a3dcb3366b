package story

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"jarchi.dev/jarchi/internal/lang"
)

// TestSpellings: a copy is found in whatever letters the same words were typed.
func TestSpellings(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		a, b       lang.Tag
		same, text string
	}{
		"Uzbek, two scripts": {"uz-Cyrl", "uz", "Кўксой шаҳридаги янги кутубхона бугун эшикларини болаларга очди, дейилади хабарда", "Koʻksoy shahridagi yangi kutubxona bugun eshiklarini bolalarga ochdi, deyiladi xabarda"},
		"Uzbek, apostrophes": {"uz", "", "Ko‘ksoy to‘g‘risida o‘ylagan o‘quvchilar bog‘da o‘tirib qo‘shiq aytdi", "Ko'ksoy to'g'risida o'ylagan o'quvchilar bog'da o'tirib qo'shiq aytdi"},
		"Persian, keyboards": {"fa", "ar", "کتابخانه‌ی جدید شهر ۱۲ مرداد درهای خود را به روی کودکان گشود", "كتابخانهی جديد شهر 12 مرداد درهاي خود را به روي كودكان گشود"},
		"capitals":           {"tr", "tr", "YENİ KÜTÜPHANE BUGÜN KÖKSOY'DA ÇOCUKLARA KAPILARINI AÇTI", "Yeni kütüphane bugün Köksoy’da çocuklara kapılarını açtı"},
		"composed":           {"kk", "", "Көксой қаласындағы жаңа кітапхана бүгін балаларға есігін ашты", "К\u04e9ксои\u0306 қаласындағы жаңа кітапхана бүгін балаларға есігін ашты"},
	} {
		a, b := Draw(c.a, c.same), Draw(c.b, c.text)
		if len(a.Prints()) == 0 || !slices.Equal(a.Prints(), b.Prints()) {
			t.Errorf("%s: %v and %v", name, a, b)
		}
	}
}

// TestDeclaredNothing: an Uzbek text in Cyrillic is known for one without being told, and a paragraph of Russian in it
// is the same as in a Russian text.
func TestDeclaredNothing(t *testing.T) {
	t.Parallel()
	uzbek := "Кўксой шаҳридаги янги кутубхона бугун эшикларини болаларга очди. Шаҳар ҳокими айтишича, бинони қуриш учун икки йил вақт кетган ва у ерда ўн минг китоб бор."
	russian := "Новая библиотека города Коксой сегодня открыла свои двери для детей. По словам мэра, на строительство здания ушло два года, и в нём стоят десять тысяч книг на четырёх языках."
	if a, b := Draw("", uzbek), Draw(lang.UZCyrl, uzbek); !slices.Equal(a.units, b.units) {
		t.Error("not known for Uzbek")
	}
	both := Draw("", uzbek+"\n"+uzbek+"\n"+uzbek+"\n"+russian)
	if spans := Align(both, Draw(lang.RU, russian)); len(spans) != 1 || spans[0].Same != Draw(lang.RU, russian).Len() {
		t.Errorf("the Russian paragraph: %v", spans)
	}
}

func sketchOf(r *rand.Rand, n int) Sketch {
	s := Sketch{units: make([]unit, n)}
	for i := range s.units {
		s.units[i] = toUnit(r.Uint64(), false, false)
	}
	return s
}

// TestWinnowing: two texts that share a run of eight words share a print, wherever it stands and whatever is around it;
// and prints are few.
func TestWinnowing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0))
		shared := sketchOf(r, 8)
		around := func() Sketch {
			return Sketch{units: slices.Concat(sketchOf(r, r.IntN(30)).units, shared.units, sketchOf(r, r.IntN(30)).units)}
		}
		a, b := Hashes(around().Prints()), Hashes(around().Prints())
		if !slices.ContainsFunc(a, func(h uint64) bool { return slices.Contains(b, h) }) {
			rt.Fatal("no print shared")
		}
	})
	r := rand.New(rand.NewPCG(5, 5))
	if n := len(sketchOf(r, 10_000).Prints()); n < 3_500 || n > 4_500 { // 2/(w+1) of all grams
		t.Errorf("%d prints of 10,000 words", n)
	}
	if n := len((Sketch{units: make([]unit, 10_000)}).Prints()); n > 2_600 {
		t.Errorf("%d prints of one word 10,000 times: equal hashes are to be taken once a window", n)
	}
}

// TestAlign: what was put into another text is found, at its place. No word stands twice: units of 15 bits drawn at random
// are sometimes equal beside what was put in, and rightly belong to it then.
func TestAlign(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		words := make([]unit, 300)
		for i, w := range r.Perm(1 << 15)[:len(words)] {
			words[i] = unit(w) << 1
		}
		earlier := Sketch{units: words[:200]}
		at, n, before, after := r.IntN(150), 8+r.IntN(40), r.IntN(50), r.IntN(50)
		later := Sketch{units: slices.Concat(words[200:200+before], words[at:at+n], words[250:250+after])}
		spans := Align(later, earlier)
		if len(spans) != 1 || spans[0] != (Span{before, before + n, at, at + n, n}) {
			rt.Fatal(spans, before, at, n)
		}
	})
}

// valid holds for whatever two texts.
func valid(t *testing.T, a, b Sketch) {
	t.Helper()
	end := 0
	for _, s := range Align(a, b) {
		if s.From < end || s.To <= s.From || s.To > a.Len() || s.OldFrom < 0 || s.OldTo <= s.OldFrom || s.OldTo > b.Len() || s.Same < 1 || s.Same > s.To-s.From || s.Same > s.OldTo-s.OldFrom {
			t.Fatalf("%+v after %d, of %d and %d", s, end, a.Len(), b.Len())
		}
		end = s.To
	}
	for _, r := range Compare(a, []Candidate{{Sketch: b}}) {
		if r.Containment <= 0 || r.Containment > 1 || r.Later <= 0 || r.Later > 1 || r.Older <= 0 || r.Older > 1 {
			t.Fatalf("%+v", r)
		}
	}
}

func FuzzReuse(f *testing.F) {
	f.Add("a b c d e f g h i j k", "a b c d e f g x i j k l m n o")
	f.Add(strings.Repeat("a ", 200), strings.Repeat("a a b ", 100))
	f.Add("水庫的水位今天上升了兩米，市長說", "水庫的水位今天上升了兩米，市長說。水庫的水位今天上升了兩米")
	f.Add("한국어 글자 하나하나를 비교한다", "\xff\xfe한국어\u200f글자 하나하나를 비교한다\x00")
	f.Add("İİİ ğ ʻ’ʼ'` 1,234.5 ۱۲۳", "\u202eabc\u202c ﷺ ﻻ ＡＢＣ ﬁ")
	f.Fuzz(func(t *testing.T, x, y string) {
		if len(x)+len(y) > 20_000 {
			return
		}
		a, places := DrawPlaces("", x)
		if len(places) != a.Len() {
			t.Fatal(len(places), a.Len())
		}
		at := 0
		for _, p := range places {
			if p.Start < at || p.End <= p.Start && p.End != at || p.End > len(x) || utf8.ValidString(x) && !utf8.ValidString(x[p.Start:p.End]) {
				t.Fatalf("%v of %q", p, x)
			}
			at = p.Start
		}
		b := Draw("", y)
		if again, ok := Stored(a.Bytes()); !ok || !slices.Equal(again.units, a.units) {
			t.Fatal("not as stored")
		}
		valid(t, a, b)
		valid(t, a, a)
	})
}

func FuzzStored(f *testing.F) {
	f.Add([]byte{1}, []byte{1, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3})
	f.Fuzz(func(t *testing.T, x, y []byte) {
		a, ok := Stored(x)
		b, ok2 := Stored(y)
		if ok && ok2 && len(x)+len(y) < 8000 {
			valid(t, a, b)
			valid(t, b, a)
		}
	})
}

// TestBadTexts: whatever comes is answered in time that grows with it.
func TestBadTexts(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"a megabyte without a space": strings.Repeat("a", 1<<20),
		"one word again and again":   strings.Repeat("dum ", 1<<16),
		"two words":                  strings.Repeat("dum di ", 1<<15),
		"a long sentence":            strings.Repeat("the water of the lake rose by two metres this week and ", 1<<12),
		"characters":                 strings.Repeat("水", 1<<16),
		"broken":                     strings.Repeat("\xff\xfe \x80", 1<<18),
		"line ends":                  strings.Repeat("\n", 1<<20),
	} {
		m := NewMemory(64 << 20)
		for _, id := range []string{"a", "b"} {
			of, err := m.Add(id, text)
			if err != nil {
				t.Error(name, err)
			}
			if n := Draw("", text).Len(); n > MaxUnits || id == "b" && n > 8 && (len(of) != 1 || of[0].Kind != Copy) {
				t.Errorf("%s, %d units: %v", name, n, of)
			}
		}
	}
}

// A Chinese text in traditional characters is a copy of the one in simplified ones.
func TestTraditionalCharactersAreCopies(t *testing.T) {
	t.Parallel()
	simplified := Draw(lang.ZH, "河流委员会昨天在山谷里开会，讨论了东岸桥梁的维修与学校的图书馆。")
	traditional := Draw(lang.Und, "河流委員會昨天在山谷裡開會，討論了東岸橋樑的維修與學校的圖書館。")
	if len(simplified.units) == 0 || !slices.Equal(simplified.units, traditional.units) {
		t.Errorf("%v, %v", simplified.units, traditional.units)
	}
}
