package api

import (
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/delivery"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/intake"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/receive"
	"jarchi.dev/jarchi/internal/sources"
)

// Callers knows who comes.
type Callers interface {
	Token(ctx context.Context, secret string) (people.Token, error)
	Viewer(ctx context.Context, session string) (access.Viewer, error) // of a browser's session
}

// Options are the parts that the API stands on.
type Options struct {
	Browse  *browse.Service
	Publish *publish.Service
	Tokens  Callers
	Intake  *receive.Service
	Takes   Takes
	Stories Stories          // nil: there are none
	Sources *sources.Service // nil: nothing is asked on a schedule
	House   House            // nil: nobody is told how the node fares

	Deliveries *delivery.Service // nil: nothing is handed over

	Meter *Meter // nil: nothing is counted, and nobody bounded
	Keys  Keys   // nil: tokens are not looked after here

	Fetch         func(ctx context.Context, url string) (intake.Document, error) // nil: addresses are not fetched
	Hub           string                                                         // the address of the WebSub hub that feeds name; empty: none
	PublicURL     string                                                         // the address that the world knows; empty: the one that a request came to
	SessionCookie func(*http.Request) string                                     // the browser's session, "" without one; nil: no sessions
	Now           func() time.Time
	Log           *slog.Logger
}

// Bounds of requests.
const (
	maxRelease = 8 << 20  // bytes of a body that holds a release
	maxIntake  = 32 << 20 // bytes of a document
	maxSmall   = 64 << 10 // bytes of any other body
	maxAtOnce  = 128      // requests being answered, streams not counted
	maxBodies  = 8        // large bodies held at once
	maxReaders = 2000     // streams
)

type api struct {
	Options
	huma    huma.API
	mux     *http.ServeMux
	atOnce  chan struct{}
	bodies  chan struct{}
	readers chan struct{}
	frames  frames
	feeds   keptFeeds     // of what anyone gets
	pulse   time.Duration // between two heartbeats of a stream
	patient time.Duration // how long a stream's reader may take no bytes
}

// New makes the handler of everything below /api, /feeds and /log.
func New(o Options) (http.Handler, error) {
	a, err := newAPI(o)
	if err != nil {
		return nil, err
	}
	return a.handler(), nil
}

func newAPI(o Options) (*api, error) {
	if o.Browse == nil || o.Publish == nil || o.Tokens == nil || o.Takes == nil {
		return nil, fault.E(fault.Internal, "The API needs the services browse, publish and take and the tokens.")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	config := huma.DefaultConfig("Jarchi", "1.0.0")
	config.CreateHooks, config.DocsPath, config.OpenAPIPath, config.SchemasPath = nil, "", "", ""
	config.AllowAdditionalPropertiesByDefault = true // unknown fields are tolerated, and answers may grow
	config.Info.Description = about
	config.Info.License = &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token": {Type: "http", Scheme: "bearer", Description: "A token of a member, with scopes: read, read:closed, draft, publish, withdraw, intake, verify, admin."},
	}
	a := &api{Options: o, mux: http.NewServeMux(), atOnce: make(chan struct{}, maxAtOnce), bodies: make(chan struct{}, maxBodies),
		readers: make(chan struct{}, maxReaders), pulse: 15 * time.Second, patient: 10 * time.Second}
	a.huma = humago.New(a.mux, config)
	a.registerItems()
	a.registerFiles()
	a.registerReleases()
	a.registerStories()
	a.registerIntake()
	a.registerSources()
	a.registerHouse()
	a.registerQuarantine()
	a.registerDeliveries()
	a.registerTokens()
	a.registerStream()
	a.mountLogs()
	a.mux.HandleFunc("GET "+feedsPath, a.feed)
	a.mux.HandleFunc("GET /raw/{hash}", a.raw)
	a.tellRequests()
	if err := a.mountPage(); err != nil {
		return nil, err
	}
	return a, nil
}

const about = "The wire of a Jarchi node: releases of its members in every language, third-party captures, and the logs that prove them. " +
	"What is public needs no token. What a token may not see is answered as if it did not exist."

func (a *api) handler() http.Handler {
	inner := a.identified(a.bounded(a.mux))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("Referrer-Policy", "no-referrer")
		if r.Method == http.MethodHead && r.Header.Get("Range") != "" { // defined for GET alone
			r = r.Clone(r.Context())
			r.Header.Del("Range")
		}
		if told(r.URL.Path) { // the same for everybody: nobody need be known
			a.mux.ServeHTTP(w, r)
			return
		}
		h.Set("Vary", "Authorization, Cookie, Accept")
		inner.ServeHTTP(w, r)
	})
}

// bounded answers Busy instead of holding more requests than memory and database are meant for.
func (a *api) bounded(next http.Handler) http.Handler {
	busy := fault.E(fault.Busy, "This node is answering as many requests as it can. Try again in a second.")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		slots := a.atOnce
		switch {
		case r.URL.Path == streamPath:
			slots = a.readers
		case !reading(r) && (r.ContentLength < 0 || r.ContentLength > maxSmall):
			slots = a.bodies
		}
		wait := time.NewTimer(2 * time.Second)
		defer wait.Stop()
		select {
		case slots <- struct{}{}:
			defer func() { <-slots }()
			next.ServeHTTP(w, r)
		case <-wait.C:
			a.refuse(w, r, busy)
		case <-r.Context().Done():
		}
	})
}

// problem turns an error into its answer, and puts what is this node's own trouble into its log.
func (a *api) problem(ctx context.Context, err error) *Problem {
	p := problemOf(err)
	switch p.Kind {
	case fault.Internal, fault.Corrupt, fault.Unavailable:
		if ctx.Err() == nil {
			a.Log.Error("a request failed", "error", err)
		}
		if callerOf(ctx).actor.Member == "" { // the sentence may name a folder of this machine
			p.Detail, p.Field = "This node cannot answer at the moment. Its administrator finds the reason in the log.", ""
		}
	}
	return p
}

// answer is what every operation gives.
type answer struct {
	Status       int
	ContentType  string `header:"Content-Type"`
	ETag         string `header:"ETag" doc:"A hash of the body, for If-None-Match and If-Range"`
	Length       string `header:"Content-Length"`
	AcceptRanges string `header:"Accept-Ranges"`
	ContentRange string `header:"Content-Range" doc:"Which part of the body it is, where one was asked for"`
	CacheControl string `header:"Cache-Control"`
	Location     string `header:"Location"`
	Body         []byte
}

const jsonType = "application/json"

// asJSON is an answer without HTML escaping, as every JSON of this house is written.
func asJSON(status int, v any) (*answer, error) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return &answer{Status: status, ContentType: jsonType, Body: []byte(b.String())}, nil
}

// How long an answer may be kept. What anyone may read is asked for anew each time, since it may be
// withdrawn; what is closed is kept by nobody but the asker's own program.
const (
	openCache   = "no-cache"
	ownCache    = "private, no-cache"
	closedCache = "private, no-store"
)

// caching chooses by who asks and whether what is answered is anyone's to read.
func caching(c caller, open bool) string {
	switch {
	case !open:
		return closedCache
	case c.actor.Member == "" && !c.actor.Local:
		return openCache
	}
	return ownCache
}

// register adds an operation. What reads understands conditions.
func register[I any](a *api, op huma.Operation, ok *huma.Response, h func(context.Context, *I) (*answer, error)) {
	if op.DefaultStatus == 0 {
		op.DefaultStatus = http.StatusOK
	}
	op.Security = []map[string][]string{{}, {"token": {}}}
	if op.Method == http.MethodGet {
		op.Parameters = append(op.Parameters, conditions()...)
	} else {
		op.Security = op.Security[1:]
	}
	if op.BodyReadTimeout == 0 {
		op.BodyReadTimeout = time.Minute
	}
	op.Responses = map[string]*huma.Response{itoa(op.DefaultStatus): ok, "default": a.problemResponse()}
	// Bodies are decoded here and not by huma: bounded, tolerant of unknown fields, with the field named.
	// Huma describes such a body as bytes; what it says is put back as it was.
	op.SkipValidateBody = true
	if op.RequestBody != nil {
		told := maps.Clone(op.RequestBody.Content)
		defer func() { maps.Copy(op.RequestBody.Content, told) }()
	}
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*answer, error) {
		out, err := h(ctx, in)
		if err != nil {
			return nil, a.problem(ctx, err)
		}
		if out.Status == 0 {
			out.Status = op.DefaultStatus
		}
		if op.Method == http.MethodGet && out.Status == http.StatusOK {
			return conditioned(callerOf(ctx).headers, out), nil
		}
		return out, nil
	})
}
