// Package sshserver is a server of SSH and SFTP for tests.
package sshserver

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// Server lets the user wire in, by the password open or a key, and hands the subsystem sftp to serve.
type Server struct {
	Address string // host and port
	Key     ssh.Signer
	Config  *ssh.ServerConfig
	Logins  atomic.Int64
	serve   func(io.ReadWriteCloser)
}

// NewKey is a key, and the same as a file of OpenSSH holds it.
func NewKey(t *testing.T) (ssh.Signer, string) {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(key, "")
	if err != nil {
		t.Fatal(err)
	}
	s, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return s, string(pem.EncodeToMemory(block))
}

// New starts a server, whose user may also come with the key mine; nil: by password alone. serve talks SFTP until it returns.
func New(t *testing.T, mine ssh.PublicKey, serve func(io.ReadWriteCloser)) *Server {
	t.Helper()
	h := &Server{serve: serve}
	h.Key, _ = NewKey(t)
	h.Config = &ssh.ServerConfig{
		PasswordCallback: func(c ssh.ConnMetadata, p []byte) (*ssh.Permissions, error) {
			if c.User() != "wire" || string(p) != "open" {
				return nil, errors.New("no")
			}
			return nil, nil
		},
		PublicKeyCallback: func(c ssh.ConnMetadata, k ssh.PublicKey) (*ssh.Permissions, error) {
			if mine == nil || string(k.Marshal()) != string(mine.Marshal()) {
				return nil, errors.New("no")
			}
			return nil, nil
		},
	}
	h.Config.AddHostKey(h.Key)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	h.Address = l.Addr().String()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { c.Close() })
			go h.talk(c)
		}
	}()
	return h
}

func (h *Server) talk(c net.Conn) {
	_, news, asks, err := ssh.NewServerConn(c, h.Config)
	if err != nil {
		c.Close()
		return
	}
	h.Logins.Add(1)
	go ssh.DiscardRequests(asks)
	for n := range news {
		ch, asks, err := n.Accept()
		if err != nil {
			return
		}
		go func() {
			for a := range asks {
				ok := a.Type == "subsystem" && strings.HasSuffix(string(a.Payload), "sftp")
				_ = a.Reply(ok, nil)
				if ok {
					go func() { h.serve(ch); ch.Close() }()
				}
			}
		}()
	}
}

// Library serves files as github.com/pkg/sftp does.
func Library(c io.ReadWriteCloser) {
	if s, err := sftp.NewServer(c); err == nil {
		_ = s.Serve()
	}
}
