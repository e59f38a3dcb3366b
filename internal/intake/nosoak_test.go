//go:build !soak

package intake

const soak = false
