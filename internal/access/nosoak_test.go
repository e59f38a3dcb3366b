//go:build !soak

package access_test

const soak = false
