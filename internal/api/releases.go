package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/browse/render"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/wire"
)

// Release is a release as lists, answers and the stream give it. What a header does not tell is null.
type Release struct {
	ID             wire.ReleaseID  `json:"id"`
	Issuers        []wire.MemberID `json:"issuers" doc:"Members by short name; the first leads"`
	Unconfirmed    []wire.MemberID `json:"unconfirmed,omitempty" doc:"Issuers who are named by the lead and have not confirmed the words as they are now"`
	State          wire.State      `json:"state" enum:"draft,approved,scheduled,embargoed,released,withdrawn,erased"`
	Revision       *int            `json:"revision" doc:"Raised by every change"`
	Urgency        *int            `json:"urgency" doc:"IPTC, 1 (flash) to 9; null: not stated"`
	Audience       any             `json:"audience" doc:"public, members, or the list of partners; a header says partners instead of naming them"`
	ReleasedAt     *string         `json:"releasedAt" doc:"When it left its issuer"`
	PublishAt      string          `json:"publishAt,omitempty" doc:"When it leaves by itself"`
	EmbargoedUntil string          `json:"embargoedUntil,omitempty"`
	WithdrawnAt    string          `json:"withdrawnAt,omitempty"`
	Reason         string          `json:"reason,omitempty" doc:"Of the withdrawal"`
	Items          []ReleaseItem   `json:"items"`
}

// ReleaseItem is one item of a release.
type ReleaseItem struct {
	ID          wire.ItemID       `json:"id"`
	URI         string            `json:"uri"`
	Language    string            `json:"language"`
	Version     *int              `json:"version"`
	Translation *wire.Translation `json:"translation" doc:"original, official, human, machine-edited or machine"`
	Headline    *string           `json:"headline" doc:"null for a header, and when withdrawn or erased"`
}

// releaseObject spells what access.Reduce left of a release.
func releaseObject(r *wire.Release, l access.Level) Release {
	out := Release{ID: r.ID, Issuers: r.Issuers, State: r.State, Audience: string(r.Audience.Class), EmbargoedUntil: instant(r.EmbargoedUntil),
		WithdrawnAt: instant(r.WithdrawnAt), Items: []ReleaseItem{}}
	if r.Urgency > 0 {
		out.Urgency = &r.Urgency
	}
	if at := instant(r.ReleasedAt); at != "" {
		out.ReleasedAt = &at
	}
	if l == access.All {
		out.Revision, out.Reason, out.PublishAt = &r.Revision, r.Reason, instant(r.PublishAt)
		if r.State == wire.Released {
			out.Unconfirmed = r.Unconfirmed()
		}
		if r.State.Out() {
			out.PublishAt = ""
		}
		if r.Audience.Class == wire.Partners {
			out.Audience = r.Audience.Partners
		}
	}
	for i := range r.Items {
		it := &r.Items[i]
		item := ReleaseItem{ID: it.ID, URI: render.HeaderURI(it.ID), Language: string(it.Language)}
		if v := it.Current(); l == access.All && v != nil {
			item.URI, item.Version, item.Translation = string(it.URI), &v.N, &it.Translation
			if v.Content.Headline != "" {
				item.Headline = &v.Content.Headline
			}
		}
		out.Items = append(out.Items, item)
	}
	return out
}

// ReleaseListInput adds what only the list of releases has.
type ReleaseListInput struct {
	ListInput
	State wire.State `query:"state" enum:"embargoed,released,withdrawn,erased" doc:"Only releases in this state. Drafts, approved and scheduled releases are on no list. A page may then have fewer releases than limit, even none, while next leads on"`
}

// ReleaseList is a page of releases.
type ReleaseList struct {
	Releases []Release `json:"releases"`
	Next     string    `json:"next,omitempty" doc:"Cursor of the next page; absent at the end"`
}

const releasesPath = "/api/v1/releases"

func (a *api) registerReleases() {
	one := a.jsonResponse("The release.", Release{})
	register(a, huma.Operation{OperationID: "listReleases", Method: http.MethodGet, Path: releasesPath, Tags: []string{"Releases"}, Summary: "List or search releases",
		Description: "As the list of items, without captures, one object a release."}, a.jsonResponse("A page of releases.", ReleaseList{}), a.listReleases)
	register(a, huma.Operation{OperationID: "getRelease", Method: http.MethodGet, Path: releasesPath + "/{id}", Tags: []string{"Releases"}, Summary: "One release as it is now"}, one, a.getRelease)

	operation := func(method, path, id, summary, description string, body any) huma.Operation {
		op := huma.Operation{OperationID: id, Method: method, Path: releasesPath + path, Tags: []string{"Releases"}, Summary: summary, Description: description, MaxBodyBytes: maxSmall}
		if _, large := body.(ReleaseRequest); large {
			op.MaxBodyBytes = maxRelease + 1 // huma refuses what reaches the bound
		}
		if body != nil {
			op.RequestBody = &huma.RequestBody{Content: map[string]*huma.MediaType{jsonType: {Schema: a.schemaOf(body)}}}
		}
		return op
	}
	create := operation(http.MethodPost, "", "createRelease", "Release now, at a time, under embargo, or keep a draft",
		"Scope publish (draft for a draft). The first item is the original unless an item says otherwise; the others are official versions. Markup in bodies is read as plain text.", ReleaseRequest{})
	create.DefaultStatus = http.StatusCreated
	register(a, create, one, a.createRelease)
	write := func(method, path, id, summary, description string, body any, h func(context.Context, *ChangeInput) (*answer, error)) {
		if body == nil {
			register(a, operation(method, path, id, summary, description, nil), one, bare(h))
			return
		}
		register(a, operation(method, path, id, summary, description, body), one, h)
	}
	write(http.MethodPost, "/{id}/update", "updateRelease", "The story develops",
		"Scope publish. Sent items are matched to the release's by uri, otherwise by type and language; what matches none is added. Texts that are not sent are marked as behind.", ReleaseRequest{}, a.updateRelease)
	write(http.MethodPost, "/{id}/correct", "correctRelease", "We were wrong", "Scope publish. With the reason, which stands in the public register.", ReleaseRequest{}, a.correctRelease)
	write(http.MethodPost, "/{id}/withdraw", "withdrawRelease", "It must not be used", "Scope withdraw. Headlines, bodies and earlier versions are gone at once; issuers, times, languages, uris and the reason stay.",
		ReasonRequest{}, a.withdrawRelease)
	write(http.MethodPost, "/{id}/confirm", "confirmRelease", "Issue it too", "Scope publish, by a member whom the lead has named as a further issuer. It is for the words as they are (with revision: as they were then, else a conflict) and enters the member's own log; an update or correction asks again.",
		ConfirmRequest{}, a.confirmRelease)
	write(http.MethodPut, "/{id}/items", "editRelease", "Change the words of a draft", "Scope draft. Sent items are matched as in an update. Approvals and schedule fall.", ReleaseRequest{}, a.editRelease)
	write(http.MethodPost, "/{id}/approve", "approveRelease", "Agree to the words as they stand", "Scope publish.", ApproveRequest{}, a.approveRelease)
	write(http.MethodPost, "/{id}/embargo", "embargoRelease", "Put a draft under embargo", "Scope draft. Approvals and schedule fall.", EmbargoRequest{}, a.embargoRelease)
	write(http.MethodPost, "/{id}/schedule", "scheduleRelease", "Have it leave by itself", "Scope publish.", ScheduleRequest{}, a.scheduleRelease)
	write(http.MethodPost, "/{id}/unschedule", "unscheduleRelease", "Take it off the schedule", "Scope publish.", nil, a.unscheduleRelease)
	write(http.MethodPost, "/{id}/publish", "publishRelease", "Let a draft leave now", "Scope publish.", nil, a.publishRelease)
	write(http.MethodDelete, "/{id}", "eraseRelease", "Erase everything but issuers, times, languages and uris",
		"Scope withdraw. A release that never left is deleted (scope draft is enough) and answered once more as it was, without its words.", nil, a.eraseRelease)
}

// maxSifted bounds the pages of the wire that are read for one page of releases in a state.
const maxSifted = 5

func (a *api) listReleases(ctx context.Context, in *ReleaseListInput) (*answer, error) {
	q, err := in.query()
	if err != nil {
		return nil, err
	}
	q.Kind = "release"
	c := callerOf(ctx)
	out := ReleaseList{Releases: []Release{}}
	for n := 0; ; {
		page, err := a.Browse.List(ctx, c.reader, q)
		if err != nil {
			return nil, err
		}
		for _, e := range page.Entries {
			if in.State == "" || e.Release.State == in.State {
				out.Releases = append(out.Releases, releaseObject(e.Release, e.Level))
			}
		}
		out.Next, q.Cursor, q.Limit = page.Next, page.Next, in.Limit-len(out.Releases)
		if n++; in.State == "" || page.Next == "" || q.Limit <= 0 || n == maxSifted {
			break
		}
	}
	ans, err := asJSON(http.StatusOK, out)
	if err == nil {
		ans.CacheControl = caching(c, c.reader.Member == "")
	}
	return ans, err
}

func (a *api) getRelease(ctx context.Context, in *IDInput) (*answer, error) {
	id, err := wire.ParseReleaseID(in.ID)
	if err != nil {
		return nil, err
	}
	c := callerOf(ctx)
	e, err := a.Browse.Release(ctx, c.reader, id)
	if err != nil {
		return nil, err
	}
	ans, err := asJSON(http.StatusOK, releaseObject(e.Release, e.Level))
	if err == nil {
		ans.CacheControl = caching(c, open(e))
	}
	return ans, err
}

// match tells which item of the release each sent one is: by its uri (ours, or the sender's own),
// otherwise by type and language. What matches none is new.
func match(r *wire.Release, items []sentItem) (wire.Changes, error) {
	ch := wire.Changes{Content: map[wire.ItemID]wire.Content{}}
	for _, s := range items {
		var it *wire.Item
		for i := range r.Items {
			have := &r.Items[i]
			if s.AltID != "" && (string(have.URI) == s.AltID || have.AltID == s.AltID || render.HeaderURI(have.ID) == s.AltID) {
				it = have
				break
			}
			kind := s.Type
			if kind == "" {
				kind = wire.Text
			}
			if it == nil && have.Language == s.Language && have.Type == kind {
				it = have
			}
		}
		if it == nil {
			n := s.NewItem
			if n.Translation == "" {
				n.Translation = wire.OfficialText
			}
			ch.Add = append(ch.Add, n)
			continue
		}
		if it.Language != s.Language {
			return ch, fault.Field(s.field+".language", "This item is in %s; an item's language never changes.", it.Language)
		}
		if _, twice := ch.Content[it.ID]; twice {
			return ch, fault.Field(s.field, "Two of the sent items are the same item of the release.")
		}
		ch.Content[it.ID] = s.Content
	}
	return ch, nil
}

// stated is the urgency of a request: its own, or the first that an item states; nil: none.
func (s *sent) stated() *int {
	if s.urgency != nil {
		return s.urgency
	}
	for _, it := range s.items {
		if it.urgency != 0 {
			return &it.urgency
		}
	}
	return nil
}

// changes reads an update or a correction of a release that the caller may change. When she may not,
// there is nothing to match with: the changes are empty and publish says what is missing.
func (a *api) changes(ctx context.Context, c caller, id wire.ReleaseID, body []byte) (wire.Changes, *sent, error) {
	s, err := decodeRelease(body)
	if err != nil {
		return wire.Changes{}, nil, err
	}
	e, err := a.desk(ctx, c, id)
	if err != nil || e.Release == nil {
		return wire.Changes{}, s, err
	}
	r := e.Release
	switch {
	case s.draft:
		return wire.Changes{}, s, fault.Field("draft", "Only a new release can be a draft.")
	case !s.publishAt.IsZero():
		return wire.Changes{}, s, fault.Field("publishAt", "A change is made now; it cannot be scheduled.")
	case len(s.issuers) > 0 && !equal(s.issuers, r.Issuers):
		return wire.Changes{}, s, fault.Field("issuers", "The issuers of a release do not change.")
	case s.audience.Class != "" && (s.audience.Class != r.Audience.Class || !equal(s.audience.Partners, r.Audience.Partners)):
		return wire.Changes{}, s, fault.Field("audience", "The audience of a release does not change.")
	case !s.embargoedUntil.IsZero() && !s.embargoedUntil.Equal(r.EmbargoedUntil.Truncate(time.Second)) && !s.embargoedUntil.Equal(r.EmbargoedUntil):
		return wire.Changes{}, s, fault.Field("embargoedUntil", "The embargo of a release that has left does not change.")
	}
	ch, err := match(r, s.items)
	if u := s.stated(); u != nil && *u != r.Urgency {
		ch.Urgency = u
	}
	return ch, s, err
}

func equal(a, b []wire.MemberID) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// desk reads a release for the leading member's own people, who act on it and need not hold the scope
// to read closed matter for that; the zero entry for everybody else. Nothing of it is shown.
func (a *api) desk(ctx context.Context, c caller, id wire.ReleaseID) (browse.Entry, error) {
	if c.actor.Member == "" || !c.actor.Has(access.Publish) && !c.actor.Has(access.DraftScope) {
		return browse.Entry{}, nil
	}
	v := access.Viewer{Member: c.actor.Member, Scopes: []access.Scope{access.ReadClosed, access.DraftScope}}
	e, err := a.Browse.Release(ctx, v, id)
	switch {
	case err != nil && fault.KindOf(err) == fault.NotFound:
		return browse.Entry{}, nil
	case err != nil:
		return browse.Entry{}, err
	case e.Level != access.All || e.Release.Lead() != c.actor.Member:
		return browse.Entry{}, nil
	}
	return e, nil
}
