package lang

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// shared is the folder of sample material, which is not part of the repository.
func shared(t testing.TB, parts ...string) string {
	t.Helper()
	root := os.Getenv("JARCHI_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	p := filepath.Join(append([]string{root}, parts...)...)
	if _, err := os.Stat(p); err != nil {
		t.Skipf("%s is not here: set JARCHI_SHARED to the folder of sample material", p)
	}
	return p
}

func readLines(t testing.TB, path string) []string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var lines []string
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		lines = append(lines, sc.Text())
	}
	return lines
}

func TestDetectSamples(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]Tag{"000_16a40d38f141b0b0": UZ, "001_32cc9811ad68b415": UR, "002_87f847a6d181454e": KK,
		"003_23a63cbc857a289d": KK, "004_284f50cf403ab954": FA} {
		b, err := os.ReadFile(shared(t, "samples", name+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		text := string(b)
		head, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
		for _, s := range []string{text, head} {
			if d := Detect(s, ""); d.Tag != want {
				t.Errorf("%s: %+v, want %s (%d bytes)", name, d, want, len(s))
			}
		}
	}
}

// TestDetectAccuracy measures on parallel news sentences; nothing was trained or tuned on them.
func TestDetectAccuracy(t *testing.T) {
	t.Parallel()
	dir := shared(t, "data", "ntrex-dev")
	cut := func(s string, n int) string {
		r := []rune(s)
		if n > 0 && len(r) > n {
			r = r[:n]
		}
		return string(r)
	}
	var bins, right [11]int
	for _, lang := range append(Known(), "tt", "ba", "uk", "be", "bg", "ug", "ps", "sd", "ckb", "de", "fr", "es") {
		path := filepath.Join(dir, string(lang)+".tsv")
		neighbour := false
		if _, err := os.Stat(path); err != nil {
			path, neighbour = filepath.Join(dir, "neighbours", string(lang)+".tsv"), true
		}
		if lang == UZCyrl { // the same text in the other script
			path, neighbour = filepath.Join(dir, "uz.tsv"), false
		}
		if _, err := os.Stat(path); err != nil {
			continue
		}
		lines := readLines(t, path)
		if !testing.Verbose() { // one line in eight keeps the test quick
			kept := lines[:0]
			for i := 0; i < len(lines); i += 8 {
				kept = append(kept, lines[i])
			}
			lines = kept
		}
		for _, n := range []int{0, 50, 20} {
			ok, ours, und := 0, 0, 0
			wrong := map[Tag]int{}
			for _, line := range lines {
				_, s, _ := strings.Cut(line, "\t")
				if lang == UZCyrl {
					s = inCyrillic.Replace(strings.ToLower(s))
				}
				d := Detect(cut(s, n), "")
				good := d.Tag == lang || lang == PRS && d.Tag == FA
				if good {
					ok++
				} else {
					wrong[d.Tag]++
				}
				if d.Tag == Und {
					und++
				}
				if profileOurs(d.Tag) {
					ours++
				}
				b := int(d.Confidence * 10)
				if !neighbour && d.Tag != Und {
					bins[b]++
					if good {
						right[b]++
					}
				}
			}
			acc := 100 * float64(ok) / float64(len(lines))
			t.Logf("%-7s first %2d: %5.1f%% right, %4.1f%% und, taken for ours %4.1f%%  %v", lang, n, acc, 100*float64(und)/float64(len(lines)), 100*float64(ours)/float64(len(lines)), wrong)
			if n == 0 && !neighbour && acc < 97 {
				t.Errorf("%s: %.1f%% of whole sentences are right", lang, acc)
			}
			if n == 0 && neighbour && ours > 5*len(lines)/100 {
				t.Errorf("%s: %d of %d whole sentences are taken for ours", lang, ours, len(lines))
			}
		}
	}
	for i, n := range bins {
		if n > 0 {
			t.Logf("confidence %.1f: %5d answers, %.1f%% right", float64(i)/10, n, 100*float64(right[i])/float64(n))
		}
	}
}

func profileOurs(t Tag) bool {
	for _, k := range known {
		if k == t {
			return true
		}
	}
	return false
}

// inCyrillic writes Uzbek in Cyrillic as far as single letters and digraphs tell.
var inCyrillic = strings.NewReplacer("oʻ", "ў", "o‘", "ў", "oʼ", "ў", "gʻ", "ғ", "g‘", "ғ", "gʼ", "ғ", "sh", "ш", "ch", "ч", "yo", "ё", "yu", "ю", "ya", "я", "ye", "е", "ts", "ц",
	" e", " э", "a", "а", "b", "б", "d", "д", "e", "е", "f", "ф", "g", "г", "h", "ҳ", "i", "и", "j", "ж", "k", "к", "l", "л", "m", "м", "n", "н", "o", "о", "p", "п", "q", "қ",
	"r", "р", "s", "с", "t", "т", "u", "у", "v", "в", "x", "х", "y", "й", "z", "з", "ʼ", "ъ", "’", "ъ")
