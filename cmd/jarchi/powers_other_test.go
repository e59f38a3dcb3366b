//go:build !linux

package main

import (
	"errors"
	"os"
)

func canBePowerless() bool { return os.Geteuid() != 0 }

func dropPowers() error {
	if os.Geteuid() == 0 {
		return errors.New("root's powers cannot be given up here")
	}
	return nil
}
