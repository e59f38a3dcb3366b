package story

import (
	"encoding/binary"
	"math/bits"
)

// lists hold for each trait and language the texts that have it, in the order in which they were entered. There are some
// millions of them, most with one entry or two, so that they are packed: of a text how many places of its language lie
// between it and the one before, in the lowest bit whether the trait's weight is other than that of a thing said once,
// together as a variable-length integer (seven bits a byte, the lowest first); then that other weight in a byte. A list of
// longList entries begins with its last place and how many bytes it has, so that it can be appended to unread.
type lists struct {
	first  map[uint32]uint32          // of a trait: the first of its lists, which stand together
	all    []list                     // number 0 is none
	left   [1<<listLangs + 1][]uint32 // where so many lists stood that have moved
	chunks [][]byte                   // no pointers, so that the collector passes them by
	free   [8 * 32][]uint32           // places of blocks that lists grew out of, by size
	read   []uint32                   // what posts returns
}

// list is that of one trait in one language.
type list struct {
	at uint32 // its block, in units of four bytes
	is uint32 // entries, language, kind, and whether it is the last of its trait
}

const (
	listEntries = 20 // bits
	listLangs   = 5
	lastList    = 1 << 31
	mostEntries = 1<<listEntries - 1 // what more texts have tells nothing

	longList  = 16 // entries
	listHead  = 8  // bytes
	mostEntry = 5  // bytes: 21 bits and the weight

	chunkBits = 20 // units of a chunk, which is the largest block: of so many bytes no list can be
)

func (p *list) n() uint32       { return p.is & mostEntries }
func (p *list) lang() uint8     { return uint8(p.is >> listEntries & (1<<listLangs - 1)) }
func (p *list) kind() TraitKind { return TraitKind(p.is >> (listEntries + listLangs) & 0x3f) }
func (p *list) last() bool      { return p.is&lastList != 0 }

func newLists() lists { return lists{first: map[uint32]uint32{}, all: make([]list, 1)} }

// once is the weight of a thing said once, as it is packed; of a sound that of a word that is no name. Of the traits of
// press texts three in five have it.
var once = func() (out [len(kindWeight)]uint32) {
	for k, w := range kindWeight {
		out[k] = packed(0, w)
	}
	out[Sound] = packed(0, weighed(Sound, 0.5))
	return out
}()

// of are the lists of a trait, one for each language that has it, and the number of the first.
func (x *lists) of(h uint32) ([]list, uint32) {
	n := x.first[h]
	if n == 0 {
		return nil, 0
	}
	end := n
	for !x.all[end].last() {
		end++
	}
	return x.all[n : end+1], n
}

// begin makes the list of a trait in one more language, of no entries yet, and returns its number.
func (x *lists) begin(h uint32, l uint8, kind TraitKind) uint32 {
	had, from := x.of(h)
	size := len(had) + 1
	var to uint32
	if left := &x.left[size]; len(*left) > 0 {
		to = (*left)[len(*left)-1]
		*left = (*left)[:len(*left)-1]
	} else {
		to = uint32(len(x.all))
		for range size {
			x.all = append(x.all, list{})
		}
	}
	if len(had) > 0 {
		copy(x.all[to:], had)
		x.all[to+uint32(len(had))-1].is &^= lastList
		clear(x.all[from : from+uint32(len(had))])
		x.left[len(had)] = append(x.left[len(had)], from)
	}
	x.first[h] = to
	n := to + uint32(len(had))
	x.all[n] = list{is: lastList | uint32(kind)<<(listEntries+listLangs) | uint32(l)<<listEntries}
	return n
}

// post enters a text into the list of a trait, behind those that are in it, and returns the list's number.
func (x *lists) post(h uint32, l uint8, kind TraitKind, entry uint32) uint32 {
	var n uint32
	of, first := x.of(h)
	for i := range of {
		if of[i].lang() == l {
			n = first + uint32(i)
		}
	}
	if n == 0 {
		n = x.begin(h, l, kind)
		p := &x.all[n]
		var buf [mostEntry]byte
		packed := appendEntry(buf[:0], entry>>8+1, entry&0xff, once[kind])
		p.at = x.block(len(packed))
		copy(x.bytes(p.at), packed)
		p.is++
		return n
	}
	p := &x.all[n]
	if p.n() == mostEntries {
		return n
	}
	b := x.bytes(p.at)
	used, last := 0, uint32(0) // last is one more than the last place
	if p.n() >= longList {
		last, used = binary.LittleEndian.Uint32(b), int(binary.LittleEndian.Uint32(b[4:]))
	} else {
		for range p.n() {
			var step uint32
			step, used = readStep(b, used)
			last += step >> 1
			used += int(step & 1)
		}
	}
	var buf [listHead + longList*mostEntry]byte
	more := appendEntry(buf[:0], entry>>8+1-last, entry&0xff, once[p.kind()])
	p.is++
	head := 0
	if p.n() == longList {
		head = listHead
	}
	if want := head + used + len(more); head > 0 || room(want) != room(used) {
		at := x.block(want)
		copy(x.bytes(at)[head:], b[:used])
		x.give(p.at, used)
		p.at, b = at, x.bytes(at)
	}
	used += head
	used += copy(b[used:], more)
	if p.n() >= longList {
		binary.LittleEndian.PutUint32(b, entry>>8+1)
		binary.LittleEndian.PutUint32(b[4:], uint32(used))
	}
	return n
}

func appendEntry(b []byte, step, weight, once uint32) []byte {
	if weight == once {
		return binary.AppendUvarint(b, uint64(step)<<1)
	}
	return append(binary.AppendUvarint(b, uint64(step)<<1|1), byte(weight))
}

// readStep reads the integer at i and returns where it ends.
func readStep(b []byte, i int) (uint32, int) {
	v := uint32(b[i])
	i++
	for shift := 7; b[i-1] >= 0x80; shift += 7 {
		v += (uint32(b[i]) - 1) << shift
		i++
	}
	return v, i
}

// posts are a list's entries: the place of a text, and the trait's weight there in the lowest byte. They are good until the
// next call.
func (x *lists) posts(p *list) []uint32 {
	b, n, once := x.bytes(p.at), int(p.n()), once[p.kind()]
	if n >= longList {
		b = b[listHead:]
	}
	if cap(x.read) < n {
		x.read = make([]uint32, n+n/2)
	}
	out := x.read[:n]
	last, at := ^uint32(0), 0
	for i := range out {
		v := uint32(b[at])
		at++
		if v >= 0x80 {
			v += (uint32(b[at]) - 1) << 7
			for shift := 14; b[at] >= 0x80; shift += 7 {
				at++
				v += (uint32(b[at]) - 1) << shift
			}
			at++
		}
		last += v >> 1
		if v&1 == 0 {
			out[i] = last<<8 | once
		} else {
			out[i] = last<<8 | uint32(b[at])
			at++
		}
	}
	return out
}

// bytes are a block and what lies behind it in its chunk.
func (x *lists) bytes(at uint32) []byte {
	return x.chunks[at>>chunkBits][at&(1<<chunkBits-1)*4:]
}

// room is how many units a block for so many bytes has: eight sizes between a power of two and the next.
func room(size int) int {
	units := (size + 3) / 4
	step := 1 << max(0, bits.Len(uint(units-1))-4)
	return (units + step - 1) / step * step
}

// class numbers the sizes of blocks.
func class(units int) int {
	n := bits.Len(uint(units))
	return n*8 + units>>max(0, n-4)&7
}

// block finds a place for so many bytes.
func (x *lists) block(size int) uint32 {
	units := room(size)
	if f := &x.free[class(units)]; len(*f) > 0 {
		at := (*f)[len(*f)-1]
		*f = (*f)[:len(*f)-1]
		return at
	}
	last := len(x.chunks) - 1
	if last < 0 || len(x.chunks[last])+4*units > cap(x.chunks[last]) {
		last++ // the first chunks are small
		x.chunks = append(x.chunks, make([]byte, 0, max(4*units, 4<<min(chunkBits, 12+last))))
	}
	c := x.chunks[last]
	x.chunks[last] = c[:len(c)+4*units]
	return uint32(last)<<chunkBits | uint32(len(c)/4)
}

// give takes a block back that had so many bytes.
func (x *lists) give(at uint32, size int) {
	c := class(room(size))
	x.free[c] = append(x.free[c], at)
}
