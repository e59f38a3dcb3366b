// Package compare says what differs between two texts: the words of two versions, the figures that
// changed, the figures and dates that two language versions do not share. It reads languages through
// package lang alone, keeps nothing, does no I/O, and takes time and memory about linear in its input
// whatever that is: where a fine comparison would cost too much, the answer is coarser and still true.
package compare
