package web

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/house"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/wire"
)

// The state of the node: what needs somebody first, then everything that may help to find out why. The place of administrators; what belongs to
// other members, and what changes the node, is for its owner, or for the administrator of its only member.

// House tells the state of the node and changes what may be changed of it.
type House interface {
	State(ctx context.Context) (house.State, error)
	Retry(ctx context.Context, by people.UserID, m wire.MemberID, id int64) error
	Drop(ctx context.Context, by people.UserID, m wire.MemberID, id int64) error
	Keeping(ctx context.Context) (house.Keeping, error)
	SetKeeping(ctx context.Context, by people.UserID, m wire.MemberID, k house.Keeping) error
	Would(ctx context.Context, k house.Keeping) (map[string]int64, error)
	HasDeliveries() bool
	Room() error // nil while new material may be taken in
}

// ofNode reports whether an administrator answers for the whole node.
func (o *office) ofNode() bool { return o.person.Owner || len(o.members) == 1 }

type needRow struct {
	Says, Act, Href string
	Command         string // to be run, as it is typed
	Urgent          bool
}

type workRow struct {
	Kind, Waiting, Due, Running, Oldest string
}

type letterRow struct {
	Kind, Error, Args, Retry, Drop string
	Due                            template.HTML
	Attempts                       string
}

type houseSource struct{ Name, Says, Href string }

type nodeRow struct {
	Name, Address, Version, Clock string
	Here, First, Silent           bool
	Since, Heard                  template.HTML
	Running                       []workRow
}

type outletRow struct{ Name, Active, Failing, Waiting, Oldest string }

type houseLogRow struct {
	Name, Size string
	Last       template.HTML
}

type slowRow struct {
	Name, What, Times, Worst string
	Last                     template.HTML
}

type keepRow struct {
	Name, Label, Days, Fewest, Would, Error string
}

type housePage struct {
	staffPage
	Whole    bool
	Needs    []needRow
	Versions []staffFact
	Database []staffFact
	Trouble  string // why nothing can be published, in English
	Nodes    []nodeRow
	Disk     []staffFact
	Files    string // why files cannot be kept or read, in English
	Queue    []workRow
	Dead     []letterRow
	DeadMany bool
	Counts   string
	Sources  []houseSource
	Outlets  []outletRow
	Logs     []houseLogRow
	Slow     []slowRow
	Keeping  []keepRow
}

var houseDone = map[string]string{"retried": "house.done.retried", "dropped": "house.done.dropped", "kept": "house.done.kept"}

// needs that lead somewhere, and those that a command mends.
var (
	needHref    = map[string]string{house.NeedDead: "#dead", house.NeedDatabase: "#database", house.NeedSources: "/people/sources", house.NeedSilent: "/people/sources", house.NeedQuarantine: keptPath, house.NeedDeliveries: "#deliveries", house.NeedDiskSoon: "#keeping", house.NeedQueue: "#queue", house.NeedNodes: "#nodes", house.NeedNodeClocks: "#nodes"}
	needCommand = map[string]string{house.NeedBackupNone: "jarchi backup", house.NeedBackupOld: "jarchi backup"}
)

func (o *office) house() error { return o.showHouse(http.StatusOK, nil, nil, nil) }

// showHouse makes the page; typed are the days as they were written, would what each rule would let go.
func (o *office) showHouse(status int, typed map[string]string, wrongs map[string]bool, would map[string]int64) error {
	st, err := o.House.State(o.r.Context())
	if err != nil {
		return err
	}
	d := housePage{staffPage: o.staffPage(o.text("house.title"), "house"), Whole: o.ofNode(), DeadMany: st.DeadAll > 0}
	if key, ok := houseDone[o.r.URL.Query().Get("done")]; ok && o.r.Method != http.MethodPost {
		d.Saved = o.text(key)
	}
	if !d.Whole {
		st = st.For(o.of)
	}
	num := func(n int64) string { return number(o.ui, n) }
	fact := func(key string, v template.HTML) staffFact { return staffFact{o.text(key), v} }
	plain := func(s string) template.HTML { return template.HTML(template.HTMLEscapeString(s)) }
	for _, n := range st.Needs {
		row := needRow{Says: o.text("house.need."+n.Code, "Count", int(n.Count), "For", o.short(n.For)), Act: o.text("house.act." + n.Code), Href: needHref[n.Code], Command: needCommand[n.Code], Urgent: n.Urgent}
		if strings.HasPrefix(row.Href, "/") {
			row.Href += o.arg()
		}
		d.Needs = append(d.Needs, row)
	}
	d.Versions = []staffFact{fact("house.program", ltr("Jarchi "+st.Versions.Jarchi)), fact("house.built", ltr(st.Versions.Go)), fact("house.schema", ltr(num(st.Versions.Schema)))}
	db := st.Database
	d.Trouble, d.Files = db.Trouble, st.Storage.FilesTrouble
	d.Database = []staffFact{fact("house.kind", ltr(db.Engine)), fact("house.size", plain(o.bytes(db.Bytes))), fact("house.within", plain(o.bytes(db.FreeBytes))), fact("house.ahead", plain(o.bytes(db.AheadBytes))),
		fact("house.unread", plain(num(db.Quarantine)))}
	if db.Renewing > 0 {
		d.Database = append(d.Database, fact("house.renewing", plain(num(db.Renewing))))
	}
	for _, n := range st.Nodes {
		row := nodeRow{Name: n.Name, Address: n.Address, Version: n.Version, Clock: o.ahead(n.Ahead), Here: n.Here, First: n.First, Silent: n.Silent, Since: o.timeHTML(n.Since, nil), Heard: o.timeHTML(n.Heard, nil)}
		for _, j := range n.Running {
			row.Running = append(row.Running, workRow{Kind: j.Kind, Running: num(j.Count)})
		}
		d.Nodes = append(d.Nodes, row)
	}
	if !st.Storage.Unknown {
		d.Disk = append(d.Disk, fact("house.diskfree", plain(o.bytes(st.Storage.Free))), fact("house.size", plain(o.bytes(st.Storage.Bytes))), fact("house.keep", plain(o.bytes(st.Storage.Keep))))
	}
	backup := plain(o.text("house.none"))
	if st.Backup != nil {
		backup = o.timeHTML(st.Backup.Made, nil) + ` <span class="quiet">` + plain(o.bytes(st.Backup.Bytes)) + `</span>`
	}
	clock := o.text("house.clock.right")
	switch {
	case st.Clock.Wrong:
		clock = o.text("house.clock.wrong")
	case st.Clock.Hosts < 3:
		clock = o.text("house.clock.few")
	}
	d.Disk = append(d.Disk, fact("house.backup", backup), fact("house.clock", plain(clock)))
	for _, w := range st.Queue {
		if w.Waiting+w.Due+w.Running == 0 {
			continue
		}
		row := workRow{Kind: w.Kind, Waiting: num(w.Waiting), Due: num(w.Due), Running: num(w.Running)}
		if !w.Oldest.IsZero() {
			row.Oldest = o.short(st.At.Sub(w.Oldest))
		}
		d.Queue = append(d.Queue, row)
	}
	for _, l := range st.Dead {
		at := "/people/house/jobs/" + strconv.FormatInt(l.ID, 10)
		d.Dead = append(d.Dead, letterRow{Kind: l.Kind, Error: firstWords(clean(l.Error), 300), Args: firstWords(clean(l.Args), 60), Due: o.timeHTML(l.DueAt, nil), Attempts: num(int64(l.Attempts)), Retry: at + "/retry", Drop: at + "/drop" + o.arg()})
	}
	d.Counts = o.text("house.all", "Count", st.Sources.All)
	for _, x := range []struct {
		key string
		n   int
	}{{"house.paused", st.Sources.Paused}, {"house.late", st.Sources.Late}} {
		if x.n > 0 {
			d.Counts += " · " + o.text(x.key, "Count", x.n)
		}
	}
	for _, x := range []struct {
		list []house.FeedState
		key  string
	}{{st.Sources.Failing, "house.failing"}, {st.Sources.Silent, "house.silent"}} {
		for _, s := range x.list[:min(len(x.list), 10)] {
			d.Sources = append(d.Sources, houseSource{Name: firstWords(clean(s.Name), 120), Says: o.text(x.key)})
		}
	}
	for _, x := range st.Outlets {
		row := outletRow{Name: x.Name, Active: num(x.Active), Failing: num(x.Failing), Waiting: num(x.Waiting)}
		if !x.Oldest.IsZero() {
			row.Oldest = o.short(st.At.Sub(x.Oldest))
		}
		d.Outlets = append(d.Outlets, row)
	}
	for _, l := range st.Logs {
		row := houseLogRow{Name: l.Name, Size: num(l.Size)}
		if !l.Last.IsZero() {
			row.Last = o.timeHTML(l.Last, nil)
		}
		d.Logs = append(d.Logs, row)
	}
	for _, s := range st.Slow {
		row := slowRow{Name: s.Name, What: o.text("house.statement"), Times: num(int64(s.Count)), Worst: o.short(s.Worst), Last: o.timeHTML(s.Last, nil)}
		if s.Page {
			row.What = o.text("house.page")
		}
		d.Slow = append(d.Slow, row)
	}
	if d.Whole {
		if d.Keeping, err = o.keepRows(typed, wrongs, would); err != nil {
			return err
		}
		if len(wrongs) > 0 {
			d.Problem = o.text("house.keep.bad")
		}
	}
	return o.render(status, "staffhouse", d)
}

func (o *office) keepRows(typed map[string]string, wrongs map[string]bool, would map[string]int64) (rows []keepRow, err error) {
	k, err := o.House.Keeping(o.r.Context())
	if err != nil {
		return nil, err
	}
	for _, r := range k.Rules() {
		if r.Name == "deliveries" && !o.House.HasDeliveries() {
			continue
		}
		row := keepRow{Name: r.Name, Label: o.text("house.keep." + r.Name), Fewest: o.text("house.keep.fewest", "Count", r.Fewest)}
		if r.Days > 0 {
			row.Days = strconv.Itoa(r.Days)
		}
		if typed != nil {
			row.Days = typed[r.Name]
		}
		if wrongs[r.Name] {
			row.Error = o.text("house.keep.bad")
		}
		if n, ok := would[r.Name]; ok {
			row.Would = o.text("house.keep.would", "Count", int(n))
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// setKeeping shows what rules would let go, or sets them.
func (o *office) setKeeping() error {
	if !o.ofNode() {
		return errNoPage
	}
	k, err := o.House.Keeping(o.r.Context())
	if err != nil {
		return err
	}
	typed, wrongs := map[string]string{}, map[string]bool{}
	for _, r := range k.Rules() {
		if r.Name == "deliveries" && !o.House.HasDeliveries() {
			continue
		}
		s := o.typed(r.Name)
		typed[r.Name] = s
		days, err := strconv.Atoi(latinDigits(s))
		if s == "" {
			days, err = 0, nil
		}
		if err != nil || days < 0 || days > 0 && days < r.Fewest || days > 36500 {
			wrongs[r.Name] = true
			continue
		}
		if err := k.Set(r.Name, days); err != nil {
			return err
		}
	}
	if len(wrongs) > 0 {
		return o.showHouse(http.StatusUnprocessableEntity, typed, wrongs, nil)
	}
	if o.r.PostForm.Get("do") == "try" {
		would, err := o.House.Would(o.r.Context(), k)
		if err != nil {
			return err
		}
		return o.showHouse(http.StatusOK, typed, nil, would)
	}
	if err := o.House.SetKeeping(o.r.Context(), o.person.ID, o.person.Member, k); err != nil {
		return err
	}
	return o.to("/people/house", "kept")
}

// latinDigits lets days be written in the reader's own figures.
func latinDigits(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '۰' && r <= '۹':
			return r - '۰' + '0'
		case r >= '٠' && r <= '٩':
			return r - '٠' + '0'
		}
		return r
	}, s)
}

func (o *office) letter() (house.Letter, error) {
	id, err := strconv.ParseInt(o.r.PathValue("id"), 10, 64)
	if err != nil || !o.ofNode() {
		return house.Letter{}, errNoPage
	}
	st, err := o.House.State(o.r.Context())
	if err != nil {
		return house.Letter{}, err
	}
	if i := slices.IndexFunc(st.Dead, func(l house.Letter) bool { return l.ID == id }); i >= 0 {
		return st.Dead[i], nil
	}
	return house.Letter{}, errNoPage
}

func (o *office) retryJob() error {
	l, err := o.letter()
	if errors.Is(err, errNoPage) && o.ofNode() { // it lives again already, or is gone
		return o.to("/people/house", "")
	}
	if err != nil {
		return err
	}
	if err := o.House.Retry(o.r.Context(), o.person.ID, o.person.Member, l.ID); err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	return o.to("/people/house", "retried")
}

func (o *office) askDropJob() error {
	l, err := o.letter()
	if err != nil {
		return err
	}
	return o.confirm(http.StatusOK, confirmPage{staffPage: o.staffPage(o.text("house.drop.title"), "house"), Text: o.text("house.drop.text"), Button: o.text("house.drop"),
		Action: "/people/house/jobs/" + strconv.FormatInt(l.ID, 10) + "/drop", Back: "/people/house" + o.arg(),
		Facts:  []staffFact{{o.text("house.kind"), ltr(l.Kind)}, {o.text("house.reason"), template.HTML(`<bdi lang="en" dir="ltr">` + template.HTMLEscapeString(firstWords(clean(l.Error), 300)) + `</bdi>`)}},
		Fields: []option{{Value: string(o.of), Label: "member"}}})
}

func (o *office) dropJob() error {
	l, err := o.letter()
	if errors.Is(err, errNoPage) && o.ofNode() {
		return o.to("/people/house", "")
	}
	if err != nil {
		return err
	}
	if err := o.House.Drop(o.r.Context(), o.person.ID, o.person.Member, l.ID); err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	return o.to("/people/house", "dropped")
}

// roomless are the forms that are taken while the disk is nearly full: those that take away, that mend, and what a writer has just typed.
var roomless = []string{"POST /in", "POST /in/link", "POST /out", "POST /settings", "POST /settings/keys", "POST /account/password", "POST /account/sessions", "POST /take/{item}/stopped", "POST /take/{item}/seen",
	draftPattern, "POST /desk/releases/{id}/withdraw", "POST /demo/withdraw", "POST /people/house/keeping", "POST /people/house/jobs/{id}/drop", "POST /people/quarantine/{id}/drop", "POST /people/sources/{id}/pause", "POST /people/sources/{id}/remove",
	"POST /people/person/{id}/disable", "POST /people/tokens/{id}/revoke", "POST /people/tokens/{id}/rotate", "POST /people/tokens/{id}/limit", "POST /people/invitations/{id}/end"}

// room refuses a form that brings something new while there is no room for it.
func (s *server) room(r *http.Request) error {
	if s.House == nil || r.Method == http.MethodGet || r.Method == http.MethodHead || slices.Contains(roomless, r.Pattern) {
		return nil
	}
	return s.House.Room()
}

// bytes is a size as the reader's language writes it.
func (q *request) bytes(n int64) string {
	units := map[lang.Tag][3]string{lang.RU: {"кБ", "МБ", "ГБ"}, lang.KK: {"кБ", "МБ", "ГБ"}, lang.FA: {"کیلوبایت", "مگابایت", "گیگابایت"}, lang.UR: {"کے بی", "ایم بی", "جی بی"}}
	u, ok := units[q.ui]
	if !ok {
		u = [3]string{"kB", "MB", "GB"}
	}
	switch {
	case n >= 1e9:
		return q.tenths(float64(n)/1e9) + "\u00A0" + u[2]
	case n >= 1e6:
		return q.tenths(float64(n)/1e6) + "\u00A0" + u[1]
	}
	return q.tenths(float64(n)/1e3) + "\u00A0" + u[0]
}

// short is a length of time: milliseconds and seconds too.
func (q *request) short(d time.Duration) string {
	units := map[lang.Tag][2]string{lang.RU: {"мс", "с"}, lang.KK: {"мс", "с"}, lang.FA: {"میلی‌ثانیه", "ثانیه"}, lang.UR: {"ملی سیکنڈ", "سیکنڈ"}, lang.TR: {"ms", "sn"}, lang.UZ: {"ms", "s"}, lang.AZ: {"ms", "s"}}
	u, ok := units[q.ui]
	if !ok {
		u = [2]string{"ms", "s"}
	}
	switch {
	case d < time.Second:
		return number(q.ui, d.Milliseconds()) + "\u00A0" + u[0]
	case d < 2*time.Minute:
		return q.tenths(d.Seconds()) + "\u00A0" + u[1]
	}
	return (&office{request: q}).span(d)
}

// ahead is by how much a clock is ahead, or behind.
func (q *request) ahead(d time.Duration) string {
	switch {
	case d.Abs() < time.Millisecond:
		return q.short(0)
	case d < 0:
		return "\u200E−" + q.short(-d) // the sign stands before its figures in right-to-left lines too
	}
	return "\u200E+" + q.short(d)
}

// tenths writes a figure with one place behind the point while it is small.
func (q *request) tenths(f float64) string {
	if f >= 100 || f == float64(int64(f)) {
		return number(q.ui, int64(f+.5))
	}
	s := strconv.FormatFloat(f, 'f', 1, 64)
	switch q.ui {
	case lang.EN, lang.UR:
	case lang.FA:
		s = strings.Replace(s, ".", "٫", 1)
	default:
		s = strings.Replace(s, ".", ",", 1)
	}
	return digits(q.ui, s)
}
