package blob_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"jarchi.dev/jarchi/internal/blob"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/testkit/bucketserver"
)

// uploads are the keys of uploads in parts that were not ended.
func uploads(t *testing.T, at blob.Place) (keys []string) {
	t.Helper()
	for u := range bucketserver.Client(t).ListIncompleteUploads(ctx, at.Bucket, "", true) {
		if u.Err != nil {
			t.Fatal(u.Err)
		}
		keys = append(keys, u.Key)
	}
	return keys
}

func large(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

// TestParts: a file that is longer than a part comes whole through a server that fails half of the requests; whatever uploads that leaves are
// aborted by the sweep, or when the file is removed, and not those of others.
func TestParts(t *testing.T) {
	if testing.Short() {
		t.Skip("one step after the other: nothing for the race detector")
	}
	t.Parallel()
	at := bucketserver.Bucket(t, true)
	part := bucketserver.SmallestPart()
	straight := bucketserver.Open(t, at)
	f, b := between(t, at)
	f.share.Store(50)
	b.Parts(part)
	file := large(4*part + 345)
	hash, err := b.Put(ctx, file)
	if err != nil || hash != blob.Hash(file) {
		t.Fatal(hash, err)
	}
	if got, err := straight.Get(ctx, hash); err != nil || !bytes.Equal(got, file) {
		t.Errorf("%d bytes are stored: %v", len(got), err)
	}
	if again, err := b.Put(ctx, file); err != nil || again != hash {
		t.Error("what is there is put again:", err)
	}
	f.share.Store(0)
	passed := f.passed.Load()
	if _, err := b.Put(ctx, file); err != nil || f.passed.Load() != passed+1 {
		t.Errorf("%d requests for what is there: %v", f.passed.Load()-passed, err)
	}
	core := minio.Core{Client: bucketserver.Client(t)}
	other := blob.Hash([]byte("what a node died of"))
	for _, key := range []string{b.Key(hash), b.Key(other), at.Prefix + "not ours"} {
		if _, err := core.NewMultipartUpload(ctx, at.Bucket, key, minio.PutObjectOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Remove(ctx, hash, func(string) (bool, error) { return false, nil }); err != nil {
		t.Fatal(err)
	}
	if left := uploads(t, at); strings.Contains(fmt.Sprint(left), b.Key(hash)) || !strings.Contains(fmt.Sprint(left), b.Key(other)) {
		t.Errorf("after a removal there are the uploads %v", left)
	}
	var n int
	for i := range 256 {
		removed, err := b.Sweep(ctx, byte(i), time.Now().Add(time.Hour), func(string) (bool, error) { return false, nil })
		if err != nil {
			t.Fatal(err)
		}
		n += removed
	}
	if left := uploads(t, at); n == 0 || len(left) != 1 || left[0] != at.Prefix+"not ours" {
		t.Errorf("after the sweep, of %d, there are the uploads %v", n, left)
	}
	if keys := lying(t, at); len(keys) != 0 {
		t.Error("there lies", keys)
	}
}

// TestPartsThatFail: an upload of which one part never goes is told and leaves nothing, and one whose parts were lost begins again.
func TestPartsThatFail(t *testing.T) {
	if testing.Short() {
		t.Skip("one step after the other: nothing for the race detector")
	}
	t.Parallel()
	at := bucketserver.Bucket(t, false)
	part := bucketserver.SmallestPart()
	to, err := url.Parse(at.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to); r.Out.Host = r.In.Host }}
	var refuse, lost atomic.Bool
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		switch {
		case refuse.Load() && q.Get("partNumber") == "2":
			http.Error(w, "out of order", http.StatusInternalServerError)
		case r.Method == http.MethodPost && q.Get("uploadId") != "" && lost.CompareAndSwap(true, false):
			w.Write([]byte(`<?xml version="1.0"?>` + "\n  \n" + `<Error><Code>InvalidPart</Code><Message>One was lost.</Message></Error>`)) // with status 200
		default:
			proxy.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(srv.Close)
	between := at
	between.Endpoint = srv.URL
	b := bucketserver.Open(t, between)
	b.Hurry(5*time.Second, time.Millisecond)
	b.Parts(part)
	file := large(part + 1)
	refuse.Store(true)
	if _, err := b.Put(ctx, file); fault.KindOf(err) != fault.Unavailable {
		t.Error(err)
	}
	refuse.Store(false)
	if left := uploads(t, at); len(left) > 0 || len(lying(t, at)) > 0 {
		t.Errorf("left is %v, %v", left, lying(t, at))
	}
	lost.Store(true)
	hash, err := b.Put(ctx, file)
	if err != nil || lost.Load() {
		t.Fatal(err)
	}
	if got, err := b.Get(ctx, hash); err != nil || !bytes.Equal(got, file) {
		t.Errorf("%d bytes: %v", len(got), err)
	}
	if left := uploads(t, at); len(left) > 0 {
		t.Errorf("left is %v", left)
	}
}

// TestYoungUploadsAreLeft: another node may be at it.
func TestYoungUploadsAreLeft(t *testing.T) {
	t.Parallel()
	var aborted atomic.Int64
	var key, began string
	b := answering(t, func(w http.ResponseWriter, r *http.Request) {
		switch q := r.URL.Query(); {
		case r.Method == http.MethodDelete:
			aborted.Add(1)
			w.WriteHeader(http.StatusNoContent)
		case q.Has("uploads"):
			fmt.Fprintf(w, "<ListMultipartUploadsResult><Upload><Key>%s</Key><UploadId>u</UploadId><Initiated>%s</Initiated></Upload></ListMultipartUploadsResult>", key, began)
		default:
			fmt.Fprint(w, "<ListVersionsResult></ListVersionsResult>")
		}
	})
	now := time.Now().UTC()
	key = b.Key(blob.Hash([]byte("words")))
	for i, age := range []time.Duration{time.Minute, 23 * time.Hour, 25 * time.Hour} {
		began = now.Add(-age).Format(time.RFC3339)
		for part := range 256 {
			if _, err := b.Sweep(ctx, byte(part), now.Add(-24*time.Hour), nil); err != nil {
				t.Fatal(err)
			}
		}
		if want := int64(i / 2); aborted.Load() != want {
			t.Errorf("of age %s: %d aborted, want %d", age, aborted.Load(), want)
		}
	}
}

// TestKeysThatExpire: where the server takes the keys no longer the file of keys is read again; without others it is told at once.
func TestKeysThatExpire(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if !strings.Contains(r.Header.Get("Authorization"), "Credential=second/") || r.Header.Get("X-Amz-Security-Token") != "newer" {
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, "<Error><Code>ExpiredToken</Code><Message>No.</Message></Error>")
			return
		}
		fmt.Fprint(w, "words")
	}))
	t.Cleanup(srv.Close)
	at, err := blob.ParsePlace("s3://files?endpoint=" + srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	first := blob.Keys{Access: "first", Secret: "s", Session: "old"}
	now := first
	b, err := blob.OpenBucket(at, blob.BucketOptions{Keys: first, Fresh: func() (blob.Keys, error) { return now, nil }, Names: bytes.Repeat([]byte{7}, blob.NamesLen), Spool: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	b.Hurry(time.Second, time.Millisecond)
	hash := blob.Hash([]byte("words"))
	if _, err := b.Get(ctx, hash); fault.KindOf(err) != fault.Unavailable || asked.Load() != 1 {
		t.Errorf("%d requests: %v", asked.Load(), err)
	}
	now = blob.Keys{Access: "second", Secret: "t", Session: "newer"}
	if got, err := b.Get(ctx, hash); err != nil || string(got) != "words" || asked.Load() != 3 {
		t.Errorf("%d requests: %q %v", asked.Load(), got, err)
	}
}

// TestStrangeCertificate: whoever keeps a server of files with an authority of her own is told what is missing.
func TestStrangeCertificate(t *testing.T) {
	t.Parallel()
	srv := httptest.NewUnstartedServer(http.NotFoundHandler())
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	t.Cleanup(srv.Close)
	at, err := blob.ParsePlace("s3://files?endpoint=" + srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	b := bucketserver.Open(t, at)
	b.Hurry(5*time.Second, time.Millisecond)
	if err := b.Check(ctx); fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), "SSL_CERT_FILE") {
		t.Error(err)
	}
}

// TestKeysWithoutUploads: keys that may do all but list and abort uploads in parts are taken, and what lies whole is removed with them; the log tells once. An upload that is
// seen and cannot be aborted is no file that is gone.
func TestKeysWithoutUploads(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	lying, refuse, begun := map[string][]byte{}, "list abort", ""
	denied := func(w http.ResponseWriter) {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, "<Error><Code>AccessDenied</Code><Message>No.</Message></Error>")
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		key, q := strings.TrimPrefix(r.URL.Path, "/files/"), r.URL.Query()
		body, there := lying[key]
		switch {
		case r.Method == http.MethodGet && q.Has("uploads"):
			if strings.Contains(refuse, "list") {
				denied(w)
				return
			}
			fmt.Fprint(w, "<ListMultipartUploadsResult>")
			if begun != "" {
				fmt.Fprintf(w, "<Upload><Key>%s</Key><UploadId>u</UploadId><Initiated>2026-01-01T00:00:00Z</Initiated></Upload>", begun)
			}
			fmt.Fprint(w, "</ListMultipartUploadsResult>")
		case r.Method == http.MethodGet && q.Has("versions"):
			fmt.Fprint(w, "<ListVersionsResult>")
			for key := range lying {
				fmt.Fprintf(w, "<Version><Key>%s</Key><VersionId>null</VersionId><IsLatest>true</IsLatest></Version>", key)
			}
			fmt.Fprint(w, "</ListVersionsResult>")
		case r.Method == http.MethodPost:
			begun = key
			fmt.Fprint(w, "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>")
		case r.Method == http.MethodDelete && q.Has("uploadId"):
			if strings.Contains(refuse, "abort") {
				denied(w)
				return
			}
			begun = ""
			w.WriteHeader(http.StatusNoContent)
		case r.Method == http.MethodDelete:
			delete(lying, key)
			w.WriteHeader(http.StatusNoContent)
		case r.Method == http.MethodPut:
			lying[key], _ = io.ReadAll(r.Body)
		case !there:
			w.WriteHeader(http.StatusNotFound)
		default:
			w.Header().Set("Last-Modified", time.Now().UTC().Format(http.TimeFormat))
			w.Header().Set("Content-Length", strconv.Itoa(len(body)))
			w.Write(body)
		}
	}))
	t.Cleanup(srv.Close)
	at, err := blob.ParsePlace("s3://files?endpoint=" + srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	needless := func(string) (bool, error) { return false, nil }
	for _, may := range []string{"", "list", "list abort"} {
		var log bytes.Buffer
		b, err := blob.OpenBucket(at, blob.BucketOptions{Keys: bucketserver.Keys, Names: bytes.Repeat([]byte{7}, blob.NamesLen), Spool: t.TempDir(), Log: slog.New(slog.NewTextHandler(&log, nil))})
		if err != nil {
			t.Fatal(err)
		}
		b.Hurry(5*time.Second, time.Millisecond)
		mu.Lock()
		refuse, begun = strings.TrimSpace(strings.TrimPrefix("list abort", may)), ""
		mu.Unlock()
		if err := b.Check(ctx); err != nil {
			t.Errorf("may %q: %v", may, err)
		}
		hash, err := b.Put(ctx, []byte("words"))
		if err != nil {
			t.Fatal(err)
		}
		mu.Lock()
		begun = b.Key(hash)
		mu.Unlock()
		if err := b.Remove(ctx, hash, needless); (err != nil) != (may == "list") {
			t.Errorf("may %q: %v", may, err)
		}
		mu.Lock()
		if len(lying) > 0 || may == "list abort" && begun != "" {
			t.Errorf("may %q: there lie %d files and the upload %q", may, len(lying), begun)
		}
		mu.Unlock()
		if n := strings.Count(log.String(), "level=WARN"); (n == 1) != (may != "list abort") || n > 1 {
			t.Errorf("may %q: %s", may, log.String())
		}
		b.Close()
	}
}
