package intake

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// The signs of a new article at a line, each from 0 to 1 or from -1 to 1.
const (
	signLead     = iota // a known lead to other articles stands before it
	signGap             // lines that are no text stand before it, in words that no table has
	signFrame           // lines of the site's frame stand before it
	signEnd             // what stands at the end of an article does: its source, keywords, counters
	signDateline        // the paragraph after it begins with a dateline
	signOwn             // it has a date or a byline of its own
	signBoth            // a lead before it and a beginning of its own behind it
	signMain            // it is a heading of the level that the headline before has
	signBox             // it stands in an article element of its own
	signFit             // its words stand in what follows rather than in what was before
	signChange          // what follows shares few words with what was before
	signTitle           // what follows holds words of the headline of the article before
	signSize            // it is as long as headlines, not as subheadings
	signProse           // paragraphs follow, not one
	signLooks           // other lines of the page look like it, each above a text: subheadings
	signForm            // it is numbered, a question, or begins with a time of day
	signApart           // the parts of the page below lines that look like it share few words with each other
	signLink            // it is a link, as the headline before is
	signTool            // before it stands a line that stands before others that look like it too: Share, Print
	signPlain           // on a page, it stands out by nothing: no heading, not bold, no link
	signKeys            // of the words that come back on either side of it, few come on the other side
	signs
)

// weights of the signs, and the sum from which on a new article begins.
var weights = [signs]float64{
	signLead: 3.4, signGap: 2.3, signFrame: 1, signEnd: 0.5, signDateline: 2.8, signOwn: 1.9, signBoth: 7, signMain: 1.5, signBox: 2,
	signFit: 3.1, signChange: 3.7, signTitle: -1.5, signSize: 2.7, signProse: 3, signLooks: -4, signForm: -2.9, signApart: 4, signLink: 4, signTool: 3,
	signPlain: -0.5, signKeys: 2,
}

const newArticle = 7.6

// look is how a line stands out, and whether it is as short as subheadings are.
type look struct {
	level       int
	bold, short bool
}

// sum is how much the signs say together.
func sum(x [signs]float64) (all float64) {
	for i, v := range x {
		all += weights[i] * v
	}
	return all
}

func is(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// weigh counts the signs of a new article at lines[at], in an article that begins at begin and whose last line of text is before; false
// if no text follows.
func (s *splitter) weigh(begin, before, at int) (x [signs]float64, ok bool) {
	lines := s.lines
	next := at + 1 // the first text line of the body after it
	own := false   // a date or byline of its own stands between
	for ; next < len(lines) && !s.text(next); next++ {
		if l := lines[next]; (l.inMain || next-at <= 3) && (l.class == classPublished || l.class == classDateOnly || l.class == classByline) {
			own = true
		}
	}
	for short := 0; next < len(lines) && !bodyLike(lines[next].text); short++ { // a heading may have a few lines under it
		if l := lines[at]; short == 4 || l.level == 0 && !l.bold && (short > 0 || !s.ruled(at) || s.p.html) || lines[next].level > 0 || lines[next].bold {
			return x, false
		}
		for next++; next < len(lines) && !s.text(next); next++ {
		}
	}
	if next >= len(lines) {
		return x, false
	}
	x[signOwn] = is(own)
	x[signDateline] = is(dateline(lines[next].text) != "")
	x[signMain] = is(s.main(begin, at))
	x[signBox] = is(ownBox(lines[at].node, lines[next].node, lines[max(begin, before)].node))
	if !s.p.html && lines[at].middle && lines[at].bold && lines[begin].middle && lines[begin].level == lines[at].level {
		x[signBox] = 1 // typed in the middle, as the headline before
	}
	x[signGap] = is(slices.ContainsFunc(lines[before+1:at+1], func(l seen) bool { return l.rule }))
	for _, l := range lines[before+1 : at] {
		switch {
		case row(l.text):
			x[signGap] = 1
		case l.odd, l.class == classText && !l.inMain && words(l.text) <= 8 && !endsSentence(l.text):
			x[signGap] = 1
		case l.class == classFurniture:
			x[signFrame] = 1
		case l.class == classRelated && l.rest == "":
			x[signLead] = 1
		case l.class == classSource, l.class == classKeywords, l.class == classViews, l.class == classPublished, l.class == classMore:
			x[signEnd] = 1
		}
	}
	if before > begin {
		if l := &lines[before]; l.level == 0 && words(l.text) <= 9 && shorter(l.text, 70) && !hasDigit(l.text) && (endsSentence(l.text) || strings.HasSuffix(l.text, ":")) && !shorter(lines[before-1].text, 70) {
			x[signGap] = max(x[signGap], 0.5) // 'Our readers also report:'
		}
		x[signGap] = max(x[signGap], is(leadLike(lines, begin, before) || !lines[before-1].bold && lines[before-1].level == 0 && leadLike(lines, begin, before-1)))
	}

	x[signBoth] = x[signLead] * max(x[signDateline], x[signOwn])

	head := s.of(at)
	after, prose := s.block(at+1, 1, len(lines), 5)
	past, told := s.block(at-1, -1, begin-1, 5)
	if told == 0 {
		return x, false // what stands above is the head of the page
	}
	if n := float64(len(head)); n > 0 {
		x[signFit] = (meet(head, after) - meet(head, past)) / n
	}
	x[signChange] = change(after, past)
	x[signPlain] = is(s.p.html && lines[at].level == 0 && !lines[at].bold && !lines[at].link)
	x[signKeys] = s.keys(begin, at)
	if title := s.title(begin); len(title) > 0 {
		own := map[uint64]bool{}
		for k := range title {
			if !head[k] {
				own[k] = true
			}
		}
		x[signTitle] = meet(title, after) / float64(len(title))
	}
	n := breadth(lines[at].text)
	x[signSize] = max(-1, min(1, float64(n-18)/24, float64(170-n)/40))
	if h := s.headed(begin); h >= 0 && lines[h].level > 0 && lines[at].level > lines[h].level && n < 28 && len(s.kind(at)) >= 2 {
		x[signSize] = -1 // of a lower level than the headline, short, and not the only one
	}
	if before == at-1 && lines[before].level > 0 && lines[at].level == 0 {
		x[signSize] = min(0, x[signSize]) // right below a heading: what is said of that
	}
	x[signProse] = min(1, float64(prose-1)/3)
	if !s.opens[s.look(at)] { // what headlines look like is no subheading
		x[signLooks] = max(0, min(1, float64(s.alike(begin, at)-1)/2))
	}
	x[signLink] = is(lines[at].link && s.linked(begin))
	x[signTool] = is(lines[at].level > 0 && s.tool(before, at))
	if x[signApart] = s.parts(at); x[signLink] == 0 && (x[signMain] == 0 || lines[at].level == 0) { // a list in one article speaks of many things too
		x[signApart] = min(0, x[signApart])
	}
	x[signLooks] *= 1 - max(0, x[signApart], x[signMain]*x[signBox]) // what texts look like is no subheading
	x[signForm] = s.form(at)
	return x, true
}

// keys is how much likelier it is that the words that come back, in two paragraphs and more, on either side of a line speak of two
// things than of one, from -0.3 to 1: what a text is about comes back on both sides of its subheadings (cohesion of words, as in Hearst's
// TextTiling, 1997). Twelve paragraphs a side are looked at.
func (s *splitter) keys(begin, at int) float64 {
	past, before := s.paragraphsOf(at-1, -1, begin-1)
	after, behind := s.paragraphsOf(at+1, 1, len(s.lines))
	n, both := 0.0, 0.0
	for _, side := range [2][2]map[uint64]int{{past, after}, {after, past}} {
		for k, c := range side[0] {
			if c < 2 {
				continue
			}
			if n++; side[1][k] > 0 {
				both++
			}
		}
	}
	if n < 4 {
		return 0
	}
	llr := both*math.Log(keyApart/keyTogether) + (n-both)*math.Log((1-keyApart)/(1-keyTogether))
	enough := min(1, float64(min(before, behind))/4) // one paragraph does not hold what a text comes back to
	return max(-0.3, min(enough, llr/8))
}

// The shares of such words that stand on the other side too: in two texts, and in one.
const keyApart, keyTogether = 0.08, 0.38

// paragraphsOf counts in how many of up to twelve paragraphs from a line on each stem stands, and the paragraphs.
func (s *splitter) paragraphsOf(from, step, to int) (in map[uint64]int, n int) {
	in = map[uint64]int{}
	for i := from; i != to && n < 12 && (i-from)*step < 100; i += step {
		if !s.text(i) || !bodyLike(s.lines[i].text) {
			continue
		}
		n++
		for k := range s.of(i) {
			in[k]++
		}
	}
	return in, n
}

// row says whether a line is a row of signs, as they are put between two texts: * * *.
func row(s string) bool {
	n := 0
	for _, r := range s {
		switch {
		case r == ' ':
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			return false
		default:
			n++
		}
	}
	return n >= 3
}

// headed is the headline of the article that begins at a line; -1 if none stands in view.
func (s *splitter) headed(begin int) int {
	bold := -1
	for i := begin; i < min(len(s.lines), begin+20); i++ {
		switch l := s.lines[i]; {
		case l.class != classText:
		case !l.inMain && !agrees(l.text, s.p.headline): // the name of the site
		case l.level > 0 && !s.named(begin, i):
			return i
		case bold < 0 && l.bold && opensArticle(l.text):
			bold = i
		}
	}
	return bold
}

// named says whether a heading is the name of the page: another one below it is what the page's fields call the headline.
func (s *splitter) named(begin, at int) bool {
	if s.p.headline == "" || s.lines[at].level == 0 || agrees(s.lines[at].text, s.p.headline) {
		return false
	}
	for _, l := range s.lines[at+1 : min(len(s.lines), begin+20)] {
		if l.level > 0 && agrees(l.text, s.p.headline) {
			return true
		}
	}
	return false
}

// main says whether a line stands out as the headline of the article that begins at a line does.
func (s *splitter) main(begin, at int) bool {
	l, head := &s.lines[at], s.headed(begin)
	switch {
	case l.line.head: // see headlines
		return true
	case head < 0 || head == at:
		return l.level == 1
	case l.level > 0:
		return l.level == max(1, s.lines[head].level)
	}
	return l.bold && s.lines[head].level == 0 && boxed(l.node) == boxed(s.lines[head].node)
}

// ownBox says whether a line and the one behind it stand in an article element that the one before does not stand in.
func ownBox(at, next, before *html.Node) bool {
	for n := at; n != nil; n = n.Parent {
		if n.Data == "article" || n.Data == "main" {
			return n.Data == "article" && within(next, n) && before != nil && !within(before, n)
		}
	}
	return false
}

// title are the stems of the headline of the article that begins at a line.
func (s *splitter) title(begin int) map[uint64]bool {
	if begin == 0 && s.p.headline != "" {
		return stemSet(s.p.headline)
	}
	for i := begin; i < min(len(s.lines), begin+20); i++ {
		if s.text(i) {
			if !headlineLike(s.lines[i].text) {
				return nil
			}
			return s.of(i)
		}
	}
	return nil
}

// boxed is the element around a line, as tag and class.
func boxed(n *html.Node) string {
	if n == nil {
		return ""
	}
	return n.Data + " " + attr(n, "class")
}

// ruled says whether a rule or a row of signs stands right before a line.
func (s *splitter) ruled(i int) bool { return s.lines[i].rule || i > 0 && row(s.lines[i-1].text) }

// alike counts the lines of the page that look like one and stand above text, without the headline of the article that begins at a line. What
// stands behind rows of signs is parted by these and is not counted.
func (s *splitter) alike(begin, at int) int {
	if s.looks == nil {
		s.looks = map[look]int{}
		for i := range s.lines {
			if s.text(i) && i > 0 && i+1 < len(s.lines) && s.text(i+1) && bodyLike(s.lines[i+1].text) && !bodyLike(s.lines[i].text) && !s.ruled(i) {
				s.looks[s.look(i)]++
			}
		}
	}
	n := s.looks[s.look(at)]
	if head := s.headed(begin); head > 0 && head != at && s.main(begin, at) && s.look(head) == s.look(at) {
		n--
	}
	return n
}

// kind are the lines of the page that stand out as one does, each above a text.
func (s *splitter) kind(at int) []int {
	if s.kinds == nil {
		s.kinds = map[look][]int{}
		last := -1
		for i := range s.lines {
			if !s.text(i) {
				continue
			}
			if bodyLike(s.lines[i].text) && last >= 0 && !bodyLike(s.lines[last].text) {
				k := s.outline(last)
				s.kinds[k] = append(s.kinds[k], last)
			}
			last = i
		}
	}
	return s.kinds[s.outline(at)]
}

func (s *splitter) outline(i int) look { return look{level: s.lines[i].level, bold: s.lines[i].bold} }

// maxParts bounds how many parts of a page are compared.
const maxParts = 40

// parts is how much likelier it is that the parts of the page below the lines of one kind are as many texts than that they are
// parts of one, from -1 to 1; 0 if there are fewer than three.
func (s *splitter) parts(at int) float64 {
	k := s.outline(at)
	if v, ok := s.apart[k]; ok {
		return v
	}
	heads := s.kind(at)
	heads = heads[:min(len(heads), maxParts)]
	if s.apart == nil {
		s.apart = map[look]float64{}
	}
	var all []map[uint64]bool
	from := -1
	for _, to := range append(slices.Clone(heads), len(s.lines)) {
		if part, n := s.block(from+1, 1, to, 12); n > 0 {
			all = append(all, part)
		}
		from = to
	}
	sum, subs := 0.0, 0
	for i := 1; i < len(all) && len(all) > 2; i++ {
		sum += change(all[i], all[i-1])
	}
	for _, i := range heads {
		if subheading(s.lines[i].text) || breadth(s.lines[i].text) < 18 {
			subs++
		}
	}
	v := max(-1, min(1, sum))
	if 3*subs >= len(heads) { // questions and numbers lead through one text, however much it speaks of
		v = min(0, v)
	}
	s.apart[k] = v
	return v
}

// linked says whether the headline of the article that begins at a line is a link.
func (s *splitter) linked(begin int) bool {
	for i := begin; i < min(len(s.lines), begin+20); i++ {
		if s.lines[i].level > 0 || s.text(i) {
			return s.lines[i].link
		}
	}
	return false
}

// tool says whether before a line, behind the text before it, stands a line that is no text and stands on this page before lines of
// that kind only, or at the end, and more than once.
func (s *splitter) tool(before, at int) bool {
	if s.after == nil {
		s.after = map[string][]int{}
		for i := range s.lines {
			if !s.text(i) && shorter(s.lines[i].text, 80) {
				k := foldLine(s.lines[i].text)
				s.after[k] = append(s.after[k], i)
			}
		}
	}
	heads := s.kind(at)
	for i := before + 1; i < at; i++ {
		if s.text(i) || !shorter(s.lines[i].text, 80) {
			continue
		}
		stands := s.after[foldLine(s.lines[i].text)]
		always := len(stands) > 1 && len(stands) <= maxParts && 2*len(stands) > len(heads)
		for _, n := range stands {
			for n < len(s.lines) && !s.text(n) {
				n++
			}
			_, is := slices.BinarySearch(heads, n)
			always = always && (is || n == len(s.lines))
		}
		if always {
			return true
		}
	}
	return false
}

func (s *splitter) look(i int) look {
	return look{s.lines[i].level, s.lines[i].bold, breadth(s.lines[i].text) < 30}
}

// form is how much a line has the form of a subheading: a number before it alone, of which the page has no other (ten things to know), is
// little.
func (s *splitter) form(at int) float64 {
	if !subheading(s.lines[at].text) {
		return 0
	}
	if !counted(s.lines[at].text) {
		return 1
	}
	if s.numbered == 0 {
		s.numbered = 1
		for i := range s.lines {
			if s.text(i) && !bodyLike(s.lines[i].text) && subheading(s.lines[i].text) {
				s.numbered++
			}
		}
	}
	if s.numbered > 2 {
		return 1
	}
	return 0.3
}

// counted says whether a line begins with a number of what it is about: digits with neither a mark nor an end behind them.
func counted(s string) bool {
	word, rest, _ := strings.Cut(s, " ")
	last, _ := utf8.DecodeLastRuneInString(word)
	return unicode.IsDigit(first(word)) && (unicode.IsDigit(last) || unicode.IsLetter(last)) && !strings.Contains(word, ":") && unicode.IsLetter(first(rest)) &&
		!strings.ContainsAny(s, "?؟？")
}

// subheading says whether a line has a form that subheadings have and headlines hardly: a number, a time of day or a
// name of a part before it, a question mark behind it.
func subheading(s string) bool {
	if unicode.IsDigit(first(s)) || strings.ContainsRune("§№(", first(s)) {
		return true
	}
	r, _ := utf8.DecodeLastRuneInString(strings.TrimRight(s, closers+" \u200e\u200f"))
	if strings.ContainsRune("?؟？!！", r) {
		return true
	}
	f := strings.Fields(s)
	if len(f) == 0 {
		return false
	}
	if name := strings.TrimRight(f[0], ":："); len(name) < len(f[0]) && utf8.RuneCountInString(name) <= 2 { // who speaks: Q:
		return true
	}
	return len(f) > 1 && (hasDigit(f[1]) && len(f) < 8 || hasDigit(f[0]))
}
