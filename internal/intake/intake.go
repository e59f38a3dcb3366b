// Package intake turns what came from outside into articles: bytes of a page, of a raw text or of a
// ninjs item in, one or more articles out, each with its own headline, body, date and chain of
// attribution.
//
// The way of a document: its kind is sniffed, its characters are decoded, a page is parsed and its
// visible lines are taken with what the machine-readable fields say; from there pages and raw texts
// go the same way, line by line: page furniture is told from text, several articles on a page are
// separated, and the lines that say when, by whom and from where become fields.
//
// What the package holds to:
//   - Nothing is invented. No headline, no date and no source that the page does not state.
//   - Nothing disappears. A line that is not in a field or in the body stands in Removed.
//   - The text is the page's own; only characters that hide or reverse text are taken out.
//   - The rules are data: tables/*.json, one file a language, and apply to every page.
//   - Any bytes may come in: time and memory are bounded, nothing panics.
//
// It fetches nothing, stores nothing and reads no clock.
package intake

import (
	"strings"
	"time"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
)

// Bounds of what Read takes and gives.
const (
	MaxBytes    = 32 << 20 // of a document
	maxLines    = 200_000  // of a document
	maxArticles = 200      // on one page

	maxHeadline = 500       // letters of a headline, as in a release, and of a source: both stand in lists
	maxBody     = 1_000_000 // bytes over all paragraphs, as in a release
	maxRights   = 2000      // letters of the terms of use
	maxName     = 2000      // bytes of what a sender calls a document
)

// MaxArticles is how many articles Read finds in a document at most; N is never above it.
const MaxArticles = maxArticles

// Document is what arrived, as it came. ContentType is the sender's (may be empty), Declared the
// language somebody said it is in (may be empty), Name a file name for people, URL where it stood, Known the lines that the
// site is known to repeat, by Furniture (may be nil).
type Document struct {
	Name, URL, ContentType string
	Declared               lang.Tag
	Known                  map[LineKey]bool
	Bytes                  []byte
	Fetched                bool // URL was asked for it; otherwise somebody says that it stands there
}

// Date is a publication date as precise as its evidence. Value is ISO 8601 (Gregorian), Precision
// year, month, day or minute, Raw the words or the field value it was read from.
type Date struct{ Value, Precision, Raw string }

// The relations of an attribution, in the order of the chain.
const (
	Original     = "original"
	QuotedBy     = "quoted-by"
	TranslatedBy = "translated-by"
	PublishedBy  = "published-by"
)

// Attribution is one link of the chain by which a text came to its page. Source is spelled as the
// page spells it; Text are the words that say so.
type Attribution struct{ Relation, Source, Text string }

// Article is one article of a document.
type Article struct {
	N                 int      // its number on the page, from 1
	Headline          string   // empty: the page has none
	Paragraphs        []string // plain text
	Dateline          string   // as it stands at the start of the first paragraph, which keeps it
	Detection         lang.Detection
	Date              *Date         // nil: not stated
	Attribution       []Attribution // original, quoted-by, translated-by, published-by
	Credits           []string      // whole lines, with their label
	Bylines           []string      // whole lines, with their label
	MachineTranslated bool          // by a note of the page itself
	Truncated         bool          // the text is cut off
	Removed           []string      // lines taken out, in page order
	HiddenMarks       int           // bidirectional controls found in the text
	Notes             []string      // what was done otherwise than usual, for people

	GUID    string // what its sender calls it; empty: it says no name
	Version int    // of what has that name; 0: not stated
	Rights  string // what it may be used for, as its sender says; empty: not stated
	Urgency int    // 1 to 9; 0: not stated
}

// Held is the cause of the error for a document that must not be read by anybody yet: Until, or, if that is zero, an end that its sender does not
// state. What its sender calls it is GUID.
type Held struct {
	Until time.Time
	GUID  string
}

func (h *Held) Error() string { return "under embargo" }

// Withdrawn is the cause of the error for a document that says that others, by what their sender calls them, must not be used any more.
type Withdrawn struct {
	GUIDs  []string
	Others bool // it has articles too, which are not read
}

func (w *Withdrawn) Error() string { return "withdrawn by its sender" }

// Read finds the articles of doc, at least one and at most 200. now bounds what can be a publication
// date. The error is Unsupported for a kind of document that is not read here, Invalid when there is
// no text in it (empty, binary, nothing but page furniture), TooLarge above MaxBytes or when it has
// too many lines or articles, or an article a headline, a source or a text too long.
func Read(doc Document, now time.Time) (articles []Article, err error) {
	defer fault.Wrap(&err, "intake.Read %q", doc.Name)
	if len(doc.Bytes) > MaxBytes {
		return nil, fault.E(fault.TooLarge, "A document may have %d MB; this one has %d bytes.", MaxBytes>>20, len(doc.Bytes))
	}
	kind, err := sniff(doc)
	if err != nil {
		return nil, err
	}
	switch kind { // a new kind of document gets its case here
	case kindNinjs:
		articles, err = readNinjs(doc, now)
	case kindHTML:
		articles, err = readHTML(doc, now)
	case kindXML:
		articles, err = readXML(doc, now)
	default:
		articles, err = readText(doc, now)
	}
	if err != nil {
		return nil, err
	}
	if len(articles) == 0 {
		return nil, fault.E(fault.Invalid, "There is no article in it: all furniture.")
	}
	if len(articles) > maxArticles {
		return nil, fault.E(fault.TooLarge, "There are %d articles in it; %d is the most one document may have.", len(articles), maxArticles)
	}
	for i := range articles {
		articles[i].N = i + 1
		articles[i].GUID, articles[i].Rights = strings.TrimSpace(articles[i].GUID), oneLine(articles[i].Rights, maxRights)
		if len(articles[i].GUID) > maxName {
			articles[i].GUID = "" // no name that a sender gives, and part of one would be another's
		}
		if err := articles[i].bounded(); err != nil {
			return nil, err
		}
	}
	return articles, nil
}

// oneLine is text in one line, of at most n letters.
func oneLine(s string, n int) string {
	s, _ = cleanLine(strings.Join(strings.Fields(s), " "))
	if r := []rune(s); len(r) > n {
		s = string(r[:n]) + "…"
	}
	return s
}

// bounded refuses what no list and no page can show: one capture must not swell everybody's wire.
// Nothing is cut, because a part would pass for the whole.
func (a *Article) bounded() error {
	if n := utf8.RuneCountInString(a.Headline); n > maxHeadline {
		return fault.E(fault.TooLarge, "The headline of article %d has %d letters; at most %d are taken.", a.N, n, maxHeadline)
	}
	for _, l := range a.Attribution {
		if n := utf8.RuneCountInString(l.Source); n > maxHeadline {
			return fault.E(fault.TooLarge, "A source of article %d has %d letters; at most %d are taken.", a.N, n, maxHeadline)
		}
	}
	total := 0
	for _, p := range a.Paragraphs {
		total += len(p)
	}
	if total > maxBody {
		return fault.E(fault.TooLarge, "The text of article %d has %d bytes; at most %d are taken.", a.N, total, maxBody)
	}
	return nil
}
