package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"jarchi.dev/jarchi/internal/fault"
)

// TestDeliverySFTP: the host key is shown first, nothing is written down before it was given back, and what is written down is its owner's alone and is understood by serve.
func TestDeliverySFTP(t *testing.T) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	config := &ssh.ServerConfig{PasswordCallback: func(_ ssh.ConnMetadata, p []byte) (*ssh.Permissions, error) {
		if string(p) != "open" {
			return nil, fault.E(fault.NotAllowed, "No.")
		}
		return nil, nil
	}}
	config.AddHostKey(signer)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				_, news, asks, err := ssh.NewServerConn(c, config)
				if err != nil {
					return
				}
				go ssh.DiscardRequests(asks)
				for n := range news {
					ch, asks, err := n.Accept()
					if err != nil {
						return
					}
					go func() {
						for a := range asks {
							_ = a.Reply(true, nil)
						}
					}()
					if s, err := sftp.NewServer(ch); err == nil {
						_ = s.Serve()
					}
				}
			}()
		}
	}()
	dir := t.TempDir()
	to := filepath.Join(dir, "files.sftp")
	t.Setenv("JARCHI_SFTP_PASSWORD", "open")
	c := DeliverySFTPCmd{Address: "sftp://wire@" + l.Addr().String() + dir}
	var out bytes.Buffer
	std := &Stdio{Out: &out, Err: &out}
	if err := c.Run(std); err != nil || strings.TrimSpace(out.String()) != ssh.FingerprintSHA256(signer.PublicKey()) {
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
