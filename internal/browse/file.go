package browse

import (
	"context"
	"encoding/hex"
	"io"
	"slices"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/format/ninjs"
	"jarchi.dev/jarchi/internal/wire"
)

// fileEndings are the endings of the names under which files are handed out. A file of another kind
// has none: it is for its holder to know what to do with it.
var fileEndings = map[string]string{"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp", "audio/mpeg": ".mp3", "audio/wave": ".wav",
	"application/ogg": ".ogg", "video/mp4": ".mp4", "video/webm": ".webm", "application/pdf": ".pdf"}

// File answers with a file that is attached to a version of an item, to whoever may read that version now.
// Only what left its desk with the release is handed out: a hash alone, which any sender can write into an
// item, opens nothing. mediaType is what the file's own bytes were found to be.
func (s *Service) File(ctx context.Context, v access.Viewer, item wire.ItemID, hash string) (mediaType, name string, _ io.ReadSeekCloser, err error) {
	defer fault.Wrap(&err, "file %.64s of item %s", hash, item)
	none := fault.E(fault.NotFound, "There is no such file.")
	e, err := s.Item(ctx, v, item)
	if err != nil {
		return "", "", nil, err
	}
	if e.Level != access.All || e.Item < 0 {
		return "", "", nil, none
	}
	mediaType, ok, err := s.store.ReleaseFile(ctx, string(e.Release.ID), hash)
	if err != nil {
		return "", "", nil, err
	}
	if ok {
		ok, err = s.attached(ctx, &e.Release.Items[e.Item], hash)
	}
	if err != nil || !ok {
		if err == nil {
			err = none
		}
		return "", "", nil, err
	}
	f, err := s.blobs.Open(ctx, hash)
	if err != nil {
		return "", "", nil, err
	}
	return mediaType, hash[:12] + fileEndings[mediaType], f, nil
}

// attached reports whether a version of the item, the newest first, has the file.
func (s *Service) attached(ctx context.Context, it *wire.Item, hash string) (bool, error) {
	has := func(c wire.Content) bool {
		return slices.ContainsFunc(c.Attachments, func(a wire.Attachment) bool { return hex.EncodeToString(a.SHA256[:]) == hash })
	}
	if v := it.Current(); v == nil || has(v.Content) {
		return v != nil, nil
	}
	for n := it.Current().N - 1; n > 0; n-- {
		row, err := s.store.Version(ctx, it.ID, n)
		if err != nil {
			return false, err
		}
		if row.Bytes == nil {
			return false, nil // its words are gone
		}
		old, err := ninjs.Parse(row.Bytes)
		if err != nil {
			return false, err
		}
		if has(old.Content()) {
			return true, nil
		}
	}
	return false, nil
}
