package lang

import (
	"testing"
	"time"
)

// A day beside another, or one that is no day of its own, is never read as the word within it.
func TestRelativeDays(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 12, 8, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		tag        Tag
		text, want string
	}{
		{EN, "They met the day before yesterday.", "2026-03-10"},
		{EN, "The day after tomorrow it opens.", "2026-03-14"},
		{EN, "They met yesterday.", "2026-03-11"},
		{EN, "Prices are double those of a year ago today.", ""},
		{AR, "التقيا أول أمس في المدينة", "2026-03-10"},
		{AR, "التقيا أمس الأول", "2026-03-10"},
		{AR, "تفتتح بعد غد", "2026-03-14"},
		{AR, "وصل في اليوم التالي", ""},
		{AR, "بمناسبة اليوم العالمي للماء", ""},
		{AR, "وصل اليوم", "2026-03-12"},
		{FA, "پس فردا باز می‌شود", "2026-03-14"},
		{FA, "پس‌فردا باز می‌شود", "2026-03-14"},
		{PRS, "پس فردا باز می‌شود", "2026-03-14"},
		{RU, "Мост откроют послезавтра", "2026-03-14"},
		{TR, "Evvelsi gün geldi", "2026-03-10"},
		{AZ, "Dünən yox, srağagün gəldi", "2026-03-10"},
		{AZ, "Srağagün gəldi", "2026-03-10"},
		{UZ, "Shaharda ijodiy kecha boʻlib oʻtdi", ""},
		{UZ, "Kecha keldi", "2026-03-11"},
		{KK, "Кеше емес алдыңғы күні келді", "2026-03-10"},
		{KY, "Кечээ эмес мурдагы күнү келди", "2026-03-10"},
		{TK, "Ertir bilen geldi", ""},
		{TG, "Пасфардо меояд", "2026-03-14"},
		{MN, "Уржигдар ирсэн", "2026-03-10"},
		{ZH, "大前天发生", ""},
		{ZH, "前天发生", "2026-03-10"},
		{KO, "그저께 열렸다", "2026-03-10"},
		{RU, "Встреча прошла 5 марта с.г. в городе", "2026-03-05"},
		{RU, "Встреча прошла 5 марта т. г.", "2026-03-05"},
		{RU, "Встреча прошла 5 марта с городом", ""},
		{RU, "Встреча прошла 5 марта с г-жой Ивановой", ""},
		{RU, "Он говорил с г-жой Ивановой и с г Ивановым", ""},
		{RU, "Встреча прошла 5 числа текущего месяца", "2026-03-05"},
		{RU, "Задержали 17 в этом месяце", "2026-03"},
		{EN, "They met on the 5th of this month", "2026-03-05"},
		{FA, "هفدهم ماه جاری دیدار کردند", "2026-03-08"}, // 12 March 2026 is 21 Esfand 1404
		{PRS, "هفدهم ماه گذشته دیدار کردند", "2026-02-06"},
		{FA, "ماه گذشته دیدار کردند", ""}, // of two months of the Gregorian calendar
		{FA, "امسال دیدار کردند", ""},
		{FA, "۱۷ تیر امسال دیدار کردند", "2025-07-08"},
		{FA, "۲۹ اسفند سال گذشته دیدار کردند", "2025-03-19"},
		{FA, "۱ فروردین سال آینده دیدار می‌کنند", "2026-03-21"},
		{EN, "It closed on the 31st of last month", ""}, // February
		{EN, "It killed 17 this month", "2026-03"},
		{EN, "It is one of the 17 of this month's", ""},
		{AR, "في 5 مارس الجاري", "2026-03-05"},
		{AR, "في الخامس من الشهر الجاري", "2026-03-05"},
		{AR, "العمل الجاري", ""},
		{TR, "Bu ayın 5'inde geldi", "2026-03-05"},
		{TR, "Bu ayın sonunda gelir", "2026-03"},
		{UZ, "Shu oyning 5-kuni keldi", "2026-03-05"},
		{KK, "Осы айдың 5-інде келді", "2026-03-05"},
		{MN, "Энэ сарын 17 хүн ирэв", "2026-03"},
		{KO, "3월 5일(목) 열렸다", "2026-03-05"},
		{KO, "3월 6일(목) 열렸다", ""}, // a Friday
		{ZH, "3月5日（四）举行", "2026-03-05"},
		{FA, "نشست پنجشنبه ۱۴ اسفند برگزار شد", "2026-03-05"},
		{FA, "نشست پنجشنبه ۱۵ اسفند برگزار شد", ""},
		{FA, "نشست شنبه ۱ فروردین برگزار می‌شود", "2026-03-21"}, // of the next year
	} {
		got := ""
		for _, d := range Dates(c.tag, c.text, now) {
			if d.Precision != "monthday" {
				got += d.Value
			}
		}
		if got != c.want {
			t.Errorf("%s %q: %q, not %q", c.tag, c.text, got, c.want)
		}
	}
}

// Each day lies in the solar month that has it.
func TestSolarMonth(t *testing.T) {
	t.Parallel()
	for day := time.Date(2019, 3, 1, 12, 0, 0, 0, time.UTC); day.Year() < 2027; day = day.AddDate(0, 0, 1) {
		y, m := solarMonth(day)
		found := false
		for d := 1; d <= 31; d++ {
			gy, gm, gd, ok := solarHijri(y, m, d)
			found = found || ok && time.Date(gy, time.Month(gm), gd, 12, 0, 0, 0, time.UTC).Equal(day)
		}
		if !found {
			t.Fatalf("%s is none of %d-%02d", day.Format(time.DateOnly), y, m)
		}
	}
}
