package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/receive"
	"jarchi.dev/jarchi/internal/wire"
)

// QuarantineList is what could not be read.
type QuarantineList struct {
	Quarantine []QuarantineObject `json:"quarantine"`
}

// QuarantineObject is a document that could not be read, or not yet.
type QuarantineObject struct {
	ID        string `json:"id" doc:"SHA-256 of its bytes"`
	Name      string `json:"name" doc:"Its file name"`
	Address   string `json:"address,omitempty" doc:"Where it stood"`
	Source    string `json:"source,omitempty" doc:"The id of the source that brought it"`
	Place     string `json:"place" doc:"Where in the document, as far as it is known: line, element or field"`
	Reason    string `json:"reason"`
	HeldUntil string `json:"heldUntil,omitempty" doc:"It is under embargo until then and is read then by itself; never: its sender states no end"`
	ArrivedAt string `json:"arrivedAt"`
	Tries     int    `json:"tries" doc:"How often it was read again"`
}

// MendRequest is a text written by hand for a document that could not be read.
type MendRequest struct {
	Headline string `json:"headline,omitempty"`
	Body     string `json:"body" doc:"A paragraph a line"`
	Language string `json:"language,omitempty" doc:"Without it it is recognised"`
	Date     string `json:"date,omitempty" doc:"Like 2026-03-21"`
}

// QuarantineInput names a document in quarantine.
type QuarantineInput struct {
	ID string `path:"id" maxLength:"100"`
}

// MendInput is a document in quarantine with the text that is written for it.
type MendInput struct {
	ID      string `path:"id" maxLength:"100"`
	RawBody []byte
}

func (a *api) registerQuarantine() {
	tags := []string{"Intake"}
	became := func() *huma.Response { return a.jsonResponse("What became of it.", Imported{}) }
	register(a, huma.Operation{OperationID: "listQuarantine", Method: http.MethodGet, Path: "/api/v1/quarantine", Tags: tags, Summary: "List what could not be read",
		Description: "Scope intake or admin. What the caller's member and the operator brought in, newest first, at most a thousand. The bytes are at /raw/{id}, but for what is under embargo."},
		a.jsonResponse("The documents.", QuarantineList{}), a.listQuarantine)
	register(a, huma.Operation{OperationID: "retryQuarantine", Method: http.MethodPost, Path: "/api/v1/quarantine/{id}/retry", Tags: tags, Summary: "Read a document in quarantine again", MaxBodyBytes: maxSmall,
		Description: "Scope intake. It is read by today's reader, with all that was known of it when it came. The audit list says who asked."}, became(), a.retryQuarantine)
	register(a, huma.Operation{OperationID: "mendQuarantine", Method: http.MethodPost, Path: "/api/v1/quarantine/{id}/mend", Tags: tags, Summary: "Write the text of a document in quarantine by hand", MaxBodyBytes: maxRelease,
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{jsonType: {Schema: a.schemaOf(MendRequest{})}}},
		Description: "Scope intake. A capture is made of it with the words that are sent; the bytes stay its original. The audit list says who wrote them."}, became(), a.mendQuarantine)
	register(a, huma.Operation{OperationID: "dropQuarantine", Method: http.MethodDelete, Path: "/api/v1/quarantine/{id}", Tags: tags, Summary: "Drop a document in quarantine",
		Description: "Scope intake. Its bytes go too, unless something else was made of them. The audit list says who dropped it. The answer is the document as it was listed."}, a.jsonResponse("The document.", QuarantineObject{}), a.dropQuarantine)
}

func quarantineObject(k receive.Kept) QuarantineObject {
	out := QuarantineObject{ID: k.ID, Name: k.Name, Address: k.Address, Source: string(k.Source), Place: k.Place, Reason: k.Reason, ArrivedAt: k.Arrived.Format(time.RFC3339), Tries: k.Tries}
	if k.Endless() {
		out.HeldUntil = "never"
	} else if !k.Held.IsZero() {
		out.HeldUntil = k.Held.Format(time.RFC3339)
	}
	return out
}

func (a *api) listQuarantine(ctx context.Context, _ *struct{}) (*answer, error) {
	list, err := a.Intake.Quarantined(ctx, callerOf(ctx).actor)
	if err != nil {
		return nil, err
	}
	out := QuarantineList{Quarantine: []QuarantineObject{}}
	for _, k := range list {
		out.Quarantine = append(out.Quarantine, quarantineObject(k))
	}
	return closed(http.StatusOK, out)
}

func imported(results ...receive.Result) Imported {
	out := Imported{Captures: []CaptureRef{}, Quarantined: []receive.Quarantined{}}
	for _, r := range results {
		for _, id := range r.Captures {
			out.Captures = append(out.Captures, CaptureRef{id})
		}
		out.Quarantined = append(out.Quarantined, r.Quarantined...)
	}
	return out
}

func (a *api) retryQuarantine(ctx context.Context, in *QuarantineInput) (*answer, error) {
	c := callerOf(ctx)
	r, err := a.Intake.Retry(ctx, c.actor, people.ByToken(c.token), in.ID)
	if err != nil {
		return nil, err
	}
	return closed(http.StatusOK, imported(r))
}

func (a *api) mendQuarantine(ctx context.Context, in *MendInput) (*answer, error) {
	c := callerOf(ctx)
	var req MendRequest
	if err := decode(in.RawBody, &req); err != nil {
		return nil, err
	}
	id, err := a.Intake.Mend(ctx, c.actor, people.ByToken(c.token), in.ID, receive.Mended{Headline: req.Headline, Body: req.Body, Language: lang.Tag(req.Language), Date: req.Date})
	if err != nil {
		return nil, err
	}
	return closed(http.StatusOK, imported(receive.Result{Captures: []wire.CaptureID{id}}))
}

func (a *api) dropQuarantine(ctx context.Context, in *QuarantineInput) (*answer, error) {
	c := callerOf(ctx)
	was, err := a.Intake.Show(ctx, c.actor, in.ID)
	if err != nil {
		return nil, err
	}
	if err := a.Intake.Drop(ctx, c.actor, people.ByToken(c.token), in.ID); err != nil {
		return nil, err
	}
	return closed(http.StatusOK, quarantineObject(was.Kept))
}
