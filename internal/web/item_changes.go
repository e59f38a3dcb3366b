package web

import (
	"context"
	"encoding/hex"
	"fmt"
	"hash/maphash"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"sync"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/compare"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/wire"
)

// Bounds of what a page tells about versions and languages.
const (
	comparedVersions  = 20       // the newest; older ones are named, with their exact bytes
	comparedLanguages = 24       // with the one that is read
	comparedBytes     = 64 << 10 // of differences on one page
	differencesTold   = 6
)

// changesView is what a version changed against the one before.
type changesView struct {
	ID         string
	Lang       lang.Tag
	Dir        string
	Figures    []figureChange
	Paragraphs []changedParagraph
	Also       []string // parts that are not text: files, keywords
	None       bool     // not one word of the text changed
	TooLong    bool
}

type figureChange struct{ Old, New string }

// changedParagraph is one with differences, or (Same > 0) a number of paragraphs that have none.
type changedParagraph struct {
	HTML template.HTML
	Same int
}

// differsView is a figure of the version that is read against another language's.
type differsView struct {
	Here, There         string
	HereHref, ThereHref string
	HereLang, ThereLang lang.Tag
	HereName, ThereName string
}

// changesID is where a page tells what version n changed. It lies inside a closed part that browsers
// open when it is gone to.
func changesID(n int) string { return "v" + strconv.Itoa(n) }

// What was worked out of texts is kept by the texts' hash: lengths of stretches and figures, no
// sentences. Nobody asks for what was withdrawn; a full store forgets everything.
var (
	seed           = maphash.MakeSeed()
	keptWords      remembered[[]length]
	keptDifferings remembered[[]compare.Disagreement]
	keptFigures    remembered[[]figureChange]
)

type length struct {
	kind compare.Kind
	n    int
}

type remembered[V any] struct {
	mu sync.Mutex
	by map[[2]uint64]V
}

func (k *remembered[V]) get(key [2]uint64, read func() V) V {
	k.mu.Lock()
	v, ok := k.by[key]
	k.mu.Unlock()
	if ok {
		return v
	}
	v = read()
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.by == nil || len(k.by) >= 2048 {
		k.by = map[[2]uint64]V{}
	}
	k.by[key] = v
	return v
}

func hashed(t lang.Tag, s string) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	h.WriteString(string(t))
	h.WriteByte(0)
	h.WriteString(s)
	return h.Sum64()
}

// wholeText is a version's words, a line a paragraph, the headline first.
func wholeText(c *wire.Content) string {
	parts := make([]string, 0, len(c.Body)+2)
	for _, s := range append([]string{c.Headline, c.Subheadline}, c.Body...) {
		if s = strings.TrimSpace(clean(s)); s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, "\n")
}

// shortHash is the first 12 figures of the SHA-256 of the newest version's exact bytes; "" where they are gone.
func (q *request) shortHash(id wire.ItemID) string {
	if x := q.recorded(id, 1); len(x) > 0 && x[0].Content != nil {
		return short(x[0].SHA256)
	}
	return ""
}

// recorded reads an item's newest versions, the newest first; none where they are not for this reader.
func (q *request) recorded(id wire.ItemID, limit int) []browse.Recorded {
	log, ok := q.Reader.(recorder)
	if !ok {
		return nil
	}
	out, err := log.Record(q.r.Context(), q.viewer, id, limit)
	if err != nil {
		q.Log.DebugContext(q.r.Context(), "a page tells nothing of the record", "item", id, "error", err)
		return nil
	}
	return out
}

// recorder is a Reader that reads the record of an item; with one, a page says what changed and where its
// version stands.
type recorder interface {
	Record(ctx context.Context, v access.Viewer, item wire.ItemID, limit int) ([]browse.Recorded, error)
}

// short is the beginning of a hash by which people tell versions apart; "" where there is none.
func short(hash [32]byte) string {
	if hash == [32]byte{} {
		return ""
	}
	return hex.EncodeToString(hash[:6])
}

func wordDifferences(t lang.Tag, old, new string) (out []compare.Span) {
	lengths := keptWords.get([2]uint64{hashed(t, old), hashed(t, new)}, func() (out []length) {
		for _, s := range compare.Words(t, old, new) {
			out = append(out, length{s.Kind, len(s.Text)})
		}
		return out
	})
	for _, l := range lengths {
		from := &old
		if l.kind != compare.Deleted {
			from = &new
		}
		if l.n > len(*from) {
			return nil
		}
		out = append(out, compare.Span{Kind: l.kind, Text: (*from)[:l.n]})
		*from = (*from)[l.n:]
		if l.kind == compare.Same {
			old = old[l.n:]
		}
	}
	return out
}

// changes tells what version n, which is b, changed against a, in at most *left bytes.
func (q *request) changes(it *wire.Item, n int, a, b *wire.Content, left *int) *changesView {
	v := &changesView{ID: changesID(n), Lang: it.Language, Dir: dirOf(it.Language)}
	also := func(same bool, key string) {
		if !same {
			v.Also = append(v.Also, q.text(key))
		}
	}
	also(slices.Equal(a.Attachments, b.Attachments), "item.files")
	also(a.EdNote == b.EdNote, "item.note")
	also(slices.Equal(a.Subjects, b.Subjects), "item.subjects")
	also(slices.Equal(a.Keywords, b.Keywords), "item.keywords")
	also(a.Rights.Holder == b.Rights.Holder, "item.rights")
	also(a.Rights.UsageTerms == b.Rights.UsageTerms, "item.usage")
	from, to := wholeText(a), wholeText(b)
	if from == to {
		v.None = true
		return v
	}
	if len(from)+len(to) > *left {
		v.TooLong = true
		return v
	}
	spans := wordDifferences(it.Language, from, to)
	v.Paragraphs = q.changedParagraphs(spans)
	size := 0
	for _, p := range v.Paragraphs {
		size += len(p.HTML)
	}
	if size > *left {
		v.Paragraphs, v.TooLong = nil, true
		return v
	}
	*left -= size
	v.Figures = keptFigures.get([2]uint64{hashed(it.Language, from), hashed(it.Language, to)}, func() (out []figureChange) {
		for _, c := range compare.Figures(it.Language, from, to) {
			f := figureChange{strings.Clone(c.Old.Raw), strings.Clone(c.New.Raw)}
			if f.Old != "" && f.New != "" && len(out) < differencesTold && !slices.Contains(out, f) {
				out = append(out, f)
			}
		}
		return out
	})
	return v
}

// changedParagraphs cuts differences at line breaks and leaves out what stayed as it was.
func (q *request) changedParagraphs(spans []compare.Span) (out []changedParagraph) {
	tags := map[compare.Kind][2]string{
		compare.Deleted:  {`<del><span class="hidden">` + template.HTMLEscapeString(q.text("item.diff.out")) + " </span>", "</del>"},
		compare.Inserted: {`<ins><span class="hidden">` + template.HTMLEscapeString(q.text("item.diff.in")) + " </span>", "</ins>"},
	}
	var line strings.Builder
	changed := false
	flush := func() {
		switch n := len(out); {
		case changed:
			out = append(out, changedParagraph{HTML: template.HTML(line.String())})
		case line.Len() == 0:
		case n > 0 && out[n-1].Same > 0:
			out[n-1].Same++
		default:
			out = append(out, changedParagraph{Same: 1})
		}
		line.Reset()
		changed = false
	}
	for _, s := range spans {
		for i, part := range strings.Split(s.Text, "\n") {
			if i > 0 {
				flush()
			}
			if part == "" {
				continue
			}
			t := tags[s.Kind]
			line.WriteString(t[0] + escaped(part) + t[1])
			changed = changed || s.Kind != compare.Same
		}
	}
	flush()
	return out
}

// differs tells where figures or dates of the version that is read and of another language disagree.
func (q *request) differs(r *wire.Release, i int) (out []differsView) {
	text := func(it *wire.Item) (compare.Text, uint64) {
		c := it.Current().Content
		t := compare.Text{Lang: it.Language, Paragraphs: make([]string, 0, len(c.Body)+1)}
		for _, p := range append([]string{c.Headline}, c.Body...) {
			t.Paragraphs = append(t.Paragraphs, clean(p))
		}
		return t, hashed(it.Language, strings.Join(t.Paragraphs, "\n"))
	}
	here := &r.Items[i]
	if here.Type != wire.Text {
		return nil
	}
	a, ha := text(here)
	n := 0
	for _, j := range order(r, q.reading) {
		there := &r.Items[j]
		if j == i || there.Type != wire.Text || len(there.Versions) == 0 || there.Language == here.Language {
			continue
		}
		if n++; n >= comparedLanguages || len(out) >= differencesTold {
			break
		}
		b, hb := text(there)
		ds := keptDifferings.get([2]uint64{ha, hb}, func() []compare.Disagreement {
			ds := compare.Across(a, b)
			for k := range ds { // sentences are not kept
				ds[k].A.Sentence, ds[k].B.Sentence = "", ""
				ds[k].A.Raw, ds[k].B.Raw = strings.Clone(ds[k].A.Raw), strings.Clone(ds[k].B.Raw)
			}
			return ds
		})
		for _, d := range ds {
			if len(out) == differencesTold {
				break
			}
			out = append(out, differsView{Here: clean(d.A.Raw), HereHref: "#" + paragraphID(i, d.A.Paragraph), HereLang: here.Language, HereName: here.Language.Autonym(),
				There: clean(d.B.Raw), ThereHref: "/items/" + string(there.ID) + "#" + paragraphID(j, d.B.Paragraph), ThereLang: there.Language, ThereName: there.Language.Autonym()})
		}
	}
	return out
}

// releaseRecord adds versions with their differences, and the proof.
func (q *request) releaseRecord(v *itemView, r *wire.Release, it *wire.Item, lead memberView, whole bool) {
	if !r.State.Out() || !whole {
		return
	}
	left := comparedBytes
	record := q.recorded(it.ID, comparedVersions+1)
	said := map[int]*wire.Content{}
	for _, x := range record {
		said[x.N] = x.Content
	}
	for n := len(it.Versions) - 1; n >= 0 && len(v.Versions)+len(v.Earlier) < shown; n-- {
		x := it.Versions[n]
		w := versionView{N: x.N, Kind: q.text("version." + string(x.Kind)), Reason: clean(x.Reason), Time: q.times(x.At, lead.Zone), Correction: x.Kind == wire.CorrectKind}
		if r.State != wire.Withdrawn { // an earlier version stays readable until the release is withdrawn or erased
			w.Bytes = fmt.Sprintf("/api/v1/items/%s/versions/%d", it.ID, x.N)
			if n > 0 && len(v.Versions) < comparedVersions {
				if before, after := said[it.Versions[n-1].N], said[x.N]; before != nil && after != nil {
					w.Changes = q.changes(it, x.N, before, after, &left)
				}
			}
		}
		if r.State == wire.Released && n+1 < len(it.Versions) {
			w.Proof = w.Bytes + "/proof"
			after := it.Versions[n+1]
			key := "item.then.updated"
			if after.Kind == wire.CorrectKind {
				key = "item.then.corrected"
			}
			w.Then = q.html(key, "Time", q.timeHTML(after.At, nil))
		}
		if len(v.Versions) < comparedVersions {
			v.Versions = append(v.Versions, w)
		} else {
			v.Earlier = append(v.Earlier, w)
		}
	}
	switch r.State {
	case wire.Embargoed:
		v.Sealed = true
	case wire.Released:
		q.proof(v, r, it, record)
	}
}

// proof says where the newest version stands in its log. What the log cannot tell at the moment is left out.
func (q *request) proof(v *itemView, r *wire.Release, it *wire.Item, record []browse.Recorded) {
	n := it.Current().N
	v.Proof = &proofView{Log: string(r.Lead()) + "-" + r.Audience.LogClass(), File: fmt.Sprintf("/api/v1/items/%s/versions/%d/proof", it.ID, n), Key: "VKEY"}
	if logs, err := q.Reader.Logs(q.r.Context(), q.viewer); err == nil {
		for _, l := range logs {
			if l.Name == v.Proof.Log {
				v.Proof.Key = "'" + clean(l.Key) + "'"
			}
		}
	}
	v.Proof.Command = "jarchi verify FILE --key " + v.Proof.Key
	for _, x := range record {
		if x.N != n || x.Leaf < 0 {
			continue
		}
		v.Proof.Place = number(q.ui, x.Leaf) // as in the proof and in what checks it
		if x.SHA256 != [32]byte{} {
			v.Proof.Hash, v.Proof.Short = hex.EncodeToString(x.SHA256[:]), short(x.SHA256)
		}
	}
}
