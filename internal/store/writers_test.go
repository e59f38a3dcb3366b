package store_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/tlog"
	"jarchi.dev/jarchi/internal/wire"
)

// writers write without a rest while the database is treated badly: each change is a row of a raw document and a leaf in alfa's public log.
type writers struct {
	ended atomic.Bool
	all   sync.WaitGroup
	mu    sync.Mutex
	said  map[string]error
}

// writing begins n writers, on the stores by turns. Each rests a pause after an error.
func writing(n int, pause time.Duration, stores ...*store.Store) *writers {
	w := &writers{said: map[string]error{}}
	for k := range n {
		s := stores[k%len(stores)]
		w.all.Go(func() {
			for i := 0; !w.ended.Load(); i++ {
				name := fmt.Sprintf("%064d", k*1_000_000+i)
				err := s.Write(ctx, func(tx *store.Tx) error {
					if err := tx.PutRaw(store.RawRow{Hash: name, Arrived: time.Now()}); err != nil {
						return err
					}
					_, err := tx.Append("alfa", tlog.Public, tlog.Leaf{Kind: tlog.KindWithdraw, ID: string(wire.NewReleaseID()), Time: 1})
					return err
				})
				w.note(name, err)
				if err != nil {
					time.Sleep(pause)
				}
			}
		})
	}
	return w
}

func (w *writers) note(name string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.said[name] = err
}

// end ends them and returns what was said to each change.
func (w *writers) end() map[string]error {
	w.ended.Store(true)
	w.all.Wait()
	return w.said
}
