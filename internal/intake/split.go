package intake

import (
	"strings"
)

// Several articles on one page. No table is asked how sites lead to the next article: a line that can be a headline is
// weighed by what stands around it. The signs are counted, each has a weight, and their sum decides. The weights were fitted to
// invented pages of half of the languages (testdata/sites, testdata/whole) by TestWeightsOfSigns, and measured on the others.

// maxCandidates bounds the lines of a page that are looked at as headlines of further articles.
const maxCandidates = 2000

// splitter weighs the lines of a page.
type splitter struct {
	p     *page
	lines []seen
	stems map[int][]uint64
	looks map[look]int
	kinds map[look][]int   // where the lines of one level or in bold stand above text, whatever their length
	apart map[look]float64 // see parts
	opens map[look]bool    // how the lines look at which articles were found to begin

	heads    map[int]bool     // see listed; nil before it was asked
	numbered int              // lines of the form of subheadings, and one; 0 before they are counted
	after    map[string][]int // where the lines that are no text stand, by their words
}

// split cuts the lines of a page into one run per article.
func split(p *page, lines []seen) [][]seen {
	s := splitter{p: p, lines: lines, stems: map[int][]uint64{}, opens: map[look]bool{}}
	var out [][]seen
	begin, body := 0, 0 // of the current article: its first line, the characters of its text
	lastText := -1
	texts, tried := 0, 0
	for i := range lines {
		l := &lines[i]
		if p.begins[i] {
			out = append(out, lines[begin:i])
			begin, body, texts, lastText = i, 0, 0, -1
		}
		if !s.text(i) {
			continue
		}
		if own := p.lastCard > 0 && i >= p.firstCard && i < p.lastCard; !own && body >= 120 && texts >= 2 && tried < maxCandidates && s.candidate(begin, i) {
			tried++
			if s.listed()[i] || s.begins(begin, lastText, i) && !s.leads(begin, i) {
				if leadLike(lines, begin, lastText) {
					lines[lastText].class, lines[lastText].rest = classRelated, ""
				}
				p.ruled = p.ruled || !p.html && s.ruled(i)
				s.opens[s.look(i)] = true
				if out = append(out, lines[begin:i]); len(out) > maxArticles {
					return out // refused anyway
				}
				begin, body, texts = i, 0, 0
			} else if s.stray(begin, lastText, i) {
				lines[lastText].class, lines[lastText].rest = classRelated, ""
			}
		}
		body += min(len(l.text), 4000)
		texts++
		lastText = i
	}
	return append(out, lines[begin:])
}

// candidate says whether a line can be the headline of a further article.
func (s *splitter) candidate(begin, i int) bool {
	if !s.p.html && i > 0 && s.slugs() && !slug(s.lines[i-1].text) {
		return false // of a bulletin whose every text has a slug
	}
	l := &s.lines[i]
	return (l.opens() || stopped(l.text) && s.sure(begin, i)) && foldLine(l.text) != foldLine(s.p.headline)
}

// sure says whether what stands around a line tells that it is a headline though it ends as a sentence does: in a raw text a rule before it; a date of its own right
// behind it; on a page that it is shown as the headline before, and in another way than the text below.
func (s *splitter) sure(begin, i int) bool {
	if !s.p.html && s.ruled(i) {
		return true
	}
	if i+1 == len(s.lines) {
		return false
	}
	next := &s.lines[i+1]
	if next.class == classPublished || next.class == classDateOnly {
		return true
	}
	at := begin
	for at < i && (s.lines[at].class != classText || !s.lines[at].inMain && !agrees(s.lines[at].text, s.p.headline)) {
		at++
	}
	if !s.p.html || at == i || s.lines[at].node == nil {
		return false
	}
	kind := kindOf(&s.lines[i])
	return kind == kindOf(&s.lines[at]) && kind != kindOf(next)
}

func (s *splitter) slugs() bool {
	return len(s.lines) > 1 && slug(s.lines[0].text) && s.lines[0].small
}

func (s *splitter) text(i int) bool { return s.lines[i].class == classText && s.lines[i].inMain }

func (s *splitter) begins(begin, before, at int) bool {
	x, ok := s.weigh(begin, before, at)
	if ok && !s.p.html && s.slugs() && at > 0 && slug(s.lines[at-1].text) {
		return true
	}
	return ok && sum(x) >= newArticle
}

// leads says whether the line is no headline but leads to one that stands right behind it: a few words that do not stand out, and the
// next line of text does, or what follows speaks of that one and not of this.
func (s *splitter) leads(begin, at int) bool {
	l := &s.lines[at]
	if l.level > 0 || l.bold || words(l.text) > 8 {
		return false
	}
	for i := at + 1; i < min(len(s.lines), at+4); i++ {
		if s.text(i) {
			next := &s.lines[i]
			if !s.candidate(begin, i) || !s.begins(begin, at, i) {
				return false
			}
			after, _ := s.block(i+1, 1, len(s.lines), 5)
			mine, its := s.of(at), s.of(i)
			return next.level > 0 || next.bold || meet(mine, after) == 0 && meet(its, after) > 0 && meet(mine, its) == 0
		}
	}
	return false
}

// stray says whether a line that may lead to others is of the frame although no article begins behind it: it stands out by nothing, the next
// line heads what follows, and neither what was before nor what follows speaks of it.
func (s *splitter) stray(begin, at, next int) bool {
	if l := &s.lines[at]; l.level > 0 || l.bold || strings.HasSuffix(l.text, ":") || subheading(l.text) || !leadLike(s.lines, begin, at) {
		return false
	}
	after, n := s.block(next+1, 1, len(s.lines), 5)
	past, _ := s.block(at-1, -1, begin-1, 5)
	mine := s.of(at)
	return n > 1 && meet(mine, after)+meet(mine, past)+meet(mine, s.of(next)) == 0 && meet(s.of(next), after) > 0
}

// block gathers the stems of up to most paragraphs from a line on, and counts them.
func (s *splitter) block(from, step, to, most int) (stems map[uint64]bool, n int) {
	stems = map[uint64]bool{}
	for i := from; i != to && n < most && (i-from)*step < 60; i += step {
		if !s.text(i) || !bodyLike(s.lines[i].text) {
			continue
		}
		for _, k := range s.stemsOf(i) {
			stems[k] = true
		}
		n++
	}
	return stems, n
}

func (s *splitter) of(i int) map[uint64]bool { return setOf(s.stemsOf(i)) }

// leadLike says whether the line is one that may lead to other articles, in words that no table has: a few words that are
// no sentence, standing alone behind a whole sentence.
func leadLike(lines []seen, begin, at int) bool {
	if at <= begin || lines[at].class != classText || !lines[at].inMain || lines[at].item || lines[at].row || words(lines[at].text) > 8 || !shorter(lines[at].text, 80) {
		return false
	}
	if s := lines[at].text; endsSentence(s) || endsClosed(s) || dateline(s) != "" {
		return false
	}
	for i := at - 1; i >= begin; i-- {
		if l := lines[i]; l.class == classText && l.inMain {
			return endsSentence(l.text) || endsClosed(l.text)
		}
	}
	return false
}

func (s *splitter) stemsOf(i int) []uint64 {
	k, ok := s.stems[i]
	if !ok {
		k = stemsOf(s.lines[i].text)
		s.stems[i] = k
	}
	return k
}
