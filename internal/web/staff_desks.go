package web

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/wire"
)

// Desks of a member, and the members of the node: names in every language and script.

type deskRow struct {
	Name             template.HTML
	Others           []template.HTML // its names in other languages
	Approvals, Phone string
	People           string
	Href             string
}

type desksPage struct {
	staffPage
	Rows []deskRow
}

var approvalWords = []string{"staff.approvals.none", "staff.approvals.one", "staff.approvals.two"}

func (o *office) desks() error {
	ctx := o.r.Context()
	desks, err := o.People.Desks(ctx, o.of)
	if err != nil {
		return err
	}
	us, err := o.People.Users(ctx, o.person, o.of)
	if err != nil {
		return err
	}
	at := map[people.DeskID]int{}
	for _, u := range us {
		seen := map[people.DeskID]bool{}
		for _, g := range u.Grants {
			if !seen[g.Desk] && !u.Disabled {
				seen[g.Desk] = true
				at[g.Desk]++
			}
		}
	}
	d := desksPage{staffPage: o.staffPage(o.text("staff.desks"), "desks")}
	d.Choose = o.choices(false)
	for _, k := range desks {
		name, t := o.deskName(k)
		w := deskRow{Name: in(t, name), Others: otherNames(k.Names, t), Approvals: o.text(approvalWords[max(0, min(k.Approvals, 2))]), Phone: clean(k.Phone), People: number(o.ui, int64(at[k.ID])), Href: deskPath(k.ID)}
		d.Rows = append(d.Rows, w)
	}
	return o.render(http.StatusOK, "staffdesks", d)
}

func deskPath(id people.DeskID) string { return "/people/desks/" + url.PathEscape(string(id)) }

// otherNames are the names in all languages but one, in one order.
func otherNames(names map[lang.Tag]string, but lang.Tag) (out []template.HTML) {
	for _, t := range nameTags(names) {
		if n := names[t]; n != "" && t != but {
			out = append(out, in(t, n))
		}
	}
	return out
}

// moreLanguages are those beyond the interface's in which members of the region write their names.
var moreLanguages = []lang.Tag{lang.UZCyrl, lang.KY, lang.TG, lang.TK, lang.MN, lang.PRS, "ps", "ug", "kaa", lang.AR, lang.ZH, lang.KO}

// nameTags are the languages of names: the interface's, then those of the region, then others that are there.
func nameTags(names map[lang.Tag]string) []lang.Tag {
	all := append(slices.Clone(interfaceLanguages), moreLanguages...)
	var rest []lang.Tag
	for t := range names {
		if !slices.Contains(all, t) {
			rest = append(rest, t)
		}
	}
	slices.Sort(rest)
	return append(all, rest...)
}

type deskForm struct {
	staffPage
	Action, Button string
	Names          []nameField
	Approvals      []explained
	Phone          string
}

func (o *office) newDesk() error { return o.showDesk(people.Desk{Member: o.of}, nil) }

// theDesk finds the desk that an address names, and takes the page to its member.
func (o *office) theDesk() (people.Desk, error) {
	k, err := o.People.Desk(o.r.Context(), people.DeskID(o.r.PathValue("id")))
	if err == nil && !o.person.Administers(k.Member) {
		err = errNoPage
	}
	if err == nil {
		o.of = k.Member
	}
	return k, err
}

func (o *office) deskPage() error {
	k, err := o.theDesk()
	if err != nil {
		return err
	}
	return o.showDesk(k, nil)
}

func (o *office) showDesk(k people.Desk, problem error) error {
	title := o.text("staff.desk.new")
	action, button := "/people/desks"+o.arg(), o.text("staff.desk.new")
	if k.ID != "" {
		title, _ = o.deskName(k)
		action, button = deskPath(k.ID), o.text("staff.save")
	}
	d := deskForm{staffPage: o.staffPage(title, "desks"), Action: action, Button: button, Phone: clean(k.Phone)}
	status, err := d.blame(problem, o.namesProblem)
	if err != nil {
		return err
	}
	tags := slices.DeleteFunc(nameTags(k.Names), func(t lang.Tag) bool { return slices.Contains(moreLanguages, t) && k.Names[t] == "" })
	d.Names = o.nameFields("names", ownFirst(tags, o.ui), k.Names, 80, d.staffPage)
	if o.r.PostForm.Has("phone") {
		d.Phone = o.typed("phone")
	}
	chosen := strconv.Itoa(k.Approvals)
	if o.r.PostForm.Has("approvals") {
		chosen = o.r.PostForm.Get("approvals")
	}
	for i, w := range approvalWords {
		n := strconv.Itoa(i)
		d.Approvals = append(d.Approvals, explained{Value: n, Label: number(o.ui, int64(i)), Text: o.text(w), Selected: n == chosen})
	}
	return o.render(status, "staffdesk", d)
}

// namesProblem is problem; that there is no name at all is said at the one in the reader's language.
func (o *office) namesProblem(err error) (field, words string) {
	if field, words = o.problem(err); field == "names" {
		field = "names." + string(o.ui)
	}
	return field, words
}

// ownFirst puts the reader's language first.
func ownFirst(tags []lang.Tag, own lang.Tag) []lang.Tag {
	return append([]lang.Tag{own}, slices.DeleteFunc(slices.Clone(tags), func(t lang.Tag) bool { return t == own })...)
}

// typedDesk reads the form over the desk that is there.
func (o *office) typedDesk(k people.Desk) (people.Desk, error) {
	k.Names = o.typedNames("names", nameTags(k.Names), k.Names)
	k.Phone = o.typed("phone")
	n, err := strconv.Atoi(o.r.PostForm.Get("approvals"))
	if err != nil {
		return k, fault.Field("approvals", "A desk asks for 0, 1 or 2 approvals.")
	}
	k.Approvals = n
	return k, nil
}

func (o *office) createDesk() error {
	k, err := o.typedDesk(people.Desk{Member: o.of})
	if err == nil {
		_, err = o.once(func() error {
			_, err := o.People.CreateDesk(o.r.Context(), o.person, k)
			return err
		})
	}
	if err != nil {
		return o.showDesk(people.Desk{Member: o.of}, err)
	}
	return o.to("/people/desks", "desk")
}

func (o *office) changeDesk() error {
	old, err := o.theDesk()
	if err != nil {
		return err
	}
	k, err := o.typedDesk(old)
	if err == nil {
		err = o.People.ChangeDesk(o.r.Context(), o.person, k)
	}
	if err != nil {
		return o.showDesk(old, err)
	}
	return o.to("/people/desks", "desk")
}

// Members.

type memberRow struct {
	Full, Short            template.HTML
	Others                 []template.HTML
	ID, Kind, Domain, Zone string
	Languages              []string
	Href                   string
}

type membersPage struct {
	staffPage
	Rows []memberRow
}

// memberList is the owner's; an administrator changes her own member's names on its page.
func (o *office) memberList() error {
	if !o.person.Owner {
		return errNoPage
	}
	d := membersPage{staffPage: o.staffPage(o.text("staff.members"), "members")}
	for _, id := range sortedMembers(o.members) {
		m, v := o.members[id], o.member(id)
		w := memberRow{Full: in(v.FullLang, v.Full), Short: in(v.ShortLang, v.Short), ID: string(id), Kind: o.kindWord(m.Kind), Domain: m.Domain, Zone: clean(m.Zone), Href: memberPath(id)}
		for _, t := range nameTags(m.Names) {
			if m.Names[t] != "" {
				w.Languages = append(w.Languages, string(t))
			}
		}
		d.Rows = append(d.Rows, w)
	}
	return o.render(http.StatusOK, "staffmembers", d)
}

func memberPath(id wire.MemberID) string { return "/people/members/" + url.PathEscape(string(id)) }

func (o *office) kindWord(k wire.MemberKind) string {
	for _, x := range memberKinds {
		if x.kind == k {
			return o.text(x.words)
		}
	}
	return clean(string(k))
}

type memberForm struct {
	staffPage
	Action, Button              string
	New                         bool
	ID, Kind, Domain, Zone      string
	Kinds                       []option
	Names, Short                []nameField
	MoreNames, MoreShort        []nameField
	OpenMore                    bool
	OtherTag, OtherName, OtherS string
}

func (o *office) newMember() error {
	if !o.person.Owner {
		return errNoPage
	}
	return o.showMember(wire.Member{Zone: o.zone.String()}, true, nil)
}

func (o *office) theMember() (wire.Member, error) {
	id := wire.MemberID(o.r.PathValue("id"))
	m, ok := o.members[id]
	if !ok || !o.person.Administers(id) {
		return m, errNoPage
	}
	o.of = id
	return m, nil
}

func (o *office) memberPage() error {
	m, err := o.theMember()
	if err != nil {
		return err
	}
	return o.showMember(m, false, nil)
}

func (o *office) showMember(m wire.Member, fresh bool, problem error) error {
	title := o.text("staff.member.new")
	d := memberForm{New: fresh, Action: "/people/members", Button: o.text("staff.member.new"), ID: string(m.ID), Kind: o.kindWord(m.Kind), Domain: m.Domain, Zone: clean(m.Zone)}
	if !fresh {
		title, d.Action, d.Button = o.member(m.ID).Full, memberPath(m.ID), o.text("staff.save")
	}
	d.staffPage = o.staffPage(title, "members")
	status, err := d.blame(problem, o.namesProblem)
	if err != nil {
		return err
	}
	for field, value := range map[string]*string{"id": &d.ID, "domain": &d.Domain, "zone": &d.Zone, "other": &d.OtherTag, "other.name": &d.OtherName, "other.short": &d.OtherS} {
		if o.r.PostForm.Has(field) {
			*value = o.typed(field)
		}
	}
	for _, k := range memberKinds {
		d.Kinds = append(d.Kinds, option{Value: string(k.kind), Label: o.text(k.words), Selected: o.r.PostForm.Get("kind") == string(k.kind)})
	}
	own, more := ownFirst(interfaceLanguages, o.ui), nameTags(m.Names)[len(interfaceLanguages):]
	for t := range m.Short {
		if !slices.Contains(own, t) && !slices.Contains(more, t) {
			more = append(more, t)
		}
	}
	d.Names, d.Short = o.nameFields("names", own, m.Names, 200, d.staffPage), o.nameFields("short", own, m.Short, 18, d.staffPage)
	d.MoreNames, d.MoreShort = o.nameFields("names", more, m.Names, 200, d.staffPage), o.nameFields("short", more, m.Short, 18, d.staffPage)
	for i := range more {
		d.OpenMore = d.OpenMore || d.MoreNames[i].Value != "" || d.MoreShort[i].Value != ""
	}
	d.OpenMore = d.OpenMore || d.OtherTag != "" || d.At == "other"
	return o.render(status, "staffmember", d)
}

// typedMember reads the names and the time zone of the form over the member that is there.
func (o *office) typedMember(m wire.Member) (wire.Member, error) {
	tags := nameTags(m.Names)
	for t := range m.Short {
		if !slices.Contains(tags, t) {
			tags = append(tags, t)
		}
	}
	m.Names, m.Short = o.typedNames("names", tags, m.Names), o.typedNames("short", tags, m.Short)
	m.Zone = o.typed("zone")
	name, short := o.typed("other.name"), o.typed("other.short")
	if code := o.typed("other"); code != "" || name != "" || short != "" {
		t, err := lang.Parse(code)
		if err != nil || t == lang.Und {
			return m, fault.Field("other", "%.40q is not a language tag.", code)
		}
		if name != "" {
			m.Names[t] = name
		}
		if short != "" {
			m.Short[t] = short
		}
	}
	return m, nil
}

func (o *office) createMember() error {
	if !o.person.Owner {
		return errNoPage
	}
	m, err := o.typedMember(wire.Member{})
	m.ID, m.Kind, m.Domain = wire.MemberID(o.typed("id")), wire.MemberKind(o.typed("kind")), strings.ToLower(o.typed("domain"))
	if err == nil {
		err = m.Validate()
	}
	if err == nil {
		_, err = o.once(func() error { return o.People.AddMember(o.r.Context(), o.person, m) })
	}
	if err != nil {
		return o.showMember(wire.Member{}, true, err)
	}
	o.of = m.ID
	return o.to("/people/desks", "member")
}

func (o *office) changeMember() error {
	old, err := o.theMember()
	if err != nil {
		return err
	}
	m, err := o.typedMember(old)
	if err == nil {
		err = o.People.ChangeMember(o.r.Context(), o.person, m)
	}
	if err != nil {
		return o.showMember(old, false, err)
	}
	return o.to(memberPath(m.ID), "saved")
}
