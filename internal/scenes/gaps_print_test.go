package scenes

import (
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/testkit/chromium"
	"jarchi.dev/jarchi/internal/wire"
)

// TestEveryPrintedPageHasAHead: on paper each page begins with the node, the place, what was asked of it or in which
// state it is, and when it was made and printed; on the screen there is nothing of it.
func TestEveryPrintedPageHasAHead(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.members()
	r := s.released("toqsanbulaq", 4, wire.NewItem{Language: lang.KK, Content: wire.Content{Headline: "Көпір ашылды", Body: []string{"Көпір түсте ашылды."}}})
	s.desk("sabzwadi")
	u := s.person("sabzwadi", "", people.Editor)
	c := s.browser(u)
	item := "/items/" + string(r.Items[0].ID)
	if _, code, page := s.press(c, s.deskForm(c, "/take/"+string(r.Items[0].ID), "/take/"+string(r.Items[0].ID)), "", ""); code != 200 {
		t.Fatalf("%d %s", code, mainText(page))
	}
	draft := draftOf(s.begunDraft(c, "ur"))
	node := strings.TrimPrefix(s.URL, "http://")
	b := chromium.Open(t)
	b.Cookie(s.URL, s.session(u))
	for _, p := range []struct{ path, says string }{
		{"/?ui=en", "Wire"},
		{"/?ui=en&q=%D0%BA%D3%A9%D0%BF%D1%96%D1%80&member=toqsanbulaq", "көпір · Toqsanbulaq"},
		{item + "?ui=en", "Көпір ашылды · Official"},
		{"/corrections?ui=en&kind=withdrawn", "Withdrawals"},
		{"/desk/taken?ui=en", "Sabzwadi"},
		{draft + "?ui=en", "Being written"},
		{draft + "/preview?ui=en", ""},
		{"/desk?ui=en", "Desk"},
		{"/account?ui=fa", ""},
	} {
		b.Open(1280, 800, s.URL+p.path)
		if chromium.Eval[bool](b, `getComputedStyle(document.querySelector('.print-page')).display !== 'none'`) {
			t.Errorf("%s: the head of paper is on the screen", p.path)
		}
		b.Media("print")
		got := chromium.Eval[string](b, `(() => { dispatchEvent(new Event('beforeprint')); const e = document.querySelector('.main > .print-page');
			return getComputedStyle(e).display + ' ' + getComputedStyle(e.parentElement).display + ' ' + e.innerText.replace(/\s+/g, ' ').replace(/ ?· ?/g, ' · '); })()`)
		printed, _, _ := strings.Cut(p.path, "?")
		if !strings.HasPrefix(got, "table-header-group table Jarchi · "+node+" · ") || !strings.Contains(got, p.says) ||
			strings.Contains(p.path, "ui=en") && !strings.Contains(got, "Printed · ") || printed != "/" && strings.Contains(p.path, "ui=en") && !strings.Contains(got, "As of ") {
			t.Errorf("%s: %s", p.path, got)
		}
		if len(b.PDF()) < 1000 {
			t.Errorf("%s is not printed", p.path)
		}
		b.Media("")
	}
}
