package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/outbound"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/wire"
)

// TokenCmd is 'jarchi token': the rights of machines.
type TokenCmd struct {
	Create TokenCreateCmd `cmd:"" help:"Make a token and print it, once."`
	List   TokenListCmd   `cmd:"" help:"List the tokens, without their secrets."`
	Rotate TokenRotateCmd `cmd:"" help:"Give a token a new secret; the old one goes on working for a while."`
	Limit  TokenLimitCmd  `cmd:"" help:"Change how often a token may call."`
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
revoked, its scopes, its limit (calls a minute/at once), when it was last used, calls and megabytes
of the last 31 days, and its label. Of a node that runs, GET /api/v1/tokens tells the same.

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
	uses, err := s.TokenUses(ctx, "", time.Now().AddDate(0, 0, -30))
	if err != nil {
		return err
	}
	days := map[string][]people.TokenUse{}
	for _, u := range uses {
		days[u.Token] = append(days[u.Token], u)
	}
	w := tabwriter.NewWriter(std.Out, 0, 0, 2, ' ', 0)
	for _, k := range tokens {
		limit, last, sum := "-", "-", people.SumUse(days[k.ID])
		if l := k.Limit.Effective(); l.PerMinute > 0 {
			limit = fmt.Sprintf("%d/%d", l.PerMinute, l.Burst)
		}
		if !sum.Last.IsZero() {
			last = sum.Last.Format(time.RFC3339)
		}
		state := "valid"
		if k.Revoked {
			state = "revoked"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t%.1f MB\t%s\n", k.ID, k.Member, k.Created.Format(time.RFC3339), state, join(k.Scopes, ","),
			limit, last, sum.Calls, float64(sum.Received+sum.Sent)/1e6, k.Label)
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

// TokenRotateCmd is 'jarchi token rotate'.
type TokenRotateCmd struct {
	deskFlags
	Keep int    `default:"24" placeholder:"HOURS" help:"For how many hours the old secret goes on working, 0 to 720; 24 without it."`
	ID   string `arg:"" name:"id" help:"The token's id, as 'jarchi token list' prints it."`
}

// Help is shown by --help.
func (TokenRotateCmd) Help() string {
	return `Prints the new secret on standard output, this once. The old one goes on working for a day, so that programs can be
changed one after another; a secret older than that ends at once. Scopes, limit and counts stay. It is written
into the audit list. A node that runs is asked by --url, with a token that has the scope admin.

Example:

  $ jarchi token rotate --data ./wire --member toqsanbulaq 4X7QK2M5PZ3A
  $ jarchi token rotate --url https://wire.example --keep 0 4X7QK2M5PZ3A`
}

// Run makes the new secret.
func (c TokenRotateCmd) Run(std *Stdio) error {
	body, err := json.Marshal(map[string]int{"keepHours": c.Keep})
	if err != nil {
		return err
	}
	got, err := c.answer(std, outbound.Call{Method: "POST", Path: "/api/v1/tokens/" + url.PathEscape(c.ID) + "/rotate", Body: body, ContentType: "application/json"})
	if err != nil {
		return err
	}
	var made struct {
		Secret string    `json:"secret"`
		Until  time.Time `json:"oldSecretUntil"`
	}
	if err := json.Unmarshal(got, &made); err != nil {
		return fault.E(fault.Unavailable, "The node's answer cannot be read.").Because(err)
	}
	fmt.Fprintln(std.Out, made.Secret)
	fmt.Fprintf(std.Err, "The old secret works until %s.\n", made.Until.Format(time.RFC3339))
	return nil
}

// TokenLimitCmd is 'jarchi token limit'.
type TokenLimitCmd struct {
	deskFlags
	PerMinute int    `required:"" placeholder:"N" help:"Calls a minute; 0 is the node's own limit, -1 none."`
	Burst     int    `placeholder:"N" help:"Calls at once, after a pause; 0 is the node's own."`
	ID        string `arg:"" name:"id" help:"The token's id, as 'jarchi token list' prints it."`
}

// Help is shown by --help.
func (TokenLimitCmd) Help() string {
	return `A call beyond the limit is answered 429 with Retry-After. The limit holds from the token's next call on.

Example:

  $ jarchi token limit --data ./wire --member toqsanbulaq --per-minute 600 --burst 60 4X7QK2M5PZ3A`
}

// Run sets the limit.
func (c TokenLimitCmd) Run(std *Stdio) error {
	return c.send(std, "PUT", "/api/v1/tokens/"+url.PathEscape(c.ID)+"/limit", "", map[string]int{"perMinute": c.PerMinute, "burst": c.Burst})
}
