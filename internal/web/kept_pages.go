package web

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/wire"
)

// The page of a release that has just come out is asked for by hundreds within a minute. For readers who
// are not signed in it is made once for all who read alike, and is kept by the release's revision. Whether
// a reader may see the release, and how much of it, is decided anew each time, before anything is looked for
// here. A page that also shows words of others, whose revision it does not know, is kept until something
// happens on the node.
type keptPages struct {
	mu   sync.Mutex
	all  map[string]keptPage
	gone uint64 // withdrawals and erasures before all of them: a further one empties the map
}

type keptPage struct {
	at            time.Time
	others        bool            // it shows words of other releases or captures
	changed       <-chan struct{} // closed at the next event; taken before any of it was read, nil where nobody tells
	plain, zipped []byte
}

// stale reports that what the page shows of others may have been corrected since.
func (p *keptPage) stale() bool {
	if !p.others {
		return false
	}
	if p.changed == nil {
		return true
	}
	select {
	case <-p.changed:
		return true
	default:
		return false
	}
}

const (
	pagesKept    = 128
	keptPageSize = 128 << 10
)

// pageKey is all that a release's page depends on for a reader who is not signed in, beside the time; "" for
// a page that is not kept.
func (q *request) pageKey(path string, e browse.Entry) string {
	if !q.person.Nobody() || q.r.Method != http.MethodGet || q.r.URL.RawQuery != "" || e.Release == nil {
		return ""
	}
	v := q.viewer
	var issuers []wire.Member // whose names may be changed
	for _, id := range e.Release.Issuers {
		issuers = append(issuers, q.members[id])
	}
	return fmt.Sprintf("%s %d %s %v %s %q %v %s %s %s %s %v %v %q %v", path, e.Release.Revision, e.Release.State, e.Level, v.Member, v.Scopes, v.Local,
		q.ui, join(q.reading, "."), q.zone, q.theme+" "+q.density, q.naskh, q.keys, q.bind.html(), issuers)
}

// goneNow counts withdrawals and erasures.
func (s *server) goneNow() uint64 {
	if s.Gone == nil {
		return 0
	}
	return s.Gone()
}

// sendKept answers with a page that is kept, if it is.
func (q *request) sendKept(key string) bool {
	if key == "" {
		return false
	}
	gone, now := q.goneNow(), q.Now()
	q.pages.mu.Lock()
	p, ok := q.pages.all[key]
	ok = ok && q.pages.gone == gone
	q.pages.mu.Unlock()
	if age := now.Sub(p.at); !ok || age < 0 || age >= listAge || p.stale() {
		return false
	}
	q.sendPage(http.StatusOK, p.plain, p.zipped)
	return true
}

// keepPage keeps a page that was made from what was read after gone was taken.
func (q *request) keepPage(key string, gone uint64, p keptPage) {
	if len(p.plain)+len(p.zipped) > keptPageSize || p.stale() {
		return
	}
	q.pages.mu.Lock()
	defer q.pages.mu.Unlock()
	if q.goneNow() != gone {
		return
	}
	if q.pages.all == nil || q.pages.gone != gone || len(q.pages.all) >= pagesKept {
		q.pages.all, q.pages.gone = map[string]keptPage{}, gone
	}
	p.at = q.Now()
	q.pages.all[key] = p
}
