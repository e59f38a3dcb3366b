package web

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
)

const (
	maxToken     = 512 // letters of a token that are looked at
	sessionHours = 30 * 24
)

// loopbackHost reports whether a Host header names this machine by a literal loopback address, and the port.
func loopbackHost(host string) (port string, ok bool) {
	h, port, err := net.SplitHostPort(host)
	if err != nil {
		h, port = strings.Trim(host, "[]"), "80"
	}
	a, err := netip.ParseAddr(h)
	return port, err == nil && a.Unmap().IsLoopback()
}

// atThisMachine reports whether a request was made at the node's own machine: the Host is a literal
// loopback address and so is the other end of the connection (anyone can send any Host), and no
// proxy says that it passes on what came from elsewhere.
func atThisMachine(r *http.Request) bool {
	if _, ok := loopbackHost(r.Host); !ok {
		return false
	}
	for _, h := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via"} {
		if r.Header.Get(h) != "" {
			return false
		}
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && peer.Addr().Unmap().IsLoopback()
}

// sessionCookie names the cookie that a session may live in on this request's address: the
// __Host- one over https, one with the port in its name on plain loopback (ports share cookies),
// none on any other plain address, where a session could be read on the way.
func sessionCookie(r *http.Request, publicURL string) (name string, secure bool) {
	public, err := url.Parse(publicURL)
	if r.TLS != nil || err == nil && public.Scheme == "https" && strings.EqualFold(public.Host, r.Host) {
		return "__Host-jarchi", true
	}
	if port, ok := loopbackHost(r.Host); ok {
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
		if err != nil || len(c.Value) > maxToken {
			return ""
		}
		return c.Value
	}
}

// who finds the viewer. A session that ended leaves an anonymous reader, not an error.
func (q *request) who() (access.Viewer, error) {
	anonymous := access.Viewer{Local: atThisMachine(q.r)}
	session := Session(q.PublicURL)(q.r)
	if session == "" {
		return anonymous, nil
	}
	v, err := q.SignIn.Viewer(q.r.Context(), session)
	if k := fault.KindOf(err); err != nil && (k == fault.Unauthenticated || k == fault.NotFound) {
		name, secure := sessionCookie(q.r, q.PublicURL) // the live stream would go on refusing it
		http.SetCookie(q.w, &http.Cookie{Name: name, Path: "/", Secure: secure, HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: -1})
		return anonymous, nil
	}
	return v, err
}

type signInPage struct {
	page
	Error    string
	Insecure bool
	Back     string
}

func (q *request) signInPage() error {
	return q.showSignIn(http.StatusOK, "")
}

func (q *request) showSignIn(status int, problem string) error {
	d := signInPage{page: q.newPage(q.text("signin.title"), "signin"), Error: problem, Back: localPath(q.r.FormValue("back"))}
	name, _ := sessionCookie(q.r, q.PublicURL)
	d.Insecure = name == ""
	q.w.Header().Set("Cache-Control", "no-store")
	return q.render(status, "signin", d)
}

// signIn takes a token by form. The session's secret leaves in a cookie only.
func (q *request) signIn() error {
	if err := q.r.ParseForm(); err != nil {
		return fault.E(fault.Invalid, "The form could not be read.").Because(err)
	}
	name, secure := sessionCookie(q.r, q.PublicURL)
	if name == "" {
		return q.showSignIn(http.StatusForbidden, q.text("signin.insecure"))
	}
	token := strings.TrimSpace(q.r.PostForm.Get("token"))
	if token == "" {
		return q.showSignIn(http.StatusUnprocessableEntity, q.text("signin.empty"))
	}
	if len(token) > maxToken {
		return q.showSignIn(http.StatusUnprocessableEntity, q.text("signin.wrong"))
	}
	session, err := q.SignIn.SignIn(q.r.Context(), token)
	if err != nil {
		switch fault.KindOf(err) {
		case fault.Unauthenticated, fault.NotFound, fault.Invalid, fault.NotAllowed:
			return q.showSignIn(http.StatusUnprocessableEntity, q.text("signin.wrong"))
		}
		return err
	}
	http.SetCookie(q.w, &http.Cookie{Name: name, Value: session, Path: "/", Secure: secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
		MaxAge: int((sessionHours * time.Hour).Seconds())})
	http.Redirect(q.w, q.r, localPath(q.r.PostForm.Get("back")), http.StatusSeeOther)
	return nil
}

// signOut ends the session here and on the node.
func (q *request) signOut() error {
	if name, secure := sessionCookie(q.r, q.PublicURL); name != "" {
		if c, err := q.r.Cookie(name); err == nil && c.Value != "" && len(c.Value) <= maxToken {
			if err := q.SignIn.SignOut(q.r.Context(), c.Value); err != nil {
				return err
			}
		}
		http.SetCookie(q.w, &http.Cookie{Name: name, Path: "/", Secure: secure, HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: -1})
	}
	http.Redirect(q.w, q.r, "/", http.StatusSeeOther)
	return nil
}
