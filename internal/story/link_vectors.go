package story

import (
	"encoding/binary"
	"hash/fnv"
	"math"
	"slices"
	"strconv"
)

// Where the operator has configured an engine, each text has a vector of what it means, and the vectors settle close
// cases. What is usual between two texts that have nothing to do with each other differs from model to model and from
// language to language, so a vector's word is measured against a sample of others; it can lift a pair over the
// threshold or push it below, but neither make a link of what shares nothing nor part what is beyond doubt.

const (
	vectorSample = 64  // other texts of the language tell what is usual
	vectorLeast  = 12  // of fewer nothing is told
	vectorUsual  = 4.0 // standard deviations beyond the usual: texts of one event lie beyond, those of one subject below
	vectorWeight = 0.4 // of a standard deviation of a score for each of a vector's
	vectorMost   = 1.5 // a score changes by no more
	vectorFrom   = 0.5 // of the threshold: what is less alike is no close case
)

// Vector is an embedding as it is kept: which model made it, then its numbers in a byte each. The zero Vector is none.
type Vector []byte

const vectorHead = 8 // a hash of the model's name, a scale

// PackVector keeps an embedding by a model at a quarter of its size; what is lost is a hundredth of a cosine at most.
func PackVector(model string, v []float32) Vector {
	most := float32(0)
	for _, x := range v {
		most = max(most, x, -x)
	}
	if len(v) < 2 || most == 0 || math.IsNaN(float64(most)) || math.IsInf(float64(most), 0) {
		return nil
	}
	h := fnv.New32a()
	h.Write([]byte(model))
	out := make(Vector, vectorHead, vectorHead+len(v))
	binary.LittleEndian.PutUint32(out, h.Sum32())
	square := 0.0
	for _, x := range v {
		b := int8(math.Round(float64(x / most * 127)))
		square += float64(b) * float64(b)
		out = append(out, byte(b))
	}
	binary.LittleEndian.PutUint32(out[4:], math.Float32bits(float32(1/math.Sqrt(square))))
	return out
}

// cosine of two vectors of one model; false if they cannot be compared.
func (v Vector) cosine(w Vector) (float64, bool) {
	if len(v) <= vectorHead || len(v) != len(w) || [4]byte(v) != [4]byte(w) {
		return 0, false
	}
	sum := int64(0)
	for i := vectorHead; i < len(v); i++ {
		sum += int64(int8(v[i])) * int64(int8(w[i]))
	}
	scale := func(v Vector) float64 {
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(v[4:])))
	}
	cos := float64(sum) * scale(v) * scale(w)
	return cos, cos >= -1.01 && cos <= 1.01 // a damaged scale is none
}

// usual is the mean and deviation of a text's cosines with a sample of one language's texts; false if there are too few.
func (x *index) usual(self uint32, v Vector, l uint8) (mean, deviation float64, ok bool) {
	n, square := 0, 0.0
	all := uint32(len(x.docs))
	for i := uint32(0); n < vectorSample && i < 16*vectorSample && i < all; i++ {
		d := (self + 1 + i*uint32(max(1, all/(16*vectorSample)))) % all // spread over all of them
		if x.docs[d].lang != l || d == self || x.docs[d].story == x.docs[self].story {
			continue
		}
		if cos, ok := v.cosine(x.vectors[d]); ok {
			n++
			mean, square = mean+cos, square+cos*cos
		}
	}
	if n < vectorLeast {
		return 0, 0, false
	}
	mean /= float64(n)
	return mean, max(math.Sqrt(max(0, square/float64(n)-mean*mean)), 0.01), true
}

// rescore lets vectors have their word on the close cases of a neighbourhood.
func (x *index) rescore(self uint32, near []found) {
	v := x.vectors[self]
	if v == nil {
		return
	}
	type usual struct {
		mean, deviation float64
		ok, read        bool
	}
	by := make([]usual, len(x.langs))
	for i, f := range near {
		if f.score < vectorFrom*Threshold || f.score > Threshold+vectorMost {
			continue
		}
		cos, ok := v.cosine(x.vectors[f.doc])
		if !ok {
			continue
		}
		u := &by[x.docs[f.doc].lang]
		if !u.read {
			u.mean, u.deviation, u.ok = x.usual(self, v, x.docs[f.doc].lang)
			u.read = true
		}
		if u.ok {
			near[i].score += min(max(vectorWeight*((cos-u.mean)/u.deviation-vectorUsual), -vectorMost), vectorMost)
		}
	}
	slices.SortFunc(near, byScore)
}

// meaning is the reason that vectors give for putting two texts together: their cosine, if it lies as far beyond the
// usual as those of texts of one event do.
func (l *Linker) meaning(a, b uint32) (Reason, bool) {
	cos, ok := l.x.vectors[a].cosine(l.x.vectors[b])
	if !ok {
		return Reason{}, false
	}
	mean, deviation, ok := l.x.usual(a, l.x.vectors[a], l.x.docs[b].lang)
	if !ok || (cos-mean)/deviation < vectorUsual {
		return Reason{}, false
	}
	return Reason{"embedding", strconv.FormatFloat(cos, 'f', 2, 64)}, true
}

// means keeps a text's vector; one that it had of other words is not kept.
func (x *index) means(n uint32, v Vector) {
	delete(x.vectors, n)
	if len(v) > vectorHead {
		x.vectors[n] = v
	}
}

// because are a text's reasons to stand with another: what they share, and what their vectors say.
func (l *Linker) because(n uint32, t Traits, other uint32, most int) []Reason {
	out := l.reasons(t, other, most)
	if r, ok := l.meaning(n, other); ok {
		out = append(out, r)
	}
	return out
}
