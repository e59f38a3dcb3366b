package web

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/desk"
	"jarchi.dev/jarchi/internal/house"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/wire"
)

// The audit list: who did what, in sentences of the reader's language.

// auditWords are the actions in words, in the order of the filter. An action without words is shown as it is noted.
var auditWords = []struct{ action, key string }{
	{people.SignedIn, "staff.did.signedin"}, {people.SignInFailed, "staff.did.failed"}, {people.SignedOut, "staff.did.signedout"}, {people.SessionEnded, "staff.did.session"},
	{people.Invited, "staff.did.invited"}, {people.InviteEnded, "staff.did.inviteended"}, {people.Accepted, "staff.did.accepted"},
	{people.RoleGiven, "staff.did.given"}, {people.RoleTaken, "staff.did.taken"}, {people.UserDisabled, "staff.did.disabled"}, {people.UserEnabled, "staff.did.enabled"},
	{people.NameSet, "staff.did.name"}, {people.PasswordSet, "staff.did.password"}, {people.TokenMade, "staff.did.token"}, {people.TokenRevoked, "staff.did.revoked"}, {people.TokenRotated, "tokens.rotated"}, {people.TokenLimited, "tokens.limited"},
	{people.DeskMade, "staff.did.desk"}, {people.DeskChanged, "staff.did.deskchanged"}, {people.MemberMade, "staff.did.member"}, {people.MemberChanged, "staff.did.memberchanged"},
	{desk.DraftBegun, "staff.did.begun"}, {desk.DraftRevises, "staff.did.revises"}, {desk.DraftAsked, "staff.did.asked"}, {desk.DraftApproved, "staff.did.approved"},
	{desk.DraftReturned, "staff.did.returned"}, {desk.DraftScheduled, "staff.did.scheduled"}, {desk.DraftUnscheduled, "staff.did.unscheduled"}, {desk.DraftFailed, "staff.did.notsent"},
	{desk.DraftSent, "staff.did.sent"}, {desk.DraftDiscarded, "staff.did.discarded"}, {desk.Withdrawn, "staff.did.withdrawn"}, {desk.Erased, "staff.did.erased"}, {desk.Confirmed, "staff.did.confirmed"}, {desk.DraftEdited, "staff.did.edited"}, {desk.DraftEmbargoed, "staff.did.embargoed"},
	{people.EmbargoOpened, "staff.did.opened"},
	{people.LanguageCorrected, "staff.did.language"},
	{people.DeliveryAdded, "deliveries.audit.added"}, {people.DeliveryChanged, "deliveries.audit.changed"}, {people.DeliveryPaused, "deliveries.audit.paused"}, {people.DeliveryResumed, "deliveries.audit.resumed"},
	{people.DeliveryRotated, "deliveries.audit.rotated"}, {people.DeliveryRetried, "deliveries.audit.retried"}, {people.DeliveryReplayed, "deliveries.audit.replayed"}, {people.DeliveryRemoved, "deliveries.audit.removed"},
	{people.StoryJoined, "stories.audit.joined"}, {people.StoryParted, "stories.audit.parted"}, {people.StoryUndone, "stories.audit.undone"},
	{people.SourceAdded, "sources.did.added"}, {people.SourceChanged, "sources.did.changed"}, {people.SourcePaused, "sources.did.paused"}, {people.SourceResumed, "sources.did.resumed"}, {people.SourceRemoved, "sources.did.removed"},
	{people.QuarantineRetried, "sources.did.retried"}, {people.QuarantineMended, "sources.did.mended"}, {people.QuarantineDropped, "sources.did.dropped"},
	{house.JobRetried, "house.did.retried"}, {house.JobDropped, "house.did.dropped"}, {house.KeepingSet, "house.did.keeping"}, {house.KeepingEnded, "house.did.ended"},
}

func (o *office) actionWord(action string) (words string, ok bool) {
	for _, a := range auditWords {
		if a.action == action {
			return o.text(a.key), true
		}
	}
	return firstWords(action, 60), false
}

type auditRow struct {
	Time    template.HTML
	Who     template.HTML
	WhoHref string
	Word    string
	Known   bool // Word is of the reader's language
	Parts   []template.HTML
	Count   string // how often, if more than once
}

type auditPage struct {
	staffPage
	Who, WhoError string
	Day, DayError string
	Actions       []option
	Rows          []auditRow
	Filtered      bool
	First, Next   string
}

func (o *office) audit() error {
	f, q := o.r.Form, people.AuditFilter{Member: o.of, Limit: staffRows + 1}
	if o.whole {
		q.Member = ""
	}
	d := auditPage{staffPage: o.staffPage(o.text("staff.audit"), "audit"), Who: firstWords(f.Get("who"), 60), Day: firstWords(f.Get("day"), 10)}
	d.Choose = o.choices(true)
	args, bad := url.Values{}, false
	if o.whole {
		args.Set("member", "*")
	} else if o.of != o.person.Member {
		args.Set("member", string(o.of))
	}
	if d.Who != "" {
		args.Set("who", d.Who)
		us, err := o.People.Users(o.r.Context(), o.person, q.Member)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(us, func(u people.User) bool { return strings.EqualFold(u.Login, d.Who) })
		if i < 0 && o.person.Owner { // an owner of another member acts here too
			if us, err = o.People.Users(o.r.Context(), o.person, ""); err != nil {
				return err
			}
			i = slices.IndexFunc(us, func(u people.User) bool { return strings.EqualFold(u.Login, d.Who) })
		}
		if i < 0 {
			d.WhoError, bad = o.text("staff.audit.nologin"), true
		} else {
			q.Person = us[i].ID
		}
	}
	if q.Action = firstWords(f.Get("action"), 60); q.Action != "" {
		args.Set("action", q.Action)
	}
	d.Actions = append(d.Actions, option{Label: o.text("filter.any")})
	for _, a := range auditWords {
		d.Actions = append(d.Actions, option{Value: a.action, Label: o.text(a.key), Selected: a.action == q.Action})
	}
	if d.Day != "" {
		args.Set("day", d.Day)
		day, err := time.ParseInLocation("2006-01-02", d.Day, o.zone)
		if err != nil {
			d.DayError, bad = o.text("staff.audit.noday"), true
		}
		q.Since, q.Before = day, day.AddDate(0, 0, 1)
	}
	d.Filtered = d.Who != "" || q.Action != "" || d.Day != ""
	if from := f.Get("from"); from != "" {
		at, id, _ := strings.Cut(from, "-")
		if n, err := strconv.ParseInt(at, 10, 64); err == nil && len(id) < 300 {
			q.Before, q.BeforeID = time.UnixMicro(n).UTC(), id
			d.First = "/people/audit"
			if len(args) > 0 {
				d.First += "?" + args.Encode()
			}
		}
	}
	status := http.StatusOK
	if bad {
		status = http.StatusUnprocessableEntity
	} else if err := o.auditRows(&d, q, args); err != nil {
		return err
	}
	return o.render(status, "staffaudit", d)
}

// auditRows puts a page of entries into d.
func (o *office) auditRows(d *auditPage, q people.AuditFilter, args url.Values) error {
	es, err := o.People.Audit(o.r.Context(), o.person, q)
	if err != nil {
		return err
	}
	if len(es) > staffRows {
		es = es[:staffRows]
		last := es[staffRows-1]
		args.Set("from", strconv.FormatInt(last.At.UnixMicro(), 10)+"-"+last.ID)
		d.Next = "/people/audit?" + args.Encode()
		args.Del("from")
	}
	desks, err := o.People.Desks(o.r.Context(), q.Member)
	if err != nil {
		return err
	}
	for _, e := range es {
		d.Rows = append(d.Rows, o.auditRow(e, desks, args))
	}
	return nil
}

func (o *office) auditRow(e people.Entry, desks []people.Desk, args url.Values) auditRow {
	w := auditRow{Time: o.timeHTML(e.At, nil)}
	w.Word, w.Known = o.actionWord(e.Action)
	token, byToken := e.Actor.Token()
	if e.Count > 1 {
		w.Count = number(o.ui, int64(e.Count))
	}
	switch {
	case byToken:
		w.Who = o.tokenHTML(e.Member, token)
	case e.Actor != "":
		w.Who = o.userHTML(e.Actor)
		if u, ok := o.known[e.Actor]; ok && (o.person.Owner || u.Member == o.of) {
			a := url.Values{}
			for k := range args {
				a.Set(k, args.Get(k))
			}
			a.Set("who", u.Login)
			w.WhoHref = "/people/audit?" + a.Encode()
		}
	case e.Action == people.SignInFailed:
	case slices.Contains(people.Actions, e.Action):
		w.Who = rich(o.text("people.by.operator"))
	default:
		w.Who = rich(o.text("staff.audit.itself"))
	}
	w.Parts = o.auditParts(e, desks)
	if o.whole && e.Member != "" {
		m := o.member(e.Member)
		w.Parts = append(w.Parts, in(m.ShortLang, m.Short))
	}
	return w
}

// tokenHTML names a token of a member, and whose it is: a program has no name of its own.
func (o *office) tokenHTML(m wire.MemberID, id string) template.HTML {
	if _, ok := o.keys[m]; !ok {
		ks, err := o.People.Tokens(o.r.Context(), o.person, m)
		if err != nil {
			ks = nil // its id still names it
		}
		if o.keys == nil {
			o.keys = map[wire.MemberID][]people.Token{}
		}
		o.keys[m] = ks
	}
	label := ltr(firstWords(id, 40))
	if i := slices.IndexFunc(o.keys[m], func(k people.Token) bool { return k.ID == id }); i >= 0 {
		label = in("", o.keys[m][i].Label)
	}
	of := o.member(m)
	return joinHTML([]template.HTML{rich(o.text("staff.audit.token")), label, in(of.ShortLang, of.Short)})
}

// auditParts are what an action was done to, and how.
func (o *office) auditParts(e people.Entry, desks []people.Desk) (out []template.HTML) {
	deskOf := func(id string) bool {
		i := slices.IndexFunc(desks, func(d people.Desk) bool { return string(d.ID) == id })
		if i >= 0 {
			out = append(out, o.deskHTML(desks[i]))
		}
		return i >= 0
	}
	roles := func(s string) {
		for r := range strings.SplitSeq(s, ", ") {
			if key, ok := roleWords[people.Role(r)]; ok {
				out = append(out, rich(o.text(key)))
			} else if r != "" {
				out = append(out, in("", firstWords(r, 80)))
			}
		}
	}
	whom := func() {
		if e.Object != "" && e.Object != string(e.Actor) {
			out = append(out, o.userHTML(people.UserID(e.Object)))
		}
	}
	detail := func(s string) {
		if s != "" {
			out = append(out, in("", firstWords(s, 160)))
		}
	}
	switch e.Action {
	case people.RoleGiven, people.RoleTaken:
		role, at, _ := strings.Cut(e.Detail, " · ")
		whom()
		roles(role)
		if i := slices.IndexFunc(desks, func(d people.Desk) bool { return d.Name() == at }); i >= 0 { // it is called so still: in the reader's language
			out = append(out, o.deskHTML(desks[i]))
		} else {
			detail(at)
		}
	case people.Invited:
		if e.Detail == string(people.ReturnLink) {
			out = append(out, rich(o.text("staff.invite.return")))
			whom()
		} else {
			roles(e.Detail)
			deskOf(e.Object)
		}
	case people.Accepted:
		switch people.InvitationKind(e.Detail) {
		case people.JoinLink:
			out = append(out, rich(o.text("staff.invite.join")))
		case people.ReturnLink:
			out = append(out, rich(o.text("staff.invite.return")))
		case people.OwnerLink:
			out = append(out, rich(o.text("staff.owner")))
		}
	case people.UserDisabled, people.UserEnabled, people.SignInFailed:
		whom()
	case people.NameSet:
		old, new, _ := strings.Cut(e.Detail, " → ")
		detail(old)
		detail(new)
	case people.SignedIn, people.SignedOut, people.DeskMade, people.DeskChanged, people.SourceAdded, people.SourceChanged, people.SourcePaused, people.SourceResumed, people.SourceRemoved,
		people.QuarantineRetried, people.QuarantineMended, people.QuarantineDropped:
		detail(e.Detail)
	case people.TokenMade, people.TokenRevoked, people.TokenRotated, people.TokenLimited, people.MemberMade, people.MemberChanged:
		detail(e.Detail)
		out = append(out, ltr(firstWords(e.Object, 60)))
	case people.LanguageCorrected:
		old, new, _ := strings.Cut(e.Detail, " → ")
		for _, s := range []string{old, new} {
			if t, err := lang.Parse(s); err == nil {
				out = append(out, in(t, t.Autonym()))
			}
		}
		out = append(out, template.HTML(`<a href="/captures/`+template.HTMLEscapeString(url.PathEscape(e.Object))+`">`+template.HTMLEscapeString(o.text("state.outside"))+`</a>`))
	case people.StoryJoined, people.StoryParted, people.StoryUndone:
		for _, id := range []string{e.Object, e.Detail} { // their pages decide who may read them
			place, word := "/releases/", "staff.audit.release"
			if strings.Contains(id, "-") {
				place, word = "/captures/", "state.outside"
			}
			out = append(out, template.HTML(`<a href="`+place+template.HTMLEscapeString(url.PathEscape(id))+`">`+template.HTMLEscapeString(o.text(word))+`</a>`))
		}
	case people.DeliveryAdded, people.DeliveryChanged, people.DeliveryPaused, people.DeliveryResumed, people.DeliveryRotated, people.DeliveryRetried, people.DeliveryReplayed, people.DeliveryRemoved:
		detail(e.Detail)
		out = append(out, ltr(firstWords(e.Object, 60)))
	case people.InviteEnded, people.PasswordSet, people.SessionEnded:
	case desk.DraftSent, desk.Withdrawn, desk.Erased, desk.Confirmed, people.EmbargoOpened:
		deskOf(e.Detail)
		if e.Object != "" { // the page of the release decides who may read it
			out = append(out, template.HTML(`<a href="/releases/`+template.HTMLEscapeString(url.PathEscape(e.Object))+`">`+template.HTMLEscapeString(o.text("staff.audit.release"))+`</a>`))
		}
	default:
		if !deskOf(e.Detail) {
			detail(e.Detail)
			if slices.Contains(desk.Actions, e.Action) {
				return out
			}
			if e.Object != "" {
				out = append(out, ltr(firstWords(e.Object, 60)))
			}
		}
	}
	return out
}
