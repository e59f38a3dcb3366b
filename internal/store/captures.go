package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/wire"
)

// SmallRaw is the most bytes of a document that are kept in the database.
const SmallRaw = 64 << 10

// RawRow is a document as it came.
type RawRow struct {
	Hash        string // sha-256, lower-case hex
	Name        string
	ContentType string
	Length      int64
	Arrived     time.Time
	Bytes       []byte // nil: a blob under the hash
}

// PutRaw notes a document; one that is known stays as it was first noted.
func (t *Tx) PutRaw(r RawRow) error {
	_, err := t.exec("insert into raw (hash, name, content_type, length, arrived, bytes) values ($1, $2, $3, $4, $5, $6) on conflict (hash) do nothing",
		r.Hash, r.Name, r.ContentType, r.Length, micros(r.Arrived), r.Bytes)
	return err
}

// Raw finds a document by its hash.
func (s *Store) Raw(ctx context.Context, hash string) (RawRow, error) {
	r := RawRow{Hash: hash}
	var arrived int64
	err := s.r.QueryRowContext(ctx, "select name, content_type, length, arrived, bytes from raw where hash = $1", hash).
		Scan(&r.Name, &r.ContentType, &r.Length, &arrived, &r.Bytes)
	if errors.Is(err, sql.ErrNoRows) {
		return r, fault.E(fault.NotFound, "There is no document with this hash.")
	}
	r.Arrived = fromMicros(arrived)
	if r.Length == 0 {
		r.Bytes = []byte{} // the driver reads an empty blob as none
	}
	return r, err
}

// PutCapture writes a capture at a position. It reports false, writing nothing, if the same article
// of the same bytes is there already.
func (t *Tx) PutCapture(c *wire.Capture) (bool, error) {
	data, err := json.Marshal(c)
	if err != nil {
		return false, err
	}
	var known int
	if err := t.row("select count(*) from capture where id = $1", []any{string(c.ID)}, &known); err != nil || known > 0 {
		return false, err
	}
	c.Position, err = t.NextPosition()
	if err != nil {
		return false, err
	}
	_, err = t.exec("insert into capture (id, position, raw, n, language, arrived, data) values ($1, $2, $3, $4, $5, $6, $7)",
		string(c.ID), c.Position, c.RawHash, c.N, string(c.Language), micros(c.ArrivedAt), string(data))
	if err != nil {
		return false, err
	}
	return true, t.Event(c.Position, wire.EventCaptured, string(c.ID), c.ArrivedAt, nil)
}

// SetCaptureLanguage writes the language of a capture and who corrected it; nothing else of it changes.
func (t *Tx) SetCaptureLanguage(id wire.CaptureID, tag lang.Tag, by wire.MemberID) error {
	var data []byte
	err := t.row("select data from capture where id = $1", []any{string(id)}, &data)
	if errors.Is(err, sql.ErrNoRows) {
		return fault.E(fault.NotFound, "There is no capture with this id.")
	}
	if err != nil {
		return err
	}
	var c wire.Capture
	if err := json.Unmarshal(data, &c); err != nil {
		return fault.E(fault.Corrupt, "The capture %s is damaged.", id).Because(err)
	}
	if c.LanguageBy == "" {
		c.Detected = c.Language
	}
	c.Language, c.LanguageBy, c.Confidence = tag, by, 0
	if data, err = json.Marshal(c); err != nil {
		return err
	}
	_, err = t.exec("update capture set language = $1, data = $2 where id = $3", string(tag), string(data), string(id))
	return err
}

// Capture reads one capture.
func (s *Store) Capture(ctx context.Context, id wire.CaptureID) (*wire.Capture, error) {
	cs, err := s.Captures(ctx, []wire.CaptureID{id})
	if err != nil {
		return nil, err
	}
	if c := cs[id]; c != nil {
		return c, nil
	}
	return nil, fault.E(fault.NotFound, "There is no capture with this id.")
}

// Captures reads many; what does not exist is left out.
func (s *Store) Captures(ctx context.Context, ids []wire.CaptureID) (map[wire.CaptureID]*wire.Capture, error) {
	out := make(map[wire.CaptureID]*wire.Capture, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = string(id)
	}
	in, args := among(args)
	return out, s.captures(ctx, func(c *wire.Capture) { out[c.ID] = c }, "id in ("+in+")", args...)
}

// CapturesOf reads the captures that came from one document, in the page's order.
func (s *Store) CapturesOf(ctx context.Context, rawHash string) ([]*wire.Capture, error) {
	var out []*wire.Capture
	err := s.captures(ctx, func(c *wire.Capture) { out = append(out, c) }, "raw = $1 order by n", rawHash)
	return out, err
}

func (s *Store) captures(ctx context.Context, each func(*wire.Capture), where string, args ...any) error {
	rows, err := s.r.QueryContext(ctx, "select position, data from capture where "+where, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var c wire.Capture
		var position int64
		var data sql.RawBytes // read where it lies: JSON copies what it takes
		if err := rows.Scan(&position, &data); err != nil {
			return err
		}
		if err := json.Unmarshal(data, &c); err != nil {
			return fault.E(fault.Corrupt, "The capture at position %d is damaged.", position).Because(err)
		}
		c.Position = position
		each(&c)
	}
	return rows.Err()
}
