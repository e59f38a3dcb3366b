package app

import (
	"context"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/app/sample"
	"jarchi.dev/jarchi/internal/intake"
	"jarchi.dev/jarchi/internal/receive"
)

// bring takes in what a step brings besides words: a capture from an outside source, with the time of
// its step, or the pictures of a release, which must be there before it is released. It reports whether
// that was all there is to the step.
func (d *Demo) bring(ctx context.Context, s sample.Step) (done bool, err error) {
	if c := s.Capture; c != nil {
		at := func() time.Time { return d.start.Add(s.At) }
		_, err := receive.New(d.Store, d.blobs, at).Import(ctx, access.Viewer{Local: true, Scopes: []access.Scope{access.Intake}},
			[]intake.Document{{Name: c.Name, URL: c.URL, ContentType: c.ContentType, Bytes: c.Bytes}})
		return true, err
	}
	items := s.Release.Items
	if s.Event != nil {
		items = s.Event.Items
	}
	for _, n := range items {
		for _, a := range n.Content.Attachments {
			if _, err := d.blobs.Put(sample.File(a.SHA256)); err != nil {
				return false, err
			}
		}
	}
	return false, nil
}
