package store

import (
	"bytes"
	"compress/flate"
	"context"
	"database/sql"
	"errors"
	"io"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/search"
)

// Ordinals: an item's number in its release has six bits of the index's rowid.
const ordinalBits = 6

// DocID is the rowid of one document of the index.
func DocID(position int64, ordinal int) int64 { return position<<ordinalBits | int64(ordinal) }

// SplitDocID is DocID's inverse.
func SplitDocID(id int64) (position int64, ordinal int) {
	return id >> ordinalBits, int(id & (1<<ordinalBits - 1))
}

// IndexDoc is what one item puts into the index.
type IndexDoc struct {
	Ordinal int
	search.Doc
	Marks string // marker lexemes separated by one space
}

var deflaters = sync.Pool{New: func() any {
	w, _ := flate.NewWriter(nil, flate.BestSpeed) // the level is valid
	return w
}}

func packDoc(d IndexDoc) ([]byte, error) {
	var b bytes.Buffer
	w := deflaters.Get().(*flate.Writer)
	defer deflaters.Put(w)
	w.Reset(&b)
	for _, s := range []string{d.Headline, "\n", d.Body, "\n", d.Marks, "\n", d.Endings} {
		if _, err := io.WriteString(w, s); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func unpackDoc(b []byte) (IndexDoc, error) {
	text, err := io.ReadAll(flate.NewReader(bytes.NewReader(b)))
	if err != nil {
		return IndexDoc{}, fault.E(fault.Corrupt, "A document of the search index is damaged.").Because(err)
	}
	parts := strings.SplitN(string(text), "\n", 4)
	if len(parts) == 3 { // of an earlier Jarchi, without endings
		parts = append(parts, "")
	}
	if len(parts) != 4 {
		return IndexDoc{}, fault.E(fault.Corrupt, "A document of the search index is damaged.")
	}
	return IndexDoc{Doc: search.Doc{Headline: parts[0], Body: parts[1], Endings: parts[3]}, Marks: parts[2]}, nil
}

// indexOp is a change of the index that waits for the end of its group. FTS5 writes out what it holds
// in memory whenever SQLite opens a savepoint, which some statements do by themselves: changes of the
// index mixed with other statements would become a segment each, and FTS5 takes no more than 2,000.
type indexOp struct {
	id   int64
	doc  *IndexDoc // nil: take it out
	anew bool      // the same text in another form of the index: nothing follows from it
}

// Index puts a document in when the group ends, in the place of what stands at this position and ordinal.
func (t *Tx) Index(position int64, d IndexDoc) error {
	t.index = append(t.index, indexOp{id: DocID(position, d.Ordinal), doc: &d})
	return nil
}

// Unindex takes a document out when the group ends; it is no error if there is none.
func (t *Tx) Unindex(position int64, ordinal int) error {
	t.index = append(t.index, indexOp{id: DocID(position, ordinal)})
	return nil
}

// writeIndex makes the group's changes of the index, the last statements before the commit. What
// goes out goes first and is written out by itself: where FTS5 takes a row out and puts another in at
// the same place in one go, its secure-delete can leave a word of the old one in the file.
func (t *Tx) writeIndex() error {
	newest := map[int64]*IndexDoc{} // the last word on each row; a row that one group puts in and takes out never gets there
	var order, changed []int64
	noted := map[int64]bool{}
	for _, op := range t.index {
		if _, ok := newest[op.id]; !ok {
			order = append(order, op.id)
		}
		newest[op.id] = op.doc
		if !op.anew && !noted[op.id] {
			noted[op.id] = true
			changed = append(changed, op.id)
		}
	}
	if err := t.notePrints(changed, newest); err != nil {
		return err
	}
	if err := t.noteStories(changed, newest); err != nil {
		return err
	}
	dropped := false
	for _, id := range order {
		gone, err := t.dropDoc(id)
		if err != nil {
			return err
		}
		dropped = dropped || gone
	}
	if dropped {
		if err := t.s.e.dropped(t); err != nil {
			return err
		}
	}
	for _, id := range order {
		if d := newest[id]; d != nil {
			if err := t.putDoc(id, *d); err != nil {
				return err
			}
		}
	}
	if t.step != nil {
		return t.stepIndex()
	}
	return nil
}

// isNew reports whether a document's position was given in this turn: nothing is kept of it yet.
func (t *Tx) isNew(id int64) bool {
	position, _ := SplitDocID(id)
	return t.fresh > 0 && position >= t.fresh
}

// holder is the partition of a row, and the row's position.
func (s *Store) holder(id int64) (*partition, int64) {
	position, _ := SplitDocID(id)
	return s.partitionOf(position), position
}

func (t *Tx) putDoc(id int64, d IndexDoc) error {
	packed, err := packDoc(d)
	if err != nil {
		return err
	}
	p, position := t.s.holder(id)
	if err := t.s.e.putWords(t, p, id, d); err != nil {
		return err
	}
	t.indexed.add(p, position, len(d.Headline)+len(d.Body)+len(d.Marks))
	t.marks = append(t.marks, strings.Fields(d.Marks)...)
	_, err = t.exec("insert into lexeme (id, doc) values ($1, $2)", id, packed)
	return err
}

// dropDoc takes a document out with the very lexemes that went in, if one is there.
func (t *Tx) dropDoc(id int64) (gone bool, err error) {
	if t.isNew(id) {
		return false, nil
	}
	var packed []byte
	err = t.row("select doc from lexeme where id = $1", []any{id}, &packed)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	d, err := unpackDoc(packed)
	if err != nil {
		return false, err
	}
	p, _ := t.s.holder(id)
	if err := t.s.e.dropWords(t, p, id, d); err != nil {
		return false, err
	}
	if _, err = t.exec("delete from lexeme where id = $1", id); err == nil {
		err = t.dropFormer(id)
	}
	return true, err
}

// indexed is what went into the index: of each partition how many bytes, and the highest position.
type indexed map[*partition]struct {
	bytes int
	last  int64
}

func (x indexed) add(p *partition, last int64, bytes int) {
	sum := x[p]
	sum.bytes += bytes
	sum.last = max(sum.last, last)
	x[p] = sum
}

// Merging. FTS5 is told never to merge inside a publication; instead the writer merges in small steps
// between groups: one of a few pages after each, about a millisecond a page for whoever comes meanwhile,
// and further ones at intervals while nobody comes; the more segments there are, the larger. What is merged is written to the disk, and the disk's
// pauses are what a publication waits for most, so the work is spread out; only when all is quiet it
// goes on without pause, in larger steps, which cost a fifth a page. A burst or an import leaves no
// pause, and a partition comes to be in many segments: every query looks into each, and FTS5 takes no more
// than 2,000. So a large group is followed by a step of about twice its size as soon as there are
// mergeMany, a small one, even if others wait, from mergeCrowded on.
const (
	mergeStep     = 2                     // pages
	mergeInterval = 25 * time.Millisecond // between steps
	mergeQuiet    = 2 * time.Second       // without a publication: all is quiet
	mergeLarge    = 64                    // pages, of a step in quiet; a group that wrote more is large
	mergeMost     = 1024                  // pages, of a step after a large group
	mergeMany     = 24                    // segments
	mergeCrowded  = 100                   // segments
	mergeGain     = 40                    // a step has a page more for so many segments
	mergeRest     = 3                     // times as long as it took is the rest after a step in a closed partition
)

// merging is the writer's care for the index.
type merging struct {
	s    *Store
	e    *sqliteEngine
	c    *conn
	last time.Time     // when the last publication was committed, by the monotonic clock
	rest time.Duration // before the next step

	gone bool // there may be something to scrub
	walk scrubbing
}

// after notes that a group was committed, and takes the step that follows one.
func (m *merging) after(indexed indexed) {
	m.last = time.Now()
	if m.e.gone.Swap(false) {
		m.gone, m.walk = true, scrubbing{}
	}
	for _, p := range *m.s.partitions.Load() {
		p.failed = false
	}
	for p, sum := range indexed {
		p.due, p.last = true, max(p.last, sum.last)
		pages := sum.bytes / 2048
		switch n := m.s.segments(m.c, p); {
		case n > mergeMany && (pages > mergeLarge || m.s.leaving != nil):
			m.step(p, min(max(pages, n/2), mergeMost))
		case n > mergeCrowded, len(m.s.ops) == 0:
			m.step(p, mergeStep+n/mergeGain)
		}
	}
	if err := m.s.addPartition(context.Background(), m.c); err != nil {
		m.s.log.Warn("the search index could not begin a new partition; the newest goes on growing", "error", err)
	}
}

// next is the partition that there may be something to do in, the newest first: what changed is merged
// as it comes, what is closed into one piece.
func (m *merging) next() (p *partition, settle bool) {
	all := *m.s.partitions.Load()
	for _, p := range slices.Backward(all) {
		if p.due && !p.failed && !m.s.isLeaving(p) {
			return p, false
		}
	}
	for _, p := range all[:len(all)-1] {
		if !p.settled && !p.failed && m.s.leaving == nil { // what is filled from one of them is merged as it comes
			return p, true
		}
	}
	return nil, false
}

// waits reports whether there may be something to do while nobody comes.
func (m *merging) waits() bool {
	p, _ := m.next()
	return m.gone || p != nil
}

// pause is how long to wait for somebody before the next step.
func (m *merging) pause() time.Duration {
	switch {
	case m.gone:
		return time.Millisecond
	case time.Since(m.last) > mergeQuiet:
		return max(time.Millisecond, m.rest)
	}
	return max(mergeInterval, m.rest)
}

// idle takes one step while nobody waits.
func (m *merging) idle() {
	m.rest = 0
	if m.gone = m.gone && m.scrub(); m.gone {
		return
	}
	p, settle := m.next()
	if p == nil {
		return
	}
	n, pages := m.s.segments(m.c, p), mergeLarge
	if time.Since(m.last) <= mergeQuiet {
		pages = mergeStep + n/mergeGain
	}
	if !settle {
		m.step(p, pages)
		return
	}
	// It takes its time: readers ask on while nobody publishes, and a partition is half a gigabyte.
	start := time.Now()
	defer func() { m.rest = mergeRest * time.Since(start) }()
	// A negative number merges all pieces, whatever their sizes; given again it goes on with that.
	if n > 1 {
		m.step(p, -pages)
		more := p.due
		p.due = false // what is left is not to be merged as what changed is
		if more || p.failed {
			return
		}
	}
	if _, err := m.c.exec(context.Background(), "update search_partition set settled = 1 where first = $1", p.first); err != nil {
		m.s.log.Warn("that a partition of the search index is merged could not be noted; it is merged again at the next start", "error", err)
	}
	p.settled = true
}

// step merges in a transaction of its own. Afterwards the partition is due if there may be more, and failed
// if it could not be merged.
func (m *merging) step(p *partition, pages int) {
	ctx := context.Background()
	var before, after int64
	changes := func(n *int64) error {
		st, err := m.c.stmt(ctx, "select total_changes()")
		if err != nil {
			return err
		}
		return st.QueryRowContext(ctx).Scan(n)
	}
	p.due, p.failed = false, false
	err := changes(&before)
	if err == nil {
		_, err = m.c.exec(ctx, p.sql("insert into search (search, rank) values ('merge', $1)"), pages)
	}
	if err != nil {
		p.due, p.failed = true, true
		m.s.log.Warn("the search index could not be merged; until it is, searching is slower", "error", err)
		return
	}
	p.due = changes(&after) == nil && after-before >= 2 // FTS5 documents a difference under two as 'nothing to merge'
}

// structureRow is the rowid of FTS5's structure record: a cookie of four bytes, four more in its second
// version, then as varints the number of levels and of segments (comment 'fts5_index.c: Format of the
// structure record').
const structureRow = 10

// segments is how many pieces a partition of the search index is in; 0 when that cannot be read.
func (s *Store) segments(c *conn, p *partition) int {
	ctx := context.Background()
	st, err := c.stmt(ctx, p.sql(structureQuery))
	if err != nil {
		return 0
	}
	n, _ := scanSegments(st.QueryRowContext(ctx, structureRow))
	return n
}

// Segments is how many pieces the search index is in: what a query has to look through at most.
func (s *Store) Segments(ctx context.Context) (sum int, err error) {
	for _, p := range *s.partitions.Load() {
		n, err := s.e.pieces(ctx, s, p)
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return sum, nil
}

const structureQuery = "select block from search_data where id = $1"

func scanSegments(row *sql.Row) (int, error) {
	var b []byte
	if err := row.Scan(&b); err != nil {
		return 0, err
	}
	if len(b) < 4 {
		return 0, fault.E(fault.Corrupt, "The search index's record of its segments is damaged.")
	}
	b = b[4:]
	if bytes.HasPrefix(b, []byte{0xff, 0, 0, 1}) {
		b = b[4:]
	}
	_, b = sqliteVarint(b)
	n, _ := sqliteVarint(b)
	return n, nil
}

// sqliteVarint reads SQLite's big-endian variable-length integer, as far as small numbers need it.
func sqliteVarint(b []byte) (n int, rest []byte) {
	for i := 0; i < len(b) && i < 4; i++ {
		n = n<<7 | int(b[i]&0x7f)
		if b[i] < 0x80 {
			return n, b[i+1:]
		}
	}
	return 0, nil
}

// loadLanguages finds which of the languages we serve documents are in.
func (s *Store) loadLanguages(ctx context.Context) error {
	for _, t := range lang.Known() {
		mark := access.LanguageMark(t)
		if !s.isNewLanguage(mark) {
			continue
		}
		ids, err := s.Match(ctx, `marks : "`+mark+`"`, 0, math.MaxInt64, 1)
		if err != nil {
			return err
		}
		if len(ids) > 0 {
			s.sawMarks([]string{mark})
		}
	}
	return nil
}

// sawMarks notes languages that came into the index.
func (s *Store) sawMarks(marks []string) {
	for _, m := range marks {
		if strings.HasPrefix(m, access.LanguagePrefix) {
			s.languages.LoadOrStore(m, true)
		}
	}
}

func (s *Store) isNewLanguage(mark string) bool {
	if !strings.HasPrefix(mark, access.LanguagePrefix) {
		return false
	}
	_, known := s.languages.Load(mark)
	return !known
}

// SawLanguage notes that a document in this language is in the index, as whoever has just read one of another node knows before that is heard.
func (s *Store) SawLanguage(t lang.Tag) { s.sawMarks([]string{access.LanguageMark(t)}) }

// HasLanguage reports whether a document in this language is, or since the start was, in the index.
func (s *Store) HasLanguage(t lang.Tag) bool {
	_, ok := s.languages.Load(access.LanguageMark(t))
	return ok
}

// Match returns the ids of at most limit documents that match an FTS5 expression, newest first, with
// below > id >= from.
func (s *Store) Match(ctx context.Context, expr string, from, below int64, limit int) ([]int64, error) {
	ids, _, err := s.MatchBack(ctx, expr, from, below, limit, 0, func() bool { return false })
	return ids, err
}

// MatchBack is Match in steps of so many positions (0: of whole partitions), between which enough may say
// that it has looked back far enough. Unless the limit ended it, all matches from reached on are among the
// ids; reached is from when nothing is left to look at.
func (s *Store) MatchBack(ctx context.Context, expr string, from, below int64, limit int, step int64, enough func() bool) (ids []int64, reached int64, err error) {
	if s.e.wholePartitions() {
		step = 0
	}
	if step > 0 { // counted from the newest document there is
		var newest int64
		if err := s.r.QueryRowContext(ctx, "select coalesce(max(id), 0) from lexeme").Scan(&newest); err != nil {
			return nil, 0, err
		}
		below = min(below, newest+1)
	}
	ids = make([]int64, 0, min(limit, 512))
	all := *s.partitions.Load()
	for i, atOnce, began := len(all), 1, time.Now(); i > 0; {
		n := 1
		if s.e.wholePartitions() {
			n = s.together(all[:i], atOnce, from, below)
		}
		ps := all[i-n : i]
		i -= n
		first := max(from, DocID(ps[0].first, 0))
		for first < below {
			low := first
			if position, _ := SplitDocID(below); step > 0 && DocID(position-step, 0) > first {
				low = DocID(position-step, 0)
			}
			found, reached, err := s.e.matchIn(ctx, s, ps, expr, low, below, limit-len(ids), enough)
			if err != nil {
				return nil, 0, err
			}
			ids = append(ids, found...)
			if below = reached; len(ids) == limit || reached > from && (reached > low || enough()) {
				return ids, reached, nil
			}
		}
		if atOnce *= 2; time.Since(began) > togetherMost {
			atOnce = 1
		}
		began = time.Now()
	}
	return ids, from, nil
}

// togetherMost is how long partitions may take that are asked at once for twice as many to be asked next.
const togetherMost = 4 * time.Millisecond

// together is how many of the newest partitions are asked with one statement: at most so many and eight, a power of two, and the same ones
// whatever comes, so that there are few statements. Those outside the window are not asked.
func (s *Store) together(all []*partition, atOnce int, from, below int64) int {
	if DocID(all[len(all)-1].first, 0) >= below {
		return 1
	}
	n := 1
	for 2*n <= min(atOnce, 8) && len(all)%(2*n) == 0 && DocID(all[len(all)-2*n+1].first, 0) > from {
		n *= 2
	}
	return n
}

// docsAtOnce bounds how many documents one statement reads.
const docsAtOnce = 64

// Docs reads the lexemes of documents, which are named newest first, for ranking; what is missing is passed over.
func (s *Store) Docs(ctx context.Context, ids []int64, each func(id int64, d search.Doc)) error {
	type doc struct {
		id     int64
		packed []byte
	}
	for some := range slices.Chunk(ids, docsAtOnce*s.e.beside()) {
		docs, err := inParts(some, docsAtOnce, s.e.beside(), func(part []int64) ([]doc, error) {
			args := make([]any, len(part))
			for i, id := range part {
				args[i] = id
			}
			in, args := among(args)
			return list(ctx, s, func(scan func(...any) error) (d doc, err error) { err = scan(&d.id, &d.packed); return d, err },
				"select id, doc from lexeme where id in ("+in+") order by id desc", args...)
		})
		if err != nil {
			return err
		}
		for _, d := range docs {
			unpacked, err := unpackDoc(d.packed)
			if err != nil {
				return err
			}
			each(d.id, unpacked.Doc)
		}
	}
	return nil
}

// inParts asks for parts of at most so many, at most beside of them at once, and joins the answers in their order. Where the database waits for its disk
// it waits for several documents together.
func inParts[T any](all []int64, size, beside int, ask func(part []int64) ([]T, error)) (out []T, err error) {
	parts := slices.Collect(slices.Chunk(all, size))
	answers, errs := make([][]T, len(parts)), make([]error, len(parts))
	var asking sync.WaitGroup
	turn := make(chan struct{}, beside)
	for i, part := range parts {
		if beside == 1 || len(parts) == 1 {
			if answers[i], err = ask(part); err != nil {
				return nil, err
			}
			continue
		}
		turn <- struct{}{}
		asking.Go(func() {
			defer func() { <-turn }()
			answers[i], errs[i] = ask(part)
		})
	}
	asking.Wait()
	return slices.Concat(answers...), errors.Join(errs...)
}
