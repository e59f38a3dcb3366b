//go:build race

package lang

// linearSize is small under the race detector, which costs ten times and more.
const linearSize = 16 << 10
