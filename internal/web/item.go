package web

import (
	"bytes"
	"html/template"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/wire"
)

// bar is one line of the state bar.
type bar struct {
	Class, Icon    string
	Text           template.HTML
	Link, LinkText string
}

// tab is one language version of a release.
type tab struct {
	Lang             lang.Tag
	Name, Dir, State string
	Kind, Href       string
	Current          bool
}

// twoTimes is an instant in the reader's zone and in the member's.
type twoTimes struct {
	ISO, Reader, Member string // Member is "" when both clocks show the same
}

type fact struct {
	Label string
	Value template.HTML
}

type versionView struct {
	N            int
	Kind, Reason string
	Time         twoTimes
	Correction   bool
	Bytes        string        // address of the exact bytes
	Proof        string        // address of its proof file, of versions that are no longer the newest
	Then         template.HTML // what came after it: was corrected, was updated
	Changes      *changesView  // against the version before
}

// paragraph is one of a text, with a name by which it is found in the page.
type paragraph struct {
	ID   string
	Text template.HTML
}

type linkView struct {
	Name, Href, Type string
	Ours             bool // the name is a word of the interface
}

type chainLink struct {
	Relation, Source, Words string
}

type proofView struct {
	Log, File, Key, Command string
	Place                   string // of the entry in its log
	Hash, Short             string // of the exact bytes, whole and its first 12 figures
}

// itemView is a release in one language, or a capture, as page and pane show it.
type itemView struct {
	Path      string // as in /{Path}
	Release   string // its id
	Pane      bool   // beside the list, whose heading is the page's first
	Capture   bool
	Title     string // the headline for the window
	Bars      []bar
	Sticky    bool // the first bar stays visible while scrolling: a machine's words
	Members   []memberView
	Time      twoTimes
	TimeLabel string
	Urgency   string
	Dates     []fact // of a capture: the date on its page, and when it arrived
	Facts     []fact

	Lang       lang.Tag
	Dir        string
	Headline   template.HTML
	Ours       bool // the headline is a sentence of the interface
	NoHeadline bool
	Sub        template.HTML
	Dateline   string
	Byline     string
	FactsLine  template.HTML
	Body       []paragraph
	Machine    bool
	Note       string
	HeadID     string
	Tabs       []tab
	MoreTabs   []tab  // folded away
	Prev, Next string // the language versions before and behind, in the order of the tabs
	Original   string // the version whose words came first, if this is another

	Doubts  []doubtView   // what the headline says and the text does not bear
	Differs []differsView // figures and dates that another language has otherwise
	Printed print

	All     []*itemView // every language on one page, instead of this one alone
	AllHref string      // there
	OneHref string      // and back

	Pictures    []fileView
	Files       []fileView
	FilesMore   int
	Chain       []chainLink
	ChainFirst  bool
	Copies      *copiesView // who uses the words of whom
	Story       *storyView  // the event that others report too
	Credits     []string
	Removed     []string
	RemovedMore int
	RemovedAll  int
	Correct     *correctView // of a capture: its language, for editors
	Hidden      int

	Versions []versionView
	Earlier  []versionView // folded away
	Proof    *proofView
	Sealed   bool          // under embargo: in no log yet
	OpenedBy []openingView // before the embargo's end
	Take     *takeView
	Joint    []jointView // several issuers, and whose word each name stands on
	Actions  *deskActions
	Formats  []linkView
	Embed    string // for another site's page
	Raw      string
	URI      string
}

// shown bounds what one page shows of a list that came from outside.
const shown = 400

type itemPage struct {
	page
	Item *itemView
}

func (q *request) release() error {
	return q.showItem("releases/" + q.r.PathValue("id"))
}

func (q *request) item() error {
	id := q.r.PathValue("id")
	if strings.Contains(id, "-") { // the API's items are captures too; here each has its own place
		return q.seeOther("/captures/" + url.PathEscape(id))
	}
	return q.showItem("items/" + id)
}

func (q *request) capture() error {
	return q.showItem("captures/" + q.r.PathValue("id"))
}

func (q *request) showItem(path string) error {
	made := keptPage{asOf: q.asOf()}
	e, err := q.entryAt(path)
	if err != nil {
		return err
	}
	key := q.pageKey(path, e)
	if sent, err := q.sendKept(key); sent || err != nil {
		return err
	}
	v := q.view(e, path)
	p := q.newPage(v.Title, "wire")
	p.PrintState = v.printState()
	p.ListArgs = listArgs(q.r.URL.Query()).Encode()
	p.Scripts = append([]string{"js/item.js"}, q.deskScripts()...)
	page, err := q.made("item", itemPage{page: p, Item: v})
	if err != nil {
		return err
	}
	if key != "" {
		made.others, made.content = v.Copies != nil || v.Story != nil, zipped(piece{plain: page})
		q.keepPage(key, made)
	}
	return q.sendPage(http.StatusOK, page, made.content)
}

// opened is what stands at a path like releases/ID, items/ID or captures/ID, as a page shows it.
func (q *request) opened(path string) (*itemView, error) {
	e, err := q.entryAt(path)
	if err != nil {
		return nil, err
	}
	return q.view(e, path), nil
}

// entryAt reads what stands at a path. A reader who opens words under embargo is noted.
func (q *request) entryAt(path string) (e browse.Entry, err error) {
	place, id, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	switch place {
	case "releases":
		rid, err := wire.ParseReleaseID(id)
		if err != nil {
			return e, err
		}
		if e, err = q.Reader.Release(q.r.Context(), q.viewer, rid); err != nil {
			return e, err
		}
		if e.Release == nil || len(e.Release.Issuers) == 0 {
			return e, fault.E(fault.NotFound, "There is no such release.")
		}
		e.Item = -1
		return e, q.noteOpening(e)
	case "items":
		iid, err := wire.ParseItemID(id)
		if err != nil {
			return e, err
		}
		if e, err = q.Reader.Item(q.r.Context(), q.viewer, iid); err != nil {
			return e, err
		}
		if e.Release == nil || len(e.Release.Issuers) == 0 {
			return e, fault.E(fault.NotFound, "There is no such item.")
		}
		return e, q.noteOpening(e)
	case "captures":
		if id == "" || len(id) > 100 {
			return e, fault.E(fault.NotFound, "There is no such capture.")
		}
		if e, err = q.Reader.Capture(q.r.Context(), q.viewer, wire.CaptureID(id)); err != nil {
			return e, err
		}
		if e.Capture == nil {
			return e, fault.E(fault.NotFound, "There is no such capture.")
		}
		return e, nil
	}
	return e, fault.E(fault.NotFound, "There is nothing at this address.")
}

// view is an entry as a page shows it: of a release the item that was asked for, else the best for this reader.
func (q *request) view(e browse.Entry, path string) *itemView {
	if e.Capture != nil {
		return q.captureView(e, path)
	}
	i := e.Item
	if i < 0 || i >= len(e.Release.Items) {
		i = best(e.Release, q.reading)
	}
	return q.releaseView(e, i, path)
}

func (q *request) times(t time.Time, z *time.Location) twoTimes {
	w := twoTimes{ISO: t.UTC().Format(time.RFC3339), Reader: q.stamp(t)}
	if z != nil && offset(t.In(z)) != offset(t.In(q.zone)) {
		w.Member = stamp(q.ui, t.In(z))
		if sameDay(t.In(z), t.In(q.zone)) {
			w.Member = clock(q.ui, t.In(z)) + " " + offset(t.In(z))
		}
	}
	return w
}

// timeHTML is an instant inside a sentence.
func (q *request) timeHTML(t time.Time, z *time.Location) template.HTML {
	w := q.times(t, z)
	s := `<time datetime="` + w.ISO + `"><bdi>` + template.HTMLEscapeString(w.Reader) + `</bdi></time>`
	if w.Member != "" {
		s += ` (<bdi>` + template.HTMLEscapeString(w.Member) + `</bdi>)`
	}
	return template.HTML(s)
}

func (q *request) releaseView(e browse.Entry, i int, path string) *itemView {
	r := e.Release
	lead := q.member(r.Lead())
	v := &itemView{Path: path, Release: clean(string(r.ID))}
	for n, id := range r.Issuers {
		if n < wire.MaxIssuers {
			m := q.member(id)
			m.Full = clean(m.Full)
			m.Named = r.State == wire.Released && !r.Stands(id)
			v.Members = append(v.Members, m)
		}
	}
	var it *wire.Item
	if i >= 0 && i < len(r.Items) {
		it = &r.Items[i]
		v.Lang, v.Dir, v.URI = it.Language, dirOf(it.Language), clean(string(it.URI))
	}
	at, label := r.ReleasedAt, "item.released"
	if !r.OpenedAt.IsZero() && !r.OpenedAt.Equal(r.ReleasedAt) {
		at, label = r.OpenedAt, "item.opened"
	}
	if !at.IsZero() {
		v.Time, v.TimeLabel = q.times(at, lead.Zone), q.text(label)
	}
	if r.Urgency > 0 {
		v.Urgency = number(q.ui, int64(r.Urgency))
	}
	v.Facts = append(v.Facts, fact{q.text("item.audience"), template.HTML(template.HTMLEscapeString(q.text("audience." + string(r.Audience.Class))))})
	q.languages(v, r, it, lead.Official)

	ours := func(key string) {
		v.Title = q.text(key)
		v.Headline, v.Ours, v.Lang, v.Dir = template.HTML(template.HTMLEscapeString(v.Title)), true, q.ui, q.ui.Dir()
	}
	whole := e.Level != access.Header && it != nil && len(it.Versions) > 0
	switch {
	case r.State == wire.Withdrawn:
		ours("row.withdrawn")
	case r.State == wire.Erased:
		ours("row.erased")
	case !whole:
		ours("row.embargo")
	default:
		q.releaseText(v, r, i)
		v.FactsLine = q.factsLine(r)
		v.Differs = q.differs(r, i)
		if c := it.Current().Content; it.Type == wire.Text {
			v.Doubts = doubts(q, it.Language, c.Headline, c.Body, func(n int) string { return paragraphID(i, n) })
		}
		q.allLanguages(v, r, lead)
		e.Item = i
		q.copies(v, e)
		q.storyOf(v, e)
	}
	q.releaseBars(v, r, it, lead, whole)
	if it != nil && r.State != wire.Erased {
		q.releaseRecord(v, r, it, lead, whole)
	}
	q.printed(v, r, it, lead)
	if it != nil {
		v.Formats, v.Embed = q.formats(string(it.ID)), q.snippet(r, it)
		v.Take = q.taken(r, it)
	}
	if whole {
		v.OpenedBy = q.openedBy(r)
	}
	if whole {
		v.Joint = q.joint(r)
	}
	v.Actions = q.actions(r)
	return v
}

func (q *request) releaseText(v *itemView, r *wire.Release, i int) {
	it := &r.Items[i]
	c := it.Current().Content
	v.Title = firstWords(c.Headline, 200)
	if v.Headline = revealed(c.Headline); strings.TrimSpace(clean(c.Headline)) == "" {
		v.NoHeadline, v.Headline, v.Title = true, rich(firstOf(c.Body, 90)), firstOf(c.Body, 90)
	}
	v.Sub = revealed(c.Subheadline)
	v.Hidden = hiddenMarks(c.Headline, c.Subheadline) + hiddenMarks(c.Body...)
	v.Dateline, v.Byline, v.Note = clean(c.Dateline), clean(c.Byline), clean(c.EdNote)
	v.Body, v.HeadID = paragraphs(i, c.Body), paragraphID(i, 0)
	if len(c.Body) > 0 && strings.HasPrefix(clean(c.Body[0]), v.Dateline) {
		v.Dateline = ""
	}
	v.Machine = it.Translation.ByMachine()
	add := func(key, value string) {
		if value = clean(value); value != "" {
			v.Facts = append(v.Facts, fact{q.text(key), in(it.Language, value)})
		}
	}
	var subjects []template.HTML
	for _, code := range c.Subjects {
		if q.SubjectName == nil || len(subjects) == 20 {
			break
		}
		if name := q.SubjectName(code, q.ui); name != "" && !slices.Contains(subjects, in("", name)) { // two may share a broader one's name
			subjects = append(subjects, in("", name))
		}
	}
	if len(subjects) > 0 {
		v.Facts = append(v.Facts, fact{q.text("item.subjects"), joinHTML(subjects)})
	}
	var keywords []template.HTML
	for _, k := range c.Keywords {
		if k = clean(k); k != "" {
			keywords = append(keywords, in(it.Language, k))
		}
	}
	if len(keywords) > 0 {
		v.Facts = append(v.Facts, fact{q.text("item.keywords"), joinHTML(keywords)})
	}
	add("item.credit", c.Rights.Credit)
	add("item.rights", c.Rights.Holder)
	add("item.usage", c.Rights.UsageTerms)
	add("item.ai", c.AI.Note)
	q.files(v, it)
}

// joinHTML sets isolated parts beside each other.
func joinHTML(parts []template.HTML) (out template.HTML) {
	for i, p := range parts {
		if i > 0 {
			out += " · "
		}
		out += p
	}
	return out
}

// paragraphID is the name of a paragraph of a release's i-th item in its page; 0 is the headline.
func paragraphID(i, n int) string { return "t" + strconv.Itoa(i) + "p" + strconv.Itoa(n) }

func paragraphs(i int, body []string) (out []paragraph) {
	for n, p := range body {
		if h := revealed(p); strings.TrimSpace(string(h)) != "" {
			out = append(out, paragraph{paragraphID(i, n+1), h})
		}
	}
	return out
}

func mediaType(s string) string {
	if t, _, err := mime.ParseMediaType(s); err == nil {
		return t
	}
	return "application/octet-stream"
}

// size writes a number of bytes in KB or MB.
func (q *request) size(n int64) string {
	switch {
	case n < 1000:
		return number(q.ui, n) + " B"
	case n < 1_000_000:
		return number(q.ui, (n+500)/1000) + " KB"
	}
	return digits(q.ui, strconv.FormatFloat(float64(n)/1e6, 'f', 1, 64)) + " MB"
}

// tabsShown is how many languages stand beside each other; the rest is folded away.
const tabsShown = 12

// languages fills the tabs: those of the reader's order first, the one that is read always among them.
func (q *request) languages(v *itemView, r *wire.Release, current *wire.Item, official bool) {
	all := order(r, q.reading)
	if len(all) > shown {
		all = all[:shown]
	}
	at := -1
	for n, i := range all {
		if &r.Items[i] == current {
			at = n
		}
	}
	if n := len(all); n > 1 && at >= 0 {
		v.Prev, v.Next = "/items/"+string(r.Items[all[(at+n-1)%n]].ID), "/items/"+string(r.Items[all[(at+1)%n]].ID)
	}
	if o := original(r); o != nil && o != current {
		v.Original = "/items/" + string(o.ID)
	}
	if at >= tabsShown {
		all = slices.Insert(slices.Delete(slices.Clone(all), at, at+1), tabsShown-1, all[at])
	}
	for n, i := range all {
		it := &r.Items[i]
		t := tab{Lang: it.Language, Name: firstWords(it.Language.Autonym(), 40), Dir: dirOf(it.Language), Href: "/items/" + string(it.ID), Current: it == current}
		if it.Type != wire.Text {
			t.Name += " · " + string(it.Type)
		}
		if len(it.Versions) > 0 && r.State != wire.Withdrawn && r.State != wire.Erased {
			t.Kind, t.State = q.translationState(it, official)
			if it.Stale {
				t.State += " · " + q.text("state.stale")
			}
		}
		if n < tabsShown {
			v.Tabs = append(v.Tabs, t)
		} else {
			v.MoreTabs = append(v.MoreTabs, t)
		}
	}
}

// sectionsShown bounds a page of all languages.
const sectionsShown = 40

// allLanguages makes of a release's page one of all its languages, one below the other, where that is asked for.
func (q *request) allLanguages(v *itemView, r *wire.Release, lead memberView) {
	texts := 0
	for i := range r.Items {
		if it := &r.Items[i]; it.Type == wire.Text && len(it.Versions) > 0 {
			texts++
		}
	}
	if texts < 2 {
		return
	}
	v.AllHref = "/releases/" + url.PathEscape(string(r.ID)) + "?all=1"
	if q.r.URL.Query().Get("all") != "1" || q.r.PathValue("id") == "" {
		return
	}
	v.OneHref, v.AllHref = "/releases/"+url.PathEscape(string(r.ID)), ""
	for _, i := range order(r, q.reading) {
		it := &r.Items[i]
		if it.Type != wire.Text || len(it.Versions) == 0 || len(v.All) == sectionsShown {
			continue
		}
		x := &itemView{Path: "items/" + string(it.ID), Lang: it.Language, Dir: dirOf(it.Language), URI: clean(string(it.URI))}
		q.releaseText(x, r, i)
		kind, state := q.translationState(it, lead.Official)
		x.Tabs = []tab{{Lang: it.Language, Name: firstWords(it.Language.Autonym(), 40), Dir: x.Dir, State: state, Kind: kind, Href: "/items/" + string(it.ID)}}
		q.printed(x, r, it, lead)
		x.Proof = &proofView{Short: q.shortHash(it.ID)}
		v.All = append(v.All, x)
	}
}

// original finds the item whose words came first.
func original(r *wire.Release) *wire.Item {
	for i := range r.Items {
		if r.Items[i].Type == wire.Text && r.Items[i].Translation == wire.Original {
			return &r.Items[i]
		}
	}
	return nil
}

func (q *request) releaseBars(v *itemView, r *wire.Release, it *wire.Item, lead memberView, whole bool) {
	add := func(b bar) { v.Bars = append(v.Bars, b) }
	who := in(lead.FullLang, lead.Full)
	switch r.State {
	case wire.Draft, wire.Approved, wire.Scheduled:
		add(bar{Class: "pending", Text: template.HTML(template.HTMLEscapeString(q.text("state."+string(r.State)))) + " · " + q.html("bar.unreleased")})
	case wire.Withdrawn:
		text := q.html("bar.withdrawn", "Member", who, "Time", q.timeHTML(r.WithdrawnAt, lead.Zone))
		if r.Reason != "" {
			text += " " + q.html("bar.reason", "Reason", clean(r.Reason))
		}
		add(bar{Class: "withdrawn", Icon: "withdrawn", Text: text})
		return
	case wire.Erased:
		add(bar{Class: "withdrawn", Icon: "withdrawn", Text: q.html("bar.erased", "Time", q.timeHTML(r.ErasedAt, lead.Zone))})
		return
	case wire.Embargoed:
		text := q.html("bar.embargo", "Time", q.timeHTML(r.EmbargoedUntil, lead.Zone)) + q.countdown(r.EmbargoedUntil)
		if !whole {
			text += " " + q.html("bar.embargo.header")
		}
		add(bar{Class: "embargo", Icon: "embargo", Text: text})
	}
	if !whole {
		return
	}
	if r.Urgency == 1 {
		add(bar{Class: "flash", Text: q.html("bar.flash")})
	}
	if b, ok := q.jointBar(r); ok {
		add(b)
	}
	for n := len(it.Versions) - 1; n >= 0; n-- {
		if x := it.Versions[n]; x.Kind == wire.CorrectKind {
			add(bar{Class: "corrected", Icon: "corrected", Link: "#" + changesID(x.N), LinkText: q.text("item.changed"),
				Text: q.html("bar.corrected", "Time", q.timeHTML(x.At, lead.Zone), "Reason", clean(x.Reason))})
			break
		}
	}
	language := template.HTML("")
	link := ""
	if o := original(r); o != nil && o != it {
		language, link = in(o.Language, o.Language.Autonym()), "/items/"+string(o.ID)
	} else {
		language = "—"
	}
	switch it.Translation {
	case wire.Machine, wire.MachineEdited:
		key := "bar.machine"
		if it.Translation == wire.MachineEdited {
			key = "bar.machineedited"
		}
		add(bar{Class: "machine", Icon: "machine", Text: q.html(key, "Language", language), Link: link, LinkText: q.text("bar.showoriginal")})
	case wire.Human:
		add(bar{Class: "translation", Icon: "translation", Text: q.html("bar.translation", "Language", language), Link: link, LinkText: q.text("bar.showoriginal")})
	}
	if it.Stale {
		add(bar{Class: "stale", Icon: "stale", Text: q.html("bar.stale")})
	}
	if r.Updates > 0 {
		for n := len(it.Versions) - 1; n >= 0; n-- {
			if x := it.Versions[n]; x.Kind == wire.UpdateKind {
				add(bar{Class: "quiet", Text: q.html("bar.update", "Count", r.Updates, "Time", q.timeHTML(x.At, lead.Zone)), Link: "#" + changesID(x.N), LinkText: q.text("item.changed")})
				break
			}
		}
	}
	if r.State == wire.Released && (it.Translation == wire.Original || it.Translation == wire.OfficialText) {
		key, class := "bar.original", "original"
		if lead.Official {
			key, class = "bar.official", "official"
		}
		add(bar{Class: "official", Icon: class, Text: q.html(key, "Member", who, "Time", q.timeHTML(r.OpenedAt, lead.Zone)),
			Link: "#proof", LinkText: q.text("bar.proven")})
	}
}

// capturedParagraphs are those of a text from outside, whose hidden marks are counted by its reading.
func capturedParagraphs(body []string) (out []paragraph) {
	for n, p := range body {
		if h := rich(p); strings.TrimSpace(string(h)) != "" {
			out = append(out, paragraph{paragraphID(0, n+1), h})
		}
	}
	return out
}

var relationKeys = map[string]string{"original": "relation.original", "quoted-by": "relation.quoted", "translated-by": "relation.translated", "published-by": "relation.published"}

func (q *request) captureView(e browse.Entry, path string) *itemView {
	c := e.Capture
	v := &itemView{Path: path, Capture: true, Lang: c.Language, Dir: dirOf(c.Language), ChainFirst: true,
		Headline: rich(c.Headline), Dateline: clean(c.Dateline), Byline: clean(strings.Join(c.Bylines, " · ")), Body: capturedParagraphs(c.Body),
		Machine: c.MachineTranslated, Hidden: c.HiddenMarks, URI: clean(string(c.URI))}
	v.Title = firstWords(c.Headline, 200)
	if v.Title == "" {
		v.Title = firstOf(c.Body, 90)
		v.NoHeadline, v.Headline = true, rich(v.Title)
	}
	if len(c.Body) > 0 && strings.HasPrefix(clean(c.Body[0]), v.Dateline) { // it stands in the text
		v.Dateline = ""
	}
	v.Bars = append(v.Bars, bar{Class: "quiet", Icon: "outside", Text: q.html("bar.outside")})
	if c.MachineTranslated {
		v.Bars = append(v.Bars, bar{Class: "machine", Icon: "machine", Text: q.html("bar.capturedmachine")})
	}
	if !c.Truncated && !v.NoHeadline {
		v.Doubts = doubts(q, c.Language, c.Headline, c.Body, nil)
	}
	if c.Truncated {
		v.Bars = append(v.Bars, bar{Class: "stale", Icon: "cut", Text: q.html("bar.cut")})
	}
	if len(c.Notes) > 0 { // of one kind: what reading a page notes
		v.Bars = append(v.Bars, bar{Class: "stale", Icon: "stale", Text: q.html("bar.plain")})
	}
	dated := template.HTML(template.HTMLEscapeString(q.text("row.nodate")))
	if s := statedDate(q.ui, c.Date); s != "" {
		dated = "<time datetime=\"" + template.HTML(template.HTMLEscapeString(clean(c.Date.Value))) + "\">" + in(q.ui, s) + "</time>"
		if raw := firstWords(c.Date.Raw, 80); raw != "" {
			dated += " · " + template.HTML(template.HTMLEscapeString(q.text("capture.datewords"))) + ": " + in(c.Language, raw)
		}
	}
	v.Dates = append(v.Dates, fact{q.text("capture.dated"), dated}, fact{q.text("capture.arrived"), q.timeHTML(c.ArrivedAt, nil)})
	for _, a := range c.Attribution {
		key, ok := relationKeys[a.Relation]
		if !ok || len(v.Chain) == 40 {
			continue
		}
		v.Chain = append(v.Chain, chainLink{Relation: q.text(key), Source: firstWords(a.Source, 200), Words: firstWords(a.Text, 300)})
	}
	for _, s := range c.Credits {
		if s = firstWords(s, 200); s != "" && len(v.Credits) < 40 {
			v.Credits = append(v.Credits, s)
		}
	}
	v.Facts = append(v.Facts, fact{q.text("filter.language"), q.capturedLanguage(c)})
	v.Correct = q.correctable(c)
	if s := clean(c.SourceURL); s != "" {
		v.Facts = append(v.Facts, fact{q.text("capture.source"), sourceLink(s)})
	}
	if s := fileName(c); s != "" {
		v.Facts = append(v.Facts, fact{q.text("capture.file"), ltr(s)})
	}
	v.Facts = append(v.Facts, q.fedFacts(c)...)
	if c.N > 1 {
		v.Facts = append(v.Facts, fact{"", q.html("capture.place", "Count", c.N)})
	}
	v.RemovedAll = len(c.Removed)
	for i, s := range c.Removed {
		if i == shown {
			v.RemovedMore = len(c.Removed) - shown
			break
		}
		v.Removed = append(v.Removed, visible(s))
	}
	v.Formats = q.formats(string(c.ID))
	v.Raw = "/raw/" + url.PathEscape(c.RawHash)
	v.Take = q.takenCapture(c)
	q.copies(v, e)
	q.storyOf(v, e)
	return v
}

// visible shows a removed line: hidden marks and control characters as their code points, since what
// was taken out should be seen.
func visible(s string) string {
	if utf8.RuneCountInString(s) > 500 {
		s = firstWords(s, 500)
	}
	return clean(s)
}

// sourceLink is the address of an outside page: a link where it is http or https, else text.
func sourceLink(s string) template.HTML {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return ltr(s)
	}
	return template.HTML(`<a rel="external noopener noreferrer nofollow" href="`+template.HTMLEscapeString(u.String())+`">`) + ltr(s) + "</a>"
}

// raw hands out a document as it came: bytes to keep, never a page to open.
func (q *request) raw() error {
	hash := q.r.PathValue("hash")
	if len(hash) != 64 || strings.Trim(hash, "0123456789abcdef") != "" {
		return fault.E(fault.NotFound, "There is no such original.")
	}
	f, err := q.Reader.Raw(q.r.Context(), q.viewer, hash)
	if err != nil {
		return err
	}
	h := q.w.Header()
	h.Set("Content-Security-Policy", rawPolicy)
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": rawName(f.Name, hash)}))
	h.Set("Cache-Control", "private, no-store")
	h.Set("ETag", `"`+hash+`"`)
	http.ServeContent(unkept{q.w}, q.r, "", time.Time{}, bytes.NewReader(f.Bytes))
	return nil
}

// rawName is a file name that opens nothing by its ending: the given name's letters, and .raw.
func rawName(name, hash string) string {
	name = clean(name)
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`<>:"|?*;%`, r) {
			return '_'
		}
		return r
	}, strings.Trim(name, ". "))
	if name == "" || len(name) > 200 {
		name = hash[:16]
	}
	return name + ".raw"
}
