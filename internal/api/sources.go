package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/source"
)

// SourceRequest is the body of a new source, and of a try.
type SourceRequest struct {
	URL      string `json:"url" format:"uri"`
	Kind     string `json:"kind,omitempty" enum:"feed,list,page,folder,imap" doc:"feed (without it): RSS, Atom, JSON Feed, a sitemap or a list of them, which one is seen when it is read; list: a page of links; page: one page, whenever its words change; folder and imap: for whoever runs the node"`
	Secret   string `json:"secret,omitempty" doc:"Of a mailbox: where its password is, env:NAME or file:PATH; never the password"`
	Name     string `json:"name,omitempty" doc:"What it is called; without it what the feed calls itself"`
	Desk     string `json:"desk,omitempty" doc:"The id of the desk that it is for; without it all of the member"`
	Interval int    `json:"intervalSeconds,omitempty" doc:"Between two polls, 60 to 604800; without it 900"`
	Language string `json:"language,omitempty" doc:"What its items are in where neither the page nor the feed says"`
	Rights   string `json:"rights,omitempty" doc:"What they may be used for where the feed does not say"`
	Pattern  string `json:"pattern,omitempty" doc:"Which links of a list page are items: of their path, as in robots.txt (* for anything, $ for the end)"`
}

func (r SourceRequest) source() source.Source {
	return source.Source{Address: r.URL, Kind: source.Kind(r.Kind), Name: r.Name, Desk: r.Desk, Interval: time.Duration(r.Interval) * time.Second, Language: lang.Tag(r.Language), Rights: r.Rights, Pattern: r.Pattern, Secret: r.Secret}
}

// SourceList is what a member asks on a schedule.
type SourceList struct {
	Sources []SourceObject `json:"sources"`
}

// SourceObject is an address that is asked on a schedule, and how it fares.
type SourceObject struct {
	ID       string      `json:"id"`
	URL      string      `json:"url"`
	Kind     string      `json:"kind"`
	Name     string      `json:"name" doc:"As it was named, else what the feed calls itself, else by its address"`
	Desk     string      `json:"desk,omitempty"`
	Interval int         `json:"intervalSeconds"`
	Language string      `json:"language,omitempty"`
	Rights   string      `json:"rights,omitempty"`
	Pattern  string      `json:"pattern,omitempty"`
	AddedBy  string      `json:"addedBy" doc:"The id of a person or of a token"`
	AddedAt  string      `json:"addedAt"`
	Paused   bool        `json:"paused"`
	State    SourceState `json:"state"`
}

// SourceState is how a source fares.
type SourceState struct {
	DueAt       string         `json:"dueAt" doc:"When it is asked next"`
	Lag         int            `json:"lagSeconds" doc:"How late it is: it was due and has not been asked"`
	LastPollAt  *string        `json:"lastPollAt" doc:"When it was asked last; null: never"`
	LastGoodAt  *string        `json:"lastGoodAt" doc:"When it answered as it should; null: never"`
	LastItemAt  *string        `json:"lastItemAt" doc:"When its newest item came, as the feed says, else when it was seen here; null: never"`
	LastTakenAt *string        `json:"lastTakenAt" doc:"When an item of it was taken in last; null: never"`
	Format      string         `json:"format,omitempty" enum:"rss,rdf,atom,json,sitemap,sitemapindex,list,page,folder,imap"`
	MovedTo     string         `json:"movedTo,omitempty" doc:"Where it says that it is now, for good"`
	Errors      int            `json:"errors" doc:"Failed polls in a row"`
	Trouble     *SourceTrouble `json:"trouble" doc:"Why the last poll failed, or what of it could not be read; null: nothing"`
	Items       int64          `json:"items" doc:"Taken in"`
	Waiting     int64          `json:"waiting" doc:"Seen and not yet taken in"`
	Quarantined int64          `json:"quarantined" doc:"Could not be read; 'jarchi source quarantine list' prints them with the reasons"`
	Usual       int            `json:"usualSeconds" doc:"The usual time between two items; 0: not known yet"`
	Silent      int            `json:"silentSeconds" doc:"Since when it has been quieter than is usual for it; 0: it is not"`
}

// SourceTrouble is what is wrong with a source.
type SourceTrouble struct {
	Code     source.Code `json:"code"`
	Sentence string      `json:"sentence"`
	Status   int         `json:"status,omitempty" doc:"Of HTTP"`
	Line     int         `json:"line,omitempty" doc:"Of the document"`
	At       string      `json:"at,omitempty" doc:"An address that may help"`
	Why      string      `json:"why,omitempty" doc:"What the parser said"`
}

// SourceTried is what a source would bring in now. Nothing of it is stored.
type SourceTried struct {
	URL     string          `json:"url" doc:"Where it was found, after redirects"`
	Format  string          `json:"format"`
	Title   string          `json:"title"`
	Trouble *SourceTrouble  `json:"trouble"`
	Damage  []SourceTrouble `json:"damage" doc:"Parts that cannot be read; the others come in"`
	More    bool            `json:"more,omitempty" doc:"The feed has more items than are read of it"`
	Entries []SourceEntry   `json:"entries"`
	First   *SourceText     `json:"first" doc:"The first item that would come in, as it would be read; null: none would"`
}

// SourceEntry is an item of a feed.
type SourceEntry struct {
	What       string   `json:"what" enum:"new,changed,known"`
	ID         string   `json:"id,omitempty"`
	Link       string   `json:"link,omitempty"`
	Title      string   `json:"title,omitempty"`
	Published  string   `json:"published,omitempty" doc:"As the feed writes it"`
	At         string   `json:"publishedAt,omitempty" doc:"What is understood of it; absent: it cannot be true"`
	Authors    []string `json:"authors,omitempty"`
	Language   string   `json:"language,omitempty"`
	Categories []string `json:"categories,omitempty"`
	Rights     string   `json:"rights,omitempty"`
	Text       string   `json:"text" enum:"whole,summary,none" doc:"How much of its text the feed has"`
}

// SourceText is a text as it would be read.
type SourceText struct {
	OfFeed   bool            `json:"ofFeed" doc:"It is the feed's own text"`
	Trouble  *SourceTrouble  `json:"trouble" doc:"Why its page is not to be had; null: it is"`
	Reason   string          `json:"reason,omitempty" doc:"Why nothing could be read"`
	Articles []SourceArticle `json:"articles"`
}

// SourceArticle is one article as it would be read.
type SourceArticle struct {
	Language   string   `json:"language"`
	Headline   string   `json:"headline"`
	Date       string   `json:"date,omitempty"`
	Paragraphs []string `json:"paragraphs"`
	Truncated  bool     `json:"truncated,omitempty"`
}

// SourceIDInput names a source.
type SourceIDInput struct {
	ID string `path:"id" maxLength:"100"`
}

// SourceInput is a request about a source.
type SourceInput struct{ RawBody []byte }

func (a *api) registerSources() {
	if a.Sources == nil {
		return
	}
	tags := []string{"Sources"}
	one := func() *huma.Response { return a.jsonResponse("The source.", SourceObject{}) }
	body := func() *huma.RequestBody {
		return &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{jsonType: {Schema: a.schemaOf(SourceRequest{})}}}
	}
	tried := a.jsonResponse("What would come in.", SourceTried{})
	register(a, huma.Operation{OperationID: "listSources", Method: http.MethodGet, Path: "/api/v1/sources", Tags: tags, Summary: "List the sources of the caller's member",
		Description: "Scope intake or admin."}, a.jsonResponse("The sources, by address.", SourceList{}), a.listSources)
	register(a, huma.Operation{OperationID: "addSource", Method: http.MethodPost, Path: "/api/v1/sources", Tags: tags, Summary: "Add a source", DefaultStatus: http.StatusCreated, MaxBodyBytes: maxSmall, RequestBody: body(),
		Description: "Scope admin. It is asked at once, and then on its schedule. Of its items the newest 50 come in first; older ones are passed over."}, one(), a.addSource)
	register(a, huma.Operation{OperationID: "trySource", Method: http.MethodPost, Path: "/api/v1/sources/try", Tags: tags, Summary: "Fetch an address now and tell what would come in", MaxBodyBytes: maxSmall, RequestBody: body(),
		Description: "Scope intake or admin. Nothing is stored."}, tried, a.trySource)
	register(a, huma.Operation{OperationID: "getSource", Method: http.MethodGet, Path: "/api/v1/sources/{id}", Tags: tags, Summary: "One source", Description: "Scope intake or admin."}, one(), a.getSource)
	register(a, huma.Operation{OperationID: "removeSource", Method: http.MethodDelete, Path: "/api/v1/sources/{id}", Tags: tags, Summary: "Forget a source",
		Description: "Scope admin. What it brought in stays. The answer is the source as it was."}, one(), a.removeSource)
	change := huma.Operation{OperationID: "changeSource", Method: http.MethodPut, Path: "/api/v1/sources/{id}", Tags: tags, Summary: "Change a source", MaxBodyBytes: maxSmall, RequestBody: body(),
		Description: "Scope admin. Name, desk, interval, language, rights and pattern become what is sent; url and kind are not looked at. It is asked at once."}
	register(a, change, one(), a.changeSource)
	for _, do := range []struct {
		id, path, summary, about string
		act                      func(context.Context, access.Viewer, source.ID) error
	}{
		{"pauseSource", "pause", "Stop asking a source", "Scope admin. What of it waits to be fetched waits too.", func(ctx context.Context, v access.Viewer, id source.ID) error {
			return a.Sources.Pause(ctx, v, people.ByToken(callerOf(ctx).token), id, true)
		}},
		{"resumeSource", "resume", "Ask a source again", "Scope admin.", func(ctx context.Context, v access.Viewer, id source.ID) error {
			return a.Sources.Pause(ctx, v, people.ByToken(callerOf(ctx).token), id, false)
		}},
		{"pollSource", "poll", "Ask a source as soon as its host has a turn", "Scope intake or admin.", a.Sources.Poll},
	} {
		register(a, huma.Operation{OperationID: do.id, Method: http.MethodPost, Path: "/api/v1/sources/{id}/" + do.path, Tags: tags, Summary: do.summary, Description: do.about, MaxBodyBytes: maxSmall}, one(),
			func(ctx context.Context, in *SourceIDInput) (*answer, error) {
				if err := do.act(ctx, callerOf(ctx).actor, source.ID(in.ID)); err != nil {
					return nil, err
				}
				return a.getSource(ctx, in)
			})
	}
	register(a, huma.Operation{OperationID: "trySourceAgain", Method: http.MethodPost, Path: "/api/v1/sources/{id}/try", Tags: tags, Summary: "Fetch a source now and tell what would come in", MaxBodyBytes: maxSmall,
		Description: "Scope intake or admin. Nothing is stored."}, tried, func(ctx context.Context, in *SourceIDInput) (*answer, error) {
		return a.tried(ctx, source.Source{ID: source.ID(in.ID)})
	})
}

func (a *api) listSources(ctx context.Context, _ *struct{}) (*answer, error) {
	list, err := a.Sources.List(ctx, callerOf(ctx).actor)
	if err != nil {
		return nil, err
	}
	out := SourceList{Sources: []SourceObject{}}
	for _, r := range list {
		out.Sources = append(out.Sources, sourceObject(r, a.Now()))
	}
	return closed(http.StatusOK, out)
}

func closed(status int, v any) (*answer, error) {
	ans, err := asJSON(status, v)
	if err == nil {
		ans.CacheControl = closedCache
	}
	return ans, err
}

func (a *api) getSource(ctx context.Context, in *SourceIDInput) (*answer, error) {
	r, err := a.Sources.Get(ctx, callerOf(ctx).actor, source.ID(in.ID))
	if err != nil {
		return nil, err
	}
	return closed(http.StatusOK, sourceObject(r, a.Now()))
}

func (a *api) addSource(ctx context.Context, in *SourceInput) (*answer, error) {
	c := callerOf(ctx)
	if err := c.need(access.Admin); err != nil {
		return nil, err
	}
	req, err := sourceRequest(in.RawBody)
	if err != nil {
		return nil, err
	}
	r, err := a.Sources.Add(ctx, c.actor, req.source(), people.ByToken(c.token))
	if err != nil {
		return nil, err
	}
	ans, err := closed(http.StatusCreated, sourceObject(r, a.Now()))
	if err == nil {
		ans.Location = "/api/v1/sources/" + string(r.ID)
	}
	return ans, err
}

func sourceRequest(body []byte) (req SourceRequest, err error) {
	if err = decode(body, &req); err == nil && (req.Interval < 0 || req.Interval > 1<<30) {
		err = fault.Field("intervalSeconds", "An interval has 60 to 604800 seconds.")
	}
	return req, err
}

// SourceChange is a source with its new settings.
type SourceChange struct {
	ID      string `path:"id" maxLength:"100"`
	RawBody []byte
}

func (a *api) changeSource(ctx context.Context, in *SourceChange) (*answer, error) {
	c := callerOf(ctx)
	if err := c.need(access.Admin); err != nil {
		return nil, err
	}
	req, err := sourceRequest(in.RawBody)
	if err != nil {
		return nil, err
	}
	r, err := a.Sources.Change(ctx, c.actor, people.ByToken(c.token), source.ID(in.ID), req.source())
	if err != nil {
		return nil, err
	}
	return closed(http.StatusOK, sourceObject(r, a.Now()))
}

func (a *api) removeSource(ctx context.Context, in *SourceIDInput) (*answer, error) {
	ans, err := a.getSource(ctx, in)
	if err != nil {
		return nil, err
	}
	return ans, a.Sources.Remove(ctx, callerOf(ctx).actor, people.ByToken(callerOf(ctx).token), source.ID(in.ID))
}

func (a *api) trySource(ctx context.Context, in *SourceInput) (*answer, error) {
	req, err := sourceRequest(in.RawBody)
	if err != nil {
		return nil, err
	}
	return a.tried(ctx, req.source())
}

func (a *api) tried(ctx context.Context, src source.Source) (*answer, error) {
	t, err := a.Sources.Try(ctx, callerOf(ctx).actor, src)
	if err != nil {
		return nil, err
	}
	out := SourceTried{URL: t.URL, Format: t.Format, Title: t.Title, Trouble: troubleObject(t.Trouble), More: t.More, Entries: []SourceEntry{}, Damage: []SourceTrouble{}}
	for _, d := range t.Damage {
		out.Damage = append(out.Damage, *troubleObject(source.Trouble{Code: source.Code(d.Code), Line: d.Line, Why: d.Why}))
	}
	for _, e := range t.Entries {
		x := SourceEntry{What: e.What, ID: e.ID, Link: e.Link, Title: e.Title, Published: e.Published, Authors: e.Authors, Language: string(e.Language), Categories: e.Categories, Rights: e.Rights, Text: "none"}
		switch {
		case e.Whole:
			x.Text = "whole"
		case e.Entry.Text != "":
			x.Text = "summary"
		}
		if !e.At.IsZero() {
			x.At = e.At.Format(time.RFC3339)
			if e.Day {
				x.At = e.At.Format(time.DateOnly)
			}
		}
		out.Entries = append(out.Entries, x)
	}
	if t.First != nil {
		out.First = &SourceText{OfFeed: t.First.OfFeed, Trouble: troubleObject(t.First.Trouble), Reason: t.First.Reason, Articles: []SourceArticle{}}
		for _, c := range t.First.Captures {
			x := SourceArticle{Language: string(c.Language), Headline: c.Headline, Paragraphs: append([]string{}, c.Body...), Truncated: c.Truncated}
			if c.Date != nil {
				x.Date = c.Date.Value
			}
			out.First.Articles = append(out.First.Articles, x)
		}
	}
	return closed(http.StatusOK, out)
}

func sourceObject(r source.Watched, now time.Time) SourceObject {
	when := func(t time.Time) *string {
		if t.IsZero() {
			return nil
		}
		s := t.UTC().Format(time.RFC3339)
		return &s
	}
	out := SourceObject{ID: string(r.ID), URL: r.Address, Kind: string(r.Kind), Name: r.Label(), Desk: r.Desk, Interval: int(r.Interval / time.Second), Language: string(r.Language),
		Rights: r.Rights, Pattern: r.Pattern, AddedBy: r.AddedBy, AddedAt: r.Added.UTC().Format(time.RFC3339), Paused: r.Paused,
		State: SourceState{DueAt: r.Due.UTC().Format(time.RFC3339), LastPollAt: when(r.LastPoll), LastGoodAt: when(r.LastGood), LastItemAt: when(r.LastItem), LastTakenAt: when(r.LastTaken), Format: r.Format,
			MovedTo: r.Moved, Errors: r.Errors, Trouble: troubleObject(r.Trouble), Items: r.Items, Waiting: r.Waiting, Quarantined: r.Failed, Usual: int(r.Rhythm.Usual / time.Second)}}
	if !r.Paused {
		out.State.Lag = int(r.Lag(now) / time.Second)
		if quiet, silent := r.Silent(now); silent {
			out.State.Silent = int(quiet / time.Second)
		}
	}
	return out
}

func troubleObject(t source.Trouble) *SourceTrouble {
	if t.Code == "" {
		return nil
	}
	return &SourceTrouble{Code: t.Code, Sentence: t.Sentence(), Status: t.Status, Line: t.Line, At: t.At, Why: t.Why}
}
