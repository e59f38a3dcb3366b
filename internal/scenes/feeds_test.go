package scenes

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/desk"
	"jarchi.dev/jarchi/internal/format/feed"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/testkit/chromium"
	"jarchi.dev/jarchi/internal/wire"
)

// feed reads a feed of the node; entries is -1 where there is none.
func (s *stage) feed(token, path string) (f feed.Feed, entries int) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.URL+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, body := s.read(http.DefaultClient.Do(req))
	if res.StatusCode == http.StatusNotFound {
		return f, -1
	}
	if f, err = feed.Read(body, s.URL); err != nil || res.StatusCode != http.StatusOK {
		s.t.Fatalf("%s: %d, %v\n%s", path, res.StatusCode, err, body)
	}
	return f, len(f.Entries)
}

// TestFeedOfADesk: a desk's releases are a feed for its own member's programs, and for nobody else.
func TestFeedOfADesk(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := t.Context()
	u := s.person("alfa", "", people.Reporter, people.Editor)
	s.person("beta", "", people.Editor)
	p, err := s.People.Person(ctx, s.session(u).Value)
	if err != nil {
		t.Fatal(err)
	}
	d, err := s.Desk.Begin(ctx, p, s.desk("alfa").ID, []lang.Tag{lang.KK})
	if err != nil {
		t.Fatal(err)
	}
	part := desk.Part{Language: lang.KK}
	if old := d.Part(lang.KK); old != nil {
		part = *old
	}
	part.Headline, part.Body = "Көпір ашылды", "Мәтін."
	if d, _, err = s.Desk.SavePart(ctx, p, d.ID, part); err != nil {
		t.Fatal(err)
	}
	s.released("alfa", 4, wire.NewItem{Language: lang.KK, Content: wire.Content{Headline: "Жүйеден", Body: []string{"Мәтін."}}}) // by the member's own system
	path := "/feeds/desk/" + string(s.desk("alfa").ID)
	token := func(m wire.MemberID, scopes ...access.Scope) string {
		secret, err := s.Store.CreateToken(ctx, m, scopes, "test")
		if err != nil {
			t.Fatal(err)
		}
		return secret
	}
	own := token("alfa", access.Read, access.ReadClosed)
	if _, n := s.feed(own, path+".atom"); n != 0 {
		t.Errorf("a draft stands in a feed: %d", n)
	}
	r, err := s.Desk.Send(ctx, p, d.ID, d.Revision)
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []string{"atom", "rss", "json"} {
		if f, n := s.feed(own, path+"."+form); n != 1 || f.Entries[0].ID != string(r.Items[0].URI) || !strings.Contains(f.Title, "Desk") {
			t.Errorf("%s: %+v", form, f)
		}
	}
	if _, n := s.feed(own, path+".atom?lang=ru"); n != 0 {
		t.Errorf("%d in Russian", n)
	}
	for who, k := range map[string]string{"anyone": "", "another member": token("beta", access.Scopes...), "a token that reads what is public": token("alfa", access.Read)} {
		if _, n := s.feed(k, path+".atom"); n != -1 {
			t.Errorf("%s reads it: %d", who, n)
		}
	}
	if _, n := s.feed(own, "/feeds/desk/none.atom"); n != -1 {
		t.Error("a desk that is not there has a feed")
	}
}

// TestFrameOnAnotherSite plays what a reader of another site sees: the words in the frame whose code the release's page gives; after a withdrawal, that it was withdrawn. No other page of the node lets itself be framed.
func TestFrameOnAnotherSite(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.desk("alfa")
	r := s.released("alfa", 4, wire.NewItem{Language: lang.FA, Content: wire.Content{Headline: "پل باز شد", Body: []string{"متن."}}})
	item := "/items/" + string(r.Items[0].ID)
	_, page := s.get(http.DefaultClient, item+"?ui=en")
	m := regexp.MustCompile(`<textarea class="embed-code"[^>]*>([^<]*)</textarea>`).FindStringSubmatch(page)
	if m == nil {
		t.Fatal("the page gives no code for a frame")
	}
	code := strings.NewReplacer("&lt;", "<", "&gt;", ">", "&#34;", `"`, "&#39;", "'", "&amp;", "&").Replace(m[1])
	if strings.Contains(code, "پل") {
		t.Errorf("words of the text would stay in the other site's page: %s", code)
	}
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		frame := code
		if q.URL.Path == "/page" {
			frame = strings.Replace(code, "/embed/"+string(r.Items[0].ID), item, 1)
		}
		w.Write([]byte("<!doctype html><title>Elsewhere</title><p>A page of another site.</p>" + frame))
	}))
	t.Cleanup(other.Close)
	at := strings.Replace(other.URL, "127.0.0.1", "localhost", 1) // another site for the browser, too
	b := chromium.Open(t)
	b.Open(800, 700, at)
	b.Settle()
	shown := func() string {
		return chromium.Eval[string](b, "document.querySelector('iframe').contentDocument === null ? 'another site' : 'ours'")
	}
	for end := time.Now().Add(20 * time.Second); shown() != "another site" && time.Now().Before(end); time.Sleep(50 * time.Millisecond) { // until the frame has come the browser has an empty one of its own there
	}
	if got := shown(); got != "another site" {
		t.Errorf("the frame is %s", got)
	}
	complaints := len(b.Complaints())
	if complaints > 0 {
		t.Errorf("%q", b.Complaints())
	}
	b.Open(800, 700, at+"/page")
	b.Settle()
	refused := func() bool {
		said := strings.Join(b.Complaints(), "\n")
		return strings.Contains(said, "frame-ancestors") || strings.Contains(said, "X-Frame-Options") || strings.Contains(said, "Refused to")
	}
	for end := time.Now().Add(20 * time.Second); !refused() && time.Now().Before(end); time.Sleep(50 * time.Millisecond) { // the browser says so when the frame's answer has come
	}
	if !refused() {
		t.Errorf("a page of the node was framed: %q", b.Complaints())
	}
	if _, err := s.Publish.Withdraw(t.Context(), testkit.Viewer("alfa"), r.ID, "The date was wrong", nil); err != nil {
		t.Fatal(err)
	}
	status, frame := s.get(http.DefaultClient, "/embed/"+string(r.Items[0].ID))
	if status != http.StatusOK || strings.Contains(frame, "پل") || !strings.Contains(frame, "The date was wrong") || !strings.Contains(frame, "پس گرفته شد") {
		t.Errorf("%d\n%s", status, frame)
	}
}
