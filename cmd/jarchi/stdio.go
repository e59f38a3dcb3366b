package main

import "io"

// Stdio is what a command reads from and writes to: data to Out, talk to Err.
type Stdio struct {
	In       io.Reader
	Out, Err io.Writer
}
