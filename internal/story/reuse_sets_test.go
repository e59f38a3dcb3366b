package story

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"
	"unicode/utf8"
)

// article is a document of a measuring set.
type article struct {
	id, lang  string
	sentences []string
}

func (a article) text() string { return strings.Join(a.sentences, "\n") }

// translated are the documents of the parallel news sentences among the shared data, each in every language.
func translated(t testing.TB) []article {
	t.Helper()
	dir := os.Getenv("JARCHI_SHARED")
	if dir == "" {
		t.Skip("JARCHI_SHARED does not name the shared folder; the measuring set lies there")
	}
	files, err := filepath.Glob(filepath.Join(dir, "data", "ntrex-dev", "*.tsv"))
	if err != nil || len(files) == 0 {
		t.Skip("no ntrex-dev in the shared folder")
	}
	sort.Strings(files)
	var out []article
	for _, name := range files {
		code := strings.TrimSuffix(filepath.Base(name), ".tsv")
		if code == "prs" {
			continue // many of its sentences are word for word those of fa
		}
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		last := ""
		lines := bufio.NewScanner(f)
		for lines.Scan() {
			doc, sentence, _ := strings.Cut(lines.Text(), "\t")
			if id := code + "-" + doc; id != last {
				out = append(out, article{id: id, lang: code})
				last = id
			}
			a := &out[len(out)-1]
			a.sentences = append(a.sentences, sentence)
		}
		f.Close()
		if err := lines.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// composed are documents in an invented language for each script: words out of syllables, used as often as words are
// (Zipf), sentences of 6 to 28 words, and set phrases that all documents of a language share, as titles of office and
// the openings of news do.
func composed(r *rand.Rand, documents int) []article {
	var out []article
	for _, l := range []struct {
		name           string
		first, second  string // of a syllable
		joined         bool   // words stand without spaces
		shortest, long int    // syllables of a word
	}{
		{"latin", "b c d f g h k l m n p r s t v z sh ch", "a e i o u ai or en is", false, 1, 4},
		{"cyrillic", "б в г д ж з к л м н п р с т х ш қ ғ", "а е и о у ы ө ай ер ын", false, 1, 4},
		{"arabic", "ب پ ت ج چ ح د ر ز س ش ف ق ک گ ل م ن", "ا و ی ه ان ار", false, 1, 4},
		{"hangul", "가 나 다 라 마 바 사 아 자 차 카 타 파 하 고 노 도 로 모 보 소 오 조", "", false, 2, 4},
		{"han", "天 地 玄 黄 宇 宙 洪 荒 日 月 盈 昃 辰 宿 列 张 寒 来 暑 往 秋 收 冬 藏 闰 余 成 岁 律 吕 调 阳 云 腾 致 雨 露 结 为 霜 金 生 丽 水 玉 出 昆 冈", "", true, 1, 2},
	} {
		pick := func(from string) string {
			if from == "" {
				return ""
			}
			w := strings.Fields(from)
			return w[r.IntN(len(w))]
		}
		words := make([]string, 4000)
		for i := range words {
			for range l.shortest + r.IntN(l.long-l.shortest+1) {
				words[i] += pick(l.first) + pick(l.second)
			}
		}
		often := rand.NewZipf(r, 1.1, 12, uint64(len(words)-1))
		run := func(n int) []string {
			w := make([]string, n)
			for i := range w {
				w[i] = words[often.Uint64()]
			}
			return w
		}
		var phrases [][]string // five or six words each
		for range 12 {
			phrases = append(phrases, run(5+r.IntN(2)))
		}
		space := " "
		if l.joined {
			space = ""
		}
		for d := range documents {
			a := article{id: fmt.Sprintf("%s-%d", l.name, d), lang: l.name}
			for range 5 + r.IntN(25) {
				w := run(6 + r.IntN(23))
				if r.IntN(4) == 0 {
					w = append(phrases[r.IntN(len(phrases))], w...)
				}
				a.sentences = append(a.sentences, strings.Join(w, space)+".")
			}
			out = append(out, a)
		}
	}
	return out
}

// alike are the documents of the translated set that report one event in part with the same words, found by reading
// what they share. Between them nothing counts as wrong, nor between one document's translations, which share names.
var alike = [][2]string{{"26", "36"}, {"48", "116"}, {"6", "116"}}

func areAlike(a, b string) bool {
	_, x, _ := strings.Cut(a, "-")
	_, y, _ := strings.Cut(b, "-")
	return x == y || slices.Contains(alike, [2]string{x, y}) || slices.Contains(alike, [2]string{y, x})
}

// variant is how a text is made out of others.
type variant struct {
	name  string
	kind  Kind // what it should be called
	reach float64
	make  func(r *rand.Rand, from []article, i int) (text string, sources []string, host string)
}

// own wraps what makes a variant of one text alone.
func own(f func(r *rand.Rand, a article, all []article) string) func(*rand.Rand, []article, int) (string, []string, string) {
	return func(r *rand.Rand, from []article, i int) (string, []string, string) {
		return f(r, from[i], from), []string{from[i].id}, ""
	}
}

var variants = []variant{
	{"copy and furniture", Copy, .99, own(func(r *rand.Rand, a article, all []article) string {
		return furniture(a.lang, 0) + a.text() + furniture(a.lang, 1)
	})},
	{"5 % of the words changed", Copy, .99, own(spin(.05))},
	{"15 % changed", Rewrite, .99, own(spin(.15))},
	{"30 % changed", Rewrite, .90, own(spin(.30))},
	{"first 30 % only", Cut, .99, own(func(r *rand.Rand, a article, all []article) string {
		text := a.text()
		end := len(text) * 3 / 10
		for end < len(text) && !utf8.RuneStart(text[end]) {
			end++
		}
		return text[:end]
	})},
	{"40 % cut, reordered", Cut, .99, own(func(r *rand.Rand, a article, all []article) string {
		keep := (len(a.sentences)*6 + 9) / 10
		var kept []string
		for _, i := range r.Perm(len(a.sentences))[:keep] {
			kept = append(kept, a.sentences[i])
		}
		return strings.Join(kept, "\n")
	})},
	{"two articles on a page", Compilation, .99, func(r *rand.Rand, from []article, i int) (string, []string, string) {
		b := another(r, from, i)
		return from[i].text() + "\n" + b.text(), []string{from[i].id, b.id}, ""
	}},
	{"two sentences quoted", Quote, .97, func(r *rand.Rand, from []article, i int) (string, []string, string) {
		// Two sentences that stand side by side, in a text of which most words are changed.
		host, a := another(r, from, i), from[i]
		at := r.IntN(len(a.sentences) - 1)
		text := strings.Split(spin(.7)(r, host, from), "\n")
		to := r.IntN(len(text) + 1)
		text = append(text[:to:to], append([]string{"“" + a.sentences[at] + " " + a.sentences[at+1] + "”"}, text[to:]...)...)
		return strings.Join(text, "\n"), []string{a.id}, host.id
	}},
}

// another is a document of the same language as the i-th.
func another(r *rand.Rand, from []article, i int) article {
	for {
		if j := r.IntN(len(from)); j != i && from[j].lang == from[i].lang {
			return from[j]
		}
	}
}

// furniture is what a site puts around its texts: the same for all of one language.
func furniture(lang string, part int) string {
	return [][2]string{
		{"Post views: 1207\nShare: Facebook Telegram WhatsApp X Copy link\n", "\nIf you notice a mistake, mark it and press CTRL+Enter.\nAll rights reserved. Use of the materials only with a link to the source (" + lang + ").\nerror:"},
	}[0][part]
}

// spin replaces a share of the words by words of other documents of the language; where words stand without spaces, of
// the pairs of characters.
func spin(share float64) func(r *rand.Rand, a article, all []article) string {
	return func(r *rand.Rand, a article, all []article) string {
		out := make([]string, len(a.sentences))
		for i, s := range a.sentences {
			words := wordsOf(a.lang, s)
			for j := range words {
				if r.Float64() < share {
					b := all[r.IntN(len(all))]
					for b.lang != a.lang {
						b = all[r.IntN(len(all))]
					}
					other := wordsOf(a.lang, b.sentences[r.IntN(len(b.sentences))])
					words[j] = other[r.IntN(len(other))]
				}
			}
			out[i] = strings.Join(words, map[bool]string{false: " "}[unspaced(a.lang)])
		}
		return strings.Join(out, "\n")
	}
}

func unspaced(lang string) bool { return lang == "zh" || lang == "han" }

func wordsOf(lang, sentence string) []string {
	if !unspaced(lang) {
		return strings.Fields(sentence)
	}
	var out []string
	for c := []rune(strings.Join(strings.Fields(sentence), "")); len(c) > 0; c = c[min(2, len(c)):] {
		out = append(out, string(c[:min(2, len(c))]))
	}
	return out
}
