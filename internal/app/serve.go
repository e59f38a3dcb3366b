package app

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"jarchi.dev/jarchi/internal/fault"
)

// Serve answers on a listener until ctx ends, then lets requests that run finish for ten seconds. What the first readers
// will need is made ready beside it.
func (n *Node) Serve(ctx context.Context, l net.Listener) error {
	var warming sync.WaitGroup
	warm, cool := context.WithCancel(ctx)
	warming.Go(func() { n.Warm(warm) })
	defer func() { cool(); warming.Wait() }()
	srv := &http.Server{
		Handler:           n.handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       2 * time.Minute, // a document of 32 MB over a slow line
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := srv.Shutdown(grace); err != nil {
		srv.Close() // live streams end with the node
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
