package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"jarchi.dev/jarchi/internal/house"
	"jarchi.dev/jarchi/internal/store"
)

// UpgradeCheckCmd is 'jarchi upgrade-check': what starting this program on a folder would change.
type UpgradeCheckCmd struct {
	Data      string        `required:"" placeholder:"DIR" help:"The data folder; the node of the version before may run meanwhile."`
	Database  string        `placeholder:"URL" help:"A PostgreSQL database to look at instead of the one that the folder remembers; the folder does not remember it."`
	BackupAge time.Duration `default:"24h" help:"How old the last back-up may be."`
	JSON      bool          `name:"json" help:"Print it as one line of JSON."`
}

// Help is shown by --help.
func (UpgradeCheckCmd) Help() string {
	return `Run it with the new program before you start the new program. The folder is only read. It says which
migrations would run, how many rows they go through and about how long that takes, having tried them on
an empty copy of the schema; what the node will do beside its other work once it runs, and
about how long; whether the last back-up is recent; and which JARCHI_ variables this program does not know
(they may have been renamed).

Data in PostgreSQL is looked at there, in the database that the folder remembers or that --database names.
The copy of the schema is made in that database, under a name of its own, and dropped; it needs the right
to make one. How recent its back-up is, and how much room its disk has, is for you to see.

Ends with 0 when nothing stands in the way, with 3 when something should be done first, with 4 when this
program is older than the data (it would refuse to open it), with 1 when the folder cannot be read.

Example:

  $ ./jarchi-new upgrade-check --data ./wire`
}

// upgradeReport is what it prints.
type upgradeReport struct {
	Schema   int64         `json:"schema"`
	Knows    int64         `json:"knows"`
	Steps    []string      `json:"migrations"`
	After    []string      `json:"afterwards"` // done while the node runs
	Seconds  int64         `json:"seconds"`
	Bytes    int64         `json:"bytes"`
	Free     int64         `json:"diskFreeBytes"`
	Backup   *house.Backup `json:"backup"`
	Unknown  []string      `json:"unknownVariables"`
	First    []string      `json:"doFirst"`
	TooOld   bool          `json:"programOlderThanData"`
	Database int64         `json:"databaseBytes"`
	Tried    bool          `json:"tried"` // the migrations, on an empty copy of the schema

	Elsewhere string `json:"postgresql,omitempty"`
}

// renamed are settings that had another name once, by their variable. None has been renamed so far.
var renamed = map[string]string{}

// Run checks.
func (c UpgradeCheckCmd) Run(std *Stdio) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if c.Database == "" {
		if err := hasNode(c.Data); err != nil {
			return err
		}
	}
	u, err := store.UpgradeOf(ctx, c.Data, c.Database)
	if err != nil {
		return err
	}
	rep := upgradeReport{Schema: u.Schema, Knows: u.Knows, Steps: []string{}, After: []string{}, Unknown: unknownVariables(os.Environ()), First: []string{}, TooOld: u.Older(), Database: u.Bytes, Tried: u.Tried, Elsewhere: u.Elsewhere}
	for _, w := range u.Afterward {
		rep.After = append(rep.After, w.String())
	}
	takes := time.Duration(0)
	for _, s := range u.Steps {
		rep.Steps = append(rep.Steps, s.String())
		takes += s.Takes
		rep.Bytes += s.Bytes
	}
	rep.Seconds = int64(takes.Round(time.Second) / time.Second)
	now := time.Now()
	if last, ok := house.LastBackup(c.Data); u.Elsewhere != "" {
		// The server's back-ups and its disk are its administrator's; what is said of them is in print.
	} else if !ok {
		rep.First = append(rep.First, "No back-up of this folder is known. Run 'jarchi backup' with the program that is in use now.")
	} else {
		rep.Backup = &last
		if age := now.Sub(last.Made); age > c.BackupAge {
			rep.First = append(rep.First, fmt.Sprintf("The last back-up is %s old. Run 'jarchi backup' with the program that is in use now.", house.Span(age)))
		}
	}
	if free, _, err := house.DiskFree(c.Data); err == nil && u.Elsewhere == "" {
		rep.Free = free
		if need := rep.Bytes + house.DefaultKeepFree; len(u.Steps) > 0 && free < need {
			rep.First = append(rep.First, fmt.Sprintf("The disk has %.1f MB free, and %.1f MB may be needed. Make room.", float64(free)/1e6, float64(need)/1e6))
		}
	}
	for _, v := range rep.Unknown {
		if to := renamed[v]; to != "" {
			rep.First = append(rep.First, fmt.Sprintf("%s is called %s now.", v, to))
		}
	}
	if c.JSON {
		if err := json.NewEncoder(std.Out).Encode(rep); err != nil {
			return err
		}
	} else {
		rep.print(std)
	}
	switch {
	case rep.TooOld:
		return ending(4)
	case len(rep.First) > 0:
		return ending(3)
	}
	return nil
}

func (r upgradeReport) print(std *Stdio) {
	p := func(format string, args ...any) { fmt.Fprintf(std.Out, format+"\n", args...) }
	if r.TooOld {
		p("This program is older than the data: its schema is %d, and this program knows %d. Use a newer program; this one would refuse to open it.", r.Schema, r.Knows)
		return
	}
	if len(r.Steps) == 0 {
		p("The schema is %d, as this program has it: no migration would run.", r.Schema)
	} else {
		p("The schema is %d; this program brings it to %d. These migrations would run%s:", r.Schema, r.Knows, map[bool]string{true: ", and fit"}[r.Tried])
		for _, s := range r.Steps {
			p("  %s", s)
		}
		p("In all about %s, and up to %.1f MB more beside the %.1f MB of the database. The node does not answer meanwhile.", max(time.Duration(r.Seconds)*time.Second, time.Second), float64(r.Bytes)/1e6, float64(r.Database)/1e6)
	}
	if len(r.After) > 0 {
		p("The node does this by itself when it runs and the next text has come. It answers and publishes meanwhile, and goes on where it was if it is stopped:")
		for _, w := range r.After {
			p("  %s", w)
		}
	}
	if r.Elsewhere != "" {
		if !r.Tried {
			p("They were not tried: that needs the right to make a schema in %s (grant create on database).", r.Elsewhere)
		}
		p("The data is in %s: see that a recent back-up is there, and room on the server's disk.", r.Elsewhere)
	}
	if r.Backup != nil {
		p("The last back-up is of %s.", r.Backup.Made.Format(time.RFC3339))
	}
	if len(r.Unknown) > 0 {
		p("Not known to this program: %s.", strings.Join(r.Unknown, ", "))
	}
	for _, f := range r.First {
		p("First: %s", f)
	}
	if len(r.First) == 0 {
		p("Nothing stands in the way.")
	}
}

// unknownVariables are settings in the environment that no command of this program knows.
func unknownVariables(environ []string) []string {
	var c commands
	parser, err := kong.New(&c, kong.DefaultEnvars("JARCHI"))
	if err != nil {
		panic(err) // the declaration is wrong
	}
	known := map[string]bool{"JARCHI_SHARED": true}
	var walk func(*kong.Node)
	walk = func(n *kong.Node) {
		for _, f := range n.Flags {
			for _, e := range f.Envs {
				known[e] = true
			}
		}
		for _, child := range n.Children {
			walk(child)
		}
	}
	walk(parser.Model.Node)
	out := []string{}
	for _, kv := range environ {
		if name, _, _ := strings.Cut(kv, "="); strings.HasPrefix(name, "JARCHI_") && !known[name] && !strings.HasSuffix(name, "_KEY") {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}
