package store

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/fault"
)

func TestWhichTool(t *testing.T) {
	t.Parallel()
	var files []string
	for i, version := range []string{"14.9", "17.2 (Debian 17.2-1)", "16beta1", "15.3", "none"} {
		file := filepath.Join(t.TempDir(), "pg_dump")
		said := "pg_dump (PostgreSQL) " + version
		if i == 4 {
			said = "another program 16"
		}
		if err := os.WriteFile(file, []byte("#!/bin/sh\necho '"+said+"'\n"), 0o700); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	for least, want := range map[int]int{14: 0, 15: 3, 16: 2, 17: 1} {
		if got, err := oldestOf(t.Context(), "pg_dump", least, files); err != nil || got.file != files[want] {
			t.Error(least, got, err)
		}
	}
	for what, f := range map[string][]string{"is of PostgreSQL 17, and 18 is needed": files, "There is no pg_dump here": files[4:]} {
		_, err := oldestOf(t.Context(), "pg_dump", 18, f)
		if fault.KindOf(err) != fault.Unavailable || !strings.Contains(fmt.Sprint(err), what) || !strings.Contains(fmt.Sprint(err), "postgresql-client-18") {
			t.Error(err)
		}
	}
}

// TestEnvironmentOfTools: an address as libpq's programs are told of it.
func TestEnvironmentOfTools(t *testing.T) {
	t.Parallel()
	for address, want := range map[string][]string{
		"postgres://anna:se%20cret@one.example:5433,two.example:5434/wire?sslmode=require&default_query_exec_mode=exec": {"PGHOST=one.example,two.example", "PGPORT=5433,5434", "PGUSER=anna",
			"PGPASSWORD=se cret", "PGDATABASE=wire", "PGSSLMODE=require"},
		"host=/run/pg user=anna password='a sslmode=allow' dbname=wire sslmode=disable": {"PGHOST=/run/pg", "PGPASSWORD=a sslmode=allow", "PGSSLMODE=disable"},
		"postgres://anna@one.example/wire?options=-c%20search_path%3Dwire":              {"PGHOST=one.example", "PGOPTIONS=-c search_path=wire"},
	} {
		e, err := newPostgres(address)
		if err != nil {
			t.Fatal(err)
		}
		env := e.environment([]string{"PATH=/bin", "PGHOSTADDR=192.0.2.1", "PGSERVICE=another", "PGOPTIONS=-c search_path=another", "PGHOST=another.example", "PGSSLROOTCERT=/etc/ca.pem"})
		for _, w := range want {
			if !slices.Contains(env, w) {
				t.Errorf("%s: no %s in %q", address, w, env)
			}
		}
		if !slices.Contains(env, "PGSSLROOTCERT=/etc/ca.pem") || !slices.Contains(env, "PATH=/bin") {
			t.Errorf("%s: what the address does not say is gone from %q", address, env)
		}
		for _, v := range env {
			if strings.Contains(v, "another") || strings.HasPrefix(v, "PGHOSTADDR=") {
				t.Errorf("%s: there is %s", address, v)
			}
		}
	}
}
