// Package ngram is the linear model behind language detection: which features a text has, how a model
// is stored and how it scores. A model covers the languages of one script. It knows nothing of tags,
// priors or thresholds; package lang does. Models are made by the command in ngram/train.
package ngram

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Model scores the features of a text for a number of classes.
type Model struct {
	Classes []string
	script  string   // ISO 15924 code of what it covers
	bits    uint     // 1<<bits rows
	scale   float64  // of one unit of a weight
	width   int      // words in a row
	weights []uint64 // row by row, a byte a class: its weight and 128
}

// longest is how many runes of a word are read; more say nothing about its language.
const longest = 40

// Features calls f with the hash of each feature of text: its words, their runs of one to five letters,
// the ends of a word counting as letters, and each word with the one before it. Case, digits and
// punctuation say nothing; every apostrophe is the same. Without latin, words in a-z are passed over: in
// a text of another script they are names.
func Features(text string, latin bool, f func(hash uint32)) {
	var word [longest + 2]rune
	n := 1
	word[0] = '_'
	before := uint32(0)
	flush := func() {
		if n == 1 {
			return
		}
		if !latin && word[1] < utf8.RuneSelf {
			n, before = 1, 0
			return
		}
		word[n] = '_'
		w := word[:n+1]
		whole := uint32(2166136261)
		for i := range w {
			h := uint32(2166136261)
			for k := 0; k < 5 && i+k < len(w); k++ {
				h = (h ^ uint32(w[i+k])) * 16777619
				if k > 0 || w[i] != '_' {
					f(mix(h + uint32(k)))
				}
			}
			whole = (whole ^ uint32(w[i])) * 16777619
		}
		f(mix(whole + 7))
		if before != 0 {
			f(mix(before*31 + whole))
		}
		n, before = 1, whole
	}
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[i:])
		}
		i += size
		switch {
		case r < utf8.RuneSelf:
			if r >= 'A' && r <= 'Z' {
				r |= 0x20
			}
			if r < 'a' || r > 'z' {
				if (r == '\'' || r == '`') && n > 1 && i < len(text) && letterAt(text[i:]) {
					r = 0x2BB
					break
				}
				flush()
				continue
			}
		case r == 0x2BB || r == 0x2BC || r == 0x2018 || r == 0x2019 || r == 0xB4:
			if n == 1 || !letterAt(text[i:]) {
				flush()
				continue
			}
			r = 0x2BB
		case r == 0x640: // tatweel
			continue
		case !unicode.IsLetter(r):
			// A vowel sign or an accent stands within a word, and so do joiners and other marks that are not seen.
			if !unicode.In(r, unicode.Mn, unicode.Cf) {
				flush()
			}
			continue
		default:
			r = unicode.ToLower(r)
		}
		if n <= longest {
			word[n] = r
			n++
		}
	}
	flush()
}

func letterAt(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r)
}

// mix spreads the bits of a hash.
func mix(h uint32) uint32 {
	h ^= h >> 15
	h *= 0x2c1b3c6d
	h ^= h >> 12
	h *= 0x297a2d39
	return h ^ h>>15
}

// Score returns for each class how well text fits it, and how many features were read. The score is
// a logarithm of odds that grows with the square root of the text's length.
func (m *Model) Score(text string) (scores []float64, features int) {
	const even = 0x00FF00FF00FF00FF // the bytes of every other class, summed with room for carries
	scores = make([]float64, len(m.Classes))
	lanes := make([]uint64, 2*m.width)
	flush := func() {
		for i := range scores {
			scores[i] += float64(uint16(lanes[i/8*2+i%2] >> (16 * (i % 8 / 2))))
		}
		clear(lanes)
	}
	shift := 32 - m.bits
	Features(text, m.script == "Latn", func(h uint32) {
		features++
		row := m.weights[int(h>>shift)*m.width:][:m.width]
		for i, w := range row {
			lanes[2*i] += w & even
			lanes[2*i+1] += w >> 8 & even
		}
		if features%256 == 0 { // 256 times 255 is what a lane holds
			flush()
		}
	})
	if features == 0 {
		return scores, 0
	}
	flush()
	k := m.scale / math.Sqrt(float64(features))
	for i := range scores {
		scores[i] = (scores[i] - 128*float64(features)) * k
	}
	return scores, features
}

const magic = "jarchi-ngram-2\n"

// coarse is how many 127ths of the largest weight are one unit: 6 bits a weight instead of 8 detect as well, and take two thirds of the room.
const coarse = 4

// New makes a model of weights[row*len(classes)+class], quantised to 63 steps.
func New(script string, classes []string, bits uint, weights []float32) *Model {
	m := &Model{Classes: classes, script: script, bits: bits}
	// The few largest weights are clipped for the sake of the many.
	var sizes []float32
	for _, w := range weights {
		if w != 0 {
			sizes = append(sizes, max(w, -w))
		}
	}
	m.scale = 1
	if len(sizes) > 0 {
		slices.Sort(sizes)
		m.scale = float64(sizes[len(sizes)-1-len(sizes)/2000]) / 127
	}
	units := make([]byte, len(weights))
	for i, w := range weights {
		units[i] = byte(128 + math.Round(max(-127, min(127, math.Round(float64(w)/m.scale)))/coarse))
	}
	m.scale *= coarse
	m.fill(units)
	return m
}

// fill lays out weights, a byte each with 128 added, row by row.
func (m *Model) fill(units []byte) {
	n := len(m.Classes)
	m.width = (n + 7) / 8
	m.weights = make([]uint64, m.width<<m.bits)
	for i, u := range units {
		row, class := i/n, i%n
		m.weights[row*m.width+class/8] |= uint64(u) << (8 * (class % 8))
	}
}

// WriteTo stores the model, gzipped: magic, bits, script, classes, scale and the weights row by row, a byte each.
func (m *Model) WriteTo(w io.Writer) (int64, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.HuffmanOnly) // hashed features do not repeat: looking for repetitions makes it larger
	if err != nil {
		return 0, err
	}
	head := fmt.Sprintf("%s%d %s %s\n", magic, m.bits, m.script, strings.Join(m.Classes, " "))
	if _, err := z.Write([]byte(head)); err != nil {
		return 0, err
	}
	if err := binary.Write(z, binary.LittleEndian, m.scale); err != nil {
		return 0, err
	}
	n := len(m.Classes)
	units := make([]byte, n<<m.bits)
	for i := range units {
		row, class := i/n, i%n
		units[i] = byte(m.weights[row*m.width+class/8] >> (8 * (class % 8)))
	}
	if _, err := z.Write(units); err != nil {
		return 0, err
	}
	if err := z.Close(); err != nil {
		return 0, err
	}
	return b.WriteTo(w)
}

// Read reads what WriteTo stored.
func Read(data []byte) (*Model, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	all, err := io.ReadAll(io.LimitReader(z, 64<<20))
	if err != nil {
		return nil, err
	}
	rest, ok := bytes.CutPrefix(all, []byte(magic))
	line, rest, ok2 := bytes.Cut(rest, []byte("\n"))
	fields := strings.Fields(string(line))
	if !ok || !ok2 || len(fields) < 3 {
		return nil, errors.New("ngram: not a model")
	}
	m := &Model{Classes: fields[2:], script: fields[1]}
	if _, err := fmt.Sscan(fields[0], &m.bits); err != nil || m.bits < 8 || m.bits > 20 {
		return nil, errors.New("ngram: bad size")
	}
	if len(rest) != 8+len(m.Classes)<<m.bits {
		return nil, errors.New("ngram: the model is cut off")
	}
	m.scale = math.Float64frombits(binary.LittleEndian.Uint64(rest))
	m.fill(rest[8:])
	return m, nil
}
