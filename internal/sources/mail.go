package sources

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"jarchi.dev/jarchi/internal/blob"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/format/mail"
	"jarchi.dev/jarchi/internal/intake"
	"jarchi.dev/jarchi/internal/receive"
	"jarchi.dev/jarchi/internal/source"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/wire"
)

// Bounds of one visit to a mailbox.
const (
	mostMails = 25               // messages that are taken in one visit; the others in the next, at once
	mailTime  = 60 * time.Second // of a visit, well within its lease
	mostWords = 16 << 20         // bytes that a server may say beside a message
)

// readSecret is the password that env:NAME or file:PATH holds; its last line break is not part of it.
func readSecret(where string) (string, error) {
	kind, what, _ := strings.Cut(where, ":")
	var s string
	switch kind {
	case "env":
		s = os.Getenv(what)
	case "file":
		f, err := os.Open(what)
		if err != nil {
			return "", err
		}
		defer f.Close()
		b, err := io.ReadAll(io.LimitReader(f, 4<<10))
		if err != nil {
			return "", err
		}
		s = strings.TrimRight(string(b), "\r\n")
	}
	if s == "" {
		return "", errors.New("it is empty")
	}
	return s, nil
}

// bounded is a connection to a server that may say what it likes: it reads no more bytes than were let.
type bounded struct {
	net.Conn
	left atomic.Int64
}

func (b *bounded) Read(p []byte) (int, error) {
	left := b.left.Load()
	if left <= 0 {
		return 0, errors.New("the server says more than is read")
	}
	n, err := b.Conn.Read(p[:min(int64(len(p)), left)])
	b.left.Add(-int64(n))
	return n, err
}

// box is an open mailbox.
type box struct {
	*imapclient.Client
	conn *bounded
	data *imap.SelectData
}

// mailbox opens a mailbox for reading alone: nothing in it is marked. The trouble says why that cannot be.
func (s *Service) mailbox(ctx context.Context, src source.Source) (b *box, trouble source.Trouble) {
	u, err := url.Parse(src.Address)
	if err != nil {
		return nil, source.Trouble{Code: source.NoAddress}
	}
	password, err := s.secret(src.Secret)
	if err != nil {
		return nil, source.Trouble{Code: source.NoSecret}
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"imaps": "993", "imap": "143"}[u.Scheme]
	}
	dialled, err := s.dial(ctx, u.Hostname(), port)
	if err != nil {
		return nil, source.Trouble{Code: source.Unreachable}
	}
	conn := &bounded{Conn: dialled}
	conn.left.Store(mostWords)
	end, _ := ctx.Deadline()
	conn.SetDeadline(end)
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer func() {
		if b == nil {
			stop()
			conn.Close()
		}
	}()
	config := &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12, RootCAs: s.roots}
	var client *imapclient.Client
	if u.Scheme == "imaps" {
		secure := tls.Client(conn, config)
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, insecure(err)
		}
		client = imapclient.New(secure, nil)
	} else if client, err = imapclient.NewStartTLS(conn, &imapclient.Options{TLSConfig: config}); err != nil { // without encryption no password is sent
		return nil, insecure(err)
	}
	fail := func(code source.Code, err error) (*box, source.Trouble) {
		client.Close()
		var no *imap.Error
		if !errors.As(err, &no) {
			code = source.Unreachable
			if errors.Is(err, os.ErrDeadlineExceeded) || ctx.Err() != nil {
				code = source.Slow
			}
		}
		return nil, source.Trouble{Code: code}
	}
	if err := client.Login(u.User.Username(), password).Wait(); err != nil {
		return fail(source.Login, err)
	}
	name := strings.TrimPrefix(u.Path, "/")
	if name == "" {
		name = "INBOX"
	}
	data, err := client.Select(name, &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil {
		return fail(source.Mailbox, err)
	}
	return &box{client, conn, data}, source.Trouble{}
}

func insecure(err error) source.Trouble {
	var cert *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var no *imap.Error
	if errors.As(err, &cert) || errors.As(err, &unknown) || errors.As(err, &no) || strings.Contains(err.Error(), "tls") || strings.Contains(err.Error(), "STARTTLS") {
		return source.Trouble{Code: source.Insecure, Why: short(err.Error())}
	}
	return source.Trouble{Code: source.Unreachable, Why: short(err.Error())}
}

// waiting lists messages after the last that was taken, oldest first: no more than one visit takes and one, and of a mailbox that is opened for the
// first time the newest.
func waiting(c *box, st *source.State) ([]imap.UID, error) {
	if st.Valid != c.data.UIDValidity { // the server counts anew: what came before is known by its name and bytes
		st.Valid, st.UID, st.Begun = c.data.UIDValidity, 0, false
	}
	if c.data.NumMessages == 0 {
		st.Begun = true
		return nil, nil
	}
	all := imap.UIDSet{imap.UIDRange{Start: imap.UID(st.UID + 1), Stop: 0}}
	found, err := c.UIDSearch(&imap.SearchCriteria{UID: []imap.UIDSet{all}}, nil).Wait()
	if err != nil {
		return nil, err
	}
	if !st.Begun {
		return after(found.All, st.UID, firstItems, true), nil
	}
	return after(found.All, st.UID, mostMails+1, false), nil // n:* has the last message also where there is none after n
}

// after are the lowest or the highest numbers of a set that are above uid, at most a few, in order. A server can say in one line that it has four
// thousand million messages.
func after(all imap.NumSet, uid uint32, most int, highest bool) (out []imap.UID) {
	set, _ := all.(imap.UIDSet)
	cut := func() {
		slices.Sort(out)
		out = slices.Compact(out)
		if highest {
			out = out[max(0, len(out)-most):]
		}
		out = out[:min(len(out), most)]
	}
	for _, r := range set {
		lo, hi := max(int64(r.Start), int64(uid)+1), int64(r.Stop)
		if r.Start == 0 { // the last one, which an answer does not say so
			continue
		}
		if highest {
			lo = max(lo, hi-int64(most)+1)
		} else {
			hi = min(hi, lo+int64(most)-1)
		}
		for u := lo; u <= hi; u++ {
			out = append(out, imap.UID(u))
		}
		if len(out) > 100*most {
			cut()
		}
	}
	cut()
	return out
}

// fetch reads one message, at most what is taken of one; large is true for one that has more, of which the beginning is read.
func fetch(c *box, uid imap.UID) (b []byte, large, gone bool, err error) {
	c.conn.left.Store(mail.MaxBytes + mostWords)
	part := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Size: mail.MaxBytes + 1}}
	cmd := c.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{part}})
	defer cmd.Close()
	gone = true
	for {
		m := cmd.Next()
		if m == nil {
			break
		}
		for {
			item := m.Next()
			if item == nil {
				break
			}
			body, ok := item.(imapclient.FetchItemDataBodySection)
			if !ok || body.Literal == nil {
				continue
			}
			gone = false
			if b, err = io.ReadAll(io.LimitReader(body.Literal, mail.MaxBytes+1)); err != nil {
				return nil, false, false, err
			}
			if len(b) > mail.MaxBytes {
				b, large = b[:store.SmallRaw:store.SmallRaw], true
				if _, err = io.Copy(io.Discard, body.Literal); err != nil { // the rest is passed over
					return nil, false, false, err
				}
			}
		}
	}
	return b, large, gone, cmd.Close()
}

// mail takes the new messages of a mailbox in. Where the last one that was taken stands is written in the transaction that keeps what it carried: none is
// taken twice, and none is passed over, whatever happens in between.
func (s *Service) mail(parent context.Context, v store.Visit) error {
	ctx, cancel := context.WithTimeout(parent, mailTime)
	defer cancel()
	keep := context.WithoutCancel(parent)
	src, now := v.Source, s.now()
	c, trouble := s.mailbox(ctx, src.Source)
	if trouble.Code != "" {
		if parent.Err() != nil {
			return parent.Err()
		}
		return s.failed(keep, v, trouble, nil, now)
	}
	defer c.Close()
	st := src.State
	uids, err := waiting(c, &st)
	broke := func() error {
		if parent.Err() != nil {
			return parent.Err()
		}
		v.Source.State.UID, v.Source.State.Valid, v.Source.State.Begun = st.UID, st.Valid, st.Begun
		return s.failed(keep, v, source.Trouble{Code: source.Unreachable}, nil, s.now())
	}
	if err != nil {
		return broke()
	}
	st.LastPoll, st.LastGood, st.Errors, st.Trouble, st.Format = now, now, 0, source.Trouble{}, "imap"
	taken := 0
	for i, uid := range uids {
		if i == mostMails || ctx.Err() != nil {
			break
		}
		b, large, gone, err := fetch(c, uid)
		if err != nil {
			return broke()
		}
		st.UID, st.Begun = uint32(uid), true
		if gone {
			continue
		}
		if err := s.takeMail(keep, v, b, large, uint32(uid), &st); err != nil {
			return err
		}
		taken++
	}
	if len(uids) == 0 {
		st.Begun = true
	}
	if taken > 0 {
		s.came(&st, now, taken)
	}
	if st.Due = source.Next(src.Interval, 0, now); taken < len(uids) {
		st.Due = s.now()
	}
	return s.polled(keep, v, st, time.Time{})
}

// mailEntry is what a message says of what it carries. Its date is read as that of a feed is: a zone by letters that nobody knows is not taken for Greenwich.
func mailEntry(m mail.Message, now time.Time) source.Entry {
	e := source.Entry{ID: m.ID, Title: m.Subject, Published: m.RawDate, Feed: m.From}
	if at, day, ok := source.Date(m.RawDate, now); ok {
		e.At, e.Day = at, day
	}
	return e
}

// mailDocuments are what is to be read of a message: its attachments in formats of newsrooms, else its own text. said is what the message says of it.
func mailDocuments(src source.Watched, m mail.Message, now time.Time) (docs []intake.Document, said *receive.Said) {
	e := mailEntry(m, now)
	e.Rights = src.Rights
	said = saidOf(src, e, false)
	parts := m.Documents
	if len(parts) == 0 && m.Text != nil {
		parts = []mail.Document{*m.Text}
	} else {
		said.Title, said.Fed.Title = "", m.Subject // an attachment has a headline of its own
	}
	for _, p := range parts {
		name := p.Name
		if name == "" {
			name = m.Subject
		}
		docs = append(docs, intake.Document{Name: strings.ReplaceAll(name, "/", "-"), ContentType: p.Type, Declared: src.Language, Bytes: p.Bytes})
	}
	return docs, said
}

// takeMail keeps what one message carried, each document in a transaction, the last of them with the message's number.
func (s *Service) takeMail(ctx context.Context, v store.Visit, b []byte, large bool, uid uint32, st *source.State) error {
	src := v.Source
	place := fmt.Sprint("message ", uid)
	raw := intake.Document{Name: fmt.Sprintf("message-%d.eml", uid), ContentType: "message/rfc822", Bytes: b}
	plainly := func() *receive.Said { return saidOf(src, source.Entry{Rights: src.Rights}, false) }
	var arrivals []*receive.Arrival
	m, err := mail.Read(b, intake.Decode)
	switch docs, said := mailDocuments(src, m, s.now()); {
	case large:
		arrivals = append(arrivals, s.receive.Quarantine(raw, place, "The message has more than 32 MB; its first 65,536 bytes are kept.", plainly()))
	case err != nil:
		reason, at := fault.Public(err)
		if at != "" {
			place += ", " + at
		}
		arrivals = append(arrivals, s.receive.Quarantine(raw, place, reason, plainly()))
	case len(docs) == 0:
		reason := "The message carries nothing that is read here."
		if len(m.Passed) > 0 {
			reason = "The message carries nothing that is read here: " + short(strings.Join(m.Passed, ", ")) + "."
		}
		if len(m.Damage) > 0 {
			place += ", " + short(strings.Join(m.Damage, "; "))
		}
		arrivals = append(arrivals, s.receive.Quarantine(raw, place, reason, plainly()))
	default:
		for _, d := range docs {
			one := *said
			fed := *said.Fed
			one.Fed = &fed
			arrivals = append(arrivals, s.readDocument(ctx, d, &one))
		}
		if len(m.Damage) > 0 {
			whole := s.receive.Quarantine(raw, place+", "+short(strings.Join(m.Damage, "; ")), "A part of the message could not be read.", plainly())
			whole.HeldWith(arrivals)
			arrivals = append(arrivals, whole)
		}
	}
	name := m.ID
	if name == "" {
		name = blob.Hash(b)
	}
	k := source.Entry{ID: "mail:" + name}.Key()
	for i, a := range arrivals {
		if err := s.receive.Keep(ctx, s.viewer(v), a, func(t *store.Tx) error {
			r := a.Result()
			fresh, id := len(r.Captures) > 0, wire.CaptureID("")
			if fresh {
				id = r.Captures[0]
			}
			if err := t.PutTaken(src.ID, k, k, source.Key{}, v.Host, id, fresh, s.now()); err != nil || i < len(arrivals)-1 {
				return err
			}
			return t.PutState(src.Source, *st)
		}); err != nil {
			return err
		}
	}
	return nil
}

// tryMail tells what a mailbox would bring in.
func (s *Service) tryMail(ctx context.Context, src source.Watched, out Tried) (Tried, error) {
	if row, err := s.store.Source(ctx, src.Member, src.ID); err == nil {
		src = row
	}
	c, trouble := s.mailbox(ctx, src.Source)
	if out.Trouble = trouble; trouble.Code != "" {
		return out, nil
	}
	defer c.Close()
	st := src.State
	uids, err := waiting(c, &st)
	for i := 0; err == nil && i < min(len(uids), mostMails); i++ {
		var b []byte
		if b, _, _, err = fetch(c, uids[i]); err != nil {
			break
		}
		m, merr := mail.Read(b, intake.Decode)
		out.Entries = append(out.Entries, TriedEntry{Entry: mailEntry(m, s.now()), What: "new"})
		if docs, said := mailDocuments(src, m, s.now()); merr == nil && len(docs) > 0 && out.First == nil {
			out.First = triedText(s.readDocument(ctx, docs[0], said))
		}
	}
	if err != nil {
		out.Trouble = source.Trouble{Code: source.Unreachable}
	}
	return out, ctx.Err()
}
