package blob

import "time"

// Hurry makes a bucket give up and try again sooner.
func (b *Bucket) Hurry(stall, pause time.Duration) { b.stall, b.pauses = stall, pause }

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
