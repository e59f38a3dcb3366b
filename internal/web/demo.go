package web

import (
	"context"
	"slices"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/wire"
)

// Demo is the storyline of a node that shows what the exchange is: the four cards on its wire.
type Demo interface {
	Story() Story
	Withdraw(ctx context.Context) error // the third card; does nothing the second time
}

// Story is where the storyline stands.
type Story struct {
	Start         time.Time
	Water, Border wire.ReleaseID // empty until they are on the wire
	Guests        []Guest
}

// Guest is one of the people a visitor can be.
type Guest struct {
	Member wire.MemberID
	Link   string // signs in by one click; only a demo has such links
}

// card is one step through the demo.
type card struct {
	N        int
	Key      string // of its strings
	Href     string // a place to go, or
	Post     string // a thing to do
	More     string // a second place, after it was done
	MoreText string
	Done     bool
	At       int // seconds after the start at which it is shown by itself to whoever has touched nothing; 0: never
	Guests   []guestView
}

type guestView struct {
	memberView
	Href string
}

type demoView struct {
	Cards []card
	Age   int // seconds since the start
}

const cookieDemo = "jarchi-demo"

// The words that the second card looks for: as a Kazakh types the reservoir's name, and as somebody with
// an Arabic keyboard does.
const (
	demoWord   = "Көксайдан"
	demoArabic = "كوكساي"
)

// demo is the cards as this visitor sees them, nil on a node that is no demo. A card is done when its
// place was visited on this device.
func (q *request) demo() *demoView {
	if q.Demo == nil {
		return nil
	}
	st := q.Demo.Story()
	var done []string
	if c, err := q.r.Cookie(cookieDemo); err == nil && len(c.Value) <= 20 {
		done = strings.Split(c.Value, ".")
	}
	if n := q.r.URL.Query().Get("card"); slices.Contains([]string{"1", "2", "4"}, n) && !slices.Contains(done, n) {
		done = append(done, n)
		setPref(q.w, q.r, cookieDemo, strings.Trim(strings.Join(done, "."), "."))
	}
	is := func(n string) bool { return slices.Contains(done, n) }
	d := &demoView{Age: max(0, int(q.Now().Sub(st.Start).Seconds()))}
	watch := card{N: 1, Key: "watch", Done: is("1"), At: 30}
	if st.Water != "" {
		watch.Href = "/?card=1&open=releases/" + string(st.Water)
	}
	find := card{N: 2, Key: "search", Done: is("2"), At: 105, Href: address(map[string][]string{"q": {demoWord}, "card": {"2"}})}
	if find.Done {
		find.More, find.MoreText = address(map[string][]string{"q": {demoArabic}, "card": {"2"}}), demoArabic
	}
	gone := card{N: 3, Key: "withdraw", At: 150}
	if st.Border != "" {
		gone.Href = "/?open=releases/" + string(st.Border)
		if e, err := q.Reader.Release(q.r.Context(), q.viewer, st.Border); err == nil && e.Release.State == wire.Released {
			gone.Post = "/demo/withdraw"
		} else {
			gone.Done = true // by the card, or by somebody at the desk
		}
	}
	yours := card{N: 4, Key: "yours", Done: is("4") && !q.person.Nobody()}
	if q.person.Nobody() {
		for _, g := range st.Guests {
			yours.Guests = append(yours.Guests, guestView{q.member(g.Member), g.Link})
		}
	} else {
		yours.Href = "/desk?card=4"
	}
	d.Cards = []card{watch, find, gone, yours}
	return d
}

// demoWithdraw plays the third card and leads to what is left of the release.
func (q *request) demoWithdraw() error {
	if err := q.Demo.Withdraw(q.r.Context()); err != nil {
		return err
	}
	st := q.Demo.Story()
	if st.Border == "" {
		return fault.E(fault.Unavailable, "The release to be withdrawn is not on the wire yet.")
	}
	return q.seeOther("/?open=releases/" + string(st.Border))
}
