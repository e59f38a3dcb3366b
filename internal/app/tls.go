package app

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/house"
	"jarchi.dev/jarchi/internal/outbound"
)

// TLS is how a node proves its name to browsers by itself, without a proxy before it. The zero TLS is none.
type TLS struct {
	CertFile, KeyFile string // PEM; read again when they change
	ACME              bool   // get certificates by ACME (RFC 8555)
	Email             string // where the authority writes when something is wrong; may be empty
	Directory         string // of the authority; empty: Let's Encrypt
}

// Set reports whether there is any.
func (t TLS) Set() bool { return t.ACME || t.CertFile != "" || t.KeyFile != "" }

// filesLook is how long a certificate is served before its files are looked at again.
const filesLook = 10 * time.Second

// Secure is the configuration of a listener, and what has to answer on port 80 for it: challenges of the authority, and for everything else a way to
// https. The folder keeps the account's key and the certificates of ACME.
func (t TLS) Secure(dir, publicURL string, now func() time.Time, log *slog.Logger) (*tls.Config, http.Handler, error) {
	public, err := url.Parse(publicURL)
	switch {
	case err != nil || public.Scheme != "https" || public.Host == "":
		return nil, nil, fault.Field("--public-url", "With TLS the node needs its address, like --public-url https://wire.press.example.")
	case t.ACME && t.CertFile+t.KeyFile != "":
		return nil, nil, fault.Field("--acme", "Certificates come either from files or by ACME; leave out --acme, or --tls-cert and --tls-key.")
	case !t.ACME && (t.CertFile == "" || t.KeyFile == ""):
		return nil, nil, fault.Field("--tls-cert", "Name both files, --tls-cert and --tls-key.")
	}
	if !t.ACME {
		f := &certFiles{cert: t.CertFile, key: t.KeyFile, now: now, log: log}
		if err := f.load(); err != nil {
			return nil, nil, err
		}
		return &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}, GetCertificate: f.get}, toTLS(public), nil
	}
	if net.ParseIP(public.Hostname()) != nil || !strings.Contains(public.Hostname(), ".") {
		return nil, nil, fault.Field("--public-url", "An authority gives certificates for names of the public internet only; %q is none.", public.Hostname())
	}
	directory := t.Directory
	if directory == "" {
		directory = acme.LetsEncryptURL
	}
	u, err := url.Parse(directory)
	if err != nil || u.Host == "" {
		return nil, nil, fault.Field("--acme-directory", "This is not the address of an authority's directory.")
	}
	client, err := outbound.NewOperator(u.Scheme + "://" + u.Host) // that host and port, and nothing else
	if err != nil {
		return nil, nil, err
	}
	keys := filepath.Join(dir, "acme")
	if err := os.MkdirAll(keys, 0o700); err != nil {
		return nil, nil, fault.E(fault.Unavailable, "The folder %s cannot be made.", keys).Because(err)
	}
	m := &autocert.Manager{Prompt: autocert.AcceptTOS, Cache: autocert.DirCache(keys), HostPolicy: autocert.HostWhitelist(public.Hostname()), Email: t.Email,
		Client: &acme.Client{DirectoryURL: directory, HTTPClient: client.HTTP(), UserAgent: "jarchi"}}
	c := m.TLSConfig()
	c.MinVersion = tls.VersionTLS12
	get := c.GetCertificate
	c.GetCertificate = func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		cert, err := get(hello)
		if err != nil && strings.EqualFold(hello.ServerName, public.Hostname()) { // what strangers ask for under other names is their matter
			log.Error("no certificate could be had", "error", err)
		}
		return cert, err
	}
	return c, m.HTTPHandler(toTLS(public)), nil
}

// watched is secure, whose certificates the state of the node tells when they run out: of each the one that was served last.
func (n *Node) watched(secure *tls.Config) *tls.Config {
	out, get := secure.Clone(), secure.GetCertificate
	out.GetCertificate = func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		c, err := get(hello)
		if err == nil && c != nil && c.Leaf != nil && !slices.Contains(hello.SupportedProtos, acme.ALPNProto) { // an authority's challenge has one of its own
			n.House.Serves(house.Certificate{From: c.Leaf.NotBefore.UTC(), Until: c.Leaf.NotAfter.UTC()})
		}
		return c, err
	}
	return out
}

// certFiles is a certificate in files that somebody else renews.
type certFiles struct {
	cert, key string
	now       func() time.Time
	log       *slog.Logger

	mu      sync.Mutex
	loaded  *tls.Certificate
	changed [2]time.Time // of the files
	looked  time.Time
}

func (f *certFiles) load() error {
	stamps := f.stamps()
	c, err := tls.LoadX509KeyPair(f.cert, f.key)
	if err != nil {
		return fault.E(fault.Unavailable, "The certificate %s with the key %s cannot be used.", f.cert, f.key).Because(err)
	}
	if c.Leaf != nil && f.now().After(c.Leaf.NotAfter) {
		f.log.Warn("the certificate has run out", "file", f.cert, "on", c.Leaf.NotAfter)
	}
	f.loaded, f.changed, f.looked = &c, stamps, time.Now()
	return nil
}

func (f *certFiles) stamps() (out [2]time.Time) {
	for i, name := range []string{f.cert, f.key} {
		if info, err := os.Stat(name); err == nil {
			out[i] = info.ModTime()
		}
	}
	return out
}

// get serves the certificate, the new one once both files are there and fit; until then the old one.
func (f *certFiles) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if time.Since(f.looked) >= filesLook {
		f.looked = time.Now()
		if f.stamps() != f.changed {
			if err := f.load(); err != nil {
				f.log.Warn("the new certificate is not used yet; the one before goes on", "error", err)
			} else {
				f.log.Info("the certificate was read again", "file", f.cert)
			}
		}
	}
	return f.loaded, nil
}

// ServePlain answers on port 80 for a node that speaks TLS, until ctx ends.
func ServePlain(ctx context.Context, l net.Listener, h http.Handler) error {
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second, IdleTimeout: 10 * time.Second, MaxHeaderBytes: 16 << 10}
	stop := context.AfterFunc(ctx, func() { srv.Close() })
	defer stop()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func seconds(d time.Duration) string { return strconv.FormatInt(int64(d/time.Second), 10) }
