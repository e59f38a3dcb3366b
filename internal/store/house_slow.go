package store

import (
	"runtime"
	"strings"
	"sync/atomic"
	"time"
)

// SlowStatement is how long a statement takes before it is told to whoever watches: long beside the few milliseconds
// that the house's statements are meant to take.
const SlowStatement = 100 * time.Millisecond

// statementWatch tells of statements that took long. It knows a statement by the function that asked, so that no word of
// a search, no name and no id can ever be part of what is told.
type statementWatch struct {
	tell atomic.Pointer[func(name string, took time.Duration)]
}

// WatchStatements has f told of each statement that reads and whose first row took SlowStatement or longer; name is the function of this
// package that asked. f must not block. Nil ends it.
func (s *Store) WatchStatements(f func(name string, took time.Duration)) {
	if f == nil {
		s.r.watch.tell.Store(nil)
		return
	}
	s.r.watch.tell.Store(&f)
}

// since is deferred by what asks the database.
func (w *statementWatch) since(began time.Time) {
	took := time.Since(began)
	if took < SlowStatement {
		return
	}
	if tell := w.tell.Load(); tell != nil {
		(*tell)(asker(), took)
	}
}

// asker is the first exported function or method of this package that is on its way to the database, as 'Store.Release'; the outermost
// known one if none is exported.
func asker() string {
	var pcs [24]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(4, pcs[:])])
	name := "statement"
	for {
		f, more := frames.Next()
		_, local, ours := strings.Cut(f.Function, "/internal/store.")
		if !ours {
			if f.Function != "" && !strings.HasPrefix(f.Function, "database/sql") && name != "statement" {
				return name
			}
		} else if n := plain(local); n != "" {
			name = n
			if last := n[strings.LastIndexByte(n, '.')+1:]; last[0] >= 'A' && last[0] <= 'Z' && last != "QueryContext" && last != "QueryRowContext" {
				return name
			}
		}
		if !more {
			return name
		}
	}
}

// plain takes from a function's full name what the compiler adds: '(*Store).Release.func1' and 'list[...]' are 'Store.Release' and 'list'.
func plain(local string) string {
	local, _, _ = strings.Cut(local, "[")
	local = strings.NewReplacer("(*", "", ")", "").Replace(local)
	for {
		i := strings.LastIndexByte(local, '.')
		if i < 0 || !strings.HasPrefix(local[i+1:], "func") && strings.Trim(local[i+1:], "0123456789") != "" {
			return strings.TrimSuffix(local, ".")
		}
		local = local[:i]
	}
}
