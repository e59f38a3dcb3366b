package web

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/delivery"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/house"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	polling "jarchi.dev/jarchi/internal/sources"
	"jarchi.dev/jarchi/internal/wire"
)

// Reader is the reading side of the exchange as pages need it. Every answer is already reduced to
// what the viewer may see; what she may not see is a fault of kind NotFound.
type Reader interface {
	List(ctx context.Context, v access.Viewer, q browse.Query) (browse.Page, error)
	Release(ctx context.Context, v access.Viewer, id wire.ReleaseID) (browse.Entry, error)
	Item(ctx context.Context, v access.Viewer, id wire.ItemID) (browse.Entry, error)
	Capture(ctx context.Context, v access.Viewer, id wire.CaptureID) (browse.Entry, error)
	Raw(ctx context.Context, v access.Viewer, hash string) (browse.RawFile, error)
	Members(ctx context.Context) (map[wire.MemberID]wire.Member, error)
	Register(ctx context.Context, v access.Viewer, q browse.RegisterQuery) (entries []browse.RegisterEntry, next string, err error)
	Logs(ctx context.Context, v access.Viewer) ([]browse.LogInfo, error)
}

// Options is what New needs. Reader and People must be given; Now defaults to time.Now, Log to
// slog.Default. PublicURL is the node's address as the world knows it. SubjectName gives the name of
// a Media Topic code in a language, "" if it has none; without it subjects are not shown.
type Options struct {
	Reader    Reader
	People    People
	Takes     Takes
	Copies    Copies           // nil: nobody knows who uses the words of whom
	Stories   Stories          // nil: nobody knows what is reported of one event
	Desk      Desk             // nil: nothing is written here
	Sources   *polling.Service // nil: nothing is asked on a schedule
	Languages Languages        // nil: no language of a capture is corrected here
	House     House            // nil: nobody is told how the node fares

	Quarantine Quarantine        // set where Sources is
	Deliveries *delivery.Service // nil: nothing is handed over

	Now         func() time.Time
	PublicURL   string
	Log         *slog.Logger
	SubjectName func(code string, t lang.Tag) string
	Openings    Openings // nil: nobody notes who opens what is under embargo
	Demo        Demo     // nil: this node is no demo

	Changed func() <-chan struct{} // a channel that is closed at the next event; nil: every list is made anew
	Gone    func() uint64          // counts withdrawals and erasures; may be nil where nothing is kept
	Saved   Saved                  // nil: nothing can be saved
}

type server struct {
	Options
	shipped
	lists keeper[*listing]
	tops  keeper[found]
	pages keptPages
	turns *turns

	carriers      *http.ServeMux // of forms that go on after their session ended
	carriedPieces chan struct{}  // of the room for such forms
}

// shipped is what is the same on every node: it comes from the embedded files alone.
type shipped struct {
	assets    *assets
	templates map[lang.Tag]*template.Template
	strings   *catalogue
}

// readShipped reads the embedded files once in a process, however many nodes it holds: that is most of what opening a node costs.
var readShipped = sync.OnceValues(func() (e shipped, err error) {
	if e.strings, err = loadStrings(); err != nil {
		return e, err
	}
	if e.assets, err = loadAssets(); err != nil {
		return e, err
	}
	e.templates, err = loadTemplates(e.strings, e.assets)
	return e, err
})

// New makes the handler of all pages: the addresses of routes.go, and 'not found' for anything else; the
// check of the Host header belongs to whoever mounts it. It fails only when the embedded files are broken.
func New(o Options) (http.Handler, error) {
	if o.Reader == nil || o.People == nil {
		return nil, fault.E(fault.Internal, "web.New needs a Reader and People.")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	s := &server{Options: o, turns: newTurns(), lists: keeper[*listing]{most: listsKept}, tops: keeper[found]{most: topsKept},
		carriedPieces: make(chan struct{}, carriedRoom/carriedPiece)}
	s.carriers = s.carrierMux()
	var err error
	if s.shipped, err = readShipped(); err != nil {
		return nil, err
	}

	mux := http.NewServeMux()
	s.routes(mux)

	guard := http.NewCrossOriginProtection()
	if u, err := url.Parse(o.PublicURL); err == nil && u.Scheme != "" && u.Host != "" {
		if err := guard.AddTrustedOrigin(u.Scheme + "://" + u.Host); err != nil { // behind a proxy that rewrites Host
			return nil, fault.E(fault.Invalid, "The public address %q is not an address like https://jarchi.example.", o.PublicURL).Because(err)
		}
	}
	guard.SetDenyHandler(s.page(func(*request) error {
		return fault.E(fault.NotAllowed, "This form was sent from another site.")
	}))
	return secure(guard.Handler(mux)), nil
}

// policy lets a page load from its own node alone, run no inline script or style, be framed by nobody.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; media-src 'self'; " +
	"connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

// rawPolicy is for bytes from outside: even if a browser showed them, they could do nothing.
const rawPolicy = "sandbox; default-src 'none'"

// secure puts the headers on every answer, also on errors, redirects and static files.
func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

// request is one request with what every page needs to know of its reader.
type request struct {
	*server
	prefs
	w       http.ResponseWriter
	r       *http.Request
	viewer  access.Viewer
	person  people.Person // who is signed in; the zero Person is nobody
	members map[wire.MemberID]wire.Member
	stops   *stopsView               // what her desk is asked, once it was looked up
	names   map[people.UserID]string // of her colleagues, once they were looked up
	rows    *listing                 // the rows that stand in the page
	carried *carried                 // the form that goes on after signing in
	coming  *paced                   // the body; nil without one
}

// maxForm bounds the body of every form that pages send.
const maxForm = 16 << 10

func (s *server) page(h func(*request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		limit := formLimit(r.Pattern, r)
		body := pace(w, r, formPause, formPause+time.Duration(limit/formRate)*time.Second)
		r.Body = http.MaxBytesReader(w, body, limit)
		q := &request{server: s, w: w, r: r}
		q.coming, _ = body.(*paced)
		q.prefs = s.readPrefs(w, r)
		w.Header().Set("Cache-Control", "private, no-cache")
		w.Header().Add("Vary", "Cookie, Accept-Language")
		if r.Method == http.MethodGet || r.Method == http.MethodHead { // what is written has its turn with the writer
			give, err := s.turns.take(r.Context())
			if err != nil {
				w.Header().Set("Retry-After", "2")
				http.Error(w, s.strings.text(q.ui, "error.busy"), http.StatusServiceUnavailable)
				return
			}
			defer give()
			q.w = turnWriter{w, give}
		}
		err := s.room(r)
		if err == nil {
			err = q.serve(h)
		}
		if err != nil {
			q.fail(err)
		}
	})
}

func (q *request) serve(h func(*request) error) (err error) {
	if err = q.who(); err != nil {
		return err
	}
	if q.members, err = q.Reader.Members(q.r.Context()); err != nil {
		return err
	}
	return h(q)
}

// fail answers with the page of an error. What an asker may be told is decided by fault.Public; the
// cause goes to the log under a reference that the page shows.
func (q *request) fail(err error) {
	kind := fault.KindOf(err)
	d := errorPage{page: q.newPage(q.text("error.title"), "")}
	switch kind {
	case fault.NotFound:
		d.Title, d.Text = q.text("error.notfound"), q.text("error.notfound.text")
	case fault.Conflict:
		d.Text = q.text("error.conflict")
	case fault.NotAllowed:
		d.Text = q.text("error.notallowed")
	case fault.Unauthenticated:
		d.Text = q.text("error.unauthenticated")
	case fault.TooLarge:
		d.Text = q.text("error.toolarge")
	case fault.Invalid, fault.Unsupported:
		d.Text = q.text("error.invalid")
	case fault.Busy, fault.Unavailable:
		d.Text = q.text("error.busy")
		if errors.Is(err, house.ErrFull) {
			d.Text = q.text("house.full")
		}
	default:
		d.Text = q.text("error.text")
	}
	if q.ui == lang.EN && kind.HTTPStatus() < 500 && kind != fault.NotFound {
		d.Detail, _ = fault.Public(err) // the services' own sentences are English
	}
	if kind.HTTPStatus() >= 500 {
		var b [4]byte
		rand.Read(b[:])
		ref := hex.EncodeToString(b[:])
		d.Reference = ref
		q.Log.ErrorContext(q.r.Context(), "page failed", "reference", ref, "method", q.r.Method, "path", q.r.URL.Path, "kind", kind, "error", err)
	}
	if err := q.render(kind.HTTPStatus(), "error", d); err != nil {
		q.Log.ErrorContext(q.r.Context(), "error page failed", "error", err)
		http.Error(q.w, "500", http.StatusInternalServerError)
	}
}

type errorPage struct {
	page
	Text, Detail, Reference string
}

// render writes a whole page; nothing is sent when the template fails.
func (q *request) render(status int, name string, data any) error {
	page, err := q.made(name, data)
	if err != nil {
		return err
	}
	return q.sendPage(status, page, nil)
}

// buffers are what pages are written into before they are sent or kept; none that a huge page made large.
const buffersKept = 256 << 10

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func (q *request) made(name string, data any) ([]byte, error) {
	b := buffers.Get().(*bytes.Buffer)
	defer func() {
		if b.Cap() <= buffersKept {
			buffers.Put(b)
		}
	}()
	b.Reset()
	if err := q.templates[q.ui].ExecuteTemplate(b, name, data); err != nil {
		return nil, fault.E(fault.Internal, "The page %s could not be made.", name).Because(err)
	}
	return bytes.Clone(b.Bytes()), nil
}

// sendPage answers with a page; small is the same compressed, nil if it was not yet. Of a page that is kept there may be
// nothing else.
func (q *request) sendPage(status int, page, small []byte) error {
	pieces, size := []piece{{plain: small}}, len(page)
	if page == nil {
		size = compressFrom
	}
	switch {
	case q.mayCompress(size):
		if small == nil {
			pieces[0].plain = zipped(q.pieces(page)...)
		}
		q.w.Header().Set("Content-Encoding", "gzip")
	case page != nil:
		pieces = q.pieces(page)
	default:
		b, err := unzipped(small)
		if err != nil {
			return fault.E(fault.Internal, "A page that was kept could not be read.").Because(err)
		}
		pieces[0].plain = b
	}
	length := 0
	for _, p := range pieces {
		length += len(p.plain)
	}
	h := q.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(q.ui))
	h.Set("Content-Length", strconv.Itoa(length))
	q.w.WriteHeader(status)
	for _, p := range pieces {
		if q.r.Method == http.MethodHead {
			break
		}
		if _, err := q.w.Write(p.plain); err != nil {
			q.Log.DebugContext(q.r.Context(), "reader left before the page was sent", "error", err)
			break
		}
	}
	return nil
}

// seeOther leads to another address of this node, after a form.
func (q *request) seeOther(to string) error {
	http.Redirect(q.w, q.r, to, http.StatusSeeOther)
	return nil
}

// page is what the frame around every page needs.
type page struct {
	Title    string
	Place    string // wire, stories, desk, record, settings, account, people or signin; "" for an error
	UI       lang.Tag
	Theme    string
	Density  string
	Naskh    bool
	Keys     bool
	Sound    bool
	Query    string // the search field's text
	Member   string // for whom the reader is signed in
	Person   people.Person
	Scripts  []string // further files of static/js/ that this page needs
	Local    bool
	AsOf     string
	Clock    string
	Zone     string // of the reader, and its city with the time there
	City     string
	CityTime string
	Bind     string // keys bound elsewhere

	Densities  []option // of a list
	Self       string   // this address, for going back to it
	ListArgs   string   // the filters to keep when the list is opened again
	Stops      *stopsView
	HasStories bool          // there is a place of that name
	Node       string        // this node's address, for paper
	Stamp      string        // the time with its day, for paper
	PrintState template.HTML // what paper says of the state of what is printed: of a text, or what a list was asked
	Carried    string        // what is said of a form that came through signing in
	Feeds      []feedLink    // of the list that the page shows
}

func (q *request) newPage(title, place string) page {
	p := page{Title: title, Place: place, UI: q.ui, Theme: q.theme, Density: q.density, Naskh: q.naskh, Keys: q.keys, Sound: q.sound, Local: q.viewer.Local, Person: q.person,
		AsOf: q.clock(q.Now()), Clock: q.clock(q.Now().UTC()), Self: "/"}
	p.Zone, p.City, p.CityTime, p.Bind = q.zone.String(), city(q.zone), q.clock(q.Now()), q.bind.html()
	if q.viewer.Member != "" {
		p.Member = q.member(q.viewer.Member).Full
	}
	if q.r.Method == http.MethodGet || q.r.Method == http.MethodHead {
		p.Self = localPath(q.r.URL.RequestURI())
	}
	p.Stops, p.HasStories = q.openStops(), q.Stories != nil
	p.Node, p.Stamp = q.r.Host, q.stamp(q.Now())
	if u, err := url.Parse(q.PublicURL); err == nil && u.Host != "" {
		p.Node = u.Host
	}
	if q.carried != nil && !q.person.Nobody() {
		p.Carried = q.text("carried.shown")
	}
	return p
}

// PlaceKey is the string that names the place, for the top of a phone's page; "" for an error, which is no place.
func (p page) PlaceKey() string {
	switch p.Place {
	case "wire", "stories", "desk", "record", "settings", "signin":
		return "place." + p.Place
	case "account":
		return "place.account"
	case "people":
		return "staff.title"
	}
	return ""
}

// localPath is s if it is an address on this node, otherwise the wire: a form field or query may not
// send a reader to another site.
func localPath(s string) string {
	if len(s) > 2000 || !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") || strings.ContainsAny(s, "\\\r\n\t\x00") {
		return "/"
	}
	if u, err := url.Parse(s); err != nil || u.Host != "" || u.Scheme != "" {
		return "/"
	}
	return s
}
