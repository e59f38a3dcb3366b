package browse

import (
	"context"
	"strings"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/wire"
)

// ByURI answers like Item or Capture for a uri: an item's own, a capture's, or one that the viewer's
// own member gave an item of its own.
func (s *Service) ByURI(ctx context.Context, v access.Viewer, uri string) (_ Entry, err error) {
	defer fault.Wrap(&err, "item %.200s", uri)
	if rest, ok := strings.CutPrefix(uri, "urn:jarchi:capture:"); ok {
		return s.Capture(ctx, v, wire.CaptureID(strings.Replace(rest, ":", "-", 1)))
	}
	id, err := s.store.ByURI(ctx, wire.URI(uri))
	own := err == nil
	if fault.KindOf(err) == fault.NotFound && err != nil && v.Member != "" {
		id, err = s.store.ByAltID(ctx, v.Member, uri)
	}
	if err != nil {
		return Entry{}, err
	}
	e, err := s.Item(ctx, v, id)
	if err == nil && own && e.Level != access.All {
		return Entry{}, fault.E(fault.NotFound, "There is no item with this uri.") // a header does not tell the uri: it holds a day
	}
	return e, err
}
