package app

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/blob"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/store"
)

// FilesFolder is how the node's own folder is named where a place of files is asked for.
const FilesFolder = "folder"

// FilesKeys are the keys of a bucket: of the file, or if none is named of the file that JARCHI_BLOBS_KEY names, or those that
// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN hold. They are empty where there are none.
func FilesKeys(file string) (blob.Keys, error) {
	if file == "" {
		file = os.Getenv("JARCHI_BLOBS_KEY")
	}
	if file == "" {
		return blob.Keys{Access: os.Getenv("AWS_ACCESS_KEY_ID"), Secret: os.Getenv("AWS_SECRET_ACCESS_KEY"), Session: os.Getenv("AWS_SESSION_TOKEN")}, nil
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return blob.Keys{}, fault.Field("--blobs-key", "The file %s cannot be read.", file).Because(err)
	}
	return blob.ParseKeys(b)
}

// place is how a place is written in the settings: empty for the folder.
func place(name string) (string, error) {
	if name == "" || name == FilesFolder {
		return "", nil
	}
	p, err := blob.ParsePlace(name)
	return p.String(), err
}

// told is how a place is told to an operator.
func told(dir, place string) string {
	if place == "" {
		return "the folder " + filepath.Join(dir, "blobs")
	}
	return place
}

// openFiles opens the store of files where they lie; want, if it is not empty, must be that place, or the node have no files yet.
func openFiles(ctx context.Context, s *store.Store, dir, want, keys string) (blob.Store, error) {
	at, _, _, err := s.FilesPlace(ctx)
	if err != nil {
		return nil, err
	}
	if wanted, err := place(want); err != nil {
		return nil, err
	} else if want != "" && wanted != at {
		files, err := s.Files(ctx)
		if err != nil {
			return nil, err
		}
		if at != "" || len(files) > 0 {
			return nil, fault.Field("--blobs", "The files of this node lie in %s. 'jarchi files move' moves them; the node must be stopped meanwhile.", told(dir, at))
		}
		if err := s.SetFilesPlace(ctx, at, wanted, nil); err != nil {
			return nil, err
		}
		at = wanted
	}
	b, err := openPlace(ctx, s, dir, at, keys)
	if err != nil || !s.Shared() {
		return b, err
	}
	return sharedFiles{b, s}, nil
}

func openPlace(ctx context.Context, s *store.Store, dir, at, keys string) (blob.Store, error) {
	if at == "" {
		files := filepath.Join(dir, "blobs")
		b, err := blob.OpenDir(files)
		if err == nil && s.Shared() {
			if err = markFiles(ctx, s, filepath.Join(files, "mark")); err != nil {
				b.Close()
			}
		}
		if err != nil {
			return nil, err
		}
		return b, nil
	}
	names, err := s.FilesNames(ctx, func() []byte {
		b := make([]byte, blob.NamesLen)
		rand.Read(b) // never fails (crypto/rand, Go 1.24 and later)
		return b
	})
	if err != nil {
		return nil, err
	}
	return OpenBucket(at, names, filepath.Join(dir, "spool"), keys)
}

// markFiles finds out by a file in the folder of files that this is the one of the database.
func markFiles(ctx context.Context, s *store.Store, name string) error {
	mark, err := os.ReadFile(name)
	made := errors.Is(err, fs.ErrNotExist)
	if made {
		mark = []byte(rand.Text() + "\n")
		err = os.WriteFile(name, mark, 0o600)
	}
	if err != nil {
		return fault.E(fault.Unavailable, "The file %s cannot be read or written.", name).Because(err)
	}
	if err = s.SharesFiles(ctx, strings.TrimSpace(string(mark))); err != nil && made {
		os.Remove(name) // it is nobody's
	}
	return err
}

// OpenBucket opens the bucket of a place with its secret of names; files lie in the folder spool while they are read.
func OpenBucket(at string, names []byte, spool, keys string) (blob.Store, error) {
	p, err := blob.ParsePlace(at)
	if err != nil {
		return nil, err
	}
	k, err := FilesKeys(keys)
	if err != nil {
		return nil, err
	}
	return blob.OpenBucket(p, blob.BucketOptions{Keys: k, Fresh: func() (blob.Keys, error) { return FilesKeys(keys) }, Names: names, Spool: spool})
}

// CheckFiles tries whether files can be kept where they lie. Invalid if not, Unavailable if it may pass.
func (n *Node) CheckFiles(ctx context.Context) error {
	ctx, stop := context.WithTimeout(ctx, 20*time.Second)
	defer stop()
	return n.blobs.Look(ctx)
}

// Moved says what MoveFiles did.
type Moved struct {
	From, To string   // as told to an operator
	Files    int      // that the database needs and that are in the new place
	Bytes    int64    // theirs
	Missing  []string // lost or damaged before
	Cleared  int      // removed from the place where they lay
	Same     bool     // both names are of one place: nothing was cleared
	Left     bool     // the files were left where they lay, as was asked
}

// MoveFiles copies every file that the database of a stopped node needs to another place, has the node find them there, and then removes them
// from where they lay. Begun again after an interruption or a fault it goes on; until all are copied the node has them where they lay.
func MoveFiles(ctx context.Context, c Config, to, fromKeys string, leave bool) (m Moved, err error) {
	s, err := store.Open(ctx, c.Dir, c.Now, c.Log)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if s.Others() > 0 {
		return m, fault.E(fault.Conflict, "Other nodes have this database open. Stop them first; one that was killed counts for a minute.")
	}
	at, left, moving, err := s.FilesPlace(ctx)
	if err != nil {
		return m, err
	}
	goal, err := place(to)
	if err != nil {
		return m, err
	}
	if goal == at { // there already: what an earlier move left is cleared
		if !moving {
			return m, fault.E(fault.Conflict, "The files of this node lie in %s already.", told(c.Dir, at))
		}
		at = left
	} else if moving {
		return m, fault.E(fault.Conflict, "Files may still lie in %s since they were moved to %s: end that move first, by the same command again.", told(c.Dir, left), told(c.Dir, at))
	}
	m.From, m.To, m.Left = told(c.Dir, at), told(c.Dir, goal), leave
	from, err := openPlace(ctx, s, c.Dir, at, fromKeys)
	if err != nil {
		return m, err
	}
	defer from.Close()
	dest, err := openPlace(ctx, s, c.Dir, goal, c.FilesKey)
	if err != nil {
		return m, err
	}
	defer dest.Close()
	if err := dest.Look(ctx); err != nil {
		return m, err
	}
	if m.Same, err = samePlace(ctx, from, dest); err != nil {
		return m, err
	}
	if !moving {
		if err := copyFiles(ctx, s, from, dest, &m); err != nil {
			return m, err
		}
		if m.Same || leave {
			return m, s.SetFilesPlace(ctx, at, goal, nil)
		}
		if err := s.SetFilesPlace(ctx, at, goal, &at); err != nil {
			return m, err
		}
	}
	if !m.Same && !leave {
		for part := range 256 {
			n, err := from.Sweep(ctx, byte(part), time.Now().AddDate(1, 0, 0), func(string) (bool, error) { return false, nil })
			m.Cleared += n
			if err != nil {
				return m, err
			}
		}
	}
	return m, s.SetFilesPlace(ctx, goal, goal, nil)
}

func copyFiles(ctx context.Context, s *store.Store, from, dest blob.Store, m *Moved) error {
	files, err := s.Files(ctx)
	if err != nil {
		return err
	}
	for _, hash := range files {
		b, err := from.Get(ctx, hash)
		if kind := fault.KindOf(err); err != nil && (kind == fault.NotFound || kind == fault.Corrupt) {
			if _, derr := dest.Get(ctx, hash); derr != nil { // not copied by an earlier try either
				m.Missing = append(m.Missing, hash)
				continue
			}
		} else if err != nil {
			return err
		} else if _, err := dest.Put(ctx, b); err != nil {
			return err
		}
		m.Files++
		m.Bytes += int64(len(b))
	}
	return nil
}

// samePlace tries whether what is put in one place is found in the other, whatever their names are.
func samePlace(ctx context.Context, from, dest blob.Store) (same bool, err error) {
	trial := make([]byte, 64)
	rand.Read(trial)
	hash, err := dest.Put(ctx, trial)
	if err != nil {
		return false, err
	}
	defer func() {
		err = errors.Join(err, dest.Remove(ctx, hash, func(string) (bool, error) { return false, nil }))
	}()
	if _, err = from.Get(ctx, hash); fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	return true, err
}
