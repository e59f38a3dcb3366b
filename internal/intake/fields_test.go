package intake

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/lang"
)

// The figures of docs/reading-pages.md on what a text says of itself: whether it is cut off, whose it is, who took the picture, who
// wrote it, whether a machine translated it, when it was published. JARCHI_SHOW=1 names what went wrong.
func TestGeneratedFields(t *testing.T) {
	if raceEnabled || testing.Short() {
		t.Skip("thousands of texts are measured without the race detector only")
	}
	t.Parallel()
	count := map[string][2]int{} // right, of
	wrong := map[string]int{}
	note := func(what string, v vocabulary, ok bool, show string) {
		c := count[what]
		c[1]++
		if ok {
			c[0]++
		} else {
			wrong[fmt.Sprintf("%s %s: %s", what, v.lang, show)]++
		}
		count[what] = c
	}
	var cut struct{ tp, fp, fn, n int }
	each := 4
	if testing.Verbose() { // the whole set is a measure, a part of it a test
		each = 16
	}
	for _, v := range vocabularies(t) {
		for i := range each {
			for _, page := range []bool{false, true} {
				r := rand.New(rand.NewPCG(uint64(i), uint64(v.lang[0])<<8+uint64(v.lang[1])))
				held := i % 2
				name := []string{"seen", "fresh"}[held]
				s := v.story(r, r.IntN(4))
				chain := v.chains[r.IntN(len(v.chains))]
				agency := v.agencies[r.IntN(len(v.agencies))]
				say := strings.ReplaceAll(chain.text, "{a}", agency)
				at := r.IntN(2)
				s.paras[at] += " " + say
				if v.lang == lang.ZH {
					s.paras[at] = strings.Replace(s.paras[at], " ", "", 1)
				}
				line := v.fill(r, v.dateline[r.IntN(2)])
				s.paras[0] = line + " " + s.paras[0]
				credit, byline, mt := v.fill(r, v.credit[held]), v.byline[held], v.mt[held]
				lines := []string{s.head}
				if i%4 < 2 {
					lines = append(lines, v.published[held]+" 12.06.2026 14:30")
				}
				lines = append(lines, byline)
				lines = append(lines, s.paras...)
				lines = append(lines, credit)
				if i%4 > 1 {
					lines = append(lines, mt)
				}
				a, ok := readGenerated(t, lines, page)
				if !ok {
					continue
				}
				note("credits "+name, v, slices.Contains(a.Credits, credit), fmt.Sprintf("%q not %q", a.Credits, credit))
				note("bylines "+name, v, slices.ContainsFunc(a.Bylines, func(b string) bool { return b == byline }), fmt.Sprintf("%q not %q", a.Bylines, byline))
				note("machine translation "+name, v, a.MachineTranslated == (i%4 > 1), fmt.Sprintf("%v: %q", a.MachineTranslated, mt))
				note("publication date "+name, v, (a.Date != nil && a.Date.Value == "2026-06-12T14:30") == (i%4 < 2), fmt.Sprintf("%+v: %q", a.Date, v.published[held]))
				note("datelines", v, strings.TrimRight(a.Dateline, " .–—-") == strings.TrimRight(line, " .–—-"), fmt.Sprintf("%q not %q", a.Dateline, line))
				var got []string
				for _, x := range a.Attribution {
					if x.Relation != PublishedBy {
						got = append(got, x.Relation+" "+x.Source)
					}
				}
				right := len(got) == len(chain.want)
				for _, w := range chain.want {
					w = strings.ReplaceAll(w, "{a}", agency)
					relation, source, _ := strings.Cut(w, " ")
					right = right && slices.ContainsFunc(got, func(g string) bool {
						is, found, _ := strings.Cut(g, " ")
						return is == relation && (strings.Contains(foldLine(found), foldLine(source)) || strings.Contains(foldLine(source), foldLine(found)) && len(found)*2 > len(source))
					})
				}
				note(fmt.Sprintf("attribution, %d links", len(chain.want)), v, right, fmt.Sprintf("%q not %q in %q", got, chain.want, say))

				// Cut off or not: in mid-word or mid-sentence, with dots, in a number, by a lead to the rest; or whole, also
				// behind a signature, a quotation or a list.
				s = v.story(r, r.IntN(4))
				how := i % 8
				last := len(s.paras) - 1
				p := []rune(s.paras[last])
				wantCut := true
				tail := ""
				switch how {
				case 0:
					s.paras[last] = strings.TrimRight(string(p[:len(p)*(40+r.IntN(40))/100]), " .。۔")
				case 1:
					s.paras[last] = strings.TrimRight(string(p[:len(p)*(30+r.IntN(50))/100]), " .。۔") + []string{"...", "…"}[r.IntN(2)]
				case 2:
					words := strings.Fields(string(p[:len(p)*7/10]))
					s.paras[last] = strings.Join(words, " ") + fmt.Sprintf(" %d.", 2+r.IntN(7))
					if v.lang == lang.ZH {
						s.paras[last] = string(p[:len(p)*7/10]) + fmt.Sprintf("%d.", 2+r.IntN(7))
					}
				case 3:
					tail = v.more[held]
				case 4:
					wantCut = false
				case 5:
					wantCut, tail = false, v.furniture[held][r.IntN(len(v.furniture[held]))]
				case 6:
					wantCut, tail = false, v.fill(r, v.credit[held])
				case 7:
					wantCut, tail = false, v.byline[held]
				}
				lines = append([]string{s.head}, s.paras...)
				if tail != "" {
					lines = append(lines, v.fill(r, tail))
				}
				if a, ok = readGenerated(t, lines, page); !ok {
					continue
				}
				cut.n++
				switch {
				case a.Truncated && wantCut:
					cut.tp++
				case a.Truncated:
					cut.fp++
				case wantCut:
					cut.fn++
				}
				if a.Truncated != wantCut {
					end := a.Paragraphs[len(a.Paragraphs)-1]
					if n := utf8.RuneCountInString(end); n > 60 {
						end = string([]rune(end)[n-60:])
					}
					wrong[fmt.Sprintf("cut %s kind %d want %v: …%s | %s", v.lang, how, wantCut, end, tail)]++
				}
			}
		}
	}
	var names []string
	for n := range count {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		t.Logf("%-28s %5.1f %% of %d", n, percent(count[n][0], count[n][1]), count[n][1])
	}
	p, r := float64(cut.tp)/float64(max(1, cut.tp+cut.fp)), float64(cut.tp)/float64(max(1, cut.tp+cut.fn))
	t.Logf("cut-off texts: precision %.3f recall %.3f F1 %.3f of %d", p, r, 2*p*r/(p+r), cut.n)
	if 2*p*r/(p+r) < 0.95 {
		t.Error("cut-off texts are not told well enough")
	}
	if os.Getenv("JARCHI_SHOW") != "" {
		var list []string
		for s, n := range wrong {
			list = append(list, fmt.Sprintf("%dx %s", n, s))
		}
		slices.Sort(list)
		for _, s := range list {
			t.Log(s)
		}
	}
}

// readGenerated reads lines as a raw text or as a page of paragraphs.
func readGenerated(t *testing.T, lines []string, page bool) (Article, bool) {
	t.Helper()
	doc := Document{ContentType: "text/plain; charset=utf-8", Bytes: []byte(strings.Join(lines, "\n") + "\n")}
	if page {
		doc.ContentType = "text/html; charset=utf-8"
		doc.Bytes = []byte("<html><head><title>" + lines[0] + "</title></head><body><div class=text><h1>" + lines[0] + "</h1><p>" + strings.Join(lines[1:], "</p>\n<p>") + "</p></div></body></html>")
	}
	articles, err := Read(doc, testNow)
	if err != nil {
		t.Errorf("%q: %v", lines[0], err)
		return Article{}, false
	}
	return articles[0], true
}
