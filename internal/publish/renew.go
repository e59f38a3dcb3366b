package publish

import (
	"context"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/wire"
)

// A step of the renewal is of as many documents as are done in about renewStep: a publication may wait behind it.
const (
	renewStep = 8 * time.Millisecond
	renewMost = 32 // documents
)

// renew indexes anew what an earlier form of the index holds, the newest first, with rests. What is withdrawn has no words and stays as it is; who may find a
// release is as it was.
func (s *Service) renew(ctx context.Context, _ jobs.Job) (err error) {
	defer fault.Wrap(&err, "index texts anew")
	for most := 1; ; {
		start := time.Now()
		old, err := s.store.OldDocs(ctx, most)
		if err != nil || old == nil {
			return err
		}
		docs, err := s.documents(ctx, old.Docs)
		if err != nil {
			return err
		}
		writing := time.Now()
		if err := s.store.Renew(ctx, old, func(d store.OldDoc) *store.IndexDoc { return docs[d.ID] }); err != nil {
			return err
		}
		switch took := time.Since(writing); {
		case took > 2*renewStep:
			most = max(1, most/2)
		case took < renewStep:
			most = min(renewMost, most+1)
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
		if o.Doc.Headline == "" && o.Doc.Body == "" && !o.Damaged { // withdrawn, or there never was a word
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
