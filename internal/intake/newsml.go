package intake

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/format/feed"
	"jarchi.dev/jarchi/internal/format/newsmlg2"
	"jarchi.dev/jarchi/internal/format/nitf"
	"jarchi.dev/jarchi/internal/lang"
)

// xmlText is the text of an XML document in UTF-8, with a byte order mark, after which its declaration of a character set counts for nothing:
// what the bytes show outweighs what they say.
func xmlText(doc Document) []byte {
	return []byte("\ufeff" + decode(doc.Bytes, feed.Charset(doc.Bytes, doc.ContentType), false))
}

// readXML takes the news items of an XML document: NewsML-G2 or NITF, by its root element.
func readXML(doc Document, now time.Time) ([]Article, error) {
	text := xmlText(doc)
	if nitf.Is(text) {
		return readNITF(text, doc, now)
	}
	return readNewsML(text, doc, now)
}

// readNewsML takes the items of a NewsML-G2 document as the articles they are; packages only group
// items and bring no text. Like ninjs, its fields are the sender's statements.
func readNewsML(text []byte, doc Document, now time.Time) ([]Article, error) {
	items, err := newsmlg2.Parse(text)
	if err != nil {
		return nil, err
	}
	var out []Article
	var held *Held
	var gone []string
	var bad error // why one of them is not to be had: what is said of all of them goes before
	until := ""
	for _, it := range items {
		if it.Package {
			continue
		}
		var mine *Held
		if it.EmbargoOpenEnded || otherCalendar(it.Embargoed) || it.Embargoed.IsZero() && slices.Contains(it.Signals, "embargo") {
			mine, until = &Held{GUID: it.GUID}, cmp.Or(it.EmbargoRaw, "without a stated end")
		} else if it.Embargoed.After(now) {
			mine = &Held{it.Embargoed, it.GUID}
			if held == nil || !held.Until.IsZero() && it.Embargoed.After(held.Until) {
				until = it.Embargoed.UTC().Format(time.RFC3339)
			}
		}
		if mine != nil && (held == nil || mine.Until.IsZero() || !held.Until.IsZero() && mine.Until.After(held.Until)) { // the longest holds them all
			held = mine
		}
		if it.PubStatus == "canceled" {
			gone = append(gone, it.GUID)
			continue
		}
		if err := usable(it.PubStatus, it.GUID, nil, ""); err != nil {
			bad = cmp.Or(bad, err)
			continue
		}
		a := Article{GUID: it.GUID, Version: it.Version, Rights: it.UsageTerms, Urgency: it.Urgency}
		if a.Rights == "" {
			a.Rights = it.CopyrightNotice
		}
		text, hidden := cleanLine(it.Headline)
		a.Headline = text
		ls, n, err := splitLines(strings.Join(it.Paragraphs, "\n"))
		if err != nil {
			bad = cmp.Or(bad, err)
			continue
		}
		for _, l := range ls {
			a.Paragraphs = append(a.Paragraphs, l.text)
		}
		if len(a.Paragraphs) == 0 {
			bad = cmp.Or(bad, noText("the newsItem has no text"))
			continue
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
	switch {
	case len(gone) > 0 && (len(out) > 0 || bad != nil):
		var why error = &Withdrawn{gone, true}
		if held != nil {
			why = errors.Join(why, held)
		}
		return nil, fault.E(fault.Invalid, "Its sender has withdrawn some of its items and not others; send them one by one.").Because(why)
	case len(gone) > 0:
		return nil, withdrawn(gone...)
	case held != nil:
		return nil, usable("", "", held, until)
	case bad != nil:
		return nil, bad
	}
	return out, nil
}

func withdrawn(guids ...string) error {
	return fault.E(fault.Invalid, "Its sender has withdrawn this item; it was not taken in.").Because(&Withdrawn{GUIDs: guids})
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

// otherCalendar reports whether a time is in a year that stands for now in the calendars of Iran and of the Hijra, and not in the one that formats of
// newsrooms have: as the end of an embargo it says nothing that may be trusted.
func otherCalendar(t time.Time) bool { return t.Year() >= 1300 && t.Year() < 1600 }

// usable refuses what its sender says must not be used, or not yet: a capture is readable by members
// the moment it arrives. held is nil when there is no embargo, until is how its sender writes its end.
func usable(pubStatus, guid string, held *Held, until string) error {
	switch {
	case pubStatus == "canceled":
		return withdrawn(guid)
	case held != nil && held.Until.IsZero():
		return fault.E(fault.Invalid, "It is under embargo (%.60s); take it in when the embargo has ended.", until).Because(held)
	case held != nil:
		return fault.E(fault.Invalid, "It is under embargo (%.60s) and is taken in when that ends.", until).Because(held)
	case pubStatus == "withheld":
		return fault.E(fault.Invalid, "Its sender says that it is withheld; it was not taken in.")
	}
	return nil
}
