package outbound

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/testkit/sshserver"
)

// filesHost is a server of SSH whose folders drops are made of.
type filesHost struct{ *sshserver.Server }

func (h filesHost) drop(t *testing.T, dir string, more ...func(*DropPlace)) *Drop {
	t.Helper()
	p := DropPlace{Address: "sftp://wire@" + h.Address + dir, HostKey: string(ssh.MarshalAuthorizedKey(h.Key.PublicKey())), Password: "open"}
	for _, f := range more {
		f(&p)
	}
	d, err := NewDrop(p)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// openSSH serves them by the program that sshd runs, where this machine has it.
func openSSH(t *testing.T) func(io.ReadWriteCloser) {
	for _, at := range []string{"/usr/lib/openssh/sftp-server", "/usr/libexec/openssh/sftp-server", "/usr/libexec/sftp-server", "/usr/lib/ssh/sftp-server", "/usr/lib/sftp-server"} {
		if _, err := os.Stat(at); err == nil {
			return func(c io.ReadWriteCloser) {
				cmd := exec.Command(at)
				cmd.Stdin, cmd.Stdout = c, c
				_ = cmd.Run()
			}
		}
	}
	t.Skip("this machine has no sftp-server of OpenSSH")
	return nil
}

func begun() error { return nil }

// TestDrop: a file appears whole, is replaced by its own alone, and whatever else is there stays as it is; a server that is not the one that was pinned is told nothing.
func TestDrop(t *testing.T) {
	t.Parallel()
	for name, serve := range map[string]func(*testing.T) func(io.ReadWriteCloser){"library": func(*testing.T) func(io.ReadWriteCloser) { return sshserver.Library }, "OpenSSH": openSSH} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mine, private := sshserver.NewKey(t)
			h := filesHost{sshserver.New(t, mine.PublicKey(), serve(t))}
			dir := t.TempDir()
			d := h.drop(t, dir)
			read := func(name string) string {
				b, _ := os.ReadFile(filepath.Join(dir, name))
				return string(b)
			}
			if err := d.Try(t.Context()); err != nil {
				t.Fatal(err)
			}
			began := 0
			begin := func() error { began++; return nil }
			long := strings.Repeat("Words. ", 100_000)
			for i, text := range []string{"One", long, "Three"} {
				if err := d.Put(t.Context(), "a.json", []byte(text), i > 0, begin); err != nil || read("a.json") != text || began != 1 {
					t.Fatal(i, err, began)
				}
			}
			if err := d.Put(t.Context(), "a.json", []byte("Other"), false, begin); !errors.Is(err, ErrTaken) || read("a.json") != "Three" {
				t.Error(err, read("a.json"))
			}
			if err := os.Mkdir(filepath.Join(dir, "b.json"), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := d.Put(t.Context(), "b.json", []byte("Other"), true, begin); !errors.Is(err, ErrTaken) {
				t.Error(err)
			}
			if err := d.Put(t.Context(), "c.json", []byte("Never"), false, func() error { return errors.New("no") }); err == nil || read("c.json") != "" {
				t.Error("written although it was not begun", err)
			}
			if all, err := os.ReadDir(dir); err != nil || len(all) != 2 {
				t.Errorf("%v, %v", all, err)
			}
			for _, bad := range []string{"", "../x", "a/b", ".x"} {
				if err := d.Put(t.Context(), bad, nil, true, begin); err == nil {
					t.Errorf("%q", bad)
				}
			}
			byKey := h.drop(t, dir, func(p *DropPlace) { p.Password, p.Key = "", private })
			if err := byKey.Try(t.Context()); err != nil {
				t.Error(err)
			}
			if err := h.drop(t, dir, func(p *DropPlace) { p.Password = "wrong" }).Try(t.Context()); fault.KindOf(err) != fault.Unavailable {
				t.Error(err)
			}
			if err := h.drop(t, filepath.Join(dir, "nowhere")).Try(t.Context()); fault.KindOf(err) != fault.Unavailable {
				t.Error(err)
			}

			print, line, err := HostKey(t.Context(), "sftp://wire@"+h.Address+"/")
			if err != nil || print != ssh.FingerprintSHA256(h.Key.PublicKey()) || !strings.HasPrefix(line, "ssh-ed25519 ") {
				t.Error(print, line, err)
			}
			was := h.Logins.Load()
			other, _ := sshserver.NewKey(t)
			err = h.drop(t, dir, func(p *DropPlace) { p.HostKey = string(ssh.MarshalAuthorizedKey(other.PublicKey())) }).Put(t.Context(), "d.json", []byte("Secret"), false, begin)
			if !errors.Is(err, ErrHostKey) || h.Logins.Load() != was || read("d.json") != "" {
				t.Error(err)
			}
		})
	}
}

// answers is a server of SFTP that reads requests and says what it is told to.
func answers(say func(kind byte, id uint32) []byte) func(io.ReadWriteCloser) {
	return func(c io.ReadWriteCloser) {
		for {
			var head [9]byte
			if _, err := io.ReadFull(c, head[:]); err != nil {
				return
			}
			n := binary.BigEndian.Uint32(head[:4])
			if n < 5 || n > 1<<20 {
				return
			}
			if _, err := io.CopyN(io.Discard, c, int64(n)-5); err != nil {
				return
			}
			b := say(head[4], binary.BigEndian.Uint32(head[5:]))
			if b == nil {
				continue
			}
			if _, err := c.Write(b); err != nil {
				return
			}
		}
	}
}

func packet(kind byte, rest ...any) []byte {
	b := []byte{0, 0, 0, 0, kind}
	for _, x := range rest {
		switch x := x.(type) {
		case uint32:
			b = binary.BigEndian.AppendUint32(b, x)
		case uint64:
			b = binary.BigEndian.AppendUint64(b, x)
		case string:
			b = append(binary.BigEndian.AppendUint32(b, uint32(len(x))), x...)
		}
	}
	binary.BigEndian.PutUint32(b, uint32(len(b)-4))
	return b
}

// TestDropHostile: a server that lies about a size, answers what nobody asked, announces packets without end or says nothing ends the try with a fault, in its time and without memory.
func TestDropHostile(t *testing.T) {
	t.Parallel()
	const (
		version, status, handle, attrs = 2, 101, 102, 105
		open, closeIt, lstat, fstat    = 3, 4, 7, 8
	)
	usual := func(kind byte, id uint32) []byte {
		switch kind {
		case 1:
			return packet(version, uint32(3))
		case lstat:
			return packet(status, id, uint32(2), "none", "en")
		case open:
			return packet(handle, id, "h")
		case fstat:
			return packet(attrs, id, uint32(1), uint64(5))
		}
		return packet(status, id, uint32(0), "ok", "en")
	}
	for name, x := range map[string]struct {
		say func(kind byte, id uint32) []byte
		ok  bool
	}{
		"as it should": {usual, true},
		"another size": {func(kind byte, id uint32) []byte {
			if kind == fstat {
				return packet(attrs, id, uint32(1), uint64(1)<<62)
			}
			return usual(kind, id)
		}, false},
		"a packet of 4 GB": {func(kind byte, id uint32) []byte {
			if kind == open {
				return []byte{0xff, 0xff, 0xff, 0xff, handle}
			}
			return usual(kind, id)
		}, false},
		"a string longer than its packet": {func(kind byte, id uint32) []byte {
			if kind == open {
				return append([]byte{0, 0, 0, 9, handle, byte(id >> 24), byte(id >> 16), byte(id >> 8), byte(id)}, 0xff, 0xff, 0xff, 0xff)[:13]
			}
			return usual(kind, id)
		}, false},
		"another's answer": {func(kind byte, id uint32) []byte {
			if kind == open {
				return packet(handle, id+7, "h")
			}
			return usual(kind, id)
		}, false},
		"a version of its own": {func(kind byte, id uint32) []byte { return packet(version, uint32(99)) }, false},
		"no answer to a write": {func(kind byte, id uint32) []byte {
			if kind == 6 {
				return nil
			}
			return usual(kind, id)
		}, false},
		"words without end": {func(kind byte, id uint32) []byte {
			b := packet(status, id+1, uint32(0), strings.Repeat("x", 60_000), "")
			for range 6 {
				b = append(b, b...)
			}
			return b
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := filesHost{sshserver.New(t, nil, answers(x.say))}
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			began := time.Now()
			err := h.drop(t, "/in").Put(ctx, "a.json", []byte("Words"), false, begun)
			if (err == nil) != x.ok || err != nil && fault.KindOf(err) != fault.Unavailable || time.Since(began) > 10*time.Second {
				t.Errorf("%v after %s", err, time.Since(began))
			}
		})
	}
	t.Run("silence", func(t *testing.T) {
		t.Parallel()
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		h := filesHost{sshserver.New(t, nil, sshserver.Library)}
		h.Address = l.Addr().String()
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		if err := h.drop(t, "/in").Try(ctx); fault.KindOf(err) != fault.Unavailable {
			t.Error(err)
		}
		if _, _, err := HostKey(ctx, "sftp://wire@"+h.Address+"/"); fault.KindOf(err) != fault.Unavailable {
			t.Error(err)
		}
	})
}

// FuzzDrop: whatever a server answers, a try ends, by a fault at worst.
func FuzzDrop(f *testing.F) {
	f.Add([]byte{2, 0, 0, 0, 3, 101, 0, 0, 0, 1, 0, 0, 0, 2}, byte(14), byte(9))
	f.Add([]byte("\x02\x00\x00\x00\x03\x65\x00\x00\x00\x01\x00\x00\x00\x02\x66\x00\x00\x00\x02\x00\x00\x00\x01h\x65\x00\x00\x00\x03\x00\x00\x00\x00"), byte(5), byte(9))
	f.Add([]byte{2, 0, 0, 0, 3, 105, 0, 0, 0, 1, 255, 255, 255, 255, 0, 1}, byte(5), byte(11))
	f.Fuzz(func(t *testing.T, says []byte, first, each byte) {
		mine, theirs := net.Pipe()
		defer mine.Close()
		go func() { // an answer to each request, of the right length and cut from what is said
			defer theirs.Close()
			left, n := says, int(first)
			answers(func(byte, uint32) []byte {
				if len(left) == 0 {
					theirs.Close()
					return nil
				}
				cut := left[:min(max(n, 1), len(left))]
				left, n = left[len(cut):], int(each)
				return append(binary.BigEndian.AppendUint32(nil, uint32(len(cut))), cut...)
			})(theirs)
		}()
		_ = mine.SetDeadline(time.Now().Add(2 * time.Second))
		_ = done(func() error {
			c, err := sftp.NewClientPipe(mine, mine, sftp.UseConcurrentWrites(false))
			if err != nil {
				return err
			}
			defer c.Close()
			return put(c, "/in", "a.json", []byte("Words"), true, begun)
		})
	})
}

// TestDropPlace: what does not name a folder, or has a secret where it would be seen, is refused.
func TestDropPlace(t *testing.T) {
	t.Parallel()
	key, private := sshserver.NewKey(t)
	good := DropPlace{Address: "sftp://wire@files.example/in", HostKey: string(ssh.MarshalAuthorizedKey(key.PublicKey())), Key: private}
	if d, err := NewDrop(good); err != nil || d.port != "22" || d.dir != "/in" || d.Name() != good.Address {
		t.Fatal(d, err)
	}
	for address, dir := range map[string]string{"sftp://a@b/~/in": "in", "sftp://a@b/~": ".", "sftp://a@b": "/", "sftp://a@b/x/../../in": "/in", "sftp://a@b/~/../in": "/in"} {
		p := good
		p.Address = address
		if d, err := NewDrop(p); err != nil || d.dir != dir {
			t.Errorf("%s: %+v %v", address, d, err)
		}
	}
	for _, f := range []func(*DropPlace){
		func(p *DropPlace) { p.Address = "https://files.example/in" }, func(p *DropPlace) { p.Address = "sftp://files.example/in" }, func(p *DropPlace) { p.Address = "sftp://wire:word@files.example/in" },
		func(p *DropPlace) { p.HostKey = "" }, func(p *DropPlace) { p.HostKey = "ssh-ed25519 AAAA" }, func(p *DropPlace) { p.HostKey += p.HostKey }, func(p *DropPlace) { p.Key = "" }, func(p *DropPlace) { p.Key = "key" },
	} {
		p := good
		f(&p)
		if _, err := NewDrop(p); fault.KindOf(err) != fault.Invalid || err != nil && strings.Contains(err.Error(), "word@") {
			t.Errorf("%+v: %v", p.Address, err)
		}
	}
}
