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
// here. A page that also shows words of others, whose revision it does not know, is kept like a list.
type keptPages struct {
	mu          sync.Mutex
	now, before map[string]keptPage // before is what is forgotten next
	bytes       int                 // of the pages in now
	gone        uint64              // withdrawals and erasures before all of them: a further one empties both
}

// keptPage is a page, compressed, and what was taken before anything of it was read.
type keptPage struct {
	asOf
	others  bool // it shows words of other releases or captures
	content []byte
}

const (
	pagesKept    = 2 << 20 // bytes, and as many that are forgotten next
	keptPageSize = 64 << 10
)

// good reports that the page may be sent: to the same age as a list, and while much happens to that of a list also where
// what it shows of others may have been corrected since.
func (p *keptPage) good(now time.Time) bool {
	if age := now.Sub(p.at); !p.others {
		return age >= 0 && age < listAge
	}
	return p.fresh(now, listStale)
}

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
		q.ui, join(q.reading, "."), q.zone, q.theme+" "+q.density, q.naskh, [2]bool{q.keys, q.sound}, q.bind.html(), issuers)
}

// goneNow counts withdrawals and erasures.
func (s *server) goneNow() uint64 {
	if s.Gone == nil {
		return 0
	}
	return s.Gone()
}

// sendKept answers with a page that is kept, if it is.
func (q *request) sendKept(key string) (sent bool, err error) {
	if key == "" {
		return false, nil
	}
	p, ok := q.pages.get(key, q.goneNow())
	if !ok || !p.good(q.Now()) {
		return false, nil
	}
	return true, q.sendPage(http.StatusOK, nil, p.content)
}

func (k *keptPages) get(key string, gone uint64) (keptPage, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.gone != gone {
		return keptPage{}, false
	}
	p, ok := k.now[key]
	if !ok {
		p, ok = k.before[key]
	}
	return p, ok
}

// keepPage keeps a page.
func (q *request) keepPage(key string, p keptPage) {
	k := &q.pages
	if len(p.content) > keptPageSize || !p.good(q.Now()) {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	gone := q.goneNow()
	if gone != p.gone {
		return
	}
	switch {
	case k.now == nil || k.gone != gone:
		k.now, k.before, k.bytes, k.gone = map[string]keptPage{}, nil, 0, gone
	case k.bytes+len(p.content) > pagesKept:
		k.now, k.before, k.bytes = map[string]keptPage{}, k.now, 0
	}
	k.bytes += len(p.content) - len(k.now[key].content)
	k.now[key] = p
}

// fronts are the pages that a list at its top stands in, compressed, of those who are not signed in.
type fronts struct {
	mu  sync.Mutex
	all map[string][]byte
}

const frontsKept = 8

// frontKey is all that the wire's page depends on for whoever asks for nothing else and is not signed in, beside the time
// and what her list depends on; "" for a page that is not kept.
func (q *request) frontKey() string {
	if !q.person.Nobody() || q.r.Method != http.MethodGet || q.r.URL.RequestURI() != "/" || q.Demo != nil {
		return ""
	}
	return fmt.Sprintf("%s %s %v %v %q %q", q.theme, q.density, q.keys, q.sound, q.bind.html(), q.r.Host)
}

func (f *fronts) get(key string) []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.all[key]
}

func (f *fronts) keep(key string, page []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.all == nil {
		f.all = map[string][]byte{}
	}
	if len(f.all) < frontsKept {
		f.all[key] = page
	}
}
