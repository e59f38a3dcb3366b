package sources

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"jarchi.dev/jarchi/internal/source"
)

func TestAfterIsBounded(t *testing.T) {
	t.Parallel()
	all := imap.UIDSet{{Start: 1, Stop: 1<<32 - 1}, {Start: 0, Stop: 0}, {Start: 5, Stop: 0}}
	if got := after(all, 7, 3, false); fmt.Sprint(got) != "[8 9 10]" {
		t.Error(got)
	}
	if got := after(all, 7, 2, true); fmt.Sprint(got) != "[4294967294 4294967295]" {
		t.Error(got)
	}
	if got := after(all, 1<<32-1, 2, false); len(got) != 0 {
		t.Error(got)
	}
	var odd imap.UIDSet
	for i := range imap.UID(5000) {
		odd = append(odd, imap.UIDRange{Start: 10001 - 2*i, Stop: 10001 - 2*i})
	}
	if got := after(odd, 3, 3, false); fmt.Sprint(got) != "[5 7 9]" {
		t.Error(got)
	}
	if got := after(odd, 3, 2, true); fmt.Sprint(got) != "[9999 10001]" {
		t.Error(got)
	}
}

// liar is a mail server that answers a search as it likes.
func liar(t *testing.T, search func(c net.Conn, tag string) error) (port string, ca *x509.CertPool) {
	t.Helper()
	certs := httptest.NewUnstartedServer(nil)
	certs.StartTLS()
	t.Cleanup(certs.Close)
	ca = x509.NewCertPool()
	ca.AddCert(certs.Certificate())
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: certs.TLS.Certificates})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				fmt.Fprint(c, "* OK [CAPABILITY IMAP4rev1] here\r\n")
				for in := bufio.NewScanner(c); in.Scan(); {
					tag, what, _ := strings.Cut(in.Text(), " ")
					switch {
					case strings.HasPrefix(what, "SELECT"), strings.HasPrefix(what, "EXAMINE"):
						fmt.Fprint(c, "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] as it stands\r\n")
					case strings.HasPrefix(what, "UID SEARCH"):
						if search(c, tag) != nil {
							return
						}
					}
					fmt.Fprintf(c, "%s OK done\r\n", tag)
				}
			}()
		}
	}()
	_, port, _ = net.SplitHostPort(l.Addr().String())
	return port, ca
}

func TestMailServerThatLies(t *testing.T) {
	t.Parallel()
	var said atomic.Int64
	for name, c := range map[string]struct {
		search func(net.Conn, string) error
		ok     func(source.Watched) bool
	}{
		"more messages than there are numbers": {func(c net.Conn, tag string) error {
			_, err := fmt.Fprintf(c, "* ESEARCH (TAG \"%s\") UID ALL 1:4294967295\r\n", tag)
			return err
		}, func(r source.Watched) bool { return r.UID > 4e9 && r.Errors == 0 }},
		"the number that stands for the last": {func(c net.Conn, _ string) error {
			_, err := fmt.Fprint(c, "* SEARCH 0 5\r\n")
			return err
		}, func(r source.Watched) bool { return r.UID == 5 && r.Errors == 0 }},
		"an answer without end": {func(c net.Conn, _ string) error {
			line := []byte("* SEARCH" + strings.Repeat(" 3 1", 10_000) + "\r\n")
			for {
				n, err := c.Write(line)
				if said.Add(int64(n)); err != nil {
					return err
				}
			}
		}, func(r source.Watched) bool { return r.Trouble.Code == source.Unreachable }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, time.Second)
			var port string
			port, s.roots = liar(t, c.search)
			s.secret = func(string) (string, error) { return "open sesame", nil }
			s.run()
			src := s.put(source.Source{Address: "imaps://desk@127.0.0.1:" + port + "/INBOX", Kind: source.Mail, Secret: "env:X"})
			s.until(src.ID, func(r source.Watched) bool { return polled(r) && c.ok(r) })
		})
	}
	t.Cleanup(func() {
		if said.Load() > 4*mostWords {
			t.Errorf("%d bytes of an endless answer were read", said.Load())
		}
	})
}

func TestMessageWithAnEmbargoedPartIsHeld(t *testing.T) {
	t.Parallel()
	s := open(t, time.Second)
	m := mailbox(t)
	s.roots = m.ca
	s.secret = func(string) (string, error) { return "open sesame", nil }
	m.arrives(t, "From: a@nurtau.example\nMessage-ID: <h@nurtau.example>\nSubject: Two\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: application/json; name=\"held.json\"\n\n"+
		`{"uri":"urn:h:1","embargoedUntil":"2999-01-01T00:00:00Z","headlines":[{"value":"H"}],"bodies":[{"value":"Nobody reads it yet."}]}`+
		"\n--b\nContent-Type: application/xml; name=\"a.xml\"\nContent-Transfer-Encoding: base64\n\n!!!!not letters of it\n--b--\n")
	s.run()
	src := s.put(source.Source{Address: "imaps://desk@127.0.0.1:" + m.port + "/INBOX", Kind: source.Mail, Secret: "env:X"})
	s.until(src.ID, func(r source.Watched) bool { return polled(r) && r.UID == 1 })
	list, err := s.receive.Quarantined(t.Context(), keeper)
	if err != nil || len(list) == 0 {
		t.Fatalf("%+v, %v", list, err)
	}
	eml := false
	for _, k := range list {
		if strings.HasSuffix(k.Name, ".eml") {
			eml = true
			if k.Held.Year() != 2999 {
				t.Errorf("the message that carries what is under embargo can be read: %+v", k)
			}
		}
	}
	if !eml {
		t.Errorf("the damaged message is not kept: %+v", list)
	}
}

func TestFolderThatALinkTookThePlaceOf(t *testing.T) {
	t.Parallel()
	s := open(t, time.Second)
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in", "sub"), filepath.Join(dir, "out")
	for _, d := range []string{in, out} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(out, "words.txt"), []byte(ruTitle+"\n\n"+ruText), 0o600); err != nil {
		t.Fatal(err)
	}
	s.folders = Folders{"alfa": {filepath.Join(dir, "in")}}
	if err := os.Symlink(in, filepath.Join(dir, "way")); err != nil {
		t.Fatal(err)
	}
	src, err := s.Add(t.Context(), keeper, source.Source{Address: "file://" + filepath.Join(dir, "way"), Kind: source.Folder}, "u")
	if err != nil || src.Address != "file://"+in {
		t.Fatalf("a link that leads where it may: %q, %v", src.Address, err)
	}
	if err := os.Remove(in); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(out, in); err != nil {
		t.Fatal(err)
	}
	s.run()
	if r := s.until(src.ID, polled); r.Trouble.Code != source.NoFolder || r.Errors == 0 {
		t.Errorf("a folder elsewhere is read: %+v", r)
	}
	if _, err := os.Stat(filepath.Join(out, "words.txt")); err != nil {
		t.Error(err)
	}
}

func TestFileThatIsReplacedOrAPipe(t *testing.T) {
	t.Parallel()
	s := open(t, time.Second)
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if err := root.Mkdir(doneFolder, 0o700); err != nil {
		t.Fatal(err)
	}
	write := func(text string) fs.FileInfo {
		if err := root.WriteFile("news.xml", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		i, err := root.Stat("news.xml")
		if err != nil {
			t.Fatal(err)
		}
		return i
	}
	read := write("one")
	write("the next one")
	s.move(root, "news.xml", doneFolder, strings.Repeat("a", 64), source.File{Size: read.Size(), Mod: read.ModTime().UnixNano()})
	left, _ := filepath.Glob(filepath.Join(dir, "news-*.xml"))
	done, _ := filepath.Glob(filepath.Join(dir, doneFolder, "*"))
	if len(left) != 1 || len(done) != 0 {
		t.Errorf("a file that was never read is put away: %v, %v", left, done)
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.txt"), 0o600); err != nil {
		t.Skip(err)
	}
	if _, _, ok, err := readFile(root, "pipe.txt", source.File{}); ok || err != nil {
		t.Errorf("a pipe is read, or told as what cannot be: %v", err)
	}
	root.Close()
	if _, _, ok, err := readFile(root, "pipe.txt", source.File{}); ok || !errors.Is(err, errBarred) || strings.Contains(err.Error(), dir) {
		t.Errorf("what cannot be opened: %v", err)
	}
}
