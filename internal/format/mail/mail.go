// Package mail reads messages of electronic mail for the documents they carry: the attachments in formats of newsrooms, else the text of the
// message itself.
//
// Sources: RFC 5322, RFC 2045 to 2049, RFC 2183. Depth, parts, header and bytes are bounded; nothing is fetched; a character set is left to whoever
// reads the text, because many messages state a wrong one.
package mail

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-message"
	"golang.org/x/net/html/charset"

	"jarchi.dev/jarchi/internal/fault"
)

// Bounds of what Read takes.
const (
	MaxBytes  = 32 << 20 // of a message, and of what is decoded of it
	MaxDepth  = 20       // of parts within parts
	MaxParts  = 100
	maxHeader = 256 << 10 // bytes, of a part
	maxLine   = 500       // letters of a subject, a name
)

// Message is what was read.
type Message struct {
	ID        string // Message-ID without its brackets; may be empty
	Subject   string
	From      string // the name, else the address
	RawDate   string // Date, as it is written
	Language  string // Content-Language, as it is written
	Documents []Document
	Text      *Document // the text of the message itself: plain, else HTML; nil: there is none
	Passed    []string  // attachments that are no documents, by name or type
	Damage    []string  // parts that could not be read, with their place
}

// Document is a part that may be read.
type Document struct {
	Place string // its number in the message, like 2.1
	Name  string // may be empty
	Type  string // media type with its parameters, as it is stated
	Bytes []byte // decoded from the transfer encoding
}

// Read reads a message. The fault is Invalid for what is none, TooLarge beyond the bounds, and names the part in its field. decode gives the text of bytes
// that state no character set, or a wrong one, under a content type: senders write it bare into subjects and names. nil: what is not UTF-8 there is lost.
func Read(b []byte, decode func(b []byte, contentType string) string) (m Message, err error) {
	if len(b) > MaxBytes {
		return m, fault.E(fault.TooLarge, "A message may have %d MB; this one has %d bytes.", MaxBytes>>20, len(b))
	}
	e, err := message.ReadWithOptions(bytes.NewReader(b), &message.ReadOptions{MaxHeaderBytes: maxHeader})
	if e == nil || err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
		return m, fault.E(fault.Invalid, "This is no message of mail.").Because(err)
	}
	if !e.Header.Has("From") && !e.Header.Has("Subject") && !e.Header.Has("Message-Id") && !e.Header.Has("Date") {
		return m, fault.E(fault.Invalid, "This is no message of mail: it has no header.")
	}
	m.ID = line(strings.Trim(strings.TrimSpace(e.Header.Get("Message-Id")), "<>"))
	m.RawDate, m.Language = line(e.Header.Get("Date")), line(e.Header.Get("Content-Language"))
	r := reader{m: &m, left: MaxBytes}
	if err := r.part(e, "", 0); err != nil {
		return Message{}, err
	}
	m.Subject, m.From = text(m.bare(e.Header.Get("Subject"), decode)), from(m.bare(e.Header.Get("From"), decode))
	return m, nil
}

// bare is a field's text where its sender wrote other letters than UTF-8 into it: those of the message's own text, which tells more of them than so few.
func (m *Message) bare(field string, decode func([]byte, string) string) string {
	if utf8.ValidString(field) || decode == nil {
		return field
	}
	b, kind := []byte(strings.Join(strings.Fields(field), " ")+"\n"), ""
	if m.Text != nil && !utf8.Valid(m.Text.Bytes) {
		b, kind = append(b, m.Text.Bytes[:min(len(m.Text.Bytes), 4096)]...), m.Text.Type
	}
	field, _, _ = strings.Cut(decode(b, kind), "\n")
	return field
}

type reader struct {
	m     *Message
	parts int
	left  int
	html  *Document
}

func (r *reader) part(e *message.Entity, place string, depth int) error {
	at := place
	if at == "" {
		at = "1"
	}
	if depth > MaxDepth {
		return &fault.Error{Kind: fault.TooLarge, Field: "part " + at, Text: fmt.Sprintf("The message has parts within parts, more than %d deep.", MaxDepth)}
	}
	if r.parts++; r.parts > MaxParts {
		return &fault.Error{Kind: fault.TooLarge, Field: "part " + at, Text: fmt.Sprintf("The message has more than %d parts.", MaxParts)}
	}
	kind, params, err := mime.ParseMediaType(e.Header.Get("Content-Type"))
	if err != nil && kind == "" {
		kind = "text/plain" // RFC 2045, 5.2
	}
	if strings.HasPrefix(kind, "multipart/") {
		mr := e.MultipartReader()
		if mr == nil {
			r.damage(at, errors.New("it has no boundary"))
			return nil
		}
		defer mr.Close()
		for n := 1; ; n++ {
			p, err := mr.NextPart()
			if err == io.EOF {
				break
			}
			if p == nil || err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
				r.damage(at, err)
				break
			}
			under := fmt.Sprint(n)
			if place != "" {
				under = place + "." + under
			}
			if err := r.part(p, under, depth+1); err != nil {
				return err
			}
		}
		if depth == 0 || kind == "multipart/alternative" {
			r.settle()
		}
		return nil
	}
	b, err := io.ReadAll(io.LimitReader(e.Body, int64(r.left)+1))
	if r.left -= len(b); r.left < 0 {
		return &fault.Error{Kind: fault.TooLarge, Field: "part " + at, Text: fmt.Sprintf("The parts of the message have more than %d MB.", MaxBytes>>20)}
	}
	if err != nil {
		r.damage(at, err)
		if len(b) == 0 {
			return nil
		}
	}
	if kind == "message/rfc822" { // a message that was passed on: what it carries counts
		inner, err := message.ReadWithOptions(bytes.NewReader(b), &message.ReadOptions{MaxHeaderBytes: maxHeader})
		if inner == nil || err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
			r.damage(at, err)
			return nil
		}
		under := place
		if under == "" {
			under = "1"
		}
		return r.part(inner, under, depth+1)
	}
	how, dp, _ := mime.ParseMediaType(e.Header.Get("Content-Disposition"))
	name := text(dp["filename"])
	if name == "" {
		name = text(params["name"])
	}
	d := Document{Place: at, Name: name, Type: line(e.Header.Get("Content-Type")), Bytes: b}
	attached := how == "attachment" || name != ""
	switch {
	case news(kind, name, b):
		r.m.Documents = append(r.m.Documents, d)
	case !attached && kind == "text/plain":
		if r.m.Text == nil {
			r.m.Text = &d
		}
	case !attached && (kind == "text/html" || kind == "application/xhtml+xml"):
		if r.html == nil {
			r.html = &d
		}
	case len(b) > 0:
		if name == "" {
			name = kind
		}
		r.m.Passed = append(r.m.Passed, name)
	}
	if depth == 0 {
		r.settle()
	}
	return nil
}

// settle takes the HTML of a message as its text where it has no plain one.
func (r *reader) settle() {
	if r.m.Text == nil || len(bytes.TrimSpace(r.m.Text.Bytes)) == 0 {
		if r.html != nil {
			r.m.Text = r.html
		}
	}
}

func (r *reader) damage(at string, err error) {
	why := "it breaks off"
	if err != nil {
		why = err.Error()
	}
	if len(r.m.Damage) < 20 {
		r.m.Damage = append(r.m.Damage, "part "+at+": "+line(why))
	}
}

// news reports whether a part is in a format of newsrooms: ninjs, NewsML-G2, NITF; or a file of plain text that was attached.
func news(kind, name string, b []byte) bool {
	name = strings.ToLower(name)
	head := strings.ToLower(string(bytes.ReplaceAll(b[:min(len(b), 2000)], []byte{0}, nil)))
	switch {
	case strings.HasSuffix(kind, "json"), strings.HasSuffix(name, ".json"), strings.HasSuffix(name, ".ninjs"):
		return true
	case strings.Contains(kind, "newsml"), strings.Contains(kind, "nitf"), strings.Contains(kind, "iptc.g2"), strings.HasSuffix(name, ".nitf"):
		return true
	case strings.HasSuffix(kind, "/xml"), strings.HasSuffix(name, ".xml"):
		return strings.Contains(head, "<nitf") || strings.Contains(head, "newsitem") || strings.Contains(head, "newsmessage") || strings.Contains(head, "packageitem")
	case kind == "text/plain" && strings.HasSuffix(name, ".txt"):
		return true
	}
	return false
}

var words = mime.WordDecoder{CharsetReader: func(name string, in io.Reader) (io.Reader, error) { return charset.NewReaderLabel(name, in) }}

// text is a header's text, with its encoded words decoded as far as they can be.
func text(s string) string {
	if d, err := words.DecodeHeader(s); err == nil {
		s = d
	}
	return line(s)
}

func line(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "\ufffd")), " ")
	if r := []rune(s); len(r) > maxLine {
		s = string(r[:maxLine])
	}
	return s
}

// from is the name of a sender, else the address.
func from(s string) string {
	s = text(s)
	if i := strings.LastIndexByte(s, '<'); i > 0 {
		if name := strings.Trim(strings.TrimSpace(s[:i]), `"`); name != "" {
			return name
		}
	}
	return strings.Trim(s, "<>")
}
