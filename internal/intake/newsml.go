package intake

import (
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/format/newsmlg2"
	"jarchi.dev/jarchi/internal/lang"
)

// readNewsML takes the items of a NewsML-G2 document as the articles they are; packages only group
// items and bring no text. Like ninjs, its fields are the sender's statements.
func readNewsML(doc Document, now time.Time) ([]Article, error) {
	items, err := newsmlg2.Parse(doc.Bytes)
	if err != nil {
		return nil, err
	}
	var out []Article
	for _, it := range items {
		if it.Package {
			continue
		}
		until := ""
		if it.EmbargoOpenEnded {
			until = "without a stated end"
		} else if it.Embargoed.After(now) {
			until = it.Embargoed.UTC().Format(time.RFC3339)
		}
		if err := usable(it.PubStatus, until); err != nil {
			return nil, err
		}
		var a Article
		text, hidden := cleanLine(it.Headline)
		a.Headline = text
		ls, n, err := splitLines(strings.Join(it.Paragraphs, "\n"))
		if err != nil {
			return nil, err
		}
		for _, l := range ls {
			a.Paragraphs = append(a.Paragraphs, l.text)
		}
		if len(a.Paragraphs) == 0 {
			return nil, noText("the newsItem has no text")
		}
		a.HiddenMarks = hidden + n
		a.Dateline = it.Dateline
		if it.Byline != "" {
			a.Bylines = []string{it.Byline}
		}
		if it.Credit != "" {
			a.Credits = []string{it.Credit}
		}
		a.Date = newsmlDate(it)
		for _, s := range it.InfoSources {
			if s != it.Provider {
				a.Attribution = append(a.Attribution, Attribution{Relation: Original, Source: s, Text: s})
			}
		}
		if it.Provider != "" {
			a.Attribution = append(a.Attribution, Attribution{Relation: PublishedBy, Source: it.Provider, Text: it.Provider})
		}
		a.MachineTranslated = it.DigitalSourceType == "trainedAlgorithmicMedia"
		declared := it.Language
		if declared == lang.Und {
			declared = doc.Declared
		}
		a.Detection = detect(a, declared)
		out = append(out, a)
	}
	return out, nil
}

// newsmlDate is the day or moment a document states for its content, else for the item itself.
func newsmlDate(it newsmlg2.Parsed) *Date {
	precisions := map[int]string{4: "year", 7: "month", 10: "day"}
	if p, ok := precisions[len(it.ContentCreated)]; ok {
		return &Date{Value: it.ContentCreated, Precision: p, Raw: it.ContentCreated}
	}
	if t, err := time.Parse(time.RFC3339, it.ContentCreated); err == nil {
		return &Date{Value: t.Format("2006-01-02T15:04Z07:00"), Precision: "minute", Raw: it.ContentCreated}
	}
	for _, t := range []time.Time{it.FirstCreated, it.VersionCreated} {
		if !t.IsZero() {
			return &Date{Value: t.Format("2006-01-02T15:04Z07:00"), Precision: "minute", Raw: t.Format(time.RFC3339)}
		}
	}
	return nil
}

// usable refuses what its sender says must not be used, or not yet: a capture is readable by members
// the moment it arrives, so an embargo could not be kept. until is empty when there is none.
func usable(pubStatus, until string) error {
	switch {
	case pubStatus == "canceled":
		return fault.E(fault.Invalid, "Its sender has withdrawn this item; it was not taken in.")
	case until != "":
		return fault.E(fault.Invalid, "It is under embargo (%s); take it in when the embargo has ended.", until)
	case pubStatus == "withheld":
		return fault.E(fault.Invalid, "Its sender says that it is withheld; it was not taken in.")
	}
	return nil
}
