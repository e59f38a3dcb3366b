//go:build soak

package access_test

// soak asks everything of everyone; otherwise the costliest questions take turns.
const soak = true
