package tlog

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strconv"

	"jarchi.dev/jarchi/internal/fault"
)

// Kind says what a leaf records. The list is closed.
type Kind string

const (
	KindRelease  Kind = "release"  // the first version of an item went out
	KindUpdate   Kind = "update"   // a further version: the story develops
	KindCorrect  Kind = "correct"  // a further version: the earlier one was wrong
	KindWithdraw Kind = "withdraw" // it must not be used any more
	KindSeal     Kind = "seal"     // something exists and is under embargo; nothing else is said
	KindOpen     Kind = "open"     // the embargo of the seal named by Ref has ended
	KindConcur   Kind = "concur"   // a further issuer signs a release
	KindGone     Kind = "gone"     // this member has acted on a partner's withdrawal or erasure
	KindErase    Kind = "erase"    // text and salt are deleted; the commitment no longer opens
	KindKeys     Kind = "keys"     // the member's keys have changed
)

const (
	// MaxLeaf bounds a leaf's encoded size in bytes.
	MaxLeaf = 512
	// SealSize is the encoded size in bytes of every seal leaf.
	SealSize = 128

	leafFormat = 1
	maxTime    = 253402300799 // the last second of the year 9999
	maxVersion = 1<<31 - 1
)

// Leaf is one entry of a log. Every field is opaque: no text, no name, no desk. Which fields a
// kind carries is fixed; see docs/log.md.
type Leaf struct {
	V       int    // format, 1; Marshal takes 0 for 1
	Kind    Kind   // what happened
	ID      string // 26 characters of base32: the item, or the release where the kind concerns all of it
	Version int    // the item's version, from 1; 0 where the kind has none
	Time    int64  // Unix time in whole seconds
	Commit  []byte // 32 bytes, or nil
	Ref     string // another leaf's index in decimal, or an opaque id of 26 or 52 base32 characters
}

// wants says of a field of one kind whether it must, may or must not be there.
type wants byte

const (
	may wants = iota
	must
	never
)

var kindFields = map[Kind]struct{ id, version, commit, ref wants }{
	KindRelease:  {must, must, must, may},
	KindUpdate:   {must, must, must, may},
	KindCorrect:  {must, must, must, may},
	KindWithdraw: {must, may, may, may},
	KindSeal:     {never, never, must, never},
	KindOpen:     {may, never, never, must},
	KindConcur:   {must, may, may, may},
	KindGone:     {must, may, never, may},
	KindErase:    {must, may, never, may},
	KindKeys:     {never, never, must, may},
}

func (w wants) check(field string, there bool, k Kind) error {
	switch {
	case w == must && !there:
		return fault.Field("leaf."+field, "A leaf of kind %s needs it.", k)
	case w == never && there:
		return fault.Field("leaf."+field, "A leaf of kind %s never carries it.", k)
	}
	return nil
}

// validate returns an Invalid fault that names the first field at fault.
func (l Leaf) validate() error {
	f, ok := kindFields[l.Kind]
	if !ok {
		return fault.Field("leaf.kind", "There is no such kind of leaf.")
	}
	if l.V != leafFormat {
		return fault.Field("leaf.v", "Only format %d is known.", leafFormat)
	}
	if l.Time <= 0 || l.Time > maxTime {
		return fault.Field("leaf.time", "The time must be in whole seconds after 1970 and before the year 10000.")
	}
	if l.Version < 0 || l.Version > maxVersion {
		return fault.Field("leaf.version", "A version counts from 1.")
	}
	if l.ID != "" && !isBase32(l.ID, 26) {
		return fault.Field("leaf.id", "An id is 26 characters of a-z and 2-7.")
	}
	if l.Ref != "" && !isRef(l.Ref) {
		return fault.Field("leaf.ref", "A reference is a decimal number, or 26 or 52 characters of a-z and 2-7.")
	}
	if l.Commit != nil && (len(l.Commit) != 32 || allZero(l.Commit)) {
		return fault.Field("leaf.commit", "A commitment is 32 bytes, not all of them zero.")
	}
	for _, c := range []struct {
		w     wants
		field string
		there bool
	}{
		{f.id, "id", l.ID != ""}, {f.version, "version", l.Version != 0},
		{f.commit, "commit", l.Commit != nil}, {f.ref, "ref", l.Ref != ""},
	} {
		if err := c.w.check(c.field, c.there, l.Kind); err != nil {
			return err
		}
	}
	return nil
}

// Marshal returns the leaf's bytes: JSON without spaces, fields in fixed order, absent fields left
// out, at most [MaxLeaf] bytes; a seal is padded to [SealSize]. A leaf that breaks a rule of its
// kind is an Invalid fault.
func (l Leaf) Marshal() ([]byte, error) {
	if l.V == 0 {
		l.V = leafFormat
	}
	if err := l.validate(); err != nil {
		return nil, err
	}
	// Every value is a number or of an alphabet that JSON never escapes, so plain appending is
	// exact. The longest leaf possible stays below 300 bytes.
	b := make([]byte, 0, 256)
	b = append(b, `{"v":`...)
	b = strconv.AppendInt(b, int64(l.V), 10)
	b = append(b, `,"kind":"`...)
	b = append(b, l.Kind...)
	b = append(b, '"')
	if l.ID != "" {
		b = append(b, `,"id":"`...)
		b = append(b, l.ID...)
		b = append(b, '"')
	}
	if l.Version != 0 {
		b = append(b, `,"version":`...)
		b = strconv.AppendInt(b, int64(l.Version), 10)
	}
	b = append(b, `,"time":`...)
	b = strconv.AppendInt(b, l.Time, 10)
	if l.Commit != nil {
		b = append(b, `,"commit":"`...)
		b = base64.StdEncoding.AppendEncode(b, l.Commit)
		b = append(b, '"')
	}
	if l.Ref != "" {
		b = append(b, `,"ref":"`...)
		b = append(b, l.Ref...)
		b = append(b, '"')
	}
	if l.Kind == KindSeal {
		b = append(b, `,"pad":"`...)
		for len(b) < SealSize-len(`"}`) {
			b = append(b, '0')
		}
		b = append(b, '"')
	}
	return append(b, '}'), nil
}

// ParseLeaf reads a leaf. It refuses, with an Invalid fault, whatever Marshal would not have
// written byte for byte.
func ParseLeaf(data []byte) (Leaf, error) {
	if len(data) > MaxLeaf {
		return Leaf{}, fault.E(fault.Invalid, "A leaf has at most %d bytes; this one has %d.", MaxLeaf, len(data))
	}
	var j struct {
		V       int    `json:"v"`
		Kind    Kind   `json:"kind"`
		ID      string `json:"id"`
		Version int    `json:"version"`
		Time    int64  `json:"time"`
		Commit  []byte `json:"commit"`
		Ref     string `json:"ref"`
	}
	if err := json.Unmarshal(data, &j); err != nil {
		return Leaf{}, fault.E(fault.Invalid, "This is not a leaf: it is not JSON with a leaf's fields.").Because(err)
	}
	l := Leaf(j)
	again, err := l.Marshal()
	if err != nil {
		return Leaf{}, err
	}
	// encoding/json is lenient (letter case, repeated and unknown fields, spaces); one form only
	// is ours, and this comparison is what enforces it.
	if !bytes.Equal(again, data) {
		return Leaf{}, fault.E(fault.Invalid, "This is not a leaf in its one exact form: written again it is other bytes.")
	}
	return l, nil
}

func isBase32(s string, n int) bool {
	if len(s) != n {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '2' || c > '7') {
			return false
		}
	}
	return true
}

func isRef(s string) bool {
	if isBase32(s, 26) || isBase32(s, 52) {
		return true
	}
	_, ok := parseDecimal(s)
	return ok
}

// parseDecimal reads a non-negative number without leading zeroes or sign.
func parseDecimal(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n >= 0 && s == strconv.FormatInt(n, 10)
}

func allZero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}
