//go:build soak

package main

import (
	"context"
	"testing"

	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/testkit/postgres"
)

const killRounds = 1000

// TestKillOnPostgres is TestKill with the data in PostgreSQL, whose server stays.
func TestKillOnPostgres(t *testing.T) {
	if underRace {
		t.Skip("a node under the race detector is killed before it has done anything")
	}
	t.Parallel()
	dir := t.TempDir()
	if err := store.SetDatabase(context.Background(), dir, postgres.New(t, nil)); err != nil {
		t.Fatal(err)
	}
	kill(t, dir, 100)
}
