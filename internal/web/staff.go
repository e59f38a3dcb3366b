package web

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/wire"
)

// The pages of administrators: people and their roles, desks, members, tokens, the audit list. For
// everyone else there is nothing at these addresses. The rights are those of package people; the pages
// only leave out what would be refused.

// admin is what administrators do with the people, desks and tokens of their member, and owners with
// those of every member and with the members themselves. Each method but User, Desk and Desks checks
// that its person may; those three are asked only after a check of ours.
type admin interface {
	User(ctx context.Context, id people.UserID) (people.User, error)
	Users(ctx context.Context, p people.Person, m wire.MemberID) ([]people.User, error)
	LastUse(ctx context.Context, p people.Person, us []people.User) (map[people.UserID]time.Time, error)
	GiveRole(ctx context.Context, p people.Person, id people.UserID, g people.Grant) error
	TakeRole(ctx context.Context, p people.Person, id people.UserID, g people.Grant) error
	SetDisabled(ctx context.Context, p people.Person, id people.UserID, disabled bool) error

	Invite(ctx context.Context, p people.Person, desk people.DeskID, roles []people.Role) (secret string, _ people.Invitation, err error)
	InviteBack(ctx context.Context, p people.Person, id people.UserID) (secret string, _ people.Invitation, err error)
	Invitations(ctx context.Context, p people.Person, m wire.MemberID) ([]people.Invitation, error)
	EndInvitation(ctx context.Context, p people.Person, m wire.MemberID, id string) error

	Desk(ctx context.Context, id people.DeskID) (people.Desk, error)
	Desks(ctx context.Context, m wire.MemberID) ([]people.Desk, error)
	CreateDesk(ctx context.Context, p people.Person, d people.Desk) (people.Desk, error)
	ChangeDesk(ctx context.Context, p people.Person, d people.Desk) error
	AddMember(ctx context.Context, p people.Person, m wire.Member) error
	ChangeMember(ctx context.Context, p people.Person, m wire.Member) error

	Tokens(ctx context.Context, p people.Person, m wire.MemberID) ([]people.Token, error)
	CreateToken(ctx context.Context, p people.Person, m wire.MemberID, scopes []access.Scope, label string) (secret string, _ people.Token, err error)
	RevokeToken(ctx context.Context, p people.Person, m wire.MemberID, id string) error
	TokenUses(ctx context.Context, p people.Person, m wire.MemberID, since time.Time) (map[string][]people.TokenUse, error)
	LimitToken(ctx context.Context, p people.Person, m wire.MemberID, id string, l people.TokenLimit) error
	RotateToken(ctx context.Context, p people.Person, m wire.MemberID, id string, keep time.Duration) (secret string, until time.Time, err error)
	Audit(ctx context.Context, p people.Person, f people.AuditFilter) ([]people.Entry, error)
}

// office is a request of an administrator for one member.
type office struct {
	*request
	of    wire.MemberID
	whole bool // an owner asks for every member
	sent  *sentForms
	known map[people.UserID]people.User
	keys  map[wire.MemberID][]people.Token // read for the audit list
}

var errNoPage = fault.E(fault.NotFound, "There is no page at this address.")

// office lets only administrators in: for anyone else, and for a member that she does not administer,
// there is nothing here.
func (q *request) office(sent *sentForms, h func(*office) error) error {
	if q.person.Nobody() {
		if carries, err := q.carrying(); carries || err != nil {
			return err
		}
	}
	if !q.person.Administers(q.person.Member) {
		return errNoPage
	}
	if err := q.r.ParseForm(); err != nil {
		return fault.E(fault.Invalid, "The form could not be read.").Because(err)
	}
	q.w.Header().Set("Cache-Control", "no-store")
	o := &office{request: q, of: q.person.Member, sent: sent, known: map[people.UserID]people.User{}}
	switch m := wire.MemberID(q.r.Form.Get("member")); {
	case m == "*" && q.person.Owner:
		o.whole = true
	case m != "":
		o.of = m
	}
	if _, ok := q.members[o.of]; !ok || !q.person.Administers(o.of) {
		return errNoPage
	}
	return h(o)
}

// sentForms remembers the forms that made something, so that one that is sent again makes nothing twice.
type sentForms struct {
	mu    sync.Mutex
	seen  map[string]bool
	order []string
}

const formsKept = 4096

// first reports whether this form of a person is here for the first time; one without a key is.
func (s *sentForms) first(who people.UserID, key string) bool {
	if key == "" || len(key) > 64 {
		return true
	}
	key = string(who) + " " + key
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen[key] {
		return false
	}
	s.seen[key] = true
	if s.order = append(s.order, key); len(s.order) > formsKept {
		delete(s.seen, s.order[0])
		s.order = s.order[1:]
	}
	return true
}

// forget lets a form be sent again that made nothing.
func (s *sentForms) forget(who people.UserID, key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.seen, string(who)+" "+key)
}

// once runs what a form makes, once; again is true for a form that was here before.
func (o *office) once(do func() error) (again bool, err error) {
	key := o.r.PostForm.Get("once")
	if !o.sent.first(o.person.ID, key) {
		return true, nil
	}
	if err = do(); err != nil {
		o.sent.forget(o.person.ID, key)
	}
	return false, err
}

// staffPage is what all of these pages have.
type staffPage struct {
	page
	Tab     string
	Tabs    []staffTab
	Of      memberView
	OfID    wire.MemberID
	Choose  []option // members, for an owner to choose from
	Path    string   // of this page, for choosing
	Arg     string   // what to add to an address so that it is about the same member
	Saved   string
	Problem string
	At      string // the field of the problem
	Once    string
}

// Wrong is what was wrong with a field of the form; empty: nothing.
func (p staffPage) Wrong(field string) string {
	if p.At != field {
		return ""
	}
	return p.Problem
}

// blame shows what was wrong with a form, and with which of its fields, as say tells it of err. It gives the status of the page, or err itself where say has no
// words for it: no form is to blame for that. Without an error it does nothing.
func (p *staffPage) blame(err error, say func(error) (field, words string)) (status int, unsaid error) {
	if err == nil {
		return http.StatusOK, nil
	}
	if p.At, p.Problem = say(err); p.Problem == "" {
		return 0, err
	}
	return wrong(err), nil
}

type staffTab struct {
	Href, Label string
	Here        bool
}

func (o *office) staffPage(title, tab string) staffPage {
	p := staffPage{page: o.newPage(title, "people"), Tab: tab, Of: o.member(o.of), OfID: o.of, Path: o.r.URL.Path, Arg: o.arg(), Once: people.NewID()}
	for _, t := range []struct{ name, path, key string }{{"people", "/people", "staff.people"}, {"desks", "/people/desks", "staff.desks"}, {"tokens", "/people/tokens", "staff.tokens"},
		{"sources", "/people/sources", "sources.title"}, {"deliveries", deliveriesPlace, "deliveries.title"}, {"audit", "/people/audit", "staff.audit"}, {"members", "/people/members", "staff.members"},
		{"house", "/people/house", "house.title"}} {
		if (t.name != "members" || o.person.Owner) && (t.name != "sources" || o.Sources != nil) && (t.name != "deliveries" || o.Deliveries != nil) && (t.name != "house" || o.House != nil) {
			p.Tabs = append(p.Tabs, staffTab{Href: t.path + p.Arg, Label: o.text(t.key), Here: t.name == tab})
		}
	}
	if key, ok := doneWords[o.r.URL.Query().Get("done")]; ok && o.r.Method != http.MethodPost {
		p.Saved = o.text(key)
	}
	return p
}

var doneWords = map[string]string{"given": "staff.done.given", "taken": "staff.done.taken", "disabled": "staff.done.disabled", "enabled": "staff.done.enabled", "ended": "staff.done.ended",
	"desk": "staff.done.saved", "member": "staff.done.member", "saved": "staff.done.saved", "revoked": "staff.done.revoked", "limited": "tokens.saved"}

// choices are the members that an owner may look at; nobody else chooses.
func (o *office) choices(all bool) (out []option) {
	if !o.person.Owner || len(o.members) < 2 && !all {
		return nil
	}
	for _, id := range sortedMembers(o.members) {
		m := o.member(id)
		out = append(out, option{Value: string(id), Label: m.Full, Lang: m.FullLang, Selected: id == o.of && !o.whole})
	}
	if all {
		out = append(out, option{Value: "*", Label: o.text("staff.audit.node"), Selected: o.whole})
	}
	return out
}

// arg keeps an address at the member that the page is about.
func (o *office) arg() string {
	switch {
	case o.whole:
		return "?member=*"
	case o.of != o.person.Member:
		return "?member=" + url.QueryEscape(string(o.of))
	}
	return ""
}

// to sends the browser on after a form.
func (o *office) to(path, done string) error {
	v := url.Values{}
	if o.of != o.person.Member {
		v.Set("member", string(o.of))
	}
	if done != "" {
		v.Set("done", done)
	}
	if len(v) > 0 {
		path += "?" + v.Encode()
	}
	return o.seeOther(path)
}

// problem says in the reader's language what was wrong, and with which field; words are empty for what
// no form is to blame for.
func (o *office) problem(err error) (field, words string) {
	for _, c := range []struct {
		err error
		key string
	}{{people.ErrYourself, "staff.bad.self"}, {people.ErrLastAdministrator, "staff.bad.last"}, {people.ErrLastOwner, "staff.bad.lastowner"}, {people.ErrOwner, "staff.bad.owner"}, {people.ErrKeptOut, "staff.bad.out"}} {
		if errors.Is(err, c.err) {
			return "", o.text(c.key)
		}
	}
	_, field = fault.Public(err)
	switch kind := fault.KindOf(err); {
	case kind == fault.Conflict:
		return "id", o.text("staff.bad.taken")
	case kind != fault.Invalid || field == "":
		return "", ""
	}
	first, _, named := strings.Cut(field, ".")
	key := "people.bad.line"
	switch first {
	case "names":
		if !named {
			key = "staff.bad.names"
		}
	case "short":
		key = "staff.bad.short"
	case "member":
		field, key = "id", "people.bad.member"
	case "domain":
		key = "people.bad.domain"
	case "zone":
		key = "people.bad.zone"
	case "scopes":
		key = "staff.bad.scopes"
	case "role":
		key = "staff.bad.role"
	case "desk":
		key = "staff.bad.desk"
	}
	return field, o.text(key)
}

// wrong is the status of a page that says what was wrong.
func wrong(err error) int {
	if fault.KindOf(err) == fault.Invalid {
		return http.StatusUnprocessableEntity
	}
	return fault.KindOf(err).HTTPStatus()
}

// typed is a line of a form without hidden marks and outer spaces.
func (o *office) typed(name string) string {
	return strings.TrimSpace(clean(o.r.PostForm.Get(name)))
}

// nameField is a field for a name in one language.
type nameField struct {
	Name, Label, Value, Error, Dir string
	Lang                           lang.Tag
	Max                            int
}

// nameFields are fields of p for a name in these languages; what was typed stays.
func (o *office) nameFields(prefix string, tags []lang.Tag, names map[lang.Tag]string, max int, p staffPage) (out []nameField) {
	for _, t := range tags {
		f := nameField{Name: prefix + "." + string(t), Label: t.Autonym(), Value: clean(names[t]), Dir: dirOf(t), Lang: t, Max: max}
		if o.r.PostForm.Has(f.Name) {
			f.Value = o.typed(f.Name)
		}
		f.Error = p.Wrong(f.Name)
		out = append(out, f)
	}
	return out
}

// typedNames reads the fields of nameFields over the names that are there: an empty one is no name.
func (o *office) typedNames(prefix string, tags []lang.Tag, names map[lang.Tag]string) map[lang.Tag]string {
	out := map[lang.Tag]string{}
	for t, n := range names {
		out[t] = n
	}
	for _, t := range tags {
		if name := prefix + "." + string(t); o.r.PostForm.Has(name) {
			if out[t] = o.typed(name); out[t] == "" {
				delete(out, t)
			}
		}
	}
	return out
}

// confirmPage asks before something ends.
type confirmPage struct {
	staffPage
	Facts  []staffFact
	Text   string
	Button string // empty: it cannot be done, and Problem says why
	Action string
	Fields []option // sent with the button
	Back   string
}

type staffFact struct {
	Label string
	Value template.HTML
}

func (o *office) confirm(status int, d confirmPage) error { return o.render(status, "staffconfirm", d) }

// madePage shows a secret this once.
type madePage struct {
	staffPage
	Secret string
	Facts  []staffFact
	Text   string
	Back   string
}

// shown answers a form whose secret was shown before.
func (o *office) shown(tab, back string) error {
	d := madePage{staffPage: o.staffPage(o.text("staff.again"), tab), Text: o.text("staff.again.text"), Back: back + o.arg()}
	return o.render(http.StatusConflict, "staffmade", d)
}

// deskHTML is a desk's name as a run of its own language.
func (o *office) deskHTML(d people.Desk) template.HTML {
	name, t := o.deskName(d)
	return in(t, name)
}

// userHTML names somebody; one whom the node does not have is shown by her id.
func (o *office) userHTML(id people.UserID) template.HTML {
	u, ok := o.known[id]
	if !ok {
		var err error
		if u, err = o.People.User(o.r.Context(), id); err != nil {
			return ltr(firstWords(string(id), 40))
		}
		o.known[id] = u
	}
	return in("", u.Name)
}

// pages is where a long list stands.
type pages struct {
	From, To, All string
	Prev, Next    string
}

const staffRows = 50 // of a list on one page

// part finds the part of a list of n that the address asks for.
func (o *office) part(n int, args url.Values) (from, to int, p pages) {
	at, err := strconv.Atoi(o.r.Form.Get("page"))
	if err != nil || at < 1 || at > n {
		at = 1
	}
	from = min((at-1)*staffRows, max(n-1, 0)/staffRows*staffRows)
	at, to = from/staffRows+1, min(from+staffRows, n)
	num := func(i int) string { return number(o.ui, int64(i)) }
	p = pages{From: num(min(from+1, n)), To: num(to), All: num(n)}
	link := func(page int) string {
		args.Set("page", strconv.Itoa(page))
		return o.r.URL.Path + "?" + args.Encode()
	}
	if o.of != o.person.Member {
		args.Set("member", string(o.of))
	}
	if from > 0 {
		p.Prev = link(at - 1)
	}
	if to < n {
		p.Next = link(at + 1)
	}
	return from, to, p
}
