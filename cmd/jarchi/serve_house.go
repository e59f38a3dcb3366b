package main

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/app"
	"jarchi.dev/jarchi/internal/fault"
)

// HouseFlags say how a node stands before the world, and what it says of itself.
type HouseFlags struct {
	TrustedProxy  []string      `placeholder:"RANGE" help:"A proxy, or a range of them like 10.9.0.0/16, whose X-Forwarded-For, -Host and -Proto are believed; may be repeated. Without it X-Forwarded-For of this machine's own alone."`
	TLSCert       string        `name:"tls-cert" placeholder:"FILE" help:"Speak TLS with this certificate (PEM, with its chain); read again when it changes."`
	TLSKey        string        `name:"tls-key" placeholder:"FILE" help:"The key of that certificate."`
	ACME          bool          `name:"acme" help:"Speak TLS with certificates that are had by ACME for the name in --public-url; its authority must reach this node on port 443 or 80. You accept its terms."`
	ACMEEmail     string        `name:"acme-email" placeholder:"ADDRESS" help:"Where the authority writes when something is wrong with a certificate."`
	ACMEDirectory string        `name:"acme-directory" placeholder:"URL" help:"Another authority than Let's Encrypt."`
	ListenPlain   string        `name:"listen-plain" placeholder:"ADDRESS" help:"With TLS: an address, usually :80, from which browsers are sent on to https."`
	HSTSDays      int           `name:"hsts-days" default:"365" help:"For how many days browsers are told to come by https alone; 0: they are not told."`
	KeepFree      string        `default:"64MB" placeholder:"SIZE" help:"What of the disk stays free: below it nothing new is taken in, while reading, withdrawing and erasing go on. 0: all of it is used."`
	StopWithin    time.Duration `default:"10s" help:"How long requests may take to finish when the node stops."`
	Log           string        `enum:"text,json" default:"text" help:"How log lines are written: text or json."`
	LogRequests   bool          `help:"A log line for each request: method, place, status, bytes and time; nothing of what was asked for."`
}

// logger is the log of a node that serves.
func (f HouseFlags) logger(out io.Writer) *slog.Logger {
	if f.Log == "json" {
		return slog.New(slog.NewJSONHandler(out, nil))
	}
	return slog.New(slog.NewTextHandler(out, nil))
}

// into fills in what the node is opened with.
func (f HouseFlags) into(c *app.Config) (err error) {
	for _, r := range f.TrustedProxy {
		p, err := netip.ParsePrefix(r)
		if a, aerr := netip.ParseAddr(r); aerr == nil {
			p, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err != nil {
			return fault.Field("--trusted-proxy", "%q is neither an address nor a range of addresses like 10.9.0.0/16.", r)
		}
		c.TrustedProxies = append(c.TrustedProxies, p.Masked())
	}
	if c.KeepFree, err = sizeOf(f.KeepFree); err != nil {
		return err
	}
	if c.KeepFree == 0 {
		c.KeepFree = -1
	}
	if f.HSTSDays < 0 || f.HSTSDays > 3650 {
		return fault.Field("--hsts-days", "Give 0 to 3650 days.")
	}
	c.HSTS, c.LogRequests, c.StopWithin = time.Duration(f.HSTSDays)*24*time.Hour, f.LogRequests, f.StopWithin
	return nil
}

// sizeOf reads a size like 64MB; bytes without a unit.
func sizeOf(s string) (int64, error) {
	number, unit := s, int64(1)
	for name, n := range map[string]int64{"KB": 1e3, "MB": 1e6, "GB": 1e9} {
		if v, ok := strings.CutSuffix(strings.ToUpper(s), name); ok {
			number, unit = v, n
		}
	}
	n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
	if err != nil || n < 0 || n > 1e12 {
		return 0, fault.Field("--keep-free", "%q is no size like 64MB.", s)
	}
	return n * unit, nil
}

// front is how the node answers on l until a context ends, with TLS if it is wanted. What is wrong with the settings is said here, before anyone is told that
// the node serves, and before the link that an owner has ends for a new one.
func (f HouseFlags) front(n *app.Node, l net.Listener, log *slog.Logger) (func(context.Context) error, error) {
	t := app.TLS{CertFile: f.TLSCert, KeyFile: f.TLSKey, ACME: f.ACME, Email: f.ACMEEmail, Directory: f.ACMEDirectory}
	if !t.Set() {
		if f.ListenPlain != "" {
			return nil, fault.Field("--listen-plain", "Only a node that speaks TLS sends others there; without it --listen is enough.")
		}
		return func(ctx context.Context) error { return n.Serve(ctx, l) }, nil
	}
	secure, plain, err := t.Secure(n.Dir, n.PublicURL, time.Now, log)
	if err != nil {
		return nil, err
	}
	if f.ListenPlain == "" {
		return func(ctx context.Context) error { return n.ServeTLS(ctx, l, secure) }, nil
	}
	p, err := app.Listen(f.ListenPlain)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		ctx, stop := context.WithCancel(ctx)
		ended := make(chan error, 1)
		go func() { ended <- app.ServePlain(ctx, p, plain) }()
		err := n.ServeTLS(ctx, l, secure)
		stop()
		if perr := <-ended; err == nil {
			err = perr
		}
		return err
	}, nil
}
