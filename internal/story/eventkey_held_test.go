package story

import (
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/lang"
)

// Where an event is held, in fifteen languages, and that another city there on the same day is another event.
func TestHeld(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ lang, here, there string }{
		{"en", "Water forum opens in Bishkek", "Water forum to be held in Tashkent"},
		{"ru", "Водный форум открылся в Бишкеке", "Водный форум пройдёт в городе Ташкенте"},
		{"kk", "Бішкекте су форумы ашылды", "Ташкентте су форумы өтеді"},
		{"uz", "Bishkekda suv forumi ochildi", "Toshkentda suv forumi oʻtadi"},
		{"uz-Cyrl", "Бишкекда сув форуми очилди", "Тошкентда сув форуми ўтади"},
		{"ky", "Бишкекте суу форуму ачылды", "Ташкентте суу форуму өтөт"},
		{"tg", "Форуми об дар Бишкек кушода шуд", "Форуми об дар Тошканд баргузор мешавад"},
		{"tk", "Bişkekde suw forumy açyldy", "Daşkentde suw forumy geçiriler"},
		{"az", "Bişkekdə su forumu açıldı", "Daşkənddə su forumu keçiriləcək"},
		{"tr", "Su forumu Bişkek'te açıldı", "Su forumu Taşkent'te düzenlenecek"},
		{"fa", "مجمع آب در بیشکک گشایش یافت", "مجمع آب در تاشکند برگزار می‌شود"},
		{"ur", "بشکیک میں آبی فورم کا افتتاح", "تاشقند میں آبی فورم ہوگا"},
		{"ar", "افتتاح منتدى المياه في بيشكيك", "منتدى المياه يعقد في طشقند"},
		{"zh", "水论坛在比什凯克开幕", "水论坛将在塔什干举行"},
		{"ko", "비슈케크에서 물 포럼 개막", "타슈켄트에서 물 포럼 개최"},
	} {
		here, there := read(c.lang, c.here+"\n", time.Time{}).Event, read(c.lang, c.there+"\n", time.Time{}).Event
		if here.Held != "bishkek" || there.Held != "tashkent" || !here.Clashes(there) || !there.Clashes(here) || here.Clashes(here) {
			t.Errorf("%s: held in %q and %q; %+v, %+v", c.lang, here.Held, there.Held, here, there)
		}
	}
	bishkek := read("en", "Water forum opens in Bishkek\n", time.Time{}).Event
	for _, c := range []report{ // no place of the event, or several
		{"en", "Mayor of Tashkent speaks at water forum\nHe spoke of canals."},
		{"en", "Ministers at water forum\nTASHKENT, 1 September – The water forum heard the ministers."},
		{"ru", "Делегация Ташкента на водном форуме\nОна привезла 20 проектов."},
		{"en", "Water forum opens\nPrepared in Tashkent and in Samarkand by forum staff, it has 20 panels."},
		{"en", "Next water forum in Tashkent\nThe forum that opened in Bishkek chose its next place, Tashkent."},
		{"tr", "Jakarta su forumunu izliyor\n"},
	} {
		if e := read(c.lang, c.text, time.Time{}).Event; e.Clashes(bishkek) || bishkek.Clashes(e) {
			t.Errorf("%q: held in %q of %v", c.text, e.Held, e.Cities)
		}
	}
}

// A day without a year is the one nearest to when the text was written.
func TestDayOfEvent(t *testing.T) {
	t.Parallel()
	written := time.Date(2026, 12, 20, 9, 0, 0, 0, time.UTC)
	for value, want := range map[string]string{"--12-19": "2026-12-19", "--01-05": "2027-01-05", "--09-01": "2026-09-01", "--02-29": ""} {
		if got := dayOf(lang.Date{Precision: "monthday", Value: value}, written); got != want {
			t.Errorf("%s: %q, want %q", value, got, want)
		}
	}
	if got := dayOf(lang.Date{Precision: "monthday", Value: "--09-01"}, time.Time{}); got != "" {
		t.Errorf("of a text without a day: %q", got)
	}
}
