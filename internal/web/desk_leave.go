package web

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/compare"
	"jarchi.dev/jarchi/internal/desk"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/wire"
)

type previewPage struct {
	page
	ID   desk.DraftID
	Lang lang.Tag
	Item *itemView
}

// previewDraft shows a draft by the readers' own template.
func (q *request) previewDraft() error {
	d, err := q.draft()
	if err != nil {
		return err
	}
	r, err := q.Desk.Preview(q.r.Context(), q.person, d.ID)
	if err != nil {
		return err
	}
	if r == nil || len(r.Issuers) == 0 {
		return fault.E(fault.NotFound, "There is nothing to preview yet.")
	}
	i := best(r, q.reading)
	for n := range r.Items {
		if r.Items[n].Language == lang.Tag(q.r.URL.Query().Get("lang")) {
			i = n
		}
	}
	v := q.releaseView(browse.Entry{Release: r, Item: i, Level: access.All}, i, "desk/drafts/"+string(d.ID)+"/preview")
	v.Formats, v.Proof, v.Versions, v.Earlier, v.Take, v.Actions, v.URI = nil, nil, nil, nil, nil, nil, ""
	v.Bars = slices.DeleteFunc(v.Bars, func(b bar) bool { return b.Class == "pending" || b.Class == "official" })
	v.Bars = append([]bar{{Class: "stale", Icon: "pending", Text: template.HTML(template.HTMLEscapeString(q.text("desk.preview.bar")))}}, v.Bars...)
	if r.EmbargoedUntil.After(q.Now()) {
		v.Bars = append(v.Bars, bar{Class: "embargo", Icon: "embargo", Text: q.html("bar.embargo", "Time", q.timeHTML(r.EmbargoedUntil, q.member(r.Lead()).Zone))})
	}
	// What leads to an item of the wire leads to the language here.
	here := func(to *string) {
		rest, ok := strings.CutPrefix(*to, "/items/")
		id, place, _ := strings.Cut(rest, "#")
		it := r.Item(wire.ItemID(id))
		switch {
		case !ok:
		case it == nil:
			*to = ""
		default:
			*to = "?" + url.Values{"lang": {string(it.Language)}}.Encode()
			if place != "" {
				*to += "#" + place
			}
		}
	}
	for _, tabs := range [][]tab{v.Tabs, v.MoreTabs} {
		for n := range tabs {
			here(&tabs[n].Href)
		}
	}
	for n := range v.Bars {
		here(&v.Bars[n].Link)
	}
	for n := range v.Differs {
		here(&v.Differs[n].HereHref)
		here(&v.Differs[n].ThereHref)
	}
	here(&v.Prev)
	here(&v.Next)
	here(&v.Original)
	v.AllHref = ""
	for _, files := range [][]fileView{v.Pictures, v.Files} {
		for n := range files {
			files[n].Href = draftPath(d.ID) + "/files/" + files[n].Href[strings.LastIndexByte(files[n].Href, '/')+1:]
		}
	}
	p := previewPage{page: q.newPage(q.text("desk.preview"), "desk"), ID: d.ID, Lang: v.Lang, Item: v}
	p.PrintState = rich(q.text("desk.preview.bar"))
	return q.render(http.StatusOK, "draftpreview", p)
}

type approvalView struct {
	Name string
	Time twoTimes
}

// reviewText is one language as it will leave, for an update or correction beside what readers have now.
type reviewText struct {
	Lang             lang.Tag
	Name, Dir, Words string
	Unchanged        bool
	Before, Now      template.HTML
	Headline, Sub    template.HTML
	Byline, Dateline string
	Body             []template.HTML
	Facts            []fact
	Doubts           []doubtView
}

type reviewPage struct {
	page
	ID                             desk.DraftID
	Revision                       int
	Heading, Class, State, Writers string
	Notice, Failed, Count, Waits   string
	Problems                       []problemView
	Happens                        []fact
	Needed                         int
	Approvals                      []approvalView
	Own, Returns                   bool
	NoteError, NoteText            string
	Buttons                        []option
	Texts                          []reviewText
	Note                           *noteView
}

func (q *request) reviewDraft() error {
	return q.unsent(func(d *desk.Draft) error { return q.showReview(http.StatusOK, d, "") })
}

func (q *request) showReview(status int, d *desk.Draft, noteError string) error {
	p := reviewPage{page: q.newPage(q.text("desk.review"), "desk"), ID: d.ID, Revision: d.Revision, Heading: q.text(headings[d.Kind]), Class: "pending", State: q.draftState(d),
		Writers: q.writers(d), Notice: q.notice(), Failed: q.failed(d), Needed: d.Needed, NoteError: noteError, NoteText: lines(q.r.PostForm.Get("note"))}
	p.Self, p.PrintState = draftPath(d.ID)+"/review", rich(p.State)
	p.Scripts = append(p.Scripts, "js/desk.js")
	if d.Note != "" && d.State == desk.Writing {
		p.Note = &noteView{By: clean(d.NotedBy), Text: clean(d.Note)}
	}
	if d.Needed > 0 {
		p.Count = q.count(d)
	}
	p.Problems = q.problems(d, nil)
	lacks := q.Desk.Problems(d)
	zone := q.member(d.Member).Zone
	for _, a := range d.Approvals {
		p.Approvals = append(p.Approvals, approvalView{Name: clean(a.Name), Time: q.times(a.At, zone)})
	}
	before, err := q.draftBase(d)
	if err != nil {
		return err
	}
	p.Happens = q.happens(d, before)
	editor, wrote := q.person.May(d.Desk, access.Publish), slices.Contains(d.Writers, q.person.ID)
	agreed := slices.ContainsFunc(d.Approvals, func(a desk.Approval) bool { return a.By == q.person.ID })
	enough := d.State == desk.Approved || d.Needed == 0
	button := func(do, key string) {
		p.Buttons = append(p.Buttons, option{Value: do, Label: q.text(key), Selected: len(p.Buttons) == 0})
	}
	switch {
	case d.State == desk.Scheduled:
		if editor {
			button("unschedule", "desk.unschedule")
		}
	case len(blocking(lacks)) > 0:
	case editor && enough:
		if !d.Settings.PublishAt.IsZero() && len(lacks) == 0 {
			button("schedule", "desk.do.schedule")
		}
		button("send", "desk.send")
	case d.State == desk.Waiting && editor && !wrote && !agreed:
		button("approve", "desk.approve")
	case d.State == desk.Writing && q.person.May(d.Desk, access.DraftScope):
		button("ask", "desk.ask")
	case d.State == desk.Waiting:
		p.Waits = q.text("desk.waits")
	}
	p.Own = editor && wrote && d.State == desk.Waiting && d.Needed > 0
	p.Returns = editor && (d.State == desk.Waiting || d.State == desk.Approved)
	for i := range d.Parts {
		p.Texts = append(p.Texts, q.reviewText(d, &d.Parts[i], before))
	}
	return q.render(status, "review", p)
}

// draftBase is the release that an update or correction changes; nil for a new one.
func (q *request) draftBase(d *desk.Draft) (*wire.Release, error) {
	if d.Kind == desk.New || d.Release == "" {
		return nil, nil
	}
	e, err := q.Reader.Release(q.r.Context(), q.viewer, d.Release)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return nil, err
	}
	return e.Release, nil
}

// happens says in words what pressing the button will do: to whom, when, in which languages.
func (q *request) happens(d *desk.Draft, before *wire.Release) []fact {
	word := func(key string) template.HTML { return template.HTML(template.HTMLEscapeString(q.text(key))) }
	zone := q.member(d.Member).Zone
	audience, embargo := d.Settings.Audience, d.Settings.EmbargoedUntil
	if before != nil {
		audience, embargo = before.Audience, before.EmbargoedUntil
	}
	to := word("audience." + string(oneOf(string(audience.Class), string(wire.Public), string(wire.Public), string(wire.Members), string(wire.Partners))))
	if len(audience.Partners) > 0 {
		var names []template.HTML
		for _, id := range audience.Partners {
			m := q.member(id)
			names = append(names, in(m.FullLang, m.Full))
		}
		to += ": " + joinHTML(names)
	}
	out := []fact{{q.text("desk.to"), to}}
	when := word("desk.atonce")
	if !d.Settings.PublishAt.IsZero() {
		when = q.timeHTML(d.Settings.PublishAt, zone)
	}
	out = append(out, fact{q.text("desk.when"), when})
	if embargo.After(q.Now()) {
		out = append(out, fact{q.text("state.embargo"), q.timeHTML(embargo, zone) + " · " + word("desk.embargo.means")})
	}
	if len(d.Settings.Issuers) > 1 {
		var names []template.HTML
		for _, id := range d.Settings.Issuers {
			m := q.member(id)
			names = append(names, in(m.FullLang, m.Full))
		}
		out = append(out, fact{q.text("desk.by"), joinHTML(names)})
	}
	var langs []template.HTML
	for i := range d.Parts {
		p := &d.Parts[i]
		s := in(p.Language, p.Language.Autonym())
		if w, whole := q.partWord(p); !whole {
			s += " (" + template.HTML(template.HTMLEscapeString(w)) + ")"
		}
		langs = append(langs, s)
	}
	if len(langs) > 0 {
		out = append(out, fact{q.text("item.languages"), joinHTML(langs)})
	}
	if n := d.Settings.Urgency; n > 0 && n < len(urgencies) {
		s := template.HTML(template.HTMLEscapeString(number(q.ui, int64(n))))
		if urgencies[n] != "" {
			s += " · " + word(urgencies[n])
		}
		out = append(out, fact{q.text("item.urgency"), s})
	}
	if d.Kind == desk.Correct {
		out = append(out, fact{q.text("desk.reason"), in("", d.Settings.Reason)})
	}
	return out
}

// compared marks in both texts the words that the other has not, each in its own element.
func compared(t lang.Tag, old, now, gone, come string) (was, is template.HTML) {
	var a, b strings.Builder
	for _, s := range compare.Words(t, old, now) {
		text := template.HTMLEscapeString(cleanLines(s.Text))
		switch s.Kind {
		case compare.Deleted:
			a.WriteString("<" + gone + ">" + text + "</" + gone + ">")
		case compare.Inserted:
			b.WriteString("<" + come + ">" + text + "</" + come + ">")
		default:
			a.WriteString(text)
			b.WriteString(text)
		}
	}
	return template.HTML(a.String()), template.HTML(b.String())
}

var wordKeys = map[wire.Translation]string{wire.Original: "desk.words.original", wire.OfficialText: "desk.words.official", wire.Human: "desk.words.human",
	wire.MachineEdited: "desk.words.edited", wire.Machine: "desk.words.machine"}

func (q *request) reviewText(d *desk.Draft, p *desk.Part, before *wire.Release) reviewText {
	t := reviewText{Lang: p.Language, Name: p.Language.Autonym(), Dir: dirOf(p.Language), Words: q.text(wordKeys[p.Translation])}
	t.Doubts = doubts(q, p.Language, p.Headline, strings.Split(p.Body, "\n\n"), nil)
	var it *wire.Item
	if before != nil && p.Item != "" {
		it = before.Item(p.Item)
	}
	if it != nil && it.Current() != nil {
		c := it.Current().Content
		old := inOne(c.Headline, c.Subheadline, strings.Join(c.Body, "\n\n"))
		now := inOne(p.Headline, p.Subheadline, strings.TrimSpace(p.Body))
		if old == now {
			t.Unchanged = true
		} else {
			t.Before, t.Now = compared(p.Language, old, now, "del", "ins")
		}
	}
	if t.Before == "" {
		t.Headline, t.Sub, t.Byline, t.Dateline = rich(p.Headline), rich(p.Subheadline), clean(p.Byline), clean(p.Dateline)
		for x := range strings.SplitSeq(p.Body, "\n\n") {
			if strings.TrimSpace(x) != "" {
				t.Body = append(t.Body, rich(x))
			}
		}
	}
	add := func(key, v string) {
		if v = clean(v); v != "" {
			t.Facts = append(t.Facts, fact{q.text(key), in(p.Language, v)})
		}
	}
	add("item.note", p.EdNote)
	add("item.credit", p.Rights.Credit)
	add("item.ai", p.AI.Note)
	add("item.keywords", strings.Join(p.Keywords, " · "))
	var subjects []template.HTML
	for _, code := range p.Subjects {
		if q.SubjectName != nil {
			subjects = append(subjects, in("", q.SubjectName(code, q.ui)))
		}
	}
	if len(subjects) > 0 {
		t.Facts = append(t.Facts, fact{q.text("item.subjects"), joinHTML(subjects)})
	}
	if n := len(p.Attachments); n > 0 {
		t.Facts = append(t.Facts, fact{q.text("item.files"), template.HTML(template.HTMLEscapeString(number(q.ui, int64(n))))})
	}
	return t
}

// doDraft does one step of a draft's way out.
func (q *request) doDraft() error {
	d, err := q.draft()
	if err != nil {
		return err
	}
	if err := q.r.ParseForm(); err != nil {
		return fault.E(fault.Invalid, "The form could not be read.").Because(err)
	}
	ctx, f := q.r.Context(), q.r.PostForm
	self := draftPath(d.ID)
	at := revision(f.Get("revision")) // what she saw is what she agrees to
	to := self + "/review"
	switch f.Get("do") {
	case "ask":
		_, err = q.Desk.Ask(ctx, q.person, d.ID, at)
		to += "?did=asked"
	case "approve":
		_, err = q.Desk.Approve(ctx, q.person, d.ID, at)
		to += "?did=approved"
	case "return":
		note := lines(f.Get("note"))
		if strings.TrimSpace(note) == "" {
			return q.showReview(http.StatusUnprocessableEntity, d, q.text("desk.return.empty"))
		}
		if len([]rune(note)) > wire.MaxReason {
			return q.showReview(http.StatusUnprocessableEntity, d, q.tooLong(wire.MaxReason))
		}
		_, err = q.Desk.Return(ctx, q.person, d.ID, d.Revision, note)
		to = "/desk?did=returned"
	case "schedule":
		_, err = q.Desk.Schedule(ctx, q.person, d.ID, at)
		to += "?did=scheduled"
	case "unschedule":
		_, err = q.Desk.Unschedule(ctx, q.person, d.ID, at)
		to += "?did=unscheduled"
	case "send":
		var r *wire.Release
		if r, err = q.Desk.Send(ctx, q.person, d.ID, at); err == nil && r != nil {
			to = "/releases/" + string(r.ID)
		}
	default:
		return fault.Field("do", "This form has no such button.")
	}
	if k := fault.KindOf(err); err != nil && (k == fault.Conflict || k == fault.Invalid) {
		// It changed since the page was made, or lacks something: she sees the present state before she decides again.
		now, again := q.draft()
		if again != nil {
			return again
		}
		if now.State == desk.Sent {
			return q.seeOther("/releases/" + url.PathEscape(string(now.Release)))
		}
		if now.Revision != at {
			to = self + "/review?did=changed"
		} else {
			return err
		}
	} else if err != nil {
		return err
	}
	return q.seeOther(to)
}

// reviseRelease begins an update or a correction of what was released.
func (q *request) reviseRelease() error {
	r, err := q.ownRelease()
	if err != nil {
		return err
	}
	if err := q.r.ParseForm(); err != nil {
		return fault.E(fault.Invalid, "The form could not be read.").Because(err)
	}
	kind := desk.Kind(q.r.PostForm.Get("kind"))
	if kind != desk.Update && kind != desk.Correct {
		return fault.Field("kind", "A release is updated or corrected.")
	}
	at := q.deskFor(access.Publish)
	if at == "" {
		at = q.deskFor(access.DraftScope)
	}
	d, err := q.Desk.Revise(q.r.Context(), q.person, at, kind, r.ID)
	if err != nil {
		return err
	}
	return q.seeOther(draftPath(d.ID))
}

// ownRelease reads the release that the address names, if her member leads it.
func (q *request) ownRelease() (*wire.Release, error) {
	id, err := wire.ParseReleaseID(q.r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	e, err := q.Reader.Release(q.r.Context(), q.viewer, id)
	if err != nil {
		return nil, err
	}
	if e.Release == nil || len(e.Release.Issuers) == 0 || e.Release.Lead() != q.person.Member {
		return nil, fault.E(fault.NotFound, "There is no such release of yours.")
	}
	return e.Release, nil
}

type withdrawView struct {
	page
	ID            wire.ReleaseID
	Lang          lang.Tag
	Dir           string
	Headline      template.HTML
	Reason, Error string
}

func (q *request) withdrawPage() error {
	r, err := q.ownRelease()
	if err != nil {
		return err
	}
	if q.deskFor(access.Withdraw) == "" {
		return fault.E(fault.NotAllowed, "Only an editor withdraws a release. An administrator of your member can give you this role.")
	}
	return q.showWithdraw(http.StatusOK, r, "", "")
}

func (q *request) showWithdraw(status int, r *wire.Release, reason, problem string) error {
	if r.State == wire.Withdrawn || r.State == wire.Erased {
		return q.seeOther("/releases/" + string(r.ID))
	}
	v := withdrawView{page: q.newPage(q.text("desk.withdraw.title"), "desk"), ID: r.ID, Reason: reason, Error: problem}
	v.Scripts = append(v.Scripts, "js/desk.js")
	v.Self = "/desk/releases/" + string(r.ID) + "/withdraw"
	if i := best(r, q.reading); i >= 0 && len(r.Items[i].Versions) > 0 {
		it := &r.Items[i]
		v.Lang, v.Dir, v.Headline = it.Language, dirOf(it.Language), rich(it.Current().Content.Headline)
	}
	return q.render(status, "withdraw", v)
}

func (q *request) withdrawRelease() error {
	r, err := q.ownRelease()
	if err != nil {
		return err
	}
	if err := q.r.ParseForm(); err != nil {
		return fault.E(fault.Invalid, "The form could not be read.").Because(err)
	}
	reason := oneLine(q.r.PostForm.Get("reason"))
	switch {
	case strings.TrimSpace(reason) == "":
		return q.showWithdraw(http.StatusUnprocessableEntity, r, reason, q.text("desk.lacks.reason"))
	case len([]rune(reason)) > wire.MaxReason:
		return q.showWithdraw(http.StatusUnprocessableEntity, r, reason, q.tooLong(wire.MaxReason))
	}
	if _, err := q.Desk.Withdraw(q.r.Context(), q.person, r.ID, reason); err != nil {
		return err
	}
	return q.seeOther("/releases/" + string(r.ID))
}
