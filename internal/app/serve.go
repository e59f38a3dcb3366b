package app

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"jarchi.dev/jarchi/internal/fault"
)

// DefaultStopWithin is how long a node that stops lets requests finish.
const DefaultStopWithin = 10 * time.Second

// Serve is ServeTLS without TLS.
func (n *Node) Serve(ctx context.Context, l net.Listener) error { return n.ServeTLS(ctx, l, nil) }

// ServeTLS answers on a listener until ctx ends: with TLS if secure is not nil. Then it says that it is not ready, takes no more connections, tells live
// readers to come back, lets the requests that run finish for StopWithin, and cuts the others. What the first readers will need is made ready
// beside it.
func (n *Node) ServeTLS(ctx context.Context, l net.Listener, secure *tls.Config) error {
	var warming sync.WaitGroup
	warm, cool := context.WithCancel(ctx)
	warming.Go(func() { n.Warm(warm) })
	defer func() { cool(); warming.Wait() }()
	base, cut := context.WithCancel(context.Background()) // requests outlive ctx
	defer cut()
	srv := &http.Server{
		Handler:           n.handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       2 * time.Minute, // a document of 32 MB over a slow line
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		BaseContext:       func(net.Listener) context.Context { return base },
	}
	if secure != nil {
		srv.TLSConfig = n.watched(secure)
	}
	n.Store.Introduce(n.House.Version, l.Addr().String())
	failed := make(chan error, 1)
	go func() {
		if secure != nil {
			failed <- srv.ServeTLS(l, "", "")
			return
		}
		failed <- srv.Serve(l)
	}()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	n.stopping.Store(true)
	n.leave()
	within := n.StopWithin
	if within <= 0 {
		within = DefaultStopWithin
	}
	grace, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	if err := srv.Shutdown(grace); err != nil {
		n.Log.Warn("requests that did not end in time are cut", "after", within)
		cut()
		srv.Close()
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Listen opens the address, saying what to do when it is taken.
func Listen(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fault.E(fault.Unavailable, "The address %s cannot be listened on; another program may have it. Choose another with --listen.", address).Because(err)
	}
	return l, nil
}

// Own is a listener's address as Config takes it.
func Own(l net.Listener) []netip.AddrPort {
	if a, err := netip.ParseAddrPort(l.Addr().String()); err == nil {
		return []netip.AddrPort{a}
	}
	return nil
}
