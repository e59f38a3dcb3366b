package web

import (
	"testing"
	"time"

	jalaali "github.com/jalaali/go-jalaali"
	"pgregory.net/rapid"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/wire"
)

func TestOneInstantInEveryLanguage(t *testing.T) {
	t.Parallel()
	at := time.Date(2025, 7, 17, 9, 5, 0, 0, time.UTC).In(time.FixedZone("", 5*3600))
	for l, want := range map[lang.Tag]string{
		"en": "17 Jul 2025, 14:05 UTC+5", "kk": "2025 ж. 17 шіл., 14:05 UTC+5", "ru": "17 июл. 2025 г., 14:05 UTC+5", "uz": "2025-yil 17-iyul, 14:05 UTC+5",
		"tr": "17 Tem 2025 14:05 UTC+5", "az": "17 iyul 2025, 14:05 UTC+5", "ur": "17 جولائی 2025، 14:05 UTC+5",
		"fa": "۲۶ تیر ۱۴۰۴، ۱۴:۰۵ UTC+5 (۱۷ ژوئیهٔ ۲۰۲۵)",
	} {
		if got := stamp(l, at); got != want {
			t.Errorf("%s: %q, want %q", l, got, want)
		}
	}
	for hours, want := range map[float64]string{0: "UTC", 5.5: "UTC+5:30", -3.5: "UTC−3:30", 5.75: "UTC+5:45", -10: "UTC−10"} {
		if got := offset(at.In(time.FixedZone("", int(hours*3600)))); got != want {
			t.Errorf("offset %v: %q, want %q", hours, got, want)
		}
	}
}

func TestStatedDatesKeepTheirPrecision(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		l              lang.Tag
		value, precise string
		want           string
	}{
		{"en", "2025-07-17", "day", "17 July 2025"}, {"ru", "2025-07-17", "day", "17 июля 2025 г."}, {"kk", "2025-07-17", "day", "2025 ж. 17 шілде"},
		{"uz", "2025-07-17", "day", "2025-yil 17-iyul"}, {"fa", "2025-07-17", "day", "۲۶ تیر ۱۴۰۴ (۱۷ ژوئیهٔ ۲۰۲۵)"}, {"ur", "2025-07-17", "day", "17 جولائی 2025"},
		{"en", "2025-07", "month", "July 2025"}, {"ru", "2025-07", "month", "июль 2025 г."}, {"fa", "2025-07", "month", "ژوئیهٔ ۲۰۲۵"},
		{"en", "2025", "year", "2025"}, {"kk", "2025", "year", "2025 ж."}, {"fa", "2025", "year", "۲۰۲۵ میلادی"},
		{"en", "2025-07-17T14:05:00+05:00", "minute", "17 Jul 2025, 14:05 UTC+5"}, {"en", "2025-07-17T14:05", "minute", "17 July 2025, 14:05"},
		{"en", "nonsense", "day", "nonsense"},
	} {
		if got := statedDate(c.l, &wire.StatedDate{Value: c.value, Precision: c.precise}); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.l, c.value, got, c.want)
		}
	}
	if statedDate("en", nil) != "" {
		t.Error("no date became one")
	}
}

// TestPersianCalendar checks the conversion at the turns of years whose dates are published, and that
// days follow each other without a gap.
func TestPersianCalendar(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ gy, gm, gd, jy, jm, jd int }{
		{2026, 6, 1, 1405, 3, 11}, {2025, 7, 17, 1404, 4, 26}, {2025, 3, 20, 1403, 12, 30}, {2025, 3, 21, 1404, 1, 1}, {2021, 3, 20, 1399, 12, 30},
		{2021, 3, 21, 1400, 1, 1}, {2024, 3, 19, 1402, 12, 29}, {2024, 3, 20, 1403, 1, 1}, {1979, 2, 11, 1357, 11, 22}, {2029, 3, 20, 1408, 1, 1},
	} {
		jy, jm, jd, err := jalaali.ToJalaali(c.gy, time.Month(c.gm), c.gd)
		if err != nil || jy != c.jy || int(jm) != c.jm || jd != c.jd {
			t.Errorf("%d-%d-%d: %d-%d-%d, %v", c.gy, c.gm, c.gd, jy, jm, jd, err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		day := time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 100_000).Draw(t, "day"))
		next := day.AddDate(0, 0, 1)
		y1, m1, d1, err1 := jalaali.ToJalaali(day.Date())
		y2, m2, d2, err2 := jalaali.ToJalaali(next.Date())
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		same := y1 == y2 && m1 == m2 && d2 == d1+1
		newMonth := y1 == y2 && m2 == m1+1 && d2 == 1 && d1 >= 30
		newYear := y2 == y1+1 && m2 == 1 && d2 == 1 && m1 == 12 && d1 >= 29
		if !same && !newMonth && !newYear {
			t.Fatalf("%v: %d-%d-%d is followed by %d-%d-%d", day, y1, m1, d1, y2, m2, d2)
		}
	})
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		l    lang.Tag
		n    int64
		want string
	}{{"en", 41208, "41,208"}, {"fa", 41208, "۴۱٬۲۰۸"}, {"ru", 41208, "41\u00A0208"}, {"tr", 1234567, "1.234.567"}, {"en", -1000, "−1,000"}, {"kk", 999, "999"}, {"ru", 1000, "1000"}} {
		if got := number(c.l, c.n); got != c.want {
			t.Errorf("%s %d: %q, want %q", c.l, c.n, got, c.want)
		}
	}
}

func TestTextFromOutside(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"3-aprelda <b>":                 `<span class="nb">3-aprelda</span> &lt;b&gt;`,
		"14-ші":                         `<span class="nb">14-ші</span>`,
		"a\u202Eb\u2066c\u061Cd\u200Fe": "abcde",
		"می\u200Cشود":                   "می\u200Cشود",
		"one\ntwo\x07":                  "one two",
		`2-"x`:                          "2-&#34;x",
	} {
		if got := escaped(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := firstWords("bir ikki uch toʻrt", 10); got != "bir ikki …" {
		t.Errorf("first words: %q", got)
	}
	if got := localPath("/\\evil"); got != "/" {
		t.Errorf("localPath: %q", got)
	}
}

func FuzzEscaped(f *testing.F) {
	f.Add("3-aprelda <script>")
	f.Add("\u202E&#60;")
	f.Fuzz(func(t *testing.T, s string) {
		got := escaped(s)
		for i := 0; i < len(got); i++ {
			if got[i] == '<' && len(got) >= i+5 && got[i:i+5] != "<span" && (len(got) < i+6 || got[i:i+6] != "</span") {
				t.Fatalf("%q became markup: %q", s, got)
			}
		}
		_ = firstWords(s, 20)
		_ = localPath(s)
		_ = rawName(s, "0123456789abcdef0")
		_, _ = parseLanguages(s)
		_ = acceptedLanguages(s)
	})
}
