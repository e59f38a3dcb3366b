package intake

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// shortStories are three articles of two or three sentences in each of eleven languages.
func shortStories(t *testing.T) map[string][]story {
	t.Helper()
	raw, err := os.ReadFile("testdata/short/stories.txt")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]story{}
	for part := range strings.SplitSeq(strings.TrimPrefix(string(raw), "== "), "== ") {
		tag, rest, _ := strings.Cut(part, "\n")
		for text := range strings.SplitSeq(strings.TrimSpace(rest), "\n\n") {
			head, body, _ := strings.Cut(text, "\n")
			out[tag] = append(out[tag], story{strings.TrimSpace(head), []string{strings.TrimSpace(body)}})
		}
	}
	return out
}

// shortLists are how pages show short articles: {i} is the number of one, {h} its headline, {p} its text.
var shortLists = []struct{ name, open, each, shut string }{
	{"articles", "<main>", "<article><header><h3>{h}</h3><time datetime=2026-06-0{i}>0{i}.06.2026</time></header><p>{p}</p></article>", "</main>"},
	{"linked headlines", "<main>", "<div class=\"entry e{i}\"><h2><a href=/archive/{i}.html>{h}</a></h2><div>{p}</div></div>", "</main>"},
	{"headings, each with a date", "<main>", "<h3>{h}</h3><p>0{i}.06.2026</p><p>{p}</p>", "</main>"},
	{"items of a list", "<main><ol>", "<li><strong>{h}</strong><div>{p}</div></li>", "</ol></main>"},
	{"rows of a table", "<table>", "<tr><td><h4>{h}</h4><p>{p}</p></td></tr>", "</table>"},
	{"rules between", "<div id=content>", "<p><b>{h}</b></p><p>{p}</p><hr>", "</div>"},
}

// Articles of two or three sentences, shown in six ways, are one each in eleven languages, whatever the length of their headlines; chapters of one
// article shown so are none.
func TestShortArticles(t *testing.T) {
	t.Parallel()
	const head = "<html><head><title>%s</title></head><body><ul class=nav><li><a href=/>Start</a></li></ul>"
	found, pages := map[string]int{}, map[string]int{}
	for tag, stories := range shortStories(t) {
		for _, l := range shortLists {
			page := fmt.Sprintf(head, "News") + l.open
			for i, s := range stories {
				page += strings.NewReplacer("{i}", fmt.Sprint(i+1), "{h}", s.head, "{p}", s.paras[0]).Replace(l.each)
			}
			articles, err := Read(Document{ContentType: "text/html; charset=utf-8", Bytes: []byte(page + l.shut + "</body></html>")}, testNow)
			right := err == nil && len(articles) == len(stories)
			for i, a := range articles {
				right = right && same(a.Headline, stories[i].head) && strings.Join(a.Paragraphs, "\n") == stories[i].paras[0] && (!strings.Contains(l.each, "2026") || a.Date != nil)
			}
			pages[l.name]++
			if right {
				found[l.name]++
			} else {
				t.Logf("%s, %s: %d articles, %v", tag, l.name, len(articles), err)
			}
		}
	}
	for _, l := range shortLists {
		t.Logf("%-28s %d of %d", l.name, found[l.name], pages[l.name])
		if found[l.name] < pages[l.name] {
			t.Errorf("%s: %d of %d", l.name, found[l.name], pages[l.name])
		}
	}
	for _, d := range digestSites(t) {
		for _, l := range shortLists[1:] {
			for _, title := range []string{"<h1>%s</h1>", "<p><b>%s</b></p>", "<h2 class=title>%s</h2>", "<div>%s</div>", "<!-- %s -->"} {
				page := fmt.Sprintf(head, d.single[0].text) + fmt.Sprintf(title, d.single[0].text)
				n, sub := 0, ""
				for _, b := range d.single[1:] {
					switch {
					case b.role == isSubhead:
						sub = b.text
					case sub == "":
						page += "<p>" + b.text + "</p>" + l.open
					default:
						n++
						page += strings.NewReplacer("{i}", fmt.Sprint(n), "{h}", sub, "{p}", b.text, "/archive/", "#").Replace(l.each)
					}
				}
				articles, err := Read(Document{ContentType: "text/html; charset=utf-8", Bytes: []byte(page + l.shut + "</body></html>")}, testNow)
				if err != nil || len(articles) != 1 {
					t.Errorf("%s, chapters in %s below %s: %d articles, %v", d.tag, l.name, title, len(articles), err)
				}
			}
		}
	}
}

// Ten articles of one shape, made of the same sentences but for a few words: what each has of its own decides.
func TestArticlesAlike(t *testing.T) {
	t.Parallel()
	who := strings.Fields("bakers masons weavers potters nurses tailors millers sailors grocers printers")
	what := []string{"a bridge over the stream", "longer hours on market days", "two lamps for the station", "a clock on the town hall", "a well behind the school",
		"benches along the quay", "a ferry on feast days", "lower rent for stalls", "a cellar for the archive", "paint for the bandstand"}
	for name, c := range map[string]struct {
		head string
		one  bool // below a headline of all, as parts of one article
	}{
		"numbers, links and dates": {"<h4><a href=/n?id={i}>{i} {who} petition for {what}</a></h4><p>{i}.06.2026</p>", false},
		"links and dates":          {"<h4><a href=/n?id={i}>Guild of {who} petitions for {what}</a></h4><p>{i}.06.2026</p>", false},
		"links":                    {"<h4><a href=/n?id={i}>Guild of {who} petitions for {what}</a></h4>", false},
		"dates":                    {"<h4>Guild of {who} petitions for {what}</h4><p>{i}.06.2026</p>", false},
		"links to parts":           {"<h4><a href=#n{i}>Guild of {who} petitions for {what}</a></h4>", true},
		"links to other sites":     {"<h4><a href=https://{who}.example/>Guild of {who} petitions for {what}</a></h4>", true},
		"nothing":                  {"<h4>Guild of {who} petitions for {what}</h4>", true},
		"nothing above either":     {"<h4>Guild of {who} petitions for {what}</h4>", false},
	} {
		page, want := "<html lang=en><body><main>", 10
		if c.one {
			page, want = page+"<h1>What each guild has in its petition to the mayor</h1><p>The guilds of the town went to the mayor one by one. We tell what they asked for.</p>", 1
		}
		for i := range who {
			page += strings.NewReplacer("{i}", fmt.Sprint(i+1), "{who}", who[i], "{what}", what[i]).Replace("<div class=item>" + c.head +
				"<p>The guild of {who} handed the mayor a petition for {what}. Its elder read it out and the clerk wrote it down. An answer is due by harvest, when {who} meet again.</p></div>")
		}
		articles, err := Read(Document{ContentType: "text/html; charset=utf-8", Bytes: []byte(page + "</main></body></html>")}, testNow)
		if err != nil || len(articles) != want {
			t.Errorf("%s: %d articles, %v", name, len(articles), err)
		}
	}
}
