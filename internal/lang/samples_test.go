package lang

import (
	"os"
	"strings"
	"testing"
	"time"
)

func sampleText(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(shared(t, "samples", name+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestQueriesReachSamples plays what scene 2 needs of this package: a typed word has, among its forms,
// the stem that the sample's own spelling got.
func TestQueriesReachSamples(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sample string
		tag    Tag
		words  []string
	}{
		{"000_16a40d38f141b0b0", UZ, []string{"Қозоғистон", "Qozogʻiston", "Qozog'iston", "Qozog‘istonning", "ҳамкорлиги", "журналист"}},
		{"001_32cc9811ad68b415", UR, []string{"پاكستان", "پاکستان", "منصوبہ", "ڈیجیٹل"}},
		{"002_87f847a6d181454e", KK, []string{"елшінің", "Қазақстанның", "qazaqstan", "сұхбат"}},
		{"003_23a63cbc857a289d", KK, []string{"форумға", "форум", "covid", "AFOCO", "Корея"}},
		{"004_284f50cf403ab954", FA, []string{"تركيه", "ترکیه", "آذربایجان", "رسانه\u200cها", "كميته"}},
	} {
		stems := map[string]bool{}
		for _, k := range Tokens(c.tag, sampleText(t, c.sample)) {
			stems[k.Stem] = true
		}
		for _, w := range c.words {
			found := false
			for _, f := range QueryStems(w) {
				found = found || stems[f.Stem]
			}
			if !found {
				t.Errorf("%s: %s is not found: %v", c.sample, w, QueryStems(w))
			}
		}
	}
}

func TestSamplesHold(t *testing.T) {
	t.Parallel()
	for name, dates := range map[string]string{"000_16a40d38f141b0b0": "2025-07-17/day", "001_32cc9811ad68b415": "2025-07-11/day 2024/year",
		"002_87f847a6d181454e": "2026-01-08/day", "003_23a63cbc857a289d": "", "004_284f50cf403ab954": ""} {
		text := sampleText(t, name)
		a := analyse("", text, time.Time{})
		checkAnalysis(t, text, a)
		var got []string
		for _, d := range a.Dates {
			got = append(got, d.Value+"/"+d.Precision)
		}
		if s := strings.Join(got, " "); s != dates {
			t.Errorf("%s: %q, want %q", name, s, dates)
		}
		if testing.Verbose() {
			t.Logf("%s: %d sentences, %d numbers", name, len(a.Sentences), len(a.Numbers))
			for _, n := range a.Numbers {
				t.Logf("  %s %q", n.Value, n.Raw)
			}
			for _, s := range a.Sentences {
				t.Logf("  | %.60s … %s", text[s.Start:s.End], text[max(s.Start, s.End-10):s.End])
			}
		}
	}
}

func TestLooseMeets(t *testing.T) {
	t.Parallel()
	for _, names := range [][]struct {
		tag  Tag
		name string
	}{
		{{KK, "Қазақстан"}, {UZ, "Qozogʻiston"}, {RU, "Казахстан"}, {EN, "Kazakhstan"}, {TR, "Kazakistan"}, {FA, "قزاقستان"}, {UR, "قازقستان"}, {TG, "Қазоқистон"}},
		{{UZ, "Toshkent"}, {RU, "Ташкент"}, {EN, "Tashkent"}, {TR, "Taşkent"}, {KK, "Ташкент"}, {FA, "تاشکند"}, {UR, "تاشقند"}},
		{{EN, "Beijing"}, {UR, "بیجنگ"}},
		{{KK, "Смадияров"}, {UZ, "Smadiyarov"}, {RU, "Смадияров"}, {EN, "Smadiyarov"}},
		{{KK, "Түркия"}, {TR, "Türkiye"}, {FA, "ترکیه"}, {UR, "ترکیہ"}, {UZ, "Turkiya"}, {AZ, "Türkiyə"}},
		{{EN, "Zhaparov"}, {KY, "Жапаров"}, {RU, "Жапаров"}, {UZ, "Japarov"}, {FA, "جپاروف"}},
		{{EN, "Tajikistan"}, {RU, "Таджикистан"}, {TG, "Тоҷикистон"}, {UZ, "Tojikiston"}, {FA, "تاجیکستان"}, {KK, "Тәжікстан"}},
		{{EN, "Aliyev"}, {AZ, "Əliyev"}, {RU, "Алиев"}},
	} {
		want := Loose(names[0].tag, names[0].name)
		for _, n := range names[1:] {
			if got := Loose(n.tag, n.name); got != want {
				t.Errorf("%s %s: %q; %s %s: %q", names[0].tag, names[0].name, want, n.tag, n.name, got)
			}
		}
	}
}
