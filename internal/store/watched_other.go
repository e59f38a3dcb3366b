//go:build !linux

package store

import "syscall"

// unanswered sets nothing: other systems have their own time.
func unanswered(syscall.RawConn) {}
