package api

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/access/accesstest"
	"jarchi.dev/jarchi/internal/desk"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/wire"
)

// TestConfirm: formats and the release object say which issuers are only named until each has confirmed by its own token; what is closed
// and what is not there answer alike, and the audit list of the one who confirmed names its token.
func TestConfirm(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	lead, co, other := n.lead(), n.token(accesstest.CoIssuer, access.Scopes...), n.token(accesstest.Other, access.Scopes...)
	body := with(release(item("kk", kkHead, kkBody)), "issuers", `["`+string(accesstest.Lead)+`","`+string(accesstest.CoIssuer)+`"]`)
	r := into[Release](n.call(lead, "POST", "/api/v1/releases", body).want(201))
	closed := into[Release](n.call(lead, "POST", "/api/v1/releases", with(body, "audience", `["altinsu"]`)).want(201))
	at := func(r Release, call string) string { return "/api/v1/releases/" + string(r.ID) + call }
	says := func(named bool) {
		t.Helper()
		got := into[Release](n.call("", "GET", at(r, ""), "").want(200))
		if slices.Equal(got.Unconfirmed, []wire.MemberID{accesstest.CoIssuer}) != named || !named && len(got.Unconfirmed) > 0 {
			t.Errorf("unconfirmed: %v, want the co-issuer there: %v", got.Unconfirmed, named)
		}
		one := "/api/v1/items/" + string(r.Items[0].ID)
		if got := string(n.call("", "GET", one, "").want(200).body); strings.Contains(got, `"named-issuer"`) != named || strings.Count(got, `"originator"`) != map[bool]int{true: 1, false: 2}[named] {
			t.Errorf("ninjs, named %v: %s", named, got)
		}
		g2 := string(n.call("", "GET", one, "", "Accept", "application/vnd.iptc.g2.newsitem+xml").want(200).body)
		if strings.Contains(g2, "<contributor") != named || strings.Count(g2, "<creator") != map[bool]int{true: 1, false: 2}[named] {
			t.Errorf("NewsML-G2, named %v: %s", named, g2)
		}
	}
	says(true)
	n.call(lead, "POST", at(r, "/confirm"), `{}`).problem(409, "conflict", "")
	n.call(other, "POST", at(r, "/confirm"), `{}`).problem(403, "not-allowed", "")
	n.call(other, "POST", at(closed, "/confirm"), `{}`).problem(404, "not-found", "")
	n.call("", "POST", at(r, "/confirm"), `{}`).problem(401, "unauthenticated", "")
	n.call(n.token(accesstest.CoIssuer, access.Read, access.ReadClosed, access.DraftScope), "POST", at(r, "/confirm"), `{}`).problem(403, "not-allowed", "")
	n.call(co, "POST", at(r, "/confirm"), `{"revision":99}`).problem(409, "conflict", "")
	says(true)
	if got := into[Release](n.call(co, "POST", at(r, "/confirm"), `{"revision":`+fmt.Sprint(*r.Revision)+`}`).want(200)); len(got.Unconfirmed) != 0 {
		t.Errorf("%+v", got)
	}
	says(false)
	n.call(co, "POST", at(closed, "/confirm"), `{}`).want(200)
	es, err := n.store.Audit(context.Background(), people.AuditFilter{Member: accesstest.CoIssuer, Action: desk.Confirmed, Limit: 10})
	if err != nil || len(es) != 2 || !slices.ContainsFunc(es, func(e people.Entry) bool { return e.Object == string(r.ID) }) {
		t.Errorf("%+v, %v", es, err)
	}
}
