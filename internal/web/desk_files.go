package web

import (
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"jarchi.dev/jarchi/internal/desk"
	"jarchi.dev/jarchi/internal/fault"
)

type draftFileView struct {
	Hash, Href, Type, Size, Alt string
	Picture                     bool
	Caption, Credit             writeField
}

// attach takes the file that the form brought for one language.
func (q *request) attach(d *desk.Draft, p *desk.Part, f url.Values, back func() error) error {
	id := string(p.Language) + "-upload"
	refuse := func(key string) error {
		return q.showCompose(http.StatusUnprocessableEntity, d, f, typed{errors: map[string]string{id: q.text(key)}})
	}
	file, head, err := firstFile(q.r.MultipartForm, string(p.Language)+".upload")
	if err != nil {
		return fault.E(fault.Invalid, "The file could not be read.").Because(err)
	}
	if file == nil {
		return refuse("desk.file.none")
	}
	defer file.Close()
	if head.Size > desk.MaxFile {
		return refuse("desk.file.large")
	}
	_, err = q.Desk.Attach(q.r.Context(), q.person, d.ID, p.Language, head.Filename, head.Header.Get("Content-Type"), file)
	if k := fault.KindOf(err); err != nil && (k == fault.Invalid || k == fault.Unsupported || k == fault.TooLarge) {
		if k == fault.TooLarge {
			return refuse("desk.file.large")
		}
		return refuse("desk.file.refused")
	}
	if err != nil {
		return err
	}
	return back()
}

func firstFile(m *multipart.Form, name string) (multipart.File, *multipart.FileHeader, error) {
	if m == nil || len(m.File[name]) == 0 || m.File[name][0].Filename == "" {
		return nil, nil, nil
	}
	f, err := m.File[name][0].Open()
	return f, m.File[name][0], err
}

// draftFile shows a picture of a draft to those who may see the draft, and hands out any other file.
func (q *request) draftFile() error {
	d, err := q.draft()
	if err != nil {
		return err
	}
	hash := q.r.PathValue("hash")
	if len(hash) != 64 || strings.Trim(hash, "0123456789abcdef") != "" {
		return fault.E(fault.NotFound, "There is no such file.")
	}
	kind, file, err := q.Desk.File(q.r.Context(), q.person, d.ID, hash)
	if err != nil {
		return err
	}
	defer file.Close()
	kind = mediaType(kind)
	h := q.w.Header()
	h.Set("Content-Security-Policy", rawPolicy)
	h.Set("Cache-Control", "private, max-age=3600") // its address is its content
	if slices.Contains(pictures, kind) {
		h.Set("Content-Type", kind)
	} else {
		h.Set("Content-Type", "application/octet-stream")
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": rawName("", hash)}))
	}
	if q.r.Method != http.MethodHead {
		if _, err := io.Copy(q.w, file); err != nil {
			q.Log.DebugContext(q.r.Context(), "a file was not sent whole", "error", err)
		}
	}
	return nil
}
