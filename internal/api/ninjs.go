package api

import (
	"time"

	"jarchi.dev/jarchi/internal/wire"
)

type membersByID = map[wire.MemberID]wire.Member

const plain = "text/plain"

func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Truncate(time.Second).Format(time.RFC3339)
}
