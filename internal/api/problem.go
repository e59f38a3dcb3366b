package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"jarchi.dev/jarchi/internal/fault"
)

// Problem is an error as others see it (RFC 9457): a kind out of a closed list, a sentence, and the
// field of the input that is to blame, if one is.
type Problem struct {
	Title  string     `json:"title" doc:"The HTTP status in words"`
	Status int        `json:"status" doc:"The HTTP status"`
	Kind   fault.Kind `json:"kind" doc:"What sort of failure it is, out of a closed list" enum:"invalid,not-found,conflict,unauthenticated,not-allowed,too-large,unsupported,forbidden-address,busy,unavailable,corrupt,internal"`
	Detail string     `json:"detail" doc:"A sentence for a person: what happened, and what to do"`
	Field  string     `json:"field,omitempty" doc:"The field of the input that is to blame, like items[0].language"`

	wait int // seconds after which to try again, of what is busy; 0: one
}

func (p *Problem) Error() string { return string(p.Kind) + ": " + p.Detail }

// GetStatus is the HTTP status, for huma.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is the media type of problem documents, for huma.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders are the headers that go with the kind, for huma.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{"Cache-Control": {"no-store"}}
	switch p.Kind {
	case fault.Unauthenticated:
		h.Set("WWW-Authenticate", `Bearer realm="jarchi"`)
	case fault.Busy:
		h.Set("Retry-After", itoa(max(1, p.wait)))
	}
	return h
}

// problemOf is the one place where a fault becomes an answer.
func problemOf(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	kind := fault.KindOf(err)
	text, field := fault.Public(err)
	return &Problem{Title: http.StatusText(kind.HTTPStatus()), Status: kind.HTTPStatus(), Kind: kind, Detail: text, Field: field}
}

// What huma itself refuses (a parameter of the wrong form, a body that is too large) becomes the same
// document. The hook is huma's own, for the whole process.
func init() { huma.NewError = refusedByHuma }

func refusedByHuma(status int, _ string, errs ...error) huma.StatusError {
	p := &Problem{Title: http.StatusText(status), Status: status, Kind: fault.Invalid, Detail: "The request is not of the form that this call takes."}
	switch status {
	case http.StatusBadRequest: // to huma, a body that is missing
		p.Status, p.Detail = http.StatusUnprocessableEntity, "The request has no body. /api says what this call takes."
		p.Title = http.StatusText(p.Status)
	case http.StatusRequestEntityTooLarge:
		p.Kind, p.Detail = fault.TooLarge, "The request's body is larger than this call takes."
	case http.StatusRequestTimeout:
		p.Kind, p.Detail = fault.Unavailable, "The request's body did not arrive in time. Try again."
	case http.StatusUnsupportedMediaType:
		p.Kind, p.Detail = fault.Unsupported, "This call does not take a body of this media type."
	case http.StatusInternalServerError:
		p.Kind, p.Detail = fault.Internal, "The request could not be read to its end."
	}
	for _, err := range errs {
		var d huma.ErrorDetailer
		if errors.As(err, &d) && p.Kind == fault.Invalid {
			detail := d.ErrorDetail()
			_, p.Field, _ = strings.Cut(detail.Location, ".")
			p.Detail = "The value is not one that this parameter takes: " + detail.Message + "."
			break
		}
	}
	return p
}

// refuse writes an error outside huma's operations.
func (a *api) refuse(w http.ResponseWriter, r *http.Request, err error) {
	p := a.problem(r.Context(), err)
	for name, values := range p.GetHeaders() {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.Encode(p) // the reader may be gone; there is nobody to tell
}
