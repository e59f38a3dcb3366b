package render

import (
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/format/ninjs"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/wire"
)

// Roles of ours in the live rendering of an item.
const (
	RoleRelease    = "release"    // altIds: the release an item belongs to
	roleSignal     = "signal"     // altIds: update, correction, withdrawal or erasure, since ninjs has nothing else for it
	roleCorrection = "correction" // descriptions: why this version corrects the one before
	roleWithdrawal = "withdrawal" // descriptions: why it must not be used
	roleSourceURL  = "source"     // altIds: where a capture stood
	roleReplaces   = "replaces"   // altIds: the capture of what the same item of a source said before
	roleDate       = "date"       // descriptions: a capture's date, where it is less than an instant
	rolePartial    = "truncated"  // descriptions: the text is cut off
	plain          = "text/plain"

	relTranslationOf  = "translationOf"  // associations: what was written first, of a text that is not it
	relHasTranslation = "hasTranslation" // associations: the other languages of the same release
)

// Ninjs are the items of one entry of the wire as ninjs 3.1, in the release's order, as this viewer may have them: those in a language, all if it is empty; without full they are partial and
// have no bodies. (Item.As30 makes them ninjs 3.0.)
func Ninjs(e browse.Entry, language lang.Tag, full bool, o Options) []ninjs.Item {
	if e.Capture != nil {
		return []ninjs.Item{NinjsCapture(e.Capture, full)}
	}
	var out []ninjs.Item
	for i := range e.Release.Items {
		if language == "" || e.Release.Items[i].Language == language {
			item := NinjsItem(e, i, full, o)
			item.Associations = nil // the other languages stand beside it already
			out = append(out, item)
		}
	}
	return out
}

// NinjsItem is the live rendering of a release's i-th item: its newest version with what has become of it.
func NinjsItem(e browse.Entry, i int, full bool, o Options) ninjs.Item {
	r := e.Release
	it := &r.Items[i]
	v := it.Current()
	if e.Level != access.All || v == nil {
		return headerItem(r, it, o)
	}
	out := ninjs.FromRelease(r, i, v.N, o.Members)
	out.AltIDs = append(out.AltIDs, ninjs.AltID{Role: RoleRelease, Value: string(r.ID)})
	if s := signal(r, v); s != "" {
		out.AltIDs = append(out.AltIDs, ninjs.AltID{Role: roleSignal, Value: s})
	}
	gone := r.State == wire.Withdrawn || r.State == wire.Erased
	if !gone && v.Kind == wire.CorrectKind && v.Reason != "" {
		out.Descriptions = append(out.Descriptions, ninjs.Text{Role: roleCorrection, ContentType: plain, Value: v.Reason})
	}
	if r.State == wire.Withdrawn && r.Reason != "" {
		out.Descriptions = append(out.Descriptions, ninjs.Text{Role: roleWithdrawal, ContentType: plain, Value: r.Reason})
	}
	if !gone {
		if code := madeBy(it.Translation); out.DigitalSourceType == nil && code != "" {
			out.DigitalSourceType = &ninjs.DigitalSourceType{Name: code, URI: sourceTypes + code}
		}
		for n := range out.Renditions {
			out.Renditions[n].Href = o.file(it.ID, out.Renditions[n].Name)
		}
		if full {
			out.Associations = languages(r, it)
		}
	}
	if !full {
		out.RepresentationType, out.Bodies = ninjs.Partial, nil
	}
	return out
}

const sourceTypes = "http://cv.iptc.org/newscodes/digitalsourcetype/"

// madeBy is what the IPTC calls the source of a text that a machine translated.
func madeBy(t wire.Translation) string {
	switch t {
	case wire.Machine:
		return "trainedAlgorithmicMedia"
	case wire.MachineEdited:
		return "compositeWithTrainedAlgorithmicMedia"
	}
	return ""
}

func signal(r *wire.Release, v *wire.Version) string {
	switch {
	case r.State == wire.Withdrawn:
		return "withdrawal"
	case r.State == wire.Erased:
		return "erasure"
	case v.Kind == wire.CorrectKind:
		return "correction"
	case v.Kind == wire.UpdateKind:
		return "update"
	}
	return ""
}

// languages are the other languages of an item, as associations that name them and no more.
func languages(r *wire.Release, it *wire.Item) (out []ninjs.Item) {
	for i := range r.Items {
		o := &r.Items[i]
		if o.ID == it.ID || o.Type != it.Type || o.Current() == nil {
			continue
		}
		rel := relHasTranslation
		if o.Translation == wire.Original && it.Translation != wire.Original {
			rel = relTranslationOf
		}
		a := ninjs.Item{Name: string(o.Language), Rel: rel, URI: string(o.URI), RepresentationType: ninjs.Partial, Language: string(o.Language)}
		if o.Translation != wire.Original {
			a.Genres = []ninjs.Genre{{Name: string(o.Translation), URI: "urn:jarchi:translation:" + string(o.Translation)}}
		}
		out = append(out, a)
	}
	return out
}

// headerItem tells issuers, type, urgency, language and the time of opening, of a release that
// access.Reduce has already emptied of all else.
func headerItem(r *wire.Release, it *wire.Item, o Options) ninjs.Item {
	out := ninjs.Item{URI: HeaderURI(it.ID), Standard: ninjs.Standard31(), Type: string(it.Type), RepresentationType: ninjs.Partial,
		PubStatus: ninjs.Withheld, Urgency: r.Urgency, Language: string(it.Language), EmbargoedUntil: instant(r.EmbargoedUntil),
		AltIDs: []ninjs.AltID{{Role: RoleRelease, Value: string(r.ID)}}}
	if it.Type == wire.Document || it.Type == "" {
		out.Type = ninjs.TypeText
	}
	if r.State == wire.Withdrawn || r.State == wire.Erased {
		out.PubStatus = "canceled"
	}
	for _, m := range r.Issuers {
		out.InfoSources = append(out.InfoSources, ninjs.InfoSource{Name: o.Members[m].Name(it.Language), Role: "originator", Literal: string(m)})
	}
	return out
}

// NinjsCapture is third-party material: the sources its page names stand as infoSources, and no member
// of ours is named. What the page does not state is not there.
func NinjsCapture(c *wire.Capture, full bool) ninjs.Item {
	out := ninjs.Item{URI: string(c.URI), Standard: ninjs.Standard31(), Type: ninjs.TypeText, RepresentationType: ninjs.Partial,
		FirstCreated: instant(c.ArrivedAt), VersionCreated: instant(c.ArrivedAt), PubStatus: ninjs.Usable, Language: string(c.Language), By: strings.Join(c.Bylines, ", "),
		Genres: []ninjs.Genre{{Name: "capture", URI: "urn:jarchi:kind:capture"}}}
	if c.Headline != "" {
		out.Headlines = []ninjs.Text{{Role: "main", ContentType: plain, Value: c.Headline}}
	}
	describe := func(role, text string) {
		if text != "" {
			out.Descriptions = append(out.Descriptions, ninjs.Text{Role: role, ContentType: plain, Value: text})
		}
	}
	describe("dateline", c.Dateline)
	if c.Date != nil {
		// Only a time of day with a zone is an instant; a day stays a day.
		if t, err := time.Parse(time.RFC3339, c.Date.Value); err == nil && c.Date.Precision == "minute" {
			out.ContentCreated = t.Format(time.RFC3339)
		} else {
			describe(roleDate, c.Date.Value)
		}
	}
	out.EdNote = strings.Join(c.Notes, " ")
	if c.Truncated {
		describe(rolePartial, "The text is cut off.")
	}
	if c.MachineTranslated {
		out.DigitalSourceType = &ninjs.DigitalSourceType{Name: "trainedAlgorithmicMedia", URI: "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"}
	}
	for _, at := range c.Attribution {
		out.InfoSources = append(out.InfoSources, ninjs.InfoSource{Name: at.Source, Role: at.Relation})
	}
	for _, credit := range c.Credits {
		out.InfoSources = append(out.InfoSources, ninjs.InfoSource{Name: credit, Role: "credit"})
	}
	if c.SourceURL != "" {
		out.AltIDs = []ninjs.AltID{{Role: roleSourceURL, Value: c.SourceURL}}
	}
	if s := c.Sent; s != nil {
		out.UsageTerms, out.Urgency = s.Rights, s.Urgency
		if s.GUID != "" {
			out.AltIDs = append(out.AltIDs, ninjs.AltID{Role: "sender", Value: s.GUID})
		}
		if hash, n, ok := strings.Cut(string(s.Earlier), "-"); ok {
			out.AltIDs = append(out.AltIDs, ninjs.AltID{Role: roleReplaces, Value: "urn:jarchi:capture:" + hash + ":" + n})
			out.EdNote = "Its sender said something else in an earlier version."
		}
	}
	if !c.Gone.IsZero() {
		out.PubStatus, out.EdNote = ninjs.Canceled, "Its sender has withdrawn it."
	}
	if f := c.Fed; f != nil {
		if f.Rights != "" {
			out.UsageTerms = f.Rights
		}
		for _, name := range f.Categories {
			out.Subjects = append(out.Subjects, ninjs.Subject{Name: name})
		}
		if hash, n, ok := strings.Cut(string(f.Earlier), "-"); ok {
			out.AltIDs = append(out.AltIDs, ninjs.AltID{Role: roleReplaces, Value: "urn:jarchi:capture:" + hash + ":" + n})
			out.EdNote = "The same item of this source said something else before."
		}
	}
	if full {
		out.RepresentationType = ninjs.Full
		if len(c.Body) > 0 {
			out.Bodies = []ninjs.Body{{Role: "main", ContentType: plain, Value: strings.Join(c.Body, "\n\n")}}
		}
	}
	return out
}

func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Truncate(time.Second).Format(time.RFC3339)
}
