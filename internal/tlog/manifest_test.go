package tlog

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"jarchi.dev/jarchi/internal/fault"
)

func testManifest() Manifest {
	m := Manifest{Release: idB, Item: idA, Version: 2, Language: "uz-Cyrl", Audience: "public", Length: 1234,
		Attachments: []Attachment{{Length: 7, MediaType: "image/jpeg"}, {Length: 0, MediaType: "application/vnd.oasis.opendocument.text"}}}
	for i := range m.SHA256 {
		m.SHA256[i], m.Attachments[0].SHA256[i] = byte(i), byte(255-i)
	}
	return m
}

func TestManifestBytes(t *testing.T) {
	t.Parallel()
	want := strings.Join([]string{
		"format jarchi/manifest/v1",
		"release " + idB,
		"item " + idA,
		"version 2",
		"language uz-Cyrl",
		"audience public",
		"sha256 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
		"length 1234",
		"attachment fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0efeeedecebeae9e8e7e6e5e4e3e2e1e0 7 image/jpeg",
		"attachment " + strings.Repeat("0", 64) + " 0 application/vnd.oasis.opendocument.text",
		"",
	}, "\n")
	m := testManifest()
	if got := string(m.Bytes()); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	var s Salt
	for i := range s {
		s[i] = byte(i * 3)
	}
	c := Commit(s, m)
	if got := hex.EncodeToString(c[:]); got != "8565a4d2eee2382a8b54b235ae6e74090eed4fbc16322f138a2e2e2987339394" {
		t.Errorf("commitment %s", got)
	}
	c = CommitSeal(s, [][32]byte{c, m.SHA256})
	if got := hex.EncodeToString(c[:]); got != "947e9677605976aee7ebf63c242033238da7a3f99a64447ed0a6661e549b125a" {
		t.Errorf("seal %s", got)
	}
	if a, b := NewSalt(), NewSalt(); a == b {
		t.Error("two salts alike")
	}
}

func TestManifestRefused(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Manifest){
		"release with a line break": func(m *Manifest) { m.Release = idA[:25] + "\n" },
		"item in capitals":          func(m *Manifest) { m.Item = strings.ToUpper(m.Item) },
		"version 0":                 func(m *Manifest) { m.Version = 0 },
		"no language":               func(m *Manifest) { m.Language = "" },
		"language with a new line":  func(m *Manifest) { m.Language = "kk\naudience members" },
		"a partner's name":          func(m *Manifest) { m.Audience = "Agency of the North" },
		"negative length":           func(m *Manifest) { m.Length = -1 },
		"media type parameters":     func(m *Manifest) { m.Attachments[0].MediaType = "text/plain; charset=utf-8" },
		"media type with a break":   func(m *Manifest) { m.Attachments[0].MediaType = "text/plain\nx" },
		"attachment length":         func(m *Manifest) { m.Attachments[1].Length = -5 },
		"too many attachments":      func(m *Manifest) { m.Attachments = make([]Attachment, MaxAttachments+1) },
	} {
		m := testManifest()
		change(&m)
		if err := m.Validate(); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
		if m.Bytes() != nil || Commit(NewSalt(), m) != [32]byte{} {
			t.Errorf("%s: a commitment was made", name)
		}
	}
	good := string(testManifest().Bytes())
	for name, bad := range map[string]string{
		"empty":               "",
		"no last line end":    strings.TrimSuffix(good, "\n"),
		"one line more":       good + "\n",
		"another line end":    strings.ReplaceAll(good, "\n", "\r\n"),
		"another format":      strings.Replace(good, "/v1", "/v2", 1),
		"lines exchanged":     strings.Replace(good, "version 2\nlanguage uz-Cyrl", "language uz-Cyrl\nversion 2", 1),
		"capital hex":         strings.Replace(good, "0a0b", "0A0b", 1),
		"leading zero":        strings.Replace(good, "length 1234", "length 01234", 1),
		"two spaces":          strings.Replace(good, " 7 ", "  7 ", 1),
		"plus":                strings.Replace(good, "version 2", "version +2", 1),
		"huge":                good + strings.Repeat("x", maxManifest),
		"unknown line":        good + "headline x\n",
		"length beyond int64": strings.Replace(good, "length 1234", "length 99999999999999999999", 1),
	} {
		if _, err := ParseManifest([]byte(bad)); fault.KindOf(err) != fault.Invalid || err == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func drawManifest(t *rapid.T) Manifest {
	sum := rapid.SliceOfN(rapid.Byte(), 32, 32)
	m := Manifest{
		Release:  rapid.StringMatching(`[a-z2-7]{26}`).Draw(t, "release"),
		Item:     rapid.StringMatching(`[a-z2-7]{26}`).Draw(t, "item"),
		Version:  rapid.IntRange(1, maxVersion).Draw(t, "version"),
		Language: rapid.StringMatching(`[a-z]{2,3}(-[A-Z][a-z]{3})?`).Draw(t, "language"),
		Audience: rapid.SampledFrom([]string{"public", "members", "partners"}).Draw(t, "audience"),
		SHA256:   [32]byte(sum.Draw(t, "sum")),
		Length:   rapid.Int64Range(0, 1<<62).Draw(t, "length"),
	}
	for range rapid.IntRange(0, 4).Draw(t, "attachments") {
		m.Attachments = append(m.Attachments, Attachment{[32]byte(sum.Draw(t, "sum")), rapid.Int64Range(0, 1<<62).Draw(t, "length"),
			rapid.StringMatching(`[a-z]{1,9}/[a-z0-9][a-z0-9.+-]{0,60}`).Draw(t, "type")})
	}
	return m
}

func TestManifestRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := drawManifest(t)
		b := m.Bytes()
		back, err := ParseManifest(b)
		if err != nil || !bytes.Equal(back.Bytes(), b) {
			t.Fatal(err)
		}
		// Another manifest or another salt is another commitment.
		s := Salt(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "salt"))
		c := Commit(s, m)
		m.Version ^= 1 << 20
		s2 := s
		s2[rapid.IntRange(0, 31).Draw(t, "at")] ^= 1
		if Commit(s, m) == c || Commit(s2, back) == c {
			t.Fatal("two openings of one commitment")
		}
	})
}

func FuzzParseManifest(f *testing.F) {
	f.Add(testManifest().Bytes())
	m := testManifest()
	m.Attachments = nil
	f.Add(m.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := ParseManifest(data)
		if err == nil && !bytes.Equal(m.Bytes(), data) {
			t.Fatalf("%q reads as %+v", data, m)
		}
	})
}
