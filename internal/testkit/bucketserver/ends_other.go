//go:build !linux

package bucketserver

import (
	"os/exec"
	"syscall"
)

// begin starts the server. What a crash of this process leaves of it has to be ended by hand.
func begin(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd.Start()
}
