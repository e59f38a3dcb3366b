package web

import (
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/people"
)

// One token: what it did, how often it may call, a new secret for it.

// tokenDays is how many days of use are shown.
const tokenDays = 31

type tokenPage struct {
	staffPage
	ID, Label        string
	Facts            []staffFact
	Days             []tokenDay
	PerMinute, Burst string
	Keep             []option
	Action           string
	Back             string
}

type tokenDay struct{ Day, Calls, Refused, Bytes string }

func (o *office) tokenUses() (map[string][]people.TokenUse, error) {
	return o.People.TokenUses(o.r.Context(), o.person, o.of, o.Now().AddDate(0, 0, 1-tokenDays))
}

func tokenPath(id string) string { return "/people/tokens/" + url.PathEscape(id) }

func (o *office) tokenPage() error { return o.showToken(nil) }

func (o *office) showToken(problem error) error {
	k, ok, err := o.theToken()
	if err != nil {
		return err
	}
	if !ok {
		return o.to("/people/tokens", "")
	}
	uses, err := o.tokenUses()
	if err != nil {
		return err
	}
	days := uses[k.ID]
	d := tokenPage{staffPage: o.staffPage(clean(k.Label), "tokens"), ID: k.ID, Label: clean(k.Label), Action: tokenPath(k.ID), Back: "/people/tokens" + o.arg(),
		PerMinute: strconv.Itoa(k.Limit.PerMinute), Burst: strconv.Itoa(k.Limit.Burst)}
	if d.Title == "" {
		d.Title = k.ID
	}
	num := func(n int64) string { return number(o.ui, n) }
	sum := people.SumUse(days)
	text := func(s string) template.HTML { return template.HTML(template.HTMLEscapeString(s)) }
	last := text(o.text("tokens.never"))
	if !sum.Last.IsZero() {
		last = o.timeHTML(sum.Last, nil)
	}
	limit := o.text("tokens.nolimit")
	if l := k.Limit.Effective(); l.PerMinute > 0 {
		limit = o.text("tokens.permin") + ": " + num(int64(l.PerMinute)) + " · " + o.text("tokens.burst") + ": " + num(int64(l.Burst))
	}
	d.Facts = append(o.tokenFacts(k), staffFact{o.text("staff.since"), o.timeHTML(k.Created, nil)}, staffFact{o.text("tokens.lastused"), last}, staffFact{o.text("tokens.limit"), text(limit)})
	if k.OldUntil.After(o.Now()) {
		d.Facts = append(d.Facts, staffFact{o.text("tokens.olduntil"), o.timeHTML(k.OldUntil, nil)})
	}
	for _, u := range days {
		d.Days = append(d.Days, tokenDay{u.Day.Format(time.DateOnly), num(u.Calls), num(u.Refused), o.bytes(u.Received + u.Sent)})
	}
	if len(days) > 1 {
		d.Days = append([]tokenDay{{o.text("tokens.month"), num(sum.Calls), num(sum.Refused), o.bytes(sum.Received + sum.Sent)}}, d.Days...)
	}
	for _, c := range [][2]string{{"24", "tokens.keep.day"}, {"1", "tokens.keep.hour"}, {"168", "tokens.keep.week"}, {"0", "tokens.keep.none"}} {
		d.Keep = append(d.Keep, option{Value: c[0], Label: o.text(c[1]), Selected: c[0] == "24"})
	}
	if problem != nil {
		d.PerMinute, d.Burst = o.typed("perMinute"), o.typed("burst")
	}
	status, err := d.blame(problem, o.limitProblem)
	if err != nil {
		return err
	}
	return o.render(status, "stafftoken", d)
}

// limitProblem says what was wrong with the form of a limit, and with which field.
func (o *office) limitProblem(err error) (field, words string) {
	_, field = fault.Public(err)
	switch {
	case fault.KindOf(err) != fault.Invalid:
		return "", ""
	case field == "burst":
		return "burst", o.text("tokens.bad.burst")
	}
	return "perMinute", o.text("tokens.bad.permin")
}

func (o *office) limitToken() error {
	var l people.TokenLimit
	var err error
	whole := func(name string) (n int) {
		s := strings.ReplaceAll(o.typed(name), "−", "-") // the minus sign of the help
		n, bad := strconv.Atoi(s)
		if bad != nil && err == nil {
			err = fault.Field(name, "This is not a whole number.")
		}
		return n
	}
	l.PerMinute, l.Burst = whole("perMinute"), whole("burst")
	if err == nil {
		err = o.People.LimitToken(o.r.Context(), o.person, o.of, o.r.PathValue("id"), l)
	}
	switch {
	case err == nil:
		return o.to(tokenPath(o.r.PathValue("id")), "limited")
	case fault.KindOf(err) == fault.NotFound:
		return errNoPage
	}
	return o.showToken(err)
}

func (o *office) rotateToken() error {
	k, ok, err := o.theToken()
	if err != nil {
		return err
	}
	if !ok {
		return o.to("/people/tokens", "")
	}
	hours, err := strconv.Atoi(o.typed("keep"))
	if err != nil || hours < 0 || hours > int(people.MaxKeep.Hours()) {
		return errors.Join(errNoPage, err)
	}
	var secret string
	again, err := o.once(func() (err error) {
		secret, k.OldUntil, err = o.People.RotateToken(o.r.Context(), o.person, o.of, k.ID, time.Duration(hours)*time.Hour)
		return err
	})
	switch {
	case again:
		return o.shown("tokens", "/people/tokens")
	case err != nil:
		return err
	}
	d := madePage{staffPage: o.staffPage(o.text("staff.token.title"), "tokens"), Secret: secret, Text: o.text("staff.token.once"), Back: "/people/tokens" + o.arg(), Facts: o.tokenFacts(k)}
	if hours > 0 {
		d.Text += " " + o.text("tokens.oldends")
		d.Facts = append(d.Facts, staffFact{o.text("tokens.olduntil"), o.timeHTML(k.OldUntil, nil)})
	}
	d.Scripts = []string{"js/staff.js"}
	return o.render(http.StatusOK, "staffmade", d)
}
