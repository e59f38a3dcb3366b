// Package sample holds the exchange that the demo shows: seven invented members, what they release, and
// a few pages of outside sources. Everything in it is written for this project: members, places, people
// and events do not exist, and every internet domain ends in .example.
//
// The data are plain files that an editor can read and mend:
//
//   - data/members.json: the members;
//   - data/releases: one JSON file a release, named by its key;
//   - data/files: the pictures that releases show, drawn by pictures_test.go;
//   - data/captures and data/captures.json: pages as they were fetched, with the faults that real pages
//     have, and when each came in.
//
// Times are offsets from the moment the demo starts ("-64m", "+12s"), so that the wire is always fresh.
// The texts name days and months of this year without its number; years stand only where they are part
// of the story ("until 2030").
//
// The languages of a release name the same figures. Where a reader is to notice that they do not, the
// file says so in "differs".
//
// What the package never does: publish, keep a clock, or stand in for anything at run time outside the
// demo and tests.
package sample
