package mediatopic

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"jarchi.dev/jarchi/internal/lang"
)

var ours = []lang.Tag{lang.KK, lang.UZ, lang.RU, lang.FA, lang.UR, lang.TR, lang.AZ}

// all are the topics in use, by code.
func all() []Topic {
	var out []Topic
	for below := []string{""}; len(below) > 0; below = below[1:] {
		for _, topic := range Children(below[0]) {
			out, below = append(out, topic), append(below, topic.Code)
		}
	}
	slices.SortFunc(out, func(a, b Topic) int { return strings.Compare(a.Code, b.Code) })
	return out
}

func TestTree(t *testing.T) {
	t.Parallel()
	levels := map[int]int{}
	all := all()
	for i, topic := range all {
		levels[topic.Level]++
		if got, ok := Lookup(topic.Code); !ok || got != topic || topic.Retired {
			t.Errorf("%s: %+v %v", topic.Code, got, ok)
		}
		if got, ok := Lookup(scheme + strings.TrimPrefix(topic.Code, prefix)); !ok || got != topic {
			t.Errorf("%s is not found by its uri", topic.Code)
		}
		if i > 0 && all[i-1].Code >= topic.Code {
			t.Errorf("%s is out of order", topic.Code)
		}
		parent, ok := Lookup(topic.Parent)
		if ok != (topic.Level > 1) || ok && (parent.Retired || parent.Level != topic.Level-1) || !slices.Contains(Children(topic.Parent), topic) {
			t.Errorf("%s: parent %+v", topic.Code, parent)
		}
		if label, in := topic.Label(lang.EN); label == "" || in != lang.EN {
			t.Errorf("%s: %q in %s", topic.Code, label, in)
		}
	}
	if len(all) != 1133 || levels[1] != 17 || levels[2] != 107 || len(Children("")) != 17 {
		t.Errorf("%d topics, levels %v", len(all), levels)
	}
	if Children("medtop:0") != nil {
		t.Error("an unknown topic has children")
	}
	for _, code := range []string{"", "medtop:", "20000639", "medtop:99999999", scheme} {
		if topic, ok := Lookup(code); ok {
			t.Errorf("%q is %+v", code, topic)
		}
	}
}

func TestRetired(t *testing.T) {
	t.Parallel()
	n := 0
	for code, r := range table().rows {
		if !r.topic.Retired {
			continue
		}
		n++
		if slices.Contains(all(), r.topic) || slices.Contains(Children(r.topic.Parent), r.topic) {
			t.Errorf("%s is offered", code)
		}
		if label, _ := r.topic.Label(lang.EN); label == "" || label == code {
			t.Errorf("%s has no name", code)
		}
	}
	if n != 153 {
		t.Errorf("%d retired topics", n)
	}
}

func TestLabel(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code string
		want lang.Tag
		text string
		in   lang.Tag
	}{
		{"medtop:06000000", lang.KK, "Қоршаған орта", lang.KK},
		{"medtop:06000000", lang.UZCyrl, "Atrof-muhit", lang.UZ},
		{"medtop:06000000", lang.PRS, "محیط زیست", lang.FA},
		{"medtop:06000000", lang.KO, "environment", lang.EN},
		{"medtop:06000000", "de-AT", "Umwelt", "de"},
		{"medtop:20000639", lang.KK, "diplomacy", lang.EN}, // level 3: no label of ours
		{"medtop:01000000", "sv", "Konst, kultur och nöje", "sv"},
		{"medtop:01000000", "da", "kunst, kultur, underholdning og medier", "da"},
	} {
		topic, _ := Lookup(c.code)
		if text, in := topic.Label(c.want); text != c.text || in != c.in {
			t.Errorf("%s in %s: %q in %s", c.code, c.want, text, in)
		}
	}
	topic, _ := Lookup("medtop:06000000")
	for _, odd := range []lang.Tag{"se", "dk", "en-GB", "pt-PT", "zh-Hans"} { // IPTC's tags
		if _, ok := table().rows[topic.Code].labels[odd]; ok {
			t.Errorf("the tag %s came through", odd)
		}
	}
	if text, in := (Topic{Code: "x"}).Label(lang.KK); text != "x" || in != lang.Und {
		t.Errorf("%q %s", text, in)
	}
}

// Every topic of the two top levels has a label of ours in each language, in its own script.
func TestOurLabels(t *testing.T) {
	t.Parallel()
	letters := map[lang.Tag]string{ // besides the script's own: what the language's alphabet has
		lang.UZ: "abcdefghijklmnopqrstuvxyzʻʼ", lang.TR: "abcçdefgğhıijklmnoöprsştuüvyzâîû", lang.AZ: "abcçdeəfgğhxıijkqlmnoöprsştuüvyz",
		lang.RU: "абвгдеёжзийклмнопрстуфхцчшщъыьэюя", lang.KK: "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя",
		lang.FA: "آابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهیءئأؤٔ", lang.UR: "آابپتٹثجچحخدڈذرڑزژسشصضطظعغفقکگلمنںوہھءئؤیے",
	}
	n := 0
	for _, topic := range all() {
		if topic.Level > 2 {
			continue
		}
		n++
		for _, tag := range ours {
			text, in := topic.Label(tag)
			if in != tag {
				t.Errorf("%s has no label in %s", topic.Code, tag)
				continue
			}
			if text != strings.TrimSpace(text) || strings.Contains(text, "  ") || !norm.NFC.IsNormalString(text) || utf8.RuneCountInString(text) > 60 {
				t.Errorf("%s in %s: %q is untidy", topic.Code, tag, text)
			}
			lower := strings.ToLower(text)
			if tag == lang.TR || tag == lang.AZ {
				lower = strings.ToLowerSpecial(unicode.TurkishCase, text)
			}
			for _, r := range lower {
				if !strings.ContainsRune(letters[tag], r) && !strings.ContainsRune(" -,،\u200c", r) {
					t.Errorf("%s in %s: %q holds %q", topic.Code, tag, text, r)
				}
			}
			if first, _ := utf8.DecodeRuneInString(text); tag.Dir() == "ltr" && !unicode.IsUpper(first) {
				t.Errorf("%s in %s: %q does not begin with a capital", topic.Code, tag, text)
			}
			for _, sibling := range Children(topic.Parent) {
				if other, _ := sibling.Label(tag); sibling != topic && other == text {
					t.Errorf("%s and %s are both %q in %s", topic.Code, sibling.Code, text, tag)
				}
			}
		}
	}
	if n != 124 || strings.Count(labelsTSV, "\n") != n+1 {
		t.Errorf("%d topics in the two top levels, %d lines of labels", n, strings.Count(labelsTSV, "\n"))
	}
}

func TestBrokenFiles(t *testing.T) {
	t.Parallel()
	const good, labels = "code\tparent\tstate\treplaced\ten\n1\t\t\t\ta\n2\t1\t\t\tb\n", "code\ten\tkk\n1\ta\tа\n"
	if _, err := parse(good, labels); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string][2]string{
		"no head": {"", labels}, "fields": {good + "3\n", labels}, "twice": {good + "2\t1\t\t\tb\n", labels},
		"no parent": {good + "3\t9\t\t\tb\n", labels}, "circle": {good + "3\t4\t\t\tb\n4\t3\t\t\tb\n", labels},
		"label of nothing": {good, labels + "9\ta\tа\n"}, "another English label": {good, "code\ten\tkk\n1\tb\tа\n"},
	} {
		if _, err := parse(c[0], c[1]); err == nil || !strings.Contains(err.Error(), ".tsv") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSmall(t *testing.T) {
	t.Parallel()
	if n := len(topicsTSV) + len(labelsTSV); n > 400_000 {
		t.Errorf("the tables take %d bytes", n)
	}
}

func BenchmarkParse(b *testing.B) {
	for b.Loop() {
		if _, err := parse(topicsTSV, labelsTSV); err != nil {
			b.Fatal(err)
		}
	}
}
