package main

import (
	"fmt"
	"path/filepath"
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
		{"/srv/in", nil, "map[:[/srv/in]]"}, {"/srv/in", one, "map[:[/srv/in]]"}, {"/srv/in", two, "2 members. Say whose it is: --folder MEMBER=/srv/in"},
		{"beta=/srv/in", two, "map[beta:[/srv/in]]"}, {"beta=/srv/a=b", two, "map[beta:[/srv/a=b]]"}, {"/srv/a=b", one, "map[:[/srv/a=b]]"}, {"gamma=/srv/in", two, "no member gamma"},
		{"gamma=/srv/in", nil, "map[gamma:[/srv/in]]"}, {"beta=", two, "is not like"}, {"", two, "is not like"},
	} {
		folders, err := sourceFolders([]string{c.flag})
		if err == nil {
			err = known("--folder", folders, c.members)
		}
		if got := fmt.Sprint(map[wire.MemberID][]string(folders)); err == nil && got != c.want || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q among %d: %s, %v", c.flag, len(c.members), got, err)
		}
	}
}

// Deliveries are for members that the node has, as folders are; a folder that is not there is told of.
func TestDeliveriesOfMembersThatAreNone(t *testing.T) {
	t.Parallel()
	here, none := t.TempDir(), filepath.Join(t.TempDir(), "none")
	ways, err := DeliveryFlags{DeliveryFolder: []string{"alfaa=" + here, "alfaa=" + none}}.deliveries("")
	if err != nil {
		t.Fatal(err)
	}
	if err := known("--delivery-folder", ways.Folders, map[wire.MemberID]wire.Member{"alfa": {}}); err == nil || !strings.Contains(err.Error(), "no member alfaa") {
		t.Error(err)
	}
	var out strings.Builder
	absent("--delivery-folder", ways.Folders, HouseFlags{}.logger(&out))
	if s := out.String(); strings.Count(s, "is not there") != 1 || !strings.Contains(s, none) {
		t.Error(s)
	}
}

// What is wrong with a certificate or a delivery's member is said before a link is made and the node is said to serve.
func TestServeRefusesBeforeItSpeaks(t *testing.T) {
	t.Parallel()
	_, err := startNode(t.TempDir(), "--public-url", "https://wire.example", "--tls-cert", "/nope", "--tls-key", "/nope")
	if err == nil || strings.Contains(err.Error(), "/in#") || strings.Contains(err.Error(), "serves") || !strings.Contains(err.Error(), "/nope") {
		t.Error(err)
	}
}
