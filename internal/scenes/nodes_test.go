package scenes

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"jarchi.dev/jarchi/internal/app"
	"jarchi.dev/jarchi/internal/house"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/testkit/chromium"
	"jarchi.dev/jarchi/internal/testkit/postgres"
)

// besides opens another whole node on the database of a stage, and serves it.
func (s *stage) besides(address string, set func(*app.Config)) *app.Node {
	s.t.Helper()
	dir := s.t.TempDir()
	if err := store.SetDatabase(s.t.Context(), dir, address); err != nil {
		s.t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(s.Dir, "blobs"), 0o700); err != nil {
		s.t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(s.Dir, "blobs"), filepath.Join(dir, "blobs")); err != nil {
		s.t.Fatal(err)
	}
	c := app.Config{Dir: dir, PublicURL: s.URL, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	if set != nil {
		set(&c)
	}
	n, err := app.Open(s.t.Context(), c)
	if err != nil {
		s.t.Fatal(err)
	}
	n.Start()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- n.Serve(ctx, l) }()
	s.t.Cleanup(func() {
		stop()
		<-ended
		if err := n.Close(); err != nil {
			s.t.Error(err)
		}
	})
	return n
}

// TestNodesOnTheStatePage: the state of the node names every node on the database, with address, version and jobs, which of them is the first, which is silent
// and whose clock is off; both are told as what needs attention, on the page in every language, in the API and in the figures. Who administers one of several members
// reads no addresses of machines.
func TestNodesOnTheStatePage(t *testing.T) {
	t.Parallel()
	dir, address := t.TempDir(), postgres.New(t, nil)
	if err := store.SetDatabase(t.Context(), dir, address); err != nil {
		t.Fatal(err)
	}
	s := openAs(t, func(c *app.Config) { c.Dir = dir })
	s.desk("alfa")
	u := s.person("alfa", "", people.Administrator)
	admin := s.browser(u)
	s.besides(address, nil)
	state := func() (st house.State) {
		t.Helper()
		st, err := s.House.State(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return st
	}
	for until := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		st := state()
		if len(st.Nodes) == 2 && st.Nodes[1].Address != "" {
			if !st.Nodes[0].Here || !st.Nodes[0].First || st.Nodes[1].Silent || st.Nodes[1].Version != st.Versions.Jarchi || len(st.Needs) > 1 {
				t.Errorf("%+v, %+v", st.Nodes, st.Needs)
			}
			break
		}
		if time.Now().After(until) {
			t.Fatalf("the other is not told: %+v", st.Nodes)
		}
	}
	db, err := pgconn.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(context.Background())
	// One that was killed ten minutes ago, and one whose clock is five seconds ahead.
	for _, q := range []string{
		"insert into node_state values ('killed', 'killed', 'far.example', '192.0.2.1:8080', '0.9', 0, cast(extract(epoch from now()) * 1000000 as bigint) - 600000000, 0)",
		"update node_state set ahead = 5000000 where id <> '' and address <> '' and folder <> 'killed'",
	} {
		if err := db.Exec(t.Context(), q).Close(); err != nil {
			t.Fatal(err)
		}
	}
	st := state()
	var codes []string
	for _, n := range st.Needs {
		codes = append(codes, n.Code)
	}
	if got := strings.Join(codes, " "); !strings.Contains(got, house.NeedNodes) || !strings.Contains(got, house.NeedNodeClocks) || !st.Nodes[0].Here || len(st.Nodes) != 3 {
		t.Errorf("%s: %+v", got, st.Nodes)
	}
	for _, lang := range []string{"en", "ru", "kk", "uz", "tr", "az", "fa", "ur"} {
		code, body := s.get(admin, "/people/house?ui="+lang)
		if code != 200 || !strings.Contains(body, "far.example 192.0.2.1:8080") || !strings.Contains(body, `id="nodes"`) || strings.Count(body, `href="#nodes"`) != 2 {
			t.Errorf("%s: %d", lang, code)
		}
		if m := regexp.MustCompile(`house\.(need|act|node)\.?\w+`).FindString(body); m != "" {
			t.Errorf("%s: %s has no words", lang, m)
		}
	}
	_, body := s.get(http.DefaultClient, "/metrics")
	for _, figure := range []string{`jarchi_nodes{state="heard"} 2`, `jarchi_nodes{state="silent"} 1`, "jarchi_node_first 1", "jarchi_nodes_clock_seconds ", `jarchi_need{code="nodes",urgent="false"} 1`} {
		if !strings.Contains(body, figure) {
			t.Errorf("no figure %s", figure)
		}
	}
	b, err := json.Marshal(st.For("alfa"))
	if err != nil || strings.Contains(string(b), "far.example") {
		t.Error("the administrator of one of several members is told of machines", err)
	}
	if *shots != "" {
		b := chromium.Open(t)
		b.Cookie(s.URL, s.session(u))
		for _, look := range []struct {
			ui, theme string
			width     int64
		}{{"en", "light", 360}, {"en", "light", 1280}, {"fa", "light", 360}, {"fa", "light", 1280}, {"en", "dark", 1280}, {"fa", "dark", 360}} {
			b.Media("", "prefers-color-scheme", look.theme)
			b.Open(look.width, 1500+1400*(1280-look.width)/920, s.URL+"/people/house?ui="+look.ui)
			b.Picture(filepath.Join(*shots, fmt.Sprintf("nodes-%s-%d-%s.png", look.ui, look.width, look.theme)))
		}
	}
}
