package lang

import (
	"strings"
	"testing"
	"time"
)

// TestDaysWithoutYear: what the facts line may show and Dates does not tell.
func TestDaysWithoutYear(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tag        Tag
		text, want string
	}{
		{KK, "31 наурызда жиын өтті", "--03-31"}, {KK, "12 маусым бойы, 5 қазан ас", ""}, {RU, "17–19 июля и 31 февраля", "--07-17 --07-19"},
		{EN, "On 17 July and July 18; they may 5 times; march 5 miles; 5 May", "--07-17 --07-18 --05-05"}, {ZH, "9月1日", "--09-01"}, {EN, "in February 4-1 was the score", ""}, {KO, "9월 1일", "--09-01"},
		{UR, "17 جولائی کو", "--07-17"}, {FA, "۹ شهریور", ""}, {TR, "5 ocak, 5 Eylül'de", "--09-05"}, {MN, "9 дүгээр сарын 1", "--09-01"},
		{AZ, "17 iyul 2025, 18 iyul", "2025-07-17 --07-18"}, {UZ, "17-iyul kuni", "--07-17"},
	} {
		var got []string
		for _, d := range DatesAndDays(c.tag, c.text, Tokens(c.tag, c.text), time.Time{}) {
			got = append(got, d.Value)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s %q: %q, not %q", c.tag, c.text, got, c.want)
		}
		for _, d := range Dates(c.tag, c.text, time.Time{}) {
			if strings.HasPrefix(d.Value, "--") {
				t.Errorf("%s %q: Dates tells %s", c.tag, c.text, d.Value)
			}
		}
	}
}

// TestUmmAlQura walks through the table: every year begins where the one before ends.
func TestUmmAlQura(t *testing.T) {
	t.Parallel()
	lunar := lexiconOf(AR).calendar.lunar
	if len(lunar) != 145 {
		t.Fatalf("%d years", len(lunar))
	}
	for y := 1356; y < 1500; y++ {
		days := 29*12 + strings.Count(lunar[y].months, "0")
		if next := lunar[y].first.AddDate(0, 0, days); !next.Equal(lunar[y+1].first) {
			t.Errorf("%d begins %v, not %v", y+1, lunar[y+1].first, next)
		}
	}
}

func TestDates(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 6, 3, 14, 7, 0, 0, time.FixedZone("", 5*3600))
	for _, c := range []struct {
		tag  Tag
		text string
		now  time.Time
		want string // value/precision=raw, several separated by "; "
	}{
		{FA, "۱۱ خرداد ۱۴۰۵", time.Time{}, "2026-06-01/day=۱۱ خرداد ۱۴۰۵"},
		{UR, "یکم جون 2026", time.Time{}, "2026-06-01/day=یکم جون 2026"},
		{KK, "2026 жылғы 1 маусымнан бастап", time.Time{}, "2026-06-01/day=2026 жылғы 1 маусымнан"},
		{UZ, "2026-yil 1-iyundan", time.Time{}, "2026-06-01/day=2026-yil 1-iyundan"},
		{UZCyrl, "2026 йил 1 июндан", time.Time{}, "2026-06-01/day=2026 йил 1 июндан"},
		{KK, "өткен жылы", time.Time{}, ""},
		{KK, "өткен жылы", now, "2025/year=өткен жылы"},
		{UR, "11th, July 2025 GMT", time.Time{}, "2025-07-11/day=11th, July 2025"},
		{FA, "دسامبر گذشته", time.Time{}, ""},
		{FA, "دسامبر گذشته", now, "2025-12/month=دسامبر گذشته"},
		{KK, "14-ші отырысы", time.Time{}, ""},
		{KK, "2026 жылы", time.Time{}, "2026/year=2026 жылы"},
		{KK, "2026 адам", time.Time{}, ""},
		{EN, "June 1, 2026 at 14:07 UTC+5, in Altyn", time.Time{}, "2026-06-01T14:07+05:00/minute=June 1, 2026 at 14:07 UTC+5"},
		{EN, "on 31 February 2026", time.Time{}, ""},
		{EN, "published 2026-06-01T14:07:00Z, again 05/06/2026 and 13/06/2026", time.Time{}, "2026-06-01T14:07Z/minute=2026-06-01T14:07:00Z; 2026-06-13/day=13/06/2026"},
		{EN, "in May they may meet 5 times", time.Time{}, ""},
		{EN, "version 1.2.2026.4 of 10.0.0.1", time.Time{}, ""},
		{RU, "1 июня 2026 года, 01.06.2026 г.", time.Time{}, "2026-06-01/day=1 июня 2026 года; 2026-06-01/day=01.06.2026"},
		{RU, "в 2025 году", time.Time{}, "2025/year=в 2025 году"},
		{RU, "в июне 2026 года", time.Time{}, "2026-06/month=июне 2026 года"},
		{RU, "вчера", now, "2026-06-02/day=вчера"},
		{FA, "سال ۱۴۰۵", time.Time{}, ""},
		{FA, "خرداد ۱۴۰۵", time.Time{}, ""},
		{FA, "۳۰ اسفند ۱۴۰۳ و ۳۰ اسفند ۱۴۰۴", time.Time{}, "2025-03-20/day=۳۰ اسفند ۱۴۰۳"},
		{FA, "بیست و یکم خرداد ۱۴۰۵", time.Time{}, "2026-06-11/day=بیست و یکم خرداد ۱۴۰۵"},
		{PRS, "۱۱ جوزا ۱۴۰۵", time.Time{}, "2026-06-01/day=۱۱ جوزا ۱۴۰۵"},
		{FA, "۱۴۰۵/۰۳/۱۱", time.Time{}, "2026-06-01/day=۱۴۰۵/۰۳/۱۱"},
		{ZH, "2026年6月1日", time.Time{}, "2026-06-01/day=2026年6月1日"},
		{KO, "2026년 6월 1일", time.Time{}, "2026-06-01/day=2026년 6월 1일"},
		{TR, "1 Haziran 2026'da", time.Time{}, "2026-06-01/day=1 Haziran 2026'da"},
		{AZ, "2026-cı il iyunun 1-də", time.Time{}, "2026-06-01/day=2026-cı il iyunun 1-də"},
		{AR, "1 يونيو 2026", time.Time{}, "2026-06-01/day=1 يونيو 2026"},
		{RU, "1500 г муки, в 2000 домов, в 2026 г. построят", time.Time{}, "2026/year=в 2026"},
		{RU, "с 2024 по 2026 год", time.Time{}, "2024/year=с 2024; 2026/year=по 2026 год"},
		{FA, "۲۰۰۰ سال پیش در سال ۲۰۲۶", time.Time{}, "2026/year=سال ۲۰۲۶"},
		{EN, "in 2000 homes, in 2026 the river, since 2024.", time.Time{}, "2026/year=in 2026; 2024/year=since 2024"},
		{KK, "2000 жыл бұрын, 2026 жылдан бері", time.Time{}, "2026/year=2026 жылдан"},
		{UR, "2000 میں سے", time.Time{}, ""},
		{UR, "2024 میں", time.Time{}, "2024/year=2024 میں"},
		// As pages write them.
		{KK, "2025 жылғы 17 шілде", time.Time{}, "2025-07-17/day=2025 жылғы 17 шілде"},
		{KK, "31 наурызда", time.Time{}, ""},
		{KK, "31 наурызда", now, ""},
		{KK, "осы жылғы 31 наурызда", now, "2026-03-31/day=осы жылғы 31 наурызда"},
		{KK, "осы жылғы 31 наурызда", time.Time{}, ""},
		{KK, "2025 жылғы 17-нен 19 шілдеге дейін", time.Time{}, "2025-07-17/day=2025 жылғы 17-нен; 2025-07-19/day=19 шілдеге"},
		{KY, "2025-жылдын 1-сентябрында", time.Time{}, "2025-09-01/day=2025-жылдын 1-сентябрында"},
		{TG, "17 июли соли 2025", time.Time{}, "2025-07-17/day=17 июли соли 2025"},
		{TK, "2023-nji ýylyň 1-nji noýabry", time.Time{}, "2023-11-01/day=2023-nji ýylyň 1-nji noýabry"},
		{AZ, "10 aprel 2021-ci il", time.Time{}, "2021-04-10/day=10 aprel 2021-ci il"},
		{UZ, "Pekin, 2025 yil 17 iyul – xabar", time.Time{}, "2025-07-17/day=2025 yil 17 iyul"},
		{UR, "یکم ستمبر 2025", time.Time{}, "2025-09-01/day=یکم ستمبر 2025"},
		{UR, "16 صفر 1447 ہجری", time.Time{}, ""}, // by the sighting of the moon
		{AR, "16 صفر 1447", time.Time{}, "2025-08-10/day=16 صفر 1447"},
		{AR, "1447/02/16 هـ، 16/2/1447هـ، 16/2/1447", time.Time{}, "2025-08-10/day=1447/02/16; 2025-08-10/day=16/2/1447"},
		{AR, "31 آب 2025", time.Time{}, "2025-08-31/day=31 آب 2025"},
		{AR, "الحادي والثلاثين من آب 2025", time.Time{}, "2025-08-31/day=الحادي والثلاثين من آب 2025"},
		{ZH, "发布时间：2022年8月1日", time.Time{}, "2022-08-01/day=2022年8月1日"},
		{ZH, "二〇二五年九月一日", time.Time{}, "2025-09-01/day=二〇二五年九月一日"},
		{ZH, "二零二五年十二月三十一日", time.Time{}, "2025-12-31/day=二零二五年十二月三十一日"},
		{ZH, "2025年8月31日至9月3日", time.Time{}, "2025-08-31/day=2025年8月31日; 2025-09-03/day=9月3日"},
		{ZH, "今年9月1日", now, "2026-09-01/day=今年9月1日"},
		{ZH, "9月1日", now, ""},
		{KO, "2025. 9. 1. 발표", time.Time{}, "2025-09-01/day=2025. 9. 1"},
		{MN, "2025 оны 9 дүгээр сарын 1-ний өдөр", time.Time{}, "2025-09-01/day=2025 оны 9 дүгээр сарын 1-ний"},
		{EN, "BAKU, Nov. 25, 2020", time.Time{}, "2020-11-25/day=Nov. 25, 2020"},
		{EN, "August 31 – September 3, 2025; 28 December – 3 January 2026", time.Time{}, "2025-08-31/day=August 31; 2025-09-03/day=September 3, 2025; 2026-01-03/day=3 January 2026"},
		{RU, "с 31 августа по 3 сентября 2025 года", time.Time{}, "2025-08-31/day=31 августа; 2025-09-03/day=3 сентября 2025 года"},
		{RU, "двадцать первого мая 2025 года", time.Time{}, "2025-05-21/day=двадцать первого мая 2025 года"},
		{RU, "17 июля этого года", now, "2026-07-17/day=17 июля этого года"},
		{EN, "1 September 2025 at 5:30 p.m. and 2 September 2025 at 5:30", time.Time{}, "2025-09-01T17:30/minute=1 September 2025 at 5:30 p.m.; 2025-09-02T05:30/minute=2 September 2025 at 5:30"},
		{RU, "1 сентября 2025 года в 5:30 вечера", time.Time{}, "2025-09-01/day=1 сентября 2025 года"}, // 17:30, but the words for the halves differ
		// A weekday makes the year certain where now is known, and nothing where it does not fit.
		{EN, "Tuesday, 2 June", now, "2026-06-02/day=2 June"},
		{EN, "Monday, 2 June", now, ""},
		{EN, "Tuesday, 2 June", time.Time{}, ""},
		{RU, "2 июня (вторник)", now, "2026-06-02/day=2 июня"},
		// What is counted, numbered or quoted is none.
		{EN, "page 5, May 2024; Appendix 5 (May 2025); Section 5. May 2025 was hot", time.Time{}, "2024-05/month=May 2024; 2025-05/month=May 2025; 2025-05/month=May 2025"},
		{EN, "on 17 July 2000 people came; on 17 July 2025 people came", time.Time{}, "2025-07-17/day=17 July 2025"},
		{EN, "5 items – May 2025; 2-1 May 2025; 3:1 May", time.Time{}, "2025-05/month=May 2025; 2025-05/month=May 2025"},
		{EN, "they may 2025 again, march 5 miles, in 44 BC, 12 March 1250", time.Time{}, ""},
		{FA, "۱۴۰۴ نفر در ۱۴۰۴/۰۶/۰۹ و ۹/۶/۱۴۰۴", time.Time{}, "2025-08-31/day=۱۴۰۴/۰۶/۰۹; 2025-08-31/day=۹/۶/۱۴۰۴"},
		{RU, "в 1980-е годы, в 1990-х годах, 2010-й год, 2025-го года", time.Time{}, "2010/year=2010-й год; 2025/year=2025-го года"},
		{ZH, "1980年代", time.Time{}, ""},
		{KK, "1930 жылдары", time.Time{}, ""},
		{EN, "in the 1980s", time.Time{}, ""},
		{TR, "1980'li yıllarda", time.Time{}, ""},
		{AZ, "1980-ci illərdə", time.Time{}, ""},
		{RU, "«17» июля 2025г., \"5\" мая 2025 г., 17 июля 2025г", time.Time{}, "2025-07-17/day=17» июля 2025г; 2025-05-05/day=5\" мая 2025; 2025-07-17/day=17 июля 2025г"},
		{KK, "2025 жылғы «17» шілде, 2025ж. 5 мамыр", time.Time{}, "2025-07-17/day=2025 жылғы «17» шілде; 2025-05-05/day=2025ж. 5 мамыр"},
		{AR, "17 تموز (يوليو) 2025", time.Time{}, "2025-07-17/day=17 تموز (يوليو) 2025"},
		{FA, "بیست‌وششم تیر ۱۴۰۴", time.Time{}, "2025-07-17/day=بیست‌وششم تیر ۱۴۰۴"},
		{EN, "Thu, 17 Jul 2025 10:30:00 +0300", time.Time{}, "2025-07-17T10:30+03:00/minute=17 Jul 2025 10:30:00 +0300"},
		{EN, "the film “5” May 2025 or 1500 at 5 (May 2025)", time.Time{}, "2025-05-05/day=5” May 2025; 2025-05/month=May 2025"},
		{FA, "نهم شهریورماه ۱۴۰۴", time.Time{}, "2025-08-31/day=نهم شهریورماه ۱۴۰۴"},
	} {
		got := ""
		for i, d := range Dates(c.tag, c.text, c.now) {
			if i > 0 {
				got += "; "
			}
			got += d.Value + "/" + d.Precision + "=" + d.Raw
			if c.text[d.Start:d.End] != d.Raw {
				t.Errorf("%s: span of %q", c.text, d.Raw)
			}
		}
		if got != c.want {
			t.Errorf("%s %q:\n got %q\nwant %q", c.tag, c.text, got, c.want)
		}
	}
}
