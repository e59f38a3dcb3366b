package web

import (
	"html/template"
	"net/http"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/people"
)

// The page of one's own account.

type sessionView struct {
	ID, Agent     string
	Here          bool
	Created, Used template.HTML
}

type accountPage struct {
	page
	For      memberView
	Desks    []deskRoles
	Sessions []sessionView
	Name     string
	Saved    string            // what was done
	Problems map[string]string // by field
}

// own lets only people who are signed in do something; others are sent to sign in first.
func own(h func(*request) error) func(*request) error {
	return func(q *request) error {
		if q.person.Nobody() {
			return q.askWho()
		}
		if err := q.r.ParseForm(); err != nil {
			return fault.E(fault.Invalid, "The form could not be read.").Because(err)
		}
		return h(q)
	}
}

func (q *request) account() error {
	return own(func(q *request) error { return q.showAccount(http.StatusOK, nil) })(q)
}

func (q *request) showAccount(status int, problems map[string]string) error {
	d := accountPage{page: q.newPage(q.text("people.account"), "account"), For: q.member(q.person.Member), Desks: q.deskRoles(q.person.Desks, q.person.Grants), Name: q.person.Name, Problems: problems}
	if q.r.PostForm.Has("name") {
		d.Name = q.r.PostForm.Get("name")
	}
	switch q.r.URL.Query().Get("done") {
	case "name":
		d.Saved = q.text("people.done.name")
	case "password":
		d.Saved = q.text("people.done.password")
	case "sessions":
		d.Saved = q.text("people.done.sessions")
	}
	list, err := q.People.Sessions(q.r.Context(), q.person)
	if err != nil {
		return err
	}
	for _, x := range list {
		d.Sessions = append(d.Sessions, sessionView{ID: x.ID, Agent: x.Agent, Here: x.ID == q.person.Session, Created: q.timeHTML(x.Created, nil), Used: q.timeHTML(x.Used, nil)})
	}
	q.w.Header().Set("Cache-Control", "no-store")
	return q.render(status, "account", d)
}

// done answers a form of the account page: with what is wrong at its field, or back to the page.
func (q *request) done(what string, err error) error {
	if err == nil {
		return q.seeOther("/account?done=" + what)
	}
	field, words := q.formProblem(err)
	if words == "" {
		return err
	}
	status := http.StatusUnprocessableEntity
	if fault.KindOf(err) == fault.Busy {
		status = http.StatusTooManyRequests
	}
	return q.showAccount(status, map[string]string{field: words})
}

func (q *request) setName() error {
	return q.done("name", q.People.SetName(q.r.Context(), q.person, q.r.PostForm.Get("name")))
}

func (q *request) setPassword() error {
	return q.done("password", q.People.ChangePassword(q.r.Context(), q.person, q.r.PostForm.Get("old"), q.r.PostForm.Get("password")))
}

// endSessions ends the session that the button names, or all but this one.
func (q *request) endSessions() error {
	id := q.r.PostForm.Get("id")
	if id == "" {
		return q.done("sessions", q.People.EndOtherSessions(q.r.Context(), q.person))
	}
	err := q.People.EndSession(q.r.Context(), q.person, id)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		err = nil // it ended already
	}
	return q.done("sessions", err)
}

var _ People = (*people.Service)(nil)
