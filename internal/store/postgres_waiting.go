package store

import (
	"context"
	"database/sql"
	"slices"
	"sync"
	"time"
)

// A new document's words wait in a list before the index (GIN's pending list, postgresql.org/docs/15/gin-implementation.html), which
// costs its publication a sixth of what the index would: four hundred words, four hundred places. Every search reads the list as well,
// about 3 µs a document. One connection beside the writer enters what waits into the index, many documents at once, as words that
// several of them have are looked up once. The list is part of the table's state: a crash loses nothing of it, and what it holds is found.

// wordsWith are the settings of an index of words. Where the list grows to 32 MB all the same, some 2,500 documents, the writer has
// to enter it by itself: the node's own connection for that cannot have been there for long.
const wordsWith = "fastupdate = on, gin_pending_list_limit = 32768"

const wordsIndex = "create index search_words on search using gin (words) with (" + wordsWith + ")"

// What waits is entered when it is so much, or has waited for so long: at 200 documents of 4 KB a second 250 at once, at 20 a hundred.
const (
	waitingMost = 1 << 20 // bytes of text
	waitingLong = 5 * time.Second
	waitingLook = 250 * time.Millisecond
)

// waitingWords is what is known to wait, by partition.
type waitingWords struct {
	mu    sync.Mutex
	bytes map[string]int
	since map[string]time.Time
}

// add notes what a commit put in.
func (w *waitingWords) add(indexed indexed) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for p, sum := range indexed {
		w.note(p.name, sum.bytes, time.Now())
	}
}

func (w *waitingWords) note(name string, bytes int, since time.Time) {
	if w.bytes == nil {
		w.bytes, w.since = map[string]int{}, map[string]time.Time{}
	}
	if _, ok := w.since[name]; !ok {
		w.since[name] = since
	}
	w.bytes[name] += bytes
}

// due takes out the partitions whose list is to be emptied now.
func (w *waitingWords) due(now time.Time) (names []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for name, since := range w.since {
		if w.bytes[name] >= waitingMost || now.Sub(since) >= waitingLong {
			names = append(names, name)
		}
	}
	for _, name := range names {
		delete(w.since, name)
		delete(w.bytes, name)
	}
	slices.Sort(names)
	return names
}

// enterWords enters what waits until the context ends. An error leaves searches right, and slower.
func (e *postgresEngine) enterWords(ctx context.Context, s *Store) {
	db := e.pool(1, nil)
	defer db.Close()
	known := false // what an earlier process left, and whether its indexes have their settings
	t := time.NewTicker(waitingLook)
	defer t.Stop()
	for retry := (time.Time{}); ; {
		select {
		case <-ctx.Done():
			return
		case now := <-t.C:
			if now.Before(retry) {
				continue
			}
		}
		if !known {
			err := e.adoptWords(ctx, db, s)
			known = err == nil
			if err != nil && ctx.Err() == nil {
				s.log.Warn("the settings of the search index could not be looked at; it is tried again in a minute", "error", e.fault(err))
				retry = time.Now().Add(time.Minute)
			}
			continue
		}
		for _, name := range e.waiting.due(time.Now()) {
			p := &partition{name: name, tended: &tended{}}
			if _, err := db.ExecContext(ctx, p.sql("select gin_clean_pending_list('search_words'::regclass)")); err != nil && ctx.Err() == nil {
				e.waiting.mu.Lock()
				e.waiting.note(name, 0, time.Now())
				e.waiting.mu.Unlock()
				s.log.Warn("new words could not be entered into the search index; until they are, searching is slower", "error", e.fault(err))
				retry = time.Now().Add(time.Minute)
			}
		}
	}
}

// adoptWords gives the indexes of an earlier Jarchi, which entered every word at once, their settings, and has all lists emptied.
func (e *postgresEngine) adoptWords(ctx context.Context, db *sql.DB, s *Store) error {
	var old []string
	rows, err := db.QueryContext(ctx, `select p.name from search_partition p join pg_class c on c.relname = p.name || '_words'
		where c.relnamespace = current_schema()::regnamespace and not coalesce(c.reloptions, '{}') @> array['fastupdate=on'] order by p.first`)
	if err != nil {
		return err
	}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			rows.Close()
			return err
		}
		old = append(old, name)
	}
	if err := closeRows(rows); err != nil {
		return err
	}
	for _, name := range old {
		p := &partition{name: name, tended: &tended{}}
		if _, err := db.ExecContext(ctx, p.sql("alter index search_words set ("+wordsWith+")")); err != nil {
			return err
		}
	}
	e.waiting.mu.Lock()
	defer e.waiting.mu.Unlock()
	for _, p := range *s.partitions.Load() {
		e.waiting.note(p.name, 0, time.Now())
	}
	return nil
}
