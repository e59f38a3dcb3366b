package main

import (
	"fmt"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/wire"
)

// A folder is a member's: by its name, or because there is no other.
func TestFoldersOfMembers(t *testing.T) {
	t.Parallel()
	one, two := map[wire.MemberID]wire.Member{"alfa": {}}, map[wire.MemberID]wire.Member{"alfa": {}, "beta": {}}
	for _, c := range []struct {
		flag    string
		members map[wire.MemberID]wire.Member
		want    string // or a part of what is said
	}{
		{"/srv/in", nil, "map[:[/srv/in]]"}, {"/srv/in", one, "map[:[/srv/in]]"}, {"/srv/in", two, "2 members. Say whose folder it is: --folder MEMBER=/srv/in"},
		{"beta=/srv/in", two, "map[beta:[/srv/in]]"}, {"beta=/srv/a=b", two, "map[beta:[/srv/a=b]]"}, {"/srv/a=b", one, "map[:[/srv/a=b]]"}, {"gamma=/srv/in", two, "no member gamma"},
		{"gamma=/srv/in", nil, "map[gamma:[/srv/in]]"}, {"beta=", two, "is not like"}, {"", two, "is not like"},
	} {
		folders, err := sourceFolders([]string{c.flag})
		if err == nil {
			err = known(folders, c.members)
		}
		if got := fmt.Sprint(map[wire.MemberID][]string(folders)); err == nil && got != c.want || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q among %d: %s, %v", c.flag, len(c.members), got, err)
		}
	}
}
