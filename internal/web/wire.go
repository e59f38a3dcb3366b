package web

import (
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
	How  string
	Not  bool
	Drop string // address of the search without it
}

type wirePage struct {
	page
	Days       []day
	Next       string // address
	Filters    filterForm
	Understood []understood
	Matches    string
	Empty      bool
	Item       *itemView
	Missing    bool // what the address wants open is not there
	Densities  []option
	Live       bool // nothing narrows the list: new rows may be put in
	Widest     string
}

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
	b.Limit = 30
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

func (q *request) wire() error {
	v := q.r.URL.Query()
	b, err := q.wireQuery(v)
	if err != nil {
		return err
	}
	if s := v.Get("density"); s == q.density {
		setPref(q.w, q.r, cookieDensity, s)
	}
	found, err := q.Reader.List(q.r.Context(), q.viewer, b)
	if err != nil {
		return err
	}
	args := listArgs(v)
	title := q.text("wire.title")
	if b.Text != "" {
		title = clean(b.Text) + " · " + q.text("wire.results")
	}
	open := v.Get("open")
	d := wirePage{page: q.newPage(title, "wire"), Filters: q.filterForm(b, args), Days: q.days(found.Entries, !b.Relevance, open),
		Empty: len(found.Entries) == 0, Live: b.Cursor == "" && !b.Relevance}
	d.Query, d.ListArgs = clean(b.Text), args.Encode()
	if found.Next != "" {
		d.Next = address(with(args, "cursor", found.Next))
	}
	for i, t := range found.Understood {
		d.Understood = append(d.Understood, understood{Word: clean(t.Raw), Not: t.Not, How: q.how(t),
			Drop: address(with(args, "q", withoutTerm(found.Understood, i)))})
	}
	if b.Text != "" {
		if found.Counted {
			d.Matches = q.text("search.matches", "Count", found.Matches)
		}
		if found.More {
			d.Matches = q.text("search.more500")
		}
		d.Widest = address(url.Values{"q": {b.Text}})
	}
	for _, x := range []string{"compact", "comfortable", "large"} {
		d.Densities = append(d.Densities, option{Value: address(with(args, "density", x)), Label: q.text("density." + x), Selected: q.density == x})
	}
	if open != "" {
		if d.Item, err = q.opened(open); err != nil {
			if fault.KindOf(err) != fault.NotFound {
				return err
			}
			d.Missing = true
		} else {
			d.Item.Pane = true
		}
	}
	return q.render(http.StatusOK, "wire", d)
}

func (q *request) how(t search.Term) string {
	if t.Kind == search.Phrase {
		return q.text("search.exact")
	}
	return q.text("search.stem")
}

// withoutTerm writes the query again with one term left out.
func withoutTerm(terms []search.Term, drop int) string {
	var parts []string
	for i, t := range terms {
		if i == drop {
			continue
		}
		s := t.Raw
		switch t.Kind {
		case search.Phrase:
			s = `"` + s + `"`
		case search.Prefix:
			s += "*"
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
