package web

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	jalaali "github.com/jalaali/go-jalaali"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/wire"
)

// calendarWords are a language's month names: short as in a stamp, long as in a date, alone as in a
// date without a day.
type calendarWords struct{ short, long, alone [12]string }

func months(s string) (out [12]string) {
	copy(out[:], strings.Fields(s))
	return out
}

var (
	uzMonths = months("yanvar fevral mart aprel may iyun iyul avgust sentabr oktabr noyabr dekabr")
	azMonths = months("yanvar fevral mart aprel may iyun iyul avqust sentyabr oktyabr noyabr dekabr")
	urMonths = months("جنوری فروری مارچ اپریل مئی جون جولائی اگست ستمبر اکتوبر نومبر دسمبر")
	kkMonths = months("қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан")
	trMonths = months("Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık")
	enMonths = months("January February March April May June July August September October November December")

	// Gregorian months in Persian, as they stand before a year.
	faGregorian = months("ژانویهٔ فوریهٔ مارس آوریل مهٔ ژوئن ژوئیهٔ اوت سپتامبر اکتبر نوامبر دسامبر")
	faMonths    = months("فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند")
)

var words = map[lang.Tag]calendarWords{
	lang.EN: {months("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"), enMonths, enMonths},
	lang.RU: {months("янв. февр. мар. апр. мая июн. июл. авг. сент. окт. нояб. дек."),
		months("января февраля марта апреля мая июня июля августа сентября октября ноября декабря"),
		months("январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь")},
	lang.KK: {months("қаң. ақп. нау. сәу. мам. мау. шіл. там. қыр. қаз. қар. жел."), kkMonths, kkMonths},
	lang.UZ: {uzMonths, uzMonths, uzMonths},
	lang.TR: {months("Oca Şub Mar Nis May Haz Tem Ağu Eyl Eki Kas Ara"), trMonths, trMonths},
	lang.AZ: {azMonths, azMonths, azMonths},
	lang.UR: {urMonths, urMonths, urMonths},
	lang.FA: {faGregorian, faGregorian, faGregorian},
}

// digits writes the figures of s as the interface language t does: Eastern ones in Persian, Latin
// ones everywhere else.
func digits(t lang.Tag, s string) string {
	if t != lang.FA {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r - '0' + '۰'
		}
		return r
	}, s)
}

// number writes n with its thousands set apart as t does.
func number(t lang.Tag, n int64) string {
	s := strconv.FormatInt(n, 10)
	sep := map[lang.Tag]string{lang.EN: ",", lang.UR: ",", lang.FA: "٬", lang.TR: ".", lang.AZ: "."}[t]
	if sep == "" {
		sep = "\u00A0"
	}
	neg := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(s, "-")
	if len(s) > 4 || len(s) == 4 && (t == lang.EN || t == lang.UR || t == lang.FA) {
		for i := len(s) - 3; i > 0; i -= 3 {
			s = s[:i] + sep + s[i:]
		}
	}
	if neg {
		s = "−" + s
	}
	return digits(t, s)
}

// date writes a day; form is the month names to take, year false leaves the year out.
func date(ui lang.Tag, y int, m time.Month, d int, names [12]string, year bool) string {
	month := names[m-1]
	switch ui {
	case lang.FA:
		jy, jm, jd, err := jalaali.ToJalaali(y, m, d)
		if err != nil { // outside the calendar's exact range
			return digits(ui, fmt.Sprintf("%d %s %d", d, month, y))
		}
		if !year {
			return digits(ui, fmt.Sprintf("%d %s", jd, faMonths[jm-1]))
		}
		return digits(ui, fmt.Sprintf("%d %s %d", jd, faMonths[jm-1], jy))
	case lang.KK:
		if year {
			return fmt.Sprintf("%d ж. %d %s", y, d, month)
		}
	case lang.UZ:
		if year {
			return fmt.Sprintf("%d-yil %d-%s", y, d, month)
		}
		return fmt.Sprintf("%d-%s", d, month)
	case lang.RU:
		if year {
			return fmt.Sprintf("%d %s %d г.", d, month, y)
		}
	}
	if year {
		return fmt.Sprintf("%d %s %d", d, month, y)
	}
	return fmt.Sprintf("%d %s", d, month)
}

// faBeside is the Gregorian date that a Persian reader finds in brackets.
func faBeside(y int, m time.Month, d int) string {
	return digits(lang.FA, fmt.Sprintf(" (%d %s %d)", d, faGregorian[m-1], y))
}

// clock is hours and minutes.
func clock(ui lang.Tag, t time.Time) string { return digits(ui, t.Format("15:04")) }

// offset is a zone as UTC+5 or UTC+5:30.
func offset(t time.Time) string {
	_, s := t.Zone()
	if s == 0 {
		return "UTC"
	}
	sign := "+"
	if s < 0 {
		sign, s = "−", -s
	}
	if m := s % 3600 / 60; m != 0 {
		return fmt.Sprintf("UTC%s%d:%02d", sign, s/3600, m)
	}
	return fmt.Sprintf("UTC%s%d", sign, s/3600)
}

// stamp writes one instant in the zone that t carries: day, year, time and zone.
func stamp(ui lang.Tag, t time.Time) string {
	y, m, d := t.Date()
	comma := ", "
	switch ui {
	case lang.TR:
		comma = " "
	case lang.UR, lang.FA:
		comma = "، "
	}
	s := date(ui, y, m, d, words[ui].short, true) + comma + clock(ui, t) + " " + offset(t)
	if ui == lang.FA {
		s += faBeside(y, m, d)
	}
	return s
}

// longDate writes a day with its month in full: headings of the wire, dates of pages.
func longDate(ui lang.Tag, y int, m time.Month, d int) string {
	s := date(ui, y, m, d, words[ui].long, true)
	if ui == lang.FA {
		s += faBeside(y, m, d)
	}
	return s
}

// rowMonths are shorter than those of a stamp, where a language has such: the column of times is narrow.
var rowMonths = map[lang.Tag][12]string{
	lang.UZ: months("yan fev mar apr may iyn iyl avg sen okt noy dek"),
	lang.AZ: months("yan fev mar apr may iyn iyl avq sen okt noy dek"),
}

// dayMonth is a day without its year, as a row has it.
func dayMonth(ui lang.Tag, t time.Time) string {
	names, ok := rowMonths[ui]
	if !ok {
		names = words[ui].short
	}
	return date(ui, t.Year(), t.Month(), t.Day(), names, false)
}

// yearOf is the year of t as the interface language counts it, in its figures.
func yearOf(ui lang.Tag, t time.Time) string {
	y := t.Year()
	if ui == lang.FA {
		if jy, _, _, err := jalaali.ToJalaali(y, t.Month(), t.Day()); err == nil {
			y = jy
		}
	}
	return digits(ui, strconv.Itoa(y))
}

// shortDay is the day of t in the zone that t carries, with the year if that is not the year of now.
func shortDay(ui lang.Tag, t, now time.Time) string {
	if yearOf(ui, t) == yearOf(ui, now) {
		return dayMonth(ui, t)
	}
	return date(ui, t.Year(), t.Month(), t.Day(), words[ui].short, true)
}

func (q *request) shortDay(t time.Time) string {
	return shortDay(q.ui, t.In(q.zone), q.Now().In(q.zone))
}

// statedDate writes a date that a source gave, to its precision and not beyond; "" when it is none.
func statedDate(ui lang.Tag, d *wire.StatedDate) string {
	if d == nil {
		return ""
	}
	switch d.Precision {
	case "minute":
		for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00"} {
			if t, err := time.Parse(layout, d.Value); err == nil {
				return stamp(ui, t)
			}
		}
		for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05"} { // no zone stated: none shown
			if t, err := time.Parse(layout, d.Value); err == nil {
				comma := ", "
				if ui.Dir() == "rtl" {
					comma = "، "
				}
				return longDate(ui, t.Year(), t.Month(), t.Day()) + comma + clock(ui, t)
			}
		}
	case "day":
		if t, err := time.Parse("2006-01-02", d.Value); err == nil {
			return longDate(ui, t.Year(), t.Month(), t.Day())
		}
	case "month":
		if t, err := time.Parse("2006-01", d.Value); err == nil {
			month := words[ui].alone[t.Month()-1]
			switch ui {
			case lang.KK:
				return fmt.Sprintf("%d ж. %s", t.Year(), month)
			case lang.UZ:
				return fmt.Sprintf("%d-yil %s", t.Year(), month)
			case lang.RU:
				return fmt.Sprintf("%s %d г.", month, t.Year())
			}
			return digits(ui, fmt.Sprintf("%s %d", month, t.Year()))
		}
	case "year":
		if _, err := time.Parse("2006", d.Value); err == nil {
			switch ui {
			case lang.FA:
				return digits(ui, d.Value+" میلادی")
			case lang.KK:
				return d.Value + " ж."
			case lang.UZ:
				return d.Value + "-yil"
			case lang.RU:
				return d.Value + " г."
			}
			return d.Value
		}
	}
	return clean(d.Value)
}

// The same in the reader's language and zone.
func (q *request) clock(t time.Time) string { return clock(q.ui, t.In(q.zone)) }
func (q *request) stamp(t time.Time) string { return stamp(q.ui, t.In(q.zone)) }
