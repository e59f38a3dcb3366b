package api

import (
	"context"
	"io"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/people"
)

// Uses keeps what tokens did.
type Uses interface {
	AddTokenUse(ctx context.Context, at time.Time, uses []people.TokenUse) error
	// FillBuckets adds to counters of all nodes and tells until when each is not full again; nothing, where there is one node.
	FillBuckets(ctx context.Context, now time.Time, most time.Duration, add []people.Bucket) (until map[string]time.Time, err error)
}

// Meter counts what each token does and bounds how often it calls. Counts are kept in memory and written once a minute: a crash loses at
// most that. The bounds hold for all nodes that have the database open: once a second each adds to theirs what it has let through, and goes by what is there
// then. In the second before, each may let through a whole burst; what that was too much is waited for.
type Meter struct {
	uses Uses
	now  func() time.Time
	log  *slog.Logger
	mu   sync.Mutex
	of   map[string]*metered // tokens that are known: as many as there are
}

// metered is one token.
type metered struct {
	mu     sync.Mutex
	limit  people.TokenLimit // what holds
	bucket *rate.Limiter     // nil: no limit
	told   int64             // of the calls in the bucket, how many other nodes have been told

	let, calls, refused, received, sent, last atomic.Int64
}

// NewMeter makes a meter that has counted nothing.
func NewMeter(uses Uses, now func() time.Time, log *slog.Logger) *Meter {
	return &Meter{uses: uses, now: now, log: log, of: map[string]*metered{}}
}

// Run writes the counts once a minute, and a last time when ctx ends; and tells other nodes, once a second, what it has let through.
func (m *Meter) Run(ctx context.Context) {
	var sharing sync.WaitGroup
	defer sharing.Wait()
	sharing.Go(func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for m.Share(ctx) {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	})
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			m.Flush(last)
			return
		case <-tick.C:
			m.Flush(ctx)
		}
	}
}

// Flush writes the counts. What cannot be written is written the next time.
func (m *Meter) Flush(ctx context.Context) {
	m.mu.Lock()
	var uses []people.TokenUse
	for id, t := range m.of {
		u := people.TokenUse{Token: id, Calls: t.calls.Swap(0), Refused: t.refused.Swap(0), Received: t.received.Swap(0), Sent: t.sent.Swap(0), Last: time.UnixMicro(t.last.Load())}
		if u.Calls+u.Refused+u.Received+u.Sent > 0 {
			uses = append(uses, u)
		}
	}
	m.mu.Unlock()
	if len(uses) == 0 {
		return
	}
	if err := m.uses.AddTokenUse(ctx, m.now(), uses); err != nil {
		m.log.Warn("what tokens did was not written; it will be tried again", "error", err)
		for _, u := range uses {
			t := m.token(u.Token)
			t.calls.Add(u.Calls)
			t.refused.Add(u.Refused)
			t.received.Add(u.Received)
			t.sent.Add(u.Sent)
		}
	}
}

// shareMost is how far ahead the bucket of a token gets: who has called more often at several nodes at once waits for all of it.
const shareMost = 24 * time.Hour

// Share tells other nodes how many calls it has let through since the last time and takes over what they have. It reports false where there cannot be
// another. A second without calls costs nothing.
func (m *Meter) Share(ctx context.Context) bool {
	type share struct {
		t   *metered
		let int64
	}
	var add []people.Bucket
	of := map[string]share{}
	m.mu.Lock()
	for id, t := range m.of {
		t.mu.Lock()
		if let := t.let.Load(); t.bucket != nil && let > t.told {
			b := people.Bucket{Name: "token " + id, Add: time.Duration(float64(let-t.told) / float64(t.bucket.Limit()) * float64(time.Second))}
			add, of[b.Name] = append(add, b), share{t, let}
		}
		t.mu.Unlock()
	}
	m.mu.Unlock()
	if len(add) == 0 {
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	now := m.now()
	until, err := m.uses.FillBuckets(ctx, now, shareMost, add)
	if err != nil {
		m.log.Debug("limits of tokens hold for this node alone until the database is back", "error", err)
		return true
	}
	for name, s := range of {
		if at, ok := until[name]; ok {
			s.t.heard(now, at, s.let)
		}
	}
	return until != nil
}

// heard takes over until when the bucket of all nodes is not full again, in which this node's calls up to let are.
func (t *metered) heard(now, until time.Time, let int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	b := t.bucket
	if b == nil {
		return
	}
	t.told = let
	left := float64(b.Burst()) - until.Sub(now).Seconds()*float64(b.Limit()) - float64(t.let.Load()-let)
	for more := int(b.TokensAt(now) - left); more > 0; more -= b.Burst() {
		b.ReserveN(now, min(more, b.Burst())) // into debt, where that is so
	}
}

func (m *Meter) token(id string) *metered {
	m.mu.Lock()
	defer m.mu.Unlock()
	t, ok := m.of[id]
	if !ok {
		t = &metered{}
		m.of[id] = t
	}
	return t
}

// take counts a call of a token and says whether it is within the limit. headers are those of draft-ietf-httpapi-ratelimit-headers (10):
// RateLimit-Policy with the quota q in a window of w seconds, RateLimit with the calls r that are left now and the seconds t until all are.
func (m *Meter) take(k people.Token, h http.Header) (*metered, error) {
	t, now, limit := m.token(k.ID), m.now(), k.Limit.Effective()
	t.mu.Lock()
	if t.limit != limit {
		t.limit, t.bucket, t.told = limit, nil, t.let.Load()
		if limit.PerMinute > 0 {
			t.bucket = rate.NewLimiter(rate.Limit(limit.PerMinute)/60, limit.Burst)
		}
	}
	b := t.bucket
	t.mu.Unlock()
	t.last.Store(now.UnixMicro())
	if b == nil {
		t.calls.Add(1)
		return t, nil
	}
	ok := b.AllowN(now, 1)
	owing := b.TokensAt(now)
	left := math.Max(0, owing)
	seconds := func(calls float64) int { return int(math.Ceil(math.Max(0, calls) / float64(b.Limit()))) }
	h.Set("RateLimit-Policy", `"token";q=`+strconv.Itoa(limit.Burst)+`;w=`+strconv.Itoa(max(1, seconds(float64(limit.Burst)))))
	h.Set("RateLimit", `"token";r=`+strconv.Itoa(int(left))+`;t=`+strconv.Itoa(seconds(float64(limit.Burst)-owing)))
	if ok {
		t.calls.Add(1)
		t.let.Add(1)
		return t, nil
	}
	t.refused.Add(1)
	wait := max(1, seconds(1-owing))
	text := fault.E(fault.Busy, "This token may make %d calls a minute, and %d at once. Try again in %d s. An administrator of %s can change its limit.", limit.PerMinute, limit.Burst, wait, k.Member)
	p := problemOf(text)
	p.wait = wait
	return t, p
}

// counted adds what is read of a request and written as its answer to what a token did.
func (t *metered) counted(w http.ResponseWriter, r *http.Request) (http.ResponseWriter, *http.Request) {
	if r.Body != nil && r.Body != http.NoBody {
		r2 := *r
		r2.Body = countedBody{r.Body, &t.received}
		r = &r2
	}
	return countedAnswer{w, &t.sent}, r
}

type countedBody struct {
	io.ReadCloser
	n *atomic.Int64
}

func (b countedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.n.Add(int64(n))
	return n, err
}

type countedAnswer struct {
	http.ResponseWriter
	n *atomic.Int64
}

func (a countedAnswer) Write(p []byte) (int, error) {
	n, err := a.ResponseWriter.Write(p)
	a.n.Add(int64(n))
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (a countedAnswer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
