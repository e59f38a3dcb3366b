package main

import (
	"context"
	"fmt"
	"os/signal"
	"syscall"
	"time"

	"jarchi.dev/jarchi/internal/app"
	"jarchi.dev/jarchi/internal/fault"
)

// FilesFlags say where a node's files lie.
type FilesFlags struct {
	Files    string `name:"blobs" placeholder:"PLACE" help:"Where documents over 64 KB and attached files lie: 'folder' (blobs in the data folder) or s3://BUCKET/PREFIX?endpoint=https://HOST&region=REGION. Remembered; 'jarchi files move' changes it."`
	FilesKey string `name:"blobs-key" placeholder:"FILE" help:"A file with the access key and the secret key of the bucket, a line each. Without it AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are taken."`
}

// FilesCmd is 'jarchi files': where documents and attached files lie.
type FilesCmd struct {
	Where FilesWhereCmd `cmd:"" help:"Print where the files of a node lie."`
	Move  FilesMoveCmd  `cmd:"" help:"Move the files of a node into a bucket, or back."`
}

// FilesWhereCmd is 'jarchi files where'.
type FilesWhereCmd struct{ dataFlag }

// Help is shown by --help.
func (FilesWhereCmd) Help() string {
	return `Prints the place, a folder or a bucket, and how many files are there. No node may have the folder open.

Example:

  $ jarchi files where --data ./wire`
}

// Run prints the place.
func (c FilesWhereCmd) Run(std *Stdio) error {
	ctx := context.Background()
	s, err := c.open(ctx, std, false)
	if err != nil {
		return err
	}
	defer s.Close()
	at, left, moving, err := s.FilesPlace(ctx)
	if err != nil {
		return err
	}
	files, err := s.Files(ctx)
	if err != nil {
		return err
	}
	name := func(place string) string {
		if place == "" {
			return app.FilesFolder
		}
		return place
	}
	fmt.Fprintf(std.Out, "%s\t%d files\n", name(at), len(files))
	if moving {
		fmt.Fprintf(std.Err, "A move from %s was not ended: give the command again.\n", name(left))
	}
	return nil
}

// FilesMoveCmd is 'jarchi files move'.
type FilesMoveCmd struct {
	dataFlag
	To       string `required:"" placeholder:"PLACE" help:"Where to: 'folder', or s3://BUCKET/PREFIX?endpoint=https://HOST&region=REGION."`
	FilesKey string `name:"blobs-key" placeholder:"FILE" help:"A file with the keys of the bucket to move to, a line each; see 'jarchi serve --help'."`
	FromKey  string `placeholder:"FILE" help:"The same for the bucket to move from, if its keys are others."`
	Leave    bool   `help:"Leave the files also where they lie now; what is erased later stays there."`
}

// Help is shown by --help.
func (FilesMoveCmd) Help() string {
	return `Copies every file that the database needs, each checked by its hash, has the node find them in the new
place, and then removes them from the old one. Until all are copied the node has them in the old one. If
it is interrupted, the same command goes on. The node must be stopped.

Example:

  $ jarchi files move --data ./wire --to 's3://press-wire/files?endpoint=https://s3.example&region=eu-1'
  $ jarchi files move --data ./wire --to folder`
}

// Run moves.
func (c FilesMoveCmd) Run(std *Stdio) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := hasNode(c.Data); err != nil {
		return err
	}
	from := c.FromKey
	if from == "" {
		from = c.FilesKey
	}
	began := time.Now()
	m, err := app.MoveFiles(ctx, app.Config{Dir: c.Data, Log: quietLog(std), FilesKey: c.FilesKey}, c.To, from, c.Leave)
	for _, hash := range m.Missing {
		fmt.Fprintf(std.Err, "The file %s, which the database needs, was lost or damaged before.\n", hash)
	}
	if err != nil {
		if ctx.Err() != nil {
			return fault.E(fault.Unavailable, "It was interrupted. No file is lost; the same command goes on.").Because(err)
		}
		return err
	}
	fmt.Fprintf(std.Err, "Moved: %d files of %d bytes from %s to %s in %s, %d removed there.\n", m.Files, m.Bytes, m.From, m.To, time.Since(began).Round(10*time.Millisecond), m.Cleared)
	switch {
	case m.Same:
		fmt.Fprintln(std.Err, "Both names are of one place, so nothing was removed.")
	case m.Left:
		fmt.Fprintf(std.Err, "They were left also in %s: what is erased from now on stays there.\n", m.From)
	}
	return nil
}
