package web

import (
	"html/template"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/search"
	"jarchi.dev/jarchi/internal/wire"
)

// clean drops what may not be shown: hidden direction marks, which turn the page around them, and
// control characters. They stay in the stored bytes. Zero-width joiners and non-joiners stay: they
// are spelling. Of marks over one letter so many are shown as a script may need; a hundred would be
// drawn over the lines above.
func clean(s string) string {
	marks := 0
	return strings.Map(func(r rune) rune {
		switch {
		case lang.Turns(r):
			return -1
		case r == '\n', r == '\t':
			return ' '
		case r < 0x20, r >= 0x7F && r <= 0x9F, r == '\uFEFF', r == '\u2028', r == '\u2029':
			return -1
		}
		if r < 0x300 || !unicode.In(r, unicode.Mn, unicode.Me) {
			marks = 0
		} else if marks++; marks > maxMarks {
			return -1
		}
		return r
	}, s)
}

// Letters of living scripts carry at most five marks (Hebrew with cantillation, Tibetan).
const maxMarks = 8

// figureAndEnding is a figure with its grammatical ending: 3-aprelda, 14-ші, 10-й.
var figureAndEnding = regexp.MustCompile(`[0-9]+[-‑][\p{L}ʻʼ’']{1,20}`)

// escaped is s as markup: cleaned, escaped, and figures kept on one line with their endings.
func escaped(s string) string {
	s = template.HTMLEscapeString(clean(s))
	if !strings.ContainsAny(s, "-‑") {
		return s
	}
	return figureAndEnding.ReplaceAllString(s, `<span class="nb">$0</span>`)
}

func rich(s string) template.HTML { return template.HTML(escaped(s)) }

// marked writes fragments with their hits in <mark>.
func marked(fs []search.Fragment) template.HTML {
	var b strings.Builder
	for _, f := range fs {
		if f.Hit {
			b.WriteString("<mark>" + template.HTMLEscapeString(clean(f.Text)) + "</mark>")
		} else {
			b.WriteString(template.HTMLEscapeString(clean(f.Text)))
		}
	}
	return template.HTML(b.String())
}

// in wraps a run of another language: <bdi lang>, so that voices switch and its direction stays inside.
func in(t lang.Tag, s string) template.HTML {
	if t == "" {
		return template.HTML("<bdi>" + template.HTMLEscapeString(clean(s)) + "</bdi>")
	}
	return template.HTML(`<bdi lang="` + template.HTMLEscapeString(string(t)) + `">` + template.HTMLEscapeString(clean(s)) + "</bdi>")
}

// ltr wraps a code: a time, a hash, an address.
func ltr(s string) template.HTML {
	return template.HTML(`<bdi dir="ltr">` + template.HTMLEscapeString(clean(s)) + "</bdi>")
}

// cleanLines is clean for a text of several lines.
func cleanLines(s string) string {
	l := strings.Split(s, "\n")
	for i := range l {
		l[i] = clean(l[i])
	}
	return strings.Join(l, "\n")
}

// lines takes a text as a form sends it: line ends as we keep them, nothing that is no text, and nothing that turns around what is set after it, which
// comes along unseen where words are copied from.
func lines(s string) string {
	return lang.Plain(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(s, "\uFFFD")))
}

// oneLine is lines for a field of one line.
func oneLine(s string) string { return strings.ReplaceAll(lines(s), "\n", " ") }

// inOne puts what people read of a text in one, for comparing it; what is empty has no place in it.
func inOne(headline string, more ...string) string {
	for _, s := range more {
		if strings.TrimSpace(s) != "" {
			headline += "\n\n" + s
		}
	}
	return headline
}

// whole is the headline and body of what was released, in one.
func whole(c wire.Content) string { return inOne(c.Headline, c.Body...) }

// firstWords cuts s after at most n letters, at a space where there is one.
func firstWords(s string, n int) string {
	s = strings.TrimSpace(clean(s))
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	cut, seen := 0, 0
	for i := range s {
		if seen == n {
			cut = i
			break
		}
		seen++
	}
	if i := strings.LastIndexByte(s[:cut], ' '); i > cut/2 {
		cut = i
	}
	return s[:cut] + " …"
}

// dirOf is the base direction of a text; und and unknown languages follow their own letters.
func dirOf(t lang.Tag) string {
	if t == "" || t == lang.Und || t.Script() == "Zzzz" {
		return "auto"
	}
	return t.Dir()
}
