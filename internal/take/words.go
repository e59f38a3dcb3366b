package take

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/notice"
	"jarchi.dev/jarchi/internal/wire"
)

// Words are what a desk is handed to use: the text, and what must travel with it.
type Words struct {
	Item       string // an item's or a capture's id
	URI        wire.URI
	Version    int // 0 for a capture
	Language   lang.Tag
	Headline   string // empty: a capture without one
	Paragraphs []string
	Credit     string
	Dateline   string
	State      string // whose words they are, which version, what has changed, in the language asked for
}

var (
	errWithdrawn = fault.E(fault.Conflict, "This release was withdrawn and must not be used.")
	errEmbargo   = fault.E(fault.Conflict, "This release is under embargo; only its header can be read.")
	errDraft     = fault.E(fault.Conflict, "This release has not left its desk yet.")
)

// WordsOf gives the words of an entry: of the release's item that the entry names, or of the capture. in
// is the language of the state, English if it is none of the interface's. What is withdrawn, erased,
// a header or not out yet is a Conflict.
func WordsOf(e browse.Entry, members map[wire.MemberID]wire.Member, in lang.Tag) (Words, error) {
	if !notice.Speaks(in) {
		in = lang.EN
	}
	if c := e.Capture; c != nil {
		w := Words{Item: string(c.ID), URI: c.URI, Language: c.Language, Headline: c.Headline, Paragraphs: c.Body, Dateline: c.Dateline, State: captureState(c, in)}
		var sources []string
		for _, a := range c.Attribution {
			sources = append(sources, a.Source)
		}
		w.Credit = strings.Join(sources, ", ")
		return w, nil
	}
	if e.Release == nil || e.Item < 0 || e.Item >= len(e.Release.Items) {
		return Words{}, fault.E(fault.NotFound, "There is no item with this id.")
	}
	r, it := e.Release, &e.Release.Items[e.Item]
	if err := usable(e.Level, r); err != nil {
		return Words{}, err
	}
	v := it.Current()
	if v == nil {
		return Words{}, errEmbargo
	}
	w := Words{Item: string(it.ID), URI: it.URI, Version: v.N, Language: it.Language, Headline: v.Content.Headline, Paragraphs: v.Content.Body,
		Credit: v.Content.Rights.Credit, Dateline: v.Content.Dateline, State: releaseState(r, it, members, in)}
	if w.Credit == "" {
		var names []string
		for _, m := range r.Issuers {
			if r.Stands(m) { // whom the lead only names is not credited
				names = append(names, members[m].Name(it.Language))
			}
		}
		w.Credit = strings.Join(names, ", ")
	}
	return w, nil
}

// Text puts the words together so that credit and state stay with them wherever they are pasted.
func (w Words) Text() string {
	parts := make([]string, 0, len(w.Paragraphs)+3)
	if w.Headline != "" {
		parts = append(parts, w.Headline)
	}
	if w.Dateline != "" && (len(w.Paragraphs) == 0 || !strings.HasPrefix(w.Paragraphs[0], w.Dateline)) {
		parts = append(parts, w.Dateline)
	}
	return strings.Join(append(append(parts, w.Paragraphs...), w.foot()), "\n\n")
}

func (w Words) foot() string {
	foot := "[" + w.State + "]"
	if w.Credit != "" {
		foot = "[" + w.Credit + "]\n" + foot
	}
	return foot
}

// maxMail is how long the address of a mail draft gets: what every mail program and system still takes.
const maxMail = 2000

// Mail is the address (RFC 6068) of a mail draft with the text as far as it fits; credit, state and uri
// always stand in it.
func (w Words) Mail() string {
	subject := escaped(fit(oneLine(w.Headline), 400))
	foot := escaped("\n\n" + fit(oneLine(w.Credit), 240) + "\n" + fit(oneLine(w.State), 480) + "\n" + fit(oneLine(string(w.URI)), 200))
	head := "mailto:?subject=" + subject + "&body="
	body := strings.Join(w.Paragraphs, "\n\n")
	return head + escaped(fit(body, maxMail-len(head)-len(foot))) + foot
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// escaped writes s for a mail address; line ends are CR LF there.
func escaped(s string) string {
	s = strings.NewReplacer("\r\n", "\r\n", "\n", "\r\n", "\r", "\r\n").Replace(strings.ToValidUTF8(s, "\uFFFD"))
	return strings.ReplaceAll(url.QueryEscape(s), "+", "%20")
}

// fit cuts s at a space so that it takes at most n bytes escaped, and says by an ellipsis that it did.
func fit(s string, n int) string {
	if len(escaped(s)) <= n {
		return s
	}
	const more = " …"
	room, used, cut := n-len(escaped(more)), 0, 0
	for i, r := range s {
		if used += len(escaped(string(r))); used > room {
			break
		}
		cut = i + utf8.RuneLen(r)
		if r == utf8.RuneError {
			cut = i + 1
		}
	}
	if cut <= 0 || room <= 0 {
		return ""
	}
	if i := strings.LastIndexAny(s[:cut], " \n"); i > cut/2 {
		cut = i
	}
	return strings.TrimRight(s[:cut], " \r\n") + more
}
