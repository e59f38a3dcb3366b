// Package embedding asks an engine that the operator has configured for vectors of texts. Any server will do that
// speaks the embeddings call of the OpenAI API (POST {base}/embeddings), on the operator's own machine or elsewhere.
// Jarchi works without one; where there is one, it settles close cases of which texts report one event.
package embedding

import (
	"context"
	"encoding/json"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/outbound"
)

// Bounds of a call and its answer.
const (
	answerTime = 30 * time.Second
	MaxTexts   = 64
	maxBytes   = 6000 // of a text: its headline and first paragraphs, within the 2,048 tokens that small models take
	maxLength  = 8192 // numbers of a vector
)

// Config names the engine.
type Config struct {
	URL   string // the address before /embeddings, for example http://127.0.0.1:8081/v1
	Model string // as the engine calls it
	Key   string // bearer token; empty: none
}

// Client asks one engine for one model's vectors. It is safe for use by several goroutines.
type Client struct {
	Config
	to *outbound.Operator
}

// New makes a client; nothing is asked yet. The fault is Invalid and names the setting.
func New(c Config) (*Client, error) {
	to, err := outbound.NewOperator(c.URL)
	if err != nil {
		return nil, fault.Field("--embeddings-url", "This is not an address; it must be like http://127.0.0.1:8081/v1.").Because(err)
	}
	if c.Model = strings.TrimSpace(c.Model); c.Model == "" || len(c.Model) > 200 || !utf8.ValidString(c.Model) {
		return nil, fault.Field("--embeddings-model", "Name the model as the engine calls it, in at most 200 letters.")
	}
	if strings.ContainsAny(c.Key, "\r\n") || len(c.Key) > 4000 {
		return nil, fault.Field("--embeddings-key", "A key is one line of at most 4000 letters.")
	}
	return &Client{Config: c, to: to}, nil
}

// Embed returns a vector of length one for each of at most MaxTexts texts, in their order; what is longer than a few
// thousand bytes is cut. Unavailable when the engine cannot be reached or answers with anything else.
func (c *Client) Embed(ctx context.Context, texts []string) (_ [][]float32, err error) {
	defer fault.Wrap(&err, "embed")
	if len(texts) == 0 {
		return nil, nil
	}
	if len(texts) > MaxTexts {
		return nil, fault.E(fault.Internal, "%d texts in one call; at most %d are sent.", len(texts), MaxTexts)
	}
	ask := struct {
		Model  string   `json:"model"`
		Input  []string `json:"input"`
		Format string   `json:"encoding_format"`
	}{c.Model, make([]string, len(texts)), "float"}
	for i, t := range texts {
		ask.Input[i] = cut(t)
	}
	body, err := json.Marshal(ask)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithTimeout(ctx, answerTime)
	defer stop()
	_, answer, err := c.to.Do(ctx, outbound.Call{Method: "POST", Path: "/embeddings", Token: c.Key, ContentType: "application/json", Body: body})
	if err != nil {
		return nil, fault.E(fault.Unavailable, "The engine for embeddings at %s did not give any.", c.URL).Because(err)
	}
	return c.read(answer, len(texts))
}

// read takes the vectors of n texts out of an answer.
func (c *Client) read(answer []byte, n int) ([][]float32, error) {
	var got struct {
		Data []struct {
			Index     int       `json:"index"`
			Embedding []float32 `json:"embedding"`
		} `json:"data"`
	}
	bad := func(what string) *fault.Error {
		return fault.E(fault.Unavailable, "The engine at %s answered with %s. Does it serve embeddings of the model %q?", c.URL, what, c.Model)
	}
	if err := json.Unmarshal(answer, &got); err != nil {
		return nil, bad("no JSON of embeddings").Because(err)
	}
	if len(got.Data) != n {
		return nil, bad("another number of vectors than of texts")
	}
	out := make([][]float32, n)
	for _, d := range got.Data {
		if d.Index < 0 || d.Index >= n || out[d.Index] != nil {
			return nil, bad("vectors that are no texts'")
		}
		if len(d.Embedding) < 2 || len(d.Embedding) > maxLength || len(d.Embedding) != len(got.Data[0].Embedding) {
			return nil, bad("vectors of lengths that cannot be compared")
		}
		if out[d.Index] = unit(d.Embedding); out[d.Index] == nil {
			return nil, bad("a vector without direction")
		}
	}
	return out, nil
}

// cut is the beginning of a text, in whole letters.
func cut(s string) string {
	s = strings.ToValidUTF8(s, "�")
	if len(s) <= maxBytes {
		return s
	}
	n := maxBytes
	for !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// unit is a vector made one long; nil if it has no direction.
func unit(v []float32) []float32 {
	sum := 0.0
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	if sum == 0 || math.IsNaN(sum) || math.IsInf(sum, 0) {
		return nil
	}
	by := float32(1 / math.Sqrt(sum))
	for i := range v {
		v[i] *= by
	}
	return v
}
