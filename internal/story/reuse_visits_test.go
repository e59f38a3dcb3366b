package story

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestReuseOfVisits reads a short release in six languages by the hand of one who had not read the rules: cut off,
// within another text and quoted it is found; another reporter's words on the visit use nothing. docs/languages.md
// names what is missing: releases put anew by hand.
func TestReuseOfVisits(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(filepath.Join("testdata", "visits.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	spun, formulas, all := 0, 0, 0
	for line := range strings.Lines(string(b)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if strings.HasPrefix(line, "#") {
			continue
		}
		if len(f) != 6 {
			t.Fatalf("%d fields: %q", len(f), line)
		}
		release, formula, anew, other, quoting := f[1], f[2], f[3], f[4], f[5]
		uses := func(text string) (string, bool) {
			m := NewMemory(1 << 20)
			if _, err := m.Add("release", release); err != nil {
				t.Fatal(err)
			}
			of, err := m.Add("text", text)
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(of, func(s Source) bool { return s.ID == "release" })
			if i < 0 {
				return "", false
			}
			return string(of[i].Kind), true
		}
		runes := []rune(release)
		for name, text := range map[string]string{"cut off": string(runes[:len(runes)*6/10]) + "...", "behind another": other + " " + release, "quoted": quoting} {
			if _, ok := uses(text); !ok {
				t.Errorf("%s: %s, not found", f[0], name)
			}
		}
		if kind, ok := uses(other); ok {
			t.Errorf("%s: another reporter's words are a %s", f[0], kind)
		}
		all++
		if _, ok := uses(anew); ok {
			spun++
		}
		if kind, ok := uses(formula); ok {
			formulas++
			if kind != "rewrite" {
				t.Errorf("%s: the formula of another visit is a %s", f[0], kind)
			}
		}
	}
	if t.Logf("of %d: put anew by hand found %d, formulas taken for rewrites %d", all, spun, formulas); all != 6 || spun < 2 || formulas > 1 {
		t.Errorf("of %d: put anew by hand found %d, formulas taken for rewrites %d", all, spun, formulas)
	}
}

// TestReuseOfFormulas: a release of one office in the words of another one's, on another event, is no rewrite of it; with the same numbers and a good part of its words put otherwise it is.
func TestReuseOfFormulas(t *testing.T) {
	t.Parallel()
	for tag, c := range map[string][3]string{ // a release, the same formula of another event, the release put otherwise here and there
		"en": {"The ministry of water resources of Koksay presented on Monday its plan for the repair of the Northern Canal, which carries water to four districts. The canal was built in 1962 and loses a third of its water, according to engineers who inspected it in the spring. Work will begin in September and will cost 84 million dollars, half of which is a loan of the development bank.",
			"The ministry of water resources of Tamar presented on Friday its plan for the repair of the Southern Canal, which carries water to six districts. The canal was built in 1971 and loses a quarter of its water, according to engineers who inspected it in the autumn. Work will begin in March and will cost 51 million dollars, all of which is a loan of the investment bank.",
			"The water ministry of Koksay showed on Monday its plan for the repair of the Northern Canal, which brings water to four districts. The canal was built in 1962 and loses a third of its water, according to engineers who visited it in the spring. Works will begin in September and should cost 84 million dollars, half of which is a credit of the development bank."},
		"ru": {"Министерство водных ресурсов Коксая представило в понедельник план ремонта Северного канала, который несёт воду в четыре района. Канал построен в 1962 году и теряет треть воды, по словам инженеров, осмотревших его весной. Работы начнутся в сентябре и обойдутся в 84 миллиона, половина которых заём банка развития.",
			"Министерство водных ресурсов Тамара представило в пятницу план ремонта Южного канала, который несёт воду в шесть районов. Канал построен в 1971 году и теряет четверть воды, по словам инженеров, осмотревших его осенью. Работы начнутся в марте и обойдутся в 51 миллион, весь из которых заём банка инвестиций.",
			"Министерство воды Коксая показало в понедельник план ремонта Северного канала, который даёт воду в четыре района. Канал построен в 1962 году и теряет треть воды, по словам инженеров, осмотревших его весной. Работа начнётся в сентябре и обойдётся в 84 миллиона, половина которых кредит банка развития."},
		"tr": {"Koksay Su Kaynakları Bakanlığı pazartesi günü dört ilçeye su taşıyan Kuzey Kanalı'nın onarım planını açıkladı. Kanal 1962 yılında yapıldı ve baharda inceleyen mühendislere göre suyunun üçte birini yitiriyor. Çalışmalar eylülde başlayacak ve yarısı kalkınma bankasının kredisi olan 84 milyona mal olacak.",
			"Tamar Su Kaynakları Bakanlığı cuma günü altı ilçeye su taşıyan Güney Kanalı'nın onarım planını açıkladı. Kanal 1971 yılında yapıldı ve güzün inceleyen mühendislere göre suyunun dörtte birini yitiriyor. Çalışmalar martta başlayacak ve tamamı yatırım bankasının kredisi olan 51 milyona mal olacak.",
			"Koksay Su Bakanlığı pazartesi günü dört ilçeye su veren Kuzey Kanalı'nın onarım planını tanıttı. Kanal 1962 yılında yapıldı ve baharda bakan mühendislere göre suyunun üçte birini yitiriyor. Çalışmalar eylülde başlayacak ve yarısı kalkınma bankasının borcu olan 84 milyona mal olacak."},
		"fa": {"وزارت منابع آب کوکسای روز دوشنبه طرح بازسازی کانال شمالی را که آب را به چهار ناحیه می‌برد معرفی کرد. این کانال در سال ۱۹۶۲ ساخته شده و به گفته مهندسانی که در بهار آن را دیدند یک سوم آب خود را از دست می‌دهد. کار در سپتامبر آغاز می‌شود و ۸۴ میلیون دلار هزینه دارد که نیمی از آن وام بانک توسعه است.",
			"وزارت منابع آب تامار روز جمعه طرح بازسازی کانال جنوبی را که آب را به شش ناحیه می‌برد معرفی کرد. این کانال در سال ۱۹۷۱ ساخته شده و به گفته مهندسانی که در پاییز آن را دیدند یک چهارم آب خود را از دست می‌دهد. کار در مارس آغاز می‌شود و ۵۱ میلیون دلار هزینه دارد که همه آن وام بانک سرمایه است.",
			"وزارت آب کوکسای روز دوشنبه طرح بازسازی کانال شمالی را که آب را به چهار ناحیه می‌رساند نشان داد. این کانال در سال ۱۹۶۲ ساخته شده و به گفته مهندسانی که در بهار آن را دیدند یک سوم آب خود را از دست می‌دهد. کار در سپتامبر آغاز می‌شود و ۸۴ میلیون دلار خرج دارد که نیمی از آن اعتبار بانک توسعه است."},
	} {
		for i, want := range []bool{false, true} {
			m := NewMemory(1 << 20)
			if _, err := m.Add("release", c[0]); err != nil {
				t.Fatal(err)
			}
			of, err := m.Add("text", c[1+i])
			if err != nil || len(of) > 0 != want {
				t.Errorf("%s: %v, %v", tag, of, err)
			}
		}
	}
}
