package delivery

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"
)

// secretPrefix begins every secret of a webhook, and names the kind of it to scanners of leaked ones.
const secretPrefix = "whsec_"

// newSecret is a secret as Standard Webhooks writes it: 32 random bytes in base64 behind its prefix.
func newSecret() string {
	var b [32]byte
	rand.Read(b[:]) // never fails (crypto/rand, Go 1.24 and later)
	return secretPrefix + base64.StdEncoding.EncodeToString(b[:])
}

// newMessage is the id of a message: the same on each of its tries, so that a receiver who has it knows it again.
func newMessage() string { return "msg_" + strings.ToLower(rand.Text()) }

// Sign is the value of the header webhook-signature (Standard Webhooks 1.0, symmetric): HMAC-SHA256 of id, seconds and body, joined by full stops, under each of
// the secrets.
func Sign(id string, at time.Time, body []byte, secrets ...string) string {
	var out []string
	for _, s := range secrets {
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(s, secretPrefix))
		if s == "" || err != nil {
			continue
		}
		m := hmac.New(sha256.New, key)
		m.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + "."))
		m.Write(body)
		out = append(out, "v1,"+base64.StdEncoding.EncodeToString(m.Sum(nil)))
	}
	return strings.Join(out, " ")
}
