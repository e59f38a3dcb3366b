package publish

import (
	"context"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/wire"
)

// A step of the renewal is as many documents as are written in about renewStep: a publication may wait behind it.
const (
	renewStep  = 8 * time.Millisecond
	renewRead  = 32 // documents read at once
	renewFirst = 4  // documents written at first
)

// renew indexes anew what an earlier form of the index holds, the newest first, with rests. What is withdrawn has no words and stays as it is; who may find a
// release is as it was.
func (s *Service) renew(ctx context.Context, _ jobs.Job) (err error) {
	defer fault.Wrap(&err, "index texts anew")
	at := renewFirst
	for {
		start := time.Now()
		old, below, err := s.store.OldDocs(ctx, renewRead)
		if err != nil || below == 0 {
			return err
		}
		docs, err := s.documents(ctx, old)
		if err != nil {
			return err
		}
		for first := true; first || len(old) > 0; first = false {
			some := old[:min(at, len(old))]
			writing := time.Now()
			if err := s.store.Renew(ctx, below, some, func(d store.OldDoc) *store.IndexDoc { return docs[d.ID] }); err != nil {
				return err
			}
			switch took := time.Since(writing); {
			case took > 2*renewStep:
				at = max(1, at/2)
			case took < renewStep:
				at = min(renewRead, at+1)
			}
			if old = old[len(some):]; len(some) > 0 {
				below = some[len(some)-1].ID
			}
		}
		if err := s.store.Rest(ctx, start); err != nil {
			return err
		}
	}
}

// documents are what the index is to hold now, as far as there are texts: of a release of each item, of a capture its own.
func (s *Service) documents(ctx context.Context, old []store.OldDoc) (map[int64]*store.IndexDoc, error) {
	var positions []int64
	for _, d := range old {
		position, _ := store.SplitDocID(d.ID)
		positions = append(positions, position)
	}
	events, err := s.store.EventsAt(ctx, positions)
	if err != nil {
		return nil, err
	}
	var releases []wire.ReleaseID
	var captures []wire.CaptureID
	for _, e := range events {
		if id, err := wire.ParseReleaseID(e.Ref); err == nil {
			releases = append(releases, id)
		} else if id, err := wire.ParseCaptureID(e.Ref); err == nil {
			captures = append(captures, id)
		}
	}
	rs, err := s.store.Releases(ctx, releases)
	if err != nil {
		return nil, err
	}
	cs, err := s.store.Captures(ctx, captures)
	if err != nil {
		return nil, err
	}
	docs := map[int64]*store.IndexDoc{}
	for _, o := range old {
		position, ordinal := store.SplitDocID(o.ID)
		if o.Doc.Headline == "" && o.Doc.Body == "" { // withdrawn, or there never was a word
			continue
		}
		var d store.IndexDoc
		switch ref := events[position].Ref; {
		case cs[wire.CaptureID(ref)] != nil:
			d = DocumentOfCapture(cs[wire.CaptureID(ref)])
		case rs[wire.ReleaseID(ref)] != nil && rs[wire.ReleaseID(ref)].State == wire.Released && ordinal < len(rs[wire.ReleaseID(ref)].Items):
			d = document(rs[wire.ReleaseID(ref)], ordinal)
		default:
			continue
		}
		docs[o.ID] = &d
	}
	return docs, nil
}
