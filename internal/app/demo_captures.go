package app

import (
	"context"
	"encoding/hex"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/app/sample"
	"jarchi.dev/jarchi/internal/intake"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/receive"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/wire"
)

// bring takes in what a step brings besides words: a capture from an outside source, with the time of
// its step, or the bytes of a release's pictures, which must be there before it is released. It reports
// whether that was all there is to the step.
func (d *Demo) bring(ctx context.Context, s sample.Step) (done bool, err error) {
	if c := s.Capture; c != nil {
		at := func() time.Time { return d.start.Add(s.At) }
		_, err := receive.New(d.Store, d.blobs, at).Import(ctx, access.Viewer{Local: true, Scopes: []access.Scope{access.Intake}},
			[]intake.Document{{Name: c.Name, URL: c.URL, ContentType: c.ContentType, Bytes: c.Bytes}})
		return true, err
	}
	for _, a := range attached(s) {
		if _, err := d.blobs.Put(ctx, sample.File(a.SHA256)); err != nil {
			return false, err
		}
	}
	return false, nil
}

// pictures notes in a step's own transaction which files left with the release, as its desk would.
func pictures(s sample.Step) publish.Follow {
	files := attached(s)
	if len(files) == 0 {
		return nil
	}
	return func(t *store.Tx, r *wire.Release) error {
		for _, a := range files {
			if err := t.PutReleaseFile(string(r.ID), store.DraftFile{Hash: hex.EncodeToString(a.SHA256[:]), MediaType: a.MediaType, Length: a.Length}); err != nil {
				return err
			}
		}
		return nil
	}
}

func attached(s sample.Step) (out []wire.Attachment) {
	items := s.Release.Items
	if s.Event != nil {
		items = s.Event.Items
	}
	for _, n := range items {
		out = append(out, n.Content.Attachments...)
	}
	return out
}
