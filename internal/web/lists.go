package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/search"
)

// A release makes hundreds of readers ask for the top of the same list within a second. A list is made
// once for all who see the same and read the same, and is kept until something happens on the node. What
// stands at its top is read once for all who see the same, whatever they read it in.
const (
	listsKept = 128
	topsKept  = 16               // they hold texts
	listAge   = 10 * time.Second // words like 'Today' and a flash's two minutes are right to this

	// While much happens, a list may be this old for those who cannot know better: nobody is signed in, or
	// a script asks, which waits longer than this after what it heard. So a burst of releases is not a
	// burst of lists. What was withdrawn or erased is in no list that anybody asks for afterwards.
	listStale = 400 * time.Millisecond
)

// asOf is what is taken before something is read that is to be kept.
type asOf struct {
	at      time.Time
	changed <-chan struct{} // closed at the next event
	gone    uint64          // withdrawals and erasures until then
}

func (q *request) asOf() asOf {
	m := asOf{gone: q.goneNow(), at: q.Now()}
	if q.Changed != nil {
		m.changed = q.Changed()
	}
	return m
}

// fresh reports that what was read then may be shown now, if it may be stale for so long. Where nobody tells of events
// nothing may.
func (m asOf) fresh(now time.Time, stale time.Duration) bool {
	age := now.Sub(m.at)
	if age < 0 || age >= listAge || m.changed == nil {
		return false
	}
	select {
	case <-m.changed:
		return age < stale
	default:
		return true
	}
}

// keeper keeps what many ask for at once: one of them reads it, the others wait for him.
type keeper[V any] struct {
	mu   sync.Mutex
	most int // then it forgets all of them
	all  map[string]*keeping[V]
	gone uint64 // withdrawals and erasures before all of them: a further one empties the map
}

// keeping is one of these, being read until done is closed.
type keeping[V any] struct {
	asOf
	done chan struct{}
	v    V
	err  error
}

// get gives what is kept under a key if it is good, else what read reads now.
func (k *keeper[V]) get(ctx context.Context, key string, now asOf, good func(asOf) bool, read func(context.Context) (V, error)) (V, asOf, error) {
	k.mu.Lock()
	x := k.all[key]
	if x != nil && x.gone == now.gone && good(x.asOf) {
		k.mu.Unlock()
		select {
		case <-x.done:
			return x.v, x.asOf, x.err
		case <-ctx.Done():
			var none V
			return none, now, fault.E(fault.Unavailable, "The reader left.").Because(ctx.Err())
		}
	}
	if len(k.all) >= k.most || k.all == nil || k.gone != now.gone {
		k.all, k.gone = map[string]*keeping[V]{}, now.gone
	}
	x = &keeping[V]{asOf: now, done: make(chan struct{})}
	k.all[key] = x
	k.mu.Unlock()
	x.err = fault.E(fault.Internal, "The list could not be made.") // if making it panics, those who wait are told
	defer close(x.done)
	// Whoever began it may leave; the others wait for it still.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	x.v, x.err = read(ctx)
	if x.err != nil {
		k.mu.Lock()
		if k.all[key] == x {
			delete(k.all, key)
		}
		k.mu.Unlock()
	}
	return x.v, x.asOf, x.err
}

// listing is a list as it is shown.
type listing struct {
	rows          []byte // to be read only
	Understood    []search.Term
	Counted, More bool
	Matches       int
	Empty         bool
	Further       bool   // it was not looked through to its end
	Next          string // address

	press           sync.Once
	deflated, alone []byte // the rows made smaller, as a part of a page and by themselves
	fronts          fronts
}

// found is what a list is made of: to be read only, it may be others' too.
type found struct {
	browse.Page
	events []browse.RegisterEntry // for the thin rows of the top
}

// list gives a listing that nothing has happened since, made now or for someone else.
func (q *request) list(b browse.Query, args url.Values, open string) (*listing, error) {
	ctx, v, now := q.r.Context(), q.viewer, q.asOf()
	top := len(with(args, "density", "")) == 0 && b.Cursor == ""
	find := func(ctx context.Context) (f found, err error) {
		if f.Page, err = q.Reader.List(ctx, v, b); err == nil && top {
			f.events, err = q.thinEvents(ctx)
		}
		return f, err
	}
	write := func(ctx context.Context) (*listing, error) {
		f, err := find(ctx)
		if err != nil {
			return nil, err
		}
		return q.makeList(f, b, args, open)
	}
	if q.Changed == nil || open != "" { // the open row is marked: this list is one reader's
		return write(ctx)
	}
	stale := listStale
	if !q.person.Nobody() && q.r.URL.Query().Get("fragment") == "" {
		stale = 0
	}
	fresh := func(m asOf) bool { return m.fresh(now.at, stale) }
	seen := fmt.Sprintf("%q %q %v", v.Member, v.Scopes, v.Local)
	key := fmt.Sprintf("%s %s %s %v %s %s %s", q.ui, join(q.reading, "."), q.zone, q.naskh, seen, args.Encode(), b.Cursor)
	if !top {
		l, _, err := q.lists.get(ctx, key, now, fresh, write)
		return l, err
	}
	f, then, err := q.tops.get(ctx, seen, now, fresh, find)
	if err != nil {
		return nil, err
	}
	// The list is as old as what it is made of.
	l, _, err := q.lists.get(ctx, key, then, func(m asOf) bool { return !m.at.Before(then.at) },
		func(context.Context) (*listing, error) { return q.makeList(f, b, args, open) })
	return l, err
}

// rowsPart is what the template of the rows is made from.
type rowsPart struct {
	Events []thin
	Days   []day
	Next   string
	Back   *dateView // how far back was looked before the page was full
}

type dateView struct{ ISO, Text string }

func (q *request) makeList(f found, b browse.Query, args url.Values, open string) (l *listing, err error) {
	l = &listing{Understood: f.Understood, Counted: f.Counted, More: f.More, Matches: f.Matches, Empty: len(f.Entries) == 0, Further: !f.Back.IsZero()}
	if f.Next != "" {
		l.Next = address(with(args, "cursor", f.Next))
	}
	part := rowsPart{Events: q.thinRows(f.events), Days: q.days(f.Entries, !b.Relevance, open), Next: l.Next}
	if l.Further {
		y, m, d := f.Back.In(q.zone).Date()
		part.Back = &dateView{f.Back.UTC().Format(time.RFC3339), longDate(q.ui, y, m, d)}
	}
	l.rows, err = q.made("rows", part)
	return l, err
}

// sendRows answers a script that asks for the rows alone.
func (q *request) sendRows(l *listing) error {
	body := l.rows
	if q.mayCompress(len(body)) {
		l.pressed()
		body = l.alone
		q.w.Header().Set("Content-Encoding", "gzip")
	}
	return q.send(http.StatusOK, body)
}

// pressed is the rows made smaller, as a part of what is compressed: once for all who are sent them.
func (l *listing) pressed() []byte {
	l.press.Do(func() {
		l.deflated = deflated(l.rows)
		l.alone = zipped(piece{l.rows, l.deflated})
	})
	return l.deflated
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
