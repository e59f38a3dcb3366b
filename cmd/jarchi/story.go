package main

import (
	"bytes"
	"encoding/json"
	"os"
	"runtime/debug"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/story"
)

// StoryCmd is 'jarchi story': filters that read one text a line as JSON and tell which belong together, and what editors
// decide about the stories of a node.
type StoryCmd struct {
	Link  StoryLinkCmd  `cmd:"" help:"Tell which texts report one event, in whatever languages."`
	Reuse StoryReuseCmd `cmd:"" help:"Tell which earlier texts each text uses."`
	Join  StoryJoinCmd  `cmd:"" help:"Say that two reports of a node belong together."`
	Part  StoryPartCmd  `cmd:"" help:"Say that a report of a node does not belong to a story."`
	Undo  StoryUndoCmd  `cmd:"" help:"Take such a decision back."`
}

// StoryReuseCmd is 'jarchi story reuse'.
type StoryReuseCmd struct {
	Memory int `default:"512" placeholder:"MB" help:"Memory for the texts that are looked among, 2 MB for a thousand of 300 words. When it is used up, the oldest are forgotten."`
}

// Help is shown by --help.
func (StoryReuseCmd) Help() string {
	return `Reads texts, oldest first, one JSON object a line: {"id":…,"text":…}. Writes for each, in order, which earlier
ones it uses: {"id":…,"of":[{"id":…,"kind":…,"containment":…}]}, the most used first. kind is copy, cut, compilation,
quote or rewrite; containment is how much of the shorter of the two stands in the other, between 0 and 1.

The texts themselves are not kept. An id may stand once; a line may have 16 MB.

Example:

  $ jq -c '{id:.uri,text:.body}' pages.json | jarchi story reuse | jq -c 'select(.of!=[])'`
}

// Run filters standard input.
func (c StoryReuseCmd) Run(std *Stdio) error {
	if c.Memory < 1 || c.Memory > 1<<20 {
		return fault.Field("--memory", "Between 1 and %d megabytes.", 1<<20)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(int64(c.Memory)<<20 + 256<<20) // a node's would be too little
	}
	index := story.NewMemory(c.Memory << 20)
	return eachObject(std, func(in struct {
		ID   string `json:"id"`
		Text string `json:"text"`
	}) (any, error) {
		if in.ID == "" {
			return nil, fault.E(fault.Invalid, "It has no id.")
		}
		of, err := index.Add(in.ID, in.Text)
		return struct {
			ID string         `json:"id"`
			Of []story.Source `json:"of"`
		}{in.ID, of}, err
	})
}

// eachObject reads one JSON object a line from standard input and writes as one line of JSON what f makes of it. A line
// that cannot be read, or that f refuses, ends it with an error that names the line; what was answered before is
// written. Empty lines are passed over.
func eachObject[In any](std *Stdio, f func(In) (any, error)) error {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	return eachLineOr(std, func(dst []byte, n int, line string) ([]byte, error) {
		if len(bytes.TrimSpace([]byte(line))) == 0 {
			return dst, nil
		}
		var in In
		if err := json.Unmarshal([]byte(line), &in); err != nil {
			return nil, fault.E(fault.Invalid, "Line %d is not the JSON that is read here.", n).Because(err)
		}
		out, err := f(in)
		if err != nil {
			return nil, fault.E(fault.KindOf(err), "Line %d.", n).Because(err)
		}
		buf.Reset()
		if err := enc.Encode(out); err != nil {
			return nil, err
		}
		return append(dst, buf.Bytes()...), nil
	})
}
