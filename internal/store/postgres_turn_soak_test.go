//go:build soak

package store_test

func init() { nodeKills, breaks, cutAgain = 50, 400, []int{unsent, lost, late} }
