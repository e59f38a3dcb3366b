package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/wire"
)

// Keys looks after tokens. Each call checks that the person administers the member.
type Keys interface {
	Tokens(ctx context.Context, p people.Person, m wire.MemberID) ([]people.Token, error)
	TokenUses(ctx context.Context, p people.Person, m wire.MemberID, since time.Time) (map[string][]people.TokenUse, error)
	LimitToken(ctx context.Context, p people.Person, m wire.MemberID, id string, l people.TokenLimit) error
	RotateToken(ctx context.Context, p people.Person, m wire.MemberID, id string, keep time.Duration) (secret string, until time.Time, err error)
}

// tokenDays is how many days of use are told.
const tokenDays = 31

// TokenObject is a token as its owner and its administrator see it; never its secret.
type TokenObject struct {
	ID        string         `json:"id"`
	Label     string         `json:"label"`
	Member    wire.MemberID  `json:"member"`
	Scopes    []access.Scope `json:"scopes"`
	Created   time.Time      `json:"createdAt"`
	Revoked   bool           `json:"revoked,omitempty"`
	PerMinute int            `json:"perMinute" doc:"Calls a minute; -1: no limit"`
	Burst     int            `json:"burst" doc:"Calls at once, after a pause"`
	OldUntil  *time.Time     `json:"oldSecretUntil,omitempty" doc:"So long the secret before this one works"`
	LastUsed  *time.Time     `json:"lastUsedAt,omitempty" doc:"At most a minute old; absent: not in the days below"`
	Use       []TokenDay     `json:"use" doc:"The last 31 days in UTC on which it was used, the newest first"`
}

// TokenDay is what a token did on a day.
type TokenDay struct {
	Day      string `json:"day" doc:"In UTC"`
	Calls    int64  `json:"calls"`
	Refused  int64  `json:"refused" doc:"Beyond the limit, not among the calls"`
	Received int64  `json:"receivedBytes"`
	Sent     int64  `json:"sentBytes"`
}

// TokenList is the tokens of a member.
type TokenList struct {
	Tokens []TokenObject `json:"tokens"`
}

// TokenIDInput names a token.
type TokenIDInput struct {
	ID      string `path:"id" maxLength:"100"`
	RawBody []byte
}

// TokenRotation says how long the old secret goes on working.
type TokenRotation struct {
	KeepHours *int `json:"keepHours,omitempty" doc:"0 to 720; 24 without it. 0 ends the old secret at once"`
}

// TokenSecret is a new secret, shown this once.
type TokenSecret struct {
	ID       string    `json:"id"`
	Secret   string    `json:"secret"`
	OldUntil time.Time `json:"oldSecretUntil"`
}

// TokenLimitRequest is a limit.
type TokenLimitRequest struct {
	PerMinute int `json:"perMinute" doc:"Calls a minute; 0: the node's own; -1: no limit"`
	Burst     int `json:"burst,omitempty" doc:"Calls at once; 0: the node's own"`
}

func (a *api) registerTokens() {
	if a.Keys == nil {
		return
	}
	body := func(v any) *huma.RequestBody {
		return &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{jsonType: {Schema: a.schemaOf(v)}}}
	}
	register(a, huma.Operation{OperationID: "token", Method: http.MethodGet, Path: "/api/v1/token", Tags: []string{"Tokens"}, Summary: "The token that asks",
		Description: "Its scopes, its limit, and what it did on each day."}, a.jsonResponse("The token.", TokenObject{}), a.ownToken)
	register(a, huma.Operation{OperationID: "tokens", Method: http.MethodGet, Path: "/api/v1/tokens", Tags: []string{"Tokens"}, Summary: "The tokens of the caller's member",
		Description: "Scope admin. Never a secret."}, a.jsonResponse("The tokens.", TokenList{}), a.listTokens)
	register(a, huma.Operation{OperationID: "rotate-token", Method: http.MethodPost, Path: "/api/v1/tokens/{id}/rotate", Tags: []string{"Tokens"}, Summary: "Give a token a new secret", MaxBodyBytes: maxSmall,
		Description: "Scope admin. The old secret goes on working until the stated time; one older than that ends at once.", RequestBody: body(TokenRotation{})}, a.jsonResponse("The new secret, this once.", TokenSecret{}), a.rotateToken)
	register(a, huma.Operation{OperationID: "limit-token", Method: http.MethodPut, Path: "/api/v1/tokens/{id}/limit", Tags: []string{"Tokens"}, Summary: "Change how often a token may call", MaxBodyBytes: maxSmall,
		Description: "Scope admin. It holds from the token's next call on.", RequestBody: body(TokenLimitRequest{})}, a.jsonResponse("The token.", TokenObject{}), a.limitToken)
}

// keeper is a program as the service of people knows it: it reads its own row, and with the scope admin does what an administrator may.
func (c caller) keeper() people.Person {
	return people.Person{User: people.User{ID: people.ByToken(c.token), Member: c.actor.Member, Grants: []people.Grant{{Role: people.Administrator}}}}
}

func (a *api) tokenObjects(ctx context.Context, only string) ([]TokenObject, error) {
	c := callerOf(ctx)
	ks, err := a.Keys.Tokens(ctx, c.keeper(), c.actor.Member)
	if err != nil {
		return nil, err
	}
	uses, err := a.Keys.TokenUses(ctx, c.keeper(), c.actor.Member, a.Now().AddDate(0, 0, 1-tokenDays))
	if err != nil {
		return nil, err
	}
	out := []TokenObject{}
	for _, k := range ks {
		if only != "" && k.ID != only {
			continue
		}
		limit := k.Limit.Effective()
		x := TokenObject{ID: k.ID, Label: k.Label, Member: k.Member, Scopes: k.Scopes, Created: k.Created, Revoked: k.Revoked, PerMinute: limit.PerMinute, Burst: limit.Burst, Use: []TokenDay{}}
		if k.OldUntil.After(a.Now()) {
			x.OldUntil = &k.OldUntil
		}
		if last := people.SumUse(uses[k.ID]).Last; !last.IsZero() {
			x.LastUsed = &last
		}
		for _, u := range uses[k.ID] {
			x.Use = append(x.Use, TokenDay{Day: u.Day.Format(time.DateOnly), Calls: u.Calls, Refused: u.Refused, Received: u.Received, Sent: u.Sent})
		}
		out = append(out, x)
	}
	if only != "" && len(out) == 0 {
		return nil, fault.E(fault.NotFound, "There is no such token.")
	}
	return out, nil
}

func (a *api) ownToken(ctx context.Context, _ *struct{}) (*answer, error) {
	c := callerOf(ctx)
	if c.token == "" {
		return nil, fault.E(fault.Unauthenticated, "Send a token of the member in whose name you act, as Authorization: Bearer.")
	}
	ks, err := a.tokenObjects(ctx, c.token)
	if err != nil {
		return nil, err
	}
	return closed(http.StatusOK, ks[0])
}

func (a *api) listTokens(ctx context.Context, _ *struct{}) (*answer, error) {
	if err := callerOf(ctx).keeps(); err != nil {
		return nil, err
	}
	ks, err := a.tokenObjects(ctx, "")
	if err != nil {
		return nil, err
	}
	return closed(http.StatusOK, TokenList{Tokens: ks})
}

// keeps refuses who is not a program that looks after tokens.
func (c caller) keeps() error {
	if c.token == "" {
		return fault.E(fault.Unauthenticated, "Send a token of the member in whose name you act, as Authorization: Bearer.")
	}
	return c.need(access.Admin)
}

func (a *api) rotateToken(ctx context.Context, in *TokenIDInput) (*answer, error) {
	c := callerOf(ctx)
	if err := c.keeps(); err != nil {
		return nil, err
	}
	var req TokenRotation
	if err := decode(in.RawBody, &req); err != nil {
		return nil, err
	}
	hours := int(people.DefaultKeep.Hours())
	if req.KeepHours != nil {
		hours = *req.KeepHours
	}
	if hours < 0 || hours > int(people.MaxKeep.Hours()) {
		return nil, fault.Field("keepHours", "The old secret may go on working for up to %d hours; 0 ends it at once.", int(people.MaxKeep.Hours()))
	}
	secret, until, err := a.Keys.RotateToken(ctx, c.keeper(), c.actor.Member, in.ID, time.Duration(hours)*time.Hour)
	if err != nil {
		return nil, err
	}
	return closed(http.StatusOK, TokenSecret{ID: in.ID, Secret: secret, OldUntil: until})
}

func (a *api) limitToken(ctx context.Context, in *TokenIDInput) (*answer, error) {
	c := callerOf(ctx)
	if err := c.keeps(); err != nil {
		return nil, err
	}
	var req TokenLimitRequest
	if err := decode(in.RawBody, &req); err != nil {
		return nil, err
	}
	if err := a.Keys.LimitToken(ctx, c.keeper(), c.actor.Member, in.ID, people.TokenLimit{PerMinute: req.PerMinute, Burst: req.Burst}); err != nil {
		return nil, err
	}
	ks, err := a.tokenObjects(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return closed(http.StatusOK, ks[0])
}
