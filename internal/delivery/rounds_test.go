//go:build !soak

package delivery

const (
	manySubscribers = 200
	manyReleases    = 10
)
