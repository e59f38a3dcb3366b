package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/signal"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"jarchi.dev/jarchi/internal/app"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/house"
	"jarchi.dev/jarchi/internal/outbound"
)

// StatusCmd is 'jarchi status': how a node fares.
type StatusCmd struct {
	nodeFlags
	JSON  bool `name:"json" help:"Print everything as one line of JSON."`
	Ready bool `help:"With --url: only ask whether it takes requests; ends with 0 if it does. Needs no token."`
}

// Help is shown by --help.
func (StatusCmd) Help() string {
	return `Prints what needs attention first, each with what mends it, then versions, database, disk, queue, work
that was given up, sources, deliveries, logs, what was slow, and the clock. Counts, sizes and names of
places only: no text and no search of anybody.

Ends with status 3 if something urgent needs attention, with 0 otherwise. With --ready it asks nothing
but /readyz, and ends with 1 and the reasons if the node does not take requests: for a container's
health check.

Example:

  $ jarchi status --data ./wire
  $ JARCHI_TOKEN=jt_... jarchi status --url http://127.0.0.1:8080 --json
  $ jarchi status --url http://127.0.0.1:8080 --ready`
}

// Run prints the state.
func (c StatusCmd) Run(std *Stdio) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	var st house.State
	switch {
	case c.URL != "":
		node, err := outbound.NewOperator(c.URL)
		if err != nil {
			return err
		}
		ready := func() error {
			ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
			defer cancel()
			reasons, err := node.Ready(ctx)
			if err != nil {
				return err
			}
			if reasons != "" {
				return fault.E(fault.Unavailable, "The node does not take requests: %s", strings.ReplaceAll(reasons, "\n", " "))
			}
			return nil
		}
		if c.Ready {
			return ready()
		}
		_, b, err := node.Do(ctx, outbound.Call{Method: "GET", Path: "/api/v1/house", Token: c.Token})
		if fault.KindOf(err) == fault.Unavailable { // a node that cannot read its state says why all the same
			return cmp.Or(ready(), err)
		}
		if err != nil {
			return err
		}
		if err := json.Unmarshal(b, &st); err != nil {
			return fault.E(fault.Unavailable, "The node's answer is not one of a Jarchi node.").Because(err)
		}
	case c.Ready:
		return fault.E(fault.Invalid, "Only a node that runs can be ready; name it with --url.")
	default:
		if err := hasNode(c.Data); err != nil {
			return err
		}
		n, err := app.Open(ctx, app.Config{Dir: c.Data, Log: quietLog(std)})
		if err != nil {
			return err
		}
		st, err = n.House.State(ctx)
		if cerr := n.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			return err
		}
	}
	if c.JSON {
		if err := json.NewEncoder(std.Out).Encode(st); err != nil {
			return err
		}
	} else if err := printState(std.Out, st); err != nil {
		return err
	}
	for _, n := range st.Needs {
		if n.Urgent {
			return ending(3)
		}
	}
	return nil
}

// ending ends the command with a status of its own, after everything was said.
type ending int

func (e ending) Error() string { return fmt.Sprintf("status %d", int(e)) }

// printState writes a state for people.
func printState(out io.Writer, st house.State) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	line := func(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }
	if len(st.Needs) == 0 {
		line("Nothing needs attention.")
	}
	for i, n := range st.Needs {
		mark := ""
		if n.Urgent {
			mark = "URGENT. "
		}
		line("%d. %s%s %s", i+1, mark, n.Says, n.Act)
	}
	size := func(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
	when := func(t time.Time) string {
		if t.IsZero() {
			return "never"
		}
		return t.UTC().Format(time.RFC3339)
	}
	line("")
	line("Jarchi\t%s, %s", st.Versions.Jarchi, st.Versions.Go)
	line("Database\t%s, schema %d (this program knows %d), %s, %s free within, write-ahead log %s", st.Database.Engine, st.Versions.Schema, st.Versions.Knows, size(st.Database.Bytes), size(st.Database.FreeBytes), size(st.Database.AheadBytes))
	if st.Database.Trouble != "" {
		line("\t%s", st.Database.Trouble)
	}
	for _, n := range st.Nodes {
		name := n.Name
		if n.Address != "" {
			name += " (" + n.Address + ")"
		}
		if n.Here {
			name += ", this one"
		}
		if n.First {
			name += ", the first"
		}
		fares := "heard " + when(n.Heard)
		if n.Silent {
			fares = "SILENT since " + when(n.Heard)
		}
		line("Node\t%s: Jarchi %s since %s, %s, clock %+d ms", name, n.Version, when(n.Since), fares, n.Ahead.Milliseconds())
		for _, j := range n.Running {
			line("\t%s: %d under way", j.Kind, j.Count)
		}
	}
	if st.Storage.Unknown {
		line("Disk\tThe system does not say.")
	} else {
		line("Disk\t%s free of %s; %s are kept free", size(st.Storage.Free), size(st.Storage.Bytes), size(st.Storage.Keep))
	}
	if st.Storage.FilesTrouble != "" {
		line("Files\t%s", st.Storage.FilesTrouble)
	}
	if st.Backup == nil {
		line("Back-up\tnone is known")
	} else {
		line("Back-up\t%s, %s, schema %d", when(st.Backup.Made), size(st.Backup.Bytes), st.Backup.Schema)
	}
	switch c := st.Clock; {
	case c.Wrong:
		line("Clock\twrong: %s", c.Words())
	case c.Hosts < 3:
		line("Clock\tnot compared: too few other hosts are known")
	default:
		line("Clock\tin order, %s beside %d other hosts", c.Offset.Round(time.Second), c.Hosts)
	}
	line("Quarantine\t%d", st.Database.Quarantine)
	if n := st.Database.Renewing; n > 0 {
		line("To index anew\t%d", n)
	}
	for _, k := range st.Queue {
		late := ""
		if !k.Oldest.IsZero() {
			late = ", the first for " + house.Span(st.At.Sub(k.Oldest))
		}
		line("Queue\t%s: %d due%s, %d under way, %d later, %d given up", k.Kind, k.Due, late, k.Running, k.Waiting, k.Dead)
	}
	for _, l := range st.Dead {
		line("Given up\t%d %s %s: %s", l.ID, l.Kind, l.Args, l.Error)
	}
	line("Sources\t%d, %d paused, %d fail, %d silent, %d late", st.Sources.All, st.Sources.Paused, len(st.Sources.Failing), len(st.Sources.Silent), st.Sources.Late)
	for _, o := range st.Outlets {
		line("Deliveries\t%s: %d served, %d fail, %d wait", o.Name, o.Active, o.Failing, o.Waiting)
	}
	for _, l := range st.Logs {
		line("Log\t%s: %d leaves, the last %s", l.Name, l.Size, when(l.Last))
	}
	for _, s := range st.Slow {
		line("Slow\t%s: %d times, the longest %s", s.Name, s.Count, s.Worst.Round(time.Millisecond))
	}
	return w.Flush()
}
