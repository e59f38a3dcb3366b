package web

import (
	"html/template"
	"math/big"
	"strconv"
	"strings"
	"sync"
	"time"

	"jarchi.dev/jarchi/internal/facts"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/wire"
)

// Bounds of a facts line: what the eye takes in at once.
const (
	factNames      = 4
	factQuantities = 3
	factDates      = 2
)

// factsKept holds what was read out of texts, by item and version: the same whatever language it is told
// in. It forgets everything when it is full, which costs a few milliseconds of reading again.
type factsKept struct {
	sync.Mutex
	byVersion map[string]facts.Facts
}

func (k *factsKept) of(it *wire.Item) facts.Facts {
	v := it.Current()
	key := string(it.ID) + " " + strconv.Itoa(v.N)
	k.Lock()
	f, ok := k.byVersion[key]
	k.Unlock()
	if ok {
		return f
	}
	text := v.Content.Headline
	if len(v.Content.Body) > 0 {
		text += "\n" + v.Content.Body[0][:min(len(v.Content.Body[0]), 2000)]
	}
	f = facts.Read(it.Language, strings.ToValidUTF8(text, ""))
	k.Lock()
	defer k.Unlock()
	if k.byVersion == nil || len(k.byVersion) >= 4096 {
		k.byVersion = map[string]facts.Facts{}
	}
	k.byVersion[key] = f
	return f
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
	switch kind := q.members[r.Lead()].Kind; kind {
	case wire.PressService, wire.Secretariat:
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
	f := q.facts.of(it)
	n := 0
	for _, name := range f.Names {
		if s := name.In(q.ui); n < factNames && !strings.Contains(lead.Full, s) { // the issuer's own place stands in its name
			add(s)
			n++
		}
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
		if t, err := time.Parse("2006-01-02", d.Value[:min(10, len(d.Value))]); err == nil {
			add(date(q.ui, t.Year(), t.Month(), t.Day(), words[q.ui].long, t.Year() != q.Now().In(q.zone).Year()))
		}
	}
	return joinHTML(parts) + ` <span class="facts-note">` + template.HTML(template.HTMLEscapeString(q.text("facts.note"))) + `</span>`
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
