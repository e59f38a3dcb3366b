package api

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/access/accesstest"
)

// TestTokensAreBoundedAndCounted: a token's calls have a limit that its administrator sets; beyond it there is a problem that says when to
// come again; another token is not bounded by it. What was done is told, by day; a secret is changed without a gap.
func TestTokensAreBoundedAndCounted(t *testing.T) {
	t.Parallel()
	n := newNode(t, func(o *Options) {
		o.Meter = NewMeter(o.Tokens.(callers).Store, time.Now, slog.New(slog.DiscardHandler))
		o.Keys = o.Tokens.(callers).people
	})
	call := func(token, method, path, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		n.handler.ServeHTTP(w, r)
		return w
	}
	admin, partner := n.lead(), n.token(accesstest.Lead, access.Read)
	var own TokenObject
	if w := call(partner, "GET", "/api/v1/token", ""); w.Code != 200 || json.Unmarshal(w.Body.Bytes(), &own) != nil || own.PerMinute != 30000 || w.Header().Get("RateLimit-Policy") != `"token";q=3000;w=6` || !strings.HasPrefix(w.Header().Get("RateLimit"), `"token";r=2999;t=`) {
		t.Fatalf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	at := "/api/v1/tokens/" + own.ID
	for _, c := range []struct {
		token, method, path, body string
		want                      int
	}{
		{partner, "GET", "/api/v1/tokens", "", 403}, {partner, "POST", at + "/rotate", "{}", 403}, {partner, "PUT", at + "/limit", `{"perMinute":-1}`, 403},
		{n.token(accesstest.Other, access.Scopes...), "POST", at + "/rotate", "{}", 404}, {"jt_none", "GET", "/api/v1/token", "", 401},
		{admin, "PUT", at + "/limit", `{"perMinute":-2}`, 422}, {admin, "POST", at + "/rotate", `{"keepHours":721}`, 422},
		{admin, "PUT", at + "/limit", `{"perMinute":60,"burst":3}`, 200},
	} {
		if w := call(c.token, c.method, c.path, c.body); w.Code != c.want {
			t.Errorf("%s %s %s: %d %s", c.method, c.path, c.body, w.Code, w.Body)
		}
	}
	refused := 0
	for range 5 {
		if w := call(partner, "GET", "/api/v1/items", ""); w.Code == http.StatusTooManyRequests {
			refused++
			if w.Header().Get("Retry-After") != "1" || w.Header().Get("Content-Type") != "application/problem+json" || !strings.Contains(w.Body.String(), `"kind":"busy"`) || !strings.Contains(w.Body.String(), "60 calls a minute") {
				t.Errorf("%v %s", w.Header(), w.Body)
			}
		}
	}
	if refused < 1 || refused > 2 {
		t.Errorf("%d of 5 refused, of a burst of 3", refused)
	}
	if w := call(admin, "GET", "/api/v1/items", ""); w.Code != 200 {
		t.Errorf("another token: %d", w.Code)
	}
	call(admin, "PUT", at+"/limit", `{"perMinute":-1}`)
	var made TokenSecret
	if w := call(admin, "POST", at+"/rotate", "{}"); w.Code != 200 || json.Unmarshal(w.Body.Bytes(), &made) != nil || made.Secret == "" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	n.api.Meter.Flush(context.Background())
	for _, secret := range []string{partner, made.Secret} {
		w := call(secret, "GET", "/api/v1/token", "")
		if own = (TokenObject{}); w.Code != 200 || json.Unmarshal(w.Body.Bytes(), &own) != nil || own.OldUntil == nil || own.LastUsed == nil || len(own.Use) != 1 || own.Use[0].Refused != int64(refused) ||
			own.Use[0].Calls != 9-int64(refused) || own.Use[0].Sent == 0 || w.Header().Get("RateLimit") != "" {
			t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
		}
	}
	if w := call(admin, "GET", "/api/v1/tokens", ""); w.Code != 200 || strings.Contains(w.Body.String(), "jt_") || !strings.Contains(w.Body.String(), own.ID) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
