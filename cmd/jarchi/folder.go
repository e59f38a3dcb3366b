package main

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/app"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/outbound"
	"jarchi.dev/jarchi/internal/wire"
)

// callFolder makes one call of the API of a node that is not running: the folder is opened, the call
// goes to the very handler that a running node answers with, under a token that is revoked at the end.
func callFolder(ctx context.Context, std *Stdio, dir, member string, c outbound.Call) (answer []byte, err error) {
	if err := hasNode(dir); err != nil {
		return nil, err
	}
	n, err := app.Open(ctx, app.Config{Dir: dir, Command: true, Log: quietLog(std)})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, n.Close()) }()
	if member == "" {
		if member, err = onlyMember(ctx, n); err != nil {
			return nil, err
		}
	}
	scopes := []access.Scope{access.Read, access.ReadClosed, access.DraftScope, access.Publish, access.Withdraw, access.Intake, access.Admin}
	secret, err := n.Store.CreateToken(ctx, wire.MemberID(member), scopes, "one call of 'jarchi'")
	if err != nil {
		return nil, err
	}
	defer func() {
		k, kerr := n.Store.Token(context.Background(), secret)
		if kerr == nil {
			kerr = n.Store.RevokeToken(context.Background(), k.ID)
		}
		err = errors.Join(err, kerr)
	}()
	req, err := http.NewRequestWithContext(ctx, c.Method, "http://127.0.0.1"+c.Path, bytes.NewReader(c.Body))
	if err != nil {
		return nil, err
	}
	req.RequestURI = c.Path
	req.Header.Set("Authorization", "Bearer "+secret)
	if c.ContentType != "" {
		req.Header.Set("Content-Type", c.ContentType)
	}
	for k, v := range c.Header {
		req.Header.Set(k, v)
	}
	got := recorded{header: http.Header{}, status: http.StatusOK}
	n.Handler().ServeHTTP(&got, req)
	if got.status/100 != 2 {
		return nil, outbound.Problem(got.status, got.header.Get("Content-Type"), got.body.Bytes())
	}
	return got.body.Bytes(), nil
}

func onlyMember(ctx context.Context, n *app.Node) (string, error) {
	members, err := n.Store.Members(ctx)
	if err != nil {
		return "", err
	}
	if len(members) != 1 {
		return "", fault.Field("--member", "This node has %d members; say in whose name you act.", len(members))
	}
	for id := range members {
		return string(id), nil
	}
	return "", nil
}

// recorded keeps an answer. It has no connection, so deadlines on one mean nothing to it.
type recorded struct {
	header http.Header
	status int
	wrote  bool
	body   bytes.Buffer
}

func (r *recorded) Header() http.Header { return r.header }

func (r *recorded) WriteHeader(status int) {
	if !r.wrote {
		r.status, r.wrote = status, true
	}
}

func (r *recorded) Write(b []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(b)
}

func (r *recorded) SetReadDeadline(time.Time) error  { return nil }
func (r *recorded) SetWriteDeadline(time.Time) error { return nil }
