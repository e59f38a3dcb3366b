package web

import (
	"context"
	"encoding/hex"
	"errors"
	"html/template"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/wire"
)

// files is a Reader that hands out what is attached to a version, to whoever may read the version.
type files interface {
	File(ctx context.Context, v access.Viewer, item wire.ItemID, hash string) (mediaType, name string, f io.ReadSeekCloser, err error)
}

// fileView is one attachment.
type fileView struct {
	Caption, Credit, Type, Size, Hash, Href string
}

// pictures are the types that a browser is let to show; everything else is for keeping.
var pictures = []string{"image/png", "image/jpeg", "image/gif", "image/webp"}

// filesShown bounds the attachments on a page.
const filesShown = 100

// files fills in what is attached to the newest version: pictures are shown.
func (q *request) files(v *itemView, it *wire.Item) {
	for n, a := range it.Current().Content.Attachments {
		if n == filesShown {
			v.FilesMore = len(it.Current().Content.Attachments) - filesShown
			break
		}
		hash := hex.EncodeToString(a.SHA256[:])
		f := fileView{Caption: firstWords(a.Caption, 1000), Credit: firstWords(a.Credit, 200), Type: mediaType(a.MediaType), Size: q.size(a.Length), Hash: hash[:12],
			Href: "/files/" + url.PathEscape(string(it.ID)) + "/" + hash}
		if slices.Contains(pictures, f.Type) {
			v.Pictures = append(v.Pictures, f)
		} else {
			v.Files = append(v.Files, f)
		}
	}
}

// file hands out an attachment: a picture, by its own first bytes, to be shown; all else as an
// attachment of no type. Whatever it holds, it can do nothing here.
func (q *request) file() (err error) {
	item, err := wire.ParseItemID(q.r.PathValue("item"))
	if err != nil {
		return fault.E(fault.NotFound, "There is no such file.")
	}
	hash := q.r.PathValue("hash")
	reader, ok := q.Reader.(files)
	if !ok || len(hash) != 64 || strings.Trim(hash, "0123456789abcdef") != "" {
		return fault.E(fault.NotFound, "There is no such file.")
	}
	_, name, f, err := reader.File(q.r.Context(), q.viewer, item, hash)
	if err != nil {
		return err
	}
	defer func() {
		if e := f.Close(); e != nil {
			q.Log.DebugContext(q.r.Context(), "a file was not closed", "error", e)
		}
	}()
	var head [512]byte
	n, err := io.ReadFull(f, head[:])
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return fault.E(fault.Internal, "The file could not be read.").Because(err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return fault.E(fault.Internal, "The file could not be read.").Because(err)
	}
	h := q.w.Header()
	h.Set("Content-Security-Policy", rawPolicy)
	h.Set("ETag", `"`+hash+`"`)
	if t := http.DetectContentType(head[:n]); slices.Contains(pictures, t) {
		h.Set("Content-Type", t)
		h.Set("Content-Disposition", "inline")
	} else {
		h.Set("Content-Type", "application/octet-stream")
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": fileNameFor(name, hash)}))
	}
	http.ServeContent(unkept{q.w}, q.r, "", time.Time{}, f)
	return nil
}

// fileNameFor is a name to keep a file under: letters, figures and .-_ of the name given.
func fileNameFor(name, hash string) string {
	return strings.TrimSuffix(rawName(name, hash), ".raw")
}

func hiddenMarks(texts ...string) (n int) {
	for _, s := range texts {
		for _, r := range s {
			if lang.Turns(r) {
				n++
			}
		}
	}
	return n
}

// marksShown bounds how many marks of one paragraph are shown where they stand.
const marksShown = 200

// revealed is s as markup with its hidden direction marks shown where they stand, by their code: drawn by
// the style sheet, so that who copies the text does not copy them.
func revealed(s string) template.HTML {
	if !strings.ContainsFunc(s, lang.Turns) {
		return rich(s)
	}
	var b strings.Builder
	from := 0
	for i, n := 0, 0; i < len(s) && n < marksShown; {
		r, size := utf8.DecodeRuneInString(s[i:])
		if lang.Turns(r) {
			b.WriteString(escaped(s[from:i]))
			b.WriteString(`<span class="mark-hidden" data-mark="U+` + strings.ToUpper(strconv.FormatInt(int64(r)|0x10000, 16)[1:]) + `"></span>`)
			from = i + size
			n++
		}
		i += size
	}
	b.WriteString(escaped(s[from:]))
	return template.HTML(b.String())
}

// print is what stands on every printed page of a text.
type print struct {
	State   template.HTML // first: machine translation, embargo, withdrawn; else official or original
	Repeats bool          // the state stands on every page
	Foot    string        // version
}

// printed fills in what a printed page says of its text.
func (q *request) printed(v *itemView, r *wire.Release, it *wire.Item, lead memberView) {
	p := &v.Printed
	word := func(s string, t time.Time) template.HTML {
		out := template.HTML(template.HTMLEscapeString(s))
		if !t.IsZero() {
			out += " · " + q.timeHTML(t, lead.Zone)
		}
		return out
	}
	switch {
	case r.State == wire.Withdrawn:
		p.State, p.Repeats = word(q.text("state.withdrawn"), r.WithdrawnAt), true
	case r.State == wire.Erased:
		p.State, p.Repeats = word(q.text("state.erased"), r.ErasedAt), true
	case r.State == wire.Embargoed:
		p.State, p.Repeats = word(q.text("state.embargo"), r.EmbargoedUntil), true
	case !r.State.Out():
		p.State, p.Repeats = word(q.text("state."+string(r.State)), time.Time{}), true
	}
	if it == nil || len(it.Versions) == 0 || r.State == wire.Withdrawn || r.State == wire.Erased {
		return
	}
	p.Foot = q.text("item.version", "Count", it.Current().N)
	_, state := q.translationState(it, lead.Official)
	if it.Translation.ByMachine() {
		p.Repeats = true
	}
	if p.State != "" {
		p.State += " · "
	}
	p.State += word(state, time.Time{})
}

// printState is the state for the head of every printed page, unless the head of the text repeats it there.
func (v *itemView) printState() template.HTML {
	if v == nil || v.Printed.Repeats {
		return ""
	}
	return v.Printed.State
}

// countdown is the time left until t, filled in by the page's script; without it the bar's two times stand.
func (q *request) countdown(t time.Time) template.HTML {
	e := template.HTMLEscapeString
	return template.HTML(` <span class="countdown" data-until="` + t.UTC().Format(time.RFC3339) + `" data-minutes="` + e(q.text("item.opens.minutes")) +
		`" data-seconds="` + e(q.text("item.opens.seconds")) + `" data-now="` + e(q.text("item.opens.now")) + `"></span>`)
}
