package newsmlg2

import (
	"bytes"
	"encoding/hex"
	"encoding/xml"
	"net/url"
	"strconv"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/wire"
)

// Marshal writes the newest version of r.Items[item] as a newsItem valid against NewsML-G2 2.35.
// Members gives the issuers' names; an unknown one goes by its id. Now decides only whether a stated
// embargo still lies ahead.
//
// pubStatus is usable once released; withheld before that, with the time at which it ends, if one is
// set; canceled when withdrawn or erased, then without headline, body or other words but the reason
// of the withdrawal. A cancellation counts as a version of its own, one above the last (an erasure
// two above), so that receivers take it for newer. What happened stands as signal: update and correction in
// IPTC's own terms, withdrawal and erasure, for which IPTC has none, in ours; who released, changed and
// withdrew it, and when, as hopHistory and pubHistory.
//
// It fails with Unsupported for events and planning, which are no newsItems, and with NotFound when
// there is no such item.
//
// address gives each file that is attached its address, by the hash in hex; with "", or without address, the file is left out.
func Marshal(r *wire.Release, item int, members map[wire.MemberID]wire.Member, now time.Time, address func(hash string) string) ([]byte, error) {
	return marshal(r, item, members, now, true, address)
}

// Header writes no more than a viewer of an embargoed release's header may know: issuers, type,
// urgency, languages and the time of opening.
func Header(r *wire.Release, item int, members map[wire.MemberID]wire.Member, now time.Time) ([]byte, error) {
	return marshal(r, item, members, now, false, nil)
}

var itemClasses = map[wire.ItemType]string{
	wire.Text: "text", wire.Picture: "picture", wire.Video: "video", wire.Audio: "audio",
	wire.Graphic: "graphic", wire.Composite: "composite", wire.Document: "text",
}

func marshal(r *wire.Release, item int, members map[wire.MemberID]wire.Member, now time.Time, words bool, address func(string) string) ([]byte, error) {
	if item < 0 || item >= len(r.Items) || r.Items[item].Current() == nil {
		return nil, fault.E(fault.NotFound, "The release has no item %d.", item)
	}
	it := &r.Items[item]
	class, ok := itemClasses[it.Type]
	if !ok {
		return nil, fault.E(fault.Unsupported, "NewsML-G2 has no news item for the type %s.", it.Type)
	}
	v := it.Current()
	canceled := r.State == wire.Withdrawn || r.State == wire.Erased
	words = words && !canceled

	w := newWriter(string(it.URI), versionOf(r, v), it.Language)
	if told := words && r.State.Out() || canceled; told {
		w.history(r, it, members)
	}
	if words {
		w.rights(v.Content.Rights)
	}
	w.open("itemMeta")
	w.empty("itemClass", "qcode", "ninat:"+class)
	w.party("provider", r.Lead(), members, it.Language)
	w.text("versionCreated", stamp(changedAt(r, v)))
	if !it.Versions[0].At.IsZero() {
		w.text("firstCreated", stamp(it.Versions[0].At))
	}
	w.embargo(r, now)
	w.empty("pubStatus", "qcode", "stat:"+pubStatus(r.State))
	if words {
		w.words("edNote", v.Content.EdNote)
		w.words("edNote", v.Content.AI.Note, "role", "jarchi:ai")
		w.words("edNote", v.Reason, "role", "jarchi:reason")
		switch v.Kind {
		case wire.UpdateKind:
			w.empty("signal", "qcode", "sig:update")
		case wire.CorrectKind:
			w.empty("signal", "qcode", "sig:correction")
		}
	}
	if canceled {
		w.words("edNote", r.Reason, "role", "jarchi:reason")
		w.empty("signal", "qcode", "jarchi:"+ending(r))
	}
	for i := range r.Items {
		if o := &r.Items[i]; i != item && o.Type == it.Type {
			w.empty("link", "rel", "jarchi:otherLanguage", "residref", string(o.URI), "xml:lang", string(o.Language))
		}
	}
	if words {
		for _, a := range v.Content.Attachments {
			hash, href := hex.EncodeToString(a.SHA256[:]), ""
			if address != nil {
				href = address(hash)
			}
			w.empty("link", "rel", "jarchi:attachment", "href", href, "residref", "urn:jarchi:file:"+hash,
				"contenttype", a.MediaType, "size", strconv.FormatInt(max(a.Length, 0), 10), "title", a.Caption)
		}
		w.extension("translation", string(it.Translation))
		if it.Stale {
			w.extension("stale", "true")
		}
	}
	w.extension("release", string(r.ID))
	w.close("itemMeta")

	w.open("contentMeta")
	if r.Urgency >= 1 && r.Urgency <= 9 {
		w.text("urgency", strconv.Itoa(r.Urgency))
	}
	if words {
		w.sourceType(sourceType(it.Translation, v.Content.AI))
	}
	w.party("infoSource", r.Lead(), members, it.Language)
	for _, m := range r.Issuers {
		if r.Stands(m) {
			w.party("creator", m, members, it.Language)
		}
	}
	for _, m := range r.Unconfirmed() { // named by the lead; the member itself has not confirmed it
		w.party("contributor", m, members, it.Language, "role", "jarchi:namedIssuer")
	}
	if words && it.AltID != "" {
		w.text("altId", it.AltID)
	}
	w.empty("language", "tag", string(it.Language))
	if words {
		w.descriptive(v.Content)
	}
	w.close("contentMeta")
	if words {
		w.body(it.Language, v.Content.Body)
	}
	return w.end()
}

// ending is how a release ended.
func ending(r *wire.Release) string {
	if r.State == wire.Erased {
		return "erasure"
	}
	return "withdrawal"
}

// actions are what the versions of an item are, as actions of its issuers.
var actions = map[wire.VersionKind]string{wire.FirstVersion: "jarchi:release", wire.UpdateKind: "jarchi:update", wire.CorrectKind: "jarchi:correction"}

// history writes who did what to the content, and when it could be read. Of what is gone only when it was released and when it went: how often it was changed
// before went with its words. What happened under an embargo was published when that ended.
func (w *writer) history(r *wire.Release, it *wire.Item, members map[wire.MemberID]wire.Member) {
	gone := r.State == wire.Withdrawn || r.State == wire.Erased
	versions := it.Versions
	if gone {
		versions = versions[:1]
	}
	hop := 0
	step := func(m wire.MemberID, action string, at time.Time) {
		when := ""
		if !at.IsZero() {
			when = stamp(at)
		}
		w.open("hop", "seq", strconv.Itoa(hop), "timestamp", when)
		w.party("party", m, members, it.Language)
		w.empty("action", "qcode", action, "timestamp", when)
		w.close("hop")
		hop++
	}
	w.open("hopHistory")
	for _, v := range versions {
		if v.At.IsZero() {
			v.At = r.ReleasedAt
		}
		step(r.Lead(), actions[v.Kind], v.At)
	}
	if gone {
		step(r.Lead(), "jarchi:"+ending(r), changedAt(r, it.Current()))
	}
	w.close("hopHistory")
	if r.OpenedAt.IsZero() {
		return
	}
	w.open("pubHistory")
	for _, v := range versions {
		at := v.At
		if at.Before(r.OpenedAt) {
			at = r.OpenedAt
		}
		m := members[r.Lead()]
		attrs := []string{"literal", string(r.Lead())}
		if m.Domain != "" {
			attrs = []string{"uri", "https://" + m.Domain + "/"}
		}
		w.open("published", attrs...)
		w.text("timestamp", stamp(at))
		if !gone {
			w.empty("publishedExtProperty", "rel", "jarchi:version", "literal", strconv.Itoa(v.N))
		}
		w.close("published")
	}
	w.close("pubHistory")
}

// Capture writes an outside capture as a newsItem. Its provider is where it was found, never the node
// or a member, and it carries no word that could make it look released by anyone here. Sources of its
// chain stand as infoSource with their relation as role. A page without a headline gets none.
func Capture(c *wire.Capture) ([]byte, error) {
	if c == nil || c.URI == "" {
		return nil, fault.E(fault.NotFound, "There is no capture to write.")
	}
	w := newWriter(string(c.URI), 1, c.Language)
	w.chain(c)
	w.open("itemMeta")
	w.empty("itemClass", "qcode", "ninat:text")
	w.named("provider", captureSource(c))
	w.text("versionCreated", stamp(c.ArrivedAt))
	status := "stat:usable"
	if !c.Gone.IsZero() { // its sender has withdrawn it
		status = "stat:canceled"
	}
	w.empty("pubStatus", "qcode", status)
	if u, err := url.Parse(c.SourceURL); err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") {
		w.empty("link", "rel", "jarchi:source", "href", u.String())
	}
	w.extension("capture", string(c.ID))
	if c.Truncated {
		w.extension("truncated", "true")
	}
	w.close("itemMeta")
	w.open("contentMeta")
	if d := truncatedDate(c.Date); d != "" {
		w.text("contentCreated", d)
	}
	if c.MachineTranslated {
		w.sourceType("trainedAlgorithmicMedia")
	}
	for _, a := range c.Attribution {
		if strings.TrimSpace(a.Source) == "" {
			continue
		}
		if code := roleCode(a.Relation); code != "" {
			w.named("infoSource", a.Source, "role", "jarchi:"+code)
		} else {
			w.named("infoSource", a.Source)
		}
	}
	for _, b := range c.Bylines {
		w.named("creator", b)
	}
	if c.Language != "" && c.Language != lang.Und {
		w.empty("language", "tag", string(c.Language))
	}
	w.words("headline", c.Headline)
	w.words("dateline", c.Dateline)
	w.words("by", strings.Join(c.Bylines, ", "))
	w.words("creditline", strings.Join(c.Credits, ", "))
	w.close("contentMeta")
	w.body(c.Language, c.Body)
	return w.end()
}

// chain writes the way of a capture to here, as its page names it.
func (w *writer) chain(c *wire.Capture) {
	hop := 0
	for _, a := range c.Attribution {
		code := roleCode(a.Relation)
		if strings.TrimSpace(a.Source) == "" || code == "" {
			continue
		}
		if hop == 0 {
			w.open("hopHistory")
		}
		w.open("hop", "seq", strconv.Itoa(hop))
		w.named("party", a.Source)
		w.empty("action", "qcode", "jarchi:"+code)
		w.close("hop")
		hop++
	}
	if hop > 0 {
		w.close("hopHistory")
	}
}

// captureSource is the best name of where it was found.
func captureSource(c *wire.Capture) string {
	if u, err := url.Parse(c.SourceURL); err == nil && u.Hostname() != "" {
		return u.Hostname()
	}
	for _, relation := range []string{"published-by", "original"} {
		for _, a := range c.Attribution {
			if a.Relation == relation && strings.TrimSpace(a.Source) != "" {
				return a.Source
			}
		}
	}
	if strings.TrimSpace(c.FileName) != "" {
		return c.FileName
	}
	return "source not stated"
}

func roleCode(s string) string {
	if strings.Trim(s, "abcdefghijklmnopqrstuvwxyz-") != "" {
		return ""
	}
	return s
}

// truncatedDate gives the part of a stated date that the schema can hold: xs:gYear, gYearMonth, date
// or, where the zone is evidenced, dateTime.
func truncatedDate(d *wire.StatedDate) string {
	if d == nil {
		return ""
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(layout, d.Value); err == nil {
			return t.Format(time.RFC3339)
		}
	}
	day, _, _ := strings.Cut(d.Value, "T")
	for _, layout := range []string{"2006-01-02", "2006-01", "2006"} {
		if _, err := time.Parse(layout, day); err == nil {
			return day
		}
	}
	return ""
}

func pubStatus(s wire.State) string {
	switch s {
	case wire.Released:
		return "usable"
	case wire.Withdrawn, wire.Erased:
		return "canceled"
	}
	return "withheld"
}

func versionOf(r *wire.Release, v *wire.Version) int {
	switch {
	case r.State == wire.Withdrawn:
		return v.N + 1
	case r.State == wire.Erased:
		return v.N + 2
	}
	return v.N
}

func changedAt(r *wire.Release, v *wire.Version) time.Time {
	for _, t := range []time.Time{r.ErasedAt, r.WithdrawnAt, v.At, r.ReleasedAt} {
		if !t.IsZero() {
			return t
		}
	}
	return r.Created
}

// sourceType is the IPTC digital source type: as disclosed, else what the kind of translation implies.
func sourceType(t wire.Translation, ai wire.AIDisclosure) string {
	switch {
	case ai.DigitalSourceType != "":
		return ai.DigitalSourceType
	case t == wire.Machine:
		return "trainedAlgorithmicMedia"
	case t == wire.MachineEdited:
		return "compositeWithTrainedAlgorithmicMedia"
	}
	return ""
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// writer builds a newsItem in the order of the schema.
type writer struct {
	b bytes.Buffer
}

func newWriter(guid string, version int, t lang.Tag) *writer {
	w := &writer{}
	w.b.WriteString(xml.Header)
	attrs := []string{"xmlns", nar, "guid", guid, "version", strconv.Itoa(max(version, 1)), "standard", "NewsML-G2", "standardversion", "2.35", "conformance", "power"}
	if t != "" && t != lang.Und {
		attrs = append(attrs, "xml:lang", string(t), "dir", t.Dir())
	}
	w.open("newsItem", attrs...)
	w.open("catalog")
	for _, s := range schemes {
		w.empty("scheme", "alias", s[0], "uri", s[1])
	}
	w.close("catalog")
	return w
}

func (w *writer) end() ([]byte, error) {
	w.close("newsItem")
	return w.b.Bytes(), nil
}

// oneLine is for the schema's strings, which hold no tab or line break.
var oneLine = strings.NewReplacer("\t", " ", "\n", " ", "\r", " ")

func (w *writer) escape(s string) { xml.EscapeText(&w.b, []byte(s)) } // what XML cannot hold becomes U+FFFD; a Buffer does not fail

func (w *writer) start(name string, attrs []string) {
	w.b.WriteString("<" + name)
	for i := 0; i+1 < len(attrs); i += 2 {
		if attrs[i+1] == "" {
			continue
		}
		w.b.WriteString(" " + attrs[i] + `="`)
		w.escape(oneLine.Replace(attrs[i+1]))
		w.b.WriteByte('"')
	}
}

func (w *writer) open(name string, attrs ...string) {
	w.start(name, attrs)
	w.b.WriteString(">\n")
}

func (w *writer) close(name string) { w.b.WriteString("</" + name + ">\n") }

func (w *writer) empty(name string, attrs ...string) {
	w.start(name, attrs)
	w.b.WriteString("/>\n")
}

func (w *writer) text(name, s string, attrs ...string) {
	w.start(name, attrs)
	w.b.WriteByte('>')
	w.escape(oneLine.Replace(s))
	w.close(name)
}

// words is text that is left out when there is none.
func (w *writer) words(name, s string, attrs ...string) {
	if strings.TrimSpace(s) != "" {
		w.text(name, s, attrs...)
	}
}

// named is a party that is known by its name alone.
func (w *writer) named(element, name string, attrs ...string) {
	w.open(element, attrs...)
	w.text("name", name)
	w.close(element)
}

func (w *writer) party(element string, id wire.MemberID, members map[wire.MemberID]wire.Member, t lang.Tag, attributes ...string) {
	m, ok := members[id]
	if !ok {
		m = wire.Member{ID: id}
	}
	uri := ""
	if m.Domain != "" {
		uri = "https://" + m.Domain + "/"
	}
	w.named(element, m.Name(t), append([]string{"uri", uri}, attributes...)...)
}

func (w *writer) rights(r wire.Rights) {
	if strings.TrimSpace(r.Holder+r.UsageTerms) == "" {
		return
	}
	w.open("rightsInfo")
	if strings.TrimSpace(r.Holder) != "" {
		w.named("copyrightHolder", r.Holder)
	}
	w.words("usageTerms", r.UsageTerms)
	w.close("rightsInfo")
}

// embargo states when it ends: the embargo's end, else the time a scheduled release leaves; empty (the
// end is not set) for a draft.
func (w *writer) embargo(r *wire.Release, now time.Time) {
	switch until := r.EmbargoedUntil; {
	case r.State == wire.Withdrawn, r.State == wire.Erased:
	case r.State == wire.Embargoed, until.After(now):
		w.text("embargoed", stamp(until))
	case r.State == wire.Scheduled:
		w.text("embargoed", stamp(r.PublishAt))
	case !r.State.Out():
		w.empty("embargoed")
	}
}

func (w *writer) extension(rel, literal string) {
	if literal != "" {
		w.empty("itemMetaExtProperty", "rel", "jarchi:"+rel, "literal", literal)
	}
}

// sourceType takes the last part of the IPTC concept, and only one that can stand in a QCode.
func (w *writer) sourceType(code string) {
	if code != "" && !strings.ContainsAny(code, " \t\r\n") {
		w.empty("digitalSourceType", "qcode", "digsrctype:"+code)
	}
}

func (w *writer) descriptive(c wire.Content) {
	for _, k := range c.Keywords {
		w.words("keyword", k)
	}
	for _, s := range c.Subjects {
		if code, ok := strings.CutPrefix(s, "medtop:"); ok && code != "" && strings.Trim(code, "0123456789") == "" {
			w.empty("subject", "qcode", s)
		}
	}
	w.words("slugline", c.Slugline)
	w.words("headline", c.Headline)
	w.words("dateline", c.Dateline)
	w.words("by", c.Byline)
	w.words("creditline", c.Rights.Credit)
	w.words("description", c.Subheadline, "role", "drol:summary")
}

func (w *writer) body(t lang.Tag, paragraphs []string) {
	if len(paragraphs) == 0 {
		return
	}
	w.open("contentSet")
	w.open("inlineXML", "contenttype", "application/xhtml+xml")
	attrs := []string{"xmlns", "http://www.w3.org/1999/xhtml"}
	if t != "" && t != lang.Und {
		attrs = append(attrs, "xml:lang", string(t), "lang", string(t), "dir", t.Dir())
	}
	w.open("html", attrs...)
	w.text("head", "")
	w.open("body")
	for _, p := range paragraphs {
		w.words("p", p)
	}
	w.close("body")
	w.close("html")
	w.close("inlineXML")
	w.close("contentSet")
}
