package exposition

import (
	"bytes"
	"os"
	"runtime"
	"runtime/metrics"
	"strconv"
	"syscall"
	"time"
)

// Process is the collector of what everybody watches of a Go process, under the names that Prometheus's own client gives them. What this
// system does not tell is left out.
type Process struct{}

var started = time.Now()

var (
	goInfo     = NewDesc("go_info", "The Go that the program was built with.", "version")
	cpu        = NewDesc("process_cpu_seconds_total", "Processor time, of the user and the system.")
	start      = NewDesc("process_start_time_seconds", "When the process began, in seconds since 1970.")
	resident   = NewDesc("process_resident_memory_bytes", "Memory that is in use.")
	virtual    = NewDesc("process_virtual_memory_bytes", "Memory that is addressed.")
	openFiles  = NewDesc("process_open_fds", "Files and connections that are open.")
	mostFiles  = NewDesc("process_max_fds", "How many may be.")
	goroutines = []struct {
		of    string
		desc  *Desc
		total bool
	}{
		{"/sched/goroutines:goroutines", NewDesc("go_goroutines", "Goroutines."), false},
		{"/sched/gomaxprocs:threads", NewDesc("go_sched_gomaxprocs_threads", "Processors that Go uses."), false},
		{"/memory/classes/heap/objects:bytes", NewDesc("go_memstats_heap_alloc_bytes", "Bytes of the heap that are in use or not yet collected."), false},
		{"/memory/classes/total:bytes", NewDesc("go_memstats_sys_bytes", "Bytes that Go has from the system."), false},
		{"/gc/heap/objects:objects", NewDesc("go_memstats_heap_objects", "Objects of the heap."), false},
		{"/gc/heap/goal:bytes", NewDesc("go_memstats_next_gc_bytes", "Size of the heap at which it is collected next."), false},
		{"/gc/gomemlimit:bytes", NewDesc("go_gc_gomemlimit_bytes", "The limit that Go keeps its memory to."), false},
		{"/gc/heap/allocs:bytes", NewDesc("go_memstats_alloc_bytes_total", "Bytes that were allocated."), true},
		{"/gc/cycles/total:gc-cycles", NewDesc("go_gc_cycles_total", "Collections of the heap."), true},
	}
)

// Collect implements Collector.
func (Process) Collect(emit func(Metric)) {
	emit(Gauge(goInfo, 1, runtime.Version()))
	emit(Gauge(start, float64(started.UnixMilli())/1000))
	samples := make([]metrics.Sample, len(goroutines))
	for i, g := range goroutines {
		samples[i].Name = g.of
	}
	metrics.Read(samples)
	for i, g := range goroutines {
		if samples[i].Value.Kind() != metrics.KindUint64 {
			continue
		}
		v := float64(samples[i].Value.Uint64())
		if g.total {
			emit(Total(g.desc, v))
		} else {
			emit(Gauge(g.desc, v))
		}
	}
	var use syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &use) == nil {
		emit(Total(cpu, time.Duration(use.Utime.Nano()+use.Stime.Nano()).Seconds()))
	}
	var most syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &most) == nil {
		emit(Gauge(mostFiles, float64(most.Cur)))
	}
	if b, err := os.ReadFile("/proc/self/statm"); err == nil { // proc(5): pages
		for i, field := range bytes.Fields(b) {
			n, err := strconv.ParseFloat(string(field), 64)
			if err != nil || i > 1 {
				break
			}
			emit(Gauge([]*Desc{virtual, resident}[i], n*float64(os.Getpagesize())))
		}
	}
	if d, err := os.Open("/proc/self/fd"); err == nil {
		defer d.Close()
		if names, err := d.Readdirnames(-1); err == nil {
			emit(Gauge(openFiles, float64(len(names)-1))) // without this one
		}
	}
}
