package scenes

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/app"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

// stage is a whole node behind an address.
type stage struct {
	*app.Node
	URL  string
	t    *testing.T
	drop func() // cuts every connection that is open

	cut    atomic.Bool  // the node cannot be reached
	cast   sync.Mutex   // held while a member and its desk are made
	people atomic.Int64 // made so far
}

// open opens a node in a new folder and serves it; its clock is the machine's unless another is given.
func open(t *testing.T, now ...func() time.Time) *stage {
	t.Helper()
	return openAs(t, func(c *app.Config) {
		if len(now) > 0 {
			c.Now = now[0]
		}
	})
}

// openAs opens a node that is set up in a way of its own.
func openAs(t *testing.T, set func(*app.Config)) *stage {
	t.Helper()
	s := &stage{t: t}
	var handler atomic.Value
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.cut.Load() {
			panic(http.ErrAbortHandler)
		}
		handler.Load().(http.Handler).ServeHTTP(w, r)
	}))
	c := app.Config{Dir: testkit.Folder(t), PublicURL: srv.URL, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	set(&c)
	n, err := app.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	handler.Store(n.Handler())
	n.Start()
	t.Cleanup(func() {
		srv.CloseClientConnections()
		srv.Close()
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	s.Node, s.URL, s.drop = n, srv.URL, srv.CloseClientConnections
	return s
}

// read reads an answer whole.
func (s *stage) read(res *http.Response, err error) (*http.Response, string) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return res, string(b)
}

// get reads a page as a client does.
func (s *stage) get(c *http.Client, path string) (status int, body string) {
	s.t.Helper()
	res, body := s.read(c.Get(s.URL + path))
	return res.StatusCode, body
}

// post sends a form as a client does, and reads the page to which it leads.
func (s *stage) post(c *http.Client, path string, form url.Values) (status int, body string) {
	s.t.Helper()
	res, body := s.read(c.PostForm(s.URL+path, form))
	return res.StatusCode, body
}

// desk is the desk 'desk' of a member; member and desk are made if they are missing.
func (s *stage) desk(member wire.MemberID) people.Desk {
	s.t.Helper()
	s.cast.Lock()
	defer s.cast.Unlock()
	ctx := s.t.Context()
	members, err := s.Store.Members(ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	if _, ok := members[member]; !ok {
		if err := s.Store.AddMember(ctx, testkit.Member(member, wire.PressService)); err != nil {
			s.t.Fatal(err)
		}
	}
	desks, err := s.People.Desks(ctx, member)
	if err != nil {
		s.t.Fatal(err)
	}
	if len(desks) > 0 {
		return desks[0]
	}
	d, err := s.People.MakeDesk(ctx, people.Desk{Member: member, Names: map[lang.Tag]string{lang.EN: "Desk", lang.RU: "Редакция", lang.UR: "ڈیسک"}})
	if err != nil {
		s.t.Fatal(err)
	}
	return d
}

// person makes somebody of a member with these roles at a desk, the member's own if it is empty.
func (s *stage) person(member wire.MemberID, desk people.DeskID, roles ...people.Role) people.User {
	s.t.Helper()
	if own := s.desk(member); desk == "" {
		desk = own.ID
	}
	n := s.people.Add(1)
	u := people.User{Member: member, Login: fmt.Sprintf("%s-%d", member, n), Name: fmt.Sprintf("Person %d of %s", n, member)}
	for _, r := range roles {
		u.Grants = append(u.Grants, people.Grant{Desk: desk, Role: r})
	}
	u, err := s.People.MakeUser(s.t.Context(), u)
	if err != nil {
		s.t.Fatal(err)
	}
	return u
}

// session is the cookie of a browser in which somebody is signed in.
func (s *stage) session(u people.User) *http.Cookie {
	s.t.Helper()
	secret, err := s.People.OpenSession(s.t.Context(), u.ID, "test")
	if err != nil {
		s.t.Fatal(err)
	}
	at, err := url.Parse(s.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	return &http.Cookie{Name: "jarchi-" + at.Port(), Value: secret, Path: "/"}
}

// browser is a client with cookies, in which somebody is signed in.
func (s *stage) browser(u people.User) *http.Client {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	at, err := url.Parse(s.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	jar.SetCookies(at, []*http.Cookie{s.session(u)})
	return &http.Client{Jar: jar}
}

// as is a client of somebody new at the desk of a member, with these roles.
func (s *stage) as(member wire.MemberID, roles ...people.Role) *http.Client {
	s.t.Helper()
	return s.browser(s.person(member, "", roles...))
}

func TestAWholeNodeAnswers(t *testing.T) {
	t.Parallel()
	s := open(t)
	if code, body := s.get(s.as("alfa", people.Editor), "/?ui=en"); code != 200 || !strings.Contains(body, `href="/desk"`) {
		t.Errorf("signed in: %d %.200s", code, body)
	}
	if code, body := s.get(http.DefaultClient, "/"); code != 200 || !strings.Contains(body, "<main") {
		t.Errorf("%d %.200s", code, body)
	}
}
