package compare

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/lang"
)

// brief writes differences as ~~struck~~ and [put in].
func brief(spans []Span) string {
	var b strings.Builder
	for _, s := range spans {
		switch s.Kind {
		case Same:
			b.WriteString(s.Text)
		case Deleted:
			b.WriteString("~~" + s.Text + "~~")
		case Inserted:
			b.WriteString("[" + s.Text + "]")
		}
	}
	return b.String()
}

func TestWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lang           lang.Tag
		old, new, want string
	}{
		{"en", "", "", ""},
		{"en", "", "New text.", "[New text.]"},
		{"en", "Old text.", "", "~~Old text.~~"},
		{"en", "Same.", "Same.", "Same."},
		{"kk", "240 миллион текше метр су жібереді", "24 миллион текше метр су жібермейді", "~~240~~[24] миллион текше метр су ~~жібереді~~[жібермейді]"},
		{"ru", "с 1 июня направит воду", "с 1 июня не направит воду", "с 1 июня [не ]направит воду"},
		{"uz", "2026-yil 1-iyundan suv", "2026-yil 11-iyundan suv", "2026-yil ~~1-iyundan~~[11-iyundan] suv"},
		{"en", "red of the east", "blue of the east", "~~red~~[blue] of the east"},
		{"en", "He met the old king of hill", "He saw the new queen of hill", "He ~~met the old king~~[saw the new queen] of hill"},
		{"en", "One.\nTwo stays.\nThree goes.", "One.\nTwo stays.\nFour comes.\nFive too.", "One.\nTwo stays.\n~~Three goes~~[Four comes.\nFive too]."},
		{"ur", "پانی 45 دن تک فراہم کیا جائے گا۔", "پانی 40 دن تک فراہم کیا جائے گا۔", "پانی ~~45~~[40] دن تک فراہم کیا جائے گا۔"},
		{"en", "water, road", "water; road", "water~~,~~[;] road"},
	} {
		if got := brief(Words(c.lang, c.old, c.new)); got != c.want {
			t.Errorf("%s: %q to %q:\n got %s\nwant %s", c.lang, c.old, c.new, got, c.want)
		}
	}
}

// whole checks what holds of every answer.
func whole(t *testing.T, l lang.Tag, old, new string) {
	t.Helper()
	var a, b strings.Builder
	last := Kind(9)
	for _, s := range Words(l, old, new) {
		if s.Text == "" || s.Kind == last {
			t.Fatalf("%q to %q: an empty or doubled span", old, new)
		}
		last = s.Kind
		if s.Kind != Inserted {
			a.WriteString(s.Text)
		}
		if s.Kind != Deleted {
			b.WriteString(s.Text)
		}
	}
	if a.String() != old || b.String() != new {
		t.Fatalf("%q to %q: parts make %q and %q", old, new, a.String(), b.String())
	}
}

func TestPartsMakeBothTexts(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(7, 11))
	pieces := []string{"су ", "water", " ", "24 ", "240", "پانی ", "\n", ". ", "а", "-", "14-ші ", "\u200c", "\xff", "水", "، ", "the "}
	text := func() string {
		var b strings.Builder
		for range rng.IntN(60) {
			b.WriteString(pieces[rng.IntN(len(pieces))])
		}
		return b.String()
	}
	for range 3000 {
		whole(t, []lang.Tag{"en", "kk", "ur", "zh"}[rng.IntN(4)], text(), text())
	}
}

func FuzzWords(f *testing.F) {
	f.Add("a b c", "a c d")
	f.Add("24 million.\nx", "240 million.\n\xff")
	f.Fuzz(func(t *testing.T, old, new string) {
		whole(t, "kk", old, new)
		Figures("ur", old, new)
		Across(Text{"en", []string{old}}, Text{"fa", []string{new, old}})
	})
}

// processor is the processor time that this process has used.
func processor(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Skip(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestHostileIsBounded: a megabyte of changes in any pattern is answered at once.
func TestHostileIsBounded(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 5))
	random := func(n, words int, end string) string {
		var b strings.Builder
		for b.Len() < n {
			fmt.Fprintf(&b, "w%d ", rng.IntN(words))
			if rng.IntN(12) == 0 {
				b.WriteString(end)
			}
		}
		return b.String()
	}
	for name, p := range map[string][2]string{
		"one line, all else":    {strings.Repeat("a ", 500_000), strings.Repeat("b ", 500_000)},
		"few words, no ends":    {random(1<<20, 4, ""), random(1<<20, 4, "")},
		"many words, sentences": {random(1<<20, 5000, ". "), random(1<<20, 5000, ". ")},
		"paragraphs":            {random(1<<20, 5000, ".\n"), random(1<<20, 5000, ".\n")},
		"empty paragraphs":      {strings.Repeat("\n", 1<<20), strings.Repeat("x\n", 1<<19)},
		"no words":              {strings.Repeat(".,", 1<<19), strings.Repeat(",.", 1<<19)},
		"digits":                {strings.Repeat("1.", 1<<19), strings.Repeat("2,", 1<<19)},
		"under the bound":       {random(90<<10, 4, ""), random(90<<10, 4, "")},
	} {
		start := processor(t)
		whole(t, "en", p[0], p[1])
		words := processor(t) - start
		start = processor(t)
		Figures("en", p[0], p[1])
		Across(Text{"en", strings.Split(p[0], "\n")}, Text{"ru", strings.Split(p[1], "\n")})
		figures := processor(t) - start
		t.Logf("%s: words %v, figures %v", name, words.Round(time.Millisecond), figures.Round(time.Millisecond))
		if words > 2*time.Second || figures > 5*time.Second {
			t.Errorf("%s: words took %v, figures %v", name, words, figures)
		}
	}
}

func TestFigures(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lang     lang.Tag
		old, new string
		want     []string
	}{
		{"en", "It releases 24 million m³. All is well.", "It releases 240 million m³. All is well.", []string{"24 million=24000000 > 240 million=240000000 | It releases 240 million m³."}},
		{"tr", "Altınsu’da 5,6 büyüklüğünde deprem. Can kaybı yok.", "Altınsu’da 5,8 büyüklüğünde deprem. Can kaybı yok.", []string{"5,6=5.6 > 5,8=5.8 | Altınsu’da 5,8 büyüklüğünde deprem."}},
		{"en", "Open from 1 June 2026.", "Open from 2 June 2026.", []string{"1 June 2026=2026-06-01 > 2 June 2026=2026-06-02 | Open from 2 June 2026."}},
		{"en", "It lasts 45 days.", "It lasts a while.", []string{"45=45 > = | It lasts a while."}},
		{"en", "One 45. Two 50.", "Two 50. One 45.", nil},
		{"en", "Water flows. It lasts 45 days in the valley.", "New first one with 12. It lasts 40 days in the valley. More.", []string{"45=45 > 40=40 | It lasts 40 days in the valley."}},
		{"ur", "پانی 45 دن تک", "پانی ۴۵ دن تک", nil},
	} {
		var got []string
		for _, x := range Figures(c.lang, c.old, c.new) {
			got = append(got, fmt.Sprintf("%s=%s > %s=%s | %s", x.Old.Raw, x.Old.Value, x.New.Raw, x.New.Value, x.NewSentence))
		}
		if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
			t.Errorf("%q to %q:\n got %q\nwant %q", c.old, c.new, got, c.want)
		}
	}
}

func TestAcross(t *testing.T) {
	t.Parallel()
	kk := Text{"kk", []string{"Тоқсанбұлақ 2026 жылғы 1 маусымнан бастап Көксай су қоймасынан 240 миллион текше метр су жібереді. Су 45 күн бойы беріледі."}}
	for _, c := range []struct {
		lang lang.Tag
		text string
		want string
	}{
		{"ur", "توقسان بلاق یکم جون 2026 سے کوکسائی آبی ذخیرے سے 24 کروڑ مکعب میٹر پانی چھوڑے گا۔ پانی 45 دن تک فراہم کیا جائے گا۔", ""},
		{"fa", "توقسان‌بلاق از ۱۱ خرداد ۱۴۰۵ از سد کوک‌سای ۲۴۰ میلیون متر مکعب آب رها می‌کند. آب ۴۵ روز داده می‌شود.", ""},
		{"uz", "Toʻqsonbuloq 2026-yil 1-iyundan Koʻksoy suv omboridan 24 million kub metr suv chiqaradi. Suv 45 kun davomida beriladi.", "240 миллион (240000000) against 24 million (24000000)"},
		{"uz", "Toʻqsonbuloq 2026-yil 11-iyundan Koʻksoy suv omboridan 240 million kub metr suv chiqaradi. Suv 40 kun davomida beriladi.",
			"2026 жылғы 1 маусымнан (2026-06-01) against 2026-yil 11-iyundan (2026-06-11); 45 (45) against 40 (40)"},
		{"fa", "از ۱۱ خرداد سد کوک‌سای ۲۴۰ میلیون متر مکعب آب رها می‌کند. آب ۴۵ روز داده می‌شود.", ""},
		{"en", "From 1 June it releases two hundred and forty million. Water for a month and a half.", ""},
	} {
		var got []string
		for _, d := range Across(kk, Text{c.lang, []string{c.text}}) {
			got = append(got, fmt.Sprintf("%s (%s) against %s (%s)", d.A.Raw, d.A.Value, d.B.Raw, d.B.Value))
			if !strings.Contains(d.B.Sentence, d.B.Raw) || !strings.Contains(d.A.Sentence, d.A.Raw) {
				t.Errorf("%s: the sentence does not have its figure: %+v", c.lang, d)
			}
		}
		if s := strings.Join(got, "; "); s != c.want {
			t.Errorf("%s: got %q, want %q", c.lang, s, c.want)
		}
	}
	for _, c := range [][4]string{ // what languages write in different ways
		{"en", "It was at 14:05 on 24 May; 3 people.", "tr", "24 Mayıs saat 14.05’te üç kişi."},
		{"en", "The 14th session, 30 delegates.", "kk", "14-ші отырыс, отыз делегат."},
		{"ru", "Магнитуда 5,6.", "fa", "بزرگی ۵٫۶."},
	} {
		if d := Across(Text{lang.Tag(c[0]), []string{c[1]}}, Text{lang.Tag(c[2]), []string{c[3]}}); len(d) > 0 {
			t.Errorf("%s against %s: %v", c[1], c[3], d)
		}
	}
	if d := Across(Text{"ru", []string{"", "Магнитуда 5,6."}}, Text{"fa", []string{"", "بزرگی ۵٫۸."}}); len(d) != 1 || d[0].A.Paragraph != 1 {
		t.Errorf("5.6 against 5.8: %v", d)
	}
}

func BenchmarkWords(b *testing.B) {
	old := strings.Repeat("The water level of the reservoir is published every day. ", 60)
	changed := strings.Replace(old, "level", "height", 7)
	for b.Loop() {
		Words("en", old, changed)
	}
}
