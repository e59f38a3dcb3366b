package lang

import (
	"strings"
	"testing"
	"time"
)

// Four kilobytes of news prose written for Jarchi: fictional members, places and events.
var (
	proseKK = prose(`Тоқсанбұлақ Су ведомствосы 2026 жылғы 1 маусымнан бастап Көксай су қоймасынан 240 миллион текше метр су жібереді. Бұл туралы баспасөз қызметі хабарлады.
Министр орынбасары Аманат Бекшин көрші елдердің өкілдерімен кездесуде Күміссу келісімінің орындалуын талқылады. «Суармалы егістікке қажетті көлем толық беріледі», деді ол. Тараптар бірлескен комиссияның келесі отырысын Саркентте өткізуге уағдаласты.
Жергілікті шаруалар судың уақытылы келуіне мүдделі екенін айтып, каналдарды тазалау жұмыстары мамыр айында аяқталғанын мәлімдеді. Сарапшылардың бағалауынша, биылғы су деңгейі өткен жылмен салыстырғанда 5,6 пайызға жоғары.`)
	proseFA = prose(strings.ReplaceAll(`اداره آب توقسان~بلاق اعلام کرد که از ۱۱ خرداد ۱۴۰۵ از سد کوک~سای ۲۴۰ میلیون متر مکعب آب رها می~شود. این خبر را دفتر رسانه~ای این اداره منتشر کرده است.
معاون وزیر در نشست با نمایندگان کشورهای همسایه درباره اجرای توافق~نامه کوموش~سو گفت~وگو کرد. وی گفت: «حجم لازم برای زمین~های کشاورزی به~طور کامل تأمین خواهد شد». دو طرف توافق کردند که جلسه بعدی کمیسیون مشترک در سرکند برگزار شود.
کشاورزان منطقه خواستار رسیدن به~موقع آب شدند و یادآوری کردند که لایروبی کانال~ها در ماه اردیبهشت به پایان رسیده است.`, "~", "\u200c"))
)

func prose(s string) string { return strings.Repeat(s+"\n", 4<<10/len(s)+1)[:4<<10] }

func BenchmarkTokens(b *testing.B) {
	for _, c := range []struct {
		tag  Tag
		text string
	}{{KK, proseKK}, {FA, proseFA}} {
		b.Run(string(c.tag), func(b *testing.B) {
			b.SetBytes(int64(len(c.text)))
			b.ReportAllocs()
			for b.Loop() {
				Tokens(c.tag, c.text)
			}
		})
	}
}

func BenchmarkAnalyse(b *testing.B) {
	for _, c := range []struct {
		tag  Tag
		text string
	}{{KK, proseKK}, {FA, proseFA}} {
		b.Run(string(c.tag), func(b *testing.B) {
			b.SetBytes(int64(len(c.text)))
			b.ReportAllocs()
			for b.Loop() {
				analyse(c.tag, c.text, time.Time{})
			}
		})
	}
}

func BenchmarkDetect(b *testing.B) {
	b.SetBytes(int64(len(proseKK)))
	for b.Loop() {
		Detect(proseKK, "")
	}
}
