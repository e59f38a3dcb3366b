package story

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/names"
)

// Event is what a text says of the meeting or other event that it reports, as far as its headline and first
// sentences tell; nothing for a text without a class of event, an act or a disaster. Recurring events have the same actors and the same words every time; what parts them is the
// how-manieth it is, where and when.
type Event struct {
	Class    string   `json:"class,omitempty"`    // of the format: meeting, forum, expo, festival, contest
	Ordinal  int      `json:"ordinal,omitempty"`  // the how-manieth the text is about; 0 if it does not say
	Ordinals []int    `json:"ordinals,omitempty"` // all that it names of this class
	Cities   []string `json:"cities,omitempty"`   // by their ids in the gazetteer
	Held     string   `json:"held,omitempty"`     // the one of them in which it is held, where the headline and the first sentence leave no doubt
	Days     []string `json:"days,omitempty"`     // 2026-06-01
	Struck   string   `json:"struck,omitempty"`   // what struck, as the headline has it: quake, flood, storm, fire, crash
	Stage    string   `json:"stage,omitempty"`    // of a contest: quarterfinal, semifinal, final; of several that it names the earliest

	Acts      []string `json:"acts,omitempty"`      // what was done: sign, visit, talks, open, office
	Countries []string `json:"countries,omitempty"` // that headline and first sentences name, by their ISO codes; not by a dateline
	Sites     []string `json:"sites,omitempty"`     // cities of them, likewise
	Home      []string `json:"home,omitempty"`      // countries that go without saying: the language's own, the dateline's

	Ministers    []string `json:"ministers,omitempty"`     // whose meeting it is, by what tells first: foreign, defence
	AllMinisters []string `json:"all_ministers,omitempty"` // all whose ministers the text names in the plural

	Regions   []string `json:"regions,omitempty"`   // that headline and first sentences name, of what was done or struck
	Subject   []string `json:"subject,omitempty"`   // topics beside the format in the headline: a forum on water
	Topics    []string `json:"topics,omitempty"`    // all that headline and first sentences name, of a text with a subject
	Minister  []string `json:"minister,omitempty"`  // of which one minister is appointed or leaves
	Envoys    []string `json:"envoys,omitempty"`    // countries beside the word for an ambassador in the headline
	Magnitude int      `json:"magnitude,omitempty"` // of a quake, in tenths, by the headline
	Day       string   `json:"day,omitempty"`       // the only one that the headline names
	Formula   uint64   `json:"formula,omitempty"`   // the words of a headline with a day, without figures
}

// strikes are topics that are events of themselves.
var strikes = []string{"quake", "flood", "storm", "fire", "crash"}

// speaks tells what the events of two texts say for their being one, or, less than nothing, against it.
func (e Event) speaks(o Event) float64 {
	switch {
	case e.Struck != o.Struck && (e.Struck != "" || e.Class != "") && (o.Struck != "" || o.Class != ""):
		return -otherEvent
	case len(e.Acts) > 0 && len(o.Acts) > 0 && slices.Contains(e.Acts, "office") != slices.Contains(o.Acts, "office"):
		return -otherEvent
	case e.Class != "" && e.Class == o.Class && e.Ordinal != 0 && e.Ordinal == o.Ordinal:
		return sameEvent
	case (e.Struck != "" || e.Class == o.Class) && overlap(e.Cities, o.Cities) && !apart(e.Days, o.Days):
		return sameEvent / 2
	}
	return 0
}

// classes of formats: one text's session is another one's meeting, but a forum is no exhibition.
var classes = map[string]string{"summit": "meeting", "meeting": "meeting", "conference": "meeting", "commission": "meeting", "consultative": "meeting", "headsofstate": "meeting", "headsofgovernment": "meeting", "foreignministers": "meeting",
	"forum": "forum", "expo": "expo", "festival": "festival", "contest": "contest"}

// stages of a contest. Who wins a semi-final reaches the final, so that a report names both; who wins a cup has won its
// final.
var stages = []string{"quarterfinal", "semifinal", "final"}

// Bounds of what is read for the event.
const (
	eventSentences = 4
	reachBefore    = 6   // words between an ordinal and the format behind it
	reachBehind    = 2   // and before it, where the ordinal follows
	mostOrdinal    = 300 // beyond it is a year or another number
)

// tells reports whether anything is known of the event.
func (e Event) tells() bool {
	return e.Class != "" || e.Struck != "" || len(e.Ministers)+len(e.Cities)+len(e.Acts)+len(e.Minister)+len(e.Envoys) > 0 || e.Formula != 0
}

// Clashes reports whether two texts cannot be about the same event (Against).
func (e Event) Clashes(o Event) bool { return e.Against(o) != "" }

// Against tells why two texts cannot be about the same event, "" if they may be: other ministers meet (ministers), or the same was done in another
// place (place) or by others (parties), or another minister comes or goes (minister), or another quake is told (magnitude), or the headlines are the same but for their days (day), or a meeting is on something else (subject), or they name the same class of event, and it is another stage (stage), or another one of its series
// (ordinal), or held in another city (held), or in another city at another time (days). That one text is of what is planned and another of what
// is done is nothing against it.
func (e Event) Against(o Event) string {
	switch {
	case e.othersMeet(o):
		return "ministers"
	case e.likened(o) && e.elsewhere(o):
		return "place"
	case e.othersTakePart(o), len(e.Envoys) > 0 && len(o.Envoys) > 0 && !overlap(e.Envoys, o.Envoys):
		return "parties"
	case len(e.Minister) > 0 && len(o.Minister) > 0 && !overlap(e.Minister, o.Minister):
		return "minister"
	case e.Magnitude != 0 && o.Magnitude != 0 && max(e.Magnitude, o.Magnitude)-min(e.Magnitude, o.Magnitude) >= otherQuake:
		return "magnitude"
	case e.Formula != 0 && e.Formula == o.Formula && e.Day != o.Day:
		return "day"
	case e.otherSubject(o):
		return "subject"
	case e.Class == "" || e.Class != o.Class:
		return ""
	case e.Stage != "" && o.Stage != "" && e.Stage != o.Stage:
		return "stage"
	case e.Ordinal != 0 && o.Ordinal != 0:
		if e.Ordinal != o.Ordinal && !(slices.Contains(e.Ordinals, o.Ordinal) && slices.Contains(o.Ordinals, e.Ordinal)) {
			return "ordinal"
		}
	case e.Held != "" && o.Held != "" && e.Held != o.Held:
		if !slices.Contains(e.Cities, o.Held) && !slices.Contains(o.Cities, e.Held) {
			return "held"
		}
	case len(e.Cities) > 0 && len(o.Cities) > 0 && !overlap(e.Cities, o.Cities) && apart(e.Days, o.Days):
		return "days"
	}
	return ""
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

// apart: both name days, and no two of them lie within three days.
func apart(a, b []string) bool {
	for _, s := range a {
		for _, o := range b {
			x, err := time.Parse(time.DateOnly, s)
			y, err2 := time.Parse(time.DateOnly, o)
			if err != nil || err2 != nil || x.Sub(y).Abs() <= 72*time.Hour {
				return false
			}
		}
	}
	return len(a) > 0 && len(b) > 0
}

// dayOf is the day of a date, "" if it is none. A day without a year is the one nearest to when the text was written, if that is known.
func dayOf(d lang.Date, written time.Time) string {
	switch {
	case d.Precision == "day" || d.Precision == "minute":
		return d.Value[:10]
	case d.Precision != "monthday" || written.IsZero():
		return ""
	}
	best := ""
	var least time.Duration
	for year := written.Year() - 1; year <= written.Year()+1; year++ {
		day, err := time.Parse(time.DateOnly, fmt.Sprintf("%04d-%s", year, strings.TrimPrefix(d.Value, "--")))
		if far := written.Sub(day).Abs(); err == nil && (best == "" || far < least) {
			best, least = day.Format(time.DateOnly), far
		}
	}
	return best
}

func readEvent(t lang.Tag, text string, tokens []lang.Token, mentions []names.Mention, dates []lang.Date, written time.Time) Event {
	var e Event
	sentences := lang.Sentences(t, text[:headEnd(text)])
	if len(sentences) > eventSentences {
		sentences = sentences[:eventSentences]
	}
	ordinals := map[int]int{} // at a token
	for _, m := range mentions {
		if m.Name.Kind == names.Ordinal {
			if n, err := strconv.Atoi(m.Name.ID); err == nil {
				ordinals[m.To-1] = n
			}
		}
	}
	stage, won := len(stages), false
	for n, s := range sentences {
		first, last := within(tokens, s)
		formats := map[string]bool{}
		for _, m := range mentions {
			class := classes[m.Name.ID]
			if m.Name.Kind != names.Format || class == "" || m.From < first || m.To > last {
				continue
			}
			if e.Class == "" {
				e.Class = class
			}
			if class != e.Class {
				continue
			}
			formats[class] = true
			if o := ordinalBeside(t, text, tokens, ordinals, m, first, last); o != 0 {
				if e.Ordinal == 0 {
					e.Ordinal = o
				}
				if !slices.Contains(e.Ordinals, o) {
					e.Ordinals = append(e.Ordinals, o)
				}
			}
		}
		for _, m := range mentions {
			if m.Name.Kind != names.Topic || m.From < first || m.To > last {
				continue
			}
			if at := slices.Index(stages, m.Name.ID); at >= 0 {
				stage = min(stage, at)
			}
			won = won || n < 2 && m.Name.ID == "win" && len(formats) > 0
		}
		if n > 1 && len(formats) == 0 {
			continue
		}
		of := ministersOf(t, tokens[first:last])
		if len(e.Ministers) == 0 {
			e.Ministers = of
		}
		for _, id := range of {
			if !slices.Contains(e.AllMinisters, id) {
				e.AllMinisters = append(e.AllMinisters, id)
			}
		}
		for _, m := range mentions {
			if m.Name.Kind == names.Place && m.From >= first && m.To <= last && !slices.Contains(e.Cities, m.Name.ID) && len(e.Cities) < 8 {
				e.Cities = append(e.Cities, m.Name.ID)
			}
		}
		for _, d := range dates {
			if day := dayOf(d, written); day != "" && d.Start >= s.Start && d.End <= s.End && len(e.Days) < 8 {
				e.Days = append(e.Days, day)
			}
		}
	}
	head := strings.IndexByte(text, '\n')
	for _, m := range mentions {
		if m.Name.Kind == names.Topic && tokens[m.From].Start < head && slices.Contains(strikes, m.Name.ID) {
			e.Struck = m.Name.ID
			break
		}
	}
	if e.Class == "contest" {
		switch {
		case stage < len(stages):
			e.Stage = stages[stage]
		case won:
			e.Stage = "final"
		}
	}
	if e.Class == "" && e.Struck == "" {
		e = Event{Ministers: e.Ministers, AllMinisters: e.AllMinisters}
	}
	e.subjectOf(t, text, tokens, mentions, dates, written, sentences)
	e.placesOf(t, text, tokens, mentions, sentences[:min(len(sentences), 3)])
	if e.Class != "" {
		e.Held = heldIn(t, text, tokens, mentions, sentences[:min(len(sentences), 2)], e.Class)
	}
	return e
}

// headEnd is where the part ends in which a text tells what it is about.
func headEnd(text string) int {
	const most = 3000
	if len(text) <= most {
		return len(text)
	}
	end := most
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return end
}

// within returns the tokens of a span.
func within(tokens []lang.Token, s lang.Span) (first, last int) {
	for first < len(tokens) && tokens[first].Start < s.Start {
		first++
	}
	for last = first; last < len(tokens) && tokens[last].End <= s.End; {
		last++
	}
	return first, last
}

// ordinalBeside finds the how-manieth a mentioned event is: the nearest ordinal before it, else right behind it.
func ordinalBeside(t lang.Tag, text string, tokens []lang.Token, words map[int]int, m names.Mention, first, last int) int {
	reach := reachBefore
	if t == lang.ZH { // a word is a character
		reach = 3 * reachBefore
	}
	for i := m.From - 1; i >= max(first, m.From-reach); i-- {
		if n := ordinalAt(t, text, tokens, words, i); n != 0 {
			return n
		}
	}
	for i := m.To; i < min(last, m.To+reachBehind); i++ {
		if n, ok := words[i]; ok {
			return n
		}
	}
	return 0
}

// ordinalAt reads the ordinal that token i is; 0 if it is none.
func ordinalAt(t lang.Tag, text string, tokens []lang.Token, words map[int]int, i int) int {
	if n, ok := words[i]; ok {
		return n
	}
	k := tokens[i]
	shown := text[k.Start:k.End]
	if n := roman(shown); n > 1 {
		return n
	}
	if t == lang.ZH {
		return ordinalInChinese(text, tokens, i)
	}
	d := digits(k.Fold)
	if d == 0 || d > 3 {
		return 0
	}
	n, _ := strconv.Atoi(k.Fold[:d])
	if n == 0 || n > mostOrdinal {
		return 0
	}
	if d < len(k.Fold) { // 26th, 5ویں
		if t == lang.KO { // 5차, 5회, but 25개국 is so many countries
			shown = strings.TrimLeft(shown, "0123456789")
			if wordBegins(t, "th", shown) || wordEnds(t, "the", text[:k.Start]) {
				return n
			}
			return 0
		}
		if !isNumber(k.Fold) && utf8.RuneCountInString(k.Fold[d:]) <= 4 {
			return n
		}
		return 0
	}
	rest := text[k.End:]
	switch {
	case t == lang.KO: // 제5차, 5차, 5회
		rest = strings.TrimLeft(rest, " ")
		if wordBegins(t, "th", rest) || wordEnds(t, "the", text[:k.Start]) {
			return n
		}
	case strings.HasPrefix(rest, ". "): // 5. toplantı
		if (t == lang.TR || t == lang.AZ) && i+1 < len(tokens) && !month(t, tokens[i+1]) {
			return n
		}
	case strings.HasPrefix(rest, "-"), strings.HasPrefix(rest, "‑"), strings.HasPrefix(rest, "–"): // 5-й, 5-ші, 5-sammit
		if i+1 < len(tokens) && tokens[i+1].Start-k.End <= 3 && !month(t, tokens[i+1]) && digits(tokens[i+1].Fold) == 0 {
			return n
		}
	case t == lang.FA || t == lang.PRS || t == lang.UR: // ۵مین, ۵ مین, 26 ویں
		if i+1 < len(tokens) && wordIs(t, "th", text[tokens[i+1].Start:tokens[i+1].End]) {
			return n
		}
	case t == lang.MN: // 5 дугаар
		if i+1 < len(tokens) && wordBegins(t, "th", tokens[i+1].Fold) {
			return n
		}
	}
	return 0
}

// month reports whether a word is a month or weekday.
func month(t lang.Tag, k lang.Token) bool {
	return slices.ContainsFunc(names.Concepts(t, k.Stem), func(c uint16) bool { return c&0x8000 != 0 })
}

// roman reads a number in capital Roman digits up to 89; 0 if it is none.
func roman(s string) int {
	if s == "" || len(s) > 8 {
		return 0
	}
	n, last := 0, 0
	for i := len(s) - 1; i >= 0; i-- {
		v := map[byte]int{'I': 1, 'V': 5, 'X': 10, 'L': 50}[s[i]]
		switch {
		case v == 0:
			return 0
		case v < last:
			n -= v
		default:
			n, last = n+v, v
		}
	}
	return n
}

// ordinalInChinese reads 第五 and 第26 that begin at token i.
func ordinalInChinese(text string, tokens []lang.Token, i int) int {
	if !wordIs(lang.ZH, "the", text[tokens[i].Start:tokens[i].End]) || i+1 == len(tokens) || tokens[i+1].Start != tokens[i].End {
		return 0
	}
	k := tokens[i+1]
	if d := digits(k.Fold); d > 0 && d <= 3 {
		n, _ := strconv.Atoi(k.Fold[:d])
		return n
	}
	n := 0
	for j := i + 1; j < min(len(tokens), i+4); j++ {
		v := strings.Index("〇一二三四五六七八九十", text[tokens[j].Start:tokens[j].End])
		switch {
		case v < 0 || tokens[j].End-tokens[j].Start != 3:
			return n
		case v/3 == 10:
			n = max(n, 1) * 10
		default:
			n += v / 3
		}
	}
	return n
}
