package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/jobs"
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
	loaded  bool
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
	return t.Enqueue(jobs.Job{Kind: JobPrints, Dedup: string(JobPrints), RunAt: t.s.now().Add(printPause)})
}

// dropPrints removes the sketch of a document, its postings and what was noted of it. Who used the earlier words of a
// document that has new ones stays noted.
func (t *Tx) dropPrints(doc int64, replaced bool) error {
	if _, err := t.exec("delete from print_due where doc = $1", doc); err != nil {
		return err
	}
	if _, err := t.exec("delete from reuse where doc = $1", doc); err != nil {
		return err
	}
	if !replaced {
		if _, err := t.exec("delete from reuse where earlier = $1", doc); err != nil {
			return err
		}
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
	if !ok {
		return fault.E(fault.Corrupt, "The sketch of document %d is damaged.", doc)
	}
	if _, err := t.exec("delete from sketch where doc = $1", doc); err != nil {
		return err
	}
	hashes := story.Hashes(sketch.Prints())
	t.prints = append(t.prints, func(x *printIndex) { x.leave(id, hashes) })
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
		"select id, doc from print_due order by doc limit $1", limit)
}

// Sketched is the sketch of one document and what it uses of earlier ones. A zero sketch is of a text that is not kept.
type Sketched struct {
	DuePrint
	Sketch story.Sketch
	Of     []story.Reuse
}

// PutSketches writes the sketches of documents that were due, and some of the buckets. What is due no more,
// because the document left meanwhile or has other words, is passed over. If no other is due, the job ends in the same transaction: whoever comes
// later enqueues another, and none is forgotten between the two. One caller at a time.
func (s *Store) PutSketches(ctx context.Context, all []Sketched, job jobs.Job) (err error) {
	defer fault.Wrap(&err, "put sketches")
	return s.Write(ctx, func(t *Tx) error {
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
			if err := t.row(`insert into sketch (doc, prints, family, units) values ($1, $2, coalesce((select case when family = 0 then id else family end from sketch where doc = $3), 0), $4)
				returning id`, []any{k.Doc, len(hashes), origin, k.Sketch.Bytes()}, &id); err != nil {
				return err
			}
			t.prints = append(t.prints, func(x *printIndex) { x.enter(id, hashes) })
			for _, r := range k.Of {
				_, err := t.exec(`insert into reuse (doc, earlier, kind, containment, later_share, older_share) select $1, doc, $2, $3, $4, $5 from sketch where doc = $6`,
					k.Doc, string(r.Kind), r.Containment, r.Later, r.Older, r.Doc)
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

// writeBuckets gives as many buckets their turn as n sketches call for.
func (t *Tx) writeBuckets(n int) error {
	x := &t.s.prints
	x.mu.Lock()
	defer x.mu.Unlock()
	turn := x.turn
	for range (n*story.Buckets + x.round - 1) / max(x.round, int(x.last)/32) {
		at := int(turn.Bucket)
		if waiting := slices.Clone(x.waiting[at]); len(waiting) > 0 {
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
	return s.Write(ctx, func(t *Tx) error {
		var turn printTurn
		var value []byte
		err := t.row("select value from setting where name = 'prints'", nil, &value)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if len(value) == 12 {
			turn = printTurn{binary.BigEndian.Uint32(value) % story.Buckets, binary.BigEndian.Uint32(value[4:]), binary.BigEndian.Uint32(value[8:])}
		}
		rows, err := t.query("select id, units from sketch where id > $1 order by id", turn.Before)
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
			var units sql.RawBytes
			if err := rows.Scan(&k.id, &units); err != nil {
				rows.Close()
				return err
			}
			sketch, ok := story.Stored(units)
			if !ok {
				rows.Close()
				return fault.E(fault.Corrupt, "The sketch %d is damaged.", k.id)
			}
			k.hashes = story.Hashes(sketch.Prints())
			all = append(all, k)
		}
		if err := closeRows(rows); err != nil {
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
		s.prints.mu.Unlock()
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
			rows.Close()
			return nil, fault.E(fault.Corrupt, "The sketch of document %d is damaged.", c.Doc)
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

// Used is that one document uses another.
type Used struct {
	Later, Earlier int64
	Kind           story.Kind
	Containment    float64 // how much of the shorter stands in the other, 0 to 1
	LaterShare     float64 // how much of the later one stands in the earlier, 0 to 1
	OlderShare     float64 // and the other way round
}

// ReuseOf lists what a document uses, and who uses it, at most limit of each, the earliest first.
func (s *Store) ReuseOf(ctx context.Context, doc int64, limit int) ([]Used, error) {
	return list(ctx, s, func(scan func(...any) error) (u Used, err error) {
		err = scan(&u.Later, &u.Earlier, &u.Kind, &u.Containment, &u.LaterShare, &u.OlderShare)
		return u, err
	}, `select * from (select doc, earlier, kind, containment, later_share, older_share from reuse where doc = $1 order by earlier limit $2)
		union all select * from (select doc, earlier, kind, containment, later_share, older_share from reuse where earlier = $1 order by doc limit $2)`, doc, limit)
}

// ReleasePosition is where a release stands in list and index; 0: not on the wire.
func (s *Store) ReleasePosition(ctx context.Context, id wire.ReleaseID) (position int64, err error) {
	err = s.r.QueryRowContext(ctx, "select position from release where id = $1", string(id)).Scan(&position)
	return position, orNotFound(err, "There is no release with this id.")
}
