package intake

import (
	"testing"
	"time"
)

func TestDateline(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"MOSCOW, July 17 (TASS) - Talks went on.", "MOSCOW, July 17 (TASS) -"},
		{"BAKU, Azerbaijan, July 17. Ministers met.", "BAKU, Azerbaijan, July 17."},
		{"LONDON (Reuters) - Shares rose.", "LONDON (Reuters) -"},
		{"Душанбе, 17 июля – Ховар. Участники программы начали обучение.", "Душанбе, 17 июля – Ховар."},
		{"АЛМАТЫ, 17 июля — РИА Новости. Вода дошла.", "АЛМАТЫ, 17 июля — РИА Новости."},
		{"АСТАНА. KAZINFORM – Вода дошла.", "АСТАНА. KAZINFORM –"},
		{"Samarqand, 2026 yil 1 iyun – Kumush Xabar axborot agentligi.Tadbir boʻldi.", "Samarqand, 2026 yil 1 iyun – Kumush Xabar axborot agentligi."},
		{"Toshkent, 17-iyul. Oʻzbekiston vakillari keldi.", "Toshkent, 17-iyul."},
		{"تهران - ایرنا - دو کشور به توافق رسیدند.", "تهران - ایرنا -"},
		{"اسلام آباد (ویب ڈیسک) معاہدہ ہو گیا۔", "اسلام آباد (ویب ڈیسک)"},
		{"بیجنگ : فورم منعقد ہوا۔", "بیجنگ"},
		{"新华社北京7月17日电 成员国", "新华社北京7月17日电"},
		// None of these is one.
		{"", ""},
		{"Talks on the border went on, the ministry said on 17 July.", ""},
		{"The minister (water) said that talks went on.", ""},
		{"وی افزود: آب سد از ماه آینده رها می شود.", ""},
		{"Министр: вода дойдёт в июне.", ""},
		{"Forum (2026) opened in the capital.", ""},
		{"Тоқсанбұлақ Су министрі елшімен сөйлесті.", ""},
		{"In June, 240 million cubic metres – a record – were released.", ""},
	} {
		if got := dateline(c.text); got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}

func TestTruncated(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"The scale of the online market of the member states grew to 3.":               true,
		"По данным ведомства, число погибших при обвале в шахте выросло до 12.":        false,
		"The next session of the council of ministers is planned in Taskol on May 12.": false,
		"Қаза тапқандардың саны ведомство мәліметі бойынша жексенбіде 12.":             false,
		"The water will be released in the spring of 2026.":                            false,
		"It will store 240 million cubic metres of water in dry years and then the":    true,
		"He called it “a great step forward for all of us on the river”":               false,
		"…and so on, with an ellipsis at the end of the line...":                       true,
		"Photo: A. B.": false,
		"دونوں ممالک کا معاہدہ۔": false,
		"": false,
		"See https://press.example/a/very/long/address/that/ends/nowhere/in/particular": false,
	} {
		if got := truncated(s, false); got != want {
			t.Errorf("%q: %v", s, got)
		}
	}
}

func TestMachineNote(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"Mazkur material sunʼiy intellekt vositasida tarjima qilindi":  true,
		"Бұл мақала жасанды интеллект көмегімен аударылған":            true,
		"Данная статья переведена с помощью искусственного интеллекта": true,
		"یہ خبر مصنوعی ذہانت کی مدد سے ترجمہ کی گئی ہے":                true,
		"This article was translated automatically.":                   true,
		"Bu haber yapay zeka ile çevrilmiştir.":                        true,
		"本文由机器翻译": true,
		"The ministry will buy machines and translators will be trained to use them in all of its offices by the end of the year": false,
		"Artificial intelligence changes newsrooms": false,
		"She works as a translator of novels":       false,
	} {
		if got := machineNote(s); got != want {
			t.Errorf("%q: %v", s, got)
		}
	}
}

// TestMachineAsTranslator: who translated a text may be an engine.
func TestMachineAsTranslator(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]bool{
		"Translated by: Google Translate": true, "Перевод: Яндекс.Переводчик": true, "Translated by: Ai Tanaka": false, "Перевод: Лейла Алиева": false,
	} {
		text := "Port news of the week\n\nThe port of Toqsan was busy this week, the administration of the city said on Monday. Ships came from all sides of the sea.\n\n" + line + "\n"
		got, err := Read(Document{Bytes: []byte(text)}, time.Time{})
		if err != nil || len(got) != 1 || got[0].MachineTranslated != want {
			t.Errorf("%q: %+v %v", line, got, err)
		}
	}
}

func TestAttribute(t *testing.T) {
	t.Parallel()
	for s, want := range map[string][]Attribution{
		"сообщает ТАСС со ссылкой на МИД.":                            {{Relation: Original, Source: "МИД"}, {Relation: QuotedBy, Source: "ТАСС"}},
		"Об этом сообщает пресс-служба министерства.":                 {{Relation: Original, Source: "пресс-служба министерства"}},
		"به گزارش ایسنا به نقل از رویترز، آب رها شد.":                 {{Relation: Original, Source: "رویترز"}, {Relation: QuotedBy, Source: "ایسنا"}},
		"Bu haqda Kun.uz xabar berdi.":                                {{Relation: Original, Source: "Kun.uz"}},
		"Trend reports, citing the Ministry of Energy.":               {{Relation: Original, Source: "Ministry of Energy"}, {Relation: QuotedBy, Source: "Trend"}},
		"ба гузориши Ховар, об расид.":                                {{Relation: Original, Source: "Ховар"}},
		"According to the figures the market grew by three per cent.": nil,
		"اعداد و شمار کے مطابق مارکیٹ میں اضافہ ہوا۔":                 nil,
		"Вода дойдёт до трёх районов.":                                nil,
	} {
		got := attribute(s)
		ok := len(got) == len(want)
		for i := 0; ok && i < len(got); i++ {
			ok = got[i].Relation == want[i].Relation && got[i].Source == want[i].Source
		}
		if !ok {
			t.Errorf("%q: %+v, want %+v", s, got, want)
		}
	}
}
