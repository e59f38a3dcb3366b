package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/intake"
)

// ExtractCmd is 'jarchi extract': a page or a raw text in, one JSON line for each article found.
type ExtractCmd struct {
	URL   string   `placeholder:"URL" help:"Address the document came from. It is noted, not fetched."`
	Files []string `arg:"" optional:"" name:"file" help:"Pages, raw texts or ninjs files; - or none is standard input."`
}

// Help is shown by --help.
func (ExtractCmd) Help() string {
	return `Reads web pages, raw texts and ninjs and writes one line of JSON for each article found: the
article as ninjs 3.1 and what was found out about it (language, date, chain of attribution, credits,
machine translation, cut-off text, the lines taken out as page furniture). Nothing is invented: what
the page does not state is null or absent.

Example:

  $ jarchi extract page.html notes.txt | jq -r '.item.headlines[0].value'
  $ curl -s https://press.example/news/1 | jarchi extract --url https://press.example/news/1 -`
}

// Run reads the files in order. A file that cannot be read does not stop the others; the error comes
// at the end.
func (c ExtractCmd) Run(std *Stdio) error {
	files := c.Files
	if len(files) == 0 {
		files = []string{"-"}
	}
	if c.URL != "" && len(files) > 1 {
		return fault.Field("--url", "One address belongs to one document; %d are given.", len(files))
	}
	now := time.Now()
	var failed []error
	for _, name := range files {
		lines, err := c.extract(std, name, now)
		if err == nil {
			_, err = std.Out.Write(lines)
			if err != nil {
				return err // nobody reads any more
			}
			continue
		}
		failed = append(failed, err)
		if len(files) > 1 {
			text, _ := fault.Public(err)
			fmt.Fprintf(std.Err, "%s: %s\n", name, text)
		}
	}
	switch {
	case len(failed) == 0:
		return nil
	case len(files) == 1:
		return failed[0]
	}
	return fault.E(fault.KindOf(failed[0]), "%d of %d files gave no article.", len(failed), len(files))
}

// extract gives the output lines for one file; all of them or none.
func (c ExtractCmd) extract(std *Stdio, name string, now time.Time) ([]byte, error) {
	raw, err := readBounded(std.In, name, intake.MaxBytes)
	if err != nil {
		return nil, err
	}
	doc := intake.Document{Name: name, URL: c.URL, Bytes: raw}
	articles, err := intake.Read(doc, now)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	for _, a := range articles {
		item, err := a.Ninjs(doc).Marshal()
		if err != nil {
			return nil, err
		}
		line := struct {
			Item     json.RawMessage `json:"item"`
			Analysis intake.Analysis `json:"analysis"`
		}{item, a.Analysis()}
		if err := enc.Encode(line); err != nil {
			return nil, err
		}
	}
	return out.Bytes(), nil
}

// readBounded reads a file, or in for "-", and refuses more than limit bytes.
func readBounded(in io.Reader, name string, limit int64) ([]byte, error) {
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, unreadable(err)
		}
		defer f.Close()
		if info, err := f.Stat(); err == nil && info.IsDir() {
			return nil, fault.E(fault.Invalid, "It is a folder; name the files in it.")
		}
		in = f
	}
	raw, err := io.ReadAll(io.LimitReader(in, limit+1))
	if err != nil {
		return nil, unreadable(err)
	}
	if int64(len(raw)) > limit {
		return nil, fault.E(fault.TooLarge, "A document may have %d MB; this one has more.", limit>>20)
	}
	return raw, nil
}

func unreadable(err error) error {
	switch {
	case errors.Is(err, os.ErrNotExist):
		return fault.E(fault.NotFound, "There is no such file.").Because(err)
	case errors.Is(err, os.ErrPermission):
		return fault.E(fault.Unavailable, "The file may not be read.").Because(err)
	}
	return fault.E(fault.Unavailable, "The file could not be read.").Because(err)
}
