//go:build pending

// Package pending keeps modules in go.mod until the packages that use them are in.
package pending

import (
	_ "github.com/emersion/go-imap/v2/imapclient"
	_ "github.com/pkg/sftp"
	_ "go.uber.org/goleak"
	_ "golang.org/x/crypto/acme/autocert"
	_ "golang.org/x/crypto/ssh"
)
