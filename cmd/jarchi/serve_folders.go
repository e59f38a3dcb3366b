package main

import (
	"log/slog"
	"os"
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

// known refuses what a flag names, like folders, for members that the node has not, and of none where it is not plain whose they are. A node without members gets its first by the
// owner's invitation.
func known[T any](flag string, of map[wire.MemberID][]T, members map[wire.MemberID]wire.Member) error {
	for id, list := range of {
		_, ok := members[id]
		switch {
		case len(members) == 0 || ok:
		case id != "":
			return fault.Field(flag, "This node has no member %s, whom this flag names. `jarchi member list` names those it has.", id)
		case len(members) > 1:
			return fault.Field(flag, "This node has %d members. Say whose it is: %s MEMBER=%v.", len(members), flag, list[0])
		}
	}
	return nil
}

// absent says which folders are not there. It is no reason not to serve: one may be of a machine that starts later.
func absent(flag string, of map[wire.MemberID][]string, log *slog.Logger) {
	for id, list := range of {
		for _, dir := range list {
			if s, err := os.Stat(dir); err != nil || !s.IsDir() {
				log.Warn("this folder is not there; nothing is read or written in it until it is", "flag", flag, "member", id, "folder", dir)
			}
		}
	}
}
