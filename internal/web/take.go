package web

import (
	"context"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/compare"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/notice"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/take"
	"jarchi.dev/jarchi/internal/wire"
)

// Takes notes which desk uses what, and says what has become of it.
type Takes interface {
	Take(ctx context.Context, e browse.Entry, by take.Taker, in lang.Tag) (take.Words, error)
	Words(ctx context.Context, e browse.Entry, in lang.Tag) (take.Words, error)
	Desk(ctx context.Context, p people.Person) (people.DeskID, error)
	Own(ctx context.Context, p people.Person, items ...string) ([]take.Use, error)
	Using(ctx context.Context, v access.Viewer, r *wire.Release, stopped bool, after int64) (take.Using, error)
	Open(ctx context.Context, p people.Person) (take.Notices, error)
	Stopped(ctx context.Context, p people.Person, item string, desk people.DeskID, named string) error
	Seen(ctx context.Context, p people.Person, item string, desk people.DeskID, named string, version int) error
	Shift(ctx context.Context, p people.Person, before time.Time, id int64) (lines []take.Line, more bool, err error)
}

// deskView is a desk's name as this reader is told it.
type deskView struct {
	ID   string
	Name string
	Lang lang.Tag
	Mine bool // chosen in the form
}

func (q *request) deskView(d people.Desk, named string) deskView {
	if d.ID == "" {
		return deskView{Name: clean(named)}
	}
	want := append([]lang.Tag{q.ui}, q.reading...)
	name, t := nameIn(d.Names, want, d.Name(want...))
	return deskView{ID: string(d.ID), Name: name, Lang: t}
}

// useView is one desk's use of an item.
type useView struct {
	Item, Named      string // for the forms, with the desk's id
	Href             string
	Member           memberView
	Desk             deskView
	Language         string
	LangTag          lang.Tag // of that name
	Version          string
	Time             twoTimes
	By, Phone, State string
	Class            string // of the state: waiting, stopped, changed or using
	Stopped          string // clock time of the answer, to the second
	Answered         string
	Tel              template.URL // to ring the phone with
	Ask              bool         // withdrawn, and not answered
}

func (q *request) use(u take.Use) useView {
	w := useView{Item: u.Item, Named: u.Named, Href: "/items/" + u.Item, Member: q.member(u.Member), Desk: q.deskView(u.Desk, u.Named),
		Time: q.times(u.At, nil), By: clean(u.By), Phone: clean(u.Desk.Phone), Version: q.text("state.outside"), Answered: clean(u.Answered), Ask: u.Asked}
	w.Tel = template.URL("tel:" + strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, w.Phone))
	if u.Version > 0 {
		w.Version = q.text("item.version", "Count", u.Version)
	}
	if u.Language != "" {
		w.Language, w.LangTag = u.Language.Autonym(), u.Language
	}
	switch {
	case !u.Stopped.IsZero():
		w.Class, w.State = "stopped", q.text("take.stopped")
		at := u.Stopped.In(q.zone)
		w.Stopped = digits(q.ui, at.Format("15:04:05"))
		if !sameDay(at, q.Now().In(q.zone)) {
			w.Stopped = q.shortDay(at) + " · " + w.Stopped
		}
	case u.Asked:
		w.Class, w.State = "waiting", q.text("take.waiting")
	case u.Changed:
		w.Class, w.State = "changed", q.text("take.changed")
	default:
		w.Class, w.State = "using", q.text("take.using")
	}
	return w
}

// takeView is what the page of an item says of its use: whether the reader's desk uses it, and, for its
// issuer, who does.
type takeView struct {
	Item  string
	Can   bool // there is something to take, and a desk to take it for
	Desks []deskView
	Pick  bool // she has several desks and has chosen none yet
	Own   []useView
	Users *usersView
	Self  string // the page of the item, to come back to
}

// usersView is who uses a release, for its issuers.
type usersView struct {
	Desks, Stopped, Open int
	Asked                bool // it was withdrawn: who has not answered is waited for
	Waiting, Done        []useView
	More                 string // address of the whole list
}

// taken is nil for whoever may not take this item and is told nothing of its use.
func (q *request) taken(r *wire.Release, it *wire.Item) *takeView {
	ids := make([]string, len(r.Items))
	for i := range r.Items {
		ids[i] = string(r.Items[i].ID)
	}
	can := len(it.Versions) > 0 && (r.State == wire.Released || r.State == wire.Embargoed)
	v := q.takeFor(string(it.ID), "/items/"+string(it.ID), can, ids)
	if v != nil {
		for i := range v.Own {
			if x := r.Item(wire.ItemID(v.Own[i].Item)); x != nil {
				v.Own[i].Language, v.Own[i].LangTag = x.Language.Autonym(), x.Language
			}
		}
	}
	users, err := q.users(r, 0, 0)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		q.Log.ErrorContext(q.r.Context(), "who uses a release was left out of its page", "error", err)
	}
	if users != nil {
		if v == nil {
			v = &takeView{Item: string(it.ID)}
		}
		v.Users = users
	}
	return v
}

// takenCapture is the same for third-party material, of which nobody is told who uses it.
func (q *request) takenCapture(c *wire.Capture) *takeView {
	return q.takeFor(string(c.ID), "/captures/"+string(c.ID), true, []string{string(c.ID)})
}

func (q *request) takeFor(id, page string, can bool, ids []string) *takeView {
	if q.Takes == nil || q.person.Nobody() || len(q.person.Desks) == 0 {
		return nil
	}
	v := &takeView{Item: id, Can: can, Self: page}
	v.Desks, v.Pick = q.ownDesks()
	own, err := q.Takes.Own(q.r.Context(), q.person, ids...)
	if err != nil {
		q.Log.ErrorContext(q.r.Context(), "a desk's own takes were left out of a page", "error", err)
	}
	for _, u := range own {
		v.Own = append(v.Own, q.use(u))
	}
	if !v.Can && len(v.Own) == 0 {
		return nil
	}
	return v
}

// ownDesks are the desks that a person takes for; pick says that she is to choose one.
func (q *request) ownDesks() (out []deskView, pick bool) {
	last, err := q.Takes.Desk(q.r.Context(), q.person)
	if err != nil {
		q.Log.ErrorContext(q.r.Context(), "which desk somebody takes for was left out of a page", "error", err)
	}
	for _, d := range q.person.Desks {
		if d.Member != q.person.Member {
			continue
		}
		w := q.deskView(d, "")
		w.Mine = d.ID == last
		out = append(out, w)
	}
	return out, last == ""
}

// users is nil for whoever is not told who uses a release.
func (q *request) users(r *wire.Release, waitingAfter, doneAfter int64) (*usersView, error) {
	if q.Takes == nil || q.viewer.Member == "" || !slices.Contains(r.Issuers, q.viewer.Member) {
		return nil, nil
	}
	waiting, err := q.Takes.Using(q.r.Context(), q.viewer, r, false, waitingAfter)
	if err != nil {
		return nil, err
	}
	v := &usersView{Desks: waiting.Desks, Stopped: waiting.Stopped, Open: waiting.Desks - waiting.Stopped, Asked: r.State == wire.Withdrawn || r.State == wire.Erased}
	for _, u := range waiting.Uses {
		v.Waiting = append(v.Waiting, q.use(u))
	}
	next := url.Values{}
	if waiting.Next > 0 {
		next.Set("open", strconv.FormatInt(waiting.Next, 10))
	}
	if v.Stopped > 0 {
		done, err := q.Takes.Using(q.r.Context(), q.viewer, r, true, doneAfter)
		if err != nil {
			return nil, err
		}
		for _, u := range done.Uses {
			v.Done = append(v.Done, q.use(u))
		}
		if done.Next > 0 {
			next.Set("stopped", strconv.FormatInt(done.Next, 10))
		}
	}
	if len(next) > 0 {
		v.More = "/releases/" + string(r.ID) + "/takes?" + next.Encode()
	}
	return v, nil
}

type usersPage struct {
	page
	Users *usersView
	Back  string
}

// takeUsers goes on where the release's page has no more room: for its issuers alone.
func (q *request) takeUsers() error {
	none := fault.E(fault.NotFound, "There is nothing at this address.")
	id, err := wire.ParseReleaseID(q.r.PathValue("id"))
	if err != nil {
		return err
	}
	e, err := q.Reader.Release(q.r.Context(), q.viewer, id)
	if err != nil {
		return err
	}
	after := func(name string) int64 {
		n, err := strconv.ParseInt(q.r.URL.Query().Get(name), 10, 64)
		if err != nil || n < 0 {
			return 0
		}
		return n
	}
	users, err := q.users(e.Release, after("open"), after("stopped"))
	if err != nil {
		return err
	}
	if users == nil {
		return none
	}
	return q.render(http.StatusOK, "takeusers", usersPage{page: q.newPage(q.text("take.users"), "wire"), Users: users, Back: "/releases/" + string(id)})
}

// takeEntry finds what a take's address names, as far as the reader may see it.
func (q *request) takeEntry() (browse.Entry, error) {
	id := q.r.PathValue("item")
	if strings.Contains(id, "-") {
		cid, err := wire.ParseCaptureID(id)
		if err != nil {
			return browse.Entry{}, err
		}
		return q.Reader.Capture(q.r.Context(), q.viewer, cid)
	}
	iid, err := wire.ParseItemID(id)
	if err != nil {
		return browse.Entry{}, err
	}
	e, err := q.Reader.Item(q.r.Context(), q.viewer, iid)
	if err != nil {
		return e, err
	}
	return e, q.noteOpening(e)
}

// taking asks who is not signed in to sign in first, and leads back.
func taking(h func(*request) error) func(*request) error {
	return func(q *request) error {
		if q.Takes != nil && q.person.Nobody() {
			return q.askWho()
		}
		return h(q)
	}
}

// mayTake is whoever is signed in and has a desk; of what the others ask there is nothing.
func (q *request) mayTake() error {
	if q.Takes == nil || q.person.Nobody() || len(q.person.Desks) == 0 {
		return fault.E(fault.NotFound, "There is nothing at this address.")
	}
	return nil
}

// saying is the language in which an item's state travels with its words: the item's own, where we can say
// it, so that a pasted text has one direction; otherwise the reader's.
func (q *request) saying(e browse.Entry) lang.Tag {
	t := lang.Und
	switch {
	case e.Capture != nil:
		t = e.Capture.Language
	case e.Release != nil && e.Item >= 0:
		t = e.Release.Items[e.Item].Language
	}
	if notice.Speaks(t) {
		return t
	}
	return q.ui
}

type takePage struct {
	page
	Item, Back   string
	Lang         lang.Tag
	Dir          string
	Text         string
	Mail         template.URL
	Ninjs        string // address of the item as a machine reads it
	Desks        []deskView
	Pick         bool
	Own          []useView
	Said         string
	Problem      string
	Withdrawable bool
}

// takePage shows the words to copy, for whoever has no scripts or whose browser keeps the clipboard closed.
func (q *request) takePage() error {
	if err := q.mayTake(); err != nil {
		return err
	}
	e, err := q.takeEntry()
	if err != nil {
		return err
	}
	return q.showTake(http.StatusOK, e, "")
}

func (q *request) showTake(status int, e browse.Entry, problem string) error {
	id := q.r.PathValue("item")
	d := takePage{page: q.newPage(q.text("take.title"), "wire"), Item: id, Back: "/items/" + id, Ninjs: "/api/v1/items/" + url.PathEscape(id), Problem: problem}
	if e.Capture != nil {
		d.Back = "/captures/" + id
	}
	d.Desks, d.Pick = q.ownDesks()
	own, err := q.Takes.Own(q.r.Context(), q.person, id)
	if err != nil {
		return err
	}
	for _, u := range own {
		d.Own = append(d.Own, q.use(u))
	}
	switch w, err := q.Takes.Words(q.r.Context(), e, q.saying(e)); {
	case err == nil:
		d.Lang, d.Dir, d.Text, d.Mail = w.Language, dirOf(w.Language), cleanLines(w.Text()), template.URL(w.Mail())
	case fault.KindOf(err) == fault.Conflict:
		if d.Problem == "" {
			d.Problem, status = q.refusal(e), http.StatusConflict
		}
	default:
		return err
	}
	q.w.Header().Set("Cache-Control", "private, no-store")
	return q.render(status, "takepage", d)
}

// refusal says why an entry cannot be taken.
func (q *request) refusal(e browse.Entry) string {
	if e.Release != nil && (e.Release.State == wire.Withdrawn || e.Release.State == wire.Erased) {
		return q.text("take.refused.withdrawn")
	}
	return q.text("take.refused.embargo")
}

// handed is what a script gets to put into the clipboard.
type handed struct {
	Text  string `json:"text,omitempty"`
	Mail  string `json:"mail,omitempty"`
	Ninjs string `json:"ninjs,omitempty"`
	Said  string `json:"said,omitempty"`
	Error string `json:"error,omitempty"`

	Choose bool `json:"choose,omitempty"` // one of several desks has to be chosen first
}

// take notes a take. A script gets the words at once, a form is led to the page that shows them.
func (q *request) take() error {
	if err := q.mayTake(); err != nil {
		return err
	}
	if err := q.r.ParseForm(); err != nil {
		return fault.E(fault.Invalid, "The form could not be read.").Because(err)
	}
	e, err := q.takeEntry()
	if err != nil {
		return err
	}
	choose := false
	refuse := func(status int, why string) error {
		if q.scripted() {
			return q.answer(status, handed{Error: why, Choose: choose})
		}
		return q.showTake(status, e, why)
	}
	at := people.DeskID(q.r.PostForm.Get("desk"))
	if !q.r.PostForm.Has("desk") {
		if at, err = q.Takes.Desk(q.r.Context(), q.person); err != nil {
			return err
		}
	}
	choose = at == ""
	by, err := take.At(q.person, at)
	if err != nil {
		return refuse(http.StatusUnprocessableEntity, q.text("take.refused.desk"))
	}
	w, err := q.Takes.Take(q.r.Context(), e, by, q.saying(e))
	switch fault.KindOf(err) {
	case fault.Conflict:
		if again, err := q.takeEntry(); err == nil { // it may have been withdrawn a moment ago
			e = again
		}
		return refuse(http.StatusConflict, q.refusal(e))
	default:
		if err != nil {
			return err
		}
	}
	if !q.scripted() {
		return q.seeOther("/take/" + w.Item)
	}
	desk, _ := q.person.Desk(by.Desk)
	u := q.use(take.Use{Item: w.Item, Desk: desk, Version: w.Version, At: q.Now()})
	h := handed{Text: w.Text(), Mail: w.Mail(), Ninjs: "/api/v1/items/" + url.PathEscape(w.Item),
		Said: q.text("take.noted", "Desk", u.Desk.Name, "Version", u.Version, "Time", q.clock(q.Now()))}
	return q.answer(http.StatusOK, h)
}

// answered reads the form of an answer for a take and lets do write it; then it goes back to the page the
// answer was given on.
func (q *request) answered(do func(item string, desk people.DeskID, named string) error) error {
	if err := q.mayTake(); err != nil {
		return err
	}
	if err := q.r.ParseForm(); err != nil {
		return fault.E(fault.Invalid, "The form could not be read.").Because(err)
	}
	if err := do(q.r.PathValue("item"), people.DeskID(q.r.PostForm.Get("desk")), q.r.PostForm.Get("named")); err != nil {
		return err
	}
	return q.seeOther(localPath(q.r.PostForm.Get("back")))
}

func (q *request) takeStopped() error {
	return q.answered(func(item string, desk people.DeskID, named string) error {
		return q.Takes.Stopped(q.r.Context(), q.person, item, desk, named)
	})
}

func (q *request) takeSeen() error {
	return q.answered(func(item string, desk people.DeskID, named string) error {
		n, err := strconv.Atoi(q.r.PostForm.Get("version"))
		if err != nil || n < 1 {
			return fault.Field("version", "The version is a number from 1.")
		}
		return q.Takes.Seen(q.r.Context(), q.person, item, desk, named, n)
	})
}

// figureView is a sentence in which a figure changed.
type figureView struct {
	Sentence, Old, New string
	Lang               lang.Tag
	Dir                string
}

func figureViews(t lang.Tag, cs []compare.Change, most int) (out []figureView) {
	for _, c := range cs {
		if len(out) == most {
			break
		}
		old, now := clean(c.Old.Raw), clean(c.New.Raw)
		if slices.ContainsFunc(out, func(f figureView) bool { return f.Old == old && f.New == now }) { // headline and body say the same
			continue
		}
		s := c.NewSentence
		if c.New.Raw == "" {
			s = c.OldSentence
		}
		out = append(out, figureView{Sentence: firstWords(s, 240), Old: old, New: now, Lang: t, Dir: dirOf(t)})
	}
	return out
}

// stopView is one notice of something that her desk uses.
type stopView struct {
	useView
	Key       string // of the device's memory of what was announced
	Withdrawn bool
	Tag       tag
	Lead      memberView
	When      twoTimes
	Reason    string
	Lang      lang.Tag
	Figures   []figureView
	Now       int
}

type stopsView struct {
	List []stopView
	More bool
	Back string
}

func (q *request) stop(n take.Notice, figures int) stopView {
	v := stopView{useView: q.use(n.Use), Withdrawn: n.Withdrawn, Lead: q.member(n.Lead), Reason: clean(n.Reason), Lang: n.Language, Now: n.Now,
		Figures: figureViews(n.Language, n.Figures, figures)}
	v.Key = n.Item + "." + string(n.Desk.ID) + "." + strconv.FormatInt(n.When.Unix(), 36)
	v.When = q.times(n.When, v.Lead.Zone)
	switch {
	case n.Withdrawn:
		v.Tag = q.tag("withdrawn")
	case n.Corrected:
		v.Tag = q.tag("corrected")
	default:
		v.Tag = tag{Word: q.text("take.updated")}
	}
	return v
}

// openStops is what the reader is asked on this page; it is looked up once a request. A page without it is
// better than no page.
func (q *request) openStops() *stopsView {
	if q.stops != nil || q.Takes == nil || q.person.Nobody() {
		return q.stops
	}
	q.stops = &stopsView{Back: "/"}
	if q.r.Method == http.MethodGet || q.r.Method == http.MethodHead {
		q.stops.Back = localPath(q.r.URL.RequestURI())
	}
	open, err := q.Takes.Open(q.r.Context(), q.person)
	if err != nil {
		q.Log.ErrorContext(q.r.Context(), "what a desk is asked was left out of a page", "error", err)
	}
	for _, n := range open.List {
		q.stops.List = append(q.stops.List, q.stop(n, 2))
	}
	q.stops.More = open.More
	return q.stops
}

// takeStops is the same for a page that is open already.
func (q *request) takeStops() error {
	if err := q.mayTake(); err != nil {
		return err
	}
	p := q.newPage("", "")
	if p.Stops != nil {
		p.Stops.Back = localPath(q.r.URL.Query().Get("back"))
	}
	q.w.Header().Set("Cache-Control", "private, no-store")
	return q.render(http.StatusOK, "stops", p)
}

// shiftLine is one line of what a desk took.
type shiftLine struct {
	stopView
	Headline template.HTML
	HeadLang lang.Tag
	HeadDir  string
	Ours     bool // the headline is a sentence of the interface
	Newer    bool
	Tags     []tag
}

type shiftPage struct {
	page
	Lines []shiftLine
	Older string
}

// takeShift is the list of what the reader's desks took.
func (q *request) takeShift() error {
	if err := q.mayTake(); err != nil {
		return err
	}
	var before time.Time
	var id int64
	if at, n, ok := strings.Cut(q.r.URL.Query().Get("before"), "-"); ok {
		us, err := strconv.ParseInt(at, 10, 64)
		if err == nil {
			id, err = strconv.ParseInt(n, 10, 64)
		}
		if err != nil || us <= 0 {
			return fault.Field("before", "This part of the address was not made by this node.")
		}
		before = time.UnixMicro(us)
	}
	lines, more, err := q.Takes.Shift(q.r.Context(), q.person, before, id)
	if err != nil {
		return err
	}
	d := shiftPage{page: q.newPage(q.text("take.shift"), "desk")}
	d.PrintState = in("", q.member(q.person.Member).Full)
	for _, l := range lines {
		d.Lines = append(d.Lines, q.shiftLine(l))
	}
	if more && len(lines) > 0 {
		last := lines[len(lines)-1]
		d.Older = "/desk/taken?before=" + strconv.FormatInt(last.At.UnixMicro(), 10) + "-" + strconv.FormatInt(last.ID, 10)
	}
	return q.render(http.StatusOK, "takeshift", d)
}

func (q *request) shiftLine(l take.Line) shiftLine {
	w := shiftLine{stopView: q.stop(l.Notice, 5), Newer: !l.Withdrawn && l.Now > l.Version}
	ours := func(key string) {
		w.Headline, w.Ours, w.HeadLang, w.HeadDir = template.HTML(template.HTMLEscapeString(q.text(key))), true, q.ui, q.ui.Dir()
	}
	switch e := l.Entry; {
	case l.Withdrawn:
		ours("row.withdrawn")
	case !l.Found:
		ours("take.unreadable")
		w.Href = ""
	case e.Capture != nil:
		w.Href, w.HeadLang, w.HeadDir = "/captures/"+l.Item, e.Capture.Language, dirOf(e.Capture.Language)
		if w.Headline = rich(e.Capture.Headline); clean(e.Capture.Headline) == "" {
			w.Headline = rich(firstOf(e.Capture.Body, 90))
		}
		w.Tags = q.captureTags(e.Capture)
	case e.Level == access.All && e.Release.Items[e.Item].Current() != nil:
		it := &e.Release.Items[e.Item]
		w.HeadLang, w.HeadDir, w.Headline = it.Language, dirOf(it.Language), rich(it.Current().Content.Headline)
		w.Tags = q.releaseTags(e.Release, it)
	default:
		ours("row.embargo")
	}
	if l.Withdrawn {
		w.Tags = []tag{q.tag("withdrawn")}
	} else if w.Newer { // what has changed since stands there with its time
		w.Tags = slices.DeleteFunc(w.Tags, func(t tag) bool { return t.Class == "corrected" })
	}
	return w
}
