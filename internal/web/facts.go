package web

import (
	"hash/maphash"
	"html/template"
	"math/big"
	"strconv"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/facts"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/wire"
)

// Bounds of a facts line: what the eye takes in at once.
const (
	factNames      = 4
	factPersons    = 2
	factQuantities = 3
	factDates      = 2
	factsFrom      = 4 << 10 // bytes of a text that are read for it: half a millisecond
)

// keptFacts holds what was read out of texts by the hash of the text: the same whatever language it is told in, and of
// a draft only for as long as that is what it says.
var keptFacts remembered[facts.Facts]

func readFacts(it *wire.Item) facts.Facts {
	c := it.Current().Content
	parts := func(yield func(string)) {
		size := len(c.Headline)
		yield(c.Headline)
		for _, p := range c.Body {
			if size > factsFrom {
				break
			}
			p = p[:min(len(p), factsFrom)]
			yield("\n")
			yield(p)
			size += 1 + len(p)
		}
	}
	var h maphash.Hash // of the words where they lie: this is asked for every row of every list
	h.SetSeed(seed)
	parts(func(s string) { h.WriteString(s) })
	return keptFacts.get([2]uint64{hashed(it.Language, c.Headline), h.Sum64()}, func() facts.Facts {
		var text strings.Builder
		parts(func(s string) { text.WriteString(s) })
		f := facts.Read(it.Language, strings.ToValidUTF8(text.String(), ""))
		for i := range f.Dates { // the text is not kept
			f.Dates[i].Raw = ""
		}
		return f
	})
}

// factsLine tells a reader who knows none of a release's languages what it is about, in hers, from the
// release's own fields and the tables alone: kind, issuer, topic, names, quantities, dates. It is "" for
// whoever knows one of the languages, and for a release whose words she may not see or that has none.
func (q *request) factsLine(r *wire.Release) template.HTML {
	for _, it := range r.Items {
		for _, t := range q.reading {
			if it.Type == wire.Text && it.Language == t {
				return ""
			}
		}
	}
	i := best(r, q.reading)
	if i < 0 || len(r.Items[i].Versions) == 0 {
		return ""
	}
	it := &r.Items[i]
	var parts []template.HTML
	add := func(s string) {
		if s != "" {
			parts = append(parts, in(q.ui, s))
		}
	}
	lead := q.member(r.Lead())
	f := readFacts(it)
	kind := q.members[r.Lead()].Kind
	switch {
	case f.Act.Kind != "" && f.Act.Kind != facts.Statement:
		act := q.text("facts.act." + string(f.Act.Kind))
		if f.Act.Status != "" {
			act += " (" + q.text("facts.status."+string(f.Act.Status)) + ")"
		}
		add(act)
	case f.Act.Status == facts.Proposed: // somebody would like to do something, whatever it is
		add(q.text("facts.intention"))
	case kind == wire.PressService, kind == wire.Secretariat:
		add(q.text("facts.statement"))
	default:
		add(q.text("facts.report"))
	}
	parts = append(parts, in(lead.ShortLang, lead.Short))
	if c := it.Current().Content; q.SubjectName != nil {
		for _, code := range c.Subjects {
			if name := q.SubjectName(code, q.ui); name != "" {
				add(name)
				break
			}
		}
	}
	n := 0
	for _, name := range f.Names {
		if s := name.In(q.ui); n < factNames && !strings.Contains(lead.Full, s) { // the issuer's own place stands in its name
			add(s)
			n++
		}
	}
	for _, p := range f.Persons[:min(len(f.Persons), factPersons)] {
		parts = append(parts, q.named(it.Language, p))
	}
	for n, x := range f.Quantities {
		if n == factQuantities {
			break
		}
		value := q.decimal(x.Value)
		switch x.Unit {
		case "":
			add(value)
		case "pct":
			add(value + "%")
		default:
			add(value + " " + facts.UnitIn(x.Unit, q.ui))
		}
	}
	for n, d := range f.Dates {
		if n == factDates {
			break
		}
		if md, ok := strings.CutPrefix(d.Value, "--"); ok { // a day without a year stays one
			if t, err := time.Parse("2006-01-02", "2024-"+md); err == nil {
				add(monthDay(q.ui, t.Month(), t.Day()))
			}
		} else if t, err := time.Parse("2006-01-02", d.Value[:min(10, len(d.Value))]); err == nil {
			add(date(q.ui, t.Year(), t.Month(), t.Day(), words[q.ui].long, t.Year() != q.Now().In(q.zone).Year()))
		}
	}
	return joinHTML(parts) + ` <span class="facts-note">` + template.HTML(template.HTMLEscapeString(q.text("facts.note"))) + `</span>`
}

// named is a person's name as a text in language t spells it, with the office in the reader's language. It is not
// written over into her script: vowels and endings would be guesses.
func (q *request) named(t lang.Tag, p facts.Person) template.HTML {
	out := template.HTML(`<bdi class="fact-person" lang="` + template.HTMLEscapeString(string(t)) + `" dir="` + dirOf(t) + `">` + template.HTMLEscapeString(clean(p.Name)) + `</bdi>`)
	if office := facts.OfficeIn(p.Office, q.ui); office != "" {
		out += " (" + in(q.ui, office) + ")"
	}
	return out
}

// monthDay is a day of which no year is known, in the Gregorian calendar in every language: another calendar has it on
// one day in this year and on the next in that.
func monthDay(ui lang.Tag, m time.Month, d int) string {
	if ui == lang.FA {
		return digits(ui, strconv.Itoa(d)+" "+strings.TrimSuffix(faGregorian[m-1], "\u0654")) // no year follows that the month would lean on
	}
	return date(ui, 2024, m, d, words[ui].long, false)
}

// doubtView is something in a headline that its text does not bear, with both places.
type doubtView struct {
	What, Dir          string
	Words, Sentence    string
	HeadHref, BodyHref string
	Lang               lang.Tag
}

// keptDoubts holds places by the hash of headline and text, no words.
var keptDoubts remembered[[]facts.Doubt]

// doubts tells what a headline says that its text does not bear. id is the place of a paragraph of the text on the page,
// 0 the headline; nil where the page has no such places.
func doubts(q *request, t lang.Tag, headline string, body []string, id func(n int) string) (out []doubtView) {
	var b strings.Builder
	var starts []int
	for _, p := range body {
		starts = append(starts, b.Len())
		b.WriteString(clean(p))
		b.WriteByte('\n')
	}
	headline = clean(headline)
	text := b.String()
	for _, d := range keptDoubts.get([2]uint64{hashed(t, headline), hashed(t, text)}, func() []facts.Doubt {
		ds := facts.Against(t, headline, text)
		for i := range ds {
			ds[i].Words, ds[i].Sentence = "", ""
		}
		return ds
	}) {
		v := doubtView{What: q.text("facts.doubt." + d.What), Lang: t, Dir: dirOf(t), Words: headline[d.Headline.Start:d.Headline.End], Sentence: firstWords(text[d.Body.Start:d.Body.End], 300)}
		if id != nil {
			v.HeadHref = "#" + id(0)
			for n, from := range starts {
				if from <= d.Body.Start {
					v.BodyHref = "#" + id(n+1)
				}
			}
		}
		out = append(out, v)
	}
	return out
}

// decimal writes a canonical decimal in the reader's own way.
func (q *request) decimal(s string) string {
	whole, part, _ := strings.Cut(s, ".")
	n, ok := new(big.Int).SetString(whole, 10)
	if !ok || !n.IsInt64() {
		return digits(q.ui, s)
	}
	out := number(q.ui, n.Int64())
	if part == "" {
		return out
	}
	point := ","
	switch q.ui {
	case lang.EN, lang.UR:
		point = "."
	case lang.FA:
		point = "٫"
	}
	return out + point + digits(q.ui, part)
}
