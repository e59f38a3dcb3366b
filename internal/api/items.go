package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/browse/render"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/format/newsmlg2"
	"jarchi.dev/jarchi/internal/format/ninjs"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/wire"
)

func itoa(n int) string { return strconv.Itoa(n) }

// ListInput are the parameters of the two lists.
type ListInput struct {
	Q      string `query:"q" maxLength:"1000" doc:"Words, \"phrases\", -without, OR, pre*"`
	Lang   string `query:"lang" maxLength:"40" doc:"Only items in this language (BCP 47)"`
	Member string `query:"member" maxLength:"40" doc:"Only releases of this member"`
	Source string `query:"source" maxLength:"200" doc:"Only captures whose sources have these words in their name"`
	Sort   string `query:"sort" enum:"newest,relevance" doc:"Newest first, or the best of the newest 500 matches first"`
	Since  string `query:"since" maxLength:"40" doc:"Released or arrived at or after (RFC 3339, or a day)"`
	Before string `query:"before" maxLength:"40" doc:"Released or arrived before (RFC 3339, or a day)"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"Entries of the wire: one release, in however many languages, is one"`
	Cursor string `query:"cursor" maxLength:"200" doc:"next of the page before; opaque"`
}

// ItemListInput adds what only the list of items has.
type ItemListInput struct {
	ListInput
	Kind string `query:"kind" enum:"release,capture" doc:"Only releases, or only captures"`
	Full bool   `query:"full" doc:"With bodies"`

	Accept  string `header:"Accept" maxLength:"1000" doc:"application/json; with version=3.0 that version of ninjs"`
	Version string `query:"version" enum:"3.0,3.1" doc:"Of ninjs; 3.1 where nothing else is asked for"`
}

func (in *ListInput) query() (browse.Query, error) {
	q := browse.Query{Text: in.Q, Member: wire.MemberID(in.Member), Source: in.Source, Relevance: in.Sort == "relevance", Limit: in.Limit, Cursor: in.Cursor}
	var err error
	if in.Lang != "" {
		if q.Language, err = lang.Parse(in.Lang); err != nil {
			return q, fault.Field("lang", "%.40q is not a language tag.", in.Lang)
		}
	}
	if q.Since, err = moment("since", in.Since); err != nil {
		return q, err
	}
	q.Before, err = moment("before", in.Before)
	return q, err
}

// moment reads an instant of RFC 3339 or a day, which begins in UTC. Empty is the zero time.
func moment(field, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	for _, form := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(form, s); err == nil && t.Year() > 0 {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fault.Field(field, "State a time as in RFC 3339, like 2026-06-01T10:00:00+05:00.")
}

// ItemList is a page of items.
type ItemList struct {
	Items []ninjs.Item `json:"items" doc:"Items in ninjs 3.1; without full they are partial and have no bodies"`
	Next  string       `json:"next,omitempty" doc:"Cursor of the next page; absent at the end"`
	Back  string       `json:"searchedBackTo,omitempty" doc:"A search that took too long for a full page: all that is newer than this was looked at, next goes on. It is the time of an entry that the asker may see"`
}

func (a *api) registerItems() {
	register(a, huma.Operation{OperationID: "listItems", Method: http.MethodGet, Path: "/api/v1/items", Tags: []string{"Items"}, Summary: "List or search the wire",
		Description: "Newest first, or by relevance. One release is one entry of the wire and stands here with each of its items that may be read, in the release's order; limit counts entries; a page may have fewer, even none, while next leads on. " +
			"Releases under embargo come first, as headers, for members. Cursors never miss and never repeat an entry."},
		a.jsonResponse("A page of items.", ItemList{}), a.listItems)
	register(a, huma.Operation{OperationID: "getItem", Method: http.MethodGet, Path: "/api/v1/items/{id}", Tags: []string{"Items"}, Summary: "One item as it is now",
		Description: "The id is an item's id, its uri, a uri that its sender gave (for the sender), or a capture's id. A withdrawn item is canceled and has neither headline nor body. NewsML-G2 is given for Accept: " + newsmlg2.MediaType + ", plain text with its state on top for text/plain."},
		a.itemResponse(), a.getItem)
	register(a, huma.Operation{OperationID: "getVersion", Method: http.MethodGet, Path: "/api/v1/items/{id}/versions/{n}", Tags: []string{"Items"}, Summary: "The very bytes that were released",
		Description: "What the log commits to. They are gone once the release is withdrawn or erased."},
		a.jsonResponse("The item as it was released, byte for byte.", ninjs.Item{}), a.getVersion)
	register(a, huma.Operation{OperationID: "getProof", Method: http.MethodGet, Path: "/api/v1/items/{id}/versions/{n}/proof", Tags: []string{"Items"}, Summary: "A proof file of a version",
		Description: "Everything that an offline check needs beside the member's key: jarchi verify FILE --key VKEY."},
		&huma.Response{Description: "The proof file.", Content: map[string]*huma.MediaType{jsonType: {Schema: &huma.Schema{Type: "object"}}}}, a.getProof)
}

func (a *api) listItems(ctx context.Context, in *ItemListInput) (*answer, error) {
	q, err := in.query()
	if err != nil {
		return nil, err
	}
	q.Kind = in.Kind
	c := callerOf(ctx)
	page, err := a.Browse.List(ctx, c.reader, q)
	if err != nil {
		return nil, err
	}
	members, err := a.Browse.Members(ctx)
	if err != nil {
		return nil, err
	}
	out := ItemList{Items: []ninjs.Item{}, Next: page.Next, Back: instant(page.Back)}
	o := a.rendering(ctx, members)
	for _, e := range page.Entries {
		for _, item := range render.Ninjs(e, q.Language, in.Full, o) {
			if olderNinjs(in.Version, in.Accept) {
				item = item.As30()
			}
			out.Items = append(out.Items, item)
		}
	}
	ans, err := asJSON(http.StatusOK, out)
	if err == nil {
		ans.CacheControl = caching(c, c.reader.Member == "" && !c.reader.Local)
	}
	return ans, err
}

// IDInput names one thing.
type IDInput struct {
	ID string `path:"id" maxLength:"2000"`
}

// ItemInput names an item and the form it is wanted in.
type ItemInput struct {
	IDInput
	Accept  string `header:"Accept" maxLength:"1000" doc:"application/json (ninjs; with version=3.0 that version), application/vnd.iptc.g2.newsitem+xml, or text/plain"`
	Format  string `query:"format" enum:"ninjs,newsml-g2,text,superdesk" doc:"The same for who cannot set headers; it goes before Accept. superdesk is ninjs 1.x as Superdesk's feed parser reads it"`
	Version string `query:"version" enum:"3.0,3.1" doc:"Of ninjs; 3.1 where nothing else is asked for"`
}

var errNoItem = fault.E(fault.NotFound, "There is no item with this id.")

// find finds what an id in an address means: one item of a release, or a capture.
func (a *api) find(ctx context.Context, v access.Viewer, id string) (e browse.Entry, err error) {
	capture, notOne := wire.ParseCaptureID(id)
	switch {
	case notOne == nil:
		e, err = a.Browse.Capture(ctx, v, capture)
	case strings.HasPrefix(id, render.HeaderURI("")):
		id = strings.TrimPrefix(id, render.HeaderURI(""))
		fallthrough
	case !strings.Contains(id, ":") && len(id) == 26:
		var item wire.ItemID
		if item, err = wire.ParseItemID(id); err == nil {
			e, err = a.Browse.Item(ctx, v, item)
		}
	default:
		e, err = a.Browse.ByURI(ctx, v, id)
	}
	switch {
	case fault.KindOf(err) == fault.NotFound && err != nil, err == nil && e.Capture == nil && e.Item < 0:
		return browse.Entry{}, errNoItem // the same words, whatever it is that may not be seen
	}
	return e, err
}

func (a *api) getItem(ctx context.Context, in *ItemInput) (*answer, error) {
	c := callerOf(ctx)
	e, err := a.find(ctx, c.reader, in.ID)
	if err != nil {
		return nil, err
	}
	members, err := a.Browse.Members(ctx)
	if err != nil {
		return nil, err
	}
	ans, err := a.spelled(e, in, a.rendering(ctx, members))
	if err != nil {
		return nil, err
	}
	ans.CacheControl = caching(c, open(e))
	return ans, nil
}

// open reports whether an entry is anyone's to read.
func open(e browse.Entry) bool {
	return e.Release != nil && access.Release(access.Viewer{}, e.Release, e.At) == access.All
}

// VersionInput names one version of an item.
type VersionInput struct {
	IDInput
	N       int `path:"n" minimum:"1" maximum:"1000000"`
	written string
}

// Resolve keeps the number as it was written: a version has one address, and 01 or +1 are not it.
func (in *VersionInput) Resolve(ctx huma.Context) []error {
	in.written = ctx.Param("n")
	return nil
}

var errNoVersion = fault.E(fault.NotFound, "There is no such version of an item.")

func (a *api) version(ctx context.Context, in *VersionInput) (browse.Entry, wire.ItemID, error) {
	if in.written != itoa(in.N) {
		return browse.Entry{}, "", errNoVersion
	}
	e, err := a.find(ctx, callerOf(ctx).reader, in.ID)
	if fault.KindOf(err) == fault.NotFound && err != nil || err == nil && e.Level != access.All {
		err = errNoVersion
	}
	if err != nil {
		return e, "", err
	}
	if e.Capture != nil {
		return e, "", errNoVersion // a capture has no versions: nobody of ours released it
	}
	return e, e.Release.Items[e.Item].ID, nil
}

func (a *api) getVersion(ctx context.Context, in *VersionInput) (*answer, error) {
	return a.versionFile(ctx, in, a.Browse.VersionBytes)
}

func (a *api) getProof(ctx context.Context, in *VersionInput) (*answer, error) {
	return a.versionFile(ctx, in, a.Browse.Proof)
}

func (a *api) versionFile(ctx context.Context, in *VersionInput, read func(context.Context, access.Viewer, wire.ItemID, int) ([]byte, error)) (*answer, error) {
	c := callerOf(ctx)
	e, id, err := a.version(ctx, in)
	if err != nil {
		return nil, err
	}
	b, err := read(ctx, c.reader, id, in.N)
	if err != nil {
		return nil, err
	}
	return &answer{ContentType: jsonType, CacheControl: caching(c, open(e)), Body: b}, nil
}
