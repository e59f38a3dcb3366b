package render

import (
	"strings"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/format/feed"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/notice"
	"jarchi.dev/jarchi/internal/take"
	"jarchi.dev/jarchi/internal/wire"
)

// TextType is the media type of what Text writes.
const TextType = "text/plain; charset=utf-8"

// Text is the item that an entry names, or its capture, as plain text: its state in the first line, so that nobody reads the words without it; headline, byline, dateline, paragraphs with a blank line
// between them; credit, rights and uri in the last lines. A line that a program would set in the wrong direction begins with the mark that says the right one. Of what is
// withdrawn or erased, and of a header, it says so and no more. NotFound where the entry names nothing.
func Text(e browse.Entry, o Options) ([]byte, error) {
	var b strings.Builder
	part := func(t lang.Tag, lines ...string) {
		wrote := false
		for _, s := range lines {
			if s = (feed.Text{Value: s, Language: t}).Line(); s != "" {
				if !wrote && b.Len() > 0 {
					b.WriteByte('\n')
				}
				b.WriteString(s + "\n")
				wrote = true
			}
		}
	}
	if e.Capture == nil && (e.Release == nil || e.Item < 0 || e.Item >= len(e.Release.Items)) {
		return nil, fault.E(fault.NotFound, "There is no item to write.")
	}
	if r := e.Release; r != nil {
		it := &r.Items[e.Item]
		ours := notice.Beside(it.Language)
		var p feed.Post
		switch {
		case e.Level != access.All || it.Current() == nil:
			p = headerPost(r, it, o)
		case r.State == wire.Withdrawn || r.State == wire.Erased:
			p, _ = gonePost(r, it, o)
		}
		if p.ID != "" {
			part(ours, "["+p.Title.Value+"]")
			for _, list := range [][]feed.Text{p.Before, p.Paragraphs} {
				for _, x := range list {
					part(x.Language, x.Value)
				}
			}
			var notes []string
			for _, x := range p.Notes {
				notes = append(notes, x.Value)
			}
			part(ours, append(notes, p.ID)...)
			return []byte(b.String()), nil
		}
	}
	w, err := take.WordsOf(e, o.Members, notice.Beside(languageOf(e)))
	if state := fault.KindOf(err); err != nil && state == fault.Conflict { // a draft of one's own: it has not left
		w, err = draftWords(e, o), nil
	}
	if err != nil {
		return nil, err
	}
	t := w.Language
	ours := notice.Beside(t)
	var sub, byline string
	var rights wire.Rights
	if e.Release != nil {
		c := e.Release.Items[e.Item].Current().Content
		sub, byline, rights = c.Subheadline, c.Byline, c.Rights
	}
	part(ours, "["+w.State+"]")
	part(t, w.Headline)
	part(t, sub)
	part(t, byline)
	if w.Dateline != "" && (len(w.Paragraphs) == 0 || !strings.HasPrefix(w.Paragraphs[0], w.Dateline)) {
		part(t, w.Dateline)
	}
	for _, p := range w.Paragraphs {
		part(t, p)
	}
	last := []string{}
	for _, x := range []struct {
		k notice.Key
		s string
	}{{notice.Credit, w.Credit}, {notice.Rights, rights.Holder}, {notice.Terms, rights.UsageTerms}} {
		if strings.TrimSpace(x.s) != "" {
			last = append(last, notice.Label(x.k, ours)+x.s)
		}
	}
	part(ours, append(last, string(w.URI))...)
	return []byte(b.String()), nil
}

func languageOf(e browse.Entry) lang.Tag {
	if e.Capture != nil {
		return e.Capture.Language
	}
	return e.Release.Items[e.Item].Language
}

// draftWords are the words of what has not left its desk.
func draftWords(e browse.Entry, o Options) take.Words {
	it := &e.Release.Items[e.Item]
	c := it.Current().Content
	return take.Words{Item: string(it.ID), URI: it.URI, Version: it.Current().N, Language: it.Language, Headline: c.Headline, Paragraphs: c.Body, Credit: o.names(e.Release, it.Language), Dateline: c.Dateline,
		State: notice.Say(notice.DraftHead, notice.Beside(it.Language))}
}
