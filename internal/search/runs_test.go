package search

import (
	"slices"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// Names inside a longer run of characters are found apart from each other, and in other languages where nothing but names was typed. The
// runs were written before they were measured.
func TestNamesWithinARun(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		typed string
		tag   lang.Tag
		text  string
	}{
		{"中国哈萨克斯坦合作", lang.ZH, "合作是中国同哈萨克斯坦的目标"}, {"中国和哈萨克斯坦", lang.KK, "Қазақстан мен Қытай"}, {"哈萨克斯坦乌兹别克斯坦", lang.RU, "Узбекистан и Казахстан"},
		{"塔什干峰会", lang.UZ, "Toshkentda sammit boshlandi"}, {"阿斯塔纳峰会", lang.EN, "A summit opens in Astana"}, {"中亚外长", lang.RU, "министры иностранных дел, Центральная Азия"},
		{"上合组织峰会", lang.TR, "ŞİÖ zirvesi"}, {"联合国秘书长", lang.FA, "دبیرکل سازمان ملل"}, {"土耳其总统", lang.TR, "Türkiye'nin cumhurbaşkanı"}, {"吉尔吉斯斯坦总统在北京", lang.KY, "Кыргызстандын президенти Бишкектен Пекинге барды"},
		{"里海大会", lang.ZH, "大会讨论里海"}, {"塔吉克斯坦水库", lang.ZH, "水库建在塔吉克斯坦"}, {"新疆与哈萨克斯坦", lang.KK, "Қазақстан және Шыңжаң"}, {"巴基斯坦阿富汗", lang.UR, "افغانستان اور پاکستان"},
		{"蒙古国总统访华", lang.ZH, "访华的蒙古国总统"}, {"國際貨幣基金組織哈薩克斯坦", lang.ZH, "哈萨克斯坦与国际货币基金组织"},
		{"SCO峰会", lang.KK, "ШЫҰ саммиті"}, {"伊朗外长", lang.AZ, "İranın xarici işlər naziri"},
		{"카자흐스탄대통령", lang.KK, "Қазақстан президенті"}, {"한국카자흐스탄", lang.RU, "Казахстан и Республика Корея"}, {"중앙아시아정상회의", lang.UZ, "Markaziy Osiyo sammiti"},
		{"우즈베키스탄경제", lang.KO, "경제 협력, 우즈베키스탄"}, {"우즈베키스탄경제", lang.KO, "우즈베키스탄경제가 성장했다"}, {"몽골총리", lang.MN, "Монгол Улсын ерөнхий сайд"},
	} {
		q := widened(t, c.typed)
		doc := Document(c.tag, "", []string{"0 " + c.text + " 1"})
		if q.Score(doc) <= 0 {
			t.Errorf("%s does not find %s %q: %s", c.typed, c.tag, c.text, q.FTS5(nil))
		}
		if got := brackets(q.Highlight(c.tag, c.text)); !strings.Contains(got, "[") {
			t.Errorf("%s marks %q", c.typed, got)
		}
	}
	for _, typed := range []string{"한국어", "미국인", "人民网", "经济合作", `"中国哈萨克斯坦合作"`, "경제협력", "인도양"} {
		if q := widened(t, typed); len(q.terms) != 1 || len(q.terms[0].other) > 0 && !slices.Contains([]string{"미국인"}, typed) {
			t.Errorf("%s is read as %v", typed, q.Terms())
		}
	}
	if q := widened(t, strings.Repeat("中国哈萨克斯坦", 20)); len(q.terms) > MaxTerms {
		t.Errorf("%d terms", len(q.terms))
	}
}
