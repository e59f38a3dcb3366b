package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"jarchi.dev/jarchi/internal/app"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
)

// DemoCmd shows a live exchange.
type DemoCmd struct {
	Listen string `default:"127.0.0.1:8080" help:"The loopback address to answer on."`
	Data   string `placeholder:"DIR" help:"Keep the demo in this folder instead of a temporary one."`
	databaseFlag
	Sandbox bool    `help:"For engineers who build against the API: instead of newsrooms one invented member that publishes by a script, over and over, and a token. docs/api.md has the script."`
	Speed   float64 `default:"1" placeholder:"N" help:"With --sandbox: play the script N times as fast."`
	JSON    bool    `name:"json" help:"Print one JSON line a node, with its address and a token of every scope, once it answers."`
}

// Help is shown by --help.
func (DemoCmd) Help() string {
	return `Example: jarchi demo

One node with the newsrooms of invented members and their releases in several languages; more arrive
while you watch. Everything is on this computer, and gone when you stop it unless --data names a folder.

For engineers who build against the API:

  $ jarchi demo --sandbox --json
  {"node":"sandbox-wire","url":"http://127.0.0.1:8080","token":"jt_..."}

Every 90 seconds a release, its update, correction and withdrawal, and an embargo that opens.`
}

// Run shows the demo until it is interrupted.
func (c *DemoCmd) Run(std *Stdio) (err error) {
	began := time.Now()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := loopbackOnly(c.Listen); err != nil {
		return err
	}
	l, err := app.Listen(c.Listen)
	if err != nil {
		return err
	}
	defer l.Close()
	dir := c.Data
	if dir == "" {
		if dir, err = os.MkdirTemp("", "jarchi-demo-"); err != nil {
			return fault.E(fault.Unavailable, "A temporary folder cannot be made; name one with --data.").Because(err)
		}
		defer os.RemoveAll(dir)
	}
	if err := c.use(ctx, dir); err != nil {
		return err
	}
	address := "http://" + l.Addr().String()
	if c.Sandbox {
		return c.sandbox(ctx, std, l, dir)
	}
	d, err := app.OpenDemo(ctx, app.Config{Dir: dir, PublicURL: address, Own: app.Own(l),
		Log: slog.New(slog.NewTextHandler(std.Err, &slog.HandlerOptions{Level: slog.LevelWarn}))})
	if err != nil {
		return err
	}
	defer d.Close()
	d.Start()
	played := make(chan struct{})
	go func() {
		defer close(played)
		d.Play(ctx)
	}()
	defer func() { stop(); <-played }()
	served := make(chan error, 1)
	go func() { served <- d.Serve(ctx, l) }()

	if c.JSON {
		line, err := json.Marshal(struct {
			Node  string `json:"node"`
			URL   string `json:"url"`
			Token string `json:"token"`
		}{string(d.Tokens[0].Member.ID), address, d.Tokens[0].Secret})
		if err != nil {
			return err
		}
		fmt.Fprintln(std.Out, string(line))
		return <-served
	}
	fmt.Fprintf(std.Out, "Jarchi demo: %s newsrooms that share one wire. Nothing leaves this computer.\n  Look:  %s\n", inWords(len(d.Links)), address)
	for i, k := range d.Links {
		where := ""
		if i == 0 {
			where = "start here: "
		}
		fmt.Fprintf(std.Out, "  %-52s %-9s %12s%s/in#%s\n", k.Member.Name(lang.EN), codes(k.Languages), where, address, k.Secret)
	}
	fmt.Fprintf(std.Out, "Ready in %.1f s.", time.Since(began).Seconds())
	if d.Releases > 0 {
		fmt.Fprintf(std.Out, " %d releases, %d languages.", d.Releases, d.Languages)
	}
	if c.Data == "" {
		fmt.Fprintln(std.Out, " Stop with Ctrl+C; nothing stays behind.")
	} else {
		fmt.Fprintf(std.Out, " Stop with Ctrl+C; %s stays.\n", c.Data)
	}
	return <-served
}

// sandbox runs the node for partners' engineers until ctx ends.
func (c *DemoCmd) sandbox(ctx context.Context, std *Stdio, l net.Listener, dir string) error {
	ctx, stop := context.WithCancel(ctx)
	address := "http://" + l.Addr().String()
	s, err := app.OpenSandbox(ctx, app.Config{Dir: dir, PublicURL: address, Own: app.Own(l), Log: slog.New(slog.NewTextHandler(std.Err, &slog.HandlerOptions{Level: slog.LevelWarn}))})
	if err != nil {
		stop()
		return err
	}
	defer s.Close()
	s.Start()
	played, served := make(chan error, 1), make(chan error, 1)
	go func() {
		defer stop() // a script that cannot go on ends the node
		played <- s.Play(ctx, c.Speed)
	}()
	go func() { served <- s.Serve(ctx, l) }()
	if c.JSON {
		line, err := json.Marshal(map[string]string{"node": "sandbox-wire", "url": address, "token": s.Token})
		if err != nil {
			stop()
			return err
		}
		fmt.Fprintln(std.Out, string(line))
	} else {
		fmt.Fprintf(std.Out, "Jarchi sandbox: invented news, over and over. Nothing leaves this computer. Stop with Ctrl+C.\n  export JARCHI_URL=%s\n  export JARCHI_TOKEN=%s\n  curl -N -H \"Authorization: Bearer $JARCHI_TOKEN\" $JARCHI_URL/api/v1/stream\n", address, s.Token)
	}
	err = <-served
	stop()
	return errors.Join(<-played, err)
}

// inWords writes a small number as a word.
func inWords(n int) string {
	words := []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"}
	if n < len(words) {
		return words[n]
	}
	return strconv.Itoa(n)
}

func codes(ts []lang.Tag) string {
	s := make([]string, len(ts))
	for i, t := range ts {
		s[i] = string(t)
	}
	return strings.Join(s, " ")
}

// loopbackOnly keeps sample material and open sign-in links off the network.
func loopbackOnly(address string) error {
	host, _, err := net.SplitHostPort(address)
	ip := net.ParseIP(host)
	if err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fault.E(fault.Invalid, "The demo answers on a loopback address only, like 127.0.0.1:8080; %q is not one.", address)
	}
	return nil
}
