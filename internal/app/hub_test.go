package app_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/app"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/outbound"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/subscription"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

// subscriber is one of WebSub, written from the Recommendation (W3C, 2018-01-23).
type subscriber struct {
	t      *testing.T
	url    string
	mu     sync.Mutex
	asked  []url.Values // verifications of intent
	got    []pushed
	answer func(w http.ResponseWriter, r *http.Request) bool // true: it has answered
}

type pushed struct {
	head http.Header
	body []byte
}

func newSubscriber(t *testing.T) *subscriber {
	s := &subscriber{t: t}
	srv := httptest.NewServer(s)
	t.Cleanup(func() { srv.CloseClientConnections(); srv.Close() })
	s.url = srv.URL
	return s
}

func (s *subscriber) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	answer := s.answer
	if r.Method == http.MethodGet {
		s.asked = append(s.asked, r.URL.Query())
	} else {
		s.got = append(s.got, pushed{r.Header.Clone(), body})
	}
	s.mu.Unlock()
	if answer != nil && answer(w, r) {
		return
	}
	if r.Method == http.MethodGet { // 5.3.1: echo the challenge
		io.WriteString(w, r.URL.Query().Get("hub.challenge"))
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *subscriber) answers(f func(w http.ResponseWriter, r *http.Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = f
}

func (s *subscriber) counts() (asked, got int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.asked), len(s.got)
}

func (s *subscriber) until(asked, got int) {
	s.t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(2 * time.Millisecond) {
		if a, g := s.counts(); a >= asked && g >= got {
			return
		} else if time.Now().After(end) {
			s.t.Fatalf("%d questions of %d, %d pushes of %d", a, asked, g, got)
		}
	}
}

func (s *subscriber) last() pushed {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.got[len(s.got)-1]
}

const hubHost = "wire.press.example"

type hubNode struct {
	*app.Node
	t     *testing.T
	ahead *atomic.Int64
}

func openHub(t *testing.T, c app.Config) hubNode {
	t.Helper()
	ahead := &atomic.Int64{}
	c.Deliver.Backoff = func(int) time.Duration { return 20 * time.Millisecond }
	c.PublicURL = "https://" + hubHost
	if c.Allow == nil { // subscribers are of this machine
		c.Deliver.Strangers = outbound.New(outbound.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/30")}})
	}
	c.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	n := open(t, c)
	if err := n.Store.AddMember(ctx, testkit.Member("alfa", wire.Agency)); err != nil {
		t.Fatal(err)
	}
	n.Start()
	return hubNode{n, t, ahead}
}

func (n hubNode) ask(form url.Values) (int, string) {
	r := httptest.NewRequest("POST", "/hub", strings.NewReader(form.Encode()))
	r.Host, r.RemoteAddr = hubHost, "192.0.2.7:4711"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	n.Handler().ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func (n hubNode) feed(path string) (body string, links map[string]string) {
	n.t.Helper()
	resp := get(n.t, n.Handler(), hubHost, path)
	b, _ := io.ReadAll(resp.Body)
	links = map[string]string{}
	for _, l := range resp.Header.Values("Link") {
		for one := range strings.SplitSeq(l, ",") {
			at, rel, _ := strings.Cut(strings.TrimSpace(one), ";")
			links[strings.Trim(strings.TrimPrefix(strings.TrimSpace(rel), "rel="), `"`)] = strings.Trim(at, "<>")
		}
	}
	return string(b), links
}

func (n hubNode) release(headline string, class wire.AudienceClass) *wire.Release {
	n.t.Helper()
	var in publish.Input = testkit.Input(map[lang.Tag][2]string{lang.EN: {headline, "The words of it."}})
	in.Audience.Class = class
	r, err := n.Publish.Create(ctx, testkit.Viewer("alfa"), in)
	if err != nil {
		n.t.Fatal(err)
	}
	return r
}

func (n hubNode) subscribers(want int) {
	n.t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(2 * time.Millisecond) {
		all, err := n.Store.HubSubscriptions(ctx)
		if err == nil && len(all) == want {
			return
		}
		if time.Now().After(end) {
			n.t.Fatalf("%d subscribers, want %d: %v", len(all), want, err)
		}
	}
}

// TestHub: a feed names its hub; a subscriber is asked whether he asked, is sent the feed as anyone reads it whenever it changes, signed with his secret, a withdrawal as well and nothing that is not
// public; he renews his lease, ends it, or it runs out.
func TestHub(t *testing.T) {
	t.Parallel()
	n := openHub(t, app.Config{})
	body, links := n.feed("/feeds/lang/en.atom")
	topic, hub := links["self"], links["hub"]
	if topic != "https://"+hubHost+"/feeds/all.atom?lang=en" || hub != "https://"+hubHost+"/hub" || !strings.Contains(body, `<link rel="hub" href="`+hub+`"`) || !strings.Contains(body, `<link rel="self"`) {
		t.Fatal(links, body)
	}
	if b, _ := n.feed("/feeds/all.json"); !strings.Contains(b, `"hubs":[{"type":"WebSub","url":"`+hub+`"}]`) && !strings.Contains(strings.Join(strings.Fields(b), ""), `"hubs":[{"type":"WebSub","url":"`+hub+`"}]`) {
		t.Error(b)
	}
	if b, _ := n.feed("/feeds/all.rss"); !strings.Contains(b, `<atom:link rel="hub" href="`+hub+`"`) {
		t.Error(b)
	}

	s := newSubscriber(t)
	form := url.Values{"hub.mode": {"subscribe"}, "hub.topic": {topic}, "hub.callback": {s.url + "/call?who=me&x=%20"}, "hub.secret": {"a word between us"}, "hub.lease_seconds": {"86400"}}
	if status, text := n.ask(form); status != http.StatusAccepted {
		t.Fatal(status, text)
	}
	s.until(1, 0)
	if q := s.asked[0]; q.Get("hub.mode") != "subscribe" || q.Get("hub.topic") != topic || len(q.Get("hub.challenge")) < 16 || q.Get("hub.lease_seconds") != "86400" || q.Get("who") != "me" || q.Get("x") != " " {
		t.Error(q)
	}
	n.subscribers(1)

	check := func(p pushed, has, not string) {
		t.Helper()
		m := hmac.New(sha256.New, []byte("a word between us"))
		m.Write(p.body)
		link := strings.Join(p.head.Values("Link"), ", ")
		if p.head.Get("X-Hub-Signature") != "sha256="+hex.EncodeToString(m.Sum(nil)) || !strings.Contains(link, "<"+hub+`>; rel="hub"`) || !strings.Contains(link, "<"+topic+`>; rel="self"`) || !strings.HasPrefix(p.head.Get("Content-Type"), "application/atom+xml") {
			t.Error(p.head)
		}
		if !strings.Contains(string(p.body), has) || not != "" && strings.Contains(string(p.body), not) {
			t.Errorf("%q and not %q in %s", has, not, p.body)
		}
		if now, _ := n.feed("/feeds/lang/en.atom"); now != string(p.body) {
			t.Errorf("what was sent is not what anyone reads:\n%s\n%s", p.body, now)
		}
		if err := xml.Unmarshal(p.body, new(struct{})); err != nil {
			t.Error(err)
		}
	}
	r := n.release("A bridge was opened", wire.Public)
	s.until(1, 1)
	check(s.last(), "A bridge was opened", "")
	n.release("For members alone", wire.Members)
	if _, err := n.Publish.Withdraw(ctx, testkit.Viewer("alfa"), r.ID, "it was not", nil); err != nil {
		t.Fatal(err)
	}
	s.until(1, 2)
	check(s.last(), "it was not", "A bridge was opened")
	if _, err := n.Publish.Create(ctx, testkit.Viewer("alfa"), testkit.Input(map[lang.Tag][2]string{lang.KK: {"Көпір", "Сөз."}})); err != nil {
		t.Fatal(err)
	}
	n.release("A second bridge", wire.Public)
	s.until(1, 3)
	for i, p := range s.got {
		if bytes.Contains(p.body, []byte("For members")) || bytes.Contains(p.body, []byte("Көпір")) {
			t.Errorf("push %d has what it should not: %s", i, p.body)
		}
	}

	// The same again is the same subscription, with a new lease; it ends by itself.
	form.Set("hub.lease_seconds", "999999999")
	n.ask(form)
	s.until(2, 3)
	if got := s.asked[1].Get("hub.lease_seconds"); got != strconv.Itoa(30*24*3600) {
		t.Error("a lease without bounds:", got)
	}
	n.subscribers(1)
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(2 * time.Millisecond) {
		if all, err := n.Store.HubSubscriptions(ctx); err == nil && len(all) == 1 && time.Until(all[0].Lease) > 29*24*time.Hour {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the lease is not renewed")
		}
	}
	form.Set("hub.mode", "unsubscribe")
	s.answers(func(w http.ResponseWriter, r *http.Request) bool { w.WriteHeader(http.StatusNotFound); return true })
	n.ask(form)
	s.until(3, 3)
	n.subscribers(1) // it was not his wish
	s.answers(nil)
	n.ask(form)
	s.until(4, 3)
	if q := s.asked[3]; q.Get("hub.mode") != "unsubscribe" || q.Has("hub.lease_seconds") {
		t.Error(q)
	}
	n.subscribers(0)
	form.Set("hub.mode", "subscribe")
	n.ask(form)
	n.subscribers(1)
	n.ahead.Add(int64(31 * 24 * time.Hour))
	n.release("A third bridge", wire.Public)
	time.Sleep(100 * time.Millisecond)
	if _, got := s.counts(); got != 3 {
		t.Error("a push after the lease")
	}
}

// TestHubRefuses: what is no topic that anyone may read, no address, or leads into the house is refused; a callback cannot lead on, and one that answers without end costs nothing.
func TestHubRefuses(t *testing.T) {
	t.Parallel()
	n := openHub(t, app.Config{})
	s := newSubscriber(t)
	topic := "https://" + hubHost + "/feeds/all.atom"
	ask := func(more ...string) (int, string) {
		form := url.Values{"hub.mode": {"subscribe"}, "hub.topic": {topic}, "hub.callback": {s.url}}
		for i := 0; i < len(more); i += 2 {
			form.Set(more[i], more[i+1])
		}
		return n.ask(form)
	}
	for _, bad := range [][]string{
		{"hub.mode", "publish"}, {"hub.mode", ""}, {"hub.topic", ""}, {"hub.topic", "https://elsewhere.example/feeds/all.atom"}, {"hub.topic", "https://" + hubHost + "/api/v1/items"}, {"hub.topic", "https://" + hubHost + "/feeds/all.exe"},
		{"hub.topic", "https://" + hubHost + "/feeds/desk/01.atom"}, {"hub.topic", "https://" + hubHost + "/feeds/lang/en.atom"}, {"hub.topic", topic + "?kind=capture"}, {"hub.topic", topic + "?cursor=x"}, {"hub.topic", "https://" + hubHost + "/feeds/../api/v1/deliveries"},
		{"hub.callback", ""}, {"hub.callback", "ftp://a.example/"}, {"hub.callback", "https://user:word@a.example/"}, {"hub.callback", "https://a.example/\r\nX: y"}, {"hub.callback", "https://a.example/" + strings.Repeat("a", 2000)},
		{"hub.secret", strings.Repeat("s", 200)}, {"hub.lease_seconds", "-1"}, {"hub.lease_seconds", "soon"},
	} {
		if status, text := ask(bad...); status/100 != 4 || text == "" {
			t.Errorf("%q: %d %s", bad, status, text)
		}
	}
	if a, g := s.counts(); a+g > 0 {
		t.Error("somebody was called")
	}
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "/hub", nil)
	r.Host = hubHost
	if n.Handler().ServeHTTP(w, r); w.Code != http.StatusMethodNotAllowed {
		t.Error(w.Code)
	}

	var inside atomic.Int64 // of this machine, at an address that is not allowed
	in := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		inside.Add(1)
		io.WriteString(w, r.URL.Query().Get("hub.challenge"))
	}))
	in.Start()
	t.Cleanup(in.Close)
	asked := 0
	for i, answer := range []func(w http.ResponseWriter, r *http.Request) bool{
		func(w http.ResponseWriter, r *http.Request) bool { // leads on, also to where the word would be echoed
			http.Redirect(w, r, in.URL+"/?"+r.URL.RawQuery, http.StatusTemporaryRedirect)
			return true
		},
		func(w http.ResponseWriter, r *http.Request) bool { // a gigabyte that begins with the word
			io.WriteString(w, r.URL.Query().Get("hub.challenge"))
			for range 1 << 20 {
				if _, err := w.Write(make([]byte, 1024)); err != nil {
					break
				}
			}
			return true
		},
		func(w http.ResponseWriter, r *http.Request) bool {
			io.WriteString(w, "x"+r.URL.Query().Get("hub.challenge"))
			return true
		},
		func(w http.ResponseWriter, r *http.Request) bool {
			w.WriteHeader(500)
			io.WriteString(w, r.URL.Query().Get("hub.challenge"))
			return true
		},
		func(w http.ResponseWriter, r *http.Request) bool {
			c, _, _ := w.(http.Hijacker).Hijack()
			c.Close()
			return true
		},
	} {
		s.answers(answer)
		if status, text := ask(); status != http.StatusAccepted {
			t.Fatal(i, status, text)
		}
		asked++
		s.until(asked, 0)
	}
	for _, private := range []string{"http://10.0.0.1/", "http://[::1]/", "http://169.254.169.254/latest", "http://127.0.0.9:" + in.URL[strings.LastIndex(in.URL, ":")+1:]} {
		if status, text := ask("hub.callback", private); status != http.StatusAccepted {
			t.Error(private, status, text)
		}
	}
	time.Sleep(50 * time.Millisecond)
	n.subscribers(0)
	if inside.Load() > 0 {
		t.Error("a redirect was followed")
	}

	// Who subscribes and then leads on is not followed either.
	s.answers(nil)
	ask()
	n.subscribers(1)
	s.answers(func(w http.ResponseWriter, r *http.Request) bool {
		http.Redirect(w, r, in.URL, http.StatusPermanentRedirect)
		return true
	})
	n.release("One", wire.Public)
	s.until(asked+1, 1)
	time.Sleep(50 * time.Millisecond)
	if inside.Load() > 0 {
		t.Error("a push followed a redirect")
	}
	s.answers(func(w http.ResponseWriter, r *http.Request) bool { w.WriteHeader(http.StatusGone); return true })
	n.release("Two", wire.Public)
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		all, err := n.Store.HubSubscriptions(ctx)
		if err == nil && len(all) == 1 && all[0].State == "ended" {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("%+v %v", all, err)
		}
	}

	var statuses []int
	for range 70 { // one host is not asked again and again
		status, _ := ask()
		statuses = append(statuses, status)
	}
	if !slices.Contains(statuses, http.StatusServiceUnavailable) && !slices.Contains(statuses, http.StatusTooManyRequests) {
		t.Error(statuses)
	}
}

// TestHubTriesAgain: a subscriber who could not take a push gets it later, though nothing has changed since.
func TestHubTriesAgain(t *testing.T) {
	t.Parallel()
	n := openHub(t, app.Config{})
	s := newSubscriber(t)
	n.ask(url.Values{"hub.mode": {"subscribe"}, "hub.topic": {"https://" + hubHost + "/feeds/all.atom"}, "hub.callback": {s.url}})
	n.subscribers(1)
	s.answers(func(w http.ResponseWriter, r *http.Request) bool { w.WriteHeader(http.StatusBadGateway); return true })
	n.release("A bridge was opened", wire.Public)
	s.until(1, 1)
	s.answers(nil)
	s.until(1, 2)
	if p := s.last(); !strings.Contains(string(p.body), "A bridge was opened") {
		t.Error(string(p.body))
	}
}

// TestHubAskedTwiceAtOnce: two requests about one address that are confirmed at one moment make one subscriber.
func TestHubAskedTwiceAtOnce(t *testing.T) {
	t.Parallel()
	n := openHub(t, app.Config{})
	s := newSubscriber(t)
	s.answers(func(http.ResponseWriter, *http.Request) bool {
		s.until(2, 0) // neither is answered before both are asked
		return false
	})
	for range 2 {
		if status, text := n.ask(url.Values{"hub.mode": {"subscribe"}, "hub.topic": {"https://" + hubHost + "/feeds/all.atom"}, "hub.callback": {s.url}}); status != http.StatusAccepted {
			t.Fatal(status, text)
		}
	}
	s.until(2, 0)
	for range 30 {
		if all, err := n.Store.HubSubscriptions(ctx); err != nil || len(all) > 1 {
			t.Fatalf("%d subscribers: %v", len(all), err)
		}
		time.Sleep(10 * time.Millisecond)
	}
	n.subscribers(1)
}

// TestHubAfterAStart: who was told that his request is accepted is asked after the next start.
func TestHubAfterAStart(t *testing.T) {
	t.Parallel()
	s := newSubscriber(t)
	c := app.Config{Dir: testkit.Folder(t), Log: slog.New(slog.DiscardHandler), PublicURL: "https://" + hubHost}
	c.Deliver.Strangers = outbound.New(outbound.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/30")}})
	first, err := app.Open(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	if status, text := (hubNode{Node: first, t: t}).ask(url.Values{"hub.mode": {"subscribe"}, "hub.topic": {"https://" + hubHost + "/feeds/all.atom"}, "hub.callback": {s.url}, "hub.secret": {"a word"}}); status != http.StatusAccepted {
		t.Fatal(status, text)
	}
	if err := first.Close(); err != nil { // it never came to ask
		t.Fatal(err)
	}
	second, err := app.Open(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	second.Start()
	n := hubNode{Node: second, t: t}
	n.subscribers(1)
	if all, err := second.Store.HubSubscriptions(ctx); err != nil || all[0].Secret != "a word" {
		t.Error(all, err)
	}
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		left, err := second.Store.ClaimHubAsked(ctx, time.Now().Add(time.Hour), time.Time{}, time.Minute, 9)
		if err == nil && len(left) == 0 {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("%d requests wait after they were answered: %v", len(left), err)
		}
	}
	if asked, _ := s.counts(); asked != 1 {
		t.Errorf("asked %d times", asked)
	}
}

// TestHubDenies: who finds no room, and who has a feed that is no more, is told so (5.2).
func TestHubDenies(t *testing.T) {
	t.Parallel()
	n := openHub(t, app.Config{})
	s := newSubscriber(t)
	all, gone := "https://"+hubHost+"/feeds/all.atom", "https://"+hubHost+"/feeds/desk/01.atom"
	put := func(x subscription.Subscription) {
		t.Helper()
		x.Channel, x.State, x.Public, x.Added, x.Lease = subscription.WebSub, subscription.Active, true, time.Now(), time.Now().Add(time.Hour)
		if err := n.Store.PutHubSubscription(ctx, x); err != nil {
			t.Fatal(err)
		}
	}
	put(subscription.Subscription{ID: "gone", Topic: gone, Target: s.url + "/gone?a=b", Name: "elsewhere.example"})
	n.release("A bridge was opened", wire.Public)
	s.until(1, 0)
	if q := s.asked[0]; q.Get("hub.mode") != "denied" || q.Get("hub.topic") != gone || q.Get("hub.reason") == "" || q.Get("a") != "b" {
		t.Error(q)
	}
	for i := range 200 {
		put(subscription.Subscription{ID: subscription.ID("s" + strconv.Itoa(i)), Topic: all, Target: s.url + "/" + strconv.Itoa(i), Name: strings.TrimPrefix(s.url, "http://")})
	}
	n.ask(url.Values{"hub.mode": {"subscribe"}, "hub.topic": {all}, "hub.callback": {s.url + "/further"}})
	s.until(3, 0)
	if q := s.asked[2]; q.Get("hub.mode") != "denied" || q.Get("hub.topic") != all || q.Get("hub.reason") == "" {
		t.Error(q)
	}
	n.subscribers(201)
}

// TestHubLeavesTheIntranet: what members may have called, by --intranet, strangers may not.
func TestHubLeavesTheIntranet(t *testing.T) {
	t.Parallel()
	n := openHub(t, app.Config{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	s := newSubscriber(t)
	if status, text := n.ask(url.Values{"hub.mode": {"subscribe"}, "hub.topic": {"https://" + hubHost + "/feeds/all.atom"}, "hub.callback": {s.url}}); status != http.StatusAccepted {
		t.Fatal(status, text)
	}
	time.Sleep(100 * time.Millisecond)
	if asked, _ := s.counts(); asked > 0 {
		t.Error("a stranger has the intranet called")
	}
	n.subscribers(0)
}

// TestNoHub: without a public address, or where the operator wants none, no feed names a hub and none answers.
func TestNoHub(t *testing.T) {
	t.Parallel()
	for _, c := range []app.Config{{}, {PublicURL: "https://" + hubHost, NoHub: true}} {
		n := open(t, c)
		resp := get(t, n.Handler(), "127.0.0.1:8080", "/feeds/all.atom")
		b, _ := io.ReadAll(resp.Body)
		if resp.Header.Get("Link") != "" || bytes.Contains(b, []byte("rel=\"hub\"")) {
			t.Error(resp.Header, string(b))
		}
		w := httptest.NewRecorder()
		r := httptest.NewRequest("POST", "/hub", strings.NewReader("hub.mode=subscribe"))
		r.Host, r.RemoteAddr = "127.0.0.1:8080", "127.0.0.1:4711"
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if n.Handler().ServeHTTP(w, r); w.Code/100 != 4 {
			t.Error(w.Code)
		}
	}
}
