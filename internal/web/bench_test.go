package web

import "testing"

// BenchmarkWire makes the whole first page of a wire.
func BenchmarkWire(b *testing.B) {
	h := newHandler(b, newExchange(b))
	for _, ui := range []string{"en", "fa"} {
		b.Run(ui, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				get(b, h, "/?ui="+ui)
			}
		})
	}
}
