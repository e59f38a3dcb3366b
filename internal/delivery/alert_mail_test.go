package delivery

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/notice"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/subscription"
	"jarchi.dev/jarchi/internal/wire"
)

// TestMailAlert: what is new for a search that somebody keeps comes to her by mail once the address has confirmed, only what she may read, ten letters an hour and the rest in one that says
// how much more there is; whoever reads there stops it by one press; nobody else's searches are told.
func TestMailAlert(t *testing.T) {
	t.Parallel()
	s, h := openMail(t)
	c := s.clocked()
	s.run()
	ps := people.New(s.node.Store, people.Options{Now: time.Now})
	d, err := ps.MakeDesk(t.Context(), people.Desk{Member: "alfa", Names: map[lang.Tag]string{"en": "Alfa"}})
	if err != nil {
		t.Fatal(err)
	}
	u, err := ps.MakeUser(t.Context(), people.User{Member: "alfa", Login: "reader", Name: "Reader", Grants: []people.Grant{{Desk: d.ID, Role: people.ReaderRole}}})
	if err != nil {
		t.Fatal(err)
	}
	p := people.Person{User: u, Desks: []people.Desk{d}}
	const args = "lang=en&q=river"
	tell := func(address string) (MailAlert, error) {
		return s.MailTell(t.Context(), p, args, address, "river · English", lang.TR)
	}
	if _, err := tell("her@paper.example"); fault.KindOf(err) != fault.NotFound {
		t.Error("a search that is not kept", err)
	}
	if err := s.node.Store.SaveSearch(t.Context(), u.ID, args); err != nil {
		t.Fatal(err)
	}
	if _, err := tell("her"); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
	a, err := tell("her@paper.example")
	if err != nil || a.State != subscription.Unproven {
		t.Fatal(a, err)
	}
	ask := h.until(1)
	id, word := ask.link(t)
	if !strings.Contains(ask.text, notice.Label(notice.Alert, lang.TR)+"river · English") || id != a.ID {
		t.Error(ask.text)
	}
	if _, err := tell("her@paper.example"); fault.KindOf(err) != fault.Busy {
		t.Error("she is asked twice", err)
	}
	headline := func(i int) map[lang.Tag][2]string {
		return map[lang.Tag][2]string{lang.EN: {fmt.Sprintf("The river rises, report %d", i), "It rose by a metre."}}
	}
	s.release(headline(99))
	if _, err := s.Answer(t.Context(), id, word); err != nil {
		t.Fatal(err)
	}
	if other := (people.Person{User: people.User{ID: "other", Member: "alfa"}}); true {
		if err := s.MailStop(t.Context(), other, args); fault.KindOf(err) != fault.NotFound {
			t.Error("somebody else stops it", err)
		}
	}
	s.release(road()) // is not asked for
	var all []*wire.Release
	for i := range 10 + alertNamed + 3 {
		all = append(all, s.release(headline(i)))
	}
	last := h.until(11)
	s.noted(id, alertNamed+3)
	if n := len(h.got()); n != 11 {
		t.Fatalf("%d letters within the hour", n-1)
	}
	if last.to != "her@paper.example" || !strings.HasPrefix(last.subject, "The river rises, report ") || !strings.Contains(last.text, "It rose by a metre.") || !strings.Contains(last.html, `lang="tr"`) || !strings.Contains(last.text, "https://wire.press.example/?lang=en&q=river") ||
		!strings.Contains(last.text, "/versions/1/proof") || last.head.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" || strings.Contains(last.text, " road") {
		t.Error(last.raw, last.text)
	}
	s.withdraw(all[10+alertNamed]) // it waits, and is in no letter
	s.noted(id, alertNamed+2)
	c.pass(2 * time.Hour)
	more := h.until(12)
	s.noted(id, 0)
	if strings.Count(more.text, "The river rises, report ") != alertNamed || !strings.Contains(more.text, notice.Say(notice.More, lang.TR)+": 2") || !strings.HasPrefix(more.subject, notice.Label(notice.Alert, lang.TR)+"river") {
		t.Error(more.subject, more.text)
	}
	s.withdraw(all[0])
	gone := h.until(13)
	if !strings.HasPrefix(gone.text, notice.Say(notice.WithdrawnHead, lang.TR)) || gone.head.Get("In-Reply-To") == "" {
		t.Error(gone.text)
	}
	s.withdraw(all[10+alertNamed+1]) // was only counted: there is nothing to take back
	s.noted(id, 0)
	if n := len(h.got()); n != 13 {
		t.Error("a letter takes back what none has told", n)
	}
	end := linkWord.FindStringSubmatch(gone.head.Get("List-Unsubscribe"))
	if r, err := s.Answer(t.Context(), id, end[2]); err != nil || r.Step != Left {
		t.Error(r, err)
	}
	if a, err := s.MailAlert(t.Context(), p, args); err != nil || a.State != subscription.Ended || a.Trouble.Code != subscription.Left {
		t.Error(a, err)
	}
	if err := s.MailStop(t.Context(), p, args); err != nil {
		t.Error(err)
	}
	if a, err := s.MailAlert(t.Context(), p, args); err != nil || a.ID != "" {
		t.Error(a, err)
	}
}

// TestBurstForOneAlert: of many events that are told at once ten letters come by themselves, and the others wait for one.
func TestBurstForOneAlert(t *testing.T) {
	t.Parallel()
	s := open(t)
	x := subscription.Subscription{ID: "a", Channel: subscription.Mail, Alert: true}
	letters, by := map[subscription.ID]int{}, map[time.Time]int{}
	for range 64 {
		at, err := s.gathers(t.Context(), x, subscription.Released, letters)
		if err != nil {
			t.Fatal(err)
		}
		by[at]++
	}
	if by[time.Time{}] != alertsHour || len(by) > 3 { // a minute may end meanwhile
		t.Errorf("%d letters at once, and digests at %d moments", by[time.Time{}], len(by)-1)
	}
}
