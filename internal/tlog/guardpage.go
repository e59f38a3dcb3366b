package tlog

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"slices"
)

// The guard file is a sequence of pairs of 4096-byte pages; each pair holds up to 38 logs. Of a
// pair, the page with the higher generation is the valid one; the next state is written over the
// other page, with the next generation, and then synced. Why this and not a new file renamed into
// place: rename needs two syncs (file and folder) where this needs one, and no journal commit,
// because neither length nor blocks change.
//
// What stands on the disk after a crash:
//
//   - before the page is written: both generations as they were;
//   - while it is written: the older page is torn and its checksum wrong; the newer, untouched and
//     synced before, still holds the last state for which Advance returned;
//   - after the write, before the sync returns: either of the two above, or the new state, which
//     the database also holds, since it was committed first;
//   - after the sync: the new state.
//
// The two pages of a pair never share a sector or a 4 KiB block, so writing one cannot damage the
// other. More than one damaged page of a pair is no crash but damage, and is refused.
//
// A page: magic (16 bytes), generation (8), birth of the file (8), number of the pair (4), count of
// records (4), records (104 each: length of name, name padded with zeroes to 63, size (8), root
// (32)), zeroes, and in the last 32 bytes the SHA-256 of all before. Numbers are big-endian. The
// birth is the time in nanoseconds at which the file system says the file was made, 0 if it does
// not say: no copying and no unpacking carries it over, so a file that was restored shows.
const (
	guardMagic     = "jarchi/guard/v1\n"
	pageSize       = 4096
	pageHeader     = len(guardMagic) + 8 + 8 + 4 + 4
	recordSize     = 1 + MaxLogName + 8 + 32
	recordsPerPage = (pageSize - pageHeader - sha256.Size) / recordSize
	maxGuardFile   = 2 * pageSize * 4096 // 155,648 logs
)

type guardRecord struct {
	log  string
	head Head
}

// pagePair is a pair's valid state; generation 0 has never been written.
type pagePair struct {
	generation uint64
	born       int64
	records    []guardRecord
}

func (p pagePair) clone() pagePair {
	p.records = slices.Clone(p.records)
	return p
}

// offset is where this state belongs: the two pages take turns.
func (p pagePair) offset(pair int) int64 {
	return (int64(pair)*2 + int64(p.generation&1)) * pageSize
}

func (p pagePair) encode(pair int) []byte {
	b := make([]byte, 0, pageSize)
	b = append(b, guardMagic...)
	b = binary.BigEndian.AppendUint64(b, p.generation)
	b = binary.BigEndian.AppendUint64(b, uint64(p.born))
	b = binary.BigEndian.AppendUint32(b, uint32(pair))
	b = binary.BigEndian.AppendUint32(b, uint32(len(p.records)))
	for _, r := range p.records {
		var name [MaxLogName]byte
		copy(name[:], r.log)
		b = append(b, byte(len(r.log)))
		b = append(b, name[:]...)
		b = binary.BigEndian.AppendUint64(b, uint64(r.head.Size))
		b = append(b, r.head.Root[:]...)
	}
	b = append(b, make([]byte, pageSize-sha256.Size-len(b))...)
	sum := sha256.Sum256(b)
	return append(b, sum[:]...)
}

var errTorn = errors.New("checksum or content of a page is wrong")

// decodePage reads a page; generation 0 stands for a page of zeroes, never written.
func decodePage(pair int, b []byte) (pagePair, error) {
	var p pagePair
	if allZero(b) {
		return p, nil
	}
	body, sum := b[:pageSize-sha256.Size], b[pageSize-sha256.Size:]
	if got := sha256.Sum256(body); !bytes.Equal(got[:], sum) {
		return p, errTorn
	}
	rest, ok := bytes.CutPrefix(body, []byte(guardMagic))
	if !ok {
		return p, errTorn
	}
	p.generation = binary.BigEndian.Uint64(rest)
	p.born = int64(binary.BigEndian.Uint64(rest[8:]))
	number := binary.BigEndian.Uint32(rest[16:])
	count := binary.BigEndian.Uint32(rest[20:])
	rest = rest[24:]
	if p.generation == 0 || int64(number) != int64(pair) || count > uint32(recordsPerPage) {
		return pagePair{}, errTorn
	}
	for range count {
		n := int(rest[0])
		if n > MaxLogName {
			return pagePair{}, errTorn
		}
		r := guardRecord{log: string(rest[1 : 1+n])}
		r.head.Size = int64(binary.BigEndian.Uint64(rest[1+MaxLogName:]))
		copy(r.head.Root[:], rest[1+MaxLogName+8:])
		if !ValidLogName(r.log) || r.head.Size < 0 || r.head.Size > maxSize {
			return pagePair{}, errTorn
		}
		p.records = append(p.records, r)
		rest = rest[recordSize:]
	}
	return p, nil
}

// choosePage returns the valid state of a pair out of its even and odd page, or says why no crash
// can have left them so.
func choosePage(pair int, even, odd []byte) (pagePair, error) {
	e, errE := decodePage(pair, even)
	o, errO := decodePage(pair, odd)
	if e.generation&1 == 1 || o.generation&1 == 0 && o.generation != 0 {
		return pagePair{}, errors.New("a page stands in the other's place")
	}
	switch {
	case errE != nil && errO != nil:
		return pagePair{}, errors.New("both pages of a pair are damaged")
	case errE != nil:
		// The even page was being written. The odd one is the state before; there is one, for odd
		// is written first.
		if o.generation == 0 {
			return pagePair{}, errors.New("a page is damaged and the other empty")
		}
		return o, nil
	case errO != nil:
		return e, nil // possibly the very first write: then e is empty, and so was the pair
	case o.generation == 0 && e.generation != 0,
		e.generation == 0 && o.generation > 1,
		e.generation != 0 && max(e.generation, o.generation)-min(e.generation, o.generation) != 1:
		return pagePair{}, errors.New("the two pages of a pair do not follow each other")
	case e.generation > o.generation:
		return e, nil
	}
	return o, nil
}
