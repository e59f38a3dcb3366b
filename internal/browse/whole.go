package browse

import (
	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/wire"
)

// Whole says whether the viewer may read a release whole now, of which issuers, state, audience and hours are given.
func (s *Service) Whole(v access.Viewer, r *wire.Release) bool {
	return access.Release(v, r, s.now()) == access.All
}

// WholeCapture is Whole of a capture.
func (s *Service) WholeCapture(v access.Viewer, c *wire.Capture) bool {
	return access.Capture(v, c, s.now()) == access.All
}
