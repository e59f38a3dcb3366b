package scenes

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/wire"
)

// TestTheRowShowsWhereTheWordStands: of a release in several languages the row of a search shows the text that has the
// word as it was typed, with the word marked; where several have it alike, the one in the reader's language.
func TestTheRowShowsWhereTheWordStands(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.members()
	text := func(l lang.Tag, tr wire.Translation, headline, body string) wire.NewItem {
		return wire.NewItem{Language: l, Translation: tr, Content: wire.Content{Headline: headline, Body: []string{body}}}
	}
	s.released("toqsanbulaq", 4,
		text(lang.KK, wire.Original, "Көксай бөгенінен 240 млн текше метр су жіберіледі", "Ауданның қойды суаратын арнасы толық ашылады. Тіл мен газ туралы сөз жоқ."),
		text(lang.UZ, wire.OfficialText, "Koʻksay suv omboridan 240 mln kub metr suv chiqariladi", "Tuman kanali toʻla ochiladi, qoʻydi degan soʻz bor. Gaz haqida gap yoʻq."),
		text(lang.RU, wire.OfficialText, "Из водохранилища Коксай дадут 240 млн кубометров воды", "Канал района откроют полностью. О газе, тоннах и портах речи нет."),
		text(lang.EN, wire.OfficialText, "Koksai reservoir to release 240 million cubic metres", "The district canal opens in full, 240 days a year."),
		text(lang.FA, wire.OfficialText, "سد کوکسای ۲۴۰ میلیون متر مکعب آب رها می‌کند", "کانال منطقه باز می‌شود."))
	row := regexp.MustCompile(`(?s)<li class="row.*?</li>`)
	for _, c := range []struct{ word, ui, shown string }{
		{"тоннах", "kk", "ru"},
		{"metres", "kk", "en"},
		{"metr", "kk", "uz"},
		{"қойды", "ru", "kk"},
		{"qoʻydi", "ru", "uz"},
		{"толық", "uz", "kk"},
		{"Коксай", "en", "ru"},
		{"Koksai", "ru", "en"},
		{"۲۴۰", "ru", "fa"},
		{"240", "ru", "ru"}, // in four of them alike
		{"240", "en", "en"},
		{"240", "fa", "kk"}, // hers has it in other figures
		{`"240 mln"`, "en", "uz"},
		{"resERV*", "kk", "en"},
	} {
		code, page := s.get(http.DefaultClient, "/?ui="+c.ui+"&q="+url.QueryEscape(c.word))
		rows := row.FindAllString(page, -1)
		if code != 200 || len(rows) != 1 {
			t.Errorf("%s: %d, %d rows", c.word, code, len(rows))
			continue
		}
		if !strings.Contains(rows[0], `lang="`+c.shown+`" dir=`) || !strings.Contains(rows[0], "<mark>") {
			t.Errorf("%s for a reader of %s: want the %s text, with a mark: %s", c.word, c.ui, c.shown, mainText(rows[0]))
		}
	}
}
