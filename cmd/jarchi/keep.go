package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"jarchi.dev/jarchi/internal/app"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/house"
)

// KeepCmd is 'jarchi keep': for how long what is neither a release nor a log nor a proof is kept.
type KeepCmd struct {
	dataFlag
	Set    []string `placeholder:"RULE=DAYS" help:"Set a rule: raw, quarantine, audit, sessions, drafts or deliveries, and days, 0 for ever. May be repeated."`
	DryRun bool     `help:"With --set: only tell what would go."`
	Now    bool     `help:"Follow the rules now, instead of when the node runs."`
}

// Help is shown by --help.
func (KeepCmd) Help() string {
	return `Prints each rule and how much it would let go at this moment. Nothing is let go unless a rule is set; a
running node follows the rules once a day, in small steps. What is set, and what was let go, stands in
the audit list. Releases, logs and proofs are never touched.

  raw          documents as they came, from which captures were read; the captures stay
  quarantine   documents that could not be read
  audit        the audit list (90 days at least)
  sessions     sessions that nobody has used since
  drafts       drafts that have left their desk; what they became stays (7 days at least)
  deliveries   what was delivered to whom (7 days at least)

Administrators set them on the pages too (People, State of the node). The node must be stopped.

Example:

  $ jarchi keep --data ./wire
  $ jarchi keep --data ./wire --set raw=365 --set audit=730 --dry-run`
}

// Run prints, sets or follows the rules.
func (c KeepCmd) Run(std *Stdio) (err error) {
	ctx := context.Background()
	if c.DryRun && (len(c.Set) == 0 || c.Now) {
		return fault.E(fault.Invalid, "--dry-run tells what rules given with --set would let go; it does not go with --now.")
	}
	if err := hasNode(c.Data); err != nil {
		return err
	}
	n, err := app.Open(ctx, app.Config{Dir: c.Data, Log: quietLog(std)})
	if err != nil {
		return err
	}
	defer func() {
		if cerr := n.Close(); err == nil {
			err = cerr
		}
	}()
	k, err := n.House.Keeping(ctx)
	if err != nil {
		return err
	}
	for _, s := range c.Set {
		name, days, ok := strings.Cut(s, "=")
		var d int
		if _, serr := fmt.Sscanf(days, "%d", &d); !ok || serr != nil || fmt.Sprint(d) != days {
			return fault.Field("--set", "%q is not a rule and days, like raw=365.", s)
		}
		if err := k.Set(name, d); err != nil {
			return err
		}
	}
	if err := k.Check(); err != nil {
		return err
	}
	if len(c.Set) > 0 && !c.DryRun {
		if err := n.House.SetKeeping(ctx, "", "", k); err != nil {
			return err
		}
	}
	if c.Now {
		gone, _, err := n.House.KeepNow(ctx)
		if err != nil {
			return err
		}
		fmt.Fprintf(std.Err, "Let go: %s.\n", house.Gone(gone))
	}
	would, err := n.House.Would(ctx, k)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(std.Out, 0, 0, 2, ' ', 0)
	for _, r := range k.Rules() {
		if r.Days == 0 {
			fmt.Fprintf(w, "%s\tfor ever\t\n", r.Name)
		} else {
			fmt.Fprintf(w, "%s\t%d days\twould go now: %d\n", r.Name, r.Days, would[r.Name])
		}
	}
	return w.Flush()
}
