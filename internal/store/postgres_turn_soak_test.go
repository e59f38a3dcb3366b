//go:build soak

package store_test

func init() { nodeKills = 50 }
