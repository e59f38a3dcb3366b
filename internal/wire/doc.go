// Package wire holds the nouns of the exchange and the life of a release: members, releases,
// items, versions, captures, and the events that others see.
//
// It does no I/O and keeps no clock: the caller passes the time. Every change of a release goes
// through one of the methods in life.go, which refuse what the state does not allow and say in an
// Event what happened; nobody sets State by hand. Whether a person may do it is decided elsewhere
// (internal/access for seeing, tokens and desks for acting).
//
// What it never does: store, sign, render, or decide who may see what.
package wire
