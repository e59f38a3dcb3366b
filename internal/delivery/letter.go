package delivery

import (
	"bytes"
	"fmt"
	"html/template"
	netmail "net/mail"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/emersion/go-message/mail"

	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/notice"
	"jarchi.dev/jarchi/internal/subscription"
	"jarchi.dev/jarchi/internal/take"
	"jarchi.dev/jarchi/internal/wire"
)

// letter is what one mail says, in two forms of the same words.
type letter struct {
	In         lang.Tag // of what it says beside the text
	ID, Root   string   // Message-ID, and that of the letter that it answers, without brackets
	Subject    string
	State      []string // on top: whose words, which version, what has changed; or that it must not be used
	Title      string
	Text       lang.Tag // of title and paragraphs
	Paragraphs []string
	Facts      []letterFact
	Links      []letterFact // of addresses
	Parts      []letterPart // of a digest, in place of the text
	Item       wire.ItemID  // whose words it has; empty: nobody's, or many's
	Version    int          // of it
	Proof      []byte       // of that version, for 'jarchi verify'; empty: it is not attached

	List          string // List-Id; empty: no letter of a list
	End, EndLabel string
	Foot          string
}

type letterFact struct{ Label, Value string }

// letterPart is what stands under one heading of a digest.
type letterPart struct {
	Heading string
	In      lang.Tag // of the heading
	Entries []letter // of each state, title, first words, facts and links
}

// Dir is the direction of the heading.
func (p letterPart) Dir() string { return p.In.Dir() }

// maxLetter bounds the paragraphs of one letter, in bytes; whoever wants more follows the link.
const maxLetter = 256 << 10

// maxProof bounds the proof that is attached to a letter, in bytes: it holds the words once more, and mail servers take some megabytes. What is larger stands
// behind the link, and the letter says so.
const maxProof = 2 << 20

// letterOf is the letter of a delivery.
func (s *Service) letterOf(x subscription.Subscription, d subscription.Delivery, e browse.Entry, members map[wire.MemberID]wire.Member) (letter, error) {
	position := ""
	if d.Kind != subscription.Released && d.Kind != subscription.Captured {
		position = strconv.FormatInt(d.Position, 10)
	}
	l := letter{ID: s.messageID(x, d.Ref, position)}
	if position != "" {
		l.Root = s.messageID(x, d.Ref, "")
	}
	if c := e.Capture; c != nil {
		p := pointer(c)
		e.Capture = p
		l.In = mailLanguage(x, c.Language)
		if !c.Gone.IsZero() {
			l.State = []string{notice.Say(notice.WithdrawnHead, l.In)}
			l.Subject, l.Facts = l.State[0], []letterFact{{notice.Say(notice.Arrived, l.In), bothTimes(c.ArrivedAt, "")}, {notice.Say(notice.Changed, l.In), bothTimes(c.Gone, "")}, {notice.Say(notice.Source, l.In), c.SourceURL}, {"URI", string(c.URI)}}
			s.list(x, &l)
			return l, nil
		}
		got, err := take.WordsOf(e, members, l.In)
		if err != nil {
			return l, err
		}
		l.Subject, l.State, l.Title, l.Text = got.Headline, []string{got.State}, got.Headline, c.Language
		l.Facts = []letterFact{{notice.Say(notice.Source, l.In), got.Credit}, {notice.Say(notice.Arrived, l.In), c.ArrivedAt.UTC().Format("2006-01-02 15:04 UTC")}}
		l.Links = []letterFact{{notice.Say(notice.Read, l.In), s.at("/captures/" + d.Ref)}}
		if p.SourceURL != "" {
			l.Links = append(l.Links, letterFact{notice.Say(notice.Source, l.In), p.SourceURL})
		}
		s.list(x, &l)
		return l, nil
	}
	r := e.Release
	if len(r.Items) == 0 {
		return l, fault.E(fault.Corrupt, "The release %s has no text.", r.ID)
	}
	if e.Item < 0 {
		e.Item = spoken(x, r)
	}
	it := &r.Items[e.Item]
	l.In = mailLanguage(x, it.Language)
	lead := members[r.Lead()]
	l.Facts = []letterFact{{notice.Say(notice.Issuer, l.In), lead.Name(l.In)}}
	l.Links = []letterFact{{notice.Say(notice.Read, l.In), s.at("/releases/" + string(r.ID))}}
	s.list(x, &l)
	if r.State == wire.Withdrawn || r.State == wire.Erased {
		says, at := goneSays(r, l.In)
		l.Subject, l.State = says[0]+" · "+lead.Name(l.In), says
		l.Facts = append(l.Facts, letterFact{notice.Say(notice.Released, l.In), bothTimes(r.OpenedAt, lead.Zone)}, letterFact{notice.Say(notice.Changed, l.In), bothTimes(at, lead.Zone)}, letterFact{"URI", string(it.URI)})
		return l, nil
	}
	got, err := take.WordsOf(e, members, l.In)
	if err != nil {
		return l, err
	}
	l.Subject, l.State, l.Title, l.Text, l.Paragraphs = got.Headline, []string{got.State}, got.Headline, it.Language, slices.Clone(got.Paragraphs)
	if got.Dateline != "" && (len(l.Paragraphs) == 0 || !strings.HasPrefix(l.Paragraphs[0], got.Dateline)) {
		l.Paragraphs = slices.Insert(l.Paragraphs, 0, got.Dateline)
	}
	size := 0
	for i, p := range l.Paragraphs {
		if size += len(p); size > maxLetter {
			l.Paragraphs = append(l.Paragraphs[:i:i], "…")
			break
		}
	}
	if v := it.Current(); v.Kind == wire.CorrectKind || v.Kind == wire.UpdateKind {
		l.Facts = append(l.Facts, letterFact{notice.Say(notice.Released, l.In), bothTimes(r.OpenedAt, lead.Zone)}, letterFact{notice.Say(notice.Changed, l.In), bothTimes(v.At, lead.Zone)})
	} else {
		l.Facts = append(l.Facts, letterFact{notice.Say(notice.Released, l.In), bothTimes(r.OpenedAt, lead.Zone)})
	}
	l.Facts = append(l.Facts, letterFact{notice.Say(notice.Credit, l.In), got.Credit})
	proof := "/api/v1/items/" + string(it.ID) + "/versions/" + strconv.Itoa(got.Version) + "/proof"
	if r.Audience.Class != wire.Public { // who comes there from a mail is nobody yet: the page asks him to sign in, and has the file
		proof = "/releases/" + string(r.ID) + "#proof"
	}
	l.Links = append(l.Links, letterFact{notice.Say(notice.ProofFile, l.In), s.at(proof)})
	l.Item, l.Version = it.ID, got.Version
	return l, nil
}

// prove attaches a proof, or says why not.
func (l *letter) prove(proof []byte) {
	if len(proof) <= maxProof {
		l.Proof = proof
		return
	}
	l.Facts = append(l.Facts, letterFact{notice.Say(notice.ProofLarge, l.In), fmt.Sprintf("%.1f MB", float64(len(proof))/1e6)})
}

// bothTimes is an instant in UTC and on the clock of the issuer's city.
func bothTimes(t time.Time, zone string) string {
	out := t.UTC().Format("2006-01-02 15:04 UTC")
	if z, err := time.LoadLocation(zone); err == nil && zone != "" && zone != "UTC" {
		out += " · " + t.In(z).Format("2006-01-02 15:04 -07:00")
	}
	return out
}

// heading is a text as it may stand in a field of a header: one line of at most so many letters, nothing that steers a screen.
func heading(s string, letters int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r):
			return ' '
		case lang.Forces(r), r == '\uFEFF':
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	s = strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "=?", "= ?") // would be read as an encoded word (RFC 2047), with whatever is encoded in it
	if r := []rune(s); len(r) > letters {
		s = strings.TrimSpace(string(r[:letters-1])) + "…"
	}
	return s
}

// maxSubject is how long a subject may be, in letters.
const maxSubject = 200

// bytes writes the letter (RFC 5322): multipart/alternative of plain words and the same in HTML, all of it ASCII on the way; within multipart/mixed where a proof
// is attached.
func (l letter) bytes(from netmail.Address, to string, now time.Time) ([]byte, error) {
	var h mail.Header
	h.SetDate(now.UTC())
	h.SetAddressList("From", []*mail.Address{{Name: heading(from.Name, 100), Address: from.Address}})
	h.SetAddressList("To", []*mail.Address{{Address: to}})
	h.SetSubject(heading(l.Subject, maxSubject))
	h.SetMessageID(l.ID)
	if l.Root != "" {
		h.SetMsgIDList("In-Reply-To", []string{l.Root})
		h.SetMsgIDList("References", []string{l.Root})
	}
	h.Set("Content-Language", string(l.In))
	h.Set("Auto-Submitted", "auto-generated")
	h.Set("Precedence", "bulk")
	if l.List != "" {
		h.Set("List-Id", "<"+l.List+">")
		h.Set("List-Unsubscribe", "<"+l.End+">")
		h.Set("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
	var out bytes.Buffer
	var w *mail.InlineWriter
	var whole *mail.Writer
	var err error
	if len(l.Proof) == 0 {
		w, err = mail.CreateInlineWriter(&out, h)
	} else if whole, err = mail.CreateWriter(&out, h); err == nil {
		w, err = whole.CreateInline()
	}
	if err != nil {
		return nil, err
	}
	var page bytes.Buffer
	if err := letterPage.Execute(&page, l); err != nil {
		return nil, err
	}
	for _, part := range []struct {
		kind string
		body []byte
	}{{"text/plain", []byte(l.plain())}, {"text/html", page.Bytes()}} {
		var h mail.InlineHeader
		h.SetContentType(part.kind, map[string]string{"charset": "utf-8"})
		h.Set("Content-Transfer-Encoding", "quoted-printable")
		p, err := w.CreatePart(h)
		if err != nil {
			return nil, err
		}
		if _, err = p.Write(bytes.ReplaceAll(bytes.ReplaceAll(part.body, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))); err == nil {
			err = p.Close()
		}
		if err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil || whole == nil {
		return out.Bytes(), err
	}
	var file mail.AttachmentHeader
	file.SetContentType("application/json", nil)
	file.SetFilename(fmt.Sprintf("%s-%d.proof.json", l.Item, l.Version))
	file.Set("Content-Transfer-Encoding", "base64")
	p, err := whole.CreateAttachment(file)
	if err != nil {
		return nil, err
	}
	if _, err := p.Write(l.Proof); err != nil {
		return nil, err
	}
	if err := p.Close(); err != nil {
		return nil, err
	}
	err = whole.Close()
	return out.Bytes(), err
}

// plain is the letter in plain words.
func (l letter) plain() string {
	var parts []string
	add := func(s string) {
		if s = strings.TrimSpace(s); s != "" {
			parts = append(parts, s)
		}
	}
	lines := func(fs []letterFact) (out string) {
		for _, f := range fs {
			if f.Value != "" {
				out += f.Label + ": " + f.Value + "\n"
			}
		}
		return out
	}
	add(strings.Join(l.State, "\n"))
	add(l.Title)
	for _, p := range l.Paragraphs {
		add(p)
	}
	for _, p := range l.Parts {
		if p.Heading != "" {
			add("== " + p.Heading + " ==")
		}
		for _, e := range p.Entries {
			add(strings.Join(e.State, "\n"))
			add(e.Title)
			for _, p := range e.Paragraphs {
				add(p)
			}
			add(lines(e.Facts) + lines(e.Links))
		}
	}
	add(lines(l.Facts))
	add(lines(l.Links))
	add(l.Foot)
	if l.End != "" {
		add(l.EndLabel + ": " + l.End)
	}
	return strings.Join(parts, "\n\n") + "\n"
}

// Dir, TextDir are the directions of what the letter says, and of the text.
func (l letter) Dir() string     { return l.In.Dir() }
func (l letter) TextDir() string { return l.Text.Dir() }

// Nothing is fetched by whoever opens it: no picture, no style of elsewhere, nothing that tells that it was read.
var letterPage = template.Must(template.New("letter").Parse(`<!DOCTYPE html>
<html lang="{{.In}}" dir="{{.Dir}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{.Subject}}</title></head><body>
{{range .State}}<p><strong><bdi>{{.}}</bdi></strong></p>
{{end}}{{if or .Title .Paragraphs}}<div{{with .Text}} lang="{{.}}"{{end}} dir="{{.TextDir}}">
{{with .Title}}<h1>{{.}}</h1>
{{end}}{{range .Paragraphs}}<p>{{.}}</p>
{{end}}</div>
{{end}}{{range .Parts}}{{if .Heading}}<hr>
<h2 lang="{{.In}}" dir="{{.Dir}}">{{.Heading}}</h2>
{{end}}{{range .Entries}}{{range .State}}<p><strong><bdi>{{.}}</bdi></strong></p>
{{end}}{{if or .Title .Paragraphs}}<div{{with .Text}} lang="{{.}}"{{end}} dir="{{.TextDir}}">
{{with .Title}}<h3>{{.}}</h3>
{{end}}{{range .Paragraphs}}<p>{{.}}</p>
{{end}}</div>
{{end}}<p>{{range .Facts}}{{if .Value}}{{.Label}}: <bdi>{{.Value}}</bdi><br>
{{end}}{{end}}{{range .Links}}<a href="{{.Value}}">{{.Label}}</a><br>
{{end}}</p>
{{end}}{{end}}{{if .Facts}}<p>{{range .Facts}}{{if .Value}}{{.Label}}: <bdi>{{.Value}}</bdi><br>
{{end}}{{end}}</p>
{{end}}{{range .Links}}<p>{{.Label}}:<br><a href="{{.Value}}" dir="ltr">{{.Value}}</a></p>
{{end}}{{with .Foot}}<hr>
<p>{{.}}</p>
{{end}}{{if .End}}<p><a href="{{.End}}">{{.EndLabel}}</a></p>
{{end}}</body></html>
`))
