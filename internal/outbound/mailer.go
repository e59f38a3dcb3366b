package outbound

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/emersion/go-smtp"

	"jarchi.dev/jarchi/internal/fault"
)

// Bounds of one conversation with the mail server.
const (
	mailTime = 40 * time.Second // of all of it
	maxTalk  = 256 << 10        // bytes that the server may say, certificates included
)

// Mailer hands letters to the one mail server that the operator has named (RFC 5321, RFC 6409), on whatever network it stands. Passwords and letters go there
// encrypted; to a server on this machine where it offers that, by whatever certificate, as nobody stands between. It is safe for use by several goroutines.
type Mailer struct {
	host, port     string
	user, password string
	implicit, here bool
	bare           bool        // a server of this machine is not asked to encrypt
	encrypts       atomic.Bool // a server of this machine has offered it
	from           mail.Address
	tls            *tls.Config
}

// NewMailer makes the client of smtp://user@host:587 (STARTTLS; without it none but a server of this machine is spoken to, and with ?tls=none that one without it though
// it is offered) or smtps://user@host:465. From is whom the letters are from, an address or "Name <address>". The faults are Invalid with the flag's name.
func NewMailer(address, password, from string) (*Mailer, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "smtp" && u.Scheme != "smtps" || u.Hostname() == "" || u.Opaque != "" || u.RawQuery != "" && u.RawQuery != "tls=none" || u.Fragment != "" || strings.Trim(u.Path, "/") != "" {
		return nil, fault.Field("--smtp", "This names no mail server; it must be like smtp://user@mail.example:587 or smtps://user@mail.example:465.")
	}
	if _, ok := u.User.Password(); ok {
		return nil, fault.Field("--smtp", "Do not write the password here; JARCHI_SMTP_PASSWORD or --smtp-password-file has it.")
	}
	m := &Mailer{host: u.Hostname(), port: u.Port(), user: u.User.Username(), password: password, implicit: u.Scheme == "smtps"}
	if m.port == "" {
		m.port = map[bool]string{false: "587", true: "465"}[m.implicit]
	}
	if m.user != "" && password == "" {
		return nil, fault.Field("--smtp", "The server is given a user, but no password: JARCHI_SMTP_PASSWORD or --smtp-password-file.")
	}
	a, err := mail.ParseAddress(from)
	if err != nil || strings.ContainsAny(a.Address, "\"\\ \r\n") || strings.IndexFunc(a.Address, func(r rune) bool { return r > '~' || r < '!' }) >= 0 {
		return nil, fault.Field("--smtp-from", "Say whom the mails are from, like wire@press.example.")
	}
	m.from = *a
	ip, err := netip.ParseAddr(m.host)
	m.here = m.host == "localhost" || err == nil && ip.IsLoopback()
	m.tls = &tls.Config{ServerName: m.host, MinVersion: tls.VersionTLS12}
	if m.bare = u.RawQuery != ""; m.bare && (!m.here || m.implicit) {
		return nil, fault.Field("--smtp", "tls=none is for smtp:// to a server on this machine: mails and passwords go to others encrypted.")
	}
	return m, nil
}

// From is whom the letters are from.
func (m *Mailer) From() mail.Address { return m.from }

// Mailed is what the server said.
type Mailed struct {
	Status  int    // of its last answer; 0: none
	Says    string // when it did not take the letter
	Refused bool   // for good (5xx), this receiver or this letter; another 5xx is about the operator's account
}

// Send hands one letter, lines ended by CR LF, to the server for one receiver. It took the letter when Status is 250. A refusal of either kind is no error; Unavailable is
// when there was no answer: it may have the letter or not.
func (m *Mailer) Send(ctx context.Context, to string, letter []byte) (out Mailed, err error) {
	ctx, cancel := context.WithTimeout(ctx, mailTime)
	defer cancel()
	raw, err := DialNamed(ctx, m.host, m.port)
	if err != nil {
		return out, err
	}
	defer raw.Close()
	defer context.AfterFunc(ctx, func() { raw.Close() })()
	end, _ := ctx.Deadline()
	var conn net.Conn = &talk{Conn: raw, left: maxTalk, end: end}
	about := false // it is about the receiver or the letter, not about us
	failed := func(err error) (Mailed, error) {
		var said *smtp.SMTPError
		if errors.As(err, &said) {
			return Mailed{Status: said.Code, Says: said.Message, Refused: about && said.Code/100 == 5}, nil
		}
		return Mailed{}, fault.E(fault.Unavailable, "The mail server cannot be reached, or the connection broke off.").Because(err)
	}
	var c *smtp.Client
	switch {
	case m.implicit:
		c = smtp.NewClient(tls.Client(conn, m.tls))
	case m.here && !m.encrypts.Load():
		c = smtp.NewClient(conn)
		if err := c.Hello("localhost"); err != nil {
			return failed(err)
		}
		if offered, _ := c.Extension("STARTTLS"); offered && !m.bare {
			_ = c.Quit() // the library begins it on a new connection alone
			m.encrypts.Store(true)
			return m.Send(ctx, to, letter)
		}
	default:
		config := m.tls.Clone()
		config.InsecureSkipVerify = m.here // servers of this machine show what they were installed with; without encryption they would be spoken to as well
		if c, err = smtp.NewClientStartTLS(conn, config); err != nil {
			m.encrypts.Store(false) // whether it still offers it is asked the next time
			says := "The mail server does not begin an encrypted connection (STARTTLS)."
			if m.here {
				says = "The mail server of this machine offers an encrypted connection (STARTTLS) and does not begin it. Mend that, or add ?tls=none to the address in --smtp."
			}
			return Mailed{}, fault.E(fault.Unavailable, "%s", says).Because(err)
		}
	}
	if m.user != "" {
		if err := c.Auth(plainLogin{m.user, m.password}); err != nil {
			return failed(err)
		}
	}
	if err := c.Mail(m.from.Address, nil); err != nil {
		return failed(err)
	}
	about = true
	if err := c.Rcpt(to, nil); err != nil {
		return failed(err)
	}
	w, err := c.Data()
	if err != nil {
		return failed(err)
	}
	_, err = w.Write(letter)
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return failed(err)
	}
	_ = c.Quit() // it has the letter, whatever it says now
	return Mailed{Status: 250}, nil
}

// plainLogin is the mechanism PLAIN (RFC 4616).
type plainLogin struct{ user, password string }

func (p plainLogin) Start() (string, []byte, error) {
	return "PLAIN", []byte("\x00" + p.user + "\x00" + p.password), nil
}

func (p plainLogin) Next([]byte) ([]byte, error) {
	return nil, errors.New("the server asks for more than name and password")
}

// talk is a connection of which so much is read, and which ends at a time, whatever deadlines are set within.
type talk struct {
	net.Conn
	left int
	end  time.Time
}

func (t *talk) Read(p []byte) (int, error) {
	if t.left <= 0 {
		return 0, io.ErrUnexpectedEOF
	}
	n, err := t.Conn.Read(p[:min(len(p), t.left)])
	t.left -= n
	return n, err
}

func (t *talk) until(d time.Time) time.Time {
	if d.IsZero() || d.After(t.end) {
		return t.end
	}
	return d
}

func (t *talk) SetDeadline(d time.Time) error      { return t.Conn.SetDeadline(t.until(d)) }
func (t *talk) SetReadDeadline(d time.Time) error  { return t.Conn.SetReadDeadline(t.until(d)) }
func (t *talk) SetWriteDeadline(d time.Time) error { return t.Conn.SetWriteDeadline(t.until(d)) }
