package main

import (
	"encoding/json"
	"net/url"
	"path/filepath"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/outbound"
	"jarchi.dev/jarchi/internal/source"
)

// SourceCmd is 'jarchi source': addresses that a node asks on a schedule.
type SourceCmd struct {
	Add    SourceAddCmd    `cmd:"" help:"Add a feed; the node asks it at once and then on its schedule."`
	List   SourceListCmd   `cmd:"" help:"List the sources and how they fare."`
	Try    SourceTryCmd    `cmd:"" help:"Fetch now and print what would come in; nothing is stored."`
	Poll   SourcePollCmd   `cmd:"" help:"Ask sources as soon as their hosts have a turn."`
	Pause  SourcePauseCmd  `cmd:"" help:"Stop asking sources."`
	Resume SourceResumeCmd `cmd:"" help:"Ask sources again."`
	Change SourceChangeCmd `cmd:"" help:"Change the settings of a source."`
	Remove SourceRemoveCmd `cmd:"" help:"Forget sources; what they brought in stays."`

	Quarantine SourceQuarantineCmd `cmd:"" help:"List, read again or drop what could not be read."`
}

const sourcesPath = "/api/v1/sources"

// sourceFlags are what a new source, or a try, may say of itself.
type sourceFlags struct {
	Name     string        `help:"What it is called; without it what the feed calls itself."`
	Desk     string        `placeholder:"ID" help:"The desk that it is for."`
	Interval time.Duration `default:"15m" help:"Between two polls: 1m to 168h."`
	Lang     string        `placeholder:"TAG" help:"What its items are in where neither the page nor the feed says."`
	Rights   string        `help:"What they may be used for where the feed does not say."`
	Kind     string        `enum:"feed,list,page" default:"feed" help:"feed: RSS, Atom, JSON Feed or a sitemap; list: a page of links; page: one page, whenever its words change."`
	Pattern  string        `placeholder:"PATTERN" help:"With --kind list: which links are items, by their path, as in robots.txt: * for anything, $$ for the end; for example /news/*."`
}

func (f sourceFlags) body(address string) map[string]any {
	return map[string]any{"url": address, "name": f.Name, "desk": f.Desk, "intervalSeconds": int(f.Interval / time.Second), "language": f.Lang, "rights": f.Rights, "kind": f.Kind, "pattern": f.Pattern}
}

// lines prints each element of a list in the answer as a line of JSON; the rest of the answer, if it is wanted, as the first.
func (f deskFlags) lines(std *Stdio, method, path string, body any, list string, rest bool) error {
	c := outbound.Call{Method: method, Path: path}
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		c.Body, c.ContentType = b, "application/json"
	}
	raw, err := f.answer(std, c)
	if err != nil {
		return err
	}
	var fields map[string]json.RawMessage
	var items []json.RawMessage
	if json.Unmarshal(raw, &fields) != nil || json.Unmarshal(fields[list], &items) != nil {
		return fault.E(fault.Unavailable, "The node's answer is not one of a Jarchi node.")
	}
	out := json.NewEncoder(std.Out)
	out.SetEscapeHTML(false)
	if rest {
		delete(fields, list)
		if len(fields) > 0 {
			if err := out.Encode(fields); err != nil {
				return err
			}
		}
	}
	for _, it := range items {
		if err := out.Encode(it); err != nil {
			return err
		}
	}
	return nil
}

// SourceAddCmd is 'jarchi source add'.
type SourceAddCmd struct {
	deskFlags
	sourceFlags
	Folder       string   `placeholder:"PATH" help:"A folder of this machine that is watched for files, in place of an address."`
	IMAP         string   `name:"imap" placeholder:"URL" help:"A mailbox, like imaps://name@mail.example/INBOX, in place of an address; with --data alone."`
	PasswordEnv  string   `placeholder:"NAME" help:"The variable of the node's environment that holds the mailbox's password."`
	PasswordFile string   `placeholder:"PATH" help:"The file that holds the mailbox's password."`
	Addresses    []string `arg:"" optional:"" name:"address" help:"Addresses of feeds (RSS, Atom, JSON Feed), sitemaps or pages."`
}

// Help is shown by --help.
func (SourceAddCmd) Help() string {
	return `Prints the source as a line of JSON, for each address in order. Of a feed's items the newest 50 come in
first; older ones are passed over. Scope admin.

A watched folder and a mailbox are for whoever runs the node: they are added with --data while the node
does not run, a folder also with --url where 'jarchi serve --folder' names it for the member. Files are taken once they
have stopped growing and are moved to done/ or quarantine/ within it. A mailbox is only read.

Example:

  $ jarchi source add --url http://127.0.0.1:8080 --interval 10m https://agency.example/rss.xml
  {"id":"…","url":"https://agency.example/rss.xml","kind":"feed",…}`
}

// Run adds sources, up to the first that is refused.
func (c SourceAddCmd) Run(std *Stdio) error {
	machine := c.body("")
	delete(machine, "pattern")
	if c.Interval == source.DefaultInterval {
		delete(machine, "intervalSeconds") // not said: once a minute
	}
	switch {
	case c.Folder != "":
		whole, err := filepath.Abs(c.Folder)
		if err != nil {
			return fault.Field("--folder", "This is no folder.").Because(err)
		}
		machine["kind"], machine["url"] = source.Folder, (&url.URL{Scheme: "file", Path: whole}).String()
		if err := c.post(std, sourcesPath, machine); err != nil {
			return named(c.Folder, err)
		}
	case c.IMAP != "":
		machine["kind"], machine["url"] = source.Mail, c.IMAP
		switch {
		case c.PasswordEnv != "" && c.PasswordFile == "":
			machine["secret"] = "env:" + c.PasswordEnv
		case c.PasswordFile != "" && c.PasswordEnv == "":
			whole, err := filepath.Abs(c.PasswordFile)
			if err != nil {
				return fault.Field("--password-file", "This is no file.").Because(err)
			}
			machine["secret"] = "file:" + whole
		default:
			return fault.Field("--password-env", "Say where the password is: --password-env NAME or --password-file PATH.")
		}
		if err := c.post(std, sourcesPath, machine); err != nil {
			return named(c.IMAP, err)
		}
	case len(c.Addresses) == 0:
		return fault.Field("address", "Name an address, or --folder or --imap.")
	}
	for _, a := range c.Addresses {
		if err := c.post(std, sourcesPath, c.body(a)); err != nil {
			return named(a, err)
		}
	}
	return nil
}

// SourceListCmd is 'jarchi source list'.
type SourceListCmd struct{ deskFlags }

// Help is shown by --help.
func (SourceListCmd) Help() string {
	return `Prints a line of JSON for each source: what it is, and in "state" when it is asked next (dueAt) and how late
that is (lagSeconds), its last poll and item, failed polls in a row with the reason (trouble), how many of
its items were taken in, wait, or are in quarantine, and since when it has been quieter than usual
(silentSeconds). Scope intake or admin.

Example:

  $ jarchi source list --data ./wire`
}

// Run lists.
func (c SourceListCmd) Run(std *Stdio) error {
	return c.lines(std, "GET", sourcesPath, nil, "sources", false)
}

// SourceTryCmd is 'jarchi source try'.
type SourceTryCmd struct {
	deskFlags
	sourceFlags
	Source string `arg:"" name:"address-or-id" help:"The address of a feed, or the id of a source."`
}

// Help is shown by --help.
func (SourceTryCmd) Help() string {
	return `Prints what was found as a line of JSON, with the first item that would come in as it would be read
("first"), then a line for each item of the feed: new, changed or known. Nothing is stored. Scope intake
or admin.

Example:

  $ jarchi source try --data ./wire https://agency.example/rss.xml`
}

// Run tries.
func (c SourceTryCmd) Run(std *Stdio) error {
	if u, err := url.Parse(c.Source); err == nil && u.Scheme == "" && u.Host == "" && len(c.Source) < 60 {
		return c.lines(std, "POST", sourcePath(c.Source)+"/try", nil, "entries", true)
	}
	return c.lines(std, "POST", sourcesPath+"/try", c.body(c.Source), "entries", true)
}

// SourceChangeCmd is 'jarchi source change'.
type SourceChangeCmd struct {
	deskFlags
	Name     *string        `help:"What it is called."`
	Desk     *string        `placeholder:"ID" help:"The desk that it is for."`
	Interval *time.Duration `help:"Between two polls."`
	Lang     *string        `placeholder:"TAG" help:"What its items are in where nothing says it."`
	Rights   *string        `help:"What they may be used for where nothing says it."`
	Pattern  *string        `placeholder:"PATTERN" help:"Which links of a list are items."`
	ID       string         `arg:"" name:"id" help:"Its id, as 'jarchi source list' prints it."`
}

// Help is shown by --help.
func (SourceChangeCmd) Help() string {
	return `What is not named stays as it is. Its address stays too: what is at another one is another source.
Prints the source as a line of JSON. Scope admin.

Example:

  $ jarchi source change --data ./wire --interval 5m 4c1f…`
}

// Run changes.
func (c SourceChangeCmd) Run(std *Stdio) error {
	raw, err := c.answer(std, outbound.Call{Method: "GET", Path: sourcePath(c.ID)})
	if err != nil {
		return err
	}
	now := map[string]any{}
	if err := json.Unmarshal(raw, &now); err != nil {
		return fault.E(fault.Unavailable, "The node's answer is not one of a Jarchi node.").Because(err)
	}
	delete(now, "state")
	for k, v := range map[string]*string{"name": c.Name, "desk": c.Desk, "language": c.Lang, "rights": c.Rights, "pattern": c.Pattern} {
		if v != nil {
			now[k] = *v
		}
	}
	if c.Interval != nil {
		now["intervalSeconds"] = int(*c.Interval / time.Second)
	}
	return c.send(std, "PUT", sourcePath(c.ID), "", now)
}

func sourcePath(id string) string { return sourcesPath + "/" + url.PathEscape(id) }

// sourceIDs are sources that something is done with.
type sourceIDs struct {
	deskFlags
	IDs []string `arg:"" name:"id" help:"Their ids, as 'jarchi source list' prints them."`
}

func (c sourceIDs) each(std *Stdio, method, what string) error {
	for _, id := range c.IDs {
		if err := c.send(std, method, sourcePath(id)+what, "", nil); err != nil {
			return named(id, err)
		}
	}
	return nil
}

// SourcePollCmd is 'jarchi source poll'.
type SourcePollCmd struct{ sourceIDs }

// Help is shown by --help.
func (SourcePollCmd) Help() string {
	return `Asks them once, outside their schedules. How it went is told by 'jarchi source list'. Scope intake
or admin.

Example:

  $ jarchi source poll --url http://127.0.0.1:8080 ID`
}

// Run has sources asked.
func (c SourcePollCmd) Run(std *Stdio) error { return c.each(std, "POST", "/poll") }

// SourcePauseCmd is 'jarchi source pause'.
type SourcePauseCmd struct{ sourceIDs }

// Help is shown by --help.
func (SourcePauseCmd) Help() string {
	return `They are not asked until they are resumed; what they brought in stays. Scope admin.

Example:

  $ jarchi source pause --url http://127.0.0.1:8080 ID`
}

// Run pauses.
func (c SourcePauseCmd) Run(std *Stdio) error { return c.each(std, "POST", "/pause") }

// SourceResumeCmd is 'jarchi source resume'.
type SourceResumeCmd struct{ sourceIDs }

// Help is shown by --help.
func (SourceResumeCmd) Help() string {
	return `They are asked on their schedules again. Scope admin.

Example:

  $ jarchi source resume --url http://127.0.0.1:8080 ID`
}

// Run resumes.
func (c SourceResumeCmd) Run(std *Stdio) error { return c.each(std, "POST", "/resume") }

// SourceRemoveCmd is 'jarchi source remove'.
type SourceRemoveCmd struct{ sourceIDs }

// Help is shown by --help.
func (SourceRemoveCmd) Help() string {
	return `What is removed is printed; what it brought in stays. Scope admin.

Example:

  $ jarchi source remove --url http://127.0.0.1:8080 ID`
}

// Run removes, and prints what was removed.
func (c SourceRemoveCmd) Run(std *Stdio) error { return c.each(std, "DELETE", "") }
