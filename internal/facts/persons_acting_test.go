package facts

import (
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// Who but acts for the bearer of an office is told without it, however the language shortens that.
func TestActingHasNoOffice(t *testing.T) {
	for _, c := range []struct {
		tag        lang.Tag
		text, name string
		office     string
	}{
		{lang.RU, "И. о. премьер-министра Анна Левина заявила о новых мерах.", "Анна Левина", ""},
		{lang.RU, "И.о. премьер-министра Анна Левина заявила о новых мерах.", "Анна Левина", ""},
		{lang.RU, "ВРИО премьер-министра Анна Левина заявила о новых мерах.", "Анна Левина", ""},
		{lang.RU, "Премьер-министр Анна Левина заявила о новых мерах.", "Анна Левина", "primeminister"},
		{lang.EN, "Acting Prime Minister Anna Levina said the talks would go on.", "Anna Levina", ""},
		{lang.KK, "Премьер-министрдің м.а. Марат Сейітов мәлімдеді.", "Марат Сейітов", ""},
		{lang.KK, "Премьер-министрдің міндетін атқарушы Марат Сейітов мәлімдеді.", "Марат Сейітов", ""},
		{lang.KY, "Премьер-министрдин м.а. Марат Сейитов билдирди.", "Марат Сейитов", ""},
		{lang.UZ, "Bosh vazir v.b. Marat Seitov maʼlum qildi.", "Marat Seitov", ""},
		{lang.AZ, "Baş nazirin v.i.e. Yusif Kərimov bildirdi.", "Yusif Kərimov", ""},
		{lang.KK, "Энергетика министрінің м. а. Марат Сейітов мәлімдеді.", "Марат Сейітов", ""},
		{lang.KY, "Министрдин милдетин аткаруучу Марат Сейитов билдирди.", "Марат Сейитов", ""},
		{lang.UZCyrl, "Бош вазир в.б. Марат Сеитов маълум қилди.", "Марат Сеитов", ""},
		{lang.UZ, "Vazir vazifasini bajaruvchi Marat Seitov maʼlum qildi.", "Marat Seitov", ""},
		{lang.UZ, "V.b. vazir Marat Seitov maʼlum qildi.", "Marat Seitov", ""},
		{lang.AZ, "Nazir vəzifəsini icra edən Yusif Kərimov bildirdi.", "Yusif Kərimov", ""},
		{lang.AZ, "V.i.e. nazir Yusif Kərimov bildirdi.", "Yusif Kərimov", ""},
		{lang.TK, "Ministriň w.ý.ý. Myrat Saparow habar berdi.", "Myrat Saparow", ""},
		{lang.TK, "Ministriň wezipesini wagtlaýyn ýerine ýetiriji Myrat Saparow habar berdi.", "Myrat Saparow", ""},
		{lang.TG, "Иҷрокунандаи вазифаи вазир Марат Сайидов гуфт.", "Марат Сайидов", ""},
		{lang.TG, "И. в. вазир Марат Сайидов гуфт.", "Марат Сайидов", ""},
		{lang.TG, "Вазир Марат Сайидов гуфт.", "Марат Сайидов", "minister"},
		{lang.MN, "Сайдын үүрэг гүйцэтгэгч Батын Ганболд мэдэгдэв.", "Батын Ганболд", ""},
		{lang.MN, "Үүрэг гүйцэтгэгч сайд Батын Ганболд мэдэгдэв.", "Батын Ганболд", ""},
		{lang.FA, "سرپرست وزارت نیرو حسن رستمی گفت.", "حسن رستمی", ""},
		{lang.FA, "وزیر سرپرست نیرو حسن رستمی گفت.", "حسن رستمی", ""},
		{lang.FA, "کفیل وزیر نیرو حسن رستمی گفت.", "حسن رستمی", ""},
		{lang.FA, "سرپرست نخست‌وزیر حسن رستمی گفت.", "حسن رستمی", ""},
		{lang.UR, "قائم مقام وزیراعظم حسن رضا نے کہا۔", "حسن رضا", ""},
		{lang.UR, "نگران وزیراعظم حسن رضا نے کہا۔", "حسن رضا", ""},
		{lang.UR, "عبوری صدر حسن رضا نے کہا۔", "حسن رضا", ""},
		{lang.AR, "قال رئيس الوزراء بالإنابة عمر الفاروق إنه بريء.", "عمر الفاروق", ""},
		{lang.AR, "قال رئيس الوزراء المكلف عمر الفاروق إنه بريء.", "عمر الفاروق", ""},
		{lang.AR, "قال القائم بأعمال وزير الخارجية عمر الفاروق إنه بريء.", "عمر الفاروق", ""},
		{lang.AR, "قال وزير الخارجية بالوكالة عمر الفاروق إنه بريء.", "عمر الفاروق", ""},
		{lang.ZH, "代理总理王建河周一表示支持。", "王建河", ""},
		{lang.ZH, "代总统王建河周一表示支持。", "王建河", ""},
		{lang.ZH, "看守总理王建河周一表示支持。", "王建河", ""},
		{lang.KO, "김민서 대통령 권한대행은 회의를 열었다.", "김민서", ""},
		{lang.KO, "김민서 총리 직무대행은 회의를 열었다.", "김민서", ""},
		{lang.KO, "김민서 장관 대행은 회의를 열었다.", "김민서", ""},
		{lang.TR, "Başbakan vekili Mehmet Yılmaz açıkladı.", "Mehmet Yılmaz", ""},
	} {
		got := personsIn(c.tag, c.text, lang.Tokens(c.tag, c.text))
		if len(got) > 1 || len(got) == 1 && got[0] != (Person{c.name, c.office}) {
			t.Errorf("%s: %s: %q", c.tag, c.text, got)
		}
		if c.tag == lang.RU && len(got) == 0 {
			t.Errorf("%s: %s: nobody", c.tag, c.text)
		}
	}
}
