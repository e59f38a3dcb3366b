package feed

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// Links are the links of a web page that fit, absolute, each once and in the page's order, at most MaxEntries; with the page's title. base is its address.
func Links(text, base string, fits func(string) bool) (title string, out []string) {
	from, err := url.Parse(base)
	if err != nil {
		from = nil
	}
	z := html.NewTokenizer(strings.NewReader(text))
	z.SetMaxBuf(1 << 20)
	seen, inTitle := map[string]bool{}, false
	for len(out) < MaxEntries {
		switch z.Next() {
		case html.ErrorToken:
			return cut(plain(title), maxTitle), out
		case html.TextToken:
			if inTitle {
				title += string(z.Text())
			}
		case html.EndTagToken:
			inTitle = false
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			tag := string(name)
			if inTitle = tag == "title" && title == ""; tag != "a" && tag != "base" {
				continue
			}
			for more {
				var k, v []byte
				k, v, more = z.TagAttr()
				if string(k) != "href" {
					continue
				}
				if tag == "base" {
					if u := absolute(from, string(v)); u != "" {
						from, _ = url.Parse(u)
					}
					break
				}
				link, _, _ := strings.Cut(absolute(from, string(v)), "#")
				if link != "" && !seen[link] && fits(link) {
					seen[link] = true
					out = append(out, link)
				}
				break
			}
		}
	}
	return cut(plain(title), maxTitle), out
}
