package intake

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

//go:embed tables/*.json
var tableFiles embed.FS

// table is one language's file of rules. All of it applies to every page: sites mix languages.
type table struct {
	Furniture struct {
		Line     []string `json:"line"`     // whole lines
		Starts   []string `json:"starts"`   // beginnings of short lines
		Contains []string `json:"contains"` // parts of short lines
		Strong   []string `json:"strong"`   // beginnings of words that only a site's frame uses: one makes a short line furniture
		Weak     []string `json:"weak"`     // of words that frames use much: two do
	} `json:"furniture"`
	Views        []string `json:"views"`         // words beside the number of a counter
	Credit       []string `json:"credit"`        // labels of picture credits
	Byline       []string `json:"byline"`        // labels of bylines
	BylineStart  []string `json:"byline_start"`  // words a name follows without a colon
	BylineEnd    []string `json:"byline_end"`    // words behind a name
	Reporter     []string `json:"reporter"`      // what a reporter is called; with a name and a house a byline
	States       []string `json:"states"`        // abbreviations of states and offices, which report nothing
	CreditStart  []string `json:"credit_start"`  // as byline_start, of pictures
	Published    []string `json:"published"`     // labels of the publication date
	Updated      []string `json:"updated"`       // labels of the date of a change
	Source       []string `json:"source"`        // labels of the publisher a text was taken from
	Keywords     []string `json:"keywords"`      // labels of keywords, rubrics, tags
	Related      []string `json:"related"`       // leads to other articles
	More         []string `json:"more"`          // leads to the rest of this one
	Machine      []string `json:"machine"`       // words for machine and artificial intelligence
	Translation  []string `json:"translation"`   // words for translation
	ThisText     []string `json:"this_text"`     // words by which a note speaks of the article
	Desk         []string `json:"desk"`          // desks and agencies as they stand in datelines
	Months       []string `json:"months"`        // beginnings of month names
	DateWords    []string `json:"date_words"`    // other words of a line that is only a date
	Cities       []string `json:"cities"`        // places datelines begin with
	PressService []string `json:"press_service"` // parts of names of those who speak for themselves
	Attribution  []string `json:"attribution"`   // patterns, see attribution.go
	Speaker      []string `json:"speaker"`       // words the name of an office begins with, where no comma sets it off
	Stop         []string `json:"stop"`          // words a name of a source ends before
	Frequent     []string `json:"frequent"`      // words of four letters and more that texts on anything have
	Lead         []string `json:"lead"`          // words before a source that are not of its name
}

// class is what a line is.
type class int

const (
	classText class = iota
	classFurniture
	classViews
	classCredit
	classByline
	classPublished
	classUpdated
	classDateOnly
	classSource
	classKeywords
	classRelated
	classMore
	classTranslator
)

// ruleSet is all tables put together, folded for comparison.
type ruleSet struct {
	lines       map[string]class // whole lines
	labels      map[string]class // before a colon, or before a date
	labelList   []string         // of published and updated, longest first
	starts      []string
	contains    []string
	web         map[string][]webWord // by their first letters, at most three
	bylineStart []string
	creditStart []string
	bylineEnd   map[string]bool
	reporter    []string
	states      map[string]bool
	views       map[string]bool
	machine     []string
	translation []string
	thisText    []string
	desks       []string
	months      []string
	dateWords   map[string]bool
	cities      map[string]bool
	press       []string
	patterns    []pattern
	more        []string
	stop        map[string]bool
	frequent    map[string]bool // by their first letters, as stemsOf has them
	lead        []string
}

var rules = mustLoad()

func mustLoad() *ruleSet {
	r, err := loadRules(tableFiles)
	if err != nil {
		panic("intake: the embedded tables do not load: " + err.Error()) // a defect of the build, found by any test
	}
	return r
}

func loadRules(files fs.FS) (*ruleSet, error) {
	names, err := fs.Glob(files, "tables/*.json")
	if err != nil {
		return nil, err
	}
	sort.Strings(names)
	r := &ruleSet{
		lines: map[string]class{}, labels: map[string]class{}, views: map[string]bool{},
		dateWords: map[string]bool{}, cities: map[string]bool{}, stop: map[string]bool{}, frequent: map[string]bool{},
		web: map[string][]webWord{}, bylineEnd: map[string]bool{}, states: map[string]bool{},
	}
	var tables []table
	heads := []string{}
	for _, name := range names {
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		var t table
		dec := json.NewDecoder(strings.NewReader(string(raw)))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&t); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		tables = append(tables, t)
		for _, s := range t.Speaker {
			heads = append(heads, alike.Replace(regexp.QuoteMeta(s)))
		}
	}
	for _, t := range tables {
		for c, list := range map[class][]string{classCredit: t.Credit, classByline: t.Byline, classPublished: t.Published, classUpdated: t.Updated, classSource: t.Source, classKeywords: t.Keywords, classRelated: t.Related, classMore: t.More, classViews: t.Views} {
			for _, s := range list {
				f := foldLine(s)
				if old, taken := r.labels[f]; !taken || c < old { // the order of classes decides between languages
					r.labels[f] = c
				}
			}
		}
		for _, s := range t.Furniture.Line {
			r.lines[strings.TrimRight(foldLine(s), ":.!…")] = classFurniture
		}
		r.more = append(r.more, fold(t.More)...)
		for _, s := range t.More {
			r.lines[foldLine(s)] = classMore
		}
		for _, s := range t.Related { // what may be either is told by where it stands
			r.lines[foldLine(s)] = classRelated
		}
		for _, s := range t.Byline {
			if f := foldLine(s); containsAny(f, fold(t.Translation)) || f == "аударған" || f == "tarjimon" || f == "مترجم" {
				r.labels[f] = classTranslator
			}
		}
		r.starts = append(r.starts, fold(t.Furniture.Starts)...)
		r.contains = append(r.contains, fold(t.Furniture.Contains)...)
		r.addWeb(t.Furniture.Strong, 2)
		r.addWeb(t.Furniture.Weak, 1)
		r.bylineStart = append(r.bylineStart, fold(t.BylineStart)...)
		r.creditStart = append(r.creditStart, fold(t.CreditStart)...)
		for _, s := range fold(t.BylineEnd) {
			r.bylineEnd[s] = true
		}
		r.reporter = append(r.reporter, fold(t.Reporter)...)
		for _, s := range fold(t.States) {
			r.states[s] = true
		}
		for _, s := range fold(t.Views) {
			r.views[s] = true
		}
		r.machine = append(r.machine, spaced(t.Machine)...)
		r.translation = append(r.translation, fold(t.Translation)...)
		r.thisText = append(r.thisText, fold(t.ThisText)...)
		r.desks = append(r.desks, fold(t.Desk)...)
		r.months = append(r.months, fold(t.Months)...)
		for _, s := range fold(t.DateWords) {
			r.dateWords[s] = true
		}
		for _, s := range fold(t.Cities) {
			r.cities[s] = true
		}
		for _, s := range fold(t.Stop) {
			r.stop[s] = true
		}
		for _, s := range fold(t.Frequent) {
			for _, w := range strings.Fields(s) {
				r.frequent[stemKey([]rune(w))] = true
			}
		}
		r.press = append(r.press, fold(t.PressService)...)
		r.lead = append(r.lead, fold(t.Lead)...)
		for _, p := range t.Attribution {
			re, err := regexp.Compile(expand(p, heads))
			if err != nil {
				return nil, fmt.Errorf("attribution %q: %w", p, err)
			}
			r.patterns = append(r.patterns, pattern{re, triggers(p)})
		}
	}
	for l, c := range r.labels {
		if c == classPublished || c == classUpdated {
			r.labelList = append(r.labelList, l)
		}
	}
	sort.Slice(r.labelList, func(i, j int) bool {
		a, b := r.labelList[i], r.labelList[j]
		return len(a) > len(b) || len(a) == len(b) && a < b
	})
	return r, nil
}

// webWord is the beginning of a word, or of several, that the frames of sites use, and how much it weighs.
type webWord struct {
	text   string
	weighs int
	whole  bool // the word must end with it
}

func (r *ruleSet) addWeb(list []string, weighs int) {
	for _, s := range list {
		f := foldLine(s)
		if f == "" {
			continue
		}
		k := webKey(f)
		r.web[k] = append(r.web[k], webWord{f, weighs, utf8.RuneCountInString(f) <= 3 && !wide(first(f))})
	}
}

// webKey is the first three letters of s; of scripts whose words are a letter or two, the first.
func webKey(s string) string {
	n := 0
	for i := range s {
		if n == 3 || n == 1 && wide(first(s)) {
			return s[:i]
		}
		n++
	}
	return s
}

// wide says whether c is of a script whose words run together.
func wide(c rune) bool { return c >= 0x1100 && unicode.In(c, unicode.Han, unicode.Hangul) }

// frameWords says whether s is a short line made of the words of a site's frame: such as no table lists, in any of
// the languages. It is asked only about lines that nothing else explains.
func (r *ruleSet) frameWords(s string) bool {
	if !shorter(s, 110) || words(s) > 12 {
		return false
	}
	f := foldLine(s)
	need := 2
	if last, _ := utf8.DecodeLastRuneInString(strings.TrimRight(s, closers+" ")); strings.ContainsRune(".۔。", last) {
		need = 3 // a sentence of a text may speak of comments
	}
	found, weight := map[string]bool{}, 0
	start, past := true, 0 // past: where the last word found ends; in a sentence, a part of it is no second one
	for i, c := range f {
		letter := unicode.IsLetter(c) || unicode.IsDigit(c) || unicode.Is(unicode.M, c) || c == '\''
		if (start && letter || wide(c)) && (i >= past || need < 3) {
			rest, here, text := f[i:], 0, ""
			for n, k := 0, 0; n < 3 && k < len(rest); n++ {
				_, size := utf8.DecodeRuneInString(rest[k:])
				k += size
				for _, w := range r.web[rest[:k]] {
					if !found[w.text] && w.weighs > here && strings.HasPrefix(rest, w.text) && len(webKey(w.text)) == k {
						if next, _ := utf8.DecodeRuneInString(rest[len(w.text):]); w.whole && unicode.IsLetter(next) {
							continue
						}
						here, text = w.weighs, w.text
					}
				}
			}
			if here > 0 {
				found[text], past = true, i+len(text)
				if weight += here; weight >= need {
					return true
				}
			}
		}
		start = !letter || wide(c)
	}
	return false
}

// goesOn says whether s, standing behind a text, tells where the rest of it is: a few words that begin with such a lead.
func (r *ruleSet) goesOn(s string) bool {
	if !shorter(s, 70) || words(s) > 7 || endsSentence(s) {
		return false
	}
	f := foldLine(s)
	for _, m := range r.more {
		if rest, ok := strings.CutPrefix(f, m); ok && (rest == "" || rest[0] == ' ' || wide(first(rest)) || utf8.RuneCountInString(m) >= 5) {
			return true
		}
	}
	return false
}

// named reads a byline or a credit without a colon: its words, then nothing but a name.
func (r *ruleSet) named(s string) (class, string, bool) {
	if !shorter(s, 90) || endsSentence(s) {
		return 0, "", false
	}
	f := foldLine(s)
	for c, list := range [...][]string{classCredit: r.creditStart, classByline: r.bylineStart} {
		c := class(c)
		for _, l := range list {
			if !leads(f, l) {
				continue
			}
			rest, ok := afterWords(s, len(strings.Fields(l)), l)
			n := words(rest)
			switch {
			case !ok || n < 1 || n > 4 || n == 4 && !unicode.IsUpper(first(rest)):
			case capitalised(rest) && c == classByline && containsAny(l, r.translation):
				return classTranslator, rest, true
			case capitalised(rest), c == classCredit && containsAny(foldLine(rest), r.press):
				return c, rest, true
			}
		}
	}
	if fields := strings.Fields(f); len(fields) >= 2 && len(fields) <= 3 && r.bylineEnd[fields[len(fields)-1]] {
		return classByline, s, true
	}
	return 0, "", false
}

// translated reads who translated a text where the language stands in between: 'Translated from Kazakh: Dana Omar', 'Ruschadan Dana Omar tarjimasi'.
func (r *ruleSet) translated(s string) (class, string, bool) {
	bare := unbracket(s)
	if !shorter(bare, 90) || words(bare) > 8 || endsSentence(bare) || hasDigit(bare) || containsAny(" "+foldLine(bare)+" ", r.machine) {
		return 0, "", false
	}
	if head, rest, ok := strings.Cut(strings.ReplaceAll(bare, "：", ":"), ":"); ok {
		rest = strings.TrimSpace(rest)
		return classTranslator, rest, r.translates(head) && rest != "" && words(rest) <= 4 && !strings.ContainsAny(rest, ":.!?") && (!cased(rest) || capitalised(rest))
	}
	ws := strings.Fields(bare)
	for i := 1; i+1 < len(ws) && len(ws) >= 4; i++ { // a name of two words behind the first
		if unicode.IsUpper(first(ws[i])) && unicode.IsUpper(first(ws[i+1])) && (i+2 == len(ws) || i+3 == len(ws) && r.translates(ws[i+2])) && r.translates(bare) {
			return classTranslator, ws[i] + " " + ws[i+1], true
		}
	}
	return 0, "", false
}

// translates says whether a word begins with one for translating.
func (r *ruleSet) translates(s string) bool {
	for w := range strings.FieldsSeq(foldLine(s)) {
		for _, t := range r.translation {
			if strings.HasPrefix(w, t) {
				return true
			}
		}
	}
	return false
}

// reports says whether s is a reporter and whose he is: 'Aina Karal, Silver Wire correspondent', 'خبرنگار سیمین' behind a comma, '银报记者 艾娜'.
func (r *ruleSet) reports(s string) bool {
	s = unbracket(s)
	if !shorter(s, 80) || endsSentence(s) || hasDigit(s) || strings.ContainsAny(s, ":?!") || words(s) > 8 {
		return false
	}
	if wide(first(s)) {
		house, name, ok := strings.Cut(s, " ")
		return ok && utf8.RuneCountInString(house) > 2 && utf8.RuneCountInString(house) <= 10 && utf8.RuneCountInString(name) <= 4 && !strings.Contains(name, " ") &&
			slices.ContainsFunc(r.reporter, func(w string) bool { return wide(first(w)) && strings.HasSuffix(house, w) })
	}
	at := strings.IndexAny(s, ",،—–")
	if i := strings.Index(s, " - "); at < 0 || i >= 0 && i < at {
		at = i
	}
	if at < 0 {
		return false
	}
	name := strings.TrimSpace(s[:at])
	house := strings.TrimLeft(s[at:], ",،—–- ")
	if n := words(name); n < 2 || n > 3 || cased(name) && !capitalised(name) || words(house) > 5 {
		return false
	}
	f := " " + foldLine(house)
	return slices.ContainsFunc(r.reporter, func(w string) bool { return !wide(first(w)) && strings.Contains(f, " "+w) })
}

// cased says whether s has letters of a script with capitals.
func cased(s string) bool {
	return strings.ContainsFunc(s, func(c rune) bool { return unicode.IsLower(c) || unicode.IsUpper(c) })
}

// unbracket takes off the brackets that a line stands in as a whole.
func unbracket(s string) string {
	for _, b := range [...][2]string{{"(", ")"}, {"（", "）"}, {"[", "]"}, {"［", "］"}, {"【", "】"}} {
		if inner, ok := strings.CutPrefix(s, b[0]); ok && strings.Index(inner, b[1]) == len(inner)-len(b[1]) {
			return strings.TrimSpace(strings.TrimSuffix(inner, b[1]))
		}
	}
	return s
}

// leads says whether s begins with phrase and goes on with another word.
func leads(s, phrase string) bool {
	return len(s) > len(phrase) && s[len(phrase)] == ' ' && strings.HasPrefix(s, phrase)
}

// pattern is one of the attribution patterns. A text can match only if it holds one of the triggers,
// which is much faster to find out.
type pattern struct {
	re       *regexp.Regexp
	triggers []string
}

// triggers are the longer literal words of a pattern outside its names; every way through a pattern
// has one.
func triggers(p string) []string {
	var out []string
	for _, run := range strings.FieldsFunc(namedGroup.ReplaceAllString(p, "|"), func(r rune) bool {
		return !unicode.IsLetter(r) && r != ' ' && r != '\'' && !unicode.Is(unicode.M, r)
	}) {
		f := foldLine(run)
		if n := utf8.RuneCountInString(f); n >= 4 || n == 3 && unicode.In(first(f), unicode.Arabic) || strings.ContainsFunc(f, func(r rune) bool { return unicode.Is(unicode.Han, r) }) ||
			utf8.RuneCountInString(f) >= 2 && strings.ContainsFunc(f, func(r rune) bool { return unicode.Is(unicode.Hangul, r) }) {
			out = append(out, f)
		}
	}
	return out
}

var namedGroup = regexp.MustCompile(`\(\?P<\w+>(?:[^()\[\]]|\[[^\]]*\])*\)|\\.`)

func fold(list []string) []string {
	out := make([]string, 0, len(list))
	for _, s := range list {
		if f := foldLine(s); f != "" {
			out = append(out, f)
		}
	}
	return out
}

// spaced folds and keeps a blank at the edges, which stands for the edge of a word.
func spaced(list []string) []string {
	out := make([]string, 0, len(list))
	for _, s := range list {
		f := foldLine(s)
		if strings.HasPrefix(s, " ") {
			f = " " + f
		}
		if strings.HasSuffix(s, " ") {
			f += " "
		}
		out = append(out, f)
	}
	return out
}

func containsAny(s string, parts []string) bool {
	for _, p := range parts {
		if p != "" && strings.Contains(s, p) {
			return true
		}
	}
	return false
}

// classify says what one line is by itself, and what follows its label. dated tells whether a text
// is, or begins with, a date; it is asked only about short lines that hold a digit.
func (r *ruleSet) classify(s string, dated func(s string) dateRead) (class, string) {
	if !shorter(s, 400) {
		return classText, ""
	}
	f := foldLine(s)
	bare := strings.TrimRight(f, ":.!…")
	if bare == "" || onlyNumber(bare) {
		if len(bare) >= 8 && shorter(s, 40) && dated(s).only { // 12.06.2026 14:30
			return classDateOnly, s
		}
		return classFurniture, ""
	}
	if c, ok := r.lines[bare]; ok {
		return c, ""
	}
	if r.counter(f) {
		return classViews, ""
	}
	short := shorter(s, 220)
	if short {
		for _, p := range r.starts {
			if strings.HasPrefix(f, p) {
				return classFurniture, ""
			}
		}
		if containsAny(f, r.contains) {
			return classFurniture, ""
		}
	}
	if short && words(s) <= 6 && arrow(s) {
		return classFurniture, ""
	}
	if short && hashtags(s) {
		return classKeywords, s
	}
	if c, rest, ok := r.label(s, dated); ok {
		return c, rest
	}
	if head, rest, ok := strings.Cut(f, ":"); ok && r.lines[head] == classFurniture && shorter(rest, 60) && words(rest) <= 5 && !endsSentence(s) {
		return classFurniture, "" // 'Share: Telegram Facebook'
	}
	if i := strings.LastIndex(f, " ("); i > 0 && r.lines[f[:i]] == classFurniture && onlyNumber(f[i:]) {
		return classFurniture, "" // 'Comments (3)'
	}
	if short && (strings.HasSuffix(f, "[...]") || strings.HasSuffix(f, "[…]")) {
		return classMore, ""
	}
	if short && rightsLine.MatchString(s) {
		return classFurniture, ""
	}
	if rest, ok := strings.CutPrefix(s, "©"); ok && short {
		if unicode.IsDigit(first(strings.TrimLeft(rest, " \u00a0"))) || words(s) > 8 { // whose the site is, and since when
			return classFurniture, ""
		}
		return classCredit, s
	}
	if shorter(s, 90) && hasDigit(s) {
		if d := dated(s); d.ok && d.only || dayAndYear(s) {
			return classDateOnly, s
		}
	}
	return classText, ""
}

// label reads a line that begins with a label: 'Foto: …', 'Source – …', 'date 2026-01-08'.
func (r *ruleSet) label(s string, dated func(string) dateRead) (class, string, bool) {
	s = unbracket(s)
	for i, seps := 0, 0; i < len(s) && i <= 80 && seps < 4; i++ {
		mark, size := utf8.DecodeRuneInString(s[i:])
		if !strings.ContainsRune(":：/|©=＝–—-", mark) {
			i += size - 1
			continue
		}
		seps++
		spacedOut := strings.HasSuffix(s[:i], " ") || strings.HasPrefix(s[i+size:], " ")
		if c, ok := r.labels[foldLine(s[:i])]; ok && (mark == ':' || mark == '：' || mark == '©' || spacedOut || strings.ContainsRune("/=＝", mark) && c == classCredit) {
			rest := strings.TrimLeft(s[i:], ":：/|©=＝–—- \u00a0")
			if is, known := labelled(c, rest, s, mark == ':' || mark == '：', dated); known {
				return is, rest, true
			}
		}
		i += size - 1
	}
	if strings.HasPrefix(strings.ToLower(s), "by ") && words(s) <= 7 && !endsSentence(s) && capitalised(s[3:]) {
		return classByline, s[3:], true
	}
	if low := strings.ToLower(strings.TrimLeft(s, "(")); strings.HasPrefix(low, "reporting by ") && (strings.Contains(low, "editing by") || words(s) <= 8) {
		return classByline, s, true
	}
	if rest, ok := afterWords(s, 2, "photo by", "image by", "photo courtesy", "picture by"); ok && words(rest) <= 10 {
		return classCredit, rest, true
	}
	if c, rest, ok := r.named(s); ok {
		return c, rest, true
	}
	if c, rest, ok := r.translated(s); ok {
		return c, rest, true
	}
	if r.reports(s) {
		return classByline, s, true
	}
	if !shorter(s, 120) || !hasDigit(s) {
		return 0, "", false
	}
	f := foldLine(s)
	for _, l := range r.labelList { // a date right after the label, without a colon
		if leads(f, l) {
			rest, ok := afterWords(s, len(strings.Fields(l)), l)
			if d := dated(rest); ok && d.ok && d.start <= 2 && d.only {
				return r.labels[l], rest, true
			}
		}
	}
	return 0, "", false
}

// labelled says whether rest is what a label of class c can have after it.
func labelled(c class, rest, whole string, colon bool, dated func(string) dateRead) (class, bool) {
	n := words(rest)
	if rest == "" {
		switch c {
		case classRelated, classMore:
			return c, true
		}
		return classFurniture, true
	}
	switch c {
	case classCredit:
		return c, shorter(whole, 160) && (n <= 12 || n <= 20 && !endsSentence(whole))
	case classByline, classTranslator:
		return c, colon && n <= 12
	case classSource:
		return c, colon && n <= 15
	case classKeywords:
		return c, colon && (!endsSentence(whole) || n <= 10)
	case classRelated, classMore:
		return c, colon || n <= 20
	case classPublished:
		d := dated(rest)
		return c, d.ok && d.start <= 24 && n <= 16 || hasDigit(rest) && n <= 8 && colon && !endsSentence(rest)
	case classUpdated:
		return c, hasDigit(rest) && n <= 16
	case classViews:
		return c, hasDigit(rest) && n <= 3
	}
	return c, false
}

// afterWords cuts the first n words off s if they fold to one of phrases.
func afterWords(s string, n int, phrases ...string) (string, bool) {
	rest := s
	for range n {
		rest = strings.TrimLeft(rest, " ")
		i := strings.IndexByte(rest, ' ')
		if i < 0 {
			return "", false
		}
		rest = rest[i:]
	}
	head := foldLine(s[:len(s)-len(rest)])
	for _, p := range phrases {
		if head == p {
			return strings.TrimSpace(rest), true
		}
	}
	return "", false
}

func capitalised(s string) bool {
	for _, w := range strings.Fields(s) {
		r := []rune(w)[0]
		if unicode.IsLower(r) && w != "and" && w != "for" && w != "in" && w != "of" {
			return false
		}
	}
	return s != ""
}

// dayAndYear says whether a line is a date in whatever language, by its figures: a day, a word or two, a year, with a day of the week and a comma
// before it; with a time of day behind it, a few words before it and between (Publié le 4 juin 2026 à 09:00).
func dayAndYear(s string) bool { return dayYear.MatchString(s) }

var dayYear = regexp.MustCompile(`^(?:(?:\pL[\pL\pM.]*, )?` + dayOf + `|(?:\pL[\pL\pM]*:? ){0,3}` + dayOf + `[,،.]? (?:\pL{1,9},? ){0,2}\p{Nd}{1,2}[:.]\p{Nd}\p{Nd}(?: \pL{1,5}\.?)?)$`)

const dayOf = `\p{Nd}{1,2}\.? (?:\pL+ )?\pL[\pL\pM]*\.? \p{Nd}{4}`

// arrow says whether a line begins or ends with an arrow, as what leads to another page does.
func arrow(s string) bool {
	const arrows = "→←⟶⟵➔➜⇒⇐"
	last, _ := utf8.DecodeLastRuneInString(s)
	return strings.ContainsRune(arrows, first(s)) || strings.ContainsRune(arrows, last)
}

// rightsLine is whose a site is, and since when.
var rightsLine = regexp.MustCompile(`\pL.* ©\s?\p{Nd}{4}`)

// hashtags says whether a line is nothing but two tags and more: #roads #bridges.
func hashtags(s string) bool {
	n := 0
	for w := range strings.FieldsSeq(s) {
		if w[0] != '#' || !strings.ContainsFunc(w, unicode.IsLetter) {
			return false
		}
		n++
	}
	return n >= 2
}

// counter reads 'Post Views: 1', '1 126 просмотров', 'مناظر ۱۲'.
func (r *ruleSet) counter(f string) bool {
	if !shorter(f, 60) || !hasDigit(f) {
		return false
	}
	label := strings.TrimFunc(f, func(c rune) bool { return !unicode.IsLetter(c) })
	if strings.ContainsFunc(label, unicode.IsDigit) {
		return false
	}
	return r.views[strings.Trim(label, ": ")]
}

// onlyNumber says whether f holds no letters: a counter, a rule, a row of icons.
func onlyNumber(f string) bool {
	return !strings.ContainsFunc(f, unicode.IsLetter)
}

func hasDigit(s string) bool { return strings.ContainsFunc(s, unicode.IsDigit) }

// expand turns a pattern of the tables into a regular expression: NAME and its kin stand for what a
// name of a source may be, letters that keyboards mix up match each other.
func expand(p string, heads []string) string {
	const word = `[«"“]?[^\s.,،:;؛۔。！？!?«»"“”()]+(?:[.’'ʻʼ‘-][^\s.,،:;؛۔。！？!?«»"“”()]+)*[»"”]?`
	p = alike.Replace(p)
	p = numbered.ReplaceAllStringFunc(p, func(m string) string {
		g := numbered.FindStringSubmatch(m)
		lazy := ""
		if g[1] == "LAZY" {
			lazy = "?"
		}
		n := int(g[2][0]-'0') - 1
		return fmt.Sprintf(`%s(?:\s+%s){0,%d}%s`, word, word, n, lazy)
	})
	return "(?i)" + strings.NewReplacer(
		"SPEAKER", `(?:`+strings.Join(heads, "|")+`)(?:\s+`+word+`){0,6}?`,
		"ABBR", `(?-i:\p{Lu}{2,6})`,
		"LETTERS", `(?:`+urduLetter+`)(?:\s+(?:`+urduLetter+`)){1,4}`,
		"AGENCY", word+`(?:\s+`+word+`){0,5}`,
		"LAST", `(?:`+word+`\s+){0,4}`+word,
		"NAME", word+`(?:\s+`+word+`){0,11}`,
	).Replace(p)
}

// urduLetter is how Urdu writes the name of a Latin letter, as abbreviations are spelled.
const urduLetter = `اے|بی|سی|ڈی|ای|ایف|جی|ایچ|آئی|جے|کے|ایل|ایم|این|او|پی|کیو|آر|ایس|ٹی|یو|وی|ڈبلیو|ایکس|وائی|زیڈ`

// alike makes a pattern match the letters that keyboards mix up.
var alike = strings.NewReplacer("'", "['ʻʼ‘’`´]", "ی", "[یيى]", "ک", "[کك]")

var numbered = regexp.MustCompile(`(NAMEMAX|LAZY)([1-9])`)
