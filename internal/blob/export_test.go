package blob

import (
	"net/http"
	"time"
)

// Hurry makes a bucket give up and try again sooner.
func (b *Bucket) Hurry(stall, pause time.Duration) { b.stall, b.pauses = stall, pause }

// Parts makes uploads go in parts of so many bytes.
func (b *Bucket) Parts(n int) { b.part = n }

// Pages makes lists come in answers of so many names.
func (b *Bucket) Pages(n int) { b.page = n }

// Key is the name of a hash in the bucket.
func (b *Bucket) Key(hash string) string { return b.key(hash) }

// Hash reads a name.
func (b *Bucket) Hash(name string) (string, bool) { return b.names.hash(name) }

// Spooled says how many files are kept on the disk.
func (b *Bucket) Spooled() int {
	b.spool.mu.Lock()
	defer b.spool.mu.Unlock()
	return len(b.spool.files)
}

// Sign signs a request as the store would at a moment.
func Sign(at Place, k Keys, r *http.Request, sum string, now time.Time) {
	s := server{at: at, keys: func() Keys { return k }, now: func() time.Time { return now }}
	s.sign(r, r.URL.Path, sum)
}
