//go:build !soak

package main

const killRounds = 50
