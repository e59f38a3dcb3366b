package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"jarchi.dev/jarchi/internal/app"
	"jarchi.dev/jarchi/internal/backup"
	"jarchi.dev/jarchi/internal/blob"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/house"
	"jarchi.dev/jarchi/internal/store"
)

// BackupCmd is 'jarchi backup': a back-up is written, or with 'verify' checked.
type BackupCmd struct {
	Make   BackupMakeCmd   `cmd:"" default:"withargs" help:"Write a back-up (this is what 'jarchi backup' alone does)."`
	Verify BackupVerifyCmd `cmd:"" help:"Check a back-up without restoring it."`
}

// Help is shown by --help.
func (BackupCmd) Help() string {
	return "'jarchi backup --data DIR --to FILE', '-' for standard output.\n\n" + BackupMakeCmd{}.Help()
}

// BackupMakeCmd is 'jarchi backup'.
type BackupMakeCmd struct {
	Data string `required:"" placeholder:"DIR" help:"The data folder; a node may have it open."`
	To   string `required:"" placeholder:"FILE" help:"The file to write; '-' is standard output."`

	FilesKey string `name:"blobs-key" placeholder:"FILE" help:"A file with the keys of the bucket where the node's files lie, if they lie in one; see 'jarchi serve --help'."`
}

// Help is shown by --help.
func (BackupMakeCmd) Help() string {
	return `Writes one file with the database as it stood at one moment and every file that it needs. The node may
run and publish meanwhile; the back-up takes rests while it does. The guard file is not part of it: see 'jarchi restore --help'.

SECRET KEYS ARE INSIDE: those of the members' logs, and all that is not published. The file is made
readable by its owner alone (0600); keep copies as you keep a private key. What goes to standard output
is yours to protect.

The file is written as FILE.new and gets its name when it is whole and on the disk; a back-up that has
the name already is replaced then. It is a tar archive compressed with gzip. Nothing that was erased
before is in it. A file that the database needs and that is lost or damaged is told, and the back-up
made without it. Files that lie in a bucket are fetched and are in the back-up like others; if the bucket
does not answer there is no back-up.

A database on PostgreSQL is read by its own pg_dump, in PATH or where Debian has it (the package
postgresql-client); the password is not on its command line.

Example:

  $ jarchi backup --data ./wire --to /backup/wire.tar.gz
  $ jarchi backup --data ./wire --to - | ssh vault 'umask 077; cat > wire.tar.gz'`
}

// Run writes the back-up.
func (c BackupMakeCmd) Run(std *Stdio) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := hasNode(c.Data); err != nil {
		return err
	}
	began := time.Now()
	from, scrubbed, err := store.ReadBeside(ctx, c.Data, 20*time.Second)
	if err != nil {
		return interrupted(err)
	}
	defer from.Close()
	blobs, err := c.files(ctx, from)
	if err != nil {
		return err
	}
	defer blobs.Close()
	var rep backup.Report
	write := func(w io.Writer) (err error) {
		rep, err = backup.Write(ctx, w, from, blobs, began)
		return err
	}
	if c.To == "-" {
		err = write(std.Out)
	} else {
		err = backup.ToFile(c.To, write)
		if err == nil && house.NoteBackup(c.Data, house.Backup{Made: rep.Made, Bytes: rep.Bytes, Schema: rep.Schema}) != nil {
			fmt.Fprintf(std.Err, "The back-up is made, but %s cannot be written, so the node does not know of it.\n", c.Data)
		}
	}
	if err != nil {
		return interrupted(err)
	}
	for _, m := range rep.Missing {
		fmt.Fprintf(std.Err, "The file %s, which the database needs, is not in the back-up: %s.\n", m.Hash, m.Why)
	}
	if !scrubbed {
		fmt.Fprintln(std.Err, "Words that were erased a moment before may still be in the search index of the back-up. Start the node for a minute and make another.")
	}
	fmt.Fprintf(std.Err, "Backed up: %s; %d bytes in %s. Secret keys are inside.\n", holds(rep), rep.Bytes, time.Since(began).Round(10*time.Millisecond))
	return nil
}

// files opens the store of files where they lie.
func (c BackupMakeCmd) files(ctx context.Context, from *store.Beside) (blob.Store, error) {
	at, names, err := from.FilesPlace(ctx)
	if err != nil {
		return nil, err
	}
	if at == "" {
		return blob.OpenDir(filepath.Join(c.Data, "blobs"))
	}
	return app.OpenBucket(at, names, os.TempDir(), c.FilesKey)
}

// interrupted says in a sentence that somebody ended the command.
func interrupted(err error) error {
	if errors.Is(err, context.Canceled) {
		return fault.E(fault.Unavailable, "It was interrupted. Nothing is left of it.").Because(err)
	}
	return err
}

// holds says what a back-up holds.
func holds(r backup.Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "the state of %s, a database of %d bytes and %d files of %d bytes", r.Made.Format(time.RFC3339), r.Database, r.Files, r.FileBytes)
	if n := len(r.Missing); n > 0 {
		fmt.Fprintf(&b, ", %d files missing", n)
	}
	return b.String()
}

// BackupVerifyCmd is 'jarchi backup verify'.
type BackupVerifyCmd struct {
	File string `arg:"" help:"The back-up; '-' is standard input."`
}

// Help is shown by --help.
func (BackupVerifyCmd) Help() string {
	return `Reads the file through and compares every part with its hash and the whole with the checksum at its
end. Prints what it holds: a line for each log with size and root. Ends with status 1 if anything is
damaged, and says in which part. That the logs verify is checked when it is restored.

Example:

  $ jarchi backup verify /backup/wire.tar.gz`
}

// Run checks a back-up.
func (c BackupVerifyCmd) Run(std *Stdio) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	f, err := openBackup(std, c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	rep, err := backup.Verify(ctx, f)
	if err != nil {
		return interrupted(err)
	}
	fmt.Fprintf(std.Out, "good: %s\n", holds(rep))
	for _, l := range rep.Logs {
		fmt.Fprintf(std.Out, "%s: %d leaves, root %s\n", l.Name, l.Size, l.Root)
	}
	for _, m := range rep.Missing {
		fmt.Fprintf(std.Out, "missing %s: %s\n", m.Hash, m.Why)
	}
	return nil
}

func openBackup(std *Stdio, name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(std.In), nil
	}
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.E(fault.NotFound, "There is no file %s.", name).Because(err)
	}
	if err != nil {
		return nil, fault.E(fault.Unavailable, "The file %s cannot be read.", name).Because(err)
	}
	return f, nil
}

// RestoreCmd is 'jarchi restore'.
type RestoreCmd struct {
	File string `arg:"" help:"The back-up; '-' is standard input."`
	Data string `required:"" placeholder:"DIR" help:"The folder to restore into; it must be empty or not there."`

	Database string `placeholder:"URL" help:"Of a back-up of a node on PostgreSQL: the empty database to restore into, like postgres://jarchi@host:5432/jarchi. The folder remembers it."`
}

// Help is shown by --help.
func (RestoreCmd) Help() string {
	return `Checks every part of the back-up while it is brought back, then every log as 'jarchi log check' does.
After an error the folder is as empty as it was.

The guard file is not part of a back-up, and so the restored node signs nothing at first: what the old
one signed since the back-up is unknown to it, and two different logs of one size would brand it as a
forger. For each log the command that confirms it is printed, with the size and root that the back-up
holds. Run it only when nobody (a witness, a partner, a printed checkpoint) has seen more of the log. If
somebody has, bring back a newer back-up. That holds for logs that were empty too.

The database of a node on PostgreSQL is restored there by pg_restore, in one transaction, into the empty
database that --database names, once all of the back-up has been read and checked. Until then it lies in
the folder, which needs room for it.

All files of the back-up come into the folder, also those that lay in a bucket; the bucket is not touched.
'jarchi files move' moves them there again.

Example:

  $ jarchi restore /backup/wire.tar.gz --data ./wire
  $ jarchi restore /backup/wire.tar.gz --data ./wire --database postgres://jarchi@db.example/jarchi2`
}

// Run restores and checks.
func (c RestoreCmd) Run(std *Stdio) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	f, err := openBackup(std, c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	var rep backup.Report
	if c.Database != "" {
		rep, err = backup.RestoreInto(ctx, f, c.Data, c.Database)
	} else {
		rep, err = backup.Restore(ctx, f, c.Data)
	}
	if err != nil {
		return interrupted(err)
	}
	fmt.Fprintf(std.Err, "Restored: %s.\n", holds(rep))
	for _, m := range rep.Missing {
		fmt.Fprintf(std.Err, "The file %s, which the database needs, was not in the back-up: %s.\n", m.Hash, m.Why)
	}
	if err := (LogCheckCmd{dataFlag{Data: c.Data}}).Run(std); err != nil {
		return err
	}
	logs, done, err := inspect(ctx, c.Data)
	if err != nil {
		return err
	}
	defer done()
	if len(logs) > 0 {
		fmt.Fprintln(std.Err, "The node signs nothing until each log is confirmed. If nobody has seen more leaves of them than these:")
	}
	for _, l := range logs {
		fmt.Fprintf(std.Err, "  jarchi log confirm --data %s --log %s --size %d --root %s\n", quoted(c.Data), l.Name, l.Head.Size, l.Head.Root)
	}
	return nil
}

// quoted is an argument as a shell reads it.
func quoted(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
