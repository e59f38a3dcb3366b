package facts

import (
	"slices"
	"strings"
	"testing"
)

// TestWishedDeeds: that somebody is ready or offers to do a deed, or considers it, is read as that deed wished, though many languages have
// another form of its word then; and the deed itself is still read as done.
func TestWishedDeeds(t *testing.T) {
	t.Parallel()
	for _, row := range strings.Split(strings.TrimSpace(wishedDeeds), "\n") {
		tag, rest, _ := strings.Cut(row, " ")
		for i, w := range strings.Split(rest, "|") {
			kind := []Kind{Opening, Opening, Appointment, Decision, Signing, Meeting, Visit}[i]
			wish, done, _ := strings.Cut(strings.TrimSpace(w), " / ")
			for k, text := range []string{wish, done} {
				want := []Status{Proposed, Done}[k]
				vs := verdicts(tag, text)
				if text != "" && !slices.ContainsFunc(vs, func(v verdict) bool { return v.Kind == kind && !v.denied && v.Status == want }) {
					t.Errorf("%s %s %s %q: %v", tag, kind, want, text, vs)
				}
			}
		}
	}
}

// wishedDeeds are, in each language, two openings, an appointment, a decision, a signing, a meeting and a visit, wished and done.
const wishedDeeds = `
en Mongolia is ready to open a consulate / Mongolia opens consulate | Mongolia offered to open a school / Mongolia opened a school | Ministers propose to appoint an envoy / Ministers appointed an envoy | Parliament considers ratifying the treaty / Parliament ratified the treaty | Iran is willing to sign the treaty / Iran signed the treaty | Iran offers to hold talks / Iran held talks | The president is ready to visit Taskol / The president visited Taskol
ru Монголия готова открыть консульство / Монголия открыла консульство | Монголия предложила открыть школу / Монголия открыла школу | Министры предложили назначить посла / Министры назначили посла | Парламент рассматривает возможность ратифицировать договор / Парламент ратифицировал договор | Иран готов подписать договор / Иран подписал договор | Иран предлагает провести переговоры / Иран провёл переговоры | Президент готов посетить Таскёль / Президент посетил Таскёль
kk Моңғолия консулдық ашуға дайын / Моңғолия консулдық ашты | Моңғолия мектеп ашуды ұсынды / Моңғолия мектеп ашты | Министрлер елші тағайындауды ұсынды / Министрлер елші тағайындады | Парламент шартты ратификациялауды қарастырып жатыр / Парламент шартты ратификациялады | Иран шартқа қол қоюға дайын / Иран шартқа қол қойды | Иран келіссөз жүргізуді ұсынды / Иран келіссөз жүргізді | Президент Тасқөлге баруға дайын / Президент Тасқөлге сапармен барды
uz Moʻgʻuliston konsulxona ochishga tayyor / Moʻgʻuliston konsulxona ochdi | Moʻgʻuliston maktab ochishni taklif qildi / Moʻgʻuliston maktab ochdi | Vazirlar elchi tayinlashni taklif qildi / Vazirlar elchi tayinladi | Parlament shartnomani ratifikatsiya qilishni koʻrib chiqmoqda / Parlament shartnomani ratifikatsiya qildi | Eron shartnomani imzolashga tayyor / Eron shartnomani imzoladi | Eron muzokara oʻtkazishni taklif qildi / Eron muzokara oʻtkazdi | Prezident Toshkoʻlga tashrif buyurishga tayyor / Prezident Toshkoʻlga tashrif buyurdi
ky Монголия консулдук ачууга даяр / Монголия консулдук ачты | Монголия мектеп ачууну сунуштады / Монголия мектеп ачты | Министрлер элчи дайындоону сунуштады / Министрлер элчи дайындады | Парламент келишимди ратификациялоону карап жатат / Парламент келишимди ратификациялады | Иран келишимге кол коюуга даяр / Иран келишимге кол койду | Иран сүйлөшүү өткөрүүнү сунуштады / Иран сүйлөшүү өткөрдү | Президент Ташкөлгө барууга даяр
tg Муғулистон омода аст консулгарӣ кушояд / Муғулистон консулгарӣ кушод | Муғулистон кушодани мактабро пешниҳод кард / Муғулистон мактаб кушод | Вазирон таъини сафирро пешниҳод карданд / Вазирон сафир таъин карданд | Парлумон тасдиқи қонунро баррасӣ мекунад / Парлумон қонунро тасдиқ кард | Эрон омода аст созишномаро имзо кунад / Эрон созишномаро имзо кард | Эрон гузаронидани музокиротро пешниҳод кард / Эрон музокирот гузаронид | Президент омода аст ба Тошкӯл сафар кунад / Президент ба Тошкӯл сафар кард
tk Mongoliýa konsulhana açmaga taýýar / Mongoliýa konsulhana açdy | Mongoliýa mekdep açmagy teklip etdi / Mongoliýa mekdep açdy | Ministrler ilçi bellemegi teklip etdi / Ministrler ilçi belledi | Mejlis kanuny kabul etmegi teklip etdi / Mejlis kanuny kabul etdi | Eýran şertnama gol çekmäge taýýar / Eýran şertnama gol çekdi | Eýran gepleşik geçirmegi teklip etdi / Eýran gepleşik geçirdi | Prezident Daşköle barmaga taýýar / Prezident Daşköle saparda boldy
az Monqolustan konsulluq açmağa hazırdır / Monqolustan konsulluq açıb | Monqolustan məktəb açmağı təklif etdi / Monqolustan məktəb açdı | Nazirlər səfir təyin etməyi təklif etdi / Nazirlər səfir təyin etdi | Parlament müqaviləni ratifikasiya etməyi nəzərdən keçirir / Parlament müqaviləni ratifikasiya edib | İran müqaviləni imzalamağa hazırdır / İran müqaviləni imzaladı | İran danışıqlar aparmağı təklif etdi / İran danışıqlar apardı | Prezident Daşgölə səfər etməyə hazırdır / Prezident Daşgölə səfər etdi
tr Moğolistan konsolosluk açmaya hazır / Moğolistan konsolosluk açtı | Moğolistan okul açmayı önerdi / Moğolistan okul açtı | Bakanlar büyükelçi atamayı önerdi / Bakanlar büyükelçi atadı | Meclis anlaşmayı onaylamayı değerlendiriyor / Meclis anlaşmayı onayladı | İran anlaşmayı imzalamaya hazır / İran anlaşmayı imzaladı | İran görüşme yapmayı önerdi / İran görüşme yaptı | Cumhurbaşkanı Taşköl'ü ziyaret etmeye hazır / Cumhurbaşkanı Taşköl'ü ziyaret etti
fa مغولستان برای گشایش کنسولگری آماده است / مغولستان کنسولگری گشود | مغولستان افتتاح مدرسه را پیشنهاد کرد / مغولستان مدرسه افتتاح کرد | وزیران انتصاب سفیر را پیشنهاد کردند / وزیران سفیر را منصوب کردند | مجلس تصویب پیمان را بررسی می‌کند / مجلس پیمان را تصویب کرد | ایران آماده امضای قرارداد است / ایران قرارداد را امضا کرد | ایران پیشنهاد مذاکره داد / ایران مذاکره کرد | رئیس‌جمهور آماده سفر به سنگ‌دره است / رئیس‌جمهور به سنگ‌دره سفر کرد
ur منگولیا قونصل خانہ کھولنے کے لیے تیار / منگولیا نے قونصل خانہ کھول دیا | منگولیا کی اسکول کھولنے کی پیشکش / منگولیا نے اسکول کھولا | وزراء نے سفیر مقرر کرنے کی تجویز دی / وزراء نے سفیر مقرر کیا | پارلیمنٹ معاہدے کی توثیق پر غور کر رہی ہے / پارلیمنٹ نے معاہدے کی توثیق کر دی | ایران معاہدے پر دستخط کے لیے تیار / ایران نے معاہدے پر دستخط کر دیے | ایران کی مذاکرات کی پیشکش / ایران نے مذاکرات کیے | صدر دورے کے لیے تیار / صدر نے دورہ کیا
ar تركيا تعرض افتتاح قنصلية / تركيا تفتتح قنصلية | تركيا مستعدة لافتتاح مدرسة / تركيا افتتحت مدرسة | الوزراء يقترحون تعيين سفير / الوزراء عينوا سفيرا | البرلمان يدرس المصادقة على المعاهدة / البرلمان صادق على المعاهدة | إيران مستعدة لتوقيع المعاهدة / إيران وقعت المعاهدة | إيران تعرض إجراء محادثات / إيران أجرت محادثات | الرئيس مستعد لزيارة البلدة / الرئيس زار البلدة
zh 蒙古愿意开设领事馆 / 蒙古开设领事馆 | 蒙古提议开设学校 / 蒙古开设学校 | 部长们建议任命大使 / 部长们任命大使 | 议会考虑批准条约 / 议会批准条约 | 伊朗愿意签署条约 / 伊朗签署条约 | 伊朗提议举行会谈 / 伊朗举行会谈 | 总统愿意访问石湖 / 总统访问石湖
ko 몽골, 영사관 개설 제안 / 몽골, 영사관 개설 | 몽골은 영사관을 여는 방안을 제안했다 / 몽골은 영사관을 열었다 | 장관들은 대사 임명을 제안했다 / 장관들은 대사를 임명했다 | 국회, 조약 비준 검토 / 국회는 조약을 비준했다 | 이란, 조약 서명 의향 / 이란은 조약에 서명했다 | 이란은 회담을 제안했다 / 이란은 회담했다 | 대통령, 방문 의향 / 대통령은 방문했다
mn Монгол консулын газар нээхэд бэлэн / Монгол консулын газар нээлээ | Монгол сургууль нээх санал тавив / Монгол сургууль нээв | Сайд нар элчин сайд томилох санал тавив / Сайд нар элчин сайд томиллоо | УИХ гэрээг батлахыг санал болгов / УИХ гэрээг баталлаа | Иран гэрээнд гарын үсэг зурахад бэлэн / Иран гэрээнд гарын үсэг зурлаа | Иран хэлэлцээ хийх санал тавив / Иран хэлэлцээ хийлээ | Ерөнхийлөгч Чулуутад айлчлахад бэлэн / Ерөнхийлөгч Чулуутад айлчиллаа
`
