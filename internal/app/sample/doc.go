// Package sample holds the exchange that the demo shows: seven invented members and what they
// release. Everything in it is written for this project: members, places and events do not exist,
// and every internet domain ends in .example.
//
// The data are plain JSON files that an editor can read and mend: data/members.json, and one file a
// release in data/releases, named by its key. Times are offsets from the moment the demo starts
// ("-64m", "+12s"), so that the wire is always fresh. The texts name days and months, never years.
//
// Three of the members (see Plain) publish in the demo with one node; PlainReleases is their part.
// The others join when nodes federate.
//
// What it never does: publish, keep a clock, or stand in for anything at run time outside the demo
// and tests.
package sample
