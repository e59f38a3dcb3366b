package web

import (
	"net/http"

	"jarchi.dev/jarchi/internal/delivery"
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
