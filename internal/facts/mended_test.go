package facts

import (
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// What a reader who played with every language found missing stays found.
func TestActsFurtherWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tag        lang.Tag
		text, want string
	}{
		{lang.MN, "Хоёр улс гэрээ байгуулах сонирхлоо илэрхийлэв", "signing/proposed"},
		{lang.MN, "Хоёр улс гэрээ байгуулав", "signing/done"},
		{lang.AR, "زلزال يقتل 40 شخصا", "disaster/done"},
		{lang.AR, "إيران وتركيا توقعان اتفاق المياه", "signing/done"},
		{lang.AR, "إيران وتركيا ستوقعان اتفاق المياه", "signing/planned"},
		{lang.ZH, "伊朗未与巴基斯坦签署水资源协定", "/"},
	} {
		a := Read(c.tag, c.text).Act
		if got := string(a.Kind) + "/" + string(a.Status); got != c.want {
			t.Errorf("%s %s: %s, not %s", c.tag, c.text, got, c.want)
		}
	}
}

// A party, a number or a negation of the headline against the body, where short names of countries, 'and' written as one with
// a name, or a two elsewhere in the text hid it.
func TestAgainstFurther(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tag                  lang.Tag
		headline, body, what string
		place                string
	}{
		{lang.FA, "ایران و ترکیه قرارداد آب را امضا کردند", "ایران و پاکستان روز دوشنبه قرارداد آب را امضا کردند. کشاورزان درهٔ پایین از بهار چشم به راه خبر بودند. مردم کنار پل سنگی کهنه گرد می‌آیند و از خرمن می‌گویند.", PartyDiffers, "ترکیه"},
		{lang.UR, "فرانس اور ایران نے پانی کے معاہدے پر دستخط کیے", "پاکستان اور ایران نے پیر کو پانی کے معاہدے پر دستخط کیے۔ نچلی وادی کے کسان بہار سے خبر کے منتظر تھے۔ لوگ پرانے پتھر کے پل کے پاس جمع ہیں۔", PartyDiffers, "فرانس"},
		{lang.AR, "إيران وتركيا توقعان اتفاق المياه", "وقعت إيران وباكستان يوم الاثنين اتفاق المياه في المدينة القديمة. وكان مزارعو الوادي الأسفل ينتظرون الخبر منذ الربيع. ويجتمع الناس قرب الجسر الحجري القديم.", PartyDiffers, "وتركيا"},
		{lang.ZH, "伊朗未与巴基斯坦签署水资源协定", "伊朗与巴基斯坦周一签署水资源协定。下游河谷的农民从春天起就在等消息。人们聚在古老的石桥旁边谈论收成，孩子们在桥上放风筝，老人们在树下喝茶。", Negated, "签署"},
		{lang.ZH, "伊朗与巴基斯坦签署4000万美元水资源协定", "伊朗与巴基斯坦2026年11月20日签署水资源协定，金额2400万美元。两个部门每天早晨一起测量河水。人们聚在古老的石桥旁边谈论收成，孩子们在桥上放风筝。", NumberDiffers, "4000万"},
		{lang.KK, "Қазақстан 40 млн долларға су келісіміне қол қойды", "Қазақстан дүйсенбіде су келісіміне қол қойды, оның құны 24 млн доллар. Екі ведомство күн сайын таңертең өзенді бірге өлшейді. Адамдар көпірдің жанында жиналады.", NumberDiffers, "40 млн"},
	} {
		got := Against(c.tag, c.headline, c.body)
		if len(got) != 1 || got[0].What != c.what || c.headline[got[0].Headline.Start:got[0].Headline.End] != c.place || got[0].Body.End <= got[0].Body.Start {
			t.Errorf("%s %s: %v", c.tag, c.headline, got)
		}
	}
}
