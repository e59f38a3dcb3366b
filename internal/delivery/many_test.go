package delivery

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/subscription"
	"jarchi.dev/jarchi/internal/testkit"
)

// TestManySubscribers: of 200 webhooks one in ten is dead, in ten ways; what is released comes to the others in time all the same, and no one gets it twice. The time
// is from before the release is handed in to its arrival.
func TestManySubscribers(t *testing.T) {
	s := open(t)
	var dead atomic.Bool
	gigabyte := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(status)
			for r.Context().Err() == nil {
				if _, err := io.WriteString(w, strings.Repeat("more ", 10_000)); err != nil {
					return
				}
			}
		}
	}
	ways := []http.HandlerFunc{
		func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		func(w http.ResponseWriter, r *http.Request) { // never comes to the end of its header
			c, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				defer c.Close()
				for i := 0; ; i++ {
					if _, err := fmt.Fprintf(c, "%c", "HTTP/1.1 200 OK\r\nX: aaaaaaaaaaaaaaaa"[min(i, 30)]); err != nil {
						return
					}
					time.Sleep(100 * time.Millisecond)
				}
			}
		},
		func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) },
		gigabyte(500), gigabyte(200),
		func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Retry-After", "1"); w.WriteHeader(429) },
		func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) },
		func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "http://10.0.0.1/")
			w.WriteHeader(307)
		},
		nil, // refuses
	}
	type arrival struct {
		uri string
		at  time.Time
	}
	var mu sync.Mutex
	arrived := map[int][]arrival{}
	var closers []net.Listener
	for i := range manySubscribers {
		way := ways[i/10%len(ways)]
		handler := func(w http.ResponseWriter, r *http.Request) {
			b, _ := io.ReadAll(r.Body)
			switch {
			case r.Header.Get("jarchi-event") == "challenge":
				w.Write(b)
			case i%10 == 0 && dead.Load() && way != nil:
				way(w, r)
			default:
				_, uri, _ := strings.Cut(string(b), `"uri":"`)
				uri, _, _ = strings.Cut(uri, `"`)
				mu.Lock()
				arrived[i] = append(arrived[i], arrival{uri, time.Now()})
				mu.Unlock()
			}
		}
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		srv := &http.Server{Handler: http.HandlerFunc(handler)}
		go srv.Serve(l)
		t.Cleanup(func() { srv.Close() })
		if way == nil && i%10 == 0 {
			closers = append(closers, l)
		}
		x := subscription.Subscription{Channel: subscription.Webhook, Target: "http://" + l.Addr().String()}
		if i%2 == 1 { // half of them by filters of their own
			x.Filter.Text = fmt.Sprintf("reservoir -unheard%d", i)
		}
		if out, _, err := s.Add(t.Context(), keeper, x, ""); err != nil || out.State != subscription.Active {
			t.Fatalf("%+v, %v", out, err)
		}
	}
	for _, l := range closers {
		l.Close()
	}
	dead.Store(true)
	s.run()
	var before, after syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &before); err != nil {
		t.Fatal(err)
	}
	released := map[string]time.Time{}
	var publishing []time.Duration
	beat := time.NewTicker(500 * time.Millisecond)
	defer beat.Stop()
	for i := range manyReleases {
		in := testkit.Input(map[lang.Tag][2]string{lang.EN: {fmt.Sprintf("The reservoir holds %d metres", i), strings.Repeat("The level rose in the night and fell in the morning. ", 40)}})
		at := time.Now()
		r, err := s.node.Publish.Create(t.Context(), keeper, in)
		if err != nil {
			t.Fatal(err)
		}
		publishing = append(publishing, time.Since(at))
		released[string(r.Items[0].URI)] = at
		<-beat.C
	}
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		mu.Lock()
		whole := true
		for i := range manySubscribers {
			whole = whole && (i%10 == 0 || len(arrived[i]) >= manyReleases)
		}
		mu.Unlock()
		if whole || time.Now().After(end) {
			break
		}
	}
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &after); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	var took []time.Duration
	for i := range manySubscribers {
		if i%10 == 0 {
			continue
		}
		seen := map[string]bool{}
		for _, a := range arrived[i] {
			if seen[a.uri] {
				t.Errorf("%d got %s twice", i, a.uri)
			}
			seen[a.uri] = true
			took = append(took, a.at.Sub(released[a.uri]))
		}
		if len(seen) != manyReleases {
			t.Errorf("%d got %d of %d", i, len(seen), manyReleases)
		}
	}
	slices.Sort(took)
	slices.Sort(publishing)
	p := func(ds []time.Duration, q float64) time.Duration {
		return ds[min(int(float64(len(ds))*q), len(ds)-1)].Round(time.Millisecond / 10)
	}
	if p(took, 0.99) > 2*time.Second && manyReleases >= 60 { // a short run under load measures the load
		t.Errorf("p99 is %v", p(took, 0.99))
	}
	used := func(u syscall.Rusage) time.Duration { return time.Duration(u.Utime.Nano() + u.Stime.Nano()) }
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	t.Logf("%d webhooks, %d of them dead, %d releases at 2 a second: arrival p50 %v, p99 %v, most %v; publishing p50 %v, p99 %v; processor %v in %v, the receivers included; heap %d MB",
		manySubscribers, manySubscribers/10, manyReleases, p(took, 0.5), p(took, 0.99), took[len(took)-1].Round(time.Millisecond), p(publishing, 0.5), p(publishing, 0.99), (used(after) - used(before)).Round(10*time.Millisecond),
		time.Duration(manyReleases)*500*time.Millisecond, m.HeapAlloc>>20)
}
