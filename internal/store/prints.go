package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/story"
	"jarchi.dev/jarchi/internal/wire"
)

// Prints. A document that comes into the index of words is noted as due in the same transaction, and a job draws its
// sketch, looks up who has the same prints and notes what it uses of whom. A document that leaves the index, or whose
// words do, loses sketch, postings and what was noted in the transaction that takes it out.
//
// The index of prints is in buckets, a row each. Every print of a text lies in another bucket, so a text that entered
// its rows at once would write half a megabyte; instead postings wait in memory and the buckets take turns: with every
// text a few are written with all that waits for them. After printRound texts, or a thirty-second of all, each was
// written once and the round begins anew. Nothing that waits is lost with the process: the sketches from the beginning
// of the round before on are read again.

// printRound is how many texts a round of the buckets has at least.
const printRound = 1024

// printPause is how long a text may wait for its sketch, so that one job draws many.
const printPause = time.Second

// JobPrints draws the sketches that are due.
const JobPrints jobs.Kind = "story.prints"

// printIndex is what of the index of prints is in memory. The writer alone changes it, after a commit.
type printIndex struct {
	mu      sync.Mutex
	loaded  bool // only of the node that is the first
	left    bool // another node has dropped sketches: print_left names them
	waiting [story.Buckets]story.Postings
	turn    printTurn
	last    uint32 // the newest sketch that was entered
	round   int    // printRound
}

// printTurn is where the round stands, kept as the setting 'prints'.
type printTurn struct {
	Bucket       uint32 // the next to be written
	From, Before uint32 // the newest sketch when this round began, and when the one before did: all up to it are in the rows
}

// enter lets the prints of a sketch wait for their buckets' turn.
func (x *printIndex) enter(id uint32, hashes []uint64) {
	for _, h := range hashes {
		if p := &x.waiting[story.Bucket(h)]; len(p.Holders(h)) < story.MaxHolders {
			*p = p.With(h, id)
		}
	}
	x.last = max(x.last, id)
}

func (x *printIndex) leave(id uint32, hashes []uint64) {
	for _, h := range hashes {
		p := &x.waiting[story.Bucket(h)]
		*p, _ = p.Without(h, id)
	}
}

// entered makes what a transaction did to the prints known to those who look, once it is committed.
func (s *Store) entered(changes []func(*printIndex)) {
	s.prints.mu.Lock()
	defer s.prints.mu.Unlock()
	for _, change := range changes {
		change(&s.prints)
	}
}

// notePrints drops what is kept of the texts that leave the index of words or are replaced, and notes as due what comes
// with words.
func (t *Tx) notePrints(order []int64, newest map[int64]*IndexDoc) error {
	due := false
	for _, doc := range order {
		words := newest[doc] != nil && newest[doc].Body != ""
		if err := t.dropPrints(doc, words); err != nil {
			return err
		}
		if words {
			if _, err := t.exec("insert into print_due (doc) values ($1)", doc); err != nil {
				return err
			}
			due = true
		}
	}
	if !due {
		return nil
	}
	return t.planPrints()
}

// dropPrints removes the sketch of a document, its postings and what was noted of it. Who used the earlier words of a
// document that has new ones stays noted.
func (t *Tx) dropPrints(doc int64, replaced bool) error {
	if t.isNew(doc) {
		return nil
	}
	if _, err := t.exec("delete from print_due where doc = $1", doc); err != nil {
		return err
	}
	if _, err := t.exec("delete from reuse where doc = $1", doc); err != nil {
		return err
	}
	who, args := "delete from reuse where earlier = $1", []any{doc}
	if replaced {
		who, args = "update reuse set older_passages = $2 where earlier = $1", append(args, packPassages(nil, false)) // they stood in the old words
	}
	if _, err := t.exec(who, args...); err != nil {
		return err
	}
	var id uint32
	var units []byte
	err := t.row("select id, units from sketch where doc = $1", []any{doc}, &id, &units)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	sketch, ok := story.Stored(units)
	if !ok { // what is withdrawn goes all the same
		return t.dropSketch(id, doc)
	}
	if _, err := t.exec("delete from sketch where doc = $1", doc); err != nil {
		return err
	}
	hashes := story.Hashes(sketch.Prints())
	t.prints = append(t.prints, func(x *printIndex) { x.leave(id, hashes) })
	if err := t.leftPrints(id); err != nil {
		return err
	}
	for _, h := range hashes {
		p, err := t.bucket(story.Bucket(h))
		if err != nil {
			return err
		}
		if p, was := p.Without(h, id); was {
			if err := t.putBucket(story.Bucket(h), p); err != nil {
				return err
			}
		}
	}
	return nil
}

// leftPrints leaves word that a sketch was dropped, where another node has what waits for its bucket.
func (t *Tx) leftPrints(id uint32) error {
	if t.s.e.first() {
		return nil
	}
	t.left = true
	_, err := t.exec("insert into print_left (id) values ($1)", int64(id))
	return err
}

func (t *Tx) bucket(n int) (story.Postings, error) {
	var b []byte
	err := t.row("select postings from print_bucket where bucket = $1", []any{n}, &b)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return story.PostingsOf(b), err
}

func (t *Tx) putBucket(n int, p story.Postings) error {
	_, err := t.exec("insert into print_bucket (bucket, postings) values ($1, $2) on conflict (bucket) do update set postings = excluded.postings", n, p.Bytes())
	return err
}

// DuePrint is a document whose sketch is to be drawn.
type DuePrint struct{ ID, Doc int64 }

// DuePrints lists what is due, the earliest documents first, at most limit.
func (s *Store) DuePrints(ctx context.Context, limit int) ([]DuePrint, error) {
	return list(ctx, s, func(scan func(...any) error) (d DuePrint, err error) { err = scan(&d.ID, &d.Doc); return d, err },
		"select id, doc from print_due order by doc limit +$1", limit)
}

// Sketched is the sketch of one document and what it uses of earlier ones. A zero sketch is of a text that is not kept.
type Sketched struct {
	DuePrint
	Sketch story.Sketch
	Of     []story.Reuse
	Crash  string // why there is none, where drawing it crashed: it goes into the log, and is not tried again
	Card   []byte // how the text is called and whence it came, for those who list its copies: kept as long as the sketch, a few hundred bytes
}

// PutSketches writes the sketches of documents that were due, and some of the buckets. What is due no more,
// because the document left meanwhile or has other words, is passed over. If no other is due, the job ends in the same transaction: whoever comes
// later enqueues another, and none is forgotten between the two. One caller at a time.
func (s *Store) PutSketches(ctx context.Context, all []Sketched, job jobs.Job) (err error) {
	defer fault.Wrap(&err, "put sketches")
	defer func() {
		for _, k := range all {
			if k.Crash != "" && err == nil {
				s.log.ErrorContext(ctx, "drawing the prints of a text crashed: its copies are not found", "document", k.Doc, "panic", k.Crash)
			}
		}
	}()
	return s.Write(ctx, func(t *Tx) error {
		if err := t.keepsPrints(); err != nil {
			return err
		}
		n := 0
		for _, k := range all {
			res, err := t.exec("delete from print_due where id = $1", k.ID)
			if err != nil {
				return err
			}
			due, err := res.RowsAffected()
			if err != nil {
				return err
			}
			if due == 0 || k.Sketch.Len() == 0 {
				continue
			}
			n++
			hashes := story.Hashes(k.Sketch.Prints())
			var id uint32
			var origin int64 = -1
			if doc, ok := story.Origin(k.Of); ok {
				origin = doc
			}
			if err := t.row(`insert into sketch (doc, prints, family, units, card) values ($1, $2, coalesce((select case when family = 0 then id else family end from sketch where doc = $3), 0), $4, $5)
				returning id`, []any{k.Doc, len(hashes), origin, k.Sketch.Bytes(), append([]byte{}, k.Card...)}, &id); err != nil {
				return err
			}
			t.prints = append(t.prints, func(x *printIndex) { x.enter(id, hashes) })
			for _, r := range k.Of {
				_, err := t.exec(`insert into reuse (doc, earlier, kind, containment, later_share, older_share, passages, older_passages) select $1, doc, $2, $3, $4, $5, $6, $7 from sketch where doc = $8`,
					k.Doc, string(r.Kind), r.Containment, r.Later, r.Older, packPassages(r.Spans, false), packPassages(r.Spans, true), r.Doc)
				if err != nil {
					return err
				}
			}
		}
		if err := t.writeBuckets(n); err != nil {
			return err
		}
		var more bool
		if err := t.row("select exists (select 1 from print_due)", nil, &more); err != nil || more {
			return err
		}
		_, err := t.exec("delete from job where id = $1 and lease = $2", job.ID, job.Lease)
		return err
	})
}

// without is what waits, but for sketches that were dropped; a list of its own.
func without(waiting story.Postings, dropped map[uint32]bool) story.Postings {
	return slices.DeleteFunc(slices.Clone(waiting), func(posting uint64) bool { return dropped[story.DocOf(posting)] })
}

// errNotFirst is told to whoever began as the first and is not any more.
var errNotFirst = fault.E(fault.Conflict, "Another node draws prints and places texts now.")

// keepsPrints finds out that this node still has what waits for its bucket, and takes out what other nodes have dropped.
func (t *Tx) keepsPrints() error {
	x := &t.s.prints
	x.mu.Lock()
	loaded, left := x.loaded, x.left
	x.mu.Unlock()
	if !loaded || !t.s.e.first() {
		return errNotFirst
	}
	if !left {
		return nil
	}
	ids, err := t.numbers("delete from print_left returning id")
	if err != nil {
		return err
	}
	t.dropped = map[uint32]bool{}
	for _, id := range ids {
		t.dropped[uint32(id)] = true
	}
	t.prints = append(t.prints, func(x *printIndex) {
		x.left = false
		for i, p := range x.waiting {
			x.waiting[i] = without(p, t.dropped)
		}
	})
	return nil
}

// writeBuckets gives as many buckets their turn as n sketches call for.
func (t *Tx) writeBuckets(n int) error {
	x := &t.s.prints
	x.mu.Lock()
	defer x.mu.Unlock()
	turn := x.turn
	for range (n*story.Buckets + x.round - 1) / max(x.round, int(x.last)/32) {
		at := int(turn.Bucket)
		if waiting := without(x.waiting[at], t.dropped); len(waiting) > 0 {
			p, err := t.bucket(at)
			if err != nil {
				return err
			}
			if err := t.putBucket(at, p.And(waiting)); err != nil {
				return err
			}
			t.prints = append(t.prints, func(x *printIndex) {
				for _, posting := range waiting { // what left in the same group is gone from both
					x.waiting[at], _ = x.waiting[at].Without(posting>>32, story.DocOf(posting))
				}
			})
		}
		if turn.Bucket++; turn.Bucket == story.Buckets {
			turn = printTurn{From: x.last, Before: turn.From}
		}
	}
	if turn == x.turn {
		return nil
	}
	t.prints = append(t.prints, func(x *printIndex) { x.turn = turn })
	value := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, turn.Bucket), turn.From), turn.Before)
	_, err := t.exec("insert into setting (name, value) values ('prints', $1) on conflict (name) do update set value = excluded.value", value)
	return err
}

// LoadPrints reads what is not in the buckets' rows yet, once. It is the writer's turn, so that nothing changes meanwhile.
func (s *Store) LoadPrints(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "load prints")
	s.prints.mu.Lock()
	loaded := s.prints.loaded
	s.prints.mu.Unlock()
	if loaded {
		return nil
	}
	if err := s.reformPrints(ctx); err != nil {
		return err
	}
	type bad struct {
		id  uint32
		doc int64
	}
	var damaged []bad
	defer func() {
		for _, b := range damaged {
			s.Damaged(ctx, "sketch, drawn again", b.doc)
		}
	}()
	return s.Write(ctx, func(t *Tx) error {
		damaged = nil
		if !t.s.e.first() {
			return errNotFirst
		}
		var turn printTurn
		var value []byte
		err := t.row("select value from setting where name = 'prints'", nil, &value)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if len(value) == 12 {
			turn = printTurn{binary.BigEndian.Uint32(value) % story.Buckets, binary.BigEndian.Uint32(value[4:]), binary.BigEndian.Uint32(value[8:])}
		}
		rows, err := t.query("select id, doc, units from sketch where id > $1 order by id", turn.Before)
		if err != nil {
			return err
		}
		type kept struct {
			id     uint32
			hashes []uint64
		}
		var all []kept
		for rows.Next() {
			var k kept
			var doc int64
			var units sql.RawBytes
			if err := rows.Scan(&k.id, &doc, &units); err != nil {
				rows.Close()
				return err
			}
			sketch, ok := story.Stored(units)
			if !ok {
				damaged = append(damaged, bad{k.id, doc})
				continue
			}
			k.hashes = story.Hashes(sketch.Prints())
			all = append(all, k)
		}
		if err := closeRows(rows); err != nil {
			return err
		}
		for _, b := range damaged {
			if err := t.redraw(b.id, b.doc); err != nil {
				return err
			}
		}
		if _, err := t.exec("delete from print_left"); err != nil {
			return err
		}
		t.prints = append(t.prints, func(x *printIndex) {
			if x.loaded {
				return
			}
			x.loaded, x.turn, x.last = true, turn, max(turn.From, turn.Before)
			for _, k := range all {
				x.enter(k.id, k.hashes)
			}
		})
		return nil
	})
}

// bucketsAtOnce is how many rows one statement asks for.
const bucketsAtOnce = 64

// NearPrints finds the documents before doc that share prints with a text, those worth aligning with it first; hashes are
// the text's, ascending. LoadPrints comes first.
func (s *Store) NearPrints(ctx context.Context, doc int64, hashes []uint64) (_ []story.Candidate, err error) {
	defer fault.Wrap(&err, "near prints")
	type sharing struct{ all, rare int }
	found := map[uint32]*sharing{}
	var common []story.Postings                 // what many documents hold
	count := func(stored []byte, in []uint64) { // the hashes of one bucket
		s.prints.mu.Lock()
		defer s.prints.mu.Unlock()
		waiting := s.prints.waiting[story.Bucket(in[0])]
		for _, h := range in {
			holders := story.HoldersIn(stored, h).And(waiting.Holders(h))
			if len(holders) >= story.Often {
				common = append(common, holders)
			}
			for _, p := range holders {
				c := found[story.DocOf(p)]
				if c == nil {
					c = &sharing{}
					found[story.DocOf(p)] = c
				}
				c.all++
				if len(holders) < story.Often {
					c.rare++
				}
			}
		}
	}
	for from := 0; from < len(hashes); {
		var args []any
		places := map[int][2]int{} // of a bucket: which of the hashes
		for from < len(hashes) && len(args) < bucketsAtOnce {
			n, to := story.Bucket(hashes[from]), from+1
			for to < len(hashes) && story.Bucket(hashes[to]) == n {
				to++
			}
			args = append(args, n)
			places[n] = [2]int{from, to}
			from = to
		}
		for len(args) < bucketsAtOnce { // one statement, whatever the number
			args = append(args, args[0])
		}
		rows, err := s.r.QueryContext(ctx, "select bucket, postings from print_bucket where bucket in ("+placeholders(bucketsAtOnce)+")", args...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var n int
			var b sql.RawBytes
			if err := rows.Scan(&n, &b); err != nil {
				rows.Close()
				return nil, err
			}
			at := places[n]
			delete(places, n)
			count(b, hashes[at[0]:at[1]])
		}
		if err := closeRows(rows); err != nil {
			return nil, err
		}
		for _, at := range places { // buckets that were never written
			count(nil, hashes[at[0]:at[1]])
		}
	}
	ids := make([]uint32, 0, len(found))
	doubtful := false // some document shares enough, but nothing rare: are its holders of one family?
	for id, c := range found {
		ids = append(ids, id)
		doubtful = doubtful || c.all >= story.MinShared && c.rare < story.MinShared
	}
	if doubtful {
		families, err := s.families(ctx, common)
		if err != nil {
			return nil, err
		}
		for i, holders := range common {
			if families[i] < story.Often {
				for _, p := range holders {
					found[story.DocOf(p)].rare++
				}
			}
		}
	}
	slices.SortFunc(ids, func(a, b uint32) int {
		if d := found[b].all - found[a].all; d != 0 {
			return d
		}
		return int(int64(a) - int64(b))
	})
	if len(ids) == 0 {
		return nil, nil
	}
	const most = 2 * story.MaxCandidates // some may be later ones
	var args []any
	for i := range most {
		args = append(args, ids[min(i, len(ids)-1)])
	}
	rows, err := s.r.QueryContext(ctx, "select id, doc, prints, units from sketch where id in ("+placeholders(most)+") and doc < $"+strconv.Itoa(most+1), append(args, doc)...)
	if err != nil {
		return nil, err
	}
	var out []story.Candidate
	for rows.Next() {
		var id uint32
		var c story.Candidate
		var units sql.RawBytes
		if err := rows.Scan(&id, &c.Doc, &c.Prints, &units); err != nil {
			rows.Close()
			return nil, err
		}
		c.Shared, c.Rare = found[id].all, found[id].rare
		var ok bool
		if c.Sketch, ok = story.Stored(units); !ok {
			s.Damaged(ctx, "sketch", c.Doc)
			continue
		}
		out = append(out, c)
	}
	return story.Candidates(out, len(hashes)), closeRows(rows)
}

// families counts to how many texts the holders of each print go back.
func (s *Store) families(ctx context.Context, prints []story.Postings) ([]int, error) {
	of := map[uint32]uint32{}
	for _, holders := range prints {
		for _, p := range holders {
			of[story.DocOf(p)] = story.DocOf(p)
		}
	}
	ids := slices.Collect(maps.Keys(of))
	for len(ids) > 0 {
		var args []any
		for i := range bucketsAtOnce {
			args = append(args, ids[min(i, len(ids)-1)])
		}
		ids = ids[min(bucketsAtOnce, len(ids)):]
		rows, err := s.r.QueryContext(ctx, "select id, family from sketch where family > 0 and id in ("+placeholders(bucketsAtOnce)+")", args...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var id, family uint32
			if err := rows.Scan(&id, &family); err != nil {
				rows.Close()
				return nil, err
			}
			of[id] = family
		}
		if err := closeRows(rows); err != nil {
			return nil, err
		}
	}
	out := make([]int, len(prints))
	for i, holders := range prints {
		seen := map[uint32]bool{}
		for _, p := range holders {
			seen[of[story.DocOf(p)]] = true
		}
		out[i] = len(seen)
	}
	return out, nil
}

// maxPassages is how many passages of a use are kept, the longest.
const maxPassages = 5

// packPassages is where the passages of a use stand in the later or in the older text, as unpackPassages reads it: their
// number, then of the longest, in the order of the text, the gap before each and its length.
func packPassages(spans []story.Span, older bool) []byte {
	all := make([]Passage, len(spans))
	for i, s := range spans {
		if all[i] = (Passage{s.From, s.To}); older {
			all[i] = Passage{s.OldFrom, s.OldTo}
		}
	}
	slices.SortFunc(all, func(a, b Passage) int { return cmp.Or(a.From-b.From, b.To-a.To) })
	end, n := 0, 0
	for _, p := range all { // one of the older text may stand in the later twice
		if p.From = max(p.From, end); p.From < p.To {
			all[n], end = p, p.To
			n++
		}
	}
	kept := slices.Clone(all[:n])
	slices.SortStableFunc(kept, func(a, b Passage) int { return (b.To - b.From) - (a.To - a.From) })
	kept = kept[:min(len(kept), maxPassages)]
	slices.SortFunc(kept, func(a, b Passage) int { return a.From - b.From })
	out := binary.AppendUvarint(nil, uint64(n))
	end = 0
	for _, p := range kept {
		out = binary.AppendUvarint(binary.AppendUvarint(out, uint64(p.From-end)), uint64(p.To-p.From))
		end = p.To
	}
	return out
}

// unpackPassages reads what packPassages gave; of anything else what makes sense.
func unpackPassages(b []byte) (all int, kept []Passage) {
	next := func() int {
		v, n := binary.Uvarint(b)
		if n <= 0 || v > story.MaxUnits {
			b = nil
			return 0
		}
		b = b[n:]
		return int(v)
	}
	all = next()
	for end := 0; len(b) > 0 && len(kept) < maxPassages; {
		p := Passage{From: end + next()}
		if p.To = p.From + next(); p.To == p.From || p.To > story.MaxUnits {
			break
		}
		kept, end = append(kept, p), p.To
	}
	return max(all, len(kept)), kept
}

// Passage is a part of a text in units of its sketch, To exclusive.
type Passage struct{ From, To int }

// Used is that one document uses another, told to someone who asked about one of them.
type Used struct {
	Uses        bool // the document asked about uses the other, which came earlier; otherwise it is used by it
	Kind        story.Kind
	Containment float64   // how much of the shorter stands in the other, 0 to 1
	Share       float64   // how much of the document asked about stands in the other, 0 to 1
	Passages    []Passage // of the document asked about: the longest, in its order
	AllPassages int

	// The other one: either a release, of which there are id, issuers, state, audience and hour, and its item's id and
	// language; or a capture with id, language and hour of arrival. Card is what was kept of it.
	Other   int64
	Release *wire.Release
	Capture *wire.Capture
	Card    []byte
}

// reuseLooked is how many uses of a document are looked at, the earliest: a text may have been used by thousands.
const reuseLooked = 500

// ReuseOf lists what a document uses (uses), the largest share first, or who uses it, the earliest first: of the first
// reuseLooked those that v may perhaps read, at most limit. internal/access decides about each; what it leaves out here
// is only for room. No text is read.
func (s *Store) ReuseOf(ctx context.Context, v access.Viewer, doc int64, uses bool, limit int) (_ []Used, err error) {
	defer fault.Wrap(&err, "reuse")
	marks := access.Marks(v)
	bit := func(mark string) int {
		if slices.Contains(marks, mark) {
			return 1
		}
		return 0
	}
	near := "select earlier as other, kind, containment, later_share as share, passages from reuse where doc = $1 order by later_share desc, earlier limit +$2"
	order := "share desc, other"
	if !uses {
		near = "select doc as other, kind, containment, older_share as share, older_passages as passages from reuse where earlier = $1 order by doc limit +$2"
		order = "other"
	}
	return list(ctx, s, func(scan func(...any) error) (u Used, err error) {
		var passages []byte
		var release, issuers, class, partners, item, language, capture, spoken sql.NullString
		var opened, arrived sql.NullInt64
		err = scan(&u.Other, &u.Kind, &u.Containment, &u.Share, &passages, &u.Card, &release, &issuers, &class, &partners, &opened, &item, &language, &capture, &spoken, &arrived)
		if err != nil {
			return u, err
		}
		u.Uses = uses
		u.AllPassages, u.Passages = unpackPassages(passages)
		if capture.Valid {
			position, _ := SplitDocID(u.Other)
			u.Capture = &wire.Capture{ID: wire.CaptureID(capture.String), Language: lang.Tag(spoken.String), ArrivedAt: fromMicros(arrived.Int64), Position: position}
			return u, nil
		}
		r := &wire.Release{ID: wire.ReleaseID(release.String), State: wire.Released, OpenedAt: fromMicros(opened.Int64),
			Items: []wire.Item{{ID: wire.ItemID(item.String), Language: lang.Tag(language.String), Type: wire.Text}}}
		r.Audience.Class = wire.AudienceClass(class.String)
		if err := errors.Join(json.Unmarshal([]byte(issuers.String), &r.Issuers), json.Unmarshal([]byte(partners.String), &r.Audience.Partners)); err != nil {
			return u, fault.E(fault.Corrupt, "The row of release %s is damaged.", r.ID).Because(err)
		}
		u.Release = r
		return u, nil
	}, `select u.other, u.kind, u.containment, u.share, u.passages, k.card, r.id, r.issuers, r.audience, r.partners, r.opened_at, i.id, i.language, c.id, c.language, c.arrived
		from (`+near+`) u join sketch k on k.doc = u.other
		left join release r on r.state = 'released' and r.position = u.other >> 6
		left join item i on i.release = r.id and i.ordinal = u.other & 63
		left join capture c on c.position = u.other >> 6
		where i.id is not null and (r.audience = 'public' or $3 = 1 and (r.audience = 'members' or r.partners like +$4 or r.issuers like +$4)) or c.id is not null and $5 = 1
		order by `+order+` limit +$6`, doc, reuseLooked, bit(access.MarkMembers), `%"`+string(v.Member)+`"%`, bit(access.MarkCapture), limit)
}

// Sketch is what is kept of a document's words; the zero Sketch if nothing is.
func (s *Store) Sketch(ctx context.Context, doc int64) (k story.Sketch, err error) {
	defer fault.Wrap(&err, "sketch")
	var units []byte
	err = s.r.QueryRowContext(ctx, "select units from sketch where doc = $1", doc).Scan(&units)
	if errors.Is(err, sql.ErrNoRows) {
		return k, nil
	}
	if err != nil {
		return k, err
	}
	k, ok := story.Stored(units)
	if !ok {
		if !story.Outdated(units) { // that one is drawn again when it has its turn
			s.Damaged(ctx, "sketch", doc)
		}
		return story.Sketch{}, nil
	}
	return k, nil
}

// ReleasePosition is where a release stands in list and index; 0: not on the wire.
func (s *Store) ReleasePosition(ctx context.Context, id wire.ReleaseID) (position int64, err error) {
	err = s.r.QueryRowContext(ctx, "select position from release where id = $1", string(id)).Scan(&position)
	return position, orNotFound(err, "There is no release with this id.")
}
