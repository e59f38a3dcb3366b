package web

import (
	"fmt"
	"html/template"
	"strconv"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/tlog"
	"jarchi.dev/jarchi/internal/wire"
)

// Releases with several issuers: one leads and releases, the others are named by it until each has confirmed.

// jointView is one issuer and whose word its name stands on.
type jointView struct {
	Member memberView
	State  string
	Time   *twoTimes
	Log    string // where the confirmation is entered
	Leaf   string
}

func (q *request) joint(r *wire.Release) (out []jointView) {
	if len(r.Issuers) < 2 || r.State != wire.Released {
		return nil
	}
	for _, id := range r.Issuers[:min(len(r.Issuers), wire.MaxIssuers)] {
		m := q.member(id)
		m.Full = clean(m.Full)
		v := jointView{Member: m, State: q.text("joint.named")}
		switch c := r.Concurred(id); {
		case id == r.Lead():
			t := q.times(r.OpenedAt, m.Zone)
			v.State, v.Time = q.text("joint.leads"), &t
		case c != nil:
			t := q.times(c.At, m.Zone)
			v.State, v.Time = q.text("joint.confirmed"), &t
			v.Log, v.Leaf = fmt.Sprintf("%s-%s", id, tlog.Class(r.Audience.LogClass())), strconv.FormatInt(c.Leaf, 10)
		}
		out = append(out, v)
	}
	return out
}

// jointBar names the issuers that have not confirmed what stands there.
func (q *request) jointBar(r *wire.Release) (bar, bool) {
	if r.State != wire.Released {
		return bar{}, false
	}
	var names []template.HTML
	unconfirmed := r.Unconfirmed()
	for _, id := range unconfirmed[:min(len(unconfirmed), wire.MaxIssuers)] {
		m := q.member(id)
		names = append(names, in(m.FullLang, clean(m.Full)))
	}
	return bar{Class: "pending", Icon: "pending", Text: template.HTML(template.HTMLEscapeString(q.text("joint.bar"))) + ": " + joinHTML(names), Link: "#joint", LinkText: q.text("joint.title")}, len(names) > 0
}

// mayConfirm reports whether the reader's member is named and she may give its word.
func (q *request) mayConfirm(r *wire.Release) bool {
	return q.Desk != nil && !q.person.Nobody() && r.MayConcur(q.person.Member) == nil && q.deskFor(access.Publish) != ""
}

func (q *request) confirmRelease() error {
	id, err := wire.ParseReleaseID(q.r.PathValue("id"))
	if err != nil {
		return err
	}
	if err := q.r.ParseForm(); err != nil {
		return fault.E(fault.Invalid, "The form could not be read.").Because(err)
	}
	revision, err := strconv.Atoi(q.r.PostForm.Get("revision"))
	if err != nil || revision < 1 {
		return fault.Field("revision", "Say which revision was read.")
	}
	// If it was changed or confirmed meanwhile, its page says how it stands now.
	if _, err := q.Desk.Confirm(q.r.Context(), q.person, id, revision); err != nil && fault.KindOf(err) != fault.Conflict {
		return err
	}
	return q.seeOther("/releases/" + string(id))
}

// confirmRow is a release that waits for the word of the reader's member.
type confirmRow struct {
	Href     string
	Lang     string
	Dir      string
	Headline template.HTML
	Lead     memberView
	Time     twoTimes
}

func (q *request) toConfirm() (out []confirmRow, err error) {
	rs, err := q.Desk.ToConfirm(q.r.Context(), q.person)
	for _, r := range rs {
		i := best(r, q.reading)
		if i < 0 || len(r.Items[i].Versions) == 0 {
			continue
		}
		it, lead := &r.Items[i], q.member(r.Lead())
		out = append(out, confirmRow{Href: "/releases/" + string(r.ID), Lang: string(it.Language), Dir: dirOf(it.Language), Headline: rich(it.Current().Content.Headline), Lead: lead,
			Time: q.times(r.OpenedAt, lead.Zone)})
	}
	return out, err
}
