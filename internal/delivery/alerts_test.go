package delivery

import (
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
)

// TestAlerts: somebody who wants to be told of a search is told how much is new for her, until she has looked; what she may not read is not counted.
func TestAlerts(t *testing.T) {
	t.Parallel()
	s := open(t)
	ps := people.New(s.node.Store, people.Options{Now: time.Now})
	d, err := ps.MakeDesk(t.Context(), people.Desk{Member: "beta", Names: map[lang.Tag]string{"en": "Beta"}})
	if err != nil {
		t.Fatal(err)
	}
	u, err := ps.MakeUser(t.Context(), people.User{Member: "beta", Login: "reader", Name: "Reader", Grants: []people.Grant{{Desk: d.ID, Role: people.ReaderRole}}})
	if err != nil {
		t.Fatal(err)
	}
	p := people.Person{User: u}
	const args = "lang=en&q=water"
	if err := s.Tell(t.Context(), p, args, true); fault.KindOf(err) != fault.NotFound {
		t.Errorf("told of a search that is not kept: %v", err)
	}
	s.release(water())
	if err := s.node.Store.SaveSearch(t.Context(), u.ID, args); err != nil {
		t.Fatal(err)
	}
	if err := s.Tell(t.Context(), p, args, true); err != nil {
		t.Fatal(err)
	}
	count := func(want int) {
		t.Helper()
		got, err := s.Alerts(t.Context(), p)
		if err != nil || got[args] != want {
			t.Errorf("%v, want %d, %v", got, want, err)
		}
	}
	count(0)
	s.release(water())
	s.release(road())
	count(1)
	r := s.release(water(), members)
	count(2)
	stranger := p
	stranger.Grants = nil
	if got, err := s.Alerts(t.Context(), stranger); err != nil || got[args] != 1 {
		t.Errorf("who may not read it is told of it: %v, %v", got, err)
	}
	s.withdraw(r)
	count(1)
	if err := s.Seen(t.Context(), p, args); err != nil {
		t.Fatal(err)
	}
	count(0)
	if err := s.Tell(t.Context(), p, args, false); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Alerts(t.Context(), p); err != nil || len(got) != 0 {
		t.Error(got, err)
	}
	if got, err := s.Alerts(t.Context(), people.Person{}); err != nil || got != nil {
		t.Error(got, err)
	}
}
