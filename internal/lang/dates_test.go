package lang

import (
	"testing"
	"time"
)

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
		{AZ, "2026-cı il iyunun 1-də", time.Time{}, "2026-06/month=2026-cı il iyunun"},
		{AR, "1 يونيو 2026", time.Time{}, "2026-06-01/day=1 يونيو 2026"},
		{RU, "1500 г муки, в 2000 домов, в 2026 г. построят", time.Time{}, "2026/year=в 2026"},
		{RU, "с 2024 по 2026 год", time.Time{}, "2024/year=с 2024; 2026/year=по 2026 год"},
		{FA, "۲۰۰۰ سال پیش در سال ۲۰۲۶", time.Time{}, "2026/year=سال ۲۰۲۶"},
		{EN, "in 2000 homes, in 2026 the river, since 2024.", time.Time{}, "2026/year=in 2026; 2024/year=since 2024"},
		{KK, "2000 жыл бұрын, 2026 жылдан бері", time.Time{}, "2026/year=2026 жылдан"},
		{UR, "2000 میں سے", time.Time{}, ""},
		{UR, "2024 میں", time.Time{}, "2024/year=2024 میں"},
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
