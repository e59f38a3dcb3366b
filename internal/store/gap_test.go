package store

import (
	"bytes"
	"database/sql"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

func TestClearGap(t *testing.T) {
	t.Parallel()
	page := func(head int, kind byte, cells, top int) []byte {
		p := bytes.Repeat([]byte{0xee}, pageSize)
		p[head] = kind
		binary.BigEndian.PutUint16(p[head+3:], uint16(cells))
		binary.BigEndian.PutUint16(p[head+5:], uint16(top))
		return p
	}
	for _, c := range []struct {
		name       string
		page       []byte
		offset     int64
		from, to   int // what is to be zero; nothing if equal
		everything bool
	}{
		{name: "leaf of a table", page: page(0, 0x0d, 3, 1000), offset: pageSize, from: 14, to: 1000},
		{name: "leaf of an index", page: page(0, 0x0a, 3, 1000), offset: 7 * pageSize, from: 14, to: 1000},
		{name: "inner of a table", page: page(0, 0x05, 2, 4000), offset: pageSize, from: 16, to: 4000},
		{name: "inner of an index", page: page(0, 0x02, 2, 4000), offset: pageSize, from: 16, to: 4000},
		{name: "the first page", page: page(100, 0x0d, 5, 2000), offset: 0, from: 118, to: 2000},
		{name: "empty leaf", page: page(0, 0x0d, 0, pageSize), offset: pageSize, from: 8, to: pageSize},
		{name: "full", page: page(0, 0x0d, 100, 208), offset: pageSize},
		{name: "cells before their places", page: page(0, 0x0d, 100, 20), offset: pageSize},
		{name: "cells beyond the page", page: page(0, 0x0d, 1, pageSize+1), offset: pageSize},
		{name: "more places than fit", page: page(0, 0x0d, 60000, 4000), offset: pageSize},
		{name: "the rest of a long row", page: page(0, 0x00, 3, 1000), offset: pageSize},
		{name: "the rest of a long row, in a file of many pages", page: page(0, 0x01, 3, 1000), offset: pageSize},
		{name: "not at a page's place", page: page(0, 0x0d, 3, 1000), offset: pageSize + 512},
		{name: "another size", page: page(0, 0x0d, 3, 1000)[:1024], offset: pageSize},
	} {
		want := bytes.Clone(c.page)
		clear(want[c.from:c.to])
		if clearGap(c.page, c.offset); !bytes.Equal(c.page, want) {
			t.Errorf("%s: wrong bytes were cleared", c.name)
		}
	}
}

// TestGapsAreCleared: after random changes every page of the file is clean where it is unused, and
// nothing but that was touched.
func TestGapsAreCleared(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		rnd := rand.New(rand.NewPCG(seed, 7))
		file := filepath.Join(t.TempDir(), "x.db")
		if err := private(file); err != nil {
			t.Fatal(err)
		}
		vfs, err := vfsFor(file)
		if err != nil {
			t.Fatal(err)
		}
		db, err := openDB(file, vfs, 1, true, []string{"journal_mode(WAL)", "synchronous(OFF)", "secure_delete(ON)", "wal_autocheckpoint(0)", fmt.Sprintf("cache_size(-%d)", 64+rnd.IntN(4000))})
		if err != nil {
			t.Fatal(err)
		}
		exec := func(q string, args ...any) {
			t.Helper()
			if _, err := db.Exec(q, args...); err != nil {
				t.Fatal(q, err)
			}
		}
		exec("create table a (id integer primary key, v blob)")
		exec("create table b (k text primary key, v blob) without rowid")
		exec("create table c (k text primary key, v blob)")
		tables := []string{"a (id, v)", "b (k, v)", "c (k, v)"}
		want := [3]map[string]string{{}, {}, {}}
		lengths := []int{1, 20, 300, 1500, 4200, 20000}
		for range 60 {
			exec("begin")
			for range rnd.IntN(60) {
				i := rnd.IntN(3)
				key := fmt.Sprint(rnd.IntN(300))
				if i > 0 {
					key = fmt.Sprintf("%d-%0*d", rnd.IntN(300), 1+rnd.IntN(200), 0)
				}
				if rnd.IntN(3) == 0 {
					for key = range want[i] {
						break
					}
					exec([]string{"delete from a where id = $1", "delete from b where k = $1", "delete from c where k = $1"}[i], key)
					delete(want[i], key)
					continue
				}
				v := bytes.Repeat([]byte{byte(1 + rnd.IntN(255))}, 1+rnd.IntN(lengths[rnd.IntN(len(lengths))]))
				exec("insert or replace into "+tables[i]+" values ($1, $2)", key, v)
				want[i][key] = string(v)
			}
			exec("commit")
			if rnd.IntN(4) == 0 {
				exec("pragma wal_checkpoint(" + []string{"passive", "restart", "truncate"}[rnd.IntN(3)] + ")")
			}
		}
		exec("pragma wal_checkpoint(truncate)")
		var sound string
		if err := db.QueryRow("pragma integrity_check").Scan(&sound); err != nil || sound != "ok" {
			t.Errorf("the database is %s, %v", sound, err)
		}
		for i, q := range []string{"select id, v from a", "select k, v from b", "select k, v from c"} {
			rows, err := db.Query(q)
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for rows.Next() {
				var k string
				var v []byte
				if err := rows.Scan(&k, &v); err != nil {
					t.Fatal(err)
				}
				if n++; want[i][k] != string(v) {
					t.Fatalf("%s: row %s is not what was written", q, k)
				}
			}
			if rows.Close(); n != len(want[i]) {
				t.Errorf("%s: %d rows instead of %d", q, n, len(want[i]))
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		trees := 0
		for at := 0; at < len(b); at += pageSize {
			page := b[at : at+pageSize]
			clean := bytes.Clone(page)
			if clearGap(clean, int64(at)); !bytes.Equal(page, clean) {
				t.Errorf("page %d of %d is not clean", at/pageSize+1, len(b)/pageSize)
			}
			if page[0] == 0x0d || page[0] == 0x0a {
				trees++
			}
		}
		if trees < 20 {
			t.Errorf("only %d leaves were made", trees)
		}
	}
}

// A database that somebody gave auto_vacuum has pages that only look like b-tree pages: it is opened as it is.
func TestAutoVacuumIsLeftAlone(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "x.db")
	if err := private(file); err != nil {
		t.Fatal(err)
	}
	if vfs, err := vfsFor(file); err != nil || vfs != cleanVFS {
		t.Errorf("a new file: %q %v", vfs, err)
	}
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{"pragma auto_vacuum = full", "create table a (v blob)", "insert into a values (zeroblob(100000))"} {
		if _, err := db.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if vfs, err := vfsFor(file); err != nil || vfs != "" {
		t.Errorf("with auto_vacuum: %q %v", vfs, err)
	}
}
