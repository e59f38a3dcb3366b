package intake

// listed are the headings of one level on a page that is a list of short articles one below the other with nothing between: every heading is
// as long as headlines are, hardly one has the form of a subheading, behind each stand paragraphs that hold words of it and no word of the
// headline before all, and of any two parts the words are those of two texts. One of these alone says little, for a list in one article
// speaks of many things too: all must hold, of all parts.
func (s *splitter) listed() map[int]bool {
	if s.heads != nil {
		return s.heads
	}
	s.heads = map[int]bool{}
	if s.p.begins != nil {
		return s.heads
	}
	first, level, before := -1, 0, 0
	for i := range s.lines {
		switch {
		case !s.text(i):
		case s.lines[i].level > 0 && first < 0:
			first = i
		case s.lines[i].level > 0 && (level == 0 || s.lines[i].level < level):
			level = s.lines[i].level
		case first < 0:
			before++
		}
	}
	if level == 0 || before > 1 || level < s.lines[first].level {
		return s.heads
	}
	heads := []int{first}
	for i := first + 1; i < len(s.lines); i++ {
		if s.text(i) && s.lines[i].level == level {
			heads = append(heads, i)
		}
	}
	if len(heads) < 2 || len(heads) > maxParts {
		return s.heads
	}
	name := -1 // the name of the page, above the first of them
	if _, n := s.block(first+1, 1, heads[1], 1); n == 0 {
		name, heads = first, heads[1:]
	}
	if len(heads) < 2 {
		return s.heads
	}
	var parts []map[uint64]bool
	long, subs, named, spoken := 0, 0, 0.0, 0.0
	for k, at := range heads {
		to := len(s.lines)
		if k+1 < len(heads) {
			to = heads[k+1]
		}
		part, n := s.block(at+1, 1, to, 12)
		if n == 0 || k > 0 && n < 2 {
			return s.heads
		}
		if k > 0 {
			spoken += meet(s.of(heads[0]), part)
		}
		if name >= 0 {
			named += is(meet(s.of(name), part) > 0)
		}
		parts = append(parts, part)
		long += int(is(breadth(s.lines[at].text) >= 28))
		subs += int(is(subheading(s.lines[at].text)))
	}
	shared, of, near, fit := 0.0, 0.0, 0.0, 0.0
	others := min(1, 3/float64(len(heads)-1)) // of many parts some have a word of any heading: they say no more than three do
	for i, at := range heads {
		head := s.of(at)
		for j := range parts {
			if n := meet(head, parts[j]) / float64(max(1, len(head))); j == i {
				fit += n
			} else {
				fit -= n * others
			}
			if j < i {
				shared += meet(parts[i], parts[j])
				of += float64(min(len(parts[i]), len(parts[j])))
			}
		}
		if i > 0 {
			near += change(parts[i], parts[i-1])
		}
	}
	n := float64(len(heads))
	if float64(long) >= 0.8*n && float64(subs) <= 0.2*n && named <= n/3 && spoken <= (n-2)/2 && shared <= 0.08*of && near >= 0.2 && fit >= 0.2*n {
		for _, at := range heads[1:] {
			s.heads[at] = true
		}
		s.leaveName(heads[0])
	}
	return s.heads
}

// leaveName takes the name of a page, and what its fields say of it as a whole, from the first of a list of articles.
func (s *splitter) leaveName(first int) {
	if agrees(s.lines[first].text, s.p.headline) {
		return
	}
	s.p.headline, s.p.dates, s.p.bylines = "", nil, nil
	s.lines[first].head = true
	for i := range s.lines[:first] {
		s.lines[i].inMain = false
	}
}
