package store

import (
	"context"
	"encoding/binary"
	"slices"
	"strings"

	"jarchi.dev/jarchi/internal/fault"
)

// The index of words on PostgreSQL. A document is a tsvector of the lexemes that FTS5 gets on SQLite, markers with a sign
// before them that no word has. Expressions are FTS5's (sqlite.org/fts5.html, 'Full-text Query Syntax'), as far as
// internal/search writes them. GIN answers which documents have the words, not whether these stand side by side: a phrase
// is looked for as its words, and the newest of what is found are looked into, a few at a time.

// postgresPartition is how many positions a partition has: GIN gives all matches of one before the newest are known.
const postgresPartition = 1 << 15

// markSign stands before a marker.
const markSign = "="

// What a tsvector holds (postgresql.org/docs/15/textsearch-limitations.html): places up to lastPlace, placesOf of each lexeme, less
// than a megabyte. What has more is loose: its phrases are looked for in what is kept beside the index.
const (
	lastPlace = 16383
	placesOf  = 255
	mostBytes = 900 << 10
	inA       = 3 << 14 // the weight A, of the headline
)

// lexemes are the tokens of a text as FTS5's tokenizer ascii finds them.
func lexemes(text string) []string {
	ascii := func(r rune) bool {
		return r < 128 && !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9')
	}
	words := strings.FieldsFunc(text, ascii)
	for i, w := range words {
		words[i] = lowerASCII(w)
	}
	return words
}

func lowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}, s)
}

// quoted is a lexeme in a tsquery.
func quoted(b *strings.Builder, lexeme string) {
	b.WriteByte('\'')
	for i := 0; i < len(lexeme); i++ {
		if lexeme[i] == '\'' || lexeme[i] == '\\' {
			b.WriteByte(lexeme[i])
		}
		b.WriteByte(lexeme[i])
	}
	b.WriteByte('\'')
}

// vector is a document as PostgreSQL keeps it, in the form in which a tsvector is sent (tsvectorrecv in its tsvector.c: how many lexemes; of
// each, in the order of their bytes, its letters, a zero, how many places, and each place with its weight in the two highest bits), and whether
// it is loose.
func vector(d IndexDoc) (_ []byte, loose bool) {
	index := make(map[string]int32, 512)
	var words []string
	var kept []int     // of each word, how many places
	var which []int32  // of each place, the word
	var place []uint16 // and itself
	at := 0
	for i, text := range []string{d.Headline, d.Body, d.Marks} {
		for _, w := range lexemes(clearText(text)) {
			if i == 2 {
				w = markSign + w
			}
			at++
			n, ok := index[w]
			if !ok {
				n = int32(len(words))
				index[w] = n
				words, kept = append(words, w), append(kept, 0)
			}
			if kept[n] == placesOf || at > lastPlace {
				loose = true
				if kept[n] > 0 {
					continue
				}
			}
			p := uint16(min(at, lastPlace))
			if i == 0 {
				p |= inA
			}
			which, place = append(which, n), append(place, p)
			kept[n]++
		}
		at++ // no phrase goes from one column into the next
	}
	size := func() (sum int) {
		for n, w := range words {
			sum += len(w) + 3 + 2*kept[n]
		}
		return sum
	}
	if size() > mostBytes {
		loose = true
		sum := 0
		for n, w := range words {
			kept[n] = 1
			if sum += len(w) + 5; sum > mostBytes && !strings.HasPrefix(w, markSign) {
				kept[n] = 0
			}
		}
	}
	order := make([]int32, 0, len(words))
	first := make([]int, len(words)) // where each word's places begin
	sum := 0
	for n, k := range kept {
		if k > 0 {
			order = append(order, int32(n))
		}
		first[n] = sum
		sum += k
	}
	places, filled := make([]uint16, sum), make([]int, len(words))
	for i, n := range which {
		if filled[n] < kept[n] {
			places[first[n]+filled[n]] = place[i]
			filled[n]++
		}
	}
	slices.SortFunc(order, func(a, b int32) int { return strings.Compare(words[a], words[b]) })
	b := make([]byte, 0, 4+size())
	b = binary.BigEndian.AppendUint32(b, uint32(len(order)))
	for _, n := range order {
		b = append(append(b, words[n]...), 0)
		b = binary.BigEndian.AppendUint16(b, uint16(kept[n]))
		for _, p := range places[first[n] : first[n]+kept[n]] {
			b = binary.BigEndian.AppendUint16(b, p)
		}
	}
	return b, loose
}

func (e *postgresEngine) putWords(t *Tx, p *partition, id int64, d IndexDoc) error {
	words, loose := vector(d)
	if _, err := t.exec("insert into word_pair (id, bits) values ($1, $2) on conflict (id) do update set bits = excluded.bits", id, pairFilter(d)); err != nil {
		return err
	}
	_, err := t.exec(p.sql("insert into search (id, words, loose) values ($1, $2::tsvector, $3)"), id, words, loose)
	return err
}

func (e *postgresEngine) dropWords(t *Tx, p *partition, id int64, _ IndexDoc) error {
	t.emptier = append(t.emptier, p.name)
	if _, err := t.exec("delete from word_pair where id = $1", id); err != nil {
		return err
	}
	position, _ := SplitDocID(id)
	if _, err := t.exec("insert into pair_gone (position) values ($1)", position); err != nil {
		return err
	}
	_, err := t.exec(p.sql("delete from search where id = $1"), id)
	return err
}

func (e *postgresEngine) dropped(*Tx) error { return nil }

// makePartition: as 00002_search.sql.
func (e *postgresEngine) makePartition(ctx context.Context, c *conn, p *partition) error {
	for _, q := range []string{
		"create table search (id bigint not null primary key, words tsvector not null, loose bigint not null)",
		wordsIndex,
	} {
		if _, err := c.ExecContext(ctx, p.sql(q)); err != nil {
			return err
		}
	}
	return nil
}

func (e *postgresEngine) rebuilds() bool        { return false }
func (e *postgresEngine) wholePartitions() bool { return true }

func (e *postgresEngine) beside() int { return 4 }

func (e *postgresEngine) pieces(context.Context, *Store, *partition) (int, error) { return 1, nil }

// How many places are looked into for a phrase before the clock is looked at, 9 µs each: few at first, as a page may be full with them,
// twice as many with each further statement.
const (
	phrasesAtOnce = 512
	phrasesBeside = 128 // of a statement
)

// Where of so many that a phrase may stand at fewer than one in fewFound match, as other words are wanted too, the index is asked for those before more
// are looked into.
const fewFound = 8

var phrasesFirst = 64

// The sum keeps the index of ids out of it, whose order would have each document's words read. All matches are found before the
// newest are told apart: materialized says so. Of several partitions the older are not asked when the limit is reached.
const matchQuery = "(with m as materialized (select id from search where words @@ $1::text::tsquery and id + 0 >= $2 and id + 0 < $3) select id from m order by id desc limit +$4)"

// The newest first, eight bytes each: whoever reads thousands of rows waits for reading them.
const nearQuery = "select coalesce(string_agg(int8send(id), ''::bytea order by id desc), ''::bytea) from search where words @@ $1::text::tsquery and id + 0 >= $2 and id + 0 < $3"

func (e *postgresEngine) matchIn(ctx context.Context, s *Store, ps []*partition, expr string, from, below int64, limit int, enough func() bool) (ids []int64, reached int64, err error) {
	n, err := parseMatch(expr)
	if err != nil {
		return nil, 0, err
	}
	near, exact := n.query(true), n.query(false)
	if near.never {
		return nil, from, nil
	}
	if near == exact {
		parts := make([]string, 0, len(ps))
		for _, p := range slices.Backward(ps) {
			parts = append(parts, p.sql(matchQuery))
		}
		q := parts[0]
		if len(parts) > 1 {
			q = "select id from (" + strings.Join(parts, " union all ") + ") m limit +$4"
		}
		ids, err = s.positions(ctx, q, near.text, from, below, limit)
		return ids, from, err
	}
	forms := n.phrases()
	var at []int64
	if len(forms) > 0 {
		if at, err = s.withPhrases(ctx, forms, from, below); err != nil {
			return nil, 0, err
		}
	}
	looked, found := 0, 0
	for _, p := range slices.Backward(ps) {
		low := max(from, DocID(p.first, 0))
		near := func(below int64) (at []int64, err error) {
			ids, err := s.packedIDs(ctx, p.sql(nearQuery), near.text, low, below)
			for i, id := range ids {
				ids[i], _ = SplitDocID(id)
			}
			return slices.Compact(ids), err
		}
		var in []int64
		if len(forms) == 0 {
			if in, err = near(below); err != nil {
				return nil, 0, err
			}
		} else {
			end := 0
			for end < len(at) && at[end] >= p.first {
				end++
			}
			in, at = at[:end], at[end:]
		}
		for asked, size := len(forms) == 0, phrasesFirst; len(in) > 0; size = min(2*size, phrasesAtOnce) {
			if looked > 0 && enough() {
				return ids, min(below, DocID(in[0]+1, 0)), nil
			}
			if !asked && looked >= phrasesAtOnce && len(in) > phrasesAtOnce && found < looked/fewFound {
				asked = true
				have, err := near(min(below, DocID(in[0]+1, 0)))
				if err != nil {
					return nil, 0, err
				}
				in = slices.DeleteFunc(in, func(p int64) bool {
					for len(have) > 0 && have[0] > p {
						have = have[1:]
					}
					return len(have) == 0 || have[0] != p
				})
			}
			part := in[:min(size, len(in))]
			in = in[len(part):]
			more, err := inParts(part, phrasesBeside, e.beside(), func(part []int64) ([]int64, error) { return e.lookAt(ctx, s, p, n, exact.text, part, from, below) })
			if err != nil {
				return nil, 0, err
			}
			looked, found = looked+len(part), found+len(more)
			if ids = append(ids, more...); len(ids) >= limit {
				return ids[:limit], from, nil
			}
		}
	}
	return ids, from, nil
}

// packedIDs reads one value with eight bytes for each id.
func (s *Store) packedIDs(ctx context.Context, query string, args ...any) ([]int64, error) {
	var packed []byte
	if err := s.r.QueryRowContext(ctx, query, args...).Scan(&packed); err != nil {
		return nil, err
	}
	ids := make([]int64, len(packed)/8)
	for i := range ids {
		ids[i] = int64(binary.BigEndian.Uint64(packed[8*i:]))
	}
	return ids, nil
}

// lookAt reads the words of the documents at places, newest first, and says which of them match, in the same order.
func (e *postgresEngine) lookAt(ctx context.Context, s *Store, p *partition, n *match, exact string, places []int64, from, below int64) (ids []int64, err error) {
	// The zero has each place looked up, and no table read from end to end.
	rows, err := s.r.QueryContext(ctx, p.sql(`select w.id, w.loose from unnest($1::bigint[]) as a(place)
		cross join lateral (select id, words, loose from search where id between a.place * 64 and a.place * 64 + 63 offset 0) w
		where w.loose = 1 or w.words @@ $2::text::tsquery order by w.id desc`), places, exact)
	if err != nil {
		return nil, err
	}
	var loose []int64
	for rows.Next() {
		var id, l int64
		if err := rows.Scan(&id, &l); err != nil {
			rows.Close()
			return nil, err
		}
		if id < from || id >= below {
			continue
		}
		if ids = append(ids, id); l == 1 {
			loose = append(loose, id)
		}
	}
	if err := closeRows(rows); err != nil {
		return nil, err
	}
	return e.lookInto(ctx, s, n, ids, loose)
}

// lookInto leaves out what is loose and does not match.
func (e *postgresEngine) lookInto(ctx context.Context, s *Store, n *match, ids, loose []int64) ([]int64, error) {
	for _, id := range loose {
		var packed []byte
		if err := s.r.QueryRowContext(ctx, "select doc from lexeme where id = $1", id).Scan(&packed); err != nil {
			return nil, err
		}
		d, err := unpackDoc(packed)
		if err != nil {
			return nil, err
		}
		if !n.in(columns{lexemes(d.Headline), lexemes(d.Body), lexemes(d.Marks)}) {
			ids = slices.DeleteFunc(ids, func(x int64) bool { return x == id })
		}
	}
	return ids, nil
}

// match is an expression. Without operator it is a phrase.
type match struct {
	op   string // and, or, not (the second is to be left out)
	of   []*match
	cols int // of a phrase: in which columns it may stand, a bit each
	said []string
	last bool // the last word is the beginning of one
}

// Columns, as bits.
const (
	inHeadline = 1 << iota
	inBody
	inMarks
	anywhere = inHeadline | inBody | inMarks
)

type columns [3][]string

// in reports whether a document matches.
func (n *match) in(doc columns) bool {
	switch n.op {
	case "and":
		return n.of[0].in(doc) && n.of[1].in(doc)
	case "or":
		return n.of[0].in(doc) || n.of[1].in(doc)
	case "not":
		return n.of[0].in(doc) && !n.of[1].in(doc)
	}
	for c, words := range doc {
		if n.cols&(1<<c) == 0 || len(n.said) == 0 {
			continue
		}
		for i := 0; i+len(n.said) <= len(words); i++ {
			k := 0
			for k < len(n.said) && (words[i+k] == n.said[k] || n.last && k == len(n.said)-1 && strings.HasPrefix(words[i+k], n.said[k])) {
				k++
			}
			if k == len(n.said) {
				return true
			}
		}
	}
	return false
}

// tsquery is a query, or one that always or never matches.
type tsquery struct {
	text          string
	always, never bool
}

// query is the expression as a tsquery; wide is one that matches whatever the expression does, and looks at no places.
func (n *match) query(wide bool) tsquery {
	return n.tsquery(wide, wide)
}

// tsquery: with words, a phrase is its words alone; more says on which side it may then err.
func (n *match) tsquery(words, more bool) tsquery {
	join := func(op string, a, b tsquery) tsquery { return tsquery{text: "(" + a.text + op + b.text + ")"} }
	switch n.op {
	case "and":
		a, b := n.of[0].tsquery(words, more), n.of[1].tsquery(words, more)
		switch {
		case a.never || b.always:
			return a
		case b.never || a.always:
			return b
		}
		return join(" & ", a, b)
	case "or":
		a, b := n.of[0].tsquery(words, more), n.of[1].tsquery(words, more)
		switch {
		case a.always || b.never:
			return a
		case b.always || a.never:
			return b
		}
		return join(" | ", a, b)
	case "not":
		a, b := n.of[0].tsquery(words, more), n.of[1].tsquery(words, !more)
		switch {
		case b.never || a.never:
			return a
		case b.always:
			return tsquery{never: true}
		case a.always:
			return tsquery{text: "!" + b.text}
		}
		return join(" & !", a, b)
	}
	if len(n.said) == 0 || n.cols == 0 || words && len(n.said) > 1 && !more {
		return tsquery{never: true}
	}
	var b strings.Builder
	phrase := func(sign, weights, between string) {
		b.WriteByte('(')
		for i, w := range n.said {
			if i > 0 {
				b.WriteString(between)
			}
			quoted(&b, sign+w)
			prefix := n.last && i == len(n.said)-1
			if prefix || weights != "" {
				b.WriteByte(':')
				if prefix {
					b.WriteByte('*')
				}
				b.WriteString(weights)
			}
		}
		b.WriteByte(')')
	}
	between := " <-> "
	if words {
		between = " & "
	}
	b.WriteByte('(')
	switch n.cols &^ inMarks {
	case inHeadline:
		phrase("", "A", between)
	case inBody:
		phrase("", "D", between)
	case inHeadline | inBody:
		phrase("", "", between)
	}
	if marks := n.cols&inMarks != 0; marks && (n.cols == inMarks || strings.HasPrefix(n.said[0], "x")) {
		if b.Len() > 1 {
			b.WriteString(" | ")
		}
		phrase(markSign, "", between)
	}
	b.WriteByte(')')
	return tsquery{text: b.String()}
}

var errExpression = fault.E(fault.Invalid, "This is no search expression.")

// parseMatch reads an expression: phrases in quotation marks, a star after the beginning of a word, columns before a colon,
// brackets, NOT, AND and OR, of which the earlier bind more.
func parseMatch(expr string) (*match, error) {
	p := &matchParser{rest: expr}
	n, err := p.or(anywhere)
	if err == nil && p.skip() != "" {
		err = errExpression
	}
	return n, err
}

type matchParser struct{ rest string }

func (p *matchParser) skip() string {
	p.rest = strings.TrimLeft(p.rest, " \t\n")
	return p.rest
}

func (p *matchParser) take(s string) bool {
	if !strings.HasPrefix(p.skip(), s) {
		return false
	}
	p.rest = p.rest[len(s):]
	return true
}

func (p *matchParser) or(cols int) (*match, error) { return p.chain(cols, "OR", "or", p.and) }

func (p *matchParser) and(cols int) (*match, error) { return p.chain(cols, "AND", "and", p.not) }

func (p *matchParser) not(cols int) (*match, error) { return p.chain(cols, "NOT", "not", p.one) }

func (p *matchParser) chain(cols int, word, op string, next func(int) (*match, error)) (*match, error) {
	n, err := next(cols)
	for err == nil && p.take(word) {
		var m *match
		if m, err = next(cols); err == nil {
			n = &match{op: op, of: []*match{n, m}}
		}
	}
	return n, err
}

// one is a phrase or what stands in brackets, with the columns it is to stand in before it.
func (p *matchParser) one(cols int) (*match, error) {
	switch rest := p.skip(); {
	case p.take("("):
		n, err := p.or(cols)
		if err == nil && !p.take(")") {
			err = errExpression
		}
		return n, err
	case strings.HasPrefix(rest, `"`):
		return p.phrase(cols)
	}
	named := 0
	braces := p.take("{")
	for {
		switch {
		case p.take("headline"):
			named |= inHeadline
		case p.take("body"):
			named |= inBody
		case p.take("marks"):
			named |= inMarks
		default:
			return nil, errExpression
		}
		if !braces || p.take("}") {
			break
		}
	}
	if !p.take(":") {
		return nil, errExpression
	}
	return p.one(cols & named)
}

func (p *matchParser) phrase(cols int) (*match, error) {
	var b strings.Builder
	for s := p.rest[1:]; ; {
		i := strings.IndexByte(s, '"')
		if i < 0 {
			return nil, errExpression
		}
		b.WriteString(s[:i])
		if s = s[i+1:]; !strings.HasPrefix(s, `"`) {
			p.rest = s
			break
		}
		b.WriteByte('"')
		s = s[1:]
	}
	n := &match{cols: cols, said: lexemes(b.String())}
	n.last = p.take("*")
	return n, nil
}
