package scenes

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/app"
	"jarchi.dev/jarchi/internal/house"
	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/store"
)

// givenUp makes a job that was given up.
func (s *stage) givenUp(kind, args, why string) {
	s.t.Helper()
	ctx := context.Background()
	if err := s.Store.Write(ctx, func(t *store.Tx) error {
		return t.Enqueue(jobs.Job{Kind: jobs.Kind(kind), Args: args, RunAt: s.Now().Add(time.Hour)})
	}); err != nil {
		s.t.Fatal(err)
	}
	q := s.Store.Jobs()
	js, err := q.Claim(ctx, s.Now().Add(2*time.Hour), 100)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, j := range js {
		if string(j.Kind) == kind {
			err = q.Fail(ctx, j, why, s.Now(), true)
		} else {
			err = q.Fail(ctx, j, "", s.Now().Add(24*time.Hour), false)
		}
		if err != nil {
			s.t.Fatal(err)
		}
	}
}

// TestTheStateOfTheNode: an administrator reads in her language what needs somebody, tries given-up work again, drops it after a question, and sets
// for how long things are kept, having seen what would go; all of it is noted. For others there is nothing there.
func TestTheStateOfTheNode(t *testing.T) {
	t.Parallel()
	s := open(t)
	admin := s.as("alfa", people.Administrator)
	for _, c := range []*http.Client{http.DefaultClient, s.as("alfa", people.Editor)} {
		for _, path := range []string{"/people/house", "/people/house/jobs/1/drop"} {
			if code, _ := s.get(c, path); code != 404 {
				t.Errorf("%s: %d", path, code)
			}
		}
	}
	s.givenUp("scene.tired", "abc", "The <b>machine</b> is tired.")
	for lang, title := range map[string]string{"en": "State of the node", "ru": "Состояние узла", "kk": "Түйіннің күйі", "uz": "Tugun holati", "tr": "Düğümün durumu", "az": "Qovşağın vəziyyəti", "fa": "وضع گره", "ur": "نوڈ کی حالت"} {
		code, body := s.get(admin, "/people/house?ui="+lang)
		if code != 200 || !strings.Contains(body, title) || !strings.Contains(body, "scene.tired") || !strings.Contains(body, "&lt;b&gt;machine") || strings.Contains(body, "<b>machine") {
			t.Errorf("%s: %d", lang, code)
		}
		if m := regexp.MustCompile(`house\.(need|act|keep)\.\w+`).FindString(body); m != "" {
			t.Errorf("%s: %s has no words", lang, m)
		}
	}
	_, body := s.get(admin, "/people/house?ui=en")
	needs := body[strings.Index(body, `id="needs"`):strings.Index(body, `id="versions"`)]
	if !strings.Contains(needs, "Work that was given up: 1") || !strings.Contains(needs, `href="#dead"`) {
		t.Errorf("%s", needs)
	}
	id := regexp.MustCompile(`/people/house/jobs/(\d+)/retry`).FindStringSubmatch(body)[1]
	if code, body := s.post(admin, "/people/house/jobs/"+id+"/retry", url.Values{}); code != 200 || !strings.Contains(body, "tried again within moments") || strings.Contains(body, "/people/house/jobs/"+id) {
		t.Errorf("retry: %d", code)
	}
	if code, _ := s.post(admin, "/people/house/jobs/"+id+"/retry", url.Values{}); code != 200 {
		t.Errorf("retry of what lives: %d", code)
	}
	s.givenUp("scene.done", "def", "For good.")
	_, body = s.get(admin, "/people/house")
	id = regexp.MustCompile(`/people/house/jobs/(\d+)/drop`).FindStringSubmatch(body)[1]
	if code, body := s.get(admin, "/people/house/jobs/"+id+"/drop"); code != 200 || !strings.Contains(body, "For good.") || !strings.Contains(body, "stays unpublished") {
		t.Errorf("the question: %d", code)
	}
	if code, body := s.post(admin, "/people/house/jobs/"+id+"/drop", url.Values{}); code != 200 || !strings.Contains(body, "The work is dropped.") || strings.Contains(body, "scene.done") {
		t.Errorf("drop: %d", code)
	}

	// For how long things are kept.
	if code, body := s.post(admin, "/people/house/keeping", url.Values{"raw": {"x"}, "audit": {"5"}, "do": {"save"}}); code != 422 || strings.Count(body, `aria-invalid="true"`) != 2 || !strings.Contains(body, `value="x"`) {
		t.Errorf("bad days: %d", code)
	}
	if code, body := s.post(admin, "/people/house/keeping?ui=fa", url.Values{"raw": {"۳۰"}, "audit": {""}, "do": {"try"}}); code != 200 || !strings.Contains(body, "اکنون می‌رفت: ۰") {
		t.Errorf("what would go: %d", code)
	}
	if k, err := s.House.Keeping(t.Context()); err != nil || k != (house.Keeping{}) {
		t.Errorf("a look has set %+v, %v", k, err)
	}
	if code, body := s.post(admin, "/people/house/keeping?ui=en", url.Values{"raw": {"30"}, "audit": {"365"}, "do": {"save"}}); code != 200 || !strings.Contains(body, "Saved.") || !strings.Contains(body, `value="365"`) {
		t.Errorf("save: %d", code)
	}
	_, body = s.get(admin, "/people/audit?ui=en")
	for _, words := range []string{"Had given-up work tried again", "Dropped given-up work", "Set for how long things are kept"} {
		if !strings.Contains(body, words) {
			t.Errorf("the audit list has no %q", words)
		}
	}

	// With another member on the node, its administrators see figures; one by one, and to change, only an owner.
	s.givenUp("scene.other", "ghi", "Hidden reason.")
	other := s.as("beta", people.Administrator)
	code, body := s.get(other, "/people/house?ui=en")
	if code != 200 || strings.Contains(body, "Hidden reason") || !strings.Contains(body, "Work that was given up: 1") || strings.Contains(body, `id="keeping"`) || strings.Contains(body, "alfa-closed") {
		t.Errorf("another member's administrator: %d", code)
	}
	if code, _ := s.post(other, "/people/house/keeping", url.Values{"raw": {"1"}}); code != 404 {
		t.Errorf("another member's administrator sets: %d", code)
	}
}

// TestAFullDiskIsSaid: with too little room forms that bring something new are refused in the reader's language; reading and withdrawing go on.
func TestAFullDiskIsSaid(t *testing.T) {
	t.Parallel()
	s := openAs(t, func(c *app.Config) { c.KeepFree = 1 << 60 })
	if _, err := s.House.State(t.Context()); err != nil {
		t.Fatal(err)
	}
	editor := s.as("alfa", people.Editor)
	if code, body := s.post(editor, "/desk/new?ui=ru", url.Values{}); code != 503 || !strings.Contains(body, "Диск узла почти заполнен") {
		t.Errorf("a new text: %d %.300s", code, body)
	}
	if code, _ := s.get(editor, "/"); code != 200 {
		t.Errorf("reading: %d", code)
	}
	if code, body := s.post(editor, "/settings", url.Values{}); code == 503 {
		t.Errorf("settings: %d %s", code, body)
	}
}

type lockedLog struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// TestLogsKeepSecrets: a whole day is played, with mistakes, searches and a crash of a document; nothing that anybody wrote, searched for, or
// proves herself with is in the log, which is JSON line by line.
func TestLogsKeepSecrets(t *testing.T) {
	t.Parallel()
	var l lockedLog
	s := openAs(t, func(c *app.Config) {
		c.LogRequests = true
		c.Log = slog.New(slog.NewJSONHandler(&l, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	const word = "plantedzebraword"
	u := s.person("alfa", "", people.Editor, people.Administrator)
	c := s.browser(u)
	session := s.session(u).Value
	token, err := s.Store.CreateToken(t.Context(), "alfa", access.Scopes, word)
	if err != nil {
		t.Fatal(err)
	}
	s.get(c, "/?q="+word)
	s.get(c, "/"+word+"/"+word)
	s.get(c, "/?cursor="+word)
	s.post(http.DefaultClient, "/in", url.Values{"login": {word}, "password": {word}})
	s.post(http.DefaultClient, "/in/accept", url.Values{"code": {word}, "password": {word}})
	s.post(c, "/desk/new", url.Values{"headline": {word}, "body": {word}, "language": {"en"}})
	s.post(c, "/account/password", url.Values{"old": {word}, "password": {word}})
	s.post(c, "/people/tokens", url.Values{"label": {word}, "scope": {"read"}})
	s.post(c, "/people/sources", url.Values{"url": {"https://" + word + ".example/feed"}, "name": {word}, "every": {"10"}})
	call := func(method, path, body string) {
		t.Helper()
		r, err := http.NewRequest(method, s.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("User-Agent", word)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, res.Body)
		res.Body.Close()
	}
	call("GET", "/api/v1/items?q="+word, "")
	call("GET", "/api/v1/items/"+word, "")
	call("POST", "/api/v1/releases", `{"items":[{"uri":"`+word+`","body_text":"`+word+`"}]}`)
	call("POST", "/api/v1/"+word, "{")
	call("PUT", "/"+word, word)
	s.givenUp("scene.tired", "abc", "It failed.")
	time.Sleep(50 * time.Millisecond)
	l.mu.Lock()
	defer l.mu.Unlock()
	log := l.b.String()
	for _, secret := range []string{word, strings.ToUpper(word), session, token, strings.TrimPrefix(token, "jt_")} {
		if strings.Contains(log, secret) {
			i := strings.Index(log, secret)
			t.Errorf("the log has %q: %s", secret, log[max(0, i-300):min(len(log), i+100)])
		}
	}
	lines := 0
	for line := range strings.SplitSeq(strings.TrimSpace(log), "\n") {
		lines++
		if !json.Valid([]byte(line)) {
			t.Errorf("no JSON: %s", line)
		}
	}
	if lines < 14 {
		t.Errorf("only %d lines: %s", lines, log)
	}
}
