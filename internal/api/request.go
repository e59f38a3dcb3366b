package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/format/ninjs"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/wire"
)

// ReleaseRequest is the body of POST /releases and, in part, of its updates and corrections. Fields
// that are not known are ignored, but not those that look like one which says who reads it and when.
type ReleaseRequest struct {
	Issuers        []wire.MemberID   `json:"issuers,omitempty" doc:"Members by short name, the token's own first; without it the token's own alone"`
	Audience       json.RawMessage   `json:"audience,omitempty" doc:"public (the default), members, or a list of partners' short names"`
	Urgency        *int              `json:"urgency,omitempty" minimum:"0" maximum:"9" doc:"Without it the first urgency that an item states"`
	PublishAt      string            `json:"publishAt,omitempty" doc:"When it leaves by itself; without it now"`
	EmbargoedUntil string            `json:"embargoedUntil,omitempty" doc:"Until when only cleared readers read it; without it what the items state, if they agree"`
	Draft          bool              `json:"draft,omitempty" doc:"Keep it at the desk"`
	Reason         string            `json:"reason,omitempty" doc:"Of a correction; it stands in the public register"`
	Items          []json.RawMessage `json:"items" doc:"ninjs items (1.x to 3.1), one text a language; a uri becomes an altId"`
}

// ReasonRequest is the body of a withdrawal.
type ReasonRequest struct {
	Reason string `json:"reason" doc:"It stands in the public register"`
}

// sent is a release as it came in, decoded and checked in form; what it may mean is for wire to say.
type sent struct {
	issuers        []wire.MemberID
	audience       wire.Audience // zero: not stated
	urgency        *int
	publishAt      time.Time
	embargoedUntil time.Time
	draft          bool
	reason         string
	items          []sentItem
}

type sentItem struct {
	wire.NewItem        // AltID is the uri that was sent; Translation only where the item says it
	urgency      int    // 0: not stated
	field        string // "items[0]"
	withheld     bool   // its sender does not let it out yet
}

// Bounds of a JSON body, counted before anything is allocated for it.
var bodyBounds = ninjs.Bounds{Depth: 72, Open: 500_000, Commas: 500_000} // a release's items are nested at most 64 deep themselves

// decode reads a JSON object into v, tolerating fields it does not know.
func decode(body []byte, v any) error {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(body) {
		return fault.E(fault.Invalid, "The body is not valid UTF-8.")
	}
	if bodyBounds.Exceeds(body) {
		return fault.E(fault.TooLarge, "The body is nested deeper than %d levels or holds more values than a release can.", bodyBounds.Depth)
	}
	if b := bytes.TrimSpace(body); len(b) == 0 || b[0] != '{' {
		return fault.E(fault.Invalid, "The body is not a JSON object.")
	}
	if at := halfLetter(body); at >= 0 {
		return fault.E(fault.Invalid, "The body is not valid JSON: %s at byte %d is half of a letter.", body[at:at+6], at)
	}
	err := json.Unmarshal(body, v)
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &kind):
		return fault.Field(kind.Field, "The value is of the wrong kind here.")
	case err != nil:
		return fault.E(fault.Invalid, "The body is not valid JSON.").Because(err)
	}
	return ninjs.Once(body, true) // also names in other capitals: they are read as the same
}

// halfLetter finds the first \uD800 to \uDFFF that is not one of a pair (RFC 8259, section 8.2), -1 where there is none:
// U+FFFD would be released in its place without a word.
func halfLetter(text []byte) int {
	unit := func(i int) rune { // of the escape at i, -1 where there is none
		if len(text) < i+6 || text[i] != '\\' || text[i+1] != 'u' {
			return -1
		}
		n, err := strconv.ParseUint(string(text[i+2:i+6]), 16, 16)
		if err != nil {
			return -1
		}
		return rune(n)
	}
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		switch r := unit(i); {
		case r < 0:
			i++ // another escape, of one byte
		case !utf16.IsSurrogate(r):
			i += 5
		case utf16.DecodeRune(r, unit(i+6)) == utf8.RuneError:
			return i
		default:
			i += 11
		}
	}
	return -1
}

// decodeRelease reads a release, an update or a correction. The error names the field.
func decodeRelease(body []byte) (*sent, error) {
	var req ReleaseRequest
	if err := decode(body, &req); err != nil {
		return nil, err
	}
	if err := misspelt(body, "", decides, "audience", "draft", "embargoedUntil", "publishAt"); err != nil {
		return nil, err
	}
	s := &sent{issuers: req.Issuers, urgency: req.Urgency, draft: req.Draft, reason: req.Reason}
	var err error
	if s.audience, err = audienceOf(req.Audience); err != nil {
		return nil, err
	}
	if s.publishAt, err = instantOf("publishAt", req.PublishAt); err != nil {
		return nil, err
	}
	if s.embargoedUntil, err = instantOf("embargoedUntil", req.EmbargoedUntil); err != nil {
		return nil, err
	}
	if len(req.Items) > wire.MaxItems {
		return nil, fault.Field("items", "A release has at most %d items.", wire.MaxItems)
	}
	for i, raw := range req.Items {
		if err := s.add(raw, fmt.Sprintf("items[%d]", i), req.EmbargoedUntil == ""); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// What names of fields begin with that are meant to say who reads a release and when: of the release, of an item.
var (
	decides     = regexp.MustCompile(`^((is|as)?(audien|draft|embarg|schedul|visib|confidential|restrict|unpublished|(private|public)(ly)?$)|(is)?publish(ed)?(at|on|date|time)?$|(access|release)(level|at|on|date|time)?$)`)
	decidesItem = regexp.MustCompile(`^(is)?(embarg|draft|visib)`)
)

// misspelt refuses a field of the object in body that begins as like says and is none of the known ones, and a known one that says nothing: an "embargoUntil"
// that is passed over would let the words out to everyone at once. at is the object's own place in the input.
func misspelt(body []byte, at string, like *regexp.Regexp, known ...string) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), &fields); err != nil {
		return fault.Field(at, "This is not a JSON object.").Because(err)
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		asked := slices.ContainsFunc(known, func(k string) bool { return strings.EqualFold(k, name) })
		if asked && string(fields[name]) == `""` { // a time that somebody meant to state, and not "at once"
			return fault.Field(strings.TrimPrefix(at+"."+name, "."), "This is empty. Say it, or leave the field out.")
		}
		letters := strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "").Replace(name))
		if like.MatchString(letters) && !asked {
			return fault.Field(strings.TrimPrefix(at+"."+name, "."), "There is no field %.40q here. Who reads this and when is said by %s.", name, strings.Join(known, ", "))
		}
	}
	return nil
}

// instantOf reads RFC 3339; nothing is the zero time.
func instantOf(field, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil || t.UTC().Year() < 1 {
		return time.Time{}, fault.Field(field, "State a time with its zone as in RFC 3339, like 2026-06-01T10:00:00+05:00.")
	}
	return t.UTC(), nil
}

func audienceOf(raw json.RawMessage) (wire.Audience, error) {
	var class wire.AudienceClass
	var partners []wire.MemberID
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return wire.Audience{}, nil
	case json.Unmarshal(raw, &class) == nil && (class == wire.Public || class == wire.Members):
		return wire.Audience{Class: class}, nil
	case json.Unmarshal(raw, &partners) == nil:
		return wire.Audience{Class: wire.Partners, Partners: partners}, nil
	}
	return wire.Audience{}, fault.Field("audience", "The audience is public, members, or a list of partners' short names.")
}

// add decodes one ninjs item. An embargo that items state is the release's own when the release states none.
func (s *sent) add(raw json.RawMessage, field string, embargo bool) error {
	if err := misspelt(raw, field, decidesItem, "embargoed", "embargoedUntil"); err != nil {
		return err
	}
	item, err := ninjs.Parse(raw)
	if err != nil {
		return within(err, field)
	}
	uri := item.URI
	if uri == "" {
		item.URI = "urn:jarchi:unnamed" // a sender need not have one; all else must be valid ninjs
	}
	if err := item.Validate(); err != nil {
		return within(err, field)
	}
	switch {
	case item.RepresentationType == ninjs.Partial:
		return fault.Field(field+".representationType", "This item is partial, as lists give them. Send whole items.")
	case item.PubStatus == ninjs.Canceled:
		return fault.Field(field+".pubStatus", "A canceled item is not released. Withdraw the release instead.")
	}
	tag, err := lang.Parse(item.Language)
	if err != nil || item.Language == "" {
		return fault.Field(field+".language", "Say which language this item is in (BCP 47, like kk or uz-Cyrl).")
	}
	c, err := contentOf(item, field)
	if err != nil {
		return err
	}
	at, err := instantOf(field+".embargoedUntil", item.EmbargoedUntil)
	if err != nil {
		return err
	}
	if embargo && !at.IsZero() {
		if !s.embargoedUntil.IsZero() && !s.embargoedUntil.Equal(at) {
			return fault.Field(field+".embargoedUntil", "The items state different embargoes. State one embargoedUntil for the release.")
		}
		s.embargoedUntil = at
	}
	s.items = append(s.items, sentItem{urgency: item.Urgency, field: field, withheld: item.PubStatus == ninjs.Withheld, NewItem: wire.NewItem{AltID: uri, Language: tag,
		Type: wire.ItemType(item.Type), Translation: item.Translation(""), Content: c}})
	return nil
}

// within says where in the body a field of an item stands.
func within(err error, field string) error {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err
	}
	c := *f
	c.Field = strings.TrimSuffix(field+"."+f.Field, ".")
	return &c
}

// contentOf takes an item's words as plain text: where there is only markup, its text.
func contentOf(item ninjs.Item, field string) (wire.Content, error) {
	for i, h := range item.Headlines {
		if markup(h.ContentType) {
			item.Headlines[i].Value, item.Headlines[i].ContentType = strings.Join(textOf(h.Value), " "), plain
		}
	}
	c := item.Content()
	if len(c.Body) == 0 {
		for _, b := range item.Bodies {
			if markup(b.ContentType) {
				c.Body = textOf(b.Value)
				break
			}
			if b.ContentType != "" && b.ContentType != plain && b.Value != "" {
				return c, fault.Field(field+".bodies", "A body is text/plain or text/html; %.80q is not read.", b.ContentType)
			}
		}
	}
	if c.Headline != "" {
		if err := wire.CheckHeadline(field+".headlines", c.Headline); err != nil {
			return c, err
		}
	}
	return c, nil
}

func markup(contentType string) bool {
	return slices.Contains([]string{"text/html", "application/xhtml+xml", "application/nitf+xml"}, contentType)
}

// required reads an instant that must be there.
func required(field, s string) (time.Time, error) {
	t, err := instantOf(field, s)
	if err == nil && t.IsZero() {
		err = fault.Field(field, "State a time with its zone as in RFC 3339.")
	}
	return t, err
}
