package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The committed table is what the generator makes of IPTC's file.
func TestCommittedTable(t *testing.T) {
	t.Parallel()
	shared := os.Getenv("JARCHI_SHARED")
	if shared == "" {
		shared = "../../../../shared"
	}
	in, err := os.ReadFile(filepath.Join(shared, "standards", "mediatopics", "cptall-x-all.json"))
	if err != nil {
		t.Skip("IPTC's file is not here (JARCHI_SHARED/standards/mediatopics/cptall-x-all.json): the table is not made anew")
	}
	want, err := os.ReadFile("../topics.tsv")
	if err != nil {
		t.Fatal(err)
	}
	got, err := generate(in)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("topics.tsv is not what gen makes; run go generate ./internal/mediatopic")
	}
}

func TestGenerate(t *testing.T) {
	t.Parallel()
	const at = "http://cv.iptc.org/newscodes/mediatopic/"
	got, err := generate([]byte(`{"conceptSet": [
		{"uri": "` + at + `20000002", "qcode": "medtop:20000002", "broader": ["` + at + `20000001"], "retired": "2016-04-05",
		 "prefLabel": {"en-GB": " old  name", "se": "gammal", "dk": "gammel", "pt-BR": "b"}, "note": {"en-GB": "medtop:20000002 retired in 20160405, use (20000001)"}},
		{"uri": "` + at + `20000001", "qcode": "medtop:20000001", "prefLabel": {"en-GB": "new"}}]}`))
	want := "code\tparent\tstate\treplaced\ten\tar\tzh\tfr\tde\tes\tpt\tsv\tda\n" +
		"20000001\t\t\t\tnew\t\t\t\t\t\t\t\t\n" +
		"20000002\t20000001\tretired\t20000001\told name\t\t\t\t\t\tb\tgammal\tgammel\n"
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s", err, got)
	}
	for _, bad := range []string{"x", `{"conceptSet": [{"qcode": "subj:1"}]}`, `{"conceptSet": [{"qcode": "medtop:1", "broader": ["nowhere"]}]}`} {
		if _, err := generate([]byte(bad)); err == nil {
			t.Errorf("%s was taken", strings.TrimSpace(bad))
		}
	}
}
