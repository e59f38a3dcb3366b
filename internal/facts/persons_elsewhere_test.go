package facts

import (
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// elsewhere are people with names of far countries, and places, firms and things that hold the same names; written before it was
// measured.
var elsewhere = map[lang.Tag][][2]string{
	lang.EN: {
		{"Envoys of Oliver Brandt and Chiara Lombardi met on Monday.", "Oliver Brandt|Chiara Lombardi"}, {"The river fell, wrote Christoph Lindqvist in a letter.", "Christoph Lindqvist"},
		{"Trains from San Antonio to Santa Barbara were late.", ""}, {"The ferry to Prince Edward Island and Port Arthur was full.", ""}, {"The Louis Vuitton shop opened in Oqtepa.", ""},
		{"Shares of Lockheed Martin and Warner Brothers fell.", ""}, {"A storm hit Saint Martin and San Diego.", ""}, {"Students of the Adam Smith Institute visited the dam.", ""},
	},
	lang.RU: {
		{"Письмо передал Оливер Брандт, сообщила служба.", "Оливер Брандт"}, {"Министр энергетики Кристоф Линдквист посетил плотину.", "Кристоф Линдквист"}, {"После Карины Вебер выступил Ян Дворжак.", "Карины Вебер|Ян Дворжак"},
		{"Поезд из Сан-Антонио в Порт-Артур опоздал.", ""}, {"Магазин Луи Виттон открыт в Актепе.", ""}, {"Остров Принца Эдуарда ждёт паром.", ""}, {"Институт Адама Смита проверил плотину.", ""}, {"Из Кении в Италию и Францию везут чай.", ""},
	},
	lang.KK: {
		{"Министр Оливер Брандт бөгетке келді.", "Оливер Брандт"}, {"Хатты Кристоф Линдквист жазды, деді елші Ян Дворжак.", "Ян Дворжак"}, {"Сан-Антонио мен Порт-Артурға пойыз кешікті.", ""}, {"Луи Виттон дүкені ашылды.", ""}, {"Бенин мен Тонга шай әкелді.", ""},
	},
	lang.UZ: {
		{"Vazir Oliver Brandt toʻgʻonga keldi.", "Oliver Brandt"}, {"Elchi Stiven Xarris bayonot berdi, dedi Jon Miller.", "Stiven Xarris|Jon Miller"}, {"San-Antonio va Port-Arturga poyezd kechikdi.", ""}, {"Lui Vitton doʻkoni ochildi.", ""}, {"Filippin va Martinika choy yubordi.", ""},
	},
	lang.TR: {
		{"Bakan Oliver Brandt baraja geldi.", "Oliver Brandt"}, {"Büyükelçi Stephen Harris, Laura Conti ile görüştü.", "Stephen Harris|Laura Conti"}, {"San Antonio ve Port Arthur trenleri gecikti.", ""}, {"Louis Vuitton mağazası açıldı.", ""}, {"Adam Smith Enstitüsü barajı inceledi.", ""}, {"Bir adam Konya'ya geldi.", ""},
	},
	lang.AZ: {
		{"Nazir Oliver Brandt bəndə gəldi.", "Oliver Brandt"}, {"Səfir Stiven Harris bildirdi.", "Stiven Harris"}, {"San-Antonio və Port-Artur qatarı gecikdi.", ""}, {"Lui Vitton mağazası açıldı.", ""}, {"Filippin və Martinik çay göndərdi.", ""},
	},
	lang.TK: {
		{"Ministr Oliwer Brandt bende geldi.", "Oliwer Brandt"}, {"Ilçi Stiwen Harris aýtdy.", "Stiwen Harris"}, {"San-Antonio we Port-Artur otlusy giç galdy.", ""}, {"Tonga we Grenada çaý iberdi.", ""},
	},
	lang.KY: {
		{"Министр Оливер Брандт дамбага келди.", "Оливер Брандт"}, {"Элчи Ян Дворжак билдирди.", "Ян Дворжак"}, {"Сан-Антонио менен Порт-Артурга поезд кечикти.", ""}, {"Дания менен Марокко чай жөнөттү.", ""},
	},
	lang.TG: {
		{"Вазир Оливер Брандт ба сарбанд омад.", "Оливер Брандт"}, {"Сафир Ҷон Миллер гуфт.", "Ҷон Миллер"}, {"Қатора аз Сан-Антонио ба Порт-Артур дер монд.", ""}, {"Дания ва Доминика чой фиристоданд.", ""},
	},
	lang.MN: {
		{"Эрчим хүчний сайд Бат-Эрдэнэ далан дээр ирлээ.", "Бат-Эрдэнэ"}, {"Батын Эрдэнэ хэлэв.", "Батын Эрдэнэ"}, {"Ерөнхийлөгч Ухнаагийн Хүрэлсүх айлчиллаа.", "Ухнаагийн Хүрэлсүх"}, {"Доржийн Ганбаатар ирлээ.", "Доржийн Ганбаатар"}, {"Сайд Оливер Брандт уулзав.", "Оливер Брандт"},
		{"Монголын Баатар хэлэв.", ""}, {"Улаанбаатарын Захирагч ирлээ.", ""}, {"Сайд Ташкентын Төв талбайд ирлээ.", ""}, {"Сан-Антонио, Порт-Артурын галт тэрэг хоцров.", ""}, {"Францын Соёлын төв нээгдэв.", ""}, {"Сайд Баяр наадамд ирлээ.", ""},
	},
	lang.FA: {
		{"وزیر انرژی الیور برانت از سد دیدن کرد.", "الیور برانت"}, {"کریستوفر لیندکویست گفت سد آماده است.", "کریستوفر لیندکویست"}, {"قطار سن آنتونیو دیر رسید.", ""}, {"فروشگاه لوئی ویتون باز شد.", ""}, {"مدیر بازرگانی شرکت آمد.", ""},
	},
	lang.UR: {
		{"وزیر توانائی آلیور برانٹ نے ڈیم کا دورہ کیا۔", "آلیور برانٹ"}, {"کرسٹوفر ملر نے کہا کہ ڈیم تیار ہے۔", "کرسٹوفر ملر"}, {"سان انتونیو کی ٹرین دیر سے آئی۔", ""}, {"لوگوں نے امید کرتا بچہ دیکھا۔", ""},
	},
	lang.AR: {
		{"زار وزير الطاقة أحمد العلي السد.", "أحمد العلي"}, {"قال الوزير أحمد العلي إن السد جاهز.", "أحمد العلي"}, {"زار وزير الطاقة أوليفر براندت السد.", "أوليفر براندت"}, {"وصل قطار سان أنطونيو متأخرا.", ""}, {"افتتح متجر لويس فيتون.", ""}, {"اجتمع الوزير على السد.", ""},
	},
}

// TestPersonsFromElsewhere: names of far countries are told, Arabic surnames that look like a preposition, and Mongolians by their
// father's name or their own alone behind an office; what bears such a name is not.
func TestPersonsFromElsewhere(t *testing.T) {
	t.Parallel()
	told, right, want := 0, 0, 0
	for tag, cases := range elsewhere {
		for _, c := range cases {
			var wanted, got []string
			if c[1] != "" {
				wanted = strings.Split(c[1], "|")
			}
			for _, p := range personsOf(tag, c[0]) {
				got = append(got, p.Name)
			}
			want, told = want+len(wanted), told+len(got)
			for _, name := range got {
				if contains(wanted, []string{name}) {
					right++
				}
			}
			if !contains(wanted, got) {
				t.Errorf("%s %q: %q, not %q", tag, c[0], got, wanted)
			} else if len(got) < len(wanted) {
				t.Logf("%s missed: %q: %q, not %q", tag, c[0], got, wanted)
			}
		}
	}
	t.Logf("told %d, right %d, of %d", told, right, want)
	if right < 29 {
		t.Error("fewer than were")
	}
}
