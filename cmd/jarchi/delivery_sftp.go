package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/outbound"
)

// DeliverySFTPCmd is 'jarchi delivery sftp'.
type DeliverySFTPCmd struct {
	To           string `placeholder:"FILE" help:"The file to write: 'jarchi serve --delivery-sftp MEMBER=FILE' reads it. Without it the server is only looked at."`
	HostKey      string `name:"host-key" placeholder:"SHA256:…" help:"The server's host key, as its administrator says it or as you have compared it."`
	KeyFile      string `name:"key-file" placeholder:"FILE" help:"A private key to log in with, without a passphrase."`
	PasswordFile string `name:"password-file" placeholder:"FILE" help:"A file with the password to log in with. The environment variable JARCHI_SFTP_PASSWORD may hold it instead."`
	Address      string `arg:"" help:"sftp://user@host/folder; /~/folder is below the folder in which a login begins."`
}

// Help is shown by --help.
func (DeliverySFTPCmd) Help() string {
	return `Without --to it prints the server's host key. Compare it with what whoever runs that server says, then call again
with --host-key and --to: it logs in, writes a file and takes it away again, and writes FILE, which holds what is
needed to log in and is for you alone (mode 0600). A server that shows another host key later is sent nothing.

Example:

  $ jarchi delivery sftp sftp://wire@files.example/in
  $ jarchi delivery sftp --host-key SHA256:… --key-file ./id_ed25519 --to ./files.sftp sftp://wire@files.example/in
  $ jarchi serve --data ./wire --delivery-sftp alfa=./files.sftp
  $ jarchi delivery add --channel sftp --url http://127.0.0.1:8080 sftp://wire@files.example/in`
}

// Run looks, and writes the file.
func (c DeliverySFTPCmd) Run(std *Stdio) error {
	ctx := context.Background()
	fingerprint, line, err := outbound.HostKey(ctx, c.Address)
	if err != nil {
		return err
	}
	fmt.Fprintln(std.Out, fingerprint)
	switch {
	case c.HostKey == "" && c.To == "":
		return nil
	case c.HostKey == "":
		return fault.Field("--host-key", "Compare the host key %s with what whoever runs the server says, and give it with --host-key.", fingerprint)
	case c.HostKey != fingerprint:
		return fault.Field("--host-key", "The server shows the host key %s, which is another one. Nothing was sent.", fingerprint)
	case c.To == "":
		return fault.Field("--to", "Say into which file this is to be written.")
	}
	p := outbound.DropPlace{Address: c.Address, HostKey: line, Password: os.Getenv("JARCHI_SFTP_PASSWORD")}
	for _, f := range []struct {
		flag, file string
		into       *string
	}{{"--key-file", c.KeyFile, &p.Key}, {"--password-file", c.PasswordFile, &p.Password}} {
		if f.file == "" {
			continue
		}
		b, err := os.ReadFile(f.file)
		if err != nil || len(b) > 16<<10 {
			return fault.Field(f.flag, "This file cannot be read.").Because(err)
		}
		*f.into = string(b)
	}
	if c.PasswordFile != "" {
		p.Password = strings.TrimRight(p.Password, "\r\n")
	}
	d, err := outbound.NewDrop(p)
	if err != nil {
		return err
	}
	if err := d.Try(ctx); err != nil {
		return err
	}
	b, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.OpenFile(c.To, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fault.Field("--to", "The file %s cannot be written, or is there already.", c.To).Because(err)
	}
	_, err = f.Write(append(b, '\n'))
	return errors.Join(err, f.Sync(), f.Close())
}
