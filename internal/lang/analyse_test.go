package lang

import "time"

// analysis is everything the package reads out of a text.
type analysis struct {
	Detection Detection
	Tokens    []Token
	Sentences []Span
	Numbers   []Number
	Dates     []Date
}

// analyse runs detection with t as the publisher's prior and reads the text as t; if t is "" or Und, as
// the language detected. now dates words like 'yesterday'; a zero now leaves them out.
func analyse(t Tag, text string, now time.Time) analysis {
	a := analysis{Detection: Detect(text, t)}
	if t == "" || t == Und {
		t = a.Detection.Tag
	}
	l := lexiconOf(t)
	a.Tokens = l.tokens(text)
	a.Sentences = l.sentences(text)
	a.Numbers = l.numbers(text, a.Tokens)
	a.Dates = l.dates(text, a.Tokens, now)
	return a
}
