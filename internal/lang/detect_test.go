package lang

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

// shared is the folder of sample material, which is not part of the repository.
func shared(t testing.TB, parts ...string) string {
	t.Helper()
	root := os.Getenv("JARCHI_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	p := filepath.Join(append([]string{root}, parts...)...)
	if _, err := os.Stat(p); err != nil {
		t.Skipf("%s is not here: set JARCHI_SHARED to the folder of sample material", p)
	}
	return p
}

func readLines(t testing.TB, path string) []string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var lines []string
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		lines = append(lines, sc.Text())
	}
	return lines
}

func TestDetectSamples(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]Tag{"000_16a40d38f141b0b0": UZ, "001_32cc9811ad68b415": UR, "002_87f847a6d181454e": KK,
		"003_23a63cbc857a289d": KK, "004_284f50cf403ab954": FA} {
		b, err := os.ReadFile(shared(t, "samples", name+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		text := string(b)
		head, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
		for _, s := range []string{text, head} {
			if d := Detect(s, ""); d.Tag != want {
				t.Errorf("%s: %+v, want %s (%d bytes)", name, d, want, len(s))
			}
		}
	}
}

// TestDetectAccuracy measures on parallel news sentences; nothing was trained on them. With -v it reads all of
// them and prints the tables of docs/languages.md, otherwise one in eight.
func TestDetectAccuracy(t *testing.T) {
	t.Parallel()
	dir := shared(t, "data", "ntrex-dev")
	cut := func(s string, n int) string {
		r := []rune(s)
		if n > 0 && len(r) > n {
			r = r[:n]
		}
		return string(r)
	}
	lengths := []int{0, 50, 20}
	var bins, right [11]int // by confidence
	var mean [3]float64
	languages := 0
	for _, lang := range append(Known(), "tt", "ba", "uk", "be", "bg", "ug", "ps", "sd", "ckb", "de", "fr", "es") {
		path := filepath.Join(dir, string(lang)+".tsv")
		neighbour := false
		if _, err := os.Stat(path); err != nil {
			path, neighbour = filepath.Join(dir, "neighbours", string(lang)+".tsv"), true
		}
		if lang == UZCyrl { // the same text in the other script
			path, neighbour = filepath.Join(dir, "uz.tsv"), false
		}
		if _, err := os.Stat(path); err != nil {
			continue
		}
		lines := readLines(t, path)
		least := 99.0
		if !testing.Verbose() {
			kept := lines[:0]
			for i := 0; i < len(lines); i += 8 {
				kept = append(kept, lines[i])
			}
			lines, least = kept, 97.5
		}
		for k, n := range lengths {
			ok, ours := 0, 0
			wrong := map[Tag]int{}
			for _, line := range lines {
				_, s, _ := strings.Cut(line, "\t")
				if lang == UZCyrl {
					s = inCyrillic.Replace(strings.ToLower(s))
				}
				d := Detect(cut(s, n), "")
				good := d.Tag == lang || lang == PRS && d.Tag == FA
				if good {
					ok++
				} else {
					wrong[d.Tag]++
				}
				if served[d.Tag] {
					ours++
				}
				b := int(d.Confidence * 10)
				if !neighbour && d.Tag != Und {
					bins[b]++
					if good {
						right[b]++
					}
				}
			}
			share := 100 * float64(ok) / float64(len(lines))
			taken := 100 * float64(ours) / float64(len(lines))
			if neighbour {
				t.Logf("%-7s first %2d: %5.1f%% right, taken for ours %4.1f%%  %v", lang, n, share, taken, wrong)
			} else {
				t.Logf("%-7s first %2d: %5.1f%% right  %v", lang, n, share, wrong)
			}
			if !neighbour && lang != PRS { // Dari is told from Persian by declaration only
				mean[k] += share
				if k == 0 {
					languages++
				}
			}
			if n == 0 && !neighbour && share < least {
				t.Errorf("%s: %.1f%% of whole sentences are right", lang, share)
			}
			if n == 0 && neighbour && taken > 3 {
				t.Errorf("%s: %.1f%% of whole sentences are taken for ours", lang, taken)
			}
		}
	}
	for k, n := range lengths {
		t.Logf("mean of %d languages, first %2d: %.2f%%", languages, n, mean[k]/float64(languages))
	}
	for i, n := range bins {
		if n > 0 {
			t.Logf("confidence %.1f: %5d answers, %.1f%% right", float64(i)/10, n, 100*float64(right[i])/float64(n))
		}
	}
}

func TestParagraphs(t *testing.T) {
	t.Parallel()
	kk := "Көксай су қоймасындағы деңгей биыл көктемде екі метрге көтерілді, деп хабарлады су ведомствосы."
	ru := "Уровень воды в Коксайском водохранилище весной вырос на два метра, сообщили в ведомстве."
	en := "The water level in the reservoir rose by two metres this spring, the agency said on Monday."
	for _, c := range []struct {
		text []string
		want []Tag
	}{
		{[]string{kk, kk, ru, kk}, []Tag{KK, KK, RU, KK}},
		{[]string{kk, kk, "А. Бекшин", "", "12.06.2026", kk}, []Tag{KK, KK, KK, Und, Und, KK}},
		{[]string{en, "Reuters", en, kk, ru}, []Tag{EN, EN, EN, KK, RU}},
		{nil, nil},
		{[]string{"", "…"}, []Tag{Und, Und}},
	} {
		var got []Tag
		for _, d := range Paragraphs(c.text, "") {
			got = append(got, d.Tag)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q: %v, want %v", c.text, got, c.want)
		}
	}
	if got := Paragraphs([]string{"سطح آب سد امسال بالا رفته است و کشاورزان خشنودند"}, PRS); got[0].Tag != PRS {
		t.Errorf("declared Dari: %+v", got[0])
	}
	many := make([]string, 3*manyParagraphs)
	for i := range many {
		many[i] = "су"
	}
	many[0] = kk
	if got := Paragraphs(many, ""); len(got) != len(many) || got[len(got)-1].Tag != KK {
		t.Errorf("%d of %d", len(got), len(many))
	}
}

// inCyrillic writes Uzbek in Cyrillic as far as single letters and digraphs tell.
var inCyrillic = strings.NewReplacer("oʻ", "ў", "o‘", "ў", "oʼ", "ў", "gʻ", "ғ", "g‘", "ғ", "gʼ", "ғ", "sh", "ш", "ch", "ч", "yo", "ё", "yu", "ю", "ya", "я", "ye", "е", "ts", "ц",
	" e", " э", "a", "а", "b", "б", "d", "д", "e", "е", "f", "ф", "g", "г", "h", "ҳ", "i", "и", "j", "ж", "k", "к", "l", "л", "m", "м", "n", "н", "o", "о", "p", "п", "q", "қ",
	"r", "р", "s", "с", "t", "т", "u", "у", "v", "в", "x", "х", "y", "й", "z", "з", "ʼ", "ъ", "’", "ъ")

func TestDetectSpellings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text     string
		declared Tag
		want     Tag
	}{
		{"Su anbarında səviyyə bu yaz iki metr qalxıb, idarə bildirir", "", AZ},
		{norm.NFD.String("Su anbarında səviyyə bu yaz iki metr qalxıb, idarə bildirir"), "", AZ},
		{norm.NFD.String("Barajdaki su seviyesi bu bahar iki metre yükseldi, müdürlük açıkladı"), "", TR},
		{norm.NFD.String("Уровень воды в водохранилище весной вырос, сообщил Коксайский район"), "", RU},
		{"Suv omboridagi sath bu bahorda ko'tarildi, deb ma'lum qildi idora", "", UZ},
		{"Suv omboridagi sath bu bahorda koʻtarildi, deb maʼlum qildi idora", "", UZ},
		{"آب ﺳﺪ ﺍﻣﺴﺎﻝ ﺑﺎﻻ ﺭﻓﺘﻪ ﺍﺳﺖ ﻭ ﻛﺸﺎﻭﺭﺯﺍﻥ ﺧﺸﻨﻮﺩﻧﺪ", "", FA}, // letters by their shapes
		{"اداره آب روز دوشنبه از بالا رفتن سطح سد خبر داد", "", FA},
		{"اداره آب روز دوشنبه از بالا رفتن سطح سد خبر داد", PRS, PRS},    // by declaration only
		{"Уровень воды в водохранилище весной вырос", KK, RU},            // clear: a declaration does not hold it back
		{"AFOCO WaterWatch: су деңгейі биыл көктемде көтерілді", "", KK}, // names in Latin letters
		{"The reservoir agency calls the gate 上水门", "", EN},
		{"水库水位上升 AFOCO", "", ZH},
		{"저수지 수위가 올봄 2미터 올랐다", "", KO},
		{"ダムの水位が上がった", "", "ja"},
		{"\u202bسطح آب سد امسال بالا رفته است\u202c", "", FA},
		{"", "", Und}, {"12:30 — 5,6 %", "", Und}, {"\xff\xfe", "", Und},
	} {
		d := Detect(c.text, c.declared)
		if d.Tag != c.want {
			t.Errorf("%q declared %q: %+v, want %s", c.text, c.declared, d, c.want)
		}
	}
}

// TestDetectBadInput feeds what comes from outside: an answer within bounds, whatever it is.
func TestDetectBadInput(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"a", "ж", "ا", "中", "\u202e\u2066", strings.Repeat("ж", 1<<20), strings.Repeat("\xd0", 1<<20), strings.Repeat("қaз", 1<<18), strings.Repeat("e\u0301", 1<<18)} {
		for _, declared := range []Tag{"", KK, PRS, "xx"} {
			if d := Detect(s, declared); d.Tag == "" || len(d.Script) != 4 || d.Confidence < 0 || d.Confidence > 1 {
				t.Errorf("%.8q… declared %q: %+v", s, declared, d)
			}
		}
	}
	if d := Detect("ж", ""); d.Confidence > 0.5 {
		t.Errorf("of one letter: %+v", d)
	}
	for _, s := range []string{strings.Repeat("а", 1<<20), strings.Repeat("ha", 40), strings.Repeat("ه", 30)} {
		if d := Detect(s, ""); d.Tag != Und || d.Confidence != 0 {
			t.Errorf("of the same again and again: %.8q… %+v", s, d)
		}
	}
}

func FuzzDetect(f *testing.F) {
	for _, s := range []string{"су деңгейі", "o‘zbek\u202e", "آب\u200cها", "水 water", "\xff", "e\u0301ш"} {
		f.Add(s, "kk")
	}
	f.Fuzz(func(t *testing.T, s, declared string) {
		for _, d := range append(Paragraphs(strings.Split(s, "\n"), Tag(declared)), Detect(s, Tag(declared))) {
			if d.Tag == "" || len(d.Script) != 4 || d.Confidence < 0 || d.Confidence > 1 {
				t.Errorf("%q: %+v", s, d)
			}
		}
	})
}

func TestOthers(t *testing.T) {
	t.Parallel()
	kk := "Көксай су қоймасындағы деңгей биыл көктемде екі метрге көтерілді, деп хабарлады су ведомствосы."
	ru := "Уровень воды в Коксайском водохранилище весной вырос на два метра, сообщили в ведомстве."
	en := "The water level rose by two metres this spring, the agency said."
	if got := Others([]string{kk, ru, kk, en, "Reuters", ru, ""}, KK); !slices.Equal(got, []Tag{RU, EN}) {
		t.Error(got)
	}
	if got := Others([]string{kk, "AFOCO, WWF", "А. Бекшин"}, KK); got != nil {
		t.Error(got)
	}
}

func TestLooksDari(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"قوماندان پولیس ولسوالی کوک‌سای گفت سطح آب بند در ماه جنوری بالا رفته است": true,
		"فرمانده پلیس شهرستان کوک‌سای گفت سطح آب سد در ماه ژانویه بالا رفته است":   false,
		"پوليس گفت سطح آب بالا رفته است":                                           false, // one word is none
		"": false,
	} {
		if got := LooksDari([]string{text}); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// TestLooksDariMeasured prints how many runs of ten news sentences look like Dari.
func TestLooksDariMeasured(t *testing.T) {
	t.Parallel()
	var share [2]float64
	for k, tag := range []Tag{FA, PRS} {
		lines := readLines(t, filepath.Join(shared(t, "data", "ntrex-dev"), string(tag)+".tsv"))
		n, hints := 0, 0
		for run := range slices.Chunk(lines, 10) {
			if n++; LooksDari(run) {
				hints++
			}
		}
		share[k] = 100 * float64(hints) / float64(n)
	}
	t.Logf("looks like Dari: %.0f%% of Persian, %.0f%% of Dari", share[0], share[1])
	if share[0] > 10 {
		t.Errorf("%.0f%% of Persian texts look like Dari", share[0])
	}
}

// TestDetectAddress: an address alone is in no language; a sentence with one in it is.
func TestDetectAddress(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"https://press.example/news/president-opens-new-hospital", " HTTP://example.org/novosti/otkrytie-bolnicy\n", "www.press.example", "press.example/news/hospital", "info@agency.example", "mailto:info@agency.example"} {
		if d := Detect(text, ""); d.Tag != Und || d.Confidence != 0 {
			t.Errorf("%q: %+v", text, d)
		}
	}
	if d := Detect("The minister opened the new hospital in the capital, see https://press.example/news", ""); d.Tag != EN {
		t.Errorf("a sentence with an address: %+v", d)
	}
}
