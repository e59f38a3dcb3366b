package scenes

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/testkit/chromium"
	"jarchi.dev/jarchi/internal/wire"
)

// TestADeskIsChosenOnce: who has several desks chooses the one she takes for once, on whatever device, and changes it
// where she takes.
func TestADeskIsChosenOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.members()
	var items []string
	for _, h := range []string{"Жол ашылды", "Көпір ашылды", "Мектеп ашылды"} {
		r := s.released("toqsanbulaq", 4, wire.NewItem{Language: lang.KK, Content: wire.Content{Headline: h, Body: []string{"Бүгін түсте."}}})
		items = append(items, "/take/"+string(r.Items[0].ID))
	}
	u := s.person("sabzwadi", "", people.Editor)
	night, err := s.People.MakeDesk(t.Context(), people.Desk{Member: "sabzwadi", Names: map[lang.Tag]string{lang.EN: "Night desk", lang.UR: "رات کا ڈیسک"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.People.GiveRole(t.Context(), people.Operator, u.ID, people.Grant{Desk: night.ID, Role: people.Editor}); err != nil {
		t.Fatal(err)
	}
	c, phone := s.browser(u), s.browser(u)
	chosen := func(c *http.Client, item string) string {
		t.Helper()
		return s.deskForm(c, item, item).fields.Get("desk")
	}
	script := map[string]string{"Accept": "application/json"}

	// Before a choice the key opens what is to be chosen.
	b := chromium.Open(t)
	b.Clipboard(s.URL)
	b.Cookie(s.URL, s.session(u))
	b.Open(1280, 900, s.URL+"/?ui=en")
	b.Wait(`!!document.querySelector('.row')`)
	b.Key("KeyJ")
	b.Wait(`!!document.querySelector('.row.is-selected')`)
	b.Key("KeyT")
	b.Wait(`/one of your own desks/i.test(document.querySelector('.told')?.textContent || '')`)
	b.Wait(`!!document.querySelector('#pane #take-desk option[value=""]')`)

	if got := chosen(c, items[0]); got != "" {
		t.Errorf("before a choice: %q", got)
	}
	if _, code, page := s.pressAs(c, &deskSheet{action: items[0], fields: url.Values{}}, "", "", script); code != 422 || !strings.Contains(page, `"choose":true`) {
		t.Errorf("no desk: %d %s", code, page)
	}
	if _, code, page := s.press(c, s.deskForm(c, items[0], items[0]), "desk", string(night.ID)); code != 200 || !strings.Contains(page, "Night desk") {
		t.Fatalf("taken: %d %s", code, mainText(page))
	}
	if got := chosen(phone, items[1]); got != string(night.ID) {
		t.Errorf("on another device: %q", got)
	}
	if _, code, page := s.pressAs(phone, &deskSheet{action: items[1], fields: url.Values{}}, "", "", script); code != 200 || !strings.Contains(page, "Noted: Night desk") {
		t.Errorf("taken by key: %d %s", code, page)
	}

	// The key in the list, without a question, says the desk.
	b.Open(1280, 900, s.URL+"/?ui=ur")
	b.Wait(`!!document.querySelector('.row')`)
	b.Key("KeyJ")
	b.Wait(`!!document.querySelector('.row.is-selected')`)
	b.Key("KeyT")
	b.Wait(`(document.querySelector('.told')?.textContent || '').includes('رات کا ڈیسک')`)

	// Changed where she takes; a desk that she has left is asked for anew.
	other := u.Grants[0].Desk
	if _, code, page := s.press(c, s.deskForm(c, items[2], items[2]), "desk", string(other)); code != 200 {
		t.Fatalf("%d %s", code, mainText(page))
	}
	if got := chosen(phone, items[2]); got != string(other) {
		t.Errorf("after a change: %q", got)
	}
	third, err := s.People.MakeDesk(t.Context(), people.Desk{Member: "sabzwadi", Names: map[lang.Tag]string{lang.EN: "Weekend desk"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.People.GiveRole(t.Context(), people.Operator, u.ID, people.Grant{Desk: third.ID, Role: people.ReaderRole}); err != nil {
		t.Fatal(err)
	}
	if err := s.People.TakeRole(t.Context(), people.Operator, u.ID, u.Grants[0]); err != nil {
		t.Fatal(err)
	}
	if got := chosen(phone, items[2]); got != "" {
		t.Errorf("a desk that she has left: %q", got)
	}
	if _, code, page := s.press(c, &deskSheet{action: items[2], fields: url.Values{"desk": {string(other)}}}, "", ""); code != 422 {
		t.Errorf("taken for a desk of others: %d %s", code, mainText(page))
	}
	if at, code, _ := s.press(&http.Client{}, &deskSheet{action: items[2], fields: url.Values{}}, "", ""); code != 200 || !strings.HasPrefix(at, "/in?back=") {
		t.Errorf("nobody takes: %d at %s", code, at)
	}
}
