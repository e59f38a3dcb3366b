package store

import (
	"crypto/rand"
	"strings"

	"jarchi.dev/jarchi/internal/subscription"
	"jarchi.dev/jarchi/internal/wire"
)

// tellCaptureGone has everyone who was sent a capture, or may have been, told that its sender has withdrawn it. What waits of it is overtaken.
func (t *Tx) tellCaptureGone(id wire.CaptureID, position int64) error {
	holders, err := t.texts("select subscription from delivery_held where ref = $1 union select subscription from delivery where ref = $1 and waiting = 1 order by 1", string(id))
	if err != nil {
		return err
	}
	var ds []subscription.Delivery
	for _, s := range holders {
		ds = append(ds, subscription.Delivery{Subscription: subscription.ID(s), Message: "msg_" + strings.ToLower(rand.Text()), Position: position, Kind: subscription.Withdrawn, Ref: string(id), Due: t.s.now()})
	}
	return t.putDeliveries(ds)
}
