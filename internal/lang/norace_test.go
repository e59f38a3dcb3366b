//go:build !race

package lang

const linearSize = 256 << 10
