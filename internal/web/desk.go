package web

import (
	"cmp"
	"context"
	"encoding/json"
	"html/template"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/desk"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/wire"
)

// Desk is where texts are written, as the pages need it. It decides anew on every call what the person
// may do; a draft that is not hers to see is a fault of kind NotFound. A change that was made on an
// older state than the present one is a fault of kind Conflict, except SavePart's, which keeps it as an Other.
type Desk interface {
	Begin(ctx context.Context, p people.Person, d people.DeskID, langs []lang.Tag) (*desk.Draft, error)
	Revise(ctx context.Context, p people.Person, d people.DeskID, k desk.Kind, id wire.ReleaseID) (*desk.Draft, error)
	Draft(ctx context.Context, p people.Person, id desk.DraftID) (*desk.Draft, error)
	Board(ctx context.Context, p people.Person) (desk.Board, error)
	SavePart(ctx context.Context, p people.Person, id desk.DraftID, part desk.Part) (*desk.Draft, *desk.Other, error)
	DropPart(ctx context.Context, p people.Person, id desk.DraftID, t lang.Tag, revision int) (*desk.Draft, error)
	SaveSettings(ctx context.Context, p people.Person, id desk.DraftID, revision int, s desk.Settings) (*desk.Draft, error)
	Others(ctx context.Context, p people.Person, id desk.DraftID) ([]desk.Other, error)
	Settle(ctx context.Context, p people.Person, id desk.DraftID, other string) error
	Problems(d *desk.Draft) []desk.Problem
	Preview(ctx context.Context, p people.Person, id desk.DraftID) (*wire.Release, error)
	Ask(ctx context.Context, p people.Person, id desk.DraftID, revision int) (*desk.Draft, error)
	Approve(ctx context.Context, p people.Person, id desk.DraftID, revision int) (*desk.Draft, error)
	Return(ctx context.Context, p people.Person, id desk.DraftID, revision int, note string) (*desk.Draft, error)
	Send(ctx context.Context, p people.Person, id desk.DraftID, revision int) (*wire.Release, error)
	Schedule(ctx context.Context, p people.Person, id desk.DraftID, revision int) (*desk.Draft, error)
	Unschedule(ctx context.Context, p people.Person, id desk.DraftID, revision int) (*desk.Draft, error)
	Discard(ctx context.Context, p people.Person, id desk.DraftID, revision int) error
	Withdraw(ctx context.Context, p people.Person, release wire.ReleaseID, reason string) (*wire.Release, error)
	Confirm(ctx context.Context, p people.Person, release wire.ReleaseID, revision int) (*wire.Release, error)
	ToConfirm(ctx context.Context, p people.Person) ([]*wire.Release, error)
	Attach(ctx context.Context, p people.Person, id desk.DraftID, t lang.Tag, name, mediaType string, r io.Reader) (*desk.Draft, error)
	File(ctx context.Context, p people.Person, id desk.DraftID, hash string) (mediaType string, _ io.ReadCloser, _ error)
}

// deskScripts are for pages that show releases: the keys by which whoever is signed in edits and withdraws them.
func (q *request) deskScripts() []string {
	if q.Desk == nil || q.person.Nobody() {
		return nil
	}
	return []string{"js/desk.js"}
}

// What the desk's forms may hold: two texts of a megabyte and what stands around them, with a file.
const maxDraft = 2_600_000

const (
	draftPattern = "POST /desk/drafts/{id}"
	otherPattern = draftPattern + "/others/{other}"
)

// formLimit is how many bytes the body of a request to a pattern may have.
func formLimit(pattern string, r *http.Request) int64 {
	switch pattern {
	case "POST /in":
		if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") { // with what was written before signing in
			return maxDraft + 4*maxForm
		}
	case draftPattern:
		if strings.Contains(r.Header.Get("Accept"), "application/json") {
			return maxDraft
		}
		return maxDraft + desk.MaxFile
	case otherPattern:
		return maxDraft
	case "POST /people/members", "POST /people/members/{id}": // names of 200 letters in thirty languages
		return 4 * maxForm
	}
	return maxForm
}

// writing lets only people who are signed in do something at the desk; nothing of it is kept by browsers.
func writing(h func(*request) error) func(*request) error {
	return func(q *request) error {
		if q.person.Nobody() {
			return q.askWho()
		}
		q.w.Header().Set("Cache-Control", "no-store")
		return h(q)
	}
}

// askWho sends whoever is not signed in to the page where she can; a script is told in its own words.
func (q *request) askWho() error {
	if q.scripted() {
		return q.answer(http.StatusUnauthorized, map[string]any{"signedout": true})
	}
	if carries, err := q.carrying(); carries || err != nil {
		return err
	}
	back := localPath(q.r.URL.RequestURI())
	if q.r.Method != http.MethodGet && q.r.Method != http.MethodHead { // to the page with the form
		back = "/desk"
		if from, err := url.Parse(q.r.Referer()); err == nil && from.Host == q.r.Host {
			back = localPath(from.RequestURI())
		}
	}
	return q.seeOther("/in?" + url.Values{"back": {back}}.Encode())
}

// scripted reports whether a script asks, which wants JSON.
func (q *request) scripted() bool {
	return strings.Contains(q.r.Header.Get("Accept"), "application/json")
}

// answer gives a script its JSON; it is for nobody else.
func (q *request) answer(status int, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fault.E(fault.Internal, "The answer could not be written.").Because(err)
	}
	q.w.Header().Set("Content-Type", "application/json")
	q.w.Header().Set("Cache-Control", "private, no-store")
	q.w.WriteHeader(status)
	if _, err := q.w.Write(b); err != nil {
		q.Log.DebugContext(q.r.Context(), "reader left before the answer was sent", "error", err)
	}
	return nil
}

// staffName is what a colleague is called; "" when nobody knows.
func (q *request) staffName(id people.UserID) string {
	if id == q.person.ID {
		return clean(q.person.Name)
	}
	if id == "" {
		return ""
	}
	name, ok := q.names[id]
	if !ok {
		if u, err := q.People.User(q.r.Context(), id); err == nil {
			name = clean(u.Name)
		}
		if q.names == nil {
			q.names = map[people.UserID]string{}
		}
		q.names[id] = name
	}
	return name
}

// deskActions is what the reader may do with a release of her desk, on its page.
type deskActions struct {
	ID               wire.ReleaseID
	Change, Withdraw bool
	Confirm          bool // as a further issuer, what stands at this revision
	Revision         int
}

// actions is nil for whoever may do nothing.
func (q *request) actions(r *wire.Release) *deskActions {
	if q.mayConfirm(r) {
		return &deskActions{ID: r.ID, Confirm: true, Revision: r.Revision}
	}
	if q.Desk == nil || q.person.Nobody() || r.Lead() != q.person.Member || r.State != wire.Released && r.State != wire.Embargoed {
		return nil
	}
	a := &deskActions{ID: r.ID, Change: q.deskFor(access.DraftScope) != "", Withdraw: q.deskFor(access.Withdraw) != ""}
	if !a.Change && !a.Withdraw {
		return nil
	}
	return a
}

// deskFor is the first of her desks at which she has a right, "" if there is none.
func (q *request) deskFor(s access.Scope) people.DeskID {
	for _, d := range q.person.Desks {
		if q.person.May(d.ID, s) {
			return d.ID
		}
	}
	return ""
}

// partRow is one language on the board.
type partRow struct {
	Lang             lang.Tag
	Name, Dir, State string
	Whole            bool
	Who, ISO, Time   string
}

// draftRow is one draft in a list.
type draftRow struct {
	Href                    string
	ISO, Time, Under, Stamp string
	Lang                    lang.Tag
	Dir                     string
	Headline                template.HTML
	None                    bool // no headline yet
	Class, State, Kind      string
	Who, Approvals          string
	Leaves                  template.HTML
	Failed                  string
	Note                    *noteView
	Board                   []partRow
}

// noteView is the note with which a draft was returned.
type noteView struct{ By, Text string }

// sentRows bounds how many of those that left the board shows.
const sentRows = 100

type boardPage struct {
	page
	Desks, Languages          []option
	At                        people.DeskID
	May, Approves             bool
	Waiting, Mine, Team, Sent []draftRow
	ToConfirm                 []confirmRow
	Notice                    string
	Shift                     bool // what the desk took can be asked
}

// notices are said once, after the action that the address names.
var notices = map[string]string{
	"discarded": "desk.did.discarded", "asked": "desk.did.asked", "approved": "desk.did.approved", "returned": "desk.did.returned",
	"scheduled": "desk.did.scheduled", "unscheduled": "desk.did.unscheduled", "settled": "desk.did.settled",
	"changed": "desk.did.changed", "kept": "desk.did.kept", "keptfiles": "desk.did.keptfiles",
}

func (q *request) notice() string {
	if key := notices[q.r.URL.Query().Get("did")]; key != "" {
		return q.text(key)
	}
	return ""
}

func (q *request) board() error {
	b, err := q.Desk.Board(q.r.Context(), q.person)
	if err != nil {
		return err
	}
	d := boardPage{page: q.newPage(q.text("place.desk"), "desk"), Notice: q.notice(), Shift: q.mayTake() == nil}
	d.Scripts = append(d.Scripts, "js/desk.js")
	want := people.DeskID(q.r.URL.Query().Get("desk"))
	for _, x := range q.person.Desks {
		d.Approves = d.Approves || q.person.May(x.ID, access.Publish)
		if !q.person.May(x.ID, access.DraftScope) {
			continue
		}
		d.May = true
		if d.At == "" || x.ID == want {
			d.At = x.ID
		}
	}
	for _, x := range q.person.Desks {
		if q.person.May(x.ID, access.DraftScope) {
			d.Desks = append(d.Desks, option{Value: string(x.ID), Label: clean(x.Name(append([]lang.Tag{q.ui}, q.reading...)...)), Selected: x.ID == d.At})
		}
	}
	first := q.ui
	if len(q.reading) > 0 {
		first = q.reading[0]
	}
	for _, t := range lang.Known() {
		d.Languages = append(d.Languages, option{Value: string(t), Label: t.Autonym(), Lang: t, Selected: t == first})
	}
	shown := map[desk.DraftID]bool{}
	rows := func(drafts []*desk.Draft, most int) (out []draftRow) {
		for _, x := range drafts {
			if len(out) == most || shown[x.ID] || len(d.Desks) > 1 && x.Desk != d.At {
				continue
			}
			shown[x.ID] = true
			out = append(out, q.draftRow(x))
		}
		return out
	}
	d.Waiting, d.Mine, d.Team, d.Sent = rows(b.Waiting, len(b.Waiting)), rows(b.Mine, len(b.Mine)), rows(b.Desk, len(b.Desk)), rows(b.Sent, sentRows)
	if d.ToConfirm, err = q.toConfirm(); err != nil {
		return err
	}
	return q.render(http.StatusOK, "desk", d)
}

// stateKeys and kindKeys name the sentences of a draft's state and kind.
var (
	stateKeys = map[desk.State]string{desk.Writing: "desk.state.writing", desk.Waiting: "desk.state.waiting", desk.Approved: "desk.state.approved",
		desk.Scheduled: "desk.state.scheduled", desk.Sent: "desk.state.sent"}
	kindKeys = map[desk.Kind]string{desk.New: "desk.kind.new", desk.Update: "desk.kind.update", desk.Correct: "desk.kind.correct"}
)

func (q *request) draftState(d *desk.Draft) string { return q.text(stateKeys[d.State]) }

func (q *request) failed(d *desk.Draft) string {
	if slices.Contains(desk.Keys(), d.FailedKey) {
		return q.text(d.FailedKey)
	}
	return clean(d.Failed)
}

func (q *request) draftRow(d *desk.Draft) draftRow {
	at := cmp.Or(d.ChangedAt, d.Created)
	if !d.SentAt.IsZero() {
		at = d.SentAt
	}
	r := draftRow{Href: draftPath(d.ID), Class: "pending", State: q.draftState(d), ISO: at.UTC().Format(time.RFC3339), Stamp: q.stamp(at)}
	r.Time, r.Under = q.clock(at), ""
	if !sameDay(at.In(q.zone), q.Now().In(q.zone)) {
		r.Time, r.Under = q.shortDay(at), q.clock(at)
	}
	if d.Kind != desk.New {
		r.Kind = q.text(kindKeys[d.Kind])
	}
	if p := leading(d, q.reading); p != nil && strings.TrimSpace(p.Headline) != "" {
		r.Lang, r.Dir, r.Headline = p.Language, dirOf(p.Language), rich(firstWords(p.Headline, 200))
	} else {
		r.Lang, r.Dir, r.None, r.Headline = q.ui, q.ui.Dir(), true, template.HTML(template.HTMLEscapeString(q.text("row.noheadline")))
	}
	if d.State == desk.Sent {
		r.Who = q.writers(d)
		if d.Release != "" {
			r.Href = "/releases/" + string(d.Release)
			q.sentRow(&r, d.Release)
		}
		return r
	}
	if d.State == desk.Waiting && slices.Contains(d.Writers, q.person.ID) || d.State != desk.Writing && q.person.May(d.Desk, access.Publish) {
		r.Href += "/review"
	}
	r.Who, r.Failed = q.writers(d), q.failed(d)
	if d.Needed > 0 && d.State != desk.Writing {
		r.Approvals = q.count(d)
	}
	if d.State == desk.Scheduled && !d.Settings.PublishAt.IsZero() {
		r.Leaves = q.timeHTML(d.Settings.PublishAt, q.member(d.Member).Zone)
	}
	if d.Note != "" && d.State == desk.Writing {
		r.Note = &noteView{By: clean(d.NotedBy), Text: clean(d.Note)}
	}
	for i := range d.Parts {
		p := &d.Parts[i]
		w := partRow{Lang: p.Language, Name: p.Language.Autonym(), Dir: dirOf(p.Language), Who: q.staffName(p.By)}
		w.State, w.Whole = q.partWord(p)
		if !p.At.IsZero() {
			w.ISO, w.Time = p.At.UTC().Format(time.RFC3339), q.clock(p.At)
			if !sameDay(p.At.In(q.zone), q.Now().In(q.zone)) {
				w.Time = q.shortDay(p.At)
			}
		}
		r.Board = append(r.Board, w)
	}
	return r
}

// sentRow gives the row of what has left the words that readers have now.
func (q *request) sentRow(r *draftRow, id wire.ReleaseID) {
	e, err := q.Reader.Release(q.r.Context(), q.viewer, id)
	if err != nil || e.Release == nil {
		return
	}
	if e.Release.State == wire.Withdrawn {
		r.Class, r.State, r.Headline = "withdrawn", q.text("state.withdrawn"), template.HTML(template.HTMLEscapeString(q.text("row.withdrawn")))
		return
	}
	if i := best(e.Release, q.reading); i >= 0 && e.Release.Items[i].Current() != nil {
		it := &e.Release.Items[i]
		if h := it.Current().Content.Headline; h != "" {
			r.Lang, r.Dir, r.None, r.Headline = it.Language, dirOf(it.Language), false, rich(h)
		}
	}
}

// count is how many have agreed, of how many that must.
func (q *request) count(d *desk.Draft) string {
	return q.text("desk.approvals.count", "Count", len(d.Approvals), "Needed", d.Needed)
}

// writers are the names of who wrote in a draft, its author first.
func (q *request) writers(d *desk.Draft) string {
	var names []string
	for _, id := range append([]people.UserID{d.Author}, d.Writers...) {
		if n := q.staffName(id); n != "" && !slices.Contains(names, n) && len(names) < 8 {
			names = append(names, n)
		}
	}
	return strings.Join(names, " · ")
}

// partWord says how far the text in one language is.
func (q *request) partWord(p *desk.Part) (word string, whole bool) {
	head, body := strings.TrimSpace(p.Headline) != "", p.HasBody()
	switch {
	case head && body:
		return q.text("desk.part.whole"), true
	case head:
		return q.text("desk.part.nobody"), false
	case body:
		return q.text("desk.part.nohead"), false
	}
	return q.text("desk.part.empty"), false
}

// leading is the part that names a draft for a reader: in her first language that has a headline,
// else the first that has one.
func leading(d *desk.Draft, reading []lang.Tag) *desk.Part {
	for _, t := range reading {
		if p := d.Part(t); p != nil && strings.TrimSpace(p.Headline) != "" {
			return p
		}
	}
	for i := range d.Parts {
		if strings.TrimSpace(d.Parts[i].Headline) != "" {
			return &d.Parts[i]
		}
	}
	return nil
}

// beginDraft makes an empty draft at one of her desks.
func (q *request) beginDraft() error {
	if err := q.r.ParseForm(); err != nil {
		return fault.E(fault.Invalid, "The form could not be read.").Because(err)
	}
	at := people.DeskID(q.r.PostForm.Get("desk"))
	if at == "" {
		at = q.deskFor(access.DraftScope)
	}
	t := q.ui
	if len(q.reading) > 0 {
		t = q.reading[0]
	}
	if s := q.r.PostForm.Get("lang"); s != "" {
		var err error
		if t, err = lang.Parse(s); err != nil || t == lang.Und {
			return fault.Field("lang", "Choose a language from the list.")
		}
	}
	d, err := q.Desk.Begin(q.r.Context(), q.person, at, []lang.Tag{t})
	if err != nil {
		return err
	}
	return q.seeOther(draftPath(d.ID))
}

// draft reads the draft that the address names.
func (q *request) draft() (*desk.Draft, error) {
	id := q.r.PathValue("id")
	if id == "" || len(id) > 60 {
		return nil, fault.E(fault.NotFound, "There is no such draft.")
	}
	return q.Desk.Draft(q.r.Context(), q.person, desk.DraftID(id))
}

func draftPath(id desk.DraftID) string { return "/desk/drafts/" + string(id) }

// unsent shows the draft that the address names, or leads to the release that it became.
func (q *request) unsent(show func(*desk.Draft) error) error {
	d, err := q.draft()
	if err != nil {
		return err
	}
	if d.State == desk.Sent {
		return q.seeOther("/releases/" + url.PathEscape(string(d.Release)))
	}
	return show(d)
}
