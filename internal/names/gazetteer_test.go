package names

import (
	"runtime"
	"slices"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

var sixteen = []lang.Tag{lang.KK, lang.UZ, lang.KY, lang.TG, lang.TK, lang.AZ, lang.TR, lang.FA, lang.PRS, lang.UR, lang.RU, lang.ZH, lang.AR, lang.KO, lang.MN, lang.EN}

func mentions(t lang.Tag, text string) (ids []string) {
	for _, m := range Mentions(t, text, lang.Tokens(t, text)) {
		ids = append(ids, string(m.Name.Kind)+":"+m.Name.ID)
	}
	return ids
}

// Every row of the tables has as many columns as its heading, a kind that is known, and ids that stand once.
func TestWideTables(t *testing.T) {
	t.Parallel()
	kinds := []string{"country", "body", "place", "region", "format", "office", "ordinal", "topic"}
	for name, table := range map[string]string{"world.tsv": world, "topics.tsv": topics} {
		columns := 0
		seen := map[string]bool{}
		for n, line := range strings.Split(strings.Trim(table, "\n"), "\n") {
			f := strings.Split(line, "\t")
			switch {
			case strings.HasPrefix(line, "#"):
			case f[0] == "kind":
				columns = len(f)
				for _, c := range f[2:] {
					if !slices.Contains(sixteen, lang.Tag(c)) {
						t.Errorf("%s:%d: %q is no language of ours", name, n+1, c)
					}
				}
			case len(f) != columns || !slices.Contains(kinds, f[0]) || f[1] == "" || seen[f[0]+":"+f[1]]:
				t.Errorf("%s:%d: %d columns of %d, kind %q, id %q, again: %v", name, n+1, len(f), columns, f[0], f[1], seen[f[0]+":"+f[1]])
			default:
				seen[f[0]+":"+f[1]] = true
			}
		}
		if len(seen) < 80 {
			t.Errorf("%s: only %d rows", name, len(seen))
		}
	}
}

// What the wide tables name is found by every one of its forms, in the language whose form it is.
func TestEveryFormIsMentioned(t *testing.T) {
	t.Parallel()
	silent, all := map[lang.Tag]int{}, map[lang.Tag]int{}
	var heading []string
	for _, table := range []string{world, topics} {
		for _, line := range strings.Split(strings.Trim(table, "\n"), "\n") {
			f := strings.Split(line, "\t")
			if f[0] == "kind" {
				heading = f
			}
			if strings.HasPrefix(line, "#") || f[0] == "kind" {
				continue
			}
			for i, forms := range f[2:] {
				tag := lang.Tag(heading[i+2])
				for form := range strings.SplitSeq(forms, "|") {
					if form == "" {
						continue
					}
					all[tag]++
					if !slices.Contains(mentions(tag, form), f[0]+":"+f[1]) {
						silent[tag]++
						t.Logf("%s %s:%s %q is found as %v", tag, f[0], f[1], form, mentions(tag, form))
					}
				}
			}
		}
	}
	for tag, n := range all {
		if silent[tag]*20 > n {
			t.Errorf("%s: %d of %d forms are not found", tag, silent[tag], n)
		}
	}
}

// A country, a city, a body and an office in every language; contested places by all their names.
func TestMentions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tag  lang.Tag
		text string
		want []string
	}{
		{lang.KY, "Кыргызстандын президенти Бишкекте БУУ өкүлүн кабыл алды", []string{"country:KG", "office:president", "place:bishkek", "body:un"}},
		{lang.ZH, "哈萨克斯坦总统在阿斯塔纳会见联合国代表", []string{"country:KZ", "office:president", "place:astana", "body:un"}},
		{lang.KO, "카자흐스탄 대통령이 아스타나에서", []string{"country:KZ", "place:astana"}},
		{lang.AR, "قال رئيس كازاخستان إن الاجتماع في ألماتي", []string{"office:president", "country:KZ", "format:meeting", "place:almaty"}},
		{lang.TG, "Президенти Тоҷикистон дар Душанбе", []string{"office:president", "country:TJ", "place:dushanbe"}},
		{lang.TK, "Türkmenistanyň Prezidenti Aşgabatda", []string{"country:TM", "office:president", "place:ashgabat"}},
		{lang.MN, "Монгол Улсын Ерөнхийлөгч Улаанбаатар хотод", []string{"country:MN", "office:president", "place:ulaanbaatar"}},
		{lang.PRS, "رئیس جمهور افغانستان در کابل", []string{"office:president", "country:AF", "place:kabul"}},
		{lang.UZCyrl, "Қозоғистон Президенти Тошкентда", []string{"country:KZ", "office:president", "place:tashkent"}},
		{lang.EN, "Talks in Khankendi", []string{"place:khankendi"}},
		{lang.RU, "Переговоры в Степанакерте", []string{"place:khankendi"}},
		{lang.EN, "the turkey and the china on the table", nil},
	} {
		got := mentions(c.tag, c.text)
		for _, id := range c.want {
			if !slices.Contains(got, id) {
				t.Errorf("%s %q: %s is not among %v", c.tag, c.text, id, got)
			}
		}
		if c.want == nil && slices.ContainsFunc(got, func(id string) bool { return strings.HasPrefix(id, "country:") }) {
			t.Errorf("%s %q is taken for %v", c.tag, c.text, got)
		}
	}
}

// What only begins like a country or a city, or loses too much of it, is none: a surname, a given name, an office, a verb.
func TestNoMention(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tag  lang.Tag
		text string
	}{
		{lang.UR, "وہ کل یہاں تھا"},
		{lang.RU, "Ганиев, Непалов, Ливанова, Сириеву, Чехов, Ирландовым и Герман"},
		{lang.RU, "Новый курс: доллар и франк"},
		{lang.UZ, "Qobuljon keldi"},
		{lang.UZCyrl, "Қобулжон келди"},
		{lang.KY, "Малик менен Маликов"},
		{lang.TK, "Ganyýew geldi"},
		{lang.TG, "Қобулҷон омад"},
		{lang.TR, "Maliye Bakanı konuştu"},
		{lang.KK, "Ганиев пен Иранбек"},
	} {
		for _, n := range Told(c.tag, c.text, lang.Tokens(c.tag, c.text)) {
			t.Errorf("%s %q: %v", c.tag, c.text, n)
		}
		for _, id := range mentions(c.tag, c.text) {
			if strings.HasPrefix(id, "country:") || strings.HasPrefix(id, "place:") {
				t.Errorf("%s %q: %s", c.tag, c.text, id)
			}
		}
	}
	for _, c := range []struct {
		tag      lang.Tag
		text, id string
	}{
		{lang.RU, "в Нидерландах и из Нидерландов", "country:NL"}, {lang.RU, "из Египта", "country:EG"}, {lang.RU, "в Германии", "country:DE"},
		{lang.UR, "تھائی لینڈ میں", "country:TH"}, {lang.TR, "Malta'da", "country:MT"}, {lang.UZ, "Kobulda", "place:kabul"}, {lang.RU, "из Филиппин", "country:PH"},
	} {
		if got := mentions(c.tag, c.text); !slices.Contains(got, c.id) {
			t.Errorf("%s %q: %s is not among %v", c.tag, c.text, c.id, got)
		}
	}
}

// Words of all languages meet in what they describe.
func TestConcepts(t *testing.T) {
	t.Parallel()
	want := Concepts(lang.EN, lang.Stem(lang.EN, "hospital"))
	for tag, word := range map[lang.Tag]string{lang.KK: "аурухана", lang.UZ: "shifoxona", lang.UZCyrl: "шифохонада", lang.RU: "больнице", lang.FA: "بیمارستان", lang.TR: "hastane", lang.TG: "беморхона"} {
		got := Concepts(tag, lang.Stem(tag, word))
		if !slices.ContainsFunc(got, func(c uint16) bool { return slices.Contains(want, c) }) {
			t.Errorf("%s %s: %v, hospital %v", tag, word, got, want)
		}
	}
	if got := Concepts(lang.ZH, "医院"); !slices.ContainsFunc(got, func(c uint16) bool { return slices.Contains(want, c) }) {
		t.Errorf("医院: %v", got)
	}
	for _, word := range []string{"میں", "پر", "گا"} { // in, on, will: no reason that two texts are about one thing
		if got := Concepts(lang.UR, lang.Stem(lang.UR, word)); got != nil {
			t.Error(word, got)
		}
	}
	if got := Concepts("und", "hospital"); got != nil {
		t.Error(got)
	}
}

// All tables together stay small. It measures what is alive, so it stands alone.
func TestGazetteersAreSmall(t *testing.T) {
	for _, tag := range sixteen {
		lang.Tokens(tag, "a") // the language's own tables are not counted
	}
	load() // what all have in common
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var kept []*gazetteer
	for _, tag := range sixteen {
		g := newGazetteer(string(tag))
		g.signs()
		kept = append(kept, g)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(kept)
	size := int64(after.HeapAlloc) - int64(before.HeapAlloc)
	t.Logf("%d kB in sixteen languages", size>>10)
	if size > 3<<20 {
		t.Errorf("the gazetteers take %d kB", size>>10)
	}
}

// TestMongolianCases: a place is known in every case, also where its name ends in consonants that look like an ending.
func TestMongolianCases(t *testing.T) {
	t.Parallel()
	for form, id := range map[string]string{
		"Ташкентад": "tashkent", "Ташкентэд": "tashkent", "Ташкентын": "tashkent", "Ташкентаас": "tashkent", "Ашхабадад": "ashgabat", "Исламабадад": "islamabad", "Тегеранд": "tehran", "Анкарт": "ankara",
		"Самаркандад": "samarkand", "Узбекистанд": "UZ", "Туркменистанд": "TM", "Хятадад": "CN", "Ираны": "IR", "Иранаас": "IR", "Улаанбаатарт": "ulaanbaatar", "Бишкекэд": "bishkek", "Астанагийн": "astana",
	} {
		got := Mentions(lang.MN, form, lang.Tokens(lang.MN, form))
		if len(got) != 1 || got[0].Name.ID != id {
			t.Errorf("%s: %v, not %s", form, got, id)
		}
	}
}
