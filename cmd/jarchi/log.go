package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"text/tabwriter"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/tlog"
)

// LogCmd is 'jarchi log': what is provable in a data folder.
type LogCmd struct {
	Check   LogCheckCmd   `cmd:"" help:"Check every log, and every stored version against its log."`
	List    LogListCmd    `cmd:"" help:"List the logs with size, root and verifier key."`
	Confirm LogConfirmCmd `cmd:"" help:"After a restored back-up: state what others have last seen of a log."`
}

// LogCheckCmd is 'jarchi log check'.
type LogCheckCmd struct{ dataFlag }

// Help is shown by --help.
func (LogCheckCmd) Help() string {
	return `Reads every leaf, computes every hash of every tree again and compares the root with the signed
checkpoint and with what the guard file knows; then reads every version of every release, hashes its
bytes and opens the commitment that the log holds. Prints a line for each log. Ends with status 1 at
the first damage of a log, naming its place. Nothing that is stored is changed.

Example:

  $ jarchi log check --data ./wire`
}

// Run checks all logs, also after one is found damaged.
func (c LogCheckCmd) Run(std *Stdio) error {
	ctx := context.Background()
	logs, done, err := inspect(ctx, c.Data)
	if err != nil {
		return err
	}
	defer done()
	guard, err := openGuard(c.Data)
	if err != nil {
		text, _ := fault.Public(err)
		fmt.Fprintf(std.Err, "jarchi: the logs are not compared with the guard file: %s\n", text)
	}
	if guard != nil {
		defer guard.Close()
	}
	damaged := 0
	for _, l := range logs {
		rep, versions, err := l.Check(ctx, guard)
		if err != nil {
			damaged++
			text, _ := fault.Public(err)
			fmt.Fprintf(std.Out, "%s: DAMAGED. %s\n", l.Name, text)
			continue
		}
		fmt.Fprintf(std.Out, "%s: good. %d leaves, %d hashes, %d versions, root %s\n", l.Name, rep.Leaves, rep.Hashes, versions, l.Head.Root)
	}
	if damaged > 0 {
		return fault.E(fault.Corrupt, "%d of %d logs do not verify. Publish nothing more with this folder; restore it, or fetch what is missing from a mirror.", damaged, len(logs))
	}
	return nil
}

// inspect lists the logs of a node that does not run; done lets its folder go.
func inspect(ctx context.Context, dir string) (logs []store.StoredLog, done func(), err error) {
	if err := hasNode(dir); err != nil {
		return nil, nil, err
	}
	f, err := store.Inspect(ctx, dir)
	if err != nil {
		return nil, nil, err
	}
	if logs, err = f.Logs(ctx); err != nil {
		f.Close()
		return nil, nil, err
	}
	return logs, f.Close, nil
}

// openGuard opens the folder's guard file; nil without an error where there is none.
func openGuard(dir string) (*tlog.Guard, error) {
	path := filepath.Join(dir, "guard")
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return tlog.OpenGuard(path)
}

// LogListCmd is 'jarchi log list'.
type LogListCmd struct{ dataFlag }

// Help is shown by --help.
func (LogListCmd) Help() string {
	return `Prints a line for each log: name, number of leaves, root, verifier key. The key is what
'jarchi verify --key' takes; hand it to others yourself, not through the server they want to check.

Example:

  $ jarchi log list --data ./wire`
}

// Run lists the logs.
func (c LogListCmd) Run(std *Stdio) error {
	ctx := context.Background()
	logs, done, err := inspect(ctx, c.Data)
	if err != nil {
		return err
	}
	defer done()
	w := tabwriter.NewWriter(std.Out, 0, 0, 2, ' ', 0)
	for _, l := range logs {
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\n", l.Name, l.Head.Size, l.Head.Root, l.VKey)
	}
	return w.Flush()
}

// LogConfirmCmd is 'jarchi log confirm'.
type LogConfirmCmd struct {
	dataFlag
	Log  string `required:"" placeholder:"NAME" help:"The log, like newsroom-public."`
	Size int64  `required:"" help:"The number of leaves that others have last seen."`
	Root string `required:"" placeholder:"BASE64" help:"The root at that size, as their checkpoint states it."`
}

// Help is shown by --help.
func (LogConfirmCmd) Help() string {
	return `A node remembers in the file 'guard' how far each of its logs was signed, so that it never signs two
different histories. After a move or a restored back-up that file must be moved away, and each log is
confirmed with the size and root of its newest checkpoint that a witness, a mirror or a partner has:
never with what this folder says about itself. The root must be that of this folder's own log at that
size. A confirmed log cannot be confirmed again.

Example:

  $ mv ./wire/guard ./guard.old
  $ jarchi log confirm --data ./wire --log newsroom-public --size 8114 --root 5Yk1b3Jc0nJk0bq3p1mXyS9v1sQ2xk0oW7n8rK1yq2M=`
}

// Run enters the log in the guard file.
func (c LogConfirmCmd) Run(std *Stdio) error {
	var root tlog.Hash
	given, err := base64.StdEncoding.DecodeString(c.Root)
	if err != nil || len(given) != len(root) {
		return fault.Field("--root", "A root is 32 bytes in base64, 44 characters.")
	}
	copy(root[:], given)
	ctx := context.Background()
	logs, done, err := inspect(ctx, c.Data)
	if err != nil {
		return err
	}
	defer done()
	for _, l := range logs {
		if l.Name == c.Log {
			return c.confirm(ctx, std, l, tlog.Head{Size: c.Size, Root: root})
		}
	}
	return fault.Field("--log", "There is no log %q here; 'jarchi log list' names them.", c.Log)
}

// confirm compares first: what the guard file is once told cannot be taken back.
func (c LogConfirmCmd) confirm(ctx context.Context, std *Stdio, l store.StoredLog, seen tlog.Head) error {
	if seen.Size < 0 {
		return fault.Field("--size", "A log has no negative number of leaves.")
	}
	if seen.Size > l.Head.Size {
		return fault.E(fault.Conflict, "Others have seen %d leaves, but the log %s has %d here: this back-up is too old to go on signing. Bring back a newer one, or fetch the missing leaves from a mirror.", seen.Size, l.Name, l.Head.Size)
	}
	root, err := l.RootAt(ctx, seen.Size)
	if err != nil {
		return err
	}
	if root != seen.Root {
		return fault.E(fault.Conflict, "At %d leaves the log %s has the root %s here. If others have seen the one you gave, this is not the log they know, and nothing may be signed with it.", seen.Size, l.Name, root)
	}
	guard, err := tlog.OpenGuard(filepath.Join(c.Data, "guard"))
	if err != nil {
		return err
	}
	defer guard.Close()
	if err := guard.Confirm(l.Name, seen.Size, seen.Root); err != nil {
		return err
	}
	fmt.Fprintf(std.Err, "Confirmed: %s at %d leaves; it has %d here.\n", l.Name, seen.Size, l.Head.Size)
	return nil
}
