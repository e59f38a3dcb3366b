package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/testkit/sshserver"
)

// TestDeliverySFTP: the host key is shown first, nothing is written down before it was given back, and what is written down is its owner's alone and is understood by serve.
func TestDeliverySFTP(t *testing.T) {
	h := sshserver.New(t, nil, sshserver.Library)
	dir := t.TempDir()
	to := filepath.Join(dir, "files.sftp")
	t.Setenv("JARCHI_SFTP_PASSWORD", "open")
	c := DeliverySFTPCmd{Address: "sftp://wire@" + h.Address + dir}
	var out bytes.Buffer
	std := &Stdio{Out: &out, Err: &out}
	if err := c.Run(std); err != nil || strings.TrimSpace(out.String()) != ssh.FingerprintSHA256(h.Key.PublicKey()) {
		t.Fatal(out.String(), err)
	}
	print := strings.TrimSpace(out.String())
	c.To = to
	for _, wrong := range []string{"", "SHA256:another"} {
		c.HostKey = wrong
		if err := c.Run(std); fault.KindOf(err) != fault.Invalid {
			t.Error(wrong, err)
		}
	}
	if _, err := os.Stat(to); err == nil {
		t.Error("it is written down although nobody has compared the key")
	}
	c.HostKey = print
	if err := c.Run(std); err != nil {
		t.Fatal(err)
	}
	if err := c.Run(std); fault.KindOf(err) != fault.Invalid {
		t.Error("a file that is there is written over", err)
	}
	if s, err := os.Stat(to); err != nil || s.Mode().Perm() != 0o600 {
		t.Error(s, err)
	}
	if all, err := os.ReadDir(dir); err != nil || len(all) != 1 {
		t.Error(all, err)
	}
	o, err := DeliveryFlags{DeliverySFTP: []string{"alfa=" + to}}.deliveries("")
	if err != nil || len(o.Drops["alfa"]) != 1 || o.Drops["alfa"][0].Name() != c.Address || strings.Contains(o.Drops["alfa"][0].Name(), "open") {
		t.Error(o.Drops, err)
	}
	if err := o.Drops["alfa"][0].Try(t.Context()); err != nil {
		t.Error(err)
	}
}
