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
	} {
		got := ""
		for _, d := range Dates(c.tag, c.text, now) {
			got += d.Value
		}
		if got != c.want {
			t.Errorf("%s %q: %q, not %q", c.tag, c.text, got, c.want)
		}
	}
}
