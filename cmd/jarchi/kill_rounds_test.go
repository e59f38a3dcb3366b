//go:build !soak && !race

package main

const killRounds = 50
