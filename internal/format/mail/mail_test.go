package mail

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"jarchi.dev/jarchi/internal/fault"
)

const head = "From: Nurtau Agency <wire@nurtau.example>\nMessage-ID: <1@nurtau.example>\nSubject: Road opened\nDate: Mon, 2 Mar 2026 08:00:00 +0500\n"

// mixed is a message of parts.
func mixed(parts ...string) string {
	return head + "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n" + strings.Join(parts, "\n--b\n") + "\n--b--\n"
}

func within(n int, inner string) string {
	for i := range n {
		inner = fmt.Sprintf("Content-Type: multipart/mixed; boundary=d%d\n\n--d%d\n%s\n--d%d--\n", i, i, inner, i)
	}
	return head + inner
}

const plainPart = "Content-Type: text/plain\n\nThe office opened a road."

// Each fault of a message: what is read in spite of it, what is damaged, or why nothing is read and where.
func TestBattery(t *testing.T) {
	t.Parallel()
	nitf := "<nitf><body/></nitf>"
	for _, c := range []struct {
		name, text     string
		kind           fault.Kind // "": it is read
		at             string
		docs           int
		own            string // the beginning of its own text; "-": there is none
		damage, passed int
	}{
		{name: "a plain message", text: head + "\nThe road.", own: "The road."},
		{name: "nothing", text: "", kind: fault.Invalid},
		{name: "no header", text: "\nThe road.", kind: fault.Invalid},
		{name: "a page", text: "<html><body>x</body></html>", kind: fault.Invalid},
		{name: "a header without end", text: head + "X: " + strings.Repeat("a", 300_000), kind: fault.Invalid},
		{name: "a header of many lines", text: head + strings.Repeat("X: a\n", 100_000) + "\nx", kind: fault.Invalid},
		{name: "twenty parts within parts", text: within(20, plainPart), own: "The office"},
		{name: "twenty-one parts within parts", text: within(21, plainPart), kind: fault.TooLarge, at: "part 1.1"},
		{name: "a thousand parts within parts", text: within(1000, plainPart), kind: fault.TooLarge, at: "part 1.1"},
		{name: "more parts than are read", text: mixed(strings.Split(strings.Repeat(plainPart+"\x00", 120)[:120*(len(plainPart)+1)-1], "\x00")...), kind: fault.TooLarge, at: "part 100"},
		{name: "messages within messages", text: head + strings.Repeat("Content-Type: message/rfc822\n\n"+head, 30) + plainPart, kind: fault.TooLarge, at: "part 1"},
		{name: "a message passed on with the boundary of the message", text: mixed("Content-Type: message/rfc822\n\n" + mixed("Content-Type: application/xml; name=a.xml\n\n"+nitf)), docs: 1, own: "-", damage: 1},
		{name: "no boundary", text: head + "Content-Type: multipart/mixed\n\n--b\n" + plainPart + "\n--b--\n", own: "-", damage: 1},
		{name: "a boundary that never comes", text: head + "Content-Type: multipart/mixed; boundary=c\n\n--b\n" + plainPart + "\n--b--\n", own: "-", damage: 1},
		{name: "cut off within a part", text: strings.TrimSuffix(mixed(plainPart), "\n--b--\n"), own: "The office", damage: 2},
		{name: "no parts at all", text: head + "Content-Type: multipart/mixed; boundary=b\n\n--b--\n", own: "-"},
		{name: "base64 that is none", text: mixed("Content-Type: application/xml; name=a.xml\nContent-Transfer-Encoding: base64\n\n!!!!", plainPart), own: "The office", damage: 1},
		{name: "base64 cut off", text: mixed("Content-Type: application/json; name=a.json\nContent-Transfer-Encoding: base64\n\n"+base64.StdEncoding.EncodeToString([]byte(`{"uri":"urn:x:1"}`))[:21], plainPart), docs: 1, own: "The office", damage: 1},
		{name: "base64 in one line", text: mixed("Content-Type: application/json; name=a.json\nContent-Transfer-Encoding: base64\n\n" + base64.StdEncoding.EncodeToString([]byte(`{"uri":"urn:x:1"}`))), docs: 1, own: "-"},
		{name: "quoted-printable that is none", text: head + "Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\nA=ZZ=road", own: "A"},
		{name: "a transfer encoding that nobody knows", text: head + "Content-Type: text/plain\nContent-Transfer-Encoding: x-uu\n\nThe road.", own: "The road."},
		{name: "a character set that nobody knows", text: head + "Content-Type: text/plain; charset=x-nobody\n\nThe road.", own: "The road."},
		{name: "a media type that is none", text: head + "Content-Type: ???\n\nThe road.", own: "The road."},
		{name: "a media type twice", text: head + "Content-Type: text/plain\nContent-Type: text/html\n\nThe road.", own: "The road."},
		{name: "HTML alone", text: head + "Content-Type: text/html\n\n<p>The road.", own: "<p>The road."},
		{name: "plain and HTML", text: head + "Content-Type: multipart/alternative; boundary=b\n\n--b\n" + plainPart + "\n--b\nContent-Type: text/html\n\n<p>x\n--b--\n", own: "The office"},
		{name: "plain that is empty and HTML", text: head + "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\n \n--b\nContent-Type: text/html\n\n<p>x\n--b--\n", own: "<p>x"},
		{name: "a picture alone", text: head + "Content-Type: image/png; name=a.png\n\nPNG", own: "-", passed: 1},
		{name: "an archive", text: mixed("Content-Type: application/zip; name=a.zip\n\nPK", plainPart), own: "The office", passed: 1},
		{name: "XML that is no news", text: mixed("Content-Type: application/xml; name=a.xml\n\n<invoice/>", plainPart), own: "The office", passed: 1},
		{name: "a subject in a character set that lies", text: strings.Replace(head, "Road opened", "=?x-nobody?B?4OHi?= =?utf-8?B?!!!?=", 1) + "\nThe road.", own: "The road."},
		{name: "a subject without end", text: strings.Replace(head, "Road opened", strings.Repeat("a ", 50_000), 1) + "\nThe road.", own: "The road."},
		{name: "a date of 1404", text: strings.Replace(head, "2026", "1404", 1) + "\nThe road.", own: "The road."},
		{name: "a date of 2599", text: strings.Replace(head, "2026", "2599", 1) + "\nThe road.", own: "The road."},
		{name: "a date in words", text: strings.Replace(head, "Mon, 2 Mar 2026 08:00:00 +0500", "yesterday", 1) + "\nThe road.", own: "The road."},
		{name: "a file name that climbs", text: mixed("Content-Type: application/json; name=\"../../etc/passwd.json\"\n\n{}"), docs: 1, own: "-"},
		{name: "a message larger than is taken", text: head + "\n" + strings.Repeat("a", MaxBytes), kind: fault.TooLarge},
	} {
		m, err := Read([]byte(strings.ReplaceAll(c.text, "\n", "\r\n")), nil)
		if c.kind != "" {
			_, at := fault.Public(err)
			if err == nil || fault.KindOf(err) != c.kind || !strings.HasPrefix(at, c.at) {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		own := "-"
		if m.Text != nil {
			own = string(m.Text.Bytes)
		}
		if err != nil || len(m.Documents) != c.docs || !strings.HasPrefix(own, c.own) || len(m.Damage) != c.damage || len(m.Passed) != c.passed {
			t.Errorf("%s: %v, %d documents, %.30q, %v, %v", c.name, err, len(m.Documents), own, m.Damage, m.Passed)
		}
		if len(m.Subject) > 4*maxLine {
			t.Errorf("%s: a subject of %d bytes", c.name, len(m.Subject))
		}
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	m, err := Read([]byte(strings.ReplaceAll(mixed(plainPart, "Content-Type: application/octet-stream\nContent-Disposition: attachment; filename*=utf-8''%D0%B0.nitf\n\n<nitf/>", "Content-Type: text/plain; name=note.txt\n\nA note."), "\n", "\r\n")), nil)
	if err != nil || m.ID != "1@nurtau.example" || m.From != "Nurtau Agency" || m.RawDate != "Mon, 2 Mar 2026 08:00:00 +0500" || len(m.Documents) != 2 || m.Documents[0].Place != "2" || m.Documents[0].Name != "а.nitf" {
		t.Errorf("%+v, %v", m, err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(mixed(plainPart, "Content-Type: application/json\n\n{}")))
	f.Add([]byte(within(5, plainPart)))
	f.Fuzz(func(t *testing.T, b []byte) {
		if m, err := Read(b, nil); err == nil && len(m.Documents) > MaxParts {
			t.Errorf("%d documents", len(m.Documents))
		}
	})
}

// TestReadBareHeader: a subject and a name in letters that nothing states are read as the message's own text is, and never as half of it.
func TestReadBareHeader(t *testing.T) {
	t.Parallel()
	encode := func(s string) string {
		b, err := charmap.Windows1251.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	guess := func(b []byte, contentType string) string {
		s, err := charmap.Windows1251.NewDecoder().Bytes(b)
		if err != nil || contentType == "" {
			return "?"
		}
		return string(s)
	}
	m, err := Read([]byte("From: "+encode("Порт Нуртау")+" <p@nurtau.example>\r\nSubject: "+encode("Порт\r\n закрыт")+"\r\nContent-Type: text/plain\r\n\r\n"+encode("Порт закрыт на три дня.")), guess)
	if err != nil || m.Subject != "Порт закрыт" || m.From != "Порт Нуртау" {
		t.Errorf("%q from %q, %v", m.Subject, m.From, err)
	}
}
