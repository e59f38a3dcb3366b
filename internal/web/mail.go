package web

import (
	"net/http"
	"net/url"
	"strings"

	"jarchi.dev/jarchi/internal/delivery"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/subscription"
)

// The links of mails: whoever gets them confirms and ends them here, without an account. Opening a link changes nothing, as mail programs open links by themselves; the
// button does, and so does the one click of RFC 8058, which posts to the same address.

type readerPage struct {
	page
	Text, Button, Sender, Address string
}

func (q *request) readerLink() error {
	r, err := q.Deliveries.Read(q.r.Context(), subscription.ID(q.r.PathValue("id")), q.r.PathValue("word"))
	if err != nil {
		return err
	}
	return q.showReader(r)
}

func (q *request) answerReader() error {
	r, err := q.Deliveries.Answer(q.r.Context(), subscription.ID(q.r.PathValue("id")), q.r.PathValue("word"))
	if err != nil {
		return err
	}
	return q.showReader(r)
}

func (q *request) showReader(r delivery.Reader) error {
	d := readerPage{page: q.newPage(q.text("mail.title"), ""), Sender: q.member(r.Member).Full, Address: clean(r.Address)}
	d.Self = "/" // the link is nobody else's
	switch r.Step {
	case delivery.Asked:
		d.Text, d.Button = q.text("mail.ask"), q.text("deliveries.prove")
	case delivery.Ending:
		d.Text, d.Button = q.text("mail.end.text"), q.text("mail.end")
	case delivery.Confirmed:
		d.Text = q.text("mail.confirmed")
	default:
		d.Text = q.text("mail.ended")
	}
	q.w.Header().Set("Cache-Control", "no-store")
	q.w.Header().Set("Referrer-Policy", "no-referrer")
	return q.render(http.StatusOK, "readerlink", d)
}

// A person has what is new for a search that she keeps told by mail.

type mailAlertPage struct {
	page
	Text, Label, Href, Args, Address, State, Typed, Problem string
	Asked                                                   bool
}

func (q *request) mailAlert() error {
	if q.person.Nobody() {
		return q.askWho()
	}
	a, err := q.Deliveries.MailAlert(q.r.Context(), q.person, q.r.URL.Query().Get("search"))
	if err != nil {
		return err
	}
	return q.showMailAlert(http.StatusOK, q.r.URL.Query().Get("search"), a, "", "")
}

func (q *request) showMailAlert(status int, args string, a delivery.MailAlert, typed, problem string) error {
	v, _ := url.ParseQuery(args) // among those that she keeps
	d := mailAlertPage{page: q.newPage(q.text("saved.mail.title"), ""), Text: q.text("saved.mail.text"), Label: q.searchLabel(v), Href: address(listArgs(v)), Args: args, Address: clean(a.Address), Typed: typed, Problem: problem}
	switch a.State {
	case "":
	case subscription.Unproven:
		d.State, d.Asked = q.text("deliveries.unproven.mail"), true
	default:
		d.State = q.text("deliveries.state." + string(a.State))
		if a.Trouble.Code != "" {
			d.State = q.text("deliveries.trouble." + string(a.Trouble.Code))
		}
	}
	if typed == "" {
		d.Typed = d.Address
	}
	q.w.Header().Set("Cache-Control", "no-store")
	return q.render(status, "mailalert", d)
}

func (q *request) setMailAlert() error {
	if q.person.Nobody() {
		return q.askWho()
	}
	if err := q.r.ParseForm(); err != nil {
		return fault.E(fault.Invalid, "The form could not be read.").Because(err)
	}
	f, ctx := q.r.PostForm, q.r.Context()
	args, typed := f.Get("search"), strings.TrimSpace(clean(f.Get("address")))
	a, err := q.Deliveries.MailAlert(ctx, q.person, args)
	if err != nil {
		return err
	}
	if f.Get("stop") != "" {
		err = q.Deliveries.MailStop(ctx, q.person, args)
	} else {
		v, _ := url.ParseQuery(args)
		_, err = q.Deliveries.MailTell(ctx, q.person, args, typed, firstWords(q.searchLabel(v), 100), q.ui)
	}
	switch fault.KindOf(err) {
	case fault.Invalid, fault.ForbiddenAddress:
		return q.showMailAlert(http.StatusUnprocessableEntity, args, a, typed, q.text("deliveries.bad.target"))
	case fault.Busy, fault.Conflict:
		return q.showMailAlert(fault.KindOf(err).HTTPStatus(), args, a, typed, q.text("deliveries.bad.now"))
	}
	if err != nil {
		return err
	}
	return q.seeOther("/saved/mail?" + url.Values{"search": {args}}.Encode())
}
