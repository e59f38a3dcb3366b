// Package app wires the house together: it opens a data folder, makes the services over it, mounts
// pages, API and logs under one handler, and runs the jobs. It alone knows everyone; nobody but the
// command imports it.
package app

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"jarchi.dev/jarchi/internal/api"
	"jarchi.dev/jarchi/internal/arrival"
	"jarchi.dev/jarchi/internal/blob"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/delivery"
	"jarchi.dev/jarchi/internal/desk"
	"jarchi.dev/jarchi/internal/house"
	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/receive"
	"jarchi.dev/jarchi/internal/sources"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/stories"
	"jarchi.dev/jarchi/internal/take"
	"jarchi.dev/jarchi/internal/web"
)

// Config is what an operator sets.
type Config struct {
	Dir       string           // the data folder
	PublicURL string           // the address that the world knows; empty: only loopback
	Own       []netip.AddrPort // where this process listens: never fetched from, whoever asks
	Now       func() time.Time // nil: the store's clock
	Log       *slog.Logger     // nil: slog.Default
	Allow     []netip.Prefix   // ranges that are fetched from although they are not the public internet: an intranet's
	Meaning   *stories.Meaning // an engine for close cases of which texts report one event; nil: none
	Files     string           // where files lie, as blob.ParsePlace reads it, or FilesFolder; empty: where they lay
	FilesKey  string           // a file with the keys of that bucket; see FilesKeys
	Deliver   delivery.Options // the operator's folders and bot for deliveries
	NoHub     bool             // feeds name no hub (WebSub); without a public address they never do
	SourceGap time.Duration    // between two requests of sources to one host; 0: a second
	Folders   sources.Folders  // that may be watched as sources
	Command   bool             // it is a command of whoever runs the node, not the node: it may name folders and mailboxes

	KeepFree       int64          // bytes of the disk below which nothing new is taken in; 0: house.DefaultKeepFree, negative: never
	TrustedProxies []netip.Prefix // whose X-Forwarded headers are believed; none: X-Forwarded-For of this machine's alone
	HSTS           time.Duration  // how long browsers are told to come to an https address with TLS alone; 0: they are not
	LogRequests    bool           // a line for each
	StopWithin     time.Duration  // how long requests may take to finish when the node stops; 0: DefaultStopWithin

	story web.Demo // OpenDemo's: the cards, and links that sign in by one click
}

// Node is one running Jarchi.
type Node struct {
	Config
	Store   *store.Store
	Browse  *browse.Service
	Publish *publish.Service
	Receive *receive.Service
	Takes   *take.Service
	People  *people.Service
	Desk    *desk.Service
	Stories *stories.Service
	Sources *sources.Service
	House   *house.Service

	Deliveries *delivery.Service

	blobs   blob.Store
	runner  *jobs.Runner
	handler http.Handler
	stop    context.CancelFunc
	running sync.WaitGroup

	metrics  *house.Metrics
	meter    *api.Meter
	stopping atomic.Bool
	leaving  context.Context // ends when the node stops: live streams end with it
	leave    context.CancelFunc
}

// Open opens a data folder, making it if it is not there. Nothing runs before Start.
func Open(ctx context.Context, c Config) (_ *Node, err error) {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	n := &Node{}
	n.leaving, n.leave = context.WithCancel(context.Background())
	if n.Store, err = store.Open(ctx, c.Dir, c.Now, c.Log); err != nil {
		return nil, err
	}
	c.Now = n.Store.Now
	n.Config = c
	defer func() {
		if err != nil {
			err = errors.Join(err, n.Store.Close())
		}
	}()
	if n.blobs, err = openFiles(ctx, n.Store, c.Dir, c.Files, c.FilesKey); err != nil {
		return nil, err
	}
	secret, err := n.Store.Setting(ctx, "cursor-key", func() []byte {
		b := make([]byte, 32)
		rand.Read(b) // never fails (crypto/rand, Go 1.24 and later)
		return b
	})
	if err != nil {
		return nil, err
	}
	if n.Browse, err = browse.New(n.Store, n.blobs, secret, c.Now); err != nil {
		return nil, err
	}
	n.Publish = publish.New(n.Store, c.Now)
	n.Receive = receive.New(n.Store, n.blobs, c.Now)
	n.Takes = take.New(n.Store, n.Browse, c.Now)
	n.People = people.New(n.Store, people.Options{Now: c.Now, Demo: c.story != nil})
	n.Desk = desk.NewService(n.Store, n.Publish, n.blobs, c.Now)
	handlers := n.Publish.Handlers()
	maps.Copy(handlers, n.Desk.Handlers())
	n.Stories = stories.New(n.Store, n.Browse, c.Now)
	n.Stories.Meaning = c.Meaning
	maps.Copy(handlers, n.Stories.Handlers())
	n.Sources = sources.New(n.Store, n.Receive, n.outside(), sources.Options{Now: c.Now, Log: c.Log, Gap: c.SourceGap, Machine: c.Command, Folders: c.Folders})
	deliver := c.Deliver
	deliver.Now, deliver.Log, deliver.Base = c.Now, c.Log, c.PublicURL
	if deliver.Strangers == nil {
		deliver.Strangers = n.strangers()
	}
	n.Deliveries = delivery.New(n.Store, n.Browse, n.outside(), deliver)
	n.meter = api.NewMeter(n.Store, c.Now, c.Log)
	n.openHouse()
	maps.Copy(handlers, n.House.Handlers())
	n.runner = jobs.NewRunner(n.Store.Jobs(), handlers, c.Now, c.Log)
	n.handler, err = n.mount()
	return n, err
}

// Start begins the work that waits for nobody: scheduled releases, embargoes, retries.
func (n *Node) Start() {
	ctx, cancel := context.WithCancel(context.Background())
	n.stop = cancel
	n.running.Add(4)
	go func() {
		defer n.running.Done()
		n.runHouse(ctx)
	}()
	go func() {
		defer n.running.Done()
		n.runSources(ctx)
	}()
	n.running.Go(func() { n.Deliveries.Run(ctx) })
	n.running.Go(func() { n.meter.Run(ctx) })
	go func() {
		defer n.running.Done()
		if err := n.Desk.PlanSweep(ctx); err != nil {
			n.Log.Warn("files that nothing names are not looked for until the next start", "error", err)
		}
		if err := n.Store.PlanPrints(ctx); err != nil {
			n.Log.Warn("prints of a former version are not drawn again until a text comes", "error", err)
		}
		if err := n.Store.PlanRenewal(ctx); err != nil {
			n.Log.Warn("texts that were indexed by a former form of the index are not indexed anew until the next start", "error", err)
		}
		n.runner.Run(ctx)
	}()
	go func() { // a job is enqueued by a commit: the commit rings
		defer n.running.Done()
		for {
			changed := n.Store.Changed()
			n.runner.Ring()
			select {
			case <-ctx.Done():
				return
			case <-changed:
			}
		}
	}()
}

// Close ends the jobs that run, then closes the folder.
func (n *Node) Close() error {
	n.leave()
	if n.stop != nil {
		n.stop()
	}
	n.running.Wait()
	return errors.Join(n.Store.Close(), n.blobs.Close())
}

// Handler answers every request of this node.
func (n *Node) Handler() http.Handler { return n.handler }

func (n *Node) mount() (http.Handler, error) {
	pages, err := web.New(web.Options{Demo: n.story, Reader: n.Browse, People: n.People, Desk: n.Desk, Takes: n.Takes, Copies: n.Stories, Stories: n.Stories, Languages: n.Receive, Sources: n.Sources, House: n.House,
		Quarantine: n.Receive, Deliveries: n.Deliveries, Now: n.Now, PublicURL: n.PublicURL, Log: n.Log, SubjectName: subjectName, Openings: openings{n},
		Changed: n.Browse.Changed, Gone: n.Browse.Gone, Saved: n.Store})
	if err != nil {
		return nil, err
	}
	calls, err := api.New(n.apiOptions())
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/", pages)
	mux.HandleFunc("/raw/", func(w http.ResponseWriter, r *http.Request) { // originals: to people on the pages, to programs by their token
		if scheme, _, _ := strings.Cut(r.Header.Get("Authorization"), " "); strings.EqualFold(scheme, "Bearer") { // Basic may be a proxy's before the node
			calls.ServeHTTP(w, r)
		} else {
			pages.ServeHTTP(w, r)
		}
	})
	mux.Handle("/api", calls)
	mux.Handle("/api/", calls)
	mux.Handle("/feeds/", calls)
	mux.Handle("/log", calls)
	mux.Handle("/log/", calls)
	n.mountHouse(mux)
	n.mountHub(mux, calls)
	return n.front(mux), nil
}

// hostCheck refuses requests whose Host is neither the public address nor a literal loopback one, so
// that a page elsewhere cannot reach this node by a name of its own that points here (DNS rebinding).
func (n *Node) hostCheck(next http.Handler) http.Handler {
	public := ""
	if u, err := url.Parse(n.PublicURL); err == nil {
		public = strings.ToLower(u.Host)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := strings.ToLower(r.Host)
		if _, local := arrival.Loopback(host); local || public != "" && host == public {
			next.ServeHTTP(w, r)
			return
		}
		if name, port, _ := strings.Cut(host, ":"); name == "localhost" && r.Method == http.MethodGet {
			// What people type. Sessions and local reading go by the literal address.
			http.Redirect(w, r, "http://"+strings.TrimSuffix("127.0.0.1:"+port, ":")+r.URL.RequestURI(), http.StatusTemporaryRedirect)
			return
		}
		http.Error(w, "This node does not answer to this name. Its operator sets the name with --public-url.", http.StatusMisdirectedRequest)
	})
}

// recovered turns a crash of one request into an answer and a log line; the node goes on.
func recovered(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler {
					panic(p)
				}
				log.Error("a request crashed", "method", r.Method, "path", r.URL.Path, "panic", p)
				http.Error(w, "Something went wrong on this node. The administrator finds it in the log.", http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(w, r)
	})
}
