// Command gen makes the table of Media Topics that package mediatopic embeds out of IPTC's own file,
// cptall-x-all.json, which it reads from the folder JARCHI_SHARED/standards/mediatopics. It is run by
// go generate, and only when IPTC's file is replaced by a newer one.
package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// labels are the columns of the table and where they come from. The file's tags are not all BCP 47:
// Swedish is written se (which is Northern Sami) and Danish dk (which is no language).
var labels = []struct {
	tag  string
	from []string
}{
	{"en", []string{"en-GB"}}, {"ar", []string{"ar"}}, {"zh", []string{"zh-Hans"}}, {"fr", []string{"fr"}}, {"de", []string{"de"}},
	{"es", []string{"es"}}, {"pt", []string{"pt-PT", "pt-BR"}}, {"sv", []string{"se"}}, {"da", []string{"dk"}},
}

type scheme struct {
	DateReleased string
	ConceptSet   []concept
}

type concept struct {
	URI        string
	QCode      string
	PrefLabel  map[string]string
	Broader    []string
	Retired    string
	Note       map[string]string
	ChangeNote map[string]string
}

func main() {
	log.SetFlags(0)
	shared := os.Getenv("JARCHI_SHARED")
	if shared == "" {
		shared = "../../../shared" // go generate runs in the package's folder
	}
	in, err := os.ReadFile(filepath.Join(shared, "standards", "mediatopics", "cptall-x-all.json"))
	if err != nil {
		log.Fatal(err)
	}
	table, err := generate(in)
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile("topics.tsv", table, 0o644); err != nil {
		log.Fatal(err)
	}
}

var mentioned = regexp.MustCompile(`\b[0-9]{8}\b`)

// generate writes a line per concept: code, parent, 'retired' or nothing, the code that IPTC's note
// names in its place, and the labels.
func generate(in []byte) ([]byte, error) {
	var s scheme
	if err := json.Unmarshal(in, &s); err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, c := range s.ConceptSet {
		known[c.URI] = true
	}
	slices.SortFunc(s.ConceptSet, func(a, b concept) int { return cmp.Compare(a.QCode, b.QCode) })
	var b strings.Builder
	b.WriteString("code\tparent\tstate\treplaced")
	for _, l := range labels {
		b.WriteString("\t" + l.tag)
	}
	b.WriteByte('\n')
	for _, c := range s.ConceptSet {
		code, ok := strings.CutPrefix(c.QCode, "medtop:")
		if !ok || len(c.Broader) > 1 || len(c.Broader) == 1 && !known[c.Broader[0]] {
			return nil, fmt.Errorf("%s: not a Media Topic with one known parent", c.QCode)
		}
		parent, state, replaced := "", "", ""
		if len(c.Broader) == 1 {
			parent = c.Broader[0][strings.LastIndexByte(c.Broader[0], '/')+1:]
		}
		if c.Retired != "" {
			state = "retired"
			for _, note := range []string{c.Note["en-GB"], c.ChangeNote["en-GB"]} {
				for _, m := range mentioned.FindAllString(note, -1) {
					if m != code && known[c.URI[:len(c.URI)-len(code)]+m] {
						replaced = m
					}
				}
			}
		}
		b.WriteString(strings.Join([]string{code, parent, state, replaced}, "\t"))
		for _, l := range labels {
			text := ""
			for _, from := range l.from {
				if text == "" {
					text = norm.NFC.String(strings.Join(strings.Fields(c.PrefLabel[from]), " "))
				}
			}
			b.WriteString("\t" + text)
		}
		b.WriteByte('\n')
	}
	return []byte(b.String()), nil
}
