package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"text/tabwriter"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/wire"
)

// MemberCmd is 'jarchi member': the organisations that a node hosts.
type MemberCmd struct {
	Add  MemberAddCmd  `cmd:"" help:"Add a member with its two logs and their keys."`
	List MemberListCmd `cmd:"" help:"List the members of a node."`
}

// dataFlag names a folder that no running node has open.
type dataFlag struct {
	Data string `required:"" placeholder:"DIR" help:"The data folder; no node may have it open."`
}

// open opens the database of the folder. A folder without one is refused unless it may be made.
func (f dataFlag) open(ctx context.Context, std *Stdio, make bool) (*store.Store, error) {
	if !make {
		if err := hasNode(f.Data); err != nil {
			return nil, err
		}
	}
	return store.Open(ctx, f.Data, nil, quietLog(std))
}

// hasNode refuses a folder in which no node has been, so that a mistyped name makes nothing.
func hasNode(dir string) error {
	if !store.HasNode(dir) {
		return fault.E(fault.NotFound, "There is no node's data in %s. 'jarchi serve --data DIR' makes it.", dir)
	}
	return nil
}

// quietLog is for commands that end by themselves: only what goes wrong is worth a line.
func quietLog(std *Stdio) *slog.Logger {
	return slog.New(slog.NewTextHandler(std.Err, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// MemberAddCmd is 'jarchi member add'.
type MemberAddCmd struct {
	dataFlag
	databaseFlag
	ID     string            `name:"id" required:"" placeholder:"NAME" help:"Its short name on this node, lower-case letters, digits and hyphens; it never changes."`
	Kind   string            `required:"" enum:"press-service,agency,broadcaster,secretariat" placeholder:"KIND" help:"press-service, agency, broadcaster or secretariat."`
	Domain string            `required:"" help:"Its internet domain; uris and log keys stand under it."`
	Name   map[string]string `required:"" mapsep:"none" placeholder:"LANG=NAME" help:"Its full name in a language; once for each."`
	Short  map[string]string `mapsep:"none" placeholder:"LANG=NAME" help:"A name of at most 18 letters; once for each language."`
	Zone   string            `default:"UTC" help:"The time zone of its city, like Asia/Almaty."`
}

// Help is shown by --help.
func (MemberAddCmd) Help() string {
	return `Makes the member with two logs, one for what is public and one for the rest, and a signing key for
each. The keys stay in the data folder. 'jarchi log list' prints the public ones.

Example:

  $ jarchi member add --data ./wire --id toqsanbulaq --kind agency --domain toqsanbulaq.example \
      --name en='Toqsanbulaq News' --name kk='Тоқсанбұлақ жаңалықтары' --short en=Toqsanbulaq --zone Asia/Almaty`
}

// Run adds the member.
func (c MemberAddCmd) Run(std *Stdio) error {
	m := wire.Member{ID: wire.MemberID(c.ID), Kind: wire.MemberKind(c.Kind), Domain: c.Domain, Zone: c.Zone}
	var err error
	if m.Names, err = namesByLanguage("--name", c.Name); err != nil {
		return err
	}
	if m.Short, err = namesByLanguage("--short", c.Short); err != nil {
		return err
	}
	if _, err := time.LoadLocation(c.Zone); err != nil {
		return fault.Field("--zone", "%q is not a time zone; it is like Asia/Almaty or UTC.", c.Zone)
	}
	if err := m.Validate(); err != nil { // before a folder is made for it
		return err
	}
	ctx := context.Background()
	if err := c.use(ctx, c.Data); err != nil {
		return err
	}
	s, err := c.open(ctx, std, true)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.AddMember(ctx, m); err != nil {
		return err
	}
	fmt.Fprintf(std.Err, "Added. Its logs are %[1]s-public and %[1]s-closed. 'jarchi token create --member %[1]s' lets somebody act for it.\n", m.ID)
	return nil
}

func namesByLanguage(flag string, given map[string]string) (map[lang.Tag]string, error) {
	if len(given) == 0 {
		return nil, nil
	}
	names := make(map[lang.Tag]string, len(given))
	for code, name := range given {
		t, err := lang.Parse(code)
		if err != nil {
			text, _ := fault.Public(err)
			return nil, fault.Field(flag, "%s", text)
		}
		names[t] = name
	}
	return names, nil
}

// MemberListCmd is 'jarchi member list'.
type MemberListCmd struct{ dataFlag }

// Help is shown by --help.
func (MemberListCmd) Help() string {
	return `Prints a line for each member: short name, kind, domain, time zone, name.

Example:

  $ jarchi member list --data ./wire`
}

// Run lists the members.
func (c MemberListCmd) Run(std *Stdio) error {
	ctx := context.Background()
	s, err := c.open(ctx, std, false)
	if err != nil {
		return err
	}
	defer s.Close()
	members, err := s.Members(ctx)
	if err != nil {
		return err
	}
	list := make([]wire.Member, 0, len(members))
	for _, m := range members {
		list = append(list, m)
	}
	slices.SortFunc(list, func(a, b wire.Member) int { return cmp.Compare(a.ID, b.ID) })
	w := tabwriter.NewWriter(std.Out, 0, 0, 2, ' ', 0)
	for _, m := range list {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", m.ID, m.Kind, m.Domain, m.Zone, m.Name())
	}
	return w.Flush()
}
