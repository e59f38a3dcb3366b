// Package dateparser stands in for github.com/markusmobius/go-dateparser, by Jarchi's go.mod. The article
// extractor's dependency go-htmldate links that package for a search of dates that Jarchi has switched off
// (internal/intake reads dates by its own rules), and its tables of two hundred languages were compiled
// at every start of every command: 0.2 s and 25 MB that stayed. This has the names that go-htmldate
// mentions, and finds no date.
package dateparser

import (
	"errors"
	"time"
)

// ParserType names a way of parsing; none is here.
type ParserType uint8

const (
	CustomFormat ParserType = iota
	AbsoluteTime
)

// PreferredDateSource says which of two possible dates is meant.
type PreferredDateSource uint8

// Past is what go-htmldate asks for.
const Past PreferredDateSource = 1

// Configuration is what go-htmldate sets.
type Configuration struct {
	PreferredDateSource PreferredDateSource
	StrictParsing       bool
}

// Date is a date that was found.
type Date struct{ Time time.Time }

// Parser finds nothing.
type Parser struct{ ParserTypes []ParserType }

// Parse answers that there is no date.
func (*Parser) Parse(*Configuration, string, ...string) (Date, error) {
	return Date{}, errors.New("dates are not searched for here")
}
