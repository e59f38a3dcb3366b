package web

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"html/template"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/desk"
	"jarchi.dev/jarchi/internal/fault"
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

type draftFileView struct {
	Hash, Href, Type, Size, Alt string
	Picture                     bool
	Caption, Credit             writeField
}

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
	p.Self = "/desk/drafts/" + string(d.ID)
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
		self := "/desk/drafts/" + string(d.ID)
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
			c.Changed = who + " · " + dayMonth(q.ui, p.At.In(q.zone))
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
		v := draftFileView{Hash: h, Href: "/desk/drafts/" + string(d.ID) + "/files/" + h, Type: mediaType(a.MediaType), Size: q.size(a.Length), Alt: clean(a.Caption)}
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

// saveDraft takes what was written: every keystroke from a script, or the whole page from a form,
// whose button says what comes after saving.
func (q *request) saveDraft() error {
	d, err := q.draft()
	if err != nil {
		return q.saveFailed(err)
	}
	if err := parseDraft(q.r); err != nil {
		return q.saveFailed(err)
	}
	if q.r.MultipartForm != nil {
		defer q.r.MultipartForm.RemoveAll() // what was large lies in temporary files
	}
	f := q.r.PostForm
	todo := strings.Fields(f.Get("do"))
	if len(todo) == 0 {
		todo = []string{"save"}
	}
	if todo[0] == "discard" {
		if seen, _ := strconv.ParseInt(f.Get("seen"), 10, 64); q.wroteSince(d, seen) { // nobody throws away what she has not seen
			http.Redirect(q.w, q.r, "/desk/drafts/"+string(d.ID)+"?did=changed", http.StatusSeeOther)
			return nil
		}
		if err := q.Desk.Discard(q.r.Context(), q.person, d.ID, d.Revision); err != nil {
			return err
		}
		http.Redirect(q.w, q.r, "/desk?did=discarded", http.StatusSeeOther)
		return nil
	}
	d, other, t, err := q.saveForm(d, f)
	if err != nil {
		return q.saveFailed(err)
	}
	self := "/desk/drafts/" + string(d.ID)
	if q.scripted() {
		return q.savedAnswer(d, f, other, t, self)
	}
	if other != nil {
		http.Redirect(q.w, q.r, self+"/others/"+url.PathEscape(other.ID), http.StatusSeeOther)
		return nil
	}
	if len(t.errors) > 0 {
		return q.showCompose(http.StatusUnprocessableEntity, d, f, t)
	}
	return q.afterSaving(d, f, todo, self)
}

// wroteSince reports whether somebody else wrote in a draft after an instant in microseconds.
func (q *request) wroteSince(d *desk.Draft, seen int64) bool {
	return slices.ContainsFunc(d.Parts, func(p desk.Part) bool { return p.By != q.person.ID && p.At.UnixMicro() > seen })
}

func parseDraft(r *http.Request) error {
	var err error
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "multipart/form-data" {
		err = r.ParseMultipartForm(4 << 20)
	} else {
		err = r.ParseForm()
	}
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return fault.E(fault.TooLarge, "This is more than a draft can hold: texts of up to 1 MB, files of up to 20 MB.").Because(err)
	case err != nil:
		return fault.E(fault.Invalid, "The form could not be read.").Because(err)
	}
	return nil
}

// saveFailed tells a script what went wrong in one word, and a person in a page.
func (q *request) saveFailed(err error) error {
	if !q.scripted() {
		return err
	}
	kind := fault.KindOf(err)
	if kind.HTTPStatus() >= 500 {
		q.Log.ErrorContext(q.r.Context(), "a draft was not saved", "path", q.r.URL.Path, "kind", kind, "error", err)
	}
	text := q.text("desk.notsaved")
	switch kind {
	case fault.NotFound:
		text = q.text("desk.gone")
	case fault.NotAllowed:
		text = q.text("desk.notallowed")
	}
	return q.answer(kind.HTTPStatus(), map[string]any{"problem": text})
}

func (q *request) savedAnswer(d *desk.Draft, f url.Values, other *desk.Other, t typed, self string) error {
	parts := map[string]int{}
	for _, l := range f["part"] {
		if p := d.Part(lang.Tag(l)); p != nil {
			parts[l] = p.Revision
		}
	}
	v := map[string]any{"parts": parts, "settings": d.SettingsRevision, "saved": q.savedAt(q.Now()), "state": q.draftState(d),
		"schedule": bothOrNone(q, d, d.Settings.PublishAt), "embargo": bothOrNone(q, d, d.Settings.EmbargoedUntil)}
	switch {
	case other != nil:
		v["conflict"] = self + "/others/" + url.PathEscape(other.ID)
		v["who"] = q.otherWriter(d, other.Language)
		return q.answer(http.StatusConflict, v)
	case len(t.errors) > 0:
		for id, s := range t.errors {
			v["problem"], v["field"] = s, id
		}
		return q.answer(http.StatusUnprocessableEntity, v)
	}
	return q.answer(http.StatusOK, v)
}

func bothOrNone(q *request, d *desk.Draft, t time.Time) [2]string {
	if t.IsZero() {
		return [2]string{}
	}
	b := q.both(d, t)
	return [2]string{b.Reader, b.Member}
}

// saveForm saves every text of the form that differs from the draft's, and the settings. What another
// person changed meanwhile is not written over: the first such text comes back as other.
func (q *request) saveForm(d *desk.Draft, f url.Values) (_ *desk.Draft, other *desk.Other, t typed, err error) {
	t = typed{parts: map[lang.Tag]desk.Part{}, dates: map[string][2]string{}, errors: map[string]string{}}
	if len(f["part"]) > wire.MaxItems {
		return d, nil, t, fault.Field("part", "A release has at most %d languages.", wire.MaxItems)
	}
	id := d.ID
	for _, l := range f["part"] {
		tag, err := lang.Parse(l)
		if err != nil || string(tag) != l || tag == lang.Und {
			return d, nil, t, fault.Field("part", "This is not a language.")
		}
		stored := d.Part(tag)
		p := readPart(f, tag, stored)
		if stored != nil && samePart(stored, &p) || !q.scripted() && f.Get(l+".was") == partPrint(&p) {
			continue // as it stands, or as she found it: what others wrote meanwhile is no question for her
		}
		next, o, err := q.Desk.SavePart(q.r.Context(), q.person, id, p)
		if err != nil {
			id, text := q.refused(err, string(tag))
			if text == "" {
				return d, nil, t, err
			}
			t.parts[tag], t.errors[id] = p, text
			continue
		}
		if next != nil {
			d = next
		}
		if o != nil && other == nil {
			other = o
		}
	}
	if f.Has("s.revision") {
		next, err := q.saveWhole(d, f, &t)
		if err != nil {
			return d, other, t, err
		}
		d = next
	}
	return d, other, t, nil
}

// refused turns a fault of the input into the field's id and a sentence in her language; text is ""
// for every other fault.
func (q *request) refused(err error, prefix string) (id, text string) {
	if k := fault.KindOf(err); k != fault.Invalid && k != fault.TooLarge {
		return "", ""
	}
	_, field := fault.Public(err)
	if i := strings.LastIndexByte(field, '.'); i >= 0 {
		field = field[i+1:]
	}
	names := map[string]string{"headlines": "headline", "headline": "headline", "bodies": "body", "body": "body", "subheadline": "standfirst", "subheadlines": "standfirst",
		"dateline": "dateline", "byline": "byline", "bylines": "byline", "edNote": "note", "credit": "credit", "aiNote": "ai", "keywords": "keywords"}
	name := names[field]
	if name == "" {
		name = "headline"
	}
	return prefix + "-" + name, q.text("desk.toolong")
}

// readPart reads one language's fields over what is stored; a field that the form has not stays.
func readPart(f url.Values, t lang.Tag, stored *desk.Part) desk.Part {
	p := desk.Part{Language: t, Translation: wire.Original}
	if stored != nil {
		p = *stored
	}
	pre := string(t) + "."
	line := func(name string, to *string) {
		if f.Has(pre + name) {
			*to = oneLine(f.Get(pre + name))
		}
	}
	line("headline", &p.Headline)
	line("standfirst", &p.Subheadline)
	line("dateline", &p.Dateline)
	line("byline", &p.Byline)
	line("note", &p.EdNote)
	line("credit", &p.Rights.Credit)
	line("ai", &p.AI.Note)
	if f.Has(pre + "body") {
		p.Body = lines(f.Get(pre + "body"))
	}
	if f.Has(pre + "keywords") {
		p.Keywords = nil
		for k := range strings.FieldsFuncSeq(oneLine(f.Get(pre+"keywords")), func(r rune) bool { return strings.ContainsRune(",،;；、", r) }) {
			if k = strings.TrimSpace(k); k != "" {
				p.Keywords = append(p.Keywords, k)
			}
		}
	}
	if f.Has(pre + "words") {
		p.Translation = wire.Translation(oneOf(f.Get(pre+"words"), string(p.Translation), string(wire.Original), string(wire.OfficialText), string(wire.Human), string(wire.MachineEdited), string(wire.Machine)))
		p.Subjects = nil
		for _, code := range f[pre+"subject"] {
			if topic, ok := mediatopic.Lookup(code); ok && !slices.Contains(p.Subjects, topic.Code) {
				p.Subjects = append(p.Subjects, topic.Code)
			}
		}
	}
	p.Attachments = slices.Clone(p.Attachments)
	for i := range p.Attachments {
		h := hex.EncodeToString(p.Attachments[i].SHA256[:])
		line("caption."+h, &p.Attachments[i].Caption)
		line("credit."+h, &p.Attachments[i].Credit)
	}
	p.Revision = revision(f.Get(pre + "revision"))
	return p
}

// fingerprint of what a page showed: a form that brings just that back changes nothing, whatever others
// did meanwhile.
func fingerprint(words ...string) string {
	b, err := json.Marshal(words) // strings: cannot fail
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

func partPrint(p *desk.Part) string {
	w := []string{string(p.Translation), p.Headline, p.Subheadline, p.Dateline, p.Byline, p.Body, p.EdNote, p.Rights.Credit, p.AI.Note, strings.Join(p.Keywords, ",")}
	w = append(w, slices.Sorted(slices.Values(p.Subjects))...)
	for _, a := range p.Attachments {
		w = append(w, hex.EncodeToString(a.SHA256[:]), a.Caption, a.Credit)
	}
	return fingerprint(w...)
}

func settingsPrint(s desk.Settings) string {
	w := []string{strconv.Itoa(s.Urgency), s.Reason, string(s.Audience.Class), s.PublishAt.UTC().Format(time.RFC3339), s.EmbargoedUntil.UTC().Format(time.RFC3339)}
	for _, l := range [][]wire.MemberID{s.Audience.Partners, s.Issuers} {
		for _, m := range slices.Sorted(slices.Values(l)) {
			w = append(w, string(m))
		}
		w = append(w, "")
	}
	return fingerprint(w...)
}

// revision reads the number that a form started from; what is none is older than every text.
func revision(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// lines takes a text as a form sends it: line ends as we keep them, and nothing that is no text.
func lines(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "").Replace(strings.ToValidUTF8(s, "\uFFFD"))
	return s
}

func oneLine(s string) string { return strings.ReplaceAll(lines(s), "\n", " ") }

func samePart(a, b *desk.Part) bool {
	return a.Translation == b.Translation && a.Headline == b.Headline && a.Subheadline == b.Subheadline && a.Dateline == b.Dateline && a.Byline == b.Byline &&
		a.Body == b.Body && a.EdNote == b.EdNote && a.Rights == b.Rights && a.AI == b.AI && slices.Equal(a.Keywords, b.Keywords) &&
		sameSet(a.Subjects, b.Subjects) && slices.Equal(a.Attachments, b.Attachments)
}

// sameSet: the page has its own order of subjects.
func sameSet(a, b []string) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(s string) bool { return !slices.Contains(b, s) })
}

// saveWhole saves the settings if the form changes them.
func (q *request) saveWhole(d *desk.Draft, f url.Values, t *typed) (*desk.Draft, error) {
	s := d.Settings
	if d.Kind == desk.Correct && f.Has("s.reason") {
		s.Reason = oneLine(f.Get("s.reason"))
	}
	if n, err := strconv.Atoi(f.Get("s.urgency")); err == nil && n >= 0 && n <= 9 {
		s.Urgency = n
	}
	if d.Kind == desk.New && f.Has("s.audience") {
		s.Audience = wire.Audience{Class: wire.AudienceClass(oneOf(f.Get("s.audience"), string(wire.Public), string(wire.Members), string(wire.Partners)))}
		if s.Audience.Class == wire.Partners {
			s.Audience.Partners = q.knownMembers(f["s.partner"], d.Member)
		}
		s.Issuers = append([]wire.MemberID{d.Member}, q.knownMembers(f["s.issuer"], d.Member)...)
		if len(s.Issuers) > wire.MaxIssuers {
			s.Issuers = s.Issuers[:wire.MaxIssuers]
		}
	}
	z := zone(f.Get("s.zone"))
	if z == nil {
		z = q.zone
	}
	for _, x := range []struct {
		id string
		to *time.Time
	}{{"schedule", &s.PublishAt}, {"embargo", &s.EmbargoedUntil}} {
		if !f.Has("s." + x.id + ".date") {
			continue
		}
		day, clock := strings.TrimSpace(f.Get("s."+x.id+".date")), strings.TrimSpace(f.Get("s."+x.id+".time"))
		if q.scripted() && (day == "") != (clock == "") {
			continue // half written
		}
		at, ok := instant(day, clock, z, *x.to)
		if !ok {
			t.dates[x.id] = [2]string{day, clock}
			t.errors["s-"+x.id] = q.text("desk.baddate")
			continue
		}
		*x.to = at
	}
	if sameSettings(s, d.Settings) || !q.scripted() && f.Get("s.was") == settingsPrint(s) {
		return d, nil
	}
	next, err := q.Desk.SaveSettings(q.r.Context(), q.person, d.ID, revision(f.Get("s.revision")), s)
	if k := fault.KindOf(err); err != nil && (k == fault.Invalid || k == fault.Conflict) {
		_, field := fault.Public(err)
		id, text := fieldIDs[field], q.text("desk.refused")
		if id == "" {
			id = "whole"
		}
		t.settings = &s
		if k == fault.Conflict { // hers is a field or two, quickly made again over what stands now
			id, text, t.settings = "whole", q.text("desk.conflict.whole"), nil
		}
		t.errors[id] = text
		return d, nil
	}
	if err != nil {
		return d, err
	}
	return next, nil
}

// instant reads a date and a time of a zone; both empty is no time.
func instant(day, clock string, z *time.Location, was time.Time) (time.Time, bool) {
	if day == "" && clock == "" {
		return time.Time{}, true
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", day+" "+clock, z)
	if err != nil {
		if at, err = time.ParseInLocation("2006-01-02 15:04:05", day+" "+clock, z); err != nil {
			return time.Time{}, false
		}
	}
	if was.In(z).Format("2006-01-02 15:04") == at.Format("2006-01-02 15:04") {
		return was, true // seconds that the fields do not show stay
	}
	return at.UTC(), at.Year() >= 2000 && at.Year() < 2200
}

func (q *request) knownMembers(ids []string, but wire.MemberID) (out []wire.MemberID) {
	for _, s := range ids {
		id := wire.MemberID(s)
		if _, ok := q.members[id]; ok && id != but && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

func sameSettings(a, b desk.Settings) bool {
	members := func(a, b []wire.MemberID) bool {
		return len(a) == len(b) && !slices.ContainsFunc(a, func(m wire.MemberID) bool { return !slices.Contains(b, m) })
	}
	return a.Urgency == b.Urgency && a.Reason == b.Reason && a.PublishAt.Equal(b.PublishAt) && a.EmbargoedUntil.Equal(b.EmbargoedUntil) &&
		a.Audience.Class == b.Audience.Class && members(a.Audience.Partners, b.Audience.Partners) && members(a.Issuers, b.Issuers)
}

// afterSaving does what the pressed button says.
func (q *request) afterSaving(d *desk.Draft, f url.Values, todo []string, self string) error {
	ctx := q.r.Context()
	to := url.Values{}
	if first, beside := q.shownParts(d, f); first != "" {
		to.Set("lang", string(first))
		if beside != "" {
			to.Set("beside", string(beside))
		}
	}
	back := func() error {
		http.Redirect(q.w, q.r, self+"?"+to.Encode(), http.StatusSeeOther)
		return nil
	}
	target := func() *desk.Part {
		if len(todo) < 2 {
			return nil
		}
		return d.Part(lang.Tag(todo[1]))
	}
	switch todo[0] {
	case "add":
		t, err := lang.Parse(f.Get("add"))
		if err != nil || t == lang.Und || d.Part(t) != nil {
			return back()
		}
		if len(d.Parts) >= wire.MaxItems {
			return fault.Field("add", "A release has at most %d languages.", wire.MaxItems)
		}
		if _, _, err := q.Desk.SavePart(ctx, q.person, d.ID, desk.Part{Language: t}); err != nil {
			return err
		}
		to.Set("beside", to.Get("lang"))
		to.Set("lang", string(t))
	case "drop":
		if p := target(); p != nil {
			if _, err := q.Desk.DropPart(ctx, q.person, d.ID, p.Language, p.Revision); err != nil {
				return err
			}
			to.Del("lang")
			to.Del("beside")
		}
	case "unfile":
		if p := target(); p != nil && len(todo) == 3 {
			x := *p
			x.Attachments = slices.DeleteFunc(slices.Clone(p.Attachments), func(a wire.Attachment) bool { return hex.EncodeToString(a.SHA256[:]) == todo[2] })
			if _, _, err := q.Desk.SavePart(ctx, q.person, d.ID, x); err != nil {
				return err
			}
		}
	case "attach":
		if p := target(); p != nil {
			return q.attach(d, p, f, back)
		}
	case "ask", "review":
		if ps := q.Desk.Problems(d); todo[0] == "ask" && len(blocking(ps)) > 0 || todo[0] == "review" && len(ps) > 0 {
			to.Set("check", "1")
			for _, x := range ps {
				if x.Language != "" {
					to.Set("lang", string(x.Language))
					break
				}
			}
			if to.Get("beside") == to.Get("lang") {
				to.Del("beside")
			}
			return back()
		}
		if todo[0] == "review" {
			http.Redirect(q.w, q.r, self+"/review", http.StatusSeeOther)
			return nil
		}
		if _, err := q.Desk.Ask(ctx, q.person, d.ID, d.Revision); err != nil {
			return err
		}
		http.Redirect(q.w, q.r, self+"/review?did=asked", http.StatusSeeOther)
		return nil
	}
	return back()
}

// attach takes the file that the form brought for one language.
func (q *request) attach(d *desk.Draft, p *desk.Part, f url.Values, back func() error) error {
	id := string(p.Language) + "-upload"
	refuse := func(key string) error {
		return q.showCompose(http.StatusUnprocessableEntity, d, f, typed{errors: map[string]string{id: q.text(key)}})
	}
	file, head, err := firstFile(q.r.MultipartForm, string(p.Language)+".upload")
	if err != nil {
		return fault.E(fault.Invalid, "The file could not be read.").Because(err)
	}
	if file == nil {
		return refuse("desk.file.none")
	}
	defer file.Close()
	if head.Size > maxUpload {
		return refuse("desk.file.large")
	}
	_, err = q.Desk.Attach(q.r.Context(), q.person, d.ID, p.Language, head.Filename, head.Header.Get("Content-Type"), file)
	if k := fault.KindOf(err); err != nil && (k == fault.Invalid || k == fault.Unsupported || k == fault.TooLarge) {
		if k == fault.TooLarge {
			return refuse("desk.file.large")
		}
		return refuse("desk.file.refused")
	}
	if err != nil {
		return err
	}
	return back()
}

func firstFile(m *multipart.Form, name string) (multipart.File, *multipart.FileHeader, error) {
	if m == nil || len(m.File[name]) == 0 || m.File[name][0].Filename == "" {
		return nil, nil, nil
	}
	f, err := m.File[name][0].Open()
	return f, m.File[name][0], err
}

// draftFile shows a picture of a draft to those who may see the draft, and hands out any other file.
func (q *request) draftFile() error {
	d, err := q.draft()
	if err != nil {
		return err
	}
	hash := q.r.PathValue("hash")
	if len(hash) != 64 || strings.Trim(hash, "0123456789abcdef") != "" {
		return fault.E(fault.NotFound, "There is no such file.")
	}
	kind, file, err := q.Desk.File(q.r.Context(), q.person, d.ID, hash)
	if err != nil {
		return err
	}
	defer file.Close()
	kind = mediaType(kind)
	h := q.w.Header()
	h.Set("Content-Security-Policy", rawPolicy)
	h.Set("Cache-Control", "private, max-age=3600") // its address is its content
	if slices.Contains(pictures, kind) {
		h.Set("Content-Type", kind)
	} else {
		h.Set("Content-Type", "application/octet-stream")
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": rawName("", hash)}))
	}
	if q.r.Method != http.MethodHead {
		if _, err := io.Copy(q.w, file); err != nil {
			q.Log.DebugContext(q.r.Context(), "a file was not sent whole", "error", err)
		}
	}
	return nil
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
