package story

import (
	"hash/fnv"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/names"
)

// What parts two releases of one office and one day that differ in a word: forums on water and on tourism, ministers of health and of culture, a quake and the next one,
// the rates of two days.

// otherQuake is by how many tenths magnitudes differ that are not those of one quake as two services measure it.
const otherQuake = 7

// reachSubject is how many words may lie between a format and what it is on.
const reachSubject = 2

// subjects are the topics that a forum, conference or exhibition is on.
var subjects = func() map[string]bool {
	of := map[string]bool{}
	for id := range strings.FieldsSeq(`trade economy investment bank tax oil gas energy health education railway aviation agriculture climate space internet football music film book religion research housing crime
		corruption drug woman rights road water food art theatre youth history language tourism mining industry fuel medicine wildlife defence weather forest animal ai cyber museum river sea mountain waste refugee`) {
		of[id] = true
	}
	return of
}()

// subjectOf reads what the event of a text is on, whose office changes hands, how strong a quake was and for which day a headline is.
func (e *Event) subjectOf(t lang.Tag, text string, tokens []lang.Token, mentions []names.Mention, dates []lang.Date, written time.Time, head []lang.Span) {
	if len(head) == 0 {
		return
	}
	line := lang.Span{End: head[0].End}
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		line.End = i
	}
	first, last := within(tokens, line)
	topic := func(m names.Mention, of map[string]bool, from, to int) bool {
		return m.Name.Kind == names.Topic && of[m.Name.ID] && m.From >= from && m.To <= to
	}
	if e.Class != "" {
		e.Subject = onWhat(t, mentions, first, last)
	}
	if len(e.Subject) > 0 {
		for _, s := range head {
			from, to := within(tokens, s)
			for _, m := range mentions {
				if topic(m, subjects, from, to) && !slices.Contains(e.Topics, m.Name.ID) && len(e.Topics) < 12 {
					e.Topics = append(e.Topics, m.Name.ID)
				}
			}
		}
	}
	if e.Struck == "quake" {
		e.Magnitude = magnitude(text[:line.End])
	}
	if slices.ContainsFunc(mentions, func(m names.Mention) bool { return topic(m, map[string]bool{"resign": true}, first, last) }) {
		e.Minister = ministerOf(t, tokens[first:last], mentions, first)
	}
	if !slices.ContainsFunc(mentions, func(m names.Mention) bool { return topic(m, map[string]bool{"resign": true}, 0, len(tokens)) }) { // who is sent is named by either country
		e.Envoys = envoys(mentions, first, last)
	}
	var in []lang.Date
	for _, d := range dates {
		if d.Start >= line.Start && d.End <= line.End {
			in = append(in, d)
		}
	}
	if len(in) == 1 {
		if e.Day = dayOf(in[0], written); e.Day == "" && in[0].Precision == "monthday" {
			e.Day = in[0].Value
		}
		if e.Day != "" {
			h := fnv.New64a()
			for _, k := range tokens[first:last] {
				if (k.Start >= in[0].End || in[0].Start >= k.End) && digits(k.Fold) == 0 {
					h.Write([]byte(k.Stem + " "))
				}
			}
			e.Formula = h.Sum64()
		}
	}
}

// envoys are the countries right beside the word for an ambassador in a headline, and of two in a row both.
func envoys(mentions []names.Mention, first, last int) (of []string) {
	for _, a := range mentions {
		if a.Name.Kind != names.Office || a.Name.ID != "ambassador" || a.From < first || a.To > last {
			continue
		}
		for _, m := range mentions {
			if m.Name.Kind == names.Country && m.From >= first && m.To <= last && m.From <= a.To+1 && a.From <= m.To+1 && !slices.Contains(of, m.Name.ID) {
				of = append(of, m.Name.ID)
			}
		}
	}
	return of
}

// onSubjects are the formats that are named by what they are on; what ministers meet about they choose themselves.
var onSubjects = map[string]bool{"forum": true, "conference": true, "expo": true, "festival": true}

// onWhat are the topics right beside such a format in a headline.
func onWhat(t lang.Tag, mentions []names.Mention, first, last int) (of []string) {
	reach := reachSubject
	if t == lang.ZH { // a word is a character
		reach *= 3
	}
	for _, f := range mentions {
		if f.Name.Kind != names.Format || !onSubjects[f.Name.ID] || f.From < first || f.To > last {
			continue
		}
		for _, m := range mentions {
			if m.Name.Kind == names.Topic && subjects[m.Name.ID] && m.From >= first && m.To <= last && m.From <= f.To+reach && f.From <= m.To+reach && !slices.Contains(of, m.Name.ID) {
				of = append(of, m.Name.ID)
			}
		}
	}
	return of
}

// otherSubject reports whether two texts tell of meetings on other subjects, of which neither speaks of the other's.
func (e Event) otherSubject(o Event) bool {
	return e.Class != "" && e.Class == o.Class && len(e.Subject) > 0 && len(o.Subject) > 0 && len(e.Ministers)+len(o.Ministers) == 0 && !overlap(e.Subject, o.Topics) && !overlap(o.Subject, e.Topics)
}

// ministerOf is of what the one minister in a headline is minister.
func ministerOf(t lang.Tag, tokens []lang.Token, mentions []names.Mention, first int) (of []string) {
	w := ministerTables()[family(t)]
	if w == nil {
		return nil
	}
	words := make([]string, len(tokens))
	for i, k := range tokens {
		words[i] = k.Fold
	}
	for i, all := 0, inSyllables(t, words); i < len(all) && len(w.one) > 0; i++ { // 보건장관, 보건 장관
		if slices.ContainsFunc(w.one, func(p phrase) bool { return p.at(all, i) > 0 }) {
			of = w.chain(of, all, i, true)
		}
	}
	if len(w.one) > 0 {
		return of
	}
	for _, m := range mentions {
		at, to := m.From-first, m.To-first
		if m.Name.Kind != names.Office || at < 0 || to > len(words) {
			continue
		}
		switch m.Name.ID {
		case "foreignminister":
			of = append(of, "foreign")
		case "defenceminister":
			of = append(of, "defence")
		case "minister":
			before := w.chain(nil, words, at, true)
			if of = append(of, before...); len(before) == 0 {
				of = w.chain(of, words, to, false)
			}
		}
	}
	return of
}

var decimal = regexp.MustCompile(`(?:^|[^\pN.,٫])(\p{Nd})[.,٫](\p{Nd})(?:$|[^\pN.,٫%])`)

// magnitude is the only number of one figure before its decimal sign and one behind in a headline, in tenths; 0 if there is none.
func magnitude(headline string) int {
	all := decimal.FindAllStringSubmatch(headline, -1)
	if len(all) != 1 {
		return 0
	}
	n, err := strconv.Atoi(lang.Fold(lang.EN, all[0][1]+all[0][2]))
	if err != nil || n < 15 {
		return 0
	}
	return n
}
