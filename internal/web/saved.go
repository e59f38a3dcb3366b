package web

import (
	"context"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/delivery"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/wire"
)

// Saved keeps what a person marks for herself: searches, as addresses of the wire without their '?', and
// items for her shift, as paths like releases/{id}.
type Saved interface {
	SavedSearches(ctx context.Context, who people.UserID) ([]string, error)
	SaveSearch(ctx context.Context, who people.UserID, args string) error
	DropSearch(ctx context.Context, who people.UserID, args string) error
	SavedItems(ctx context.Context, who people.UserID) ([]string, error)
	SaveItem(ctx context.Context, who people.UserID, path string) error
	DropItem(ctx context.Context, who people.UserID, path string) error
}

// keptLink is a search that the person keeps.
type keptLink struct {
	Label, Href, Args string
	Current           bool
	CanTell, Tell     bool   // she can be told of what is new for it, and wants to be
	New               string // how much is; empty: nothing
	Mail              string // where she has it told by mail; empty: it cannot be
}

// saveButton saves the item that is open, or takes it from the saved ones.
type saveButton struct {
	Path string
	Kept bool
}

func (q *request) keptSearches(d *wirePage, args url.Values) error {
	if q.Saved == nil || q.person.Nobody() {
		return nil
	}
	all, err := q.Saved.SavedSearches(q.r.Context(), q.person.ID)
	if err != nil {
		return err
	}
	this := with(args, "density", "").Encode()
	var news map[string]int
	if q.Deliveries != nil {
		if news, err = q.Deliveries.Alerts(q.r.Context(), q.person); err != nil {
			return err
		}
	}
	for _, s := range all {
		v, err := url.ParseQuery(s)
		if err != nil {
			continue
		}
		k := keptLink{Label: q.searchLabel(v), Href: address(listArgs(v)), Args: s, Current: s == this, CanTell: q.Deliveries != nil}
		if n, ok := news[s]; ok {
			if k.Tell = true; q.Deliveries.CanMail() {
				k.Mail = "/saved/mail?" + url.Values{"search": {s}}.Encode()
			}
			if n > 0 && k.Current { // she is looking at it
				if err := q.Deliveries.Seen(q.r.Context(), q.person, s); err != nil {
					return err
				}
			} else if n > delivery.MostNew {
				k.New = q.text("saved.new", "Count", delivery.MostNew) + "+"
			} else if n > 0 {
				k.New = q.text("saved.new", "Count", n)
			}
		}
		d.Kept = append(d.Kept, k)
	}
	if this != "" && !d.Shift && !slices.Contains(all, this) {
		d.KeepSearch = this
	}
	return nil
}

// searchLabel says in words what a search asks for.
func (q *request) searchLabel(v url.Values) string {
	var parts []string
	add := func(s string) {
		if s = firstWords(s, 40); s != "" {
			parts = append(parts, s)
		}
	}
	add(v.Get("q"))
	if t, err := lang.Parse(v.Get("lang")); err == nil && v.Get("lang") != "" {
		add(t.Autonym())
	}
	if m := v.Get("member"); m != "" {
		add(q.member(wire.MemberID(m)).Short)
	}
	add(v.Get("source"))
	switch v.Get("kind") {
	case "release":
		add(q.text("filter.releases"))
	case "capture":
		add(q.text("filter.captures"))
	}
	for _, k := range []string{"since", "before"} {
		if t, err := q.day(k, v.Get(k)); err == nil && !t.IsZero() {
			add(q.text("filter."+k) + " " + q.shortDay(t))
		}
	}
	if len(parts) == 0 {
		return q.text("wire.title")
	}
	return strings.Join(parts, " · ")
}

func (q *request) saveButton(path string) (*saveButton, error) {
	if q.Saved == nil || q.person.Nobody() {
		return nil, nil
	}
	all, err := q.Saved.SavedItems(q.r.Context(), q.person.ID)
	return &saveButton{Path: path, Kept: slices.Contains(all, path)}, err
}

// shiftList lists what the person saved; what she may no longer see is left out.
func (q *request) shiftList(open string) (*listing, error) {
	paths, err := q.Saved.SavedItems(q.r.Context(), q.person.ID)
	if err != nil {
		return nil, err
	}
	var entries []browse.Entry
	for _, p := range paths {
		e, err := q.entry(p)
		switch fault.KindOf(err) {
		case fault.NotFound, fault.Invalid:
			continue
		}
		if err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	l := &listing{Empty: len(entries) == 0}
	l.rows, err = q.made("rows", rowsPart{Days: q.days(entries, false, open)})
	return l, err
}

func (q *request) entry(path string) (browse.Entry, error) {
	ctx := q.r.Context()
	place, id, _ := strings.Cut(path, "/")
	switch place {
	case "releases":
		return q.Reader.Release(ctx, q.viewer, wire.ReleaseID(id))
	case "items":
		return q.Reader.Item(ctx, q.viewer, wire.ItemID(id))
	case "captures":
		return q.Reader.Capture(ctx, q.viewer, wire.CaptureID(id))
	}
	return browse.Entry{}, fault.E(fault.NotFound, "There is nothing at this address.")
}

var itemPath = regexp.MustCompile(`^(releases|items|captures)/[A-Za-z0-9-]{1,100}$`)

// save keeps or drops a search or an item, as the form says, and goes back to where the form stood.
func (q *request) save() error {
	if q.person.Nobody() {
		return q.askWho()
	}
	if err := q.r.ParseForm(); err != nil {
		return fault.E(fault.Invalid, "The form could not be read.").Because(err)
	}
	f, ctx, who := q.r.PostForm, q.r.Context(), q.person.ID
	drop := f.Get("drop") != ""
	var err error
	switch item, args := strings.TrimPrefix(f.Get("item"), "/"), f.Get("search"); {
	case item != "" && !itemPath.MatchString(item):
		err = fault.Field("item", "This is no address of an item.")
	case item != "" && drop:
		err = q.Saved.DropItem(ctx, who, item)
	case item != "":
		if _, err = q.entry(item); err == nil {
			err = q.Saved.SaveItem(ctx, who, item)
		}
	case f.Has("tell") && q.Deliveries != nil:
		err = q.Deliveries.Tell(ctx, q.person, args, f.Get("tell") == "1")
	case drop:
		if q.Deliveries != nil {
			err = q.Deliveries.MailStop(ctx, q.person, args)
		}
		if k := fault.KindOf(err); err == nil || k == fault.NotFound || k == fault.Invalid {
			err = q.Saved.DropSearch(ctx, who, args)
		}
	default:
		v, e := url.ParseQuery(args)
		if e != nil || len(args) > 3000 {
			return fault.Field("search", "This is no address of the wire.")
		}
		if _, err = q.wireQuery(v); err == nil {
			err = q.Saved.SaveSearch(ctx, who, with(listArgs(v), "density", "").Encode())
		}
	}
	if err != nil {
		return err
	}
	return q.seeOther(localPath(f.Get("back")))
}
