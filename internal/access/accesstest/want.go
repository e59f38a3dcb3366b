package accesstest

import (
	"fmt"
	"strings"

	"jarchi.dev/jarchi/internal/access"
)

// The specification. A: all, h: the header only, a full stop: not even that it exists.
//
//   - At the desk: only the leading issuer's people who write or publish.
//   - Sealed, and what was withdrawn or erased without ever opening: the issuers' people who may read
//     closed matter read it; of the others only members who may, and to whom it is addressed, see a
//     header. The hour alone opens nothing.
//   - Out: public is everybody's, also when withdrawn or erased (its words are gone); closed matter is
//     for those it is addressed to and its issuers, with the right to read closed matter.
//   - Captures: members who may read closed matter or bring it in, and the person at the machine.
const table = `
                   desk sealed/public sealed/members sealed/partners out/public out/members out/partners capture
anyone             .    .             .              .               A          .           .            .
local              .    .             .              .               A          .           .            A
nobody             .    .             .              .               A          .           .            .
lead               A    A             A              A               A          A           A            A
lead-read          .    .             .              .               A          .           .            .
lead-closed        .    A             A              A               A          A           A            A
lead-draft         A    .             .              .               A          .           .            .
lead-publish       A    .             .              .               A          .           .            .
lead-rest          .    .             .              .               A          .           .            A
co                 .    A             A              A               A          A           A            A
co-read            .    .             .              .               A          .           .            .
co-closed          .    A             A              A               A          A           A            A
co-draft           .    .             .              .               A          .           .            .
partner            .    h             h              h               A          A           A            A
partner-read       .    .             .              .               A          .           .            .
partner-closed     .    h             h              h               A          A           A            A
other              .    h             h              .               A          A           .            A
other-read         .    .             .              .               A          .           .            .
other-closed       .    h             h              .               A          A           .            A
`

var cells = read(table)

func read(table string) map[[2]string]access.Level {
	lines := strings.Split(strings.TrimSpace(table), "\n")
	head := strings.Fields(lines[0])
	out := map[[2]string]access.Level{}
	for _, l := range lines[1:] {
		row := strings.Fields(l)
		if len(row) != len(head)+1 {
			panic(fmt.Sprintf("accesstest: a line of %d columns: %s", len(row), l))
		}
		for i, cell := range row[1:] {
			out[[2]string{row[0], head[i]}] = map[string]access.Level{"A": access.All, "h": access.Header, ".": access.Nothing}[cell]
		}
	}
	return out
}

// Want is what the viewer may see of the subject at the moment.
func Want(v Viewer, s Subject, m Moment) access.Level {
	column := ""
	switch {
	case !m.has(Publish):
		column = "desk"
	case s.Embargo && !m.has(Open):
		column = "sealed/" + string(s.Audience.Class)
	default:
		column = "out/" + string(s.Audience.Class)
	}
	return cell(v, column)
}

// WantCapture is what the viewer may see of third-party material.
func WantCapture(v Viewer) access.Level { return cell(v, "capture") }

func cell(v Viewer, column string) access.Level {
	l, ok := cells[[2]string{v.Name, column}]
	if !ok {
		panic("accesstest: nothing is specified for " + v.Name + ", " + column)
	}
	return l
}
