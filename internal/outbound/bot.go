package outbound

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"

	"jarchi.dev/jarchi/internal/fault"
)

// Bot calls a server of Telegram's Bot API that the operator has named, and nothing else. Its token stands in the path of each call, so no fault
// of it says an address.
type Bot struct {
	node  *Operator
	token string
}

// NewBot makes the client of a server, https://api.telegram.org or one of the operator's own, with a bot's token.
func NewBot(base, token string) (*Bot, error) {
	if token == "" || strings.ContainsAny(token, "/?#% \r\n") {
		return nil, fault.Field("--telegram-token", "This is no token of a bot.")
	}
	o, err := NewOperator(base)
	if err != nil {
		return nil, fault.Field("--telegram-url", "This is not an address of a server; it must be like https://api.telegram.org.")
	}
	return &Bot{o, token}, nil
}

// Call makes one call and gives the answer whatever its status is, at most 64 kB of it. Unavailable when there is none.
func (b *Bot) Call(ctx context.Context, method string, body []byte) (Sent, error) {
	u := *b.node.base
	u.Path, u.RawPath = u.Path+"/bot"+b.token+"/"+method, ""
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), bytes.NewReader(body))
	if err != nil {
		return Sent{}, fault.E(fault.Internal, "The call of the bot could not be made.")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Jarchi")
	resp, err := b.node.http.Do(req)
	if err != nil {
		return Sent{}, fault.E(fault.Unavailable, "The server of the bot cannot be reached.") // its cause would tell the token
	}
	defer resp.Body.Close()
	out := Sent{Status: resp.StatusCode}
	out.Body, _ = io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	return out, nil
}
