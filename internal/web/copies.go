package web

import (
	"context"
	"html/template"
	"math"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/stories"
)

// Copies tells who uses the words of whom.
type Copies interface {
	Copies(ctx context.Context, v access.Viewer, e browse.Entry) (stories.Copies, error)
}

// copyView is another text with some of the same words.
type copyView struct {
	Kind, Share string
	Who         string
	WhoLang     lang.Tag
	Headline    template.HTML
	Lang        lang.Tag
	Dir, Href   string
	Time        twoTimes
	Stated      string // the source as one of the two names it
	Passages    []string
	More        int      // passages that are not shown
	Count       int      // all of them
	OwnLang     lang.Tag // of the passages, which are the page's own words
	OwnDir      string
}

// copiesView is what a text uses and who uses it.
type copiesView struct {
	Uses, UsedBy []copyView
	Rest         string // how many others there are
}

const (
	copiesShown    = 8 // of each direction
	passageLetters = 300
)

// copies fills what shares words with the text that is shown. A page goes out without it if it cannot be read.
func (q *request) copies(v *itemView, e browse.Entry) {
	if q.Copies == nil {
		return
	}
	all, err := q.Copies.Copies(q.r.Context(), q.viewer, e)
	if err != nil {
		q.Log.WarnContext(q.r.Context(), "who uses the words of an item could not be read", "error", err)
		return
	}
	if len(all.All) == 0 {
		return
	}
	c := &copiesView{}
	rest := all.More
	for _, x := range all.All {
		list := &c.UsedBy
		if x.Uses {
			list = &c.Uses
		}
		if len(*list) < copiesShown {
			*list = append(*list, q.copyView(x, v.Lang))
		} else {
			rest++
		}
	}
	switch {
	case all.Most && rest > 0:
		c.Rest = q.text("copies.atleast", "Count", rest)
	case rest > 0:
		c.Rest = q.text("copies.rest", "Count", rest)
	}
	v.Copies = c
}

func (q *request) copyView(x stories.Copy, own lang.Tag) copyView {
	w := copyView{Kind: q.text("copies." + string(x.Kind)), Count: x.AllPassages, More: x.AllPassages - len(x.Passages), Stated: firstWords(x.Stated, 200), OwnLang: own, OwnDir: dirOf(own)}
	if percent := int(math.Round(100 * x.Share)); percent > 0 {
		w.Share = q.text("copies.share", "Percent", percent)
	}
	for _, p := range x.Passages {
		w.Passages = append(w.Passages, firstWords(p, passageLetters))
	}
	switch {
	case x.Entry.Capture != nil:
		c := x.Entry.Capture
		w.Who, w.Href, w.Lang, w.Headline, w.Time = source(c), "/captures/"+string(c.ID), c.Language, rich(c.Headline), q.times(x.Entry.At, nil)
		if clean(c.Headline) == "" {
			w.Headline = rich(firstOf(c.Body, 90))
		}
	default:
		r := x.Entry.Release
		it := &r.Items[max(0, x.Entry.Item)]
		m := q.member(r.Lead())
		w.Who, w.WhoLang, w.Href, w.Lang, w.Time = clean(m.Full), m.FullLang, "/items/"+string(it.ID), it.Language, q.times(x.Entry.At, m.Zone)
		content := it.Current().Content
		if w.Headline = rich(content.Headline); clean(content.Headline) == "" {
			w.Headline = rich(firstOf(content.Body, 90))
		}
	}
	w.Dir = dirOf(w.Lang)
	return w
}
