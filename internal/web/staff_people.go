package web

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
)

// People of a member: who they are, what each may do where, and how new ones come in.

type userRow struct {
	Href, Name, Login string
	Roles             []deskRoles
	Used              template.HTML // empty: signed in nowhere
	Owner, Out, You   bool
}

type invitationRow struct {
	For   []deskRoles   // a new person's desk and roles
	Whom  template.HTML // for whom a sign-in link is
	By    template.HTML
	Until template.HTML
	End   string
}

type peoplePage struct {
	staffPage
	Find        string
	Rows        []userRow
	Pages       pages
	Invitations []invitationRow
	More        bool // invitations than are shown
}

const invitationsShown = 100

func (o *office) people() error {
	ctx := o.r.Context()
	us, err := o.People.Users(ctx, o.person, o.of)
	if err != nil {
		return err
	}
	desks, err := o.People.Desks(ctx, o.of)
	if err != nil {
		return err
	}
	for _, u := range us {
		o.known[u.ID] = u
	}
	d := peoplePage{staffPage: o.staffPage(o.text("staff.people"), "people"), Find: firstWords(o.r.Form.Get("find"), 80)}
	d.Choose = o.choices(false)
	args := url.Values{}
	if d.Find != "" {
		args.Set("find", d.Find)
		want := lang.Fold(o.ui, d.Find)
		us = slices.DeleteFunc(us, func(u people.User) bool {
			return !strings.Contains(lang.Fold(o.ui, clean(u.Name)), want) && !strings.Contains(strings.ToLower(u.Login), strings.ToLower(d.Find))
		})
	}
	from, to, pages := o.part(len(us), args)
	us, d.Pages = us[from:to], pages
	used, err := o.People.LastUse(ctx, o.person, us)
	if err != nil {
		return err
	}
	for _, u := range us {
		w := userRow{Href: o.userPath(u.ID), Name: clean(u.Name), Login: u.Login, Owner: u.Owner, Out: u.Disabled, You: u.ID == o.person.ID, Roles: o.userDesks(desks, u)}
		if at := used[u.ID]; !at.IsZero() {
			w.Used = o.timeHTML(at, nil)
		}
		d.Rows = append(d.Rows, w)
	}
	open, err := o.openInvitations()
	if err != nil {
		return err
	}
	if d.More = len(open) > invitationsShown; d.More {
		open = open[:invitationsShown]
	}
	for _, i := range open {
		d.Invitations = append(d.Invitations, o.invitationRow(desks, i))
	}
	return o.render(http.StatusOK, "staffpeople", d)
}

func (o *office) userPath(id people.UserID) string {
	return "/people/person/" + url.PathEscape(string(id))
}

// userDesks are the desks at which somebody has a role, with her roles.
func (o *office) userDesks(desks []people.Desk, u people.User) []deskRoles {
	at := slices.DeleteFunc(slices.Clone(desks), func(d people.Desk) bool {
		return !slices.ContainsFunc(u.Grants, func(g people.Grant) bool { return g.Desk == d.ID })
	})
	return o.deskRoles(at, u.Grants)
}

// openInvitations are those that can be used now.
func (o *office) openInvitations() ([]people.Invitation, error) {
	all, err := o.People.Invitations(o.r.Context(), o.person, o.of)
	now := o.Now()
	return slices.DeleteFunc(all, func(i people.Invitation) bool { return !i.Used.IsZero() || !i.Ended.IsZero() || !now.Before(i.Expires) }), err
}

func (o *office) invitationRow(desks []people.Desk, i people.Invitation) invitationRow {
	w := invitationRow{Until: o.timeHTML(i.Expires, nil), End: "/people/invitations/" + url.PathEscape(i.ID) + "/end" + o.arg(), By: o.by(i.By)}
	if i.User != "" {
		w.Whom = o.userHTML(i.User)
	} else {
		w.For = o.userDesks(desks, people.User{Grants: i.Grants})
	}
	return w
}

// by names who made an invitation.
func (o *office) by(id people.UserID) template.HTML {
	if id == "" {
		return rich(o.text("people.by.operator"))
	}
	return o.userHTML(id)
}

// One person.

type grantRow struct {
	Desk template.HTML
	Role string
	Take string // address that asks; empty: it cannot be taken
}

type personPage struct {
	staffPage
	ID              people.UserID
	Name, Login     string
	Since, Used     template.HTML
	Owner, Out, You bool
	Untouchable     bool // an owner, looked at by one who is none
	Grants          []grantRow
	Desks           []option
	Roles           []option
}

// theUser finds the person that an address names, and takes the page to her member.
func (o *office) theUser() (people.User, error) {
	u, err := o.People.User(o.r.Context(), people.UserID(o.r.PathValue("id")))
	if err != nil {
		return u, err
	}
	if !o.person.Administers(u.Member) {
		return u, errNoPage
	}
	o.of, o.known[u.ID] = u.Member, u
	return u, nil
}

func (o *office) userPage() error {
	u, err := o.theUser()
	if err != nil {
		return err
	}
	return o.showPerson(u, nil)
}

func (o *office) showPerson(u people.User, problem error) error {
	ctx := o.r.Context()
	desks, err := o.People.Desks(ctx, u.Member)
	if err != nil {
		return err
	}
	used, err := o.People.LastUse(ctx, o.person, []people.User{u})
	if err != nil {
		return err
	}
	d := personPage{staffPage: o.staffPage(clean(u.Name), "people"), ID: u.ID, Name: clean(u.Name), Login: u.Login, Since: o.timeHTML(u.Created, nil), Owner: u.Owner, Out: u.Disabled, You: u.ID == o.person.ID,
		Untouchable: u.Owner && !o.person.Owner}
	if at := used[u.ID]; !at.IsZero() {
		d.Used = o.timeHTML(at, nil)
	}
	for _, k := range desks {
		for _, r := range people.Roles {
			if slices.Contains(u.Grants, people.Grant{Desk: k.ID, Role: r}) {
				w := grantRow{Desk: o.deskHTML(k), Role: o.text(roleWords[r])}
				if !d.Untouchable && !(d.You && r == people.Administrator) {
					w.Take = o.userPath(u.ID) + "/take?" + url.Values{"desk": {string(k.ID)}, "role": {string(r)}}.Encode()
				}
				d.Grants = append(d.Grants, w)
			}
		}
		name, t := o.deskName(k)
		d.Desks = append(d.Desks, option{Value: string(k.ID), Label: name, Lang: t, Selected: o.r.PostForm.Get("desk") == string(k.ID)})
	}
	for _, r := range people.Roles {
		d.Roles = append(d.Roles, option{Value: string(r), Label: o.text(roleWords[r]), Selected: o.r.PostForm.Get("role") == string(r)})
	}
	status, err := d.blame(problem, o.problem)
	if err != nil {
		return err
	}
	return o.render(status, "staffperson", d)
}

func (o *office) grant() people.Grant {
	return people.Grant{Desk: people.DeskID(o.r.Form.Get("desk")), Role: people.Role(o.r.Form.Get("role"))}
}

func (o *office) giveRole() error {
	u, err := o.theUser()
	if err != nil {
		return err
	}
	if err := o.People.GiveRole(o.r.Context(), o.person, u.ID, o.grant()); err != nil {
		return o.showPerson(u, err)
	}
	return o.to(o.userPath(u.ID), "given")
}

func (o *office) askTakeRole() error {
	u, err := o.theUser()
	if err != nil {
		return err
	}
	return o.confirmTake(u, nil)
}

func (o *office) confirmTake(u people.User, problem error) error {
	g := o.grant()
	if !slices.Contains(u.Grants, g) { // taken already
		return o.to(o.userPath(u.ID), "")
	}
	k, err := o.People.Desk(o.r.Context(), g.Desk)
	if err != nil {
		return err
	}
	d := confirmPage{staffPage: o.staffPage(o.text("staff.take"), "people"), Text: o.text("staff.take.text"), Button: o.text("staff.take"), Action: o.userPath(u.ID) + "/take", Back: o.userPath(u.ID),
		Facts:  []staffFact{{o.text("staff.person"), in("", u.Name)}, {o.text("staff.role"), rich(o.text(roleWords[g.Role]))}, {o.text("staff.desk"), o.deskHTML(k)}},
		Fields: []option{{Value: string(g.Desk), Label: "desk"}, {Value: string(g.Role), Label: "role"}}}
	if g.Role == people.Administrator {
		d.Text += " " + o.text("staff.take.admin")
	}
	return o.confirmOr(d, problem)
}

// confirmOr asks, or says why it could not be done.
func (o *office) confirmOr(d confirmPage, problem error) error {
	if problem == nil {
		return o.confirm(http.StatusOK, d)
	}
	if _, d.Problem = o.problem(problem); d.Problem == "" {
		return problem
	}
	d.Button, d.Text = "", ""
	return o.confirm(wrong(problem), d)
}

func (o *office) takeRole() error {
	u, err := o.theUser()
	if err != nil {
		return err
	}
	if err := o.People.TakeRole(o.r.Context(), o.person, u.ID, o.grant()); err != nil {
		return o.confirmTake(u, err)
	}
	return o.to(o.userPath(u.ID), "taken")
}

func (o *office) askDisable() error {
	u, err := o.theUser()
	if err != nil {
		return err
	}
	return o.confirmDisable(u, nil)
}

func (o *office) confirmDisable(u people.User, problem error) error {
	if u.Disabled {
		return o.to(o.userPath(u.ID), "")
	}
	d := confirmPage{staffPage: o.staffPage(o.text("staff.disable"), "people"), Text: o.text("staff.disable.text"), Button: o.text("staff.disable"), Action: o.userPath(u.ID) + "/disable", Back: o.userPath(u.ID),
		Facts: []staffFact{{o.text("staff.person"), in("", u.Name)}, {o.text("people.login"), ltr(u.Login)}}}
	return o.confirmOr(d, problem)
}

func (o *office) disable() error {
	u, err := o.theUser()
	if err != nil {
		return err
	}
	if err := o.People.SetDisabled(o.r.Context(), o.person, u.ID, true); err != nil {
		return o.confirmDisable(u, err)
	}
	return o.to(o.userPath(u.ID), "disabled")
}

func (o *office) enable() error {
	u, err := o.theUser()
	if err != nil {
		return err
	}
	if err := o.People.SetDisabled(o.r.Context(), o.person, u.ID, false); err != nil {
		return o.showPerson(u, err)
	}
	return o.to(o.userPath(u.ID), "enabled")
}

// linkBack makes a link with which somebody chooses a new password, and shows it this once.
func (o *office) linkBack() error {
	u, err := o.theUser()
	if err != nil {
		return err
	}
	var secret string
	var i people.Invitation
	again, err := o.once(func() (err error) {
		secret, i, err = o.People.InviteBack(o.r.Context(), o.person, u.ID)
		return err
	})
	switch {
	case again:
		return o.shown("people", o.userPath(u.ID))
	case err != nil:
		return o.showPerson(u, err)
	}
	d := madePage{staffPage: o.staffPage(o.text("staff.link.title"), "people"), Secret: o.inviteURL(secret), Text: o.text("staff.link.back"), Back: o.userPath(u.ID),
		Facts: []staffFact{{o.text("staff.person"), in("", u.Name)}, {o.text("people.until"), o.timeHTML(i.Expires, nil)}}}
	d.Scripts = []string{"js/staff.js"}
	return o.render(http.StatusOK, "staffmade", d)
}

// inviteURL is the address of a link that lets somebody in: by the node's own name, where it has one.
func (o *office) inviteURL(secret string) string {
	return o.base(o.r) + "/in#" + secret
}

// Inviting.

type invitePage struct {
	staffPage
	Desks []option
	Roles []explained
}

// explained is a choice with a sentence that says what it means.
type explained struct {
	Value, Label, Text string
	Selected           bool
}

var roleTexts = map[people.Role]string{
	people.ReaderRole: "staff.role.reader", people.Reporter: "staff.role.reporter", people.Translator: "staff.role.translator",
	people.Editor: "staff.role.editor", people.Verifier: "staff.role.verifier", people.Administrator: "staff.role.administrator",
}

func (o *office) invitePage() error { return o.showInvite(nil) }

func (o *office) showInvite(problem error) error {
	desks, err := o.People.Desks(o.r.Context(), o.of)
	if err != nil {
		return err
	}
	d := invitePage{staffPage: o.staffPage(o.text("staff.invite"), "people")}
	for _, k := range desks {
		name, t := o.deskName(k)
		d.Desks = append(d.Desks, option{Value: string(k.ID), Label: name, Lang: t, Selected: o.r.Form.Get("desk") == string(k.ID)})
	}
	for _, r := range people.Roles {
		d.Roles = append(d.Roles, explained{Value: string(r), Label: o.text(roleWords[r]), Text: o.text(roleTexts[r]), Selected: slices.Contains(o.r.PostForm["role"], string(r))})
	}
	status, err := d.blame(problem, o.problem)
	if err != nil {
		return err
	}
	return o.render(status, "staffinvite", d)
}

func (o *office) invite() error {
	ctx := o.r.Context()
	k, err := o.People.Desk(ctx, people.DeskID(o.r.PostForm.Get("desk")))
	if err != nil || k.Member != o.of {
		return o.showInvite(fault.Field("desk", "There is no such desk."))
	}
	var roles []people.Role
	for _, r := range people.Roles {
		if slices.Contains(o.r.PostForm["role"], string(r)) {
			roles = append(roles, r)
		}
	}
	var secret string
	var i people.Invitation
	again, err := o.once(func() (err error) {
		secret, i, err = o.People.Invite(ctx, o.person, k.ID, roles)
		return err
	})
	switch {
	case again:
		return o.shown("people", "/people")
	case err != nil:
		return o.showInvite(err)
	}
	d := madePage{staffPage: o.staffPage(o.text("staff.link.title"), "people"), Secret: o.inviteURL(secret), Text: o.text("staff.link.new"), Back: "/people" + o.arg(),
		Facts: []staffFact{{o.text("staff.desk"), o.deskHTML(k)}, {o.text("staff.role"), rich(o.roles(i.Grants, k.ID))}, {o.text("people.until"), o.timeHTML(i.Expires, nil)}}}
	d.Scripts = []string{"js/staff.js"}
	return o.render(http.StatusOK, "staffmade", d)
}

// theInvitation finds the open invitation that an address names; ok is false for one that is over.
func (o *office) theInvitation() (i people.Invitation, ok bool, err error) {
	open, err := o.openInvitations()
	n := slices.IndexFunc(open, func(i people.Invitation) bool { return i.ID == o.r.PathValue("id") })
	if err != nil || n < 0 {
		return i, false, err
	}
	return open[n], true, nil
}

func (o *office) askEndInvitation() error {
	i, ok, err := o.theInvitation()
	if err != nil {
		return err
	}
	if !ok {
		return o.to("/people", "")
	}
	desks, err := o.People.Desks(o.r.Context(), o.of)
	if err != nil {
		return err
	}
	w := o.invitationRow(desks, i)
	d := confirmPage{staffPage: o.staffPage(o.text("staff.end"), "people"), Text: o.text("staff.end.text"), Button: o.text("staff.end"), Action: "/people/invitations/" + url.PathEscape(i.ID) + "/end", Back: "/people" + o.arg(),
		Fields: []option{{Value: string(o.of), Label: "member"}}}
	for _, k := range w.For {
		d.Facts = append(d.Facts, staffFact{o.text("staff.desk"), k.Desk}, staffFact{o.text("staff.role"), rich(k.Roles)})
	}
	if w.Whom != "" {
		d.Facts = append(d.Facts, staffFact{o.text("staff.person"), w.Whom})
	}
	d.Facts = append(d.Facts, staffFact{o.text("people.by"), w.By}, staffFact{o.text("people.until"), w.Until})
	return o.confirm(http.StatusOK, d)
}

func (o *office) endInvitation() error {
	i, ok, err := o.theInvitation()
	if err == nil && ok {
		err = o.People.EndInvitation(o.r.Context(), o.person, o.of, i.ID)
	}
	if k := fault.KindOf(err); err != nil && k != fault.NotFound && k != fault.Conflict { // those: it was used or ended meanwhile
		return err
	}
	return o.to("/people", "ended")
}
