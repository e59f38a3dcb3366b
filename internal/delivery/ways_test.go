package delivery

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/format/ninjs"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/outbound"
	"jarchi.dev/jarchi/internal/subscription"
	"jarchi.dev/jarchi/internal/wire"
)

// until waits for something to be so.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it did not come to it: ", what)
		}
	}
}

// TestFolder: a text is a file, whole or not there; what becomes of it takes its place; no other folder than the operator's is written to.
func TestFolder(t *testing.T) {
	t.Parallel()
	s := open(t)
	dir := t.TempDir()
	desk := t.TempDir() // where Superdesk looks
	s.Folders = map[wire.MemberID][]string{"alfa": {dir, desk}}
	for _, target := range []string{t.TempDir(), dir + "/..", "/etc"} {
		if _, _, err := s.Add(t.Context(), keeper, subscription.Subscription{Channel: subscription.Folder, Target: target}, ""); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", target, err)
		}
	}
	x, secret, err := s.Add(t.Context(), keeper, subscription.Subscription{Channel: subscription.Folder, Target: dir}, "")
	if err != nil || x.State != subscription.Active || secret != "" {
		t.Fatal(x, err)
	}
	_, _, err = s.Add(t.Context(), keeper, subscription.Subscription{Channel: subscription.Folder, Target: dir, Format: subscription.Words, Language: lang.RU}, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Add(t.Context(), keeper, subscription.Subscription{Channel: subscription.Folder, Target: desk, Format: subscription.Superdesk}, ""); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Add(t.Context(), keeper, subscription.Subscription{Channel: subscription.Folder, Target: desk}, ""); fault.KindOf(err) != fault.Invalid {
		t.Error("two things under one name:", err)
	}
	s.run()
	r := s.release(road())
	wait := func(words string) {
		t.Helper()
		until(t, words+", for Superdesk", func() bool {
			b, _ := os.ReadFile(filepath.Join(desk, string(r.Items[0].ID)+".json"))
			return strings.Contains(string(b), `"guid":"`+string(r.Items[0].URI)+`"`) && strings.Contains(string(b), words)
		})
	}
	wait(`"pubstatus":"usable"`)
	read := func(ext string) string {
		b, _ := os.ReadFile(filepath.Join(dir, string(r.Items[0].ID)+ext))
		return string(b)
	}
	until(t, "the files", func() bool { return read(".json") != "" && read(".txt") != "" })
	if it, err := ninjs.Parse([]byte(read(".json"))); err != nil || it.URI != string(r.Items[0].URI) || !strings.Contains(read(".txt"), "официально") {
		t.Errorf("%s\n%s, %v", read(".json"), read(".txt"), err)
	}
	s.correct(r, lang.EN, "District opens two roads")
	until(t, "the correction", func() bool {
		return strings.Contains(read(".json"), "two roads") && strings.Contains(read(".txt"), "two roads")
	})
	if tr, _, err := s.Test(t.Context(), keeper, x.ID); err != nil || tr.Code != "" {
		t.Error(tr, err)
	}
	wait("two roads")
	s.withdraw(r)
	wait(`"pubstatus":"canceled"`)
	until(t, "the withdrawal", func() bool {
		return strings.Contains(read(".json"), `"canceled"`) && strings.HasPrefix(read(".txt"), "Отозвано") && !strings.Contains(read(".json")+read(".txt"), "road")
	})
	if all, err := os.ReadDir(dir); err != nil || len(all) != 2 {
		t.Errorf("%v, %v", all, err)
	}
	// A folder that is gone is tried again when it is there.
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	r = s.release(road())
	s.state(x.ID, func(x subscription.Subscription) bool {
		return x.Failures > 0 && x.Trouble.Code == subscription.Unwritable
	})
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	until(t, "the file after the folder came back", func() bool { return read(".json") != "" })
}

// botServer speaks the part of Telegram's Bot API that is used: sendMessage, editMessageText, getChat, too many requests, refusals.
type botServer struct {
	mu       sync.Mutex
	messages map[int64]string
	next     int64
	asked    []string
	trouble  []func(w http.ResponseWriter) // of the next calls
}

func (b *botServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	method, ok := strings.CutPrefix(r.URL.Path, "/bot42:secret/")
	if !ok {
		w.WriteHeader(404)
		fmt.Fprint(w, `{"ok":false,"error_code":404,"description":"Not Found"}`)
		return
	}
	var q struct {
		ChatID    string `json:"chat_id"`
		MessageID int64  `json:"message_id"`
		Text      string `json:"text"`
	}
	if err := json.NewDecoder(r.Body).Decode(&q); err != nil || q.ChatID != "@alfa_news" {
		w.WriteHeader(400)
		fmt.Fprint(w, `{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}`)
		return
	}
	b.asked = append(b.asked, method)
	if len(b.trouble) > 0 {
		f := b.trouble[0]
		b.trouble = b.trouble[1:]
		f(w)
		return
	}
	switch {
	case method == "getChat":
		fmt.Fprint(w, `{"ok":true,"result":{"id":-100,"type":"channel"}}`)
		return
	case method == "editMessageText" && b.messages[q.MessageID] == q.Text:
		w.WriteHeader(400)
		fmt.Fprint(w, `{"ok":false,"error_code":400,"description":"Bad Request: message is not modified"}`)
		return
	case method == "editMessageText" && b.messages[q.MessageID] == "":
		w.WriteHeader(400)
		fmt.Fprint(w, `{"ok":false,"error_code":400,"description":"Bad Request: message to edit not found"}`)
		return
	case method == "sendMessage":
		b.next++
		q.MessageID = b.next
	}
	b.messages[q.MessageID] = q.Text
	fmt.Fprintf(w, `{"ok":true,"result":{"message_id":%d}}`, q.MessageID)
}

func (b *botServer) text(n int64) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.messages[n]
}

// TestTelegram: a release is a message; it is edited when it is corrected, and says so when it is withdrawn; the server's pace is kept; only what is public is told, and only
// where the operator lets the bot speak.
func TestTelegram(t *testing.T) {
	t.Parallel()
	s := open(t)
	srv := &botServer{messages: map[int64]string{}}
	bot, err := outbound.NewBot(server(t, srv.ServeHTTP), "42:secret")
	if err != nil {
		t.Fatal(err)
	}
	s.Bot, s.Chats = bot, map[wire.MemberID][]string{"alfa": {"@alfa_news", "@gone"}, "beta": {"@beta_news"}}
	if _, _, err := s.Add(t.Context(), keeper, subscription.Subscription{Channel: subscription.Telegram, Target: "@beta_news"}, ""); fault.KindOf(err) != fault.Invalid {
		t.Errorf("the bot speaks in another's channel: %v", err)
	}
	x, _, err := s.Add(t.Context(), keeper, subscription.Subscription{Channel: subscription.Telegram, Target: "@alfa_news", Language: lang.EN}, "")
	if err != nil || !x.Public {
		t.Fatal(x, err)
	}
	if tr, _, err := s.Test(t.Context(), keeper, x.ID); err != nil || tr.Code != "" || srv.text(1) != "" {
		t.Error(tr, err)
	}
	srv.mu.Lock()
	srv.trouble = []func(http.ResponseWriter){func(w http.ResponseWriter) {
		w.WriteHeader(429)
		fmt.Fprint(w, `{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 1","parameters":{"retry_after":1}}`)
	}, func(w http.ResponseWriter) { w.WriteHeader(502); fmt.Fprint(w, "<html>") }}
	srv.mu.Unlock()
	began := time.Now()
	s.run()
	s.release(water(), members)
	r := s.release(map[lang.Tag][2]string{lang.KK: water()[lang.KK], lang.EN: {"District opens <b>a road</b>", strings.Repeat("The road was opened on Monday. ", 400)}})
	until(t, "the message", func() bool { return srv.text(1) != "" })
	if text := srv.text(1); !strings.HasPrefix(text, "District opens <b>a road</b>") || units(text) > maxMessage || !strings.Contains(text, "Member alfa") || time.Since(began) < time.Second {
		t.Errorf("%d units after %v:\n%s", units(text), time.Since(began), text)
	}
	s.correct(r, lang.EN, "District opens two roads")
	until(t, "the correction", func() bool { return strings.HasPrefix(srv.text(1), "District opens two roads") })
	s.withdraw(r)
	until(t, "the withdrawal", func() bool { return strings.HasPrefix(srv.text(1), "Withdrawn: do not use") })
	if text := srv.text(1); strings.Contains(text, " road") || !strings.Contains(text, "Reason: it never happened") || srv.text(2) != "" {
		t.Errorf("%s\n%s", text, srv.text(2))
	}
	lines, _, err := s.Lines(t.Context(), keeper, x.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		for _, y := range l.Tried {
			if strings.Contains(y.Trouble.Says, "secret") {
				t.Error("the log tells the token")
			}
		}
	}
	gone, _, err := s.Add(t.Context(), keeper, subscription.Subscription{Channel: subscription.Telegram, Target: "@gone"}, "")
	if err != nil {
		t.Fatal(err)
	}
	if tr, status, err := s.Test(t.Context(), keeper, gone.ID); err != nil || tr.Code != subscription.Refused || status != 400 || !strings.Contains(tr.Says, "chat not found") {
		t.Error(tr, status, err)
	}
}

// TestTelegramIsAwaited: a message that is on its way when the node stops is waited for, and not sent again after the start.
func TestTelegramIsAwaited(t *testing.T) {
	t.Parallel()
	s := open(t)
	begun := make(chan struct{})
	srv := &botServer{messages: map[int64]string{}}
	srv.trouble = []func(http.ResponseWriter){func(w http.ResponseWriter) {
		close(begun)
		time.Sleep(100 * time.Millisecond)
		fmt.Fprint(w, `{"ok":true,"result":{"message_id":1}}`)
	}}
	bot, err := outbound.NewBot(server(t, srv.ServeHTTP), "42:secret")
	if err != nil {
		t.Fatal(err)
	}
	s.Bot, s.Chats = bot, map[wire.MemberID][]string{"alfa": {"@alfa_news"}}
	x, _, err := s.Add(t.Context(), keeper, subscription.Subscription{Channel: subscription.Telegram, Target: "@alfa_news", Language: lang.EN}, "")
	if err != nil {
		t.Fatal(err)
	}
	stop := s.run()
	s.release(road())
	<-begun
	stop()
	if lines, _, err := s.Lines(t.Context(), keeper, x.ID, 0); err != nil || len(lines) != 1 || lines[0].Outcome != subscription.Done || lines[0].Tries != 1 {
		t.Errorf("%+v %v", lines, err)
	}
	srv.mu.Lock()
	defer srv.mu.Unlock()
	if len(srv.asked) != 1 {
		t.Error(srv.asked)
	}
}
