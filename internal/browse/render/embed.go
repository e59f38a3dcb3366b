package render

import (
	"crypto/sha256"
	"encoding/base64"
	"html"
	"strconv"
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

// EmbedPolicy is the Content-Security-Policy with which Embed's document is served: any site may frame it, and it may do nothing but show itself and this node's pictures.
var EmbedPolicy = func() string {
	sum := sha256.Sum256([]byte(embedStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"
}()

const embedStyle = `:root{color-scheme:light dark}body{margin:0;padding:1rem;font:1rem/1.6 system-ui,sans-serif;color:#1b1f24;background:#fff}
h1{font-size:1.3rem;line-height:1.3;margin:.25rem 0 .5rem}p{margin:.5rem 0}.by,.foot{font-size:.85rem;color:#57606a}.sub{font-weight:600}
.state{border-inline-start:4px solid #9a6700;padding:.25rem .75rem;background:#fff8c5;color:#1b1f24;font-size:.9rem}.gone{border-color:#cf222e;background:#ffebe9}
img{max-inline-size:100%;block-size:auto}figure{margin:1rem 0}figcaption{font-size:.85rem;color:#57606a}.foot{border-block-start:1px solid #d0d7de;padding-block-start:.5rem;margin-block-start:1rem}
a{color:#0550ae}:lang(ur){line-height:2}@media (prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}.by,.foot,figcaption{color:#9198a1}.foot{border-color:#30363d}a{color:#79c0ff}
.state{background:#3a2d00;color:#f0e6c0}.gone{background:#4c1014;color:#ffdcd7}}`

// Embed is the item that an entry names as one small page for other sites' frames: no script, nothing from elsewhere, its state on top, and in its last line who released it and where its proof
// stands. What is withdrawn or erased shows that in the place of the words, wherever it was put; so does a header. NotFound where there is no item.
func Embed(e browse.Entry, o Options) ([]byte, error) {
	if e.Release == nil || e.Item < 0 || e.Item >= len(e.Release.Items) {
		return nil, fault.E(fault.NotFound, "There is no item with this id.")
	}
	r, it := e.Release, &e.Release.Items[e.Item]
	t := it.Language
	ours := notice.Beside(t)
	var b strings.Builder
	line := func(s string, in lang.Tag) string { return html.EscapeString(feed.Text{Value: s, Language: in}.Line()) }
	in := func(tag, class, s string, of lang.Tag) {
		if s = line(s, of); s == "" {
			return
		}
		b.WriteString("<" + tag)
		if class != "" {
			b.WriteString(` class="` + class + `"`)
		}
		if of != t {
			b.WriteString(direction(of))
		}
		b.WriteString(">" + s + "</" + tag + ">\n")
	}
	title, words := "", e.Level == access.All && it.Current() != nil && r.State == wire.Released
	var stands feed.Post
	switch {
	case words:
		title = it.Current().Content.Headline
	case e.Level == access.All && (r.State == wire.Withdrawn || r.State == wire.Erased):
		stands, _ = gonePost(r, it, o)
		title = stands.Title.Value
	default:
		stands = headerPost(r, it, o)
		title = stands.Title.Value
	}
	b.WriteString("<!doctype html>\n<html" + direction(t) + `><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex"><title>` +
		line(title, t) + "</title><style>" + embedStyle + "</style></head>\n<body><article>\n")
	if words {
		c := it.Current().Content
		w, err := take.WordsOf(e, o.Members, ours)
		if err != nil {
			return nil, err
		}
		if urgentState(r, it) {
			in("p", "state", w.State, ours)
		}
		in("p", "by", o.names(r, t)+" · "+moment(opened(r), ours), ours)
		in("h1", "", c.Headline, t)
		in("p", "sub", c.Subheadline, t)
		in("p", "by", c.Byline, t)
		if c.Dateline != "" && (len(c.Body) == 0 || !strings.HasPrefix(c.Body[0], c.Dateline)) {
			in("p", "by", c.Dateline, t)
		}
		for n, p := range c.Body {
			if n == embedMost {
				in("p", "", "…", t)
				break
			}
			in("p", "", p, t)
		}
		o.embedPictures(&b, r, it, line)
		if !urgentState(r, it) {
			in("p", "by", w.State, ours)
		}
		in("p", "by", notice.Label(notice.Credit, ours)+w.Credit, ours)
		if s := rightsLine(c.Rights); s != "" {
			in("p", "by", notice.Label(notice.Rights, ours)+s, ours)
		}
	} else {
		in("p", "state gone", title, ours)
		for _, list := range [][]feed.Text{stands.Paragraphs, stands.Notes} {
			for _, x := range list {
				in("p", "by", x.Value, x.Language)
			}
		}
	}
	b.WriteString(`<p class="foot"` + direction(ours) + ">")
	link := func(k notice.Key, href string) {
		b.WriteString(`<a href="` + html.EscapeString(href) + `" target="_blank" rel="noopener">` + line(notice.Say(k, ours), ours) + "</a>")
	}
	to := notice.OnNode // of what is gone there is no whole text
	if words {
		to = notice.Whole
	}
	link(to, o.page("items", string(it.ID)))
	if words {
		b.WriteString(" · ")
		link(notice.Proof, o.page("items", string(it.ID))+"#proof")
	}
	b.WriteString("</p>\n</article></body></html>\n")
	return []byte(b.String()), nil
}

// Bounds of what is shown within another's page; the whole is a click away.
const (
	embedMost     = 60
	embedPictures = 4
)

func (o Options) embedPictures(b *strings.Builder, r *wire.Release, it *wire.Item, line func(string, lang.Tag) string) {
	n := 0
	for _, f := range o.files(r, it) {
		if !strings.HasPrefix(f.MediaType, "image/") || n == embedPictures {
			continue
		}
		n++
		b.WriteString(`<figure><img src="` + html.EscapeString(f.URL) + `" alt="` + line(f.Caption, f.Language) + `" loading="lazy">`)
		if s := strings.Trim(line(f.Caption, f.Language)+" · "+line(f.Credit, f.Language), " ·"); s != "" {
			b.WriteString("<figcaption" + direction(f.Language) + ">" + s + "</figcaption>")
		}
		b.WriteString("</figure>\n")
	}
}

// direction is language and direction as attributes.
func direction(t lang.Tag) string {
	if t == "" || t == lang.Und || t.Script() == "Zzzz" {
		return ` dir="auto"`
	}
	return ` lang="` + html.EscapeString(string(t)) + `" dir="` + t.Dir() + `"`
}

// Snippet is what another site puts into its own page to show a text of a release: a frame that may run nothing. It is named by who released it: a word of the text itself would stay in that page
// when the text is withdrawn.
func Snippet(r *wire.Release, it *wire.Item, o Options) string {
	return `<iframe src="` + html.EscapeString(o.at("/embed/"+string(it.ID))) + `" title="` + html.EscapeString(feed.Text{Value: o.names(r, it.Language), Language: it.Language}.Line()) +
		`" width="100%" height="` + strconv.Itoa(embedHeight) + `" loading="lazy" sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"></iframe>`
}

const embedHeight = 480
