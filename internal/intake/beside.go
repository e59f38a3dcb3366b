package intake

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// boxes are the elements whose inline parts a style sheet often sets apart, as no text of their own stands between these.
var boxes = map[string]bool{"div": true, "section": true, "header": true, "footer": true, "article": true, "aside": true, "main": true}

// asideDate says whether an inline element is no part of the line before it: both stand in a box without a text of its own, and one of them is a
// date or a time of day alone. What ends in a colon, or is one word, names what follows.
func asideDate(n *html.Node) bool {
	if !inline[n.Data] || n.Parent == nil || !boxes[n.Parent.Data] && !strings.Contains(n.Parent.Data, "-") {
		return false
	}
	before := n.PrevSibling
	for before != nil && before.Type == html.TextNode && strings.TrimSpace(before.Data) == "" {
		before = before.PrevSibling
	}
	if before == nil || before.Type != html.ElementNode || !inline[before.Data] {
		return false
	}
	for e, seen := n.Parent.FirstChild, 0; e != nil; e, seen = e.NextSibling, seen+1 {
		if seen > 40 || e.Type == html.TextNode && strings.TrimSpace(e.Data) != "" {
			return false
		}
	}
	first, second := strings.TrimSpace(beginningOf(before, 300)), strings.TrimSpace(beginningOf(n, 300))
	if first == "" || second == "" || strings.HasSuffix(first, ":") || words(first) < 2 && !hasDigit(first) {
		return false
	}
	return isStamp(first) != isStamp(second)
}

// isStamp says whether a text is of figures and a few words: 4 June 2026, 09:00.
func isStamp(s string) bool {
	return (digits(s) >= 4 || timeOfDay.MatchString(s)) && words(s) <= 6 && utf8.RuneCountInString(s) <= 40 && digits(s)*5 >= utf8.RuneCountInString(lettersOf(s))*2
}

// beginningOf is the beginning of the text of an element.
func beginningOf(n *html.Node, most int) string {
	var b strings.Builder
	for e := range n.Descendants() {
		if e.Type == html.TextNode {
			b.WriteString(e.Data)
		}
		if b.Len() > most {
			break
		}
	}
	return b.String()
}

// bracketedTool says whether an inline element is a link of a word or two in brackets: [edit].
func bracketedTool(n *html.Node) bool {
	s := strings.TrimSpace(beginningOf(n, 60))
	return strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") && words(s) <= 3 && linkIn(n) != ""
}
