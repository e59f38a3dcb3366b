// Package fault is the one error type of the house: a closed list of kinds, a sentence that a
// person can act on, and the cause. Kinds are mapped once to HTTP and to the command's exit status.
package fault

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Kind says what sort of failure it is. The list is closed: HTTP, command and log know every one.
type Kind string

const (
	Invalid          Kind = "invalid"           // the input breaks a rule; Field names where
	NotFound         Kind = "not-found"         // it does not exist, or the asker may not see it
	Conflict         Kind = "conflict"          // the state of the thing does not allow it
	Unauthenticated  Kind = "unauthenticated"   // no valid token or session came with the request
	NotAllowed       Kind = "not-allowed"       // an action the asker may know of but not do
	TooLarge         Kind = "too-large"         // more bytes than the stated bound
	Unsupported      Kind = "unsupported"       // a media type or format that is not read here
	ForbiddenAddress Kind = "forbidden-address" // an address that the outbound client refuses to dial
	Busy             Kind = "busy"              // too many at once; trying again later helps
	Unavailable      Kind = "unavailable"       // a part is down, full, locked or read-only; Text says which
	Corrupt          Kind = "corrupt"           // stored or signed data does not verify
	Internal         Kind = "internal"          // a defect of ours
)

var status = map[Kind]int{
	Invalid: http.StatusUnprocessableEntity, NotFound: http.StatusNotFound, Conflict: http.StatusConflict,
	Unauthenticated: http.StatusUnauthorized, NotAllowed: http.StatusForbidden, TooLarge: http.StatusRequestEntityTooLarge,
	Unsupported: http.StatusUnsupportedMediaType, ForbiddenAddress: http.StatusUnprocessableEntity,
	Busy: http.StatusTooManyRequests, Unavailable: http.StatusServiceUnavailable,
	Corrupt: http.StatusInternalServerError, Internal: http.StatusInternalServerError,
}

// Kinds lists every kind; tests walk it.
func Kinds() []Kind {
	ks := make([]Kind, 0, len(status))
	for k := range status {
		ks = append(ks, k)
	}
	return ks
}

// HTTPStatus is the status code an answer of this kind carries.
func (k Kind) HTTPStatus() int {
	if s, ok := status[k]; ok {
		return s
	}
	return http.StatusInternalServerError
}

// Error is the error type of the house.
type Error struct {
	Kind  Kind
	Text  string // a sentence for a person: what happened, and what to do
	Field string // the input's field, if one is to blame ("items[0].language")
	Err   error  // the cause; never shown to strangers
}

func (e *Error) Error() string {
	s := e.Text
	if e.Field != "" {
		s = e.Field + ": " + s
	}
	if e.Err != nil {
		s = strings.TrimSuffix(s, ".") + ": " + e.Err.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// E makes an error of kind k; the text is formatted like fmt.Sprintf.
func E(k Kind, format string, args ...any) *Error {
	return &Error{Kind: k, Text: fmt.Sprintf(format, args...)}
}

// Field makes an Invalid error that blames one field of the input.
func Field(field, format string, args ...any) *Error {
	return &Error{Kind: Invalid, Field: field, Text: fmt.Sprintf(format, args...)}
}

// Because returns a copy of e that wraps the cause err.
func (e *Error) Because(err error) *Error {
	c := *e
	c.Err = err
	return &c
}

// Wrap adds a path to *err, keeping its kind: defer fault.Wrap(&err, "store.Release %s", id).
// It does nothing when *err is nil.
func Wrap(err *error, format string, args ...any) {
	if *err != nil {
		*err = fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), *err)
	}
}

// KindOf is the kind of the nearest Error in err's chain. A cancelled or overdue context is
// Unavailable; anything else unknown is Internal.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return Unavailable
	}
	return Internal
}

// Public is the sentence and field that may be shown to whoever asked: the nearest Error's own
// text, never its causes; for anything else a general sentence.
func Public(err error) (text, field string) {
	var e *Error
	if errors.As(err, &e) && e.Kind != Internal {
		return e.Text, e.Field
	}
	if KindOf(err) == Unavailable {
		return "The request was given up before it was finished. Try again.", ""
	}
	return "Something went wrong on this node. The administrator finds it in the log.", ""
}
