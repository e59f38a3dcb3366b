package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/wire"
)

// TestSaidOf: what was said of an article is found for its later states: by its address, among several of a page by its headline as well, and by its sender's name.
func TestSaidOf(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	raws := 0
	by := "for kok" // whose hands what is put next came by
	put := func(address, name string, headlines ...string) (cs []*wire.Capture) {
		t.Helper()
		raws++
		hash := fmt.Sprintf("%064x", raws)
		for i, h := range headlines {
			c := &wire.Capture{ID: wire.NewCaptureID(hash, i+1), N: i + 1, RawHash: hash, Language: "kk", Headline: h, SourceURL: address}
			switch who, claimed := strings.CutPrefix(by, "for "); {
			case claimed:
				c.Sent = &wire.Sent{GUID: name, To: wire.MemberID(who)}
			case by == "source":
				c.Fed = &wire.Fed{Source: "s"}
			case by == "fetched":
				c.Fetched = true
			}
			cs = append(cs, c)
		}
		err := s.Write(ctx, func(tx *store.Tx) error {
			for _, c := range cs {
				if _, err := tx.PutCapture(c); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return cs
	}
	say := func(c *wire.Capture, at int64) {
		t.Helper()
		if err := s.Write(ctx, func(tx *store.Tx) error { return tx.NoteSaid(c, time.Unix(at, 0)) }); err != nil {
			t.Fatal(err)
		}
	}
	alone := put("https://kok.example/a", "", "Bir")[0]
	several := put("https://kok.example/list", "", "Eki", "Üsh")
	named := put("", "urn:newsml:kok.example:2026:7", "Tört")[0]
	later := put("https://kok.example/a", "", "Bes")[0]
	say(later, 20)
	say(alone, 10)
	say(several[1], 11)
	say(named, 12)
	from := func(hands, address, name string, headlines ...string) *wire.Capture {
		t.Helper()
		by = hands
		defer func() { by = "for kok" }()
		return put(address, name, headlines...)[0]
	}
	watched := from("source", "https://kok.example/a", "", "Bir")
	unknown := from("", "https://kok.example/a", "", "Bir")
	say(watched, 30)
	say(unknown, 31)
	for name, x := range map[string]struct {
		of   *wire.Capture
		want []*wire.Capture
	}{
		"same address, other headline":     {put("http://www.kok.example/a#b", "", "Alty")[0], []*wire.Capture{later, alone}},
		"same address, one of several now": {put("https://kok.example/a", "", "Alty", "Bir")[1], []*wire.Capture{alone}},
		"another one of the page":          {put("https://kok.example/list", "", "Üsh", "Jeti")[1], nil},
		"the one of the page":              {put("https://kok.example/list", "", "Segiz", "Üsh")[1], []*wire.Capture{several[1]}},
		"the sender's name":                {put("", "urn:newsml:kok.example:2026:7", "Toghyz")[0], []*wire.Capture{named}},
		"another name":                     {put("", "urn:newsml:kok.example:2026:8", "Tört")[0], nil},
		"itself":                           {named, nil},
		"claimed by another's sender":      {from("for ala", "https://kok.example/a", "", "Bir"), nil},
		"named by another's sender":        {from("for ala", "", "urn:newsml:kok.example:2026:7", "Tört"), nil},
		"fetched":                          {from("fetched", "https://kok.example/a", "", "Bir"), []*wire.Capture{watched}},
		"nobody knows by whom":             {from("", "https://kok.example/a", "", "Bir"), nil},
		"no name":                          {put("", "", "Bir")[0], nil},
	} {
		got, err := s.SaidOf(ctx, x.of)
		if err != nil {
			t.Fatal(err)
		}
		ids := func(cs []*wire.Capture) string {
			var b strings.Builder
			for _, c := range cs {
				fmt.Fprintln(&b, c.ID, c.Position)
			}
			return b.String()
		}
		if ids(got) != ids(x.want) {
			t.Errorf("%s: %s, not %s", name, ids(got), ids(x.want))
		}
	}
}
