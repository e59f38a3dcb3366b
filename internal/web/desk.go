package web

import "jarchi.dev/jarchi/internal/wire"

// deskActions is what the reader may do with a release of her desk, on its page.
type deskActions struct{}

// actions is nil for whoever may do nothing.
func (q *request) actions(*wire.Release) *deskActions { return nil }
