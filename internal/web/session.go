package web

import (
	"context"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/arrival"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/people"
)

// People is how people come in and what they see of themselves. Person answers a session that ended with
// a fault of kind Unauthenticated.
type People interface {
	Person(ctx context.Context, session string) (people.Person, error)
	SignIn(ctx context.Context, login, password string, from people.Device) (session string, err error)
	SignOut(ctx context.Context, session string) error

	// Links that let people in.
	Look(ctx context.Context, secret string) (people.Offer, error)
	Accept(ctx context.Context, secret string, a people.Acceptance, from people.Device) (session string, err error)

	// What a person sees and changes of her own account.
	Sessions(ctx context.Context, p people.Person) ([]people.Session, error)
	EndSession(ctx context.Context, p people.Person, id string) error
	EndOtherSessions(ctx context.Context, p people.Person) error
	SetName(ctx context.Context, p people.Person, name string) error
	ChangePassword(ctx context.Context, p people.Person, old, password string) error

	admin
}

const maxSecret = 512 // letters of a secret that are looked at

// sessionCookie names the cookie that a session may live in on this request's address: the
// __Host- one over https, one with the port in its name on plain loopback (ports share cookies),
// none on any other plain address, where a session could be read on the way.
func sessionCookie(r *http.Request, publicURL string) (name string, secure bool) {
	public, err := url.Parse(publicURL)
	if r.TLS != nil || err == nil && public.Scheme == "https" && strings.EqualFold(public.Host, r.Host) {
		return "__Host-jarchi", true
	}
	if port, ok := arrival.Loopback(r.Host); ok {
		return "jarchi-" + port, false
	}
	return "", false
}

// Session returns a function that reads a request's session from the cookie in which the pages of a
// node with this public address keep it; "" when the request has none.
func Session(publicURL string) func(*http.Request) string {
	return func(r *http.Request) string {
		name, _ := sessionCookie(r, publicURL)
		if name == "" {
			return ""
		}
		c, err := r.Cookie(name)
		if err != nil || len(c.Value) > maxSecret {
			return ""
		}
		return c.Value
	}
}

// who finds out who is signed in, as she is at this moment. A session that ended leaves an anonymous
// reader, not an error.
func (q *request) who() error {
	q.viewer = access.Viewer{Local: arrival.AtThisMachine(q.r)}
	session := Session(q.PublicURL)(q.r)
	if session == "" {
		return nil
	}
	p, err := q.People.Person(q.r.Context(), session)
	if k := fault.KindOf(err); err != nil && (k == fault.Unauthenticated || k == fault.NotFound) {
		q.forget() // the live stream would go on refusing it
		return nil
	}
	if err != nil {
		return err
	}
	q.person, q.viewer = p, p.Viewer()
	return nil
}

// keep puts a session into the browser. Its secret leaves in a cookie only.
func (q *request) keep(session string) {
	name, secure := sessionCookie(q.r, q.PublicURL)
	http.SetCookie(q.w, &http.Cookie{Name: name, Value: session, Path: "/", Secure: secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
		MaxAge: int(people.SessionTime.Seconds())})
}

// forget takes the session out of the browser.
func (q *request) forget() {
	if name, secure := sessionCookie(q.r, q.PublicURL); name != "" {
		http.SetCookie(q.w, &http.Cookie{Name: name, Path: "/", Secure: secure, HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: -1})
	}
}

// device is where a request comes from.
func device(r *http.Request) people.Device {
	return people.Device{Agent: r.UserAgent(), Address: arrival.Peer(r)}
}

type signInPage struct {
	page
	Error    string
	At       string // the field that is to blame
	Login    string
	Insecure bool
	Back     string
	Hidden   template.HTML // where the fields of a form stand that goes on after signing in; "" without one
	Files    bool          // it had files, which have to be chosen again
}

func (q *request) signInPage() error { return q.showSignIn(http.StatusOK, "") }

func (q *request) showSignIn(status int, problem string) error {
	return q.showSignInAt(status, "login", problem)
}

func (q *request) showSignInAt(status int, field, problem string) error {
	d := signInPage{page: q.newPage(q.text("people.signin.title"), "signin"), Error: problem, At: field, Back: localPath(q.r.FormValue("back")), Login: clean(firstWords(q.r.PostForm.Get("login"), 60))}
	d.Scripts = []string{"js/people.js"}
	name, _ := sessionCookie(q.r, q.PublicURL)
	d.Insecure = name == ""
	q.w.Header().Set("Cache-Control", "no-store")
	if q.carried != nil && !d.Insecure && q.person.Nobody() {
		d.Hidden, d.Files = carriedMark, q.carried.Files
		return q.sendCarried(status, d)
	}
	return q.render(status, "signin", d)
}

// signIn takes login and password.
func (q *request) signIn() error {
	give, err := q.readSignIn()
	defer give()
	if err != nil {
		return err
	}
	if name, _ := sessionCookie(q.r, q.PublicURL); name == "" {
		return q.showSignIn(http.StatusForbidden, q.text("people.insecure"))
	}
	f := q.r.PostForm
	if f.Get("login") == "" || f.Get("password") == "" {
		return q.showSignIn(http.StatusUnprocessableEntity, q.text("people.signin.empty"))
	}
	session, err := q.People.SignIn(q.r.Context(), f.Get("login"), f.Get("password"), device(q.r))
	switch fault.KindOf(err) {
	case fault.Unauthenticated:
		return q.showSignIn(http.StatusUnprocessableEntity, q.text("people.signin.wrong"))
	case fault.Busy:
		q.w.Header().Set("Retry-After", "10")
		return q.showSignIn(http.StatusTooManyRequests, q.text("people.signin.busy"))
	}
	if err != nil {
		return err
	}
	if q.carried != nil {
		return q.goOn(session)
	}
	q.keep(session)
	return q.seeOther(localPath(f.Get("back")))
}

// signOut ends the session here and on the node.
func (q *request) signOut() error {
	if session := Session(q.PublicURL)(q.r); session != "" {
		if err := q.People.SignOut(q.r.Context(), session); err != nil {
			return err
		}
	}
	q.forget()
	return q.seeOther("/")
}
