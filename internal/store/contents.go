package store

import (
	"crypto/sha256"
	"slices"
	"sync"

	"jarchi.dev/jarchi/internal/format/ninjs"
	"jarchi.dev/jarchi/internal/wire"
)

// contents keeps what versions say, by the hash of their exact bytes: whoever asks has read the bytes just
// now, so nothing here can be stale, and nobody learns from it what she may not read. Words that are
// withdrawn or erased leave it with the commit that takes them from the rows: then, and when it is full, it
// forgets everything.
type contents struct {
	mu    sync.Mutex
	by    map[[32]byte]wire.Content
	bytes int
	gone  uint64 // how often words went
}

const contentsKept = 8 << 20 // bytes of versions

// turn is to be taken before words are read and given back with them: words that went in between are not kept.
func (k *contents) turn() uint64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.gone
}

func (k *contents) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.by, k.bytes = nil, 0
	k.gone++
}

func (k *contents) of(bytes []byte, turn uint64) (wire.Content, error) {
	hash := sha256.Sum256(bytes)
	k.mu.Lock()
	c, ok := k.by[hash]
	k.mu.Unlock()
	if !ok {
		it, err := ninjs.Parse(bytes)
		if err != nil {
			return wire.Content{}, err
		}
		c = it.Content()
		k.mu.Lock()
		if k.gone == turn && len(bytes) <= contentsKept/8 {
			if k.by == nil || k.bytes+len(bytes) > contentsKept {
				k.by, k.bytes = map[[32]byte]wire.Content{}, 0
			}
			if _, other := k.by[hash]; !other {
				k.by[hash] = c
				k.bytes += len(bytes)
			}
		}
		k.mu.Unlock()
	}
	c.Body, c.Keywords, c.Subjects, c.Attachments = slices.Clone(c.Body), slices.Clone(c.Keywords), slices.Clone(c.Subjects), slices.Clone(c.Attachments)
	return c, nil
}
