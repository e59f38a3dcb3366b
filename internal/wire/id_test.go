package wire

import (
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
)

func TestIDs(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 1000 {
		id := string(NewReleaseID())
		if seen[id] || len(id) != 26 {
			t.Fatalf("%q", id)
		}
		seen[id] = true
		if got, err := ParseReleaseID(id); err != nil || string(got) != id {
			t.Fatalf("%q: %v", id, err)
		}
		if got, err := ParseItemID(id); err != nil || string(got) != id {
			t.Fatalf("%q: %v", id, err)
		}
		if _, err := ParseReleaseID(strings.ToUpper(id)); strings.ToUpper(id) != id && err == nil {
			t.Fatalf("%q is taken in capitals", id)
		}
	}
	if got := ItemURI("press.example", time.Date(2026, 6, 1, 1, 0, 0, 0, time.FixedZone("", 5*3600)), "x"); got != "urn:newsml:press.example:20260531:x" {
		t.Errorf("the day of a uri is UTC's: %s", got)
	}
}

func FuzzParseID(f *testing.F) {
	f.Add(string(NewItemID()))
	f.Add("")
	f.Add(strings.Repeat("a", 25) + "b") // bits that no 128-bit number has
	f.Add(strings.Repeat("=", 26))
	f.Add(strings.Repeat("0a", 32) + "-1")
	f.Fuzz(func(t *testing.T, s string) {
		id, err := ParseItemID(s)
		if err == nil && (string(id) != s || len(s) != 26 || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz234567") != "") {
			t.Fatalf("%q is taken", s)
		}
		if err != nil && fault.KindOf(err) != fault.NotFound {
			t.Fatal(err)
		}
		if id, err := ParseReleaseID(s); err == nil && string(id) != s {
			t.Fatalf("%q is taken as a release", s)
		}
		if id, err := ParseCaptureID(s); err == nil && (string(id) != s || len(s) < 66) {
			t.Fatalf("%q is taken as a capture", s)
		}
		if m, err := ParseMemberID(s); err == nil && (string(m) != s || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || len(s) < 2 || len(s) > 40) {
			t.Fatalf("%q is taken as a member", s)
		}
	})
}

func TestMembers(t *testing.T) {
	t.Parallel()
	good := Member{ID: "altinsu", Kind: Agency, Domain: "altinsu.example", Names: map[lang.Tag]string{lang.TR: "Altınsu Haber Ajansı"}, Short: map[lang.Tag]string{lang.TR: "Altınsu HA"}}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Member){
		"id":              func(m *Member) { m.ID = "Altınsu" },
		"id of one sign":  func(m *Member) { m.ID = "a" },
		"id with a dash":  func(m *Member) { m.ID = "a-" },
		"kind":            func(m *Member) { m.Kind = "club" },
		"no domain":       func(m *Member) { m.Domain = "" },
		"capitals":        func(m *Member) { m.Domain = "Altinsu.example" },
		"a path":          func(m *Member) { m.Domain = "altinsu.example/x" },
		"dots":            func(m *Member) { m.Domain = "altinsu..example" },
		"a final dot":     func(m *Member) { m.Domain = "altinsu.example." },
		"a hyphen first":  func(m *Member) { m.Domain = "-altinsu.example" },
		"a colon":         func(m *Member) { m.Domain = "altinsu:example" },
		"long label":      func(m *Member) { m.Domain = strings.Repeat("a", 64) + ".example" },
		"name of lines":   func(m *Member) { m.Names = map[lang.Tag]string{lang.TR: "a\nb"} },
		"name not UTF-8":  func(m *Member) { m.Names = map[lang.Tag]string{lang.TR: "\xff"} },
		"long name":       func(m *Member) { m.Names = map[lang.Tag]string{lang.TR: strings.Repeat("ı", 201)} },
		"long short name": func(m *Member) { m.Short = map[lang.Tag]string{lang.TR: strings.Repeat("ı", 19)} },
		"short of lines":  func(m *Member) { m.Short = map[lang.Tag]string{lang.TR: "a\u2028b"} },
	} {
		m := good
		change(&m)
		if err := m.Validate(); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := good.Name(lang.KK, lang.TR); n != "Altınsu Haber Ajansı" {
		t.Errorf("name: %s", n)
	}
	if n := good.ShortName(lang.RU); n != "Altınsu HA" {
		t.Errorf("short name: %s", n)
	}
	if n := (Member{ID: "x1"}).ShortName(); n != "x1" {
		t.Errorf("a member without names is called %s", n)
	}
	for _, k := range []MemberKind{PressService, Agency, Broadcaster, Secretariat} {
		if k.Official() != (k == PressService || k == Secretariat) {
			t.Errorf("%s: official is %v", k, k.Official())
		}
	}
}
