package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/wire"
)

// MaxFile bounds an attached file.
const MaxFile = 20 << 20

// fileTypes are the kinds of files that are taken, as their first bytes say.
var fileTypes = []string{"image/jpeg", "image/png", "image/gif", "image/webp", "audio/mpeg", "audio/wave", "application/ogg", "video/mp4", "video/webm", "application/pdf"}

// Attach gives the text in a language a file. What kind it is its own bytes say, whatever its name and the
// type that came with it.
func (s *Service) Attach(ctx context.Context, p people.Person, id DraftID, l lang.Tag, name, mediaType string, r io.Reader) (_ *Draft, err error) {
	defer fault.Wrap(&err, "attach a file to draft %.40s", id)
	if d, err := s.load(ctx, p, id); err != nil { // before anything is read
		return nil, err
	} else if err := need(p, d.Desk, access.DraftScope); err != nil {
		return nil, err
	}
	select {
	case s.uploads <- struct{}{}:
		defer func() { <-s.uploads }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	b, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err != nil {
		return nil, fault.E(fault.Invalid, "The file did not come whole. Try again.").Because(err)
	}
	if len(b) > MaxFile {
		return nil, fault.E(fault.TooLarge, "A file may have %d MB.", MaxFile>>20)
	}
	kind := http.DetectContentType(b)
	if !slices.Contains(fileTypes, kind) {
		return nil, fault.E(fault.Unsupported, "%.80q is neither a picture (JPEG, PNG, GIF, WebP), a sound (MP3, WAV, Ogg), a video (MP4, WebM) nor a PDF.", name)
	}
	a := wire.Attachment{SHA256: sha256.Sum256(b), Length: int64(len(b)), MediaType: kind}
	d, err := s.attach(ctx, p, id, l, b, a)
	if err != nil {
		s.removeFiles(context.WithoutCancel(ctx), []store.DraftFile{{Hash: hex.EncodeToString(a.SHA256[:])}})
	}
	return d, err
}

func (s *Service) attach(ctx context.Context, p people.Person, id DraftID, l lang.Tag, b []byte, a wire.Attachment) (*Draft, error) {
	release, err := s.blobs.Hold(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	hash, err := s.blobs.Put(ctx, b)
	if err != nil {
		return nil, err
	}
	return s.change(ctx, p, id, access.DraftScope, anyRevision, func(_ context.Context, t *turn) error {
		part := t.d.Part(l)
		if part == nil {
			return fault.Field("language", "This draft has no text in this language.")
		}
		if slices.ContainsFunc(part.Attachments, func(x wire.Attachment) bool { return x.SHA256 == a.SHA256 }) {
			return nil
		}
		if len(part.Attachments) >= wire.MaxLists {
			return fault.Field("attachments", "At most %d files are taken.", wire.MaxLists)
		}
		t.files = append(t.files, store.DraftFile{Hash: hash, MediaType: a.MediaType, Length: a.Length})
		next := *part
		next.Attachments = append(slices.Clip(part.Attachments), a)
		next.Revision++
		t.save(part, next)
		return nil
	})
}

// ownFiles takes the files of a part that comes from a page for what this draft knows of them; others it
// could name by their hash alone are refused.
func (s *Service) ownFiles(ctx context.Context, d *Draft, old, part *Part) error {
	if len(part.Attachments) == 0 {
		return nil
	}
	part.Attachments = slices.Clone(part.Attachments)
	var known []store.DraftFile
	for i := range part.Attachments {
		a := &part.Attachments[i]
		if old != nil {
			if j := slices.IndexFunc(old.Attachments, func(x wire.Attachment) bool { return x.SHA256 == a.SHA256 }); j >= 0 {
				a.Length, a.MediaType = old.Attachments[j].Length, old.Attachments[j].MediaType
				continue
			}
		}
		if known == nil {
			var err error
			if known, err = s.store.DraftFiles(ctx, string(d.ID)); err != nil {
				return err
			}
		}
		hash := hex.EncodeToString(a.SHA256[:])
		j := slices.IndexFunc(known, func(f store.DraftFile) bool { return f.Hash == hash })
		if j < 0 {
			return fault.Field("attachments", "This draft has no such file. Attach it first.")
		}
		a.Length, a.MediaType = known[j].Length, known[j].MediaType
	}
	return nil
}

// File answers with a file of a draft.
func (s *Service) File(ctx context.Context, p people.Person, id DraftID, hash string) (mediaType string, _ io.ReadCloser, err error) {
	defer fault.Wrap(&err, "file %.64s of draft %.40s", hash, id)
	if _, err := s.load(ctx, p, id); err != nil {
		return "", nil, err
	}
	files, err := s.store.DraftFiles(ctx, string(id))
	if err != nil {
		return "", nil, err
	}
	i := slices.IndexFunc(files, func(f store.DraftFile) bool { return f.Hash == hash })
	if i < 0 {
		return "", nil, fault.E(fault.NotFound, "This draft has no such file.")
	}
	f, err := s.blobs.Open(ctx, hash)
	if err != nil {
		return "", nil, err
	}
	return files[i].MediaType, f, nil
}

// JobSweep looks for files that no row names, in one of the folders of blobs; its argument says in which.
// With it go the texts that were put away long ago.
const JobSweep jobs.Kind = "file.sweep"

const (
	sweepEvery = 7 * 24 * time.Hour // each folder
	sweepAge   = 24 * time.Hour     // what is younger may be about to get its row
)

// removeFiles removes those of a draft's files that nothing needs any more. One that stays, because of a
// failure or a crash, is a file that no row names: nobody is served it, and the sweep removes it.
func (s *Service) removeFiles(ctx context.Context, files []store.DraftFile) {
	for _, f := range files {
		_ = s.removeFile(ctx, f.Hash)
	}
}

func (s *Service) removeFile(ctx context.Context, hash string) error {
	return s.blobs.Remove(ctx, hash, s.needed(ctx))
}

func (s *Service) needed(ctx context.Context) func(hash string) (bool, error) {
	return func(hash string) (bool, error) { return s.store.FileUsed(ctx, hash) }
}

// PlanSweep has files that no row names looked for, each folder once a week, unless it is planned already.
func (s *Service) PlanSweep(ctx context.Context) error {
	return s.store.Write(ctx, func(tx *store.Tx) error {
		return tx.Enqueue(jobs.Job{Kind: JobSweep, Args: "00", Dedup: string(JobSweep), RunAt: s.now().Add(sweepEvery / 256)})
	})
}

// sweep looks through one folder and plans the next. It is begun again if it did not come to its end.
func (s *Service) sweep(ctx context.Context, j jobs.Job) error {
	folder, err := strconv.ParseUint(j.Args, 16, 8)
	if err != nil {
		return fault.E(fault.Internal, "There is no folder %.20q of blobs.", j.Args).Because(err)
	}
	if _, err := s.blobs.Sweep(ctx, byte(folder), s.now().Add(-sweepAge), s.needed(ctx)); err != nil {
		return err
	}
	now := s.now()
	next := jobs.Job{Kind: JobSweep, Args: fmt.Sprintf("%02x", byte(folder+1)), Dedup: j.Dedup, RunAt: now.Add(sweepEvery / 256)}
	return s.store.Write(ctx, func(tx *store.Tx) error {
		if err := tx.DropSettled(now.AddDate(0, 0, -otherDays)); err != nil {
			return err
		}
		if err := tx.Dequeue(j.Dedup); err != nil { // this one
			return err
		}
		return tx.Enqueue(next)
	})
}
