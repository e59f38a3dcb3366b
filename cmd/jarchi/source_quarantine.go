package main

import "net/url"

// SourceQuarantineCmd is 'jarchi source quarantine': what a member brought in and no reader could read.
type SourceQuarantineCmd struct {
	List  SourceQuarantineListCmd  `cmd:"" help:"List what could not be read, with place and reason."`
	Retry SourceQuarantineRetryCmd `cmd:"" help:"Read documents again with today's reader."`
	Mend  SourceQuarantineMendCmd  `cmd:"" help:"Write the text of a document by hand."`
	Drop  SourceQuarantineDropCmd  `cmd:"" help:"Drop documents for good."`
}

const quarantinePath = "/api/v1/quarantine"

// SourceQuarantineListCmd is 'jarchi source quarantine list'.
type SourceQuarantineListCmd struct{ deskFlags }

// Help is shown by --help.
func (SourceQuarantineListCmd) Help() string {
	return `Prints a line of JSON for each document that the member or the operator brought in and that could not be
read, newest first: id (the SHA-256 of its bytes, which are at /raw/ID), name, address, the source, place
(line, element or field), reason, and heldUntil for what is under embargo and is read by itself when that
ends. Scope intake or admin.

Example:

  $ jarchi source quarantine list --data ./wire`
}

// Run lists.
func (c SourceQuarantineListCmd) Run(std *Stdio) error {
	return c.lines(std, "GET", quarantinePath, nil, "quarantine", false)
}

// kept are documents in quarantine that something is done with.
type kept struct {
	deskFlags
	IDs []string `arg:"" name:"id" help:"Their ids, as 'jarchi source quarantine list' prints them."`
}

func (c kept) each(std *Stdio, method, what string) error {
	for _, id := range c.IDs {
		if err := c.send(std, method, quarantinePath+"/"+url.PathEscape(id)+what, "", nil); err != nil {
			return named(id, err)
		}
	}
	return nil
}

// SourceQuarantineRetryCmd is 'jarchi source quarantine retry'.
type SourceQuarantineRetryCmd struct{ kept }

// Help is shown by --help.
func (SourceQuarantineRetryCmd) Help() string {
	return `Prints what became of each as a line of JSON: the captures that were made, or why it stays. Scope intake.

Example:

  $ jarchi source quarantine retry --data ./wire 3f0c…`
}

// Run reads again.
func (c SourceQuarantineRetryCmd) Run(std *Stdio) error { return c.each(std, "POST", "/retry") }

// SourceQuarantineDropCmd is 'jarchi source quarantine drop'.
type SourceQuarantineDropCmd struct{ kept }

// Help is shown by --help.
func (SourceQuarantineDropCmd) Help() string {
	return `Their bytes go too, unless something else was made of them. Prints what was dropped. Scope intake.

Example:

  $ jarchi source quarantine drop --data ./wire 3f0c…`
}

// Run drops.
func (c SourceQuarantineDropCmd) Run(std *Stdio) error { return c.each(std, "DELETE", "") }

// SourceQuarantineMendCmd is 'jarchi source quarantine mend'.
type SourceQuarantineMendCmd struct {
	deskFlags
	ID       string `arg:"" name:"id" help:"Its id, as 'jarchi source quarantine list' prints it."`
	Headline string `help:"Its headline."`
	Body     string `required:"" placeholder:"FILE" help:"A file with its text, a paragraph a line; - is standard input."`
	Lang     string `placeholder:"TAG" help:"What it is in; without it it is recognised."`
	Date     string `placeholder:"DATE" help:"When it was published, like 2026-03-21."`
}

// Help is shown by --help.
func (SourceQuarantineMendCmd) Help() string {
	return `Makes a capture with the words that you give; the bytes as they came stay its original, and the audit
list says who wrote. Scope intake.

Example:

  $ jarchi source quarantine mend --data ./wire --headline "Road opened" --body text.txt 3f0c…`
}

// Run mends.
func (c SourceQuarantineMendCmd) Run(std *Stdio) error {
	b, err := readBounded(std.In, c.Body, 2<<20)
	if err != nil {
		return err
	}
	return c.post(std, quarantinePath+"/"+url.PathEscape(c.ID)+"/mend", map[string]any{"headline": c.Headline, "body": string(b), "language": c.Lang, "date": c.Date})
}
