package api

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/access/accesstest"
)

type frame struct{ id, event, data string }

// reader follows the stream over a real connection.
type reader struct {
	t      testing.TB
	body   *bufio.Reader
	cancel context.CancelFunc
	lastID string
}

func follow(t testing.TB, url, token, last string) *reader {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, "GET", url+streamPath, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	if res.StatusCode != 200 || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") || res.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %v", res.StatusCode, res.Header)
	}
	r := &reader{t: t, body: bufio.NewReader(res.Body), cancel: cancel, lastID: last}
	if first := r.frame(); first.event != "" {
		t.Fatalf("%+v", first)
	}
	return r
}

// frame reads one; comments have no fields. At the end of the stream it is empty.
func (r *reader) frame() frame {
	var f frame
	for {
		line, err := r.body.ReadString('\n')
		if err != nil {
			return frame{}
		}
		line = strings.TrimSuffix(line, "\n")
		name, value, _ := strings.Cut(line, ": ")
		switch {
		case line == "":
			return f
		case name == "id":
			f.id, r.lastID = value, value
		case name == "event":
			f.event = value
		case name == "data":
			f.data += value
		}
	}
}

// event skips comments.
func (r *reader) event() frame {
	for {
		if f := r.frame(); f.event != "" || f == (frame{}) && r.ended() {
			return f
		}
	}
}

func (r *reader) ended() bool { _, err := r.body.Peek(1); return err != nil }

func (n *node) serve() string {
	s := httptest.NewServer(n.handler)
	n.t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	return s.URL
}

func TestStreamTellsWhatHappens(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	lead, url := n.lead(), n.serve()
	anyone, other := follow(t, url, n.token(accesstest.Other, access.Read), ""), follow(t, url, n.token(accesstest.Other, access.Scopes...), "")
	r := into[Release](n.call(lead, "POST", "/api/v1/releases", release(item("kk", kkHead, kkBody))).want(201))
	path := "/api/v1/releases/" + string(r.ID)
	n.call(lead, "POST", path+"/update", release(item("kk", kkHead+" 2", kkBody))).want(200)
	sealed := into[Release](n.call(lead, "POST", "/api/v1/releases", with(release(item("kk", "мөрленген", kkBody)), "embargoedUntil", `"2026-06-02T00:00:00Z"`)).want(201))
	n.call(lead, "POST", path+"/correct", with(release(item("kk", kkHead+" 3", kkBody)), "reason", `"r"`)).want(200)
	n.call(lead, "POST", "/api/v1/intake", ruHead+"\n\n"+ruBody+" Об этом сообщила пресс-служба области.", "Content-Type", "text/plain; charset=utf-8").want(201)
	n.call(lead, "POST", path+"/withdraw", `{"reason":"secretreason"}`).want(200)

	for _, k := range []struct {
		who  *reader
		want string
	}{{anyone, "released updated corrected withdrawn"}, {other, "released updated embargoed corrected captured withdrawn"}} {
		for _, want := range strings.Fields(k.want) {
			f := k.who.event()
			if f.event != want || f.id == "" {
				t.Fatalf("%+v, want %s", f, want)
			}
			if want == "captured" {
				if it := conforms(t, []byte(f.data)); it.RepresentationType != "partial" || len(it.Bodies) != 0 {
					t.Errorf("%s", f.data)
				}
				continue
			}
			var o Release
			if err := json.Unmarshal([]byte(f.data), &o); err != nil || want == "embargoed" != (o.ID == sealed.ID) {
				t.Fatalf("%v %s", err, f.data)
			}
			if (want == "withdrawn" || want == "embargoed") && o.Items[0].Headline != nil || strings.Contains(f.data, "мөрленген") {
				t.Errorf("%s: %s", want, f.data)
			}
		}
	}
	// The state is of now: after the withdrawal nobody is told the headline by an older event.
	late := follow(t, url, lead, other.lastID)
	n.call(lead, "POST", "/api/v1/releases", release(item("kk", "кейін", kkBody))).want(201)
	if f := late.event(); f.event != "released" || !strings.Contains(f.data, "кейін") {
		t.Errorf("%+v", f)
	}
	n.call(lead, "GET", streamPath, "", "Last-Event-ID", "made-up").problem(422, "invalid", "cursor")
}

// The id with which a stream begins is another one each time: two of them cannot be compared.
func TestStartTellsNothing(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	url := n.serve()
	a, b := follow(t, url, "", ""), follow(t, url, "", "")
	if a.lastID == b.lastID || len(a.lastID) != len(b.lastID) || a.lastID == "" {
		t.Errorf("%s %s", a.lastID, b.lastID)
	}
	a.cancel()
	n.call(n.lead(), "POST", "/api/v1/releases", release(item("kk", kkHead, kkBody))).want(201)
	if f := follow(t, url, "", a.lastID).event(); f.event != "released" {
		t.Errorf("%+v", f)
	}
}

// Readers that come and go while much is published miss nothing and get nothing twice.
func TestStreamResumesWithoutLoss(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	lead, url := n.lead(), n.serve()
	start := follow(t, url, "", "").lastID
	const publishers, each = 4, 40
	var wg sync.WaitGroup
	for p := range publishers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range each {
				body := release(item("kk", fmt.Sprintf("p%d-%d", p, i), kkBody))
				if i%5 == 0 {
					body = with(body, "audience", `"members"`) // not for this reader
				}
				n.call(lead, "POST", "/api/v1/releases", body).want(201)
			}
		}()
	}
	want := publishers * each * 4 / 5
	var readers sync.WaitGroup
	for k := range 6 {
		readers.Add(1)
		go func() {
			defer readers.Done()
			seen, order := map[string]bool{}, map[int]int{}
			last := start
			for len(seen) < want {
				r := follow(t, url, "", last)
				for range 3 + 7*k { // then it goes away and comes back
					if len(seen) == want {
						break
					}
					f := r.event()
					if f.event == "" {
						t.Error("the stream ended")
						return
					}
					var o Release
					if err := json.Unmarshal([]byte(f.data), &o); err != nil {
						t.Error(err)
						return
					}
					if seen[string(o.ID)] {
						t.Errorf("%s twice", o.ID)
					}
					seen[string(o.ID)] = true
					var p, i int
					fmt.Sscanf(*o.Items[0].Headline, "p%d-%d", &p, &i)
					if i < order[p] {
						t.Errorf("publisher %d: %d after %d", p, i, order[p])
					}
					order[p] = i
				}
				r.cancel()
				last = r.lastID
			}
		}()
	}
	wg.Wait()
	readers.Wait()
}

// A reader's place that lies before what is kept in memory is read from the database.
func TestStreamFromLongAgo(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	lead, url := n.lead(), n.serve()
	r := follow(t, url, "", "")
	first := r.lastID
	const count = 700
	var wg sync.WaitGroup
	for p := range 14 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range count / 14 {
				n.call(lead, "POST", "/api/v1/releases", release(item("kk", fmt.Sprint(p, i), kkBody))).want(201)
			}
		}()
	}
	wg.Wait()
	for _, from := range []string{first, r.lastID} {
		again := follow(t, url, "", from)
		ids := map[string]bool{}
		for range count {
			f := again.event()
			if f.event != "released" || ids[f.id] {
				t.Fatalf("%+v", f)
			}
			ids[f.id] = true
		}
	}
}

func TestHeartbeatAndRevocation(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	n.api.pulse = 20 * time.Millisecond
	token := n.token(accesstest.Other, access.Scopes...)
	r := follow(t, n.serve(), token, "")
	for range 3 {
		if f := r.frame(); f != (frame{}) || r.ended() {
			t.Fatalf("%+v", f)
		}
	}
	tokens, err := n.store.Tokens(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range tokens {
		if err := n.store.RevokeToken(context.Background(), k.ID); err != nil {
			t.Fatal(err)
		}
	}
	for !r.ended() {
		if f := r.frame(); f.event != "" {
			t.Fatalf("%+v", f)
		}
	}
}

// pipes is a listener whose connections hold nothing: a write waits until it is read.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
}

func (p pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}
func (p pipes) Close() error   { return nil }
func (p pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// A reader that takes no bytes is cut off; publishing does not wait for it, and it resumes.
func TestSlowReaderIsCutOff(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	n.api.patient = 100 * time.Millisecond
	p := pipes{make(chan net.Conn), make(chan struct{})}
	server := &http.Server{Handler: n.handler}
	go server.Serve(p)
	t.Cleanup(func() { close(p.done); server.Close() })
	client, conn := net.Pipe()
	p.conns <- conn
	go fmt.Fprintf(client, "GET %s HTTP/1.1\r\nHost: wire.example\r\n\r\n", streamPath)
	in := bufio.NewReader(client)
	id := ""
	for id == "" {
		line, err := in.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if after, ok := strings.CutPrefix(line, "id: "); ok {
			id = strings.TrimSpace(after)
		}
	}
	if held := len(n.api.readers); held != 1 {
		t.Fatalf("%d readers", held)
	}
	lead := n.lead()
	for i := range 20 { // and now nobody reads
		n.call(lead, "POST", "/api/v1/releases", release(item("kk", fmt.Sprint(kkHead, i), kkBody))).want(201)
	}
	for end := time.Now().Add(10 * time.Second); len(n.api.readers) > 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the reader is still held")
		}
	}
	client.Close()
	again := follow(t, n.serve(), "", id)
	for i := range 20 {
		if f := again.event(); !strings.Contains(f.data, fmt.Sprint(kkHead, i)) {
			t.Fatalf("%d: %+v", i, f)
		}
	}
}
