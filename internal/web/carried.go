package web

import (
	"context"
	"errors"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/desk"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
)

// A form that is sent after its session ended. What was written in it is not lost: it stands in the sign-in
// page that answers, and goes on from there when the person whose form it was has signed in. Nothing of
// it is kept on the node meanwhile. A draft is saved; of everything else the page with its form is shown again
// as it was filled in, and nothing is done before she sends it once more.

// What a carried form may have, and how many are read at once: whoever sends one is not signed in.
const (
	maxCarriedFields = 1000
	maxCarriedName   = 200
	carriedAtOnce    = 8
	carriedWait      = 10 * time.Second
	carriedSending   = 2 * time.Minute
)

// The fields of the sign-in page that carry a form: where it was sent, whether files came with it, and its own
// fields under names that begin so.
const (
	carriedAt     = "carried-at"
	carriedFiles  = "carried-files"
	carriedPrefix = "carried."
	writerField   = "writer" // whose form it is
)

type carried struct {
	At     string
	Fields url.Values
	Files  bool
}

// carrying answers with the sign-in page that carries the form that was sent; carries is false where nothing is
// carried: the form is none that people write in, or says not whose it is.
func (q *request) carrying() (carries bool, err error) {
	if _, pattern := q.carriers.Handler(q.r); pattern == "" || q.scripted() {
		return false, nil
	}
	if name, _ := sessionCookie(q.r, q.PublicURL); name == "" {
		return false, nil
	}
	give, err := q.mayCarry()
	if err != nil {
		return true, err
	}
	defer give()
	fields, files, err := readCarried(q.r)
	if err != nil {
		return true, err
	}
	if w := fields.Get(writerField); w == "" || len(w) > 100 {
		return false, nil
	}
	q.carried = &carried{At: localPath(q.r.URL.RequestURI()), Fields: fields, Files: files}
	q.r.PostForm, q.r.Form = url.Values{}, url.Values{}
	return true, q.showSignIn(http.StatusUnauthorized, "")
}

// mayCarry waits for one of the few places in which carried forms are held in memory.
func (q *request) mayCarry() (give func(), err error) {
	wait := time.NewTimer(carriedWait)
	defer wait.Stop()
	select {
	case q.carriedPlaces <- struct{}{}:
	case <-q.r.Context().Done():
		return nil, fault.E(fault.Unavailable, "The reader left.").Because(q.r.Context().Err())
	case <-wait.C:
		return nil, fault.E(fault.Busy, "Too many forms are sent without a session at once.")
	}
	_ = http.NewResponseController(q.w).SetWriteDeadline(time.Now().Add(carriedSending)) // who reads slowly holds no place for long
	return func() { <-q.carriedPlaces }, nil
}

// readCarried reads the fields of a form without keeping its files.
func readCarried(r *http.Request) (fields url.Values, files bool, err error) {
	large := fault.E(fault.TooLarge, "This is more than a draft can hold: texts of up to 1 MB, files of up to 20 MB.")
	unread := func(err error) error {
		var over *http.MaxBytesError
		if errors.As(err, &over) {
			return large.Because(err)
		}
		return fault.E(fault.Invalid, "The form could not be read.").Because(err)
	}
	fields = url.Values{}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "multipart/form-data" {
		r.Body = http.MaxBytesReader(nil, r.Body, maxDraft)
		if err := r.ParseForm(); err != nil {
			return nil, false, unread(err)
		}
		fields = r.PostForm
		n := 0
		for name, values := range fields {
			n += len(values)
			if len(name) > maxCarriedName {
				return nil, false, large
			}
		}
		if n > maxCarriedFields {
			return nil, false, large
		}
		return fields, false, nil
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, false, unread(err)
	}
	left := int64(maxDraft)
	for n := 0; ; n++ {
		p, err := parts.NextRawPart()
		if err == io.EOF {
			return fields, files, nil
		}
		if err != nil {
			return nil, false, unread(err)
		}
		name := p.FormName()
		if n == maxCarriedFields || len(name) > maxCarriedName {
			return nil, false, large
		}
		if strings.Contains(p.Header.Get("Content-Disposition"), "filename") { // also of a field in which no file was chosen
			size, err := io.Copy(io.Discard, p)
			if err != nil {
				return nil, false, unread(err)
			}
			files = files || size > 0
			continue
		}
		b, err := io.ReadAll(io.LimitReader(p, left+1))
		if err != nil {
			return nil, false, unread(err)
		}
		if left -= int64(len(b)); left < 0 {
			return nil, false, large
		}
		fields.Add(name, string(b))
	}
}

// readSignIn reads what the sign-in page sends: as every other form, or with what it carries.
func (q *request) readSignIn() error {
	if kind, _, _ := mime.ParseMediaType(q.r.Header.Get("Content-Type")); kind != "multipart/form-data" {
		if err := q.r.ParseForm(); err != nil {
			return fault.E(fault.Invalid, "The form could not be read.").Because(err)
		}
		return nil
	}
	all, _, err := readCarried(q.r)
	if err != nil {
		return err
	}
	q.r.PostForm = url.Values{}
	c := &carried{At: localPath(all.Get(carriedAt)), Files: all.Get(carriedFiles) != "", Fields: url.Values{}}
	for name, values := range all {
		if own, ok := strings.CutPrefix(name, carriedPrefix); ok {
			c.Fields[own] = values
		} else {
			q.r.PostForm[name] = values
		}
	}
	q.r.Form = q.r.PostForm
	if len(c.Fields) > 0 {
		q.carried = c
	}
	return nil
}

// hidden are the fields of the sign-in page that carry a form.
func (c *carried) hidden() (out []option) {
	if c == nil {
		return nil
	}
	out = append(out, option{Label: carriedAt, Value: c.At})
	if c.Files {
		out = append(out, option{Label: carriedFiles, Value: "1"})
	}
	for _, name := range slices.Sorted(maps.Keys(c.Fields)) {
		for _, v := range c.Fields[name] {
			out = append(out, option{Label: carriedPrefix + name, Value: v})
		}
	}
	return out
}

type carriedKey struct{}

// goOn lets a carried form go on for whoever has just signed in with this session. A form of somebody
// else stays in the sign-in page, and she is not signed in.
func (q *request) goOn(session string) error {
	ctx := q.r.Context()
	p, err := q.People.Person(ctx, session)
	if err != nil {
		return err
	}
	if people.UserID(q.carried.Fields.Get(writerField)) != p.ID {
		if err := q.People.SignOut(ctx, session); err != nil {
			return err
		}
		return q.showSignIn(http.StatusUnprocessableEntity, q.text("carried.other"))
	}
	q.keep(session)
	q.person, q.viewer = p, p.Viewer()
	c := q.carried
	u, err := url.Parse(c.At)
	if err != nil || path.Clean(u.Path) != u.Path {
		return q.seeOther("/")
	}
	r := q.r.Clone(context.WithValue(ctx, carriedKey{}, q))
	r.URL, r.RequestURI, r.Method = u, c.At, http.MethodPost
	r.Body, r.ContentLength, r.PostForm, r.Form, r.MultipartForm = http.NoBody, 0, c.Fields, nil, nil
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Del("Accept")
	if err := r.ParseForm(); err != nil { // the address; the fields are read
		return q.seeOther("/")
	}
	if _, pattern := q.carriers.Handler(r); pattern == "" {
		return q.seeOther("/")
	}
	q.w.Header().Set("Cache-Control", "no-store")
	q.carriers.ServeHTTP(q.w, r)
	return nil
}

// carrierMux says, for the addresses of forms in which people write, how such a form goes on. To no other address
// is anything carried, whatever the page brings back.
func (s *server) carrierMux() *http.ServeMux {
	mux := http.NewServeMux()
	for pattern, h := range map[string]func(*request) error{
		draftPattern:                        (*request).saveCarried,
		"POST /desk/drafts/{id}/do":         (*request).reviewCarried,
		otherPattern:                        (*request).twoTexts,
		"POST /desk/releases/{id}/withdraw": (*request).withdrawCarried,
		"POST /account/name":                (*request).account,
		"POST /people/desks":                inOffice((*office).newDesk),
		"POST /people/desks/{id}":           inOffice((*office).deskPage),
		"POST /people/members":              inOffice((*office).newMember),
		"POST /people/members/{id}":         inOffice((*office).memberPage),
		"POST /people/tokens":               inOffice((*office).tokens),
	} {
		if s.Desk == nil && strings.HasPrefix(pattern, "POST /desk/") {
			continue
		}
		mux.HandleFunc(pattern, func(_ http.ResponseWriter, r *http.Request) {
			q := r.Context().Value(carriedKey{}).(*request)
			q.r = r
			if err := h(q); err != nil {
				q.notCarried(err)
			}
		})
	}
	return mux
}

func inOffice(h func(*office) error) func(*request) error {
	return func(q *request) error { return q.office(&sentForms{seen: map[string]bool{}}, h) }
}

// saveCarried saves a draft. What its button would have done after that she decides again.
func (q *request) saveCarried() error {
	q.r.PostForm.Set("do", "kept")
	if q.carried.Files {
		q.r.PostForm.Set("do", "keptfiles")
	}
	return q.saveDraft()
}

func (q *request) reviewCarried() error {
	return q.unsent(func(d *desk.Draft) error { return q.showReview(http.StatusOK, d, "") })
}

func (q *request) withdrawCarried() error {
	r, err := q.ownRelease()
	if err != nil {
		return err
	}
	return q.showWithdraw(http.StatusOK, r, lines(q.r.PostForm.Get("reason")), "")
}

type carriedWord struct {
	Lang  lang.Tag
	Dir   string
	Value string
}

type notCarriedPage struct {
	page
	Text  string
	Words []carriedWord
}

// formMachinery are the last parts of the names of fields that hold nothing anybody wrote.
var formMachinery = []string{"do", "part", writerField, "seen", "once", "add", "keep", "revision", "was", "words", "subject", "file", "upload", "zone", "date", "time",
	"urgency", "audience", "partner", "issuer", "approvals", "scope", "kind"}

// notCarried shows what was written when it has no place any more: somebody else released the draft, or the
// right to write in it was taken.
func (q *request) notCarried(err error) {
	kind := fault.KindOf(err)
	if kind.HTTPStatus() >= 500 {
		q.Log.ErrorContext(q.r.Context(), "a form did not go on after signing in", "path", q.r.URL.Path, "kind", kind, "error", err)
	}
	d := notCarriedPage{page: q.newPage(q.text("carried.not"), "signin"), Text: q.text("carried.not.text")}
	d.Carried = ""
	for _, name := range slices.Sorted(maps.Keys(q.carried.Fields)) {
		first, _, _ := strings.Cut(name, ".")
		if slices.Contains(formMachinery, name[strings.LastIndexByte(name, '.')+1:]) {
			continue
		}
		w := carriedWord{Dir: "auto"}
		if t, err := lang.Parse(first); err == nil && first != name && t != lang.Und {
			w.Lang, w.Dir = t, dirOf(t)
		}
		for _, v := range q.carried.Fields[name] {
			if w.Value = v; strings.TrimSpace(v) != "" {
				d.Words = append(d.Words, w)
			}
		}
	}
	if err := q.render(kind.HTTPStatus(), "notcarried", d); err != nil {
		q.fail(err)
	}
}
