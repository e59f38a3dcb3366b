package web

import (
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/desk"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/wire"
)

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
			return q.seeOther(draftPath(d.ID) + "?did=changed")
		}
		if err := q.Desk.Discard(q.r.Context(), q.person, d.ID, d.Revision); err != nil {
			return err
		}
		return q.seeOther("/desk?did=discarded")
	}
	d, other, t, err := q.saveForm(d, f)
	if err != nil {
		return q.saveFailed(err)
	}
	self := draftPath(d.ID)
	if q.scripted() {
		return q.savedAnswer(d, f, other, t, self)
	}
	if other != nil {
		return q.seeOther(self + "/others/" + url.PathEscape(other.ID))
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
		if stored != nil && stored.Same(p) || !q.scripted() && f.Get(l+".was") == partPrint(&p) {
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
		"dateline": "dateline", "byline": "byline", "bylines": "byline", "edNote": "note", "credit": "credit", "note": "ai", "keywords": "keywords", "attachments": "upload"}
	name := names[field]
	if name == "" {
		name = "headline"
	}
	switch name {
	case "headline":
		text = q.tooLong(wire.MaxHeadline)
	case "body":
		text = q.text("desk.toolong.body", "Size", q.size(wire.MaxBody), "Paragraphs", wire.MaxParagraphs)
	case "keywords":
		text = q.text("desk.toolong.keywords", "Count", wire.MaxLists, "Most", wire.MaxLine)
	default:
		text = q.tooLong(wire.MaxLine)
	}
	return prefix + "-" + name, text
}

// tooLong says how many letters a field may have.
func (q *request) tooLong(most int) string { return q.text("desk.toolong", "Most", most) }

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
	if s.Same(d.Settings) || !q.scripted() && f.Get("s.was") == settingsPrint(s) {
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

func (q *request) knownMembers(ids []string, but wire.MemberID) (out []wire.MemberID) {
	for _, s := range ids {
		id := wire.MemberID(s)
		if _, ok := q.members[id]; ok && id != but && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
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
		return q.seeOther(self + "?" + to.Encode())
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
			return q.seeOther(self + "/review")
		}
		if _, err := q.Desk.Ask(ctx, q.person, d.ID, d.Revision); err != nil {
			return err
		}
		return q.seeOther(self + "/review?did=asked")
	case "kept", "keptfiles": // after a session that ended
		to.Set("did", todo[0])
	}
	return back()
}
