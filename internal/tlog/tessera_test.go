package tlog

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
	xtlog "golang.org/x/mod/sumdb/tlog"

	"jarchi.dev/jarchi/internal/fault"
)

// served is a log on HTTP as a node serves it.
type served struct {
	*mem
	checkpoint []byte
}

func (l *served) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, "/")
	if path == "checkpoint" {
		w.Write(l.checkpoint)
		return
	}
	body, _, err := Resource(r.Context(), l.mem, path)
	if err != nil {
		w.WriteHeader(fault.KindOf(err).HTTPStatus())
		return
	}
	w.Write(body)
}

// serve puts a log of n leaves on a loopback address and returns its address, ending with a slash.
func serve(t *testing.T, n int) (*served, Head, string) {
	t.Helper()
	s, _ := testKeys(testOrigin, "a")
	l := &served{mem: &mem{}}
	head := l.add(t, testLeaves(n)...)
	var err error
	if l.checkpoint, err = SignCheckpoint(testOrigin, head, s); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(l)
	t.Cleanup(srv.Close)
	return l, head, srv.URL + "/"
}

// Another implementation reads the log: checkpoint, inclusion, consistency, and every leaf, partial
// bundles included.
func TestTesseraReads(t *testing.T) {
	t.Parallel()
	_, v := testKeys(testOrigin, "a")
	for _, n := range []int{1, 2, 255, 256, 257, 700, 66_000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			l, head, address := serve(t, n)
			u, _ := url.Parse(address)
			f, err := client.NewHTTPFetcher(u, nil)
			if err != nil {
				t.Fatal(err)
			}
			cp, _, _, err := client.FetchCheckpoint(ctx, f.ReadCheckpoint, v, testOrigin)
			if err != nil || int64(cp.Size) != head.Size || !bytes.Equal(cp.Hash, head.Root[:]) {
				t.Fatal(cp, err)
			}
			pb, err := client.NewProofBuilder(ctx, cp.Size, f.ReadTile)
			if err != nil {
				t.Fatal(err)
			}
			for i := 0; i < n; i += 1 + n/37 {
				p, err := pb.InclusionProof(ctx, uint64(i))
				if err != nil {
					t.Fatal(err)
				}
				hash := rfc6962.DefaultHasher.HashLeaf(l.leaves[i])
				if err := proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(i), cp.Size, hash, p, cp.Hash); err != nil {
					t.Fatalf("leaf %d: %v", i, err)
				}
				ours, err := InclusionProof(ctx, l.mem, int64(i), head.Size)
				if err != nil || len(ours) != len(p) {
					t.Fatal(err)
				}
				for j := range p {
					if !bytes.Equal(p[j], ours[j][:]) {
						t.Fatalf("leaf %d: our proof differs from theirs", i)
					}
				}
				root, err := xtlog.TreeHash(int64(i+1), l.mem)
				if err != nil {
					t.Fatal(err)
				}
				old := Head{int64(i + 1), root}
				p, err = pb.ConsistencyProof(ctx, uint64(i+1), cp.Size)
				if err != nil {
					t.Fatal(err)
				}
				if err := proof.VerifyConsistency(rfc6962.DefaultHasher, uint64(i+1), cp.Size, p, old.Root[:], cp.Hash); err != nil {
					t.Fatalf("from %d: %v", i+1, err)
				}
				cons, err := xtlog.ProveTree(head.Size, old.Size, Reader(ctx, l.mem))
				if err != nil {
					t.Fatal(err)
				}
				raw := make([][]byte, len(cons))
				for j := range cons {
					raw[j] = cons[j][:]
				}
				if err := proof.VerifyConsistency(rfc6962.DefaultHasher, uint64(i+1), cp.Size, raw, old.Root[:], cp.Hash); err != nil {
					t.Fatalf("ours from %d: %v", i+1, err)
				}
			}
			size := func(context.Context) (uint64, error) { return cp.Size, nil }
			unbundle := func(b []byte) ([][]byte, error) {
				var e api.EntryBundle
				err := e.UnmarshalText(b)
				return e.Entries, err
			}
			i := 0
			for e, err := range client.Entries(client.EntryBundles(ctx, 2, size, f.ReadEntryBundle, 0, cp.Size), unbundle) {
				if err != nil {
					t.Fatal(err)
				}
				if e.Index != uint64(i) || !bytes.Equal(e.Entry, l.leaves[i]) {
					t.Fatalf("leaf %d is read as another", i)
				}
				i++
			}
			if i != n {
				t.Fatalf("replay gave %d of %d leaves", i, n)
			}
			// The library behind their fsck command. It hangs on some damage, hence the deadline.
			done := make(chan error, 1)
			go func() {
				done <- fsck.New(testOrigin, v, f, unbundleHashes, fsck.Opts{N: 2}).Check(ctx)
			}()
			select {
			case err := <-done:
				if err != nil {
					t.Error("fsck:", err)
				}
			case <-ctx.Done():
				t.Error("fsck has not ended within a minute")
			}
		})
	}
}

func unbundleHashes(bundle []byte) ([][]byte, error) {
	var e api.EntryBundle
	if err := e.UnmarshalText(bundle); err != nil {
		return nil, err
	}
	hashes := make([][]byte, len(e.Entries))
	for i, entry := range e.Entries {
		hashes[i] = rfc6962.DefaultHasher.HashLeaf(entry)
	}
	return hashes, nil
}
