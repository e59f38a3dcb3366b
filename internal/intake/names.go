package intake

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// What a page calls its parts is not believed where it cannot be so: what holds much of the sentences of a page is no sidebar, no banner and no form, whatever its name.
// The extractor and the rules here go by such names, so that they are taken away before either sees them.

// unbelieved takes the names away from the parts of a page that hold two fifths of its sentences, alone or with others of the same name. Comments stay what they are.
func unbelieved(lines []line) {
	all, total := sentenceWeights(lines)
	if total == 0 {
		return
	}
	names, sure, looked := map[*html.Node][]string{}, map[*html.Node]bool{}, map[*html.Node]bool{}
	of := map[string][]string{} // the names in an attribute
	look := func(n *html.Node) {
		if corroborated(n, sure) {
			return
		}
		if formElements[n.Data] {
			names[n] = append(names[n], "<"+n.Data)
		}
		for _, a := range n.Attr {
			if a.Key != "class" && a.Key != "id" || len(a.Val) > 200 {
				continue
			}
			list, ok := of[a.Val]
			if !ok {
				for name := range strings.FieldsSeq(a.Val) {
					if telling(name) {
						list = append(list, name)
					}
				}
				of[a.Val] = list
			}
			if len(list) > 0 {
				names[n] = append(names[n], list...)
			}
		}
	}
	for _, l := range lines {
		for n := l.node; n != nil && !looked[n]; n = n.Parent {
			looked[n] = true
			look(n)
		}
	}
	held := map[string]int{}
	for n, list := range names {
		for _, name := range list {
			up := n.Parent
			for up != nil && !slices.Contains(names[up], name) {
				up = up.Parent
			}
			if up == nil { // else it is counted there
				held[name] += all[n]
			}
		}
	}
	for n := range names {
		if n.Data == "body" || n.Data == "html" {
			continue
		}
		if formElements[n.Data] && held["<"+n.Data]*5 >= total*2 {
			n.Data, n.DataAtom = "div", atom.Div
		}
		for i, a := range n.Attr {
			if a.Key != "class" && a.Key != "id" || len(a.Val) > 200 {
				continue
			}
			list := strings.Fields(a.Val)
			for k, name := range list {
				if held[name]*5 >= total*2 {
					list[k] = neutral(name)
				}
			}
			n.Attr[i].Val = strings.Join(list, " ")
		}
	}
}

// corroborated says whether an element stands in one that says twice what it is: an aside that is called a sidebar.
func corroborated(n *html.Node, known map[*html.Node]bool) bool {
	if n == nil {
		return false
	}
	is, ok := known[n]
	if !ok {
		is = corroborated(n.Parent, known) || (n.Data == "aside" || n.Data == "footer") && containsAny(partName(n), asideNames)
		known[n] = is
	}
	return is
}

// neutral is a name without what tells in it: those letters are turned round, the same for all elements of the name.
func neutral(name string) string {
	for _, parts := range [][]string{asideNames, extractorNames} {
		for _, part := range parts {
			if at := strings.Index(strings.ToLower(name), part); at >= 0 && at+len(part) <= len(name) {
				b := []byte(part)
				slices.Reverse(b)
				name = name[:at] + string(b) + name[at+len(part):]
			}
		}
	}
	return name
}

// formElements are the elements that hold no text of an article where they are what they are called.
var formElements = map[string]bool{"aside": true, "dialog": true, "fieldset": true, "figure": true, "footer": true, "form": true, "menu": true}

// telling says whether a name says of an element that it is no text.
func telling(name string) bool {
	name = strings.ToLower(name)
	return !containsAny(name, []string{"comment", "disqus"}) && (containsAny(name, asideNames) || containsAny(name, extractorNames))
}

// extractorNames are parts of the names that the extractor leaves out.
var extractorNames = []string{"share", "sharing", "social", "tags", "tag-list", "bar", "meta", "nav", "author", "button", "byline", "rating", "attachment", "timestamp", "embed", "options", "expand",
	"modal", "permission", "next-", "-stories", "slide", "viewport", "overlay", "message", "hide", "hidden", "noprint", "elated", "viral", "syndication", "-ad-", "-icon", "premium", "yin"}
