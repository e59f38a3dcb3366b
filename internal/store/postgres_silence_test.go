package store

import (
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// TestServerThatCannotBeAsked: a connection on which an answer is awaited stays while the server cannot be asked for a moment, because nobody gets there or because it takes no
// more connections; after long it is given up.
func TestServerThatCannotBeAsked(t *testing.T) {
	t.Parallel()
	full, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	go func() {
		for {
			c, err := full.Accept()
			if err != nil {
				return
			}
			_, _ = c.Read(make([]byte, 1<<10))
			_, _ = io.WriteString(c, "E\x00\x00\x00\x19SFATAL\x00C53300\x00Mfull\x00\x00")
			c.Close()
		}
	}()
	for name, address := range map[string]string{"nobody gets there": "host=" + t.TempDir(), "too many connections": "sslmode=disable host=127.0.0.1 port=" + portOf(full)} {
		config, err := pgconn.ParseConfig("user=u database=d " + address)
		if err != nil {
			t.Fatal(err)
		}
		_, err = pgconn.ConnectConfig(t.Context(), config)
		var pe *pgconn.PgError
		if err == nil || errors.As(err, &pe) != (name == "too many connections") {
			t.Fatalf("%s: %v", name, err)
		}
		ours, far := net.Pipe()
		defer far.Close()
		s := &silences{long: silenceLong}
		a := &awaited{Conn: ours, of: s, config: config, name: "one"}
		s.conns = map[*awaited]bool{a: true}
		a.since.Store(1)
		for range 3 {
			s.ask([]*awaited{a})
		}
		if !s.conns[a] || s.mute.IsZero() {
			t.Errorf("%s: it was ended at once", name)
		}
		s.mute = time.Now().Add(-3 * silenceLong)
		s.ask([]*awaited{a})
		if s.conns[a] {
			t.Errorf("%s: it is awaited still", name)
		}
	}
}

func portOf(l net.Listener) string {
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}
