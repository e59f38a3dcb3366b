package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/search"
)

// Renewal. The lexemes of a text are those of the tables and the program of the day on which it came in. Where these are others now (search.Form), the texts are
// indexed anew from their words, the newest first, by a job in small steps with rests. How far it has come is kept as the setting 'index', written in the same
// transaction as the step: a node that is killed goes on there. Nothing else follows from it: no prints, no stories, no alerts. What differs between the engines is
// how a text of other keys takes the place of its former ones: on PostgreSQL by itself; for SQLite see sqlite_renew.go.

// JobIndex indexes anew what an earlier form of the index holds.
const JobIndex jobs.Kind = "search.renew"

const renewalSetting = "index"

// renewal is what the setting says: documents below Below are of a former form.
type renewal struct {
	Form  string
	Below int64

	Leaving string `json:",omitempty"` // the table of the partition that is made anew
	Into    string `json:",omitempty"` // and the one that takes its place; not made yet where it is empty
	Again   bool   `json:",omitempty"` // there is another form since that began: when it is done, all are of a former one
}

// end is below all documents.
const end = math.MaxInt64

// left is the renewal when no partition is left for another any more, as it comes to be when that is done, and where the data was moved.
func (r renewal) left() renewal {
	if r.Again {
		return renewal{Form: r.Form, Below: end}
	}
	return renewal{Form: r.Form, Below: r.Below}
}

// readRenewal reads it by what reads one value; where there is none, or it cannot be read, no form is known.
func readRenewal(read func(query string, value *[]byte) error) (r renewal, err error) {
	var value []byte
	switch err := read("select value from setting where name = '"+renewalSetting+"'", &value); {
	case errors.Is(err, sql.ErrNoRows):
		return renewal{}, nil
	case err != nil:
		return renewal{}, err
	case json.Unmarshal(value, &r) != nil:
		return renewal{}, nil
	}
	return r, nil
}

func renewalOf(ctx context.Context, q asking) (renewal, error) {
	return readRenewal(func(query string, value *[]byte) error { return q.QueryRowContext(ctx, query).Scan(value) })
}

func (t *Tx) renewal() (renewal, error) {
	return readRenewal(func(query string, value *[]byte) error { return t.row(query, nil, value) })
}

func (t *Tx) setRenewal(r renewal) error {
	value, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return t.SetSetting(renewalSetting, value)
}

// PlanRenewal has the texts indexed anew that are of another form than this program's, if there are any; to be called at every start.
func (s *Store) PlanRenewal(ctx context.Context) error {
	form := search.Form()
	r, err := renewalOf(ctx, s.r)
	if err != nil || r.Form == form && r.done() {
		return err
	}
	return s.Write(ctx, func(t *Tx) error {
		r, err := t.renewal()
		if err != nil {
			return err
		}
		if r.Leaving != "" {
			here, err := t.leaves(r)
			if err != nil {
				return err
			}
			if !here { // the data was moved meanwhile, which makes the index anew as a whole
				r = r.left()
				t.known = append(t.known, func() { t.s.setLeaving("") })
				if err := t.setRenewal(r); err != nil {
					return err
				}
			}
		}
		if r.Form != form { // a renewal to a former form that had not come to its end is overtaken
			if r.Form, r.Again = form, r.Leaving != ""; !r.Again {
				var newest sql.NullInt64
				if err := t.row("select max(id) from lexeme", nil, &newest); err != nil {
					return err
				}
				r.Below = 0
				if newest.Valid {
					r.Below = newest.Int64 + 1
				}
			}
			if err := t.setRenewal(r); err != nil {
				return err
			}
		}
		if r.done() {
			return nil
		}
		return t.Enqueue(jobs.Job{Kind: JobIndex, Dedup: string(JobIndex)})
	})
}

// Renewing reports how many positions are still to be gone through by the renewal of the index, and how many there are; 0 left when it is done.
func (s *Store) Renewing(ctx context.Context) (left, all int64, err error) {
	return renewing(ctx, s.r)
}

func renewing(ctx context.Context, q asking) (left, all int64, err error) {
	r, err := renewalOf(ctx, q)
	if err != nil {
		return 0, 0, err
	}
	if err := q.QueryRowContext(ctx, "select value from counter where name = 'position'").Scan(&all); err != nil {
		return 0, 0, err
	}
	if r.Form != search.Form() || r.Again {
		return all, all, nil
	}
	left, _ = SplitDocID(r.Below)
	return min(left, all), all, nil
}

// OldDoc is a document of a former form of the index.
type OldDoc struct {
	ID      int64
	Doc     IndexDoc
	Damaged bool // what the index has of it cannot be read
	packed  []byte
}

// OldDocs is a step of the renewal: the documents of some positions, the newest first.
type OldDocs struct {
	Docs []OldDoc
	from int64 // to be gone through down to here
	r    renewal
}

// done reports whether nothing is left to do.
func (r renewal) done() bool { return r.Below == 0 && r.Leaving == "" }

// OldDocs reads documents of a former form, the newest first, about so many: all those of a position come together. There may be none, and yet something to do for Renew; nil when the
// renewal is at its end.
func (s *Store) OldDocs(ctx context.Context, most int) (_ *OldDocs, err error) {
	o := &OldDocs{}
	if o.r, err = renewalOf(ctx, s.r); err == nil && o.r.Form != search.Form() { // the job stays for a node that can do it
		err = fault.E(fault.Unavailable, "Texts are being indexed anew by the tables of another version of the program. Start all nodes with the newest.")
	}
	if err != nil || o.r.done() {
		return nil, err
	}
	if o.r.Below == 0 {
		return o, nil
	}
	lowest, _ := SplitDocID(o.r.Below - 1)
	o.from = DocID(s.partitionOf(lowest).first, 0)
	var last int64
	switch err := s.r.QueryRowContext(ctx, "select id from lexeme where id < $1 and id >= $2 order by id desc limit 1 offset +$3", o.r.Below, o.from, most-1).Scan(&last); {
	case err == nil:
		position, _ := SplitDocID(last)
		o.from = DocID(position, 0)
	case !errors.Is(err, sql.ErrNoRows):
		return nil, err
	}
	o.Docs, err = list(ctx, s, func(scan func(...any) error) (d OldDoc, err error) { err = scan(&d.ID, &d.packed); return d, err },
		"select id, doc from lexeme where id >= $1 and id < $2 order by id desc", o.from, o.r.Below)
	for i := range o.Docs {
		d := &o.Docs[i]
		var bad error
		d.Doc, bad = unpackDoc(d.packed)
		position, ordinal := SplitDocID(d.ID)
		if d.Doc.Ordinal, d.Damaged = ordinal, bad != nil; d.Damaged {
			s.log.Warn("a document of the search index is damaged", "position", position, "error", bad)
		}
	}
	return o, err
}

// Renew takes the step that OldDocs read, and notes in the same transaction that the renewal has come so far. anew says what a document is now; nil: as it is. What was changed
// meanwhile is of the present form and stays. Where somebody else has come further, it does nothing.
func (s *Store) Renew(ctx context.Context, old *OldDocs, anew func(OldDoc) *IndexDoc) error {
	return s.Write(ctx, func(t *Tx) error {
		r, err := t.renewal()
		if err != nil || r != old.r || t.step != nil {
			return err
		}
		if r.Leaving != "" {
			t.step = &indexStep{old: old, anew: anew}
			return nil
		}
		for _, d := range old.Docs {
			n := anew(d)
			if n == nil || t.changes(d.ID) {
				continue
			}
			var packed []byte
			if err := t.row("select doc from lexeme where id = $1", []any{d.ID}, &packed); errors.Is(err, sql.ErrNoRows) {
				continue
			} else if err != nil {
				return err
			}
			if !bytes.Equal(packed, d.packed) {
				continue
			}
			switch {
			case d.sameKeys(n): // how the words are written lies beside the index
				if n.Endings == d.Doc.Endings {
					continue
				}
				packed, err := packDoc(*n)
				if err != nil {
					return err
				}
				if _, err := t.exec("update lexeme set doc = $1 where id = $2", packed, d.ID); err != nil {
					return err
				}
			case t.s.e.rebuilds():
				return t.beginLeaving(r)
			default:
				t.index = append(t.index, indexOp{id: d.ID, doc: n, anew: true})
			}
		}
		r.Below = old.from
		return t.setRenewal(r)
	})
}

// sameKeys reports whether a document is found by the same words as before.
func (d *OldDoc) sameKeys(n *IndexDoc) bool {
	return !d.Damaged && n.Headline == d.Doc.Headline && n.Body == d.Doc.Body && n.Marks == d.Doc.Marks
}

// changes reports whether the transaction changes a document of the index.
func (t *Tx) changes(id int64) bool {
	return slices.ContainsFunc(t.index, func(op indexOp) bool { return op.id == id })
}

// What it takes, roughly, to key a text anew and to rest as long.
const (
	sqliteRenewal   = 10 * time.Millisecond
	postgresRenewal = 5 * time.Millisecond
)
