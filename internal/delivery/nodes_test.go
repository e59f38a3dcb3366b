package delivery

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/outbound"
	"jarchi.dev/jarchi/internal/subscription"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

// TestDeliveriesOfTwoNodes: two nodes on one database publish, and hand over to webhooks, a mailbox, a server's folder, a folder and a channel. Everybody gets everything
// once, and of each text what becomes of it in its order.
func TestDeliveriesOfTwoNodes(t *testing.T) {
	t.Parallel()
	dir := testkit.OnPostgres(t)
	a := openAt(t, dir)
	b := openAt(t, testkit.Beside(t, dir))
	host := &mailHost{t: t}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := smtp.NewServer(host)
	go srv.Serve(l)
	t.Cleanup(func() { srv.Close() })
	mailer, err := outbound.NewMailer("smtp://"+l.Addr().String(), "", "Wire <wire@press.example>")
	if err != nil {
		t.Fatal(err)
	}
	channel := &botServer{messages: map[int64]string{}}
	bot, err := outbound.NewBot(server(t, channel.ServeHTTP), "42:secret")
	if err != nil {
		t.Fatal(err)
	}
	drop, folder := &place{files: map[string]string{}}, t.TempDir()
	for _, s := range []*stage{a, b} {
		s.Mail, s.Base, s.Bot = mailer, "https://wire.press.example/", bot
		s.Chats, s.Drops, s.Folders = map[wire.MemberID][]string{"alfa": {"@alfa_news"}}, map[wire.MemberID][]Drop{"alfa": {drop}}, map[wire.MemberID][]string{"alfa": {folder}}
	}
	var hooks []*receiver
	var all []subscription.ID
	for i := range 6 {
		r := newReceiver(t)
		x, _ := []*stage{a, b}[i%2].add(r, subscription.Subscription{})
		hooks, all = append(hooks, r), append(all, x.ID)
	}
	all = append(all, a.confirmed(host, byMail("desk@reader.example", lang.EN)).ID)
	for _, x := range []subscription.Subscription{{Channel: subscription.SFTP, Target: drop.Name()}, {Channel: subscription.Folder, Target: folder}, {Channel: subscription.Telegram, Target: "@alfa_news", Language: lang.EN}} {
		made, _, err := b.Add(t.Context(), keeper, x, "")
		if err != nil || made.State != subscription.Active {
			t.Fatal(made, err)
		}
		all = append(all, made.ID)
	}
	letters := len(host.got())
	a.run()
	b.run()
	const releases = 12
	var made []*wire.Release
	for i := range releases {
		made = append(made, []*stage{a, b}[i%2].release(map[lang.Tag][2]string{lang.EN: {fmt.Sprintf("Road %d was opened", i), "The road was opened on Monday."}}))
	}
	idle := func(s *stage) {
		t.Helper()
		for _, id := range all {
			s.state(id, func(x subscription.Subscription) bool { return x.Waiting == 0 })
		}
	}
	for _, r := range hooks {
		r.until(releases)
	}
	until(t, "letters and messages", func() bool {
		return len(host.got()) >= letters+releases && channel.text(releases) != ""
	})
	idle(a)
	// What becomes of them is told by the other node than the one that published.
	b.correct(made[0], lang.EN, "Two roads were opened")
	a.withdraw(made[1])
	for _, r := range hooks {
		r.until(releases + 2)
	}
	until(t, "letters about what became of them", func() bool { return len(host.got()) >= letters+releases+2 })
	idle(b)
	time.Sleep(100 * time.Millisecond)
	for i, r := range hooks {
		ids, told := map[string]int{}, map[string][]string{}
		for _, c := range r.got() {
			ids[c.ID]++
			told[c.item(t).URI] = append(told[c.item(t).URI], c.Event)
		}
		if len(ids) != releases+2 || len(r.got()) != releases+2 || len(told) != releases {
			t.Errorf("receiver %d: %d calls, %d of their kind, about %d texts", i, len(r.got()), len(ids), len(told))
		}
		for k, becomes := range []string{"correct", "withdraw"} {
			if got := told[string(made[k].Items[0].URI)]; len(got) != 2 || !strings.Contains(got[1], becomes) {
				t.Errorf("receiver %d: %v", i, got)
			}
		}
	}
	if n := len(host.got()) - letters; n != releases+2 {
		t.Errorf("%d letters", n)
	}
	channel.mu.Lock()
	sent := 0
	for _, method := range channel.asked {
		if method == "sendMessage" {
			sent++
		}
	}
	if sent != releases || !strings.HasPrefix(channel.messages[1], "Two roads") && !strings.HasPrefix(channel.messages[2], "Two roads") {
		t.Errorf("%d messages: %v", sent, channel.messages)
	}
	channel.mu.Unlock()
	if files, err := os.ReadDir(folder); err != nil || len(files) != releases || len(drop.files) != releases {
		t.Errorf("%d files, %d at the server, %v", len(files), len(drop.files), err)
	}
}

// TestKilledNodeHandsOverItsDeliveries: a node is killed while a receiver has not answered. Another sends that again, as the same message, and goes on.
func TestKilledNodeHandsOverItsDeliveries(t *testing.T) {
	const told = "JARCHI_TEST_DELIVERING"
	if dir := os.Getenv(told); dir != "" {
		openAt(t, dir).Run(context.Background())
		return
	}
	t.Parallel()
	dir := testkit.OnPostgres(t)
	a := openAt(t, dir)
	r := newReceiver(t)
	x, _ := a.add(r, subscription.Subscription{})
	r.answers(func(w http.ResponseWriter, _ *http.Request, _ call) { w.WriteHeader(503) })
	stop := a.run()
	a.release(road())
	r.until(1)
	stop()
	before := len(r.got())
	let := make(chan bool)
	r.answers(func(w http.ResponseWriter, q *http.Request, _ call) {
		select {
		case <-let:
		case <-q.Context().Done():
		}
	})
	child := exec.Command(os.Args[0], "-test.run=^TestKilledNodeHandsOverItsDeliveries$")
	child.Env = append(os.Environ(), told+"="+testkit.Beside(t, dir))
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	until(t, "the other node's call", func() bool { return len(r.got()) > before })
	child.Process.Kill()
	child.Wait()
	close(let)
	r.answers(nil)
	if c, err := a.store.ClaimDeliveries(t.Context(), time.Now(), lease, 1, 1); err != nil || len(c) != 0 {
		t.Error("the subscription is free at once", err)
	}
	a.Now = func() time.Time { return time.Now().Add(lease + time.Second) }
	a.run()
	a.release(road())
	calls := r.until(before + 3)
	r.silent(before + 3)
	ids := map[string]int{}
	for _, c := range calls {
		ids[c.ID]++
	}
	if len(ids) != 2 || calls[0].ID != calls[before+1].ID {
		t.Errorf("%v", ids)
	}
	a.state(x.ID, func(x subscription.Subscription) bool { return x.Waiting == 0 && x.Failures == 0 })
}
