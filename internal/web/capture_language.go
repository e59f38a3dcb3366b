package web

import (
	"context"
	"html/template"
	"net/url"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/receive"
	"jarchi.dev/jarchi/internal/wire"
)

// Languages corrects the language in which a text from outside was recognised.
type Languages interface {
	CorrectLanguage(ctx context.Context, v access.Viewer, id wire.CaptureID, tag lang.Tag) error
}

// correctView is the form by which an editor says in which language a capture is.
type correctView struct {
	Action string
	Tags   []option
}

// unsure: under this confidence a reader is told. Of such answers of the detection about one in six is wrong
// (docs/languages.md).
const unsure = 0.9

// capturedLanguage says in which language a capture is, and how that is known.
func (q *request) capturedLanguage(c *wire.Capture) template.HTML {
	out := template.HTML(`<bdi lang="`+template.HTMLEscapeString(string(c.Language))+`">`) + template.HTML(template.HTMLEscapeString(c.Language.Autonym())) + "</bdi>"
	how := ""
	switch {
	case c.LanguageBy != "":
		m := q.member(c.LanguageBy)
		return out + " · " + q.html("capture.language.corrected") + ": " + in(m.ShortLang, m.Short)
	case c.Confidence > 0 && c.Confidence < unsure:
		how = q.text("capture.language.unsure", "Percent", int(c.Confidence*100))
	case c.Confidence > 0:
		how = q.text("capture.language.detected", "Percent", int(c.Confidence*100))
	default:
		return out
	}
	return out + " · " + template.HTML(template.HTMLEscapeString(how))
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
	id, err := wire.ParseCaptureID(q.r.PathValue("id"))
	if err != nil {
		return err
	}
	tag, err := lang.Parse(q.r.PostFormValue("lang"))
	if err != nil {
		return err
	}
	if err := q.Languages.CorrectLanguage(q.r.Context(), q.viewer, id, tag); err != nil {
		return err
	}
	return q.seeOther("/captures/" + url.PathEscape(string(id)))
}
