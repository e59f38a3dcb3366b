package intake

import (
	"crypto/sha256"
	"encoding/hex"
	"html"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/lang"
)

var testNow = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// sharedSample reads one of the shared press reports, which are not part of the repository.
func sharedSample(t testing.TB, name string) []byte {
	t.Helper()
	shared := os.Getenv("JARCHI_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	b, err := os.ReadFile(filepath.Join(shared, "samples", name))
	if err != nil {
		t.Skipf("no shared samples (set JARCHI_SHARED): %v", err)
	}
	return b
}

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

var sampleNames = []string{"000_16a40d38f141b0b0.txt", "001_32cc9811ad68b415.txt", "002_87f847a6d181454e.txt", "003_23a63cbc857a289d.txt", "004_284f50cf403ab954.txt"}

func TestTheFiveReportsAreSixArticles(t *testing.T) {
	t.Parallel()
	type want struct {
		head, body string // sha-256; "" for no headline
		tag        lang.Tag
		date       string
		cut, mt    bool
		removed    []string // the short ones as they are, long ones by hash
		credits    []string
		chain      []string
		dateline   string
	}
	for i, wants := range [][]want{
		{{
			head: "55e5358a72b55889f4aa3255e3a7d215b6a3153fda7514cf35533af282f5258e", body: "2ecf3b3b9f54043c45a7a772ae2859def3632074383cb78e1ab37d6dc8f8cd12",
			tag: lang.UZ, date: "2025-07-17", mt: true, removed: []string{"5ab636ca2c4ae7e7d1360d0e572a6be20522c8bfa5ea3a55de6205ae88c4bd0f", "615321ec461bb1432553fb50478e55abfe6bd9ca2c38be086d97cc2b4379f74d", "error:"},
			credits: []string{"TIV"}, chain: []string{"published-by ИА Караван Инфо"}, dateline: "06ab0f4eed15eac09d606bd76897c98be8ea3108fcf3cf996ef126ff36ba136f",
		}},
		{{
			head: "7fb9b3614a1e9f693cb7042683c17e421b87e43ec74fea1efc4bf921dcddfddf", body: "7ec0ec001984607bb08a130995c8b33f0738c7453944fc3de0412da6b815c267",
			tag: lang.UR, date: "2025-07-11", cut: true, removed: []string{"اشاعت کی تاریخ: 11th, July 2025 GMT", "ذریعہ: Daily Mumtaz", "کلیدی لفظ: ایس سی او", "پڑھیں:"},
			chain: []string{"published-by Daily Mumtaz"}, dateline: "بیجنگ",
		}, {
			head: "82447fb7c17d4a870e3823f9c979de536a97c1dc3154b649dbfefd874e900778", body: "1186a9a7504f9ecba23929861205de8c3060a2ba7ba3ddd4fd2c692c22658030",
			tag: lang.UR, removed: []string{"Post Views: 1"}, dateline: "بیجنگ(نیوز ڈیسک)",
		}},
		{{
			head: "12699771d9193495ba4a2bd9e35f2ecbf93738ce9e18cee013b94231d007ad45", body: "3b3a6560a7ab4a30ddf5188d8470e61f66eb0df9b4d831fb22dc645ac7d3837d",
			tag: lang.KK, date: "2026-01-08", removed: []string{"date 2026-01-08"}, credits: []string{"gov.kz"},
			chain: []string{"original баспасөз қызметінен"},
		}},
		{{
			head: "98cb4c3e8a08455039356e7722cee8b738117bdd052a014b226b2faffa6ac08b", body: "368394a313b2bf26b0d01fd0538396bc13db75f231d86b5503a56065da057911",
			tag: lang.KK, removed: []string{"1126", "5393b01cec67cacc28733fcc763d68abf549d098d86592fdf35033042e14c7fd", "Орфографическая ошибка в тексте:", "Отмена Отправить"},
		}},
		{{
			body: "f7b5ef1b57a4623e9b62cc091eca34ccd7f4863661cc54bd23e57dcc336d6824",
			tag:  lang.FA, chain: []string{"original اداره ارتباطات ترکیه", "quoted-by دیلی صباح", "translated-by واحد ترجمه"},
		}},
	} {
		raw := sharedSample(t, sampleNames[i])
		articles, err := Read(Document{Name: sampleNames[i], Bytes: raw}, testNow)
		if err != nil {
			t.Errorf("%s: %v", sampleNames[i], err)
			continue
		}
		if len(articles) != len(wants) {
			t.Errorf("%s: %d articles, want %d", sampleNames[i], len(articles), len(wants))
			continue
		}
		for n, a := range articles {
			w := wants[n]
			errorf := func(format string, args ...any) {
				t.Helper()
				t.Errorf("%s article %d: "+format, append([]any{sampleNames[i], n + 1}, args...)...)
			}
			if a.N != n+1 {
				errorf("N = %d", a.N)
			}
			if w.head == "" && a.Headline != "" || w.head != "" && hash(a.Headline) != w.head {
				errorf("headline %q", a.Headline)
			}
			if hash(strings.Join(a.Paragraphs, "\n")) != w.body {
				errorf("body of %d paragraphs is not the page's", len(a.Paragraphs))
			}
			if a.Detection.Tag != w.tag {
				errorf("language %v", a.Detection)
			}
			switch {
			case w.date == "" && a.Date != nil, w.date != "" && (a.Date == nil || a.Date.Value != w.date || a.Date.Precision != "day"):
				errorf("date %+v, want %q", a.Date, w.date)
			}
			if a.Truncated != w.cut || a.MachineTranslated != w.mt {
				errorf("cut %v, machine translated %v", a.Truncated, a.MachineTranslated)
			}
			if a.Dateline != w.dateline && hash(a.Dateline) != w.dateline {
				errorf("dateline %q", a.Dateline)
			}
			removed := slices.Clone(a.Removed)
			for j := range removed {
				if j < len(w.removed) && len(w.removed[j]) == 64 {
					removed[j] = hash(removed[j])
				}
			}
			if !slices.Equal(removed, w.removed) {
				errorf("removed %q", a.Removed)
			}
			contains := func(what string, got, want []string) {
				ok := len(got) == len(want)
				for j := 0; ok && j < len(got); j++ {
					ok = strings.Contains(got[j], want[j][strings.IndexByte(want[j], ' ')+1:]) && strings.HasPrefix(got[j], want[j][:strings.IndexByte(want[j], ' ')+1])
				}
				if !ok {
					errorf("%s %q, want %q", what, got, want)
				}
			}
			contains("credits", a.Credits, w.credits)
			var chain []string
			for _, at := range a.Attribution {
				chain = append(chain, at.Relation+" "+at.Source)
			}
			contains("chain", chain, w.chain)
			whole := a.Headline + "\n" + strings.Join(a.Paragraphs, "\n")
			for _, gone := range []string{"error:", "Post Views", "1126", "Отмена", "date 2026-01-08", "sun'iy intellekt yordamida", "کلیدی لفظ", "CTRL"} {
				if strings.Contains(whole, gone) {
					errorf("%q is still in the text", gone)
				}
			}
			checkItem(t, a, Document{Bytes: raw})
		}
	}
}

// A report says the same as a raw text and as a page, whether its lines are paragraphs or are broken
// by line breaks.
func TestTheFiveReportsAsPages(t *testing.T) {
	t.Parallel()
	for _, name := range sampleNames {
		raw := sharedSample(t, name)
		want, err := Read(Document{Bytes: raw}, testNow)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(html.EscapeString(string(raw)), "\n")
		for shape, body := range map[string]string{
			"paragraphs":  "<p>" + strings.Join(lines, "</p>\n<p>") + "</p>",
			"line breaks": "<div class=text>" + strings.Join(lines, "<br>\n") + "</div>",
		} {
			got, err := Read(Document{Bytes: []byte("<html><head><meta charset=utf-8></head><body>" + body + "</body></html>")}, testNow)
			if err != nil {
				t.Errorf("%s as %s: %v", name, shape, err)
				continue
			}
			if len(got) != len(want) {
				t.Errorf("%s as %s: %d articles, want %d", name, shape, len(got), len(want))
				continue
			}
			for i := range got {
				if !reflect.DeepEqual(got[i], want[i]) {
					t.Errorf("%s as %s: article %d differs", name, shape, i+1)
				}
			}
		}
	}
}
