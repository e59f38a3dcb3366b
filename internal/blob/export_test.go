package blob

import (
	"context"
	"time"
)

// Hurry makes a bucket give up and try again sooner.
func (b *Bucket) Hurry(stall, pause time.Duration) { b.stall, b.pauses = stall, pause }

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

// Asks is the address that requests for files go to, and the one that may be dialled.
func (b *Bucket) Asks(ctx context.Context) (asked, dialled string, err error) {
	u, err := b.core.PresignedGetObject(ctx, b.at.Bucket, "x", time.Hour, nil)
	if err != nil {
		return "", "", err
	}
	return u.Scheme + "://" + u.Host, b.at.host(), nil
}
