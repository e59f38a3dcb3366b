package blob_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/signer"
	"pgregory.net/rapid"

	"jarchi.dev/jarchi/internal/blob"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/testkit/bucketserver"
)

// place writes an object past the store.
func place(t testing.TB, at blob.Place, key string, b []byte) {
	t.Helper()
	if _, err := bucketserver.Client(t).PutObject(ctx, at.Bucket, key, bytes.NewReader(b), int64(len(b)), minio.PutObjectOptions{}); err != nil {
		t.Fatal(err)
	}
}

// lying are all versions and delete markers in a bucket.
func lying(t testing.TB, at blob.Place) (keys []string) {
	t.Helper()
	for o := range bucketserver.Client(t).ListObjectsIter(ctx, at.Bucket, minio.ListObjectsOptions{Recursive: true, WithVersions: true}) {
		if o.Err != nil {
			t.Fatal(o.Err)
		}
		keys = append(keys, o.Key)
	}
	return keys
}

// TestRemovedForEver: of what was removed a bucket with versions keeps none, whatever was done to it before.
func TestRemovedForEver(t *testing.T) {
	t.Parallel()
	for _, versioned := range []bool{false, true} {
		at := bucketserver.Bucket(t, versioned)
		b := bucketserver.Open(t, at)
		b.Pages(2) // the list comes in pieces
		hash, err := b.Put(ctx, []byte("words"))
		if err != nil {
			t.Fatal(err)
		}
		other, err := b.Put(ctx, []byte("other words"))
		if err != nil {
			t.Fatal(err)
		}
		for i := range 3 {
			place(t, at, b.Key(hash), []byte{byte(i)})
		}
		if err := bucketserver.Client(t).RemoveObject(ctx, at.Bucket, b.Key(hash), minio.RemoveObjectOptions{}); err != nil { // a delete marker, where there are versions
			t.Fatal(err)
		}
		place(t, at, b.Key(hash)+"0", []byte("not ours"))
		if err := b.Remove(ctx, hash, func(string) (bool, error) { return false, nil }); err != nil {
			t.Fatal(err)
		}
		if keys := lying(t, at); len(keys) != 2 || keys[0] != b.Key(other) && keys[1] != b.Key(other) {
			t.Errorf("versioned %v: left is %v", versioned, keys)
		}
	}
}

// TestNothingIsTold: neither hash nor words are in the names, and another node's names are not taken for ours.
func TestNothingIsTold(t *testing.T) {
	t.Parallel()
	at := bucketserver.Bucket(t, false)
	b := bucketserver.Open(t, at)
	elsewhere, err := blob.OpenBucket(at, blob.BucketOptions{Keys: bucketserver.Keys, Names: bytes.Repeat([]byte{8}, blob.NamesLen), Spool: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	hash, err := b.Put(ctx, []byte("words"))
	if err != nil {
		t.Fatal(err)
	}
	place(t, at, at.Prefix+strings.Repeat("ab", 48), []byte("not ours"))
	place(t, at, "elsewhere", []byte("not ours"))
	parts := []byte{0, 255} // and those in which something lies
	for _, key := range lying(t, at) {
		if strings.Contains(key, hash[:16]) {
			t.Error("the name tells the hash:", key)
		}
		if part, err := hex.DecodeString(strings.TrimPrefix(key, at.Prefix)[:2]); err == nil {
			parts = append(parts, part...)
		}
	}
	if len(parts) < 4 {
		t.Errorf("what lies there is named otherwise: %x", parts)
	}
	if _, err := elsewhere.Get(ctx, hash); fault.KindOf(err) != fault.NotFound {
		t.Error("another node knows the name", err)
	}
	for _, part := range parts {
		if n, err := elsewhere.Sweep(ctx, part, time.Now().Add(time.Hour), func(string) (bool, error) { return false, nil }); n != 0 || err != nil {
			t.Fatal("another node removes what is not its own", n, err)
		}
	}
	if keys := lying(t, at); len(keys) != 3 {
		t.Error(keys)
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	at, err := blob.ParsePlace("s3://files?endpoint=http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	b := bucketserver.Open(t, at)
	rapid.Check(t, func(t *rapid.T) {
		hash := blob.Hash(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))
		name := b.Key(hash)
		if got, ok := b.Hash(name); !ok || got != hash {
			t.Fatal(name, got, ok)
		}
		other := []byte(name)
		other[rapid.IntRange(0, len(other)-1).Draw(t, "at")] = rapid.SampledFrom([]byte("0123456789abcdefABCDEFx/")).Draw(t, "letter")
		if _, ok := b.Hash(string(other)); ok && string(other) != name {
			t.Fatalf("%s is taken for a name of ours", other)
		}
	})
}

func TestParsePlace(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"s3://wire-files?region=eu-central-1":                                           "s3://wire-files?endpoint=https://s3.eu-central-1.amazonaws.com&region=eu-central-1",
		"s3://wire-files/a/b/?endpoint=http://10.0.0.5:9000":                            "s3://wire-files/a/b?endpoint=http://10.0.0.5:9000&region=us-east-1",
		"s3://wire-files/a?endpoint=https://S3.press.example/&region=garage&style=host": "s3://wire-files/a?endpoint=https://s3.press.example&region=garage&style=host",
		"s3://wire-files": "",
		"s3://":           "",
		"https://wire-files?endpoint=http://10.0.0.5":         "",
		"s3://key:secret@wire-files?endpoint=http://10.0.0.5": "",
		"s3://wire-files?endpoint=http://key:secret@10.0.0.5": "",
		"s3://wire-files?endpoint=http://10.0.0.5/path":       "",
		"s3://wire-files?endpoint=ftp://10.0.0.5":             "",
		"s3://wire-files/../x?endpoint=http://10.0.0.5":       "",
		"s3://Wire_Files?endpoint=http://10.0.0.5":            "",
		"s3://wire-files?endpoint=http://10.0.0.5&secret=x":   "",
		"s3://wire-files?region=a&region=b":                   "",
		"s3://wire-files?region=a/b":                          "",
	} {
		p, err := blob.ParsePlace(in)
		if want == "" {
			if fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %+v, %v", in, p, err)
			}
			if err != nil && strings.Contains(err.Error(), "secret@") {
				t.Errorf("%s: the fault repeats the secret: %v", in, err)
			}
			continue
		}
		if err != nil || p.String() != want {
			t.Errorf("%s: %s, %v", in, p, err)
			continue
		}
		if again, err := blob.ParsePlace(p.String()); err != nil || again != p {
			t.Errorf("%s: %+v, %v", p, again, err)
		}
	}
}

// faulty is a server between node and bucket that fails a share of the requests in every way.
type faulty struct {
	t      testing.TB
	to     string // host and port
	share  atomic.Int64
	failed atomic.Int64
	passed atomic.Int64
	mu     sync.Mutex
	row    map[string]int // of each request: how often in a row it failed
}

// between opens the bucket through a faulty server.
func between(t testing.TB, at blob.Place) (*faulty, *blob.Bucket) {
	t.Helper()
	u, err := url.Parse(at.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	f := &faulty{t: t, to: u.Host, row: map[string]int{}}
	srv := httptest.NewServer(f)
	t.Cleanup(srv.Close)
	at.Endpoint = srv.URL
	b := bucketserver.Open(t, at)
	b.Hurry(time.Second, time.Millisecond)
	return f, b
}

// fails says in which of the ways a request fails, 0 for none; at most eight times in a row.
func (f *faulty) fails(r *http.Request) int {
	share := f.share.Load()
	if share == 100 {
		return way(3) // nothing reaches the server
	}
	if mathrand.Int64N(100) >= share {
		return 0
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	what := r.Method + r.URL.String()
	if f.row[what]++; f.row[what] > 8 {
		f.row[what] = 0
		return 0
	}
	return way(7)
}

// way is one of the first n ways to fail. Those that are waited for a second are drawn less often.
func way(n int) int {
	how := 1 + mathrand.IntN(n)
	for (how == 3 || how == 7) && mathrand.IntN(4) != 0 {
		how = 1 + mathrand.IntN(n)
	}
	return how
}

func (f *faulty) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	how := f.fails(r)
	if how == 0 {
		f.passed.Add(1)
	} else {
		f.failed.Add(1)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the node gave it up
	}
	switch how {
	case 1: // it says so
		http.Error(w, "out of order", []int{500, 502, 503, 429}[mathrand.IntN(4)])
		return
	case 2: // it breaks the line
		panic(http.ErrAbortHandler)
	case 3: // it says nothing
		select {
		case <-r.Context().Done():
		case <-time.After(20 * time.Second):
		}
		panic(http.ErrAbortHandler)
	case 4: // the request is passed on in part
		if c, err := net.Dial("tcp", f.to); err == nil {
			fmt.Fprintf(c, "%s %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n", r.Method, r.URL.RequestURI(), r.Host, len(body))
			r.Header.WriteSubset(c, map[string]bool{"Content-Length": true})
			fmt.Fprint(c, "\r\n")
			c.Write(body[:len(body)/2])
			c.Close()
		}
		panic(http.ErrAbortHandler)
	}
	req, err := http.NewRequestWithContext(r.Context(), r.Method, "http://"+f.to+r.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		panic(err)
	}
	req.Header, req.Host = r.Header.Clone(), r.Host // as it was signed
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	switch how {
	case 5: // it is done, and the answer is another one
		http.Error(w, "<html>gateway</html>", http.StatusBadGateway)
		return
	case 6: // the answer breaks off
		for k, v := range resp.Header {
			w.Header()[k] = v
		}
		w.WriteHeader(resp.StatusCode)
		if len(answer) > 0 {
			w.Write(answer[:mathrand.IntN(len(answer))])
		}
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case 7: // the answer stops
		for k, v := range resp.Header {
			w.Header()[k] = v
		}
		w.WriteHeader(resp.StatusCode)
		w.Write(answer[:len(answer)/2])
		http.NewResponseController(w).Flush()
		select {
		case <-r.Context().Done():
		case <-time.After(20 * time.Second):
		}
		panic(http.ErrAbortHandler)
	}
	for k, v := range resp.Header {
		w.Header()[k] = v
	}
	w.WriteHeader(resp.StatusCode)
	w.Write(answer)
}

// TestHalfFails: a server that fails half of the requests, in seven ways, loses nothing, and nothing wrong is stored or
// handed out.
func TestHalfFails(t *testing.T) {
	if testing.Short() {
		t.Skip("hundreds of waits for a server that says nothing")
	}
	t.Parallel()
	for _, versioned := range []bool{false, true} {
		t.Run(fmt.Sprint("versioned ", versioned), func(t *testing.T) {
			t.Parallel()
			at := bucketserver.Bucket(t, versioned)
			f, b := between(t, at)
			f.share.Store(50)
			straight := bucketserver.Open(t, at)
			files := make([][]byte, 24)
			var wg sync.WaitGroup
			for i := range files {
				files[i] = make([]byte, []int{0, 1, 100, 70_000, 300_000}[i%5])
				rand.Read(files[i])
				wg.Go(func() {
					hash, err := b.Put(ctx, files[i])
					if err != nil || hash != blob.Hash(files[i]) {
						t.Errorf("file %d: %s, %v", i, hash, err)
						return
					}
					if got, err := straight.Get(ctx, hash); err != nil || !bytes.Equal(got, files[i]) {
						t.Errorf("file %d of %d bytes is stored with %d: %v", i, len(files[i]), len(got), err)
					}
					if got, err := b.Get(ctx, hash); err != nil || !bytes.Equal(got, files[i]) {
						t.Errorf("file %d: %d bytes, %v", i, len(got), err)
					}
					r, err := b.Open(ctx, hash)
					if err != nil {
						t.Errorf("file %d: %v", i, err)
						return
					}
					defer r.Close()
					if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, files[i]) {
						t.Errorf("file %d opened: %d bytes, %v", i, len(got), err)
					}
				})
			}
			wg.Wait()
			for i, file := range files {
				if i%2 == 0 {
					wg.Go(func() {
						if err := b.Remove(ctx, blob.Hash(file), func(string) (bool, error) { return false, nil }); err != nil {
							t.Error("remove", i, err)
						}
					})
				}
			}
			wg.Wait()
			left := map[string]bool{}
			for _, key := range lying(t, at) {
				left[key] = true
			}
			gone := map[string]bool{} // some files are alike
			for i := 0; i < len(files); i += 2 {
				gone[b.Key(blob.Hash(files[i]))] = true
			}
			for i, file := range files {
				if key := b.Key(blob.Hash(file)); left[key] == gone[key] {
					t.Errorf("file %d of %d bytes lies there: %v", i, len(file), left[key])
				}
			}
			if f.failed.Load() < 100 {
				t.Errorf("only %d requests failed, %d passed", f.failed.Load(), f.passed.Load())
			}
			t.Logf("%d requests failed, %d passed", f.failed.Load(), f.passed.Load())
		})
	}
}

// TestAllFails: where nothing goes the caller is told so, with the place for the log and without it for others; what went wrong
// half-way is not handed out, and the next Put mends it.
func TestAllFails(t *testing.T) {
	if testing.Short() {
		t.Skip("one step after the other: nothing for the race detector")
	}
	t.Parallel()
	at := bucketserver.Bucket(t, false)
	f, b := between(t, at)
	f.share.Store(100)
	file := make([]byte, 10_000)
	rand.Read(file)
	_, err := b.Put(ctx, file)
	if fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), "s3://"+at.Bucket) {
		t.Error(err)
	}
	if text, _ := fault.Public(err); strings.Contains(text, at.Bucket) || strings.Contains(text, "127.0.0.1") || strings.Contains(err.Error(), bucketserver.Keys.Secret) {
		t.Error("what strangers read:", text, err)
	}
	if err := b.Remove(ctx, blob.Hash(file), func(string) (bool, error) { return false, nil }); fault.KindOf(err) != fault.Unavailable {
		t.Error("it says that it is removed:", err)
	}
	for range 2 {
		if err := b.Look(ctx); fault.KindOf(err) != fault.Unavailable {
			t.Error(err)
		}
	}
	f.share.Store(0)
	place(t, at, b.Key(blob.Hash(file)), file[:5000]) // what a careless server kept
	if _, err := b.Get(ctx, blob.Hash(file)); fault.KindOf(err) != fault.Corrupt {
		t.Error(err)
	}
	if _, err := b.Put(ctx, file); err != nil {
		t.Error(err)
	}
	if got, err := b.Get(ctx, blob.Hash(file)); err != nil || !bytes.Equal(got, file) {
		t.Error(err)
	}
	if err := b.Look(ctx); err != nil {
		t.Error(err)
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := b.Get(gone, blob.Hash(file)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// answering is a server that always answers the same.
func answering(t *testing.T, h http.HandlerFunc) *blob.Bucket {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	at, err := blob.ParsePlace("s3://files?endpoint=" + srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	b := bucketserver.Open(t, at)
	b.Hurry(300*time.Millisecond, time.Millisecond)
	return b
}

// TestRefused: what does not pass is not tried again, and an operator is told what to do.
func TestRefused(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{"NoSuchBucket": "no such bucket", "AccessDenied": "lack a right", "SignatureDoesNotMatch": "does not know these keys",
		"InvalidAccessKeyId": "does not know these keys", "RequestTimeTooSkewed": "clock", "AuthorizationHeaderMalformed": "region"} {
		var asked atomic.Int64
		b := answering(t, func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			if r.Method == http.MethodHead {
				w.WriteHeader(http.StatusNotFound)
				return
			}
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprintf(w, "<Error><Code>%s</Code><Message>No.</Message></Error>", code)
		})
		err := b.Check(ctx)
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), want) || asked.Load() > 3 {
			t.Errorf("%s: %d requests, %v", code, asked.Load(), err)
		}
	}
}

// TestNotErased: a server that keeps what it was told to delete, or cannot say, is not believed.
func TestNotErased(t *testing.T) {
	t.Parallel()
	needless := func(string) (bool, error) { return false, nil }
	hash := blob.Hash([]byte("words"))
	var b *blob.Bucket
	b = answering(t, func(w http.ResponseWriter, r *http.Request) { // a retention: it lists for ever
		if r.Method == http.MethodDelete {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		fmt.Fprintf(w, "<ListVersionsResult><Version><Key>%s</Key><VersionId>1</VersionId><IsLatest>true</IsLatest></Version></ListVersionsResult>", b.Key(hash))
	})
	if err := b.Remove(ctx, hash, needless); fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), "still there") {
		t.Error(err)
	}
	for _, status := range []string{"Enabled", "Suspended", ""} { // it knows versions, and does not list them
		b := answering(t, func(w http.ResponseWriter, r *http.Request) {
			switch q := r.URL.Query(); {
			case r.Method == http.MethodDelete:
				w.WriteHeader(http.StatusNoContent)
			case q.Has("versions"), q.Has("uploads"):
				w.WriteHeader(http.StatusNotImplemented)
				fmt.Fprint(w, "<Error><Code>NotImplemented</Code></Error>")
			case q.Has("versioning"):
				fmt.Fprintf(w, "<VersioningConfiguration><Status>%s</Status></VersioningConfiguration>", status)
			}
		})
		if err := b.Remove(ctx, hash, needless); (err == nil) != (status == "") {
			t.Errorf("%q: %v", status, err)
		}
	}
}

// TestEndless: a server that answers without end, or more than a file may have, costs neither memory nor time.
func TestEndless(t *testing.T) {
	t.Parallel()
	hash := blob.Hash([]byte("words"))
	for name, length := range map[string]string{"a length": "2000000000", "none": ""} {
		b := answering(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Last-Modified", time.Now().UTC().Format(http.TimeFormat))
			if length != "" {
				w.Header().Set("Content-Length", length)
			}
			for range 100 {
				if _, err := w.Write(make([]byte, 1<<16)); err != nil {
					return
				}
			}
		})
		if _, err := b.Get(ctx, hash); err == nil {
			t.Error(name, "was taken")
		}
	}
}

// TestSpool: what is read again is not fetched again; what was removed is not kept.
func TestSpool(t *testing.T) {
	t.Parallel()
	at := bucketserver.Bucket(t, false)
	f, b := between(t, at)
	hash, err := b.Put(ctx, []byte("a film"))
	if err != nil {
		t.Fatal(err)
	}
	var readers []io.ReadSeekCloser
	before := f.passed.Load()
	for range 5 {
		r, err := b.Open(ctx, hash)
		if err != nil {
			t.Fatal(err)
		}
		readers = append(readers, r)
	}
	if n := f.passed.Load() - before; n != 1 {
		t.Errorf("%d requests for one file", n)
	}
	if err := b.Remove(ctx, hash, func(string) (bool, error) { return false, nil }); err != nil {
		t.Fatal(err)
	}
	if b.Spooled() != 0 {
		t.Error("a removed file is kept on the disk")
	}
	for _, r := range readers { // who has it open reads on
		if got, err := io.ReadAll(r); err != nil || string(got) != "a film" {
			t.Error(string(got), err)
		}
		if err := errors.Join(r.Close(), r.Close()); err != nil {
			t.Error(err)
		}
	}
	if _, err := b.Open(ctx, hash); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
}

// TestSignature: the signature is that of Amazon's published example, and that of another client for any request.
// (docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, 'GET Object')
func TestSignature(t *testing.T) {
	t.Parallel()
	at := blob.Place{Region: "us-east-1"}
	r := httptest.NewRequest(http.MethodGet, "https://examplebucket.s3.amazonaws.com/test.txt", nil)
	r.Header.Set("Range", "bytes=0-9")
	blob.Sign(at, blob.Keys{Access: "AKIAIOSFODNN7EXAMPLE", Secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}, r, blob.Hash(nil), time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC))
	if got := r.Header.Get("Authorization"); !strings.HasSuffix(got, "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41") {
		t.Error(got)
	}
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-zA-Z0-9_.-]{1,20}`)
		q := url.Values{}
		for range rapid.IntRange(0, 4).Draw(t, "values") {
			q.Set(word.Draw(t, "name"), rapid.StringMatching(`[ -~]{0,20}`).Draw(t, "value"))
		}
		address := "https://s3.press.example:9443/" + word.Draw(t, "bucket") + "/" + word.Draw(t, "key")
		if len(q) > 0 {
			address += "?" + strings.ReplaceAll(q.Encode(), "+", "%20")
		}
		keys := blob.Keys{Access: word.Draw(t, "access"), Secret: word.Draw(t, "secret"), Session: rapid.SampledFrom([]string{"", "session"}).Draw(t, "session")}
		region, sum := rapid.SampledFrom([]string{"us-east-1", "garage"}).Draw(t, "region"), blob.Hash([]byte(word.Draw(t, "body")))
		made := func() *http.Request {
			r, err := http.NewRequest(rapid.SampledFrom([]string{"GET", "PUT", "DELETE", "HEAD"}).Draw(t, "method"), address, nil)
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		ours := made()
		ours.Header.Set("Content-Md5", "x  y z")
		theirs := ours.Clone(ctx)
		theirs.Header.Set("X-Amz-Content-Sha256", sum)
		theirs = signer.SignV4(*theirs, keys.Access, keys.Secret, keys.Session, region)
		now, err := time.Parse("20060102T150405Z", theirs.Header.Get("X-Amz-Date"))
		if err != nil {
			t.Fatal(err)
		}
		blob.Sign(blob.Place{Region: region}, keys, ours, sum, now)
		if a, b := ours.Header.Get("Authorization"), theirs.Header.Get("Authorization"); a != b {
			t.Fatalf("%s\n%s\n%s", address, a, b)
		}
	})
}

// TestByHost: the bucket is called by path, or by host and path.
func TestByHost(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var asked []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, r.Host+r.URL.RequestURI())
		w.WriteHeader(http.StatusNotFound)
	}))
	defer srv.Close()
	port := srv.URL[strings.LastIndexByte(srv.URL, ':'):]
	hash := blob.Hash([]byte("words"))
	for _, style := range []string{"path", "host"} {
		at, err := blob.ParsePlace("s3://files/x?endpoint=http://localhost" + port + "&style=" + style)
		if err != nil {
			t.Fatal(err)
		}
		b := bucketserver.Open(t, at)
		asking, stop := ctx, context.CancelFunc(func() {})
		if style == "host" { // where the machine does not know that name it is tried for long
			asking, stop = context.WithTimeout(ctx, 2*time.Second)
		}
		if _, err := b.Get(asking, hash); fault.KindOf(err) != fault.NotFound && style == "path" {
			t.Error(err)
		}
		stop()
	}
	b := bucketserver.Open(t, blob.Place{Endpoint: "http://localhost" + port, Bucket: "files", Prefix: "x/", Region: "r"})
	want := "localhost" + port + "/files/" + b.Key(hash)
	mu.Lock()
	defer mu.Unlock()
	if len(asked) == 0 || asked[0] != want {
		t.Errorf("%v, want %s", asked, want)
	}
	if host := "files.localhost" + port + "/" + b.Key(hash); len(asked) > 1 && asked[1] != host { // where the machine knows that name
		t.Errorf("%v, want %s", asked, host)
	}
}
