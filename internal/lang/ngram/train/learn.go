package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/lang/ngram"
)

const (
	bits   = 17
	rounds = 20000 // texts a class
	rate   = 0.35
	small  = 0.025 // weights below it are left out of the model
)

// train makes the model of a script; held are the texts left out of it, by class.
func train(script string, l loader) (*ngram.Model, map[string][]string, error) {
	var classes []string
	var corpora []corpus
	held := map[string][]string{}
	for _, r := range models[script] {
		c := row(r)
		k, out, err := l.load(c, script)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", c.tag, err)
		}
		held[c.tag] = append(held[c.tag], out...)
		if i := slices.Index(classes, c.tag); i >= 0 { // more of a class, by transliteration
			for j := range k.kinds {
				corpora[i].kinds[j] = append(corpora[i].kinds[j], k.kinds[j]...)
			}
			continue
		}
		classes, corpora = append(classes, c.tag), append(corpora, k)
	}
	var lent []string
	if i := slices.Index(classes, lender[script]); i >= 0 {
		lent = properNames(corpora[i].words)
	}
	separate(classes, corpora)
	for i, k := range corpora {
		fmt.Fprintf(os.Stderr, "%-8s %4d %5d %6d %6d texts, %7d words\n", classes[i], len(k.kinds[0]), len(k.kinds[1]), len(k.kinds[2]), len(k.kinds[3]), len(k.words))
	}
	n := len(classes)
	rnd := rand.New(rand.NewPCG(7, uint64(len(script)+int(script[0]))))
	weights := make([]float32, n<<bits)
	grad := make([]float32, n<<bits) // AdaGrad's sums of squares
	p := make([]float64, n)
	var rows, active []int
	steps := rounds * n
	for step := range steps {
		c := step % n
		borrowed := lent
		if classes[c] == lender[script] {
			borrowed = nil
		}
		text := corpora[c].sample(rnd, script, borrowed)
		rows = rows[:0]
		ngram.Features(text, script == "Latn", func(h uint32) { rows = append(rows, int(h>>(32-bits))) })
		if len(rows) == 0 {
			continue
		}
		x := 1 / math.Sqrt(float64(len(rows)))
		clear(p)
		for _, r := range rows {
			for i, w := range weights[r*n : r*n+n] {
				p[i] += float64(w)
			}
		}
		most := math.Inf(-1)
		for i := range p {
			p[i] *= x
			most = max(most, p[i])
		}
		sum := 0.0
		for i := range p {
			p[i] = math.Exp(p[i] - most)
			sum += p[i]
		}
		active = active[:0]
		for i := range p {
			p[i] /= sum
			if i == c {
				p[i]--
			}
			p[i] *= x
			if math.Abs(p[i]) > 1e-5 {
				active = append(active, i)
			}
		}
		for _, r := range rows {
			for _, i := range active {
				g := float32(p[i])
				k := r*n + i
				grad[k] += g * g
				weights[k] -= rate * g / (float32(math.Sqrt(float64(grad[k]))) + 1e-2)
			}
		}
	}
	for i, w := range weights {
		if w < small && w > -small {
			weights[i] = 0
		}
	}
	return ngram.New(script, classes, bits, weights), held, nil
}

// shares is how often a training text is of each kind, and of words in no order, where a class has it.
var shares = [kinds + 1]float64{declaration: 2, own: 2, interfaces: 3, names: 1, kinds: 3}

// sample makes one training text of a class. lent are words of the language from which the others of the
// script take names: a text of any of them may hold one.
func (k *corpus) sample(rnd *rand.Rand, script string, lent []string) string {
	length := 10 + rnd.IntN(60)
	if rnd.IntN(9) > 4 {
		length = 60 + rnd.IntN(200)
	}
	pick := func(list []string) string { return list[rnd.IntN(len(list))] }
	var b strings.Builder
	runes := 0
	put := func(s string) {
		b.WriteString(s)
		b.WriteByte(' ')
		runes += len([]rune(s)) + 1
	}
	weight := shares
	sum := 0.0
	for i := range weight {
		if i < kinds && len(k.kinds[i]) == 0 || i == kinds && len(k.words) == 0 {
			weight[i] = 0
		}
		sum += weight[i]
	}
	for runes < length {
		if len(lent) > 0 && rnd.IntN(20) == 0 {
			put(pick(lent))
		}
		at, kind := rnd.Float64()*sum, 0
		for at >= weight[kind] && kind < kinds {
			at -= weight[kind]
			kind++
		}
		if kind == kinds {
			for range 1 + rnd.IntN(4) {
				put(pick(k.words))
			}
			continue
		}
		words := strings.Fields(pick(k.kinds[kind]))
		if len(words) > 4 && rnd.IntN(2) == 0 { // from anywhere in it
			words = words[rnd.IntN(len(words)-3):]
		}
		put(strings.Join(words, " "))
	}
	s := b.String()
	if r := []rune(s); len(r) > length { // as the first letters of a text are: the last word cut
		s = string(r[:length])
	}
	switch script {
	case "Arab": // typed on the neighbour's keyboard
		switch rnd.IntN(8) {
		case 0:
			s = strings.NewReplacer("ی", "ي", "ک", "ك").Replace(s)
		case 1:
			s = strings.NewReplacer("ي", "ی", "ك", "ک").Replace(s)
		}
	case "Latn":
		if rnd.IntN(6) == 0 {
			s = strings.NewReplacer("'", "", "ʻ", "", "‘", "", "’", "", "ʼ", "").Replace(s)
		}
	}
	return s
}

// lender is the language from which texts of the others of its script take names as they are written there.
var lender = map[string]string{"Latn": "en", "Cyrl": "ru"}

// properNames are the words of a list that it writes with a capital only.
func properNames(words []string) []string {
	small := map[string]bool{}
	for _, w := range words {
		small[w] = true
	}
	var names []string
	for _, w := range words {
		if r, n := utf8.DecodeRuneInString(w); unicode.IsUpper(r) && !small[strings.ToLower(w)] && strings.ToLower(w[n:]) == w[n:] {
			names = append(names, w)
		}
	}
	return names
}

// separate takes words out of lists that belong to another language: the lists were gathered on the
// web, and those of smaller languages hold much English or Russian. A Latin word that stands in several
// lists teaches nothing; a Russian word is taken out of the lists of unrelated languages. Phrases that
// stand in the texts of several languages are names or were never translated.
func separate(classes []string, corpora []corpus) {
	in := map[string]int{}
	phrases := map[string]int{}
	russian := map[string]bool{}
	latin := false
	for i, k := range corpora {
		for _, w := range k.words {
			in[w]++
			if classes[i] == "ru" {
				russian[w] = true
			}
		}
		for _, list := range k.kinds {
			for _, s := range list {
				phrases[s]++
			}
		}
		latin = latin || classes[i] == "en"
	}
	for i := range corpora {
		corpora[i].words = slices.DeleteFunc(corpora[i].words, func(w string) bool {
			switch classes[i] {
			case "kk", "uz-Cyrl", "ky", "tg", "mn", "tt":
				if russian[w] {
					return true
				}
			}
			return latin && in[w] > 1
		})
		for j := range corpora[i].kinds {
			corpora[i].kinds[j] = slices.DeleteFunc(corpora[i].kinds[j], func(s string) bool { return phrases[s] > 1 && j != declaration })
		}
	}
}
