package wire

import "time"

// EventKind is what others are told.
type EventKind string

const (
	EventEmbargoed EventKind = "embargoed" // a sealed release exists: members see its header
	EventReleased  EventKind = "released"
	EventUpdated   EventKind = "updated"
	EventCorrected EventKind = "corrected"
	EventWithdrawn EventKind = "withdrawn"
	EventErased    EventKind = "erased"
	EventCaptured  EventKind = "captured"
)

// Event is what a change of a release amounts to: what to log, index and tell.
type Event struct {
	Kind   EventKind
	At     time.Time
	Reason string
	Items  []ItemID // the items that have a new version, in order
}
