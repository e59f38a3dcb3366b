package delivery

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/format/ninjs"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/outbound"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/subscription"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

var (
	keeper = testkit.Viewer("alfa")
	quiet  = slog.New(slog.DiscardHandler)
)

// stage is the service over a node of its own, with the real client: only loopback addresses are allowed beside the public ones.
type stage struct {
	*Service
	node *testkit.Node
	t    *testing.T
}

func open(t *testing.T) *stage {
	t.Helper()
	return openAt(t, t.TempDir())
}

func openAt(t *testing.T, dir string) *stage {
	t.Helper()
	n := testkit.OpenAt(t, dir, time.Now)
	known, err := n.Store.Members(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []wire.MemberID{"alfa", "beta"} {
		if _, ok := known[m]; ok {
			continue
		}
		if err := n.Store.AddMember(t.Context(), testkit.Member(m, wire.PressService)); err != nil {
			t.Fatal(err)
		}
	}
	client := outbound.New(outbound.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	s := New(n.Store, n.Browse, client, Options{Log: quiet, Backoff: func(n int) time.Duration { return time.Duration(n) * 20 * time.Millisecond }})
	return &stage{s, n, t}
}

// run has deliveries made until the returned function is called, or the test ends.
func (s *stage) run() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); s.Run(ctx) }()
	stop = func() { cancel(); <-ended }
	s.t.Cleanup(stop)
	return stop
}

// call is what a receiver was sent.
type call struct {
	ID, Event string
	Body      []byte
	At        time.Time
	Signature string
	Seconds   time.Time
}

func (c call) item(t *testing.T) ninjs.Item {
	t.Helper()
	it, err := ninjs.Parse(c.Body)
	if err != nil {
		t.Fatalf("%v in %s", err, c.Body)
	}
	return it
}

// receiver answers challenges and keeps what it gets.
type receiver struct {
	t     *testing.T
	url   string
	mu    sync.Mutex
	calls []call
	reply func(w http.ResponseWriter, r *http.Request, c call) // nil: 204
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{t: t}
	srv := httptest.NewServer(http.HandlerFunc(r.serve))
	t.Cleanup(func() { srv.CloseClientConnections(); srv.Close() })
	r.url = srv.URL
	return r
}

func (r *receiver) serve(w http.ResponseWriter, q *http.Request) {
	body, _ := io.ReadAll(q.Body)
	n, _ := strconv.ParseInt(q.Header.Get("webhook-timestamp"), 10, 64)
	c := call{ID: q.Header.Get("webhook-id"), Event: q.Header.Get("jarchi-event"), Body: body, At: time.Now(), Signature: q.Header.Get("webhook-signature"), Seconds: time.Unix(n, 0)}
	if c.Event == "challenge" {
		w.Write(body)
		return
	}
	r.mu.Lock()
	r.calls = append(r.calls, c)
	reply := r.reply
	r.mu.Unlock()
	if reply != nil {
		reply(w, q, c)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (r *receiver) answers(f func(w http.ResponseWriter, q *http.Request, c call)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reply = f
}

func (r *receiver) got() []call {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.calls)
}

// until waits for so many calls.
func (r *receiver) until(n int) []call {
	r.t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(2 * time.Millisecond) {
		if got := r.got(); len(got) >= n {
			return got
		}
		if time.Now().After(end) {
			r.t.Fatalf("%d calls of %d", len(r.got()), n)
		}
	}
}

// silent sees to it that nothing further comes.
func (r *receiver) silent(n int) {
	r.t.Helper()
	time.Sleep(80 * time.Millisecond)
	if got := r.got(); len(got) != n {
		r.t.Fatalf("%d calls, want %d: %s of %s", len(got), n, got[len(got)-1].Event, got[len(got)-1].Body)
	}
}

func (s *stage) add(r *receiver, x subscription.Subscription) (subscription.Subscription, string) {
	s.t.Helper()
	x.Channel, x.Target = subscription.Webhook, r.url
	out, secret, err := s.Add(s.t.Context(), keeper, x, "")
	if err != nil || out.State != subscription.Active {
		s.t.Fatalf("%+v, %v", out, err)
	}
	return out, secret
}

func (s *stage) release(texts map[lang.Tag][2]string, more ...func(*wire.Audience)) *wire.Release {
	s.t.Helper()
	in := testkit.Input(texts)
	for _, f := range more {
		f(&in.Audience)
	}
	r, err := s.node.Publish.Create(s.t.Context(), keeper, in)
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

func (s *stage) correct(r *wire.Release, t lang.Tag, headline string) {
	s.t.Helper()
	it := r.Text(t)
	c := it.Current().Content
	c.Headline = headline
	if _, err := s.node.Publish.Correct(s.t.Context(), keeper, r.ID, wire.Changes{Content: map[wire.ItemID]wire.Content{it.ID: c}}, "a figure was wrong", nil); err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) withdraw(r *wire.Release) {
	s.t.Helper()
	if _, err := s.node.Publish.Withdraw(s.t.Context(), keeper, r.ID, "it never happened", nil); err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) get(id subscription.ID) subscription.Subscription {
	s.t.Helper()
	x, err := s.Get(s.t.Context(), keeper, id)
	if err != nil {
		s.t.Fatal(err)
	}
	return x
}

// state waits for a subscription to be as it should.
func (s *stage) state(id subscription.ID, ok func(subscription.Subscription) bool) {
	s.t.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(s.get(id)); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatalf("it did not come to it: %+v", s.get(id))
		}
	}
}

func water() map[lang.Tag][2]string {
	return map[lang.Tag][2]string{lang.KK: {"Тоқсанбұлақ су жібереді", "Су деңгейі екі метрге көтерілді."}, lang.EN: {"Toqsanbulaq releases water", "The level rose by two metres."}}
}

func road() map[lang.Tag][2]string {
	return map[lang.Tag][2]string{lang.EN: {"District opens a road", "The road was opened on Monday."}}
}

func members(a *wire.Audience) { a.Class = wire.Members }

func server(t *testing.T, h http.HandlerFunc) string {
	srv := httptest.NewServer(h)
	t.Cleanup(func() { srv.CloseClientConnections(); srv.Close() })
	return srv.URL
}

func closedInput() publish.Input {
	in := testkit.Input(water())
	in.Audience.Class = wire.Members
	return in
}
