package intake

import (
	"slices"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// wanted is what one article of a fixture must come out as; empty fields must be empty, nil lists are
// not looked at.
type wanted struct {
	head, body string // body: beginnings of the paragraphs, joined by '|'
	tag        lang.Tag
	date       string // value; "" for not stated
	dateline   string
	cut, mt    bool
	chain      []string // "relation source"
	credits    []string
	bylines    []string
	removed    []string // each must be among the removed lines
}

// The fixtures are invented: members, places and events do not exist. Each has a fault that real
// pages have.
var fixtures = []struct {
	name, src, contentType string
	want                   []wanted
}{
	{name: "kk text: related links inside", src: `Көксай су қоймасы маусымда ашылады

Тоқсанбұлақ Су шаруашылығы министрлігі 2026-06-01 күнінен бастап Көксай қоймасынан су жіберілетінін хабарлады. Бұл туралы ресми сайтта айтылған.

Тағы оқыңыз: Күміссу келісімі туралы не білеміз

Су қырық бес күн бойы беріледі және үш ауданның егістігіне жетеді, деп хабарлайды Тоқсанбұлақ су министрлігінің баспасөз қызметі.

Сурет: Тоқсанбұлақ СШМ
Бөлісу:
Қаралды: 1 204
`, want: []wanted{{head: "Көксай су қоймасы маусымда ашылады", body: "Тоқсанбұлақ Су|Су қырық бес", tag: lang.KK, chain: []string{"original Тоқсанбұлақ су министрлігінің баспасөз қызметі"},
		credits: []string{"Сурет: Тоқсанбұлақ СШМ"}, removed: []string{"Тағы оқыңыз: Күміссу келісімі туралы не білеміз", "Бөлісу:", "Қаралды: 1 204"}}}},

	{name: "kk text: no headline, date in the middle is not the date", src: `Елші Көксай облысының әкімімен кездесіп, 2024 жылғы 5 мамырда қол қойылған келісімнің орындалуын талқылады. Кездесу елшіліктің ғимаратында өтті.
Тараптар көпір құрылысын аяқтауға және шекара бекетін ашуға уағдаласты. Келесі кездесу Күмісдарияда өтеді.
`, want: []wanted{{body: "Елші Көксай|Тараптар көпір", tag: lang.KK}}},

	{name: "kk html: labelled date, spelling widget, tail of the title", src: `<html lang="kk"><head><title>Форумға алты ел қатысты - Жаршы ақпарат</title></head><body><nav><a href=/>Басты бет</a> <a href=/n>Жаңалықтар</a></nav>
<h1>Форумға алты ел қатысты</h1><div class=meta>Жарияланған: 01.06.2026</div>
<div class="text"><p>Алты елдің баспасөз қызметтері Көксайда бас қосып, жазғы жоспарды бекітті. Отырысқа хатшылық өкілдері де қатысты және жыл сайынғы есепті таныстырды.</p>
<p>Қатысушылар жастарға арналған оқу бағдарламасын кеңейтуге келісті, оның бірінші кезеңі күзде басталады деп жоспарланып отыр.</p>
<p>Келесі отырыс Күмісдарияда қыркүйек айында өтеді, оған бақылаушы елдер де шақырылады.</p></div>
<p>Қатені тапсаңыз, белгілеп Ctrl+Enter басыңыз</p></body></html>`,
		want: []wanted{{head: "Форумға алты ел қатысты", body: "Алты елдің|Қатысушылар жастарға|Келесі отырыс", tag: lang.KK, date: "2026-06-01", chain: []string{"published-by Жаршы ақпарат"},
			removed: []string{"Басты бет Жаңалықтар", "Жарияланған: 01.06.2026", "Қатені тапсаңыз, белгілеп Ctrl+Enter басыңыз"}}}},

	{name: "kk text: machine translation note first", src: `Бұл мақала жасанды интеллект көмегімен аударылған
Қойма туралы келісімге қол қойылды
Көксай. 1 маусым. Елдер өкілдері қойма туралы келісімге қол қойды, құжат келесі айда күшіне енеді. Рәсім ратушада өтті.
Келісім бойынша су деңгейі күн сайын өлшенеді және жарияланады, ал даулар ортақ комиссияда қаралады.
`, want: []wanted{{head: "Қойма туралы келісімге қол қойылды", body: "Көксай. 1 маусым|Келісім бойынша", tag: lang.KK, mt: true, dateline: "Көксай. 1 маусым.", removed: []string{"Бұл мақала жасанды интеллект көмегімен аударылған"}}}},

	{name: "uz text: dateline with agency, cut off", src: `Suv ombori iyun oyida ochiladi
Toshkent, 2026-yil 1-iyun – OʻzA. Toʻqsonbuloq hukumati Koʻksoy suv omboridan suv chiqarilishini maʼlum qildi. Bu haqda matbuot anjumanida aytildi.
Suv 45 kun davomida beriladi va uch tumanning ekin maydonlariga yetkaziladi, umumiy hajmi esa 2
`, want: []wanted{{head: "Suv ombori iyun oyida ochiladi", body: "Toshkent, 2026|Suv 45 kun", tag: lang.UZ, date: "2026-06-01", dateline: "Toshkent, 2026-yil 1-iyun – OʻzA.", cut: true}}},

	{name: "uz text: ends in digit and dot", src: `Forum ishtirokchilari loyihalarni imzoladi
Forumda oʻn ikki loyiha imzolandi, ular raqamli savdo va aqlli shaharlarga oid. Loyihalar uch yilga moʻljallangan.
Mutaxassislar hisobiga koʻra, aʼzo davlatlarning onlayn savdo hajmi oʻtgan yili 3.
Manba: Kumush Xabar
Teglar: forum, savdo
`, want: []wanted{{head: "Forum ishtirokchilari loyihalarni imzoladi", body: "Forumda oʻn|Mutaxassislar", tag: lang.UZ, cut: true, chain: []string{"published-by Kumush Xabar"}, removed: []string{"Manba: Kumush Xabar", "Teglar: forum, savdo"}}}},

	{name: "uz html: headline repeated, JSON-LD date with zone, share buttons in the article", src: `<!DOCTYPE html><html lang="uz"><head><title>Yosh jurnalistlar uchun dastur ochildi</title>
<script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle","headline":"Yosh jurnalistlar uchun dastur ochildi","datePublished":"2026-06-01T09:30:00+05:00","author":{"@type":"Person","name":"Dilnoza Karim"},"publisher":{"@type":"Organization","name":"Kumush Xabar"}}</script></head>
<body><article><h1>Yosh jurnalistlar uchun dastur ochildi</h1><p>Yosh jurnalistlar uchun dastur ochildi</p>
<p>Kumushdaryo matbuot xizmati yosh jurnalist va blogerlar uchun oʻquv dasturini ochdi. Dasturga olti mamlakatdan ellik nafar ishtirokchi qabul qilinadi.</p>
<div class="share">Ulashish: <a href=#>Telegram</a> <a href=#>Facebook</a></div>
<p>Darslar kuzda boshlanadi va sammitni yoritish bilan yakunlanadi, ishtirokchilarga guvohnoma beriladi.</p><p>Obuna boʻling</p></article></body></html>`,
		want: []wanted{{head: "Yosh jurnalistlar uchun dastur ochildi", body: "Kumushdaryo matbuot|Darslar kuzda", tag: lang.UZ, date: "2026-06-01T09:30+05:00", bylines: []string{"Dilnoza Karim"}, chain: []string{"published-by Kumush Xabar"}, removed: []string{"Obuna boʻling"}}}},

	{name: "uz Cyrillic text", src: `Сув омбори июнь ойида очилади

Тўқсонбулоқ ҳукумати Кўксой сув омборидан сув чиқарилишини маълум қилди. Бу ҳақда матбуот анжуманида айтилди.

Сув қирқ беш кун давомида берилади ва уч туманнинг экин майдонларига етказилади.

Фото: Тўқсонбулоқ матбуот хизмати
Изоҳ қолдириш
`, want: []wanted{{head: "Сув омбори июнь ойида очилади", body: "Тўқсонбулоқ ҳукумати|Сув қирқ", tag: lang.UZCyrl, credits: []string{"Фото: Тўқсонбулоқ матбуот хизмати"}, removed: []string{"Изоҳ қолдириш"}}}},

	{name: "ru text: two articles by a lead, own dateline", src: `Плотину на Коксае откроют в июне
Опубликовано: 01.06.2026 14:30
Правительство Токсанбулака объявило, что с июня начнёт сбрасывать воду из Коксайского водохранилища. Об этом сообщает пресс-служба министерства водного хозяйства.
Вода дойдёт до трёх районов и будет подаваться сорок пять дней.
Источник: Жаршы
Теги: вода, плотина
Читайте также:
Молодых журналистов научат освещать саммиты
Душанбе, 2 июня – Ховар. Участники программы для молодых журналистов начали обучение в столице. Они изучат работу с источниками и проверку фактов.
Молодые журналисты проведут на саммите неделю и подготовят репортажи на пяти языках.
Просмотров: 311
`, want: []wanted{
		{head: "Плотину на Коксае откроют в июне", body: "Правительство Токсанбулака|Вода дойдёт", tag: lang.RU, date: "2026-06-01T14:30", chain: []string{"original пресс-служба министерства водного хозяйства", "published-by Жаршы"}, removed: []string{"Источник: Жаршы", "Теги: вода, плотина", "Читайте также:"}},
		{head: "Молодых журналистов научат освещать саммиты", body: "Душанбе, 2 июня|Молодые журналисты", tag: lang.RU, dateline: "Душанбе, 2 июня – Ховар.", removed: []string{"Просмотров: 311"}},
	}},

	{name: "ru text: a lead and links inside one article do not split it", src: `Комиссия обсудила торговлю между странами
Межправительственная комиссия обсудила торговлю и транспорт. Стороны договорились открыть новый переход на границе до конца года.
Читайте также:
Погода в горах испортится
Сборная выиграла кубок региона
Следующее заседание комиссии пройдёт осенью в Кумушдарье. Стороны подготовят к нему перечень товаров для торговли без пошлин.
`, want: []wanted{{head: "Комиссия обсудила торговлю между странами", body: "Межправительственная комиссия|Следующее заседание", tag: lang.RU, removed: []string{"Читайте также:", "Погода в горах испортится", "Сборная выиграла кубок региона"}}}},

	{name: "ru text: a second article by its words alone", src: `Плотину на Коксае откроют в июне
Правительство объявило, что с июня начнёт сбрасывать воду из водохранилища. Плотину строили четыре года, и она готова к работе.
Вода дойдёт до трёх районов и будет подаваться сорок пять дней, говорится в сообщении.
Читайте также:
Библиотека получила старинные рукописи купца
Городская библиотека получила в дар двадцать рукописей, которые собрал купец в позапрошлом веке. Рукописи отреставрируют и покажут осенью.
Старинные книги пролежали в частном доме более ста лет, рассказали в библиотеке.
`, want: []wanted{
		{head: "Плотину на Коксае откроют в июне", body: "Правительство объявило|Вода дойдёт", tag: lang.RU, removed: []string{"Читайте также:"}},
		{head: "Библиотека получила старинные рукописи купца", body: "Городская библиотека|Старинные книги", tag: lang.RU, chain: nil},
	}},

	{name: "ru text: subheadings stay", src: `Что изменит соглашение о воде

Соглашение о воде вступает в силу летом и меняет порядок замеров на реке. Замеры станут общими и открытыми.

Кто будет мерить воду в реке

Замеры доверят совместной лаборатории, которая уже работает на границе. Её приборы проверены обеими сторонами.

Что получат фермеры двух районов

Фермеры получат прогноз на неделю вперёд и смогут заказать воду заранее. За лишнюю воду придётся платить.
`, want: []wanted{{head: "Что изменит соглашение о воде", body: "Соглашение о воде|Кто будет мерить|Замеры доверят|Что получат|Фермеры получат", tag: lang.RU}}},

	{name: "ru text: chain of three", src: `В Кумушдарье обсудили общий рынок электричества

Страны региона обсудили общий рынок электричества, сообщает агентство «Жаршы» со ссылкой на министерство энергетики Кумушдарьи.

Переговоры продолжатся в августе, стороны обменяются проектами соглашения.
`, want: []wanted{{head: "В Кумушдарье обсудили общий рынок электричества", body: "Страны региона|Переговоры", tag: lang.RU, chain: []string{"original министерство энергетики Кумушдарьи", "quoted-by агентство «Жаршы»"}}}},

	{name: "ru html windows-1251 by meta", contentType: "text/html", src: cp1251(`<html><head><meta http-equiv="Content-Type" content="text/html; charset=windows-1251"><title>Саммит пройдёт в августе :: Жаршы</title></head><body>
<h1>Саммит пройдёт в августе</h1><div><p>Главы государств соберутся в августе в столице Кумушдарьи, сообщили в секретариате. Повестку согласуют министры.</p>
<p>На полях саммита запланирована выставка и встреча молодых журналистов из шести стран региона.</p><p>Аккредитация открыта до конца июня, заявки принимаются на сайте.</p></div></body></html>`),
		want: []wanted{{head: "Саммит пройдёт в августе", body: "Главы государств|На полях саммита|Аккредитация", tag: lang.RU, chain: []string{"original секретариате", "published-by Жаршы"}}}},

	{name: "ru text windows-1251 without a word about it", src: cp1251(`Саммит пройдёт в августе

Главы государств соберутся в августе в столице. Повестку согласуют министры иностранных дел заранее.

На полях саммита запланирована выставка и встреча молодых журналистов из шести стран.
`), want: []wanted{{head: "Саммит пройдёт в августе", body: "Главы государств|На полях саммита", tag: lang.RU}}},

	{name: "ru text: UTF-8 declared as windows-1251", contentType: "text/plain; charset=windows-1251", src: `Саммит пройдёт в августе

Главы государств соберутся в августе в столице. Повестку согласуют министры иностранных дел заранее.
`, want: []wanted{{head: "Саммит пройдёт в августе", body: "Главы государств", tag: lang.RU}}},

	{name: "ru text: several dates, the one of the change does not count", src: `Переход на границе заработал
Обновлено: 03.06.2026 10:00
Переход на границе заработал в круглосуточном режиме. Первыми прошли грузовики с продовольствием и лекарствами.
Пропускная способность перехода выросла вдвое, очередей пока нет.
`, want: []wanted{{head: "Переход на границе заработал", body: "Переход на границе|Пропускная", tag: lang.RU, removed: []string{"Обновлено: 03.06.2026 10:00"}}}},

	{name: "ur text: desk in brackets, views", src: `توقسان بلاق اور کوموش دریا کے درمیان پانی کا معاہدہ
اسلام آباد (ویب ڈیسک) توقسان بلاق اور کوموش دریا نے پانی کی تقسیم کے معاہدے پر دستخط کر دیے۔ معاہدہ یکم جون سے نافذ ہوگا۔
وزیر آب نے کہا کہ پانی 45 دن تک فراہم کیا جائے گا اور تین اضلاع کو فائدہ ہوگا۔
شیئر کریں
Post Views: 87
`, want: []wanted{{head: "توقسان بلاق اور کوموش دریا کے درمیان پانی کا معاہدہ", body: "اسلام آباد (ویب|وزیر آب", tag: lang.UR, dateline: "اسلام آباد (ویب ڈیسک)", removed: []string{"شیئر کریں", "Post Views: 87"}}}},

	{name: "ur text: date label, source, second article", src: `میڈیا کے شعبے میں تعاون پر اتفاق
اشاعت کی تاریخ: 2026-06-01
دونوں ممالک نے خبروں اور دستاویزی فلموں کے تبادلے پر اتفاق کیا ہے۔ اس سلسلے میں ایک مشترکہ کمیٹی بنائی جائے گی جو سال میں دو بار ملے گی
ماخذ: جارچی
مزید پڑھیں:
نوجوان صحافیوں کے لیے تربیتی پروگرام کا آغاز
لاہور (نامہ نگار) نوجوان صحافیوں کے لیے تربیتی پروگرام شروع ہو گیا ہے۔ پروگرام میں چھ ممالک کے پچاس صحافی شریک ہیں۔
`, want: []wanted{
		{head: "میڈیا کے شعبے میں تعاون پر اتفاق", body: "دونوں ممالک", tag: lang.UR, date: "2026-06-01", cut: true, chain: []string{"published-by جارچی"}, removed: []string{"مزید پڑھیں:"}},
		{head: "نوجوان صحافیوں کے لیے تربیتی پروگرام کا آغاز", body: "لاہور (نامہ", tag: lang.UR, dateline: "لاہور (نامہ نگار)"},
	}},

	{name: "ur html: tags, og:title with the site", src: `<html lang="ur" dir="rtl"><head><title>جارچی نیوز</title><meta property="og:title" content="سیلاب سے بچاؤ کا نیا نظام متعارف"><meta property="og:site_name" content="جارچی نیوز"><meta property="article:published_time" content="2026-06-01"></head><body>
<div class="post"><h2>سیلاب سے بچاؤ کا نیا نظام متعارف</h2><p>محکمہ موسمیات نے سیلاب سے بچاؤ کا نیا نظام متعارف کرایا ہے جو چھ گھنٹے پہلے خبردار کر سکے گا۔ نظام تین دریاؤں پر نصب کیا گیا ہے۔</p>
<p>حکام کے مطابق نظام کی تیاری میں دو سال لگے اور اس پر مقامی انجینئروں نے کام کیا۔ اگلے مرحلے میں اسے پہاڑی علاقوں تک پھیلایا جائے گا۔</p>
<p>ٹیگز: سیلاب، موسم</p></div></body></html>`,
		want: []wanted{{head: "سیلاب سے بچاؤ کا نیا نظام متعارف", body: "محکمہ موسمیات|حکام کے", tag: lang.UR, date: "2026-06-01", chain: []string{"published-by جارچی نیوز"}, removed: []string{"ٹیگز: سیلاب، موسم"}}}},

	{name: "fa text: chain with a translation desk, no headline", src: `به گزارش واحد ترجمه خبرگزاری جارچی به نقل از سبزوادی تایمز، وزارت نیروی سبزوادی در بیانیه¬ای اعلام کرد: آب سد کوک¬سای از ماه آینده رها می¬شود.
وی گفت: این کار با توافق هر دو کشور انجام می¬شود و چهل و پنج روز ادامه دارد.
`, want: []wanted{{body: "به گزارش واحد|وی گفت", tag: lang.FA, chain: []string{"original وزارت نیروی سبزوادی", "quoted-by سبزوادی تایمز", "translated-by واحد ترجمه خبرگزاری جارچی"}}}},

	{name: "fa text: headline, code, end mark, photographer", src: `توافق تازه درباره آب رودخانه مرزی
کد خبر: 12345
تهران - ایرنا - دو کشور همسایه درباره تقسیم آب رودخانه مرزی به توافق رسیدند. این توافق پس از سه دور گفت¬وگو به دست آمد.
وزیران دو کشور متن توافق را امضا کردند و نسخه¬های آن مبادله شد.
عکس: سبزوادی
انتهای پیام
`, want: []wanted{{head: "توافق تازه درباره آب رودخانه مرزی", body: "تهران - ایرنا|وزیران دو", tag: lang.FA, dateline: "تهران - ایرنا -", credits: []string{"عکس: سبزوادی"}, removed: []string{"کد خبر: 12345", "انتهای پیام"}}}},

	{name: "fa html: menus, related list", src: `<html lang="fa" dir="rtl"><head><title>نمایشگاه کتاب در کوموش¬دریا گشایش یافت | جارچی</title></head><body><ul><li><a href=/>صفحه نخست</a></li><li><a href=/p>سیاسی</a></li></ul>
<h1>نمایشگاه کتاب در کوموش¬دریا گشایش یافت</h1><p>نمایشگاه کتاب با حضور ناشران شش کشور در کوموش¬دریا گشایش یافت. بازدید از نمایشگاه تا پایان هفته رایگان است.</p>
<p>ناشران در این دوره بیش از ده هزار عنوان کتاب به پنج زبان آورده¬اند و نشست¬های نقد کتاب هر روز برگزار می¬شود.</p>
<p>دبیر نمایشگاه گفت استقبال از کتاب¬های کودک بیش از سال گذشته بوده است.</p>
<h3>مطالب مرتبط</h3><ul><li><a href=/1>جشنواره فیلم آغاز شد</a></li><li><a href=/2>هوا سردتر می¬شود</a></li></ul></body></html>`,
		want: []wanted{{head: "نمایشگاه کتاب در کوموش¬دریا گشایش یافت", body: "نمایشگاه کتاب با|ناشران در|دبیر نمایشگاه", tag: lang.FA, chain: []string{"published-by جارچی"}, removed: []string{"صفحه نخست", "مطالب مرتبط", "جشنواره فیلم آغاز شد"}}}},

	{name: "fa text: machine translation note last", src: `گفت¬وگوهای انرژی از سر گرفته شد

گفت¬وگوهای انرژی میان سه کشور پس از یک ماه از سر گرفته شد. هیئت¬ها درباره بهای برق به تفاهم نزدیک شدند.

دور بعدی گفت¬وگوها هفته آینده برگزار می¬شود.

این متن با هوش مصنوعی ترجمه شده است
`, want: []wanted{{head: "گفت¬وگوهای انرژی از سر گرفته شد", body: "گفت¬وگوهای انرژی|دور بعدی", tag: lang.FA, mt: true, removed: []string{"این متن با هوش مصنوعی ترجمه شده است"}}}},

	{name: "en text: agency dateline and byline", src: `Dam on the Koksay opens in June
By Aigerim Sandyk
ASTANA, June 1 (Xinhua) -- The government of Toqsanbulaq will release water from the Koksay reservoir next week. The water will reach three districts.
Officials said the release had been agreed with Kumushdaryo in spring and would last 45 days.
`, want: []wanted{{head: "Dam on the Koksay opens in June", body: "ASTANA, June 1|Officials said", tag: lang.EN, dateline: "ASTANA, June 1 (Xinhua) --", bylines: []string{"By Aigerim Sandyk"}}}},

	{name: "en text: a date in the middle is not the publication date", src: `Talks on the border crossing resume

Talks resumed on Monday. The crossing had been closed since 5 May 2024, when floods damaged the bridge and the road to it.

Engineers expect the bridge to be ready in autumn.
`, want: []wanted{{head: "Talks on the border crossing resume", body: "Talks resumed|Engineers expect", tag: lang.EN}}},

	{name: "en text: read more means cut off", src: `Summit plan presented in Kumushdaryo

The chair presented the plan for covering the summit to the information services. It names pools, deliverables and embargo times for six countries.

Member services were asked to name their accredited journalists by the end of the month.
Continue reading
`, want: []wanted{{head: "Summit plan presented in Kumushdaryo", body: "The chair presented|Member services", tag: lang.EN, cut: true, removed: []string{"Continue reading"}}}},

	{name: "en html: script in the body, entities, hidden text, comments", src: `<html><head><title>Bridge reopens</title></head><body><h1>Bridge reopens after floods</h1>
<p>The bridge over the Koksay reopened &amp; traffic flows again, the roads service said &lt;b&gt;on Monday&lt;/b&gt;.<script>alert('x')</script></p>
<p>Repairs took eight months and cost less than planned, according to the service, which thanked drivers for their patience.</p>
<p style="display: none">Buy cheap pills</p><!-- secret --><p onclick="evil()">The old ferry will keep running on weekends until the end of the season.</p>
<img src=x onerror=alert(1)></body></html>`,
		want: []wanted{{head: "Bridge reopens after floods", body: "The bridge over the Koksay reopened & traffic flows again, the roads service said <b>on Monday</b>.|Repairs took|The old ferry", tag: lang.EN}}},

	{name: "en html: paragraphs by line breaks in a table", src: `<html><head><title>Fair opens doors - Jarchi</title></head><body><table><tr><td><a href=/>Home</a></td></tr><tr><td><h1>Fair opens doors to six nations</h1>
The regional fair opened its doors on Monday with exhibitors from six nations and a programme of talks.<br><br>Visitors can see the stands until Friday, and entrance is free for students of all members.<br>
Organisers expect thirty thousand people, a third more than last year, and have added evening trains.<br></td></tr></table></body></html>`,
		want: []wanted{{head: "Fair opens doors to six nations", body: "The regional fair|Visitors can|Organisers expect", tag: lang.EN, chain: []string{"published-by Jarchi"}}}},

	{name: "en html: cookie banner, newsletter, copyright", src: `<html lang=en><head><title>Water levels to be published daily</title><meta name="author" content="N. Qaraly"></head><body><div>We use cookies to improve your experience</div>
<main><h1>Water levels to be published daily</h1><p>Photo: Toqsanbulaq Water Service</p><p>The two services will publish water levels daily from next month, under an agreement signed in the spring by their ministers.</p>
<p>Measurements will be made by a joint laboratory at the border, whose instruments both sides have checked and sealed.</p><p>Sign up for our newsletter</p>
<p>Disputes go to a commission of six, which has to answer within ten days and to give its reasons in writing.</p></main><footer>© 2026 Jarchi. All rights reserved</footer></body></html>`,
		want: []wanted{{head: "Water levels to be published daily", body: "The two services|Measurements will|Disputes go", tag: lang.EN, credits: []string{"Photo: Toqsanbulaq Water Service"}, bylines: []string{"N. Qaraly"}, removed: []string{"We use cookies to improve your experience", "Sign up for our newsletter"}}}},

	{name: "en text: hard-wrapped lines", src: `Joint laboratory starts work at the border

The joint laboratory at the border started work on Monday with a staff
of twelve engineers from both countries, who measure the level and the
quality of the water four times a day and publish what they find on a
page that is open to everybody.

The results of the first week agree with those of the older stations,
the head of the laboratory said, adding that the instruments had been
checked by both sides before the start and would be checked again in
the autumn by an independent body.
`, want: []wanted{{head: "Joint laboratory starts work at the border", body: "The joint laboratory at the border started work on Monday with a staff of twelve engineers|The results of the first week agree with those of the older stations, the head", tag: lang.EN}}},

	{name: "en text: bidi tricks in the headline", src: "Minister \u202edeined\u202c report \u2066of\u2069 talks on water\n\nThe minister said the talks on water would go on. He gave no date for the next round of talks.\n\nObservers had expected a break until the autumn.\n",
		want: []wanted{{head: "Minister deined report of talks on water", body: "The minister|Observers", tag: lang.EN}}},

	{name: "en text: UTF-16 without a mark", src: utf16le("Ferry keeps running on weekends\r\n\r\nThe old ferry will keep running on weekends until the end of the season. Tickets stay at last year's price.\r\n"),
		want: []wanted{{head: "Ferry keeps running on weekends", body: "The old ferry", tag: lang.EN}}},

	{name: "en text: half UTF-8", src: "Ferry keeps running \xe2\x80\x94 on weekends\n\nThe old ferry\xe2\x80\x99s crew will keep \xe2\x80\x9crunning\xe2\x80 until the end of the season. Tickets stay at last year\xe2\x80\x99s price.\n",
		want: []wanted{{head: "Ferry keeps running — on weekends", body: "The old ferry’s", tag: lang.EN}}},

	{name: "ru html: today's date in the head of the site, the article's above its headline, others below", src: `<html lang="ru"><head><title>Выставка открылась в столице</title></head><body><div>21 ноября 2026</div><div>Курс валют</div>
<div class="a"><div class="d">2 июня 2026, 10:15</div><h1>Выставка открылась в столице</h1><p>Выставка книг шести стран открылась в столице Кумушдарьи, на ней работают двести издательств из городов региона.</p>
<p>Посетители смогут встретиться с авторами и переводчиками, вход свободный до конца недели, сообщили организаторы.</p><p>В последний день пройдёт ярмарка старых книг, выручку передадут сельским библиотекам.</p></div>
<div><a href="/1">Дожди продлятся неделю</a><span>20 ноября 2026</span></div></body></html>`,
		want: []wanted{{head: "Выставка открылась в столице", body: "Выставка книг|Посетители|В последний", tag: lang.RU, date: "2026-06-02T10:15", removed: []string{"21 ноября 2026", "2 июня 2026, 10:15"}}}},

	{name: "fa text: date in the Persian calendar under its label", src: `توافق تازه درباره آب رودخانه
تاریخ انتشار: ۱۱ خرداد ۱۴۰۵
دو کشور همسایه درباره تقسیم آب رودخانه مرزی به توافق رسیدند. این توافق پس از سه دور گفت¬وگو به دست آمد.
وزیران دو کشور متن توافق را امضا کردند و نسخه¬های آن مبادله شد.
`, want: []wanted{{head: "توافق تازه درباره آب رودخانه", body: "دو کشور|وزیران دو", tag: lang.FA, date: "2026-06-01", removed: []string{"تاریخ انتشار: ۱۱ خرداد ۱۴۰۵"}}}},

	{name: "en text: a chronicle keeps its dates", src: `How the border talks went on

The talks on the border took three months. This is how they went, from the first letter to the handshake.

1 March 2026

The two ministers exchanged letters and named their delegations for the talks.

1 June 2026

The delegations shook hands on the text and left for their capitals the same evening.
`, want: []wanted{{head: "How the border talks went on", body: "The talks|1 March 2026|The two ministers|1 June 2026|The delegations", tag: lang.EN}}},

	{name: "kk text: character references", src: `Көпір &laquo;Көксай&raquo; ашылды

Көксай көпірі сегіз айлық жөндеуден кейін ашылды. Жөндеу жоспардан&nbsp;арзанға түсті.

Ескі паром демалыс күндері жұмысын жалғастырады.
`, want: []wanted{{head: "Көпір «Көксай» ашылды", body: "Көксай көпірі сегіз айлық жөндеуден кейін ашылды. Жөндеу жоспардан арзанға|Ескі паром", tag: lang.KK}}},

	{name: "kk text: an agency that refers to another, widgets with numbers", src: `Екі ел жаңа келісімге қол қойды
Астана. ҚазАқпарат – Екі елдің үкіметтері су пайдалану туралы келісімге қол қойды. Құжат күзде күшіне енеді.
Келісім он жылға жасалды, деп хабарлайды Жаршы тілшісі Күмісдария баспасөзіне сілтеме жасап.
Бөлісу: Facebook Telegram
Пікірлер (3)
`, want: []wanted{{head: "Екі ел жаңа келісімге қол қойды", body: "Астана. ҚазАқпарат|Келісім он", tag: lang.KK, dateline: "Астана. ҚазАқпарат –", chain: []string{"original Күмісдария баспасөзіне", "quoted-by Жаршы тілшісі"},
		removed: []string{"Бөлісу: Facebook Telegram", "Пікірлер (3)"}}}},

	{name: "zh text: agency opening", src: `两国签署用水协议
新华社北京7月17日电 两国政府签署了关于共同用水的协议，文件将于今年秋季生效。协议有效期为十年，由联合委员会监督执行。
双方同意每天公布水位数据，并在边境设立联合实验室。
来源：某通讯社
责任编辑：王明
`, want: []wanted{{head: "两国签署用水协议", body: "新华社北京|双方同意", tag: lang.ZH, dateline: "新华社北京7月17日电", chain: []string{"published-by 某通讯社"}, removed: []string{"责任编辑：王明"}}}},

	{name: "tr text: source label and views", src: `Koksay barajı haziranda açılıyor
Toqsanbulaq hükümeti, Koksay barajından su bırakılacağını duyurdu. Su üç ilçeye ulaşacak ve kırk beş gün boyunca verilecek.
Karar iki ülkenin bakanlarınca baharda imzalanan anlaşmaya dayanıyor.
Kaynak: Altınsu HA
Etiketler: su, baraj
152 görüntülenme
`, want: []wanted{{head: "Koksay barajı haziranda açılıyor", body: "Toqsanbulaq hükümeti|Karar iki", tag: lang.TR, chain: []string{"published-by Altınsu HA"}, removed: []string{"Etiketler: su, baraj", "152 görüntülenme"}}}},
}

// zwnj puts the zero-width non-joiner where the fixtures show a sign for it.
var zwnj = strings.NewReplacer("¬", "\u200c")

func TestFixtures(t *testing.T) {
	t.Parallel()
	for _, f := range fixtures {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			doc := Document{Name: f.name, ContentType: f.contentType, Bytes: []byte(zwnj.Replace(f.src))}
			got, err := Read(doc, testNow)
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != len(f.want) {
				for _, a := range got {
					t.Logf("%q: %q", a.Headline, a.Paragraphs)
				}
				t.Fatalf("%d articles, want %d", len(got), len(f.want))
			}
			for i, a := range got {
				checkFixture(t, a, f.want[i])
				checkItem(t, a, doc)
			}
		})
	}
	if len(fixtures) < 30 {
		t.Errorf("only %d fixtures", len(fixtures))
	}
}

func checkFixture(t *testing.T, a Article, w wanted) {
	t.Helper()
	if w.head, w.body = zwnj.Replace(w.head), zwnj.Replace(w.body); a.Headline != w.head {
		t.Errorf("headline %q, want %q", a.Headline, w.head)
	}
	begins := strings.Split(w.body, "|")
	ok := len(begins) == len(a.Paragraphs)
	for i := 0; ok && i < len(begins); i++ {
		ok = strings.HasPrefix(a.Paragraphs[i], begins[i])
	}
	if !ok {
		t.Errorf("body %q, want %q", a.Paragraphs, begins)
	}
	if w.tag != "" && a.Detection.Tag != w.tag {
		t.Errorf("language %v, want %s", a.Detection, w.tag)
	}
	if date := a.Date; w.date == "" && date != nil || w.date != "" && (date == nil || date.Value != w.date) {
		t.Errorf("date %+v, want %q", date, w.date)
	}
	if a.Dateline != w.dateline {
		t.Errorf("dateline %q, want %q", a.Dateline, w.dateline)
	}
	if a.Truncated != w.cut || a.MachineTranslated != w.mt {
		t.Errorf("cut %v (want %v), machine translated %v (want %v)", a.Truncated, w.cut, a.MachineTranslated, w.mt)
	}
	var chain []string
	for _, at := range a.Attribution {
		chain = append(chain, at.Relation+" "+at.Source)
	}
	if w.chain != nil && !slices.Equal(chain, w.chain) || w.chain == nil && len(chain) > 0 && !strings.HasPrefix(chain[0], PublishedBy) && w.head != "Библиотека получила старинные рукописи купца" {
		t.Errorf("chain %q, want %q", chain, w.chain)
	}
	if !slices.Equal(a.Credits, w.credits) {
		t.Errorf("credits %q, want %q", a.Credits, w.credits)
	}
	if !slices.Equal(a.Bylines, w.bylines) {
		t.Errorf("bylines %q, want %q", a.Bylines, w.bylines)
	}
	text := a.Headline + "\n" + strings.Join(a.Paragraphs, "\n")
	for _, r := range w.removed {
		if !slices.Contains(a.Removed, r) {
			t.Errorf("%q is not among the removed lines %q", r, a.Removed)
		}
		if strings.Contains(text, r) {
			t.Errorf("%q is still in the text", r)
		}
	}
}
