package web

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"jarchi.dev/jarchi/internal/desk"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/wire"
)

type sideView struct {
	Who, When string
	Text      template.HTML
}

type settlePage struct {
	page
	ID           desk.DraftID
	Lang         lang.Tag
	Name, Dir    string
	Action       string
	Revision     int
	Mine, Theirs sideView
	Fields       []writeField
}

// other finds a text of hers that was saved over one that had changed.
func (q *request) other(d *desk.Draft) (desk.Other, error) {
	others, err := q.Desk.Others(q.r.Context(), q.person, d.ID)
	if err != nil {
		return desk.Other{}, err
	}
	i := slices.IndexFunc(others, func(o desk.Other) bool { return o.ID == q.r.PathValue("other") })
	if i < 0 {
		return desk.Other{}, fault.E(fault.NotFound, "There is no such text.")
	}
	return others[i], nil
}

// allOf is every field of a text that people read, one below the other.
func allOf(p *desk.Part) string {
	return inOne(p.Headline, p.Subheadline, p.Body, p.Dateline, p.Byline, p.EdNote, p.Rights.Credit, p.AI.Note, strings.Join(p.Keywords, ", "))
}

// twoTexts shows two texts that were written at the same time. Nothing is chosen for anyone.
func (q *request) twoTexts() error {
	d, err := q.draft()
	if err != nil {
		return err
	}
	o, err := q.other(d)
	if err != nil {
		if d.State != desk.Sent && fault.KindOf(err) == fault.NotFound { // settled meanwhile
			return q.seeOther(draftPath(d.ID))
		}
		return err
	}
	stored := d.Part(o.Language)
	if stored == nil {
		stored = &desk.Part{Language: o.Language}
	}
	p := settlePage{page: q.newPage(q.text("desk.two"), "desk"), ID: d.ID, Lang: o.Language, Name: o.Language.Autonym(), Dir: dirOf(o.Language), Revision: stored.Revision}
	p.Action = draftPath(d.ID) + "/others/" + url.PathEscape(o.ID)
	p.Theirs.Text, p.Mine.Text = compared(o.Language, allOf(stored), allOf(&o.Part), "mark", "mark")
	p.Mine.Who, p.Mine.When = clean(o.Name), q.stamp(o.At)
	p.Theirs.Who = q.staffName(stored.By)
	if !stored.At.IsZero() {
		p.Theirs.When = q.stamp(stored.At)
	}
	part := o.Part
	if q.r.PostForm.Has("part") { // as she wrote it before her session ended
		part = readPart(q.r.PostForm, o.Language, &o.Part)
	}
	p.Fields = q.fieldsOf(&part, nil, "")
	return q.render(http.StatusOK, "settle", p)
}

// settleTexts saves the text that she decided for, if the other has not changed again, and puts the
// question away.
func (q *request) settleTexts() error {
	d, err := q.draft()
	if err != nil {
		return err
	}
	o, err := q.other(d)
	if err != nil {
		return err
	}
	if err := parseDraft(q.r); err != nil {
		return err
	}
	f := q.r.PostForm
	self := draftPath(d.ID)
	part := o.Part
	switch f.Get("keep") {
	case "theirs":
		if err := q.Desk.Settle(q.r.Context(), q.person, d.ID, o.ID); err != nil {
			return err
		}
		return q.seeOther(self + "?" + url.Values{"lang": {string(o.Language)}, "did": {"settled"}}.Encode())
	case "mine":
	case "merged":
		part = readPart(f, o.Language, &o.Part)
	default:
		return fault.Field("keep", "This form has no such button.")
	}
	part.Language, part.Revision = o.Language, revision(f.Get("revision"))
	if stored := d.Part(o.Language); stored != nil { // a file that came meanwhile stays
		for _, a := range stored.Attachments {
			if !slices.ContainsFunc(part.Attachments, func(b wire.Attachment) bool { return a.SHA256 == b.SHA256 }) {
				part.Attachments = append(slices.Clone(part.Attachments), a)
			}
		}
		part.Item = stored.Item
	}
	_, again, err := q.Desk.SavePart(q.r.Context(), q.person, d.ID, part)
	if err != nil {
		return err
	}
	if again != nil && again.ID != o.ID {
		if err := q.Desk.Settle(q.r.Context(), q.person, d.ID, o.ID); err != nil { // the newer question holds this text too
			return err
		}
		return q.seeOther(self + "/others/" + url.PathEscape(again.ID))
	}
	if again == nil {
		if err := q.Desk.Settle(q.r.Context(), q.person, d.ID, o.ID); err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
	}
	return q.seeOther(self + "?" + url.Values{"lang": {string(o.Language)}, "did": {"settled"}}.Encode())
}
