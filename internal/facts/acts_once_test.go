package facts

import (
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// headlinesOfOnce: what was delayed, cancelled or refused once and is done now; with - what is delayed, cancelled or refused.
const headlinesOfOnce = `
en signing Delayed agreement signed in Tashkent
en signing Ministers sign delayed deal on water
en signing Koksay signs deal it once rejected
en meeting Postponed meeting of ministers held in Doha
en - Signing of agreement delayed again
en - Meeting of ministers postponed to June
en - Minister rejected agreement on water
ru signing Отложенное подписание соглашения состоялось в Ташкенте
ru signing Подписано отложенное соглашение о воде
ru meeting Перенесённая встреча министров прошла в Оше
ru meeting Отменённый ранее саммит состоялся в Дохе
ru - Подписание соглашения отложено
ru - Встреча министров перенесена на июнь
ru - Саммит в Дохе отменён
kk signing Кейінге қалдырылған келісімге қол қойылды
kk meeting Кейінге қалдырылған кездесу Ошта өтті
kk meeting Тоқтатылған келіссөздер Астанада өтті
kk - Келісімге қол қою кейінге қалдырылды
kk - Кездесу кейінге қалдырылды
ky signing Кийинкиге калтырылган келишимге кол коюлду
ky meeting Жылдырылган жолугушуу Ошто өттү
ky - Жолугушуу кийинкиге калтырылды
uz signing Qoldirilgan bitim imzolandi
uz meeting Kechiktirilgan uchrashuv Toshkentda oʻtdi
uz meeting Bekor qilingan sammit Toshkentda oʻtdi
uz - Bitim imzolanishi kechiktirildi
uz - Uchrashuv bekor qilindi
az signing Müharibədən imtina edən tərəflər saziş imzaladı
az meeting Təxirə salınan görüş Bakıda keçirildi
az signing Təxirə salınmış saziş imzalandı
az - Görüş təxirə salındı
az - Nazir saziş imzalamaqdan imtina edib
tr signing Ertelenen anlaşma imzalandı
tr meeting İptal edilen toplantı Ankara'da yapıldı
tr - Bakanlar toplantısı iptal edildi
tr - Anlaşmanın imzalanması ertelendi
tk signing Yza süýşürilen ylalaşyga gol çekildi
tk meeting Ýatyrylan duşuşyk Aşgabatda geçirildi
tk - Duşuşyk yza süýşürildi
tg signing Созишномаи мавқуфгузошташуда имзо шуд
tg meeting Мулоқоти ба таъхир афтода дар Душанбе баргузор шуд
tg - Мулоқот ба таъхир афтод
fa meeting نشست به تعویق افتاده در تهران برگزار شد
fa signing توافق لغو شده بار دیگر امضا شد
fa - نشست به تعویق افتاد
fa - نشست تهران لغو شد
ur meeting ملتوی اجلاس اسلام آباد میں منعقد
ur signing ملتوی شدہ معاہدے پر دستخط ہو گئے
ur - اجلاس ملتوی
ur - معاہدے پر دستخط ملتوی
ar signing توقيع الاتفاق المؤجل في طشقند
ar - تأجيل توقيع الاتفاق
zh meeting 推迟的峰会在北京举行
zh meeting 被取消的会议重新举行
zh - 峰会推迟举行
zh - 协议签署被推迟
ko signing 무산됐던 협정 서명식 열려
ko meeting 연기된 정상회담 도하서 열려
ko - 정상회담 연기
ko - 협정 서명 무산
mn signing Хойшлогдсон хэлэлцээрт гарын үсэг зурлаа
mn meeting Цуцлагдсан уулзалт Улаанбаатарт боллоо
mn - Уулзалт хойшлогдлоо
mn - Хэлэлцээрт гарын үсэг зурахаас татгалзлаа
`

// headlinesOfWhom: what is said of a person or thing besides is not what the headline tells.
const headlinesOfWhom = `
en disaster Blast kills minister who signed deal
en - Deal signed last year collapses
ar - قوة الإعصار الذي وقع يوم الأحد لا تزال كبيرة
en - Author who signed the treaty in May
en resignation Minister who signed deal resigns
ru resignation Министр, который подписал соглашение, ушёл в отставку
kk resignation Келісімге қол қойған министр отставкаға кетті
ky resignation Келишимге кол койгон министр кызматтан кетти
uz resignation Bitimni imzolagan vazir isteʼfoga chiqdi
az resignation Sazişi imzalayan nazir istefa verdi
tr resignation Anlaşmayı imzalayan bakan istifa etti
tk resignation Ylalaşyga gol çeken ministr wezipesinden çekildi
tg resignation Вазире, ки созишномаро имзо кард, истеъфо дод
fa resignation وزیری که توافق را امضا کرد استعفا داد
ur resignation معاہدے پر دستخط کرنے والے وزیر مستعفی
ar resignation استقالة الوزير الذي وقع الاتفاق
zh resignation 签署协议的部长辞职
ko resignation 협정 서명한 장관 사퇴
mn resignation Хэлэлцээрт гарын үсэг зурсан сайд огцорлоо
`

// headlinesOfMore is more of both, written when the rules for these were done, and words of acts in which nothing of the kind happened.
const headlinesOfMore = `
en opening Minister opens bridge whose builder was arrested
en - Parliament suspends ratification of treaty
en resignation Mayor who opened delayed metro resigns
en - Treaty signing called off
ru signing Приостановленный в мае договор подписан
ru appointment Министр, которого уволили весной, назначен послом
ru - Переговоры министров сорваны
ru opening Открыт мост, который откладывали десять лет
ru - Открытие моста перенесено на осень
kk opening Кейінге қалдырылған көпір ашылды
kk resignation Мектеп ашқан әкім отставкаға кетті
kk - Министр келісімге қол қоюдан бас тартты
ky opening Кийинкиге калтырылган көпүрө ачылды
ky - Министр келишимге кол коюудан баш тартты
uz opening Ikki yil kechiktirilgan koʻprik ochildi
uz - Vazir bitimni imzolashdan voz kechdi
uz appointment Maktab ochgan hokim vazir etib tayinlandi
az opening Təxirə salınan körpü açıldı
az appointment Körpü açan nazir səfir təyin edildi
az - Görüş ləğv edildi
tr opening İki yıl ertelenen köprü açıldı
tr appointment Köprüyü açan bakan büyükelçi olarak atandı
tr - Cumhurbaşkanı yasayı onaylamadı
tk opening Yza süýşürilen köpri açyldy
tk - Duşuşyk ýatyryldy
tg opening Пули ба таъхир афтода кушода шуд
tg - Вазир аз имзои созишнома даст кашид
fa opening پل به تعویق افتاده افتتاح شد
fa - وزیر از امضای توافق خودداری کرد
ur opening ملتوی شدہ پل کا افتتاح ہو گیا
ur resignation پل کا افتتاح کرنے والے وزیر مستعفی ہو گئے
ur - وزیر نے معاہدے پر دستخط سے انکار کر دیا
ar opening افتتاح الجسر الذي تأجل عامين
ar - رفض الوزير توقيع الاتفاق
ar signing الوزيران يوقعان الاتفاق الذي رفض العام الماضي
zh opening 推迟两年的大桥开通
zh resignation 签署停火协议的总理辞职
zh - 两国取消签署协议
ko opening 연기됐던 다리 개통
ko appointment 사퇴했던 장관, 대사로 임명
ko - 장관, 협정 서명 거부
mn opening Хойшлуулсан гүүр нээгдлээ
mn - Сайд хэлэлцээрт гарын үсэг зурахаас татгалзав
ru statement Министр открыл рот и сказал правду
ru - Назначена встреча министров в Бишкеке
ru - Открытие дня: учёные нашли новую звезду
ru - Визит к стоматологу подорожал
en - The minister met with failure in his attempt
en - Earthquake of reforms shakes the ministry
en - Floods of visitors hit the museum
en - Flood of complaints after new tax
tr - Eleştiri fırtınası bakanlığı sarstı
tr - Diş hekimi ziyareti pahalandı
ru - Волна критики: лавина жалоб в министерство
ru - Встреча выпускников прошлых лет
fa - سیل انتقادها از وزیر
fa - زلزله سیاسی در وزارتخانه
ur - تنقید کا طوفان
ar - زلزال سياسي يهز الوزارة
zh - 改革地震震动部门
zh - 一百五十万吨小麦运往土耳其
ko - 비판의 홍수에 장관 곤혹
kk - Сын-ескертпе тасқыны
en - Minister opens up about his youth
en - Actor signs autographs in Osh
en - Book on meeting planned
`

// headlinesOfFigures: a political earthquake and a flood of questions are no disasters, but one that kills is, whatever politicians and critics say of it; and more of what was
// delayed or refused once.
const headlinesOfFigures = `
en disaster Earthquake kills 12 as political crisis deepens
en disaster Flood kills nine, raising questions of safety
en disaster Flood destroys homes of protest leaders, three dead
en disaster Landslide of mud kills five amid wave of criticism
en signing Rejected last spring, fisheries accord is signed
en opening Long-stalled tunnel opened by president
en meeting Suspended talks resume as ministers meet in Vienna
en appointment Official who cancelled visit appointed ambassador
en - President suspends signing of accord
en - Court refuses to ratify treaty
en meeting Ministers who refused talks in May meet in Oslo
ru disaster При наводнении погибли трое, возникли вопросы к властям
ru disaster Лавина накрыла группу, погибли двое, власти ждут критики
ru signing Отвергнутый весной договор подписан в Вене
ru opening Замороженная стройка завершена, больница открыта
ru visit Несостоявшийся в мае визит министра прошёл в июле
ru signing Не подписанное в мае соглашение подписали в июле
ru - Министры отказались подписать договор
ru - Договор так и не подписан
ru resignation Министр, открывший мост, подал в отставку
kk signing Бұрын қабылданбаған келісімге қол қойылды
kk meeting Болмай қалған кездесу Алматыда өтті
kk opening Ашылмаған мектеп ақыры ашылды
kk - Министрлер кездеспеді
ky signing Четке кагылган келишимге кол коюлду
ky meeting Өтпөй калган жолугушуу Бишкекте өттү
ky opening Токтоп калган мектеп ачылды
uz signing Rad etilgan shartnoma imzolandi
uz opening Ochilmay qolgan maktab ochildi
uz disaster Zilzilada besh kishi halok boʻldi
az meeting Baş tutmayan görüş iyulda keçirildi
az opening Dayandırılmış tikinti başa çatdı, məktəb açıldı
az signing İmzalanmayan saziş nəhayət imzalandı
tr signing İmzalanmayan anlaşma sonunda imzalandı
tr meeting Yapılamayan toplantı temmuzda yapıldı
tr opening Gecikmiş hastane açıldı
tr disaster Depremde beş kişi öldü, siyasi liderler bölgeye gitti
tr disaster Selde üç kişi öldü, halk tepki gösterdi
tk opening Saklanan gurluşyk tamamlandy, mekdep açyldy
tk signing Gol çekilmedik ylalaşyga gol çekildi
tg meeting Мулоқоти лағвшуда баргузор гардид
tg opening Мактаби кушоданашуда ифтитоҳ шуд
tg signing Созишномаи радкардашуда ба имзо расид
fa signing توافق‌نامه رد شده امضا شد
fa meeting نشست لغوشده در وین برگزار شد
fa opening مدرسه نیمه‌تمام افتتاح شد
fa disaster زلزله پنج کشته بر جای گذاشت، رهبران سیاسی تسلیت گفتند
ur opening التوا کا شکار ہسپتال کا افتتاح
ur signing مسترد کیے گئے معاہدے پر دستخط
ur disaster زلزلے سے پانچ افراد ہلاک
ar meeting عقد الاجتماع المؤجل في فيينا
ar opening افتتاح المستشفى المتعثر
ar signing توقيع الاتفاق الملغى سابقا
ar disaster زلزال يقتل خمسة والأحزاب السياسية تعزي
zh signing 曾被否决的协定签署
zh opening 停工三年的医院开业
zh disaster 地震造成五人死亡，引发批评
ko signing 거부당했던 협정 서명
ko opening 중단됐던 병원 공사 끝나 개원
ko meeting 한 차례 취소된 회담 열려
mn opening Хойшилсон эмнэлэг нээгдлээ
mn signing Татгалзсан гэрээнд гарын үсэг зурав
mn meeting Болоогүй уулзалт долоодугаар сард боллоо
en - Storm of applause for minister
en - Sales meet expectations
ru - Шквал критики обрушился на министра
ru - Землетрясение на рынке труда
ru - Пожар страстей в парламенте
ru - Встреча с прекрасным: выставка в музее
tr - Alkış tufanı koptu
tr - Oy patlaması yaşandı
kk - Сұрақтар тасқыны министрге келді
uz - Savollar toʻfoni vazirga keldi
az - Sual tufanı naziri çaşdırdı
ky - Суроолордун селин министр жооп менен тосту
fa - طوفان توییتری علیه وزیر
ar - عاصفة من الانتقادات تهز الوزير
zh - 掌声的风暴席卷会场
ko - 질문 폭풍에 장관 당황
mn - Шүүмжлэлийн шуурга сайдыг доргиов
tg - Тӯфони танқид вазирро такон дод
tk - Tankyt tupany ministri sarsdyrdy
ur - سوالات کا سیلاب وزیر پر آ گیا
en - Diplomatic storm over consul's words
en - Hospital faces flood of donations
en disaster Explosion at political party office kills two
en disaster Fire: social media users mourn four dead
en disaster Storm of hail kills two shepherds
ru - Взрыв негодования в соцсетях
ru - Кадровое землетрясение в министерстве
ru disaster Наводнение унесло жизни троих, правительство критикуют
kk - Саяси дауыл министрлікті шайқады
kk disaster Жер сілкінісінен үш адам қаза тапты, саяси жиын тоқтады
ky - Саясий бороон министрликти термелтти
ky disaster Көчкүдөн үч киши каза болду, сын көбөйдү
uz - Siyosiy boʻron vazirlikni larzaga soldi
uz disaster Yongʻinda uch kishi halok boʻldi, tanqid kuchaydi
az - Siyasi tufan nazirliyi silkələdi
az disaster Yanğında üç nəfər öldü, siyasi partiyalar başsağlığı verdi
tr - Siyasi deprem bakanlığı sarstı
tr - Bakana mesaj seli
tr disaster Yangında üç kişi öldü, tepki büyüyor
tk - Syýasy tupan ministrligi sarsdyrdy
tk disaster Ýangynda üç adam öldi
tg - Зилзилаи сиёсӣ дар вазорат
tg disaster Дар заминларза се нафар ҳалок шуд, танқид афзуд
fa - طوفان انتقاد علیه شهردار
fa disaster سیل سه کشته داد، انتقادها بالا گرفت
ur - سیاسی زلزلہ، وزارت ہل گئی
ur disaster سیلاب سے تین افراد ہلاک، سیاسی رہنماؤں کا افسوس
ar - زلزال دبلوماسي بين البلدين
ar disaster فيضانات تقتل ثلاثة وسط انتقادات
zh - 政治地震撼动内阁
zh disaster 洪水造成三人死亡，政治人物致哀
ko - 정치 지진에 장관실 흔들
ko disaster 홍수로 3명 사망, 비판 이어져
mn - Улс төрийн шуурга яамыг доргиов
mn disaster Үерт гурван хүн амь үрэгдэв, шүүмжлэл өрнөв
ru disaster Пожар на рынке в Оше: двое погибших
en disaster Derailment of goods train kills two
ru disaster Шквальный ураган: погибли двое
en disaster Flood: political leaders mourn five dead
`

// headlinesOfFinite: the form that says of a thing that it was delayed is the verb itself at the end, and denies then.
const headlinesOfFinite = `
fa - نشست تهران لغو شده است
fa - امضای توافق رد شده بود
fa meeting نشست لغو شده پارسال امسال برگزار شد
ur - معاہدے پر دستخط کے منصوبے مسترد کیے گئے ہیں
ur - اجلاس ملتوی شدہ ہے
ur - دونوں ملاقاتیں منسوخ کیے گئے تھے
mn - Уулзалт хойшлогдсон байна
mn - Сайд гэрээнд гарын үсэг зурахаас татгалзсан байна
mn - Хэлэлцээрт гарын үсэг зурах ажиллагаа цуцлагдсан гэв
kk - Министрлер кездесуі тоқтатылған болатын
kk - Министр келісімге қол қоюдан бас тартқан екен
kk - Кездесу кейінге қалдырылған деп хабарлады министрлік
ky - Жолугушуу токтотулган эле
ky - Министр келишимге кол коюудан баш тарткан экен
uz - Uchrashuv bekor qilingan edi
uz - Vazir bitimni imzolashdan voz kechgan ekan
uz - Sammit kechiktirilgan deb xabar berdi vazirlik
tk - Duşuşyk ýatyrylan eken
ko - 정상회담 취소된 것으로 알려져
ko - 협정 서명 무산된 듯
ko - 회담 연기된 이유
tg - Мулоқот ба таъхир афтода буд
tg - Имзои созишнома мавқуфшуда аст
az - Görüş ləğv edilmiş idi
az - Sammit təxirə salınmış sayılır
ru - Встреча министров считается отложенной на год
tr - Toplantı ertelenmiş durumda
tr - Toplantı ertelenmiş bulunuyor
fa - سفر وزیر به دلیل طوفان لغو شده بود
fa opening پروژه متوقف شده سد پس از ده سال افتتاح شد
ur - وزیر کے دورے کے تمام پروگرام منسوخ کیے گئے ہیں
ur signing ملتوی شدہ معاہدے پر آج دستخط ہوئے
mn - Сайдын айлчлал цуцлагдсан гэж яам мэдэгдэв
mn opening Зогсоосон сургууль нээгдлээ
kk - Министрдің сапары тоқтатылған деп мәлімдеді
kk signing Тоқтатылған келісімге қайта қол қойылды
ky - Министрдин сапары токтотулган, деди өкүл
ky opening Токтотулган көпүрө ишке кирди, ачылды
uz - Vazirning safari bekor qilingan ekan
tk - Ministriň sapary ýatyrylan bolsa gerek
tk opening Togtadylan zawod açyldy
ko - 장관 방문 취소된 듯
ko opening 중단된 다리 마침내 개통
tg - Сафари вазир мавқуфшуда буд
tg opening Мактаби мавқуфгузошташуда кушода шуд
az - Nazirin səfəri ləğv edilmiş idi
az opening Dayandırılmış zavod açıldı
tr - Bakanın ziyareti ertelenmiş görünüyor
tr appointment İstifası reddedilen bakan büyükelçi olarak atandı
ru - Визит министра остаётся отложенным
ru opening Приостановленный завод открыт заново
`

// TestActsOfWhatWasOnce: see the lists.
func TestActsOfWhatWasOnce(t *testing.T) {
	t.Parallel()
	for row := range strings.Lines(headlinesOfOnce + headlinesOfWhom + headlinesOfMore + headlinesOfFigures + headlinesOfFinite) {
		f := strings.SplitN(strings.TrimSpace(row), " ", 3)
		if len(f) < 3 {
			continue
		}
		tag, want := lang.Tag(f[0]), strings.TrimPrefix(f[1], "-")
		text := f[2] + "\n"
		if got := actOf(tag, text, lang.Tokens(tag, text)); string(got.Kind) != want || want != "" && got.Status == Planned {
			t.Errorf("%s %s: %v, want %q", tag, f[2], got, want)
		}
	}
}
