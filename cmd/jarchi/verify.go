package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/tlog"
)

// VerifyCmd is 'jarchi verify': it checks a proof file offline with a member's public key.
type VerifyCmd struct {
	File  string `arg:"" help:"Proof file, as downloaded from the page of a release; - for standard input."`
	Key   string `required:"" placeholder:"VKEY" help:"The log's verifier key: <domain>/log/<class>+<8 digits>+<base64>. Take it from the member itself or from a partner, not from whoever gave you the file."`
	Bytes bool   `help:"Write the exact bytes that were released to standard output, and the sentences to standard error."`
}

// Help is shown by --help.
func (VerifyCmd) Help() string {
	return `Checks that a text was released by a member, in exactly these words: the text is the one of
its manifest, the manifest opens the log's commitment, the commitment stands in the log, and the
member has signed the log. No network and no server is asked. Ends with status 0 if all of it holds;
otherwise with status 1 and the step that failed.

Example:

  $ jarchi verify bridge.proof.json --key press.example/log/public+1a2b3c4d+AbCd...`
}

// Run checks the file and says in plain sentences what is proven and what is not.
func (c VerifyCmd) Run(std *Stdio) error {
	v, err := tlog.Verifier(c.Key)
	if err != nil {
		return err
	}
	file, err := c.read(std.In)
	if err != nil {
		return err
	}
	got, err := tlog.Verify(file, v)
	if err != nil {
		return err
	}
	talk := std.Out
	if c.Bytes {
		if got.Manifest == nil {
			return fault.E(fault.NotFound, "The file is valid, but it holds no text: only what the log recorded.")
		}
		talk = std.Err
		if _, err := std.Out.Write(got.Bytes); err != nil {
			return fault.E(fault.Unavailable, "The text could not be written.").Because(err)
		}
	}
	if _, err := io.WriteString(talk, verifiedText(got)); err != nil {
		return fault.E(fault.Unavailable, "The result could not be written.").Because(err)
	}
	return nil
}

func (c VerifyCmd) read(in io.Reader) ([]byte, error) {
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return nil, fault.E(fault.Invalid, "The proof file %s cannot be read.", c.File).Because(err)
		}
		defer f.Close()
		in = f
	}
	data, err := io.ReadAll(io.LimitReader(in, tlog.MaxProofFile+1)) // Verify refuses the one too many
	if err != nil {
		return nil, fault.E(fault.Invalid, "The proof file %s cannot be read.", c.File).Because(err)
	}
	return data, nil
}

// verbs say what a leaf of each kind means, after the member's name.
var verbs = map[tlog.Kind]string{
	tlog.KindRelease:  "released",
	tlog.KindUpdate:   "released, as an update,",
	tlog.KindCorrect:  "released, as a correction,",
	tlog.KindWithdraw: "withdrew",
	tlog.KindSeal:     "sealed something under embargo",
	tlog.KindOpen:     "ended an embargo",
	tlog.KindConcur:   "signed together with other issuers",
	tlog.KindGone:     "took out of use, on a partner's withdrawal,",
	tlog.KindErase:    "erased",
	tlog.KindKeys:     "changed its keys",
}

func verifiedText(v tlog.Verified) string {
	domain, _, _ := tlog.ParseOrigin(v.Origin)
	var b strings.Builder
	fmt.Fprintf(&b, "Verified. %s %s", domain, verbs[v.Leaf.Kind])
	if v.Leaf.ID != "" {
		fmt.Fprintf(&b, " %s", v.Leaf.ID)
	}
	if v.Leaf.Version > 0 {
		fmt.Fprintf(&b, ", version %d", v.Leaf.Version)
	}
	if v.Manifest != nil {
		fmt.Fprintf(&b, ", in %s", v.Manifest.Language)
	}
	fmt.Fprintf(&b, ". Time by its own clock: %s.\n", time.Unix(v.Leaf.Time, 0).UTC().Format("2006-01-02 15:04:05 UTC"))
	if m := v.Manifest; m != nil {
		fmt.Fprintf(&b, "The text is exactly what was released: %d bytes, SHA-256 %x, release %s.\n", m.Length, m.SHA256, m.Release)
	}
	fmt.Fprintf(&b, "It is leaf %d, counted from 0, of the log %s, in its signed tree of %d leaves.\n", v.Index, v.Origin, v.Head.Size)
	b.WriteString("Not proven:\n")
	for _, s := range v.NotProven() {
		fmt.Fprintf(&b, "- %s\n", s)
	}
	return b.String()
}
