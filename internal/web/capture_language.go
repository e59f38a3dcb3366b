package web

import (
	"context"
	"html/template"
	"net/url"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/receive"
	"jarchi.dev/jarchi/internal/wire"
)

// Languages corrects the language in which a text from outside was recognised.
type Languages interface {
	CorrectLanguage(ctx context.Context, v access.Viewer, by people.UserID, id wire.CaptureID, tag lang.Tag) error
}

// correctView is the form by which an editor says in which language a capture is.
type correctView struct {
	Action string
	Tags   []option
}

// unsure: under this confidence a reader is told. Of such answers of the detection about three in ten are wrong
// (docs/languages.md).
const unsure = 0.9

// capturedLanguage says in which language a capture is, how that is known, and in which others some of its
// paragraphs are.
func (q *request) capturedLanguage(c *wire.Capture) template.HTML {
	out := in(c.Language, c.Language.Autonym())
	switch how := q.recognised(c); {
	case c.LanguageBy != "":
		m := q.member(c.LanguageBy)
		out += " · " + q.html("capture.language.corrected") + ": " + in(m.ShortLang, m.Short)
	case how != "":
		out += " · " + template.HTML(template.HTMLEscapeString(how))
	}
	if c.LanguageBy == "" && c.Language == lang.FA && lang.LooksDari(c.Body) {
		out += " · " + q.html("capture.language.dari")
	}
	for i, t := range lang.Others(c.Body, c.Language) {
		if i == 0 {
			out += " · " + q.html("capture.language.also") + ": "
		} else {
			out += ", "
		}
		out += in(t, t.Autonym())
	}
	return out
}

// recognised says how sure a machine was of the language, if that was noted.
func (q *request) recognised(c *wire.Capture) string {
	switch percent := int(c.Confidence * 100); {
	case percent <= 0:
		return ""
	case c.Confidence < unsure:
		return q.text("capture.language.unsure", "Percent", percent)
	default:
		return q.text("capture.language.detected", "Percent", percent)
	}
}

// capturedMark is the language's mark in a row. How sure a machine was stands beside it, for who has no pointer to hold over it.
func (q *request) capturedMark(c *wire.Capture) langMark {
	m := langMark{Code: string(c.Language), Kind: "outside", Title: c.Language.Autonym(), How: q.recognised(c)}
	if m.How != "" {
		m.Title += " · " + m.How
		m.Sure = q.text("row.langsure", "Percent", int(c.Confidence*100))
	}
	return m
}

// correctable is the form for who may use it.
func (q *request) correctable(c *wire.Capture) *correctView {
	if q.Languages == nil || q.person.Nobody() || !receive.MayCorrect(q.viewer) {
		return nil
	}
	v := &correctView{Action: "/captures/" + url.PathEscape(string(c.ID)) + "/language"}
	for _, t := range lang.Known() {
		v.Tags = append(v.Tags, option{Value: string(t), Label: t.Autonym(), Lang: t, Selected: t == c.Language})
	}
	return v
}

// correctLanguage takes the form.
func (q *request) correctLanguage() error {
	if q.person.Nobody() {
		return q.askWho()
	}
	id, err := wire.ParseCaptureID(q.r.PathValue("id"))
	if err != nil {
		return err
	}
	tag, err := lang.Parse(q.r.PostFormValue("lang"))
	if err != nil {
		return err
	}
	if err := q.Languages.CorrectLanguage(q.r.Context(), q.viewer, q.person.ID, id, tag); err != nil {
		return err
	}
	return q.seeOther("/captures/" + url.PathEscape(string(id)))
}
