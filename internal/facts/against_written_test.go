package facts

import (
	"os"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// fillers stand behind each body, so that it is long enough to be judged; they hold no number, name or act.
var fillers = map[lang.Tag]string{
	lang.EN:     " The people of the valley spoke about it in the tea house until late. Some liked it and some did not, as ever. The old man at the bridge said that his father would have been glad.",
	lang.RU:     " Жители долины говорили об этом в чайной до позднего вечера. Кому-то понравилось, кому-то меньше. Старик у моста вспоминал отца.",
	lang.KK:     " Алқап тұрғындары бұл туралы шайханада кешке дейін әңгімелесті. Біреуге ұнады, біреуге ұнаған жоқ. Көпір басындағы қария әкесін еске алды.",
	lang.UZ:     " Vodiy aholisi bu haqda choyxonada kechgacha suhbatlashdi. Kimgadir yoqdi, kimgadir kamroq. Koʻprik boshidagi chol otasini esladi va uzoq jim turdi.",
	lang.KY:     " Өрөөндүн элдери бул тууралуу чайканада кечке сүйлөштү. Бирөөнө жакты, бирөөнө азыраак. Көпүрөнүн жанындагы карыя атасын эстеди.",
	lang.TG:     " Мардуми водӣ дар чойхона то бегоҳ дар ин бора сӯҳбат карданд. Ба касе писанд омад, ба касе камтар. Пирамард назди пул падарашро ёд кард.",
	lang.TK:     " Jülgäniň adamlary bu barada çaýhanada giç agşama çenli gürrüň etdi. Kimdir birine ýarady, kimdir birine azrak. Köpriniň ýanyndaky goja kakasyny ýatlady.",
	lang.AZ:     " Vadinin insanları bu barədə çayxanada axşama qədər danışdı. Kiminsə xoşuna gəldi, kiminsə az. Körpünün yanındakı qoca atasını xatırladı və xeyli susdu.",
	lang.TR:     " Vadinin insanları bunu çay evinde geç saatlere kadar konuştu. Kimi beğendi, kimi az beğendi. Köprünün yanındaki yaşlı adam babasını andı ve uzun süre sustu.",
	lang.FA:     " مردم دره تا دیروقت در چایخانه دربارهٔ آن گپ زدند. به بعضی خوش آمد و به بعضی کمتر. پیرمرد کنار پل از پدرش یاد کرد و خاموش ماند.",
	lang.UR:     " وادی کے لوگ چائے خانے میں دیر تک اس پر باتیں کرتے رہے۔ کسی کو اچھا لگا اور کسی کو کم۔ پل کے پاس بوڑھے نے اپنے باپ کو یاد کیا اور خاموش رہا۔",
	lang.AR:     " تحدث أهل الوادي عن ذلك في المقهى حتى وقت متأخر. أعجب بعضهم وأعجب بعضهم أقل. وتذكر الشيخ عند الجسر والده وبقي صامتا طويلا.",
	lang.ZH:     "山谷里的人们在茶馆里谈论此事直到深夜。有人喜欢,有人不太喜欢。桥边的老人想起了他的父亲,久久地望着河水。人们慢慢地走回家,灯光在窗户里亮着。",
	lang.KO:     " 골짜기 사람들은 찻집에서 밤늦게까지 이야기를 나누었다. 누군가는 좋아했고 누군가는 덜 좋아했다. 다리 옆의 노인은 아버지를 떠올리며 강물을 바라보았다.",
	lang.UZCyrl: " Водий аҳолиси бу ҳақда чойхонада кечгача суҳбатлашди. Кимгадир ёқди, кимгадир камроқ. Кўприк бошидаги чол отасини эслади ва узоқ жим турди.",
	lang.MN:     " Хөндийн хүмүүс цайны газарт орой болтол ярилцав. Зарим нь таашааж, зарим нь бага таашаав. Гүүрний дэргэдэх өвгөн эцгээ дурсаж удаан дуугүй суув.",
}

func fillerOf(t lang.Tag) string {
	if t == lang.PRS {
		t = lang.FA
	}
	return fillers[t]
}

// TestAgainstWritten: headlines in sixteen languages against bodies that bear them and bodies that contradict them, with
// numbers of several sizes. What was found at the first measuring stands in docs/languages.md; rules were mended after it.
func TestAgainstWritten(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/against/cases.txt")
	if err != nil {
		t.Fatal(err)
	}
	what := map[string]string{"number": NumberDiffers, "party": PartyDiffers, "negation": Negated, "date": NumberDiffers}
	type count struct{ cases, right int }
	borne, against := map[string]*count{}, map[string]*count{}
	for _, kind := range []string{"number", "party", "negation", "date"} {
		borne[kind], against[kind] = &count{}, &count{}
	}
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		if line[0] == '#' {
			continue
		}
		f := strings.Split(line, "|")
		tag, kind := lang.Tag(f[0]), f[1]
		pairs := [][2]string{{"", ""}}
		if kind == "number" {
			pairs = [][2]string{{"14", "17"}, {"36", "29"}, {"48", "84"}, {"73", "61"}}
		}
		for _, p := range pairs {
			put := strings.NewReplacer("{N}", p[0], "{M}", p[1])
			h, yes, not := put.Replace(f[2]), put.Replace(f[3])+fillerOf(tag), put.Replace(f[4])+fillerOf(tag)
			borne[kind].cases++
			if ds := Against(tag, h, yes); len(ds) == 0 {
				borne[kind].right++
			} else {
				t.Errorf("%s: %q is doubted (%s %q) against %q", tag, h, ds[0].What, ds[0].Words, ds[0].Sentence)
			}
			against[kind].cases++
			if ds := Against(tag, h, not); len(ds) == 1 && ds[0].What == what[kind] {
				against[kind].right++
			} else {
				t.Logf("%s %s: %q against %.120q: %v", tag, kind, h, not, ds)
			}
		}
	}
	for kind, least := range map[string]int{"number": 128, "party": 17, "negation": 17, "date": 15} {
		if against[kind].right < least {
			t.Errorf("%s: %d found, %d were", kind, against[kind].right, least)
		}
		t.Logf("%-9s borne %d, of them not doubted %d; contradicted %d, of them found %d", kind, borne[kind].cases, borne[kind].right, against[kind].cases, against[kind].right)
	}
}
