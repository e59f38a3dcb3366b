package main

import (
	"bytes"
	"crypto/sha256"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	xtlog "golang.org/x/mod/sumdb/tlog"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/tlog"
)

// proofFiles makes a log of two leaves, a release and its withdrawal, and the proof file of each.
func proofFiles(t *testing.T, text []byte) (vkey string, released, withdrawn []byte) {
	t.Helper()
	skey, vkey, err := tlog.GenerateKey("press.example/log/public")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := tlog.Signer(skey)
	if err != nil {
		t.Fatal(err)
	}
	const item, release = "aaaaaaaaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbbbbbbbb"
	o := &tlog.Opening{Salt: tlog.NewSalt(), Bytes: text, Manifest: tlog.Manifest{
		Release: release, Item: item, Version: 1, Language: "kk", Audience: "public", SHA256: sha256.Sum256(text), Length: int64(len(text)),
	}}
	commit := tlog.Commit(o.Salt, o.Manifest)
	leaves := []tlog.Leaf{
		{Kind: tlog.KindRelease, ID: item, Version: 1, Time: 1767341000, Commit: commit[:]},
		{Kind: tlog.KindWithdraw, ID: item, Version: 1, Time: 1767342000},
	}
	var data [][]byte
	for _, l := range leaves {
		b, err := l.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		data = append(data, b)
	}
	hashes, head, err := tlog.Grow(tlog.EmptyHead(), data, nil)
	if err != nil {
		t.Fatal(err)
	}
	checkpoint, err := tlog.SignCheckpoint("press.example/log/public", head, signer)
	if err != nil {
		t.Fatal(err)
	}
	stored := xtlog.HashReaderFunc(func(positions []int64) (out []tlog.Hash, err error) {
		for _, p := range positions {
			out = append(out, hashes[p].Hash)
		}
		return out, nil
	})
	var files [2][]byte
	for i, l := range leaves {
		path, err := xtlog.ProveRecord(head.Size, int64(i), stored)
		if err != nil {
			t.Fatal(err)
		}
		f := tlog.ProofFile{Leaf: l, Proof: tlog.Proof{Index: int64(i), Hashes: path, Checkpoint: checkpoint}}
		if i == 0 {
			f.Opening = o
		}
		if files[i], err = f.Marshal(); err != nil {
			t.Fatal(err)
		}
	}
	return vkey, files[0], files[1]
}

func TestVerifyCommand(t *testing.T) {
	t.Parallel()
	text := []byte(`{"headlines":[{"value":"Көпір ашылды"}]}`)
	vkey, released, withdrawn := proofFiles(t, text)
	otherKey, _, _ := proofFiles(t, text)
	changed := bytes.Replace(released, []byte("version 1"), []byte("version 2"), 1)
	dir := t.TempDir()
	for name, data := range map[string][]byte{"released": released, "withdrawn": withdrawn, "changed": changed} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(stdin []byte, args ...string) (out, talk string, err error) {
		var cli struct {
			Verify VerifyCmd `cmd:""`
		}
		p, err := kong.New(&cli, kong.Writers(io.Discard, io.Discard), kong.Exit(func(int) {}))
		if err != nil {
			t.Fatal(err)
		}
		k, err := p.Parse(append([]string{"verify"}, args...))
		if err != nil {
			t.Fatal(err)
		}
		var o, e bytes.Buffer
		err = k.Run(&Stdio{In: bytes.NewReader(stdin), Out: &o, Err: &e})
		return o.String(), e.String(), err
	}

	out, _, err := run(nil, filepath.Join(dir, "released"), "--key", vkey)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Verified. press.example released aaaaaaaaaaaaaaaaaaaaaaaaaa, version 1, in kk.", "2026-01-02 08:03:20 UTC", "leaf 0, counted from 0, of the log press.example/log/public, in its signed tree of 2 leaves", "- that the content is true", "not yet cosigned by a witness"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if again, _, err := run(released, "-", "--key", vkey); err != nil || again != out {
		t.Error("from standard input:", again, err)
	}
	if out, talk, err := run(released, "-", "--key", vkey, "--bytes"); err != nil || out != string(text) || !strings.HasPrefix(talk, "Verified.") {
		t.Error("--bytes:", out, talk, err)
	}
	out, _, err = run(nil, filepath.Join(dir, "withdrawn"), "--key", vkey)
	if err != nil || !strings.Contains(out, "press.example withdrew aaaa") || !strings.Contains(out, "what the text said") {
		t.Error(out, err)
	}
	if _, _, err := run(withdrawn, "-", "--key", vkey, "--bytes"); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	for _, c := range []struct {
		file, key string
		kind      fault.Kind
		says      string
	}{
		{"changed", vkey, fault.Corrupt, "does not commit to this manifest"},
		{"released", otherKey, fault.Corrupt, "no signature by the key"},
		{"released", "nonsense", fault.Invalid, "not a verifier key"},
		{"missing", vkey, fault.Invalid, "missing cannot be read"},
		{".", vkey, fault.Invalid, "cannot be read"},
	} {
		out, _, err := run(nil, filepath.Join(dir, c.file), "--key", c.key)
		if fault.KindOf(err) != c.kind || err == nil || !strings.Contains(err.Error(), c.says) || out != "" {
			t.Errorf("%s: %v\n%s", c.file, err, out)
		}
	}
}
