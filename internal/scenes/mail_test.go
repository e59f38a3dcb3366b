package scenes

import (
	"context"
	"io"
	"mime/quotedprintable"
	"net/http"
	"net/mail"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/app"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/outbound"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/testkit"
)

// pillar is a mail server that takes everything.
type pillar struct {
	mu  sync.Mutex
	all []string
}

func (p *pillar) From() mail.Address { return mail.Address{Address: "wire@press.example"} }

func (p *pillar) Send(_ context.Context, _ string, letter []byte) (outbound.Mailed, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all = append(p.all, string(letter))
	return outbound.Mailed{Status: 250}, nil
}

var mailLink = regexp.MustCompile(`/mail/[a-z0-9]+/[a-z0-9]+`)

// link waits for the nth letter and gives the link in it.
func (p *pillar) link(t *testing.T, n int) string {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		p.mu.Lock()
		if len(p.all) >= n {
			b, _ := io.ReadAll(quotedprintable.NewReader(strings.NewReader(p.all[n-1][strings.Index(p.all[n-1], "\r\n\r\n"):])))
			p.mu.Unlock()
			return mailLink.FindString(string(b))
		}
		p.mu.Unlock()
		if time.Now().After(end) {
			t.Fatalf("no letter %d", n)
		}
	}
}

// TestMailIsConfirmedAndEnded: an administrator names a mail address; its reader, who has no account here, confirms on a page, gets what is released, and ends it by the one
// click that his mail service makes, which comes from nowhere and with no cookie.
func TestMailIsConfirmedAndEnded(t *testing.T) {
	t.Parallel()
	p := &pillar{}
	s := openAs(t, func(c *app.Config) { c.Deliver.Mail = p })
	admin, reader := s.as("alfa", people.Administrator), &http.Client{}
	if code, body := s.post(admin, "/people/deliveries?ui=en", url.Values{"channel": {"mail"}, "target": {"desk@paper"}}); code != 422 || !strings.Contains(body, `id="e-target"`) || !strings.Contains(body, "Or one mail address") {
		t.Errorf("a bad address: %d", code)
	}
	code, body := s.post(admin, "/people/deliveries?ui=en", url.Values{"channel": {"mail"}, "target": {"desk@paper.example"}})
	if code != 200 || !strings.Contains(body, "before its reader confirms") || strings.Contains(body, "data.challenge") {
		t.Fatalf("%d\n%s", code, body)
	}
	link := p.link(t, 1)
	if code, body = s.get(reader, link+"?ui=en"); code != 200 || !strings.Contains(body, "Confirm if you want that") || !strings.Contains(body, "desk@paper.example") {
		t.Fatalf("%d\n%s", code, body)
	}
	if code, _ = s.get(reader, link[:len(link)-1]); code != 404 {
		t.Errorf("a guess: %d", code)
	}
	if code, body = s.post(reader, link+"?ui=fa", nil); code != 200 || !strings.Contains(body, "تأیید کردید") || !strings.Contains(body, `dir="rtl"`) {
		t.Fatalf("%d\n%s", code, body)
	}
	if _, err := s.Publish.Create(t.Context(), testkit.Viewer("alfa"), testkit.Input(map[lang.Tag][2]string{lang.EN: {"Bridge opens over the river", "People came to walk over it."}})); err != nil {
		t.Fatal(err)
	}
	end := p.link(t, 2)
	if code, body = s.get(reader, end+"?ui=en"); code != 200 || end == link || !strings.Contains(body, "Stop the mails") {
		t.Fatalf("%d\n%s", code, body)
	}
	if code, body = s.post(reader, end, url.Values{"List-Unsubscribe": {"One-Click"}}); code != 200 || strings.Contains(body, "<button class=\"button primary\"") {
		t.Fatalf("%d\n%s", code, body)
	}
	if _, body = s.get(admin, "/people/deliveries?ui=en"); !strings.Contains(body, "has ended the mails") {
		t.Error("the administrator is not told")
	}
}
