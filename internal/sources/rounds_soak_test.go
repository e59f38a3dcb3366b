//go:build soak

package sources

import "time"

const (
	manyFeeds = 1000
	manyFor   = 5 * time.Minute
)
