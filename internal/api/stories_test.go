package api

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/access/accesstest"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/testkit"
)

// TestStories: one event of a release and a capture, by the id of either, for those who may read both.
func TestStories(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	lead := n.lead()
	text := "The council of the two rivers met in Koksoy and agreed to open the 14 upper gates of the canal for 250 hours, so that the lower fields get water before the sowing. " +
		"The level of the lake has fallen by 23 metres since spring, said the head of the water office."
	in := testkit.Input(map[lang.Tag][2]string{lang.EN: {"Gates are opened", text}})
	in.Issuers = append(in.Issuers[:0], accesstest.Lead)
	r, err := n.publish.Create(context.Background(), access.Viewer{Member: accesstest.Lead, Scopes: access.Scopes}, in)
	if err != nil {
		t.Fatal(err)
	}
	capture := string(into[Imported](n.call(lead, "POST", "/api/v1/intake", "Gates are opened\n\n"+text, "Content-Type", "text/plain", "Content-Location", "https://news.example/1").want(201)).Captures[0].ID)
	n.place()

	list := n.call(lead, "GET", "/api/v1/stories", "").want(200)
	l := into[StoryList](list)
	if len(l.Stories) != 1 || len(l.Stories[0].Reports) != 2 || l.Stories[0].ID != string(r.ID) || l.Stories[0].Reports[0].Release.ID != r.ID || l.Stories[0].Reports[1].Capture == nil || l.Next != "" {
		t.Fatalf("%s", list.body)
	}
	if len(l.Stories[0].Reports[1].Capture.Bodies) != 0 {
		t.Error("a capture comes with its body")
	}
	for _, id := range []string{string(r.ID), capture} {
		one := n.call(lead, "GET", "/api/v1/stories/"+id, "").want(200)
		if s := into[Story](one); s.ID != string(r.ID) || len(s.Reports) != 2 || one.header.Get("Cache-Control") != "private, no-store" {
			t.Errorf("%s: %s %v", id, one.body, one.header)
		}
		n.call("", "GET", "/api/v1/stories/"+id, "").problem(404, "not-found", "")
	}
	if got := string(n.call("", "GET", "/api/v1/stories", "").want(200).body); strings.Contains(got, string(r.ID)) {
		t.Error("a stranger's list has a story of which she may read one report: " + got)
	}
	n.call(lead, "GET", "/api/v1/stories/none", "").problem(404, "not-found", "")
	n.call("", "GET", "/api/v1/stories?cursor=forged", "").problem(422, "invalid", "cursor")
}

// TestDecisionsByAPI: a report is taken out, joined and taken back, by tokens that may; the story tells who decided.
func TestDecisionsByAPI(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	lead, verifier, reader := n.lead(), n.token(accesstest.Other, access.Read, access.ReadClosed, access.Verify), n.token(accesstest.Other, access.Read, access.ReadClosed, access.DraftScope)
	text := "The council of the two rivers met in Koksoy and agreed to open the 14 upper gates of the canal for 250 hours, so that the lower fields get water before the sowing. " +
		"The level of the lake has fallen by 23 metres since spring, said the head of the water office."
	in := testkit.Input(map[lang.Tag][2]string{lang.EN: {"Gates are opened", text}})
	in.Issuers = append(in.Issuers[:0], accesstest.Lead)
	r, err := n.publish.Create(context.Background(), access.Viewer{Member: accesstest.Lead, Scopes: access.Scopes}, in)
	if err != nil {
		t.Fatal(err)
	}
	capture := string(into[Imported](n.call(lead, "POST", "/api/v1/intake", "Gates are opened\n\n"+text, "Content-Type", "text/plain", "Content-Location", "https://news.example/1").want(201)).Captures[0].ID)
	n.place()
	story := "/api/v1/stories/" + string(r.ID)
	if s := into[Story](n.call(lead, "GET", story, "").want(200)); len(s.Because) != 1 || s.Because[0].Report == s.Because[0].With || s.Because[0].Language != "en" || len(s.Because[0].Reasons) == 0 {
		t.Errorf("why: %+v", s.Because)
	}

	n.call("", "POST", story+"/part", `{}`).problem(401, "unauthenticated", "")
	n.call(reader, "POST", story+"/part", `{}`).problem(403, "not-allowed", "")
	n.call(verifier, "POST", "/api/v1/stories/none/part", `{}`).problem(404, "not-found", "")
	n.call(verifier, "POST", story+"/part", `{"reason":"`+strings.Repeat("x", 301)+`"}`).problem(422, "invalid", "reason")
	n.call(verifier, "POST", story+"/part", `{"from":"`+string(r.ID)+`"}`).problem(422, "invalid", "from")
	seen := into[Story](n.call(lead, "GET", story, "").want(200)).Seen
	if other := into[Story](n.call(reader, "GET", story, "").want(200)); seen == "" || other.Seen != "" {
		t.Errorf("seen %q, by who decides nothing %q", seen, other.Seen)
	}
	d := into[StoryDecision](n.call(verifier, "POST", story+"/part", `{"reason":"Two gates","seen":"`+seen+`"}`).want(200))
	if d.Kind != "part" || d.Report != string(r.ID) || d.Other != capture || d.Member != string(accesstest.Other) || d.Reason != "Two gates" || d.Undone != nil {
		t.Errorf("%+v", d)
	}
	n.call(lead, "GET", story, "").problem(404, "not-found", "")
	n.call(verifier, "POST", story+"/part", `{}`).problem(409, "conflict", "")
	n.call(verifier, "POST", story+"/part", `{"from":"`+capture+`"}`).problem(409, "conflict", "")
	n.call(lead, "POST", story+"/join", `{}`).problem(422, "invalid", "with")
	n.call(lead, "POST", story+"/join", `{"with":"`+capture+`","seen":"`+seen+`"}`).problem(409, "conflict", "")
	n.call(lead, "POST", story+"/join", `{"with":"`+capture+`","seen":"none"}`).problem(422, "invalid", "seen")
	j := into[StoryDecision](n.call(lead, "POST", story+"/join", `{"with":"`+capture+`"}`).want(200))
	n.call(lead, "POST", story+"/join", `{"with":"`+capture+`"}`).problem(409, "conflict", "")
	if s := into[Story](n.call(reader, "GET", story, "").want(200)); len(s.Reports) != 2 || len(s.Decisions) != 2 || s.Decisions[0].ID != j.ID || s.Decisions[1].ID != d.ID {
		t.Errorf("%+v", s.Decisions)
	}
	n.call(reader, "POST", "/api/v1/stories/decisions/"+j.ID+"/undo", "").problem(403, "not-allowed", "")
	n.call(lead, "POST", "/api/v1/stories/decisions/none/undo", "").problem(404, "not-found", "")
	n.call(verifier, "POST", "/api/v1/stories/decisions/"+j.ID+"/undo?seen="+url.QueryEscape(seen), "").problem(409, "conflict", "")
	if u := into[StoryDecision](n.call(verifier, "POST", "/api/v1/stories/decisions/"+j.ID+"/undo", "").want(200)); u.Undone == nil || u.Undone.Member != string(accesstest.Other) {
		t.Errorf("%+v", u)
	}
	n.call(verifier, "POST", "/api/v1/stories/decisions/"+j.ID+"/undo", "").problem(409, "conflict", "")
	n.call(lead, "GET", story, "").problem(404, "not-found", "")
}
