package main

import (
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// canBePowerless: either there is nothing to give up, or it can be given up.
func canBePowerless() bool {
	if os.Geteuid() != 0 {
		return true
	}
	set, err := unix.PrctlRetInt(unix.PR_CAPBSET_READ, unix.CAP_SETPCAP, 0, 0, 0)
	return err == nil && set == 1
}

// dropPowers starts the program again without the capabilities by which root writes where the rights
// of a file forbid it. It returns only with an error, or when there is nothing to drop.
func dropPowers() error {
	if os.Geteuid() != 0 {
		return nil
	}
	runtime.LockOSThread() // the capabilities are a thread's, and go with it into the new program
	for _, c := range []uintptr{unix.CAP_DAC_OVERRIDE, unix.CAP_DAC_READ_SEARCH, unix.CAP_FOWNER} {
		if err := unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0); err != nil {
			return err
		}
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	env := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, powerlessEnv+"=") })
	return syscall.Exec(self, os.Args, env)
}
