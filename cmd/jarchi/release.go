package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/format/ninjs"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/outbound"
)

// ReleaseCmd is 'jarchi release': a release through its whole life, by the API of a node.
type ReleaseCmd struct {
	Create     ReleaseCreateCmd     `cmd:"" help:"Release now, at a time, under embargo, or keep a draft."`
	Edit       ReleaseEditCmd       `cmd:"" help:"Change the words of a draft."`
	Approve    ReleaseApproveCmd    `cmd:"" help:"Agree to the words of a draft as they stand."`
	Embargo    ReleaseEmbargoCmd    `cmd:"" help:"Put a draft under embargo."`
	Schedule   ReleaseScheduleCmd   `cmd:"" help:"Have a draft leave by itself at a time."`
	Unschedule ReleaseUnscheduleCmd `cmd:"" help:"Take a release off the schedule."`
	Publish    ReleasePublishCmd    `cmd:"" help:"Let a draft leave now."`
	Update     ReleaseUpdateCmd     `cmd:"" help:"The story develops: send new words."`
	Correct    ReleaseCorrectCmd    `cmd:"" help:"We were wrong: send the right words, and say why."`
	Withdraw   ReleaseWithdrawCmd   `cmd:"" help:"It must not be used: its words are gone at once."`
	Confirm    ReleaseConfirmCmd    `cmd:"" help:"Issue it too: a member whom the lead has named says so itself."`
	Erase      ReleaseEraseCmd      `cmd:"" help:"Erase everything but issuers, times, languages and uris; or delete a draft."`
	Show       ReleaseShowCmd       `cmd:"" help:"Print a release as it is now."`
	List       ReleaseListCmd       `cmd:"" help:"List or search releases."`
}

// deskFlags name the node and who acts there.
type deskFlags struct {
	nodeFlags
	Member string `placeholder:"M" help:"With --data: the member in whose name to act; may be left out where there is only one."`
}

// idArg is the release that a command is about.
type idArg struct {
	ID string `arg:"" name:"id" help:"The release's id."`
}

func (a idArg) path(more string) string { return releasesPath + "/" + url.PathEscape(a.ID) + more }

const releasesPath = "/api/v1/releases"

// call makes one call of the API and prints its answer.
func (f deskFlags) call(std *Stdio, c outbound.Call) error {
	answer, err := f.answer(std, c)
	if err != nil {
		return err
	}
	if len(answer) > 0 && answer[len(answer)-1] != '\n' {
		answer = append(answer, '\n')
	}
	if _, err := std.Out.Write(answer); err != nil {
		return fault.E(fault.Unavailable, "The answer could not be written.").Because(err)
	}
	return nil
}

// answer makes one call of the API.
func (f deskFlags) answer(std *Stdio, c outbound.Call) (answer []byte, err error) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if f.URL == "" {
		return callFolder(ctx, std, f.Data, f.Member, c)
	}
	node, err := outbound.NewOperator(f.URL)
	if err != nil {
		return nil, err
	}
	c.Token = f.Token
	_, answer, err = node.Do(ctx, c)
	return answer, err
}

func (f deskFlags) post(std *Stdio, path string, body any) error {
	return f.send(std, "POST", path, "", body)
}

func (f deskFlags) send(std *Stdio, method, path, key string, body any) error {
	c := outbound.Call{Method: method, Path: path}
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		c.Body, c.ContentType = b, "application/json"
	}
	if key != "" {
		c.Header = map[string]string{"Idempotency-Key": key}
	}
	return f.call(std, c)
}

// wordsFlags bring the words of a release: a whole request in JSON, or plain texts.
type wordsFlags struct {
	Text    []string `sep:"none" placeholder:"LANG=FILE" help:"A plain text in a language: its first line is the headline, blank lines part the paragraphs. Once for each language; the first is the original."`
	Urgency int      `placeholder:"N" help:"IPTC urgency, 1 (flash) to 9."`
	Key     string   `name:"idempotency-key" placeholder:"KEY" help:"With --url: any text; the same command repeated with it within 24 hours is not done twice."`
	File    string   `arg:"" optional:"" help:"The request in JSON, as the API takes it; - is standard input."`
}

const maxRequest = 8 << 20 // bytes of a request

// request puts the file and the flags together; flags win.
func (w wordsFlags) request(std *Stdio) (map[string]any, error) {
	req := map[string]any{}
	if w.File == "" && len(w.Text) == 0 {
		return nil, fault.E(fault.Invalid, "There are no words: name a file with the request, - for standard input, or texts with --text.")
	}
	if w.File != "" {
		raw, err := readBounded(std.In, w.File, maxRequest)
		if err != nil {
			return nil, named(w.File, err)
		}
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(raw, &fields); err != nil || fields == nil {
			return nil, fault.E(fault.Invalid, "%s: This is not a JSON object like {\"items\":[…]}; plain texts come with --text.", w.File).Because(err)
		}
		for k, v := range fields {
			req[k] = v
		}
	}
	if len(w.Text) > 0 {
		items, err := w.items(std)
		if err != nil {
			return nil, err
		}
		req["items"] = items
	}
	if w.Urgency != 0 {
		req["urgency"] = w.Urgency
	}
	return req, nil
}

func (w wordsFlags) items(std *Stdio) ([]ninjs.Item, error) {
	var items []ninjs.Item
	for _, t := range w.Text {
		code, file, ok := strings.Cut(t, "=")
		if !ok {
			return nil, fault.Field("--text", "%q is not LANG=FILE, like kk=statement.txt.", t)
		}
		tag, err := lang.Parse(code)
		if err != nil {
			text, _ := fault.Public(err)
			return nil, fault.Field("--text", "%s", text)
		}
		raw, err := readBounded(std.In, file, maxRequest)
		if err != nil {
			return nil, named(file, err)
		}
		item, err := textItem(tag, string(raw))
		if err != nil {
			return nil, named(file, err)
		}
		items = append(items, item)
	}
	return items, nil
}

func named(file string, err error) error {
	text, _ := fault.Public(err)
	return fault.E(fault.KindOf(err), "%s: %s", file, text)
}

// textItem reads a plain text: the first line is the headline, the rest paragraphs.
func textItem(tag lang.Tag, text string) (ninjs.Item, error) {
	text = strings.TrimPrefix(text, "\ufeff")
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	headline, body, _ := strings.Cut(strings.TrimSpace(text), "\n")
	if headline == "" {
		return ninjs.Item{}, fault.E(fault.Invalid, "The text is empty; its first line is the headline.")
	}
	item := ninjs.Item{Standard: ninjs.Standard31(), Type: ninjs.TypeText, RepresentationType: ninjs.Full, Language: string(tag),
		Headlines: []ninjs.Text{{ContentType: "text/plain", Value: strings.TrimSpace(headline)}}}
	if body = strings.TrimSpace(body); body != "" {
		item.Bodies = []ninjs.Body{{ContentType: "text/plain", Value: body}}
	}
	return item, nil
}

// ReleaseCreateCmd is 'jarchi release create'.
type ReleaseCreateCmd struct {
	deskFlags
	wordsFlags
	Draft        bool     `help:"Keep it at the desk; 'jarchi release publish' lets it leave."`
	PublishAt    string   `placeholder:"TIME" help:"Have it leave by itself then (RFC 3339, like 2026-06-01T10:00:00+05:00)."`
	EmbargoUntil string   `placeholder:"TIME" help:"Until then only cleared readers have its words."`
	Audience     []string `placeholder:"WHO" help:"public (as without it), members, or partners' short names with commas between."`
	Issuers      []string `placeholder:"M,…" help:"All who issue it, the own member first; without it the own member alone."`
}

// Help is shown by --help.
func (ReleaseCreateCmd) Help() string {
	return `Makes a release in one or more languages and, unless it is a draft, lets it leave: it is on the wire,
searchable and in the signed log when the command ends. Prints the release as JSON.

Example:

  $ jarchi release create --data ./wire --member toqsanbulaq --text kk=statement.kk.txt --text en=statement.en.txt
  $ jarchi release create --url http://127.0.0.1:8080 --embargo-until 2026-06-01T10:00:00+05:00 request.json
  $ echo '{"items":[{"language":"en","type":"text","headlines":[{"value":"Bridge opened"}]}]}' | jarchi release create --data ./wire --draft -`
}

// Run makes the release.
func (c *ReleaseCreateCmd) Run(std *Stdio) error {
	req, err := c.request(std)
	if err != nil {
		return err
	}
	if c.Draft {
		req["draft"] = true
	}
	if c.PublishAt != "" {
		req["publishAt"] = c.PublishAt
	}
	if c.EmbargoUntil != "" {
		req["embargoedUntil"] = c.EmbargoUntil
	}
	if len(c.Issuers) > 0 {
		req["issuers"] = c.Issuers
	}
	switch {
	case len(c.Audience) == 1 && (c.Audience[0] == "public" || c.Audience[0] == "members"):
		req["audience"] = c.Audience[0]
	case len(c.Audience) > 0:
		req["audience"] = c.Audience
	}
	if err := c.send(std, "POST", releasesPath, c.Key, req); err != nil {
		return err
	}
	if c.PublishAt != "" || c.EmbargoUntil != "" {
		c.clockNote(std)
	}
	return nil
}

// clockNote: what waits for its time waits for a running node.
func (f deskFlags) clockNote(std *Stdio) {
	if f.Data != "" {
		fmt.Fprintf(std.Err, "What is to happen at its time happens while 'jarchi serve --data %s' runs.\n", f.Data)
	}
}

// ReleaseEditCmd is 'jarchi release edit'.
type ReleaseEditCmd struct {
	deskFlags
	idArg
	wordsFlags
}

// Help is shown by --help.
func (ReleaseEditCmd) Help() string {
	return `New words for texts that the draft has, found by uri or by language. Approvals and schedule fall.

Example:

  $ jarchi release edit --data ./wire 4nd5q2… --text kk=statement.kk.txt`
}

// Run changes the draft.
func (c *ReleaseEditCmd) Run(std *Stdio) error {
	req, err := c.request(std)
	if err != nil {
		return err
	}
	return c.send(std, "PUT", c.path("/items"), "", req)
}

// ReleaseApproveCmd is 'jarchi release approve'.
type ReleaseApproveCmd struct {
	deskFlags
	idArg
	By string `required:"" placeholder:"NAME" help:"The person who agrees."`
}

// Help is shown by --help.
func (ReleaseApproveCmd) Help() string {
	return `Example:

  $ jarchi release approve --data ./wire 4nd5q2… --by 'A. Serik'`
}

// Run approves the draft.
func (c *ReleaseApproveCmd) Run(std *Stdio) error {
	return c.post(std, c.path("/approve"), map[string]string{"by": c.By})
}

// ReleaseEmbargoCmd is 'jarchi release embargo'.
type ReleaseEmbargoCmd struct {
	deskFlags
	idArg
	Until string `required:"" placeholder:"TIME" help:"When it opens (RFC 3339)."`
}

// Help is shown by --help.
func (ReleaseEmbargoCmd) Help() string {
	return `From its release until the embargo ends only cleared readers have its words; members see that
something will come. Approvals and schedule fall.

Example:

  $ jarchi release embargo --data ./wire 4nd5q2… --until 2026-06-01T10:00:00+05:00`
}

// Run puts the draft under embargo.
func (c *ReleaseEmbargoCmd) Run(std *Stdio) error {
	return c.post(std, c.path("/embargo"), map[string]string{"embargoedUntil": c.Until})
}

// ReleaseScheduleCmd is 'jarchi release schedule'.
type ReleaseScheduleCmd struct {
	deskFlags
	idArg
	At string `required:"" placeholder:"TIME" help:"When it leaves (RFC 3339)."`
}

// Help is shown by --help.
func (ReleaseScheduleCmd) Help() string {
	return `Nothing of it leaves, and nothing is logged, before its time.

Example:

  $ jarchi release schedule --data ./wire 4nd5q2… --at 2026-06-01T10:00:00+05:00`
}

// Run schedules the draft.
func (c *ReleaseScheduleCmd) Run(std *Stdio) error {
	if err := c.post(std, c.path("/schedule"), map[string]string{"publishAt": c.At}); err != nil {
		return err
	}
	c.clockNote(std)
	return nil
}

// ReleaseUnscheduleCmd is 'jarchi release unschedule'.
type ReleaseUnscheduleCmd struct {
	deskFlags
	idArg
}

// Help is shown by --help.
func (ReleaseUnscheduleCmd) Help() string {
	return `Example:

  $ jarchi release unschedule --data ./wire 4nd5q2…`
}

// Run takes it off the schedule.
func (c *ReleaseUnscheduleCmd) Run(std *Stdio) error {
	return c.post(std, c.path("/unschedule"), nil)
}

// ReleaseConfirmCmd is 'jarchi release confirm'.
type ReleaseConfirmCmd struct {
	deskFlags
	idArg
	Revision int `placeholder:"N" help:"The revision that was read; if it was changed since, nothing is confirmed. Without it, the words as they are now."`
}

// Help is shown by --help.
func (ReleaseConfirmCmd) Help() string {
	return `Example:

  $ jarchi release confirm --url https://wire.example --token jt_… 4nd5q2…`
}

// Run says that the member issues it too.
func (c *ReleaseConfirmCmd) Run(std *Stdio) error {
	req := map[string]any{}
	if c.Revision != 0 {
		req["revision"] = c.Revision
	}
	return c.post(std, c.path("/confirm"), req)
}

// ReleasePublishCmd is 'jarchi release publish'.
type ReleasePublishCmd struct {
	deskFlags
	idArg
	Key string `name:"idempotency-key" placeholder:"KEY" help:"With --url: any text; the same command repeated with it within 24 hours is not done twice."`
}

// Help is shown by --help.
func (ReleasePublishCmd) Help() string {
	return `Example:

  $ jarchi release publish --url http://127.0.0.1:8080 4nd5q2…`
}

// Run lets the draft leave.
func (c *ReleasePublishCmd) Run(std *Stdio) error {
	return c.send(std, "POST", c.path("/publish"), c.Key, nil)
}

// ReleaseUpdateCmd is 'jarchi release update'.
type ReleaseUpdateCmd struct {
	deskFlags
	idArg
	wordsFlags
}

// Help is shown by --help.
func (ReleaseUpdateCmd) Help() string {
	return `Sent texts are matched to the release's by uri, otherwise by language; a language that it has not is
added. Texts that are not sent are marked as behind.

Example:

  $ jarchi release update --data ./wire 4nd5q2… --text kk=statement.kk.txt`
}

// Run sends the new words.
func (c *ReleaseUpdateCmd) Run(std *Stdio) error {
	req, err := c.request(std)
	if err != nil {
		return err
	}
	return c.send(std, "POST", c.path("/update"), c.Key, req)
}

// ReleaseCorrectCmd is 'jarchi release correct'.
type ReleaseCorrectCmd struct {
	deskFlags
	idArg
	wordsFlags
	Reason string `help:"What was wrong; it stands in the public register."`
}

// Help is shown by --help.
func (ReleaseCorrectCmd) Help() string {
	return `Texts are matched as in an update. Readers who have taken the release are told, with the reason.

Example:

  $ jarchi release correct --data ./wire 4nd5q2… --reason 'The date of the session was wrong.' --text kk=statement.kk.txt`
}

// Run sends the right words.
func (c *ReleaseCorrectCmd) Run(std *Stdio) error {
	req, err := c.request(std)
	if err != nil {
		return err
	}
	if c.Reason != "" {
		req["reason"] = c.Reason
	}
	return c.send(std, "POST", c.path("/correct"), c.Key, req)
}

// ReleaseWithdrawCmd is 'jarchi release withdraw'.
type ReleaseWithdrawCmd struct {
	deskFlags
	idArg
	Reason string `required:"" help:"Why it must not be used; it stands in the public register."`
	Key    string `name:"idempotency-key" placeholder:"KEY" help:"With --url: any text; the same command repeated with it within 24 hours is not done twice."`
}

// Help is shown by --help.
func (ReleaseWithdrawCmd) Help() string {
	return `Headlines, bodies and earlier versions are gone at once, from the index too; issuers, times,
languages, uris and the reason stay. It cannot be undone.

Example:

  $ jarchi release withdraw --data ./wire 4nd5q2… --reason 'The statement was not ours.'`
}

// Run withdraws the release.
func (c *ReleaseWithdrawCmd) Run(std *Stdio) error {
	return c.send(std, "POST", c.path("/withdraw"), c.Key, map[string]string{"reason": c.Reason})
}

// ReleaseEraseCmd is 'jarchi release erase'.
type ReleaseEraseCmd struct {
	deskFlags
	idArg
	Yes bool `help:"Needed: what is erased cannot be brought back, and its proofs cannot be opened any more."`
}

// Help is shown by --help.
func (ReleaseEraseCmd) Help() string {
	return `For what the law wants gone. A release that never left is deleted whole.

Example:

  $ jarchi release erase --data ./wire 4nd5q2… --yes`
}

// Validate wants the will to be stated; wrong usage ends with status 2.
func (c *ReleaseEraseCmd) Validate(parsed *kong.Context) error {
	if !c.Yes {
		return errors.New("an erasure cannot be undone: say --yes")
	}
	return c.nodeFlags.Validate(parsed)
}

// Run erases the release.
func (c *ReleaseEraseCmd) Run(std *Stdio) error {
	return c.send(std, "DELETE", c.path(""), "", nil)
}

// ReleaseShowCmd is 'jarchi release show'.
type ReleaseShowCmd struct {
	deskFlags
	idArg
}

// Help is shown by --help.
func (ReleaseShowCmd) Help() string {
	return `Example:

  $ jarchi release show --data ./wire 4nd5q2… | jq .state`
}

// Run prints the release.
func (c *ReleaseShowCmd) Run(std *Stdio) error { return c.send(std, "GET", c.path(""), "", nil) }

// ReleaseListCmd is 'jarchi release list'.
type ReleaseListCmd struct {
	deskFlags
	Query  string `name:"q" short:"q" placeholder:"QUERY" help:"Search, as on the page: words in any spelling, \"a phrase\", -without."`
	Lang   string `placeholder:"TAG" help:"Only texts in this language."`
	From   string `placeholder:"M" help:"Only releases of this member."`
	Limit  int    `default:"20" help:"How many at most, 1 to 100."`
	Cursor string `help:"Go on where an earlier list ended: its 'next'."`
}

// Help is shown by --help.
func (ReleaseListCmd) Help() string {
	return `Prints {"releases":[…],"next"?}, newest first.

Example:

  $ jarchi release list --data ./wire -q форум --lang kk | jq -r '.releases[].id'`
}

// Run prints the list.
func (c *ReleaseListCmd) Run(std *Stdio) error {
	q := url.Values{"limit": {fmt.Sprint(c.Limit)}}
	for name, v := range map[string]string{"q": c.Query, "lang": c.Lang, "member": c.From, "cursor": c.Cursor} {
		if v != "" {
			q.Set(name, v)
		}
	}
	return c.send(std, "GET", releasesPath+"?"+q.Encode(), "", nil)
}
