//go:build !soak

package scenes

import "time"

// How often a client is cut off, and how long all may take.
const (
	clientCuts = 30
	clientTime = time.Minute
)
