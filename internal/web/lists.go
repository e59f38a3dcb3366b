package web

import (
	"context"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/search"
)

// A release makes hundreds of readers ask for the top of the same list within a second. A list is made
// once for all who see the same and read the same, and is kept until something happens on the node.
type keptLists struct {
	mu   sync.Mutex
	all  map[string]*keptList
	gone uint64 // withdrawals and erasures before all of them: a further one empties the map
}

const (
	listsKept = 128
	listAge   = 10 * time.Second // words like 'Today' and a flash's two minutes are right to this

	// While much happens, a list may be this old for those who cannot know better: nobody is signed in, or
	// a script asks, which waits longer than this after what it heard. So a burst of releases is not a
	// burst of lists. What was withdrawn or erased is in no list that anybody asks for afterwards.
	listStale = 400 * time.Millisecond
)

// listing is a list as it is shown.
type listing struct {
	Rows          template.HTML
	Understood    []search.Term
	Counted, More bool
	Matches       int
	Empty         bool
	Further       bool   // it was not looked through to its end
	Next          string // address
}

// keptList is one listing, being made until done is closed.
type keptList struct {
	done    chan struct{}
	changed <-chan struct{} // closed at the next event; taken before the list was read
	gone    uint64          // withdrawals and erasures until then
	at      time.Time
	listing
	err error

	zip      sync.Once
	deflated []byte
}

func (l *keptList) fresh(now time.Time, stale time.Duration) bool {
	age := now.Sub(l.at)
	if age < 0 || age >= listAge {
		return false
	}
	select {
	case <-l.changed:
		return age < stale
	default:
		return true
	}
}

// list gives a listing that nothing has happened since, made now or for someone else.
func (q *request) list(b browse.Query, args url.Values, open string) (*keptList, error) {
	if q.Changed == nil || open != "" { // the open row is marked: this list is one reader's
		l, err := q.makeList(q.r.Context(), b, args, open)
		return &keptList{listing: l}, err
	}
	v := q.viewer
	key := fmt.Sprintf("%s %s %s %v %q %q %v %s %s", q.ui, join(q.reading, "."), q.zone, q.naskh, v.Member, v.Scopes, v.Local, args.Encode(), b.Cursor)
	changed, gone, now := q.Changed(), q.goneNow(), q.Now()
	k := &q.lists
	k.mu.Lock()
	l := k.all[key]
	stale := listStale
	if !q.person.Nobody() && q.r.URL.Query().Get("fragment") == "" {
		stale = 0
	}
	if l == nil || l.gone != gone || !l.fresh(now, stale) {
		if len(k.all) >= listsKept || k.all == nil || k.gone != gone {
			k.all, k.gone = map[string]*keptList{}, gone
		}
		l = &keptList{done: make(chan struct{}), changed: changed, gone: gone, at: now}
		k.all[key] = l
		k.mu.Unlock()
		l.err = fault.E(fault.Internal, "The list could not be made.") // if making it panics, those who wait are told
		defer close(l.done)
		// Whoever began it may leave; the others wait for it still.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(q.r.Context()), 30*time.Second)
		defer cancel()
		l.listing, l.err = q.makeList(ctx, b, args, "")
		if l.err != nil {
			k.mu.Lock()
			if k.all[key] == l {
				delete(k.all, key)
			}
			k.mu.Unlock()
		}
		return l, l.err
	}
	k.mu.Unlock()
	select {
	case <-l.done:
		return l, l.err
	case <-q.r.Context().Done():
		return nil, fault.E(fault.Unavailable, "The reader left.").Because(q.r.Context().Err())
	}
}

// rowsPart is what the template of the rows is made from.
type rowsPart struct {
	Events []thin
	Days   []day
	Next   string
	Back   *dateView // how far back was looked before the page was full
}

type dateView struct{ ISO, Text string }

func (q *request) makeList(ctx context.Context, b browse.Query, args url.Values, open string) (listing, error) {
	found, err := q.Reader.List(ctx, q.viewer, b)
	if err != nil {
		return listing{}, err
	}
	l := listing{Understood: found.Understood, Counted: found.Counted, More: found.More, Matches: found.Matches, Empty: len(found.Entries) == 0, Further: !found.Back.IsZero()}
	if found.Next != "" {
		l.Next = address(with(args, "cursor", found.Next))
	}
	part := rowsPart{Days: q.days(found.Entries, !b.Relevance, open), Next: l.Next}
	if l.Further {
		y, m, d := found.Back.In(q.zone).Date()
		part.Back = &dateView{found.Back.UTC().Format(time.RFC3339), longDate(q.ui, y, m, d)}
	}
	if len(with(args, "density", "")) == 0 && b.Cursor == "" {
		if part.Events, err = q.thinRows(ctx); err != nil {
			return listing{}, err
		}
	}
	l.Rows, err = q.part("rows", part)
	return l, err
}

// part makes a piece of a page.
func (q *request) part(name string, data any) (template.HTML, error) {
	var b strings.Builder
	if err := q.templates[q.ui].ExecuteTemplate(&b, name, data); err != nil {
		return "", fault.E(fault.Internal, "The part %s could not be made.", name).Because(err)
	}
	return template.HTML(b.String()), nil
}

// sendRows answers a script that asks for the rows alone.
func (q *request) sendRows(l *keptList) error {
	body := []byte(l.Rows)
	if q.mayCompress(len(body)) {
		body = zipped(l.piece())
		q.w.Header().Set("Content-Encoding", "gzip")
	}
	return q.send(http.StatusOK, body)
}

// piece is the rows as a part of what is compressed: once for all who are sent them.
func (l *keptList) piece() piece {
	l.zip.Do(func() { l.deflated = deflated([]byte(l.Rows)) })
	return piece{[]byte(l.Rows), l.deflated}
}

// send answers with a piece of a page.
func (q *request) send(status int, body []byte) error {
	h := q.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(q.ui))
	q.w.WriteHeader(status)
	if _, err := q.w.Write(body); err != nil {
		q.Log.DebugContext(q.r.Context(), "reader left before the rows were sent", "error", err)
	}
	return nil
}
