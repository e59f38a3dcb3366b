package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
)

// How SQLite's index is renewed. To take a text out of FTS5 as if it had never been there costs a search for each of its words, the longer the larger the partition
// is; to put one in costs a twentieth. So as soon as a text of a partition is keyed otherwise than before, the whole partition is left for another one: that
// begins behind it and comes to begin, step by step, at lower positions, while the former one is asked only for what lies below. A query sees each text in one of
// them, by its former words or by its present ones. What stands in the former one beyond that is never found; so that what is erased meanwhile leaves it too, 'lexeme_former' keeps
// the words of each text that went over. When none is below, the former one is emptied in small steps, its pages are zeroed by secure_delete, and it is dropped. Words
// that are erased while it is emptied are gone when it is: until then the scrubbing of what was erased is not at its end (scrub.go).
//
// All of it is in the setting 'index' and the table of partitions, in the transaction of each step. A node that is killed goes on.

// indexStep is a step of a renewal that leaves a partition, to be taken when all else was done to the index in its transaction.
type indexStep struct {
	old  *OldDocs
	anew func(OldDoc) *IndexDoc
}

// loadLeaving finds whether a partition is being left, at the start.
func (s *Store) loadLeaving(ctx context.Context) error {
	if !s.e.rebuilds() {
		return nil
	}
	r, err := renewalOf(ctx, s.r)
	if err == nil {
		s.setLeaving(r.Leaving)
	}
	return err
}

// leaves reports whether the partition that the setting says is being left is one of this database.
func (t *Tx) leaves(r renewal) (bool, error) {
	if !t.s.e.rebuilds() {
		return false, nil
	}
	name := r.Into
	if name == "" {
		name = r.Leaving
	}
	var n int
	err := t.row("select count(*) from search_partition where name = $1", []any{name}, &n)
	return n > 0, err
}

// setLeaving says which table is left for another one; empty: none.
func (s *Store) setLeaving(name string) {
	s.leaving = nil
	if name != "" {
		s.leaving = &partition{name: name, tended: &tended{}}
	}
}

func (s *Store) isLeaving(p *partition) bool { return s.leaving != nil && s.leaving.name == p.name }

// emptying reports whether a partition that was left has nothing any more that is found in it.
func (s *Store) emptying() bool {
	return s.leaving != nil && !slices.ContainsFunc(*s.partitions.Load(), s.isLeaving)
}

// dropFormer takes out of the partition that is being left what it still has of a document that went over.
func (t *Tx) dropFormer(id int64) error {
	if t.s.leaving == nil {
		return nil
	}
	var packed []byte
	if err := t.row("select doc from lexeme_former where id = $1", []any{id}, &packed); errors.Is(err, sql.ErrNoRows) {
		return nil
	} else if err != nil {
		return err
	}
	if !t.s.emptying() {
		d, err := unpackDoc(packed)
		if err != nil {
			return err
		}
		if err := t.s.e.dropWords(t, t.s.leaving, id, d); err != nil {
			return err
		}
	}
	_, err := t.exec("delete from lexeme_former where id = $1", id)
	return err
}

// beginLeaving has the partition that the renewal is in left for another one.
func (t *Tx) beginLeaving(r renewal) error {
	position, _ := SplitDocID(r.Below - 1)
	all := *t.s.partitions.Load()
	i := slices.Index(all, t.s.partitionOf(position))
	r.Leaving, r.Below = all[i].name, end
	if i+1 < len(all) {
		r.Below = DocID(all[i+1].first, 0)
	}
	t.known = append(t.known, func() { t.s.setLeaving(r.Leaving) })
	return t.setRenewal(r)
}

func (t *Tx) stepIndex() error {
	if t.s.emptying() {
		return t.emptyLeft()
	}
	return t.goOver()
}

// goOver has the documents of a step go over from the partition that is left to the one that takes its place.
func (t *Tx) goOver() error {
	old, r := t.step.old, t.step.old.r
	all := slices.Clone(*t.s.partitions.Load())
	at := slices.IndexFunc(all, t.s.isLeaving)
	leaving := all[at]
	first, _ := SplitDocID(old.from)
	into := &partition{first: first, name: r.Into}
	if r.Into == "" {
		var err error
		if into.name, err = t.freeName(leaving.first); err != nil {
			return err
		}
		into.tended = &tended{last: leaving.last}
		if err := t.s.e.makePartition(t.ctx, t.conn, into); err != nil {
			return err
		}
		all = slices.Insert(all, at+1, into)
	} else {
		into.tended = all[at+1].tended
		if _, err := t.exec("delete from search_partition where name = $1", into.name); err != nil {
			return err
		}
		all[at+1] = into
	}
	r.Into, r.Below = into.name, old.from
	if first == leaving.first {
		if _, err := t.exec("delete from search_partition where name = $1", leaving.name); err != nil {
			return err
		}
		all = slices.Delete(all, at, at+1)
	}
	if _, err := t.exec("insert into search_partition (first, name) values ($1, $2)", into.first, into.name); err != nil {
		return err
	}
	if err := t.goOverFrom(old, into); err != nil {
		return err
	}
	t.known = append(t.known, func() { t.s.partitions.Store(&all) })
	return t.setRenewal(r)
}

// freeName is a name for a table that begins at a position.
func (t *Tx) freeName(first int64) (string, error) {
	for i := 1; ; i++ {
		name := fmt.Sprintf("search_%d_%d", first, i)
		var n int
		if err := t.row("select count(*) from sqlite_master where name = $1", []any{name}, &n); err != nil || n == 0 {
			return name, err
		}
	}
}

// goOverFrom puts the documents of a step into a partition, by what they are now.
func (t *Tx) goOverFrom(old *OldDocs, into *partition) error {
	rows, err := t.query("select id, doc from lexeme where id >= $1 and id < $2 order by id", old.from, old.r.Below)
	if err != nil {
		return err
	}
	defer rows.Close()
	var docs []OldDoc
	for rows.Next() {
		var d OldDoc
		if err := rows.Scan(&d.ID, &d.packed); err != nil {
			return err
		}
		docs = append(docs, d)
	}
	if err := closeRows(rows); err != nil {
		return err
	}
	for _, d := range docs {
		if err := t.goesOver(old, into, d); err != nil {
			return err
		}
	}
	return nil
}

func (t *Tx) goesOver(old *OldDocs, into *partition, d OldDoc) error {
	var now *IndexDoc
	i := slices.IndexFunc(old.Docs, func(o OldDoc) bool { return o.ID == d.ID })
	if i >= 0 && bytes.Equal(old.Docs[i].packed, d.packed) {
		d = old.Docs[i]
		now = t.step.anew(d)
	} else { // came or was changed meanwhile
		var err error
		if d.Doc, err = unpackDoc(d.packed); err != nil {
			return err
		}
	}
	switch {
	case now == nil && d.Damaged: // its words are neither here nor in a text; what the former partition has of it goes with that
		_, err := t.exec("delete from lexeme where id = $1", d.ID)
		return err
	case now == nil:
		now = &d.Doc
	case !d.sameKeys(now) || now.Endings != d.Doc.Endings:
		packed, err := packDoc(*now)
		if err != nil {
			return err
		}
		if _, err := t.exec("update lexeme set doc = $1 where id = $2", packed, d.ID); err != nil {
			return err
		}
	}
	if !d.Damaged {
		if _, err := t.exec("insert into lexeme_former (id, doc) values ($1, $2)", d.ID, d.packed); err != nil {
			return err
		}
	}
	position, _ := SplitDocID(d.ID)
	t.indexed.add(into, position, len(now.Headline)+len(now.Body)+len(now.Marks))
	return t.s.e.putWords(t, into, d.ID, *now)
}

// What is taken at once out of the tables behind a partition that is emptied, and out of what was kept for it: about a quarter of a megabyte.
var emptied = []struct{ table, key, most string }{
	{"lexeme_former", "id", "128"},
	{"search_data", "id", "64"},
	{"search_idx", "segid, term", "4096"},
	{"search_docsize", "id", "8192"},
}

// emptyLeft takes a step of emptying the partition that was left, or drops it.
func (t *Tx) emptyLeft() error {
	p := t.s.leaving
	for _, e := range emptied {
		res, err := t.exec(p.sql("delete from " + e.table + " where (" + e.key + ") in (select " + e.key + " from " + e.table + " limit " + e.most + ")"))
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n > 0 {
			return err
		}
	}
	if _, err := t.exec(p.sql("drop table search")); err != nil {
		return err
	}
	t.erased = true // the last traces are to leave the write-ahead log, and what was erased meanwhile the other partitions
	t.known = append(t.known, func() { t.s.setLeaving("") })
	return t.setRenewal(t.step.old.r.left())
}
