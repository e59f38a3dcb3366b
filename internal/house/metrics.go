package house

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"jarchi.dev/jarchi/internal/house/exposition"
	"jarchi.dev/jarchi/internal/tlog"
	"jarchi.dev/jarchi/internal/wire"
)

// Metrics are the figures of a node for Prometheus. What is counted as it happens is in it; the rest is read from the state when somebody asks,
// at most once in five seconds. Total holds what strangers may know: process and requests in all; Inside is everything else, which tells how
// much is going on behind embargoes and is for the operator alone, and with the exception of InsideFor for administrators.
type Metrics struct {
	s        *Service
	requests *exposition.Counter
	seconds  *exposition.Histogram
	total    *exposition.Counter
	streams  atomic.Int64

	mu     sync.Mutex
	state  State
	ready  bool
	readAt time.Time
	failed bool
}

// NewMetrics makes the figures of a node.
func (s *Service) NewMetrics() *Metrics {
	return &Metrics{s: s,
		requests: exposition.NewCounter("jarchi_requests_total", "Requests answered, by place and class of status.", "place", "class"),
		seconds: exposition.NewHistogram("jarchi_request_seconds", "How long answers took, by place; streams are not counted.",
			[]float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}, "place"),
		total: exposition.NewCounter("jarchi_answers_total", "Requests answered."),
	}
}

// Answered counts a request. Place is one of a closed list: never a path as it was asked for.
func (m *Metrics) Answered(place string, status int, took time.Duration) {
	m.total.Inc()
	m.requests.Inc(place, strconv.Itoa(status/100)+"xx")
	m.seconds.Observe(took.Seconds(), place)
}

// Stream counts an open stream by 1 and a closed one by -1.
func (m *Metrics) Stream(n int64) { m.streams.Add(n) }

// Total is what strangers may know.
func (m *Metrics) Total() exposition.Collector { return m.total }

// Inside is what the operator may know.
func (m *Metrics) Inside() []exposition.Collector {
	return []exposition.Collector{m.requests, m.seconds, m}
}

// InsideFor is what an administrator of one member may know: of others' closed logs not how large they are, since that tells what is under embargo.
func (m *Metrics) InsideFor(of wire.MemberID) []exposition.Collector {
	return []exposition.Collector{m.requests, m.seconds, memberMetrics{m, of}}
}

type memberMetrics struct {
	m  *Metrics
	of wire.MemberID
}

// Collect implements exposition.Collector.
func (v memberMetrics) Collect(emit func(exposition.Metric)) {
	v.m.collect(emit, func(l Log) bool {
		return l.Member == v.of || l.Name == tlog.LogName(string(l.Member), tlog.Public)
	})
}

// The figures that are read from the state, in the order of the docs.
var figures = map[string]*exposition.Desc{}

func figure(name, help string, labels ...string) string {
	name = "jarchi_" + name
	figures[name] = exposition.NewDesc(name, help, labels...)
	return name
}

var (
	mInfo       = figure("info", "1; what runs.", "version", "go", "schema", "engine")
	mUp         = figure("state_known", "1 if the state of the node could be read; if not, the other figures are those of before.")
	mReady      = figure("ready", "1 if the node takes requests, as /readyz says.")
	mNeed       = figure("need", "1 for each thing that needs somebody, by its code.", "code", "urgent")
	mDatabase   = figure("database_bytes", "Size of the database.")
	mFreePages  = figure("database_free_bytes", "Of it, free for what comes.")
	mAhead      = figure("database_ahead_bytes", "Size of the write-ahead log.")
	mDisk       = figure("disk_bytes", "Size of the disk of the data folder.")
	mDiskFree   = figure("disk_free_bytes", "Of it, free.")
	mDiskFull   = figure("disk_full", "1 while nothing new is taken in because the disk is nearly full.")
	mFilesLost  = figure("files_lost", "1 while files cannot be kept or read where they lie.")
	mJobs       = figure("jobs", "Jobs, by kind and state: waiting, due, running, dead.", "kind", "state")
	mJobsOldest = figure("jobs_oldest_due_seconds", "How long the first of the due jobs has been due, by kind.", "kind")
	mSources    = figure("sources", "Sources, by state: all, paused, failing, silent, late.", "state")
	mQuarantine = figure("quarantine_documents", "Documents that could not be read.")
	mRenewing   = figure("index_renewing", "Places of the wire whose texts are still to be indexed anew after an upgrade.")
	mLeaves     = figure("log_leaves", "Leaves of each log.", "log")
	mBackup     = figure("backup_age_seconds", "Age of the last back-up that is known; absent without one.")
	mClock      = figure("clock_offset_seconds", "How far this clock is ahead of other hosts; 0 when too few are known.")
	mClockWrong = figure("clock_wrong", "1 while the clock cannot be believed.")
	mNodes      = figure("nodes", "Nodes that have the database open, by state: heard, silent; absent where the database is a file.", "state")
	mFirst      = figure("node_first", "1 if this node does what one does for all; absent where the database is a file.")
	mNodeClocks = figure("nodes_clock_seconds", "By how much the clocks of the nodes and of the database's server differ at most; absent where the database is a file.")
	mWriter     = figure("writer_wait_seconds", "How long a change waited for the writer when that was last tried.")
	mSlow       = figure("slow_total", "What took long: statements above 0.1 s, pages above 0.5 s.", "what")
	mStreams    = figure("streams", "Live readers connected.")
	mOutlets    = figure("deliveries", "Deliveries, by way out and state: active, failing, waiting.", "outlet", "state")
)

// Figures lists the names of all figures; tests hold docs and dashboard against it.
func Figures() (out []string) {
	for name := range figures {
		out = append(out, name)
	}
	return append(out, "jarchi_requests_total", "jarchi_request_seconds", "jarchi_answers_total")
}

// Collect reads the figures; it implements exposition.Collector.
func (m *Metrics) Collect(emit func(exposition.Metric)) {
	m.collect(emit, func(Log) bool { return true })
}

func (m *Metrics) collect(emit func(exposition.Metric), may func(Log) bool) {
	st, ready, ok := m.read()
	set := func(name string, v float64, labels ...string) {
		emit(exposition.Gauge(figures[name], v, labels...))
	}
	yes := func(b bool) float64 {
		if b {
			return 1
		}
		return 0
	}
	set(mUp, yes(ok))
	set(mStreams, float64(m.streams.Load()))
	pages, statements := m.s.slow.counts()
	emit(exposition.Total(figures[mSlow], float64(pages), "page"))
	emit(exposition.Total(figures[mSlow], float64(statements), "statement"))
	if st.At.IsZero() {
		return
	}
	set(mInfo, 1, st.Versions.Jarchi, st.Versions.Go, strconv.FormatInt(st.Versions.Schema, 10), st.Database.Engine)
	set(mReady, yes(ready))
	for _, n := range st.Needs {
		set(mNeed, 1, n.Code, strconv.FormatBool(n.Urgent))
	}
	set(mDatabase, float64(st.Database.Bytes))
	set(mFreePages, float64(st.Database.FreeBytes))
	set(mAhead, float64(st.Database.AheadBytes))
	set(mDisk, float64(st.Storage.Bytes))
	set(mDiskFree, float64(st.Storage.Free))
	set(mDiskFull, yes(st.Storage.Full))
	set(mFilesLost, yes(!st.Storage.FilesLost.IsZero()))
	for _, w := range st.Queue {
		for state, n := range map[string]int64{"waiting": w.Waiting, "due": w.Due, "running": w.Running, "dead": w.Dead} {
			set(mJobs, float64(n), w.Kind, state)
		}
		late := 0.0
		if !w.Oldest.IsZero() {
			late = st.At.Sub(w.Oldest).Seconds()
		}
		set(mJobsOldest, late, w.Kind)
	}
	s := st.Sources
	for state, n := range map[string]int{"all": s.All, "paused": s.Paused, "failing": len(s.Failing), "silent": len(s.Silent), "late": s.Late} {
		set(mSources, float64(n), state)
	}
	set(mQuarantine, float64(st.Database.Quarantine))
	set(mRenewing, float64(st.Database.Renewing))
	for _, l := range st.Logs {
		if may(l) {
			set(mLeaves, float64(l.Size), l.Name)
		}
	}
	if st.Backup != nil {
		set(mBackup, st.At.Sub(st.Backup.Made).Seconds())
	}
	set(mClock, st.Clock.Offset.Seconds())
	set(mClockWrong, yes(st.Clock.Wrong))
	if len(st.Nodes) > 0 {
		silent, first := 0, false
		for _, n := range st.Nodes {
			if n.Silent {
				silent++
			}
			first = first || n.Here && n.First
		}
		set(mNodes, float64(len(st.Nodes)-silent), "heard")
		set(mNodes, float64(silent), "silent")
		set(mFirst, yes(first))
		set(mNodeClocks, st.ClocksDiffer().Seconds())
	}
	set(mWriter, st.Writer.Wait.Seconds())
	for _, o := range st.Outlets {
		for state, n := range map[string]int64{"active": o.Active, "failing": o.Failing, "waiting": o.Waiting} {
			set(mOutlets, float64(n), o.Name, state)
		}
	}
}

// read reads the state, unless it was read a moment ago.
func (m *Metrics) read() (st State, ready, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if time.Since(m.readAt) < 5*time.Second {
		return m.state, m.ready, !m.failed
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	st, err := m.s.State(ctx)
	m.readAt, m.failed = time.Now(), err != nil
	m.ready = err == nil && len(m.s.Ready(ctx)) == 0
	if err == nil {
		m.state = st
	}
	return m.state, m.ready, !m.failed
}

// Place is the closed list of names under which requests are counted and told: the pattern that answered, or for calls of the API the part of
// it. What was asked for beyond that is nobody's business.
func Place(pattern, path string) string {
	if part, ok := strings.CutPrefix(path, "/api/v1/"); ok {
		part, _, _ = strings.Cut(part, "/")
		if calls[part] {
			return "/api/v1/" + part
		}
		return "/api/v1"
	}
	switch {
	case strings.HasPrefix(path, "/log/"):
		return "/log"
	case strings.HasPrefix(path, "/feeds/"):
		return "/feeds"
	case strings.HasPrefix(path, "/static/"):
		return "/static"
	}
	if _, p, ok := strings.Cut(pattern, " "); ok {
		pattern = p
	}
	if pattern == "" || pattern == "/" {
		return "other"
	}
	return pattern
}

// calls are the parts of the API.
var calls = map[string]bool{"items": true, "releases": true, "captures": true, "stories": true, "stream": true, "import": true, "intake": true, "sources": true,
	"verify": true, "changes": true, "deliveries": true, "subscriptions": true, "members": true, "takes": true, "register": true, "house": true, "schema": true}
