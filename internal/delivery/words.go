package delivery

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/notice"
	"jarchi.dev/jarchi/internal/subscription"
	"jarchi.dev/jarchi/internal/take"
	"jarchi.dev/jarchi/internal/wire"
)

// goneSays is that a text must not be used, and the reason that its issuer gave, a line each; and since when.
func goneSays(r *wire.Release, in lang.Tag) ([]string, time.Time) {
	if r.State == wire.Erased {
		return []string{notice.Say(notice.ErasedHead, in)}, r.ErasedAt
	}
	lines := []string{notice.Say(notice.WithdrawnHead, in)}
	if r.Reason != "" {
		lines = append(lines, notice.Label(notice.Reason, in)+r.Reason)
	}
	return lines, r.WithdrawnAt
}

// spoken is the item of a release that is told in plain words where one stands for all: in the language of the filter, else of the receiver, else the first text.
func spoken(x subscription.Subscription, r *wire.Release) int {
	for _, t := range []lang.Tag{x.Filter.Language, x.Language} {
		if i := slices.IndexFunc(r.Items, func(it wire.Item) bool { return it.Language == t && it.Type == wire.Text }); i >= 0 {
			return i
		}
	}
	return max(slices.IndexFunc(r.Items, func(it wire.Item) bool { return it.Type == wire.Text }), 0)
}

// words are an entry in plain words, with credit and state, in the receiver's language or else the text's own; at most so many UTF-16 units (0: whole).
func words(x subscription.Subscription, e browse.Entry, members map[wire.MemberID]wire.Member, most int) (string, error) {
	in := x.Language
	if c := e.Capture; c != nil && !c.Gone.IsZero() {
		if in == "" {
			in = c.Language
		}
		return cut(strings.TrimSpace(strings.Join([]string{notice.Say(notice.WithdrawnHead, in), string(c.URI), c.SourceURL}, "\n")), most), nil
	}
	if e.Capture != nil {
		p := *e.Capture
		p.Body = nil
		if p.SourceURL != "" {
			p.Body = []string{p.SourceURL}
		}
		e.Capture = &p
	} else if e.Item < 0 {
		e.Item = spoken(x, e.Release)
	}
	if in == "" && e.Release != nil {
		in = e.Release.Items[e.Item].Language
	}
	if r := e.Release; r != nil && (r.State == wire.Withdrawn || r.State == wire.Erased) {
		lines, _ := goneSays(r, in)
		lines = slices.Insert(lines, 1, members[r.Lead()].Name(in))
		return cut(strings.Join(append(lines, string(r.Items[e.Item].URI)), "\n"), most), nil
	}
	w, err := take.WordsOf(e, members, in)
	if err != nil {
		return "", err
	}
	whole := w.Text()
	for most > 0 && units(whole) > most && len(w.Paragraphs) > 0 { // credit and state stay: paragraphs go, and of the first one its end
		if room := units(w.Paragraphs[0]) - (units(whole) - most); len(w.Paragraphs) == 1 && room > leastWords {
			w.Paragraphs[0] = begin(w.Paragraphs[0], room)
			whole = w.Text()
			break
		}
		if w.Paragraphs = w.Paragraphs[:len(w.Paragraphs)-1]; len(w.Paragraphs) > 0 {
			w.Paragraphs[len(w.Paragraphs)-1] = strings.TrimSuffix(w.Paragraphs[len(w.Paragraphs)-1], " …") + " …"
		}
		whole = w.Text()
	}
	return cut(whole, most), nil
}

// leastWords is how much of a paragraph, in UTF-16 units, is worth being shown alone.
const leastWords = 80

// begin is the beginning of a paragraph, at most so many UTF-16 units, cut between words where it has any.
func begin(s string, most int) string {
	s = cut(s, most-1) // and a space
	whole := strings.TrimSuffix(s, "…")
	if i := strings.LastIndexFunc(whole, unicode.IsSpace); i > len(whole)/2 {
		whole = whole[:i]
	}
	return strings.TrimRightFunc(whole, unicode.IsSpace) + " …"
}

// units are how long a text is for a service that counts in UTF-16.
func units(s string) (n int) {
	for _, r := range s {
		if n++; r > 0xffff {
			n++
		}
	}
	return n
}

func cut(s string, most int) string {
	if most == 0 || units(s) <= most {
		return s
	}
	n := 0
	for i, r := range s {
		if n++; r > 0xffff {
			n++
		}
		if n >= most {
			return s[:i] + "…"
		}
	}
	return s
}
