//go:build !soak && race

package main

// Every instruction is watched, also in the node: a few kills tell whether something races.
const killRounds = 4
