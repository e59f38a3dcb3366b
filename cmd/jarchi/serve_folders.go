package main

import (
	"path/filepath"
	"strings"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/sources"
	"jarchi.dev/jarchi/internal/wire"
)

// sourceFolders reads MEMBER=PATH, or PATH for the member of a node that has one.
func sourceFolders(list []string) (sources.Folders, error) {
	out := sources.Folders{}
	for _, s := range list {
		id, dir := wire.MemberID(""), s
		if m, rest, ok := strings.Cut(s, "="); ok {
			if named, err := wire.ParseMemberID(m); err == nil {
				id, dir = named, rest
			}
		}
		whole, err := filepath.Abs(dir)
		if err != nil || dir == "" {
			return nil, fault.Field("--folder", "%q is not like alfa=/srv/alfa, a member's short name and a folder.", s).Because(err)
		}
		out[id] = append(out[id], whole)
	}
	return out, nil
}

// known refuses folders of members that the node has not, and of none where it is not plain whose they are. A node without members gets its first by the
// owner's invitation.
func known(folders sources.Folders, members map[wire.MemberID]wire.Member) error {
	for id, list := range folders {
		_, ok := members[id]
		switch {
		case len(members) == 0 || ok:
		case id != "":
			return fault.Field("--folder", "This node has no member %s, for whom %s is named.", id, list[0])
		case len(members) > 1:
			return fault.Field("--folder", "This node has %d members. Say whose folder it is: --folder MEMBER=%s.", len(members), list[0])
		}
	}
	return nil
}
