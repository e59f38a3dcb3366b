package intake

import (
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
)

// Written is an article whose words an editor has written for a document that could not be read: a line of body is a paragraph. The fault is
// Invalid or TooLarge and names the field headline or body.
func Written(headline, body string, declared lang.Tag) (Article, error) {
	a := Article{N: 1}
	var n int
	a.Headline, n = cleanLine(headline)
	ls, hidden, err := splitLines(body)
	if err != nil {
		return a, err
	}
	for _, l := range ls {
		a.Paragraphs = append(a.Paragraphs, l.text)
	}
	if len(a.Paragraphs) == 0 {
		return a, fault.Field("body", "Write the text, a paragraph a line.")
	}
	a.HiddenMarks = n + hidden
	if declared != "" {
		a.Detection = lang.Detection{Tag: declared}
	} else {
		a.Detection = detect(a, "")
	}
	return a, a.bounded()
}
