//go:build bench

package bench

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/testkit"
)

// TestPublishingBesideABackup publishes at a steady rate into a folder that is there (JARCHI_BACKUP_OF),
// alone and while the program JARCHI_PROGRAM backs it up, in turns, and says what each release took and
// what the back-up cost. JARCHI_RATE is releases a second, 20 unless told.
func TestPublishingBesideABackup(t *testing.T) {
	dir, program := os.Getenv("JARCHI_BACKUP_OF"), os.Getenv("JARCHI_PROGRAM")
	if dir == "" || program == "" {
		t.Skip("needs JARCHI_BACKUP_OF and JARCHI_PROGRAM")
	}
	n := testkit.OpenAt(t, dir, time.Now)
	v := NewVocabulary(uint64(time.Now().UnixNano()))
	rate := setting("JARCHI_RATE", 20)
	publishing := func(until <-chan error) (l latencies, err error) {
		tick := time.NewTicker(time.Second / time.Duration(rate))
		defer tick.Stop()
		for {
			select {
			case err := <-until:
				return l, err
			case due := <-tick.C:
				tag := Languages[len(l)%len(Languages)]
				h, body := v.Text(tag, itemSize)
				in := testkit.Input(map[lang.Tag][2]string{tag: {h, strings.Join(body, "\n\n")}})
				start := time.Now()
				if _, err := n.Publish.Create(ctx, viewer, in); err != nil {
					t.Fatal(err)
				}
				l = append(l, time.Since(start)+max(0, start.Sub(due)))
			}
		}
	}
	for range setting("JARCHI_TURNS", 2) {
		alone := make(chan error, 1)
		time.AfterFunc(time.Duration(setting("JARCHI_SECONDS", 30))*time.Second, func() { alone <- nil })
		l, err := publishing(alone)
		t.Logf("alone:  %s, %v", l, err)
		file := filepath.Join(t.TempDir(), "b.tar.gz")
		cmd := exec.Command(program, "backup", "--data", dir, "--to", file)
		cmd.Stderr = os.Stderr
		done := make(chan error, 1)
		start := time.Now()
		go func() { done <- cmd.Run() }()
		if l, err = publishing(done); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		u := cmd.ProcessState.SysUsage().(*syscall.Rusage)
		wal, err := os.Stat(filepath.Join(dir, "jarchi.db-wal"))
		if err != nil {
			t.Fatal(err)
		}
		load, _ := os.ReadFile("/proc/loadavg")
		t.Logf("beside: %s; back-up: %s, processor %s, %d MB resident, %d bytes; write-ahead log then %d MB; load %s", l, time.Since(start).Round(time.Second),
			cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime(), u.Maxrss>>10, info.Size(), wal.Size()>>20, load)
		os.Remove(file)
	}
}
