package story

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestReleasesThatDifferInAWord: forums on two subjects, ministers of two ministries, two quakes near one city and floods of two regions are two events, across languages too; the
// same in two languages is one.
func TestReleasesThatDifferInAWord(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("testdata/subjects.tsv")
	if err != nil {
		t.Fatal(err)
	}
	type release struct {
		lang string
		of   [2]Event
	}
	kinds := map[string][]release{}
	for row := range strings.Lines(string(b)) {
		f := strings.Split(strings.TrimSpace(row), "\t")
		if len(f) != 4 {
			continue
		}
		r := release{lang: f[1]}
		for i := range r.of {
			r.of[i] = read(f[1], f[2+i]+"\n"+f[2+i]+".", time.Date(2025, 7, 18, 8, 0, 0, 0, time.UTC)).Event
		}
		kinds[f[0]] = append(kinds[f[0]], r)
	}
	for kind, of := range kinds {
		all, apart, own := 0, 0, []string{}
		for _, a := range of {
			if !a.of[0].Clashes(a.of[1]) {
				own = append(own, a.lang)
			}
			for _, b := range of {
				all++
				if a.of[0].Clashes(b.of[1]) {
					apart++
				}
				for i := range a.of {
					if why := a.of[i].Against(b.of[i]); why != "" {
						t.Errorf("%s: %s and %s tell one event, %s", kind, a.lang, b.lang, why)
					}
				}
			}
		}
		slices.Sort(own)
		t.Logf("%s: %d of %d pairs are told apart; not within %q", kind, apart, all, own)
		if len(of) < 15 || len(own) > 0 || apart < all {
			t.Errorf("%s: %d languages", kind, len(of))
		}
	}
	for _, c := range []struct{ a, b, why string }{
		{"Dollar rate on 17 July\nThe rate is 85.", "Dollar rate on 18 July\nThe rate is 86.", "day"},
		{"Dollar rate on 17 July\nThe rate is 85.", "Bank tells dollar rate on 17 July\nThe rate is 85.", ""},
		{"Quake of magnitude 5.1 strikes near Kabul\nIt was felt.", "Quake of magnitude 5.4 strikes near Kabul\nIt was felt.", ""}, // as another service measures it
		{"Forum on water opens in Tashkent\nWater and tourism were discussed.", "Forum on tourism opens in Tashkent\nTourism was discussed.", ""},
		{"Flood in Osh region destroys 40 houses\nBatken region suffered too.", "Flood in Batken region destroys 40 houses\nIt came at night.", ""},
		{"President receives ambassador of Turkey\nThe president of Koksay received him.", "President receives ambassador of China\nThe president of Koksay received him.", "parties"},
		{"Ambassador of Turkey to Kazakhstan received\nHe was received.", "President of Kazakhstan receives Turkish ambassador\nHe was received.", ""},
		{"School opens in Osh\nA school was opened in Osh.", "School opens in Karakol\nA school was opened in Karakol.", "place"},
		{"School opens in Osh\nA school was opened in Osh.", "School opens in Osh region\nA school was opened in Osh.", ""},
	} {
		at := time.Date(2025, 7, 18, 8, 0, 0, 0, time.UTC)
		if why := read("en", c.a, at).Event.Against(read("en", c.b, at).Event); why != c.why {
			t.Errorf("%q, %q: %q, not %q", c.a, c.b, why, c.why)
		}
	}
	turkey, china := "Президент принял посла Турции\nПрезидент Коксая принял его.", "Президент принял посла Китая\nПрезидент Коксая принял его."
	if why := read("ru", turkey, time.Time{}).Event.Against(read("ru", china, time.Time{}).Event); why != "parties" {
		t.Errorf("ambassadors in Russian: %q", why)
	}
}
