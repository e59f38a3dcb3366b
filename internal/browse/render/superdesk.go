package render

import (
	"bytes"
	"encoding/json"
	"html"
	"slices"
	"strings"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/format/ninjs"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/mediatopic"
	"jarchi.dev/jarchi/internal/notice"
	"jarchi.dev/jarchi/internal/take"
	"jarchi.dev/jarchi/internal/wire"
)

// superdeskItem is what Superdesk's ninjs feed parser reads: ninjs 1.x with guid beside uri. It knows none of the arrays of ninjs 2 and 3. A text that is
// there and empty takes the place of what Superdesk had; one that is absent leaves it.
type superdeskItem struct {
	GUID            string                        `json:"guid"`
	URI             string                        `json:"uri"` // a cancellation is looked up by it: without one it would hit whatever has none
	Version         string                        `json:"version,omitempty"`
	Type            string                        `json:"type"`
	PubStatus       string                        `json:"pubstatus"`
	FirstCreated    string                        `json:"firstcreated,omitempty"`
	VersionCreated  string                        `json:"versioncreated,omitempty"` // later for whatever is news of it: older and equal ones are not passed on
	Embargoed       string                        `json:"embargoed,omitempty"`
	Urgency         int                           `json:"urgency,omitempty"`
	Language        string                        `json:"language,omitempty"`
	Headline        *string                       `json:"headline,omitempty"`
	Slugline        *string                       `json:"slugline,omitempty"`
	Byline          *string                       `json:"byline,omitempty"`
	Located         string                        `json:"located,omitempty"`
	DescriptionText *string                       `json:"description_text,omitempty"`
	BodyHTML        *string                       `json:"body_html,omitempty"`
	BodyText        *string                       `json:"body_text,omitempty"` // of a picture: what is read in its place
	EdNote          *string                       `json:"ednote,omitempty"`
	Source          string                        `json:"source,omitempty"`
	CopyrightHolder string                        `json:"copyrightholder,omitempty"`
	UsageTerms      string                        `json:"usageterms,omitempty"`
	Keywords        []string                      `json:"keywords,omitempty"`
	Subjects        []superdeskSubject            `json:"subject,omitempty"`
	Renditions      map[string]superdeskRendition `json:"renditions,omitempty"` // of a picture alone: they are fetched as one
	Associations    map[string]*superdeskItem     `json:"associations,omitempty"`
}

// superdeskSubject always has a code: one without stops the whole item there.
type superdeskSubject struct {
	Name   string `json:"name"`
	Code   string `json:"code"`
	Scheme string `json:"scheme,omitempty"`
}

type superdeskRendition struct {
	Href     string `json:"href"`
	MimeType string `json:"mimetype,omitempty"`
}

// Superdesk is an entry's item in the ninjs 1.x that Superdesk's 'ninjs' feed parser reads. What its editors must know before they use it (a machine's
// translation, a correction and why) is its ednote. Pictures that are attached are associations, the first as featuremedia. Of what is gone there is a
// notice, canceled, in the place of every word. Other languages are items of their own.
func Superdesk(e browse.Entry, o Options) ([]byte, error) {
	var s *superdeskItem
	switch {
	case e.Capture != nil:
		s = superdeskOf(NinjsCapture(e.Capture, true))
		s.addBody(append(slices.Clone(e.Capture.Body), e.Capture.SourceURL))
		if at := instant(e.Capture.Gone); at != "" {
			s.VersionCreated = at
			t := notice.Beside(e.Capture.Language)
			s.gone(notice.Say(notice.WithdrawnHead, t), notice.Say(notice.WithdrawnText, t), "")
		}
	case e.Release == nil || e.Item < 0 || e.Item >= len(e.Release.Items):
		return nil, fault.E(fault.Invalid, "Superdesk gets one item at a time.")
	default:
		s = superdeskRelease(e, o)
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}

func superdeskRelease(e browse.Entry, o Options) *superdeskItem {
	r, it := e.Release, &e.Release.Items[e.Item]
	item := NinjsItem(e, e.Item, true, o)
	s := superdeskOf(item)
	s.Source = o.names(r, it.Language)
	v := it.Current()
	if e.Level != access.All || v == nil {
		return s // a header has no words
	}
	s.VersionCreated = instant(changedAt(r, it))
	if r.State == wire.Withdrawn || r.State == wire.Erased {
		p, _ := gonePost(r, it, o)
		reason := ""
		if r.State == wire.Withdrawn {
			reason = r.Reason
		}
		s.gone(p.Title.Value, p.Summary.Value, reason)
		return s
	}
	c := v.Content
	s.addBody(c.Body)
	var notes []string
	if urgentState(r, it) {
		if w, err := take.WordsOf(e, o.Members, notice.Beside(it.Language)); err == nil {
			notes = append(notes, w.State)
		}
	}
	if v.Kind == wire.CorrectKind {
		notes = append(notes, v.Reason)
	}
	s.EdNote = said(strings.Join(filled(append(notes, c.EdNote)), "\n"))
	s.addPictures(item, c.Attachments)
	return s
}

// superdeskOf takes what both have, of an item as the wire renders it.
func superdeskOf(i ninjs.Item) *superdeskItem {
	s := &superdeskItem{GUID: i.URI, URI: i.URI, Version: i.Version, Type: i.Type, PubStatus: i.PubStatus, FirstCreated: i.FirstCreated, VersionCreated: i.VersionCreated, Urgency: i.Urgency, Language: i.Language,
		Slugline: said(i.Slugline), Byline: said(i.By), EdNote: said(i.EdNote), CopyrightHolder: i.CopyrightHolder, UsageTerms: i.UsageTerms}
	if i.PubStatus == ninjs.Withheld {
		s.Embargoed = i.EmbargoedUntil
	}
	for _, h := range i.Headlines {
		switch h.Role {
		case "main":
			s.Headline = said(h.Value)
		case "subheadline":
			s.DescriptionText = said(h.Value)
		}
	}
	for _, d := range i.Descriptions {
		if d.Role == "dateline" {
			s.Located = d.Value
		}
	}
	for _, x := range i.Subjects {
		if x.Rel == "keyword" || x.URI == "" {
			s.Keywords = append(s.Keywords, filled([]string{x.Name})...)
			continue
		}
		one := superdeskSubject{Name: x.URI, Code: x.URI}
		if code, ok := strings.CutPrefix(x.URI, mediaTopics); ok {
			one = superdeskSubject{Name: code, Code: code, Scheme: mediaTopics}
			if topic, ok := mediatopic.Lookup("medtop:" + code); ok {
				one.Name, _ = topic.Label(lang.Tag(i.Language))
			}
		}
		s.Subjects = append(s.Subjects, one)
	}
	return s
}

const mediaTopics = "http://cv.iptc.org/newscodes/mediatopic/"

// addBody sets the paragraphs. A picture's are what stands for it where it cannot be seen.
func (s *superdeskItem) addBody(paragraphs []string) {
	if s.Type == ninjs.TypePicture {
		s.BodyText = said(strings.Join(paragraphs, "\n\n"))
		return
	}
	var b strings.Builder
	for _, p := range paragraphs {
		if p = strings.TrimSpace(p); p != "" {
			b.WriteString("<p>" + strings.ReplaceAll(html.EscapeString(p), "\n", "<br/>") + "</p>")
		}
	}
	s.BodyHTML = said(b.String())
}

// gone puts a notice in the place of every word that may be there.
func (s *superdeskItem) gone(head, text, reason string) {
	none := ""
	s.addBody([]string{text, reason})
	s.Headline, s.DescriptionText, s.Slugline, s.Byline, s.EdNote = &head, &text, &none, &none, &reason
	if s.BodyHTML == nil {
		s.BodyHTML = &none
	}
}

// addPictures names the pictures that are attached: a picture's own as its rendition, a text's as items beside it.
func (s *superdeskItem) addPictures(i ninjs.Item, files []wire.Attachment) {
	for n, r := range i.Renditions {
		if r.Href == "" || !strings.HasPrefix(r.ContentType, "image/") || n >= len(files) {
			continue
		}
		base := map[string]superdeskRendition{"baseImage": {r.Href, r.ContentType}}
		if s.Type == ninjs.TypePicture {
			if s.Renditions == nil {
				s.Renditions = base
				s.DescriptionText = said(files[n].Caption)
			}
			continue
		}
		name := "featuremedia"
		if s.Associations == nil {
			s.Associations = map[string]*superdeskItem{}
		} else {
			name = "picture-" + itoa(n+1)
		}
		uri := s.URI + ":" + r.Name[:min(len(r.Name), 16)]
		s.Associations[name] = &superdeskItem{GUID: uri, URI: uri, Version: s.Version, Type: ninjs.TypePicture, PubStatus: ninjs.Usable, FirstCreated: s.FirstCreated, VersionCreated: s.VersionCreated, Language: s.Language,
			Headline: s.Headline, DescriptionText: said(files[n].Caption), BodyText: said(files[n].Caption), Byline: said(files[n].Credit), Source: s.Source, CopyrightHolder: s.CopyrightHolder, UsageTerms: s.UsageTerms, Renditions: base}
	}
}

// said is a text that is there, or nothing.
func said(s string) *string {
	if s = strings.TrimSpace(s); s == "" {
		return nil
	}
	return &s
}

// filled are those that say something.
func filled(list []string) (out []string) {
	for _, s := range list {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}
