package story

import (
	"testing"
	"time"
)

// A contest's quarter-final, semi-final and final are three events, in every language.
func TestStages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ lang, quarter, semi, final string }{
		{"en", "Team from Bozkol wins cup quarter-final", "Team from Bozkol wins semi-final of the cup and reaches the final", "Team from Bozkol wins cup in the final"},
		{"ru", "Команда Бозколя выиграла четвертьфинал кубка", "Команда Бозколя выиграла полуфинал и вышла в финал кубка", "Команда Бозколя победила в финале кубка"},
		{"kk", "Бозкөл командасы кубоктың ширек финалында жеңді", "Бозкөл командасы кубоктың жартылай финалында жеңіп, финалға шықты", "Бозкөл командасы кубок финалында жеңді"},
		{"uz", "Boʻzkoʻl jamoasi kubokning chorak finalida yutdi", "Boʻzkoʻl jamoasi yarim finalda yutib, kubok finaliga chiqdi", "Boʻzkoʻl jamoasi kubok finalida yutdi"},
		{"ky", "Бозкөл командасы кубоктун чейрек финалында утту", "Бозкөл командасы кубоктун жарым финалында утуп, финалга чыкты", "Бозкөл командасы кубоктун финалында утту"},
		{"tg", "Дастаи Бозкӯл дар чорякфинали ҷом бурд кард", "Дастаи Бозкӯл дар нимфинали ҷом бурд карда, ба финал баромад", "Дастаи Бозкӯл дар финали ҷом бурд кард"},
		{"tk", "Bozköl topary kubogyň çärýek finalynda utdy", "Bozköl topary kubogyň ýarym finalynda utup, finala çykdy", "Bozköl topary kubogyň finalynda utdy"},
		{"az", "Bozköl komandası kubokun dörddəbir finalında uddu", "Bozköl komandası kubokun yarımfinalında udaraq finala çıxdı", "Bozköl komandası kubokun finalında uddu"},
		{"tr", "Bozköl takımı kupanın çeyrek finalini kazandı", "Bozköl takımı kupada yarı finali kazanıp finale çıktı", "Bozköl takımı kupanın finalini kazandı"},
		{"fa", "تیم بوزکول در یک‌چهارم نهایی جام برنده شد", "تیم بوزکول در نیمه‌نهایی جام پیروز شد و به فینال رسید", "تیم بوزکول فینال جام را برد"},
		{"ur", "بوزکول کی ٹیم نے کپ کا کوارٹر فائنل جیت لیا", "بوزکول کی ٹیم کپ کا سیمی فائنل جیت کر فائنل میں پہنچ گئی", "بوزکول کی ٹیم نے کپ کا فائنل جیت لیا"},
		{"ar", "فاز فريق بوزكول في ربع نهائي الكأس", "فاز فريق بوزكول في نصف نهائي الكأس وبلغ المباراة النهائية", "فاز فريق بوزكول في المباراة النهائية على الكأس"},
		{"zh", "博兹科尔队在锦标赛四分之一决赛中获胜", "博兹科尔队赢得锦标赛半决赛，进入决赛", "博兹科尔队赢得锦标赛决赛"},
		{"ko", "보즈콜 팀, 선수권 준준결승에서 승리", "보즈콜 팀, 선수권 준결승에서 승리해 결승 진출", "보즈콜 팀, 선수권 결승에서 승리"},
		{"mn", "Бозкөлийн баг цомын дөрөвний нэгийн финалд хожсон", "Бозкөлийн баг цомын хагас финалд хожиж финалд шалгарлаа", "Бозкөлийн баг цомын финалд хожсон"},
		{"en", "Cup: quarterfinals drawn", "Cup semifinals begin on Monday", "Bozkol win football cup on penalties\nThe fans sang."},
		{"ru", "Кубок: Бозколь вышел в 1/4 финала", "«Бозколь» — в финале кубка\nВ полуфинале «Бозколь» обыграл соперников.", "«Бозколь» выиграл кубок\nМатч смотрели тысячи болельщиков."},
	} {
		var events []Event
		for i, text := range []string{c.quarter, c.semi, c.final} {
			e := read(c.lang, text+"\n", time.Time{}).Event
			if e.Stage != stages[i] {
				t.Errorf("%s: %q is the %q of a %q, want %s", c.lang, text, e.Stage, e.Class, stages[i])
			}
			events = append(events, e)
		}
		if !events[0].Clashes(events[1]) || !events[2].Clashes(events[1]) || events[2].Clashes(events[2]) {
			t.Errorf("%s: %v: not each an event of its own", c.lang, events)
		}
	}
	for _, c := range [][2]string{{"en", "The final session of the forum opened\nMinisters met."}, {"en", "Cup to be held in Bozkol\nThe tournament begins in May."}} {
		if e := read(c[0], c[1], time.Time{}).Event; e.Stage != "" {
			t.Errorf("%q is the %s", c[1], e.Stage)
		}
	}
}
