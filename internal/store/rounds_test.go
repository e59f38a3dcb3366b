//go:build !soak && !race

package store_test

const goneRounds = 20
