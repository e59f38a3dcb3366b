package blob

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
)

// NamesLen is the length of a secret of names.
const NamesLen = 64

// names turns hashes into names that only who has the secret can make or read: whoever sees a bucket, or can ask whether
// a name is there, cannot tell whether it holds a file that he has too. The same hash has always the same name, so
// no table of them is needed, and a name that was made with another secret is not taken for ours.
// It is the construction SIV (Rogaway and Shrimpton 2006; as in RFC 5297) with HMAC-SHA-256 and AES-256 in counter mode.
type names struct {
	mac   []byte
	block cipher.Block
}

const nameLen = 2 * (aes.BlockSize + sha256.Size) // in hex

func newNames(secret []byte) (names, error) {
	block, err := aes.NewCipher(secret[:32])
	return names{secret[32:NamesLen], block}, err
}

func (n names) iv(hash []byte) []byte {
	h := hmac.New(sha256.New, n.mac)
	h.Write(hash)
	return h.Sum(nil)[:aes.BlockSize]
}

// of is the name of a valid hash.
func (n names) of(hash string) string {
	b, err := hex.DecodeString(hash)
	if err != nil {
		panic(err) // asked for what valid refuses
	}
	iv := n.iv(b)
	cipher.NewCTR(n.block, iv).XORKeyStream(b, b)
	return hex.EncodeToString(append(iv, b...))
}

// hash is the hash that a name stands for; false for what is not ours.
func (n names) hash(name string) (hash string, ok bool) {
	b, err := hex.DecodeString(name)
	if err != nil || len(name) != nameLen || hex.EncodeToString(b) != name {
		return "", false
	}
	iv, sum := b[:aes.BlockSize], b[aes.BlockSize:]
	cipher.NewCTR(n.block, iv).XORKeyStream(sum, sum)
	return hex.EncodeToString(sum), hmac.Equal(n.iv(sum), iv)
}
