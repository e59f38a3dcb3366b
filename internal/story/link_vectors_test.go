package story

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// meant is a vector near to that of an event: what engines give for texts that mean alike, in any language.
func meant(r *rand.Rand, event int, noise float64) []float32 {
	e := rand.New(rand.NewPCG(uint64(event), 9))
	v := make([]float32, 256)
	for i := range v {
		v[i] = float32(0.5 + e.NormFloat64() + noise*r.NormFloat64()) // all texts have something in common
	}
	return v
}

func TestPackedVectors(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		a, b := meant(r, r.IntN(50), 0.5), meant(r, r.IntN(50), 0.5)
		dot, aa, bb := 0.0, 0.0, 0.0
		for i := range a {
			dot, aa, bb = dot+float64(a[i])*float64(b[i]), aa+float64(a[i])*float64(a[i]), bb+float64(b[i])*float64(b[i])
		}
		got, ok := PackVector("m", a).cosine(PackVector("m", b))
		if want := dot / math.Sqrt(aa*bb); !ok || math.Abs(got-want) > 0.01 {
			t.Fatalf("cosine %v %v, want %v", got, ok, want)
		}
		if _, ok := PackVector("m", a).cosine(PackVector("n", b)); ok {
			t.Fatal("vectors of two models were compared")
		}
	}
	for _, v := range [][]float32{nil, {1}, {0, 0, 0}, {float32(math.NaN()), 1}, {float32(math.Inf(1)), 1}} {
		if p := PackVector("m", v); p != nil {
			t.Errorf("%v was packed to %v", v, p)
		}
	}
}

// TestVectorsSettleCloseCases: of pairs of texts in two languages that share a few traits, those that mean the same are
// linked with vectors and were not without; those that do not are not; and what shares nothing is never linked.
func TestVectorsSettleCloseCases(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)
	linked := func(vectors bool) (true_, false_ int, why string) {
		r := rand.New(rand.NewPCG(3, 4))
		l := NewLinker()
		vector := func(event int) Vector {
			if !vectors {
				return nil
			}
			return PackVector("m", meant(r, event, 0.6))
		}
		name := func(k int) string { // two hundred thousand invented ones
			part := func(n int) string {
				return []string{"bar", "kul", "tem", "dos", "gin", "mur", "zal", "pek", "sor", "vin", "lat", "fem"}[n%12]
			}
			w := part(k) + part(k/12) + part(k/144)
			return strings.ToUpper(w[:1]) + w[1:]
		}
		for e := range 200 {
			text := fmt.Sprintf("Report from %s\n%s and %s met in %s, where %d carts were counted.", name(7*e), name(7*e+1), name(7*e+2), name(7*e+3), 1000+17*e)
			place(t, l, Text{ID: fmt.Sprint("en", e), At: at, Traits: read("en", text, at), Vector: vector(e)})
		}
		for e := range 200 { // each has one name in common with an event, and every other one its meaning
			means := e
			if e%2 == 1 {
				means = 1000 + e
			}
			text := fmt.Sprintf("%s haberi\n%s ile %s %s kentinde buluştu, %d sandık taşındı.", name(1500+5*e), name(7*e+1), name(1501+5*e), name(1502+5*e), 9000+13*e)
			p := place(t, l, Text{ID: fmt.Sprint("tr", e), At: at, Traits: read("tr", text, at), Vector: vector(means)})[0]
			for _, n := range p.Near {
				if n.ID != fmt.Sprint("en", e) || n.Score < 0.5 {
					continue
				}
				if means == e {
					true_++
				} else {
					false_++
				}
			}
			for _, x := range p.Because {
				if x.Kind == "embedding" {
					why = x.Value
				}
			}
		}
		return true_, false_, why
	}
	without, wrong, why := linked(false)
	if why != "" || without != wrong && (without+wrong == 0 || without > 3*wrong || wrong > 3*without) {
		t.Errorf("without vectors %d and %d are linked, because %q: the two kinds should be alike", without, wrong, why)
	}
	with, mistaken, why := linked(true)
	t.Logf("linked: without vectors %d and %d, with them %d of one meaning and %d of two", without, wrong, with, mistaken)
	if with < without+10 || 3*mistaken > wrong || why == "" {
		t.Errorf("with vectors %d of one meaning are linked and %d of two (without %d and %d), because %q", with, mistaken, without, wrong, why)
	}

	l := NewLinker()
	r := rand.New(rand.NewPCG(5, 6))
	for e := range 40 {
		place(t, l, Text{ID: fmt.Sprint(e), At: at, Traits: read("en", fmt.Sprintf("Notice\nOrdinary words of number %d only", e*37), at), Vector: PackVector("m", meant(r, e, 0.1))})
	}
	p := place(t, l, Text{ID: "same", At: at, Traits: read("tr", "Bambaşka sözler\nHiçbir ortak yan yok", at), Vector: PackVector("m", meant(r, 7, 0.1))})[0]
	if p.Story != "same" {
		t.Errorf("a text that shares nothing was put into the story of %s because of its vector", p.Story)
	}
}
