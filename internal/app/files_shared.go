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

// holdTime is how long a node waits for another one that removes a file: longer than a removal may take.
const holdTime = 3 * time.Minute

// Hold holds among all nodes.
func (f sharedFiles) Hold(ctx context.Context) (release func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, holdTime)
	defer cancel()
	others, err := f.s.Along(ctx, filesLock)
	if err != nil {
		return nil, err
	}
	here, err := f.Store.Hold(ctx)
	if err != nil {
		others()
		return nil, err
	}
	return func() {
		here()
		others()
	}, nil
}

func (f sharedFiles) Remove(ctx context.Context, hash string, needed func(hash string) (bool, error)) error {
	release, err := f.s.Alone(ctx, filesLock)
	if err != nil {
		return err
	}
	defer release()
	return f.Store.Remove(ctx, hash, needed)
}

// Sweep looks for what is not needed while others put files, and keeps them out for each that it removes: a part of a large bucket is long to look through.
func (f sharedFiles) Sweep(ctx context.Context, part byte, before time.Time, needed func(hash string) (bool, error)) (removed int, err error) {
	var loose []string
	_, err = f.Store.Sweep(ctx, part, before, func(hash string) (bool, error) {
		yes, err := needed(hash)
		if err == nil && !yes {
			loose = append(loose, hash)
		}
		return true, err
	})
	for _, hash := range loose {
		gone := false
		rerr := f.Remove(ctx, hash, func(hash string) (bool, error) {
			yes, err := needed(hash)
			gone = err == nil && !yes
			return yes, err
		})
		if rerr != nil {
			return removed, rerr
		}
		if gone {
			removed++
		}
	}
	return removed, err
}
