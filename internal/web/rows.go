package web

import (
	"html/template"
	"net/url"
	"slices"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/wire"
)

// flashFor is how long a flash stands inverted; after it the tag 'Flash' alone remains.
const flashFor = 2 * time.Minute

// memberView is a member as this reader is told of it.
type memberView struct {
	Full, Short         string
	FullLang, ShortLang lang.Tag
	Official            bool
	Named               bool // by the lead alone: it has not confirmed the release
	Zone                *time.Location
}

func (q *request) member(id wire.MemberID) memberView {
	m, ok := q.members[id]
	if !ok {
		return memberView{Full: string(id), Short: string(id), FullLang: lang.EN, ShortLang: lang.EN, Zone: time.UTC}
	}
	v := memberView{Official: m.Kind.Official(), Zone: zone(m.Zone)}
	if v.Zone == nil {
		v.Zone = time.UTC
	}
	want := append([]lang.Tag{q.ui}, q.reading...)
	v.Full, v.FullLang = nameIn(m.Names, want, m.Name(want...))
	v.Short, v.ShortLang = nameIn(m.Short, want, m.ShortName(want...))
	return v
}

// nameIn finds in which language the chosen name stands.
func nameIn(names map[lang.Tag]string, want []lang.Tag, chosen string) (string, lang.Tag) {
	for _, t := range append(slices.Clone(want), lang.EN) {
		if n := names[t]; n != "" {
			return clean(n), t
		}
	}
	for t, n := range names {
		if n == chosen {
			return clean(n), t
		}
	}
	return clean(chosen), ""
}

// tag is a state as a coloured word.
type tag struct{ Class, Icon, Word string }

// langMark is a language's two letters in a row, with whose words it is.
type langMark struct {
	Code, Kind, Title string
	Stale             bool
	Sure, How         string // of a language that a machine recognised: how sure it was, and the same in words; empty: declared, corrected or not noted
}

// row is one release or capture in a list.
type row struct {
	ID, Href         string
	At               time.Time
	ISO, Time, Under string // the time; for older days the day, with the time under it
	Old              bool   // Under is the year
	Stamp            string
	Lang             lang.Tag
	Dir              string
	Headline         template.HTML
	Full             string // the headline as text, for its tooltip
	Quiet            bool   // first words of a text without a headline, or words of ours
	Ours             bool   // the headline is a sentence of the interface
	NoHeadline       bool
	Snippet          template.HTML
	Icon, Word       string // state of the version shown
	Source           string // of captures
	Member           memberView
	Others           int // further issuers
	Update           int
	Dated            string // what a capture says of its date
	Langs            []langMark
	Tags             []tag
	More             []string // words of the tags that had no room
	Flash            bool
	Left             int // seconds that a flash still stands inverted
	Withdrawn        bool
	Open             bool
	Facts            template.HTML // what it is about, for a reader of none of its languages
	Script           string        // of the headline, for the height of the row: arab, nast or ""
}

// best chooses the version for a reader: her first language that has one, else the original.
func best(r *wire.Release, reading []lang.Tag) int {
	for _, t := range reading {
		for i, it := range r.Items {
			if it.Type == wire.Text && it.Language == t {
				return i
			}
		}
	}
	first := -1
	for i, it := range r.Items {
		if it.Type == wire.Text {
			if it.Translation == wire.Original {
				return i
			}
			if first < 0 {
				first = i
			}
		}
	}
	if first < 0 && len(r.Items) > 0 {
		return 0
	}
	return first
}

// order gives the indexes of a release's items: the reader's languages, then the original, then the rest.
func order(r *wire.Release, reading []lang.Tag) []int {
	rank := func(i int) int {
		it := r.Items[i]
		if n := slices.Index(reading, it.Language); n >= 0 {
			return n
		}
		if it.Translation == wire.Original {
			return len(reading)
		}
		return len(reading) + 1
	}
	idx := make([]int, 0, len(r.Items))
	for i := range r.Items {
		idx = append(idx, i)
	}
	slices.SortStableFunc(idx, func(a, b int) int { return rank(a) - rank(b) })
	return idx
}

// translationState names an item's state: its class and icon, and the word.
func (q *request) translationState(it *wire.Item, official bool) (icon, word string) {
	switch it.Translation {
	case wire.Original, wire.OfficialText:
		if official {
			return "official", q.text("state.official")
		}
		return "original", q.text("state.original")
	case wire.Human:
		return "translation", q.text("state.translation")
	default:
		return "machine", q.text("state.machine")
	}
}

func (q *request) langMarks(r *wire.Release, official bool) []langMark {
	var out []langMark
	for _, i := range order(r, q.reading) {
		it := &r.Items[i]
		if slices.ContainsFunc(out, func(m langMark) bool { return m.Code == string(it.Language) }) {
			continue
		}
		m := langMark{Code: string(it.Language), Title: it.Language.Autonym(), Stale: it.Stale}
		if len(it.Versions) > 0 { // a header says nothing of the text
			var word string
			m.Kind, word = q.translationState(it, official)
			m.Title += ": " + word
			if it.Stale {
				m.Title += ", " + q.text("state.stale")
			}
		}
		out = append(out, m)
	}
	return out
}

func corrected(it *wire.Item) bool {
	return slices.ContainsFunc(it.Versions, func(v wire.Version) bool { return v.Kind == wire.CorrectKind })
}

func (q *request) tag(class string) tag {
	return tag{Class: class, Icon: class, Word: q.text("state." + class)}
}

// releaseTags lists the states of a release and the item shown, the weightiest first.
func (q *request) releaseTags(r *wire.Release, it *wire.Item) []tag {
	var tags []tag
	switch r.State {
	case wire.Withdrawn, wire.Erased, wire.Draft, wire.Approved, wire.Scheduled:
		t := q.tag(string(r.State))
		switch r.State {
		case wire.Erased:
			t.Class, t.Icon = "withdrawn", "withdrawn"
		case wire.Draft, wire.Approved, wire.Scheduled:
			t.Class, t.Icon = "pending", ""
		}
		tags = append(tags, t)
	case wire.Embargoed:
		t := q.tag("embargo")
		until := r.EmbargoedUntil.In(q.zone)
		t.Word += " · " + clock(q.ui, until) + " " + offset(until)
		if !sameDay(until, q.Now().In(q.zone)) {
			t.Word = q.text("state.embargo") + " · " + q.shortDay(until) + " · " + clock(q.ui, until) + " " + offset(until)
		}
		tags = append(tags, t)
	}
	if r.State == wire.Withdrawn || r.State == wire.Erased {
		return tags
	}
	if r.Urgency == 1 {
		tags = append(tags, tag{Class: "flash", Word: q.text("state.flash")})
	}
	if it == nil || len(it.Versions) == 0 {
		return tags
	}
	if corrected(it) {
		tags = append(tags, q.tag("corrected"))
	}
	if it.Translation.ByMachine() {
		tags = append(tags, q.tag("machine"))
	}
	if it.Stale {
		tags = append(tags, q.tag("stale"))
	}
	return tags
}

func sameDay(a, b time.Time) bool {
	return a.Year() == b.Year() && a.YearDay() == b.YearDay()
}

func (q *request) row(e browse.Entry) (row, bool) {
	var w row
	var tags []tag
	switch {
	case e.Capture != nil:
		w, tags = q.captureRow(e)
	case e.Release != nil && len(e.Release.Issuers) > 0:
		w, tags = q.releaseRow(e)
	default:
		return row{}, false
	}
	for i, t := range tags {
		if i < 2 {
			w.Tags = append(w.Tags, t)
		} else {
			w.More = append(w.More, t.Word)
		}
	}
	q.rowTime(&w, e.At)
	switch {
	case w.Ours:
	case w.Lang == lang.UR && !q.naskh:
		w.Script = "nast"
	case w.Dir == "rtl":
		w.Script = "arab"
	}
	return w, true
}

// rowTime puts the time at which a row stands into it: of today the time, of another day that day above the time.
func (q *request) rowTime(w *row, at time.Time) {
	at = at.In(q.zone)
	w.At, w.ISO, w.Stamp, w.Time = at, at.UTC().Format(time.RFC3339), stamp(q.ui, at), clock(q.ui, at)
	if !sameDay(at, q.Now().In(q.zone)) {
		w.Time, w.Under = dayMonth(q.ui, at), w.Time
	}
}

func (q *request) releaseRow(e browse.Entry) (row, []tag) {
	r := e.Release
	m := q.member(r.Lead())
	w := row{ID: string(r.ID), Href: "releases/" + string(r.ID), Member: m, Others: len(r.Issuers) - 1, Langs: q.langMarks(r, m.Official)}
	i := best(r, q.reading)
	if e.Item >= 0 && e.Item < len(r.Items) && len(e.Headline)+len(e.Snippet) > 0 {
		i = e.Item
	}
	var it *wire.Item
	if i >= 0 {
		it = &r.Items[i]
		w.Lang, w.Dir = it.Language, dirOf(it.Language)
	}
	tags := q.releaseTags(r, it)
	ours := func(key string) {
		w.Headline, w.Full, w.Quiet, w.Ours = template.HTML(template.HTMLEscapeString(q.text(key))), q.text(key), true, true
		w.Lang, w.Dir = q.ui, q.ui.Dir()
	}
	switch {
	case r.State == wire.Withdrawn:
		ours("row.withdrawn")
		w.Withdrawn = true
	case r.State == wire.Erased:
		ours("row.erased")
		w.Withdrawn = true
	case e.Level == access.Header || it == nil || len(it.Versions) == 0:
		ours("row.embargo")
	default:
		c := it.Current().Content
		w.Headline, w.Full = rich(c.Headline), clean(c.Headline)
		if len(e.Headline) > 0 {
			w.Headline = marked(e.Headline)
		}
		w.Snippet = marked(e.Snippet)
		if !it.Translation.ByMachine() { // a machine's words carry the tag alone
			w.Icon, w.Word = q.translationState(it, m.Official)
		}
		w.Update = r.Updates
		if left := flashFor - q.Now().Sub(e.At); r.Urgency == 1 && left > 0 {
			w.Flash, w.Left = true, int(left/time.Second)+1
		}
		w.Facts = q.factsLine(r)
		if e.Item >= 0 && i != best(r, q.reading) {
			w.Href = "items/" + string(it.ID)
		}
	}
	return w, tags
}

func (q *request) captureRow(e browse.Entry) (row, []tag) {
	c := e.Capture
	w := row{ID: string(c.ID), Href: "captures/" + string(c.ID), Lang: c.Language, Dir: dirOf(c.Language), Icon: "outside", Word: q.text("state.outside"),
		Source: source(c), Langs: []langMark{q.capturedMark(c)}}
	w.Headline, w.Full = rich(c.Headline), clean(c.Headline)
	if len(e.Headline) > 0 {
		w.Headline = marked(e.Headline)
	}
	if clean(c.Headline) == "" {
		w.NoHeadline, w.Quiet = true, true
		w.Full = firstOf(c.Body, 90)
		w.Headline = rich(w.Full)
	}
	w.Snippet = marked(e.Snippet)
	if w.Dated = statedDate(q.ui, c.Date); w.Dated == "" {
		w.Dated = q.text("row.nodate") + " · " + q.text("row.arrived", "Time", q.clock(c.ArrivedAt))
	}
	return w, q.captureTags(c)
}

func (q *request) captureTags(c *wire.Capture) (tags []tag) {
	if c.MachineTranslated {
		tags = append(tags, q.tag("machine"))
	}
	if c.Truncated {
		tags = append(tags, tag{Class: "stale", Icon: "cut", Word: q.text("state.cut")})
	}
	if c.Confidence > 0 && c.Confidence < unsure {
		tags = append(tags, tag{Class: "quiet", Icon: "machine", Word: q.text("state.langunsure")})
	}
	return tags
}

// firstOf is the beginning of the first paragraph that has words.
func firstOf(body []string, n int) string {
	for _, p := range body {
		if s := firstWords(p, n); s != "" {
			return s
		}
	}
	return "—"
}

// source names the outside source of a capture: the site, else who published it, else the file, else the beginning of
// the hash of its bytes.
func source(c *wire.Capture) string {
	if u, err := url.Parse(c.SourceURL); err == nil && u.Host != "" {
		return clean(strings.TrimPrefix(u.Hostname(), "www."))
	}
	for _, relation := range []string{"published-by", "original"} {
		for _, a := range c.Attribution {
			if a.Relation == relation && a.Source != "" {
				return firstWords(a.Source, 60)
			}
		}
	}
	if name := firstWords(fileName(c), 60); name != "" {
		return name
	}
	return c.RawHash[:min(len(c.RawHash), 12)]
}

// fileName is the last part of the name a document came under: the folders before it are the sender's own.
func fileName(c *wire.Capture) string {
	name := clean(c.FileName)
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	return name
}

// day is a run of rows of one day.
type day struct {
	Heading, ISO string
	Rows         []row
}

func (q *request) days(entries []browse.Entry, grouped bool, open string) []day {
	var out []day
	now := q.Now().In(q.zone)
	for _, e := range entries {
		w, ok := q.row(e)
		if !ok {
			continue
		}
		if this := yearOf(q.ui, now); !grouped && yearOf(q.ui, w.At) != this { // no heading says of which year it is
			w.Under, w.Old = yearOf(q.ui, w.At), true
		}
		w.Open = open != "" && (w.Href == open || strings.HasSuffix(open, "/"+w.ID))
		iso := ""
		if grouped {
			iso = w.At.Format("2006-01-02")
		}
		if len(out) == 0 || out[len(out)-1].ISO != iso {
			d := day{ISO: iso}
			switch {
			case !grouped:
			case sameDay(w.At, now):
				d.Heading = q.text("wire.today")
			case sameDay(w.At, now.AddDate(0, 0, -1)):
				d.Heading = q.text("wire.yesterday")
			default:
				d.Heading = longDate(q.ui, w.At.Year(), w.At.Month(), w.At.Day())
			}
			out = append(out, d)
		}
		out[len(out)-1].Rows = append(out[len(out)-1].Rows, w)
	}
	return out
}

// text is an interface sentence in this reader's language.
func (q *request) text(key string, args ...any) string { return q.strings.text(q.ui, key, args...) }

func (q *request) html(key string, args ...any) template.HTML {
	return q.strings.html(q.ui, key, args...)
}
