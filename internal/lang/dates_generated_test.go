package lang

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The test set of dates. It is generated from tables of its own, written without regard to the parser's: every
// month in the case forms that the patterns want, every pattern, three sets of digits, three calendars.

// dateForms is how one language writes dates. A pattern holds {d}, {e} (a later day), {y} and a form of the month:
// {0} the first column of months, {1} the second and so on.
type dateForms struct {
	tag      Tag
	months   string   // rows of forms parted by '|', twelve rows parted by '/'
	day      []string // a full day
	pair     []string // two days of one month
	month    []string // a month of a year
	year     []string
	carriers []string // sentences with %s
	calendar string   // "", "persian", "umalqura"
	digits   string   // ten digits, "" for ASCII
	han      bool     // also in Chinese numerals
}

var dateLanguages = []dateForms{
	{tag: KK, months: "қаңтар|қаңтарда|қаңтарының|қаңтардың/ақпан|ақпанда|ақпанының|ақпанның/наурыз|наурызда|наурызының|наурыздың/сәуір|сәуірде|сәуірінің|сәуірдің/мамыр|мамырда|мамырының|мамырдың/маусым|маусымда|маусымының|маусымның/шілде|шілдеде|шілдесінің|шілденің/тамыз|тамызда|тамызының|тамыздың/қыркүйек|қыркүйекте|қыркүйегінің|қыркүйектің/қазан|қазанда|қазанының|қазанның/қараша|қарашада|қарашасының|қарашаның/желтоқсан|желтоқсанда|желтоқсанының|желтоқсанның",
		day:  []string{"{y} жылғы {d} {0}", "{y} жылғы {d} {1}", "{y} жылдың {d} {1}", "{d} {0} {y} жыл", "{y} жылы {d} {1}", "{y} жылғы {3} {d}-інде", "{d} {0}, {y} жыл", "{y} ж. {d} {0}", "{d}-ші {0} {y} жылы", "{y}-жылғы {d}-{0}", "{y} жылғы {d} {0} күні", "бейсенбі, {d} {0} {y} жыл"},
		pair: []string{"{y} жылғы {d}-{e} {0}", "{y} жылғы {d}–{e} {1}", "{y} жылғы {d} және {e} {0}"}, month: []string{"{y} жылғы {0}", "{y} жылғы {1}", "{0} {y} жыл"}, year: []string{"{y} жылы", "{y} жылғы"},
		carriers: []string{"%s", "Жиын %s Тоқсанбұлақта өтті.", "Құжат (%s) жарияланды"}},
	{tag: UZ, months: "yanvar|yanvarda|yanvarning/fevral|fevralda|fevralning/mart|martda|martning/aprel|aprelda|aprelning/may|mayda|mayning/iyun|iyunda|iyunning/iyul|iyulda|iyulning/avgust|avgustda|avgustning/sentabr|sentabrda|sentabrning/oktabr|oktabrda|oktabrning/noyabr|noyabrda|noyabrning/dekabr|dekabrda|dekabrning",
		day:  []string{"{y}-yil {d}-{0}", "{y} yil {d} {0}", "{y}-yil {d}-{1}", "{y}-yilning {d}-{0} kuni", "{d} {0} {y} yil", "{d}-{0}, {y}-yil", "{y} yilgi {d}-{0}", "{y}-yilning {2} {d}-kuni", "{d}-{0} {y}-yil", "payshanba, {y}-yil {d}-{0}", "{y}-yil, {d}-{0}"},
		pair: []string{"{y}-yil {d}–{e}-{0}", "{y} yil {d}-{e} {0}", "{y}-yil {d}- va {e}-{0}"}, month: []string{"{y}-yil {0}", "{y}-yilning {1}", "{0} {y}"}, year: []string{"{y}-yilda", "{y} yilda"},
		carriers: []string{"%s", "Yigʻilish %s boʻlib oʻtdi.", "Toʻqsonbuloq, %s – Xabar."}},
	{tag: UZCyrl, months: "январь|январда|январнинг/февраль|февралда|февралнинг/март|мартда|мартнинг/апрель|апрелда|апрелнинг/май|майда|майнинг/июнь|июнда|июннинг/июль|июлда|июлнинг/август|августда|августнинг/сентябрь|сентябрда|сентябрнинг/октябрь|октябрда|октябрнинг/ноябрь|ноябрда|ноябрнинг/декабрь|декабрда|декабрнинг",
		day:  []string{"{y} йил {d} {0}", "{y}-йил {d}-{0}", "{y} йил {d} {1}", "{y} йилнинг {d} {0} куни", "{d} {0} {y} йил", "{y} йилги {d} {0}", "{y} йил, {d} {0}", "{d}-{0} {y} йил", "{y} йилнинг {2} {d}-куни", "сешанба, {d} {0} {y} йил"},
		pair: []string{"{y} йил {d}-{e} {0}", "{y} йил {d}–{e} {0}"}, month: []string{"{y} йил {0}", "{y} йилнинг {1}"}, year: []string{"{y} йилда"},
		carriers: []string{"%s", "Йиғилиш %s бўлиб ўтди.", "Тошкент, %s – Хабар."}},
	{tag: KY, months: "январь|январда|январында|январынын/февраль|февралда|февралында|февралынын/март|мартта|мартында|мартынын/апрель|апрелде|апрелинде|апрелинин/май|майда|майында|майынын/июнь|июнда|июнунда|июнунун/июль|июлда|июлунда|июлунун/август|августта|августунда|августунун/сентябрь|сентябрда|сентябрында|сентябрынын/октябрь|октябрда|октябрында|октябрынын/ноябрь|ноябрда|ноябрында|ноябрынын/декабрь|декабрда|декабрында|декабрынын",
		day:  []string{"{y}-жылдын {d}-{2}", "{y}-жылы {d}-{1}", "{y}-жылдын {d}-{0}", "{y}-жыл, {d}-{0}", "{d}-{0}, {y}-жыл", "{d} {0} {y}-жыл", "{y}-жылдын {3} {d}инде", "{y}-ж. {d}-{0}", "{y}-жылкы {d}-{0}", "бейшемби, {d}-{0} {y}-жыл"},
		pair: []string{"{y}-жылдын {d}-{e}-{0}", "{y}-жылдын {d}–{e}-{2}"}, month: []string{"{y}-жылдын {0}", "{y}-жылдын {2}"}, year: []string{"{y}-жылы"},
		carriers: []string{"%s", "Жыйын %s өттү.", "Бишкек, %s - Кабар."}},
	{tag: TG, months: "январ|январи/феврал|феврали/март|марти/апрел|апрели/май|майи/июн|июни/июл|июли/август|августи/сентябр|сентябри/октябр|октябри/ноябр|ноябри/декабр|декабри",
		day:  []string{"{d} {1} соли {y}", "{d}-уми {1} соли {y}", "{d} {0}и {y}", "{d} {0} {y}", "{d}-{1} соли {y}", "{d} {1} {y}", "{d}-{0} {y}", "рӯзи {d} {1} соли {y}", "{d} {1}, соли {y}", "панҷшанбе, {d} {1} соли {y}"},
		pair: []string{"{d}-{e} {1} соли {y}", "{d}–{e} {1} соли {y}", "{d} то {e} {1} соли {y}"}, month: []string{"{1} соли {y}", "моҳи {1} соли {y}", "{0} {y}"}, year: []string{"соли {y}"},
		carriers: []string{"%s", "Ҷаласа %s баргузор шуд.", "Душанбе, %s. Хабар"}},
	{tag: TK, months: "ýanwar|ýanwary|ýanwarynda/fewral|fewraly|fewralynda/mart|marty|martynda/aprel|apreli|aprelinde/maý|maýy|maýynda/iýun|iýuny|iýunynda/iýul|iýuly|iýulynda/awgust|awgusty|awgustynda/sentýabr|sentýabry|sentýabrynda/oktýabr|oktýabry|oktýabrynda/noýabr|noýabry|noýabrynda/dekabr|dekabry|dekabrynda",
		day:  []string{"{y}-nji ýylyň {d}-nji {1}", "{y}-nji ýylyň {d}-nji {2}", "{d}-nji {0} {y}-nji ýyl", "{d} {0} {y} ýyl", "{y} ýylyň {d} {0}", "{y}-njy ýylyň {d}-njy {2}", "{d} {0}, {y} ýyl", "{y}-nji ýylda {d}-nji {2}", "{d}-{0} {y}"},
		pair: []string{"{y}-nji ýylyň {d}-{e}-nji {2}", "{y}-nji ýylyň {d}–{e} {0}"}, month: []string{"{y}-nji ýylyň {1}", "{y}-nji ýylyň {2}"}, year: []string{"{y}-nji ýylda"},
		carriers: []string{"%s", "Duşuşyk %s geçirildi.", "Aşgabat, %s - Habar."}},
	{tag: AZ, months: "yanvar|yanvarda|yanvarın/fevral|fevralda|fevralın/mart|martda|martın/aprel|apreldə|aprelin/may|mayda|mayın/iyun|iyunda|iyunun/iyul|iyulda|iyulun/avqust|avqustda|avqustun/sentyabr|sentyabrda|sentyabrın/oktyabr|oktyabrda|oktyabrın/noyabr|noyabrda|noyabrın/dekabr|dekabrda|dekabrın",
		day:  []string{"{d} {0} {y}-ci il", "{y}-ci il {d} {0}", "{y}-cı ilin {d} {0}", "{y}-ci il {2} {d}-də", "{y}-cü il {2} {d}-dən", "{d} {0} {y}", "{d} {0} {y}-cu ildə", "{d} {0}, {y}-ci il", "{y}-ci il {d} {0} tarixində", "{y} {0} {d}"},
		pair: []string{"{d}-{e} {0} {y}-ci il", "{y}-ci il {d}–{e} {0}", "{d} və {e} {0} {y}-ci il"}, month: []string{"{y}-ci ilin {0}", "{0} {y}", "{y}-ci il {1}"}, year: []string{"{y}-ci ildə"},
		carriers: []string{"%s", "Görüş %s keçirildi.", "BAKI, %s – Xəbər."}},
	{tag: TR, months: "Ocak|Ocak'ta|Ocak'ın/Şubat|Şubat'ta|Şubat'ın/Mart|Mart'ta|Mart'ın/Nisan|Nisan'da|Nisan'ın/Mayıs|Mayıs'ta|Mayıs'ın/Haziran|Haziran'da|Haziran'ın/Temmuz|Temmuz'da|Temmuz'un/Ağustos|Ağustos'ta|Ağustos'un/Eylül|Eylül'de|Eylül'ün/Ekim|Ekim'de|Ekim'in/Kasım|Kasım'da|Kasım'ın/Aralık|Aralık'ta|Aralık'ın",
		day:  []string{"{d} {0} {y}", "{d} {0} {y}'te", "{d} {0} {y} tarihinde", "{d} {0} {y} Pazartesi", "{d} {0} {y} günü", "{y} yılının {0} ayının {d}'inde", "{d}-{0}-{y}", "Perşembe, {d} {0} {y}", "{d}.{0}.{y}", "{d} {0}, {y}", "{y} yılı {d} {0}"},
		pair: []string{"{d}-{e} {0} {y}", "{d}–{e} {0} {y}", "{d} ve {e} {0} {y}", "{d} ile {e} {0} {y}"}, month: []string{"{0} {y}", "{0} {y}'de", "{y} yılının {0}"}, year: []string{"{y} yılında"},
		carriers: []string{"%s", "Toplantı %s yapıldı.", "ANKARA, %s (Haber)"}},
	{tag: RU, months: "январь|января|январе/февраль|февраля|феврале/март|марта|марте/апрель|апреля|апреле/май|мая|мае/июнь|июня|июне/июль|июля|июле/август|августа|августе/сентябрь|сентября|сентябре/октябрь|октября|октябре/ноябрь|ноября|ноябре/декабрь|декабря|декабре",
		day:  []string{"{d} {1} {y} года", "{d} {1} {y}", "{d} {1} {y} г.", "{d}-го {1} {y} года", "{d} {1}, {y}", "четверг, {d} {1} {y} года", "{d} {1} (четверг) {y} года", "{d}-{1}-{y}", "{d} {1} {y}-го", "{y} год, {d} {1}"},
		pair: []string{"{d}–{e} {1} {y} года", "с {d} по {e} {1} {y} года", "{d} и {e} {1} {y} г.", "{d}-{e} {1} {y}"}, month: []string{"в {2} {y} года", "{0} {y}", "{2} {y} г."}, year: []string{"в {y} году", "{y} год"},
		carriers: []string{"%s", "Встреча прошла %s в Токсанбулаке.", "АЛТЫНСУ, %s — Новости."}},
	{tag: EN, months: "January|Jan./February|Feb./March|Mar./April|Apr./May|May/June|Jun./July|Jul./August|Aug./September|Sept./October|Oct./November|Nov./December|Dec.",
		day:  []string{"{d} {0} {y}", "{0} {d}, {y}", "{1} {d}, {y}", "{d}th {0} {y}", "{0} {d}th, {y}", "{d}th of {0} {y}", "{d}th, {0} {y} GMT", "Thursday, {0} {d}, {y}", "{d} {1} {y}", "the {d}th of {0}, {y}", "{d}-{0}-{y}", "{y} {0} {d}", "{0} {d} (Thursday), {y}"},
		pair: []string{"{d}–{e} {0} {y}", "{0} {d}–{e}, {y}", "{d} to {e} {0} {y}", "{0} {d} and {e}, {y}", "{d}-{e} {0} {y}"}, month: []string{"{0} {y}", "in {0} {y}", "{0}, {y}"}, year: []string{"in {y}", "since {y}"},
		carriers: []string{"%s", "They met on %s in Altinsu.", "BAKU, %s - News."}},
	{tag: UR, months: "جنوری/فروری/مارچ/اپریل/مئی/جون/جولائی/اگست/ستمبر/اکتوبر/نومبر/دسمبر",
		day:  []string{"{d} {0} {y}", "{d} {0} {y}ء", "{d} {0}، {y}ء", "{0} {d}، {y}", "بروز جمعرات {d} {0} {y}", "{d} {0} سنہ {y}", "جمعرات، {d} {0} {y}", "{y} {0} {d}", "{d}ویں {0} {y}", "{d} {0} {y} عیسوی"},
		pair: []string{"{d} تا {e} {0} {y}", "{d} سے {e} {0} {y}", "{d}-{e} {0} {y}", "{d} اور {e} {0} {y}"}, month: []string{"{0} {y}", "{0} {y}ء"}, year: []string{"سال {y}", "سنہ {y}"},
		carriers: []string{"%s", "اجلاس %s کو ہوا۔", "تھیئن جن: %s۔ خبر"}},
	{tag: UR, digits: "۰۱۲۳۴۵۶۷۸۹", months: "جنوری/فروری/مارچ/اپریل/مئی/جون/جولائی/اگست/ستمبر/اکتوبر/نومبر/دسمبر",
		day: []string{"{d} {0} {y}", "{d} {0} {y}ء", "{0} {d}، {y}"}, pair: []string{"{d} تا {e} {0} {y}"}, month: []string{"{0} {y}"}, carriers: []string{"%s", "اجلاس %s کو ہوا۔"}},
	{tag: FA, calendar: "persian", digits: "۰۱۲۳۴۵۶۷۸۹", months: "فروردین/اردیبهشت/خرداد/تیر/مرداد/شهریور/مهر/آبان/آذر/دی/بهمن/اسفند",
		day:  []string{"{d} {0} {y}", "{d} {0} ماه {y}", "{d} {0}ماه {y}", "{d}م {0} {y}", "{d} {0} سال {y}", "دوشنبه {d} {0} {y}", "سه‌شنبه، {d} {0} {y}", "{d} {0} {y} خورشیدی", "{d} {0} {y} شمسی", "روز {d} {0} {y}", "{d} {0} {y} هجری شمسی"},
		pair: []string{"{d} تا {e} {0} {y}", "{d} و {e} {0} {y}", "{d}-{e} {0} {y}"}, carriers: []string{"%s", "نشست در %s برگزار شد.", "تهران، %s - خبر"}},
	{tag: FA, calendar: "persian", months: "فروردین/اردیبهشت/خرداد/تیر/مرداد/شهریور/مهر/آبان/آذر/دی/بهمن/اسفند", day: []string{"{d} {0} {y}", "{d} {0} ماه {y}", "{d} {0}، {y}"}, carriers: []string{"%s", "نشست در %s برگزار شد."}},
	{tag: FA, digits: "۰۱۲۳۴۵۶۷۸۹", months: "ژانویه/فوریه/مارس/آوریل/مه/ژوئن/ژوئیه/اوت/سپتامبر/اکتبر/نوامبر/دسامبر",
		day: []string{"{d} {0} {y}", "{d} {0} سال {y}", "{d} {0} {y} میلادی", "جمعه {d} {0} {y}"}, pair: []string{"{d} تا {e} {0} {y}"}, month: []string{"{0} {y}", "{0} سال {y}"}, year: []string{"سال {y}", "سال {y} میلادی"}, carriers: []string{"%s", "نشست در %s برگزار شد."}},
	{tag: PRS, calendar: "persian", digits: "۰۱۲۳۴۵۶۷۸۹", months: "حمل/ثور/جوزا/سرطان/اسد/سنبله/میزان/عقرب/قوس/جدی/دلو/حوت",
		day: []string{"{d} {0} {y}", "{d} {0} سال {y}", "{d} {0} {y} خورشیدی", "دوشنبه {d} {0} {y}", "{d} {0}، {y}", "روز {d} {0} {y}"}, pair: []string{"{d} تا {e} {0} {y}"}, carriers: []string{"%s", "نشست در %s برگزار شد.", "کابل، %s - خبر"}},
	{tag: PRS, digits: "۰۱۲۳۴۵۶۷۸۹", months: "جنوری/فبروری/مارچ/اپریل/می/جون/جولای/اگست/سپتمبر/اکتوبر/نومبر/دسمبر",
		day: []string{"{d} {0} {y}", "{d} {0} سال {y}", "{d} {0} {y} میلادی", "پنج‌شنبه {d} {0} {y}"}, month: []string{"{0} {y}"}, carriers: []string{"%s", "نشست در %s برگزار شد."}},
	{tag: AR, months: "يناير|كانون الثاني/فبراير|شباط/مارس|آذار/أبريل|نيسان/مايو|أيار/يونيو|حزيران/يوليو|تموز/أغسطس|آب/سبتمبر|أيلول/أكتوبر|تشرين الأول/نوفمبر|تشرين الثاني/ديسمبر|كانون الأول",
		day:  []string{"{d} {0} {y}", "{d} {1} {y}", "{d} {1}/{0} {y}", "{d} {0} {y}م", "{d} من {0} {y}", "{d} من {1} {y}", "الخميس {d} {0} {y}", "{d} {0} عام {y}", "{d} من شهر {0} عام {y}", "الخميس، {d} {1} {y}", "{d} {0}، {y}"},
		pair: []string{"{d}-{e} {0} {y}", "{d} إلى {e} {1} {y}", "{d} و{e} {0} {y}"}, month: []string{"{0} {y}", "{1} {y}", "{0} عام {y}", "{1}/{0} {y}"}, year: []string{"عام {y}", "سنة {y}"},
		carriers: []string{"%s", "عقد الاجتماع في %s.", "بغداد، %s - أخبار"}},
	{tag: AR, digits: "٠١٢٣٤٥٦٧٨٩", months: "يناير|كانون الثاني/فبراير|شباط/مارس|آذار/أبريل|نيسان/مايو|أيار/يونيو|حزيران/يوليو|تموز/أغسطس|آب/سبتمبر|أيلول/أكتوبر|تشرين الأول/نوفمبر|تشرين الثاني/ديسمبر|كانون الأول", day: []string{"{d} {0} {y}", "{d} {1} {y}"}, carriers: []string{"%s", "عقد الاجتماع في %s."}},
	{tag: AR, calendar: "umalqura", months: "محرم/صفر/ربيع الأول/ربيع الآخر/جمادى الأولى/جمادى الآخرة/رجب/شعبان/رمضان/شوال/ذو القعدة/ذو الحجة",
		day: []string{"{d} {0} {y}", "{d} {0} {y}هـ", "{d} {0} {y} هـ", "{d} من {0} {y}", "الخميس {d} {0} {y} هـ", "{d} {0} {y} هجرية", "{d} من شهر {0} {y} هـ"}, carriers: []string{"%s", "عقد الاجتماع في %s."}},
	{tag: ZH, han: true, months: "1月|一月/2月|二月/3月|三月/4月|四月/5月|五月/6月|六月/7月|七月/8月|八月/9月|九月/10月|十月/11月|十一月/12月|十二月",
		day:  []string{"{y}年{0}{d}日", "{y}年{0}{d}号", "{y} 年 {0} {d} 日", "发布时间：{y}年{0}{d}日", "{y}年{0}{d}日（星期四）", "{Y}年{1}{D}日", "{y}年{0}{d}日上午", "({y}年{0}{d}日)", "{Y}年{1}{D}日星期四", "自{y}年{0}{d}日起", "截至{y}年{0}{d}日"},
		pair: []string{"{y}年{0}{d}日至{e}日", "{y}年{0}{d}日到{e}日", "{y}年{0}{d}日-{e}日", "{y}年{0}{d}日—{e}日", "{y}年{0}{d}日和{e}日"}, month: []string{"{y}年{0}", "{Y}年{1}"}, year: []string{"{y}年", "{Y}年"},
		carriers: []string{"%s", "会议于%s在天津举行。", "新华社北京%s电"}},
	{tag: KO, months: "1월/2월/3월/4월/5월/6월/7월/8월/9월/10월/11월/12월",
		day:  []string{"{y}년 {0} {d}일", "{y}년{0}{d}일", "{y}년 {0} {d}일에", "{y}년 {0} {d}일부터", "{y}년 {0} {d}일(목요일)", "지난 {y}년 {0} {d}일", "{y}년 {0} {d}일자", "{y}년 {0} {d}일까지", "{y}년 {0} {d}일 목요일", "{y}년 {0} {d}일의"},
		pair: []string{"{y}년 {0} {d}일~{e}일", "{y}년 {0} {d}일부터 {e}일까지", "{y}년 {0} {d}일-{e}일"}, month: []string{"{y}년 {0}", "{y}년 {0}에"}, year: []string{"{y}년", "{y}년에"},
		carriers: []string{"%s", "회의가 %s 서울에서 열렸다.", "서울, %s - 뉴스"}},
	{tag: MN, months: "1|нэгдүгээр/2|хоёрдугаар/3|гуравдугаар/4|дөрөвдүгээр/5|тавдугаар/6|зургаадугаар/7|долдугаар/8|наймдугаар/9|есдүгээр/10|аравдугаар/11|арваннэгдүгээр/12|арванхоёрдугаар",
		day:  []string{"{y} оны {0} дугаар сарын {d}", "{y} оны {0} дүгээр сарын {d}-ний өдөр", "{y} оны {0}-р сарын {d}", "{y} оны {1} сарын {d}", "{y} оны {1} сарын {d}-нд", "{y} оны {0} сарын {d}", "{y} оны {0} сарын {d}-ны өдөр", "{y} онд {0} дугаар сарын {d}", "{y} оны {0}-р сарын {d}-нд", "{y} оны {1} сарын {d}-ний өдрийн"},
		pair: []string{"{y} оны {0} дугаар сарын {d}-{e}", "{y} оны {1} сарын {d}–{e}"}, month: []string{"{y} оны {0} дугаар сар", "{y} оны {1} сард"}, year: []string{"{y} онд"},
		carriers: []string{"%s", "Хурал %s болов.", "Улаанбаатар, %s. Мэдээ"}},
}

// First days of the solar years and of the lunar months, as published.
var nowruz = map[int]string{1399: "2020-03-20", 1400: "2021-03-21", 1401: "2022-03-21", 1402: "2023-03-21", 1403: "2024-03-20", 1404: "2025-03-21", 1405: "2026-03-21", 1406: "2027-03-21"}

var lunarMonthStarts = map[int][]string{
	1446: {"2024-07-07", "2024-08-05", "2024-09-04", "2024-10-04", "2024-11-03", "2024-12-02", "2025-01-01", "2025-01-31", "2025-03-01", "2025-03-30", "2025-04-29", "2025-05-28"},
	1447: {"2025-06-26", "2025-07-26", "2025-08-24", "2025-09-23", "2025-10-23", "2025-11-22", "2025-12-21", "2026-01-20", "2026-02-18", "2026-03-20", "2026-04-18", "2026-05-18"},
}

// goldDay is the Gregorian day of a date of the set.
func goldDay(calendar string, y, m, d int) string {
	var start time.Time
	switch calendar {
	case "persian":
		start, _ = time.Parse(time.DateOnly, nowruz[y])
		for i := 1; i < m; i++ {
			n := 31
			if i > 6 {
				n = 30
			}
			start = start.AddDate(0, 0, n)
		}
	case "umalqura":
		start, _ = time.Parse(time.DateOnly, lunarMonthStarts[y][m-1])
	default:
		return fmt.Sprintf("%04d-%02d-%02d", y, m, d)
	}
	return start.AddDate(0, 0, d-1).Format(time.DateOnly)
}

// hanFigures writes a year digit by digit, a day as a number.
func hanFigures(n int) string {
	digits := []string{"〇", "一", "二", "三", "四", "五", "六", "七", "八", "九"}
	if n > 100 {
		s := ""
		for _, r := range strconv.Itoa(n) {
			s += digits[r-'0']
		}
		return s
	}
	s := ""
	if n >= 20 {
		s = digits[n/10]
	}
	if n >= 10 {
		s += "十"
	}
	if n%10 > 0 {
		s += digits[n%10]
	}
	return s
}

type dateCase struct {
	tag        Tag
	text, want string // values parted by spaces
}

func generatedDates() (out []dateCase) {
	seed := uint32(7)
	next := func(n int) int { // a small generator of its own: the set is the same on every machine
		seed = seed*1664525 + 1013904223
		return int(seed>>16) % n
	}
	for _, f := range dateLanguages {
		for m, row := range strings.Split(f.months, "/") {
			forms := strings.Split(row, "|")
			kinds := [][]string{f.day, f.pair, f.month, f.year}
			for kind, patterns := range kinds {
				for _, p := range slices.Concat(patterns, patterns) { // each with two dates and carriers
					y, d := []int{2025, 2026, 2019, 2003, 1998, 2021}[next(6)], 4+next(17)
					switch f.calendar {
					case "persian":
						y = 1399 + next(7)
					case "umalqura":
						y = 1446 + next(2)
					}
					e := d + 1 + next(8)
					fig := func(n int) string {
						s := strconv.Itoa(n)
						if f.digits != "" {
							ds := []rune(f.digits)
							var b strings.Builder
							for _, r := range s {
								b.WriteRune(ds[r-'0'])
							}
							s = b.String()
						}
						return s
					}
					s := strings.NewReplacer("{d}", fig(d), "{e}", fig(e), "{y}", fig(y), "{Y}", hanFigures(y), "{D}", hanFigures(d)).Replace(p)
					for i, form := range forms {
						s = strings.ReplaceAll(s, "{"+strconv.Itoa(i)+"}", form)
					}
					want := goldDay(f.calendar, y, m+1, d)
					switch kind {
					case 1:
						want += " " + goldDay(f.calendar, y, m+1, e)
					case 2:
						want = fmt.Sprintf("%04d-%02d", y, m+1)
					case 3:
						want = fmt.Sprintf("%04d", y)
					}
					out = append(out, dateCase{f.tag, fmt.Sprintf(f.carriers[next(len(f.carriers))], s), want})
				}
			}
		}
	}
	return out
}

// dateless are texts that look like dates and are none, by language; %d is a number that could be a year, %s one
// that could be a day.
var dateless = map[Tag][]string{
	KK:     {"№ 5/%d заң", "%d адам келді", "%d теңге", "8 7172 %d 17", "есеп %s:1", "%s-бет", "%d МВт", "%s,5 пайыз", "нұсқа 1.2.%d", "тіркеу нөмірі 12.05.%d", "%s маусым бойы", "%s қазан ас", "31 ақпан %d жыл", "2000 жыл бұрын"},
	UZ:     {"№ 5/%d qonun", "%d kishi keldi", "%d soʻm", "hisob %s:1", "%s-bet", "%d MVt", "%s,5 foiz", "versiya 1.2.%d", "%d ta uy", "31 fevral %d yil", "998 71 %d 17", "%d nafar"},
	UZCyrl: {"№ 5/%d қонун", "%d киши келди", "%d сўм", "ҳисоб %s:1", "%s-бет", "версия 1.2.%d", "%d та уй", "998 71 %d 17"},
	KY:     {"№ 5/%d мыйзам", "%d адам келди", "%d сом", "эсеп %s:1", "%s-бет", "версия 1.2.%d", "%d үй", "996 312 %d 17", "%s пайыз"},
	TG:     {"Қонуни № 5/%d", "%d нафар омаданд", "%d сомонӣ", "ҳисоби %s:1", "саҳифаи %s", "версия 1.2.%d", "%d хона", "992 37 %d 17"},
	TK:     {"№ 5/%d kanun", "%d adam geldi", "%d manat", "hasap %s:1", "%s-nji sahypa", "wersiýa 1.2.%d", "%d öý", "993 12 %d 17"},
	AZ:     {"№ 5/%d qanun", "%d nəfər gəldi", "%d manat", "hesab %s:1", "səhifə %s", "versiya 1.2.%d", "%d ev", "994 12 %d 17", "31 fevral %d"},
	TR:     {"5/%d sayılı kanun", "%d kişi geldi", "%d lira", "skor %s-1", "sayfa %s", "sürüm 1.2.%d", "%d ev", "0312 %d 17 18", "%s ocak yandı", "31 Şubat %d", "%s ekim yapıldı"},
	RU:     {"Закон № 5/%d", "%d человек", "%d рублей", "счёт %s:1", "стр. %s", "версия 1.2.%d", "%d домов", "тел. 8 495 %d 17", "31 февраля %d года", "ГОСТ 12.1.%d", "17 июля 2000 человек вышли", "%s марта", "№ 12.05.%d", "п. 1.2.%d", "счёт 2-%s, май"},
	EN:     {"Law No. 5/%d", "%d people came", "$%d", "score %s-1", "page %s", "version 1.2.%d", "%d homes", "call 202 555 %d", "31 February %d", "05/06/%d", "On 17 July, 2000 people came", "they may %s times march", "section 1.2.%d", "%d MW", "$%d May be enough", "No. 12.05.%d", "on July 17 2,025 people came", "in March 1250 people marched"},
	UR:     {"قانون نمبر 5/%d", "%d افراد آئے", "%d روپے", "اسکور %s-1", "صفحہ %s", "ورژن 1.2.%d", "%d گھر", "16 صفر 1447 ہجری", "31 فروری %d", "051 %d 17"},
	FA:     {"قانون شماره 5/%d", "%d نفر آمدند", "%d تومان", "نتیجه %s-1", "صفحه %s", "نسخه 1.2.%d", "%d خانه", "۱۶ صفر ۱۴۴۷", "۳۱ مهر ۱۴۰۴", "۱۴۰۴ نفر", "سال ۱۴۰۴", "خرداد ۱۴۰۵", "۲۰ شهریور ۲۰۲۵", "17 سپتامبر 1404", "۱۴۴۷/۰۲/۱۶", "021 %d 17"},
	PRS:    {"%d نفر آمدند", "%d افغانی", "صفحه %s", "۱۴۰۴ نفر", "سال ۱۴۰۴", "۳۱ میزان ۱۴۰۴", "۱۶ صفر ۱۴۴۷"},
	AR:     {"القانون رقم 5/%d", "%d شخصا", "%d دولار", "النتيجة %s-1", "صفحة %s", "الإصدار 1.2.%d", "%d منزلا", "ارتفاع 2025 م", "31 فبراير %d", "30 صفر 1447", "عام 1447", "31 آب"},
	ZH:     {"第5/%d号法律", "%d人参加", "%d元", "比分%s:1", "第%s页", "版本1.2.%d", "%d户", "9月1日", "一百二十人", "电话010-%d", "2025年2月30日"},
	KO:     {"법률 제5/%d호", "%d명 참석", "%d원", "스코어 %s:1", "%s쪽", "버전 1.2.%d", "9월 1일", "02-%d-1718", "2025년 2월 30일"},
	MN:     {"№ 5/%d хууль", "%d хүн ирэв", "%d төгрөг", "оноо %s:1", "%s хуудас", "хувилбар 1.2.%d, %d", "9 сарын 1", "7011 %d"},
}

func datelessTexts() (out []dateCase) {
	seen := map[string]bool{}
	for _, t := range Known() {
		for _, p := range dateless[t] {
			for _, y := range []string{"2025", "2000", "1404", "1998", "1900", "2024", "1447", "1985", "2030", "1350", "2010", "1917"} {
				for _, d := range []string{"17", "5", "12", "31", "1", "9", "28"} {
					s := strings.ReplaceAll(strings.ReplaceAll(p, "%d", y), "%s", d)
					if !seen[string(t)+s] {
						seen[string(t)+s] = true
						out = append(out, dateCase{t, s, ""})
					}
				}
			}
		}
	}
	return out
}

func values(t Tag, text string, now time.Time) string {
	var vs []string
	for _, d := range Dates(t, text, now) {
		if text[d.Start:d.End] != d.Raw {
			return "a span that is not its raw text"
		}
		vs = append(vs, d.Value)
	}
	return strings.Join(vs, " ")
}

// TestDatesGenerated holds the reach: per language at least 98 in a hundred right, none silently wrong. Silently
// wrong is a value that the text does not state; a coarser true one is not right but not wrong either.
func TestDatesGenerated(t *testing.T) {
	t.Parallel()
	type score struct{ n, right, wrong, negatives, false_ int }
	scores := map[Tag]*score{}
	of := func(tag Tag) *score {
		if scores[tag] == nil {
			scores[tag] = &score{}
		}
		return scores[tag]
	}
	for _, c := range generatedDates() {
		s, got := of(c.tag), values(c.tag, c.text, time.Time{})
		s.n++
		if got == c.want {
			s.right++
			continue
		}
		for _, v := range strings.Fields(got) {
			if !strings.Contains(" "+c.want, " "+v) {
				s.wrong++
				t.Errorf("silently wrong: %s %q: %q, not %q", c.tag, c.text, got, c.want)
				break
			}
		}
		if testing.Verbose() {
			t.Logf("not right: %s %q: %q, not %q", c.tag, c.text, got, c.want)
		}
	}
	for _, c := range datelessTexts() {
		s := of(c.tag)
		s.negatives++
		if got := values(c.tag, c.text, time.Time{}); got != "" {
			s.false_++
			t.Errorf("a date where none is: %s %q: %q", c.tag, c.text, got)
		}
	}
	negatives := 0
	for _, tag := range Known() {
		s := of(tag)
		negatives += s.negatives
		t.Logf("%-8s %4d dates, right %5.1f %%, silently wrong %d; %3d that are none, taken for one %d", tag, s.n, 100*float64(s.right)/float64(max(s.n, 1)), s.wrong, s.negatives, s.false_)
		if s.n < 200 || float64(s.right) < 0.98*float64(s.n) {
			t.Errorf("%s: %d of %d right", tag, s.right, s.n)
		}
	}
	if negatives < 200 {
		t.Errorf("%d texts without a date", negatives)
	}
}
