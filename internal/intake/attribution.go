package intake

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The patterns of the tables name what they find:
//
//	by          who reports this text
//	from        whom the reporter cites
//	speaker     whose statement it is, where both others are named too
//	translator  who translated it
//
// With from or speaker named, the deepest of them is the original and the next one quotes it; alone,
// by is the original of what this page carries. A reporter that is a translation desk translated it.

// chain puts together who said it, who quoted, translated and published it. Only what the text or
// the fields of the page say enters; the text's first and last paragraphs are where it is said.
func (b *builder) chain(first bool) {
	found := slices.Clone(b.stated)
	ps := b.a.Paragraphs
	for i, p := range ps {
		if i >= 3 && i < len(ps)-3 {
			continue
		}
		head := p[:cut(p, 1600)]
		tail := ""
		if len(p) > len(head) {
			tail = p[len(p)-cut(p, 600):]
			tail = strings.ToValidUTF8(tail, "")
		}
		links := attribute(head)
		if len(links) == 0 {
			links = attribute(tail)
		}
		if len(links) == 0 {
			links = inBracket(p)
		}
		if len(links) > 0 {
			found = append(found, links...)
			break
		}
	}
	if (first || b.p.html) && b.p.site != "" {
		found = append(found, Attribution{PublishedBy, b.p.site, b.p.siteText})
	}
	for _, relation := range []string{Original, QuotedBy, TranslatedBy, PublishedBy} {
		for _, f := range found {
			if f.Relation != relation || f.Source == "" || slices.ContainsFunc(b.a.Attribution, func(a Attribution) bool {
				return a.Relation == relation && foldLine(a.Source) == foldLine(f.Source)
			}) {
				continue
			}
			if relation == Original && b.p.site != "" && foldLine(f.Source) == foldLine(b.p.site) {
				continue // the site names itself: it published
			}
			b.a.Attribution = append(b.a.Attribution, f)
		}
	}
}

// attribute reads one passage.
func attribute(s string) []Attribution {
	folded := foldLine(s)
	for _, p := range rules.patterns {
		if !containsAny(folded, p.triggers) {
			continue
		}
		re := p.re
		m := re.FindStringSubmatchIndex(s)
		if m == nil {
			continue
		}
		part := map[string]string{}
		end := 0
		for i, name := range re.SubexpNames() {
			if name == "" || m[2*i] < 0 {
				continue
			}
			text := sourceName(s[m[2*i]:m[2*i+1]], name == "by" && m[2*i] == m[0])
			if text != "" {
				part[name] = text
				end = m[1]
			}
		}
		if len(part) == 0 {
			continue
		}
		part["by"], part["from"] = adjoin(part["by"], part["from"], s)
		for name, text := range part {
			part[name] = unquote(text) // a name in quotation marks may have been put together of two
		}
		said := strings.TrimSpace(s[m[0]:end])
		var out []Attribution
		by, from, speaker := part["by"], part["from"], part["speaker"]
		translates := by != "" && translator(foldLine(by))
		switch {
		case speaker != "":
			out = append(out, Attribution{Original, speaker, said})
			if from != "" {
				out = append(out, Attribution{QuotedBy, from, said})
			}
		case from != "":
			out = append(out, Attribution{Original, from, said})
		}
		switch {
		case by == "":
		case translates:
			out = append(out, Attribution{TranslatedBy, by, said})
		case from != "" || speaker != "":
			out = append(out, Attribution{QuotedBy, by, said})
		default:
			out = append(out, Attribution{Original, by, said})
		}
		if t := part["translator"]; t != "" {
			out = append(out, Attribution{TranslatedBy, t, said})
		}
		return out
	}
	return nil
}

// translator says whether a reporter's name holds a word for translating that is not the beginning of a longer one for
// an office: ترجمان, the spokesman.
func translator(folded string) bool {
	for _, w := range strings.Fields(folded) {
		if containsAny(w, rules.translation) && !slices.ContainsFunc(rules.press, func(p string) bool { return strings.HasPrefix(w, p) && containsAny(p, rules.translation) }) {
			return true
		}
	}
	return false
}

// adjoin gives to the reporter what belongs to its name of a source named right behind it: words without a capital where
// the source's own name has one, and words like 'news' and 'agency'.
func adjoin(by, from, s string) (string, string) {
	for by != "" && strings.Contains(s, by+" "+from) {
		word, rest, ok := strings.Cut(from, " ")
		if !ok || !isDesk(word) && (!unicode.IsLower(first(word)) || !strings.ContainsFunc(rest, unicode.IsUpper)) {
			break
		}
		by, from = by+" "+word, rest
	}
	return by, from
}

// sourceName trims a captured name: it ends before a word that begins the rest of the sentence and
// does not include the words that lead to it. before says that the name stands before its verb.
func sourceName(s string, before bool) string {
	s = strings.Trim(s, " \u00a0,،.")
	f := foldLine(s)
	for _, lead := range rules.lead {
		if rest, ok := strings.CutPrefix(f, lead+" "); ok && rest != "" {
			n := len(strings.Fields(lead))
			s = strings.Join(strings.Fields(s)[min(n, len(strings.Fields(s))):], " ")
			break
		}
		if f == lead {
			return ""
		}
	}
	if i := strings.IndexByte(s, ')'); i >= 0 && !strings.Contains(s[:i], "(") { // of the bracket it all stands in
		s = s[:i]
	}
	ws := strings.Fields(s)
	for i, w := range ws {
		if i > 0 && rules.stop[foldLine(strings.TrimRight(w, "»”"))] && !quoting(ws[:i]) {
			ws = ws[:i]
			break
		}
	}
	if n := len(ws); n > 0 && before && slices.Contains(rules.lead, foldLine(ws[n-1])) {
		return ""
	}
	s = unquote(strings.Trim(strings.Join(ws, " "), " ,،"))
	if utf8.RuneCountInString(s) < 2 || !strings.ContainsFunc(s, unicode.IsLetter) {
		return ""
	}
	if rules.states[foldLine(s)] {
		return ""
	}
	// In scripts with capitals a name has one somewhere, unless it is an office.
	if strings.ContainsFunc(s, unicode.IsLower) && !strings.ContainsFunc(s, unicode.IsUpper) && !containsAny(foldLine(s), rules.press) {
		return ""
	}
	return s
}

// quoting says whether words leave a quotation open, which what follows is a part of.
func quoting(ws []string) bool {
	s := strings.Join(ws, " ")
	return strings.LastIndex(s, "«") > strings.LastIndex(s, "»") || strings.LastIndex(s, "“") > strings.LastIndex(s, "”")
}

// inBracket reads a source that stands in a bracket behind the last sentence of a passage: '(Silver Wire Agency)', '（来源：银报）'.
func inBracket(s string) []Attribution {
	s = strings.TrimRight(s, " .。۔")
	i := max(strings.LastIndex(s, "("), strings.LastIndex(s, "（"))
	if i <= 0 || !strings.HasSuffix(s, ")") && !strings.HasSuffix(s, "）") {
		return nil
	}
	said := s[i:]
	inner := strings.TrimSpace(strings.Trim(said, "()（）"))
	if words(inner) > 6 || !shorter(inner, 60) {
		return nil
	}
	if label, rest, ok := strings.Cut(strings.ReplaceAll(inner, "：", ":"), ":"); ok {
		if c, known := rules.labels[foldLine(label)]; known && c == classSource {
			inner = strings.TrimSpace(rest)
		} else {
			return nil
		}
	} else if n := words(inner); n < 2 || n > 5 || !agencyNamed(inner) || cased(inner) && !unicode.IsUpper(first(strings.Trim(inner, "«“\""))) {
		return nil
	}
	if name := sourceName(inner, false); name != "" {
		return []Attribution{{Original, name, said}}
	}
	return nil
}

// agencyNamed says whether a name ends or begins with a word for an agency.
func agencyNamed(s string) bool {
	ws := strings.Fields(s)
	return isDesk(ws[0]) || isDesk(strings.Join(ws[max(0, len(ws)-2):], " "))
}

// unquote takes quotation marks off a name that stands in them as a whole, and such as lost their other half.
func unquote(s string) string {
	opens, closes := strings.Count(s, "«")+strings.Count(s, "“"), strings.Count(s, "»")+strings.Count(s, "”")
	if opens != closes || strings.Count(s, "\"")%2 != 0 {
		return strings.Trim(s, "«»\"“” ")
	}
	if inner, ok := strings.CutPrefix(s, "«"); ok && strings.Index(inner, "»") == len(inner)-len("»") {
		return strings.TrimSuffix(inner, "»")
	}
	if inner, ok := strings.CutPrefix(s, "“"); ok && strings.Index(inner, "”") == len(inner)-len("”") {
		return strings.TrimSuffix(inner, "”")
	}
	return s
}
