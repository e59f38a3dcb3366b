package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/search"
)

// Renewal. The lexemes of a text are those of the tables and the program of the day on which it came in. Where these are others now (search.Form), the texts are
// indexed anew from their words, the newest first, by a job in small steps with rests. How far it has come is kept as the setting 'index', written in the same
// transaction as the step: a node that is killed goes on there. Nothing else follows from it: no prints, no stories, no alerts.

// JobIndex indexes anew what an earlier form of the index holds.
const JobIndex jobs.Kind = "search.renew"

const renewalSetting = "index"

// renewal is what the setting says: documents below Below are of a former form.
type renewal struct {
	Form  string
	Below int64
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
	if err != nil || r.Form == form && r.Below == 0 {
		return err
	}
	return s.Write(ctx, func(t *Tx) error {
		r, err := t.renewal()
		if err != nil {
			return err
		}
		if r.Form != form { // a renewal to a former form that had not come to its end is overtaken
			var newest sql.NullInt64
			if err := t.row("select max(id) from lexeme", nil, &newest); err != nil {
				return err
			}
			r = renewal{Form: form}
			if newest.Valid {
				r.Below = newest.Int64 + 1
			}
			if err := t.setRenewal(r); err != nil {
				return err
			}
		}
		if r.Below == 0 {
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
	if r.Form != search.Form() {
		return all, all, nil
	}
	left, _ = SplitDocID(r.Below)
	return min(left, all), all, nil
}

// OldDoc is a document of a former form of the index.
type OldDoc struct {
	ID     int64
	Doc    IndexDoc
	packed []byte
}

// OldDocs reads at most so many documents of a former form, the newest first; below is to be handed to Renew with them.
func (s *Store) OldDocs(ctx context.Context, most int) (docs []OldDoc, below int64, err error) {
	r, err := renewalOf(ctx, s.r)
	if err == nil && r.Form != search.Form() { // the job stays for a node that can do it
		err = fault.E(fault.Unavailable, "Texts are being indexed anew by the tables of another version of the program. Start all nodes with the newest.")
	}
	if err != nil || r.Below == 0 {
		return nil, 0, err
	}
	docs, err = list(ctx, s, func(scan func(...any) error) (d OldDoc, err error) { err = scan(&d.ID, &d.packed); return d, err },
		"select id, doc from lexeme where id < $1 order by id desc limit +$2", r.Below, most)
	for i := range docs {
		if err == nil {
			docs[i].Doc, err = unpackDoc(docs[i].packed)
			position, ordinal := SplitDocID(docs[i].ID)
			if docs[i].Doc.Ordinal = ordinal; err != nil {
				s.log.Warn("a document of the search index is damaged; it is not indexed anew", "position", position, "error", err)
				err = nil
			}
		}
	}
	return docs, r.Below, err
}

// Renew puts documents in the place of what OldDocs read, of which anew says what they are now (nil: as it is), and notes that the renewal has come so far. What was
// changed meanwhile is of the present form and stays. It ends with the document that is the last of so many whose words are keyed otherwise, which are what takes its time on SQLite,
// and tells how many it has gone through, and how many of these were keyed otherwise. With no documents the renewal is at its end.
func (s *Store) Renew(ctx context.Context, below int64, old []OldDoc, most int, anew func(OldDoc) *IndexDoc) (through, keyed int, err error) {
	err = s.Write(ctx, func(t *Tx) error {
		through, keyed = len(old), 0
		r, err := t.renewal()
		if err != nil || r.Form != search.Form() || r.Below != below { // somebody else has come further
			return err
		}
		for i, d := range old {
			if keyed == most {
				through = i
				break
			}
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
			if n.Headline == d.Doc.Headline && n.Body == d.Doc.Body && n.Marks == d.Doc.Marks { // the words are the same, and how they are written lies beside the index
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
				continue
			}
			t.index = append(t.index, indexOp{id: d.ID, doc: n, anew: true})
			keyed++
		}
		r.Below = 0
		if through > 0 {
			r.Below = old[through-1].ID
		}
		return t.setRenewal(r)
	})
	return through, keyed, err
}

// changes reports whether the transaction changes a document of the index.
func (t *Tx) changes(id int64) bool {
	return slices.ContainsFunc(t.index, func(op indexOp) bool { return op.id == id })
}

// What it takes, at most and roughly, to key a text anew and to rest as long: FTS5's secure-delete looks up every word of the former keys by itself, the longer the
// larger the partition is. A text whose words are keyed as before takes a twentieth of it.
const (
	sqliteRenewal   = 100 * time.Millisecond
	postgresRenewal = 5 * time.Millisecond
)
