//go:build !soak

package sources

import "time"

const (
	manyFeeds = 100
	manyFor   = 8 * time.Second
)
