package facts

import (
	"slices"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// TestDeniedDeeds: that a deed was not done is read as that deed denied, though many languages have another word for it then.
func TestDeniedDeeds(t *testing.T) {
	t.Parallel()
	for _, row := range strings.Split(strings.TrimSpace(denied), "\n") {
		tag, rest, _ := strings.Cut(row, " ")
		kinds := []Kind{Decision, Decision, Decision, Signing, Meeting, Appointment, Resignation, Opening, Visit}
		for i, w := range strings.Split(rest, "|") {
			w = strings.TrimSpace(w)
			if w == "-" {
				continue
			}
			if vs := verdicts(tag, w); !slices.ContainsFunc(vs, func(v verdict) bool { return v.Kind == kinds[i] && v.denied }) {
				t.Errorf("%s %s %q: %v", tag, kinds[i], w, vs)
			}
		}
	}
}

// verdicts are what the clauses of a sentence say.
func verdicts(tag, text string) []verdict {
	return lexiconOf(lang.Tag(tag)).clauses(text, lang.Tokens(lang.Tag(tag), text))
}

// denied are, in each language, three decisions, a signing, a meeting, an appointment, a resignation, an opening and a visit that were not.
const denied = `
kk Үкімет тарифті бекітпеді | Үкімет тарифті қабылдамады | Парламент шартты ратификацияламады | Министр шартқа қол қоймады | Министрлер кездеспеді | Президент елшіні тағайындамады | Министр отставкаға кетпеді | Мектеп ашылмады | Президент Ташкентке бармады
uz Hukumat tarifni tasdiqlamadi | Hukumat tarifni maʼqullamadi | Parlament shartnomani ratifikatsiya qilmadi | Vazir shartnomani imzolamadi | Vazirlar uchrashmadi | Prezident elchini tayinlamadi | Vazir isteʼfoga chiqmadi | Maktab ochilmadi | -
ky Өкмөт тарифти бекитпеди | Өкмөт тарифти бекиткен жок | Өкмөт тарифти жактырган жок | Министр келишимге кол койгон жок | Министрлер жолуккан жок | Президент элчини дайындаган жок | Министр кызматтан кетпеди | Мектеп ачылган жок | -
tg Ҳукумат тарифро тасдиқ накард | Ҳукумат тарифро қабул накард | Парлумон қонунро тасвиб накард | Вазир созишномаро имзо накард | Вазирон мулоқот накарданд | Президент сафирро таъин накард | Вазир истеъфо надод | Мактаб кушода нашуд | -
tk Hökümet tarifi tassyklamady | Hökümet tarifi makullamady | Mejlis kanuny kabul etmedi | Ministr ylalaşyga gol çekmedi | Ministrler duşuşmady | Prezident ilçini bellemedi | Ministr wezipesinden gitmedi | Mekdep açylmady | -
az Hökumət tarifi təsdiqləmədi | Hökumət tarifi bəyənmədi | Parlament qanunu qəbul etmədi | Nazir sazişi imzalamadı | Nazirlər görüşmədi | Prezident səfiri təyin etmədi | Nazir istefa vermədi | Məktəb açılmadı | -
tr Hükümet tarifeyi onaylamadı | Hükümet tarifeyi kabul etmedi | Meclis anlaşmayı uygun bulmadı | Bakan anlaşmayı imzalamadı | Bakanlar görüşmedi | Cumhurbaşkanı büyükelçiyi atamadı | Bakan istifa etmedi | Okul açılmadı | -
fa دولت تعرفه را تصویب نکرد | دولت تعرفه را تأیید نکرد | مجلس لایحه را تصویب نکرد | وزیر قرارداد را امضا نکرد | وزیران دیدار نکردند | رئیس‌جمهور سفیر را منصوب نکرد | وزیر استعفا نداد | مدرسه افتتاح نشد | -
ur حکومت نے ٹیرف کی منظوری نہیں دی | حکومت نے ٹیرف منظور نہیں کیا | اسمبلی نے بل منظور نہیں کیا | وزیر نے معاہدے پر دستخط نہیں کیے | وزراء کی ملاقات نہیں ہوئی | صدر نے سفیر مقرر نہیں کیا | وزیر نے استعفیٰ نہیں دیا | اسکول کا افتتاح نہیں ہوا | -
ru Правительство не утвердило тариф | Правительство не одобрило тариф | Парламент не ратифицировал договор | Министр не подписал соглашение | Министры не встретились | Президент не назначил посла | Министр не ушёл в отставку | Школу не открыли | -
en Government did not approve the tariff | Government did not adopt the tariff | Parliament did not ratify the treaty | The minister did not sign the agreement | The ministers did not meet | The president did not appoint the ambassador | The minister did not resign | The school did not open | -
ar لم توافق الحكومة على التعرفة | لم يوافق البرلمان على التعرفة | لم يصادق البرلمان على المعاهدة | لم يوقع الوزير الاتفاقية | لم يلتق الوزيران | لم يعين الرئيس السفير | لم يستقل الوزير | لم تفتتح المدرسة | -
zh 政府没有批准关税 | 政府没有通过关税 | 议会没有批准条约 | 部长没有签署协议 | 部长们没有会晤 | 总统没有任命大使 | 部长没有辞职 | - | -
ko 정부는 관세를 승인하지 않았다 | 정부는 관세를 채택하지 않았다 | 국회는 조약을 비준하지 않았다 | 장관은 협정에 서명하지 않았다 | 장관들은 회담하지 않았다 | 대통령은 대사를 임명하지 않았다 | 장관은 사임하지 않았다 | 학교는 개교하지 않았다 | -
mn Засгийн газар тарифыг баталсангүй | Засгийн газар тарифыг батлаагүй | УИХ хуулийг баталсангүй | Сайд гэрээнд гарын үсэг зурсангүй | Сайд нар уулзсангүй | Ерөнхийлөгч элчин сайдыг томилсонгүй | Сайд огцорсонгүй | Сургууль нээгдсэнгүй | -
`
