package web

import (
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/delivery"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/subscription"
)

// Deliveries: what of the wire is handed to other systems and people as it happens. The place of administrators.

const deliveriesPlace = "/people/deliveries"

// deliverer is the administrator as the deliveries know her: office has made sure that she administers this member.
func (o *office) deliverer() access.Viewer {
	return access.Viewer{Member: o.of, Scopes: []access.Scope{access.Read, access.ReadClosed, access.Admin}}
}

type deliveryWhy struct{ Text, Status, Says string }

type deliveryRow struct {
	Name, Target, Path, Channel, State string
	Alarm, Public                      bool
	Filter, FilterHref                 string // empty: everything
	Waiting, Failures                  string // empty: none
	Good                               template.HTML
	Why                                *deliveryWhy
}

type deliveriesPage struct {
	staffPage
	Rows                 []deliveryRow
	Pages                pages
	Channels, Formats    []option
	Target, Name, Filter string
	Targets              []string
	Public, Mail         bool
	Rhythm               rhythmForm
}

// rhythmForm is when mails come, as a form asks for it.
type rhythmForm struct {
	Every, Hours []option
	Zone, Error  string
}

// rhythmForm shows what was typed, or else what is so. The values of a weekly digest are the days of the week, 0 for Sunday; they are offered from Monday on.
func (o *office) rhythmForm(r subscription.Rhythm) (f rhythmForm) {
	chosen := string(r.Every)
	if r.Every == subscription.Weekly {
		chosen = strconv.Itoa(int(r.Day))
	}
	if o.r.PostForm.Has("digest") {
		chosen, r.Zone = o.typed("digest"), o.typed("zone")
		r.Hour, _ = strconv.Atoi(o.typed("hour"))
	} else if !r.Gathers() {
		r.Hour, r.Zone = 7, o.zone.String()
	}
	f.Zone = r.Zone
	f.Every = []option{{Value: "", Label: o.text("deliveries.digest.each")}, {Value: string(subscription.Daily), Label: o.text("deliveries.digest.daily")}}
	for i := range 7 {
		day := strconv.Itoa((i + 1) % 7)
		f.Every = append(f.Every, option{Value: day, Label: o.text("deliveries.digest.day." + day)})
	}
	for i := range f.Every {
		f.Every[i].Selected = f.Every[i].Value == chosen
	}
	for h := range 24 {
		f.Hours = append(f.Hours, option{Value: strconv.Itoa(h), Label: fmt.Sprintf("%02d:00", h), Selected: h == r.Hour})
	}
	return f
}

// rhythm reads that form.
func (o *office) rhythm() (r subscription.Rhythm, err error) {
	r = subscription.Rhythm{Every: subscription.Period(o.typed("digest")), Zone: o.typed("zone")}
	if day, e := strconv.Atoi(string(r.Every)); e == nil {
		r.Every, r.Day = subscription.Weekly, time.Weekday(day)
	}
	if r.Every != "" {
		if r.Hour, err = strconv.Atoi(o.typed("hour")); err != nil {
			return r, fault.Field("hour", "The hour of a digest is 0 to 23.")
		}
	}
	return r, r.Check()
}

// rhythmSays says when mails come; empty for anything but a digest.
func (o *office) rhythmSays(r subscription.Rhythm) template.HTML {
	every := "deliveries.digest.daily"
	switch r.Every {
	case "":
		return ""
	case subscription.Weekly:
		every = "deliveries.digest.day." + strconv.Itoa(int(r.Day))
	}
	return template.HTML(template.HTMLEscapeString(o.text(every))) + ` <span class="sep">·</span> ` + ltr(fmt.Sprintf("%02d:00 %s", r.Hour, r.Zone))
}

var deliveriesDone = map[string]string{"added": "deliveries.done.added", "changed": "deliveries.done.changed", "removed": "deliveries.done.removed", "retried": "deliveries.done.retried", "tested": "deliveries.test.good"}

func (o *office) deliveries() error { return o.showDeliveries(nil) }

func (o *office) showDeliveries(problem error) error {
	list, err := o.Deliveries.List(o.r.Context(), o.deliverer())
	if err != nil {
		return err
	}
	d := deliveriesPage{staffPage: o.deliveryPage(o.text("deliveries.title")), Target: o.typed("target"), Name: o.typed("name"), Filter: o.typed("filter"), Public: o.r.PostForm.Get("public") != ""}
	d.Choose = o.choices(false)
	for _, x := range list {
		d.Rows = append(d.Rows, o.deliveryRow(x))
	}
	needyFirst(d.Rows, func(r deliveryRow) bool { return r.Alarm })
	from, to, pages := o.part(len(d.Rows), url.Values{})
	d.Rows, d.Pages = d.Rows[from:to], pages
	chosen := func(name, value string) bool { return o.r.PostForm.Get(name) == value }
	d.Targets = o.Deliveries.Targets(o.deliverer())
	formats := map[subscription.Format]bool{}
	for _, c := range o.Deliveries.Channels(o.deliverer()) {
		d.Channels = append(d.Channels, option{Value: string(c), Label: o.text("deliveries.channel." + string(c)), Selected: chosen("channel", string(c))})
		d.Mail = d.Mail || c == subscription.Mail
		for _, f := range subscription.Formats[c] {
			formats[f] = true
		}
	}
	d.Rhythm = o.rhythmForm(subscription.Rhythm{})
	d.Formats = []option{{Value: "", Label: o.text("deliveries.format.usual")}}
	for _, f := range []struct {
		format subscription.Format
		label  string
	}{{subscription.Ninjs, "ninjs 3.1"}, {subscription.NewsML, "NewsML-G2"}, {subscription.Superdesk, "ninjs 1.x (Superdesk)"}, {subscription.Envelope, o.text("deliveries.format.release")}, {subscription.Words, o.text("deliveries.format.text")}} {
		if formats[f.format] {
			d.Formats = append(d.Formats, option{Value: string(f.format), Label: f.label, Selected: chosen("format", string(f.format))})
		}
	}
	status, err := d.blame(problem, o.deliveryProblem)
	if err != nil {
		return err
	}
	d.Rhythm.Error = d.Wrong("zone")
	return o.render(status, "staffdeliveries", d)
}

func (o *office) deliveryPage(title string) staffPage {
	p := o.staffPage(title, "deliveries")
	if key, ok := deliveriesDone[o.r.URL.Query().Get("done")]; ok && o.r.Method != http.MethodPost {
		p.Saved = o.text(key)
	}
	return p
}

// deliveryProblem says what was wrong with a form, and with which field; words are empty for what no form is to blame for.
func (o *office) deliveryProblem(err error) (field, words string) {
	_, field = fault.Public(err)
	switch kind := fault.KindOf(err); {
	case kind == fault.Conflict, kind == fault.Busy:
		return "", o.text("deliveries.bad.now")
	case kind != fault.Invalid && kind != fault.ForbiddenAddress:
		return "", ""
	}
	switch field {
	case "name":
		return "name", o.text("people.bad.line")
	case "format":
		return "format", o.text("deliveries.bad.format")
	case "zone", "hour", "day", "digest":
		return "zone", o.text("deliveries.bad.digest")
	case "word":
		return "word", o.text("deliveries.bad.word")
	case "target", "url", "channel":
		return "target", o.text("deliveries.bad.target")
	}
	return "filter", o.text("deliveries.bad.filter") // whatever the query language or a filter found
}

func (o *office) deliveryRow(x subscription.Subscription) deliveryRow {
	row := deliveryRow{Name: firstWords(clean(x.Name), 120), Target: clean(x.Target), Path: deliveriesPlace + "/" + url.PathEscape(string(x.ID)) + o.arg(), Channel: o.text("deliveries.channel." + string(x.Channel)),
		State: o.text("deliveries.state." + string(x.State)), Public: x.Public, Why: o.deliveryWhy(x.Trouble)}
	if x.Alert {
		row.Channel = o.text("deliveries.alert")
	}
	row.Alarm = x.State == subscription.Stopped || x.State == subscription.Ended || x.Failures > 0 || x.State == subscription.Unproven
	if s := x.Filter.String(); s != "" {
		v, _ := url.ParseQuery(s) // of our own making
		row.Filter, row.FilterHref = o.searchLabel(v), address(listArgs(v))
	}
	if x.Waiting > 0 {
		row.Waiting = o.text("deliveries.waiting", "Count", int(x.Waiting))
	}
	if x.Failures > 0 {
		row.Failures = o.text("deliveries.failures", "Count", x.Failures)
	}
	if !x.LastGood.IsZero() {
		row.Good = o.timeHTML(x.LastGood, nil)
	}
	return row
}

func (o *office) deliveryWhy(t subscription.Trouble) *deliveryWhy {
	if t.Code == "" {
		return nil
	}
	w := &deliveryWhy{Text: o.text("deliveries.trouble." + string(t.Code)), Says: firstWords(clean(t.Says), 200)}
	if t.Status > 0 {
		w.Status = o.text("deliveries.status", "Count", t.Status)
	}
	return w
}

func (o *office) addDelivery() error {
	x := subscription.Subscription{Channel: subscription.Channel(o.typed("channel")), Target: o.typed("target"), Name: o.typed("name"), Format: subscription.Format(o.typed("format")), Public: o.r.PostForm.Get("public") != "", Language: o.ui}
	var err error
	if x.Filter, err = subscription.ParseFilter(o.typed("filter")); err != nil {
		return o.showDeliveries(err)
	}
	if x.Channel == subscription.Mail {
		if x.Rhythm, err = o.rhythm(); err != nil {
			return o.showDeliveries(err)
		}
	}
	var secret string
	again, err := o.once(func() (err error) {
		x, secret, err = o.Deliveries.Add(o.r.Context(), o.deliverer(), x, o.person.ID)
		return err
	})
	switch {
	case again:
		return o.to(deliveriesPlace, "")
	case err != nil:
		return o.showDeliveries(err)
	case secret == "":
		return o.to(deliveriesPlace+"/"+url.PathEscape(string(x.ID)), "added")
	}
	return o.showSecret(x, secret, "deliveries.secret.once")
}

func (o *office) showSecret(x subscription.Subscription, secret, text string) error {
	d := madePage{staffPage: o.deliveryPage(o.text("deliveries.secret.title")), Secret: secret, Text: o.text(text), Back: deliveriesPlace + "/" + url.PathEscape(string(x.ID)) + o.arg(), Facts: o.deliveryFacts(x)}
	d.Scripts = []string{"js/staff.js"}
	return o.render(http.StatusOK, "staffmade", d)
}

func (o *office) deliveryFacts(x subscription.Subscription) []staffFact {
	return []staffFact{{o.text("staff.name"), in("", firstWords(clean(x.Name), 120))}, {o.text("deliveries.target"), ltr(clean(x.Target))}, {o.text("sources.state"), template.HTML(template.HTMLEscapeString(o.text("deliveries.state." + string(x.State))))}}
}

type deliveryTry struct {
	When template.HTML
	Took string
	Why  *deliveryWhy
}

type deliveryLine struct {
	When, Due      template.HTML
	Event, Outcome string
	Href           string
	Last           *deliveryTry  // of the tries
	Earlier        []deliveryTry // the latest first
	Retry          int64         // 0: it cannot be sent again
	Bad            bool
}

type deliveryPage struct {
	staffPage
	Row                     deliveryRow
	Form                    string // where the forms go
	Format                  string
	Unproven, Runs, Follows bool
	Webhook, Mail, Gathers  bool // Gathers: its mails may come as digests
	Alert                   bool // it is a person's own
	Says                    string
	Name, Filter            string
	Since                   []option
	Digest                  template.HTML // when it comes; empty: each release at once
	Rhythm                  rhythmForm
	Lines                   []deliveryLine
	Older                   string
	Back, Remove            string
}

func (o *office) deliveryID() subscription.ID { return subscription.ID(o.r.PathValue("id")) }

func (o *office) delivery() error { return o.showDelivery(nil, "") }

// showDelivery is the page of one; saved says what was done just now.
func (o *office) showDelivery(problem error, saved string) error {
	x, err := o.Deliveries.Get(o.r.Context(), o.deliverer(), o.deliveryID())
	if err != nil {
		return err
	}
	before, _ := strconv.ParseInt(o.r.URL.Query().Get("before"), 10, 64)
	lines, next, err := o.Deliveries.Lines(o.r.Context(), o.deliverer(), x.ID, before)
	if err != nil {
		return err
	}
	row := o.deliveryRow(x)
	d := deliveryPage{staffPage: o.deliveryPage(row.Name), Row: row, Form: deliveriesPlace + "/" + url.PathEscape(string(x.ID)), Unproven: x.State == subscription.Unproven, Runs: x.Runs(), Follows: x.Follows(), Webhook: x.Channel == subscription.Webhook, Mail: x.Channel == subscription.Mail,
		Name: clean(x.Name), Filter: x.Filter.String(), Back: deliveriesPlace + o.arg()}
	d.Remove = d.Form + "/remove" + o.arg()
	d.Gathers, d.Alert = d.Mail && !x.Alert, x.Alert
	d.Digest, d.Rhythm = o.rhythmSays(x.Rhythm), o.rhythmForm(x.Rhythm)
	d.Format = map[subscription.Format]string{subscription.Ninjs: "ninjs 3.1", subscription.NewsML: "NewsML-G2", subscription.Superdesk: "ninjs 1.x (Superdesk)", subscription.Envelope: o.text("deliveries.format.release"), subscription.Words: o.text("deliveries.format.text")}[x.Format]
	switch x.State {
	case subscription.Unproven:
		if d.Says = o.text("deliveries.unproven.text"); d.Mail {
			d.Says = o.text("deliveries.unproven.mail")
		}
	case subscription.Stopped:
		d.Says = o.text("deliveries.stopped.text")
	case subscription.Paused:
		d.Says = o.text("deliveries.paused.text")
	}
	for _, v := range []struct{ hours, key string }{{"24", "deliveries.since.day"}, {"1", "deliveries.since.hour"}, {"168", "deliveries.since.week"}} {
		d.Since = append(d.Since, option{Value: v.hours, Label: o.text(v.key)})
	}
	for _, l := range lines {
		d.Lines = append(d.Lines, o.deliveryLine(x, l))
	}
	if next > 0 {
		v := url.Values{"before": {strconv.FormatInt(next, 10)}}
		if o.of != o.person.Member {
			v.Set("member", string(o.of))
		}
		d.Older = d.Form + "?" + v.Encode()
	}
	if saved != "" {
		d.Saved = saved
	}
	status, err := d.blame(problem, o.deliveryProblem)
	if err != nil {
		return err
	}
	d.Rhythm.Error = d.Wrong("zone")
	switch d.At {
	case "name":
		d.Name = o.typed("name")
	case "filter":
		d.Filter = o.typed("filter")
	}
	return o.render(status, "staffdelivery", d)
}

func (o *office) deliveryLine(x subscription.Subscription, l delivery.Line) deliveryLine {
	out := deliveryLine{When: o.timeHTML(l.Made, nil), Event: o.text("deliveries.event." + string(l.Kind)), Outcome: o.text("deliveries.outcome." + string(l.Outcome)), Bad: l.Outcome == subscription.GivenUp}
	switch { // the page itself decides who may read it
	case l.OfCapture():
		out.Href = "/captures/" + url.PathEscape(l.Ref)
	case l.Item != "":
		out.Href = "/items/" + url.PathEscape(string(l.Item))
	case l.Ref != "":
		out.Href = "/releases/" + url.PathEscape(l.Ref)
	}
	if l.Outcome == subscription.Waiting && l.Tries > 0 {
		out.Due = o.timeHTML(l.Due, nil)
	}
	var tries []deliveryTry
	for _, y := range l.Tried {
		tries = append(tries, deliveryTry{When: o.timeHTML(y.At, nil), Took: strconv.FormatInt(y.Took.Milliseconds(), 10) + " ms", Why: o.deliveryWhy(y.Trouble)})
	}
	if n := len(tries); n > 0 {
		slices.Reverse(tries)
		out.Last, out.Earlier = &tries[0], tries[1:]
	}
	if x.Runs() && l.Position > 0 && l.Outcome != subscription.Overtook {
		out.Retry = l.ID
	}
	return out
}

// deliveryDo is a form that does something with one delivery and leads back to its page.
func deliveryDo(do func(o *office, id subscription.ID) (done string, err error)) func(*office) error {
	return func(o *office) error {
		done, err := do(o, o.deliveryID())
		if err != nil {
			return o.showDelivery(err, "")
		}
		return o.to(deliveriesPlace+"/"+url.PathEscape(string(o.deliveryID())), done)
	}
}

func pauseDelivery(paused bool) func(*office, subscription.ID) (string, error) {
	return func(o *office, id subscription.ID) (string, error) {
		_, err := o.Deliveries.Pause(o.r.Context(), o.deliverer(), id, paused, o.person.ID)
		return "", err
	}
}

func challengeDelivery(o *office, id subscription.ID) (string, error) {
	_, err := o.Deliveries.Challenge(o.r.Context(), o.deliverer(), id)
	return "", err
}

func proveDelivery(o *office, id subscription.ID) (string, error) {
	_, err := o.Deliveries.Prove(o.r.Context(), o.deliverer(), id, o.typed("word"), o.person.ID)
	return "added", err
}

func changeDelivery(o *office, id subscription.ID) (string, error) {
	f, err := subscription.ParseFilter(o.typed("filter"))
	to := delivery.Settings{Name: o.typed("name"), Filter: f}
	if err == nil && o.r.PostForm.Has("digest") {
		var r subscription.Rhythm
		r, err = o.rhythm()
		to.Rhythm = &r
	}
	if err == nil {
		_, err = o.Deliveries.Change(o.r.Context(), o.deliverer(), id, to, o.person.ID)
	}
	return "changed", err
}

func retryDelivery(o *office, id subscription.ID) (string, error) {
	line, err := strconv.ParseInt(o.typed("line"), 10, 64)
	if err != nil {
		return "", errNoPage
	}
	return "retried", o.Deliveries.Retry(o.r.Context(), o.deliverer(), id, line, o.person.ID)
}

func (o *office) testDelivery() error {
	t, _, err := o.Deliveries.Test(o.r.Context(), o.deliverer(), o.deliveryID())
	if err != nil {
		return o.showDelivery(err, "")
	}
	if t.Code == "" {
		return o.showDelivery(nil, o.text("deliveries.test.good"))
	}
	return o.showDelivery(nil, o.text("deliveries.test.bad")+" "+o.deliveryWhy(t).Text)
}

func (o *office) replayDelivery() error {
	hours, err := strconv.Atoi(o.typed("hours"))
	if err != nil || hours < 1 || hours > 168 {
		hours = 24
	}
	n, err := o.Deliveries.Replay(o.r.Context(), o.deliverer(), o.deliveryID(), o.Now().Add(-time.Duration(hours)*time.Hour+time.Second), o.person.ID)
	if err != nil {
		return o.showDelivery(err, "")
	}
	return o.showDelivery(nil, o.text("deliveries.replayed", "Count", n))
}

// rotateDelivery gives a new secret once for each form: a second press would end the one that the receiver still has.
func (o *office) rotateDelivery() error {
	var x subscription.Subscription
	var secret string
	again, err := o.once(func() (err error) {
		x, secret, err = o.Deliveries.Rotate(o.r.Context(), o.deliverer(), o.deliveryID(), o.person.ID)
		return err
	})
	switch {
	case again:
		return o.to(deliveriesPlace+"/"+url.PathEscape(string(o.deliveryID())), "")
	case err != nil:
		return o.showDelivery(err, "")
	}
	return o.showSecret(x, secret, "deliveries.secret.both")
}

func (o *office) askRemoveDelivery() error {
	x, err := o.Deliveries.Get(o.r.Context(), o.deliverer(), o.deliveryID())
	if err != nil {
		return err
	}
	at := deliveriesPlace + "/" + url.PathEscape(string(x.ID))
	return o.confirm(http.StatusOK, confirmPage{staffPage: o.deliveryPage(o.text("deliveries.remove")), Text: o.text("deliveries.remove.text"), Button: o.text("deliveries.remove"), Action: at + "/remove", Back: at + o.arg(),
		Facts: o.deliveryFacts(x), Fields: []option{{Value: string(o.of), Label: "member"}}})
}

func (o *office) removeDelivery() error {
	if err := o.Deliveries.Remove(o.r.Context(), o.deliverer(), o.deliveryID(), o.person.ID); err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	return o.to(deliveriesPlace, "removed")
}
