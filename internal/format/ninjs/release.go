package ninjs

import (
	"encoding/hex"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/wire"
)

// Names of ours where ninjs leaves a role or concept to the provider.
const (
	roleMain        = "main"
	roleSub         = "subheadline"
	roleDateline    = "dateline"
	roleAI          = "ai-disclosure"
	roleOriginator  = "originator"
	roleNamed       = "named-issuer" // by the lead; the member itself has not confirmed it
	roleCredit      = "credit"
	relKeyword      = "keyword"
	translationURI  = "urn:jarchi:translation:"
	mediaTopicURI   = "http://cv.iptc.org/newscodes/mediatopic/"
	mediaTopicAlias = "medtop:"
	sourceTypeURI   = "http://cv.iptc.org/newscodes/digitalsourcetype/"
	plain           = "text/plain"
)

// FromRelease writes version n (from 1) of a release's i-th item as a ninjs 3.1 item. A withdrawn or
// erased release gives a canceled item without any words.
func FromRelease(r *wire.Release, i, n int, members map[wire.MemberID]wire.Member) Item {
	it := &r.Items[i]
	v := it.Versions[n-1]
	c := v.Content
	out := Item{
		URI: string(it.URI), Standard: Standard31(), Type: string(it.Type), RepresentationType: Full,
		Version: strconv.Itoa(n), FirstCreated: instant(it.Versions[0].At), VersionCreated: instant(v.At),
		EmbargoedUntil: instant(r.EmbargoedUntil), PubStatus: Usable, Urgency: r.Urgency, Language: string(it.Language),
	}
	if it.Type == wire.Document || it.Type == "" {
		out.Type = TypeText // ninjs has no type for documents
	}
	for _, m := range r.Issuers {
		role := roleOriginator
		if !r.Stands(m) {
			role = roleNamed
		}
		out.InfoSources = append(out.InfoSources, InfoSource{Name: members[m].Name(it.Language), Role: role, Literal: string(m)})
	}
	if it.Translation != wire.Original {
		out.Genres = []Genre{{Name: string(it.Translation), URI: translationURI + string(it.Translation)}}
	}
	switch r.State {
	case wire.Withdrawn, wire.Erased:
		out.PubStatus = Canceled
		return out
	case wire.Embargoed:
		out.PubStatus = Withheld
	}
	out.setContent(c)
	if it.AltID != "" {
		out.AltIDs = []AltID{{Role: "sender", Value: it.AltID}}
	}
	return out
}

func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Truncate(time.Second).Format(time.RFC3339)
}

func (i *Item) setContent(c wire.Content) {
	i.Headlines = []Text{{Role: roleMain, ContentType: plain, Value: c.Headline}}
	if c.Subheadline != "" {
		i.Headlines = append(i.Headlines, Text{Role: roleSub, ContentType: plain, Value: c.Subheadline})
	}
	if len(c.Body) > 0 {
		body := strings.Join(c.Body, "\n\n")
		i.Bodies = []Body{{Role: roleMain, ContentType: plain, CharCount: utf8.RuneCountInString(body), Value: body}}
	}
	if c.Dateline != "" {
		i.Descriptions = append(i.Descriptions, Text{Role: roleDateline, ContentType: plain, Value: c.Dateline})
	}
	if c.AI.Note != "" {
		i.Descriptions = append(i.Descriptions, Text{Role: roleAI, ContentType: plain, Value: c.AI.Note})
	}
	if c.AI.DigitalSourceType != "" {
		i.DigitalSourceType = &DigitalSourceType{Name: c.AI.DigitalSourceType, URI: sourceTypeURI + c.AI.DigitalSourceType}
	}
	i.Slugline, i.By, i.EdNote = c.Slugline, c.Byline, c.EdNote
	i.CopyrightHolder, i.UsageTerms = c.Rights.Holder, c.Rights.UsageTerms
	if c.Rights.Credit != "" {
		i.InfoSources = append(i.InfoSources, InfoSource{Name: c.Rights.Credit, Role: roleCredit})
	}
	for _, s := range c.Subjects {
		uri := s
		if code, ok := strings.CutPrefix(s, mediaTopicAlias); ok {
			uri = mediaTopicURI + code
		}
		i.Subjects = append(i.Subjects, Subject{URI: uri})
	}
	for _, k := range c.Keywords {
		i.Subjects = append(i.Subjects, Subject{Name: k, Rel: relKeyword})
	}
	for _, a := range c.Attachments {
		i.Renditions = append(i.Renditions, Rendition{Name: hex.EncodeToString(a.SHA256[:]), ContentType: a.MediaType, SizeInBytes: a.Length, Title: a.Caption, Format: a.Credit})
	}
}

// Content reads the words of an item, ours or a sender's: the first headline and the first plain text
// body, split into paragraphs at blank lines (at line ends where there are none). A body that exists
// only as markup is read as text by PlainText of the caller's choice; here it is left out.
func (i Item) Content() wire.Content {
	c := wire.Content{Slugline: i.Slugline, Byline: i.By, EdNote: i.EdNote}
	c.Rights.Holder, c.Rights.UsageTerms = i.CopyrightHolder, i.UsageTerms
	for _, h := range i.Headlines {
		switch {
		case h.Role == roleSub:
			c.Subheadline = oneLine(h.Value)
		case c.Headline == "" && (h.ContentType == "" || h.ContentType == plain):
			c.Headline = oneLine(h.Value)
		}
	}
	if c.Headline == "" {
		c.Headline = oneLine(i.Title)
	}
	for _, b := range i.Bodies {
		if b.ContentType == "" || b.ContentType == plain {
			c.Body = Paragraphs(b.Value)
			break
		}
	}
	for _, d := range i.Descriptions {
		switch d.Role {
		case roleDateline:
			c.Dateline = oneLine(d.Value)
		case roleAI:
			c.AI.Note = oneLine(d.Value)
		}
	}
	if c.Dateline == "" {
		c.Dateline = i.Located
	}
	if d := i.DigitalSourceType; d != nil {
		c.AI.DigitalSourceType = d.Name
		if d.URI != "" {
			c.AI.DigitalSourceType = d.URI[strings.LastIndexAny(d.URI, "/:")+1:]
		}
	}
	for _, s := range i.InfoSources {
		if s.Role == roleCredit {
			c.Rights.Credit = s.Name
		}
	}
	for _, s := range i.Subjects {
		if s.Rel == relKeyword {
			c.Keywords = append(c.Keywords, s.Name)
			continue
		}
		uri := s.URI
		if code, ok := strings.CutPrefix(uri, mediaTopicURI); ok {
			uri = mediaTopicAlias + code
		}
		if uri != "" {
			c.Subjects = append(c.Subjects, uri)
		}
	}
	for _, r := range i.Renditions {
		var a wire.Attachment
		if b, err := hex.DecodeString(r.Name); err == nil && len(b) == len(a.SHA256) {
			copy(a.SHA256[:], b)
			a.MediaType, a.Length, a.Caption, a.Credit = r.ContentType, r.SizeInBytes, r.Title, r.Format
			c.Attachments = append(c.Attachments, a)
		}
	}
	return c
}

// Translation reads whose words the item's language version are: what FromRelease wrote, or Machine
// where a digital source type says that a trained model made it; otherwise the fallback.
func (i Item) Translation(fallback wire.Translation) wire.Translation {
	for _, g := range i.Genres {
		if t, ok := strings.CutPrefix(g.URI, translationURI); ok {
			return wire.Translation(t)
		}
	}
	if d := i.DigitalSourceType; d != nil && strings.Contains(d.URI+d.Name, "rainedAlgorithmicMedia") {
		return wire.Machine
	}
	return fallback
}

// Paragraphs splits plain text at blank lines, or at every line end if it has no blank line; empty
// ones are dropped and the space around each is cut.
func Paragraphs(text string) []string {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	var ps []string
	var cur []string
	flush := func() {
		if p := strings.TrimSpace(strings.Join(cur, "\n")); p != "" {
			ps = append(ps, p)
		}
		cur = cur[:0]
	}
	blank := strings.Contains(text, "\n\n")
	for _, line := range strings.Split(text, "\n") {
		if strings.TrimSpace(line) == "" || !blank {
			if !blank {
				cur = append(cur, line)
			}
			flush()
			continue
		}
		cur = append(cur, line)
	}
	flush()
	return ps
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// As30 is the item as ninjs 3.0, which has no digitalSourceType: the concept stands among the genres there, so that it is not lost.
func (i Item) As30() Item {
	i.Standard = &Standard{Name: "ninjs", Version: "3.0", Schema: "http://www.iptc.org/std/ninjs/ninjs-schema_3.0.json"}
	if d := i.DigitalSourceType; d != nil {
		i.Genres = append(i.Genres[:len(i.Genres):len(i.Genres)], Genre{Name: d.Name, URI: d.URI, Literal: d.Literal})
		i.DigitalSourceType = nil
	}
	if len(i.Associations) > 0 {
		list := make([]Item, len(i.Associations))
		for n, a := range i.Associations {
			standard := a.Standard
			list[n] = a.As30()
			if standard == nil {
				list[n].Standard = nil
			}
		}
		i.Associations = list
	}
	return i
}
