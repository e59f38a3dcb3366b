package render

import (
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/format/feed"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/mediatopic"
	"jarchi.dev/jarchi/internal/notice"
	"jarchi.dev/jarchi/internal/take"
	"jarchi.dev/jarchi/internal/wire"
)

// FeedAbout is what a feed says of itself.
type FeedAbout struct {
	Language    lang.Tag // of the feed's own words; those of notice.Beside
	Only        lang.Tag // the language that was asked for; empty: all
	Asked       string   // what it has, in the reader's words: a search, a member's name; empty: everything
	Site        string   // addresses: the page for people, the feed itself, its first and its next page
	Self        string
	First, Next string
	Hub         string // empty: none
}

// Feed is a feed of what browse answered. Each text of a release is an entry with the item's own uri for its id; what belongs to a release beside its texts (pictures, files) is attached to each
// of them. For a search by words it is the text in which they were found. What was withdrawn or erased is gone, and a notice without a word of it stands in its place. A header
// tells issuers, language and the time of opening. A capture, for those who may see captures, is headline, source and link.
//
// As Atom the notices have ids of their own, since a program that knows deleted entries takes the entry away: use Atom, RSS and JSON of the result for the right form each.
func Feed(f browse.Feed, about FeedAbout, o Options) FeedDoc {
	d := FeedDoc{Channel: feed.Channel{ID: about.First, Title: about.Asked, Description: notice.Say(notice.WireAbout, about.Language), Language: about.Language, Entries: about.Only,
		Site: about.Site, Self: about.Self, Hub: about.Hub, First: about.First, Next: about.Next, Updated: time.Unix(0, 0).UTC()}}
	if d.Title == "" {
		d.Title = notice.Say(notice.WireTitle, about.Language)
	}
	if d.ID == "" {
		d.ID = about.Self
	}
	for _, list := range [][]browse.Entry{f.Changed, f.Entries} {
		for _, e := range list {
			d.add(e, about.Only, o)
		}
	}
	for _, p := range d.Posts {
		if p.Updated.After(d.Updated) {
			d.Updated = p.Updated
		}
	}
	return d
}

// FeedDoc is a feed before it is written.
type FeedDoc struct{ feed.Channel }

// Atom writes it as Atom 1.0.
func (d FeedDoc) Atom() []byte {
	c := d.Channel
	c.Posts = slices.Clone(c.Posts)
	for i := range c.Posts {
		if c.Posts[i].Notice {
			c.Posts[i].ID = "urn:jarchi:notice:" + c.Posts[i].ID
		}
	}
	return c.Atom()
}

// add puts in what an entry has in a language, or in all.
func (d *FeedDoc) add(e browse.Entry, only lang.Tag, o Options) {
	if e.Capture != nil {
		d.Posts = append(d.Posts, capturePost(e.Capture))
		return
	}
	r := e.Release
	if r == nil {
		return
	}
	for _, i := range entriesOf(e, only) {
		it := &r.Items[i]
		switch {
		case e.Level != access.All:
			d.Posts = append(d.Posts, headerPost(r, it, o))
		case r.State == wire.Withdrawn, r.State == wire.Erased:
			p, g := gonePost(r, it, o)
			d.Posts, d.Gone = append(d.Posts, p), append(d.Gone, g)
		case it.Current() != nil:
			e.Item = i
			d.Posts = append(d.Posts, itemPost(e, o))
		}
	}
}

// entriesOf are the items of a release that are entries: its texts, or all where there is no text; the one that words were found in; those in one language.
func entriesOf(e browse.Entry, only lang.Tag) (out []int) {
	r := e.Release
	if e.Item >= 0 && e.Item < len(r.Items) {
		return []int{e.Item}
	}
	texts := slices.ContainsFunc(r.Items, func(it wire.Item) bool { return it.Type == wire.Text })
	for i := range r.Items {
		if it := &r.Items[i]; (!texts || it.Type == wire.Text) && (only == "" || it.Language == only) {
			out = append(out, i)
		}
	}
	return out
}

// opened is since when an item may be read by those it is for.
func opened(r *wire.Release) time.Time {
	if !r.OpenedAt.IsZero() {
		return r.OpenedAt
	}
	return r.ReleasedAt
}

// versionsMost bounds the other languages that an entry names: each of a release's languages is an entry.
const versionsMost = 24

// changedAt is when what is shown of an item last changed. What happened under an embargo is not told apart from its end.
func changedAt(r *wire.Release, it *wire.Item) time.Time {
	at := opened(r)
	if v := it.Current(); v != nil && v.At.After(at) {
		at = v.At
	}
	for i := range r.Items { // what it was made from has moved on, and it says so
		if v := r.Items[i].Current(); it.Stale && v != nil && v.At.After(at) {
			at = v.At
		}
	}
	for _, t := range []time.Time{r.WithdrawnAt, r.ErasedAt} {
		if t.After(at) {
			at = t
		}
	}
	return at
}

func (o Options) authors(r *wire.Release, t lang.Tag) (out []feed.Author) {
	for _, id := range r.Issuers {
		m, ok := o.Members[id]
		if !ok {
			m = wire.Member{ID: id}
		}
		a := feed.Author{Name: m.Name(t)}
		if m.Domain != "" {
			a.URI = "https://" + m.Domain + "/"
		}
		out = append(out, a)
	}
	return out
}

func (o Options) names(r *wire.Release, t lang.Tag) string {
	var out []string
	for _, a := range o.authors(r, t) {
		out = append(out, a.Name)
	}
	return strings.Join(out, ", ")
}

func itemPost(e browse.Entry, o Options) feed.Post {
	r, it := e.Release, &e.Release.Items[e.Item]
	t, v := it.Language, it.Current()
	c, ours := v.Content, notice.Beside(it.Language)
	own := func(s string) feed.Text { return feed.Text{Value: s, Language: t} }
	p := feed.Post{ID: string(it.URI), Link: o.page("items", string(it.ID)), Language: t, Title: own(c.Headline), Summary: own(c.Subheadline), Authors: o.authors(r, t),
		Published: opened(r), Updated: changedAt(r, it), Rights: rightsLine(c.Rights)}
	if o.Base != "" {
		p.Item = o.at("/api/v1/items/" + string(it.ID))
		p.Proof = o.at("/api/v1/items/" + string(it.ID) + "/versions/" + itoa(v.N) + "/proof")
	}
	if strings.TrimSpace(c.Subheadline) == "" && len(c.Body) > 0 {
		p.Summary = own(c.Body[0])
	}
	e.Level = access.All
	state := ""
	if w, err := take.WordsOf(e, o.Members, ours); err == nil {
		state = w.State
		p.Notes = append(p.Notes, feed.Text{Value: notice.Label(notice.Credit, ours) + w.Credit, Language: ours})
	}
	line := feed.Text{Value: state, Language: ours}
	if urgentState(r, it) {
		p.Before = []feed.Text{line}
	} else {
		p.Notes = append(p.Notes, line)
	}
	if c.Dateline != "" && (len(c.Body) == 0 || !strings.HasPrefix(c.Body[0], c.Dateline)) {
		p.Paragraphs = append(p.Paragraphs, own(c.Dateline))
	}
	if c.Byline != "" {
		p.Paragraphs = append(p.Paragraphs, own(c.Byline))
	}
	for _, s := range c.Body {
		p.Paragraphs = append(p.Paragraphs, own(s))
	}
	if p.Rights != "" {
		p.Notes = append(p.Notes, feed.Text{Value: notice.Label(notice.Rights, ours) + p.Rights, Language: ours})
	}
	for _, code := range c.Subjects {
		topic, ok := mediatopic.Lookup(code)
		if !ok {
			continue
		}
		name, _ := topic.Label(t)
		p.Categories = append(p.Categories, feed.Category{Scheme: "http://cv.iptc.org/newscodes/mediatopic/", Term: strings.TrimPrefix(topic.Code, "medtop:"), Label: name})
	}
	for _, k := range c.Keywords {
		if k = strings.TrimSpace(k); k != "" {
			p.Categories = append(p.Categories, feed.Category{Term: k})
		}
	}
	p.Files = o.files(r, it)
	for i := range r.Items {
		if other := &r.Items[i]; other.Type == it.Type && other.ID != it.ID && other.Current() != nil && len(p.Versions) < versionsMost {
			p.Versions = append(p.Versions, feed.Version{Language: other.Language, Link: o.page("items", string(other.ID))})
		}
	}
	if !r.EmbargoedUntil.IsZero() && r.State == wire.Released && o.Token {
		p.Replaced = HeaderURI(it.ID)
	}
	return p
}

// files are what is attached to an item, and to the pictures and other items beside its release's texts.
func (o Options) files(r *wire.Release, it *wire.Item) (out []feed.File) {
	if o.Base == "" {
		return nil
	}
	add := func(of *wire.Item) {
		for _, a := range of.Current().Content.Attachments {
			media := a.MediaType
			if media == "" {
				media = "application/octet-stream"
			}
			out = append(out, feed.File{URL: o.file(of.ID, hex.EncodeToString(a.SHA256[:])), MediaType: media, Length: a.Length, Caption: a.Caption, Credit: a.Credit, Language: of.Language})
		}
	}
	add(it)
	for i := range r.Items {
		if of := &r.Items[i]; it.Type == wire.Text && of.Type != wire.Text && of.Current() != nil {
			add(of)
		}
	}
	return out
}

// urgentState: the reader must know before she reads.
func urgentState(r *wire.Release, it *wire.Item) bool {
	return it.Translation.ByMachine() || it.Stale || it.Current().Kind == wire.CorrectKind || r.State != wire.Released
}

func rightsLine(r wire.Rights) string {
	var parts []string
	for _, s := range []string{r.Holder, r.UsageTerms} {
		if s = strings.TrimSpace(s); s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ". ")
}

func gonePost(r *wire.Release, it *wire.Item, o Options) (feed.Post, feed.Gone) {
	t := notice.Beside(it.Language)
	own := func(s string) feed.Text { return feed.Text{Value: s, Language: t} }
	head, text, when, at := notice.WithdrawnHead, notice.WithdrawnText, notice.Withdrawn, r.WithdrawnAt
	if r.State == wire.Erased {
		head, text, when, at = notice.ErasedHead, notice.ErasedText, notice.Erased, r.ErasedAt
	}
	g := feed.Gone{ID: string(it.URI), At: at, By: o.names(r, it.Language)}
	p := feed.Post{ID: string(it.URI), Link: o.page("items", string(it.ID)), Language: t, Title: own(notice.Say(head, t)), Summary: own(notice.Say(text, t)), Authors: o.authors(r, it.Language),
		Published: opened(r), Updated: at, Notice: true, Paragraphs: []feed.Text{own(notice.Say(text, t))},
		Notes: []feed.Text{own(notice.Label(notice.Issuer, t) + o.names(r, it.Language)), own(notice.Label(notice.Released, t) + moment(opened(r), t)), own(notice.Label(when, t) + moment(at, t))}}
	if r.State == wire.Withdrawn && r.Reason != "" {
		g.Reason = feed.Text{Value: r.Reason}
		p.Paragraphs = append(p.Paragraphs, feed.Text{Value: notice.Label(notice.Reason, t) + r.Reason, Language: t})
	}
	return p, g
}

func headerPost(r *wire.Release, it *wire.Item, o Options) feed.Post {
	t := notice.Beside(it.Language)
	own := func(s string) feed.Text { return feed.Text{Value: s, Language: t} }
	p := feed.Post{ID: HeaderURI(it.ID), Link: o.page("releases", string(r.ID)), Language: t, Title: own(notice.Say(notice.EmbargoHead, t) + ": " + o.names(r, it.Language)), Summary: own(notice.Say(notice.EmbargoText, t)),
		Authors: o.authors(r, it.Language), Published: r.ReleasedAt, Updated: r.ReleasedAt, Paragraphs: []feed.Text{own(notice.Say(notice.EmbargoText, t))}, Notes: []feed.Text{own(notice.Label(notice.Opens, t) + moment(r.EmbargoedUntil, t))}}
	if r.State == wire.Withdrawn || r.State == wire.Erased {
		p.Title, p.Summary, p.Paragraphs, p.Notes, p.Notice = own(notice.Say(notice.WithdrawnHead, t)), own(notice.Say(notice.WithdrawnText, t)), []feed.Text{own(notice.Say(notice.WithdrawnText, t))}, nil, true
	}
	return p
}

// capturePost is third-party material: what it is called, where it stands and who says it.
func capturePost(c *wire.Capture) feed.Post {
	t := notice.Beside(c.Language)
	p := feed.Post{ID: string(c.URI), Link: c.SourceURL, Language: c.Language, Title: feed.Text{Value: c.Headline, Language: c.Language}, Published: c.ArrivedAt, Updated: c.ArrivedAt,
		Notes: []feed.Text{{Value: notice.Say(notice.CaptureText, t), Language: t}}}
	if strings.TrimSpace(c.Headline) == "" {
		p.Title = feed.Text{Value: notice.Say(notice.CaptureHead, t), Language: t}
	}
	for _, a := range c.Attribution {
		if s := strings.TrimSpace(a.Source); s != "" {
			p.Authors = append(p.Authors, feed.Author{Name: s})
		}
	}
	return p
}

// moment is a time as it stands in our sentences, in an order that letters around it do not turn.
func moment(at time.Time, in lang.Tag) string {
	if in.Dir() == "rtl" {
		return at.UTC().Format("02.01.2006 15:04 UTC")
	}
	return at.UTC().Format("2006-01-02 15:04 UTC")
}
