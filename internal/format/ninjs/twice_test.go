package ninjs

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/fault"
)

// TestOnce: a name that stands twice in an object is found at its place, however it is spelt; the same name in two objects is none.
func TestOnce(t *testing.T) {
	t.Parallel()
	var many []string
	for i := range 100 {
		many = append(many, fmt.Sprintf(`"k%d":{"k%d":[%d]}`, i, i, i))
	}
	for _, x := range []struct {
		text  string
		fold  bool
		place string
	}{
		{`{"a":1,"b":{"a":2},"c":[{"a":3},{"a":4}]}`, false, ""}, {`{"a":"a","b":"a: ","c":"\":\""}`, false, ""}, {`{}`, false, ""}, {`[{"a":1},{"a":1}]`, false, ""},
		{`{"a":1,"a":1}`, false, "a"}, {`{"a" : 1, "\u0061" :2}`, false, "a"}, {`{"x":[1,{"y":{"z":1,"q":[],"z":2}}]}`, false, "x[1].y.z"},
		{`[[{"a":1}],{"b":1,"b":1}]`, false, "[1].b"}, {`{"a":1,"A":1}`, false, ""}, {`{"a":1,"A":1}`, true, "A"}, {`{"s":1,"ſ":1}`, true, "ſ"}, {`{"K":1,"k":1}`, true, "k"}, {`{"X":[{"a":1,"A":1}]}`, true, "X[0].A"}, {`{"a":{"A":1}}`, true, ""},
		{"{" + strings.Join(many, ",") + "}", false, ""}, {"{" + strings.Join(many, ",") + `,"k3":0}`, false, "k3"}, {"{" + strings.Join(many, ",") + `,"end":{"k3":0,"k3":1}}`, false, "end.k3"},
	} {
		if !json.Valid([]byte(x.text)) {
			t.Fatal(x.text)
		}
		err := Once([]byte(x.text), x.fold)
		var f *fault.Error
		if (err != nil) != (x.place != "") || err != nil && (!errors.As(err, &f) || f.Kind != fault.Invalid || f.Field != x.place) {
			t.Errorf("%.80s: %v", x.text, err)
		}
	}
	for range 20 {
		if _, err := Parse([]byte(`{"uri":"tag:a","versioncreated":"2026-01-01T00:00:00Z","versionCreated":"2026-01-02T00:00:00Z","VersionCreated":"2026-01-03T00:00:00Z"}`)); fault.KindOf(err) != fault.Invalid {
			t.Fatal(err)
		}
	}
	if i, err := Parse([]byte(`{"uri":"tag:a","versioncreated":"2026-01-01T00:00:00Z","versionCreated":"2026-01-02T00:00:00Z"}`)); err != nil || i.VersionCreated != "2026-01-02T00:00:00Z" {
		t.Error(i.VersionCreated, err)
	}
	if _, err := Parse([]byte(`{"uri":"tag:a","headlines":[{"value":"One","value":"Two"}]}`)); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
}

// FuzzOnce: what is refused has a name twice, by the decoder of the standard library.
func FuzzOnce(f *testing.F) {
	f.Add(`{"a":1,"b":{"a":2,"\u0061":3}}`)
	f.Add(`[{"":[],"":{}}]`)
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) || len(text) > 1<<16 {
			_ = Once([]byte(text), true)
			return
		}
		if got, want := Once([]byte(text), false) != nil, twice(json.NewDecoder(strings.NewReader(text))); got != want {
			t.Fatalf("%q: %v", text, got)
		}
	})
}

// twice reads one value by its tokens.
func twice(d *json.Decoder) bool {
	tok, err := d.Token()
	if err != nil {
		return false
	}
	found := false
	switch tok {
	case json.Delim('['):
		for d.More() {
			found = twice(d) || found
		}
		_, _ = d.Token()
	case json.Delim('{'):
		seen := map[any]bool{}
		for d.More() {
			k, _ := d.Token()
			found = seen[k] || found
			seen[k] = true
			found = twice(d) || found
		}
		_, _ = d.Token()
	}
	return found
}

func BenchmarkOnce(b *testing.B) {
	item := `{"uri":"https://press.example/1","type":"text","language":"en","headlines":[{"value":"A bridge was opened"}],"bodies":[{"role":"main","contentType":"text/plain","value":"` + strings.Repeat("A road of words. ", 200) + `"}]}`
	text := []byte(`{"issuers":["alfa"],"items":[` + item + "," + item + `]}`)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if err := Once(text, true); err != nil {
			b.Fatal(err)
		}
	}
}
