package web

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/search"
	"jarchi.dev/jarchi/internal/wire"
)

type option struct {
	Value, Label string
	Lang         lang.Tag
	Selected     bool
}

// understood is one word of the query as the search took it.
type understood struct {
	Word string
	How  template.HTML
	Not  bool
	Drop string // address of the search without it
}

type wirePage struct {
	page
	Demo       *demoView
	Rows       template.HTML
	Filters    filterForm
	Understood []understood
	Matches    string
	Empty      bool
	Further    bool // the list goes on, though nothing was found yet
	Near       []nearWord
	Wider      []link // what a list without rows may be widened to
	Item       *itemView
	Missing    bool        // what the address wants open is not there
	Live       bool        // nothing but filters narrows the list: new rows may be put in
	Shift      bool        // what the reader saved for her shift
	Kept       []keptLink  // her searches
	KeepSearch string      // this search, if it can be kept
	Save       *saveButton // for the item that is open
}

type link struct{ Text, Href string }

type filterForm struct {
	Count                        int
	Languages, Members, Kind     []option
	Sort                         []option
	Source, Since, Before, Clear string
	Text, Density                string
}

// wireQuery reads the address of the wire.
func (q *request) wireQuery(v url.Values) (browse.Query, error) {
	get := func(name string, most int) (string, error) {
		s := strings.TrimSpace(v.Get(name))
		if len(s) > most {
			return "", fault.Field(name, "This part of the address is too long.")
		}
		return s, nil
	}
	var b browse.Query
	var err error
	if b.Text, err = get("q", 2000); err != nil {
		return b, err
	}
	if b.Source, err = get("source", 200); err != nil {
		return b, err
	}
	if b.Cursor, err = get("cursor", 500); err != nil {
		return b, err
	}
	if s := v.Get("lang"); s != "" {
		if b.Language, err = lang.Parse(s); err != nil {
			return b, err
		}
	}
	if s := v.Get("member"); s != "" {
		if b.Member, err = wire.ParseMemberID(s); err != nil {
			return b, err
		}
	}
	b.Kind = oneOf(v.Get("kind"), "", "release", "capture")
	b.Relevance = v.Get("sort") == "relevance" && b.Text != ""
	if b.Since, err = q.day("since", v.Get("since")); err != nil {
		return b, err
	}
	if b.Before, err = q.day("before", v.Get("before")); err != nil {
		return b, err
	}
	b.Limit, b.Reading = 30, q.reading
	return b, nil
}

// day reads a date field: a day in the reader's zone, or an RFC 3339 instant.
func (q *request) day(field, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if t, err := time.ParseInLocation("2006-01-02", s, q.zone); err == nil {
		return t, nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return t, fault.Field(field, "Write the day as 2026-06-01.")
	}
	return t, nil
}

// kept are the parts of the wire's address that say what is listed.
var kept = []string{"q", "lang", "member", "source", "kind", "sort", "since", "before", "density"}

// listArgs keeps what is listed and drops the rest (cursor, ui, open).
func listArgs(v url.Values) url.Values {
	out := url.Values{}
	for _, k := range kept {
		if s := v.Get(k); s != "" && len(s) <= 2000 {
			out.Set(k, s)
		}
	}
	return out
}

func address(v url.Values) string {
	if len(v) == 0 {
		return "/"
	}
	return "/?" + v.Encode()
}

func with(v url.Values, key, value string) url.Values {
	out := url.Values{}
	for k, s := range v {
		out[k] = s
	}
	out.Del(key)
	if value != "" {
		out.Set(key, value)
	}
	return out
}

// wire answers the list with what is open beside it. A script asks for parts of it: the rows, the pane,
// or how many a form of filters would show.
func (q *request) wire() error {
	v := q.r.URL.Query()
	b, err := q.wireQuery(v)
	if err != nil {
		return err
	}
	fragment, open, args := v.Get("fragment"), v.Get("open"), listArgs(v)
	if s := v.Get("density"); s == q.density && fragment == "" {
		setPref(q.w, q.r, cookieDensity, s)
	}
	if fragment == "count" {
		return q.sendCount(b)
	}
	var l *listing
	shift := q.Saved != nil && !q.person.Nobody() && v.Get("saved") != ""
	switch {
	case fragment == "pane":
	case shift:
		l, err = q.shiftList(open)
	default:
		l, err = q.list(b, args, open)
	}
	if err != nil {
		return err
	}
	if fragment == "rows" {
		return q.sendRows(l)
	}
	front := q.frontKey()
	if front != "" {
		if page := l.fronts.get(front); page != nil {
			return q.sendPage(http.StatusOK, nil, page)
		}
	}
	d := wirePage{page: q.newPage(q.text("wire.title"), "wire"), Filters: q.filterForm(b, args), Live: b.Cursor == "" && !b.Relevance}
	d.Scripts = append([]string{"js/wire.js", "js/item.js"}, q.deskScripts()...)
	d.Query, d.ListArgs = clean(b.Text), args.Encode()
	if !shift {
		d.Feeds = q.feedsOf(b)
	}
	if asked := with(args, "density", ""); len(asked) > 0 {
		d.PrintState = rich(q.searchLabel(asked))
	}
	if err := q.openBeside(&d, open); err != nil {
		return err
	}
	if fragment == "pane" {
		return q.render(http.StatusOK, "pane", d)
	}
	if shift {
		d.Shift, d.Live, d.ListArgs = true, false, "saved=1"
	}
	d.Rows, d.Empty, d.Further, q.rows = rowsMark, l.Empty, l.Further, l
	q.understood(&d, l, b, args)
	if err := q.keptSearches(&d, args); err != nil {
		return err
	}
	for _, x := range []string{"compact", "comfortable", "large"} {
		d.Densities = append(d.Densities, option{Value: address(with(args, "density", x)), Label: q.text("density." + x), Selected: q.density == x})
	}
	if b.Text != "" && d.Item == nil {
		d.Title = clean(b.Text) + " · " + q.text("wire.results")
	}
	if d.Demo = q.demo(); d.Demo != nil {
		d.Scripts = append(d.Scripts, "js/demo.js")
	}
	if front == "" {
		return q.render(http.StatusOK, "wire", d)
	}
	page, err := q.made("wire", d)
	if err != nil {
		return err
	}
	small := zipped(q.pieces(page)...)
	l.fronts.keep(front, small)
	return q.sendPage(http.StatusOK, page, small)
}

// openBeside puts what the address wants open into the pane.
func (q *request) openBeside(d *wirePage, open string) (err error) {
	if open == "" {
		return nil
	}
	if d.Item, err = q.opened(open); err != nil {
		if fault.KindOf(err) != fault.NotFound {
			return err
		}
		d.Missing = true
		return nil
	}
	d.Item.Pane = true
	d.Save, err = q.saveButton(d.Item.Path)
	return err
}

// understood says how the words were taken, and what a list without rows may be widened to.
func (q *request) understood(d *wirePage, l *listing, b browse.Query, args url.Values) {
	for i, t := range l.Understood {
		d.Understood = append(d.Understood, understood{Word: clean(t.Raw), Not: t.Not, How: q.how(t, address(with(args, "q", written(l.Understood, -1, i)))),
			Drop: address(with(args, "q", written(l.Understood, i, -1)))})
	}
	if b.Text != "" {
		if l.Counted {
			d.Matches = q.text("search.matches", "Count", l.Matches)
		}
		if l.More {
			d.Matches = q.text("search.more500")
		}
	}
	if !l.Empty {
		return
	}
	if !l.Further && b.Cursor == "" {
		d.Near = q.near(l, b, args)
	}
	if b.Language != "" {
		d.Wider = append(d.Wider, link{q.text("nohits.langs"), address(with(args, "lang", ""))})
	}
	if !b.Since.IsZero() || !b.Before.IsZero() {
		d.Wider = append(d.Wider, link{q.text("nohits.time"), address(with(with(args, "since", ""), "before", ""))})
	}
	if d.Filters.Count > 0 {
		d.Wider = append(d.Wider, link{q.text("wire.nohits.all"), d.Filters.Clear})
	}
}

// counted is how far the rows of a list are counted, in so many pages, not all of which need be full.
const (
	counted      = 300
	countedPages = 10
)

// sendCount answers how many rows a list has, as the reader writes it: "214", or "300+".
func (q *request) sendCount(b browse.Query) error {
	n := 0
	b.Limit = 100
	for range countedPages {
		found, err := q.Reader.List(q.r.Context(), q.viewer, b)
		if err != nil {
			return err
		}
		if found.Counted {
			n = found.Matches
			if !found.More {
				return q.send(http.StatusOK, []byte(number(q.ui, int64(n))))
			}
			break
		}
		n += len(found.Entries)
		if found.Next == "" {
			return q.send(http.StatusOK, []byte(number(q.ui, int64(n))))
		}
		if n >= counted {
			break
		}
		b.Cursor = found.Next
	}
	return q.send(http.StatusOK, []byte(number(q.ui, int64(n))+"+"))
}

// how says how a word was taken; of a name that is looked for in other languages too, quoted is the search
// for the word alone.
func (q *request) how(t search.Term, quoted string) template.HTML {
	if t.Kind == search.Phrase && len(t.Also) == 0 || t.Quoted {
		return rich(q.text("search.exact"))
	}
	how := escaped(q.text("search.stem"))
	if t.Kind == search.Phrase {
		how = "" // a Chinese word has one form
	}
	comma := ", "
	if q.ui.Dir() == "rtl" {
		comma = "، "
	}
	for i, a := range t.Also { // names as other languages have them
		if i == 0 {
			if how != "" {
				how += " · "
			}
			how += escaped(q.text("search.also")) + " "
		} else {
			how += comma
		}
		how += string(in(a.Tag, a.Text))
	}
	if len(t.Also) > 0 {
		how += ` · <a href="` + template.HTMLEscapeString(quoted) + `">` + escaped(q.text("search.exact")) + `</a>`
	}
	return template.HTML(how)
}

// written is the query again, with one term left out, one put in quotation marks; -1 for none.
func written(terms []search.Term, drop, quote int) string {
	var parts []string
	for i, t := range terms {
		if i == drop {
			continue
		}
		s := t.Raw
		switch t.Kind {
		case search.Prefix:
			s += "*"
		default:
			if i == quote || t.Quoted || t.Kind == search.Phrase && len(t.Also) == 0 {
				s = `"` + s + `"`
			}
		}
		if t.Not {
			s = "-" + s
		}
		if t.Or && len(parts) > 0 {
			s = "OR " + s
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, " ")
}

func (q *request) filterForm(b browse.Query, args url.Values) filterForm {
	f := filterForm{Text: b.Text, Source: clean(b.Source), Density: args.Get("density"), Clear: "/"}
	if b.Text != "" {
		f.Clear = address(url.Values{"q": {b.Text}})
	}
	for _, k := range []string{"lang", "member", "source", "kind", "since", "before"} {
		if args.Get(k) != "" {
			f.Count++
		}
	}
	dateField := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(q.zone).Format("2006-01-02")
	}
	f.Since, f.Before = dateField(b.Since), dateField(b.Before)

	tags := slices.Clone(q.reading)
	for _, t := range lang.Known() {
		if !slices.Contains(tags, t) {
			tags = append(tags, t)
		}
	}
	if b.Language != "" && !slices.Contains(tags, b.Language) {
		tags = append(tags, b.Language)
	}
	for _, t := range tags {
		f.Languages = append(f.Languages, option{Value: string(t), Label: t.Autonym(), Lang: t, Selected: b.Language == t})
	}
	for id := range q.members {
		m := q.member(id)
		f.Members = append(f.Members, option{Value: string(id), Label: m.Full, Lang: m.FullLang, Selected: b.Member == id})
	}
	slices.SortFunc(f.Members, func(a, b option) int {
		if n := strings.Compare(a.Label, b.Label); n != 0 {
			return n
		}
		return strings.Compare(a.Value, b.Value)
	})
	f.Kind = []option{{"", q.text("filter.any"), "", b.Kind == ""}, {"release", q.text("filter.releases"), "", b.Kind == "release"},
		{"capture", q.text("filter.captures"), "", b.Kind == "capture"}}
	f.Sort = []option{{"", q.text("filter.newest"), "", !b.Relevance}, {"relevance", q.text("filter.relevance"), "", b.Relevance}}
	return f
}

// Note is the sentence a list without rows shows.
func (d wirePage) Note() string {
	if d.Query != "" || d.Filters.Count > 0 {
		return "wire.nohits"
	}
	return "wire.empty"
}
