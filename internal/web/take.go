package web

import "jarchi.dev/jarchi/internal/wire"

// takeView is what the page of an item says of its use: whether the reader's desk uses it, and, for its
// issuer, who does.
type takeView struct{}

// taken is nil for whoever may not take this item.
func (q *request) taken(*wire.Release, *wire.Item) *takeView { return nil }
