package facts

import (
	"fmt"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// TestOneWordBehindAnOffice: whoever holds an office of state is mostly named by one word behind it, or behind its country; what else stands there in
// capitals is nobody.
func TestOneWordBehindAnOffice(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tag        lang.Tag
		text, want string
	}{
		{lang.RU, "Президент Тасаев прибыл в Баку", "Тасаев/president"},
		{lang.RU, "Президент Алибеев прибыл в Баку", "Алибеев/president"},
		{lang.RU, "Президент Казахстана Тасаев прибыл в Баку", "Тасаев/president"},
		{lang.RU, "Президент России Сомин заявил", "Сомин/president"},
		{lang.RU, "Президент США Хальбрук заявил", "Хальбрук/president"},
		{lang.RU, "Исполняющий обязанности министра Даниил Торопов подписал протокол", ""},
		{lang.RU, "Президент Академии наук заявил, что Академия готова", ""},
		{lang.RU, "Директор Халбери сказал, что Халбери откроет магазин", ""},
		{lang.RU, "Министр Финансов сказал", ""},
		{lang.TR, "Cumhurbaşkanı Erdalan Ankara'da konuştu", "Erdalan/president"},
		{lang.TR, "Cumhurbaşkanı Erdalan: Barış istiyoruz", "Erdalan/president"},
		{lang.TR, "Cumhurbaşkanı Yardımcısı Bakü'de", ""},
		{lang.AZ, "Prezident Səidov Bakıda çıxış edib", "Səidov/president"},
		{lang.UZ, "Prezident Saidyoyev Buxoroga bordi", "Saidyoyev/president"},
		{lang.UZ, "Prezident Administratsiyasi xabar berdi", ""},
		{lang.KK, "Президент Тасаев Бакуге барды", "Тасаев/president"},
		{lang.KY, "Президент Сапаров Бакуга барды", "Сапаров/president"},
		{lang.TG, "Президенти Тоҷикистон Қурбон Саидов ба Маскав рафт", "Қурбон Саидов/president"},
		{lang.TG, "Вазири Куриёи Шимолӣ гуфт", ""},
		{lang.MN, "Ерөнхийлөгч Мөнхсүрэл Бакуд очив", "Мөнхсүрэл/president"},
		{lang.EN, "Prime Minister Harif arrives in Baku", "Harif/primeminister"},
		{lang.EN, "Prime Minister Office said", ""},
		{lang.ZH, "哈萨克斯坦总统塔萨耶夫访华", "塔萨耶夫/president"},
		{lang.ZH, "哈萨克斯坦总统卡西姆-贝克·塔萨耶夫抵达", "卡西姆-贝克·塔萨耶夫/president"},
		{lang.ZH, "印度总理萨迪将于下周访问巴库，德国总理贝茨也将前往", "萨迪/primeminister 贝茨/primeminister"},
		{lang.ZH, "法国总统巴克龙夫人", ""},
		{lang.ZH, "美国总统夏威夷之行，美国总统大选，美国总统助理，英国首相府", ""},
		{lang.ZH, "美国总统唐纳·拉朗普本周访问", "唐纳·拉朗普/president"},
	} {
		var got []string
		for _, p := range personsIn(c.tag, c.text, lang.Tokens(c.tag, c.text)) {
			got = append(got, fmt.Sprintf("%s/%s", p.Name, p.Office))
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s %s: %q, want %q", c.tag, c.text, s, c.want)
		}
	}
}

// TestThePresident: in Arabic the President is of a state, but behind a verb he may be who does it to whom is named.
func TestThePresident(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"الرئيس المصري خالد الحداد يستقبل نظيره":      "president",
		"وصل الرئيس المصري خالد الحداد إلى باكو":      "president",
		"الرئيس خالد الحداد يستقبل الوزير":            "president",
		"عين الرئيس خالد الحداد سفيرا":                "",
		"الرئيس التنفيذي خالد الحداد يستقيل":          "",
		"الرئيس السابق خالد الحداد":                   "",
		"رئيس اتحاد كرة القدم خالد الحداد يعيد الكأس": "",
	} {
		ps := personsIn(lang.AR, text, lang.Tokens(lang.AR, text))
		if len(ps) != 1 || ps[0].Name != "خالد الحداد" || ps[0].Office != want {
			t.Errorf("%s: %v, want the office %q", text, ps, want)
		}
	}
}
