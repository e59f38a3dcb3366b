package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
)

// LangCmd is 'jarchi lang': filters that read one text a line and write one line for each.
type LangCmd struct {
	Detect LangDetectCmd `cmd:"" help:"Tell the language of each line."`
	Fold   LangFoldCmd   `cmd:"" help:"Write each line's strict key."`
	Loose  LangLooseCmd  `cmd:"" help:"Write each line's loose key, by which names meet across languages."`
	Stem   LangStemCmd   `cmd:"" help:"Write each word's stem."`
	Dates  LangDatesCmd  `cmd:"" help:"Write the dates that each line states, as JSON."`
	Facts  LangFactsCmd  `cmd:"" help:"Write what each line tells of: act, names, persons, numbers, dates, as JSON."`
}

// LangDetectCmd is 'jarchi lang detect'.
type LangDetectCmd struct{}

// Help is shown by --help.
func (LangDetectCmd) Help() string {
	return `Reads one text a line from standard input and writes its language and how sure that is,
between 0 and 1, with a tab between them. The language is one of kk uz uz-Cyrl ky tg tk az tr fa
ur ru zh ar ko mn en, the code of a neighbour that was recognised, or und.

Example:

  $ echo 'Су қоймасындағы деңгей көтерілді' | jarchi lang detect
  kk	0.99`
}

// Run filters standard input.
func (LangDetectCmd) Run(std *Stdio) error {
	return eachLine(std, func(dst []byte, line string) []byte {
		d := lang.Detect(line, "")
		return fmt.Appendf(dst, "%s\t%.2f", d.Tag, d.Confidence)
	})
}

// langFlag is the language of the lines.
type langFlag struct {
	Lang string `required:"" placeholder:"CODE" help:"Language of the lines, a BCP 47 code such as kk, uz-Cyrl or fa."`
}

func (f langFlag) tag() (lang.Tag, error) {
	t, err := lang.Parse(f.Lang)
	if err != nil {
		text, _ := fault.Public(err)
		return "", fault.Field("--lang", "%s", text)
	}
	return t, nil
}

// LangFoldCmd is 'jarchi lang fold'.
type LangFoldCmd struct{ langFlag }

// Help is shown by --help.
func (LangFoldCmd) Help() string {
	return `Reads one text a line and writes its strict key: texts that differ only in script, case,
apostrophe, Arabic or Persian letters, joiners or digits have the same one.

Example:

  $ echo 'Қозоғистон' | jarchi lang fold --lang uz
  qozogiston`
}

// Run filters standard input. What Persian writes with a joiner, a space or nothing between is one word.
func (c LangFoldCmd) Run(std *Stdio) error {
	return c.keys(std, func(t lang.Tag, s string) string {
		if t == lang.FA || t == lang.PRS {
			s = lang.Join(s)
		}
		return lang.Fold(t, s)
	})
}

// LangLooseCmd is 'jarchi lang loose'.
type LangLooseCmd struct{ langFlag }

// Help is shown by --help.
func (LangLooseCmd) Help() string {
	return `Reads one word or name a line and writes its loose key, a skeleton of consonants that is
alike for one name in different languages and scripts.

Example:

  $ echo 'Ташкент' | jarchi lang loose --lang ru
  dsknd`
}

// Run filters standard input.
func (c LangLooseCmd) Run(std *Stdio) error { return c.keys(std, lang.Loose) }

// LangStemCmd is 'jarchi lang stem'.
type LangStemCmd struct{ langFlag }

// Help is shown by --help.
func (LangStemCmd) Help() string {
	return `Reads one word a line and writes its stem, folded.

Example:

  $ echo 'Qozogʻistonning' | jarchi lang stem --lang uz
  qozogiston`
}

// Run filters standard input.
func (c LangStemCmd) Run(std *Stdio) error { return c.keys(std, lang.Stem) }

func (f langFlag) keys(std *Stdio, key func(lang.Tag, string) string) error {
	t, err := f.tag()
	if err != nil {
		return err
	}
	return eachLine(std, func(dst []byte, line string) []byte { return append(dst, key(t, line)...) })
}

// LangDatesCmd is 'jarchi lang dates'.
type LangDatesCmd struct {
	langFlag
	Now string `placeholder:"RFC3339" help:"When the text was written, for words like 'yesterday'; without it they are no dates."`
}

// Help is shown by --help.
func (LangDatesCmd) Help() string {
	return `Reads one text a line and writes the dates it states as a JSON array. value is ISO 8601 in the
Gregorian calendar, precision is year, month, day or minute. What is not certain is left out.

Example:

  $ echo '2026 жылғы 1 маусымнан бастап' | jarchi lang dates --lang kk
  [{"value":"2026-06-01","precision":"day","raw":"2026 жылғы 1 маусымнан"}]`
}

// Run filters standard input.
func (c LangDatesCmd) Run(std *Stdio) error {
	t, err := c.tag()
	if err != nil {
		return err
	}
	var now time.Time
	if c.Now != "" {
		if now, err = time.Parse(time.RFC3339, c.Now); err != nil {
			return fault.Field("--now", "%q is not a time; write one like 2026-06-01T14:07:00+05:00.", c.Now)
		}
	}
	type date struct {
		Value     string `json:"value"`
		Precision string `json:"precision"`
		Raw       string `json:"raw"`
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	return eachLine(std, func(dst []byte, line string) []byte {
		dates := []date{}
		for _, d := range lang.Dates(t, line, now) {
			dates = append(dates, date{d.Value, d.Precision, d.Raw})
		}
		buf.Reset()
		if err := enc.Encode(dates); err != nil { // strings only: cannot fail
			panic(err)
		}
		return append(dst, bytes.TrimSuffix(buf.Bytes(), []byte("\n"))...)
	})
}

// maxLine is the longest line a filter reads.
const maxLine = 16 << 20

// eachLine calls f for each line of standard input, without its line end, and writes what it appends,
// one line for one line, in order. Output reaches the reader as soon as no more input is waiting, so
// that a filter can be used in conversation.
func eachLine(std *Stdio, f func(dst []byte, line string) []byte) error {
	return eachLineOr(std, func(dst []byte, _ int, line string) ([]byte, error) { return append(f(dst, line), '\n'), nil })
}

// eachLineOr is eachLine where f is told the number of the line, writes the line end itself (or nothing) and may end it
// all with an error; what was answered before is written.
func eachLineOr(std *Stdio, f func(dst []byte, n int, line string) ([]byte, error)) error {
	in := bufio.NewReaderSize(std.In, 64<<10)
	out := bufio.NewWriterSize(std.Out, 64<<10)
	var line, answer []byte
	for n := 1; ; n++ {
		line = line[:0]
		var err error
		for {
			var piece []byte
			piece, err = in.ReadSlice('\n')
			line = append(line, piece...)
			if len(line) > maxLine+2 {
				_ = out.Flush() // the refusal is what counts
				return fault.E(fault.TooLarge, "Line %d is longer than %d MB. Split it.", n, maxLine>>20)
			}
			if !errors.Is(err, bufio.ErrBufferFull) {
				break
			}
		}
		if err != nil && err != io.EOF {
			_ = out.Flush()
			return fmt.Errorf("read line %d: %w", n, err)
		}
		if err == io.EOF && len(line) == 0 {
			return out.Flush()
		}
		line = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
		var ferr error
		if answer, ferr = f(answer[:0], n, string(line)); ferr != nil {
			_ = out.Flush() // the refusal is what counts
			return ferr
		}
		if _, werr := out.Write(answer); werr != nil {
			return fmt.Errorf("write line %d: %w", n, werr)
		}
		if err == io.EOF {
			return out.Flush()
		}
		if in.Buffered() == 0 {
			if werr := out.Flush(); werr != nil {
				return fmt.Errorf("write line %d: %w", n, werr)
			}
		}
		if cap(line) > 1<<20 { // do not hold on to the longest line
			line, answer = nil, nil
		}
	}
}
