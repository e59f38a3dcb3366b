package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/app"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/intake"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/outbound"
	"jarchi.dev/jarchi/internal/receive"
)

// nodeFlags name a node: its folder while it does not run, or its address.
type nodeFlags struct {
	Data  string `placeholder:"DIR" help:"The data folder of a node that is not running."`
	URL   string `placeholder:"URL" help:"The address of a running node, like http://127.0.0.1:8080."`
	Token string `placeholder:"TOKEN" help:"A token of that node. The environment variable JARCHI_TOKEN keeps it out of the list of processes."`
}

// Validate is called by the parser: wrong usage ends with status 2. Of a folder and an address, one
// that comes from the environment gives way to one on the command line.
func (f *nodeFlags) Validate(parsed *kong.Context) error {
	if f.Data != "" && f.URL != "" {
		typed := map[string]bool{}
		for _, p := range parsed.Path {
			if p.Flag != nil {
				typed[p.Flag.Name] = true
			}
		}
		switch {
		case typed["data"] == typed["url"]:
			return errors.New("give --data for a folder or --url for a running node, not both")
		case typed["url"]:
			f.Data = ""
		default:
			f.URL = ""
		}
	}
	if f.Data == "" && f.URL == "" {
		return errors.New("name the node: --data DIR for a folder that no node has open, or --url URL --token TOKEN for a running one")
	}
	return nil
}

// ImportCmd is 'jarchi import'.
type ImportCmd struct {
	nodeFlags
	Lang  string   `placeholder:"TAG" help:"The language that the files are said to be in; what they are in is still looked at."`
	Files []string `arg:"" name:"file" help:"Pages, raw texts, ninjs and NewsML-G2; - is standard input."`
}

// Help is shown by --help.
func (ImportCmd) Help() string {
	return `Takes documents in as captures: third-party material, kept with its raw bytes and its attribution,
searchable, never shown as a member's own. Prints a line of JSON for each file, in order. What cannot
be read is kept in quarantine with place and reason, and is no failure of the command; a file that is
missing is: the others are still taken in, and the status is 1.

Example:

  $ jarchi import --data ./wire pages/*.html notes.txt
  {"file":"pages/1.html","captures":["3f0c…-1","3f0c…-2"],"quarantined":[]}
  $ JARCHI_TOKEN=jt_… jarchi import --url http://127.0.0.1:8080 --lang kk report.txt`
}

// Bounds of a batch. Reading a document takes several times its size, so the greatest ones go one by one.
const (
	batchBytes = 32 << 20
	batchFiles = 500
)

// importLine is what is printed for a file.
type importLine struct {
	File        string                `json:"file"`
	Captures    []string              `json:"captures"`
	Quarantined []receive.Quarantined `json:"quarantined"`
}

// importer takes documents in: for each, in order, what became of it or why it was refused. The last
// error is one that ends the import.
type importer func(ctx context.Context, docs []intake.Document) ([]importLine, []error, error)

// Run takes the files in, a batch at a time.
func (c *ImportCmd) Run(std *Stdio) (err error) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	var declared lang.Tag
	if c.Lang != "" {
		if declared, err = lang.Parse(c.Lang); err != nil {
			text, _ := fault.Public(err)
			return fault.Field("--lang", "%s", text)
		}
	}
	take, done, err := c.importer(ctx, std)
	if err != nil {
		return err
	}
	defer func() {
		if cerr := done(); err == nil {
			err = cerr
		}
	}()
	defer func() {
		if err != nil && ctx.Err() != nil {
			err = fault.E(fault.Unavailable, "Stopped. The files printed above are taken in.").Because(ctx.Err())
		}
	}()
	im := importing{std: std, take: take, out: json.NewEncoder(std.Out)}
	im.out.SetEscapeHTML(false)
	for _, name := range c.Files {
		raw, err := readUntil(ctx, std.In, name)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			// The lines of earlier files come first.
			if err := im.flush(ctx); err != nil {
				return err
			}
			im.refused(name, err)
			continue
		}
		if im.bytes+len(raw) > batchBytes || len(im.docs) == batchFiles {
			if err := im.flush(ctx); err != nil {
				return err
			}
		}
		im.docs = append(im.docs, intake.Document{Name: name, ContentType: contentType(name), Declared: declared, Bytes: raw})
		im.bytes += len(raw)
	}
	if err := im.flush(ctx); err != nil {
		return err
	}
	if im.quarantined > 0 {
		fmt.Fprintf(std.Err, "%s could not be read and %s kept in quarantine, with the reasons above.\n", count(im.quarantined, "file", "files"), map[bool]string{true: "is", false: "are"}[im.quarantined == 1])
	}
	if im.failed > 0 {
		return fault.E(fault.Invalid, "%s not taken in.", count(im.failed, "file was", "files were"))
	}
	return nil
}

// readUntil reads a file until ctx ends. A read from a terminal, or from a pipe into which nothing comes, cannot be broken off: it
// is left behind.
func readUntil(ctx context.Context, in io.Reader, name string) ([]byte, error) {
	type read struct {
		raw []byte
		err error
	}
	done := make(chan read, 1)
	go func() {
		raw, err := readBounded(in, name, intake.MaxBytes)
		done <- read{raw, err}
	}()
	select {
	case r := <-done:
		return r.raw, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprint(n, " ", many)
}

// importing is the state of one import.
type importing struct {
	std                 *Stdio
	take                importer
	out                 *json.Encoder
	docs                []intake.Document
	bytes               int
	quarantined, failed int
}

func (im *importing) refused(name string, err error) {
	im.failed++
	text, _ := fault.Public(err)
	fmt.Fprintf(im.std.Err, "%s: %s\n", name, text)
}

// flush takes the waiting batch in and prints its lines.
func (im *importing) flush(ctx context.Context) error {
	docs := im.docs
	im.docs, im.bytes = nil, 0
	if len(docs) == 0 {
		return nil
	}
	lines, errs, fatal := im.take(ctx, docs)
	for i, l := range lines {
		if errs[i] != nil {
			im.refused(docs[i].Name, errs[i])
			continue
		}
		if l.File == "" {
			continue // the import ended before its turn
		}
		if len(l.Quarantined) > 0 {
			im.quarantined++
		}
		if err := im.out.Encode(l); err != nil {
			return fault.E(fault.Unavailable, "The result could not be written.").Because(err)
		}
	}
	return fatal
}

// importer opens the folder, or calls the running node. done closes what was opened.
func (c *ImportCmd) importer(ctx context.Context, std *Stdio) (take importer, done func() error, err error) {
	if c.URL != "" {
		node, err := outbound.NewOperator(c.URL)
		if err != nil {
			return nil, nil, err
		}
		return remoteImport{node, c.Token}.take, func() error { return nil }, nil
	}
	n, err := app.Open(ctx, app.Config{Dir: c.Data, Log: quietLog(std)})
	if err != nil {
		return nil, nil, err
	}
	viewer := access.Viewer{Local: true, Scopes: []access.Scope{access.Intake}}
	return func(ctx context.Context, docs []intake.Document) ([]importLine, []error, error) {
		results, err := n.Receive.Import(ctx, viewer, docs)
		if err != nil {
			return nil, nil, err
		}
		lines := make([]importLine, len(results))
		for i, r := range results {
			lines[i] = importLine{docs[i].Name, []string{}, []receive.Quarantined{}}
			for _, id := range r.Captures {
				lines[i].Captures = append(lines[i].Captures, string(id))
			}
			lines[i].Quarantined = append(lines[i].Quarantined, r.Quarantined...)
		}
		return lines, make([]error, len(lines)), nil
	}, n.Close, nil
}

// remoteImport sends documents to a running node, a few at a time.
type remoteImport struct {
	node  *outbound.Operator
	token string
}

const sending = 4 // documents on their way at once

func (r remoteImport) take(ctx context.Context, docs []intake.Document) ([]importLine, []error, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	lines, errs := make([]importLine, len(docs)), make([]error, len(docs))
	var (
		wg    sync.WaitGroup
		once  sync.Once
		fatal error
		turn  = make(chan struct{}, sending)
	)
	for i, doc := range docs {
		turn <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		wg.Add(1)
		go func() {
			defer func() { <-turn; wg.Done() }()
			var err error
			if lines[i], err = r.one(ctx, doc); err == nil {
				return
			}
			switch fault.KindOf(err) {
			case fault.Invalid, fault.TooLarge, fault.Unsupported: // of this document
				errs[i] = err
			default: // of the node, of the token
				once.Do(func() { fatal = err })
				stop()
			}
		}()
	}
	wg.Wait()
	if fatal == nil {
		fatal = ctx.Err()
	}
	return lines, errs, fatal
}

// one sends one document, again after a while when the node is busy.
func (r remoteImport) one(ctx context.Context, doc intake.Document) (importLine, error) {
	call := outbound.Call{Method: "POST", Path: "/api/v1/intake", Token: r.token, ContentType: doc.ContentType, Body: doc.Bytes,
		Header: map[string]string{"Content-Disposition": mime.FormatMediaType("attachment", map[string]string{"filename": filepath.Base(doc.Name)})}}
	if doc.Declared != "" {
		call.Header["Content-Language"] = string(doc.Declared)
	}
	for wait := 200 * time.Millisecond; ; wait *= 2 {
		_, answer, err := r.node.Do(ctx, call)
		if fault.KindOf(err) == fault.Busy && wait < 20*time.Second {
			select {
			case <-time.After(wait):
				continue
			case <-ctx.Done():
				return importLine{}, ctx.Err()
			}
		}
		if err != nil {
			return importLine{}, err
		}
		var got struct {
			Captures []struct {
				ID string `json:"id"`
			} `json:"captures"`
			Quarantined []receive.Quarantined `json:"quarantined"`
		}
		if err := json.Unmarshal(answer, &got); err != nil {
			return importLine{}, fault.E(fault.Unavailable, "The node's answer is not one of a Jarchi node.").Because(err)
		}
		line := importLine{doc.Name, []string{}, append([]receive.Quarantined{}, got.Quarantined...)}
		for _, c := range got.Captures {
			line.Captures = append(line.Captures, c.ID)
		}
		return line, nil
	}
}

// contentType goes by the file's name. The bytes outweigh it; no charset is claimed, and no JSON is
// sent as plain application/json, in which an address to be fetched may stand.
func contentType(name string) string {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".html", ".htm", ".xhtml":
		return "text/html"
	case ".json", ".ninjs":
		return "application/ninjs+json"
	case ".xml":
		return "application/xml"
	}
	return "application/octet-stream"
}
