//go:build soak

package store_test

func init() { nodeKills, breaks = 50, 400 }
