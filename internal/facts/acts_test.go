package facts

import (
	"fmt"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// tongue is what the tests write in one language: {A}, {B} and {C} are invented members, {n} and {d} numbers.
type tongue struct {
	tag     lang.Tag
	names   [5]string
	parties [5]string // in place of names where the gazetteer must know them
	acts    []string  // kind/status: sentence; '-' for nothing told
	// A headline with a number, and a body that bears it; the same with members only; a deed and its denial.
	numberHead, numberBody string
	deedHead, deniedHead   string
	deedBody, deniedBody   string
	rest                   string // sentences that say nothing of it
}

var interfaceTongues = []tongue{
	{tag: lang.EN, names: [5]string{"Toqsanbulaq", "Altinsu", "Sabzwadi", "Nildasht", "Kumushdaryo"},
		acts: []string{"signing/done: {A} and {B} signed an agreement on water", "signing/planned: {A} and {B} will sign an agreement on water", "signing/planned: {A} expected to sign a treaty with {B}", "-: {A} and {B} did not sign the agreement on water", "-: {A} denies signing the treaty",
			"meeting/done: Ministers of {A} and {B} met in {C}", "meeting/planned: Ministers of {A} and {B} to meet in {C}", "meeting/proposed: {A} proposed a meeting of ministers in {C}", "decision/done: {A} adopted a law on pastures", "decision/planned: {A} plans to adopt a law on pastures", "-: {A} has not adopted the law on pastures",
			"-: Strong earthquake south of {A}", "disaster/done: Strong earthquake shakes the south of {A}", "visit/done: The minister of {A} visited {B}", "visit/planned: The minister of {A} will visit {B}", "appointment/done: {A} appointed a new envoy to {B}", "opening/done: {A} opened a bridge to {B}", "opening/planned: {A} will open a bridge to {B} next year", "visit/proposed: {A} expressed interest in a visit to {B}",
			"statement/: The press service of {A} said the road is clear", "-: {A} in the evening light"},
		numberHead: "{A} sends {n} million cubic metres of water to {B}", numberBody: "The water service of {A} sends {n} million cubic metres of water to {B} from Monday. ",
		deedHead: "{A} and {B} signed an agreement on water", deniedHead: "{A} and {B} did not sign the agreement on water",
		deedBody: "{A} and {B} signed the agreement on water this morning. ", deniedBody: "{A} and {B} did not sign the agreement on water this morning. ",
		rest: "Farmers along the lower river have waited for news since the spring. The two services measure the river together every morning. People of the valley gather at the old bridge and talk about the harvest."},
	{tag: lang.RU, names: [5]string{"Токсанбулак", "Алтынсу", "Сабзвади", "Нильдашт", "Кумушдарья"},
		acts: []string{"signing/done: {A} и {B} подписали соглашение о воде", "signing/planned: {A} и {B} подпишут соглашение о воде", "-: {A} и {B} не подписали соглашение о воде", "-: {A} отказался подписать договор", "meeting/done: Министры {A} и {B} встретились", "meeting/planned: Встреча министров {A} и {B} состоится в мае",
			"meeting/proposed: {A} предложил провести встречу министров", "decision/done: {A} принял закон о пастбищах", "decision/planned: {A} планирует принять решение о пастбищах", "-: {A} не принял решение о пастбищах", "disaster/done: Землетрясение произошло к югу от {A}", "visit/done: Министр {A} посетил {B}",
			"visit/planned: Министр {A} посетит {B}", "appointment/done: {A} назначил нового посла", "opening/done: В {A} открыли мост", "opening/planned: В {A} откроют мост", "visit/proposed: {A} проявил интерес к визиту делегации", "statement/: Пресс-служба {A} сообщила о погоде", "-: {A} вечером"},
		numberHead: "{A} направит {n} млн кубометров воды", numberBody: "Водная служба {A} направит {n} млн кубометров воды с понедельника. ",
		deedHead: "{A} и {B} подписали соглашение о воде", deniedHead: "{A} и {B} не подписали соглашение о воде",
		deedBody: "{A} и {B} подписали соглашение о воде сегодня утром. ", deniedBody: "{A} и {B} не подписали соглашение о воде сегодня утром. ",
		rest: "Жители нижней долины ждали новостей с весны. Обе службы измеряют реку вместе каждое утро. Люди собираются у старого моста и говорят об урожае."},
	{tag: lang.KK, names: [5]string{"Тоқсанбұлақ", "Алтынсу", "Сабзуади", "Нілдәшт", "Күмісдария"},
		acts: []string{"signing/done: {A} мен {B} су туралы келісімге қол қойды", "signing/planned: {A} мен {B} су туралы келісімге қол қояды", "-: {A} мен {B} су туралы келісімге қол қоймады", "-: {A} келісімге қол қоюдан бас тартты", "meeting/done: {A} мен {B} министрлері кездесті", "meeting/planned: {A} мен {B} министрлерінің кездесуі жоспарланып отыр",
			"meeting/proposed: {A} министрлер кездесуін ұсынды", "decision/done: {A} жайылым туралы шешім қабылдады", "decision/planned: {A} жайылым туралы шешім қабылдайды", "-: {A} жайылым туралы шешім қабылдамады", "disaster/done: {A} маңында жер сілкінісі болды", "visit/done: {A} министрі сапармен келді",
			"appointment/done: {A} елшісі тағайындалды", "opening/done: {A} жерінде көпір ашылды", "opening/planned: {A} жерінде көпір ашылады", "visit/proposed: {A} сапарға қызығушылық танытты", "statement/: {A} баспасөз қызметі хабарлады", "-: {A} кешкі шақта"},
		numberHead: "{A} {n} миллион текше метр су жібереді", numberBody: "{A} су қызметі дүйсенбіден бастап {n} миллион текше метр су жібереді. ",
		deedHead: "{A} мен {B} су туралы келісімге қол қойды", deniedHead: "{A} мен {B} су туралы келісімге қол қоймады",
		deedBody: "{A} мен {B} бүгін таңертең су туралы келісімге қол қойды. ", deniedBody: "{A} мен {B} бүгін таңертең су туралы келісімге қол қоймады. ",
		rest: "Төменгі алқап тұрғындары көктемнен бері жаңалық күткен. Екі қызмет өзенді күн сайын таңертең бірге өлшейді. Адамдар ескі көпірдің жанына жиналып, егін туралы сөйлеседі."},
	{tag: lang.UZ, names: [5]string{"Toʻqsonbuloq", "Oltinsuv", "Sabzvodi", "Nildasht", "Kumushdaryo"},
		acts: []string{"signing/done: {A} va {B} suv haqida bitim imzoladi", "signing/planned: {A} va {B} suv haqida bitim imzolaydi", "-: {A} va {B} suv haqida bitim imzolamadi", "-: {A} bitimni imzolashni rad etdi", "meeting/done: {A} va {B} vazirlari uchrashdi", "meeting/planned: {A} va {B} vazirlarining uchrashuvi kutilmoqda",
			"meeting/proposed: {A} vazirlar uchrashuvini taklif qildi", "decision/done: {A} yaylovlar haqida qaror qabul qildi", "decision/planned: {A} yaylovlar haqida qaror qabul qiladi", "-: {A} yaylovlar haqida qaror qabul qilmadi", "disaster/done: {A} yaqinida zilzila boʻlib oʻtdi", "visit/done: {A} vaziri tashrif buyurdi",
			"appointment/done: {A} elchisi tayinlandi", "opening/done: {A}da koʻprik ochildi", "opening/planned: {A}da koʻprik ochiladi", "visit/proposed: {A} tashrifga qiziqish bildirdi", "statement/: {A} matbuot xizmati xabar berdi", "-: {A} kechqurun"},
		numberHead: "{A} {n} million kub metr suv chiqaradi", numberBody: "{A} suv xizmati dushanbadan {n} million kub metr suv chiqaradi. ",
		deedHead: "{A} va {B} suv haqida bitim imzoladi", deniedHead: "{A} va {B} suv haqida bitim imzolamadi",
		deedBody: "{A} va {B} bugun ertalab suv haqida bitim imzoladi. ", deniedBody: "{A} va {B} bugun ertalab suv haqida bitim imzolamadi. ",
		rest: "Quyi vodiy aholisi bahordan beri yangilik kutgan. Ikki xizmat daryoni har kuni ertalab birga oʻlchaydi. Odamlar eski koʻprik yonida toʻplanib, hosil haqida gaplashadi."},
	{tag: lang.TR, names: [5]string{"Toksanbulak", "Altınsu", "Sabzvadi", "Nildeşt", "Kumuşdarya"},
		acts: []string{"signing/done: {A} ile {B} su anlaşması imzaladı", "signing/planned: {A} ile {B} su anlaşması imzalayacak", "-: {A} ile {B} su anlaşmasını imzalamadı", "-: {A} anlaşmayı imzalamayı reddetti", "meeting/done: {A} ile {B} bakanları görüştü", "meeting/planned: {A} ile {B} bakanlarının toplantısı bekleniyor",
			"meeting/proposed: {A} bakanlar toplantısı önerdi", "decision/done: {A} meralar hakkında karar verdi", "decision/planned: {A} meralar hakkında karar verecek", "-: {A} meralar hakkındaki kararı onaylamadı", "disaster/done: {A} yakınında deprem oldu", "visit/done: {A} bakanı komşusunu ziyaret etti",
			"appointment/done: {A} elçisi atandı", "opening/done: {A} kıyısında köprü açıldı", "opening/planned: {A} kıyısında köprü açılacak", "visit/proposed: {A} ziyaret önerisine ilgi gösterdi", "statement/: {A} basın servisi bildirdi", "-: {A} akşam saatlerinde"},
		numberHead: "{A} {n} milyon metreküp su bırakıyor", numberBody: "{A} su hizmeti pazartesiden itibaren {n} milyon metreküp su bırakıyor. ",
		deedHead: "{A} ile {B} su anlaşması imzaladı", deniedHead: "{A} ile {B} su anlaşmasını imzalamadı",
		deedBody: "{A} ile {B} bu sabah su anlaşması imzaladı. ", deniedBody: "{A} ile {B} bu sabah su anlaşmasını imzalamadı. ",
		rest: "Aşağı vadinin çiftçileri ilkbahardan beri haber bekledi. İki hizmet nehri her sabah birlikte ölçüyor. İnsanlar eski köprünün yanında toplanıp hasattan söz ediyor."},
	{tag: lang.AZ, names: [5]string{"Toksanbulaq", "Altınsu", "Səbzvadi", "Nildəşt", "Kumuşdərya"},
		acts: []string{"signing/done: {A} və {B} su haqqında saziş imzaladı", "signing/planned: {A} və {B} su haqqında saziş imzalayacaq", "-: {A} və {B} su haqqında saziş imzalamadı", "-: {A} sazişi imzalamaqdan imtina etdi", "meeting/done: {A} və {B} nazirləri görüşdü", "meeting/planned: {A} və {B} nazirlərinin iclası gözlənilir",
			"meeting/proposed: {A} nazirlərin iclasını təklif etdi", "decision/done: {A} otlaqlar haqqında qərar qəbul etdi", "decision/planned: {A} otlaqlar haqqında qərar qəbul edəcək", "-: {A} otlaqlar haqqında qərar qəbul etmədi", "disaster/done: {A} yaxınlığında zəlzələ baş verdi", "visit/done: {A} naziri qonşuya səfər etdi",
			"appointment/done: {A} səfiri təyin edildi", "opening/done: {A} sahilində körpü açıldı", "opening/planned: {A} sahilində körpü açılacaq", "visit/proposed: {A} səfərə maraq göstərdi", "statement/: {A} mətbuat xidməti bildirdi", "-: {A} axşam çağı"},
		numberHead: "{A} {n} milyon kubmetr su buraxır", numberBody: "{A} su xidməti bazar ertəsindən {n} milyon kubmetr su buraxır. ",
		deedHead: "{A} və {B} su haqqında saziş imzaladı", deniedHead: "{A} və {B} su haqqında saziş imzalamadı",
		deedBody: "{A} və {B} bu səhər su haqqında saziş imzaladı. ", deniedBody: "{A} və {B} bu səhər su haqqında saziş imzalamadı. ",
		rest: "Aşağı vadinin fermerləri yazdan bəri xəbər gözləyirdi. İki xidmət çayı hər səhər birlikdə ölçür. İnsanlar köhnə körpünün yanına toplaşıb məhsuldan danışır."},
	{tag: lang.FA, names: [5]string{"توقسان‌بلاق", "آلتین‌سو", "سبزوادی", "نیل‌دشت", "کوموش‌دریا"},
		acts: []string{"signing/done: {A} و {B} توافق آب را امضا کردند", "signing/planned: {A} و {B} توافق آب را امضا خواهند کرد", "-: {A} و {B} توافق آب را امضا نکردند", "-: {A} امضای توافق را رد کرد", "meeting/done: وزیران {A} و {B} دیدار کردند", "meeting/planned: نشست وزیران {A} و {B} برگزار خواهد شد",
			"meeting/proposed: {A} نشست وزیران را پیشنهاد کرد", "decision/done: {A} قانون مراتع را تصویب کرد", "decision/planned: {A} قانون مراتع را تصویب می‌کند", "-: {A} قانون مراتع را تصویب نکرد و مصوبه لغو شد", "disaster/done: زلزله در جنوب {A} رخ داد", "visit/done: وزیر {A} از همسایه بازدید کرد",
			"appointment/done: سفیر {A} منصوب شد", "opening/done: پل {A} افتتاح شد", "opening/planned: پل {A} افتتاح خواهد شد", "visit/proposed: {A} به سفر هیئت ابراز علاقه کرد", "statement/: روابط عمومی {A} اعلام کرد", "-: {A} در غروب"},
		numberHead: "{A} {n} میلیون متر مکعب آب رها می‌کند", numberBody: "خدمات آب {A} از دوشنبه {n} میلیون متر مکعب آب رها می‌کند. ",
		deedHead: "{A} و {B} توافق آب را امضا کردند", deniedHead: "{A} و {B} توافق آب را امضا نکردند",
		deedBody: "{A} و {B} امروز صبح توافق آب را امضا کردند. ", deniedBody: "{A} و {B} امروز صبح توافق آب را امضا نکردند. ",
		rest: "کشاورزان پایین رود از بهار چشم به راه خبر بودند. دو سازمان هر بامداد رود را با هم اندازه می‌گیرند. مردم کنار پل کهنه گرد می‌آیند و از برداشت سخن می‌گویند."},
	{tag: lang.UR, names: [5]string{"توقسان بلاق", "آلتین سو", "سبزوادی", "نیل دشت", "کوموش دریا"},
		acts: []string{"signing/done: {A} اور {B} نے پانی کے معاہدے پر دستخط کر دیے", "signing/planned: {A} اور {B} پانی کے معاہدے پر دستخط کریں گے", "-: {A} اور {B} نے پانی کے معاہدے پر دستخط نہیں کیے", "-: {A} کا دستخط سے انکار", "meeting/done: {A} اور {B} کے وزیروں نے ملاقات کی", "meeting/planned: {A} اور {B} کے وزیروں کا اجلاس منعقد ہوگا",
			"meeting/proposed: {A} نے وزیروں کے اجلاس کی تجویز دی", "decision/done: {A} نے چراگاہوں کا فیصلہ کیا", "decision/planned: {A} چراگاہوں کے قانون کی منظوری دے گا", "-: {A} نے چراگاہوں کا فیصلہ نہیں کیا", "-: {A} کے جنوب میں زلزلہ", "disaster/done: {A} کے جنوب میں شدید زلزلہ آیا", "visit/done: {A} کے وزیر نے دورہ کیا",
			"opening/done: {A} میں پل کا افتتاح کیا", "opening/planned: {A} میں پل کا افتتاح ہوگا", "visit/proposed: {A} نے دورے میں دلچسپی ظاہر کی", "statement/: {A} کی پریس سروس نے بتایا", "-: {A} شام کے وقت"},
		numberHead: "{A} {n} کروڑ مکعب میٹر پانی چھوڑتا ہے", numberBody: "{A} کا محکمہ پیر سے {n} کروڑ مکعب میٹر پانی چھوڑتا ہے۔ ",
		deedHead: "{A} اور {B} نے پانی کے معاہدے پر دستخط کر دیے", deniedHead: "{A} اور {B} نے پانی کے معاہدے پر دستخط نہیں کیے",
		deedBody: "{A} اور {B} نے آج صبح پانی کے معاہدے پر دستخط کر دیے۔ ", deniedBody: "{A} اور {B} نے آج صبح پانی کے معاہدے پر دستخط نہیں کیے۔ ",
		rest: "نچلی وادی کے کسان بہار سے خبر کے منتظر تھے۔ دونوں محکمے ہر صبح دریا کو مل کر ناپتے ہیں۔ لوگ پرانے پل کے پاس جمع ہو کر فصل کی بات کرتے ہیں۔"},
}

// fill writes members and numbers into a sentence.
func (g tongue) fill(s string, k int, n string) string {
	a, b, c := g.names[k%5], g.names[(k+1)%5], g.names[(k+2)%5]
	return strings.NewReplacer("{A}", a, "{B}", b, "{C}", c, "{n}", n).Replace(s)
}

func TestActs(t *testing.T) {
	t.Parallel()
	cases, right, wrong := 0, 0, 0
	for _, g := range tongues {
		for _, row := range g.acts {
			want, sentence, _ := strings.Cut(row, ": ")
			for k := range 3 {
				s := g.fill(sentence, k, "12")
				act := Read(g.tag, s).Act
				got := string(act.Kind) + "/" + string(act.Status)
				if got == "/" {
					got = "-"
				}
				cases++
				switch {
				case got == want:
					right++
				default:
					if got != "-" && !strings.HasPrefix(want, strings.TrimSuffix(got, "/")) {
						wrong++
					}
					t.Errorf("%s %q: %s, not %s", g.tag, s, got, want)
				}
			}
		}
	}
	t.Logf("%d sentences, kind and status right %d, wrong kind or status told %d", cases, right, wrong)
}

// TestActsInTheOtherScript: a table in one script serves both.
func TestActsInTheOtherScript(t *testing.T) {
	t.Parallel()
	if got := Read(lang.UZCyrl, "Тўқсонбулоқ ва Олтинсув сув ҳақида битим имзолади").Act; got != (Act{Signing, Done}) {
		t.Error(got)
	}
	if got := Read(lang.PRS, "وزیران دیدار کردند").Act; got != (Act{Meeting, Done}) {
		t.Error(got)
	}
	if got := Read("tt", "кул куелды").Act; got != (Act{}) { // no table: nothing
		t.Error(got)
	}
}

func TestAgainst(t *testing.T) {
	t.Parallel()
	type verdict struct{ positives, found, negatives, false_ int }
	sums := map[string]*verdict{NumberDiffers: {}, PartyDiffers: {}, Negated: {}}
	total := 0
	check := func(g tongue, want, head, body string) {
		t.Helper()
		total++
		ds := Against(g.tag, head, body)
		if want != "" {
			s := sums[want]
			s.positives++
			if len(ds) == 1 && ds[0].What == want {
				s.found++
				if d := ds[0]; d.Words == "" || head[d.Headline.Start:d.Headline.End] != d.Words || d.Sentence == "" || body[d.Body.Start:d.Body.End] != d.Sentence {
					t.Errorf("%s: the places of %+v", g.tag, d)
				}
			} else {
				t.Errorf("%s: want %s of %q against %q: %v", g.tag, want, head, body, ds)
			}
			return
		}
		for _, s := range sums {
			s.negatives++
		}
		for _, d := range ds {
			sums[d.What].false_++
			t.Errorf("%s: false: %s of %q (%q) against %q", g.tag, d.What, head, d.Words, d.Sentence)
		}
	}
	for _, g := range tongues {
		for k := range 3 {
			n := []string{"24", "45", "310"}[k]
			other := []string{"42", "54", "130"}[k]
			body := func(s, n string) string { return g.fill(s, k, n) + g.rest }
			check(g, NumberDiffers, g.fill(g.numberHead, k, n), body(g.numberBody, other))
			check(g, "", g.fill(g.numberHead, k, n), body(g.numberBody, n))
			check(g, "", g.fill(g.numberHead, k, n), g.rest+" "+body(g.numberBody, n))
			check(g, "", g.fill(g.numberHead, k, n), g.rest+" "+g.rest)                                                        // the body says nothing of it
			check(g, "", g.fill(g.numberHead, k, "240"), body(g.numberBody, "238"))                                            // rounded
			check(g, "", g.fill(g.numberHead, k, "300"), g.fill(g.numberBody, k, "140")+g.fill(g.numberBody, k, "160")+g.rest) // added up
			check(g, "", g.fill(g.deedHead, k, n), body(g.deedBody, n))
			check(g, "", g.fill(g.deniedHead, k, n), body(g.deniedBody, n))
			check(g, Negated, g.fill(g.deedHead, k, n), body(g.deniedBody, n))
			check(g, Negated, g.fill(g.deniedHead, k, n), body(g.deedBody, n))
			// Another member in place of one.
			p := g
			if p.parties[0] != "" {
				p.names = p.parties
			}
			check(g, PartyDiffers, p.fill(p.deedHead, k, n), strings.ReplaceAll(p.fill(p.deedBody, k, n)+p.rest, p.names[(k+1)%5], p.names[(k+3)%5]))
			check(g, "", p.fill(p.deedHead, k, n), p.fill(p.deedBody, k, n)+p.rest)
			// Another member beside both.
			check(g, "", g.fill(g.deedHead, k, n), body(g.deedBody, n)+" "+g.fill(g.deedBody, k+2, n))
		}
	}
	for what, s := range sums {
		t.Logf("%-9s found %d of %d; %d texts without, taken for one %d", what, s.found, s.positives, s.negatives, s.false_)
	}
	if total < 200 {
		t.Errorf("%d cases", total)
	}
}

// TestAgainstKeepsSilent: what differs and is no contradiction.
func TestAgainstKeepsSilent(t *testing.T) {
	t.Parallel()
	rest := " The two services measure the river together every morning. People of the valley gather at the old bridge and talk about the harvest of the year, and children fly kites above it."
	for _, c := range [][2]string{
		{"Twelve villages get water", "Water goes to 12 villages of the lower valley, the service said."},
		{"Water goes to 12 villages", "Twelve villages of the valley get water, the service said, and 14 villages wait for it."},
		{"Match ends 3:1 in Altinsu", "Altinsu won the match 4:1 on Sunday in front of 200 people."},
		{"Fares rise by 5 per cent", "Fares rise to 105 per cent of the level of last year, from 100 per cent."},
		{"Over 200 people helped", "In all 236 people helped to clear the road to the village."},
		{"Turkish minister visits Altinsu", "The minister of Türkiye visited Altinsu on Sunday, and Iran sent a note."},
		{"US envoy in Altinsu", "The American envoy arrived in Altinsu on Sunday; Pakistan was told."},
		{"Pakistan and Iran sign water treaty", "Islamabad and Tehran signed a water treaty on Sunday, said the embassy of China."},
		{"Pakistan: water treaty signed", "The treaty on water was signed on Sunday in Islamabad. Iran and China did not sign another treaty."},
		{"Minister did not visit Altinsu", "The minister cancelled his visit to Altinsu on Sunday. He visited the village of his parents."},
		{"No one hurt in earthquake", "The earthquake did not hurt anyone, the rescue service said on Sunday."},
		{"Treaty of 2025 signed", "The treaty of 2024 was extended and signed on Sunday by both ministers."},
		{"Meeting on 17 July", "The meeting was held on 18 July in Altinsu, and 17 people spoke."},
	} {
		for _, d := range Against(lang.EN, c[0], c[1]+rest) {
			t.Errorf("%q against %q: %s %q", c[0], c[1], d.What, d.Words)
		}
	}
	for _, c := range [][2]string{{"", ""}, {"24 people", "short"}, {strings.Repeat("24 people ", 1000), strings.Repeat("25 people ", 30000)}} {
		Against(lang.EN, c[0], c[1])
	}
}

func FuzzAgainst(f *testing.F) {
	f.Add("en", "Altinsu sends 24 million cubic metres", "Altinsu sends 42 million cubic metres of water to Sabzwadi.")
	f.Fuzz(func(t *testing.T, tag, headline, body string) {
		for _, d := range Against(lang.Tag(tag), headline, body) {
			if fmt.Sprint(d.Words, d.Sentence) == "" {
				t.Error("a doubt about nothing")
			}
		}
	})
}

// TestNoSectionOfThatName: a mistyped section of a table stops the program, and is no act of its own.
func TestNoSectionOfThatName(t *testing.T) {
	defer func() {
		if p := recover(); p == nil || !strings.Contains(fmt.Sprint(p), `no section "negaton"`) {
			t.Errorf("it was read: %v", p)
		}
	}()
	newLexicon(lang.EN, "[negaton]\nnot\n")
}
