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
	"strings"
	"unicode"
	"unicode/utf8"
)

// Model scores the features of a text for a number of classes.
type Model struct {
	Classes []string
	bits    uint      // 1<<bits rows
	scale   float64   // of one unit of a weight
	bias    []float64 // a class
	weights []int8    // row by row, a weight a class
}

// longest is how many runes of a word are read; more say nothing about its language.
const longest = 40

// Features calls f with the hash of each feature of text: its words and their runs of one to four
// letters, the ends of a word counting as letters. Case, digits and punctuation say nothing; every
// apostrophe is the same.
func Features(text string, f func(hash uint32)) {
	var word [longest + 2]rune
	n := 1
	word[0] = '_'
	flush := func() {
		if n == 1 {
			return
		}
		word[n] = '_'
		w := word[:n+1]
		whole := uint32(2166136261)
		for i := range w {
			h := uint32(2166136261)
			for k := 0; k < 4 && i+k < len(w); k++ {
				h = (h ^ uint32(w[i+k])) * 16777619
				if k > 0 || w[i] != '_' {
					f(mix(h + uint32(k)))
				}
			}
			whole = (whole ^ uint32(w[i])) * 16777619
		}
		f(mix(whole + 7))
		n = 1
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
		case r == 0x200C || r == 0x200D || r == 0x640 || r == 0xAD || r >= 0x64B && r <= 0x652:
			continue
		case !unicode.IsLetter(r):
			flush()
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
	n := len(m.Classes)
	sums := make([]int32, n)
	shift := 32 - m.bits
	Features(text, func(h uint32) {
		features++
		row := m.weights[int(h>>shift)*n:][:n]
		for i, w := range row {
			sums[i] += int32(w)
		}
	})
	scores = make([]float64, n)
	if features == 0 {
		return scores, 0
	}
	k := m.scale / math.Sqrt(float64(features))
	for i := range scores {
		scores[i] = float64(sums[i])*k + m.bias[i]
	}
	return scores, features
}

const magic = "jarchi-ngram-1\n"

// New makes a model of weights[row*len(classes)+class], quantised to 8 bits.
func New(classes []string, bits uint, bias, weights []float64) *Model {
	m := &Model{Classes: classes, bits: bits, bias: bias, weights: make([]int8, len(weights))}
	most := 0.0
	for _, w := range weights {
		most = max(most, math.Abs(w))
	}
	// The few largest weights are clipped for the sake of the many.
	m.scale = most / 2 / 127
	if m.scale == 0 {
		m.scale = 1
	}
	for i, w := range weights {
		m.weights[i] = int8(max(-127, min(127, math.Round(w/m.scale))))
	}
	return m
}

// WriteTo stores the model: magic, bits, classes, scale, biases, weights, gzipped.
func (m *Model) WriteTo(w io.Writer) (int64, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return 0, err
	}
	head := fmt.Sprintf("%s%d %s\n", magic, m.bits, strings.Join(m.Classes, " "))
	if _, err := z.Write([]byte(head)); err != nil {
		return 0, err
	}
	if err := binary.Write(z, binary.LittleEndian, append([]float64{m.scale}, m.bias...)); err != nil {
		return 0, err
	}
	if err := binary.Write(z, binary.LittleEndian, m.weights); err != nil {
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
	if !ok || !ok2 || len(fields) < 2 {
		return nil, errors.New("ngram: not a model")
	}
	m := &Model{Classes: fields[1:]}
	if _, err := fmt.Sscan(fields[0], &m.bits); err != nil || m.bits < 8 || m.bits > 20 {
		return nil, errors.New("ngram: bad size")
	}
	n := len(m.Classes)
	numbers := make([]float64, n+1)
	if len(rest) != 8*(n+1)+n<<m.bits {
		return nil, errors.New("ngram: the model is cut off")
	}
	for i := range numbers {
		numbers[i] = math.Float64frombits(binary.LittleEndian.Uint64(rest[8*i:]))
	}
	m.scale, m.bias = numbers[0], numbers[1:]
	m.weights = make([]int8, n<<m.bits)
	for i, b := range rest[8*(n+1):] {
		m.weights[i] = int8(b)
	}
	return m, nil
}
