// Package bucketserver runs an S3 server that is not ours, for tests: moto's, a server in Python that keeps everything in memory
// (pip install 'moto[server]'). It has no disk, checks no signature and knows no rights. With JARCHI_TEST_BUCKETS=versitygw, or the path
// of that program, it is Versity's gateway over a folder instead (go install github.com/versity/versitygw/cmd/versitygw@latest), which checks
// signatures and sums; see docs/operating.md.
package bucketserver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"jarchi.dev/jarchi/internal/blob"
)

var (
	once    sync.Once
	running *exec.Cmd
	folder  string // of Versity's gateway
	address string
	trouble string
	count   int
	mu      sync.Mutex
)

// Keys are taken by the server; it takes any.
var Keys = blob.Keys{Access: "test-access", Secret: "test-secret"}

// Main runs the tests of a package and ends the server: func TestMain(m *testing.M) { os.Exit(bucketserver.Main(m)) }.
func Main(m *testing.M) int {
	defer Stop()
	return m.Run()
}

// Stop ends the server.
func Stop() {
	if running != nil {
		syscall.Kill(-running.Process.Pid, syscall.SIGKILL)
		running.Wait()
		running = nil
	}
	if folder != "" {
		os.RemoveAll(folder)
	}
}

// Bucket is a new, empty bucket of the server; a test is skipped where the server is not installed.
func Bucket(t testing.TB, versioned bool) blob.Place {
	t.Helper()
	once.Do(start)
	if trouble != "" {
		t.Skip(trouble)
	}
	mu.Lock()
	count++
	name := fmt.Sprintf("files-%d", count)
	mu.Unlock()
	c := Client(t)
	if err := c.MakeBucket(t.Context(), name, minio.MakeBucketOptions{Region: "us-east-1"}); err != nil {
		t.Fatal(err)
	}
	if versioned {
		if err := c.EnableVersioning(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	at, err := blob.ParsePlace("s3://" + name + "/node/files?endpoint=" + address)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// Open opens the store of a bucket with a secret of names that is always the same.
func Open(t testing.TB, at blob.Place) *blob.Bucket {
	t.Helper()
	b, err := blob.OpenBucket(at, blob.BucketOptions{Keys: Keys, Names: bytes.Repeat([]byte{7}, blob.NamesLen), Spool: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

// SmallestPart is how small all parts of an upload but the last may be: on moto smaller than anywhere else.
func SmallestPart() int {
	if folder != "" {
		return 5 << 20
	}
	return 1000
}

// Client speaks to the server past the store.
func Client(t testing.TB) *minio.Client {
	t.Helper()
	c, err := minio.New(strings.TrimPrefix(address, "http://"), &minio.Options{Creds: credentials.NewStaticV4(Keys.Access, Keys.Secret, ""), Region: "us-east-1", BucketLookup: minio.BucketLookupPath})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// start runs the server at a port that was free a moment ago.
func start() {
	name, gateway := "moto_server", os.Getenv("JARCHI_TEST_BUCKETS")
	if gateway != "" {
		name = gateway
	}
	program, err := exec.LookPath(name)
	if err != nil {
		trouble = name + ", an S3 server for tests, is not installed here (pip install 'moto[server]')"
		return
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		trouble = err.Error()
		return
	}
	at := l.Addr().String()
	l.Close()
	_, port, _ := strings.Cut(at, ":")
	cmd := exec.Command(program, "-H", "127.0.0.1", "-p", port)
	cmd.Env = append(os.Environ(), "MOTO_S3_DEFAULT_MAX_KEYS=1000", "S3_UPLOAD_PART_MIN_SIZE=1000", "MOTO_S3_DEFAULT_KEY_BUFFER_SIZE=16777216") // else each file and part is an open one, as the buffer is as long as a part
	if gateway != "" {
		if folder, err = os.MkdirTemp("", "jarchi-buckets-"); err == nil {
			err = errors.Join(os.Mkdir(folder+"/now", 0o700), os.Mkdir(folder+"/versions", 0o700))
		}
		if err != nil {
			trouble = err.Error()
			return
		}
		cmd = exec.Command(program, "--quiet", "--port", at, "--access", Keys.Access, "--secret", Keys.Secret, "posix", "--versioning-dir", folder+"/versions", folder+"/now")
	}
	if err := begin(cmd); err != nil {
		trouble = name + " cannot be started: " + err.Error()
		return
	}
	running, address = cmd, "http://"+at
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	for ctx.Err() == nil {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/moto-api/data.json", nil)
		if err != nil {
			break
		}
		if resp, err := http.DefaultClient.Do(req); err == nil { // any answer will do
			resp.Body.Close()
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	Stop()
	trouble = name + " did not begin to answer within a minute"
}
