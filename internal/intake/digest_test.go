package intake

import (
	"fmt"
	"html"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// How a page of several short articles shows them: what stands before a headline, around it, below it and behind its article; and how
// the same site writes the subheadings of one article.
var digests = []struct {
	name                             string
	open, first, head, below, behind string // %s: the headline; {by}, {at}, {frame}
	sub, shut                        string
}{
	{"own elements with author and date", "<div class=feed>", "<div class=item><h2>%s</h2><div class=meta>{by}</div><div class=meta>{at}</div>", "<div class=item><h2>%s</h2><div class=meta>{by}</div><div class=meta>{at}</div>", "", "<div class=tools>{frame}</div></div>", "<h3>%s</h3>", "</div>"},
	{"headlines are links", "<div id=text>", "<h2><a href=/2026/a.html>%s</a></h2>", "<h2><a href=/2026/b{n}.html>%s</a></h2>", "", "", "<h3>%s</h3>", "</div>"},
	{"all below h2", "<div class=post-body>", "<h2>%s</h2>", "<h2>%s</h2>", "", "", "<h3>%s</h3>", "</div>"},
	{"the first below h1", "<div class=post-body>", "<h1>%s</h1>", "<h2>%s</h2>", "", "", "<h2>%s</h2>", "</div>"},
	{"a tool below each", "<section>", "<h3 id=n0>%s</h3>", "<h3 id=n{n}>%s</h3>", "", "<p><a href=\"#n{n}\">{frame}</a></p>", "<h4>%s</h4>", "</section>"},
}

type digest struct {
	tag     lang.Tag
	frame   []string
	byline  string
	stories []story
	single  []block
}

func digestSites(t *testing.T) (out []digest) {
	t.Helper()
	files, err := filepath.Glob("testdata/digest/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		d := digest{tag: lang.Tag(strings.TrimSuffix(filepath.Base(f), ".txt"))}
		for row := range strings.Lines(string(raw)) {
			key, rest, _ := strings.Cut(strings.TrimSpace(row), ": ")
			list := strings.Split(rest, " | ")
			switch key {
			case "frame":
				d.frame = list
			case "byline":
				d.byline = rest
			case "story":
				d.stories = append(d.stories, story{list[0], list[1:]})
			case "single":
				for i, p := range list {
					role := isBody
					if sub, ok := strings.CutPrefix(p, "# "); ok {
						p, role = sub, isSubhead
					} else if i == 0 {
						role = isHead
					}
					d.single = append(d.single, block{p, role})
				}
			}
		}
		out = append(out, d)
	}
	return out
}

// page makes a page of blocks: heads begin articles.
func (d digest) page(layout int, blocks []block) Document {
	l := digests[layout]
	var b strings.Builder
	fmt.Fprintf(&b, "<!DOCTYPE html><html lang=%q><head><meta charset=utf-8><title>%s</title></head><body>\n%s", d.tag, html.EscapeString(blocks[0].text), l.open)
	n := 0
	fill := func(s string) string {
		return strings.NewReplacer("{by}", d.byline, "{at}", fmt.Sprintf("%d.06.2026", 10+n), "{frame}", d.frame[0], "{n}", fmt.Sprint(n)).Replace(s)
	}
	for i, x := range blocks {
		text := html.EscapeString(x.text)
		switch x.role {
		case isHead:
			head := l.head
			if i == 0 {
				head = l.first
			} else {
				b.WriteString(fill(l.behind))
			}
			fmt.Fprintf(&b, fill(head)+"\n", text)
			n++
		case isSubhead:
			fmt.Fprintf(&b, l.sub+"\n", text)
		default:
			fmt.Fprintf(&b, "<p>%s</p>\n", text)
		}
	}
	b.WriteString(fill(l.behind) + l.shut + "<p>" + d.frame[1] + "</p><p>" + d.frame[2] + "</p></body></html>")
	return Document{Name: l.name, ContentType: "text/html; charset=utf-8", Bytes: []byte(b.String())}
}

// The figures of docs/reading-pages.md on pages of several short articles below headings of one kind, without a lead, and on single
// articles with subheadings on such sites.
func TestDigests(t *testing.T) {
	t.Parallel()
	has := func(list []string, s string) bool {
		return slices.ContainsFunc(list, func(x string) bool { return same(x, s) })
	}
	pages, leaks, found := map[string]int{}, map[string]float64{}, map[string]int{}
	apart, singles := 0, 0
	for _, d := range digestSites(t) {
		for layout, l := range digests {
			for several := 2; several <= 4; several++ {
				for from := range d.stories {
					if !testing.Verbose() && (layout+several+from)%2 == 1 {
						continue // the whole set is a measure, a part of it a test
					}
					var blocks []block
					var on []story
					for i := range several {
						s := d.stories[(from+i)%len(d.stories)]
						on = append(on, s)
						blocks = append(blocks, block{s.head, isHead})
						for _, p := range s.paras {
							blocks = append(blocks, block{p, isBody})
						}
					}
					articles, err := Read(d.page(layout, blocks), testNow)
					if err != nil {
						t.Fatal(err)
					}
					leaked, all, right := 0, 0, len(articles) == len(on)
					for i, s := range on {
						right = right && same(articles[i].Headline, s.head)
						for _, p := range s.paras {
							right = right && has(articles[i].Paragraphs, p)
							if i > 0 {
								all++
								if has(articles[0].Paragraphs, p) {
									leaked++
								}
							}
						}
					}
					for _, k := range []string{"all", l.name, string(d.tag), fmt.Sprint(several)} {
						pages[k]++
						leaks[k] += float64(leaked) / float64(all)
						if right {
							found[k]++
						}
					}
					if !right && os.Getenv("JARCHI_SHOW") != "" {
						t.Logf("%s, %s, %d: %d articles, leaked %d of %d", d.tag, l.name, several, len(articles), leaked, all)
					}
				}
			}
			one := [][]block{d.single}
			for _, s := range d.stories {
				blocks := []block{{s.head, isHead}}
				for _, p := range s.paras {
					blocks = append(blocks, block{p, isBody})
				}
				one = append(one, blocks)
			}
			for _, blocks := range one {
				articles, err := Read(d.page(layout, blocks), testNow)
				if err != nil {
					t.Fatal(err)
				}
				if singles++; len(articles) > 1 {
					apart++
					t.Logf("%s, %s: taken apart at %q", d.tag, l.name, articles[1].Headline)
				}
			}
		}
	}
	for _, k := range slices.Sorted(keysOf(pages)) {
		t.Logf("%-36s %3d pages: leaked %5.1f %%, all found %5.1f %%", k, pages[k], 100*leaks[k]/float64(pages[k]), percent(found[k], pages[k]))
	}
	if leaks["all"] > 0.06*float64(pages["all"]) || percent(found["all"], pages["all"]) < 94 {
		t.Errorf("of %d pages %.1f leaked and all were found on %d", pages["all"], leaks["all"], found["all"])
	}
	t.Logf("%d of %d single articles taken apart", apart, singles)
	if apart*100 > singles {
		t.Errorf("%d of %d single articles are taken apart", apart, singles)
	}
}

// Raw texts of three and four articles below plain headlines between rows of signs, or below headlines in capitals, are as many; an article with
// its subheadings shown so is one.
func TestPartedTexts(t *testing.T) {
	t.Parallel()
	for _, way := range []struct {
		name, between string
		capitals      bool
		least         int // in a hundred
	}{{"stars", "* * *\n\n", false, 75}, {"dashes", "------------------\n\n", false, 75}, {"capitals", "", true, 75}, {"capitals and dashes", "----------\n\n", true, 75}} {
		pages, found := 0, 0
		write := func(blocks []block) int {
			var b strings.Builder
			for i, x := range blocks {
				if x.role != isBody && i > 0 {
					b.WriteString(way.between)
				}
				if x.role != isBody && way.capitals {
					x.text = strings.ToUpper(x.text)
				}
				b.WriteString(x.text + "\n\n")
			}
			articles, err := Read(Document{ContentType: "text/plain; charset=utf-8", Bytes: []byte(b.String())}, testNow)
			if err != nil {
				t.Fatal(err)
			}
			return len(articles)
		}
		for _, d := range digestSites(t) {
			if way.capitals && (d.tag == "ar" || d.tag == "ko") {
				continue // scripts without capitals
			}
			if n := write(d.single); n != 1 {
				t.Errorf("%s, %s: one article with subheadings is %d", way.name, d.tag, n)
			}
			for several := 3; several <= 4; several++ {
				for from := range d.stories {
					var blocks []block
					for i := range several {
						s := d.stories[(from+i)%len(d.stories)]
						blocks = append(blocks, block{s.head, isHead})
						for _, p := range s.paras {
							blocks = append(blocks, block{p, isBody})
						}
					}
					if pages++; write(blocks) == several {
						found++
					}
				}
			}
		}
		t.Logf("%s: all found on %d of %d pages", way.name, found, pages)
		if found*100 < way.least*pages {
			t.Errorf("%s: all articles are found on %d of %d pages", way.name, found, pages)
		}
	}
}

// The numbers of a bulletin's articles, in digits of any script, are taken off and listed.
func TestNumberedTexts(t *testing.T) {
	t.Parallel()
	for _, numbers := range [][]string{{"[1]", "[2]", "[3]"}, {"1.", "2.", "3."}, {"۱)", "۲)", "۳)"}} {
		for _, d := range digestSites(t) {
			var b strings.Builder
			for i, s := range d.stories[:len(numbers)] {
				if i > 0 {
					b.WriteString("* * *\n\n")
				}
				b.WriteString(numbers[i] + " " + s.head + "\n\n" + strings.Join(s.paras, "\n\n") + "\n\n")
			}
			articles, err := Read(Document{ContentType: "text/plain; charset=utf-8", Bytes: []byte(b.String())}, testNow)
			if err != nil || len(articles) != len(numbers) {
				t.Errorf("%s, %s: %d articles, %v", d.tag, numbers[0], len(articles), err)
				continue
			}
			for i, a := range articles {
				if a.Headline != d.stories[i].head || !slices.Contains(a.Removed, numbers[i]) {
					t.Errorf("%s: %q, removed %q", d.tag, a.Headline, a.Removed)
				}
			}
		}
	}
}

// Ten articles of two paragraphs below h1 and h2 with nothing between are as many.
func TestLongLists(t *testing.T) {
	t.Parallel()
	byLang := map[string][]story{}
	for _, d := range digestSites(t) {
		byLang[string(d.tag)] = d.stories
	}
	for _, dir := range slices.Sorted(keysOf(laterLayouts)) {
		for _, s := range laterSites(t, dir) {
			for _, x := range s.stories {
				a := story{head: x.head}
				for _, b := range x.blocks(isHead, isBody)[1:] {
					a.paras = append(a.paras, b.text)
				}
				if len(a.paras) >= 2 {
					byLang[string(s.lang)] = append(byLang[string(s.lang)], a)
				}
			}
		}
	}
	const several = 10
	pages, found := 0, 0
	for _, tag := range slices.Sorted(keysOf(byLang)) {
		all := byLang[tag]
		for from := 0; from < len(all) && len(all) >= several; from += 2 {
			var b strings.Builder
			for i := range several {
				s, level := all[(from+i)%len(all)], "h2"
				if i == 0 {
					level = "h1"
				}
				fmt.Fprintf(&b, "<%s>%s</%s><p>%s</p>", level, html.EscapeString(s.head), level, strings.Join(escaped(s.paras[:2]), "</p><p>"))
			}
			articles, err := Read(Document{ContentType: "text/html; charset=utf-8", Bytes: []byte("<html><body><div class=text>" + b.String() + "</div></body></html>")}, testNow)
			if err != nil {
				t.Fatal(err)
			}
			if pages++; len(articles) == several {
				found++
			}
		}
	}
	t.Logf("all %d found on %d of %d pages", several, found, pages)
	if pages == 0 || found*100 < 85*pages {
		t.Errorf("all %d articles are found on %d of %d pages", several, found, pages)
	}
}

// Real articles of the article-extraction set, which no weight of the signs of lists was fitted to: one of them in parts below long headings, the
// first words of each part, must stay whole; the beginnings of as many below h1 and h2 with nothing between are a list of articles.
func TestListsOfRealArticles(t *testing.T) {
	if !testing.Verbose() {
		t.Skip("a measure")
	}
	t.Parallel()
	var all []story
	for _, x := range extractions(t) {
		articles, err := Read(Document{Name: x.name, ContentType: "text/html", URL: x.url, Bytes: x.page}, testNow)
		if err != nil || !opensArticle(articles[0].Headline) {
			continue
		}
		a := story{head: articles[0].Headline}
		for row := range strings.Lines(x.truth) {
			if s, _ := cleanLine(row); !same(s, a.head) && bodyLike(s) {
				a.paras = append(a.paras, s)
			}
		}
		if len(a.paras) >= 6 {
			all = append(all, a)
		}
	}
	count := func(heads, paras []string, each int) int {
		var b strings.Builder
		fmt.Fprintf(&b, "<html><head><title>%s</title></head><body><div class=text>", html.EscapeString(heads[0]))
		for i, h := range heads {
			tag := map[bool]string{true: "h1", false: "h2"}[i == 0]
			fmt.Fprintf(&b, "<%s>%s</%s><p>%s</p>", tag, html.EscapeString(h), tag, strings.Join(escaped(paras[i*each:(i+1)*each]), "</p><p>"))
		}
		articles, err := Read(Document{ContentType: "text/html; charset=utf-8", Bytes: []byte(b.String() + "</div></body></html>")}, testNow)
		if err != nil {
			t.Fatal(err)
		}
		return len(articles)
	}
	ones, apart := 0, 0
	for each := 2; each <= 4; each++ {
		for _, several := range []int{2, 3, 4, 6, 8, 12} {
			found := 0
			for i, a := range all {
				if len(a.paras) >= each*several {
					heads := []string{a.head}
					for k := 1; k < several; k++ {
						heads = append(heads, strings.TrimRight(firstWords(a.paras[k*each], 9), ".,:;"))
					}
					if ones++; count(heads, a.paras, each) > 1 {
						apart++
					}
				}
				var heads, paras []string
				for k := range several {
					o := all[(i+7*k)%len(all)]
					heads, paras = append(heads, o.head), append(paras, o.paras[:each]...)
				}
				if count(heads, paras, each) == several {
					found++
				}
			}
			t.Logf("%d articles of %d paragraphs: all found on %d of %d pages", several, each, found, len(all))
		}
	}
	t.Logf("one article in parts: %d of %d taken apart", apart, ones)
	if apart*100 > 4*ones {
		t.Errorf("%d of %d single articles in parts are taken apart", apart, ones)
	}
}
