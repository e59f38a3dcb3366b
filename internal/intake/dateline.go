package intake

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A dateline stands at the start of the first paragraph: place, often a date, often an agency.
//
//	MOSCOW, July 17 (TASS) — …      Pekin, 2025 yil 17 iyul – Agentlik. …      بیجنگ (نیوز ڈیسک) …
const maxDateline = 130 // characters

var (
	// A place of up to four words, each beginning with a capital where the script has them.
	placeWords = regexp.MustCompile(`^(?:(?:г\.|ш\.|sh\.)\s*)?[\p{Lu}\p{Lo}][\p{L}\p{M}'ʻʼ‘’-]*(?:[ \x{a0}][\p{Lu}\p{Lo}][\p{L}\p{M}'ʻʼ‘’-]*){0,3}`)
	inBrackets = regexp.MustCompile(`^\s*[(（【]([^()（）【】]{2,60})[)）】]\s*[.:–—-]*`)
	// Chinese agencies open with name, place and day in one: 新华社北京7月17日电.
	agencyWire = regexp.MustCompile(`^\p{Han}{2,6}\d{1,2}月\d{1,2}日(?:电|電|讯)|^\p{Han}{1,8}社\p{Han}{2,8}\d{1,2}月\d{1,2}日(?:电|電|讯)`)
	// Korean ones put place and agency in brackets, and the reporter behind: (서울=통신) 김 기자 =.
	koreanWire = regexp.MustCompile(`^[(\[]\p{Hangul}{2,12}=[^()=\[\]]{2,40}[)\]](?:\s*\p{Hangul}{2,8}(?:·\p{Hangul}{2,8})*\s*(?:기자|특파원)\s*=)?`)
	dash       = regexp.MustCompile(`^\s*(?:--|[–—-])\s*`)
)

// dateline is the dateline s begins with, "" when it begins with none.
func dateline(s string) string {
	head := s[:cut(s, 4*maxDateline)]
	if at := strings.IndexFunc(head, func(r rune) bool { return r == '【' || !unicode.IsSpace(r) }); at > 0 {
		head = head[at:]
	}
	if wire := agencyWire.FindString(head); wire != "" {
		return wire
	}
	if wire := koreanWire.FindString(head); wire != "" {
		return wire
	}
	name := placeWords.FindString(head)
	// Scripts without capitals let the place run into the sentence: only a known place is one there.
	known := ""
	for n := len(name); n > 0; n = strings.LastIndexAny(name[:n], " \u00a0") {
		if rules.cities[foldLine(name[:n])] {
			known = name[:n]
			break
		}
	}
	capitals := name != "" && unicode.IsUpper(first(name))
	if !capitals {
		if known == "" {
			if m := inBrackets.FindStringSubmatch(head[len(name):]); name != "" && m != nil && words(name) <= 3 && isDesk(m[1]) {
				return trimLine(head[:len(name)+len(m[0])])
			}
			if name != "" && words(name) <= 3 {
				if end, ok := unknownPlace(head[len(name):]); ok {
					return trimLine(head[:len(name)+end])
				}
			}
			return ""
		}
		name = known
	}
	rest := head[len(name):]
	// A desk, an agency or a date in brackets.
	if m := inBrackets.FindStringSubmatch(rest); m != nil && (isDesk(m[1]) || known != "" && (hasMonth(m[1]) || words(m[1]) <= 4 && isAgency(m[1]))) {
		return trimLine(head[:len(name)+len(m[0])])
	}
	// A date after the place, then the agency in brackets, after a dash, or before a full stop.
	after := strings.TrimLeft(rest, " \u00a0")
	if sep := first(after); sep == ',' || sep == '،' || sep == '.' || sep == '/' {
		if end, ok := dated(rest); ok {
			return trimLine(head[:len(name)+end])
		}
		if known != "" && sep == '.' { // 'АСТАНА. KAZINFORM – '
			seg := strings.TrimLeft(after[1:], " ")
			if i := strings.IndexAny(seg, "–—-."); i > 0 && i < 80 && isDesk(seg[:i]) {
				end := len(head) - len(seg) + i
				_, size := utf8.DecodeRuneInString(seg[i:])
				return trimLine(head[:end+size])
			}
		}
		return ""
	}
	if known == "" {
		return ""
	}
	if end, ok := unknownPlace(rest); ok {
		return trimLine(head[:len(name)+end])
	}
	if m := dash.FindString(rest); m != "" && (strings.HasPrefix(m, " ") || strings.HasSuffix(m, " ")) {
		seg := rest[len(m):]
		end := len(name) + len(m)
		if i := strings.IndexAny(seg, ".–—-:"); i > 0 && i < 80 && isDesk(seg[:i]) && words(seg[:i]) <= 6 {
			_, size := utf8.DecodeRuneInString(seg[i:])
			end += i + size
		}
		return trimLine(head[:end])
	}
	if sep := first(after); sep == ':' || sep == '：' {
		return name
	}
	return ""
}

// unknownPlace finds the end of a dateline behind a place that no table has, in scripts without capitals: a date and an
// agency in brackets or between dashes, or an agency alone between two dashes.
func unknownPlace(rest string) (int, bool) {
	if sep := first(rest); sep == ',' || sep == '،' {
		if end, ok := dated(rest); ok && strings.ContainsAny(rest[:end], "(–—-") {
			return end, true
		}
		return 0, false
	}
	m := dash.FindString(rest)
	if m == "" || !strings.HasPrefix(m, " ") || !strings.HasSuffix(m, " ") {
		return 0, false
	}
	seg := rest[len(m):]
	seg = seg[:cut(seg, 80)]
	for i := range seg {
		if n := dash.FindString(seg[i:]); n != "" && strings.HasPrefix(n, " ") && strings.HasSuffix(n, " ") {
			return len(m) + i + len(n), words(seg[:i]) >= 1 && words(seg[:i]) <= 4 && !strings.ContainsAny(seg[:i], ".,،:؛")
		}
	}
	return 0, false
}

// opensBody says whether s begins with a dateline that headlines do not have: more than a place and
// a colon.
func opensBody(s string) bool {
	d := dateline(s)
	return d != "" && (strings.ContainsAny(d, " ,،.(–—-/（") && words(d) > 1 && !rules.cities[foldLine(d)])
}

// dated finds the end of what follows a place when it is a date: offset of the end of the dateline.
func dated(rest string) (int, bool) {
	month, digit := false, false
	scan := rest[:cut(rest, 2*maxDateline)]
	// The date reaches to a dash, a bracket or a sentence's end.
	end := -1
	for i, r := range scan {
		if i == 0 {
			continue
		}
		if r == '–' || r == '—' || r == '(' || r == '/' && i > 8 || r == '-' && strings.HasPrefix(scan[i:], "- ") && strings.HasSuffix(scan[:i], " ") || strings.HasPrefix(scan[i:], "--") {
			end = i
			break
		}
		if r == '.' && i > 6 && !shortWordBefore(scan[:i]) && hasMonth(scan[:i]) {
			end = i + 1
			break
		}
		if i > 60 {
			break
		}
	}
	if end < 0 {
		return 0, false
	}
	month, digit = hasMonth(scan[:end]), hasDigit(scan[:end])
	if !digit || !month && !numericDate.MatchString(scan[:end]) || words(scan[:end]) > 9 {
		return 0, false
	}
	tail := scan[end:]
	if m := inBrackets.FindString(tail); m != "" {
		return end + len(m), true
	}
	mark := dash.FindString(tail)
	seg := tail[len(mark):]
	if mark == "" && strings.HasSuffix(scan[:end], ".") {
		seg = strings.TrimLeft(tail, " ")
		mark = tail[:len(tail)-len(seg)]
	}
	i := strings.IndexAny(seg, ".–—:")
	if j := strings.Index(seg, " --"); j > 0 && (i < 0 || j < i) {
		i = j + 1
	}
	if i > 0 && words(seg[:i]) <= 6 && (isDesk(seg[:i]) || isAgency(seg[:i]) && words(seg[:i]) <= 3 || words(seg[:i]) <= 3 && unicode.IsUpper(first(seg)) && strings.ContainsRune("–—-", first(seg[i:]))) {
		_, size := utf8.DecodeRuneInString(seg[i:])
		if strings.HasPrefix(seg[i:], "--") {
			size = 2
		}
		return end + len(mark) + i + size, true
	}
	return end + len(mark), true
}

var numericDate = regexp.MustCompile(`\d{1,4}[./-]\d{1,2}[./-]\d{1,4}`)

// shortWordBefore says whether the full stop after s abbreviates ('17 июля 2025 г.', 'Nov.').
func shortWordBefore(s string) bool {
	i := strings.LastIndexAny(s, " \u00a0")
	w := s[i+1:]
	return utf8.RuneCountInString(w) <= 2 && !hasDigit(w) || utf8.RuneCountInString(w) <= 4 && hasMonth(w)
}

func first(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

func trimLine(s string) string { return strings.Trim(s, " \u00a0") }

// isDesk says whether s names a desk or an agency of the tables, as whole words.
func isDesk(s string) bool {
	f := " " + strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '\'' || unicode.Is(unicode.M, r) {
			return r
		}
		return ' '
	}, foldLine(s)) + " "
	for _, d := range rules.desks {
		if i := strings.Index(f, " "+d); i >= 0 && (utf8.RuneCountInString(d) > 4 || strings.HasPrefix(f[i+1+len(d):], " ")) {
			return true
		}
	}
	return false
}

// isAgency says whether s looks like a name: every word begins with a capital.
func isAgency(s string) bool {
	for _, w := range strings.Fields(s) {
		if !unicode.IsUpper(first(w)) {
			return false
		}
	}
	return s != ""
}

// hasMonth says whether a word of s begins with the name of a month.
func hasMonth(s string) bool {
	for _, w := range strings.FieldsFunc(foldLine(s), func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && !unicode.Is(unicode.M, r) }) {
		for _, m := range rules.months {
			if n := len(m); w == m || len(w) > n && utf8.RuneCountInString(m) >= 3 && strings.HasPrefix(w, m) && utf8.RuneCountInString(w) <= utf8.RuneCountInString(m)+5 {
				return true
			}
		}
	}
	return false
}
