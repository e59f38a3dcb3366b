package delivery

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"pgregory.net/rapid"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/notice"
	"jarchi.dev/jarchi/internal/outbound"
	"jarchi.dev/jarchi/internal/subscription"
	"jarchi.dev/jarchi/internal/tlog"
)

// mailHost is a mail server that keeps what it takes.
type mailHost struct {
	t   *testing.T
	mu  sync.Mutex
	all []mailed
	no  []error // what is said to the next receivers
}

type mailed struct {
	to, raw string
	head    netmail.Header
	subject string
	text    string
	html    string
	proof   []byte // that is attached
}

type mailTalk struct {
	h  *mailHost
	to string
}

func (h *mailHost) NewSession(*smtp.Conn) (smtp.Session, error) { return &mailTalk{h: h}, nil }
func (m *mailTalk) Reset()                                      {}
func (m *mailTalk) Logout() error                               { return nil }
func (m *mailTalk) Mail(string, *smtp.MailOptions) error        { return nil }
func (m *mailTalk) Rcpt(to string, _ *smtp.RcptOptions) (err error) {
	m.h.mu.Lock()
	defer m.h.mu.Unlock()
	m.to = to
	if len(m.h.no) > 0 {
		err, m.h.no = m.h.no[0], m.h.no[1:]
	}
	return err
}
func (m *mailTalk) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	m.h.mu.Lock()
	defer m.h.mu.Unlock()
	m.h.all = append(m.h.all, readLetter(m.h.t, m.to, b))
	return nil
}

// readLetter reads a letter by the standard library, which did not write it.
func readLetter(t interface{ Errorf(string, ...any) }, to string, b []byte) mailed {
	m := mailed{to: to, raw: string(b)}
	msg, err := netmail.ReadMessage(bytes.NewReader(b))
	if err != nil {
		t.Errorf("%v in %q", err, b)
		return m
	}
	m.head = msg.Header
	m.subject, _ = new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject"))
	kind, args, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	body := msg.Body
	if kind == "multipart/mixed" {
		whole := multipart.NewReader(body, args["boundary"])
		words, werr := whole.NextRawPart()
		if werr != nil {
			t.Errorf("%v in %q", werr, b)
			return m
		}
		kind, args, err = mime.ParseMediaType(words.Header.Get("Content-Type"))
		text, rerr := io.ReadAll(words)
		body = bytes.NewReader(text)
		file, ferr := whole.NextRawPart()
		if rerr != nil || ferr != nil || !strings.HasSuffix(file.FileName(), ".proof.json") {
			t.Errorf("%v, %v in %q", rerr, ferr, b)
			return m
		}
		if m.proof, rerr = io.ReadAll(base64.NewDecoder(base64.StdEncoding, file)); rerr != nil {
			t.Errorf("%v in %q", rerr, b)
		}
	}
	if err != nil || kind != "multipart/alternative" {
		t.Errorf("%s, %v", kind, err)
		return m
	}
	parts := multipart.NewReader(body, args["boundary"])
	for i, into := range []*string{&m.text, &m.html} {
		p, err := parts.NextRawPart()
		if err != nil {
			t.Errorf("%v", err)
			return m
		}
		if kind := p.Header.Get("Content-Type"); !strings.HasPrefix(kind, []string{"text/plain", "text/html"}[i]) {
			t.Errorf("part %d is %s", i, kind)
		}
		b, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Errorf("%v", err)
		}
		*into = strings.ReplaceAll(string(b), "\r\n", "\n")
	}
	return m
}

func (h *mailHost) got() []mailed {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.all)
}

func (h *mailHost) until(n int) mailed {
	h.t.Helper()
	until(h.t, "the letters", func() bool { return len(h.got()) >= n })
	return h.got()[n-1]
}

func (h *mailHost) says(errs ...error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.no = errs
}

func openMail(t *testing.T) (*stage, *mailHost) {
	t.Helper()
	h := &mailHost{t: t}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := smtp.NewServer(h)
	go srv.Serve(l)
	t.Cleanup(func() { srv.Close() })
	m, err := outbound.NewMailer("smtp://"+l.Addr().String(), "", "Wire <wire@press.example>")
	if err != nil {
		t.Fatal(err)
	}
	s := open(t)
	s.Mail, s.Base = m, "https://wire.press.example/"
	return s, h
}

var linkWord = regexp.MustCompile(`https://wire\.press\.example/mail/([a-z0-9]+)/([a-z0-9]+)`)

func (m mailed) link(t *testing.T) (id subscription.ID, word string) {
	t.Helper()
	found := linkWord.FindStringSubmatch(m.text)
	if found == nil {
		t.Fatalf("no link in %s", m.text)
	}
	return subscription.ID(found[1]), found[2]
}

func byMail(address string, in lang.Tag) subscription.Subscription {
	return subscription.Subscription{Channel: subscription.Mail, Target: address, Language: in}
}

func (s *stage) confirmed(h *mailHost, x subscription.Subscription) subscription.Subscription {
	s.t.Helper()
	n := len(h.got())
	x, secret, err := s.Add(s.t.Context(), keeper, x, "")
	if err != nil || secret != "" || x.State != subscription.Unproven {
		s.t.Fatal(x, secret, err)
	}
	id, word := h.until(n + 1).link(s.t)
	if r, err := s.Answer(s.t.Context(), id, word); err != nil || r.Step != Confirmed {
		s.t.Fatal(r, err)
	}
	return x
}

// TestMail: nothing is sent before the reader confirms; a release is a letter with its state, its times and its proof; what becomes of it answers that letter; the same
// told again is the same letter; nothing of a withdrawn one's words is told; the reader ends it by one click.
func TestMail(t *testing.T) {
	t.Parallel()
	s, h := openMail(t)
	s.run()
	x, _, err := s.Add(t.Context(), keeper, byMail("desk@paper.example", lang.KK), "")
	if err != nil || x.State != subscription.Unproven || x.Secret+x.Proof != "" {
		t.Fatal(x, err)
	}
	ask := h.until(1)
	id, word := ask.link(t)
	if ask.to != "desk@paper.example" || !strings.Contains(ask.text, "Member alfa") || !strings.Contains(ask.html, `lang="kk"`) || len(word) < shortestKey || ask.head.Get("List-Unsubscribe") != "" {
		t.Error(ask.raw)
	}
	s.release(road())
	if _, err := s.Challenge(t.Context(), keeper, id); fault.KindOf(err) != fault.Busy {
		t.Error("the reader is asked twice within the hour", err)
	}
	for _, wrong := range []string{"", word[:len(word)-1], strings.Repeat("a", len(word))} {
		if _, err := s.Answer(t.Context(), id, wrong); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	for range 2 { // programs follow links: that alone changes nothing
		if r, err := s.Read(t.Context(), id, word); err != nil || r.Step != Asked || s.get(id).State != subscription.Unproven {
			t.Error(r, err)
		}
	}
	for range 2 {
		if r, err := s.Answer(t.Context(), id, word); err != nil || r.Step != Confirmed || s.get(id).State != subscription.Active {
			t.Error(r, err)
		}
	}

	h.says(&smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "Later"}, errors.New("no"))
	r := s.release(water())
	first := h.until(2)
	it := r.Text(lang.KK)
	for _, want := range []string{"Member alfa", "https://wire.press.example/releases/" + string(r.ID), "https://wire.press.example/api/v1/items/" + string(it.ID) + "/versions/1/proof", "Су деңгейі екі метрге көтерілді.", " UTC"} {
		if !strings.Contains(first.text, want) || !strings.Contains(first.html, want) {
			t.Errorf("%q is not in\n%s\n%s", want, first.text, first.html)
		}
	}
	if log, err := s.store.Log("alfa-public"); err != nil {
		t.Error(err)
	} else if key, err := tlog.Verifier(log.VKey); err != nil {
		t.Error(err)
	} else if got, err := tlog.Verify(first.proof, key); err != nil || got.Manifest == nil || !strings.Contains(string(got.Bytes), string(it.ID)) || !strings.Contains(string(got.Bytes), "Су деңгейі екі метрге көтерілді.") {
		t.Errorf("what is attached proves nothing: %+v, %v", got, err)
	}
	if first.subject != "Тоқсанбұлақ су жібереді" || !strings.Contains(first.html, `<div lang="kk" dir="ltr">`) || first.head.Get("Auto-Submitted") != "auto-generated" || first.head.Get("Precedence") != "bulk" ||
		first.head.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" || !strings.HasPrefix(first.head.Get("List-Id"), "<"+string(id)+".") || first.head.Get("In-Reply-To") != "" {
		t.Error(first.raw)
	}
	s.state(id, func(x subscription.Subscription) bool { return x.State == subscription.Active && x.Failures == 0 })
	s.correct(r, lang.KK, "Тоқсанбұлақ суды ертең жібереді")
	second := h.until(3)
	root := first.head.Get("Message-Id")
	if !strings.Contains(strings.SplitN(second.text, "\n\n", 2)[0], "a figure was wrong") || second.head.Get("In-Reply-To") != root || second.head.Get("References") != root || second.head.Get("Message-Id") == root {
		t.Error(second.raw, second.text)
	}
	if n, err := s.Replay(t.Context(), keeper, id, s.Now().Add(-time.Hour), ""); err != nil || n == 0 {
		t.Error(n, err)
	}
	until(t, "the replay", func() bool {
		return slices.ContainsFunc(h.got()[3:], func(m mailed) bool { return m.head.Get("Message-Id") == second.head.Get("Message-Id") })
	})
	until(t, "the end of the replay", func() bool { return s.get(id).Waiting == 0 })
	n := len(h.got())
	s.withdraw(r)
	third := h.until(n + 1)
	if third.head.Get("In-Reply-To") != root || strings.Contains(third.raw+third.text+third.html+third.subject, "Тоқсанбұлақ") || !strings.HasPrefix(third.text, notice.Say(notice.WithdrawnHead, lang.KK)) || !strings.Contains(third.text, "it never happened") || strings.Contains(third.text, "/proof") || third.proof != nil {
		t.Error(third.raw, third.text)
	}

	end := strings.Trim(third.head.Get("List-Unsubscribe"), "<>")
	found := linkWord.FindStringSubmatch(end)
	if found == nil || found[2] == word {
		t.Fatal(end)
	}
	if r, err := s.Read(t.Context(), id, found[2]); err != nil || r.Step != Ending || s.get(id).State != subscription.Active {
		t.Error(r, err)
	}
	for range 2 {
		if r, err := s.Answer(t.Context(), id, found[2]); err != nil || r.Step != Left {
			t.Error(r, err)
		}
	}
	if r, err := s.Answer(t.Context(), id, word); err != nil || r.Step != Left { // the former link begins nothing again
		t.Error(r, err)
	}
	if x := s.get(id); x.State != subscription.Ended || x.Trouble.Code != subscription.Left {
		t.Errorf("%+v", x)
	}
	n = len(h.got())
	s.release(road())
	time.Sleep(80 * time.Millisecond)
	if len(h.got()) != n {
		t.Error("a letter after the end")
	}
	if err := s.Remove(t.Context(), keeper, id, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Read(t.Context(), id, found[2]); fault.KindOf(err) != fault.NotFound {
		t.Error("the link outlives the delivery", err)
	}
}

// TestMailRefused: an address that is refused for good stops the delivery, and is not tried again. A Persian letter runs from right to left, the English text in it from left to right.
func TestMailRefused(t *testing.T) {
	t.Parallel()
	s, h := openMail(t)
	s.run()
	x := s.confirmed(h, byMail("desk@paper.example", lang.FA))
	h.says(&smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such user"})
	s.release(road())
	s.state(x.ID, func(x subscription.Subscription) bool { return x.State == subscription.Stopped })
	if x := s.get(x.ID); x.Waiting != 0 || x.Trouble.Code != subscription.Refused || x.Trouble.Status != 550 || !strings.Contains(x.Trouble.Says, "No such user") {
		t.Errorf("%+v", x)
	}
	if _, err := s.Pause(t.Context(), keeper, x.ID, false, ""); err != nil {
		t.Fatal(err)
	}
	if tr, status, err := s.Test(t.Context(), keeper, x.ID); err != nil || tr.Code != "" || status != 250 {
		t.Error(tr, status, err)
	}
	s.release(road())
	m := h.until(3)
	if !strings.Contains(m.html, `lang="fa" dir="rtl"`) || !strings.Contains(m.html, `<div lang="en" dir="ltr">`) || m.subject != "District opens a road" {
		t.Error(m.html)
	}
}

// TestMailBounds: none but the operator sets mail up; an address is one address; nobody has us ask a stranger again and again.
func TestMailBounds(t *testing.T) {
	t.Parallel()
	s, h := openMail(t)
	m := s.Mail
	s.Mail = nil
	if _, _, err := s.Add(t.Context(), keeper, byMail("a@paper.example", ""), ""); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
	s.Mail = m
	for _, bad := range []string{"a", "a@b", "a@@b.example", "a b@b.example", "<a@b.example>", "a@b.example,c@d.example", "a@b.example\r\nRCPT TO:<c@d.example>", "ä@b.example", "a..b@c.example", strings.Repeat("a", 65) + "@b.example", "\"a\"@b.example"} {
		if _, _, err := s.Add(t.Context(), keeper, byMail(bad, ""), ""); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
	x, _, err := s.Add(t.Context(), keeper, byMail("a@paper.example", ""), "")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Remove(t.Context(), keeper, x.ID, ""); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Add(t.Context(), keeper, byMail("A@paper.example", ""), ""); fault.KindOf(err) != fault.Busy {
		t.Error("a stranger is asked again at once", err)
	}
	for i := range mostAsked {
		if _, _, err = s.Add(t.Context(), keeper, byMail(strings.Repeat("b", i+1)+"@paper.example", ""), ""); err != nil {
			break
		}
	}
	if fault.KindOf(err) != fault.Busy || len(h.got()) != mostAsked {
		t.Error(err, len(h.got()))
	}
}

// TestLetterHeader: whatever a headline, a reason or a sender's name has in it, a letter has the fields that it should have and no others.
func TestLetterHeader(t *testing.T) {
	t.Parallel()
	var fields []string
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) string {
			if rapid.Bool().Draw(t, name+" wild") {
				return rapid.String().Draw(t, name)
			}
			return strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"\r\n", "\n", "\r", "Bcc: a@b.example", "\r\n\r\n", ":", "=?utf-8?q?=0D=0ABcc:_a?=", "\x00", "\u2028", "\u202e", "ж", "\xff", " ", "--", "<script>", strings.Repeat("long ", 60)}), 0, 12).Draw(t, name), "")
		}
		l := letter{In: lang.EN, ID: "1@press.example", Root: "2@press.example", Subject: draw("subject"), State: []string{draw("state")}, Title: draw("title"), Paragraphs: []string{draw("paragraph")}, List: "x.press.example", End: "https://press.example/mail/x/y", EndLabel: "Stop"}
		b, err := l.bytes(netmail.Address{Name: draw("name"), Address: "wire@press.example"}, "desk@paper.example", time.Unix(0, 0))
		if err != nil {
			t.Fatal(err)
		}
		m := readLetter(t, "", b)
		var got []string
		for k := range m.head {
			got = append(got, k)
		}
		slices.Sort(got)
		if fields == nil {
			fields = got
		}
		if !slices.Equal(got, fields) || slices.Contains(got, "Bcc") || strings.ContainsAny(m.subject, "\r\n\x00\u2028") || strings.Contains(m.html, "<script>") {
			t.Fatalf("%v in %q", got, b)
		}
		for line := range strings.SplitSeq(strings.TrimSuffix(string(b), "\r\n"), "\r\n") {
			if strings.ContainsAny(line, "\r\n") || len(line) > 998 || strings.IndexFunc(line, func(r rune) bool { return r > '~' || r < ' ' && r != '\t' }) >= 0 {
				t.Fatalf("a line is %q", line)
			}
		}
		if a, err := m.head.AddressList("To"); err != nil || len(a) != 1 || a[0].Address != "desk@paper.example" {
			t.Fatal(a, err)
		}
	})
}
