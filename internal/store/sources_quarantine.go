package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/source"
	"jarchi.dev/jarchi/internal/wire"
)

// QuarantineRow is a document that could not be read, or not yet.
type QuarantineRow struct {
	ID      string        // the raw bytes' hash
	Member  wire.MemberID // who brought it in; empty: the operator
	Source  source.ID     // the source that brought it; empty: none
	Item    bool          // it is an item of that source, not the source's own list
	Name    string
	Address string // where it stood; empty: not known
	Place   string // where in the document, as far as it is known
	Reason  string
	Context string     // JSON of what was known of it, to read it again
	Held    time.Time  // under embargo until then; zero: it is not
	GUID    source.Key // of what its sender calls it, while it is held; zero: none
	Arrived time.Time
	Tries   int // how often it was read again
}

// Forever is when an embargo without a stated end ends.
var Forever = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

const quarantineColumns = "id, member, source, item, name, address, place, reason, context, held, guid, arrived, tries"

var errNotInQuarantine = fault.E(fault.NotFound, "There is no document with this id in quarantine.")

func scanQuarantine(scan func(...any) error) (q QuarantineRow, err error) {
	var member, src string
	var item, held, arrived int64
	var guid []byte
	if err := scan(&q.ID, &member, &src, &item, &q.Name, &q.Address, &q.Place, &q.Reason, &q.Context, &held, &guid, &arrived, &q.Tries); err != nil {
		return q, err
	}
	q.Member, q.Source, q.Item, q.Held, q.Arrived = wire.MemberID(member), source.ID(src), item != 0, fromMicros(held), fromMicros(arrived)
	copy(q.GUID[:], guid)
	return q, nil
}

// PutQuarantine notes what could not be read, and why; the bytes are kept like every raw document.
func (t *Tx) PutQuarantine(q QuarantineRow) error {
	item := 0
	if q.Item {
		item = 1
	}
	_, err := t.exec(`insert into quarantine (`+quarantineColumns+`, raw) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $1)
		on conflict (id, member) do update set source = excluded.source, item = excluded.item, name = excluded.name, address = excluded.address, place = excluded.place, reason = excluded.reason,
		context = excluded.context, held = excluded.held, guid = excluded.guid`,
		q.ID, string(q.Member), string(q.Source), item, q.Name, q.Address, q.Place, q.Reason, q.Context, micros(q.Held), keyBytes(q.GUID), micros(q.Arrived), q.Tries)
	return err
}

func keyBytes(k source.Key) []byte {
	if k == (source.Key{}) {
		return []byte{}
	}
	return k[:]
}

// Quarantine lists what could not be read on the whole node, newest first.
func (s *Store) Quarantine(ctx context.Context, limit int) ([]QuarantineRow, error) {
	return s.quarantined(ctx, "1 = 1 order by arrived desc, id, member limit +$1", limit)
}

// QuarantineOf lists what could not be read of what a member or the operator brought in, newest first.
func (s *Store) QuarantineOf(ctx context.Context, m wire.MemberID, limit int) ([]QuarantineRow, error) {
	return s.quarantined(ctx, "(member = $1 or member = '') order by arrived desc, id, member limit +$2", string(m), limit)
}

// Quarantined finds one document of those that QuarantineOf lists.
func (s *Store) Quarantined(ctx context.Context, m wire.MemberID, id string) (QuarantineRow, error) {
	rows, err := s.quarantined(ctx, "id = $1 and (member = $2 or member = '') order by member desc limit 1", id, string(m))
	if err == nil && len(rows) == 0 {
		err = errNotInQuarantine
	}
	if err != nil {
		return QuarantineRow{}, err
	}
	return rows[0], nil
}

// HeldUntil lists documents whose embargo has ended at now, those that ended first first.
func (s *Store) HeldUntil(ctx context.Context, now time.Time, limit int) ([]QuarantineRow, error) {
	return s.quarantined(ctx, "held > 0 and held <= $1 order by held, id, member limit +$2", micros(now), limit)
}

// Held reports whether somebody holds a document under an embargo that lasts at now.
func (s *Store) Held(ctx context.Context, id string, now time.Time) (bool, error) {
	var n int
	err := s.r.QueryRowContext(ctx, "select count(*) from quarantine where id = $1 and held > $2", id, micros(now)).Scan(&n)
	return n > 0, err
}

func (s *Store) quarantined(ctx context.Context, where string, args ...any) ([]QuarantineRow, error) {
	rows, err := s.r.QueryContext(ctx, "select "+quarantineColumns+" from quarantine where "+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []QuarantineRow
	for rows.Next() {
		q, err := scanQuarantine(rows.Scan)
		if err != nil {
			return nil, err
		}
		out = append(out, q)
	}
	return out, rows.Err()
}

// LeaveQuarantine takes a document out of quarantine: it was read, mended or dropped. NotFound if it has left meanwhile.
func (t *Tx) LeaveQuarantine(q QuarantineRow) error {
	res, err := t.exec("delete from quarantine where id = $1 and member = $2", q.ID, string(q.Member))
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, errNotInQuarantine)
	}
	return nil
}

// ReadAgain notes that a document was read again and what came of it: it stays in quarantine.
func (t *Tx) ReadAgain(q QuarantineRow) error {
	res, err := t.exec("update quarantine set place = $1, reason = $2, held = $3, guid = $4, tries = tries + 1 where id = $5 and member = $6", q.Place, q.Reason, micros(q.Held), keyBytes(q.GUID), q.ID, string(q.Member))
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, errNotInQuarantine)
	}
	return nil
}

// ForgetRaw forgets a document of which nothing was made and which nobody has in quarantine; its file goes when the folder is next looked through.
func (t *Tx) ForgetRaw(hash string) error {
	_, err := t.exec("delete from raw where hash = $1 and not exists (select 1 from capture c where c.raw = $1) and not exists (select 1 from quarantine q where q.id = $1)", hash)
	return err
}

// KnownDocument is a version of a document that a member took in.
type KnownDocument struct {
	Version int64
	Words   source.Key
	Capture wire.CaptureID
	Gone    time.Time // when its sender withdrew it; zero: it did not
}

// KnownDocuments lists the versions of a document that a member took in, newest first.
func (t *Tx) KnownDocuments(m wire.MemberID, guid source.Key) (out []KnownDocument, err error) {
	rows, err := t.query("select version, words, capture, gone from document where member = $1 and guid = $2 order by version desc", string(m), guid[:])
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var k KnownDocument
		var words []byte
		var capture string
		var gone int64
		if err := rows.Scan(&k.Version, &words, &capture, &gone); err != nil {
			rows.Close()
			return nil, err
		}
		copy(k.Words[:], words)
		k.Capture, k.Gone = wire.CaptureID(capture), fromMicros(gone)
		out = append(out, k)
	}
	return out, closeRows(rows)
}

// PutDocument notes a version of a document that a member took in.
func (t *Tx) PutDocument(m wire.MemberID, guid source.Key, k KnownDocument) error {
	_, err := t.exec(`insert into document (member, guid, version, words, capture, gone) values ($1, $2, $3, $4, $5, $6)
		on conflict (member, guid, version) do update set words = excluded.words, capture = excluded.capture, gone = excluded.gone`,
		string(m), guid[:], k.Version, k.Words[:], string(k.Capture), micros(k.Gone))
	return err
}

// DropHeld forgets what a member holds under embargo of a document that its sender has withdrawn, and reports how much it was.
func (t *Tx) DropHeld(m wire.MemberID, guid source.Key) (int64, error) {
	res, err := t.exec("delete from quarantine where member = $1 and guid = $2 and held > 0", string(m), guid[:])
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// EmptyCapture takes the words out of a capture that its sender has withdrawn, and gives it as it is then; nil if there is none.
func (t *Tx) EmptyCapture(id wire.CaptureID, at time.Time) (*wire.Capture, error) {
	var data []byte
	c := &wire.Capture{}
	err := t.row("select data, position from capture where id = $1", []any{string(id)}, &data, &c.Position)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	position := c.Position
	if err := json.Unmarshal(data, c); err != nil {
		return nil, fault.E(fault.Corrupt, "The capture %s is damaged.", id).Because(err)
	}
	c.Position = position
	c.Headline, c.Body, c.Removed, c.Dateline, c.Credits, c.Bylines, c.Attribution, c.Gone = "", nil, nil, "", nil, nil, nil, at
	if c.Fed != nil {
		c.Fed.Title = ""
	}
	if data, err = json.Marshal(c); err != nil {
		return nil, err
	}
	t.erased = true // what is kept of its words is forgotten, and the write-ahead log emptied
	if _, err = t.exec("update capture set data = $1 where id = $2", string(data), string(id)); err != nil {
		return c, err
	}
	return c, t.tellCaptureGone(id, position)
}

// SourceEntry is what is known of one entry of a source.
type SourceEntry struct {
	Digest, Words source.Key
	Capture       wire.CaptureID
}

// Entry finds one entry of a source; ok is false for one that was never seen.
func (s *Store) Entry(ctx context.Context, id source.ID, key source.Key) (e SourceEntry, ok bool, err error) {
	var digest, words []byte
	var capture string
	err = s.r.QueryRowContext(ctx, "select digest, words, capture from source_entry where source = $1 and key = $2", string(id), key[:]).Scan(&digest, &words, &capture)
	if errors.Is(err, sql.ErrNoRows) {
		return e, false, nil
	}
	copy(e.Digest[:], digest)
	copy(e.Words[:], words)
	e.Capture = wire.CaptureID(capture)
	return e, err == nil, err
}
