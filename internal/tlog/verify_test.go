package tlog

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"pgregory.net/rapid"

	"jarchi.dev/jarchi/internal/fault"
)

// testLog is a small log that holds one real version (leaf 6) and its withdrawal (leaf 9).
type testLog struct {
	mem
	head       Head
	checkpoint []byte
	opening    Opening
	v          note.Verifier
}

func newTestLog(t interface{ Fatal(...any) }) *testLog {
	l := &testLog{}
	s, v := testKeys(testOrigin, "a")
	l.v = v
	l.opening = Opening{Manifest: testManifest(), Salt: Salt(sha256.Sum256([]byte("salt")))}
	l.opening.Bytes = []byte(`{"uri":"urn:newsml:press.example:20260102:` + idA + `","headlines":[{"value":"Кўприк очилди"}]}`)
	l.opening.Manifest.Length = int64(len(l.opening.Bytes))
	l.opening.Manifest.SHA256 = sha256.Sum256(l.opening.Bytes)
	commit := Commit(l.opening.Salt, l.opening.Manifest)
	leaves := testLeaves(13)
	for i, leaf := range map[int]Leaf{
		6: {Kind: KindUpdate, ID: idA, Version: 2, Time: 1767341000, Commit: commit[:], Ref: idB},
		9: {Kind: KindWithdraw, ID: idA, Version: 2, Time: 1767342000},
	} {
		b, err := leaf.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		leaves[i] = b
	}
	l.head = l.add(t, leaves...)
	cp, err := SignCheckpoint(testOrigin, l.head, s)
	if err != nil {
		t.Fatal(err)
	}
	l.checkpoint = cp
	return l
}

func (l *testLog) file(t interface{ Fatal(...any) }, index int64, o *Opening) ProofFile {
	p, err := Prove(context.Background(), &l.mem, index, l.head, l.checkpoint)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := ParseLeaf(l.leaves[index])
	if err != nil {
		t.Fatal(err)
	}
	return ProofFile{Leaf: leaf, Proof: p, Opening: o}
}

func (l *testLog) bytes(t interface{ Fatal(...any) }, index int64, o *Opening) []byte {
	b, err := l.file(t, index, o).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The files under testdata are for other implementations and for ourselves in ten years: what was
// once written verifies, and is still written the same way.
func TestFrozenFiles(t *testing.T) {
	t.Parallel()
	l := newTestLog(t)
	_, vkey := testKeyTexts(testOrigin, "a")
	for name, want := range map[string][]byte{
		"update.proof.json":   l.bytes(t, 6, &l.opening),
		"withdraw.proof.json": l.bytes(t, 9, nil),
		"checkpoint":          l.checkpoint,
		"vkey":                []byte(vkey + "\n"),
	} {
		path := filepath.Join("testdata", name)
		if os.Getenv("JARCHI_FREEZE") != "" {
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is written otherwise now:\n%s", path, want)
		}
		if strings.HasSuffix(name, ".json") {
			if _, err := Verify(got, l.v); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	l := newTestLog(t)
	got, err := Verify(l.bytes(t, 6, &l.opening), l.v)
	if err != nil {
		t.Fatal(err)
	}
	if got.Origin != testOrigin || got.Leaf.Kind != KindUpdate || got.Leaf.Time != 1767341000 || got.Leaf.Version != 2 || got.Index != 6 ||
		got.Head != l.head || got.Manifest.Language != "uz-Cyrl" || !bytes.Equal(got.Bytes, l.opening.Bytes) || got.CoSigned != 0 {
		t.Errorf("%+v", got)
	}
	if s := strings.Join(got.NotProven(), "; "); !strings.Contains(s, "that the content is true") || !strings.Contains(s, "not yet cosigned by a witness") || !strings.Contains(s, "2 attached files") {
		t.Error(s)
	}
	got, err = Verify(l.bytes(t, 9, nil), l.v)
	if err != nil || got.Leaf.Kind != KindWithdraw || got.Manifest != nil || got.Bytes != nil {
		t.Errorf("%+v, %v", got, err)
	}
	// With a witness's line on the checkpoint.
	w, _ := testKeys("witness.example", "w")
	n, _ := note.Open(l.checkpoint, note.VerifierList(l.v))
	cosigned, _ := note.Sign(n, w)
	f := l.file(t, 6, &l.opening)
	f.Proof.Checkpoint = cosigned
	if got, err := f.Verify(l.v); err != nil || got.CoSigned != 1 || !strings.Contains(strings.Join(got.NotProven(), "; "), "1 further signatures") {
		t.Error(got.CoSigned, err)
	}
}

// Each broken step is refused, and the sentence says which step it was.
func TestVerifyNamesTheStep(t *testing.T) {
	t.Parallel()
	l := newTestLog(t)
	other := newTestLog(t)
	otherSigner, otherKey := testKeys(testOrigin, "b")
	_, strange := testKeys("press.example", "c")
	forgedCheckpoint, _ := SignCheckpoint(testOrigin, l.head, otherSigner)
	for _, c := range []struct {
		says   string
		change func(f *ProofFile, o *Opening)
	}{
		{"The text does not match its manifest: it has", func(f *ProofFile, o *Opening) { o.Bytes = append(o.Bytes, ' ') }},
		{"The text does not match its manifest: its SHA-256", func(f *ProofFile, o *Opening) { o.Bytes[30] ^= 1 }},
		{"The leaf does not commit to this manifest", func(f *ProofFile, o *Opening) { o.Manifest.Language = "kk" }},
		{"The leaf does not commit to this manifest", func(f *ProofFile, o *Opening) { o.Salt[31] ^= 1 }},
		{"The leaf does not commit to this manifest", func(f *ProofFile, o *Opening) { f.Leaf.Commit = commitA }},
		{"The manifest does not match its leaf: it is of item", func(f *ProofFile, o *Opening) { f.Leaf.ID = idB }},
		{"The manifest does not match its leaf: it is of version", func(f *ProofFile, o *Opening) { f.Leaf.Version = 3 }},
		{"The leaf carries no commitment", func(f *ProofFile, o *Opening) { *f = l.file(t, 9, o) }},
		{"The checkpoint carries no signature by the key", func(f *ProofFile, o *Opening) { f.Proof.Checkpoint = forgedCheckpoint }},
		{"The checkpoint's signature by " + testOrigin + " is wrong", func(f *ProofFile, o *Opening) {
			f.Proof.Checkpoint = bytes.Replace(f.Proof.Checkpoint, []byte("\n13\n"), []byte("\n14\n"), 1)
		}},
		{"The proof does not lead from leaf 6", func(f *ProofFile, o *Opening) { f.Proof.Hashes[2][0] ^= 1 }},
		{"The proof does not lead from leaf 7", func(f *ProofFile, o *Opening) { f.Proof.Index = 7 }},
		{"The proof does not lead from leaf 99", func(f *ProofFile, o *Opening) { f.Proof.Index = 99 }},
		{"The proof does not lead from leaf 6", func(f *ProofFile, o *Opening) { f.Leaf.Time++ }},
		{"The proof does not lead from leaf 6", func(f *ProofFile, o *Opening) { f.Leaf.Kind = KindCorrect }},
		{"The proof does not lead from leaf 6", func(f *ProofFile, o *Opening) { f.Proof.Hashes = f.Proof.Hashes[1:] }},
	} {
		o := other.opening
		o.Bytes = bytes.Clone(o.Bytes)
		f := l.file(t, 6, &o)
		c.change(&f, &o)
		file, err := f.Marshal()
		if err != nil {
			t.Fatal(c.says, err)
		}
		if _, err := Verify(file, l.v); fault.KindOf(err) != fault.Corrupt || !strings.HasPrefix(err.Error(), c.says) {
			t.Errorf("want %q, got: %v", c.says, err)
		}
	}
	good := l.bytes(t, 6, &l.opening)
	if _, err := Verify(good, otherKey); fault.KindOf(err) != fault.Corrupt {
		t.Error("another key:", err)
	}
	if _, err := Verify(good, strange); fault.KindOf(err) != fault.Invalid {
		t.Error("a key that is not a log's:", err)
	}
}

func TestProofFileRefused(t *testing.T) {
	t.Parallel()
	l := newTestLog(t)
	good := string(l.bytes(t, 6, &l.opening))
	var m map[string]string
	if err := json.Unmarshal([]byte(good), &m); err != nil {
		t.Fatal(err)
	}
	without := func(names ...string) string {
		c := map[string]string{}
		for k, v := range m {
			c[k] = v
		}
		for _, n := range names {
			delete(c, n)
		}
		b, _ := json.Marshal(c)
		return string(b)
	}
	if _, err := Verify([]byte(without()), l.v); err != nil {
		t.Error("order of members and escapes should not matter:", err)
	}
	for name, bad := range map[string]string{
		"empty": "", "null": "null", "array": "[]", "number": "1", "cut": good[:len(good)/2], "twice": good + good,
		"no format": without("format"), "no leaf": without("leaf"), "no proof": without("proof"), "no salt": without("salt"),
		"no manifest": without("manifest"), "no bytes": without("bytes"),
		"another case":   strings.Replace(good, `"salt"`, `"Salt"`, 1),
		"member twice":   strings.Replace(good, `{"format"`, `{"leaf":"x","format"`, 1),
		"unknown member": strings.Replace(good, `{"format"`, `{"note":"x","format"`, 1),
		"nested":         strings.Replace(good, `"format":"jarchi/proof/v1"`, `"format":{"a":[1]}`, 1),
		"null member":    strings.Replace(good, `"format":"jarchi/proof/v1"`, `"format":null`, 1),
		"other format":   strings.Replace(good, `/proof/v1`, `/proof/v2`, 1),
		"salt too short": strings.Replace(good, m["salt"], m["salt"][:40], 1),
		"base64 breaks":  strings.Replace(good, m["bytes"], m["bytes"][:8]+`\n`+m["bytes"][8:], 1),
		"base64 bits":    strings.Replace(good, m["salt"], strings.Replace(m["salt"], m["salt"][42:], "B=", 1), 1),
		"huge":           good + strings.Repeat(" ", MaxProofFile),
		"deep":           strings.Repeat(`{"leaf":`, 100_000),
	} {
		_, err := Verify([]byte(bad), l.v)
		if k := fault.KindOf(err); err == nil || k != fault.Invalid && k != fault.TooLarge && k != fault.Unsupported && k != fault.Corrupt {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// No flipped byte in any part of the file passes.
func TestVerifyEveryByte(t *testing.T) {
	t.Parallel()
	l := newTestLog(t)
	for _, good := range [][]byte{l.bytes(t, 6, &l.opening), l.bytes(t, 9, nil)} {
		for i := range good[:len(good)-1] { // the last is a line feed, where any space may stand
			for _, mask := range []byte{1, 32, 128} {
				c := bytes.Clone(good)
				c[i] ^= mask
				if _, err := Verify(c, l.v); err == nil {
					t.Fatalf("byte %d xor %d passes: %s", i, mask, c[max(0, i-20):min(len(c), i+20)])
				}
			}
		}
	}
}

// A file of random manifests and texts verifies, and with any bit of a decoded part changed does not.
func TestVerifyRandom(t *testing.T) {
	t.Parallel()
	s, v := testKeys(testOrigin, "a")
	rapid.Check(t, func(t *rapid.T) {
		o := Opening{Manifest: drawManifest(t), Salt: Salt(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "salt")), Bytes: rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "bytes")}
		o.Manifest.SHA256, o.Manifest.Length = sha256.Sum256(o.Bytes), int64(len(o.Bytes))
		c := Commit(o.Salt, o.Manifest)
		leaf := Leaf{V: 1, Kind: KindRelease, ID: o.Manifest.Item, Version: o.Manifest.Version, Time: 1767341000, Commit: c[:]}
		data, err := leaf.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		n := rapid.IntRange(1, 40).Draw(t, "size")
		at := rapid.IntRange(0, n-1).Draw(t, "index")
		leaves := testLeaves(n)
		leaves[at] = data
		var m mem
		head := m.add(t, leaves...)
		cp, err := SignCheckpoint(testOrigin, head, s)
		if err != nil {
			t.Fatal(err)
		}
		p, err := Prove(context.Background(), &m, int64(at), head, cp)
		if err != nil {
			t.Fatal(err)
		}
		file, err := ProofFile{Leaf: leaf, Proof: p, Opening: &o}.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Verify(file, v); err != nil {
			t.Fatal(err)
		}
		var parts map[string]string
		if err := json.Unmarshal(file, &parts); err != nil {
			t.Fatal(err)
		}
		part := rapid.SampledFrom([]string{"manifest", "salt", "bytes", "leaf", "proof"}).Draw(t, "part")
		raw := []byte(parts[part])
		coded := part == "salt" || part == "bytes"
		if coded {
			raw, _ = base64.StdEncoding.DecodeString(parts[part])
		}
		if len(raw) == 0 {
			return
		}
		raw[rapid.IntRange(0, len(raw)-1).Draw(t, "at")] ^= byte(1) << rapid.IntRange(0, 7).Draw(t, "bit")
		parts[part] = string(raw)
		if coded {
			parts[part] = base64.StdEncoding.EncodeToString(raw)
		}
		changed, _ := json.Marshal(parts)
		if _, err := Verify(changed, v); err == nil {
			t.Fatalf("a changed %s passes", part)
		}
	})
}

func FuzzVerify(f *testing.F) {
	l := newTestLog(f)
	f.Add(l.bytes(f, 6, &l.opening))
	f.Add(l.bytes(f, 9, nil))
	f.Add([]byte(`{"format":"jarchi/proof/v1","leaf":"","proof":""}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := Verify(data, l.v)
		if err != nil {
			return
		}
		leaf, _ := got.Leaf.Marshal()
		if got.Head != l.head || !bytes.Equal(leaf, l.leaves[got.Index]) {
			t.Fatalf("proven something that is not in the log: %+v", got)
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	l := newTestLog(b)
	file := l.bytes(b, 6, &l.opening)
	for b.Loop() {
		if _, err := Verify(file, l.v); err != nil {
			b.Fatal(err)
		}
	}
}
