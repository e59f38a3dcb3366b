//go:build soak

package intake

// soak damages the reports many times more than a change needs.
const soak = true
