package blob

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log/slog"
	mathrand "math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/outbound"
)

// Bounds of what is asked of a server.
const (
	maxObject = 1 << 30
	maxWhole  = 64 << 20 // read into memory
	atOnce    = 16       // requests
	tries     = 12       // of one request
	firstWait = 50 * time.Millisecond
	longer    = 60               // times the first is the longest
	stallTime = 20 * time.Second // without a byte in either direction
	callTime  = 5 * time.Minute  // a call with all its tries
	eraseTime = time.Minute      // while nobody can put anything
	listMost  = 1000             // names in one answer
	partSize  = 8 << 20          // of what is longer; all but the last must have 5 MB, and there may be 10,000
)

// Bucket keeps files in a bucket of an S3 server, each in one upload, which either is there or is not, under a name that only this
// node can read. What is longer than a part goes in parts, so that what breaks off is one of them. What fails and may pass is tried again, with growing pauses; an answer that breaks off is
// gone on with. It is safe for use by several goroutines.
type Bucket struct {
	at     Place
	server server
	names  names
	turn   chan struct{}
	held   sync.RWMutex // by Hold; for writing while a file is removed
	spool  spool
	stall  time.Duration
	page   int // names in one answer
	part   int // bytes
	fresh  func() (Keys, error)

	mu     sync.Mutex
	keys   Keys
	pauses time.Duration // the first of them, between tries
	log    *slog.Logger
	doubt  atomic.Bool // whether files can be kept was not tried yet, or a call has failed since
	untold bool        // that the keys lack the rights to uploads in parts
}

// BucketOptions are what a bucket needs beside its place.
type BucketOptions struct {
	Keys  Keys
	Fresh func() (Keys, error) // asked for others when the server refuses these, as those that live for a time; may be nil
	Names []byte               // NamesLen random bytes that stay the same for this bucket
	Spool string               // a folder for files while they are read
	Log   *slog.Logger         // nil: slog.Default
}

// OpenBucket makes the store; nothing is asked yet. The fault is Invalid.
func OpenBucket(at Place, o BucketOptions) (*Bucket, error) {
	if o.Keys.Access == "" || o.Keys.Secret == "" {
		return nil, fault.Field("--blobs-key", "Files lie in %s: name a file with its access key and secret key, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.", at)
	}
	if len(o.Names) != NamesLen {
		return nil, fault.E(fault.Internal, "A secret of names has %d bytes.", len(o.Names))
	}
	to, err := outbound.NewOperator(at.host())
	if err != nil {
		return nil, fault.Field("--blobs", "%s cannot be called.", at.host()).Because(err)
	}
	b := &Bucket{at: at, turn: make(chan struct{}, atOnce), stall: stallTime, page: listMost, part: partSize, pauses: firstWait, keys: o.Keys, fresh: o.Fresh, log: o.Log, untold: true}
	if b.log == nil {
		b.log = slog.Default()
	}
	b.server = server{at, b.known, to.Through(maxObject), time.Now}
	b.spool = spool{dir: o.Spool, files: map[string]*spooled{}}
	b.names, err = newNames(o.Names)
	b.doubt.Store(true)
	return b, err
}

// known are the keys that are used.
func (b *Bucket) known() Keys {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.keys
}

// renewed reports whether there are other keys than those that the server refused with this code: files of keys are replaced while the node runs.
func (b *Bucket) renewed(err error, refused Keys) bool {
	switch codeOf(err) {
	case "ExpiredToken", "TokenRefreshRequired", "InvalidToken", "InvalidAccessKeyId", "SignatureDoesNotMatch", accessDenied:
	default:
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.keys != refused {
		return true // somebody asked meanwhile
	}
	if b.fresh == nil {
		return false
	}
	k, err := b.fresh()
	if err != nil || k == b.keys || k.Access == "" || k.Secret == "" {
		return false
	}
	b.keys = k
	return true
}

// Close lets go what is kept on this machine's disk.
func (b *Bucket) Close() error {
	b.spool.forgetAll()
	return nil
}

// Place is where the files are.
func (b *Bucket) Place() Place { return b.at }

func (b *Bucket) key(hash string) string { return b.at.Prefix + b.names.of(hash) }

// Put keeps the bytes and returns their hash: when it returns, the server has said that it has them, and compared them with
// their sums. A crash or an upload that breaks off leaves nothing.
func (b *Bucket) Put(ctx context.Context, data []byte) (string, error) {
	if len(data) > maxObject {
		return "", fault.E(fault.TooLarge, "A file may have %d MB.", maxObject>>20)
	}
	sum, md := sha256.Sum256(data), md5.Sum(data)
	hash := hex.EncodeToString(sum[:])
	key := b.key(hash)
	all, parts := b.composite(data)
	sums := []string{base64.StdEncoding.EncodeToString(sum[:]), all, fmt.Sprintf("%s-%d", all, parts)}
	if there, err := b.there(ctx, key, int64(len(data)), sums); err != nil || there {
		return hash, err
	}
	for range 3 {
		var err error
		if len(data) > b.part {
			err = b.putParts(ctx, key, data)
		} else {
			err = b.try(ctx, "put", key, func(ctx context.Context, alive func()) error {
				return b.server.put(ctx, key, &aliveReader{bytes.NewReader(data), alive}, int64(len(data)), base64.StdEncoding.EncodeToString(md[:]), sums[0], hash)
			})
		}
		if err != nil {
			return "", err
		}
		// Some servers take what came of an upload that broke off on its way for the whole.
		if there, err := b.there(ctx, key, int64(len(data)), sums); err != nil || there {
			return hash, err
		}
	}
	return "", b.problem("put", key, errOther)
}

// putParts uploads in parts. One that fails for good is aborted; what a crash leaves, or an abort that fails, Sweep finds.
func (b *Bucket) putParts(ctx context.Context, key string, data []byte) error {
	var upload string
	err := b.try(ctx, "begin to put", key, func(ctx context.Context, _ func()) (err error) {
		upload, err = b.server.create(ctx, key)
		return err
	})
	if err != nil {
		return err
	}
	var parts []part
	for from := 0; from < len(data) && err == nil; from += b.part {
		piece := data[from:min(from+b.part, len(data))]
		sum, md := sha256.Sum256(piece), md5.Sum(piece)
		err = b.try(ctx, "put a part of", key, func(ctx context.Context, alive func()) error {
			p, err := b.server.part(ctx, key, upload, len(parts)+1, &aliveReader{bytes.NewReader(piece), alive}, int64(len(piece)), base64.StdEncoding.EncodeToString(md[:]), base64.StdEncoding.EncodeToString(sum[:]), hex.EncodeToString(sum[:]))
			if err == nil {
				parts = append(parts, p)
			}
			return err
		})
	}
	if err == nil {
		err = b.try(ctx, "put together", key, func(ctx context.Context, _ func()) error { return b.server.complete(ctx, key, upload, parts) })
	}
	if err == nil || codeOf(err) == noSuchUpload { // its answer was lost, or somebody aborted it: the caller looks whether it is there
		return nil
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), b.stall)
	defer stop()
	_ = b.abort(ctx, key, upload)
	if codeOf(err) == "InvalidPart" { // a part that broke off came after its like: from the beginning
		return nil
	}
	return err
}

func (b *Bucket) abort(ctx context.Context, key, upload string) error {
	return b.try(ctx, "abort an upload of", key, func(ctx context.Context, _ func()) error { return b.server.abort(ctx, key, upload) })
}

// lackUploads tells once that the keys may not list or abort uploads in parts: what broke off of a file stays in the bucket then, unless it ends such uploads itself.
func (b *Bucket) lackUploads(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.untold {
		b.untold = false
		b.log.Warn("the keys lack the right to list or to abort uploads in parts: parts of files whose upload broke off stay in the bucket, also when the file is erased", "bucket", b.at.String(), "error", err)
	}
}

// abortAll aborts every upload in parts of a key that begins so and was begun before a time. Where the keys may not list uploads it is told once and they are left.
func (b *Bucket) abortAll(ctx context.Context, prefix string, before time.Time) (n int, err error) {
	var found []begun
	err = b.try(ctx, "list uploads of", prefix, func(ctx context.Context, alive func()) error {
		found = found[:0]
		return b.server.uploads(ctx, prefix, func(u begun) error {
			alive()
			if len(found) >= 1<<16 {
				return fault.E(fault.TooLarge, "The bucket %s has too many uploads that were not ended.", b.at)
			}
			found = append(found, u)
			return nil
		})
	})
	if noVersions(err) { // a server without uploads in parts has none
		return 0, nil
	}
	if codeOf(err) == accessDenied { // keys from before files went in parts
		b.lackUploads(err)
		return 0, nil
	}
	for _, u := range found {
		if _, ours := b.names.hash(strings.TrimPrefix(u.Key, b.at.Prefix)); err == nil && ours && u.Initiated.Before(before) {
			err = b.abort(ctx, u.Key, u.Upload)
			n++
		}
	}
	return n, err
}

// composite is the sum that a server has of an object that was put in parts: the SHA-256 of those of its parts, in base64, behind which most say their number.
func (b *Bucket) composite(data []byte) (sum string, n int) {
	all := sha256.New()
	for ; len(data) > 0; n++ {
		piece := data[:min(b.part, len(data))]
		sum := sha256.Sum256(piece)
		all.Write(sum[:])
		data = data[len(piece):]
	}
	return base64.StdEncoding.EncodeToString(all.Sum(nil)), n
}

var errOther = errors.New("the server has other bytes than were sent")

// there reports whether the bytes are on the server already.
func (b *Bucket) there(ctx context.Context, key string, size int64, sums []string) (yes bool, err error) {
	err = b.try(ctx, "look for", key, func(ctx context.Context, _ func()) error {
		length, said, err := b.server.head(ctx, key)
		yes = err == nil && length == size && (said == "" || slices.Contains(sums, said)) // not every server says it
		return err
	})
	return yes, err
}

// Get reads the bytes and checks them against their hash.
func (b *Bucket) Get(ctx context.Context, hash string) ([]byte, error) {
	if !valid(hash) {
		return nil, none()
	}
	var buf memory
	if err := b.fetch(ctx, hash, &buf, maxWhole); err != nil {
		return nil, err
	}
	return buf, nil
}

// Open fetches and checks the whole file and opens it; what was read of late is on this machine's disk still.
func (b *Bucket) Open(ctx context.Context, hash string) (io.ReadSeekCloser, error) {
	if !valid(hash) {
		return nil, none()
	}
	return b.spool.open(ctx, hash, func(f *os.File) (int64, error) {
		to := &disk{f: f}
		err := b.fetch(ctx, hash, to, maxObject)
		return to.n, err
	})
}

// target takes the bytes of a file, and may be told to begin again.
type target interface {
	io.Writer
	again() error
}

type memory []byte

func (m *memory) Write(p []byte) (int, error) {
	*m = append(*m, p...)
	return len(p), nil
}

func (m *memory) again() error {
	*m = (*m)[:0]
	return nil
}

type disk struct {
	f *os.File
	n int64
}

func (d *disk) Write(p []byte) (int, error) {
	n, err := d.f.Write(p)
	d.n += int64(n)
	if err != nil {
		err = errors.Join(errDisk, err)
	}
	return n, err
}

// errDisk is for what asking the server again does not help.
var errDisk = errors.New("the disk where files are put while they are read is full or broken")

func (d *disk) again() error {
	d.n = 0
	_, err := d.f.Seek(0, io.SeekStart)
	if err = errors.Join(err, d.f.Truncate(0)); err != nil {
		err = errors.Join(errDisk, err)
	}
	return err
}

// fetch copies a file and checks it. An answer that broke off is gone on with where it did, if the server still has the
// same; bytes with another hash are asked for once more, as they may have been changed on the way.
func (b *Bucket) fetch(ctx context.Context, hash string, to target, max int64) error {
	key := b.key(hash)
	sum := sha256.New()
	var n int64
	var etag string
	wrong := 0
	begin := func() error {
		sum.Reset()
		n, etag = 0, ""
		return to.again()
	}
	if err := begin(); err != nil {
		return err
	}
	return b.try(ctx, "read", key, func(ctx context.Context, alive func()) error {
		resp, err := b.server.get(ctx, key, n, etag)
		if code := codeOf(err); n > 0 && (code == preconditionBad || code == rangeBad) {
			return errors.Join(errOther, begin())
		}
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if n > 0 && !strings.HasPrefix(resp.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-", n)) {
			if err := begin(); err != nil { // it sends the whole again
				return err
			}
		}
		etag = resp.Header.Get("Etag")
		got, err := io.Copy(io.MultiWriter(to, sum), io.LimitReader(&aliveBody{resp.Body, alive}, max-n+1))
		if n += got; n > max {
			return fault.E(fault.TooLarge, "The stored document %s has more than %d MB.", hash, max>>20)
		}
		if err != nil {
			if etag == "" {
				err = errors.Join(err, begin())
			}
			return err
		}
		if hex.EncodeToString(sum.Sum(nil)) == hash {
			return nil
		}
		if wrong++; wrong == 2 {
			return damaged(hash)
		}
		return errors.Join(errOther, begin())
	})
}

// Hold keeps every file where it is until release is called; see Store.
func (b *Bucket) Hold(context.Context) (release func(), err error) {
	b.held.RLock()
	return b.held.RUnlock, nil
}

// Remove removes the bytes unless they are needed, with every version that the bucket keeps of them and what uploads left of them. A fault says that they
// are not gone, or that it cannot be known; of uploads that the keys may not list the log tells once.
func (b *Bucket) Remove(ctx context.Context, hash string, needed func(hash string) (bool, error)) error {
	if !valid(hash) {
		return nil
	}
	b.held.Lock()
	defer b.held.Unlock()
	if yes, err := needed(hash); yes || err != nil {
		return err
	}
	b.spool.forget(hash)
	ctx, stop := context.WithTimeout(ctx, eraseTime)
	defer stop()
	if err := b.remove(ctx, b.key(hash)); err != nil { // first: what lies whole is gone though its uploads cannot be aborted
		return err
	}
	n, err := b.abortAll(ctx, b.key(hash), time.Now().Add(24*time.Hour)) // nobody is putting it now; clocks may differ
	if n > 0 {                                                           // one may have been put together meanwhile
		err = errors.Join(err, b.remove(ctx, b.key(hash)))
	}
	return err
}

// remove removes every version of a name, and looks whether they are gone.
func (b *Bucket) remove(ctx context.Context, key string) error {
	for round := 0; ; round++ {
		var list []object
		err := b.list(ctx, key, true, func(o object) error {
			if o.Key == key {
				list = append(list, o)
			}
			return nil
		})
		if noVersions(err) {
			return b.removeUnversioned(ctx, key)
		}
		if err != nil || len(list) == 0 {
			return err
		}
		if round == 3 {
			return b.problem("remove", key, errors.New("it is still there after it was removed"))
		}
		for _, o := range list {
			if err := b.removeOne(ctx, key, o.Version); err != nil {
				return err
			}
		}
	}
}

// noVersions reports whether a server does not list versions at all.
func noVersions(err error) bool {
	var r *refusal
	return errors.As(err, &r) && (r.Code == notImplemented || r.Status == http.StatusNotImplemented || r.Status == http.StatusMethodNotAllowed)
}

func (b *Bucket) removeOne(ctx context.Context, key, version string) error {
	return b.try(ctx, "remove", key, func(ctx context.Context, _ func()) error {
		return b.server.remove(ctx, key, version)
	})
}

// removeUnversioned is for servers that list no versions: they must say that they keep none.
func (b *Bucket) removeUnversioned(ctx context.Context, key string) error {
	if err := b.removeOne(ctx, key, ""); err != nil {
		return err
	}
	return b.try(ctx, "ask about versions of", key, func(ctx context.Context, _ func()) error {
		kept, err := b.server.versioning(ctx)
		if err == nil && kept != "" {
			return b.problem("remove older versions of", key, fmt.Errorf("versioning is %s and the server does not list versions", kept))
		}
		if noVersions(err) {
			return nil
		}
		return err
	})
}

// list calls do for each object whose key begins so, or for each version of one.
func (b *Bucket) list(ctx context.Context, prefix string, versions bool, do func(object) error) error {
	var listed []object
	err := b.try(ctx, "list", prefix, func(ctx context.Context, alive func()) error {
		listed = listed[:0]
		return b.server.list(ctx, prefix, versions, b.page, func(o object) error {
			if len(listed) >= 1<<20 {
				return fault.E(fault.TooLarge, "The bucket %s has too many files under one prefix.", b.at)
			}
			alive()
			listed = append(listed, o)
			return nil
		})
	})
	if err != nil {
		return err
	}
	for _, o := range listed {
		if err := do(o); err != nil {
			return err
		}
	}
	return nil
}

// Sweep looks through those names that begin with one of 256 pairs of letters; see Store. Names that are not this node's are left alone.
func (b *Bucket) Sweep(ctx context.Context, part byte, before time.Time, needed func(hash string) (bool, error)) (removed int, err error) {
	newest := map[string]time.Time{}
	look := func(o object) error {
		if hash, ok := b.names.hash(strings.TrimPrefix(o.Key, b.at.Prefix)); ok && o.LastModified.After(newest[hash]) {
			newest[hash] = o.LastModified
		}
		return nil
	}
	prefix := fmt.Sprintf("%s%02x", b.at.Prefix, part)
	if err = b.list(ctx, prefix, true, look); noVersions(err) {
		err = b.list(ctx, prefix, false, look)
	}
	if err != nil {
		return 0, err
	}
	if removed, err = b.abortAll(ctx, prefix, before); err != nil {
		return removed, err
	}
	for hash, at := range newest {
		if !at.Before(before) {
			continue
		}
		if yes, err := needed(hash); err != nil {
			return removed, err
		} else if yes { // nearly always: nobody is kept waiting for that
			continue
		}
		gone := false
		err := b.Remove(ctx, hash, func(hash string) (bool, error) {
			yes, err := needed(hash)
			gone = err == nil && !yes
			return yes, err
		})
		if err != nil {
			return removed, err
		}
		if gone {
			removed++
		}
	}
	return removed, nil
}

// Check tries whether a file can be put, read and removed, and an upload in parts begun and aborted. The fault says in words for the operator what does not go;
// it is Unavailable if that may pass, otherwise Invalid. Of the right to abort alone the log tells.
func (b *Bucket) Check(ctx context.Context) error {
	trial := make([]byte, 64)
	rand.Read(trial)
	hash, err := b.Put(ctx, trial)
	if err == nil {
		_, err = b.Get(ctx, hash)
		if rerr := b.Remove(ctx, hash, func(string) (bool, error) { return false, nil }); err == nil {
			err = rerr
		}
	}
	if err == nil {
		err = b.checkUpload(ctx, b.key(hash))
	}
	return b.cannotKeep(err)
}

// Look asks for a file that cannot be there, which costs a server next to nothing; once at first, and when a call has failed since the last look, it is a Check:
// a server that hands out may refuse to take.
func (b *Bucket) Look(ctx context.Context) error {
	if b.doubt.Load() {
		err := b.Check(ctx)
		b.doubt.Store(err != nil) // not what a Check may be refused: to list versions where there are none
		return err
	}
	nothing := make([]byte, sha256.Size)
	rand.Read(nothing)
	key := b.key(hex.EncodeToString(nothing))
	err := b.try(ctx, "look at", key, func(ctx context.Context, _ func()) error {
		resp, err := b.server.get(ctx, key, 0, "")
		if err == nil {
			resp.Body.Close()
		}
		return err
	})
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		b.doubt.Store(true)
	}
	return b.cannotKeep(err)
}

// cannotKeep says it in words for the operator, if it is so.
func (b *Bucket) cannotKeep(err error) error {
	if err == nil {
		return nil
	}
	kind := fault.Invalid
	if passing(err) {
		kind = fault.Unavailable
	}
	return &fault.Error{Kind: kind, Text: fmt.Sprintf("Files cannot be kept in %s: %s.", b.at, hint(err)), Err: errors.Unwrap(err)}
}

// checkUpload begins an upload in parts and aborts it.
func (b *Bucket) checkUpload(ctx context.Context, key string) error {
	var upload string
	err := b.try(ctx, "begin to put", key, func(ctx context.Context, _ func()) (err error) {
		upload, err = b.server.create(ctx, key)
		return err
	})
	if noVersions(err) { // there are none: what is longer than a part is refused when it comes
		return nil
	}
	if err == nil {
		err = b.abort(ctx, key, upload)
	}
	if upload != "" && codeOf(err) == accessDenied {
		b.lackUploads(err)
		return nil
	}
	return err
}

// hint is what an operator may do.
func hint(err error) string {
	var r *refusal
	var cert *tls.CertificateVerificationError
	if errors.As(err, &cert) {
		return "its certificate is for another name, has expired, or is signed by nobody whom this machine knows; SSL_CERT_FILE names a file with authorities of your own"
	}
	if !errors.As(err, &r) {
		return "the server does not answer"
	}
	switch r.Code {
	case noSuchBucket:
		return "there is no such bucket; make it first"
	case "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken":
		return "the server does not know these keys"
	case "RequestTimeTooSkewed":
		return "the clock of this machine and that of the server differ too much"
	case "AuthorizationHeaderMalformed", "PermanentRedirect", "InvalidRegion":
		return "the bucket is in another region"
	case accessDenied:
		return "the keys are wrong, or lack a right: to list the bucket, its versions and uploads, to read, put and delete objects and versions, and to abort uploads; a retention or legal hold that forbids to delete must not be set"
	}
	return "the server refuses"
}

// try does one request until it is done, refused, or too much was tried.
func (b *Bucket) try(ctx context.Context, what, key string, do func(ctx context.Context, alive func()) error) error {
	asker := ctx
	ctx, stop := context.WithTimeout(ctx, callTime)
	defer stop()
	select {
	case b.turn <- struct{}{}:
		defer func() { <-b.turn }()
	case <-ctx.Done():
		return b.problem(what, key, ctx.Err())
	}
	pause := b.pauses
	for n := 1; ; n++ {
		keys := b.known()
		err := b.once(ctx, do)
		var of *fault.Error // of what came, which is damaged: the server has answered
		answered := err == nil || codeOf(err) == noSuchKey || errors.As(err, &of) && of.Kind != fault.Unavailable
		if err == nil {
			return nil
		}
		if !answered && asker.Err() == nil && (n == tries || ctx.Err() != nil || !passing(err)) { // who asked and went away says nothing of the server
			b.doubt.Store(true)
		}
		if n == tries || !passing(err) && !b.renewed(err, keys) || ctx.Err() != nil {
			return b.problem(what, key, err)
		}
		select {
		case <-time.After(pause/2 + mathrand.N(pause)):
		case <-ctx.Done():
			return b.problem(what, key, err)
		}
		pause = min(2*pause, longer*b.pauses)
	}
}

var errStalled = errors.New("nothing came or went for too long")

// once does a request and gives it up when nothing moves.
func (b *Bucket) once(ctx context.Context, do func(ctx context.Context, alive func()) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	timer := time.AfterFunc(b.stall, func() { stop(errStalled) })
	defer timer.Stop()
	err := do(ctx, func() { timer.Reset(b.stall) })
	if err != nil && errors.Is(context.Cause(ctx), errStalled) {
		return errStalled
	}
	return err
}

// passing reports whether trying again may help.
func passing(err error) bool {
	var f *fault.Error
	if errors.As(err, &f) && f.Err == nil || errors.Is(err, errDisk) {
		return false // ours, and final: damaged, too large, a forbidden address
	}
	var r *refusal
	if errors.As(err, &r) {
		switch r.Code {
		case "RequestTimeout", "SlowDown", "BadDigest", "IncompleteBody", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch", "InternalError", "ServiceUnavailable", "OperationAborted", "Throttling":
			return true
		}
		return r.Status/100 == 5 && r.Status != http.StatusNotImplemented || r.Status == http.StatusTooManyRequests || r.Status == http.StatusRequestTimeout
	}
	return true // the network, an answer that broke off or is no XML
}

// problem is what a caller is told: whoever asked reads the sentence, the operator also where it was and why.
func (b *Bucket) problem(what, key string, err error) error {
	if codeOf(err) == noSuchKey {
		return none()
	}
	var f *fault.Error
	if errors.As(err, &f) && f.Kind != fault.Unavailable {
		return err
	}
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		err = errors.New("the answer is not that of an S3 server, or broke off")
	}
	return fault.E(fault.Unavailable, "The store of files cannot be reached, or refuses. Try again in a minute; if it stays so, the operator finds the reason in the log.").
		Because(fmt.Errorf("%s %s in %s: %w", what, key, b.at, err))
}

// aliveReader tells that bytes go.
type aliveReader struct {
	*bytes.Reader
	alive func()
}

func (r *aliveReader) Read(p []byte) (int, error) {
	r.alive()
	return r.Reader.Read(p)
}

// aliveBody tells that bytes come.
type aliveBody struct {
	io.Reader
	alive func()
}

func (r *aliveBody) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if n > 0 {
		r.alive()
	}
	return n, err
}
