package web

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"html/template"
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
// it is kept on the node meanwhile. A draft is saved, and so is a search or an item; of everything else the page
// with its form is shown again as it was filled in, and nothing is done before she sends it once more.

// What a carried form may have: whoever sends one is not signed in. Under carriedFree it is a form like any other. What
// is larger has its share of carriedRoom while it is in memory, taken as its bytes come, so that nobody who sends
// little, or slowly, keeps others' forms out.
const (
	maxCarriedFields = 1000
	maxCarriedName   = 200
	carriedFree      = 4 * maxForm // bytes
	carriedPiece     = maxForm
	carriedRoom      = 16 << 20
	carriedWait      = 10 * time.Second
	carriedSending   = 2 * time.Minute // from the end of the form to the end of its answer
)

var errCarriedLarge = fault.E(fault.TooLarge, "This is more than a draft can hold: texts of up to 1 MB, files of up to 20 MB.")

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
	fields, files, give, err := q.readCarried()
	defer give()
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

// carriedBody is a form as it comes, with the pieces of the room that it has.
type carriedBody struct {
	io.ReadCloser
	q             *request
	began, until  time.Time // when it has to be here, as every form
	came, dropped int64     // bytes; dropped are those of files
	pieces        int64
}

func (b *carriedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.came += int64(n)
	if err := b.hold(); err != nil {
		return 0, err
	}
	return n, err
}

// hold takes or gives back room, so that there is enough for what is held of the form.
func (b *carriedBody) hold() error {
	held := b.came - b.dropped
	if held > maxDraft+carriedFree {
		return errCarriedLarge
	}
	need := max(0, held-carriedFree+carriedPiece-1) / carriedPiece
	for ; b.pieces > need; b.pieces-- {
		<-b.q.carriedPieces
	}
	if b.pieces < need {
		wait := time.NewTimer(carriedWait)
		defer wait.Stop()
		for ; b.pieces < need; b.pieces++ {
			select {
			case b.q.carriedPieces <- struct{}{}:
			case <-b.q.r.Context().Done():
				return fault.E(fault.Unavailable, "The reader left.").Because(b.q.r.Context().Err())
			case <-wait.C:
				return fault.E(fault.Busy, "Too many long forms are sent without a session at once.")
			}
		}
	}
	if c := b.q.coming; c != nil {
		c.until = b.until
		if b.pieces > 0 { // who has room of others' is as fast as a slow line all the time
			c.until = b.began.Add(formPause + time.Duration(b.came)*time.Second/formRate)
		}
	}
	return nil
}

func (b *carriedBody) give() {
	for ; b.pieces > 0; b.pieces-- {
		<-b.q.carriedPieces
	}
}

// readCarried reads the fields of a form without keeping its files. Its room is held until give is called, which
// is to be called in any case.
func (q *request) readCarried() (fields url.Values, files bool, give func(), err error) {
	r := q.r
	body := &carriedBody{ReadCloser: r.Body, q: q, began: time.Now()}
	if q.coming != nil {
		body.until = q.coming.until
	}
	r.Body = body
	defer func() { // who reads the answer slowly holds no room for long
		_ = http.NewResponseController(q.w).SetWriteDeadline(time.Now().Add(carriedSending))
	}()
	fields, files, err = body.fields()
	return fields, files, body.give, err
}

func (b *carriedBody) fields() (fields url.Values, files bool, err error) {
	r := b.q.r
	unread := func(err error) error {
		var over *http.MaxBytesError
		var known *fault.Error
		switch {
		case errors.As(err, &known):
			return known
		case errors.As(err, &over):
			return errCarriedLarge.Because(err)
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
				return nil, false, errCarriedLarge
			}
		}
		if n > maxCarriedFields {
			return nil, false, errCarriedLarge
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
			return nil, false, errCarriedLarge
		}
		if strings.Contains(p.Header.Get("Content-Disposition"), "filename") { // also of a field in which no file was chosen
			for {
				size, err := io.CopyN(io.Discard, p, 8<<10)
				b.dropped += size
				files = files || size > 0
				if err == io.EOF {
					break
				}
				if err != nil {
					return nil, false, unread(err)
				}
			}
			continue
		}
		var value strings.Builder
		size, err := io.Copy(&value, io.LimitReader(p, left+1))
		if err != nil {
			return nil, false, unread(err)
		}
		if left -= size; left < 0 {
			return nil, false, errCarriedLarge
		}
		fields.Add(name, value.String())
	}
}

// readSignIn reads what the sign-in page sends: as every other form, or with what it carries. Its room is held until
// give is called.
func (q *request) readSignIn() (give func(), err error) {
	if kind, _, _ := mime.ParseMediaType(q.r.Header.Get("Content-Type")); kind != "multipart/form-data" {
		if err := q.r.ParseForm(); err != nil {
			return func() {}, fault.E(fault.Invalid, "The form could not be read.").Because(err)
		}
		return func() {}, nil
	}
	all, _, give, err := q.readCarried()
	if err != nil {
		return give, err
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
	return give, nil
}

// hidden are the fields of the sign-in page that carry a form.
func (c *carried) hidden(w *bufio.Writer) {
	one := func(name, value string) {
		_, _ = w.WriteString(`<input type="hidden" name="`)
		template.HTMLEscape(w, []byte(name))
		_, _ = w.WriteString(`" value="`)
		for len(value) > 0 {
			n := min(len(value), carriedPiece)
			template.HTMLEscape(w, []byte(value[:n]))
			value = value[n:]
		}
		_, _ = w.WriteString(`">`)
	}
	one(carriedAt, c.At)
	if c.Files {
		one(carriedFiles, "1")
	}
	for _, name := range slices.Sorted(maps.Keys(c.Fields)) {
		for _, v := range c.Fields[name] {
			one(carriedPrefix+name, v)
		}
	}
}

// carriedMark is where in the sign-in page the fields stand. Nothing that anybody wrote has these letters in it: it
// is escaped.
const carriedMark template.HTML = "<!--carried-->"

// sendCarried sends the sign-in page with the form in it. The form is up to five times as long there as it is
// in memory, so it is written as it goes out.
func (q *request) sendCarried(status int, d signInPage) error {
	page, err := q.made("signin", d)
	if err != nil {
		return err
	}
	before, after, ok := bytes.Cut(page, []byte(carriedMark))
	if !ok {
		return fault.E(fault.Internal, "The sign-in page has no place for a form.")
	}
	q.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	q.w.Header().Set("Content-Language", string(q.ui))
	q.w.WriteHeader(status)
	w := bufio.NewWriterSize(&pacedAnswer{q.w, http.NewResponseController(q.w), formPause, time.Now().Add(carriedSending)}, carriedPiece)
	_, _ = w.Write(before)
	q.carried.hidden(w)
	_, _ = w.Write(after)
	if err := w.Flush(); err != nil { // the first of all
		q.Log.DebugContext(q.r.Context(), "reader left before the page was sent", "error", err)
	}
	return nil
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
		"POST /saved":                       (*request).save,
		"POST /account/name":                (*request).account,
		"POST /people/desks":                inOffice((*office).newDesk),
		"POST /people/desks/{id}":           inOffice((*office).deskPage),
		"POST /people/members":              inOffice((*office).newMember),
		"POST /people/members/{id}":         inOffice((*office).memberPage),
		"POST /people/tokens":               inOffice((*office).tokens),
	} {
		if s.Desk == nil && strings.HasPrefix(pattern, "POST /desk/") || s.Saved == nil && pattern == "POST /saved" {
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
	"urgency", "audience", "partner", "issuer", "approvals", "scope", "kind", "search", "item", "drop", "back"}

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
