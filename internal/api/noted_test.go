package api

import (
	"context"
	"slices"
	"testing"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/access/accesstest"
	"jarchi.dev/jarchi/internal/desk"
	"jarchi.dev/jarchi/internal/people"
)

// Whatever a token does to a release stands in its member's audit list under the token, in the order in which it was done. What was
// refused does not; and of one minute's edits there is one line, which counts.
func TestWhatATokenDoesIsNoted(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	lead := n.lead()
	body := release(item("kk", kkHead, kkBody))
	draft := into[Release](n.call(lead, "POST", "/api/v1/releases", with(body, "draft", "true")).want(201))
	thrown := into[Release](n.call(lead, "POST", "/api/v1/releases", with(body, "draft", "true")).want(201))
	at := func(r Release, call string) string { return "/api/v1/releases/" + string(r.ID) + call }
	step := func() { n.setClock(n.now().Add(61_000_000_000)) }

	n.call(lead, "PUT", at(draft, "/items"), body).want(200)
	n.call(lead, "PUT", at(draft, "/items"), body).want(200)
	step()
	until := n.now().AddDate(0, 0, 2).Format("2006-01-02T15:04:05Z")
	n.call(lead, "POST", at(draft, "/embargo"), `{"embargoedUntil":"`+until+`"}`).want(200)
	step()
	n.call(lead, "POST", at(draft, "/approve"), `{"by":"Aigul"}`).want(200)
	n.call(lead, "POST", at(draft, "/approve"), `{"by":""}`).problem(422, "invalid", "by")
	step()
	n.call(lead, "POST", at(draft, "/schedule"), `{"publishAt":"`+n.now().AddDate(0, 0, 1).Format("2006-01-02T15:04:05Z")+`"}`).want(200)
	step()
	n.call(lead, "POST", at(draft, "/unschedule"), "").want(200)
	step()
	n.call(lead, "POST", at(draft, "/publish"), "").want(200)
	step()
	n.call(n.token(accesstest.Other, access.Scopes...), "DELETE", at(draft, ""), "").problem(403, "not-allowed", "")
	n.call(lead, "DELETE", at(draft, ""), "").want(200)
	step()
	n.call(lead, "DELETE", at(thrown, ""), "").want(200)

	es, err := n.store.Audit(context.Background(), people.AuditFilter{Member: accesstest.Lead, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(es)
	var got []string
	for _, e := range es {
		if _, ok := e.Actor.Token(); !ok {
			continue
		}
		got = append(got, e.Action)
		want := string(draft.ID)
		if e.Action == desk.DraftDiscarded || e.Action == desk.DraftBegun && e.Object != want {
			want = string(thrown.ID)
		}
		if e.Object != want {
			t.Errorf("%s names %s", e.Action, e.Object)
		}
		if e.Action == desk.DraftEdited && e.Count != 2 {
			t.Errorf("edited %d times", e.Count)
		}
		if e.Action == desk.DraftApproved && e.Detail != "Aigul" {
			t.Errorf("approved by %q", e.Detail)
		}
	}
	want := []string{desk.DraftBegun, desk.DraftBegun, desk.DraftEdited, desk.DraftEmbargoed, desk.DraftApproved, desk.DraftScheduled, desk.DraftUnscheduled, desk.DraftSent, desk.Erased, desk.DraftDiscarded}
	slices.Sort(got[:3]) // of one moment
	slices.Sort(want[:3])
	if !slices.Equal(got, want) {
		t.Errorf("noted\n%q, wanted\n%q", got, want)
	}
}
