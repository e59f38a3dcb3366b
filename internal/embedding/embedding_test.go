package embedding

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/fault"
)

// engine answers as the API does: a vector of the numbers of vowels and of letters, out of order.
func engine(t *testing.T, w http.ResponseWriter, r *http.Request) {
	var ask struct {
		Model  string
		Input  []string
		Format string `json:"encoding_format"`
	}
	b, _ := io.ReadAll(r.Body)
	if err := json.Unmarshal(b, &ask); err != nil || ask.Model != "small" || ask.Format != "float" || r.Method != "POST" || r.URL.Path != "/v1/embeddings" || r.Header.Get("Authorization") != "Bearer secret" {
		t.Errorf("%s %s: %s %v", r.Method, r.URL, b, err)
	}
	type one struct {
		Object    string    `json:"object"`
		Index     int       `json:"index"`
		Embedding []float64 `json:"embedding"`
	}
	var out struct {
		Data []one `json:"data"`
	}
	for i := range ask.Input {
		at := len(ask.Input) - 1 - i
		if s := ask.Input[at]; !utf8.ValidString(s) || len(s) > maxBytes {
			t.Errorf("a text of %d bytes was sent, valid %v", len(s), utf8.ValidString(s))
		}
		out.Data = append(out.Data, one{"embedding", at, []float64{float64(strings.Count(ask.Input[at], "a")), 2, 0}})
	}
	json.NewEncoder(w).Encode(out)
}

func TestEmbed(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { engine(t, w, r) }))
	defer srv.Close()
	c, err := New(Config{URL: srv.URL + "/v1", Model: " small ", Key: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Embed(context.Background(), []string{"a banana", "tree", strings.Repeat("қ", maxBytes), "\xff"})
	if err != nil || len(got) != 4 {
		t.Fatal(got, err)
	}
	for i, v := range got {
		if n := float64(v[0])*float64(v[0]) + float64(v[1])*float64(v[1]); len(v) != 3 || math.Abs(n-1) > 1e-5 {
			t.Errorf("vector %d is %v", i, v)
		}
	}
	if r := got[0][0] / got[0][1]; math.Abs(float64(r)-2) > 1e-5 || got[1][0] != 0 {
		t.Errorf("vectors are not in the order of the texts: %v", got)
	}
	if got, err := c.Embed(context.Background(), nil); got != nil || err != nil {
		t.Error(got, err)
	}
	if _, err := c.Embed(context.Background(), make([]string, MaxTexts+1)); err == nil {
		t.Error("too many texts were sent")
	}
}

func TestBadAnswers(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{
		"", "no JSON", "{}", `{"data":[]}`, `{"data":[{"index":0,"embedding":[1,2]}]}`,
		`{"data":[{"index":0,"embedding":[1,2]},{"index":0,"embedding":[1,2]}]}`,
		`{"data":[{"index":0,"embedding":[1,2]},{"index":2,"embedding":[1,2]}]}`,
		`{"data":[{"index":0,"embedding":[1,2]},{"index":-1,"embedding":[1,2]}]}`,
		`{"data":[{"index":0,"embedding":[1,2]},{"index":1,"embedding":[1,2,3]}]}`,
		`{"data":[{"index":0,"embedding":[1,2]},{"index":1,"embedding":[0,0]}]}`,
		`{"data":[{"index":0,"embedding":[1,2]},{"index":1,"embedding":[1e39,1]}]}`,
		`{"data":[{"index":0,"embedding":[1,2]},{"index":1,"embedding":["1",1]}]}`,
		`{"data":[{"index":0,"embedding":[]},{"index":1,"embedding":[]}]}`,
		fmt.Sprintf(`{"data":[{"index":0,"embedding":[1%s]},{"index":1,"embedding":[1%[1]s]}]}`, strings.Repeat(",1", maxLength)),
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, answer) }))
		c, err := New(Config{URL: srv.URL, Model: "m"})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := c.Embed(context.Background(), []string{"a", "b"}); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("%.60s: %v, %v", answer, got, err)
		}
		srv.Close()
	}
	for _, c := range []Config{{}, {URL: "http://127.0.0.1:1"}, {URL: "ftp://x", Model: "m"}, {URL: "http://127.0.0.1:1", Model: "m", Key: "a\nb"}, {URL: "http://user:pass@127.0.0.1", Model: "m"}} {
		if _, err := New(c); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add([]byte(`{"data":[{"index":1,"embedding":[1,2]},{"index":0,"embedding":[-1,2e3]}]}`))
	f.Add([]byte(`{"data":[{"index":0,"embedding":[1e39,2]},{}]}`))
	f.Fuzz(func(t *testing.T, answer []byte) {
		got, err := (&Client{}).read(answer, 2)
		if err == nil && (len(got) != 2 || len(got[0]) < 2 || len(got[0]) != len(got[1])) {
			t.Errorf("%v", got)
		}
	})
}
