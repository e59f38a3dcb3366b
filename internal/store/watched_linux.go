package store

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// unanswered bounds how long what was sent may stay without acknowledgement: 11 seconds (TCP_USER_TIMEOUT, tcp(7)).
func unanswered(c syscall.RawConn) {
	_ = c.Control(func(fd uintptr) { _ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, 11_000) })
}
