package outbound

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"jarchi.dev/jarchi/internal/fault"
)

// post is a mail server: it keeps what it is given, and says what it is told to.
type post struct {
	mu      sync.Mutex
	letters []string
	rcpt    error
	data    error
	encoded bool // the last letter came over TLS
}

type postSession struct {
	*post
	c *smtp.Conn
}

func (p *post) NewSession(c *smtp.Conn) (smtp.Session, error)   { return postSession{p, c}, nil }
func (s postSession) Reset()                                    {}
func (s postSession) Logout() error                             { return nil }
func (s postSession) Mail(string, *smtp.MailOptions) error      { return nil }
func (s postSession) Rcpt(to string, _ *smtp.RcptOptions) error { return s.rcpt }
func (s postSession) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err == nil {
		err = s.data
	}
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, s.encoded = s.c.TLSConnectionState()
	s.letters = append(s.letters, string(b))
	return nil
}

func (p *post) open(t *testing.T, config *tls.Config) (port string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := smtp.NewServer(p)
	srv.Domain, srv.TLSConfig, srv.AllowInsecureAuth = "localhost", config, true
	go srv.Serve(l)
	t.Cleanup(func() { srv.Close() })
	_, port, _ = net.SplitHostPort(l.Addr().String())
	return port
}

func mailer(t *testing.T, address string) *Mailer {
	t.Helper()
	m, err := NewMailer(address, "", "Wire <wire@press.example>")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

const aLetter = "Subject: x\r\n\r\n.a line\r\n"

func TestMailer(t *testing.T) {
	t.Parallel()
	p := &post{}
	m := mailer(t, "smtp://127.0.0.1:"+p.open(t, nil))
	if out, err := m.Send(t.Context(), "desk@press.example", []byte(aLetter)); err != nil || out.Status != 250 || len(p.letters) != 1 || p.letters[0] != aLetter {
		t.Fatalf("%+v, %v, %q", out, err, p.letters)
	}
	for _, c := range []struct {
		rcpt, data error
		want       Mailed
	}{
		{rcpt: &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such user"}, want: Mailed{550, "No such user", true}},
		{rcpt: &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "Greylisted"}, want: Mailed{451, "Greylisted", false}},
		{data: &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "Not wanted"}, want: Mailed{554, "Not wanted", true}},
		{data: &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 2, 2}, Message: "Full"}, want: Mailed{452, "Full", false}},
	} {
		p.rcpt, p.data = c.rcpt, c.data
		if out, err := m.Send(t.Context(), "desk@press.example", []byte(aLetter)); err != nil || out != c.want {
			t.Errorf("%+v, %v, want %+v", out, err, c.want)
		}
	}
}

// TestMailerEncrypts: to a server that is not of this machine nothing goes in the clear, and a certificate must be of its name.
func TestMailerEncrypts(t *testing.T) {
	t.Parallel()
	web := httptest.NewUnstartedServer(nil)
	web.StartTLS()
	defer web.Close()
	roots := x509.NewCertPool()
	roots.AddCert(web.Certificate())
	p := &post{}
	m := mailer(t, "smtp://127.0.0.1:"+p.open(t, nil))
	m.here = false
	if out, err := m.Send(t.Context(), "desk@press.example", []byte(aLetter)); fault.KindOf(err) != fault.Unavailable || len(p.letters) != 0 {
		t.Fatalf("without STARTTLS: %+v, %v", out, err)
	}
	m = mailer(t, "smtp://127.0.0.1:"+p.open(t, &tls.Config{Certificates: web.TLS.Certificates}))
	m.here = false
	if _, err := m.Send(t.Context(), "desk@press.example", []byte(aLetter)); fault.KindOf(err) != fault.Unavailable || len(p.letters) != 0 {
		t.Fatal("a certificate of nobody's is believed", err)
	}
	m.tls.RootCAs = roots
	if out, err := m.Send(t.Context(), "desk@press.example", []byte(aLetter)); err != nil || out.Status != 250 || !p.encoded {
		t.Fatalf("%+v, %v, encrypted: %v", out, err, p.encoded)
	}
}

// TestMailerOfThisMachine: a server on this machine is spoken to encrypted where it offers that, whatever its certificate, and insists on it or not; without where it does not
// offer it any more, or the operator says so; nobody else is.
func TestMailerOfThisMachine(t *testing.T) {
	t.Parallel()
	web := httptest.NewUnstartedServer(nil)
	web.StartTLS()
	defer web.Close()
	p := &post{}
	port := p.open(t, &tls.Config{Certificates: web.TLS.Certificates})
	m := mailer(t, "smtp://localhost:"+port)
	send := func(m *Mailer) (Mailed, error) {
		t.Helper()
		return m.Send(t.Context(), "desk@press.example", []byte(aLetter))
	}
	for n := range 2 {
		if out, err := send(m); err != nil || out.Status != 250 || !p.encoded || len(p.letters) != n+1 {
			t.Errorf("%+v, %v, encrypted: %v", out, err, p.encoded)
		}
	}
	p.rcpt = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such user"}
	if out, err := send(mailer(t, "smtp://localhost:"+port)); err != nil || out != (Mailed{550, "No such user", true}) {
		t.Errorf("%+v, %v", out, err)
	}
	p.rcpt = nil
	if out, err := send(mailer(t, "smtp://localhost:"+port+"?tls=none")); err != nil || out.Status != 250 || p.encoded {
		t.Errorf("told not to: %+v, %v, encrypted: %v", out, err, p.encoded)
	}
	m.port = p.open(t, nil) // it was set up anew, without
	if _, err := send(m); fault.KindOf(err) != fault.Unavailable {
		t.Error("what was offered before:", err)
	}
	if out, err := send(m); err != nil || out.Status != 250 || p.encoded {
		t.Errorf("without: %+v, %v, encrypted: %v", out, err, p.encoded)
	}
	for _, address := range []string{"smtp://mail.example:587?tls=none", "smtps://localhost?tls=none", "smtp://localhost?tls=yes"} {
		if _, err := NewMailer(address, "", "wire@press.example"); fault.KindOf(err) != fault.Invalid {
			t.Error(address, err)
		}
	}
}

// TestMailerEndures: a server that breaks off after the letter, says a gigabyte, or says nothing, costs a failure.
func TestMailerEndures(t *testing.T) {
	t.Parallel()
	play := func(f func(c net.Conn)) *Mailer {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				go func() { defer c.Close(); f(c) }()
			}
		}()
		return mailer(t, "smtp://"+l.Addr().String())
	}
	cut := play(func(c net.Conn) {
		r := bufio.NewReader(c)
		io.WriteString(c, "220 here\r\n")
		for {
			line, err := r.ReadString('\n')
			switch {
			case err != nil || line == ".\r\n":
				return // has the letter, and says nothing
			case strings.HasPrefix(line, "DATA"):
				io.WriteString(c, "354 go\r\n")
			case strings.HasPrefix(line, "EHLO"), strings.HasPrefix(line, "MAIL"), strings.HasPrefix(line, "RCPT"):
				io.WriteString(c, "250 yes\r\n")
			}
		}
	})
	said := make(chan int, 1)
	loud := play(func(c net.Conn) {
		n, line := 0, []byte("220-"+strings.Repeat("x", 900)+"\r\n")
		for n < 1<<30 {
			k, err := c.Write(line)
			if n += k; err != nil {
				break
			}
		}
		said <- n
	})
	for name, m := range map[string]*Mailer{"cut": cut, "loud": loud} {
		if out, err := m.Send(t.Context(), "desk@press.example", []byte(aLetter)); fault.KindOf(err) != fault.Unavailable || out.Status != 0 {
			t.Errorf("%s: %+v, %v", name, out, err)
		}
	}
	if n := <-said; n > 64<<20 {
		t.Errorf("%d bytes were taken", n)
	}
	silent := play(func(c net.Conn) { io.Copy(io.Discard, c) })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := silent.Send(ctx, "desk@press.example", []byte(aLetter)); fault.KindOf(err) != fault.Unavailable {
		t.Error(err)
	}
}

func TestNewMailer(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{{"http://x:25", "", "a@b.example"}, {"smtp://u@x:25", "", "a@b.example"}, {"smtp://u:p@x", "p", "a@b.example"}, {"smtp://", "", "a@b.example"}, {"smtp://x", "", ""}, {"smtp://x", "", "a@b.example\r\nBcc: x@y.example"}, {"smtp://x/?a", "", "a@b.example"}} {
		if _, err := NewMailer(c[0], c[1], c[2]); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", c, err)
		}
	}
	if m := mailer(t, "smtps://mail.example"); m.port != "465" || m.here {
		t.Error(m)
	}
}
