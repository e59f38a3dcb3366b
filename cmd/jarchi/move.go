package main

import (
	"context"
	"errors"
	"fmt"

	"jarchi.dev/jarchi/internal/store"
)

// MoveCmd is 'jarchi move': another database for a node.
type MoveCmd struct {
	dataFlag
	databaseFlag
	Back bool `help:"Take the data from PostgreSQL back into a file in the folder."`
}

// Validate is called by the parser: wrong usage ends with status 2.
func (c *MoveCmd) Validate() error {
	if c.Database == "" && !c.Back {
		return errors.New("say where to: --database URL, or --back into the folder's own file")
	}
	return nil
}

// Help is shown by --help.
func (MoveCmd) Help() string {
	return `Takes everything but files from the folder's own database into an empty one of PostgreSQL, or back. The node
must be stopped. Before the folder changes its database, every row, the size and root of each log and a few
hundred searches are compared with the old one. The old one stays: delete it when you have looked.

Example:

  $ createdb --encoding=UTF8 --template=template0 jarchi
  $ jarchi move --data ./wire --database postgres://jarchi:secret@127.0.0.1:5432/jarchi
  $ jarchi move --data ./wire --back`
}

// Run moves the node.
func (c *MoveCmd) Run(std *Stdio) error {
	if err := hasNode(c.Data); err != nil {
		return err
	}
	to := c.Database
	if c.Back {
		to = ""
	}
	m, err := store.Move(context.Background(), c.Data, to, quietLog(std))
	if err != nil {
		return err
	}
	for _, l := range m.Logs {
		fmt.Fprintf(std.Out, "%s: %d leaves, root %s\n", l.Name, l.Head.Size, l.Head.Root)
	}
	fmt.Fprintf(std.Out, "Moved: %d rows of %d tables, %d documents of the search index. All rows and logs are the same; %d searches were answered alike.\n", m.Rows, m.Tables, m.Docs, m.Searches)
	if c.Back {
		fmt.Fprintf(std.Err, "The data of %s is in its own file again. The database in PostgreSQL is as it was; drop it when you have looked. Its address is kept in %s.\n", c.Data, m.Left)
	} else {
		fmt.Fprintf(std.Err, "The data of %s is in PostgreSQL now. The file that it was in is kept as %s, with the members' secret keys: delete it when you have looked.\n", c.Data, m.Left)
	}
	return nil
}
