package lang

import (
	"crypto/sha256"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
)

//go:embed tables
var tableFiles embed.FS

// A table file is lines of space-separated fields under [section] headings; '#' starts a comment.
// All files of a language's folder are read as one, in the order of their names.
type section struct {
	name string
	rows [][]string
}

// tables is everything a language's folder says.
type tables []section

// rows returns the rows of every section called name.
func (t tables) rows(name string) [][]string {
	var rows [][]string
	for _, s := range t {
		if s.name == name {
			rows = append(rows, s.rows...)
		}
	}
	return rows
}

// words returns all fields of every section called name, in order.
func (t tables) words(name string) []string {
	var words []string
	for _, r := range t.rows(name) {
		words = append(words, r...)
	}
	return words
}

// parseTable reads one table file. Rows before the first heading are an error, so that a misspelt
// heading cannot silently lose a table.
func parseTable(name, text string) (tables, error) {
	var t tables
	for i, line := range strings.Split(text, "\n") {
		if at := strings.IndexByte(line, '#'); at >= 0 {
			line = line[:at]
		}
		line = strings.TrimSpace(line)
		switch {
		case line == "":
		case line[0] == '[' && line[len(line)-1] == ']':
			t = append(t, section{name: strings.TrimSpace(line[1 : len(line)-1])})
		case len(t) == 0:
			return nil, fmt.Errorf("%s:%d: a row stands before the first [section]", name, i+1)
		default:
			s := &t[len(t)-1]
			s.rows = append(s.rows, strings.Fields(line))
		}
	}
	return t, nil
}

// loadTables reads the folder of one language; ok is false when there is none. The tables are part of
// the program, so a fault in them is a defect that stops it: a test loads every one.
func loadTables(code string) (t tables, ok bool) {
	entries, err := fs.ReadDir(tableFiles, path.Join("tables", code))
	if err != nil {
		return nil, false
	}
	for _, e := range entries {
		if path.Ext(e.Name()) != ".txt" {
			continue
		}
		name := path.Join("tables", code, e.Name())
		text, err := tableFiles.ReadFile(name)
		if err != nil {
			panic("lang: " + err.Error())
		}
		part, err := parseTable(name, string(text))
		if err != nil {
			panic("lang: " + err.Error())
		}
		t = append(t, part...)
	}
	return t, true
}

// Digest is of the tables by which words are folded and stemmed: those of letters, stems and lexicons. Where it is the same, so are the keys of all words, as far as
// tables decide. Comments and blanks are not in it.
func Digest() (sum [sha256.Size]byte) {
	h := sha256.New()
	err := fs.WalkDir(tableFiles, "tables", func(name string, _ fs.DirEntry, err error) error {
		if base := path.Base(name); err != nil || base != "letters.txt" && base != "stems.txt" && base != "lexicon.txt" {
			return err
		}
		text, err := tableFiles.ReadFile(name)
		if err != nil {
			return err
		}
		return digestTable(h, name, string(text))
	})
	if err != nil {
		panic("lang: " + err.Error()) // they are part of the program
	}
	h.Sum(sum[:0])
	return sum
}

// digestTable writes what a table file says, row by row, so that fields are told apart.
func digestTable(w io.Writer, name, text string) error {
	t, err := parseTable(name, text)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%q\n", name)
	for _, s := range t {
		fmt.Fprintf(w, "%q\n", s.name)
		for _, r := range s.rows {
			fmt.Fprintf(w, "%q\n", r)
		}
	}
	return nil
}

// lexicon is one language ready for use.
type lexicon struct {
	code     string
	as       string   // the language that it is a variety of, with the same letters and stems; empty: none
	scripts  []string // ISO 15924: that words are typed in besides the usual one
	alphabet *alphabet
	stemmer  *stemmer
	stop     map[string]bool // folded
	calendar *calendar
	figures  *figures
	ends     map[string]bool // folded abbreviations that do not end a sentence

	predicateEnds, predicateParts []string // folded: how words end, and what they hold, that are no names

	joinNext, joinBefore, joinHeh map[string]bool // as written: words that belong to the next word, to the one before, or to one before that ends in heh
}

var (
	lexiconsMu sync.RWMutex
	lexicons   = map[string]*lexicon{} // at most one for each folder of tables/
)

// lexiconOf returns the language's lexicon, made at first use. A language without tables gets the
// default one: a correct fold for every script, and no stemming.
func lexiconOf(t Tag) *lexicon {
	code := t.base()
	if !haveTables[code] {
		code = "default"
	}
	lexiconsMu.RLock()
	l := lexicons[code]
	lexiconsMu.RUnlock()
	if l != nil {
		return l
	}
	l = newLexicon(code)
	lexiconsMu.Lock()
	defer lexiconsMu.Unlock()
	if had := lexicons[code]; had != nil {
		return had
	}
	lexicons[code] = l
	return l
}

// haveTables names the folders under tables/ with letters, stems or dates of their own.
var haveTables = func() map[string]bool {
	have := map[string]bool{}
	entries, err := fs.ReadDir(tableFiles, "tables")
	if err != nil {
		panic("lang: " + err.Error())
	}
	for _, e := range entries {
		if e.IsDir() {
			have[e.Name()] = true
		}
	}
	return have
}()

func newLexicon(code string) *lexicon {
	own, _ := loadTables(code)
	for _, from := range own.words("inherit") {
		more, ok := loadTables(from)
		if !ok {
			panic("lang: tables/" + code + " inherits from " + from + ", which does not exist")
		}
		own = append(more, own...)
	}
	base, _ := loadTables("default")
	l := &lexicon{code: code, as: strings.Join(own.words("inherit"), ""), scripts: own.words("scripts"), alphabet: newAlphabet(base, own)}
	for _, s := range l.scripts {
		if !slices.Contains(scriptCodes[:], s) {
			panic("lang: unknown script " + s)
		}
	}
	l.stemmer = newStemmer(l.alphabet, own)
	l.stop = map[string]bool{}
	for _, w := range own.words("predicates") {
		if part, anywhere := strings.CutSuffix(w, "*"); anywhere {
			l.predicateParts = append(l.predicateParts, string(l.alphabet.word(nil, part)))
		} else {
			l.predicateEnds = append(l.predicateEnds, string(l.alphabet.word(nil, w)))
		}
	}
	for _, w := range own.words("stop") {
		l.stop[string(l.alphabet.word(nil, w))] = true
	}
	l.ends = map[string]bool{}
	for _, w := range append(base.words("abbreviations"), own.words("abbreviations")...) {
		l.ends[string(l.alphabet.word(nil, strings.TrimSuffix(w, ".")))] = true
	}
	if words := own.words("join next"); len(words) > 0 {
		l.joinNext, l.joinBefore, l.joinHeh = map[string]bool{}, map[string]bool{}, map[string]bool{}
		for _, w := range words {
			l.joinNext[w] = true
		}
		for _, w := range own.words("join before") {
			l.joinBefore[w] = true
		}
		for _, w := range own.words("join behind heh") {
			l.joinHeh[w] = true
		}
	}
	l.calendar = newCalendar(l.alphabet, base, own)
	l.figures = newFigures(l.alphabet, base, own)
	return l
}
