package main

import (
	"encoding/binary"
	"slices"
	"testing"
)

func TestClean(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, script, want string
		ok                 bool
	}{
		{"{ -brand-short-name } деңгейді көтереді", "Cyrl", "деңгейді көтереді", true},
		{"<b>Су</b> %1$s деңгейі &amp; %s", "Cyrl", "Су деңгейі", true},
		{"Open the Reservoir су", "Cyrl", "су", false}, // never translated
		{"~Файлы", "Cyrl", "Файлы", true},
		{"see example.org/water now, please", "Latn", "see now, please", true},
		{"12", "Latn", "12", false},
		{"سطح آب $(ARG1)", "Arab", "سطح آب", true},
	} {
		if got, ok := clean(c.text, c.script); ok != c.ok || ok && got != c.want {
			t.Errorf("%q: %q %v, want %q %v", c.text, got, ok, c.want, c.ok)
		}
	}
}

func TestTransliterated(t *testing.T) {
	t.Parallel()
	for from, c := range map[string]struct{ class, want string }{
		"Oʻzbekiston shahrining yoʻli": {"uz>uz-Cyrl", "ўзбекистон шаҳрининг йўли"},
		"Gʻalaba, maʼlum choy":         {"uz>uz-Cyrl", "ғалаба, маълум чой"},
		"Қазақ тілі":                   {"kk>kk", "qazaq tılı"},
	} {
		if got := into[c.class](from); got != c.want {
			t.Errorf("%q: %q, want %q", from, got, c.want)
		}
	}
}

func TestCatalogue(t *testing.T) {
	t.Parallel()
	// Two messages: the header, and "water" with a plural.
	text := "\x00water\x00su\x00sular\x00"
	b := make([]byte, 28, 200)
	for i, v := range []uint32{0x950412de, 0, 2, 28, 44} {
		binary.LittleEndian.PutUint32(b[4*i:], v)
	}
	for _, v := range []uint32{0, 60, 5, 61, 0, 60, 8, 67} { // length and place of originals, then of translations
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	b = append(b, text...)
	var got []string
	if err := catalogue(b, func(s string) { got = append(got, s) }); err != nil || !slices.Equal(got, []string{"su", "sular"}) {
		t.Errorf("%q, %v", got, err)
	}
	if err := catalogue(b[:len(b)-9], func(string) {}); err == nil {
		t.Error("a catalogue that is cut off was read")
	}
	if err := catalogue([]byte("no"), func(string) {}); err == nil {
		t.Error("a text was read as a catalogue")
	}
}

// TestClasses reads every class of every model: a misspelt source is found without the sources.
func TestClasses(t *testing.T) {
	t.Parallel()
	for script, rows := range models {
		for _, r := range rows {
			if c := row(r); c.tag == "" || len(c.udhr)+len(c.words)+len(c.texts) == 0 || c.from != "" && into[c.from+">"+c.tag] == nil {
				t.Errorf("%s: %q", script, r)
			}
		}
	}
}
