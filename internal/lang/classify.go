package lang

import (
	"embed"
	"math"
	"slices"
	"sync"
	"unicode"

	"jarchi.dev/jarchi/internal/lang/ngram"
)

//go:embed models
var modelFiles embed.FS

// modelOf loads the model of a script at first use.
var modelOf = map[script]func() *ngram.Model{
	latn:   sync.OnceValue(func() *ngram.Model { return loadModel("Latn") }),
	cyrl:   sync.OnceValue(func() *ngram.Model { return loadModel("Cyrl") }),
	arabic: sync.OnceValue(func() *ngram.Model { return loadModel("Arab") }),
}

// loadModel reads a model that is part of the program: a fault in it is a defect that stops it.
func loadModel(name string) *ngram.Model {
	data, err := modelFiles.ReadFile("models/" + name + ".model")
	if err == nil {
		var m *ngram.Model
		if m, err = ngram.Read(data); err == nil {
			return m
		}
	}
	panic("lang: model " + name + ": " + err.Error())
}

const (
	// priorWeight is what a publisher's declaration is worth: it turns a close decision, not a clear one.
	priorWeight = 2.0
	// servedWeight is what is expected of a text before it is read: more of it is in a language served here.
	servedWeight = 1.0
	// sharpness turns scores into logarithms of odds: training stops before the weights are as large as the
	// evidence is (the trainer's -measure prints what each sharpness costs on texts held out).
	sharpness = 1.5
	// leastSure is the share below which the answer is what was declared, or Und.
	leastSure = 0.3
)

// classify tells the language of a text in a script that several share.
func classify(text string, s script, declared Tag) (Tag, float64) {
	m := modelOf[s]()
	scores, features := m.Score(text)
	if features == 0 {
		return Und, 0
	}
	prior := declared
	if prior == PRS {
		prior = FA
	}
	strange(text, s, m.Classes, scores)
	for i, c := range m.Classes {
		scores[i] *= sharpness
		if Tag(c) == prior || prior == UZ && Tag(c) == UZCyrl || prior == UZCyrl && Tag(c) == UZ {
			scores[i] += priorWeight
		}
		if served[Tag(c)] && !(s == cyrl && Tag(c) == AZ) && !(s == latn && Tag(c) == KK) { // those are rare
			scores[i] += servedWeight
		}
	}
	most := slices.Max(scores)
	sum := 0.0
	for i := range scores {
		scores[i] = math.Exp(scores[i] - most)
		sum += scores[i]
	}
	best := 0
	for i := range scores {
		if scores[i] > scores[best] {
			best = i
		}
	}
	p := scores[best] / sum
	tag := Tag(m.Classes[best])
	if tag == FA && declared == PRS {
		tag = PRS
	}
	// Few letters are weak evidence even for a sure model.
	p *= 1 - math.Exp(-float64(features)/12)
	if p < leastSure {
		for _, c := range m.Classes {
			if Tag(c) == prior {
				return declared, p
			}
		}
		return Und, p
	}
	return tag, min(p, 0.995)
}

// alphabets are the letters each class of each script writes beside the common ones, from
// models/alphabets.txt.
var alphabets = sync.OnceValue(func() map[script]map[string]map[rune]bool {
	text, err := modelFiles.ReadFile("models/alphabets.txt")
	if err != nil {
		panic("lang: " + err.Error())
	}
	t, err := parseTable("models/alphabets.txt", string(text))
	if err != nil {
		panic("lang: " + err.Error())
	}
	all := map[script]map[string]map[rune]bool{}
	for s, code := range scriptCodes {
		for _, row := range t.rows(code) {
			if all[script(s)] == nil {
				all[script(s)] = map[string]map[rune]bool{}
			}
			set := map[rune]bool{}
			for _, w := range row[1:] {
				for _, r := range w {
					set[r] = true
				}
			}
			all[script(s)][row[0]] = set
		}
	}
	return all
})

// strangeWeight is what one letter that a language does not write counts against it in a text of one
// letter; it falls with the square root of the text's length as the scores' growth does.
const strangeWeight = 25

// strange lowers the scores of classes by the letters of text that they do not write.
func strange(text string, s script, classes []string, scores []float64) {
	var count [lowLimit]int32
	total := 0
	for _, r := range text {
		if r >= 'A' && r < lowLimit && scriptOf(r) == s {
			count[unicode.ToLower(r)%lowLimit]++
			total++
		}
	}
	if total == 0 {
		return
	}
	sets := alphabets()[s]
	for r, n := range count {
		if n == 0 || s == latn && r < 0x80 || s == arabic && (r < 0x66E || r == 0x6CC || r == 0x6A9) {
			continue
		}
		for i, c := range classes {
			if set, ok := sets[c]; ok && !set[rune(r)] {
				scores[i] -= strangeWeight * float64(n) / math.Sqrt(float64(total))
			}
		}
	}
}
