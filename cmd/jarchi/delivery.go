package main

import (
	"net/url"
	"strconv"
	"time"

	"jarchi.dev/jarchi/internal/fault"
)

// DeliveryCmd is 'jarchi delivery': what is handed to others as it happens.
type DeliveryCmd struct {
	Add    DeliveryAddCmd    `cmd:"" help:"Have a part of the wire handed to somebody as it happens."`
	List   DeliveryListCmd   `cmd:"" help:"List the deliveries and how they fare."`
	Log    DeliveryLogCmd    `cmd:"" help:"Print what was and is to be handed over, with each try."`
	Prove  DeliveryProveCmd  `cmd:"" help:"Begin a delivery whose address cannot answer the challenge."`
	Test   DeliveryTestCmd   `cmd:"" help:"Send a made-up item now."`
	Retry  DeliveryRetryCmd  `cmd:"" help:"Send a line of the log again now."`
	Replay DeliveryReplayCmd `cmd:"" help:"Send what happened since a time again, also what was missed."`
	Rotate DeliveryRotateCmd `cmd:"" help:"Give a webhook a new secret."`
	Pause  DeliveryPauseCmd  `cmd:"" help:"Hand over nothing new; corrections and withdrawals go on."`
	Resume DeliveryResumeCmd `cmd:"" help:"Let deliveries go on."`
	SFTP   DeliverySFTPCmd   `cmd:"" name:"sftp" help:"Look at a server of files, pin its host key, and write down how to log in there."`
	Remove DeliveryRemoveCmd `cmd:"" help:"Forget deliveries; what they handed over is not followed any more."`
}

const deliveriesPath = "/api/v1/deliveries"

func deliveryPath(id, more string) string { return deliveriesPath + "/" + url.PathEscape(id) + more }

// DeliveryAddCmd is 'jarchi delivery add'.
type DeliveryAddCmd struct {
	deskFlags
	Channel string `default:"webhook" help:"webhook, folder, sftp, telegram or mail."`
	Filter  string `placeholder:"FILTER" help:"The part of an address of the wire after its question mark; without it everything."`
	Format  string `placeholder:"NAME" help:"ninjs, newsmlg2, superdesk (ninjs 1.x for its folder), release (one object for all texts) or text; without it what is usual for the channel."`
	Public  bool   `help:"Only what anyone may read; without it whatever the member may read."`
	Desk    string `placeholder:"ID" help:"The desk that it belongs to; without it the member's."`
	Person  string `placeholder:"ID" help:"The person in whose right it is: what she may read at the moment of sending is delivered."`
	Lang    string `placeholder:"TAG" help:"That plain words name the state of a text in; without it the text's own."`
	Name    string `help:"What it is called; without it the target."`
	Digest  string `placeholder:"EVERY" help:"Of mails: daily or weekly, one letter for what is new since the one before; without it one for each release."`
	Day     string `placeholder:"DAY" help:"Of a weekly digest, monday to sunday; without it monday."`
	Hour    int    `default:"7" help:"Of a digest, on the reader's clock."`
	Zone    string `placeholder:"ZONE" help:"Of that clock, like Asia/Almaty; without it UTC."`
	Target  string `arg:"" help:"The address, folder, chat or mail address."`
}

// Help is shown by --help.
func (DeliveryAddCmd) Help() string {
	return `Prints the delivery as a line of JSON, of a webhook with the secret of its signature: now, and never again.
Calls are signed as Standard Webhooks says (webhook-id, webhook-timestamp, webhook-signature). The address is
called at once with a challenge and begins when it answers 2xx with the word data.challenge in its answer, as
an echo of the body has; else see 'jarchi delivery prove'. A mail address is sent a link, and gets nothing else before it is confirmed there.
Scope admin.

Example:

  $ jarchi delivery add --url http://127.0.0.1:8080 --filter 'q=water&lang=kk' https://cms.example/wire
  {"id":"…","channel":"webhook",…,"state":"active","secret":"whsec_…"}`
}

// Run adds.
func (c DeliveryAddCmd) Run(std *Stdio) error {
	body := map[string]any{"channel": c.Channel, "target": c.Target, "name": c.Name, "filter": c.Filter, "format": c.Format, "public": c.Public, "desk": c.Desk, "person": c.Person, "language": c.Lang}
	if c.Digest != "" {
		body["digest"] = map[string]any{"every": c.Digest, "day": c.Day, "hour": c.Hour, "zone": c.Zone}
	} else if c.Day != "" || c.Zone != "" {
		return fault.Field("--digest", "Say how often a digest comes: daily or weekly.")
	}
	return c.post(std, deliveriesPath, body)
}

// DeliveryListCmd is 'jarchi delivery list'.
type DeliveryListCmd struct{ deskFlags }

// Help is shown by --help.
func (DeliveryListCmd) Help() string {
	return `Prints a line of JSON for each delivery: what it is, its state, how much waits, failed tries in a row and why
the last one failed (trouble). Scope admin.

Example:

  $ jarchi delivery list --data ./wire`
}

// Run lists.
func (c DeliveryListCmd) Run(std *Stdio) error {
	return c.lines(std, "GET", deliveriesPath, nil, "deliveries", false)
}

// deliveryID is the delivery that a command is about.
type deliveryID struct {
	deskFlags
	ID string `arg:"" name:"id" help:"Its id, as 'jarchi delivery list' prints it."`
}

// DeliveryLogCmd is 'jarchi delivery log'.
type DeliveryLogCmd struct {
	deliveryID
	Cursor string `placeholder:"NEXT" help:"Go on after a part: next of its first line."`
}

// Help is shown by --help.
func (DeliveryLogCmd) Help() string {
	return `Prints a line of JSON for each thing that was or is to be handed over, the newest first, 50 at once: what
happened (event), its message (the same on each try), what became of it (outcome) and each try with the
receiver's status. The very first line says where older ones go on ("next"). Scope admin.

Example:

  $ jarchi delivery log --data ./wire ID`
}

// Run prints.
func (c DeliveryLogCmd) Run(std *Stdio) error {
	path := deliveryPath(c.ID, "/log")
	if c.Cursor != "" {
		path += "?cursor=" + url.QueryEscape(c.Cursor)
	}
	return c.lines(std, "GET", path, nil, "log", true)
}

// DeliveryProveCmd is 'jarchi delivery prove'.
type DeliveryProveCmd struct {
	deliveryID
	Word string `arg:"" help:"The word data.challenge of the newest call that the address got."`
}

// Help is shown by --help.
func (DeliveryProveCmd) Help() string {
	return `For an address that cannot answer the challenge: whoever reads what it gets finds the word there. Scope admin.

Example:

  $ jarchi delivery prove --data ./wire ID 7dkq2mzx4a3p`
}

// Run proves.
func (c DeliveryProveCmd) Run(std *Stdio) error {
	return c.post(std, deliveryPath(c.ID, "/prove"), map[string]string{"word": c.Word})
}

// DeliveryTestCmd is 'jarchi delivery test'.
type DeliveryTestCmd struct{ deliveryID }

// Run tests.
func (c DeliveryTestCmd) Run(std *Stdio) error { return c.post(std, deliveryPath(c.ID, "/test"), nil) }

// DeliveryRetryCmd is 'jarchi delivery retry'.
type DeliveryRetryCmd struct {
	deliveryID
	Line int64 `arg:"" help:"The id of a line, as 'jarchi delivery log' prints it."`
}

// Run retries.
func (c DeliveryRetryCmd) Run(std *Stdio) error {
	return c.post(std, deliveryPath(c.ID, "/log/"+strconv.FormatInt(c.Line, 10)+"/retry"), nil)
}

// DeliveryReplayCmd is 'jarchi delivery replay'.
type DeliveryReplayCmd struct {
	deliveryID
	Since string `placeholder:"TIME" help:"RFC 3339, or how long ago, like 6h; at most 168h. Without it a day ago."`
}

// Help is shown by --help.
func (DeliveryReplayCmd) Help() string {
	return `Of each text the last that happened is sent, under the message that it had if it was sent before, so that
whoever has it knows it again. Prints how much that is. Scope admin.

Example:

  $ jarchi delivery replay --data ./wire --since 24h ID`
}

// Run replays.
func (c DeliveryReplayCmd) Run(std *Stdio) error {
	if ago, err := time.ParseDuration(c.Since); err == nil {
		c.Since = time.Now().Add(-ago).UTC().Format(time.RFC3339)
	} else if _, err := time.Parse(time.RFC3339, c.Since); c.Since != "" && err != nil {
		return fault.Field("--since", "Give a time like 2026-03-12T14:05:00Z, or how long ago, like 24h.")
	}
	return c.post(std, deliveryPath(c.ID, "/replay"), map[string]string{"since": c.Since})
}

// DeliveryRotateCmd is 'jarchi delivery rotate'.
type DeliveryRotateCmd struct{ deliveryID }

// Help is shown by --help.
func (DeliveryRotateCmd) Help() string {
	return `Prints the delivery with its new secret, once. For a day its calls have two signatures, of the new secret and
of the one before. Scope admin.

Example:

  $ jarchi delivery rotate --data ./wire ID`
}

// Run rotates.
func (c DeliveryRotateCmd) Run(std *Stdio) error {
	return c.post(std, deliveryPath(c.ID, "/rotate"), nil)
}

// deliveryIDs are deliveries that something is done with.
type deliveryIDs struct {
	deskFlags
	IDs []string `arg:"" name:"id" help:"Their ids, as 'jarchi delivery list' prints them."`
}

func (c deliveryIDs) each(std *Stdio, method, what string) error {
	for _, id := range c.IDs {
		if err := c.send(std, method, deliveryPath(id, what), "", nil); err != nil {
			return named(id, err)
		}
	}
	return nil
}

// DeliveryPauseCmd is 'jarchi delivery pause'.
type DeliveryPauseCmd struct{ deliveryIDs }

// Run pauses.
func (c DeliveryPauseCmd) Run(std *Stdio) error { return c.each(std, "POST", "/pause") }

// DeliveryResumeCmd is 'jarchi delivery resume'.
type DeliveryResumeCmd struct{ deliveryIDs }

// Run resumes.
func (c DeliveryResumeCmd) Run(std *Stdio) error { return c.each(std, "POST", "/resume") }

// DeliveryRemoveCmd is 'jarchi delivery remove'.
type DeliveryRemoveCmd struct{ deliveryIDs }

// Run removes, and prints what was removed.
func (c DeliveryRemoveCmd) Run(std *Stdio) error { return c.each(std, "DELETE", "") }
