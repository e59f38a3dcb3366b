package store

import (
	"context"
	"crypto/tls"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// A network that is cut without a word is noticed by the system, within 11 seconds (dialled). What stands between node and server and answers for it, a balancer, a
// pooler, a firewall that forgot the connection and goes on acknowledging, is not: then whoever waits for an answer would wait for good, and the server would keep the
// locks of a session that nobody speaks to. So where an answer is awaited for long, the server is asked on a new connection whether it still works on it. A statement may
// take as long as it takes, also while the server cannot be asked for a moment; where it cannot for three times as long, whatever the reason, nobody knows of any answer
// that it will come.

const (
	silenceLong  = 10 * time.Second
	silenceLook  = 2500 * time.Millisecond
	silenceAsked = 5 * time.Second // for the server's word
)

// silences are the connections of one database whose answers are awaited.
type silences struct {
	long, look time.Duration

	mute time.Time // since when the server cannot be asked; zero: it can, as far as is known

	mu    sync.Mutex
	conns map[*awaited]bool
	timer *time.Timer // nil: there are none
}

// awaited is a connection of which is known since when somebody waits for what comes next.
type awaited struct {
	net.Conn
	since atomic.Int64 // in nanoseconds after awaitedFrom; 0: nobody waits
	of    *silences    // when it is ready

	config *pgconn.Config
	name   string // the session's own (begun). A pooler that gives the session to another takes it away
	struck int64  // since, when the server said that it works on nothing
}

var awaitedFrom = time.Now()

func (a *awaited) Read(b []byte) (int, error) {
	a.since.Store(int64(time.Since(awaitedFrom)) + 1)
	defer a.since.Store(0)
	return a.Conn.Read(b)
}

func (a *awaited) Close() error {
	if a.of != nil {
		a.of.mu.Lock()
		delete(a.of.conns, a)
		a.of.mu.Unlock()
	}
	return a.Conn.Close()
}

// dialled has the system give up a connection within 11 seconds where the network is cut without a word, as the server does. Where it cannot be set the system's
// own time counts.
func dialled(dial pgconn.DialFunc) pgconn.DialFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetKeepAliveConfig(net.KeepAliveConfig{Enable: true, Idle: 5 * time.Second, Interval: 2 * time.Second, Count: 3})
			if raw, err := tcp.SyscallConn(); err == nil {
				unanswered(raw)
			}
		}
		return &awaited{Conn: c}, nil
	}
}

// add has a new connection watched.
func (s *silences) add(pg *pgconn.PgConn, config *pgconn.Config, name string) {
	under := pg.Conn()
	if t, ok := under.(*tls.Conn); ok {
		under = t.NetConn()
	}
	a, ok := under.(*awaited)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	a.of, a.config, a.name = s, config, name
	if s.conns == nil {
		s.conns = map[*awaited]bool{}
	}
	s.conns[a] = true
	if s.timer == nil {
		s.timer = time.AfterFunc(s.look, s.looked)
	}
}

// looked asks for those that wait for long, and comes again as long as there are connections.
func (s *silences) looked() {
	var long []*awaited
	s.mu.Lock()
	for a := range s.conns {
		if since := a.since.Load(); since != 0 && time.Since(awaitedFrom)-time.Duration(since) >= s.long {
			long = append(long, a)
		}
	}
	s.mu.Unlock()
	if len(long) > 0 {
		s.ask(long)
	} else {
		s.mute = time.Time{}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.timer = nil; len(s.conns) > 0 {
		s.timer = time.AfterFunc(s.look, s.looked)
	}
}

// ask ends those connections on whose behalf the server works on nothing, the second time that it is so of one answer: it may have been on its way. While it cannot be asked
// nothing is ended, until that has been so for long.
func (s *silences) ask(long []*awaited) {
	ctx, cancel := context.WithTimeout(context.Background(), silenceAsked)
	defer cancel()
	since := map[*awaited]int64{}
	names := make([]string, len(long))
	for i, a := range long {
		since[a], names[i] = a.since.Load(), a.name
	}
	works, there := map[string]bool{}, map[string]bool{}
	pg, err := pgconn.ConnectConfig(ctx, long[0].config)
	if err == nil {
		defer pg.Close(ctx)
		r := pg.ExecParams(ctx, "select application_name, coalesce(state not like 'idle%', true) from pg_stat_activity where application_name = any(string_to_array($1, ','))", [][]byte{[]byte(strings.Join(names, ","))}, nil, nil, nil).Read()
		err = r.Err
		for _, row := range r.Rows {
			there[string(row[0])], works[string(row[0])] = true, string(row[1]) == "t"
		}
	}
	switch {
	case err == nil:
		s.mute = time.Time{}
	case s.mute.IsZero():
		s.mute = time.Now()
		return
	case time.Since(s.mute) < 3*s.long:
		return
	}
	for _, a := range long {
		switch {
		case works[a.name] || since[a] == 0 || a.since.Load() != since[a]:
			continue
		case err == nil && a.struck != since[a]:
			a.struck = since[a]
			continue
		}
		if there[a.name] { // it holds what the next one needs
			pg.ExecParams(ctx, "select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and state like 'idle%'", [][]byte{[]byte(a.name)}, nil, nil, nil).Close()
		}
		a.Close()
	}
}
