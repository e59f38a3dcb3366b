package web

import (
	"cmp"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/compare"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/wire"
)

// recordRow is one line of the public register.
type recordRow struct {
	ID       string // of its place on the page, the same for ever
	Self     string // link to it that stays right when newer lines come
	Tag      tag
	Time     twoTimes
	Member   memberView
	Href     string
	Headline template.HTML // of a correction; a withdrawn text has none
	Lang     lang.Tag
	Dir      string
	Reason   string
	Langs    []langMark
	Figures  []figureView
}

type logRow struct {
	Name, Class, Key, Size string
	Signed                 bool // it has a checkpoint: something was entered
	Member                 memberView
}

type recordPage struct {
	page
	Rows           []recordRow
	Members, Kinds []option
	Filtered       bool
	Next           string
	Logs           []logRow
	Checkpoint     string // a command that fetches one
}

func (q *request) record() error {
	in := q.r.URL.Query()
	rq := browse.RegisterQuery{Member: wire.MemberID(in.Get("member")), Kind: wire.EventKind(in.Get("kind")), Old: true, Cursor: in.Get("cursor")}
	if len(rq.Cursor) > 500 {
		return fault.Field("cursor", "This part of the address is too long.")
	}
	entries, next, err := q.Reader.Register(q.r.Context(), q.viewer, rq)
	if err != nil {
		return err
	}
	logs, err := q.Reader.Logs(q.r.Context(), q.viewer)
	if err != nil {
		return err
	}
	d := recordPage{page: q.newPage(q.text("record.title"), "record"), Filtered: rq.Member != "" || rq.Kind != "" || rq.Cursor != ""}
	d.Members, d.Kinds = q.recordFilters(rq)
	var asked []template.HTML
	for _, o := range slices.Concat(d.Members, d.Kinds) {
		if o.Selected && o.Value != "" {
			asked = append(asked, rich(o.Label))
		}
	}
	d.PrintState = joinHTML(asked)
	for _, e := range entries {
		if w, ok := q.recordRow(e); ok {
			d.Rows = append(d.Rows, w)
		}
	}
	if next != "" {
		v := url.Values{"cursor": {next}}
		if rq.Member != "" {
			v.Set("member", string(rq.Member))
		}
		if rq.Kind != "" {
			v.Set("kind", string(rq.Kind))
		}
		d.Next = "/corrections?" + v.Encode()
	}
	for _, l := range logs {
		d.Logs = append(d.Logs, logRow{Name: clean(l.Name), Class: q.text("logs." + oneOf(l.Class, "closed", "public")), Key: clean(l.Key),
			Size: number(q.ui, l.Size), Signed: l.Size > 0, Member: q.member(l.Member)})
		if d.Checkpoint == "" && l.Class == "public" && l.Size > 0 { // one that the command gets as it stands, without a token
			d.Checkpoint = "curl " + q.base(q.r) + "/log/" + clean(l.Name) + "/checkpoint"
		}
	}
	return q.render(http.StatusOK, "record", d)
}

func (q *request) recordFilters(rq browse.RegisterQuery) (members, kinds []option) {
	any := option{Label: q.text("filter.any")}
	members, kinds = []option{any}, []option{any}
	for id := range q.members {
		m := q.member(id)
		members = append(members, option{Value: string(id), Label: m.Full, Lang: m.FullLang, Selected: id == rq.Member})
	}
	slices.SortFunc(members[1:], func(a, b option) int {
		return cmp.Or(strings.Compare(a.Label, b.Label), strings.Compare(a.Value, b.Value))
	})
	for _, k := range []struct {
		kind wire.EventKind
		key  string
	}{{wire.EventCorrected, "record.corrections"}, {wire.EventWithdrawn, "record.withdrawals"}} {
		kinds = append(kinds, option{Value: string(k.kind), Label: q.text(k.key), Selected: k.kind == rq.Kind})
	}
	return members, kinds
}

func (q *request) recordRow(e browse.RegisterEntry) (recordRow, bool) {
	r := e.Release
	if r == nil || len(r.Issuers) == 0 {
		return recordRow{}, false
	}
	m := q.member(r.Lead())
	w := recordRow{ID: "e-" + string(r.ID) + "-" + strconv.FormatInt(e.At.Unix(), 36), Member: m, Time: q.times(e.At, m.Zone), Href: "/releases/" + string(r.ID),
		Reason: clean(e.Reason), Langs: q.langMarks(r, m.Official)}
	w.Self = "/corrections?" + url.Values{"cursor": {e.From}}.Encode() + "#" + w.ID
	switch e.Kind {
	case wire.EventCorrected:
		w.Tag = q.tag("corrected")
	case wire.EventWithdrawn:
		w.Tag = q.tag("withdrawn")
	default:
		return recordRow{}, false
	}
	i := best(r, q.reading)
	if i < 0 || r.State == wire.Withdrawn || r.State == wire.Erased {
		return w, true
	}
	it := &r.Items[i]
	w.Lang, w.Dir = it.Language, dirOf(it.Language)
	if len(it.Versions) > 0 {
		w.Headline = rich(it.Current().Content.Headline)
	}
	// Figures are told from the version for this reader, else from whichever language was corrected.
	for _, i := range append([]int{i}, order(r, q.reading)...) {
		it := &r.Items[i]
		for n := 1; n < len(it.Versions) && len(w.Figures) == 0; n++ {
			if v := it.Versions[n]; v.Kind == wire.CorrectKind && v.At.Equal(e.At) {
				w.Figures = figureViews(it.Language, compare.Figures(it.Language, whole(it.Versions[n-1].Content), whole(v.Content)), 5)
			}
		}
	}
	return w, true
}
