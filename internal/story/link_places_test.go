package story

import (
	"os"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/lang"
)

// TestLikeReleases: releases of one kind about events in different places, with equal figures, are no story; those of one event,
// each country's with its own dateline and some with fewer places, are. A kind alone is the smallest wire; all kinds in one are a small one.
func TestLikeReleases(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("testdata/places.tsv")
	if err != nil {
		t.Fatal(err)
	}
	base := time.Date(2026, 5, 5, 6, 0, 0, 0, time.UTC)
	var all []told
	var of []string
	for line := range strings.Lines(string(b)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) != 5 {
			t.Fatalf("%q", line)
		}
		after, err := time.ParseDuration(f[1] + "h")
		if err != nil {
			t.Fatal(err)
		}
		at, key := base.Add(after), f[0]+"/"+f[2]
		all = append(all, told{key, after, []Text{{ID: key, At: at, Traits: ReadTraits(lang.Tag(f[2]), f[3]+"\n"+f[4], at)}}})
		of = append(of, f[0])
	}
	kind := func(i int) string { k, _, _ := strings.Cut(of[i], "-"); return k }
	count := func(all []told, of []string, in []int, half byte) (same, right, other, wrong int) {
		for i := range all {
			for j := range i {
				a, _, _ := strings.Cut(of[i], "-")
				c, _, _ := strings.Cut(of[j], "-")
				if a[0] != half || c[0] != half {
					continue
				}
				switch {
				case of[i] == of[j]:
					same++
					if in[i] == in[j] {
						right++
					} else {
						t.Logf("apart: %s, %s", all[j].key, all[i].key)
					}
				case a == c:
					other++
					if in[i] == in[j] {
						wrong++
						t.Logf("together: %s, %s", all[j].key, all[i].key)
					}
				case in[i] == in[j]:
					wrong++
					t.Logf("of other kinds: %s, %s", all[j].key, all[i].key)
				}
			}
		}
		return
	}
	for _, half := range []byte{'+', '*'} {
		var same, right, other, wrong int
		for from := 0; from < len(all); {
			to := from
			for to < len(all) && kind(to) == kind(from) {
				to++
			}
			if of[from][0] == half {
				s, r, o, w := count(all[from:to], of[from:to], play(t, all[from:to]), half)
				same, right, other, wrong = same+s, right+r, other+o, wrong+w
			}
			from = to
		}
		s, r, o, w := count(all, of, play(t, all), half)
		if right*100 < same*98 || wrong > 0 || r*100 < s*95 || w > 0 {
			t.Errorf("%c: of one kind alone %d of %d together and %d wrongly, in one wire %d of %d and %d", half, right, same, wrong, r, s, w)
		}
		t.Logf("%c: of one kind alone: of %d pairs of one event %d are together, of %d of two %d; all in one wire: %d of %d, %d of %d", half, same, right, other, wrong, r, s, w, o)
	}
}

// What parts two texts by their places, and what does not: each side tells of the other's country, a city lies in its country, a dateline is
// no place of the event, and of a contested city nothing is concluded.
func TestElsewhere(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b  report
		clash bool
	}{
		{report{"az", "Gürcüstanla saziş imzalandı\nSənəd ticarətə aiddir."}, report{"en", "Agreement signed with Azerbaijan\nTBILISI, 2 June - The document is on trade."}, false},
		{report{"en", "Agreement with Turkey signed\nIt is on trade."}, report{"ru", "Подписано соглашение с Азербайджаном\nОно касается торговли."}, false},
		{report{"en", "Kazakhstan and Iran sign agreement\nIt is on trade."}, report{"ru", "В Актау подписано соглашение\nОно касается торговли."}, false},
		{report{"en", "Kazakhstan and Iran sign agreement\nIt is on trade."}, report{"ru", "Казахстан и Турция подписали соглашение\nОно касается торговли."}, true},
		{report{"en", "Kazakhstan and Iran sign agreement\nIt is on trade."}, report{"ru", "Казахстан, Иран и Турция подписали соглашение\nОно касается торговли."}, false},
		{report{"en", "Agreement signed in Baku\nIt is on trade."}, report{"ru", "В Актау подписано соглашение\nОно касается торговли."}, true},
		{report{"en", "Agreement signed in Istanbul\nIt is on trade."}, report{"ru", "Казахстан и Иран подписали соглашение\nОно касается торговли."}, false},
		{report{"en", "Earthquake shakes Tabriz\nNobody was hurt."}, report{"kk", "Алматыда жер сілкінісі болды\nЗардап шеккендер жоқ."}, true},
		{report{"en", "Earthquake shakes Tabriz\nNobody was hurt."}, report{"ru", "Землетрясение в Иране\nБАКУ, 2 июня. Пострадавших нет."}, false},
		{report{"en", "Earthquake shakes Jerusalem\nNobody was hurt."}, report{"ru", "Землетрясение в Тебризе\nПострадавших нет."}, false},
		{report{"fa", "زمین‌لرزه در تبریز\nدوشنبه زمین‌لرزه تبریز را لرزاند."}, report{"fa", "زمین‌لرزه در کویته\nدوشنبه زمین‌لرزه کویته را لرزاند."}, true},
		{report{"fa", "سیل روز دوشنبه\nکسی آسیب ندید."}, report{"en", "Flood in Tabriz\nNobody was hurt."}, false},
	} {
		a, b := read(c.a.lang, c.a.text, time.Time{}).Event, read(c.b.lang, c.b.text, time.Time{}).Event
		if a.Clashes(b) != c.clash || b.Clashes(a) != c.clash {
			t.Errorf("%q and %q: clash %v, want %v\n%+v\n%+v", c.a.text, c.b.text, a.Clashes(b), c.clash, a, b)
		}
	}
}
