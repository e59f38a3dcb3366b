package api

import (
	"context"
	"encoding/base64"
	"net/http"
	"strings"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/arrival"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/people"
)

// caller is who asks.
type caller struct {
	actor   access.Viewer // with every scope of the token: for what is done
	reader  access.Viewer // for what is read: nobody's when the token has not the scope read
	token   string        // the token's id; empty: no token
	bearer  bool          // came with a token, not with a browser's session
	base    string        // this node's address, as the asker is told it
	key     people.Token  // the token itself
	headers http.Header   // of what reads: its conditions
}

type callerKey struct{}

func callerOf(ctx context.Context) caller {
	c, _ := ctx.Value(callerKey{}).(caller)
	return c
}

// identified finds out who asks, or answers 401: a bad credential is never taken for none.
func (a *api) identified(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := a.identify(r)
		if err == nil && !reading(r) && c.actor.Member == "" {
			err = fault.E(fault.Unauthenticated, "Send a token of the member in whose name you act, as Authorization: Bearer.") // before its body is read
		}
		if err != nil {
			a.refuse(w, r, err)
			return
		}
		if c.token != "" && a.Meter != nil {
			t, err := a.Meter.take(c.key, w.Header())
			w, r = t.counted(w, r)
			if err != nil {
				a.refuse(w, r, err)
				return
			}
		}
		c.base = a.base(r)
		c.headers = r.Header
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), callerKey{}, c)))
	})
}

// password is that of RFC 7617: where programs have a field for a password and none for a header, or an address alone (https://any:TOKEN@host/), the
// token stands there. No answer asks for it, and what a page elsewhere has a browser send is not taken: a browser keeps a password and adds it by itself.
func password(credentials string) (string, bool) {
	if len(credentials) > 600 {
		return "", false
	}
	b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(credentials))
	_, secret, ok := strings.Cut(string(b), ":")
	return secret, ok && err == nil
}

func reading(r *http.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }

func (a *api) identify(r *http.Request) (caller, error) {
	switch headers := r.Header.Values("Authorization"); {
	case len(headers) > 0:
		scheme, secret, ok := strings.Cut(strings.TrimSpace(headers[0]), " ")
		if strings.EqualFold(scheme, "Basic") && sameOrigin(r) && (reading(r) || r.Header.Get("Origin") == "") { // over plain http browsers say Origin alone
			secret, ok = password(secret)
			scheme = "Bearer"
		}
		if !ok || len(headers) > 1 || !strings.EqualFold(scheme, "Bearer") || len(secret) > 200 {
			return caller{}, fault.E(fault.Unauthenticated, "The Authorization header is not one Bearer token, nor one as the password of a Basic one.")
		}
		k, err := a.Tokens.Token(r.Context(), strings.TrimSpace(secret))
		if err != nil {
			return caller{}, err
		}
		c := caller{actor: k.Viewer(), token: k.ID, bearer: true, key: k}
		if c.actor.Has(access.Read) {
			c.reader = c.actor
		}
		return c, nil
	case reading(r) && sameOrigin(r) && a.SessionCookie != nil:
		// A session reads only, so that no page elsewhere can act through a browser that is signed in.
		session := a.SessionCookie(r)
		if session == "" {
			break
		}
		v, err := a.Tokens.Viewer(r.Context(), session)
		if err != nil {
			return caller{}, err
		}
		return caller{actor: v, reader: v}, nil
	}
	v := access.Viewer{Local: arrival.AtThisMachine(r)}
	return caller{actor: v, reader: v}, nil
}

// sameOrigin: browsers say where a request comes from (Fetch Metadata); others, which hold no
// cookies of their users, say nothing.
func sameOrigin(r *http.Request) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	return site == "" || site == "same-origin" || site == "none"
}

// need refuses an action whose scope the token has not.
func (c caller) need(s access.Scope) error {
	switch {
	case c.actor.Member == "":
		return fault.E(fault.Unauthenticated, "Send a token of the member in whose name you act, as Authorization: Bearer.")
	case !c.actor.Has(s):
		return fault.E(fault.NotAllowed, "This needs the scope %s, which your token has not. An administrator of %s can give it.", s, c.actor.Member)
	}
	return nil
}
