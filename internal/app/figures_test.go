package app

import (
	"io"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

// TestClosedLogsAreTheirMembers: how large a closed log is, which tells of embargoes, is for its member and whoever sits at the machine; public ones are public.
func TestClosedLogsAreTheirMembers(t *testing.T) {
	t.Parallel()
	n := openNode(t, Config{})
	tokens := map[wire.MemberID]string{}
	for _, m := range []wire.MemberID{"alfa", "beta"} {
		if err := n.Store.AddMember(t.Context(), testkit.Member(m, wire.Agency)); err != nil {
			t.Fatal(err)
		}
		var err error
		if tokens[m], err = n.Store.CreateToken(t.Context(), m, []access.Scope{access.Admin}, "prometheus"); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		host, peer, token string
		header            []string
		sees              string // of alfa-public alfa-closed beta-public beta-closed
	}{
		{"127.0.0.1:8080", "127.0.0.1:1", "", nil, "yyyy"},
		{"127.0.0.1:8080", "127.0.0.1:1", "", []string{"X-Forwarded-For", "127.0.0.1"}, "nnnn"},
		{"127.0.0.1:8080", "192.0.2.1:1", "", nil, "nnnn"},
		{"127.0.0.1:8080", "192.0.2.1:1", tokens["alfa"], nil, "yyyn"},
		{"127.0.0.1:8080", "127.0.0.1:1", tokens["beta"], nil, "ynyy"},
	} {
		header := c.header
		if c.token != "" {
			header = append(header, "Authorization", "Bearer "+c.token)
		}
		b, err := io.ReadAll(ask(n, c.host, c.peer, "/metrics", header...).Body)
		if err != nil {
			t.Fatal(err)
		}
		sees := ""
		for _, name := range []string{"alfa-public", "alfa-closed", "beta-public", "beta-closed"} {
			if strings.Contains(string(b), `jarchi_log_leaves{log="`+name+`"}`) {
				sees += "y"
			} else {
				sees += "n"
			}
		}
		if sees != c.sees {
			t.Errorf("%s from %s, token %v: %s, want %s", c.host, c.peer, c.token != "", sees, c.sees)
		}
	}
}
