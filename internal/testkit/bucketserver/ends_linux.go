package bucketserver

import (
	"os/exec"
	"runtime"
	"syscall"
)

// begin starts the server so that it ends with this process, also when that crashes. Linux sends the signal when the thread
// that started it ends, so that thread is kept.
func begin(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		done <- cmd.Start()
		select {}
	}()
	return <-done
}
