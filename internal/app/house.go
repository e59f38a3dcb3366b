package app

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/arrival"
	"jarchi.dev/jarchi/internal/house"
	"jarchi.dev/jarchi/internal/house/exposition"
	"jarchi.dev/jarchi/internal/store"
)

// openHouse makes what watches the node itself.
func (n *Node) openHouse() {
	n.House = house.New(house.Options{Rows: n.Store, Files: n.blobs, FileUsed: n.Store.FileUsed, Dir: n.Dir, Now: n.Now, Clock: n.Store.Clock, Log: n.Log, KeepFree: n.KeepFree})
	n.Store.Introduce(n.House.Version, "")
	n.Store.WatchStatements(n.House.Statement)
	n.House.Watch(outlets{n})
	n.House.KeepDeliveries(store.OldDeliveries{S: n.Store})
	n.metrics = n.House.NewMetrics()
}

// outlets tells how deliveries fare, by channel: no names, no addresses.
type outlets struct{ *Node }

// Outlets tells them in the order of their names.
func (o outlets) Outlets(ctx context.Context) (out []house.OutletState, err error) {
	all, err := o.Store.Subscriptions(ctx, "")
	if err != nil {
		return nil, err
	}
	by := map[string]*house.OutletState{}
	for _, s := range all {
		x := by[string(s.Channel)]
		if x == nil {
			x = &house.OutletState{Name: string(s.Channel)}
			by[x.Name] = x
		}
		if s.Runs() {
			x.Active++
			if s.Fares.Failures > 0 {
				x.Failing++
			}
		}
		x.Waiting += s.Fares.Waiting
	}
	for _, name := range slices.Sorted(maps.Keys(by)) {
		out = append(out, *by[name])
	}
	return out, nil
}

// runHouse watches until ctx ends.
func (n *Node) runHouse(ctx context.Context) {
	if err := n.House.Plan(ctx); err != nil {
		n.Log.Warn("what is kept too long stays until the next start", "error", err)
	}
	n.House.Run(ctx)
}

// runSources has sources asked while there is room for what they bring.
func (n *Node) runSources(ctx context.Context) {
	for ctx.Err() == nil {
		changed := n.House.RoomChanged()
		if n.House.Room() != nil {
			select {
			case <-ctx.Done():
			case <-changed:
			}
			continue
		}
		asking, stop := context.WithCancel(ctx)
		go func() {
			select {
			case <-asking.Done():
			case <-changed:
				stop()
			}
		}()
		n.Sources.Run(asking)
		stop()
	}
}

// mountHouse answers whoever watches the node from outside.
func (n *Node) mountHouse(mux *http.ServeMux) {
	// Alive: a process that should be started again says no. What starting it again does not mend is no reason.
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		if err := n.House.Alive(); err != nil {
			n.tell(w, []string{err.Error()})
			return
		}
		w.Write([]byte("ok\n"))
	})
	// Ready: requests should be sent here now.
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
		defer cancel()
		reasons := n.House.Ready(ctx)
		if n.stopping.Load() {
			reasons = append(reasons, "This node is stopping.")
		}
		if len(reasons) > 0 {
			n.tell(w, reasons)
			return
		}
		w.Write([]byte("ready\n"))
		// No reason to send requests elsewhere: texts go on, and the other nodes have their files in the same place.
		if since := n.House.FilesLost(); !since.IsZero() {
			fmt.Fprintf(w, "Files cannot be kept or read since %s. Texts go on.\n", since.Format(time.RFC3339))
		}
	})
	public := []exposition.Collector{exposition.Process{}, n.metrics.Total()}
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		exposition.Handler(append(slices.Clip(public), n.figuresFor(r)...)...).ServeHTTP(w, r)
	})
}

// tell answers with the reasons why not, a line each.
func (n *Node) tell(w http.ResponseWriter, reasons []string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(http.StatusServiceUnavailable)
	w.Write([]byte(strings.Join(reasons, "\n") + "\n"))
}

// figuresFor are the figures beyond those for everybody that may be told: all of them at the node's own machine, to a token that administers a member all but
// the sizes of others' closed logs.
func (n *Node) figuresFor(r *http.Request) []exposition.Collector {
	if secret, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		k, err := n.Store.Token(r.Context(), secret)
		if err != nil || !(access.Viewer{Member: k.Member, Scopes: k.Scopes}).Has(access.Admin) {
			return nil
		}
		return n.metrics.InsideFor(k.Member)
	}
	if arrival.AtThisMachine(r) {
		return n.metrics.Inside()
	}
	return nil
}

// sawDate hands what other hosts take for the time to whoever watches the clock; clients are made before it is.
func (n *Node) sawDate(host string, date time.Time) {
	if h := n.House; h != nil {
		h.SawDate(host, date, n.Store.Clock())
	}
}
