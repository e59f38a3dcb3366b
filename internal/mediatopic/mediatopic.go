// Package mediatopic is the IPTC Media Topics: the subjects that news is filed under, as a tree of
// topics with labels in many languages.
//
// The tree and most labels come from IPTC (topics.tsv, made by gen from IPTC's own file; see NOTICE.md
// for licence and credit). The labels of the two top levels in Kazakh, Uzbek, Russian, Persian, Urdu,
// Turkish and Azerbaijani are ours and lie in labels.tsv: tab-separated, a line a topic, to be mended
// by whoever knows the language better. Both files are embedded and read once.
//
// A retired topic is still found, since old releases carry it, but is never offered: Children leaves it out.
//
// What it never does: guess a topic from a text, or translate a label.
package mediatopic

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"jarchi.dev/jarchi/internal/lang"
)

//go:generate go run ./gen

var (
	//go:embed topics.tsv
	topicsTSV string
	//go:embed labels.tsv
	labelsTSV string
)

// Topic is one Media Topic.
type Topic struct {
	Code    string // like medtop:20000639
	Parent  string // the code of the broader topic; empty at level 1
	Level   int    // from 1
	Retired bool   // no longer to be used
}

const (
	prefix = "medtop:"
	scheme = "http://cv.iptc.org/newscodes/mediatopic/"
)

type row struct {
	topic    Topic
	labels   map[lang.Tag]string
	children []Topic // active ones, by code
}

type tree struct {
	rows map[string]*row
}

// table is parsed once. The files are part of the program and read by its tests, so that a fault in
// them is a defect, not an error to handle.
var table = sync.OnceValue(func() *tree {
	t, err := parse(topicsTSV, labelsTSV)
	if err != nil {
		panic(err)
	}
	return t
})

// Lookup finds a topic, retired ones too, by its code (medtop:20000639) or by IPTC's uri for it.
func Lookup(code string) (Topic, bool) {
	if n, ok := strings.CutPrefix(code, scheme); ok {
		code = prefix + n
	}
	r, ok := table().rows[code]
	if !ok || code == "" { // the empty code stands for the root, which is no topic
		return Topic{}, false
	}
	return r.topic, true
}

// Children returns the topics in use directly below code, by code; those of level 1 for the empty code.
func Children(code string) []Topic {
	r, ok := table().rows[code]
	if !ok {
		return nil
	}
	return slices.Clone(r.children)
}

// Label is the topic's name in t and the language it is in: t itself, the language t stands beside
// (Persian for Dari, the usual script for another), or English when there is none.
func (t Topic) Label(want lang.Tag) (label string, in lang.Tag) {
	r, ok := table().rows[t.Code]
	if !ok || t.Code == "" {
		return t.Code, lang.Und
	}
	base, _, _ := strings.Cut(string(want), "-")
	for _, l := range []lang.Tag{want, lang.Tag(base), want.FoldsAs(), lang.EN} {
		if s := r.labels[l]; s != "" {
			return s, l
		}
	}
	return t.Code, lang.Und
}

func parse(topics, labels string) (*tree, error) {
	head, lines, err := split(topics, 5)
	if err != nil {
		return nil, fmt.Errorf("topics.tsv: %w", err)
	}
	t := &tree{rows: map[string]*row{"": {}}}
	for _, f := range lines {
		r := &row{topic: Topic{Code: prefix + f[0], Retired: f[2] == "retired"}, labels: map[lang.Tag]string{}}
		if f[1] != "" {
			r.topic.Parent = prefix + f[1]
		}
		for i, s := range f[4:] {
			if s != "" {
				r.labels[lang.Tag(head[4+i])] = s
			}
		}
		if t.rows[r.topic.Code] != nil {
			return nil, fmt.Errorf("topics.tsv: %s twice", f[0])
		}
		t.rows[r.topic.Code] = r
	}
	for code, r := range t.rows {
		for at := code; at != ""; at = t.rows[at].topic.Parent {
			if r.topic.Level++; r.topic.Level > 20 || t.rows[at] == nil {
				return nil, fmt.Errorf("topics.tsv: %s has no way to the top", code)
			}
		}
	}
	for _, f := range lines { // in the file's order, which is by code
		if r := t.rows[prefix+f[0]]; !r.topic.Retired {
			parent := t.rows[r.topic.Parent]
			parent.children = append(parent.children, r.topic)
		}
	}
	if head, lines, err = split(labels, 2); err != nil {
		return nil, fmt.Errorf("labels.tsv: %w", err)
	}
	for _, f := range lines {
		r := t.rows[prefix+f[0]]
		if r == nil || r.labels[lang.EN] != f[1] {
			return nil, fmt.Errorf("labels.tsv: %s %q is no topic of IPTC's", f[0], f[1])
		}
		for i, s := range f[2:] {
			if s != "" {
				r.labels[lang.Tag(head[2+i])] = s
			}
		}
	}
	return t, nil
}

// split reads a file with a head line; every line has as many fields as the head, at least least.
func split(s string, least int) (head []string, lines [][]string, err error) {
	for n, line := range strings.Split(strings.TrimRight(strings.ReplaceAll(s, "\r\n", "\n"), "\n"), "\n") {
		f := strings.Split(line, "\t")
		switch {
		case n == 0 && len(f) < least:
			return nil, nil, fmt.Errorf("the head line has %d fields", len(f))
		case n == 0:
			head = f
		case len(f) != len(head):
			return nil, nil, fmt.Errorf("line %d has %d fields, the head %d", n+1, len(f), len(head))
		default:
			lines = append(lines, f)
		}
	}
	return head, lines, nil
}
