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

// cityWords are the names that are words too, and are not believed in such a sentence: threshold, families, thought, autumn, dig, Monday.
var cityWords = []string{"fa astana", "ru semey", "ur semey", "kk kazan", "tr kazan", "ur sochi", "az gaza", "tk dushanbe"}

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
			for _, n := range Told(s.tag, text, lang.Tokens(s.tag, text)) {
				found = found || n.Kind == Place && n.ID == f[1]
			}
			if !found && !slices.Contains(cityWords, string(s.tag)+" "+f[1]) {
				t.Errorf("%s %q: no %s", s.tag, text, f[1])
			}
		}
	}
	if cities < 59 {
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
