package intake

import (
	"fmt"
	"strings"
	"testing"
)

// Articles in elements of their own below the name of a page are one each; what stands in such elements but is chapters, a live report, an
// interview or leads to other articles is none.
func TestArticlesInElements(t *testing.T) {
	t.Parallel()
	paras := func(list []string) string { return "<p>" + strings.Join(list, "</p>\n<p>") + "</p>" }
	for _, d := range digestSites(t) {
		for name, c := range map[string]struct {
			above, open, shut, behind string // {i}: the number of the article
		}{
			"article":        {"<h1>Daily News</h1>", "<article><h2>%s</h2>", "</article>", ""},
			"section":        {"<header><h1>Daily News</h1></header>", "<section><h3>%s</h3>", "</section>", ""},
			"div":            {"<h1>Daily News</h1><p>All of the week</p>", "<div class=item><h2>%s</h2>", "</div>", "<p>All rights reserved.</p>"},
			"li":             {"<h1>Daily News</h1><ul>", "<li><h2>%s</h2>", "</li>", "</ul>"},
			"own names":      {"<h1>Daily News</h1><x-list>", "<x-card><h2>%s</h2>", "</x-card>", "</x-list>"},
			"numbers before": {"<h1>Daily News</h1>", "<div class=item><h2>{i}. %s</h2><time>0{i}.06.2026</time>", "</div>", ""},
			"posts of a blog": {"<h1>Category: News</h1>", "<article id=post-{i} class=\"{new}post-{i} post\"><a class=cat href=/c>News</a><h2><a href=/{i}>%s</a></h2><div>Posted on <time class=published datetime=2026-06-0{i}T10:00:00Z>June {i}, 2026</time> by Orla</div>",
				"<footer>Posted in News</footer></article>", "<nav>Older posts</nav>"},
			"rows of a view":         {"<h1>News</h1>", "<div class=\"row row-{i}\"><div>0{i}.06.2026 - 14:30</div><h3><a href=/{i}>%s</a></h3>", "</div>", "<ul class=pager><li>1</li></ul>"},
			"rows of a table":        {"<table><tr><td><a href=/a>About</a></td><td><h1>Press releases</h1><table>", "<tr><td>0{i}.06.2026</td><td><b>%s</b><br>", "</td></tr>", "</table></td></tr></table>"},
			"nothing above, a title": {"<div class=list>", "<div class=news><div>0{i}.06.2026</div><div class=title>%s</div>", "</div>", "</div>"},
		} {
			page := "<html><head><title>Daily News</title></head><body><main>" + c.above
			for i, s := range d.stories {
				first := map[bool]string{true: "sticky "}[i == 0]
				page += strings.NewReplacer("{i}", fmt.Sprint(i+1), "{new}", first).Replace(fmt.Sprintf(c.open, s.head)) + paras(s.paras) + c.shut
			}
			articles, err := Read(Document{ContentType: "text/html; charset=utf-8", Bytes: []byte(page + c.behind + "</main></body></html>")}, testNow)
			if err != nil || len(articles) != len(d.stories) {
				t.Errorf("%s, %s: %d articles, %v", d.tag, name, len(articles), err)
				continue
			}
			for i, s := range d.stories {
				a := articles[i]
				if !same(a.Headline, s.head) || strings.Join(a.Paragraphs, "\n") != strings.Join(s.paras, "\n") {
					t.Errorf("%s, %s: %q\n%q", d.tag, name, a.Headline, a.Paragraphs)
				}
				if strings.Contains(c.open, "06") && (a.Date == nil || !strings.HasPrefix(a.Date.Value, fmt.Sprintf("2026-06-0%d", i+1))) {
					t.Errorf("%s, %s: %+v", d.tag, name, a.Date)
				}
			}
			if removed := strings.Join(articles[0].Removed, "\n"); strings.Contains(c.above, "<h1>") && !strings.Contains(removed, "News") && !strings.Contains(removed, "Press") {
				t.Errorf("%s, %s: the name of the page is not listed: %q", d.tag, name, removed)
			}
		}

		one := func(name, page string) {
			articles, err := Read(Document{ContentType: "text/html; charset=utf-8", Bytes: []byte("<html><body><main>" + page + "</main></body></html>")}, testNow)
			if err != nil || len(articles) != 1 {
				t.Errorf("%s, %s: %d articles, %v", d.tag, name, len(articles), err)
			}
		}
		for _, tag := range []string{"section", "div", "article"} {
			page := ""
			for i, b := range d.single {
				switch b.role {
				case isHead:
					page += "<h1>" + b.text + "</h1>"
				case isSubhead:
					page += map[bool]string{true: "</" + tag + ">"}[strings.Contains(page, "<"+tag)] + "<" + tag + "><h2>" + b.text + "</h2>"
				case isBody:
					if page += "<p>" + b.text + "</p>"; i == len(d.single)-1 {
						page += "</" + tag + ">"
					}
				}
			}
			one("chapters in "+tag, page)
		}
		s := d.stories[0]
		page := "<article><h1>" + s.head + "</h1>" + paras(s.paras) + paras(s.paras) + "</article><section><h2>Read also</h2>"
		for _, o := range d.stories[1:] {
			page += "<article class=card><h3><a href=/x>" + o.head + "</a></h3><p>" + o.paras[0] + "</p></article>"
		}
		one("leads to others", page+"</section>")
		page = "<h1>" + d.single[0].text + "</h1>"
		for i, b := range d.single[1:] {
			if b.role == isBody {
				page += fmt.Sprintf("<article class=post><h3>1%d:05 %s</h3><p>%s</p></article>", i, d.single[2].text, b.text)
			}
		}
		one("a live report", page)
	}
}
