package delivery

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/outbound"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/subscription"
)

// Bot is the operator's way to a server of Telegram's Bot API: one POST of JSON, of which status and body come back whatever they are.
type Bot interface {
	Call(ctx context.Context, method string, body []byte) (outbound.Sent, error)
}

// maxMessage is how long a message may be, in UTF-16 units (core.telegram.org/bots/api, sendMessage).
const maxMessage = 4096

// chat tells a channel of a release: by a message, which is edited when the release is updated or corrected, and says that it must not be used when it is
// withdrawn. The Bot API knows a message by nothing that we could say before it is sent: of a server that took one and whose answer was lost a second one is
// asked for, at least once, and the line of the log has both tries. A call that has begun is awaited, also where the node stops meanwhile.
func (s *Service) chat(ctx context.Context, c store.Claimed, v access.Viewer) (answer, error) {
	if s.Bot == nil || !s.allowed(c.Subscription) {
		return answer{trouble: subscription.Trouble{Code: subscription.Unset}}, nil
	}
	d := c.Deliveries[0]
	e, ok, err := s.told(ctx, v, d)
	if err != nil || !ok {
		return answer{barred: true}, err
	}
	members, err := s.browse.Members(ctx)
	if err != nil {
		return answer{}, err
	}
	text, err := words(c.Subscription, e, members, maxMessage)
	if err != nil {
		return answer{}, err
	}
	if n, err := strconv.ParseInt(c.Mark, 10, 64); err == nil {
		a := s.bot(ctx, "editMessageText", map[string]any{"chat_id": c.Target, "message_id": n, "text": text, "link_preview_options": map[string]bool{"is_disabled": true}})
		switch {
		case a.trouble.Code == "":
			a.mark = c.Mark
			return a, nil
		case strings.Contains(a.trouble.Says, "message is not modified"): // an earlier try has done it
			return answer{status: a.status, mark: c.Mark}, nil
		case !strings.Contains(a.trouble.Says, "message to edit not found") && !strings.Contains(a.trouble.Says, "message can't be edited"):
			return a, nil
		}
	} else if d.Kind.Gone() {
		return answer{barred: true}, nil // the channel has no message of it
	}
	return s.bot(ctx, "sendMessage", map[string]any{"chat_id": c.Target, "text": text, "link_preview_options": map[string]bool{"is_disabled": true}}), nil
}

// bot makes one call.
func (s *Service) bot(ctx context.Context, method string, body map[string]any) answer {
	b, err := json.Marshal(body)
	if err != nil {
		return answer{trouble: subscription.Trouble{Code: subscription.Internal}}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), callTime)
	defer cancel()
	sent, err := s.Bot.Call(ctx, method, b)
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return answer{trouble: subscription.Trouble{Code: subscription.Slow}}
	}
	a := answer{status: sent.Status, trouble: troubleOf(sent, err, "")}
	var said struct {
		OK          bool   `json:"ok"`
		Description string `json:"description"`
		Parameters  struct {
			RetryAfter int `json:"retry_after"`
		} `json:"parameters"`
		Result json.RawMessage `json:"result"`
	}
	if err == nil && json.Unmarshal(sent.Body, &said) != nil && a.trouble.Code == "" {
		a.trouble = subscription.Trouble{Code: subscription.Odd, Status: sent.Status}
		return a
	}
	if err == nil && a.trouble.Code == "" && !said.OK {
		a.trouble = subscription.Trouble{Code: subscription.Refused, Status: sent.Status}
	}
	if a.trouble.Code != "" {
		if said.Description != "" {
			a.trouble.Says = says([]byte(said.Description), "")
		}
		a.retry = time.Duration(min(max(said.Parameters.RetryAfter, 0), 1<<20)) * time.Second
		if a.trouble.Code == subscription.Gone {
			a.trouble.Code = subscription.Refused // no word of the Bot API that the channel is gone for good
		}
		return a
	}
	var message struct {
		ID int64 `json:"message_id"`
	}
	if json.Unmarshal(said.Result, &message) == nil && message.ID != 0 {
		a.mark = strconv.FormatInt(message.ID, 10)
	}
	return a
}
