package intake

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/format/ninjs"
	"jarchi.dev/jarchi/internal/lang"
)

// machineTranslation is the digital source type of a text that its page says a machine translated.
const machineTranslation = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"

// Ninjs gives a as a valid ninjs 3.1 item. Its uri is urn:jarchi:capture:<sha-256 of doc's raw
// bytes>:<n>; contentCreated is set only when time of day and zone are evidenced.
func (a Article) Ninjs(doc Document) ninjs.Item {
	sum := sha256.Sum256(doc.Bytes)
	item := ninjs.Item{
		URI:                fmt.Sprintf("urn:jarchi:capture:%s:%d", hex.EncodeToString(sum[:]), a.N),
		Standard:           ninjs.Standard31(),
		Type:               ninjs.TypeText,
		RepresentationType: ninjs.Full,
		By:                 strings.Join(a.Bylines, "; "),
		Located:            place(a.Dateline),
	}
	if a.Detection.Tag != "" {
		item.Language = string(a.Detection.Tag)
	}
	if a.Date != nil && a.Date.Precision == "minute" {
		for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00"} {
			if t, err := time.Parse(layout, a.Date.Value); err == nil {
				item.ContentCreated = t.Format(time.RFC3339)
			}
		}
	}
	if a.Headline != "" {
		item.Headlines = []ninjs.Text{{Role: "main", ContentType: "text/plain", Value: a.Headline}}
	}
	body := strings.Join(a.Paragraphs, "\n\n")
	item.Bodies = []ninjs.Body{{Role: "main", ContentType: "text/plain", CharCount: utf8.RuneCountInString(body), WordCount: len(strings.Fields(body)), Value: body}}
	for _, t := range a.Attribution {
		item.InfoSources = append(item.InfoSources, ninjs.InfoSource{Name: t.Source, Role: t.Relation})
	}
	if a.MachineTranslated {
		item.DigitalSourceType = &ninjs.DigitalSourceType{Name: "machine translation", URI: machineTranslation}
	}
	if a.Truncated {
		item.EdNote = "The text is cut off where it was taken from."
	}
	if doc.URL != "" {
		item.AltIDs = []ninjs.AltID{{Role: "url", Value: strings.ToValidUTF8(doc.URL, "")}}
	}
	return item
}

// place is the place a dateline begins with.
func place(dateline string) string {
	if i := strings.IndexAny(dateline, ",،.(–—:/"); i > 0 {
		dateline = dateline[:i]
	}
	return strings.Trim(dateline, " -\u00a0")
}

// Analysis is what was found out about an article besides its text; the field names are those of
// INTERFACES.md and do not change.
type Analysis struct {
	Language          lang.Tag              `json:"language"`
	Script            string                `json:"script"`
	Confidence        float64               `json:"confidence"`
	Date              *AnalysisDate         `json:"date"`
	Attribution       []AnalysisAttribution `json:"attribution"`
	Credits           []string              `json:"credits"`
	MachineTranslated bool                  `json:"machine_translated"`
	Truncated         bool                  `json:"truncated"`
	Removed           []string              `json:"removed"`
	Notes             []string              `json:"notes,omitempty"`
}

// AnalysisDate is the stated date of an article, null where there is none.
type AnalysisDate struct {
	Value     string `json:"value"`
	Precision string `json:"precision"`
	Raw       string `json:"raw"`
}

// AnalysisAttribution is one link of the chain of attribution.
type AnalysisAttribution struct {
	Relation string `json:"relation"`
	Source   string `json:"source"`
	Text     string `json:"text"`
}

// Analysis gives what was found out about a in the shape that `jarchi extract` prints.
func (a Article) Analysis() Analysis {
	out := Analysis{
		Language: a.Detection.Tag, Script: a.Detection.Script, Confidence: a.Detection.Confidence,
		Attribution: make([]AnalysisAttribution, 0, len(a.Attribution)), Credits: append([]string{}, a.Credits...),
		MachineTranslated: a.MachineTranslated, Truncated: a.Truncated, Removed: append([]string{}, a.Removed...), Notes: a.Notes,
	}
	if out.Language == "" {
		out.Language = lang.Und
	}
	if a.Date != nil {
		d := AnalysisDate(*a.Date)
		out.Date = &d
	}
	for _, t := range a.Attribution {
		out.Attribution = append(out.Attribution, AnalysisAttribution(t))
	}
	return out
}

// ownNames begin what this node itself calls things that have no name of their own.
const ownNames = "urn:jarchi:"

// embargoOf is the longest embargo of an item and of what it holds, and how its sender writes the end: who may read the item may read its bytes, and
// theirs are among them.
func embargoOf(item ninjs.Item, guid string, now time.Time) (held *Held, until string) {
	if t, err := time.Parse(time.RFC3339, item.EmbargoedUntil); item.EmbargoedUntil != "" && (err != nil || t.After(now) || otherCalendar(t)) {
		held, until = &Held{GUID: guid}, item.EmbargoedUntil // an end that cannot be read is none
		if err == nil && !otherCalendar(t) {
			held.Until = t
		}
	}
	for _, in := range item.Associations {
		if h, u := embargoOf(in, guid, now); h != nil && (held == nil || h.Until.IsZero() || !held.Until.IsZero() && h.Until.After(held.Until)) {
			held, until = h, u
		}
	}
	return held, until
}

// readNinjs takes a ninjs item as the one article it is. Its fields are statements of the sender and
// are not second-guessed by the line rules.
func readNinjs(doc Document, now time.Time) ([]Article, error) {
	text := doc.Bytes
	if _, wide := utf16Order(text[:min(len(text), 4096)]); wide || !utf8.Valid(text) { // RFC 8259 wants UTF-8
		text = []byte(decode(text, doc.ContentType, false))
	}
	item, err := ninjs.Parse(text)
	if err != nil {
		return nil, err
	}
	a := Article{GUID: item.URI, Rights: item.UsageTerms, Urgency: item.Urgency}
	if strings.HasPrefix(a.GUID, ownNames) {
		a.GUID = ""
	}
	if a.Rights == "" {
		a.Rights = item.CopyrightNotice
	}
	a.Version, _ = strconv.Atoi(strings.TrimSpace(item.Version))
	held, until := embargoOf(item, a.GUID, now)
	if err := usable(item.PubStatus, a.GUID, held, until); err != nil {
		return nil, err
	}
	body, markup := "", false
	for _, b := range item.Bodies {
		if plain := b.ContentType == "" || b.ContentType == "text/plain"; body == "" || plain && markup {
			body, markup = b.Value, !plain
		}
	}
	if markup {
		if body, err = plainText(body); err != nil {
			return nil, err
		}
	}
	ls, hidden, err := splitLines(body)
	if err != nil {
		return nil, err
	}
	for _, l := range ls {
		a.Paragraphs = append(a.Paragraphs, l.text)
	}
	for _, h := range item.Headlines {
		if a.Headline == "" || h.Role == "main" {
			text, n := cleanLine(h.Value)
			a.Headline = text
			hidden += n
		}
	}
	a.HiddenMarks = hidden
	if n := len(a.Paragraphs) - 1; n > 0 && strings.HasPrefix(item.URI, ownNames) && footOf(a.Paragraphs[n], a.Headline) {
		a.Paragraphs, a.Removed = a.Paragraphs[:n], []string{a.Paragraphs[n]}
	}
	if len(a.Paragraphs) == 0 {
		return nil, noText("the ninjs item has no body")
	}
	if item.By != "" {
		a.Bylines = []string{item.By}
	}
	if item.Located != "" {
		a.Dateline = item.Located
	}
	for _, v := range []string{item.ContentCreated, item.FirstCreated, item.VersionCreated} {
		if t, err := time.Parse(time.RFC3339, v); err == nil {
			a.Date = &Date{Value: t.Format("2006-01-02T15:04Z07:00"), Precision: "minute", Raw: v}
			break
		}
	}
	for _, relation := range []string{Original, QuotedBy, TranslatedBy, PublishedBy} {
		for _, s := range item.InfoSources {
			if s.Name != "" && (s.Role == relation || relation == PublishedBy && !known(s.Role)) {
				a.Attribution = append(a.Attribution, Attribution{Relation: relation, Source: s.Name, Text: s.Name})
			}
		}
	}
	a.MachineTranslated = item.DigitalSourceType != nil && item.DigitalSourceType.URI == machineTranslation
	declared, err := lang.Parse(item.Language)
	if err != nil {
		declared = doc.Declared
	}
	a.Detection = detect(a, declared)
	return []Article{a}, nil
}

// footOf reports whether the last line of a feed's text is the one that many sites add to each: it names the headline, in whichever language, and little else
// ('The post … appeared first on …').
func footOf(line, headline string) bool {
	before, after, ok := strings.Cut(line, headline)
	return ok && len(strings.Fields(headline)) > 1 && before+after != "" && len(strings.Fields(before+after)) <= 15
}

func known(relation string) bool {
	return relation == Original || relation == QuotedBy || relation == TranslatedBy
}
