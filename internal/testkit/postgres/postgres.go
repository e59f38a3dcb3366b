// Package postgres gives tests databases of a real PostgreSQL server, which is started once in a test binary and ends with it.
package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// server is the one of this process.
var server struct {
	once     sync.Once
	dir      string
	err      error
	missing  bool
	stdin    any // open as long as the process lives
	n        atomic.Int64
	template sync.Once
	made     error
}

// programs finds the folder of the server's programs: of Debian's newest version, or of the one in PATH.
func programs() (string, error) {
	all, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	slices.SortFunc(all, func(a, b string) int { return version(b) - version(a) })
	if len(all) > 0 {
		return filepath.Dir(all[0]), nil
	}
	found, err := exec.LookPath("initdb")
	if err != nil {
		return "", errors.New("there is no PostgreSQL server here (Debian package postgresql)")
	}
	if found, err = filepath.EvalSymlinks(found); err != nil {
		return "", err
	}
	return filepath.Dir(found), nil
}

func version(path string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
	return n
}

// start makes a cluster in a folder of its own and starts the server in it. A shell that waits for the end of this process
// ends the server and removes the folder.
func start() error {
	bin, err := programs()
	if err != nil {
		server.missing = true
		return err
	}
	base := os.TempDir()
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		base = "/dev/shm" // also for the name of the socket, which may have 100 letters
	}
	if server.dir, err = os.MkdirTemp(base, "jarchi-pg-"); err != nil {
		return err
	}
	as := &syscall.SysProcAttr{Setpgid: true}
	if os.Getuid() == 0 { // the server refuses to run as root
		for _, name := range []string{"postgres", "nobody"} {
			u, err := user.Lookup(name)
			if err != nil {
				continue
			}
			uid, _ := strconv.Atoi(u.Uid)
			gid, _ := strconv.Atoi(u.Gid)
			as.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
			if err := os.Chown(server.dir, uid, gid); err != nil {
				return err
			}
			break
		}
	}
	data := filepath.Join(server.dir, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C", "--no-instructions")
	initdb.SysProcAttr, initdb.Dir = as, server.dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	keep := exec.Command("/bin/sh", "-c", `
		"$0" -D "$1/data" -k "$1" -c listen_addresses= -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c wal_level=minimal -c max_wal_senders=0 \
			-c max_connections=300 -c shared_buffers=64MB -c autovacuum=off -c max_wal_size=2GB >"$1/log" 2>&1 </dev/null &
		server=$!
		cat >/dev/null
		kill -QUIT $server
		wait
		rm -rf "$1"`, filepath.Join(bin, "postgres"), server.dir)
	keep.SysProcAttr, keep.Dir = as, server.dir
	if server.stdin, err = keep.StdinPipe(); err != nil {
		return err
	}
	if err := keep.Start(); err != nil {
		return err
	}
	for until := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if err = do("select 1"); err == nil {
			return nil
		}
		if time.Now().After(until) {
			log, _ := os.ReadFile(filepath.Join(server.dir, "log"))
			return fmt.Errorf("the server does not answer: %w\n%s", err, bytes.TrimSpace(log))
		}
	}
}

// do runs statements in the server's own database.
func do(statements ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	c, err := pgconn.Connect(ctx, address("postgres"))
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	for _, q := range statements {
		if err := c.Exec(ctx, q).Close(); err != nil {
			return err
		}
	}
	return nil
}

func address(name string) string {
	return (&url.URL{Scheme: "postgres", Path: "/" + name, RawQuery: url.Values{"host": {server.dir}, "user": {"postgres"}}.Encode()}).String()
}

// New makes a database of its own and returns its address. It begins as prepare, which may be nil, left the first one: that is run
// once in a process. Without a server the test is skipped, under CI=true it fails.
func New(t testing.TB, prepare func(address string) error) string {
	t.Helper()
	server.once.Do(func() { server.err = start() })
	if server.err != nil {
		if server.missing && os.Getenv("CI") != "true" {
			t.Skip(server.err)
		}
		t.Fatal(server.err)
	}
	template := "template0"
	if prepare != nil {
		template = "prepared"
		server.template.Do(func() {
			if server.made = do("create database prepared template template0"); server.made == nil {
				server.made = prepare(address("prepared"))
			}
		})
		if server.made != nil {
			t.Fatal(server.made)
		}
	}
	name := fmt.Sprintf("t%d", server.n.Add(1))
	var err error
	for until := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) { // the template's last connection ends in its own time
		if err = do("create database " + name + " template " + template); err == nil || time.Now().After(until) {
			break
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := do("drop database " + name + " with (force)"); err != nil {
			t.Error(err)
		}
	})
	return address(name)
}
