package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"jarchi.dev/jarchi/internal/embedding"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/story"
)

// StoryLinkCmd is 'jarchi story link'.
type StoryLinkCmd struct {
	EngineFlags `group:"Engine:"`

	Nearest   int    `placeholder:"K" help:"Also name the K nearest texts of each, at most 1000."`
	Decisions string `placeholder:"FILE" help:"What editors decided: JSON lines {\"join\":[id,id]} and {\"part\":[id,id]}."`
}

// Help is shown by --help.
func (StoryLinkCmd) Help() string {
	return `Reads texts in any languages, one JSON object a line: {"id":…,"lang":…,"date":…,"text":…}; date (RFC 3339, or a day) may
be left out, the first line of text is its headline. Writes for each, in order, the story that it belongs to:
{"id":…,"story":…,"because":[{"kind":…,"value":…}…]}. story is the id of the first text that reports the event; because is what
joined the text to it. With --nearest also "near":[{"id":…,"score":…}…], the best first; a score of 0.5 and more is a
link, unless "clash" says why the two report different events: ordinal, held, days, stage (of one series), ministers, place,
parties (the same was done elsewhere, or by others). With --embeddings-url, which sends the texts to that engine, a
close case is also told by what it makes of the two; the reason is then "embedding" with the cosine.

What is waiting is read and compared together; an answer is given when no more comes for a moment, so that the command
can also be used in conversation.

Example:

  $ jarchi story link --nearest 3 < texts.jsonl`
}

// Bounds of what is compared together.
const (
	linkTexts = 5000
	linkPause = 200 * time.Millisecond
)

type linkLine struct {
	ID   string `json:"id"`
	Lang string `json:"lang"`
	Date string `json:"date"`
	Text string `json:"text"`
}

type linkNear struct {
	ID    string  `json:"id"`
	Score float64 `json:"score"`
	Clash string  `json:"clash,omitempty"`
}

type linkAnswer struct {
	ID      string         `json:"id"`
	Story   string         `json:"story"`
	Because []story.Reason `json:"because"`
	Near    *[]linkNear    `json:"near,omitempty"`
}

// Run filters standard input.
func (c StoryLinkCmd) Run(std *Stdio) error {
	if c.Nearest < 0 || c.Nearest > 1000 {
		return fault.Field("--nearest", "%d is not between 0 and 1000.", c.Nearest)
	}
	engine, err := c.engine()
	if err != nil {
		return err
	}
	linker := story.NewLinker()
	if c.Decisions != "" {
		if err := decide(linker, c.Decisions); err != nil {
			return err
		}
	}
	out := bufio.NewWriterSize(std.Out, 64<<10)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	var waiting []story.Text
	var words []string // of those that wait, for the engine
	answer := func() error {
		if engine != nil {
			for from := 0; from < len(waiting); from += embedding.MaxTexts {
				to := min(from+embedding.MaxTexts, len(waiting))
				vectors, err := engine.Embed(context.Background(), words[from:to])
				if err != nil {
					return err
				}
				for i, v := range vectors {
					waiting[from+i].Vector = story.PackVector(engine.Model, v)
				}
			}
			words = words[:0]
		}
		placed, err := linker.Place(c.Nearest, waiting...)
		waiting = waiting[:0]
		if err != nil {
			return err
		}
		for _, p := range placed {
			a := linkAnswer{ID: p.ID, Story: p.Story, Because: p.Because}
			if a.Because == nil {
				a.Because = []story.Reason{}
			}
			if c.Nearest > 0 {
				near := make([]linkNear, 0, len(p.Near))
				for _, n := range p.Near {
					near = append(near, linkNear{n.ID, n.Score, n.Clash})
				}
				a.Near = &near
			}
			if err := enc.Encode(a); err != nil {
				return fmt.Errorf("write: %w", err)
			}
		}
		if err := out.Flush(); err != nil {
			return fmt.Errorf("write: %w", err)
		}
		return nil
	}
	lines := make(chan numbered, 64)
	done := make(chan struct{})
	defer close(done)
	go readLines(std.In, lines, done)
	pause := time.NewTimer(time.Hour)
	defer pause.Stop()
	seen := map[string]int{}
	for {
		pause.Reset(linkPause)
		var l numbered
		var more bool
		if len(waiting) == 0 {
			l, more = <-lines
		} else {
			select {
			case l, more = <-lines:
			case <-pause.C:
				if err := answer(); err != nil {
					return err
				}
				continue
			}
		}
		if !more {
			return answer()
		}
		if l.err == nil && len(bytes.TrimSpace(l.text)) == 0 {
			continue
		}
		t, text, err := l.read(seen)
		if err != nil { // what stands before it is answered
			return errors.Join(answer(), err)
		}
		if engine != nil {
			words = append(words, text)
		}
		if waiting = append(waiting, t); len(waiting) == linkTexts {
			if err := answer(); err != nil {
				return err
			}
		}
	}
}

type numbered struct {
	n    int
	text []byte
	err  error
}

// readLines sends the lines of in until its end, an error (the last thing sent) or the closing of done.
func readLines(in io.Reader, lines chan<- numbered, done <-chan struct{}) {
	defer close(lines)
	scan := bufio.NewScanner(in)
	scan.Buffer(make([]byte, 64<<10), maxLine)
	n := 1
	for ; scan.Scan(); n++ {
		select {
		case lines <- numbered{n: n, text: bytes.Clone(scan.Bytes())}:
		case <-done:
			return
		}
	}
	if err := scan.Err(); err != nil {
		if errors.Is(err, bufio.ErrTooLong) {
			err = fault.E(fault.TooLarge, "Line %d is longer than %d MB. Split it.", n, maxLine>>20)
		} else {
			err = fmt.Errorf("read line %d: %w", n, err)
		}
		select {
		case lines <- numbered{n: n, err: err}:
		case <-done:
		}
	}
}

// read makes a text of a line, and gives its words. seen are the ids of the lines before.
func (l numbered) read(seen map[string]int) (_ story.Text, words string, _ error) {
	bad := func(format string, args ...any) (story.Text, string, error) {
		return story.Text{}, "", fault.E(fault.Invalid, "Line %d: "+format, append([]any{l.n}, args...)...)
	}
	if l.err != nil {
		return story.Text{}, "", l.err
	}
	var in linkLine
	if err := json.Unmarshal(l.text, &in); err != nil {
		return story.Text{}, "", fault.E(fault.Invalid, "Line %d is not a JSON object with id, lang and text.", l.n).Because(err)
	}
	if in.ID == "" {
		return bad("it has no id.")
	}
	if before, ok := seen[in.ID]; ok {
		return bad("the id %q was that of line %d.", in.ID, before)
	}
	seen[in.ID] = l.n
	var tag lang.Tag
	if in.Lang != "" {
		var err error
		if tag, err = lang.Parse(in.Lang); err != nil {
			text, _ := fault.Public(err)
			return bad("lang: %s", text)
		}
	} else {
		tag = lang.Detect(in.Text, "").Tag
	}
	var at time.Time
	if in.Date != "" {
		var err error
		if at, err = time.Parse(time.RFC3339, in.Date); err != nil {
			if at, err = time.Parse(time.DateOnly, in.Date); err != nil {
				return bad("date: %q is not a time; write one like 2026-06-01 or 2026-06-01T14:07:00+05:00.", in.Date)
			}
		}
	}
	return story.Text{ID: in.ID, At: at, Traits: story.ReadTraits(tag, in.Text, at)}, in.Text, nil
}

// maxDecisions is the longest file of decisions that is read.
const maxDecisions = 16 << 20

// decide tells the linker what editors decided.
func decide(linker *story.Linker, name string) error {
	f, err := os.Open(name)
	if err != nil {
		return fault.Field("--decisions", "The file %s cannot be read.", name).Because(err)
	}
	defer f.Close()
	scan := bufio.NewScanner(io.LimitReader(f, maxDecisions))
	scan.Buffer(nil, 1<<20)
	for n := 1; scan.Scan(); n++ {
		if len(bytes.TrimSpace(scan.Bytes())) == 0 {
			continue
		}
		var d struct{ Join, Part []string }
		err := json.Unmarshal(scan.Bytes(), &d)
		switch {
		case err == nil && len(d.Join) == 2 && d.Part == nil:
			linker.Join(d.Join[0], d.Join[1])
		case err == nil && len(d.Part) == 2 && d.Join == nil:
			linker.Part(d.Part[0], d.Part[1])
		default:
			return fault.Field("--decisions", `Line %d of %s is neither {"join":[id,id]} nor {"part":[id,id]}.`, n, name)
		}
	}
	if err := scan.Err(); err != nil {
		return fault.Field("--decisions", "The file %s cannot be read.", name).Because(err)
	}
	return nil
}
