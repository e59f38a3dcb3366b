package delivery

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/format/ninjs"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/subscription"
	"jarchi.dev/jarchi/internal/testkit"
)

// TestSign: the example that Standard Webhooks gives for its signature.
func TestSign(t *testing.T) {
	t.Parallel()
	got := Sign("msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "")
	if got != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" {
		t.Error(got)
	}
	if n := len(strings.Fields(Sign("a", time.Unix(1, 0), nil, newSecret(), newSecret()))); n != 2 {
		t.Errorf("%d signatures of two secrets", n)
	}
}

// TestWebhook: what happens to a release comes to who asked for it, signed, each text by itself, and nothing else does.
func TestWebhook(t *testing.T) {
	t.Parallel()
	s := open(t)
	all, words, kk := newReceiver(t), newReceiver(t), newReceiver(t)
	s.run()
	_, secret := s.add(all, subscription.Subscription{})
	s.add(words, subscription.Subscription{Filter: subscription.Filter{Text: "water"}, Format: subscription.Envelope})
	s.add(kk, subscription.Subscription{Filter: subscription.Filter{Language: lang.KK}})
	r := s.release(water())
	s.release(road())
	got := all.until(3)
	for _, c := range got {
		if c.Signature != Sign(c.ID, c.Seconds, c.Body, secret) || time.Since(c.Seconds) > time.Minute || c.Event != "released" {
			t.Errorf("%+v", c)
		}
	}
	if it := kk.until(1)[0].item(t); it.Language != "kk" || it.URI != string(r.Text(lang.KK).URI) || it.PubStatus != ninjs.Usable || it.Headlines[0].Value != water()[lang.KK][0] {
		t.Errorf("%+v", it)
	}
	var e struct {
		Type string
		Data struct {
			Release map[string]any
			Items   []json.RawMessage
		}
	}
	if err := json.Unmarshal(words.until(1)[0].Body, &e); err != nil || e.Type != "released" || e.Data.Release["id"] != string(r.ID) || len(e.Data.Items) != 2 {
		t.Errorf("%+v, %v", e, err)
	}
	words.silent(1)
	s.correct(r, lang.EN, "Toqsanbulaq releases more water")
	if c := all.until(4)[3]; c.Event != "corrected" || c.item(t).Headlines[0].Value != "Toqsanbulaq releases more water" || c.item(t).Version != "2" {
		t.Errorf("%+v", c)
	}
	kk.silent(1)
	s.withdraw(r)
	for _, c := range all.until(6)[4:] {
		if it := c.item(t); c.Event != "withdrawn" || it.PubStatus != ninjs.Canceled || it.Headlines != nil || it.Bodies != nil {
			t.Errorf("%+v", it)
		}
	}
	if it := kk.until(2)[1].item(t); it.PubStatus != ninjs.Canceled || it.Language != "kk" {
		t.Errorf("%+v", it)
	}
	all.silent(6)
}

// TestFollowed: whoever got something, or may have, is told what becomes of it, though the filter was changed or the subscription paused; who did not is not.
func TestFollowed(t *testing.T) {
	t.Parallel()
	s := open(t)
	narrowed, paused, dead, late := newReceiver(t), newReceiver(t), newReceiver(t), newReceiver(t)
	s.run()
	one, _ := s.add(narrowed, subscription.Subscription{})
	two, _ := s.add(paused, subscription.Subscription{})
	three, _ := s.add(dead, subscription.Subscription{})
	dead.answers(func(w http.ResponseWriter, _ *http.Request, _ call) { w.WriteHeader(500) })
	r := s.release(road())
	narrowed.until(1)
	paused.until(1)
	dead.until(2)
	s.add(late, subscription.Subscription{})
	if _, err := s.Change(t.Context(), keeper, one.ID, Settings{Name: "narrow", Filter: subscription.Filter{Text: "unheard"}}, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Pause(t.Context(), keeper, two.ID, true, ""); err != nil {
		t.Fatal(err)
	}
	s.release(water())
	s.withdraw(r)
	for _, x := range []*receiver{narrowed, paused} {
		if c := x.until(2)[1]; c.Event != "withdrawn" || c.item(t).URI != string(r.Items[0].URI) {
			t.Errorf("%+v", c)
		}
		x.silent(2)
	}
	late.until(2) // the two texts of the other
	late.silent(2)
	// The dead one may have it: it is told when it lives again, and first; of what was overtaken nothing comes.
	n := len(dead.got())
	dead.answers(nil)
	s.state(three.ID, func(x subscription.Subscription) bool { return x.Waiting == 0 })
	after := dead.got()[n:]
	for _, c := range after {
		if c.Event == "released" && c.item(t).URI == string(r.Items[0].URI) {
			t.Error("what was withdrawn was sent as new")
		}
	}
	withdrawn := 0
	for _, c := range dead.got() {
		if c.Event == "withdrawn" {
			withdrawn++
		}
	}
	if withdrawn == 0 || len(after) < 2 {
		t.Errorf("%d calls after it lived again, %d withdrawals", len(after), withdrawn)
	}
}

// TestTriesHaveOneMessage: what is tried again has the id that it had; 410 ends it; a retry by hand and a replay have it too.
func TestTriesHaveOneMessage(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := newReceiver(t)
	x, _ := s.add(r, subscription.Subscription{})
	begun := time.Now().Add(-time.Minute)
	n := 0
	r.answers(func(w http.ResponseWriter, _ *http.Request, _ call) {
		if n++; n < 4 {
			w.WriteHeader([]int{500, 429, 302}[n-1])
			io.WriteString(w, "Not\n now")
		}
	})
	s.run()
	s.release(road())
	got := r.until(4)
	for _, c := range got {
		if c.ID != got[0].ID || !strings.HasPrefix(c.ID, "msg_") {
			t.Errorf("%s after %s", c.ID, got[0].ID)
		}
	}
	s.state(x.ID, func(x subscription.Subscription) bool { return x.Waiting == 0 && x.Failures == 0 })
	lines, _, err := s.Lines(t.Context(), keeper, x.ID, 0)
	if err != nil || len(lines) != 2 || lines[1].Kind != subscription.Challenge || lines[0].Outcome != subscription.Done || len(lines[0].Tried) != 4 || lines[0].Tried[0].Trouble.Says != "Not now" ||
		lines[0].Tried[1].Trouble.Code != subscription.Overload || lines[0].Tried[2].Trouble.Code != subscription.Moved || lines[0].Tried[3].Status != 200 {
		t.Fatalf("%+v, %v", lines, err)
	}
	if err := s.Retry(t.Context(), keeper, x.ID, lines[0].ID, ""); err != nil {
		t.Fatal(err)
	}
	if c := r.until(5)[4]; c.ID != got[0].ID {
		t.Error("retried under another id")
	}
	s.state(x.ID, func(x subscription.Subscription) bool { return x.Waiting == 0 })
	if n, err := s.Replay(t.Context(), keeper, x.ID, begun, ""); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	if c := r.until(6)[5]; c.ID != got[0].ID {
		t.Error("replayed under another id")
	}
	if tr, status, err := s.Test(t.Context(), keeper, x.ID); err != nil || tr.Code != "" || status != 200 {
		t.Error(tr, status, err)
	}
	r.answers(func(w http.ResponseWriter, _ *http.Request, _ call) { w.WriteHeader(410) })
	s.release(water())
	s.state(x.ID, func(x subscription.Subscription) bool { return x.State == subscription.Ended && x.Waiting == 0 })
	n2 := len(r.got())
	s.release(road())
	r.silent(n2)
}

// TestReplayBringsWhatWasMissed: what happened while it was paused comes by a replay.
func TestReplayBringsWhatWasMissed(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := newReceiver(t)
	x, _ := s.add(r, subscription.Subscription{})
	s.run()
	if _, err := s.Pause(t.Context(), keeper, x.ID, true, ""); err != nil {
		t.Fatal(err)
	}
	begun := time.Now().Add(-time.Minute)
	missed := s.release(road())
	s.correct(missed, lang.EN, "District opens two roads")
	gone := s.release(water())
	s.withdraw(gone)
	r.silent(0)
	if _, err := s.Replay(t.Context(), keeper, x.ID, begun, ""); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a paused one is replayed: %v", err)
	}
	if _, err := s.Pause(t.Context(), keeper, x.ID, false, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Replay(t.Context(), keeper, x.ID, begun, ""); err != nil {
		t.Fatal(err)
	}
	if c := r.until(1)[0]; c.Event != "corrected" || c.item(t).Headlines[0].Value != "District opens two roads" {
		t.Errorf("%+v", c)
	}
	r.silent(1)
}

// TestProof: an address that has not shown that it wants to be called is called with challenges alone.
func TestProof(t *testing.T) {
	t.Parallel()
	s := open(t)
	var said []byte
	status := 200
	newReceiver(t)
	echo := false
	deaf := server(t, func(w http.ResponseWriter, q *http.Request) {
		b, _ := io.ReadAll(q.Body)
		if said = b; echo {
			w.Write(b)
		}
		w.WriteHeader(status)
	})
	s.run()
	add := func() subscription.Subscription {
		x, _, err := s.Add(t.Context(), keeper, subscription.Subscription{Channel: subscription.Webhook, Target: deaf}, "")
		if err != nil || x.State != subscription.Unproven || x.Trouble.Code == "" {
			t.Fatalf("%+v, %v", x, err)
		}
		return x
	}
	x := add()
	if x.Trouble.Code != subscription.NotShown {
		t.Errorf("%+v", x.Trouble)
	}
	first := string(said)
	s.release(road())
	time.Sleep(50 * time.Millisecond)
	if string(said) != first {
		t.Error("it was called")
	}
	if _, _, err := s.Test(t.Context(), keeper, x.ID); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a test was sent: %v", err)
	}
	if _, err := s.Challenge(t.Context(), keeper, x.ID); fault.KindOf(err) != fault.Busy {
		t.Errorf("challenged at once again: %v", err)
	}
	if _, err := s.Prove(t.Context(), keeper, x.ID, "guess", ""); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a guess counts: %v", err)
	}
	var c struct{ Data struct{ Challenge string } }
	if err := json.Unmarshal([]byte(first), &c); err != nil || c.Data.Challenge == "" {
		t.Fatal(first, err)
	}
	if x, err := s.Prove(t.Context(), keeper, x.ID, " "+strings.ToUpper(c.Data.Challenge), ""); err != nil || x.State != subscription.Active {
		t.Errorf("%+v, %v", x, err)
	}
	for _, address := range []string{"http://10.0.0.1/", "http://[::1]/", "http://169.254.169.254/latest", "ftp://a.example/", "https://u:p@a.example/", "nonsense"} {
		x, _, err := s.Add(t.Context(), keeper, subscription.Subscription{Channel: subscription.Webhook, Target: address}, "")
		if err == nil && (x.State != subscription.Unproven || x.Trouble.Code != subscription.Forbidden) {
			t.Errorf("%s: %+v", address, x)
		}
	}
}

// TestRightsOfTheOwner: what is for members goes to who may read it, at the moment of sending; what is under embargo to nobody before it opens.
func TestRightsOfTheOwner(t *testing.T) {
	t.Parallel()
	s := open(t)
	open, closed := newReceiver(t), newReceiver(t)
	s.add(open, subscription.Subscription{Public: true})
	s.add(closed, subscription.Subscription{})
	in := closedInput()
	in.EmbargoedUntil = time.Now().Add(300 * time.Millisecond)
	if _, err := s.node.Publish.Create(t.Context(), keeper, in); err != nil {
		t.Fatal(err)
	}
	s.run()
	s.release(road(), members)
	if c := closed.until(1)[0]; c.item(t).Headlines[0].Value != road()[lang.EN][0] {
		t.Errorf("%+v", c)
	}
	closed.silent(1)
	open.silent(0)
	other := access.Viewer{Member: "beta", Scopes: access.Scopes}
	all, err := s.List(t.Context(), keeper)
	if err != nil || len(all) != 2 || all[0].Secret != "" || all[0].Former != "" || all[0].Proof != "" {
		t.Fatalf("%+v, %v", all, err)
	}
	id := all[0].ID
	for name, v := range map[string]struct {
		access.Viewer
		want fault.Kind
	}{
		"nobody":         {access.Viewer{}, fault.Unauthenticated},
		"local":          {access.Viewer{Local: true}, fault.Unauthenticated},
		"an editor":      {access.Viewer{Member: "alfa", Scopes: []access.Scope{access.Read, access.ReadClosed, access.Publish}}, fault.NotAllowed},
		"another member": {other, fault.NotFound},
	} {
		_, e1 := s.Get(t.Context(), v.Viewer, id)
		_, _, e2 := s.Lines(t.Context(), v.Viewer, id, 0)
		_, e3 := s.Pause(t.Context(), v.Viewer, id, true, "")
		_, _, e4 := s.Rotate(t.Context(), v.Viewer, id, "")
		_, e5 := s.Replay(t.Context(), v.Viewer, id, time.Now(), "")
		_, _, e6 := s.Test(t.Context(), v.Viewer, id)
		for i, err := range []error{e1, e2, e3, e4, e5, e6, s.Retry(t.Context(), v.Viewer, id, 1, ""), s.Remove(t.Context(), v.Viewer, id, "")} {
			if err == nil || fault.KindOf(err) != v.want {
				t.Errorf("%s, call %d: %v", name, i, err)
			}
		}
	}
	if _, _, err := s.Add(t.Context(), access.Viewer{Member: "alfa", Scopes: []access.Scope{access.Admin}}, subscription.Subscription{Channel: subscription.Webhook, Target: open.url}, "token:x"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a token that does not read closed matter has it delivered: %v", err)
	}
	if err := s.Remove(t.Context(), keeper, id, ""); err != nil {
		t.Fatal(err)
	}
}

// TestRotation: for a day both secrets sign.
func TestRotation(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := newReceiver(t)
	x, old := s.add(r, subscription.Subscription{})
	_, fresh, err := s.Rotate(t.Context(), keeper, x.ID, "")
	if err != nil || fresh == old {
		t.Fatal(err)
	}
	s.run()
	s.release(road())
	if c := r.until(1)[0]; c.Signature != Sign(c.ID, c.Seconds, c.Body, fresh, old) {
		t.Error(c.Signature)
	}
}

// TestOwnedByAPerson: what somebody may read is delivered in her right; when she is kept out nothing new is, and what she was sent is followed all the same.
func TestOwnedByAPerson(t *testing.T) {
	t.Parallel()
	s := open(t)
	ps := people.New(s.node.Store, people.Options{Now: time.Now})
	d, err := ps.MakeDesk(t.Context(), people.Desk{Member: "alfa", Names: map[lang.Tag]string{lang.EN: "Alfa"}})
	if err != nil {
		t.Fatal(err)
	}
	u, err := ps.MakeUser(t.Context(), people.User{Member: "alfa", Login: "reader", Name: "Reader", Grants: []people.Grant{{Desk: d.ID, Role: people.ReaderRole}}})
	if err != nil {
		t.Fatal(err)
	}
	r := newReceiver(t)
	for _, x := range []subscription.Subscription{{Person: "nobody"}, {Desk: "none"}} {
		x.Channel, x.Target = subscription.Webhook, r.url
		if _, _, err := s.Add(t.Context(), keeper, x, ""); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: %v", x, err)
		}
	}
	if _, _, err := s.Add(t.Context(), testkit.Viewer("beta"), subscription.Subscription{Channel: subscription.Webhook, Target: r.url, Desk: d.ID}, ""); fault.KindOf(err) != fault.Invalid {
		t.Errorf("another member's desk: %v", err)
	}
	s.add(r, subscription.Subscription{Person: u.ID, Desk: d.ID})
	s.run()
	rel := s.release(road(), members)
	r.until(1)
	if err := s.node.Store.ChangePeople(t.Context(), func(t people.Tx) error { return t.SetDisabled(u.ID, true) }); err != nil {
		t.Fatal(err)
	}
	s.release(water())
	s.correct(rel, lang.EN, "District opens two roads")
	r.silent(1)
	s.withdraw(rel)
	if c := r.until(2)[1]; c.Event != "withdrawn" || c.item(t).URI != string(rel.Items[0].URI) || strings.Contains(string(c.Body), "happened") {
		t.Errorf("%s", c.Body)
	}
}
