package source

import (
	"crypto/sha256"
	"html"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/lang"
)

// Entry is one item as its feed tells it.
type Entry struct {
	ID         string    `json:"id,omitempty"`
	Link       string    `json:"link,omitempty"`
	Title      string    `json:"title,omitempty"`
	Published  string    `json:"published,omitempty"` // as it stands
	Updated    string    `json:"updated,omitempty"`   // as it stands
	At         time.Time `json:"at,omitzero"`         // when it was published, where the feed says it in a way that can be true
	Day        bool      `json:"day,omitempty"`       // At is a day without a time
	Authors    []string  `json:"authors,omitempty"`
	Language   lang.Tag  `json:"language,omitempty"`
	Categories []string  `json:"categories,omitempty"`
	Text       string    `json:"text,omitempty"`  // HTML
	Whole      bool      `json:"whole,omitempty"` // Text is the whole text and not a summary
	Rights     string    `json:"rights,omitempty"`
	Feed       string    `json:"feed,omitempty"`  // what the feed calls itself
	Again      bool      `json:"again,omitempty"` // it was taken in before, and has changed
	Fetch      string    `json:"fetch,omitempty"` // where Link leads on another host; empty: it does not
	Hops       int       `json:"hops,omitempty"`  // how often it was led on to get there
}

// Key is the hash of what tells one entry from another.
type Key [16]byte

func key(parts ...string) (k Key) {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	copy(k[:], sum[:])
	return k
}

// Key is what the entry is known by within its source: its id, else its link, else its words.
func (e Entry) Key() Key {
	switch {
	case e.ID != "":
		return key("id", e.ID)
	case e.Link != "":
		return key("link", Canonical(e.Link))
	}
	return key("words", e.Title, e.Text)
}

// LinkKey is what the entry's page is known by in every source; the zero Key without a link.
func (e Entry) LinkKey() Key {
	if e.Link == "" {
		return Key{}
	}
	return key("link", Canonical(e.Link))
}

// GUID is what a document is known by that its sender gives a name; the zero Key for no name.
func GUID(name string) Key {
	if name = strings.TrimSpace(name); name == "" {
		return Key{}
	}
	return key("guid", name)
}

// Digest is the hash of what an editor would call the item: where it differs, the item has changed. Dates are no part of it, because many
// programs set them anew each time; nor are addresses within the text.
func (e Entry) Digest() Key {
	return key("entry", e.Title, words(e.Text))
}

// Ends reports whether the feed's text ends as a text does: with the end of a sentence, and not with the dots of one that goes on.
func (e Entry) Ends() bool {
	s := strings.TrimRight(html.UnescapeString(words(e.Text)), " \u00a0»”\"')")
	return strings.TrimRight(s, ".!?۔؟。！？") != s && !strings.HasSuffix(s, "..")
}

// words are the text outside of tags.
func words(s string) string {
	var b strings.Builder
	in := false
	for _, r := range s {
		switch {
		case r == '<':
			in = true
			b.WriteByte(' ')
		case r == '>' && in:
			in = false
		case !in:
			b.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// Words is the hash of a text as it was read, to see whether a page that is fetched again says the same.
func Words(headline string, paragraphs []string) Key {
	return key(append([]string{"text", strings.Join(strings.Fields(headline), " ")}, paragraphs...)...)
}

// followers are parameters that say where a reader came from and nothing about the page.
var followers = []string{"fbclid", "gclid", "yclid", "dclid", "msclkid", "igshid", "mc_cid", "mc_eid", "ysclid", "_openstat", "from_feed"}

// Canonical is an address without what does not tell one page from another: fragment, parameters of campaigns, default port, letter case of the
// host, www. and a trailing slash. It is for comparing, not for fetching.
func Canonical(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host == "" {
		return address
	}
	q := u.Query()
	for k := range q {
		if strings.HasPrefix(strings.ToLower(k), "utm_") || slices.Contains(followers, strings.ToLower(k)) {
			q.Del(k)
		}
	}
	return strings.TrimPrefix(Host(address), "www.") + strings.TrimSuffix(u.EscapedPath(), "/") + "?" + q.Encode()
}

// Called is what a source is called by its address where nobody and no feed says more: a host, a folder's name, whose mailbox it is.
func Called(address string) string {
	if host := Host(address); host != "" {
		return host
	}
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return ""
	case u.Scheme == "file":
		return path.Base(u.Path)
	case u.User != nil && !strings.Contains(u.User.Username(), "@"):
		return u.User.Username() + "@" + u.Hostname()
	case u.User != nil:
		return u.User.Username()
	}
	return u.Hostname()
}

// Host is the host of an address as it is asked one request at a time: its name in lower case, with the port where it is not the usual one.
// It is "" for what is no http or https address.
func Host(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	host, port := strings.TrimSuffix(strings.ToLower(u.Hostname()), "."), u.Port()
	if port == "" || u.Scheme == "http" && port == "80" || u.Scheme == "https" && port == "443" {
		return host
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return host + ":" + port
}

// layouts are how machines write dates: RFC 822 and its successors with the usual faults, RFC 3339 and ISO 8601.
var layouts = []string{
	time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04Z07:00", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly,
	"2 Jan 2006 15:04:05 -0700", "2 Jan 2006 15:04:05 MST", "2 Jan 2006 15:04 -0700", "2 Jan 2006 15:04 MST", "2 Jan 2006 15:04:05", "2 Jan 2006 15:04", "2 Jan 06 15:04:05 -0700", "2 Jan 06 15:04:05 MST", "2 Jan 2006",
	"2 January 2006 15:04:05 -0700", "2 January 2006 15:04:05 MST", "January 2, 2006 15:04:05", "Jan 2, 2006 15:04:05", "January 2, 2006", "Jan 2 15:04:05 MST 2006",
	"02.01.2006 15:04:05", "02.01.2006 15:04", "02.01.2006",
}

// zones are abbreviations that feeds use, in seconds east of Greenwich; others are not guessed at.
var zones = map[string]int{"GMT": 0, "UTC": 0, "UT": 0, "Z": 0, "EST": -5 * 3600, "EDT": -4 * 3600, "CST": -6 * 3600, "CDT": -5 * 3600, "MST": -7 * 3600, "MDT": -6 * 3600, "PST": -8 * 3600, "PDT": -7 * 3600,
	"CET": 3600, "CEST": 2 * 3600, "EET": 2 * 3600, "EEST": 3 * 3600, "MSK": 3 * 3600, "TRT": 3 * 3600, "AZT": 4 * 3600, "UZT": 5 * 3600, "PKT": 5 * 3600, "TMT": 5 * 3600, "TJT": 5 * 3600, "KGT": 6 * 3600}

// Date reads what a feed writes as a date: day is true where it says no time of day. ok is false for what cannot be read, and for what
// cannot be true: before 1990, or more than two days after now. A year of the Persian calendar counts as what it means.
func Date(raw string, now time.Time) (at time.Time, day, ok bool) {
	s := strings.Join(strings.Fields(raw), " ")
	if len(s) < 8 || len(s) > 60 {
		return at, false, false
	}
	if i := strings.Index(s, ", "); i > 0 && i < 12 && !strings.ContainsAny(s[:i], "0123456789") { // the day of the week, right or wrong
		s = s[i+2:]
	} else if i := strings.IndexByte(s, ' '); i == 3 && !strings.ContainsAny(s[:i], "0123456789") && !strings.HasPrefix(s[4:], "0") && strings.IndexByte("123456789", s[4]) >= 0 {
		s = s[i+1:]
	}
	if i := strings.LastIndex(s, " ("); i > 0 && strings.HasSuffix(s, ")") { // a zone's name after its figures
		s = s[:i]
	}
	s = strings.Replace(s, "Sept ", "Sep ", 1)
	for _, layout := range layouts {
		t, err := time.Parse(layout, s)
		if err != nil {
			continue
		}
		if name, off := t.Zone(); strings.Contains(layout, "MST") && off == 0 && name != "" {
			sec, known := zones[name]
			if !known {
				return at, false, false
			}
			t = t.Add(-time.Duration(sec) * time.Second)
		}
		day = !strings.Contains(layout, "15")
		if !possible(t, now) {
			break
		}
		return t.UTC(), day, true
	}
	for _, tag := range []lang.Tag{lang.FA, lang.RU, lang.EN} {
		for _, d := range lang.Dates(tag, raw, time.Time{}) {
			if t, err := time.Parse(time.DateOnly, d.Value[:min(len(d.Value), 10)]); err == nil && possible(t, now) && (d.Precision == "day" || d.Precision == "minute") {
				return t.UTC(), true, true
			}
		}
	}
	return at, false, false
}

func possible(t, now time.Time) bool { return t.Year() >= 1990 && t.Before(now.Add(48*time.Hour)) }

// Stamp is the hash of a file as it was seen: where it differs, there is another file under its name.
func Stamp(name string, f File) Key { return key("file", name, itoa64(f.Size), itoa64(f.Mod)) }

func itoa64(n int64) string { return strconv.FormatInt(n, 10) }
