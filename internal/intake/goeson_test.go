package intake

import (
	"slices"
	"strings"
	"testing"
)

// What a page or a text shows as it shows its sentences, or as its first headline, is what these are.
func TestShownAlike(t *testing.T) {
	t.Parallel()
	const (
		first  = "The river authority of Kelmar measured the water in nine villages on Monday. Two gauges stood above the mark."
		second = "Volunteers read the gauges twice a day and send the figures by post. The oldest of them is eighty-one."
		third  = "A new gauge will stand below the bridge before the snow melts in spring."
		other  = "The ferry to Outer Sund sails every hour again since Monday. A crack in its hull had kept it in dock for months."
		more   = "Islanders had to go round by the bridge until now. Some of them had taken rooms on the mainland."
		head   = "Nine villages measure the river twice a day"
		next   = "Ferry to Outer Sund sails every hour again"
	)
	type article struct {
		headline   string
		paragraphs []string
	}
	body := func(s string) string {
		return "<html><head><title>" + head + "</title></head><body>" + s + "</body></html>"
	}
	for name, c := range map[string]struct {
		text string
		want []article
	}{
		"figures of a list are no counters": {body("<h1>" + head + "</h1><div><p class=t>" + first + "</p><p class=t>Upper Kelmar</p><p class=t>1.40 metres</p><p class=t>Old Mill</p><p class=t>0.95 metres</p><p class=t>" + second + "</p><p class=t>" + third + "</p></div>"),
			[]article{{head, []string{first, "Upper Kelmar", "1.40 metres", "Old Mill", "0.95 metres", second, third}}}},
		"subheadings above a sentence and a list": {body("<h1>" + head + "</h1><div><p class=t>" + first + "</p><p class=t><em>The gauges</em></p><p class=t>" + second + "</p><p class=t><em>What to bring</em></p><ul><li>Boots, as the bank is wet</li><li>A torch for the morning</li></ul><p class=t>" + third + "</p></div>"),
			[]article{{head, []string{first, "The gauges", second, "What to bring", "Boots, as the bank is wet", "A torch for the morning", third}}}},
		"a box head within the text": {body("<h1>" + head + "</h1><div><p class=t>" + first + "</p><p class=t>" + second + "</p><div class=k><b>In figures</b></div><p class=t>" + third + "</p><p class=t>" + more + "</p></div>"),
			[]article{{head, []string{first, second, "In figures", third, more}}}},
		"broken lines with a subheading": {body("<h1>" + head + "</h1><pre>" + first + "\n" + second + "\n<em>The bridge</em>\n" + third + "\n" + more + "\n</pre>"),
			[]article{{head, []string{first, second, "The bridge", third, more}}}},
		"a headline below a picture": {"<html><body><figure><img src=a.jpg><figcaption>" + head + "</figcaption></figure><div><p>" + first + "</p><p>" + second + "</p><p>" + third + "</p></div></body></html>",
			[]article{{head, []string{first, second, third}}}},
		"a further headline that is a link, as the first": {body("<div><span class=x><a href=/n/1>" + head + "</a></span></div><div class=b><p>" + first + "</p><p>" + second + "</p><p>" + third + "</p></div><div><span class=x><a href=/n/2>" + next + "</a></span></div><div class=b><p>" + other + "</p><p>" + more + "</p></div>"),
			[]article{{head, []string{first, second, third}}, {next, []string{other, more}}}},
		"a further headline of a lower level": {body("<table><tr><td><h3 class=w><a href=/n/1>" + head + "</a></h3></td></tr><tr><td><p>" + first + "</p><p>" + second + "</p></td></tr></table><hr><table><tr><td><h4 class=w><a href=/n/2>" + next + "</a></h4></td></tr><tr><td><p>" + other + "</p><p>" + more + "</p></td></tr></table>"),
			[]article{{head, []string{first, second}}, {next, []string{other, more}}}},
		"a text parted by rows of signs": {head + "\n\n" + first + "\n\n" + third + "\n\n* * *\n\n" + next + "\n\n" + other + "\n\n*The hull*\n\n" + more + "\n",
			[]article{{head, []string{first, third}}, {next, []string{other, "The hull", more}}}},
		"a text with its writers": {head + "\n\nBrenna Holt\n" + first + "\n" + third + "\n\n" + next + "\n\nIvo Marsk\n" + other + "\n" + more + "\n",
			[]article{{head, []string{first, third}}, {next, []string{other, more}}}},
		"numbered headlines above marked subheadings": {"1. " + head + "\n\n" + first + "\n\n## The gauges\n\n" + second + "\n\n2. " + next + "\n\n" + other + "\n\n" + more + "\n",
			[]article{{head, []string{first, "The gauges", second}}, {next, []string{other, more}}}},
		"a single text with breaks": {head + "\n\n" + first + "\n\n* * *\n\n" + second + "\n\n* * *\n\n" + third + "\n", []article{{head, []string{first, second, third}}}},
	} {
		kind := "text/plain; charset=utf-8"
		if strings.HasPrefix(c.text, "<html>") {
			kind = "text/html; charset=utf-8"
		}
		articles, err := Read(Document{ContentType: kind, Bytes: []byte(c.text)}, testNow)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []article
		for _, a := range articles {
			got = append(got, article{a.Headline, a.Paragraphs})
		}
		if !slices.EqualFunc(got, c.want, func(a, b article) bool { return a.headline == b.headline && slices.Equal(a.paragraphs, b.paragraphs) }) {
			t.Errorf("%s:\n%q\nwant\n%q", name, got, c.want)
		}
	}
}
