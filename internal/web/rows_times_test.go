package web

import (
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/testkit/chromium"
)

// TestTheYearOfAnOldRow: where no heading tells the day, a row of another year shows its year in place of the time, as the reader
// counts it.
func TestTheYearOfAnOldRow(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	for i := range x.entries {
		x.entries[i].At = time.Date(2025, 9, 28, 12, 0, 0, 0, time.UTC)
	}
	h := newHandler(t, x)
	for ui, want := range map[lang.Tag][2]string{
		"en": {"28 Sep", "2025"}, "ru": {"28 сент.", "2025"}, "kk": {"28 қыр.", "2025"}, "uz": {"28-sen", "2025"}, "tr": {"28 Eyl", "2025"},
		"az": {"28 sen", "2025"}, "ur": {"28 ستمبر", "2025"}, "fa": {"۶ مهر", "۱۴۰۴"},
	} {
		year := `<span>` + want[0] + `</span> <span class="under is-year">` + want[1] + `</span>`
		word := "/?q=" + url.QueryEscape("Көксай") + "&ui=" + string(ui)
		if body := get(t, h, word+"&sort=relevance").Body.String(); !strings.Contains(body, year) {
			t.Errorf("%s: a list by relevance has no %s", ui, year)
		}
		if body := get(t, h, word).Body.String(); strings.Contains(body, "is-year") || !strings.Contains(body, `<span>`+want[0]+`</span> <span class="under">`) {
			t.Errorf("%s: a list under days does not show day and time", ui)
		}
	}
}

// TestTimesFitTheirColumn: the longest day of every month stands in the column of times on one line, in every language.
func TestTimesFitTheirColumn(t *testing.T) {
	b := chromium.Open(t)
	x := newExchange(t)
	srv := httptest.NewServer(newHandler(t, x))
	defer srv.Close()
	for _, ui := range interfaceLanguages {
		var days []string
		for at := time.Date(2026, 1, 28, 12, 0, 0, 0, time.UTC); at.Year() == 2026; at = at.AddDate(0, 0, 1) {
			days = append(days, dayMonth(ui, at))
		}
		b.Open(1280, 900, srv.URL+"/?ui="+string(ui))
		list, err := json.Marshal(days)
		if err != nil {
			t.Fatal(err)
		}
		for _, size := range []string{"100%", "200%"} { // the column grows with the reader's own size of letters
			wide := chromium.Eval[string](b, `(() => {
				document.documentElement.style.fontSize = '`+size+`';
				const cell = [...document.querySelectorAll('.row-time')].find(e => e.offsetParent);
				if (!cell) return '`+size+`' === '100%' ? 'no column of times' : '';
				cell.innerHTML = '<span></span> <span class="under"></span>';
				const text = cell.querySelector('span'), under = cell.querySelector('.under');
				return `+string(list)+`.filter(d => { text.textContent = under.textContent = d; return text.getBoundingClientRect().width > cell.clientWidth + 1; }).join(', ');
			})()`)
			if wide != "" {
				t.Errorf("%s at %s: wider than the column: %s", ui, size, wide)
			}
		}
	}
}
