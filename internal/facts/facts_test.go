package facts

import (
	"fmt"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

func TestRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tag        lang.Tag
		text, want string
	}{
		{"kk", "Тоқсанбұлақ 2026 жылғы 1 маусымнан бастап Көксай су қоймасынан 240 миллион текше метр су жібереді", "toqsanbulaq koksai; 240000000 m3; 2026-06-01"},
		{"ru", "Токсанбулак с 1 июня 2026 года направит из Коксайского водохранилища 240 млн кубометров воды", "toqsanbulaq koksai; 240000000 m3; 2026-06-01"},
		{"uz", "Toʻqsonbuloq 2026-yil 1-iyundan Koʻksoydan 240 million kub metr suv chiqaradi", "toqsanbulaq koksai; 240000000 m3; 2026-06-01"},
		{"ur", "توقسان بلاق یکم جون 2026 سے کوکسائی آبی ذخیرے سے 24 کروڑ مکعب میٹر پانی چھوڑے گا", "toqsanbulaq koksai; 240000000 m3; 2026-06-01"},
		{"fa", "توقسان\u200cبلاق از ۱۱ خرداد ۱۴۰۵ از سد کوک\u200cسای ۲۴۰ میلیون متر مکعب آب رها می\u200cکند", "toqsanbulaq koksai; 240000000 m3; 2026-06-01"},
		{"tr", "Altınsu'nun güneyinde 5,6 büyüklüğünde deprem oldu. Kazakistan'dan 120 kişi geldi.", "altinsu KZ; 5.6 mag 120 people; "},
		{"en", "Pakistan and the Shanghai Cooperation Organisation: 12% more in 2025, 35 km of road", "PK sco; 12 pct 35 km; "},
		{"kk", "Қазақстанның Қытаймен шекарасында 15 адам болды", "KZ CN; 15 people; "},
		{"ru", "В Узбекистане и в Иране; мали ли", "UZ IR; ; "},
		{"kk", "24 мың адам, 3 млн теңге", "; 24000 people 3000000 kzt; "},
		{"ky", "24 миң адам, 3 миллион теңге", "; 24000 people 3000000 kzt; "},
		{"tg", "24 ҳазор нафар, 3 миллион доллар", "; 24000 people 3000000 usd; "},
		{"tk", "24 müň adam, 3 million dollar", "; 24000 people 3000000 usd; "},
		{"mn", "24 мянган хүн, 3 сая доллар, магнитудын 5.6", "; 24000 people 3000000 usd 5.6 mag; "},
		{"zh", "2.4万人，3亿美元，水240万立方米", "; 24000 people 300000000 usd 2400000 m3; "},
		{"ko", "2만 명, 3억 달러, 240만 세제곱미터", "; 20000 people 300000000 usd 2400000 m3; "},
		{"ar", "24 ألف شخص، 3 ملايين دولار في كازاخستان", "KZ; 24000 people 3000000 usd; "},
		{"ur", "2 لاکھ افراد، 3 کروڑ روپے", "; 200000 people 30000000 pkr; "},
		{"en", "Rs 5 crore, 12 lakh rupees", "; 50000000 rupee 1200000 rupee; "},
		{"ru", "40 млн. долларов, 5 тыс. тонн. Потом 3 млн. Доллар упал", "; 40000000 usd 5000 t 3000000 ; "},
		{"tk", "5 million manat", "; 5000000 tmt; "},
		{"tg", "5 миллион сомонӣ", "; 5000000 tjs; "},
		{"ky", "5 миллион сомони, 3 миллион сомду", "; 5000000 tjs 3000000 kgs; "},
		{"mn", "5 тэрбум төгрөг", "; 5000000000 mnt; "},
		{"prs", "۵ لک افغانی", "; 500000 afn; "},
		{"fa", "۲۰ افغانی کشته شدند", "; ; "},
		{"ko", "5억 원을 주고 5만 톤을", "; 500000000 krw 50000 t; "},
		{"ko", "12일 서울에서 5일간, 30일 동안", "seoul; 5 days 30 days; "},
		{"zh", "三億元，五萬噸", "; 300000000 cny 50000 t; "},
		{"uz-Cyrl", "24 минг киши, 3 миллион доллар, Қозоғистон", "KZ; 24000 people 3000000 usd; "},
		{"prs", "۲۴ هزار نفر و ۳ میلیون دلار", "; 24000 people 3000000 usd; "},
		{"xx", "Kazakhstan 1200 km, 12 t", "; 1200 ; "},
		{"en", "", "; ; "},
	} {
		f := Read(c.tag, c.text)
		var ns, qs, ds []string
		for _, n := range f.Names {
			ns = append(ns, n.ID)
		}
		for _, q := range f.Quantities {
			qs = append(qs, q.Value+" "+q.Unit)
		}
		for _, d := range f.Dates {
			ds = append(ds, d.Value)
		}
		if got := fmt.Sprintf("%s; %s; %s", strings.Join(ns, " "), strings.Join(qs, " "), strings.Join(ds, " ")); got != c.want {
			t.Errorf("%s %.40s\n got %q\nwant %q", c.tag, c.text, got, c.want)
		}
	}
}

func TestUnitsAreWhole(t *testing.T) {
	t.Parallel()
	for id, names := range units().shown {
		for _, l := range []lang.Tag{lang.EN, lang.RU, lang.KK, lang.UZ, lang.TR, lang.AZ, lang.FA, lang.UR} {
			if names[l] == "" {
				t.Errorf("%s has no word in %s", id, l)
			}
		}
	}
	if len(units().shown) < 8 {
		t.Fatal("the table of units was not read")
	}
}

func FuzzRead(f *testing.F) {
	f.Add("kk", "240 миллион текше метр, Қазақстан 12 %")
	f.Fuzz(func(_ *testing.T, tag, text string) { Read(lang.Tag(tag), text) })
}

func BenchmarkRead(b *testing.B) {
	text := "Тоқсанбұлақ 2026 жылғы 1 маусымнан бастап Көксай су қоймасынан 240 миллион текше метр су жібереді. Су 45 күн бойы беріледі, деп хабарлады баспасөз қызметі. Қазақстанның шекарасында жұмыс жүріп жатыр."
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Read(lang.KK, text)
	}
}

// About how much a second is no volume.
func TestFlowIsNoVolume(t *testing.T) {
	t.Parallel()
	for tag, text := range map[lang.Tag]string{
		lang.KK: "Орташа шығыны секундына шамамен 62 текше метр болады.", lang.UZ: "Sekundiga taxminan 62 kub metr suv oqadi.",
		lang.TR: "Saniyede yaklaşık 62 metreküp su akıyor.", lang.AZ: "Saniyədə təxminən 62 kubmetr su axır.",
	} {
		if q := Read(tag, text).Quantities; len(q) != 1 || q[0].Unit != "m3s" {
			t.Errorf("%s: %v", tag, q)
		}
	}
}

// TestTelephones: what is dialled is no quantity, and what stands beside a quantity is no telephone.
func TestTelephones(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Call +7 727 250 1234 or 8 (800) 200-02-00.":        "",
		"Press office: (0312) 555-1234, fax 555-12-34-56":   "",
		"Telephone +998712345678, 250 people":               "250 people",
		"1 250 000 people and 12,500 (4,300) tonnes":        "1250000 people 12500  4300 ",
		"A budget of +3 500 000 000 dollars":                "3500000000 dollar",
		"Between 12 000 - 15 000 people, +3,500 in May":     "12000  15000 people 3500 ",
		"Budget of 2 500 000 (2 100 000 last year) dollars": "2500000  2100000 ",
	} {
		var got []string
		for _, q := range quantities(lang.EN, text, lang.Tokens(lang.EN, text), nil) {
			if q.Unit != "" || len(q.Value) > 3 {
				got = append(got, q.Value+" "+q.Unit)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %q", text, strings.Join(got, " "), want)
		}
	}
}

// TestCountedByTheirFate: a number in front of a word for the dead, the hurt or the missing counts people, and what is dead or missing otherwise is none.
func TestCountedByTheirFate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tag        lang.Tag
		text, want string
	}{
		{lang.EN, "62 killed, over 100 injured in train crash", "62 people 100 people"},
		{lang.EN, "12 dead fish found, 30 missing documents, 2026 killed the plan", ""},
		{lang.RU, "62 погибших и 100 раненых", "62 people 100 people"},
		{lang.TR, "Kazada 5 ölü, 12 yaralı", "5 people 12 people"},
		{lang.UR, "ٹرین حادثے میں 62 جاں بحق، 100 زخمی", "62 people 100 people"},
		{lang.AR, "62 قتيلا و100 جريح", "62 people 100 people"},
		{lang.FA, "۶۲ کشته و ۱۰۰ زخمی", "62 people 100 people"},
		{lang.ZH, "62死100伤", "62 people 100 people"},
		{lang.KK, "62 қаза, 100 жаралы", "62 people 100 people"},
		{lang.UZ, "Hodisada 62 oʻlgan, 100 yaralangan", "62 people 100 people"},
	} {
		var got []string
		for _, q := range Read(c.tag, c.text).Quantities {
			got = append(got, q.Value+" "+q.Unit)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s %s: %q, want %q", c.tag, c.text, got, c.want)
		}
	}
}
