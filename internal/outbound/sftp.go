package outbound

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path"
	"strings"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"jarchi.dev/jarchi/internal/fault"
)

// Bounds of one conversation with a server of files.
const (
	dropTime    = 45 * time.Second // of all of it
	dropTalk    = 1 << 20          // bytes that the server may say
	maxDropFile = 64 << 10         // bytes of the file that names the server
)

// The causes of faults of a Drop by which the caller tells one from another.
var (
	ErrHostKey = errors.New("another host key than the one that was pinned")
	ErrTaken   = errors.New("a file of this name is there that is not ours")
	// ErrUnwritable: the server has let us in and refuses the file: no such folder, no right, no room (which its protocol has no word for).
	ErrUnwritable = errors.New("the server takes no file in this folder")
)

// Drop writes files into one folder of one server by SFTP (SSH, RFC 4251 to 4254; the file protocol in its version 3, as OpenSSH speaks it), which the operator has named, on whatever
// network it stands. The server is known by the host key that the operator has seen. It is safe for use by several goroutines; each call is a connection of its own.
type Drop struct {
	at   DropPlace
	dir  string
	host string
	port string
	user string
	key  ssh.PublicKey // the pinned one
	auth []ssh.AuthMethod
}

// DropPlace is the file that names a server and holds what is needed to log in there. It is the operator's, as a password's file is.
type DropPlace struct {
	Address  string `json:"address"` // sftp://user@host:22/folder; /~/folder is below the folder in which a login begins
	HostKey  string `json:"hostKey"` // as in authorized_keys: kind and key
	Password string `json:"password,omitempty"`
	Key      string `json:"key,omitempty"` // a private key, as ssh-keygen writes it, without a passphrase
}

// ReadDrop reads such a file. The fault is Invalid, with the flag's name.
func ReadDrop(file string) (*Drop, error) {
	b, err := os.ReadFile(file)
	if err != nil || len(b) > maxDropFile {
		return nil, fault.Field("--delivery-sftp", "The file %s cannot be read.", file).Because(err)
	}
	var p DropPlace
	if err := json.Unmarshal(b, &p); err != nil {
		return nil, fault.Field("--delivery-sftp", "The file %s is none that 'jarchi delivery sftp' has written.", file).Because(err)
	}
	return NewDrop(p)
}

// NewDrop makes the client of a place. The fault is Invalid.
func NewDrop(p DropPlace) (*Drop, error) {
	d := &Drop{at: p}
	if err := d.address(); err != nil {
		return nil, err
	}
	key, _, _, rest, err := ssh.ParseAuthorizedKey([]byte(p.HostKey))
	if err != nil || len(bytes.TrimSpace(rest)) > 0 {
		return nil, fault.Field("--host-key", "The host key of %s cannot be read.", d.host).Because(err)
	}
	d.key = key
	if p.Key != "" {
		signer, err := ssh.ParsePrivateKey([]byte(p.Key))
		if missing := (*ssh.PassphraseMissingError)(nil); errors.As(err, &missing) {
			return nil, fault.Field("--key-file", "This key has a passphrase, and nobody is there to type it. Make one without, for this alone.")
		}
		if err != nil {
			return nil, fault.Field("--key-file", "This is no private key that can be read.")
		}
		d.auth = append(d.auth, ssh.PublicKeys(signer))
	}
	if p.Password != "" {
		d.auth = append(d.auth, ssh.Password(p.Password))
	}
	if len(d.auth) == 0 {
		return nil, fault.Field("--key-file", "Say how to log in: --key-file, or a password in JARCHI_SFTP_PASSWORD or --password-file.")
	}
	return d, nil
}

func (d *Drop) address() error {
	bad := fault.Field("address", "This names no folder of a server; it must be like sftp://user@files.example/wire.")
	u, err := url.Parse(d.at.Address)
	if err != nil || u.Scheme != "sftp" || u.Hostname() == "" || u.User.Username() == "" || u.Opaque != "" || u.RawQuery != "" || u.Fragment != "" || strings.ContainsAny(u.Path, "\x00\r\n") {
		return bad
	}
	if _, ok := u.User.Password(); ok {
		return fault.Field("address", "Do not write the password here; JARCHI_SFTP_PASSWORD or --password-file has it.")
	}
	if d.host, d.port, d.user = u.Hostname(), u.Port(), u.User.Username(); d.port == "" {
		d.port = "22"
	}
	d.dir = path.Clean("/" + u.Path)
	if below, ok := strings.CutPrefix(d.dir+"/", "/~/"); ok {
		d.dir = path.Clean("./" + below)
	}
	return nil
}

// Name is the address, by which it is chosen: nothing in it is secret.
func (d *Drop) Name() string { return d.at.Address }

// HostKey asks a server for its host key and does nothing else: as it is compared (SHA256:…), and as it is pinned.
func HostKey(ctx context.Context, address string) (fingerprint, line string, err error) {
	d := &Drop{at: DropPlace{Address: address}}
	if err := d.address(); err != nil {
		return "", "", err
	}
	seen := errors.New("seen")
	conn, end, err := d.dial(ctx)
	if err != nil {
		return "", "", err
	}
	defer end()
	_, _, _, err = ssh.NewClientConn(conn, d.host, &ssh.ClientConfig{User: d.user, HostKeyCallback: func(_ string, _ net.Addr, key ssh.PublicKey) error {
		fingerprint, line = ssh.FingerprintSHA256(key), strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key)))
		return seen
	}})
	if line == "" {
		return "", "", fault.E(fault.Unavailable, "%s does not answer as a server of SSH.", d.host).Because(err)
	}
	return fingerprint, line, nil
}

func (d *Drop) dial(ctx context.Context) (net.Conn, func(), error) {
	ctx, cancel := context.WithTimeout(ctx, dropTime)
	raw, err := DialNamed(ctx, d.host, d.port)
	if err != nil {
		cancel()
		return nil, nil, err
	}
	until, _ := ctx.Deadline()
	c := &talk{Conn: raw, left: dropTalk, end: until}
	_ = c.SetDeadline(until) // fails where it is closed already, which the next step finds
	stop := context.AfterFunc(ctx, func() { raw.Close() })
	return c, func() { stop(); cancel(); raw.Close() }, nil
}

// with logs in, does something in the folder, and leaves.
func (d *Drop) with(ctx context.Context, do func(*sftp.Client) error) error {
	conn, end, err := d.dial(ctx)
	if err != nil {
		return err
	}
	defer end()
	broken := func(err error) error {
		var f *fault.Error
		if errors.As(err, &f) {
			return f
		}
		return fault.E(fault.Unavailable, "%s cannot be used: it does not let us in, or the connection broke off.", d.host).Because(err)
	}
	kinds := []string{d.key.Type()}
	if d.key.Type() == ssh.KeyAlgoRSA {
		kinds = []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256}
	}
	c, news, asks, err := ssh.NewClientConn(conn, d.host, &ssh.ClientConfig{User: d.user, Auth: d.auth, HostKeyAlgorithms: kinds, HostKeyCallback: func(_ string, _ net.Addr, key ssh.PublicKey) error {
		if !bytes.Equal(key.Marshal(), d.key.Marshal()) {
			return fault.E(fault.Conflict, "%s shows another host key (%s) than the one that was pinned (%s). Nothing is sent there.", d.host, ssh.FingerprintSHA256(key), ssh.FingerprintSHA256(d.key)).Because(ErrHostKey)
		}
		return nil
	}})
	if err != nil {
		var none *ssh.AlgorithmNegotiationError
		if errors.As(err, &none) && none.What == "host key" { // it has none of that kind any more
			return fault.E(fault.Conflict, "%s shows another host key than the one that was pinned (%s). Nothing is sent there.", d.host, ssh.FingerprintSHA256(d.key)).Because(ErrHostKey)
		}
		return broken(err)
	}
	client := ssh.NewClient(c, news, asks)
	files, err := sftp.NewClient(client, sftp.UseConcurrentWrites(false))
	if err != nil {
		client.Close()
		return broken(err)
	}
	defer func() {
		client.Close() // first: a server that leaves the channel open would be waited for until the connection's time is over
		files.Close()
	}()
	if err := done(func() error { return do(files) }); err != nil {
		var said *sftp.StatusError
		if errors.As(err, &said) || errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist) {
			return fault.E(fault.Unavailable, "%s takes no file in this folder: it is not there, the right to write is missing, or there is no room.", d.host).Because(errors.Join(ErrUnwritable, err))
		}
		return broken(err)
	}
	return nil
}

// done makes a fault of a crash: what a server says is read by another's code.
func done(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.E(fault.Unavailable, "The server does not speak as it should.").Because(fmt.Errorf("%v", p))
		}
	}()
	return do()
}

// Put writes a file, whole or not at all, under a name without a slash. One that is there is replaced if it is mine, as far as is known; else the cause is ErrTaken and nothing is changed.
// Begin is called before a file comes into being where none was: what holds after a crash is then known to be mine.
func (d *Drop) Put(ctx context.Context, name string, b []byte, mine bool, begin func() error) error {
	if name == "" || name != path.Base(name) || strings.HasPrefix(name, ".") {
		return fault.E(fault.Internal, "%q is not a name of a file", name)
	}
	return d.with(ctx, func(c *sftp.Client) error { return put(c, d.dir, name, b, mine, begin) })
}

func put(c *sftp.Client, dir, name string, b []byte, mine bool, begin func() error) error {
	at, part := path.Join(dir, name), path.Join(dir, "."+name+".new") // begins with a dot: readers pass over it
	was, err := c.Lstat(at)
	there := err == nil
	switch {
	case there && (!mine || !was.Mode().IsRegular()):
		return fault.E(fault.Conflict, "A file of this name is there that is not ours; it stays as it is.").Because(ErrTaken)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := write(c, part, b); err != nil {
		return errors.Join(err, c.Remove(part))
	}
	_, atomic := c.HasExtension("posix-rename@openssh.com")
	switch {
	case !there:
		if err = begin(); err == nil {
			err = c.Rename(part, at) // of version 3: it fails where a file has come meanwhile
		}
	case atomic:
		err = c.PosixRename(part, at)
	default:
		if err = c.Remove(at); err == nil {
			err = c.Rename(part, at)
		}
	}
	if err != nil {
		return errors.Join(err, c.Remove(part))
	}
	return nil
}

func write(c *sftp.Client, name string, b []byte) error {
	f, err := c.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if _, ok := c.HasExtension("fsync@openssh.com"); ok && err == nil {
		err = f.Sync()
	}
	if err == nil {
		var has os.FileInfo
		if has, err = f.Stat(); err == nil && has.Size() != int64(len(b)) {
			err = errors.New("the server says that the file has another size than what it was sent")
		}
	}
	return errors.Join(err, f.Close())
}

// Try sees whether a file can be written there, and leaves nothing.
func (d *Drop) Try(ctx context.Context) error {
	return d.with(ctx, func(c *sftp.Client) error {
		part := path.Join(d.dir, ".jarchi.new")
		return errors.Join(write(c, part, []byte("Test.\n")), c.Remove(part))
	})
}
