package api

import (
	"encoding/base64"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/access/accesstest"
	"jarchi.dev/jarchi/internal/format/ninjs"
)

// What Superdesk's HTTP push does: POST of JSON to an address with name and password in it (which Python's clients send as Basic), a signature that is not
// looked at, and any answer below 400 is success. The documents are in the shape of its public formatter.
func TestSuperdeskPushes(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	lead := n.token(accesstest.Lead, access.Intake, access.Read, access.ReadClosed)
	head := []string{"Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte("superdesk:"+lead)), "Content-Type", "application/json", "Accept", "application/json",
		"X-Superdesk-Signature", "sha1=00", "User-Agent", "python-requests/2.31"}
	doc := func(version, status, words string) string {
		return `{"guid":"urn:newsml:desk.nildasht.example:2026-05-31T09:12:44:6d0f","version":"` + version + `","type":"text","priority":6,"pubstatus":"` + status + `","language":"en","headline":"The dam is looked at",` +
			`"versioncreated":"2026-05-31T09:40:10+0000","source":"Nildasht Inform","body_html":"<p>` + words + `</p>"}`
	}
	first := into[Imported](n.call("", "POST", "/api/v1/intake", doc("2", "usable", "Twelve people come."), head...).want(201))
	again := into[Imported](n.call("", "POST", "/api/v1/intake", doc("2", "usable", "Twelve people come."), head...).want(201))
	second := into[Imported](n.call("", "POST", "/api/v1/intake", doc("3", "usable", "Fourteen people come."), head...).want(201))
	if len(first.Captures) != 1 || len(again.Captures) != 1 || again.Captures[0] != first.Captures[0] || len(second.Captures) != 1 || second.Captures[0] == first.Captures[0] {
		t.Fatalf("%+v, %+v, %+v", first, again, second)
	}
	item := into[ninjs.Item](n.call(lead, "GET", "/api/v1/items/"+string(second.Captures[0].ID), "").want(200))
	if len(item.Headlines) != 1 || item.Headlines[0].Value != "The dam is looked at" || len(item.InfoSources) != 1 || item.InfoSources[0].Name != "Nildasht Inform" || !strings.Contains(item.EdNote, "earlier version") {
		t.Errorf("%+v", item)
	}
	n.call("", "POST", "/api/v1/intake", doc("4", "canceled", "Do not use it."), head...).want(201)
	for _, c := range []CaptureRef{first.Captures[0], second.Captures[0]} {
		r := n.call(lead, "GET", "/api/v1/items/"+string(c.ID), "").want(200)
		if item := into[ninjs.Item](r); item.PubStatus != ninjs.Canceled || strings.Contains(string(r.body), "people come") {
			t.Errorf("%s", r.body)
		}
		if r := n.call(lead, "GET", "/api/v1/items/"+string(c.ID)+"?format=superdesk", "").want(200); !strings.Contains(string(r.body), `"pubstatus":"canceled"`) {
			t.Errorf("%s", r.body)
		}
	}
}
