package web

import (
	"encoding/hex"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/desk"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/mediatopic"
	"jarchi.dev/jarchi/internal/wire"
)

// writeField is one field for text in a language.
type writeField struct {
	ID, Name, Label, Value, Help, Error, Class string
	Area                                       bool
	Rows                                       int
	Lang                                       lang.Tag
	Dir                                        string
	Focus                                      bool
}

// moment is a date and time of the desk's own zone; Both says it in her zone and the member's.
type moment struct {
	ID, Name, Label, Date, Clock, Zone, Error string
	Both                                      bothTimes
}

type bothTimes struct{ Reader, Member string }

// column is the text of one language, to be written in.
type column struct {
	Lang                lang.Tag
	Name, Dir           string
	Side, Open          bool
	Revision            int
	Changed             string
	Fields, More        []writeField
	Was                 string // see fingerprint
	Words, Subjects     []option
	Files               []draftFileView
	UploadError         string
	Droppable, Readonly bool
}

// wholeView is what concerns all languages.
type wholeView struct {
	Was                                  string
	Revision                             int
	Zone                                 string
	New, Correction, Joint               bool
	Reason                               writeField
	Urgency, Audience, Partners, Issuers []option
	AudienceError                        string
	Schedule, Embargo                    moment
}

type problemView struct {
	Href, Name, Text string
	Lang             lang.Tag
	Focus            bool
}

type otherView struct{ Name, Href string }

type composePage struct {
	page
	ID                             desk.DraftID
	Release                        wire.ReleaseID
	Lang, Beside                   lang.Tag
	Seen                           int64 // when what it shows was changed last
	Heading, Class, State, Writers string
	SavedLine, Notice, Failed      string
	Note                           *noteView
	Asks                           bool
	Tabs                           []tab
	Addable                        []option
	Columns                        []column
	Whole                          wholeView
	Problems                       []problemView
	Others                         []otherView
}

// typed is what a form brought and was not taken: it is shown again with what is wrong.
type typed struct {
	parts    map[lang.Tag]desk.Part
	settings *desk.Settings
	dates    map[string][2]string // by name, as they were typed
	errors   map[string]string    // by the id of the field: the sentence
}

var headings = map[desk.Kind]string{desk.New: "desk.compose.new", desk.Update: "desk.compose.update", desk.Correct: "desk.compose.correct"}

func (q *request) compose() error {
	return q.unsent(func(d *desk.Draft) error { return q.showCompose(http.StatusOK, d, q.r.URL.Query(), typed{}) })
}

func (q *request) showCompose(status int, d *desk.Draft, at url.Values, t typed) error {
	others, err := q.Desk.Others(q.r.Context(), q.person, d.ID)
	if err != nil {
		return err
	}
	p := composePage{page: q.newPage(q.text(headings[d.Kind]), "desk"), ID: d.ID, Heading: q.text(headings[d.Kind]), Class: "pending", State: q.draftState(d),
		Writers: q.writers(d), Notice: q.notice(), Failed: q.failed(d), Asks: q.asks(d)}
	p.Self, p.PrintState = draftPath(d.ID), rich(p.State)
	p.Scripts = append(p.Scripts, "js/desk.js")
	if d.Kind != desk.New {
		p.Release = d.Release
	}
	if d.Note != "" && d.State == desk.Writing {
		p.Note = &noteView{By: clean(d.NotedBy), Text: clean(d.Note)}
	}
	p.Lang, p.Beside = q.shownParts(d, at)
	p.SavedLine, p.Seen = q.savedAt(d.ChangedAt), d.ChangedAt.UnixMicro()
	errs := map[string]string{}
	if at.Has("check") {
		p.Problems = q.problems(d, errs, p.Lang, p.Beside)
	}
	for id, s := range t.errors {
		errs[id] = s
		p.Problems = append(p.Problems, problemView{Href: "#" + id, Text: s, Focus: true})
	}
	focus := ""
	if len(p.Problems) > 0 {
		_, focus, _ = strings.Cut(p.Problems[0].Href, "#")
	}
	for i := range d.Parts {
		x := &d.Parts[i]
		word, _ := q.partWord(x)
		to := url.Values{"lang": {string(x.Language)}}
		if x.Language != p.Lang {
			to.Set("beside", string(p.Lang))
		} else if p.Beside != "" {
			to.Set("beside", string(p.Beside))
		}
		p.Tabs = append(p.Tabs, tab{Lang: x.Language, Name: x.Language.Autonym(), Dir: dirOf(x.Language), State: word,
			Href: p.Self + "?" + to.Encode(), Current: x.Language == p.Lang})
	}
	for _, k := range lang.Known() {
		if d.Part(k) == nil {
			p.Addable = append(p.Addable, option{Value: string(k), Label: k.Autonym(), Lang: k})
		}
	}
	for _, l := range []lang.Tag{p.Lang, p.Beside} {
		x := d.Part(l)
		if x == nil {
			continue
		}
		c := q.column(d, x, t, errs, focus)
		c.Side = l != p.Lang
		p.Columns = append(p.Columns, c)
	}
	p.Whole = q.whole(d, t, errs, focus)
	for _, o := range others {
		if o.By == q.person.ID {
			p.Others = append(p.Others, otherView{Name: q.otherWriter(d, o.Language), Href: p.Self + "/others/" + url.PathEscape(o.ID)})
		}
	}
	return q.render(status, "compose", p)
}

// otherWriter is who saved the text that stands now in a language.
func (q *request) otherWriter(d *desk.Draft, t lang.Tag) string {
	if p := d.Part(t); p != nil {
		return q.staffName(p.By)
	}
	return ""
}

// asks reports whether the next step for this person is to ask others; else it is to look it over and
// let it leave.
func (q *request) asks(d *desk.Draft) bool {
	return d.State == desk.Writing && (d.Needed > 0 || !q.person.May(d.Desk, access.Publish))
}

// shownParts are the languages of the two columns: the one asked for or that she reads, and another beside it.
func (q *request) shownParts(d *desk.Draft, at url.Values) (first, beside lang.Tag) {
	if len(d.Parts) == 0 {
		return "", ""
	}
	if p := d.Part(lang.Tag(at.Get("lang"))); p != nil {
		first = p.Language
	} else {
		first = d.Parts[0].Language
	}
	if p := d.Part(lang.Tag(at.Get("beside"))); p != nil && p.Language != first {
		return first, p.Language
	}
	for i := range d.Parts {
		if p := &d.Parts[i]; p.Language != first && p.Translation == wire.Original {
			return first, p.Language
		}
	}
	for i := range d.Parts {
		if p := &d.Parts[i]; p.Language != first {
			return first, p.Language
		}
	}
	return first, ""
}

// savedAt says when a draft was last saved, by the node's clock.
func (q *request) savedAt(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	when := q.clock(t)
	if !sameDay(t.In(q.zone), q.Now().In(q.zone)) {
		when = q.stamp(t)
	}
	return strings.ReplaceAll(q.text("desk.saved"), "{t}", when)
}

// fieldIDs tie what the desk calls a field to the field's id on the page.
var fieldIDs = map[string]string{"reason": "s-reason", "embargoedUntil": "s-embargo", "publishAt": "s-schedule", "audience": "s-audience", "parts": "add"}

// problems lists what a draft lacks, and notes the sentences under their fields' ids.
func (q *request) problems(d *desk.Draft, errs map[string]string, shown ...lang.Tag) (out []problemView) {
	for _, x := range q.Desk.Problems(d) {
		v := problemView{Text: q.text(x.Key), Focus: true}
		id := fieldIDs[x.Field]
		self := draftPath(d.ID)
		if x.Language != "" {
			if id = string(x.Language) + "-" + x.Field; x.Field == "parts" {
				id = "part-" + string(x.Language)
			}
			v.Name, v.Lang = x.Language.Autonym(), x.Language
			if !slices.Contains(shown, x.Language) {
				v.Href, v.Focus = self+"?check=1&lang="+url.QueryEscape(string(x.Language)), false
			}
		} else if len(shown) == 0 {
			v.Href, v.Focus = self+"?check=1", false
		}
		v.Href += "#" + id
		if errs != nil && errs[id] == "" {
			errs[id] = v.Text
		}
		out = append(out, v)
	}
	return out
}

// blocking leaves out what keeps a draft only from the schedule.
func blocking(ps []desk.Problem) []desk.Problem {
	return slices.DeleteFunc(slices.Clone(ps), func(p desk.Problem) bool { return p.Field == "publishAt" })
}

func (q *request) column(d *desk.Draft, p *desk.Part, t typed, errs map[string]string, focus string) column {
	c := column{Lang: p.Language, Name: p.Language.Autonym(), Dir: dirOf(p.Language), Revision: p.Revision, Droppable: len(d.Parts) > 1 && p.Item == ""}
	if who := q.staffName(p.By); who != "" && !p.At.IsZero() {
		c.Changed = who + " · " + q.clock(p.At)
		if !sameDay(p.At.In(q.zone), q.Now().In(q.zone)) {
			c.Changed = who + " · " + q.shortDay(p.At)
		}
	}
	stored := p
	c.Was = partPrint(p)
	if x, ok := t.parts[p.Language]; ok {
		p = &x
	}
	f := q.fieldsOf(p, errs, focus)
	c.Fields, c.More = f[:3], f[3:]
	for _, x := range c.More {
		c.Open = c.Open || x.Value != "" && x.Name != string(p.Language)+".credit" || x.Error != ""
	}
	for _, w := range []struct {
		t   wire.Translation
		key string
	}{{wire.Original, "desk.words.original"}, {wire.OfficialText, "desk.words.official"}, {wire.Human, "desk.words.human"},
		{wire.MachineEdited, "desk.words.edited"}, {wire.Machine, "desk.words.machine"}} {
		c.Words = append(c.Words, option{Value: string(w.t), Label: q.text(w.key), Selected: w.t == p.Translation})
	}
	offered := map[string]bool{}
	add := func(code string) {
		name := code
		if q.SubjectName != nil {
			if s := q.SubjectName(code, q.ui); s != "" {
				name = s
			}
		}
		offered[code] = true
		c.Subjects = append(c.Subjects, option{Value: code, Label: clean(name), Selected: slices.Contains(p.Subjects, code)})
	}
	for _, topic := range mediatopic.Children("") {
		add(topic.Code)
	}
	for _, code := range p.Subjects {
		if !offered[code] {
			add(code)
		}
	}
	c.Open = c.Open || len(p.Subjects) > 0
	for i, a := range stored.Attachments {
		if i == wire.MaxLists {
			break
		}
		h := hex.EncodeToString(a.SHA256[:])
		v := draftFileView{Hash: h, Href: draftPath(d.ID) + "/files/" + h, Type: mediaType(a.MediaType), Size: q.size(a.Length), Alt: clean(a.Caption)}
		v.Picture = slices.Contains(pictures, v.Type)
		id := string(p.Language) + "-" + h[:12]
		v.Caption = writeField{ID: id + "-caption", Name: string(p.Language) + ".caption." + h, Label: q.text("desk.file.caption"), Value: a.Caption, Lang: p.Language, Dir: c.Dir}
		v.Credit = writeField{ID: id + "-credit", Name: string(p.Language) + ".credit." + h, Label: q.text("item.credit"), Value: a.Credit, Lang: p.Language, Dir: c.Dir}
		c.Files = append(c.Files, v)
	}
	c.UploadError = errs[string(p.Language)+"-upload"]
	return c
}

// fieldsOf are the text fields of one language: headline, standfirst and body first.
func (q *request) fieldsOf(p *desk.Part, errs map[string]string, focus string) []writeField {
	l := string(p.Language)
	make := func(name, label, value, class string, rows int) writeField {
		f := writeField{ID: l + "-" + name, Name: l + "." + name, Label: q.text(label), Value: value, Class: class, Area: rows > 0, Rows: rows, Lang: p.Language, Dir: dirOf(p.Language)}
		f.Error = errs[f.ID]
		f.Focus = f.ID == focus
		return f
	}
	body := make("body", "desk.body", p.Body, "w-body", 14)
	body.Help = q.text("desk.body.help")
	keywords := make("keywords", "item.keywords", strings.Join(p.Keywords, ", "), "", 0)
	keywords.Help = q.text("desk.keywords.help")
	return []writeField{
		make("headline", "desk.headline", p.Headline, "w-head", 2), make("standfirst", "desk.standfirst", p.Subheadline, "w-stand", 2), body,
		make("dateline", "desk.dateline", p.Dateline, "", 0), make("byline", "desk.byline", p.Byline, "", 0),
		make("note", "item.note", p.EdNote, "", 2), make("credit", "item.credit", p.Rights.Credit, "", 0), make("ai", "item.ai", p.AI.Note, "", 0), keywords,
	}
}

func (q *request) whole(d *desk.Draft, t typed, errs map[string]string, focus string) wholeView {
	s := d.Settings
	if t.settings != nil {
		s = *t.settings
	}
	w := wholeView{Was: settingsPrint(d.Settings), Revision: d.SettingsRevision, Zone: q.zone.String(), New: d.Kind == desk.New, Correction: d.Kind == desk.Correct, AudienceError: errs["s-audience"]}
	w.Reason = writeField{ID: "s-reason", Name: "s.reason", Label: q.text("desk.reason"), Help: q.text("desk.reason.help"), Value: s.Reason, Area: true, Rows: 2, Dir: "auto", Lang: q.ui,
		Error: errs["s-reason"], Focus: focus == "s-reason"}
	for n := range 10 {
		word := strconv.Itoa(n)
		if key := urgencies[n]; key != "" {
			word = q.text(key)
			if n > 0 {
				word = number(q.ui, int64(n)) + " · " + word
			}
		} else if n != s.Urgency {
			continue
		}
		w.Urgency = append(w.Urgency, option{Value: strconv.Itoa(n), Label: word, Selected: n == s.Urgency})
	}
	for _, a := range []wire.AudienceClass{wire.Public, wire.Members, wire.Partners} {
		w.Audience = append(w.Audience, option{Value: string(a), Label: q.text("audience." + string(a)), Selected: a == s.Audience.Class || s.Audience.Class == "" && a == wire.Public})
	}
	ids := make([]wire.MemberID, 0, len(q.members))
	for id := range q.members {
		if id != d.Member {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b wire.MemberID) int { return strings.Compare(q.member(a).Full, q.member(b).Full) })
	for _, id := range ids {
		m := q.member(id)
		w.Partners = append(w.Partners, option{Value: string(id), Label: m.Full, Lang: m.FullLang, Selected: slices.Contains(s.Audience.Partners, id)})
		joint := slices.Contains(s.Issuers, id)
		w.Joint = w.Joint || joint
		w.Issuers = append(w.Issuers, option{Value: string(id), Label: m.Full, Lang: m.FullLang, Selected: joint})
	}
	at := func(id, label string, v time.Time) moment {
		m := moment{ID: "s-" + id, Name: "s." + id, Label: q.text(label), Zone: zoneName(q.zone, q.Now()), Error: errs["s-"+id]}
		if !v.IsZero() {
			m.Date, m.Clock = v.In(q.zone).Format("2006-01-02"), v.In(q.zone).Format("15:04")
			m.Both = q.both(d, v)
		}
		if x, ok := t.dates[id]; ok {
			m.Date, m.Clock = x[0], x[1]
		}
		return m
	}
	w.Schedule, w.Embargo = at("schedule", "desk.schedule", s.PublishAt), at("embargo", "desk.embargo", s.EmbargoedUntil)
	return w
}

// zoneName is a zone as a field for a time names it: Asia/Almaty UTC+5.
func zoneName(z *time.Location, now time.Time) string {
	if o := offset(now.In(z)); o != z.String() {
		return z.String() + " " + o
	}
	return z.String()
}

var urgencies = [10]string{"desk.urgency.none", "state.flash", "desk.urgency.high", "desk.urgency.raised", "", "desk.urgency.normal", "", "", "desk.urgency.low", ""}

// both is an instant in her zone and in the member's.
func (q *request) both(d *desk.Draft, t time.Time) bothTimes {
	w := q.times(t, q.member(d.Member).Zone)
	if w.Member != "" {
		w.Member += " (" + q.text("item.membertime") + ")"
	}
	return bothTimes{w.Reader, w.Member}
}

// HTML writes both times for the page.
func (b bothTimes) HTML() template.HTML {
	if b.Reader == "" {
		return ""
	}
	s := "<bdi>" + template.HTMLEscapeString(b.Reader) + "</bdi>"
	if b.Member != "" {
		s += " · <bdi>" + template.HTMLEscapeString(b.Member) + "</bdi>"
	}
	return template.HTML(s)
}
