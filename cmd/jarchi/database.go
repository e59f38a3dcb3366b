package main

import (
	"context"

	"jarchi.dev/jarchi/internal/store"
)

// databaseFlag names the database of a folder whose data is not in its own file.
type databaseFlag struct {
	Database string `placeholder:"URL" help:"A PostgreSQL database (15 or later), like postgres://jarchi:secret@host:5432/jarchi, instead of the file in the data folder. The folder remembers it."`
}

// use has the folder remember the database, if one is named.
func (f databaseFlag) use(ctx context.Context, dir string) error {
	if f.Database == "" {
		return nil
	}
	return store.SetDatabase(ctx, dir, f.Database)
}
