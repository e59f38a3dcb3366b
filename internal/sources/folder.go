package sources

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"jarchi.dev/jarchi/internal/blob"
	"jarchi.dev/jarchi/internal/intake"
	"jarchi.dev/jarchi/internal/receive"
	"jarchi.dev/jarchi/internal/source"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/wire"
)

// Bounds of one look at a folder.
const (
	mostNames = 5000             // files that are looked at, the newest
	mostInDir = 100_000          // names that are listed
	mostFiles = 200              // files that are taken
	mostTime  = 20 * time.Second // of taking
	still     = 2 * time.Second  // between two looks at a file that has stopped growing
)

// The folders within a folder to which files are moved once they are taken.
const (
	doneFolder = "done"
	keptFolder = "quarantine"
)

// scan looks at a folder. A file is taken when a second look finds it as large and as old as the first; it is kept, in one transaction with what was
// read of it, before it is moved to done/ or quarantine/. After a crash between the two it is read again, and is the same thing by its bytes. Where
// nothing can be moved a file is noted by name, size and age.
func (s *Service) scan(ctx context.Context, v store.Visit) error {
	ctx = context.WithoutCancel(ctx)
	src, now := v.Source, s.now()
	root, names, err := lookInto(src.Address)
	if err != nil {
		return s.failed(ctx, v, source.Trouble{Code: source.NoFolder, Why: short(err.Error())}, nil, now)
	}
	defer root.Close()
	st := src.State
	st.LastPoll, st.LastGood, st.Errors, st.Trouble, st.Format = now, now, 0, source.Trouble{}, "folder"
	st.Fixed = root.Mkdir(doneFolder, 0o777) != nil && !isDir(root, doneFolder) || root.Mkdir(keptFolder, 0o777) != nil && !isDir(root, keptFolder)
	keys := make([]source.Key, len(names))
	for i, n := range names {
		keys[i] = fileKey(n.Name())
	}
	known, err := s.store.KnownEntries(ctx, src.ID, keys)
	if err != nil {
		return err
	}
	seen := map[string]source.File{}
	taken, barred, more := 0, 0, false
	var stay []source.Key
	for _, info := range names {
		name, is := info.Name(), source.File{Size: info.Size(), Mod: info.ModTime().UnixNano(), At: now}
		if k, ok := known[fileKey(name)]; ok && k.Digest == source.Stamp(name, is) {
			if now.Sub(k.Seen) > 24*time.Hour {
				stay = append(stay, fileKey(name))
			}
			if !st.Fixed { // it was taken, and the node stopped before it was moved
				was, _, err := s.store.Entry(ctx, src.ID, fileKey(name))
				if err != nil {
					return err
				}
				to := doneFolder
				if was.Capture == "" {
					to = keptFolder
				}
				s.move(root, name, to, fmt.Sprintf("%x", k.Digest), is)
			}
			continue
		}
		was, ok := st.Files[name]
		if ok && was.Size == is.Size && was.Mod == is.Mod {
			is.At = was.At
		}
		seen[name] = is
		if now.Sub(is.At) < still {
			continue
		}
		if taken == mostFiles || s.now().Sub(now) > mostTime {
			more = true
			continue
		}
		switch ok, err := s.takeFile(ctx, v, root, name, is, st.Fixed); {
		case errors.Is(err, errBarred):
			if barred++; barred == 1 {
				st.Trouble = source.Trouble{Code: source.NoFile, At: short(name), Why: short(err.Error())}
			}
		case err != nil:
			return err
		case ok:
			taken++
			delete(seen, name)
		}
	}
	if len(stay) > 0 {
		if err := s.store.Write(ctx, func(t *store.Tx) error { return t.SeenEntries(src.ID, stay, now) }); err != nil {
			return err
		}
	}
	st.Files, st.Due = seen, source.Next(src.Interval, 0, now)
	if taken > 0 {
		s.came(&st, now, taken)
	}
	switch {
	case more:
		st.Due = s.now()
	case len(seen) > barred && st.Due.After(now.Add(still)):
		st.Due = now.Add(still + 10*time.Millisecond)
	}
	return s.polled(ctx, v, st, time.Time{})
}

// bare is an error without the path in it, which is the operator's business.
func bare(err error) error {
	if e := errors.Unwrap(err); e != nil {
		return e
	}
	return err
}

func isDir(root *os.Root, name string) bool {
	i, err := root.Stat(name)
	return err == nil && i.IsDir()
}

func fileKey(name string) source.Key { return source.Entry{ID: "file:" + name}.Key() }

// lookInto opens a folder and lists its files, the oldest first. What begins with a dot, or has the name of what is still being written, is none.
func lookInto(address string) (*os.Root, []fs.FileInfo, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, nil, err
	}
	root, err := os.OpenRoot(u.Path)
	if err != nil {
		return nil, nil, bare(err)
	}
	if !itself(root, u.Path) {
		root.Close()
		return nil, nil, errors.New("a link leads there; name the folder by its own path")
	}
	dir, err := root.Open(".")
	if err != nil {
		root.Close()
		return nil, nil, bare(err)
	}
	defer dir.Close()
	var out []fs.FileInfo
	for len(out) < mostInDir {
		list, err := dir.ReadDir(500)
		for _, e := range list {
			name := e.Name()
			switch strings.ToLower(filepath.Ext(name)) {
			case ".tmp", ".part", ".partial", ".filepart", ".crdownload", ".swp", ".lock":
				continue
			}
			if !e.Type().IsRegular() || strings.HasPrefix(name, ".") || strings.HasSuffix(name, "~") {
				continue
			}
			if i, err := e.Info(); err == nil {
				out = append(out, i)
			}
		}
		if err == io.EOF {
			break
		} else if err != nil { // of a disk that has gone away nothing is said to be well
			root.Close()
			return nil, nil, bare(err)
		}
	}
	slices.SortFunc(out, func(a, b fs.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	return root, out[max(0, len(out)-mostNames):], nil
}

// itself reports whether a folder that was opened by a path is the one of that path, and not one to which a link leads: whoever may write beside it
// could otherwise lead it out of what the operator allowed, after it was looked at.
func itself(root *os.Root, path string) bool {
	real, err := filepath.EvalSymlinks(path)
	is, ierr := root.Stat(".")
	there, terr := os.Lstat(path)
	return err == nil && ierr == nil && terr == nil && real == path && os.SameFile(is, there)
}

// errBarred is what is wrong with a file that is there and cannot be read: its rights, or the disk.
var errBarred = errors.New("the file cannot be read")

// readFile reads a file that has stopped growing; ok is false for one that is not as it was seen, large is true beyond what is read. The error is errBarred.
func readFile(root *os.Root, name string, was source.File) (b []byte, large, ok bool, err error) {
	f, err := root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe that took the file's name is not waited for
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ELOOP), errors.Is(err, syscall.ENXIO): // gone, or another thing took its name
		return nil, false, false, nil
	case err != nil:
		return nil, false, false, fmt.Errorf("%w: %w", errBarred, bare(err))
	}
	defer f.Close()
	if i, err := f.Stat(); err != nil || !i.Mode().IsRegular() {
		return nil, false, false, nil
	}
	if b, err = io.ReadAll(io.LimitReader(f, intake.MaxBytes+1)); err != nil {
		return nil, false, false, fmt.Errorf("%w: %w", errBarred, bare(err))
	}
	if i, err := f.Stat(); err != nil || i.Size() != was.Size || i.ModTime().UnixNano() != was.Mod {
		return nil, false, false, nil
	}
	if len(b) > intake.MaxBytes {
		return b[:store.SmallRaw], true, true, nil
	}
	return b, false, int64(len(b)) == was.Size, nil
}

// takeFile takes one file in; false for one that is left for a later look, with errBarred where somebody has to do something about it.
func (s *Service) takeFile(ctx context.Context, v store.Visit, root *os.Root, name string, is source.File, fixed bool) (bool, error) {
	src := v.Source
	b, large, ok, err := readFile(root, name, is)
	if !ok || err != nil {
		return false, err
	}
	doc := intake.Document{Name: name, ContentType: mime.TypeByExtension(strings.ToLower(filepath.Ext(name))), Declared: src.Language, Bytes: b}
	said := saidOf(src, source.Entry{Rights: src.Rights}, false)
	var a *receive.Arrival
	if large {
		a = s.receive.Quarantine(doc, name, "The file has more than 32 MB; its first 65,536 bytes are kept.", said)
	} else {
		a = s.readDocument(ctx, doc, said)
	}
	hash := blob.Hash(b)
	var fresh bool
	if err := s.receive.Keep(ctx, s.viewer(v), a, func(t *store.Tx) error {
		r := a.Result()
		fresh = len(r.Captures) > 0
		id := wire.CaptureID("")
		if fresh {
			id = r.Captures[0]
		}
		return t.PutTaken(src.ID, fileKey(name), source.Stamp(name, is), source.Key{}, v.Host, id, fresh, s.now())
	}); err != nil {
		return false, err
	}
	if fixed {
		return true, nil
	}
	to := doneFolder
	if r := a.Result(); len(r.Quarantined) > 0 && !r.Quarantined[0].Held {
		to = keptFolder
	}
	s.move(root, name, to, hash, is)
	return true, nil
}

// move moves a file that was taken; one of its name that lies there already is another one, unless it has its bytes. What took its name since it was
// read was not read: it goes back, by a name of its own, and is taken as what it is.
func (s *Service) move(root *os.Root, name, to, hash string, is source.File) {
	target := filepath.Join(to, name)
	if _, err := root.Lstat(target); err == nil {
		target = filepath.Join(to, named(name, hash))
	}
	err := root.Rename(name, target)
	if i, serr := root.Lstat(target); err == nil && serr == nil && (i.Size() != is.Size || i.ModTime().UnixNano() != is.Mod) {
		stamp := source.Stamp(name, source.File{Size: i.Size(), Mod: i.ModTime().UnixNano()})
		err = root.Rename(target, named(name, fmt.Sprintf("%x", stamp)))
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // somebody took it away: it is kept here
		s.log.Error("a file that was taken cannot be moved; it is noted and not taken again", "file", name, "error", err)
	}
}

// named is a file's name with the beginning of a hash.
func named(name, hash string) string {
	ext := filepath.Ext(name)
	return strings.TrimSuffix(name, ext) + "-" + hash[:16] + ext
}

// tryMachine looks at a folder or a mailbox and tells what would come in; nothing is moved, marked or stored.
func (s *Service) tryMachine(ctx context.Context, m wire.MemberID, src source.Source) (out Tried, err error) {
	out.URL, out.Title, out.Format = src.Address, src.Name, string(src.Kind)
	if src.ID == "" {
		if src, err = s.mayName(ctx, m, src); err != nil {
			return out, err
		}
	}
	row := source.Watched{Source: src}
	if src.Kind == source.Mail {
		return s.tryMail(ctx, row, out)
	}
	root, names, err := lookInto(src.Address)
	if err != nil {
		out.Trouble = source.Trouble{Code: source.NoFolder, Why: short(err.Error())}
		return out, nil
	}
	defer root.Close()
	for _, i := range names {
		out.Entries = append(out.Entries, TriedEntry{Entry: source.Entry{Title: i.Name(), At: i.ModTime().UTC()}, What: "new"})
		if out.First == nil {
			if b, _, ok, _ := readFile(root, i.Name(), source.File{Size: i.Size(), Mod: i.ModTime().UnixNano()}); ok {
				a := s.readDocument(ctx, intake.Document{Name: i.Name(), ContentType: mime.TypeByExtension(strings.ToLower(filepath.Ext(i.Name()))), Declared: src.Language, Bytes: b}, saidOf(row, source.Entry{Rights: src.Rights}, false))
				out.First = triedText(a)
			}
		}
	}
	return out, nil
}

func triedText(a *receive.Arrival) *TriedText {
	t := &TriedText{Captures: a.Captures}
	if len(a.Quarantined) > 0 {
		t.Reason = a.Quarantined[0].Reason
	}
	return t
}
