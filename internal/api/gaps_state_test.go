package api

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/wire"
)

// TestReleasesInAState: the list of releases is sifted by state, page by page without loss or repetition; a state
// that the list has not, and every other value that a parameter does not take, is refused with the parameter's name.
func TestReleasesInAState(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	lead := n.lead()
	want := map[wire.State]map[wire.ReleaseID]bool{wire.Released: {}, wire.Withdrawn: {}, wire.Erased: {}, wire.Embargoed: {}}
	for i := range 24 {
		body := release(item("en", fmt.Sprintf("Bridge %d opened", i), "At noon."))
		if i%12 == 11 {
			body = with(body, "embargoedUntil", `"2030-01-01T00:00:00Z"`)
		}
		r := into[Release](n.call(lead, "POST", releasesPath, body).want(201))
		state := r.State
		switch i % 12 {
		case 3, 7:
			state = into[Release](n.call(lead, "POST", releasesPath+"/"+string(r.ID)+"/withdraw", `{"reason":"Not ours."}`).want(200)).State
		case 5:
			state = into[Release](n.call(lead, "DELETE", releasesPath+"/"+string(r.ID), "").want(200)).State
		}
		want[state][r.ID] = true
	}
	n.call(lead, "POST", releasesPath, with(release(item("en", "A draft", "Text.")), "draft", "true")).want(201)
	for state, ids := range want {
		for _, limit := range []int{1, 3, 100} {
			got := map[wire.ReleaseID]bool{}
			cursor := ""
			for pages := 0; pages == 0 || cursor != ""; pages++ {
				if pages > 60 {
					t.Fatalf("%s, %d a page: no end", state, limit)
				}
				l := into[ReleaseList](n.call(lead, "GET", fmt.Sprintf("%s?state=%s&limit=%d&cursor=%s", releasesPath, state, limit, url.QueryEscape(cursor)), "").want(200))
				if len(l.Releases) > limit {
					t.Errorf("%s: %d on a page of %d", state, len(l.Releases), limit)
				}
				for _, r := range l.Releases {
					if r.State != state || got[r.ID] || !ids[r.ID] {
						t.Errorf("%s: %s is %s, seen before: %v", state, r.ID, r.State, got[r.ID])
					}
					got[r.ID] = true
				}
				cursor = l.Next
			}
			if len(got) != len(ids) || len(ids) == 0 {
				t.Errorf("%s, %d a page: %d of %d", state, limit, len(got), len(ids))
			}
		}
	}
	if l := into[ReleaseList](n.call("", "GET", releasesPath+"?state=embargoed", "").want(200)); len(l.Releases) != 0 {
		t.Error("a stranger is told of an embargo")
	}
	if l := into[ReleaseList](n.call("", "GET", releasesPath+"?state=released&q=bridge&sort=relevance&limit=100", "").want(200)); len(l.Releases) != len(want[wire.Released]) {
		t.Errorf("with words: %d", len(l.Releases))
	}
	for query, field := range map[string]string{"state=draft": "state", "state=approved": "state", "state=scheduled": "state", "state=gone": "state", "state=released,withdrawn": "state", "state=RELEASED": "state",
		"limit=0": "limit", "limit=101": "limit", "sort=x": "sort", "lang=%3Cb%3E": "lang", "since=x": "since", "before=x": "before", "member=A%20B": "member", "cursor=x": "cursor"} {
		n.call(lead, "GET", releasesPath+"?"+query, "").problem(422, "invalid", field)
	}
	for query, field := range map[string]string{"kind=x": "kind", "full=maybe": "full", "before=x": "before", "cursor=x": "cursor"} {
		n.call(lead, "GET", "/api/v1/items?"+query, "").problem(422, "invalid", field)
	}
	if doc := string(n.call("", "GET", "/api/openapi.json", "").want(200).body); !strings.Contains(doc, "Only releases in this state") {
		t.Error("the document does not tell of the state")
	}
}
