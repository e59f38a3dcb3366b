// Package scenes plays what people do, on a whole node over HTTP and in a real browser. It holds tests only.
package scenes
