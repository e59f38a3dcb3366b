package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/wire"
)

// TokenCmd is 'jarchi token': the rights of machines.
type TokenCmd struct {
	Create TokenCreateCmd `cmd:"" help:"Make a token and print it, once."`
	List   TokenListCmd   `cmd:"" help:"List the tokens, without their secrets."`
	Revoke TokenRevokeCmd `cmd:"" help:"End a token."`
}

// TokenCreateCmd is 'jarchi token create'.
type TokenCreateCmd struct {
	dataFlag
	Member string   `required:"" placeholder:"M" help:"The member in whose name the token acts."`
	Scopes []string `required:"" placeholder:"LIST" help:"What it may do, with commas between: read, read:closed, draft, publish, withdraw, intake, verify, admin; or all."`
	Label  string   `help:"What it is for; shown in the list."`
}

// Help is shown by --help.
func (TokenCreateCmd) Help() string {
	return `Prints the token on standard output. Only its hash is kept: it cannot be shown again.

Example:

  $ JARCHI_TOKEN=$(jarchi token create --data ./wire --member toqsanbulaq --scopes read,intake --label 'page reader')
  $ jarchi token create --data ./wire --member toqsanbulaq --scopes all`
}

// Run makes the token.
func (c TokenCreateCmd) Run(std *Stdio) error {
	scopes, err := parseScopes(c.Scopes)
	if err != nil {
		return err
	}
	ctx := context.Background()
	s, err := c.open(ctx, std, false)
	if err != nil {
		return err
	}
	defer s.Close()
	secret, err := s.CreateToken(ctx, wire.MemberID(c.Member), scopes, c.Label)
	if err != nil {
		return err
	}
	fmt.Fprintln(std.Out, secret)
	return nil
}

func parseScopes(list []string) ([]access.Scope, error) {
	var scopes []access.Scope
	for _, name := range list {
		name = strings.TrimSpace(name)
		switch {
		case name == "all":
			return access.Scopes, nil
		case !slices.Contains(access.Scopes, access.Scope(name)):
			return nil, fault.Field("--scopes", "There is no scope %q. Scopes are %s, or all.", name, join(access.Scopes, ", "))
		case !slices.Contains(scopes, access.Scope(name)):
			scopes = append(scopes, access.Scope(name))
		}
	}
	return scopes, nil
}

func join(scopes []access.Scope, between string) string {
	names := make([]string, len(scopes))
	for i, s := range scopes {
		names[i] = string(s)
	}
	return strings.Join(names, between)
}

// TokenListCmd is 'jarchi token list'.
type TokenListCmd struct{ dataFlag }

// Help is shown by --help.
func (TokenListCmd) Help() string {
	return `Prints a line for each token: its id, its member, when it was made, whether it is valid or
revoked, its scopes, its label.

Example:

  $ jarchi token list --data ./wire`
}

// Run lists the tokens.
func (c TokenListCmd) Run(std *Stdio) error {
	ctx := context.Background()
	s, err := c.open(ctx, std, false)
	if err != nil {
		return err
	}
	defer s.Close()
	tokens, err := s.Tokens(ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(std.Out, 0, 0, 2, ' ', 0)
	for _, k := range tokens {
		state := "valid"
		if k.Revoked {
			state = "revoked"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", k.ID, k.Member, k.Created.Format(time.RFC3339), state, join(k.Scopes, ","), k.Label)
	}
	return w.Flush()
}

// TokenRevokeCmd is 'jarchi token revoke'.
type TokenRevokeCmd struct {
	dataFlag
	ID string `arg:"" name:"id" help:"The token's id, as 'jarchi token list' prints it."`
}

// Help is shown by --help.
func (TokenRevokeCmd) Help() string {
	return `Example:

  $ jarchi token revoke --data ./wire 4X7QK2M5PZ3A`
}

// Run ends the token.
func (c TokenRevokeCmd) Run(std *Stdio) error {
	ctx := context.Background()
	s, err := c.open(ctx, std, false)
	if err != nil {
		return err
	}
	defer s.Close()
	return s.RevokeToken(ctx, c.ID)
}
