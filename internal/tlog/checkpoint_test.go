package tlog

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"jarchi.dev/jarchi/internal/fault"
)

const testOrigin = "press.example/log/public"

// testKeys makes a key whose signatures are the same on every run.
func testKeys(name, seed string) (note.Signer, note.Verifier) {
	skey, vkey := testKeyTexts(name, seed)
	s, err := Signer(skey)
	if err != nil {
		panic(err)
	}
	v, err := Verifier(vkey)
	if err != nil {
		panic(err)
	}
	return s, v
}

func testKeyTexts(name, seed string) (skey, vkey string) {
	key := ed25519.NewKeyFromSeed([]byte((seed + strings.Repeat("-", 32))[:32]))
	vkey, err := note.NewEd25519VerifierKey(name, key.Public().(ed25519.PublicKey))
	if err != nil {
		panic(err)
	}
	hash := strings.Split(vkey, "+")[1]
	private := append([]byte{1}, key.Seed()...)
	return "PRIVATE+KEY+" + name + "+" + hash + "+" + base64.StdEncoding.EncodeToString(private), vkey
}

func TestKeys(t *testing.T) {
	t.Parallel()
	skey, vkey, err := GenerateKey(Origin("press.example", Closed))
	if err != nil {
		t.Fatal(err)
	}
	s, err := Signer(skey + "\n")
	if err != nil || s.Name() != "press.example/log/closed" {
		t.Fatal(s, err)
	}
	v, err := Verifier(" " + vkey)
	if err != nil || v.KeyHash() != s.KeyHash() {
		t.Fatal(v, err)
	}
	sig, err := s.Sign([]byte("x"))
	if err != nil || len(sig) != ed25519.SignatureSize || !v.Verify([]byte("x"), sig) {
		t.Fatal(err)
	}
	for _, bad := range []string{"", "press.example", "press.example/log/secret", "Press.example/log/public", "a b/log/public", "-x/log/public", "/log/public"} {
		if _, _, err := GenerateKey(bad); fault.KindOf(err) != fault.Invalid {
			t.Errorf("key named %q: %v", bad, err)
		}
	}
	for _, bad := range []string{"", vkey, "PRIVATE+KEY+x", skey[:len(skey)-3]} {
		_, err := Signer(bad)
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("signer %q: %v", bad, err)
		}
		if err != nil && bad != "" && strings.Contains(err.Error(), bad) {
			t.Error("the error repeats the key")
		}
	}
	if _, err := Verifier(strings.Replace(vkey, "press", "pross", 1)); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
	for name, want := range map[string]bool{
		LogName("kazpress", Public): true, LogName("a.b-c", Closed): true, "x": false, "-public": false, "X-public": false,
		strings.Repeat("m", 56) + "-public": true, strings.Repeat("m", 57) + "-public": false, "a/b-public": false, "": false,
	} {
		if ValidLogName(name) != want {
			t.Errorf("ValidLogName(%q) = %v", name, !want)
		}
	}
	for _, domain := range []string{"press.example", "127.0.0.1:8080", "xn--80aaxitdbjk.example"} {
		if d, c, ok := ParseOrigin(Origin(domain, Public)); !ok || d != domain || c != Public {
			t.Errorf("origin of %s: %s %s %v", domain, d, c, ok)
		}
	}
}

func TestCheckpoint(t *testing.T) {
	t.Parallel()
	s, v := testKeys(testOrigin, "a")
	_, other := testKeys(testOrigin, "b")
	witness, _ := testKeys("witness.example", "w")
	var m mem
	for _, h := range []Head{EmptyHead(), m.add(t, testLeaves(3)...)} {
		msg, err := SignCheckpoint(testOrigin, h, s)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ParseCheckpoint(msg, testOrigin, v); err != nil || got != h {
			t.Fatal(got, err)
		}
		if _, err := ParseCheckpoint(msg, testOrigin, other); fault.KindOf(err) != fault.Corrupt {
			t.Error("another key:", err)
		}
		if _, err := ParseCheckpoint(msg, "other.example/log/public", v); fault.KindOf(err) != fault.Corrupt {
			t.Error("another origin:", err)
		}
		// A witness's line may follow.
		n, err := note.Open(msg, note.VerifierList(v))
		if err != nil {
			t.Fatal(err)
		}
		cosigned, err := note.Sign(n, witness)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ParseCheckpoint(cosigned, testOrigin, v); err != nil || got != h {
			t.Error("cosigned:", got, err)
		}
		for i := range msg {
			for bit := range 8 {
				c := bytes.Clone(msg)
				c[i] ^= 1 << bit
				if got, err := ParseCheckpoint(c, testOrigin, v); fault.KindOf(err) != fault.Corrupt || err == nil {
					t.Fatalf("byte %d, bit %d: %v, %v\n%s", i, bit, got, err, c)
				}
			}
		}
	}
	if _, err := SignCheckpoint("other.example/log/public", EmptyHead(), s); err == nil {
		t.Error("signed for another origin")
	}
	if _, err := SignCheckpoint(testOrigin, Head{}, s); err == nil {
		t.Error("signed a head that no tree has")
	}
	root := EmptyHead().Root.String()
	for name, text := range map[string]string{
		"extension line":    testOrigin + "\n1\n" + root + "\nmore\n",
		"two lines":         testOrigin + "\n1\n",
		"leading zero":      testOrigin + "\n01\n" + root + "\n",
		"plus":              testOrigin + "\n+1\n" + root + "\n",
		"negative":          testOrigin + "\n-1\n" + root + "\n",
		"huge":              testOrigin + "\n9223372036854775807\n" + root + "\n",
		"short root":        testOrigin + "\n1\n47DEQpj8\n",
		"another origin":    "other.example/log/public\n1\n" + root + "\n",
		"empty, wrong root": testOrigin + "\n0\n" + strings.Repeat("A", 43) + "=\n",
		"stray bits":        testOrigin + "\n1\n" + strings.Repeat("A", 42) + "B=\n",
	} {
		msg, err := note.Sign(&note.Note{Text: text}, s)
		if err != nil {
			t.Fatal(err)
		}
		if h, err := ParseCheckpoint(msg, testOrigin, v); fault.KindOf(err) != fault.Corrupt {
			t.Errorf("%s: %v, %v", name, h, err)
		}
	}
}

func FuzzParseCheckpoint(f *testing.F) {
	s, v := testKeys(testOrigin, "a")
	msg, _ := SignCheckpoint(testOrigin, EmptyHead(), s)
	f.Add(msg)
	odd, _ := note.Sign(&note.Note{Text: testOrigin + "\n12\nAAAA\n\nx\n"}, s)
	f.Add(odd)
	f.Add([]byte("a\n1\n\n\n— a b\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := ParseCheckpoint(data, testOrigin, v)
		if err == nil && h != EmptyHead() {
			t.Fatalf("a forged head was accepted: %v", h)
		}
	})
}
