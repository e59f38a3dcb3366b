package lang

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

// letters from which words of a language are made, each with the other ways to write it.
var spellings = map[Tag][][]string{
	UZ: {{"a", "а", "A"}, {"b", "б", "B"}, {"d", "д"}, {"i", "и", "I"}, {"q", "қ", "Қ"}, {"oʻ", "o'", "o‘", "o’", "oʼ", "o`", "ў", "Oʻ"},
		{"gʻ", "g'", "g‘", "g’", "gʼ", "ғ"}, {"sh", "ш", "Sh", "SH"}, {"l", "л"}, {"z", "з"}, {"n", "н"}, {"t", "т"}, {"x", "х"}, {"h", "ҳ"}, {"u", "у"}},
	KK: {{"а", "a", "А"}, {"ә", "ä", "Ä"}, {"ғ", "ğ", "Ғ"}, {"қ", "q", "Қ"}, {"ң", "ñ", "Ñ"}, {"ө", "ö"}, {"ұ", "ū", "Ұ"}, {"ү", "ü"}, {"і", "ı", "І", "I"},
		{"и", "i", "İ"}, {"ш", "ş"}, {"л", "l"}, {"т", "t"}, {"д", "d"}, {"ы", "y", "Y"}},
	AZ: {{"a", "а"}, {"ə", "ә", "Ə"}, {"i", "и", "İ"}, {"ı", "ы", "I"}, {"ğ", "ғ"}, {"ş", "ш"}, {"c", "ҹ"}, {"l", "л"}, {"n", "н"}, {"ö", "ө"}},
	TR: {{"a", "A"}, {"i", "İ"}, {"ı", "I"}, {"ğ", "Ğ"}, {"ş", "Ş"}, {"ç", "Ç"}, {"l", "L"}, {"n", "N"}, {"ö", "Ö"}},
	FA: {{"ی", "ي", "ى"}, {"ک", "ك"}, {"ه", "ہ", "ة"}, {"ا", "أ", "آ", "إ"}, {"و", "ؤ"}, {"ر", "ر\u064e"}, {"س", "سـ"}, {"ن", "ن\u200c"}, {"م"}, {"۵", "٥", "5"}},
	UR: {{"ی", "ي"}, {"ک", "ك"}, {"ہ", "ه"}, {"ا", "أ"}, {"ر"}, {"س"}, {"ن"}, {"ٹ"}, {"گ"}, {"۷", "٧", "7"}},
	RU: {{"е", "ё", "Е"}, {"й", "Й"}, {"м", "М"}, {"о", "О"}, {"ш"}, {"д"}},
}

// oneScript says whether parts can stand in one word: a typist does not mix, and mixed words are read
// by their majority.
func scriptsOf(s string) (latin, cyrillic bool) {
	for _, r := range s {
		switch scriptOf(r) {
		case latn:
			latin = true
		case cyrl:
			cyrillic = true
		}
	}
	return
}

func TestSpellingsFoldAlike(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tag := rapid.SampledFrom([]Tag{UZ, KK, AZ, TR, FA, UR, RU}).Draw(t, "tag")
		letters := rapid.SliceOfN(rapid.SampledFrom(spellings[tag]), 2, 9).Draw(t, "letters")
		write := func(name string) string {
			cyrillic := rapid.Bool().Draw(t, name+" in Cyrillic")
			var b strings.Builder
			for _, l := range letters {
				fits := []string{}
				for _, v := range l {
					isLatin, isCyrillic := scriptsOf(v)
					if !(isLatin && cyrillic || isCyrillic && !cyrillic) || tag == RU || tag == FA || tag == UR {
						fits = append(fits, v)
					}
				}
				if len(fits) == 0 {
					fits = l
				}
				b.WriteString(rapid.SampledFrom(fits).Draw(t, name))
			}
			s := b.String()
			if rapid.Bool().Draw(t, name+" decomposed") {
				s = norm.NFD.String(s)
			}
			return s
		}
		a, b := write("a"), write("b")
		for _, tag := range []Tag{tag, map[Tag]Tag{UZ: UZCyrl, FA: PRS}[tag]} {
			if tag == "" {
				continue
			}
			if x, y := Fold(tag, a), Fold(tag, b); x != y {
				t.Fatalf("%s: %q folds to %q, %q to %q", tag, a, x, b, y)
			}
			if x, y := Stem(tag, a), Stem(tag, b); x != y {
				t.Fatalf("%s: %q has stem %q, %q has %q", tag, a, x, b, y)
			}
		}
	})
}

// TestSpellingsOfEndingsAndSeats: words that are written in several ways as a whole have one key and one stem however their letters and joiners are typed.
func TestSpellingsOfEndingsAndSeats(t *testing.T) {
	t.Parallel()
	ya := []string{"ی", "ي", "ى"}
	rapid.Check(t, func(t *rapid.T) {
		one := func(what string, of ...string) string { return rapid.SampledFrom(of).Draw(t, what) }
		// hamza on either seat or on none, with whatever follows
		end := one("ending", "", "ان", "یت", "یت‌ها", "انه")
		a, b := Fold(FA, "مس"+one("seat", "ئ", "ؤ", "\u064a\u0654", "\u0648\u0654", "و")+"ول"+end), Fold(FA, "مسئول"+end)
		if a != b {
			t.Fatalf("%q and %q", a, b)
		}
		end = one("ending of the other", "", "\u200cای", "\u200cها", "ها", "\u200cای\u200cها")
		w := "مس" + one("seat of the other", "ئ", "أ", "ا", "ا\u0654") + "له" + end
		if a, b := Fold(FA, w), Fold(PRS, "مسئله"+end); a != b || Stem(FA, w) != Stem(FA, "مسئله") {
			t.Fatalf("%q and %q, %q", a, b, Stem(FA, w))
		}
		// heh with a hamza, however it is typed, and with a yeh behind a joiner
		w = one("word", "خان", "نام", "برنام", "جلس", "وعد", "مسأل", "روزنام")
		w, bare := w+one("heh", "ۀ", "هٔ", "ه\u200cی", "ه\u200cي", "هٴ", "هء", "ہ\u200cی"), w+"ه"
		if a, b := Fold(FA, w), Fold(FA, bare); a != b || Stem(FA, w) != Stem(FA, bare) {
			t.Fatalf("%q and %q, %q and %q", a, b, Stem(FA, w), Stem(FA, bare))
		}
		if k := Tokens(FA, "در "+bare+" "+one("yeh", ya[:2]...)+" ما"); len(k) != 3 || k[1].Fold != Fold(FA, bare) {
			t.Fatalf("%q: %v", bare, k)
		}
		// a verb's prefix and its auxiliary, each behind a joiner, a space or nothing
		gap := func(what string) string { return one(what, "\u200c", "", " ") }
		w = "می" + gap("prefix") + "خواسته" + gap("auxiliary") + "اند"
		if k := Tokens(FA, w); k[0].Stem != Stem(FA, "می\u200cخواسته\u200cاند") {
			t.Fatalf("%q: %v", w, k)
		}
		// a high hamza is a sign
		w = one("Urdu", "سورہ", "قائد", "علما", "ادارہ")
		if a, b := Fold(UR, w+"ٴ"), Fold(UR, w); a != b || Fold(FA, "سورهٴ") != Fold(FA, "سوره") {
			t.Fatalf("%q and %q", a, b)
		}
		if a, b := Fold(ZH, one("what", "什么", "甚麼", "甚么", "什麼", "什麽")), Fold(ZH, "什么"); a != b {
			t.Fatalf("%q and %q", a, b)
		}
	})
	for _, apart := range [][2]string{{"مسالم", "مسئلم"}, {"شیون", "شؤون"}, {"علی\u200cی", "علی"}, {"خانه", "خانی"}, {"مساله", "مسیر"}, {"ه\u200cی", "ی"}} {
		if a, b := Fold(FA, apart[0]), Fold(FA, apart[1]); a == b {
			t.Errorf("%q and %q are both %q", apart[0], apart[1], a)
		}
	}
	if k := Tokens(FA, "علی ی"); len(k) != 2 {
		t.Errorf("a yeh behind another letter stands alone: %v", k)
	}
}

func TestKazakhRoundTrip(t *testing.T) {
	t.Parallel()
	for _, w := range []string{"Қазақстан", "ынтымақтастық", "ұйым", "жүзеге", "ІС", "ит", "іт", "сұхбаты", "өңір", "Ғылым", "құқық", "тәуелсіздік"} {
		key := Fold(KK, w)
		if again := Fold(KK, key); again != key {
			t.Errorf("%s: %q folds to %q", w, key, again)
		}
		if Fold(KK, strings.ToUpper(w)) != key {
			t.Errorf("%s: capitals fold to %q, small letters to %q", w, Fold(KK, strings.ToUpper(w)), key)
		}
	}
	if Fold(KK, "ит") == Fold(KK, "іт") || Fold(TR, "kır") == Fold(TR, "kir") {
		t.Error("dotted and dotless i are two letters")
	}
}

func TestUzbekScriptsMeet(t *testing.T) {
	t.Parallel()
	for cyrillic, latin := range map[string]string{
		"Европа": "Yevropa", "объект": "obyekt", "милиция": "militsiya", "цирк": "sirk", "концерт": "konsert", "ўзбекча": "oʻzbekcha",
		"мўъжиза": "moʻjiza", "санъат": "sanʼat", "октябрь": "oktabr", "сентябрь": "sentabr", "Исҳоқ": "Isʼhoq", "ёшлар": "yoshlar",
		"поэзия": "poeziya", "ТОШКЕНТ": "Toshkent", "чўл": "choʻl", "юлдуз": "yulduz", "яхши": "yaxshi", "шеър": "sheʼr", "поезд": "poyezd", "Қирғизистон": "Qirgʻiziston",
	} {
		if a, b := Fold(UZ, cyrillic), Fold(UZ, latin); a != b {
			t.Errorf("%s folds to %q, %s to %q", cyrillic, a, latin, b)
		}
	}
}

func TestHomoglyphs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tag  Tag
		a, b string
	}{
		{KK, "Тоқсанбұлaқ", "Тоқсанбұлақ"}, {KK, "жiбередi", "жібереді"}, {RU, "Mосква", "Москва"}, {RU, "COVID", "covid"},
		{UZ, "Тоshкент", "Тоshкент"}, {KY, "Кыpгыз", "Кыргыз"}, {EN, "Рaris", "paris"},
	} {
		if x, y := Fold(c.tag, c.a), Fold(c.tag, c.b); x != y {
			t.Errorf("%s: %q folds to %q, %q to %q", c.tag, c.a, x, c.b, y)
		}
	}
	if got := Stem(KK, "Twitterдің"); got != Stem(KK, "Twitter") {
		t.Errorf("a foreign name keeps its suffix: %q", got)
	}
}

func TestFoldIdempotent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tag := rapid.SampledFrom(append(Known(), Und, "de", "ug")).Draw(t, "tag")
		s := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.RuneFrom([]rune("aİIığЁёйқҚеъЦцыІіұһپيئةۂھ\u200cـًءǰ̇̄̂'ʻ’´ﬁ①½ⅣКkＡㅎ하각각é5٥۵.٫,-٬  \u200f\u00ad\u0301\u0654")))).Draw(t, "text")
		once := Fold(tag, s)
		if twice := Fold(tag, once); twice != once {
			t.Fatalf("%s: %q folds to %q, that to %q", tag, s, once, twice)
		}
		if !utf8.ValidString(once) {
			t.Fatalf("%q folds to invalid %q", s, once)
		}
	})
}

// checkAnalysis fails if some span lies wrongly or some key breaks its promise.
func checkAnalysis(t interface {
	Helper()
	Fatalf(string, ...any)
}, text string, a analysis) {
	t.Helper()
	boundary := func(i int) bool {
		return i == len(text) || i == 0 || utf8.RuneStart(text[i]) || !utf8.ValidString(text)
	}
	inOrder := func(what string, spans []Span) {
		last := 0
		for _, s := range spans {
			if s.Start < last || s.End <= s.Start || s.End > len(text) || !boundary(s.Start) || !boundary(s.End) {
				t.Fatalf("%s %v after %d in %q", what, s, last, text)
			}
			last = s.End
		}
	}
	var words, numbers, dates []Span
	for _, k := range a.Tokens {
		words = append(words, k.Span)
		for _, key := range []string{k.Fold, k.Stem} {
			if key == "" || len(key) > maxKey || !utf8.ValidString(key) {
				t.Fatalf("key %q of %q", key, text[k.Start:k.End])
			}
			for i := 0; i < len(key); i++ {
				if c := key[i]; c < 0x80 && (c < '0' || c > '9') && (c < 'a' || c > 'z') {
					t.Fatalf("key %q of %q", key, text[k.Start:k.End])
				}
			}
		}
	}
	for _, n := range a.Numbers {
		numbers = append(numbers, n.Span)
		if n.Raw != text[n.Start:n.End] || n.Value == "" || strings.Trim(n.Value, "0123456789.") != "" {
			t.Fatalf("number %+v", n)
		}
	}
	for _, d := range a.Dates {
		dates = append(dates, d.Span)
		layout := map[string]string{"year": "2006", "month": "2006-01", "day": "2006-01-02"}[d.Precision]
		if d.Precision == "minute" {
			layout = "2006-01-02T15:04"
			if len(d.Value) > len(layout) {
				layout += "Z07:00"
			}
		}
		if _, err := time.Parse(layout, d.Value); err != nil || d.Raw != text[d.Start:d.End] {
			t.Fatalf("date %+v: %v", d, err)
		}
	}
	inOrder("token", words)
	inOrder("sentence", a.Sentences)
	inOrder("number", numbers)
	inOrder("date", dates)
	if a.Detection.Tag == "" || a.Detection.Confidence < 0 || a.Detection.Confidence > 1 {
		t.Fatalf("%+v", a.Detection)
	}
}

func TestAnalysisHolds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tag := rapid.SampledFrom(append(Known(), Und, "")).Draw(t, "tag")
		piece := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"2026", "1 ", "жылғы ", "маусым ", "۱۴۰۵", " خرداد ", "-", ".", ",", "31.12.", "June ",
			" million ", "24 کروڑ ", "oʻ", "'", "\xff", "\u200c", "م", "12:30", "T", "+05:00", "ﷺ", "⑴", "ﷲ", "\n", "؟"}))
		text := strings.Join(rapid.SliceOf(piece).Draw(t, "pieces"), "")
		now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
		a := analyse(tag, text, now)
		checkAnalysis(t, text, a)
		for _, f := range QueryStems(text) {
			if f.Fold == "" || f.Stem == "" {
				t.Fatalf("%+v", f)
			}
		}
		Loose(tag, text)
	})
}

func FuzzAnalyse(f *testing.F) {
	for _, s := range []string{"", "2026 жылғы 1 маусымнан 240 миллион", "۱۱ خرداد ۱۴۰۵", "Qozog‘iston 2026-yil 1-iyundan", "\xff\xfe\x80oʻ'\u200c", "12 345,6 млн 31.02.2026",
		"M.Aytaqov 5,6. Keyin", "ﷺ⑴½ǰ\u0301", strings.Repeat("1 ", 50), strings.Repeat("a'", 50)} {
		f.Add(s, uint8(len(s)))
	}
	tags := append(Known(), Und, "de", "")
	f.Fuzz(func(t *testing.T, text string, n uint8) {
		tag := tags[int(n)%len(tags)]
		a := analyse(tag, text, time.Unix(1e9, 0).UTC())
		checkAnalysis(t, text, a)
		if once := Fold(tag, text); Fold(tag, once) != once {
			t.Fatalf("%s: fold of %q is not stable: %q, %q", tag, text, once, Fold(tag, once))
		}
	})
}

func TestTagsAndQueries(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Tag{"uz-Latn": UZ, "fa-AF": PRS, "KK": KK, "kk-KZ": KK, "uz_Cyrl_UZ": UZCyrl, "UZ-cyrl": UZCyrl, "zh-Hans-CN": ZH, "zh-TW": ZH,
		"en-GB": EN, "de-AT": "de", "und": Und, "fa-IR": FA, "prs-AF": PRS, "kaz": KK, "tt": "tt", "kk-Arab": "kk-Arab", "ar-x-foo": AR, "az-Cyrl": AZ} {
		if got, err := Parse(in); err != nil || got != want {
			t.Errorf("Parse(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
	for _, in := range []string{"", "x", "kazakh!", "қазақша", "qq", "kk kz", "../kk", "und-Latn", "12", strings.Repeat("k", 99), "kk-", "-kk", "uz-Xxxq"} {
		if got, err := Parse(in); err == nil {
			t.Errorf("Parse(%q) = %q, want a refusal", in, got)
		}
	}
	for _, k := range Known() {
		if got, err := Parse(string(k)); err != nil || got != k || k.Autonym() == string(k) || k.Script() == "Zzzz" {
			t.Errorf("%s: %q %v %q %q", k, got, err, k.Autonym(), k.Script())
		}
	}
	if FA.Dir() != "rtl" || UR.Dir() != "rtl" || KK.Dir() != "ltr" || Tag("ug").Dir() != "rtl" || Und.Dir() != "ltr" || Tag("kk-Arab").Dir() != "rtl" {
		t.Error("directions")
	}
	for _, c := range []struct {
		word string
		tag  Tag
		in   string
	}{
		{"Қозоғистон", UZ, "Qozog‘iston"}, {"Qozog'iston", UZ, "Qozog‘iston"}, {"Qozog‘istonning", UZ, "Qozog‘iston"}, {"تركيه", FA, "ترکیه"}, {"پاكستان", UR, "پاکستان"},
		{"форумға", KK, "форумының"}, {"елшінің", KK, "Елшісі"}, {"covid", KK, "COVID"}, {"istanbul", TR, "İstanbul"}, {"ISPARTA", TR, "Isparta"}, {"240", EN, "240"}, {"5.6", RU, "5,6"},
	} {
		want := Tokens(c.tag, c.in)[0].Stem
		found := false
		forms := QueryStems(c.word)
		for _, f := range forms {
			found = found || f.Stem == want
		}
		if !found || len(forms) > 32 {
			t.Errorf("QueryStems(%q) = %v, none of them %q (%s)", c.word, forms, want, c.tag)
		}
	}
}

func TestSentences(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tag  Tag
		text string
		want string
	}{
		{KK, "Су жіберілді. Министр З. Айтақов келді. М.Сыздықов сөйледі! Сайт gov.kz жаңарды.", "Су жіберілді.|Министр З. Айтақов келді.|М.Сыздықов сөйледі!|Сайт gov.kz жаңарды."},
		{UR, "پانی چھوڑا گیا۔فورم ختم ہوا۔ کیا یہ سچ ہے؟ ہاں", "پانی چھوڑا گیا۔|فورم ختم ہوا۔|کیا یہ سچ ہے؟|ہاں"},
		{RU, "В 2026 г. уровень вырос на 5.6 м. «Всё хорошо.» Конец", "В 2026 г. уровень вырос на 5.6 м.|«Всё хорошо.»|Конец"},
		{UZ, "Suv chiqarildi.Keyin toʻxtatildi. “Bu yaxshi”, dedi u.\nSarlavha", "Suv chiqarildi.|Keyin toʻxtatildi.|“Bu yaxshi”, dedi u.|Sarlavha"},
		{TR, "Türk Devletleri 11. Zirvesi'nde XI. Forum kararı okundu. Sayı 1453. Bitti.", "Türk Devletleri 11. Zirvesi'nde XI. Forum kararı okundu.|Sayı 1453.|Bitti."},
		{AZ, "Onların sayı 11. Nazir dedi.", "Onların sayı 11.|Nazir dedi."},
		{EN, "Dr. Ali came. He left at 5 p.m. and slept.", "Dr. Ali came.|He left at 5 p.m. and slept."},
		{ZH, "水位上升。他说:好!", "水位上升。|他说:好!"},
	} {
		var got []string
		for _, s := range Sentences(c.tag, c.text) {
			got = append(got, c.text[s.Start:s.End])
		}
		if g := strings.Join(got, "|"); g != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.tag, g, c.want)
		}
	}
}

// TestLinear would need minutes if something were quadratic; the bound is wide so that a busy machine passes.
func TestLinear(t *testing.T) {
	t.Parallel()
	for _, unit := range []string{"a", "1", "1 ", "'", "a'", "oʻ", "\xff", ".", "а ", "қазақстандықтардың ", "1.", "1,", "2026 жылғы ", "م\u200c", "\u200c", "é\u0301", "!", "June 1 ", "24 کروڑ ", "\u0301", "ǅ", "漢", "各", "\n", "yesterday ", "2026-06-01T"} {
		text := strings.Repeat(unit, linearSize/len(unit))
		begin := time.Now()
		a := analyse(KK, text, time.Unix(1e9, 0))
		if d := time.Since(begin); d > 10*time.Second {
			t.Errorf("%d bytes of %q took %v", len(text), unit, d)
		} else {
			t.Logf("%d bytes of %q: %v, %d tokens", len(text), unit, d, len(a.Tokens))
		}
		if unit != "ǅ" {
			Fold(UR, text)
		}
	}
}
