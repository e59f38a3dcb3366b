package facts

import (
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// TestIntentions: an intention is told as one whatever is meant to be done; a denied one is not told; with a known act that act
// is proposed. And the form in which Uzbek most often tells of a signing.
func TestIntentions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tag        lang.Tag
		text, want string
	}{
		{lang.EN, "Altinsu expressed interest in building a plant", "statement/proposed"},
		{lang.EN, "Altinsu is not interested in the plant", "/"},
		{lang.EN, "Interest rates rose in Altinsu", "/"},
		{lang.RU, "Делегация выразила заинтересованность в строительстве завода", "statement/proposed"},
		{lang.RU, "Делегация выразила заинтересованность в подписании соглашения", "signing/proposed"},
		{lang.RU, "Делегация не заинтересована в строительстве завода", "/"},
		{lang.KK, "Делегация зауыт салуға қызығушылық танытты", "statement/proposed"},
		{lang.UZ, "Delegatsiya zavod qurishga qiziqish bildirdi", "statement/proposed"},
		{lang.UZCyrl, "Делегация завод қуришга қизиқиш билдирди", "statement/proposed"},
		{lang.KY, "Делегация завод курууга кызыгуу билдирди", "statement/proposed"},
		{lang.TG, "Ҳайат ба сохтани корхона таваҷҷуҳ зоҳир кард", "statement/proposed"},
		{lang.TK, "Delegasiýa zawod gurmaga gyzyklanma bildirdi", "statement/proposed"},
		{lang.TR, "Heyet fabrika kurmaya ilgi gösterdi", "statement/proposed"},
		{lang.AZ, "Nümayəndə heyəti zavod tikməyə maraq göstərdi", "statement/proposed"},
		{lang.FA, "هیئت به ساخت کارخانه ابراز علاقه کرد", "statement/proposed"},
		{lang.UR, "وفد نے کارخانہ لگانے میں دلچسپی ظاہر کی", "statement/proposed"},
		{lang.AR, "أبدى الوفد اهتمامه ببناء مصنع", "statement/proposed"},
		{lang.AR, "الشركة أعربت عن اهتمامها ببناء مصنع", "statement/proposed"},
		{lang.ZH, "代表团对建厂表示兴趣", "statement/proposed"},
		{lang.KO, "대표단이 공장 건설에 관심을 보였다", "statement/proposed"},
		{lang.MN, "Төлөөлөгчид үйлдвэр барих сонирхлоо илэрхийлэв", "statement/proposed"},
		{lang.UZ, "Vazir Rossiya bilan bitimga imzo chekdi", "signing/done"},
		{lang.UZ, "Ikki davlat kelishuvga imzo chekdi", "signing/done"},
		{lang.UZ, "Ikki davlat kelishuvga imzo chekadi", "signing/planned"},
		{lang.UZ, "Ikki davlat kelishuvga imzo chekmadi", "/"},
		{lang.UZCyrl, "Вазир Россия билан битимга имзо чекди", "signing/done"},
	} {
		a := Read(c.tag, c.text).Act
		if got := string(a.Kind) + "/" + string(a.Status); got != c.want {
			t.Errorf("%s %s: %s, not %s", c.tag, c.text, got, c.want)
		}
	}
}
