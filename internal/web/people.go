package web

import (
	"errors"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/wire"
)

// How people come in by a link. Its secret stands behind '#', which no server is sent: the page /in has
// a field for it, which its script fills, and posts it. Looking at an invitation uses nothing up.

// roleWords are the roles in words, in the order of people.Roles.
var roleWords = map[people.Role]string{
	people.ReaderRole: "people.role.reader", people.Reporter: "people.role.reporter", people.Translator: "people.role.translator",
	people.Editor: "people.role.editor", people.Verifier: "people.role.verifier", people.Administrator: "people.role.administrator",
}

// roles lists the roles that grants give at a desk.
func (q *request) roles(gs []people.Grant, at people.DeskID) string {
	var words []string
	for _, r := range people.Roles {
		if slices.Contains(gs, people.Grant{Desk: at, Role: r}) {
			words = append(words, q.text(roleWords[r]))
		}
	}
	return strings.Join(words, " · ")
}

// deskRoles is a desk with what somebody does there.
type deskRoles struct {
	Desk  template.HTML
	Roles string
}

func (q *request) deskRoles(desks []people.Desk, gs []people.Grant) (out []deskRoles) {
	for _, d := range desks {
		name, t := q.deskName(d)
		out = append(out, deskRoles{Desk: in(t, name), Roles: q.roles(gs, d.ID)})
	}
	return out
}

// deskName is a desk's name for the reader, and the language it is in.
func (q *request) deskName(d people.Desk) (string, lang.Tag) {
	want := append([]lang.Tag{q.ui}, q.reading...)
	return nameIn(d.Names, want, d.Name(want...))
}

// linkField is a field of the form of an invitation.
type linkField struct {
	Name, Label, Value, Help, Error string
	Type, Complete                  string // of the input
	Dir                             string
	Max                             int
	Optional                        bool
	Options                         []option // a choice, if there are any
}

type linkPage struct {
	page
	Code      string
	Kind      people.InvitationKind
	Offer     people.Offer
	For       memberView
	Desks     []deskRoles
	Until     template.HTML
	Fields    []linkField
	Problem   string
	ProblemAt string // the field of the first problem
}

// openLink shows what a link gives.
func (q *request) openLink() error {
	if err := q.r.ParseForm(); err != nil {
		return fault.E(fault.Invalid, "The form could not be read.").Because(err)
	}
	return q.showLink(http.StatusOK, "", "")
}

// linkProblem is what the sign-in page says of a link that gives nothing; "" for other errors.
func (q *request) linkProblem(err error) string {
	switch {
	case errors.Is(err, people.ErrInvitation):
		return q.text("people.link.unknown")
	case errors.Is(err, people.ErrInvitationUsed):
		return q.text("people.link.used")
	case errors.Is(err, people.ErrInvitationOld):
		return q.text("people.link.old")
	}
	return ""
}

func (q *request) showLink(status int, field, problem string) error {
	if name, _ := sessionCookie(q.r, q.PublicURL); name == "" {
		return q.showSignIn(http.StatusForbidden, q.text("people.insecure"))
	}
	code := linkCode(q.r.PostForm.Get("code"))
	o, err := q.People.Look(q.r.Context(), code)
	if words := q.linkProblem(err); words != "" {
		return q.showSignInAt(http.StatusUnprocessableEntity, "code", words)
	}
	if err != nil {
		return err
	}
	title := map[people.InvitationKind]string{people.OwnerLink: "people.owner.title", people.JoinLink: "people.join.title", people.ReturnLink: "people.return.title", people.DemoLink: "people.demo.title"}[o.Kind]
	d := linkPage{page: q.newPage(q.text(title), "signin"), Code: code, Kind: o.Kind, Offer: o, Problem: problem, ProblemAt: field}
	if o.Member != "" {
		d.For = q.member(o.Member)
	}
	grants := o.Grants
	if o.Person.ID != "" {
		grants = o.Person.Grants
	}
	d.Desks = q.deskRoles(o.Desks, grants)
	d.Until = q.timeHTML(o.Expires, nil)
	d.Fields = q.linkFields(o)
	for i := range d.Fields {
		if d.Fields[i].Name == field {
			d.Fields[i].Error = problem
		}
	}
	q.w.Header().Set("Cache-Control", "no-store")
	return q.render(status, "link", d)
}

// linkCode is a secret as people paste it: with the address before it, or spaces around it.
func linkCode(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > maxSecret {
		return ""
	}
	return s[strings.LastIndexByte(s, '#')+1:]
}

// linkFields is what has to be written to take an invitation.
func (q *request) linkFields(o people.Offer) (fs []linkField) {
	f := q.r.PostForm
	add := func(x linkField, label string) {
		x.Label = q.text(label)
		if x.Type == "" {
			x.Type = "text"
		}
		if f.Has(x.Name) && x.Type != "password" {
			x.Value = f.Get(x.Name)
		}
		for i := range x.Options {
			x.Options[i].Selected = x.Options[i].Value == x.Value
		}
		fs = append(fs, x)
	}
	if o.Kind == people.OwnerLink {
		if len(q.members) > 0 {
			x := linkField{Name: "member"}
			for _, id := range sortedMembers(q.members) {
				x.Options = append(x.Options, option{Value: string(id), Label: q.member(id).Full})
			}
			add(x, "people.member")
		} else {
			add(linkField{Name: "names", Max: 200, Dir: "auto", Complete: "organization"}, "people.owner.name")
			if q.ui != lang.EN {
				add(linkField{Name: "english", Max: 200, Dir: "ltr", Optional: true, Complete: "off"}, "people.owner.english")
			}
			add(linkField{Name: "member", Max: 40, Dir: "ltr", Complete: "off", Help: q.text("people.owner.id.help")}, "people.owner.id")
			x := linkField{Name: "kind"}
			for _, k := range memberKinds {
				x.Options = append(x.Options, option{Value: string(k.kind), Label: q.text(k.words)})
			}
			add(x, "people.owner.kind")
			add(linkField{Name: "domain", Max: 200, Dir: "ltr", Complete: "off", Help: q.text("people.owner.domain.help")}, "people.owner.domain")
			add(linkField{Name: "zone", Max: 60, Dir: "ltr", Complete: "off", Value: q.zone.String()}, "people.owner.zone")
		}
		add(linkField{Name: "desk", Max: 80, Dir: "auto", Complete: "off", Value: q.text("people.owner.desk.value")}, "people.owner.desk")
	}
	if o.Kind == people.OwnerLink || o.Kind == people.JoinLink {
		add(linkField{Name: "name", Max: 80, Dir: "auto", Complete: "name"}, "people.name")
		add(linkField{Name: "login", Max: 60, Dir: "ltr", Complete: "username", Help: q.text("people.login.help")}, "people.login")
	}
	if o.Kind != people.DemoLink {
		add(linkField{Name: "password", Type: "password", Max: 1000, Dir: "ltr", Complete: "new-password", Help: q.text("people.password.help")}, "people.password.new")
	}
	return fs
}

// memberKinds are the kinds of members in words.
var memberKinds = []struct {
	kind  wire.MemberKind
	words string
}{{wire.Agency, "people.kind.agency"}, {wire.PressService, "people.kind.press"}, {wire.Broadcaster, "people.kind.broadcaster"}, {wire.Secretariat, "people.kind.secretariat"}}

func sortedMembers(ms map[wire.MemberID]wire.Member) (ids []wire.MemberID) {
	for id := range ms {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// acceptLink takes an invitation. Whoever was signed in in this browser before is signed out.
func (q *request) acceptLink() error {
	if err := q.r.ParseForm(); err != nil {
		return fault.E(fault.Invalid, "The form could not be read.").Because(err)
	}
	if name, _ := sessionCookie(q.r, q.PublicURL); name == "" {
		return q.showSignIn(http.StatusForbidden, q.text("people.insecure"))
	}
	f := q.r.PostForm
	a := people.Acceptance{Name: f.Get("name"), Login: f.Get("login"), Password: f.Get("password")}
	if f.Has("desk") {
		a.Desk = map[lang.Tag]string{q.ui: strings.TrimSpace(f.Get("desk"))}
		a.Member = wire.MemberID(f.Get("member"))
	}
	if f.Has("domain") {
		m := wire.Member{ID: wire.MemberID(strings.TrimSpace(f.Get("member"))), Kind: wire.MemberKind(f.Get("kind")), Domain: strings.ToLower(strings.TrimSpace(f.Get("domain"))),
			Zone: strings.TrimSpace(f.Get("zone")), Names: map[lang.Tag]string{}}
		for t, field := range map[lang.Tag]string{lang.EN: "english", q.ui: "names"} {
			if n := strings.TrimSpace(f.Get(field)); n != "" {
				m.Names[t] = n
			}
		}
		a.New = &m
	}
	session, err := q.People.Accept(q.r.Context(), linkCode(f.Get("code")), a, device(q.r))
	if err != nil {
		if words := q.linkProblem(err); words != "" {
			return q.showSignInAt(http.StatusUnprocessableEntity, "code", words)
		}
		if field, words := q.formProblem(err); words != "" {
			status := http.StatusUnprocessableEntity
			if fault.KindOf(err) == fault.Busy {
				status = http.StatusTooManyRequests
			}
			return q.showLink(status, field, words)
		}
		return err
	}
	if old := Session(q.PublicURL)(q.r); old != "" {
		if err := q.People.SignOut(q.r.Context(), old); err != nil {
			return err
		}
	}
	q.keep(session)
	return q.seeOther("/")
}

// formProblem says in the reader's language what is wrong with a field of people; words are empty for
// an error that no field is to blame for.
func (q *request) formProblem(err error) (field, words string) {
	_, field = fault.Public(err)
	if f, _, ok := strings.Cut(field, "."); ok { // names.kk
		field = f
	}
	switch {
	case errors.Is(err, people.ErrLoginTaken):
		return "login", q.text("people.bad.taken")
	case errors.Is(err, people.ErrWrong):
		return "old", q.text("people.bad.old")
	case fault.KindOf(err) == fault.Busy:
		return "password", q.text("people.signin.busy")
	case fault.KindOf(err) != fault.Invalid:
		return "", ""
	}
	key, ok := map[string]string{"name": "people.bad.name", "login": "people.bad.login", "password": "people.bad.password", "names": "people.bad.line",
		"member": "people.bad.member", "domain": "people.bad.domain", "zone": "people.bad.zone", "kind": "people.bad.line", "desk": "people.bad.line"}[field]
	if !ok {
		return "", ""
	}
	return field, q.text(key)
}
