//go:build bench

package bench

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/tlog"
)

// TestBackup publishes at a steady rate (JARCHI_RATES, 20 and 200 a second unless told), JARCHI_SECONDS alone and then for as long as a back-up takes: by the
// command of this tree. It says what releases took, what the back-up cost
// and how long the write-ahead log was. JARCHI_TO names where back-ups are written: another disk than the folder's, as in life. Afterwards one
// of the quiet node is restored there, its logs are checked and confirmed, and it must answer searches as the node does (JARCHI_RESTORE=0: not).
func TestBackup(t *testing.T) {
	dir := folder(t, "wire")
	n := open(t, dir)
	fill(t, n, setting("JARCHI_ITEMS", 100_000))
	to := os.Getenv("JARCHI_TO")
	if to == "" {
		to = t.TempDir()
	}
	database := os.Getenv("JARCHI_DATABASE")
	program := filepath.Join(t.TempDir(), "jarchi")
	if out, err := exec.Command("go", "build", "-o", program, "../../cmd/jarchi").CombinedOutput(); err != nil {
		t.Fatalf("%s", out)
	}
	file := filepath.Join(to, "jarchi-bench.backup")
	t.Cleanup(func() { os.Remove(file) })
	command := func() *exec.Cmd {
		return exec.Command(program, "backup", "--data", dir, "--to", file)
	}
	ahead := func(stop <-chan struct{}) (most int64) { // of the file database
		for {
			if info, err := os.Stat(filepath.Join(dir, "jarchi.db-wal")); err == nil {
				most = max(most, info.Size())
			}
			select {
			case <-stop:
				return most
			case <-time.After(20 * time.Millisecond):
			}
		}
	}
	load := func() string {
		b, _ := os.ReadFile("/proc/loadavg")
		return strings.TrimSpace(string(b))
	}
	rates := []float64{20, 200}
	if r := setting("JARCHI_RATES", 0); r > 0 {
		rates = []float64{float64(r)}
	}
	for _, rate := range rates {
		alone := publishAt(t, []*testkit.Node{n}, rate, time.Duration(setting("JARCHI_SECONDS", 60))*time.Second)
		t.Logf("%.0f/s alone: %s; load %s", rate, alone, load())
		c := command()
		c.Stderr = os.Stderr
		stop, most := make(chan struct{}), make(chan int64, 1)
		go func() { most <- ahead(stop) }()
		start, done := time.Now(), make(chan error, 1)
		go func() { done <- c.Run() }()
		var beside latencies
		var took time.Duration
		for took == 0 {
			beside = append(beside, publishAt(t, []*testkit.Node{n}, rate, 2*time.Second)...)
			select {
			case err := <-done:
				if err != nil {
					t.Fatal(err)
				}
				took = time.Since(start)
			default:
			}
		}
		close(stop)
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%.0f/s beside a back-up: %s, p99 %.2f times; back-up: %s, processor %s, %d MB resident, %d MB; write-ahead log at most %d MB; load %s", rate, beside, float64(beside.at(.99))/float64(alone.at(.99)),
			took.Round(time.Second), (c.ProcessState.UserTime() + c.ProcessState.SystemTime()).Round(100*time.Millisecond), c.ProcessState.SysUsage().(*syscall.Rusage).Maxrss>>10, info.Size()>>20, <-most>>20, load())
	}
	if database != "" || setting("JARCHI_RESTORE", 1) == 0 {
		return
	}
	if out, err := command().CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	again := filepath.Join(to, "jarchi-bench.restored")
	t.Cleanup(func() { os.RemoveAll(again) })
	start := time.Now()
	out, err := exec.Command(program, "restore", "--data", again, file).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	t.Logf("restored and checked in %s: %s", time.Since(start).Round(time.Second), out)
	if err := confirmAll(again); err != nil {
		t.Fatal(err)
	}
	restored := testkit.OpenAt(t, again, time.Now)
	asked, v := 0, NewVocabulary(3)
	for i := range 200 {
		tag := Languages[i%len(Languages)]
		for _, relevance := range []bool{false, true} {
			var answers [2][]string
			for j, node := range []*testkit.Node{n, restored} {
				node.Browse.Depth.Patience = time.Minute
				p, err := node.Browse.List(ctx, access.Viewer{}, browse.Query{Text: v.Word(tag, 50+i*3), Limit: 10, Relevance: relevance})
				if err != nil {
					t.Fatal(err)
				}
				for _, e := range p.Entries {
					answers[j] = append(answers[j], fmt.Sprint(e.Release.ID))
				}
			}
			if asked++; !slices.Equal(answers[0], answers[1]) {
				t.Errorf("the restored node answers %q with %v, the first one with %v", v.Word(tag, 50+i*3), answers[1], answers[0])
			}
		}
	}
	t.Logf("%d searches answered alike", asked)
}

// confirmAll enters the logs of a restored folder in its guard file, as an operator does.
func confirmAll(dir string) error {
	f, err := store.Inspect(ctx, dir)
	if err != nil {
		return err
	}
	defer f.Close()
	logs, err := f.Logs(ctx)
	if err != nil {
		return err
	}
	guard, err := tlog.OpenGuard(filepath.Join(dir, "guard"))
	if err != nil {
		return err
	}
	for _, l := range logs {
		err = errors.Join(err, guard.Confirm(l.Name, l.Head.Size, l.Head.Root))
	}
	return errors.Join(err, guard.Close())
}
