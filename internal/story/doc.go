// Package story tells which texts belong together: which of them uses the words of which (reuse*.go, with its prints
// and the alignment of two texts), and which report one event in whatever language (link*.go).
//
// Everything here is pure: texts and what is kept of them come in, findings go out. What is kept is stored by others,
// through the interfaces declared here.
package story
