package main

import "net/url"

// reportArg is the report that a decision is about.
type reportArg struct {
	Report string `arg:"" help:"The id of a release or a capture."`
}

func (a reportArg) path(what string) string {
	return "/api/v1/stories/" + url.PathEscape(a.Report) + "/" + what
}

// StoryJoinCmd is 'jarchi story join'.
type StoryJoinCmd struct {
	deskFlags
	reportArg
	With   string `arg:"" help:"The id of a release or a capture with which it belongs together."`
	Alone  bool   `help:"Move only this report; without it, the whole of its story."`
	Reason string `placeholder:"WORDS" help:"Shown to whoever may read both reports."`
}

// Help is shown by --help.
func (StoryJoinCmd) Help() string {
	return `The stories of the two reports are one from now on, whatever the machine finds later. Prints the decision as JSON;
its id is what 'jarchi story undo' takes. The token needs read, read:closed, and publish or verify.

Example:

  $ jarchi story join --url http://127.0.0.1:8080 4nd5q2… 3f0c…-1 --reason 'The same fire'`
}

// Run joins.
func (c *StoryJoinCmd) Run(std *Stdio) error {
	return c.post(std, c.path("join"), map[string]any{"with": c.With, "alone": c.Alone, "reason": c.Reason})
}

// StoryPartCmd is 'jarchi story part'.
type StoryPartCmd struct {
	deskFlags
	reportArg
	From   string `arg:"" optional:"" help:"The id of a report to whose story it does not belong; without it, its own story."`
	Reason string `placeholder:"WORDS" help:"Shown to whoever may read both reports."`
}

// Help is shown by --help.
func (StoryPartCmd) Help() string {
	return `The report becomes a story of its own and is not brought back, whatever the machine finds later.

Example:

  $ jarchi story part --url http://127.0.0.1:8080 4nd5q2…`
}

// Run parts.
func (c *StoryPartCmd) Run(std *Stdio) error {
	return c.post(std, c.path("part"), map[string]any{"from": c.From, "reason": c.Reason})
}

// StoryUndoCmd is 'jarchi story undo'.
type StoryUndoCmd struct {
	deskFlags
	Decision string `arg:"" help:"The id of a decision."`
}

// Help is shown by --help.
func (StoryUndoCmd) Help() string {
	return `The stories are as though it had not been made.

Example:

  $ jarchi story undo --url http://127.0.0.1:8080 y7kq…`
}

// Run takes it back.
func (c *StoryUndoCmd) Run(std *Stdio) error {
	return c.post(std, "/api/v1/stories/decisions/"+url.PathEscape(c.Decision)+"/undo", nil)
}
