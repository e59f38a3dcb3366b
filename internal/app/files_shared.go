package app

import (
	"context"
	"time"

	"jarchi.dev/jarchi/internal/blob"
	"jarchi.dev/jarchi/internal/store"
)

// sharedFiles are the files of several nodes: while one of them removes a file, none puts one whose row is still to come.
type sharedFiles struct {
	blob.Store
	s *store.Store
}

// filesLock is what it is called that nodes hold.
const filesLock = "files"

// Hold holds among all nodes. Where the database cannot be reached no row is written either.
func (f sharedFiles) Hold() (release func()) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	others, err := f.s.Along(ctx, filesLock)
	if err != nil {
		return f.Store.Hold()
	}
	here := f.Store.Hold()
	return func() {
		here()
		others()
	}
}

func (f sharedFiles) Remove(ctx context.Context, hash string, needed func(hash string) (bool, error)) error {
	release, err := f.s.Alone(ctx, filesLock)
	if err != nil {
		return err
	}
	defer release()
	return f.Store.Remove(ctx, hash, needed)
}

func (f sharedFiles) Sweep(ctx context.Context, part byte, before time.Time, needed func(hash string) (bool, error)) (int, error) {
	release, err := f.s.Alone(ctx, filesLock)
	if err != nil {
		return 0, err
	}
	defer release()
	return f.Store.Sweep(ctx, part, before, needed)
}
