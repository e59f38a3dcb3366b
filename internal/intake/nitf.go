package intake

import (
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/format/nitf"
	"jarchi.dev/jarchi/internal/lang"
)

// readNITF takes a NITF document as the one article it is; its fields are the sender's statements.
func readNITF(text []byte, doc Document, now time.Time) ([]Article, error) {
	d, err := nitf.Parse(text)
	if err != nil {
		return nil, err
	}
	if d.ReferTo == "canceled" && d.Refers != "" && len(d.Paragraphs) == 0 { // it does nothing but take another back
		return nil, withdrawn(d.Refers)
	}
	var held *Held
	switch end := d.Release.At; {
	case otherCalendar(end):
		held = &Held{GUID: d.ID}
	case d.Release.Day && end.Add(12*time.Hour).After(now):
		held = &Held{end.Add(12 * time.Hour), d.ID} // a day has begun everywhere on earth at noon of UTC
	case d.Release.OK && end.After(now):
		held = &Held{end, d.ID}
	case d.Unreleased, d.Release.Stated() && !d.Release.OK, d.Status == "embargoed" && !d.Release.Stated():
		held = &Held{GUID: d.ID} // an end that cannot be read is none
	}
	until := d.Release.Raw
	if until == "" {
		until = "without a stated end"
	}
	if err := usable(d.Status, d.ID, held, until); err != nil {
		return nil, err
	}
	a := Article{GUID: d.ID, Version: d.Version, Urgency: d.Urgency, Rights: d.Rights, Dateline: d.Dateline}
	if a.Rights == "" {
		a.Rights = d.Copyright
	}
	var n int
	a.Headline, n = cleanLine(d.Headline)
	ls, hidden, err := splitLines(strings.Join(append(d.Paragraphs, d.Tagline), "\n"))
	if err != nil {
		return nil, err
	}
	for _, l := range ls {
		a.Paragraphs = append(a.Paragraphs, l.text)
	}
	if len(a.Paragraphs) == 0 {
		return nil, noText("the NITF document has no body.content with text")
	}
	a.HiddenMarks = n + hidden
	if d.Byline != "" {
		a.Bylines = []string{d.Byline}
	}
	if d.Distribute != "" {
		a.Attribution = []Attribution{{Relation: PublishedBy, Source: d.Distribute, Text: d.Distribute}}
	}
	for _, m := range []nitf.Moment{d.StoryDate, d.Issued, d.Release} {
		if !m.OK || m.At.Year() < 1990 || m.At.After(now.Add(48*time.Hour)) {
			continue
		}
		a.Date = &Date{Value: m.At.Format("2006-01-02T15:04Z07:00"), Precision: "minute", Raw: m.Raw}
		if m.Day {
			a.Date.Value, a.Date.Precision = m.At.Format(time.DateOnly), "day"
		}
		break
	}
	declared, err := lang.Parse(d.Language)
	if err != nil || declared == lang.Und {
		declared = doc.Declared
	}
	a.Detection = detect(a, declared)
	return []Article{a}, nil
}
