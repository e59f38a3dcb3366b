package delivery

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/subscription"
)

// drop writes a file for each text into a folder: it appears whole, under the text's id, and what becomes of the text later takes its place. A withdrawn one's
// file says that it must not be used.
func (s *Service) drop(ctx context.Context, c store.Claimed, v access.Viewer) (answer, error) {
	if !s.allowed(c.Subscription) {
		return answer{trouble: subscription.Trouble{Code: subscription.Unset}}, nil
	}
	d := c.Deliveries[0]
	m, ok, err := s.message(ctx, c.Subscription, v, d)
	if err != nil || !ok {
		return answer{barred: true}, err
	}
	name := fileName(d, m)
	if err := write(c.Target, name, string(c.ID), m.Body); err != nil {
		s.Log.Warn("a delivery cannot be written into its folder", "subscription", c.ID, "error", err)
		return answer{trouble: subscription.Trouble{Code: subscription.Unwritable}}, nil
	}
	return answer{mark: name}, nil
}

// fileName is the name of the file of a text: by it whatever becomes of the text later takes its place.
func fileName(d subscription.Delivery, m message) string {
	name := string(d.Item)
	if name == "" {
		name = d.Ref
	}
	return name + "." + m.Extension
}

// ending is what the names of files of a format have in common, by which two formats would meet in one folder.
func ending(f subscription.Format) string {
	switch f {
	case subscription.NewsML:
		return "xml"
	case subscription.Words:
		return "txt"
	case subscription.Envelope: // named by the release, not by its texts
		return "release"
	}
	return "json"
}

// write puts a file into a folder: whoever looks there sees all of it or none of it, also where somebody else of this node, by another name of his own, writes there, and also
// after the machine has died.
func write(dir, name, by string, b []byte) (err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	part := "." + by + "." + name + ".new" // begins with a dot: readers pass over it
	f, err := root.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = root.Rename(part, name)
	}
	if err != nil {
		return errors.Join(err, root.Remove(part))
	}
	d, err := root.Open(".") // the new name as well is on the disk before it counts as delivered
	if err != nil {
		return err
	}
	return errors.Join(settled(d.Sync()), d.Close())
}

// settled is an error of making a folder's names last, unless its file system does not know such a thing: then they are as safe as they can be there.
func settled(err error) error {
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EINVAL) {
		return nil
	}
	return err
}

// sweep removes what a crash left of files that were being written for a delivery.
func sweep(dir, by string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	d, err := root.Open(".")
	if err != nil {
		return err
	}
	defer d.Close()
	for {
		names, err := d.Readdirnames(1000)
		for _, name := range names {
			if strings.HasPrefix(name, "."+by+".") && strings.HasSuffix(name, ".new") {
				if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
					return err
				}
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// tryFolder sees whether a folder can be written, and leaves nothing there.
func tryFolder(dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fault.E(fault.Unavailable, "The folder cannot be opened.").Because(err)
	}
	defer root.Close()
	f, err := root.OpenFile(".jarchi.new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return fault.E(fault.Unavailable, "The folder cannot be written.").Because(err)
	}
	return errors.Join(f.Close(), root.Remove(".jarchi.new"))
}
