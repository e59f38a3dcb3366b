// Package house knows the state of a node: what it runs on, what waits, what was given up, how much room is left, whether its clock can be
// believed, and what of all this needs somebody's attention first. Counts, sizes, times and names of places only: no words of anybody's
// text, search or message ever come here.
package house

import (
	"context"
	"log/slog"
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/source"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/wire"
)

// Rows is the database as this package needs it.
type Rows interface {
	Housekeeping(ctx context.Context) (store.Housekeeping, error)
	Ping(ctx context.Context) error
	Newest(ctx context.Context) (schema int64, event, clock time.Time, err error)
	Write(ctx context.Context, write func(*store.Tx) error) error
	Sources(ctx context.Context, m wire.MemberID) ([]source.Watched, error)
	DeadJobs(ctx context.Context, limit int) ([]store.DeadJob, error)
	RetryJob(ctx context.Context, id int64, noted ...func(*store.Tx) error) error
	DropJob(ctx context.Context, id int64, noted ...func(*store.Tx) error) error
	Setting(ctx context.Context, name string, make func() []byte) ([]byte, error)
	CountOld(ctx context.Context, k store.Kept, before time.Time) (int64, error)
	DropOld(ctx context.Context, k store.Kept, before time.Time, limit int) (n int, files []string, err error)
}

// Files are the documents that lie outside the database.
type Files interface {
	// Look tries whether they can be kept and read at this moment; the fault is a sentence for the operator.
	Look(ctx context.Context) error
	// Remove removes one, unless it is needed.
	Remove(ctx context.Context, hash string, needed func(hash string) (bool, error)) error
}

// Options are what a Service stands on.
type Options struct {
	Rows      Rows
	Files     Files                                                // nil: files that nothing needs wait for the sweep, and are not looked at
	FileUsed  func(ctx context.Context, hash string) (bool, error) // with Files
	FilesEach time.Duration                                        // between two looks at the files; 0: DefaultFilesEach
	Dir       string                                               // the data folder
	Version   string                                               // of the program; empty: what it was built from
	Now       func() time.Time                                     // nil: time.Now
	Clock     func() time.Time                                     // what schedules go by, where Now may be a test's; nil: time.Now
	Log       *slog.Logger                                         // nil: slog.Default
	KeepFree  int64                                                // bytes of the disk below which nothing new is taken in; 0: DefaultKeepFree, negative: never
	Free      func(dir string) (free, total int64, err error)      // nil: of the file system
}

// DefaultKeepFree is enough for withdrawals, erasures and the write-ahead log of what runs.
const DefaultKeepFree = 64_000_000

// Service tells the state of the node.
type Service struct {
	Options
	slow    slow
	clock   clock
	pulse   pulse
	room    room
	files   files
	outlets []Outlets

	certificate atomic.Pointer[Certificate]

	deliveries Keeper // nil: there are none
}

// New makes the service.
func New(o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.KeepFree == 0 {
		o.KeepFree = DefaultKeepFree
	}
	if o.Free == nil {
		o.Free = DiskFree
	}
	if o.FilesEach == 0 {
		o.FilesEach = DefaultFilesEach
	}
	if o.Version == "" {
		o.Version = Built()
	}
	return &Service{Options: o, clock: clock{hosts: map[string]offset{}}}
}

// Outlets are the ways out of the node that can fall behind: kinds of delivery. They are asked whenever the state is.
type Outlets interface {
	Outlets(ctx context.Context) ([]OutletState, error)
}

// OutletState is how a way out fares.
type OutletState struct {
	Name    string    `json:"name" doc:"What it is: webhook, mail, folder …"`
	Active  int64     `json:"active" doc:"Subscriptions that are served"`
	Failing int64     `json:"failing" doc:"Subscriptions whose last delivery failed"`
	Waiting int64     `json:"waiting" doc:"Deliveries that wait"`
	Oldest  time.Time `json:"oldest,omitzero" doc:"Since when the oldest of them waits"`
}

// Watch adds ways out to what is shown; before the node starts.
func (s *Service) Watch(o Outlets) { s.outlets = append(s.outlets, o) }

// State is how a node fares at one moment.
type State struct {
	At       time.Time     `json:"at"`
	Needs    []Need        `json:"needs" doc:"What needs attention, the most urgent first; empty: nothing does"`
	Versions Versions      `json:"versions"`
	Database Database      `json:"database"`
	Nodes    []NodeState   `json:"nodes" doc:"Nodes that have the database open, this one first; empty where the database is a file, which has one"`
	Storage  Storage       `json:"storage"`
	Queue    []Work        `json:"queue"`
	Dead     []Letter      `json:"dead" doc:"Jobs that were given up, newest first, at most 50"`
	DeadAll  int64         `json:"deadCount"`
	Sources  Sources       `json:"sources"`
	Outlets  []OutletState `json:"deliveries"`
	Backup   *Backup       `json:"backup" doc:"The last back-up that was made of this folder; null: none is known"`
	Logs     []Log         `json:"logs"`
	Slow     []Slow        `json:"slow" doc:"What took longest in the last hour, by the name of the place that asked"`
	Clock    Clock         `json:"clock"`
	Writer   Writer        `json:"writer"`

	Certificate *Certificate `json:"certificate" doc:"The certificate that this node served last; null: it speaks no TLS itself, or nobody has asked for one since its start"`
}

// Certificate is for how long a certificate holds.
type Certificate struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
}

// Serves notes the certificate that was just served; it may be called at once from anywhere.
func (s *Service) Serves(c Certificate) { s.certificate.Store(&c) }

// Versions are what runs.
type Versions struct {
	Jarchi string `json:"jarchi"`
	Go     string `json:"go"`
	Schema int64  `json:"schema" doc:"Of the database"`
	Knows  int64  `json:"knows" doc:"The newest schema that this program knows"`
}

// Database is what everything is kept in.
type Database struct {
	Engine     string `json:"engine"`
	Bytes      int64  `json:"bytes"`
	FreeBytes  int64  `json:"freeBytes" doc:"Within it, free for what comes"`
	AheadBytes int64  `json:"aheadBytes" doc:"Of the write-ahead log beside it"`
	Quarantine int64  `json:"quarantine" doc:"Documents that could not be read"`
	Renewing   int64  `json:"renewing,omitempty" doc:"After an upgrade: places of the wire whose texts are still to be indexed anew, at most"`
	Trouble    string `json:"trouble,omitempty" doc:"Why nothing can be published"`
}

// Storage is the disk that the data folder is on.
type Storage struct {
	Bytes     int64     `json:"bytes" doc:"Of the disk"`
	Free      int64     `json:"free"`
	Keep      int64     `json:"keep" doc:"Below this nothing new is taken in"`
	Full      bool      `json:"full" doc:"Nothing new is taken in at this moment"`
	Unknown   bool      `json:"unknown,omitempty" doc:"The system does not say"`
	FilesLost time.Time `json:"filesLostAt,omitzero" doc:"Since when files cannot be kept or read where they lie; absent: they can, as far as is known"`

	FilesTrouble string `json:"filesTrouble,omitempty" doc:"Why, for the operator alone"`
}

// Work is what waits and runs of one kind of job.
type Work struct {
	Kind    string    `json:"kind"`
	Waiting int64     `json:"waiting" doc:"Not due yet"`
	Due     int64     `json:"due"`
	Running int64     `json:"running"`
	Dead    int64     `json:"dead"`
	Oldest  time.Time `json:"oldest,omitzero" doc:"When the first of those that are due was to run"`
}

// Letter is a job that was given up.
type Letter struct {
	ID       int64     `json:"id"`
	Kind     string    `json:"kind"`
	Args     string    `json:"args" doc:"Ids only"`
	DueAt    time.Time `json:"dueAt"`
	Attempts int       `json:"attempts"`
	Error    string    `json:"error"`
}

// Sources is how the addresses fare that are asked on a schedule.
type Sources struct {
	All     int         `json:"all"`
	Paused  int         `json:"paused"`
	Failing []FeedState `json:"failing" doc:"At most 50"`
	Silent  []FeedState `json:"silent" doc:"At most 50"`
	Late    int         `json:"late" doc:"Due for five minutes and not asked"`
}

// FeedState is one of them.
type FeedState struct {
	ID     string        `json:"id"`
	Member wire.MemberID `json:"member"`
	Name   string        `json:"name"`
	Errors int           `json:"errors" doc:"Failed polls in a row"`
	Last   time.Time     `json:"lastItemAt,omitzero"`
}

// Log is how far a member's log is.
type Log struct {
	Name   string        `json:"name"`
	Member wire.MemberID `json:"member"`
	Size   int64         `json:"size"`
	Last   time.Time     `json:"lastLeafAt,omitzero" doc:"Its newest leaf, with which its checkpoint was signed"`
}

// lists bounds what is listed one by one.
const lists = 50

// State tells how the node fares, and what needs somebody. It fails only when the database does not answer at all.
func (s *Service) State(ctx context.Context) (st State, err error) {
	defer fault.Wrap(&err, "state of the node")
	now := s.Now()
	h, err := s.Rows.Housekeeping(ctx)
	if err != nil {
		return st, err
	}
	st = State{At: now.UTC(), Needs: []Need{}, Queue: []Work{}, Dead: []Letter{}, Outlets: []OutletState{}, Logs: []Log{},
		Versions: Versions{s.Version, runtime.Version(), h.Schema, store.Schema()},
		Database: Database{Engine: h.Engine, Bytes: h.Bytes, FreeBytes: h.FreeBytes, AheadBytes: h.AheadBytes, Quarantine: h.Quarantine, Renewing: h.Renewing},
		Slow:     s.slow.since(now.Add(-time.Hour)), Writer: s.pulse.state(now), Certificate: s.certificate.Load()}
	if err := s.Rows.Ping(ctx); err != nil {
		st.Database.Trouble, _ = fault.Public(err)
	}
	st.Nodes = nodesOf(h.Nodes, now)
	st.Storage = s.storage()
	st.Storage.FilesLost, st.Storage.FilesTrouble = s.files.state()
	s.clock.newest(h.Newest, now)
	s.clock.server(h.Clock, now)
	st.Clock = s.clock.state()
	for _, k := range h.Queue {
		st.DeadAll += k.Dead
		st.Queue = append(st.Queue, Work{string(k.Kind), k.Waiting, k.Due, k.Running, k.Dead, k.Oldest})
	}
	for _, l := range h.Logs {
		st.Logs = append(st.Logs, Log{l.Name, l.Member, l.Size, l.Last})
	}
	dead, err := s.Rows.DeadJobs(ctx, lists)
	if err != nil {
		return st, err
	}
	for _, j := range dead {
		st.Dead = append(st.Dead, Letter{j.ID, string(j.Kind), j.Args, j.RunAt, j.Attempt, j.Error})
	}
	watched, err := s.Rows.Sources(ctx, "")
	if err != nil {
		return st, err
	}
	st.Sources = sourcesOf(watched, now)
	for _, o := range s.outlets {
		list, err := o.Outlets(ctx)
		if err != nil {
			return st, err
		}
		st.Outlets = append(st.Outlets, list...)
	}
	if b, ok := LastBackup(s.Dir); ok {
		st.Backup = &b
	}
	st.Needs = needs(st)
	return st, nil
}

func sourcesOf(list []source.Watched, now time.Time) (out Sources) {
	out.Failing, out.Silent = []FeedState{}, []FeedState{}
	for _, w := range list {
		out.All++
		if w.Paused {
			out.Paused++
			continue
		}
		x := FeedState{string(w.ID), w.Member, w.Label(), w.Errors, w.LastItem}
		if w.Errors > 0 {
			out.Failing = append(out.Failing, x)
		}
		if _, silent := w.Silent(now); silent {
			out.Silent = append(out.Silent, x)
		}
		if w.Lag(now) > 5*time.Minute {
			out.Late++
		}
	}
	slices.SortStableFunc(out.Failing, func(a, b FeedState) int { return b.Errors - a.Errors })
	slices.SortStableFunc(out.Silent, func(a, b FeedState) int { return a.Last.Compare(b.Last) })
	return out
}

// For is the state as an administrator of one member may see it, when she is not the owner of the node and it has other members too: what
// is the whole node's stays, as counts; what belongs to other members goes.
func (st State) For(m wire.MemberID) State {
	st.Dead = []Letter{}     // their ids are other members' releases
	st.Nodes = []NodeState{} // machines and addresses are the operator's
	st.Storage.FilesTrouble = ""
	of := func(list []FeedState) []FeedState {
		return slices.DeleteFunc(slices.Clone(list), func(x FeedState) bool { return x.Member != m })
	}
	st.Sources.Failing, st.Sources.Silent = of(st.Sources.Failing), of(st.Sources.Silent)
	st.Logs = slices.DeleteFunc(slices.Clone(st.Logs), func(l Log) bool { return l.Member != m })
	return st
}

// What the audit list names.
const (
	JobRetried   = "job-retried"
	JobDropped   = "job-dropped"
	KeepingSet   = "keeping-changed"
	KeepingEnded = "kept-long-enough" // by the node itself: what a rule let go
)

// Actions lists them all, in the order of the pages.
var Actions = []string{JobRetried, JobDropped, KeepingSet, KeepingEnded}

// Retry gives a job that was given up a new life; it is noted who did.
func (s *Service) Retry(ctx context.Context, by people.UserID, m wire.MemberID, id int64) error {
	return s.Rows.RetryJob(ctx, id, s.note(by, m, JobRetried, id))
}

// Drop forgets a job that was given up: what it was to do is not done. It is noted who did.
func (s *Service) Drop(ctx context.Context, by people.UserID, m wire.MemberID, id int64) error {
	return s.Rows.DropJob(ctx, id, s.note(by, m, JobDropped, id))
}

// note writes who did what with a job, in the transaction that does it.
func (s *Service) note(by people.UserID, m wire.MemberID, action string, id int64) func(*store.Tx) error {
	e := s.entry(by, m, action, jobName(id), "")
	return func(t *store.Tx) error { return t.AddEntry(e) }
}

func (s *Service) entry(by people.UserID, m wire.MemberID, action, object, detail string) people.Entry {
	return people.Entry{ID: people.NewID(), At: s.Now(), Member: m, Actor: by, Action: action, Object: object, Detail: detail, Count: 1}
}
