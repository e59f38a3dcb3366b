// Jarchi, the shared newswire of partner newsrooms: one binary that is a node, and the tools around it.
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"slices"

	"github.com/alecthomas/kong"

	"jarchi.dev/jarchi/internal/fault"
)

// commands are all that the binary does; each is a file of this folder.
type commands struct {
	Demo    DemoCmd    `cmd:"" help:"Show a live exchange with sample material; nothing leaves this computer."`
	Serve   ServeCmd   `cmd:"" help:"Run a node."`
	Import  ImportCmd  `cmd:"" help:"Take in pages, raw texts, ninjs and NewsML-G2 as captures."`
	Release ReleaseCmd `cmd:"" help:"Write, publish, correct and withdraw releases."`
	Extract ExtractCmd `cmd:"" help:"Read a page or raw text and print its articles as JSON lines."`
	Lang    LangCmd    `cmd:"" help:"Filters of the language tables: detect, fold, loose, stem, dates, facts."`
	Story   StoryCmd   `cmd:"" help:"Tell which texts belong together, and decide it on a node."`
	Verify  VerifyCmd  `cmd:"" help:"Check a proof file offline with the member's public key."`
	Log     LogCmd     `cmd:"" help:"Check the logs of a data folder."`
	Backup  BackupCmd  `cmd:"" help:"Write a back-up of a node, also while it runs, and check one."`
	Restore RestoreCmd `cmd:"" help:"Bring a back-up back into an empty folder."`
	Files   FilesCmd   `cmd:"" help:"Tell where the files of a node lie, and move them into a bucket or back."`
	Move    MoveCmd    `cmd:"" help:"Move a node's data from its folder to PostgreSQL, and back."`
	Member  MemberCmd  `cmd:"" help:"Add and list the members of a node."`
	User    UserCmd    `cmd:"" help:"Invite, list and disable the people of a node."`
	Token   TokenCmd   `cmd:"" help:"Create, list and revoke tokens."`
	Source  SourceCmd  `cmd:"" help:"Add, list and try the feeds that a node asks on a schedule."`

	Delivery DeliveryCmd `cmd:"" help:"Hand the wire to webhooks and others as it happens; list, replay, pause."`

	Status       StatusCmd       `cmd:"" help:"Tell how a node fares, and what needs attention first."`
	Keep         KeepCmd         `cmd:"" help:"For how long originals, audit rows, sessions and the like are kept."`
	UpgradeCheck UpgradeCheckCmd `cmd:"" name:"upgrade-check" help:"Tell what starting this program on a folder would change."`

	Quarantine QuarantineCmd `cmd:"" help:"List what was brought in and could not be read."`
	Jobs       JobsCmd       `cmd:"" help:"List and retry the jobs that were given up."`
}

func main() {
	os.Exit(run(os.Args[1:], &Stdio{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
}

// run is the command without the process: it returns the exit status, 0 for success, 1 for a failure
// that was said in one line, 2 for wrong usage.
func run(args []string, std *Stdio) int {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(150 << 20) // Go's heap; the page caches of the database lie outside it
	}
	if len(args) > 0 && args[0] == "help" {
		args = append(slices.Clone(args[1:]), "--help") // what a person types first
	}
	var c commands
	parser, err := kong.New(&c,
		kong.Name("jarchi"),
		kong.Description("The shared newswire of partner newsrooms. 'jarchi demo' shows it."),
		kong.Writers(std.Out, std.Err),
		kong.DefaultEnvars("JARCHI"),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Exit(func(code int) { panic(exit(code)) }),
	)
	if err != nil {
		panic(err) // the declaration above is wrong
	}
	code := 0
	func() {
		defer func() {
			if p := recover(); p != nil {
				e, ok := p.(exit)
				if !ok {
					panic(p)
				}
				code = int(e)
			}
		}()
		ctx, err := parser.Parse(args)
		if err != nil {
			fmt.Fprintf(std.Err, "jarchi: %v ('jarchi help' lists what there is, 'jarchi help COMMAND' tells of one)\n", err)
			code = 2
			return
		}
		if err := ctx.Run(std); err != nil {
			var own ending
			if errors.As(err, &own) { // everything was said
				code = int(own)
				return
			}
			fmt.Fprintf(std.Err, "jarchi: %s\n", sentence(err))
			code = 1
		}
	}()
	return code
}

// exit is how --help leaves the parser.
type exit int

// sentence is what a person at the terminal is told: the fault's own words and, since it is her own
// machine, the cause.
func sentence(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Error()
	}
	return err.Error()
}
