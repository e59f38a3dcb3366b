package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strconv"

	"golang.org/x/mod/sumdb/note"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/tlog"
	"jarchi.dev/jarchi/internal/wire"
)

// LogHead is a log as strangers may know it: its checkpoint is committed and the guard file knows it.
type LogHead struct {
	id         int64
	Name       string
	Member     wire.MemberID
	Class      tlog.Class
	Origin     string
	VKey       string
	Head       tlog.Head
	Checkpoint []byte // empty until the first leaf
}

// growing is a log within one group: where it stood, and the leaves that wait to be entered.
type growing struct {
	LogHead
	signer note.Signer
	leaves [][]byte
}

const logColumns = "id, name, member, class, origin, vkey, size, root, checkpoint"

func scanLog(row interface{ Scan(...any) error }) (LogHead, error) {
	var h LogHead
	var root []byte
	err := row.Scan(&h.id, &h.Name, &h.Member, &h.Class, &h.Origin, &h.VKey, &h.Head.Size, &root, &h.Checkpoint)
	if err == nil && len(root) != len(h.Head.Root) {
		err = fault.E(fault.Corrupt, "The head of the log %s is damaged.", h.Name)
	}
	copy(h.Head.Root[:], root)
	return h, err
}

// loadHeads holds every log of the database against the guard file before anything is signed.
func (s *Store) loadHeads(ctx context.Context) error {
	heads, err := s.readLogs(ctx)
	if err != nil {
		return err
	}
	if err := s.trust(ctx, heads); err != nil {
		return err
	}
	for _, h := range heads {
		if err := s.guard.Check(h.Name, h.Head, tlog.Reader(ctx, s.Rows(h))); err != nil {
			return err
		}
		s.heads[h.Name] = h
	}
	for name, known := range s.guard.Heads() { // a log that was being made in a crash has no leaves
		if _, ok := s.heads[name]; ok {
			continue
		}
		if known.Size == 0 { // another node may make it
			if err := s.guard.Enter(name); err != nil {
				return err
			}
			continue
		}
		return fault.E(fault.Corrupt, "The log %s had %d leaves when it was last signed, and this database does not have it: it is another one, or was emptied. Bring back the database that belongs to the guard file in %s.", name, known.Size, s.dir)
	}
	return nil
}

func (s *Store) readLogs(ctx context.Context) ([]LogHead, error) {
	rows, err := s.r.QueryContext(ctx, "select "+logColumns+" from log order by id")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var heads []LogHead
	for rows.Next() {
		h, err := scanLog(rows)
		if err != nil {
			return nil, err
		}
		heads = append(heads, h)
	}
	return heads, rows.Err()
}

// makeLog makes a log with a new key. The secret key stays in the database. The guard file knows the log
// before it is committed, so that no crash leaves one with leaves that the file has never heard of; one
// that is known and in the end not committed is made another time.
func (t *Tx) makeLog(member wire.MemberID, class tlog.Class, domain string) error {
	origin := tlog.Origin(domain, class)
	skey, vkey, err := tlog.GenerateKey(origin)
	if err != nil {
		return err
	}
	h := LogHead{Name: tlog.LogName(string(member), class), Member: member, Class: class, Origin: origin, VKey: vkey, Head: tlog.EmptyHead()}
	if err := t.s.guard.Enter(h.Name); err != nil {
		return err
	}
	err = t.row(`insert into log (name, member, class, origin, vkey, skey, size, root, checkpoint) values ($1, $2, $3, $4, $5, $6, 0, $7, $8) returning id`,
		[]any{h.Name, string(member), string(class), origin, vkey, skey, h.Head.Root[:], []byte{}}, &h.id)
	t.made = append(t.made, h)
	return err
}

// Append gives a leaf its place in a log and returns its index; leaves are entered when the group ends.
func (t *Tx) Append(member wire.MemberID, class tlog.Class, leaf tlog.Leaf) (int64, error) {
	data, err := leaf.Marshal()
	if err != nil {
		return 0, err
	}
	name := tlog.LogName(string(member), class)
	g := t.logs[name]
	if g == nil {
		g = &growing{}
		var skey string
		var root []byte
		known, ok := t.s.guard.Head(name) // before the log is read: where the session has ended, others grow it and this node hears of it at any moment
		err := t.row("select "+logColumns+", skey from log where name = $1", []any{name},
			&g.id, &g.Name, &g.Member, &g.Class, &g.Origin, &g.VKey, &g.Head.Size, &root, &g.Checkpoint, &skey)
		if errors.Is(err, sql.ErrNoRows) {
			return 0, fault.E(fault.NotFound, "The member %s has no log on this node.", member)
		}
		if err != nil {
			return 0, err
		}
		copy(g.Head.Root[:], root)
		if err := t.s.continues(g.LogHead, known, ok, txHashes{t, g.id}); err != nil { // another node may have grown it
			return 0, err
		}
		if g.signer, err = tlog.Signer(skey); err != nil {
			return 0, err
		}
		t.logs[name] = g
	}
	g.leaves = append(g.leaves, data)
	return g.Head.Size + int64(len(g.leaves)) - 1, nil
}

// growLogs enters the group's leaves: leaf rows, tree hashes, one signed checkpoint a log.
func (t *Tx) growLogs() (map[string]LogHead, error) {
	heads := map[string]LogHead{}
	for name, g := range t.logs {
		hashes, head, err := tlog.Grow(g.Head, g.leaves, txHashes{t, g.id})
		if err != nil {
			return nil, err
		}
		for i, l := range g.leaves {
			if _, err := t.exec("insert into leaf (log, idx, data) values ($1, $2, $3)", g.id, g.Head.Size+int64(i), l); err != nil {
				return nil, err
			}
		}
		for _, h := range hashes {
			if _, err := t.exec("insert into hash (log, pos, h) values ($1, $2, $3)", g.id, h.Pos, h.Hash[:]); err != nil {
				return nil, err
			}
		}
		g.Checkpoint, err = tlog.SignCheckpoint(g.Origin, head, g.signer)
		if err != nil {
			return nil, err
		}
		if _, err := t.exec("update log set size = $1, root = $2, checkpoint = $3 where id = $4", head.Size, head.Root[:], g.Checkpoint, g.id); err != nil {
			return nil, err
		}
		g.Head = head
		heads[name] = g.LogHead
	}
	return heads, nil
}

type txHashes struct {
	t   *Tx
	log int64
}

func (r txHashes) ReadHashes(pos []int64) ([]tlog.Hash, error) {
	args := make([]any, 0, len(pos)+1)
	for _, p := range pos {
		args = append(args, p)
	}
	if len(args) == 0 {
		return nil, nil
	}
	n := len(args)
	rows, err := r.t.query("select pos, h from hash where pos in ("+placeholders(n)+") and log = $"+strconv.Itoa(n+1), append(args, r.log)...)
	if err != nil {
		return nil, err
	}
	found := make(map[int64]tlog.Hash, n)
	for rows.Next() {
		var p int64
		var b []byte
		if err := rows.Scan(&p, &b); err != nil {
			rows.Close()
			return nil, err
		}
		var h tlog.Hash
		if copy(h[:], b) == len(h) {
			found[p] = h
		}
	}
	if err := closeRows(rows); err != nil {
		return nil, err
	}
	hs := make([]tlog.Hash, n)
	for i, p := range pos {
		h, ok := found[p]
		if !ok {
			return nil, fault.E(fault.Corrupt, "The hash at position %d of a log is missing; run 'jarchi log check'.", p)
		}
		hs[i] = h
	}
	return hs, nil
}

// advanceGuard makes the guard file know the new heads, and only then lets them be served. If the
// file cannot be written nothing more is published: the next start compares and goes on.
//
// The writer and who hears of other nodes both come here; what the file knows further already stays.
func (s *Store) advanceGuard(heads map[string]LogHead) error {
	s.guarding.Lock()
	defer s.guarding.Unlock()
	next := make(map[string]tlog.Head, len(heads))
	for n, h := range heads {
		if known, ok := s.guard.Head(n); !ok || known.Size <= h.Head.Size {
			next[n] = h.Head
		}
	}
	err := s.guard.Advance(next)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.broken = fault.E(fault.Unavailable, "The guard file in %s cannot be written, so nothing more is published. Make room or give the right to write, and start the node again.", s.dir).Because(err)
		return s.broken
	}
	for n, h := range heads {
		if s.heads[n].Head.Size <= h.Head.Size {
			s.heads[n] = h
		}
	}
	return nil
}

// Logs lists the logs of this node, in no particular order.
func (s *Store) Logs() []LogHead {
	s.mu.Lock()
	defer s.mu.Unlock()
	hs := make([]LogHead, 0, len(s.heads))
	for _, h := range s.heads {
		hs = append(hs, h)
	}
	return hs
}

// Log finds a log by name.
func (s *Store) Log(name string) (LogHead, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h, ok := s.heads[name]
	if !ok {
		return LogHead{}, fault.E(fault.NotFound, "There is no log of this name here.")
	}
	return h, nil
}

// Rows reads one log up to the given head; it implements tlog.Rows.
func (s *Store) Rows(h LogHead) tlog.Rows { return logRows{s, h} }

type logRows struct {
	s *Store
	h LogHead
}

func (r logRows) Size(context.Context) (int64, error) { return r.h.Head.Size, nil }

func (r logRows) Hashes(ctx context.Context, pos []int64) ([]tlog.Hash, error) {
	if len(pos) == 0 {
		return nil, nil
	}
	consecutive := true
	for i := 1; i < len(pos); i++ {
		consecutive = consecutive && pos[i] == pos[i-1]+1
	}
	hs := make([]tlog.Hash, len(pos))
	if consecutive {
		rows, err := r.s.r.QueryContext(ctx, "select h from hash where log = $1 and pos >= $2 and pos < $3 order by pos", r.h.id, pos[0], pos[0]+int64(len(pos)))
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		i := 0
		for ; rows.Next(); i++ {
			var b []byte
			if err := rows.Scan(&b); err != nil {
				return nil, err
			}
			copy(hs[i][:], b)
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
		if i != len(pos) {
			return nil, missing(r.h.Name, pos[0]+int64(i))
		}
		return hs, nil
	}
	there := map[int64]tlog.Hash{}
	for part := range slices.Chunk(pos, hashesAtOnce) {
		if err := r.read(ctx, part, there); err != nil {
			return nil, err
		}
	}
	for i, p := range pos {
		h, ok := there[p]
		if !ok {
			return nil, missing(r.h.Name, p)
		}
		hs[i] = h
	}
	return hs, nil
}

// hashesAtOnce is how many hashes that lie apart are asked for by one statement.
const hashesAtOnce = 64

// read reads the hashes at some positions, those that are there.
func (r logRows) read(ctx context.Context, pos []int64, there map[int64]tlog.Hash) error {
	args := make([]any, len(pos))
	for i, p := range pos {
		args[i] = p
	}
	in, args := among(args)
	rows, err := r.s.r.QueryContext(ctx, "select pos, h from hash where pos in ("+in+") and log = $"+strconv.Itoa(len(args)+1), append(args, r.h.id)...)
	if err != nil {
		return err
	}
	for rows.Next() {
		var p int64
		var b []byte
		if err := rows.Scan(&p, &b); err != nil {
			rows.Close()
			return err
		}
		var h tlog.Hash
		copy(h[:], b)
		there[p] = h
	}
	return closeRows(rows)
}

func missing(log string, pos int64) error {
	return fault.E(fault.Corrupt, "The hash at position %d of the log %s is missing; run 'jarchi log check'.", pos, log)
}

func (r logRows) Leaves(ctx context.Context, from, to int64) ([][]byte, error) {
	rows, err := r.s.r.QueryContext(ctx, "select data from leaf where log = $1 and idx >= $2 and idx < $3 order by idx", r.h.id, from, to)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	leaves := make([][]byte, 0, to-from)
	for rows.Next() {
		var b []byte
		if err := rows.Scan(&b); err != nil {
			return nil, err
		}
		leaves = append(leaves, b)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if int64(len(leaves)) != to-from {
		return nil, fault.E(fault.Corrupt, "Leaf %d of the log %s is missing.", from+int64(len(leaves)), r.h.Name)
	}
	return leaves, nil
}
