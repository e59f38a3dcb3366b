package search

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"jarchi.dev/jarchi/internal/lang"
)

// spelt are sentences with a word and every way to write that word: each must find what each other finds.
var spelt = []struct {
	tag   lang.Tag
	forms []string
}{
	{lang.UZ, []string{"Qoʻrgʻonsoy", "Qo'rg'onsoy", "Qo‘rg‘onsoy", "Qo’rg’onsoy", "Qoʼrgʼonsoy", "Qo`rg`onsoy", "Қўрғонсой", "ҚЎРҒОНСОЙ", "QOʻRGʻONSOY"}},
	{lang.UZ, []string{"sanʼat", "san'at", "san’at", "sanat", "санъат", "САНЪАТ"}},
	{lang.UZ, []string{"obyekt", "объект"}},
	{lang.UZ, []string{"konsert", "концерт"}},
	{lang.UZ, []string{"yevropa", "Европа", "Yevropa"}},
	{lang.KK, []string{"Көксайда", "Köksaida", "КӨКСАЙДА", "Көкcайда"}}, // a Latin c
	{lang.KK, []string{"ынтымақтастық", "yntymaqtastyq", "ЫНТЫМАҚТАСТЫҚ", "Yntymaqtastyq"}},
	{lang.KK, []string{"көпіршік", "Köpırşık", "КӨПІРШІК"}},
	{lang.KK, []string{"ішкілік", "ışkılık", "ІШКІЛІК", "IŞKILIK"}},
	{lang.AZ, []string{"qızıl", "гызыл", "QIZIL"}},
	{lang.AZ, []string{"şəhəri", "шәһәри", "ŞƏHƏRİ", "şəhərİ"}},
	{lang.TR, []string{"ısınma", "ISINMA", "Isınma"}},
	{lang.TR, []string{"işbirliği", "İŞBİRLİĞİ", "İşbirliği", "is\u0327birliği"}},
	{lang.RU, []string{"ёмкость", "емкость", "ЁМКОСТЬ", "е\u0308мкость"}},
	{lang.FA, []string{"ترکیه", "تركيه", "ترکيه", "ترکیە", "ترکیہ"}},
	{lang.FA, []string{"آب\u200cها", "آبها", "آب ها", "اب\u200cها"}},
	{lang.FA, []string{"رسانه\u200cها", "رسانهها", "رسانه ها"}},
	{lang.FA, []string{"کوک\u200cسای", "کوک سای", "كوك سای"}},
	{lang.UR, []string{"خوش\u200cحال", "خوش حال"}},
	{lang.FA, []string{"می\u200cرود", "میرود", "می رود", "مي رود"}},
	{lang.FA, []string{"می\u200cخواسته\u200cاند", "می خواسته\u200cاند", "می\u200cخواسته اند", "می خواسته اند"}},
	{lang.FA, []string{"روان\u200cشناسی\u200cهای", "روان شناسی\u200cهای", "روان\u200cشناسی های", "روان شناسی های"}},
	{lang.FA, []string{"بزرگ\u200cترین", "بزرگترین", "بزرگ ترین", "بزرگ ترين"}},
	{lang.FA, []string{"کمیتهٔ", "کمیته", "كميته", "کمیتۀ", "كمیتة"}},
	{lang.FA, []string{"۱۴۰۵", "١٤٠٥", "1405"}},
	{lang.UR, []string{"پاکستان", "پاكستان", "پاکسـتان", "پَاکستان"}},
	{lang.UR, []string{"منصوبہ", "منصوبه", "منصوبۃ"}},
	{lang.AR, []string{"الأمم", "الامم", "الاُمم", "الأُمَم", "الأمـم"}},
	{lang.AR, []string{"مدرسة", "مدرسه"}},
	{lang.TG, []string{"Тоҷикистон", "ТОҶИКИСТОН", "тоҷикистон"}},
	{lang.KY, []string{"Кыргызстан", "КЫРГЫЗСТАН", "Кыpгызстан"}}, // a Latin p
	{lang.MN, []string{"Монгол", "МОНГОЛ", "монгол"}},
	{lang.MN, []string{"өвөл", "ɵвɵл", "ӨВӨЛ", "ƟВƟЛ"}}, // a Latin ɵ
	{lang.KK, []string{"көктем", "кɵктем"}},
	{lang.TK, []string{"Türkmenistan", "TÜRKMENISTAN", "Tu\u0308rkmenistan"}},
	{lang.EN, []string{"résumé", "resume", "RÉSUMÉ", "re\u0301sume\u0301"}},
	{lang.ZH, []string{"水位"}},
	{lang.ZH, []string{"国际会议", "國際會議", "國际会議"}},
	{lang.ZH, []string{"头发", "頭髮"}},
	{lang.ZH, []string{"发表声明", "發表聲明"}},
	{lang.KO, []string{"한국", norm.NFD.String("한국")}},
}

// TestSpellingsFindTheSame holds, through a real index, that every spelling of a query has the same hits: what
// is typed in one finds the texts written in each, composed or not.
func TestSpellingsFindTheSame(t *testing.T) {
	t.Parallel()
	x := newIndex(t)
	ids := make([][]int, len(spelt))
	for i, s := range spelt {
		for _, w := range s.forms {
			ids[i] = append(ids[i], x.put(t, Document(s.tag, "", []string{"0 " + w + " 1"}), "xa0"))
		}
	}
	check := func(t interface{ Fatalf(string, ...any) }, i int, typed string) {
		q, err := Parse(typed)
		if err != nil {
			t.Fatalf("%q: %v", typed, err)
		}
		got, err := x.find(q.FTS5([][]string{{"xa0"}}))
		if err != nil {
			t.Fatalf("%q: %v", typed, err)
		}
		for _, id := range ids[i] {
			if !slices.Contains(got, id) {
				t.Fatalf("%s: %q finds %v, not all of %v, which say %q", spelt[i].tag, typed, got, ids[i], spelt[i].forms)
			}
		}
	}
	for i, s := range spelt {
		for _, w := range s.forms {
			check(t, i, w)
			check(t, i, norm.NFD.String(w))
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		i := rapid.IntRange(0, len(spelt)-1).Draw(t, "word")
		w := rapid.SampledFrom(spelt[i].forms).Draw(t, "written")
		if rapid.Bool().Draw(t, "decomposed") {
			w = norm.NFD.String(w)
		}
		rs := []rune(w)
		at := rapid.IntRange(1, len(rs)).Draw(t, "at")
		mark := rapid.SampledFrom([]string{"", "\u200f", "\u200e", "\u00ad", "\u2060", "\ufeff"}).Draw(t, "mark")
		if strings.Contains(w, " ") {
			mark = ""
		}
		check(t, i, fmt.Sprint(string(rs[:at]), mark, string(rs[at:])))
	})
}

// TestBeginningsFindTheWord: in every language a word is found by each of its beginnings down to three letters, as far as its stem goes,
// in whatever letters either is written.
func TestBeginningsFindTheWord(t *testing.T) {
	t.Parallel()
	x := newIndex(t)
	for _, s := range spelt {
		for _, w := range s.forms {
			if strings.Contains(w, " ") || s.tag == lang.ZH || s.tag == lang.KO {
				continue
			}
			id, stem := x.put(t, Document(s.tag, "", []string{"0 " + w + " 1"}), "xa0"), []rune(lang.Stem(s.tag, w))
			for rs := []rune(norm.NFC.String(w)); len(rs) > PrefixLength; rs = rs[:len(rs)-1] {
				typed := string(rs)
				fold := []rune(lang.Fold(s.tag, typed))
				if len(fold) > len(stem) || len(fold) < PrefixLength || !letters(typed) {
					continue
				}
				q, err := Parse(typed + "*")
				if err != nil {
					t.Fatal(err)
				}
				if got, err := x.find(q.FTS5([][]string{{"xa0"}})); err != nil || !slices.Contains(got, id) {
					t.Errorf("%s: %s* does not find %s, %v", s.tag, typed, w, err)
				}
				if q.Score(Document(s.tag, "", []string{w})) == 0 {
					t.Errorf("%s: %s* gives %s no score", s.tag, typed, w)
				}
			}
		}
	}
}

func letters(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
}
