package sample

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/wire"
)

//go:embed data/members.json data/captures.json data/releases/*.json data/captures data/files
var files embed.FS

// Release is one release as it is to be published: who, to whom, when, in which words, and what
// becomes of it.
type Release struct {
	Key      string // the name of its file, stable from run to run
	Issuers  []wire.MemberID
	Audience wire.Audience
	Urgency  int
	At       time.Duration  // when it is released, from the demo's start; negative lies before it
	Opens    time.Duration  // when its embargo ends, from the demo's start; 0 is no embargo
	Items    []wire.NewItem // the first is in the language it was written in
	Events   []Event        // in the order in which they happen
	Differs  []lang.Tag     // texts whose figures are not those of the first: what a reader is to notice
}

// EventKind is what happens to a release after it left.
type EventKind string

const (
	Update   EventKind = "update"
	Correct  EventKind = "correct"
	Withdraw EventKind = "withdraw"
)

// Event is one later event of a release.
type Event struct {
	Kind   EventKind
	After  time.Duration // from the release's own At
	Manual bool          // played by the visitor, not by the clock; After is then 0
	Reason string        // of a correction or withdrawal
	Items  []wire.NewItem
}

// Capture is a page or text of an outside source, with the faults that such pages have.
type Capture struct {
	Name        string // of its file
	URL         string
	ContentType string
	At          time.Duration // when it comes in, from the demo's start
	Bytes       []byte
}

// Step is one moment of the demo: a release leaves (Event is nil), something happens to it, or a
// capture comes in (Capture is set, and Release is empty).
type Step struct {
	At      time.Duration // from the demo's start
	Release Release
	Event   *Event
	Capture *Capture
}

// Members returns all members, the three of Plain first. The caller may change what it gets.
func Members() []wire.Member {
	out := make([]wire.Member, len(parsed().members))
	for i, m := range parsed().members {
		out[i] = m.wire()
	}
	return out
}

// Plain returns the ids of the members whose desks a visitor of the demo may sit down at.
func Plain() []wire.MemberID {
	var ids []wire.MemberID
	for _, m := range parsed().members {
		if m.Plain {
			ids = append(ids, m.ID)
		}
	}
	return ids
}

// Languages returns the languages a member works in, its own first; nil for an unknown member.
func Languages(id wire.MemberID) []lang.Tag {
	for _, m := range parsed().members {
		if m.ID == id {
			return slices.Clone(m.Languages)
		}
	}
	return nil
}

// Releases returns all releases, oldest first. The caller may change what it gets.
func Releases() []Release {
	p := parsed()
	out := make([]Release, len(p.releases))
	for i, r := range p.releases {
		out[i] = r.wire(&p)
	}
	return out
}

// Captures returns what comes in from outside sources, oldest first.
func Captures() []Capture {
	out := slices.Clone(parsed().captures)
	for i := range out {
		out[i].Bytes = slices.Clone(out[i].Bytes)
	}
	return out
}

// File returns the bytes of an attachment of one of the releases, nil if none has it.
func File(sum [sha256.Size]byte) []byte { return slices.Clone(parsed().files[sum]) }

// Steps returns everything that happens by the clock to the given releases, and the captures that come
// in, in order; manual events are left out.
func Steps(releases []Release, captures ...Capture) []Step {
	var steps []Step
	for i := range captures {
		steps = append(steps, Step{At: captures[i].At, Capture: &captures[i]})
	}
	for _, r := range releases {
		steps = append(steps, Step{At: r.At, Release: r})
		for i := range r.Events {
			if e := &r.Events[i]; !e.Manual {
				steps = append(steps, Step{At: r.At + e.After, Release: r, Event: e})
			}
		}
	}
	slices.SortStableFunc(steps, func(a, b Step) int { return int(a.At - b.At) })
	return steps
}

// Draft makes the release as a wire draft, made at now. An embargo is the caller's to set, since it
// knows when the demo started: SetEmbargo(start.Add(r.Opens), now).
func (r Release) Draft(now time.Time) (*wire.Release, error) {
	return wire.NewRelease(r.Issuers, domain(r.Issuers[0]), r.Audience, r.Urgency, r.Items, now)
}

// Changes is what the event brings to the release as published: new words for the languages it has,
// new items for those it has not. What the event's file does not state (dateline, subjects, rights,
// pictures) is kept from the version before.
func (e Event) Changes(published *wire.Release) wire.Changes {
	c := wire.Changes{Content: map[wire.ItemID]wire.Content{}, Domain: domain(published.Lead())}
	for _, n := range e.Items {
		it := published.Text(n.Language)
		if it == nil {
			c.Add = append(c.Add, n)
			continue
		}
		content := it.Current().Content
		content.Headline, content.Body = n.Content.Headline, slices.Clone(n.Content.Body)
		if len(n.Content.Attachments) > 0 {
			content.Attachments = slices.Clone(n.Content.Attachments)
		}
		c.Content[it.ID] = content
	}
	return c
}

func domain(id wire.MemberID) string {
	for _, m := range parsed().members {
		if m.ID == id {
			return m.Domain
		}
	}
	return ""
}

// The shapes of the files.
type (
	member struct {
		ID        wire.MemberID
		Kind      wire.MemberKind
		Domain    string
		Zone      string
		Plain     bool
		Languages []lang.Tag
		Names     map[lang.Tag]string
		Short     map[lang.Tag]string
	}
	release struct {
		key      string
		Issuers  []wire.MemberID
		Audience audience
		Urgency  int
		At       offset
		Opens    offset
		Slugline string
		Subjects []string
		Items    []item
		Events   []event
		Differs  []lang.Tag
	}
	item struct {
		Language    lang.Tag
		Translation wire.Translation
		Engine      string // who translated, where a machine did
		Dateline    string
		Byline      string
		Headline    string
		EdNote      string
		Body        []string
		Pictures    []picture
	}
	picture struct{ File, Caption, Credit string }
	capture struct {
		File string
		URL  string
		At   offset
	}
	event struct {
		Kind   EventKind
		After  offset
		Manual bool
		Reason string
		Items  []item
	}
	offset   time.Duration
	audience wire.Audience
)

// UnmarshalJSON reads "-64m" or "+12s".
func (o *offset) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	d, err := time.ParseDuration(s)
	*o = offset(d)
	return err
}

// UnmarshalJSON reads "public", "members" or a list of partners.
func (a *audience) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '[' {
		a.Class = wire.Partners
		return json.Unmarshal(b, &a.Partners)
	}
	return json.Unmarshal(b, &a.Class)
}

type exchange struct {
	members  []member
	releases []release
	captures []Capture
	files    map[[sha256.Size]byte][]byte // attachments by their hash
	named    map[string]wire.Attachment   // the same by name, without caption and credit
}

// parsed reads the embedded files once. They are part of the program and read by its tests, so that
// a fault in them is a defect, not an error to handle.
var parsed = sync.OnceValue(func() exchange {
	x, err := load(files)
	if err != nil {
		panic(err)
	}
	return x
})

func load(fsys fs.FS) (exchange, error) {
	x := exchange{files: map[[sha256.Size]byte][]byte{}, named: map[string]wire.Attachment{}}
	if err := decode(fsys, "data/members.json", &x.members); err != nil {
		return exchange{}, err
	}
	var captures []capture
	if err := decode(fsys, "data/captures.json", &captures); err != nil {
		return exchange{}, err
	}
	for _, c := range captures {
		b, err := fs.ReadFile(fsys, "data/captures/"+c.File)
		if err != nil {
			return exchange{}, err
		}
		x.captures = append(x.captures, Capture{Name: c.File, URL: c.URL, ContentType: contentTypes[path.Ext(c.File)], At: time.Duration(c.At), Bytes: b})
	}
	slices.SortStableFunc(x.captures, func(a, b Capture) int { return int(a.At - b.At) })
	pictures, err := fs.Glob(fsys, "data/files/*")
	if err != nil {
		return exchange{}, err
	}
	for _, name := range pictures {
		b, err := fs.ReadFile(fsys, name)
		if err != nil {
			return exchange{}, err
		}
		sum := sha256.Sum256(b)
		x.files[sum] = b
		x.named[path.Base(name)] = wire.Attachment{SHA256: sum, Length: int64(len(b)), MediaType: contentTypes[path.Ext(name)]}
	}
	names, err := fs.Glob(fsys, "data/releases/*.json")
	if err != nil {
		return exchange{}, err
	}
	for _, name := range names {
		r := release{key: strings.TrimSuffix(path.Base(name), ".json")}
		if err := decode(fsys, name, &r); err != nil {
			return exchange{}, err
		}
		if len(r.Issuers) == 0 {
			return exchange{}, fmt.Errorf("%s: no issuer", name)
		}
		for _, it := range r.Items {
			for _, p := range it.Pictures {
				if _, ok := x.named[p.File]; !ok {
					return exchange{}, fmt.Errorf("%s: there is no data/files/%s", name, p.File)
				}
			}
		}
		x.releases = append(x.releases, r)
	}
	slices.SortStableFunc(x.releases, func(a, b release) int { return int(a.At - b.At) })
	return x, nil
}

var contentTypes = map[string]string{".png": "image/png", ".html": "text/html", ".txt": "text/plain"}

func decode(fsys fs.FS, name string, into any) error {
	b, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields() // a misspelt property would silently be lost
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func (m member) wire() wire.Member {
	return wire.Member{ID: m.ID, Kind: m.Kind, Domain: m.Domain, Zone: m.Zone, Names: maps.Clone(m.Names), Short: maps.Clone(m.Short)}
}

func (r release) wire(x *exchange) Release {
	out := Release{
		Key: r.key, Issuers: slices.Clone(r.Issuers), Urgency: r.Urgency,
		Audience: wire.Audience{Class: r.Audience.Class, Partners: slices.Clone(r.Audience.Partners)},
		At:       time.Duration(r.At), Opens: time.Duration(r.Opens), Items: r.items(r.Items, x), Differs: slices.Clone(r.Differs),
	}
	for _, e := range r.Events {
		out.Events = append(out.Events, Event{
			Kind: e.Kind, After: time.Duration(e.After), Manual: e.Manual, Reason: e.Reason, Items: r.items(e.Items, x),
		})
	}
	return out
}

func (r release) items(in []item, x *exchange) []wire.NewItem {
	var out []wire.NewItem
	for _, it := range in {
		var credit []string // every issuer by its name in the item's language
		for _, id := range r.Issuers {
			if i := slices.IndexFunc(x.members, func(m member) bool { return m.ID == id }); i >= 0 {
				credit = append(credit, x.members[i].wire().Name(it.Language))
			}
		}
		rights := wire.Rights{}
		if len(credit) > 0 {
			rights = wire.Rights{Holder: credit[0], Credit: strings.Join(credit, " · ")}
		}
		var ai wire.AIDisclosure
		if it.Translation.ByMachine() {
			ai = wire.AIDisclosure{DigitalSourceType: "trainedAlgorithmicMedia", Note: it.Engine}
		}
		var pictures []wire.Attachment
		for _, p := range it.Pictures {
			a := x.named[p.File]
			a.Caption, a.Credit = p.Caption, p.Credit
			pictures = append(pictures, a)
		}
		out = append(out, wire.NewItem{
			Language: it.Language, Type: wire.Text, Translation: it.Translation,
			Content: wire.Content{
				Headline: it.Headline, Slugline: r.Slugline, Dateline: it.Dateline, Byline: it.Byline, EdNote: it.EdNote,
				Body: slices.Clone(it.Body), Subjects: slices.Clone(r.Subjects), Rights: rights, AI: ai, Attachments: pictures,
			},
		})
	}
	return out
}
