package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/wire"
)

// UserCmd is 'jarchi user': the people of a node, for its operator.
type UserCmd struct {
	Invite  UserInviteCmd  `cmd:"" help:"Print a link with which a new person comes in, or somebody who forgot her password comes back."`
	List    UserListCmd    `cmd:"" help:"List the people of a node."`
	Disable UserDisableCmd `cmd:"" help:"Keep a person out, and end her sessions."`
}

// openPeople opens the people of a folder that no running node has open.
func (f dataFlag) openPeople(ctx context.Context, std *Stdio) (*people.Service, *store.Store, error) {
	s, err := f.open(ctx, std, false)
	if err != nil {
		return nil, nil, err
	}
	return people.New(s, people.Options{Now: s.Now}), s, nil
}

// findUser finds a person by login.
func findUser(ctx context.Context, s *people.Service, login string) (people.User, error) {
	us, err := s.Users(ctx, people.Operator, "")
	if err != nil {
		return people.User{}, err
	}
	for _, u := range us {
		if strings.EqualFold(u.Login, login) {
			return u, nil
		}
	}
	return people.User{}, fault.E(fault.NotFound, "Nobody here has the login %q. 'jarchi user list' prints them all.", login)
}

// UserInviteCmd is 'jarchi user invite'.
type UserInviteCmd struct {
	dataFlag
	Member    string   `placeholder:"M" help:"The member at whose first desk the new person works; a desk is made if there is none."`
	Roles     []string `default:"editor,administrator" placeholder:"LIST" help:"What she does there, with commas between: reader, reporter, translator, editor, verifier, administrator."`
	Login     string   `help:"Instead of a member: the login of somebody who is here and gets a new password."`
	PublicURL string   `name:"public-url" placeholder:"URL" default:"http://127.0.0.1:8080" help:"The address of the node, as the link shall begin."`
}

// Help is shown by --help.
func (UserInviteCmd) Help() string {
	return `Prints the link on standard output. It works once, for 72 hours.

Example:

  $ jarchi user invite --data ./wire --member toqsanbulaq --roles reporter,translator
  $ jarchi user invite --data ./wire --login aizhan`
}

// Run makes the link.
func (c UserInviteCmd) Run(std *Stdio) error {
	if (c.Member == "") == (c.Login == "") {
		return fault.E(fault.Invalid, "Name either --member, for a new person, or --login, for somebody who is here.")
	}
	ctx := context.Background()
	s, close, err := c.openPeople(ctx, std)
	if err != nil {
		return err
	}
	defer close.Close()
	var secret string
	if c.Login != "" {
		u, err := findUser(ctx, s, c.Login)
		if err != nil {
			return err
		}
		if secret, _, err = s.InviteBack(ctx, people.Operator, u.ID); err != nil {
			return err
		}
	} else {
		var roles []people.Role
		for _, r := range c.Roles {
			role, err := people.ParseRole(strings.TrimSpace(r))
			if err != nil {
				return err
			}
			roles = append(roles, role)
		}
		m := wire.MemberID(c.Member)
		desks, err := s.Desks(ctx, m)
		if err != nil {
			return err
		}
		if len(desks) == 0 {
			d, err := s.CreateDesk(ctx, people.Operator, people.Desk{Member: m, Names: map[lang.Tag]string{lang.EN: "News desk"}})
			if err != nil {
				return err
			}
			desks = append(desks, d)
		}
		if secret, _, err = s.Invite(ctx, people.Operator, desks[0].ID, roles); err != nil {
			return err
		}
	}
	fmt.Fprintf(std.Out, "%s/in#%s\n", strings.TrimSuffix(c.PublicURL, "/"), secret)
	return nil
}

// UserListCmd is 'jarchi user list'.
type UserListCmd struct{ dataFlag }

// Help is shown by --help.
func (UserListCmd) Help() string {
	return `Prints a line for each person: login, member, owner or not, valid or disabled, roles, name.

Example:

  $ jarchi user list --data ./wire`
}

// Run lists the people.
func (c UserListCmd) Run(std *Stdio) error {
	ctx := context.Background()
	s, close, err := c.openPeople(ctx, std)
	if err != nil {
		return err
	}
	defer close.Close()
	us, err := s.Users(ctx, people.Operator, "")
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(std.Out, 0, 0, 2, ' ', 0)
	for _, u := range us {
		owner, state := "-", "valid"
		if u.Owner {
			owner = "owner"
		}
		if u.Disabled {
			state = "disabled"
		}
		var roles []string
		for _, r := range people.Roles {
			for _, g := range u.Grants {
				if g.Role == r {
					roles = append(roles, string(r))
					break
				}
			}
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", u.Login, u.Member, owner, state, strings.Join(roles, ","), u.Name)
	}
	return w.Flush()
}

// UserDisableCmd is 'jarchi user disable'.
type UserDisableCmd struct {
	dataFlag
	Undo  bool   `help:"Let her in again."`
	Yes   bool   `help:"Also if nobody is left then who administers her member, or owns the node."`
	Login string `arg:"" name:"login" help:"Her login."`
}

// Help is shown by --help.
func (UserDisableCmd) Help() string {
	return `Ends her sessions and the open invitations that she made. The last administrator of a member and the last
owner of the node are kept out only with --yes; 'jarchi user invite' then lets a new one in.

Example:

  $ jarchi user disable --data ./wire aizhan`
}

// Run keeps her out.
func (c UserDisableCmd) Run(std *Stdio) error {
	ctx := context.Background()
	s, close, err := c.openPeople(ctx, std)
	if err != nil {
		return err
	}
	defer close.Close()
	u, err := findUser(ctx, s, c.Login)
	if err != nil {
		return err
	}
	if !c.Undo && !c.Yes {
		if err := s.KeepsOneWithout(ctx, u); err != nil {
			text, _ := fault.Public(err)
			return fault.E(fault.KindOf(err), "%s 'jarchi user invite' lets another in. With --yes she is kept out all the same.", text).Because(err)
		}
	}
	return s.SetDisabled(ctx, people.Operator, u.ID, !c.Undo)
}
