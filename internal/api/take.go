package api

import (
	"context"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/wire"
)

// TakeRequest is the body of a take.
type TakeRequest struct {
	Desk string `json:"desk" doc:"The desk that uses the item, by the name its own house gives it"`
}

// Taken is what a desk gets to use.
type Taken struct {
	URI      string `json:"uri"`
	Version  int    `json:"version" doc:"0 for a capture"`
	Language string `json:"language"`
	Text     string `json:"text" doc:"Headline, paragraphs, and in the last lines the credit and the state, so that they travel with the words"`
	Credit   string `json:"credit"`
	Dateline string `json:"dateline"`
	State    string `json:"state" doc:"In words: whether it is official, whose translation, which version, what has changed"`
}

func (a *api) registerTake() {
	op := huma.Operation{OperationID: "takeItem", Method: http.MethodPost, Path: "/api/v1/items/{id}/take", Tags: []string{"Items"}, Summary: "A desk uses an item",
		Description: "Scope read. The take is noted, so that corrections and withdrawals find the desk. A withdrawn item cannot be taken.", MaxBodyBytes: maxSmall,
		RequestBody: &huma.RequestBody{Content: map[string]*huma.MediaType{jsonType: {Schema: a.schemaOf(TakeRequest{})}}}}
	register(a, op, a.jsonResponse("The words to use.", Taken{}), a.takeItem)
}

// TakeInput names the item, the body the desk.
type TakeInput struct {
	ID      string `path:"id" maxLength:"2000"`
	RawBody []byte `contentType:"application/json"`
}

func (a *api) takeItem(ctx context.Context, in *TakeInput) (*answer, error) {
	c := callerOf(ctx)
	if err := c.need(access.Read); err != nil {
		return nil, err
	}
	var req TakeRequest
	if err := decode(in.RawBody, &req); err != nil {
		return nil, err
	}
	desk := strings.TrimSpace(req.Desk)
	if desk == "" || utf8.RuneCountInString(desk) > 100 || strings.ContainsFunc(desk, misleads) {
		return nil, fault.Field("desk", "Name the desk that uses the item in at most 100 letters.")
	}
	e, err := a.find(ctx, c.reader, in.ID)
	if err != nil {
		return nil, err
	}
	members, err := a.Browse.Members(ctx)
	if err != nil {
		return nil, err
	}
	k := store.Take{Desk: desk, Member: c.actor.Member, At: a.Now()}
	var out Taken
	switch {
	case e.Capture != nil:
		k.Item, out = string(e.Capture.ID), takenCapture(e.Capture)
	case e.Level != access.All:
		return nil, fault.E(fault.Conflict, "This release is under embargo; only its header can be read.")
	case e.Release.State == wire.Withdrawn || e.Release.State == wire.Erased:
		return nil, fault.E(fault.Conflict, "This release was withdrawn and must not be used.")
	case !e.Release.State.Out():
		return nil, fault.E(fault.Conflict, "This release has not left its desk yet.")
	default:
		it := &e.Release.Items[e.Item]
		k.Item, k.Version = string(it.ID), it.Current().N
		out = takenItem(e, members)
	}
	if err := a.Tokens.NoteTake(ctx, k); err != nil {
		return nil, err
	}
	ans, err := asJSON(http.StatusOK, out)
	if err == nil {
		ans.CacheControl = closedCache
	}
	return ans, err
}

func takenItem(e browse.Entry, members membersByID) Taken {
	r, it := e.Release, &e.Release.Items[e.Item]
	v := it.Current()
	out := Taken{URI: string(it.URI), Version: v.N, Language: string(it.Language), Credit: v.Content.Rights.Credit, Dateline: v.Content.Dateline}
	if out.Credit == "" {
		names := make([]string, len(r.Issuers))
		for i, m := range r.Issuers {
			names[i] = members[m].Name(it.Language)
		}
		out.Credit = strings.Join(names, ", ")
	}
	var words []string
	switch it.Translation {
	case wire.Original, wire.OfficialText:
		if members[r.Lead()].Kind.Official() {
			words = append(words, "official")
		}
		if it.Translation == wire.Original {
			words = append(words, "original")
		} else {
			words = append(words, "released by the issuer in this language")
		}
	case wire.Human:
		words = append(words, "translation, not the official text")
	case wire.MachineEdited:
		words = append(words, "machine translation, edited by a person")
	default:
		words = append(words, "machine translation")
	}
	words = append(words, "version "+itoa(v.N))
	if v.Kind == wire.CorrectKind {
		words = append(words, "corrected "+instant(v.At)+": "+v.Reason)
	} else if v.Kind == wire.UpdateKind {
		words = append(words, "updated "+instant(v.At))
	}
	if it.Stale {
		words = append(words, "behind: another language has been updated since")
	}
	if r.State == wire.Embargoed {
		words = append(words, "under embargo until "+instant(r.EmbargoedUntil))
	}
	if v.Content.AI.Note != "" {
		words = append(words, v.Content.AI.Note)
	}
	out.State = strings.Join(words, "; ")
	out.Text = handOver(v.Content.Headline, v.Content.Body, out)
	return out
}

func takenCapture(c *wire.Capture) Taken {
	out := Taken{URI: string(c.URI), Language: string(c.Language), Dateline: c.Dateline}
	var sources []string
	for _, at := range c.Attribution {
		sources = append(sources, at.Source)
	}
	out.Credit = strings.Join(sources, ", ")
	words := []string{"third-party material, not released by a member of this exchange"}
	if c.MachineTranslated {
		words = append(words, "machine translation")
	}
	if c.Truncated {
		words = append(words, "cut off")
	}
	out.State = strings.Join(words, "; ")
	out.Text = handOver(c.Headline, c.Body, out)
	return out
}

// handOver puts the words together so that credit and state stay with them wherever they are pasted.
func handOver(headline string, body []string, k Taken) string {
	parts := make([]string, 0, len(body)+2)
	if headline != "" {
		parts = append(parts, headline)
	}
	parts = append(parts, body...)
	last := "[" + k.State + "]"
	if k.Credit != "" {
		last = "[" + k.Credit + "]\n" + last
	}
	return strings.Join(append(parts, last), "\n\n")
}
