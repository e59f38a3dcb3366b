package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/delivery"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/subscription"
)

// DeliveryRequest is the body of a new delivery, or of a change of its name, filter and digest.
type DeliveryRequest struct {
	Channel  string `json:"channel,omitempty" enum:"webhook,folder,sftp,telegram,mail" doc:"Without it webhook"`
	Target   string `json:"target,omitempty" doc:"The address, folder, chat or mail address"`
	Name     string `json:"name,omitempty" doc:"What it is called; without it the target"`
	Filter   string `json:"filter,omitempty" doc:"The part of an address of the wire after its question mark, like q=water&lang=kk; empty: everything"`
	Format   string `json:"format,omitempty" enum:"ninjs,newsmlg2,release,text,superdesk" doc:"ninjs (an item of ninjs 3.1 for each text) is usual for webhooks and files; superdesk, for folders alone, is ninjs 1.x as Superdesk's feed parser reads it"`
	Public   bool   `json:"public,omitempty" doc:"Only what anyone may read; without it whatever the member may read"`
	Desk     string `json:"desk,omitempty" doc:"The id of the desk that it belongs to; without it the member's"`
	Person   string `json:"person,omitempty" doc:"The id of the person in whose right it is: what she may read at the moment of sending is delivered, and nothing once she is gone"`
	Language string `json:"language,omitempty" doc:"That plain words name the state of a text in; without it the text's own"`

	Digest *DigestObject `json:"digest,omitempty" doc:"Of mails: one letter at an hour for what is new since the one before; without it one for each release, at once"`
}

// DigestObject is when a digest comes.
type DigestObject struct {
	Every string `json:"every" enum:"daily,weekly,never" doc:"never: a letter for each release, in a change of a delivery"`
	Day   string `json:"day,omitempty" enum:"monday,tuesday,wednesday,thursday,friday,saturday,sunday" doc:"Of weekly; without it monday"`
	Hour  int    `json:"hour" doc:"On the reader's clock, 0 to 23"`
	Zone  string `json:"zone" doc:"The time zone of that clock, like Asia/Almaty"`
}

func (o *DigestObject) rhythm() (r subscription.Rhythm, err error) {
	if o == nil || o.Every == "never" {
		return r, nil
	}
	if o.Every == "" {
		return r, fault.Field("digest", "A digest comes daily or weekly.")
	}
	r = subscription.Rhythm{Every: subscription.Period(o.Every), Hour: o.Hour, Zone: o.Zone}
	r.Day, err = subscription.ParseDay(o.Day)
	return r, err
}

func (r DeliveryRequest) subscription() (x subscription.Subscription, err error) {
	x = subscription.Subscription{Channel: subscription.Channel(r.Channel), Target: r.Target, Name: r.Name, Format: subscription.Format(r.Format), Public: r.Public, Desk: people.DeskID(r.Desk), Person: people.UserID(r.Person)}
	if x.Channel == "" {
		x.Channel = subscription.Webhook
	}
	if r.Language != "" {
		if x.Language, err = lang.Parse(r.Language); err != nil {
			return x, fault.Field("language", "This is no language tag like kk or fa.")
		}
	}
	if x.Rhythm, err = r.Digest.rhythm(); err != nil {
		return x, err
	}
	x.Filter, err = subscription.ParseFilter(r.Filter)
	return x, err
}

// DeliveryList is what of a member is handed to others.
type DeliveryList struct {
	Deliveries []DeliveryObject `json:"deliveries"`
}

// DeliveryObject is one receiver, what he gets, and how that fares.
type DeliveryObject struct {
	ID       string           `json:"id"`
	Channel  string           `json:"channel"`
	Target   string           `json:"target"`
	Name     string           `json:"name"`
	Filter   string           `json:"filter"`
	Format   string           `json:"format"`
	Public   bool             `json:"public"`
	Desk     string           `json:"desk,omitempty"`
	Person   string           `json:"person,omitempty"`
	Language string           `json:"language,omitempty"`
	Digest   *DigestObject    `json:"digest,omitempty"`
	AddedBy  string           `json:"addedBy" doc:"The id of a person, or token: and the id of a token"`
	AddedAt  string           `json:"addedAt"`
	State    string           `json:"state" enum:"unproven,active,paused,stopped,ended" doc:"unproven: its address has not answered the challenge, or nobody has confirmed the mail; stopped: by the node, after a day of nothing but failures; ended: the receiver answered 410, or whoever reads the mails ended them"`
	Secret   string           `json:"secret,omitempty" doc:"Of the signature; in the answer that makes it, and never again"`
	Waiting  int64            `json:"waiting" doc:"How many things wait to be handed over"`
	Failures int              `json:"failures" doc:"Failed tries in a row"`
	Trouble  *DeliveryTrouble `json:"trouble" doc:"Why the last try failed; null: it did not"`
	LastTry  *string          `json:"lastTryAt"`
	LastGood *string          `json:"lastGoodAt"`
}

// DeliveryTrouble is why a try failed.
type DeliveryTrouble struct {
	Code     subscription.Code `json:"code"`
	Sentence string            `json:"sentence"`
	Status   int               `json:"status,omitempty" doc:"What the receiver answered"`
	Says     string            `json:"says,omitempty" doc:"The beginning of what he said"`
}

// DeliveryLog is what was and is to be handed to one receiver, the newest first.
type DeliveryLog struct {
	Log  []DeliveryLine `json:"log"`
	Next string         `json:"next,omitempty"`
}

// DeliveryLine is one thing that one receiver is told.
type DeliveryLine struct {
	ID      int64         `json:"id"`
	Message string        `json:"message" doc:"The webhook-id: the same on each try"`
	Event   string        `json:"event" enum:"released,updated,corrected,withdrawn,erased,captured,test,challenge"`
	Release string        `json:"release,omitempty"`
	Item    string        `json:"item,omitempty"`
	Capture string        `json:"capture,omitempty"`
	Outcome string        `json:"outcome" enum:"waiting,done,given-up,overtaken,barred,counted" doc:"overtaken: something later about the same took its place; counted: a letter that had no room for it says how much more there is; barred: there was nothing that may be told when its turn came"`
	MadeAt  string        `json:"madeAt"`
	DueAt   string        `json:"dueAt,omitempty" doc:"When it is tried next"`
	Tries   []DeliveryTry `json:"tries"`
}

// DeliveryTry is one try.
type DeliveryTry struct {
	At      string           `json:"at"`
	Millis  int64            `json:"ms"`
	Status  int              `json:"status,omitempty"`
	Trouble *DeliveryTrouble `json:"trouble"`
}

// DeliveryTested says how a test went.
type DeliveryTested struct {
	Status  int              `json:"status,omitempty"`
	Trouble *DeliveryTrouble `json:"trouble" doc:"null: the receiver has it"`
}

// DeliveryReplayed says how much is sent again.
type DeliveryReplayed struct {
	Deliveries int `json:"deliveries"`
}

// DeliveryIDInput names a delivery.
type DeliveryIDInput struct {
	ID string `path:"id" maxLength:"100"`
}

// DeliveryInput is a request about a delivery.
type DeliveryInput struct {
	ID      string `path:"id" maxLength:"100"`
	RawBody []byte
}

// NewDeliveryInput is a new delivery.
type NewDeliveryInput struct{ RawBody []byte }

// DeliveryLogInput asks for a part of a log.
type DeliveryLogInput struct {
	ID     string `path:"id" maxLength:"100"`
	Cursor string `query:"cursor" maxLength:"40" doc:"next of the part before"`
}

// DeliveryRetryInput names a line of a log.
type DeliveryRetryInput struct {
	ID   string `path:"id" maxLength:"100"`
	Line int64  `path:"line"`
}

type proofRequest struct {
	Word string `json:"word" doc:"data.challenge of the newest call that the address got"`
}

type replayRequest struct {
	Since string `json:"since,omitempty" format:"date-time" doc:"At most seven days ago; without it a day ago"`
}

func (a *api) registerDeliveries() {
	if a.Deliveries == nil {
		return
	}
	tags := []string{"Deliveries"}
	one := func() *huma.Response { return a.jsonResponse("The delivery.", DeliveryObject{}) }
	body := func(v any) *huma.RequestBody {
		return &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{jsonType: {Schema: a.schemaOf(v)}}}
	}
	const base = "/api/v1/deliveries"
	register(a, huma.Operation{OperationID: "listDeliveries", Method: http.MethodGet, Path: base, Tags: tags, Summary: "List what of the caller's member is handed to others", Description: "Scope admin."}, a.jsonResponse("The deliveries, in no order.", DeliveryList{}), a.listDeliveries)
	register(a, huma.Operation{OperationID: "addDelivery", Method: http.MethodPost, Path: base, Tags: tags, Summary: "Have a part of the wire handed to somebody as it happens", DefaultStatus: http.StatusCreated, MaxBodyBytes: maxSmall, RequestBody: body(DeliveryRequest{}),
		Description: "Scope admin; without read:closed only with public. A webhook is called at once with a signed challenge: it begins when the address answers 2xx with the word data.challenge in its answer, as an echo of the body has."}, one(), a.addDelivery)
	register(a, huma.Operation{OperationID: "getDelivery", Method: http.MethodGet, Path: base + "/{id}", Tags: tags, Summary: "One delivery", Description: "Scope admin."}, one(), a.getDelivery)
	register(a, huma.Operation{OperationID: "changeDelivery", Method: http.MethodPut, Path: base + "/{id}", Tags: tags, Summary: "Change its name, filter and digest", MaxBodyBytes: maxSmall, RequestBody: body(DeliveryRequest{}),
		Description: "Scope admin. Corrections and withdrawals of what was handed over come all the same."}, one(), a.changeDelivery)
	register(a, huma.Operation{OperationID: "removeDelivery", Method: http.MethodDelete, Path: base + "/{id}", Tags: tags, Summary: "Forget a delivery",
		Description: "Scope admin. What was handed over is not followed any more. The answer is the delivery as it was."}, one(), a.removeDelivery)
	for _, do := range []struct {
		id, path, summary, about string
		act                      func(context.Context, access.Viewer, subscription.ID, people.UserID) (subscription.Subscription, error)
	}{
		{"pauseDelivery", "pause", "Hand over nothing new", "Scope admin. Corrections and withdrawals of what was handed over go on.", func(ctx context.Context, v access.Viewer, id subscription.ID, by people.UserID) (subscription.Subscription, error) {
			return a.Deliveries.Pause(ctx, v, id, true, by)
		}},
		{"resumeDelivery", "resume", "Let it go on", "Scope admin. What was missed comes by a replay.", func(ctx context.Context, v access.Viewer, id subscription.ID, by people.UserID) (subscription.Subscription, error) {
			return a.Deliveries.Pause(ctx, v, id, false, by)
		}},
		{"challengeDelivery", "challenge", "Ask the address again whether it wants to be called", "Scope admin.", func(ctx context.Context, v access.Viewer, id subscription.ID, _ people.UserID) (subscription.Subscription, error) {
			return a.Deliveries.Challenge(ctx, v, id)
		}},
	} {
		register(a, huma.Operation{OperationID: do.id, Method: http.MethodPost, Path: base + "/{id}/" + do.path, Tags: tags, Summary: do.summary, Description: do.about, MaxBodyBytes: maxSmall}, one(),
			func(ctx context.Context, in *DeliveryIDInput) (*answer, error) {
				c := callerOf(ctx)
				x, err := do.act(ctx, c.actor, subscription.ID(in.ID), people.ByToken(c.token))
				if err != nil {
					return nil, err
				}
				return closed(http.StatusOK, deliveryObject(x, ""))
			})
	}
	register(a, huma.Operation{OperationID: "rotateDelivery", Method: http.MethodPost, Path: base + "/{id}/rotate", Tags: tags, Summary: "Give a webhook a new secret", MaxBodyBytes: maxSmall,
		Description: "Scope admin. For a day its calls have two signatures, of the new secret and of the one before."}, one(), func(ctx context.Context, in *DeliveryIDInput) (*answer, error) {
		c := callerOf(ctx)
		x, secret, err := a.Deliveries.Rotate(ctx, c.actor, subscription.ID(in.ID), people.ByToken(c.token))
		if err != nil {
			return nil, err
		}
		return closed(http.StatusOK, deliveryObject(x, secret))
	})
	register(a, huma.Operation{OperationID: "proveDelivery", Method: http.MethodPost, Path: base + "/{id}/prove", Tags: tags, Summary: "Begin with the word of the challenge, as it was read where it arrived", MaxBodyBytes: maxSmall, RequestBody: body(proofRequest{}),
		Description: "Scope admin. For an address that cannot answer a challenge."}, one(), func(ctx context.Context, in *DeliveryInput) (*answer, error) {
		var req proofRequest
		if err := decode(in.RawBody, &req); err != nil {
			return nil, err
		}
		c := callerOf(ctx)
		x, err := a.Deliveries.Prove(ctx, c.actor, subscription.ID(in.ID), req.Word, people.ByToken(c.token))
		if err != nil {
			return nil, err
		}
		return closed(http.StatusOK, deliveryObject(x, ""))
	})
	register(a, huma.Operation{OperationID: "testDelivery", Method: http.MethodPost, Path: base + "/{id}/test", Tags: tags, Summary: "Send a made-up item now", MaxBodyBytes: maxSmall,
		Description: "Scope admin. Its event is test; its headline says that it is not for use."}, a.jsonResponse("How it went.", DeliveryTested{}), func(ctx context.Context, in *DeliveryIDInput) (*answer, error) {
		t, status, err := a.Deliveries.Test(ctx, callerOf(ctx).actor, subscription.ID(in.ID))
		if err != nil {
			return nil, err
		}
		return closed(http.StatusOK, DeliveryTested{status, deliveryTrouble(t)})
	})
	register(a, huma.Operation{OperationID: "getDeliveryLog", Method: http.MethodGet, Path: base + "/{id}/log", Tags: tags, Summary: "What was and is to be handed over, with each try",
		Description: "Scope admin. The newest first, 50 at once; lines are kept for 30 days."}, a.jsonResponse("The log.", DeliveryLog{}), a.deliveryLog)
	register(a, huma.Operation{OperationID: "retryDelivery", Method: http.MethodPost, Path: base + "/{id}/log/{line}/retry", Tags: tags, Summary: "Send one line of the log again now", MaxBodyBytes: maxSmall,
		Description: "Scope admin. It keeps its message."}, one(), func(ctx context.Context, in *DeliveryRetryInput) (*answer, error) {
		c := callerOf(ctx)
		if err := a.Deliveries.Retry(ctx, c.actor, subscription.ID(in.ID), in.Line, people.ByToken(c.token)); err != nil {
			return nil, err
		}
		return a.getDelivery(ctx, &DeliveryIDInput{in.ID})
	})
	register(a, huma.Operation{OperationID: "replayDelivery", Method: http.MethodPost, Path: base + "/{id}/replay", Tags: tags, Summary: "Send what happened since a time again, also what was missed", MaxBodyBytes: maxSmall, RequestBody: body(replayRequest{}),
		Description: "Scope admin. Of each text the last that happened, under the message that it had if it was sent before."}, a.jsonResponse("How much is sent.", DeliveryReplayed{}), a.replayDelivery)
}

func (a *api) listDeliveries(ctx context.Context, _ *struct{}) (*answer, error) {
	list, err := a.Deliveries.List(ctx, callerOf(ctx).actor)
	if err != nil {
		return nil, err
	}
	out := DeliveryList{Deliveries: []DeliveryObject{}}
	for _, x := range list {
		out.Deliveries = append(out.Deliveries, deliveryObject(x, ""))
	}
	return closed(http.StatusOK, out)
}

func (a *api) getDelivery(ctx context.Context, in *DeliveryIDInput) (*answer, error) {
	x, err := a.Deliveries.Get(ctx, callerOf(ctx).actor, subscription.ID(in.ID))
	if err != nil {
		return nil, err
	}
	return closed(http.StatusOK, deliveryObject(x, ""))
}

func (a *api) addDelivery(ctx context.Context, in *NewDeliveryInput) (*answer, error) {
	c := callerOf(ctx)
	if err := c.need(access.Admin); err != nil {
		return nil, err
	}
	var req DeliveryRequest
	if err := decode(in.RawBody, &req); err != nil {
		return nil, err
	}
	x, err := req.subscription()
	if err != nil {
		return nil, err
	}
	x, secret, err := a.Deliveries.Add(ctx, c.actor, x, people.ByToken(c.token))
	if err != nil {
		return nil, err
	}
	ans, err := closed(http.StatusCreated, deliveryObject(x, secret))
	if err == nil {
		ans.Location = "/api/v1/deliveries/" + string(x.ID)
	}
	return ans, err
}

func (a *api) changeDelivery(ctx context.Context, in *DeliveryInput) (*answer, error) {
	c := callerOf(ctx)
	var req DeliveryRequest
	if err := decode(in.RawBody, &req); err != nil {
		return nil, err
	}
	if req.Channel != "" || req.Target != "" || req.Format != "" || req.Public || req.Desk != "" || req.Person != "" || req.Language != "" {
		return nil, fault.Field("name", "Only name, filter and digest can be changed. Add another delivery for the rest.")
	}
	f, err := subscription.ParseFilter(req.Filter)
	if err != nil {
		return nil, err
	}
	to := delivery.Settings{Name: req.Name, Filter: f}
	if req.Digest != nil {
		r, err := req.Digest.rhythm()
		if err != nil {
			return nil, err
		}
		to.Rhythm = &r
	}
	x, err := a.Deliveries.Change(ctx, c.actor, subscription.ID(in.ID), to, people.ByToken(c.token))
	if err != nil {
		return nil, err
	}
	return closed(http.StatusOK, deliveryObject(x, ""))
}

func (a *api) removeDelivery(ctx context.Context, in *DeliveryIDInput) (*answer, error) {
	ans, err := a.getDelivery(ctx, in)
	if err != nil {
		return nil, err
	}
	c := callerOf(ctx)
	return ans, a.Deliveries.Remove(ctx, c.actor, subscription.ID(in.ID), people.ByToken(c.token))
}

func (a *api) deliveryLog(ctx context.Context, in *DeliveryLogInput) (*answer, error) {
	before := int64(0)
	if in.Cursor != "" {
		n, err := strconv.ParseInt(in.Cursor, 10, 64)
		if err != nil || n < 1 {
			return nil, fault.Field("cursor", "This is no cursor of this log.")
		}
		before = n
	}
	lines, next, err := a.Deliveries.Lines(ctx, callerOf(ctx).actor, subscription.ID(in.ID), before)
	if err != nil {
		return nil, err
	}
	out := DeliveryLog{Log: []DeliveryLine{}}
	if next > 0 {
		out.Next = strconv.FormatInt(next, 10)
	}
	for _, l := range lines {
		x := DeliveryLine{ID: l.ID, Message: l.Message, Event: string(l.Kind), Release: l.Ref, Item: string(l.Item), Outcome: string(l.Outcome), MadeAt: instant(l.Made), Tries: []DeliveryTry{}}
		if l.OfCapture() {
			x.Release, x.Capture = "", l.Ref
		}
		if l.Outcome == subscription.Waiting {
			x.DueAt = instant(l.Due)
		}
		for _, y := range l.Tried {
			x.Tries = append(x.Tries, DeliveryTry{y.At.UTC().Format(time.RFC3339Nano), y.Took.Milliseconds(), y.Status, deliveryTrouble(y.Trouble)})
		}
		out.Log = append(out.Log, x)
	}
	return closed(http.StatusOK, out)
}

func (a *api) replayDelivery(ctx context.Context, in *DeliveryInput) (*answer, error) {
	var req replayRequest
	if len(in.RawBody) > 0 {
		if err := decode(in.RawBody, &req); err != nil {
			return nil, err
		}
	}
	since, err := instantOf("since", req.Since)
	if err != nil {
		return nil, err
	}
	if since.IsZero() {
		since = a.Now().Add(-24 * time.Hour)
	}
	c := callerOf(ctx)
	n, err := a.Deliveries.Replay(ctx, c.actor, subscription.ID(in.ID), since, people.ByToken(c.token))
	if err != nil {
		return nil, err
	}
	return closed(http.StatusOK, DeliveryReplayed{n})
}

func deliveryObject(x subscription.Subscription, secret string) DeliveryObject {
	when := func(t time.Time) *string {
		if t.IsZero() {
			return nil
		}
		s := t.UTC().Format(time.RFC3339)
		return &s
	}
	out := DeliveryObject{ID: string(x.ID), Channel: string(x.Channel), Target: x.Target, Name: x.Name, Filter: x.Filter.String(), Format: string(x.Format), Public: x.Public, Desk: string(x.Desk), Person: string(x.Person), Language: string(x.Language), AddedBy: x.AddedBy,
		AddedAt: instant(x.Added), State: string(x.State), Secret: secret, Waiting: x.Waiting, Failures: x.Failures, Trouble: deliveryTrouble(x.Trouble), LastTry: when(x.LastTry), LastGood: when(x.LastGood)}
	if r := x.Rhythm; r.Gathers() {
		out.Digest = &DigestObject{Every: string(r.Every), Hour: r.Hour, Zone: r.Zone}
		if r.Every == subscription.Weekly {
			out.Digest.Day = subscription.DayName(r.Day)
		}
	}
	return out
}

func deliveryTrouble(t subscription.Trouble) *DeliveryTrouble {
	if t.Code == "" {
		return nil
	}
	return &DeliveryTrouble{t.Code, t.Sentence(), t.Status, t.Says}
}
