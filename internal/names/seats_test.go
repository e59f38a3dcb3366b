package names

import (
	"os"
	"slices"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// TestSeats: the cities in which ministers meet are found in sentences of every language, with its endings, and what only looks
// like them is not.
func TestSeats(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tag      lang.Tag
		text, id string
	}{
		{lang.EN, "The ministers met in Doha on Tuesday", "doha"}, {lang.RU, "Встреча прошла в Дохе", "doha"}, {lang.FA, "نشست در دوحه برگزار شد", "doha"},
		{lang.KK, "Кездесу Дохада өтті", "doha"}, {lang.UZ, "Uchrashuv Dohada o‘tdi", "doha"}, {lang.TR, "Toplantı Doha'da yapıldı", "doha"}, {lang.AR, "عقد الاجتماع في الدوحة", "doha"},
		{lang.ZH, "会议在多哈举行", "doha"}, {lang.MN, "Уулзалт Дохад болов", "doha"}, {lang.UR, "اجلاس دوحہ میں ہوا", "doha"}, {lang.KO, "회의가 하노이에서 열렸다", "hanoi"},
		{lang.RU, "Делегация прибыла в Оттаву", "ottawa"}, {lang.RU, "Форум открылся в Ханое", "hanoi"}, {lang.TR, "Heyet Bursa'ya geldi", "bursa"}, {lang.KY, "Жыйын Караколдо өттү", "karakol"}, {lang.TG, "Вохӯрӣ дар Хоруғ баргузор шуд", "khorog"},
		{lang.AZ, "Görüş Trabzonda keçirildi", "trabzon"}, {lang.TK, "Duşuşyk Hanoýda geçirildi", "hanoi"}, {lang.FA, "نشست در رباط برگزار شد", "rabat"},
		{lang.EN, "Delegates met in Bern on Tuesday", "bern"}, {lang.TK, "Maslahat Daşoguzda geçirildi", "dashoguz"}, {lang.TG, "Вохӯрӣ дар Кӯлоб баргузор шуд", "kulob"}, {lang.RU, "Форум прошёл в Уфе", "ufa"}, {lang.AR, "وصل الحجاج إلى المدينة المنورة", "medina"},
		{lang.RU, "Переговоры идут в Лозанне", "lausanne"}, {lang.ZH, "会议在马拉喀什举行", "marrakesh"}, {lang.KO, "회담이 베른에서 열렸다", "bern"}, {lang.KK, "Кездесу Уфада өтті", "ufa"}, {lang.KO, "우파 정당이 이겼다", ""}, {lang.UZ, "Madina Karimova maktabda ishlaydi", ""},
		{lang.MN, "Тэр гараараа дохио өгөв", ""}, {lang.TR, "Karakol binası onarıldı", ""}, {lang.AR, "ارتفعت مؤشرات البورصة", ""},
	} {
		found := ""
		for _, n := range Told(c.tag, c.text, lang.Tokens(c.tag, c.text)) {
			if n.Kind == Place {
				found = n.ID
			}
		}
		if found != c.id {
			t.Errorf("%s %q: %q, want %q", c.tag, c.text, found, c.id)
		}
	}
}

// cityWords are the names that are words too, and are not believed in such a sentence: threshold, families, thought, autumn, dig, Monday, gas.
var cityWords = []string{"fa astana", "ru semey", "ur semey", "kk kazan", "tr kazan", "ur sochi", "az gaza", "tk dushanbe", "mn gaza"}

// TestCitiesInEveryLanguage: each city of world.tsv that has a name in every language is found in a plain sentence of each.
func TestCitiesInEveryLanguage(t *testing.T) {
	t.Parallel()
	in := []struct {
		tag  lang.Tag
		text string
	}{
		{lang.EN, "The ministers met in % on Tuesday."}, {lang.RU, "Встреча прошла в городе %."}, {lang.KK, "Кездесу % қаласында өтті."}, {lang.UZ, "Uchrashuv % shahrida boʻlib oʻtdi."}, {lang.KY, "Жолугушуу % шаарында өттү."},
		{lang.TG, "Вохӯрӣ дар % баргузор шуд."}, {lang.TK, "Duşuşyk % şäherinde geçirildi."}, {lang.AZ, "Görüş % şəhərində keçirildi."}, {lang.TR, "Toplantı %'da yapıldı."}, {lang.FA, "نشست در % برگزار شد."},
		{lang.UR, "اجلاس % میں ہوا۔"}, {lang.AR, "عقد الاجتماع في %."}, {lang.ZH, "会议在%举行。"}, {lang.KO, "회의가 %에서 열렸다."}, {lang.MN, "Уулзалт % хотод болов."},
	}
	b, err := os.ReadFile("world.tsv")
	if err != nil {
		t.Fatal(err)
	}
	cities := 0
	for row := range strings.Lines(string(b)) {
		f := strings.Split(strings.TrimSuffix(row, "\n"), "\t")
		if f[0] != "place" || len(f) < 2+len(in) {
			continue
		}
		whole := true
		for _, name := range f[2 : 2+len(in)] {
			whole = whole && name != ""
		}
		if !whole {
			continue
		}
		cities++
		for k, s := range in {
			name, _, _ := strings.Cut(f[2+k], "|")
			text, found := strings.Replace(s.text, "%", name, 1), false
			if heldIn(string(s.tag)).home[name] { // several places have this name
				if Told(s.tag, text, lang.Tokens(s.tag, text)) != nil {
					t.Errorf("%s %q: believed without its country", s.tag, text)
				}
				text += " " + Name{Country, CountryOf(f[1])}.In(s.tag)
			}
			for _, n := range Told(s.tag, text, lang.Tokens(s.tag, text)) {
				found = found || n.Kind == Place && n.ID == f[1]
			}
			if !found && !slices.Contains(cityWords, string(s.tag)+" "+f[1]) {
				t.Errorf("%s %q: no %s", s.tag, text, f[1])
			}
		}
	}
	if cities < 122 {
		t.Errorf("%d cities", cities)
	}
}

// TestEnglandIsNoAngola: a Mongolian name that has the stem of another one by its ending is not that one.
func TestEnglandIsNoAngola(t *testing.T) {
	t.Parallel()
	const text = "Английн засгийн газар мэдэгдэв"
	for _, n := range Told(lang.MN, text, lang.Tokens(lang.MN, text)) {
		if n.ID == "AO" {
			t.Error(n)
		}
	}
}

// TestOnlyLooksLikeAPlace: words that tell of something else, given names before a surname, towns of another country, names that several places
// share, and regions that have a city in their name. "-" stands for nothing.
func TestOnlyLooksLikeAPlace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tag        lang.Tag
		text, want string
	}{
		{lang.EN, "Turkey dinner served to thousands", "-"}, {lang.EN, "Turkey opens a school", "TR"}, {lang.EN, "China tea set sold at auction", "-"}, {lang.EN, "China tea exports grow", "CN"},
		{lang.EN, "Georgia governor signs bill in Atlanta", "-"}, {lang.EN, "Georgia and Turkey sign a treaty", "GE TR"}, {lang.TR, "Mısır hasadı 200 bin tona ulaştı", "-"}, {lang.TR, "Mısır heyeti Ankara'ya geldi", "EG ankara"},
		{lang.EN, "Storm hits Lebanon, Ohio", "-"}, {lang.EN, "Paris, TX, elects a mayor", "-"}, {lang.EN, "Storm hits Lebanon, Jordan and Syria", "LB SY"}, {lang.EN, "A fair in London, New Brunswick", "-"}, {lang.EN, "A fair in Chicago, Illinois", "chicago"},
		{lang.EN, "Lebanon, new rules agreed", "LB"}, {lang.RU, "Ураган в городе Париж, Техас", "-"},
		{lang.EN, "Paris Merrow visits Tokyo", "tokyo"}, {lang.EN, "In Paris Merrow met the mayor", "paris"}, {lang.EN, "Paris Mayor Opens Museum", "paris"}, {lang.EN, "Paris Agreement enters into force", "paris"}, {lang.EN, "Paris", "paris"},
		{lang.RU, "Самара Вейлова исполнила главную роль", "-"}, {lang.RU, "В Самаре Вейлов открыл завод", "samara"}, {lang.RU, "Самара готовится к зиме", "samara"},
		{lang.AR, "زار جده القرية", "-"}, {lang.AR, "وصل الوزير إلى جدة", "jeddah"},
		{lang.EN, "Talks in San Jose, Costa Rica", "san_jose CR"}, {lang.EN, "Talks in San Jose, California", "-"}, {lang.EN, "Egyptian officials met in Alexandria", "alexandria"}, {lang.EN, "Kingston is a town on the Thames", "-"},
		{lang.EN, "Mary Ellwood spoke of Turkmenistan; a plant in Mary opened", "TM mary"}, {lang.EN, "Mary opened a school", "-"}, {lang.EN, "Male students of the Maldives", "MV"}, {lang.EN, "Officials met in Malé, Maldives", "male MV"},
		{lang.RU, "Малый театр и Сан-Франциско", "-"}, {lang.RU, "Встреча в Сане, столице Йемена", "sanaa YE"}, {lang.KO, "오랑우탄 두 마리가 나이페스티벌에 왔다", "-"}, {lang.ZH, "强大连接和扩大连续生产", "-"}, {lang.ZH, "重大连锁反应在大连港", "dalian"},
		{lang.UZ, "Qarshi tomon rozi", "-"}, {lang.FA, "شکی نیست که هوا سرد است", "-"}, {lang.AR, "قم بزيارة الموقع", "-"}, {lang.AR, "ارتفع عدد الهاربين في الصين", "CN"}, {lang.TR, "Cihan Harbinden sonra", "-"}, {lang.TR, "Narın faydaları", "-"}, {lang.TK, "Bu teklife garşy", "-"},
		{lang.EN, "Floods in Naryn Region", "kg-naryn"}, {lang.EN, "The mayor of Naryn spoke", "naryn"}, {lang.KY, "Баткен облусунда сел жүрдү", "kg-batken"}, {lang.KY, "Баткенде сел жүрдү", "batken"}, {lang.TG, "Обхезӣ дар вилояти Боткен", "kg-batken"},
		{lang.KO, "나린주에서 홍수가 났다", "kg-naryn"}, {lang.ZH, "塔拉斯州发生洪水", "kg-talas"}, {lang.TK, "Mary welaýatynda pagta ýygyldy", "tm-mary"}, {lang.TK, "Maryda pagta ýygyldy", "mary"}, {lang.TK, "Mary Ellwud geldi", "-"}, {lang.EN, "Used cars sell well", "-"}, {lang.EN, "US cars sell well", "US"}, {lang.RU, "Читайте также", "-"}, {lang.RU, "Делить на части", "-"}, {lang.RU, "Кит выбросился на берег", "-"}, {lang.RU, "Переговоры в Дели и в Перу", "delhi PE"}, {lang.RU, "Завод в Чите", "chita"},
		{lang.AR, "نقص السيولة في البنوك", "-"}, {lang.MN, "Газ дахин нийлүүлэв", "-"}, {lang.MN, "Газад хэлэлцээ болов", "gaza"}, {lang.TR, "Abd kökünden bir ad", "-"}, {lang.TR, "ABD heyeti geldi", "US"}, {lang.FA, "ریاضی درس سختی است", "-"}, {lang.EN, "Bernie spoke", "-"}, {lang.RU, "Границу Северной Кореи закрыли", "KP"}, {lang.ZH, "印尼总统到访", "ID"}, {lang.UZ, "Birlashgan Qirollikda saylov boʻldi", "GB"}, {lang.MN, "Пхеньянд уулзав", "pyongyang"}, {lang.KY, "Орусиянын элчиси", "RU"}, {lang.AR, "سيول جارفة في الجنوب", "-"}, {lang.AR, "قطع السيول الطريق", "-"}, {lang.AR, "عاصمة كوريا الجنوبية سيول", "KR seoul"}, {lang.AR, "عاد إلى مسقط رأسه", "-"}, {lang.AR, "قطع الكابل البحري", "-"}, {lang.AR, "صوت للرياضيين", "-"}, {lang.AR, "وصل إلى الرياض", "riyadh"},
		{lang.UR, "سپلائی چین کے خطرات", "-"}, {lang.UR, "چین کے صدر", "CN"}, {lang.UR, "چہرے پر مکہ مارا", "-"}, {lang.UR, "مکہ میں حاجی", "mecca"}, {lang.ZH, "罗德里戈发表讲话", "-"}, {lang.ZH, "会谈在新德里举行", "delhi"}, {lang.ZH, "保罗·马林发表讲话", "-"}, {lang.ZH, "会谈在罗马举行", "rome"},
		{lang.KO, "인도적인 지원이 필요하다", "-"}, {lang.KO, "인도적 지원", "-"}, {lang.KO, "인도에서 회담이 열렸다", "IN"}, {lang.MN, "Албаны хүн хойд Солонгосын тухай ярив", "KP"}, {lang.EN, "Fairs in New Jersey", "-"}, {lang.RU, "Ярмарка в Нью-Джерси", "-"}, {lang.TG, "Рӯзи Душанбе баргузор шуд", "-"}, {lang.EN, "Who pays for it?", "-"}, {lang.EN, "The WHO pays for it", "who"}, {lang.EN, "Kim Jong Un spoke", "-"}, {lang.RU, "Мар. 5, 2026", "-"}, {lang.RU, "Поезд прибыл в Мары", "mary"}, {lang.TG, "Сано гуфтанд", "-"}, {lang.KO, "발레타인데이 선물", "-"}, {lang.KK, "Нарын әзірленді", "-"}, {lang.KK, "Қырғызстанның Нарын қаласы", "KG naryn"}, {lang.KK, "Талас облысында су тасыды", "kg-talas"}, {lang.KK, "Талас туды", "-"},
		{lang.EN, "Gas for the Fergana Valley", "ferganavalley"}, {lang.EN, "East Kazakhstan Region opens a plant", "KZ"}, {lang.EN, "A summit in Central Asia", "-"}, {lang.EN, "The minister arrived in Singapore", "SG"}, {lang.ZH, "会议在新加坡举行", "SG"}, {lang.TR, "Toplantı Singapur'da yapıldı", "SG"},
		{lang.EN, "Floods in Panama City", "panama"}, {lang.EN, "Floods in Panama", "PA"}, {lang.RU, "Самолёт сел в Петропавловске-Камчатском", "kamchatka"}, {lang.RU, "Поезд прибыл в Петропавловск", "petropavl"},
		{lang.RU, "Праздник в Навои", "navoi"}, {lang.RU, "Стихи Навои читали дети", "-"}, {lang.EN, "Workers came from Uralsk and Aktyubinsk", "oral aqtobe"}, {lang.EN, "Oral exams begin", "-"}, {lang.RU, "Завод в Ростове-на-Дону и в Перми", "rostov perm"},
	} {
		var found []string
		for _, n := range Told(c.tag, c.text, lang.Tokens(c.tag, c.text)) {
			found = append(found, n.ID)
		}
		if got := strings.Join(found, " "); got != strings.TrimPrefix(c.want, "-") {
			t.Errorf("%s %q: %q, want %q", c.tag, c.text, got, c.want)
		}
	}
}

// TestAbbreviationsInTheirCases: an ending may be written as one with an abbreviation.
func TestAbbreviationsInTheirCases(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tag        lang.Tag
		text, want string
	}{
		{lang.UZ, "BMTning sessiyasi", "un"}, {lang.UZCyrl, "БМТнинг сессияси", "un"}, {lang.UZ, "SHHTga aʼzo davlatlar", "sco"}, {lang.UZ, "MDHda muhokama", "cis"}, {lang.KY, "БУУнун сессиясы", "un"}, {lang.KY, "ШКУга мүчө өлкөлөр", "sco"},
		{lang.UZ, "BMT sessiyasi", "un"}, {lang.KK, "БҰҰ-ның сессиясы", "un"}, {lang.KY, "АКШнын элчиси", "US"}, {lang.UZ, "AQSHlik olimlar", ""}, {lang.UZ, "bmtning", ""}, {lang.UZ, "BMTDan", ""}, {lang.EN, "The UNs of this world", ""},
	} {
		got := ""
		for _, n := range Told(c.tag, c.text, lang.Tokens(c.tag, c.text)) {
			got += n.ID
		}
		if got != c.want {
			t.Errorf("%s %q: %q, want %q", c.tag, c.text, got, c.want)
		}
	}
}
