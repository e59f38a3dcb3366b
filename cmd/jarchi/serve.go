package main

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"os/signal"
	"strings"
	"syscall"

	"jarchi.dev/jarchi/internal/app"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/stories"
)

// ServeCmd runs a node.
type ServeCmd struct {
	Data string `required:"" placeholder:"DIR" help:"The data folder; made if it is not there."`
	databaseFlag
	Listen    string   `default:"127.0.0.1:8080" help:"The address to answer on."`
	PublicURL string   `name:"public-url" placeholder:"URL" help:"The address under which the world reaches this node, for example https://wire.press.example."`
	Intranet  []string `placeholder:"RANGE" help:"A range of addresses, like 10.20.0.0/16, from which pages and feeds may be fetched although it is not the public internet; may be repeated."`

	FilesFlags `group:"Files:"`
	Folder     []string `sep:"none" placeholder:"[MEMBER=]PATH" help:"A folder of this machine that a member may add as a source, with what is below it; without a name the member of a node that has one; may be repeated."`

	EngineFlags `group:"Engine:"`

	DeliveryFlags `group:"Deliveries:"`
	HouseFlags    `group:"Before the world:"`
}

// Help is shown by --help.
func (ServeCmd) Help() string {
	return `Example: jarchi serve --data ./wire

On its first start it makes the folder and the database, and prints the owner's invitation: a link
with which the first person makes her account, her organisation and its first desk. While nobody has
used it, every start prints a new one and the old one ends. On a loopback address you read without
signing in.`
}

// Run serves until it is interrupted.
func (c *ServeCmd) Run(std *Stdio) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	var allow []netip.Prefix
	public, err := publicAddress(c.PublicURL)
	if err != nil {
		return err
	}
	c.PublicURL = public
	for _, r := range c.Intranet {
		p, err := netip.ParsePrefix(r)
		if err != nil {
			return fault.Field("--intranet", "%q is not a range of addresses like 10.20.0.0/16.", r)
		}
		allow = append(allow, p.Masked())
	}
	log := c.logger(std.Err)
	var meaning *stories.Meaning
	if engine, err := c.engine(); err != nil {
		return err
	} else if engine != nil {
		meaning = &stories.Meaning{Engine: engine, Model: engine.Model, Log: log}
	}
	ways, err := c.deliveries(c.PublicURL)
	if err != nil {
		return err
	}
	folders, err := sourceFolders(c.Folder)
	if err != nil {
		return err
	}
	if err := c.use(ctx, c.Data); err != nil {
		return err
	}
	l, err := app.Listen(c.Listen)
	if err != nil {
		return err
	}
	defer l.Close()
	config := app.Config{Dir: c.Data, Folders: folders, PublicURL: c.PublicURL, Own: app.Own(l), Allow: allow, Meaning: meaning, Deliver: ways, NoHub: c.NoHub, Log: log, Files: c.Files, FilesKey: c.FilesKey}
	if err := c.into(&config); err != nil {
		return err
	}
	n, err := app.Open(ctx, config)
	if err != nil {
		return err
	}
	defer n.Close()
	if members, err := n.Store.Members(ctx); err != nil {
		return err
	} else if err := cmp.Or(known("--folder", folders, members), known("--delivery-folder", ways.Folders, members), known("--delivery-sftp", ways.Drops, members), known("--telegram-channel", ways.Chats, members)); err != nil {
		return err
	}
	absent("--folder", folders, log)
	absent("--delivery-folder", ways.Folders, log)
	if err := n.CheckFiles(ctx); fault.KindOf(err) == fault.Unavailable {
		log.Warn("files cannot be kept just now; the node serves without", "error", err)
	} else if err != nil {
		return err
	}
	answer, err := c.front(n, l, log)
	if err != nil {
		return err
	}
	invitation, unowned, err := n.People.InviteOwner(ctx)
	if err != nil {
		return err
	}
	address, everywhere := here(l.Addr().String())
	if unowned {
		at := address
		if c.PublicURL != "" {
			at = strings.TrimSuffix(c.PublicURL, "/")
		}
		fmt.Fprintf(std.Err, "This node has no people yet. Its owner comes in here, once, within 72 hours: %s/in#%s\n", at, invitation)
	}
	if c.TLSCert != "" || c.ACME { // no certificate is for an address of this machine
		address = strings.Replace(address, "http:", "https:", 1)
		if c.PublicURL != "" {
			address = c.PublicURL
		}
	}
	fmt.Fprintf(std.Err, "Jarchi serves %s at %s. Stop with Ctrl+C.\n", c.Data, address)
	if everywhere && c.PublicURL == "" {
		fmt.Fprintln(std.Err, "It listens on every address of this computer, but answers to none but that one until --public-url says its name.")
	}
	n.Start()
	return answer(ctx)
}

// here is the address that a browser on this computer opens: of a node that listens on every address,
// which is no place to go to, the loopback one.
func here(listening string) (address string, everywhere bool) {
	a, err := netip.ParseAddrPort(listening)
	if err != nil || !a.Addr().Unmap().IsUnspecified() {
		return "http://" + listening, false
	}
	return "http://" + netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), a.Port()).String(), true
}
