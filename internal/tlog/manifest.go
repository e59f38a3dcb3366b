package tlog

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"jarchi.dev/jarchi/internal/fault"
)

const (
	manifestFormat = "jarchi/manifest/v1"
	commitDomain   = "jarchi/version/v1\n"
	sealDomain     = "jarchi/seal/v1\n"

	// MaxAttachments bounds the attachments of one version.
	MaxAttachments = 1000
	// maxManifest holds every manifest of MaxAttachments lines of the longest kind.
	maxManifest = 512 + MaxAttachments*240
)

// Attachment is one file that belongs to a version.
type Attachment struct {
	SHA256    [32]byte
	Length    int64  // bytes
	MediaType string // type/subtype in lower case, without parameters
}

// Manifest says what exactly a version consists of. The log commits to it, not to the text, so
// that a text can be erased without touching the log.
type Manifest struct {
	Release     string // 26 characters of base32
	Item        string // likewise
	Version     int    // from 1
	Language    string // BCP 47
	Audience    string // the audience's class, never a partner's name: public, members, partners
	SHA256      [32]byte
	Length      int64        // bytes of the final ninjs
	Attachments []Attachment // in the ninjs's order
}

// Validate returns an Invalid fault that names the first field [Manifest.Bytes] cannot write.
func (m Manifest) Validate() error {
	switch {
	case !isBase32(m.Release, 26):
		return fault.Field("manifest.release", "An id is 26 characters of a-z and 2-7.")
	case !isBase32(m.Item, 26):
		return fault.Field("manifest.item", "An id is 26 characters of a-z and 2-7.")
	case m.Version < 1 || m.Version > maxVersion:
		return fault.Field("manifest.version", "A version counts from 1.")
	case !isLanguage(m.Language):
		return fault.Field("manifest.language", "A language is a BCP 47 tag of at most 35 characters.")
	case !isClass(m.Audience):
		return fault.Field("manifest.audience", "An audience class is one word of a-z, at most 16 characters.")
	case m.Length < 0:
		return fault.Field("manifest.length", "A length is not negative.")
	case len(m.Attachments) > MaxAttachments:
		return fault.Field("manifest.attachments", "A version has at most %d attachments.", MaxAttachments)
	}
	for i, a := range m.Attachments {
		if a.Length < 0 {
			return fault.Field("manifest.attachments["+strconv.Itoa(i)+"].length", "A length is not negative.")
		}
		if !isMediaType(a.MediaType) {
			return fault.Field("manifest.attachments["+strconv.Itoa(i)+"].mediaType", "A media type is type/subtype in lower case, without parameters.")
		}
	}
	return nil
}

// Bytes returns the manifest's one exact form: a name and a value a line, in fixed order, each line
// ended by a line feed. It returns nil for a manifest that Validate refuses: [Commit] makes zeroes
// of that, and no leaf takes a commitment of zeroes.
func (m Manifest) Bytes() []byte {
	if m.Validate() != nil {
		return nil
	}
	b := make([]byte, 0, 320+len(m.Attachments)*128)
	line := func(name string, values ...string) {
		b = append(b, name...)
		for _, v := range values {
			b = append(b, ' ')
			b = append(b, v...)
		}
		b = append(b, '\n')
	}
	line("format", manifestFormat)
	line("release", m.Release)
	line("item", m.Item)
	line("version", strconv.Itoa(m.Version))
	line("language", m.Language)
	line("audience", m.Audience)
	line("sha256", hex.EncodeToString(m.SHA256[:]))
	line("length", strconv.FormatInt(m.Length, 10))
	for _, a := range m.Attachments {
		line("attachment", hex.EncodeToString(a.SHA256[:]), strconv.FormatInt(a.Length, 10), a.MediaType)
	}
	return b
}

// ParseManifest reads what [Manifest.Bytes] wrote and refuses, with an Invalid fault, anything that
// it would not have written byte for byte.
func ParseManifest(data []byte) (Manifest, error) {
	var m Manifest
	if len(data) > maxManifest {
		return m, fault.E(fault.Invalid, "A manifest has at most %d bytes; this one has %d.", maxManifest, len(data))
	}
	names := []string{"format", "release", "item", "version", "language", "audience", "sha256", "length"}
	lines := strings.Split(string(data), "\n")
	if len(lines) < len(names)+1 || lines[len(lines)-1] != "" {
		return m, fault.E(fault.Invalid, "This is not a manifest: it has too few lines, or its last line is not ended.")
	}
	lines = lines[:len(lines)-1]
	values := make([]string, len(names))
	for i, name := range names {
		got, value, _ := strings.Cut(lines[i], " ")
		if got != name {
			return m, fault.E(fault.Invalid, "This is not a manifest: line %d should give %q.", i+1, name)
		}
		values[i] = value
	}
	if values[0] != manifestFormat {
		return m, fault.E(fault.Invalid, "This is a manifest of a format that is not known here; known is %s.", manifestFormat)
	}
	m.Release, m.Item, m.Language, m.Audience = values[1], values[2], values[4], values[5]
	version, ok := parseDecimal(values[3])
	if !ok || version > maxVersion {
		return m, fault.Field("manifest.version", "It is not a number.")
	}
	m.Version = int(version)
	if m.SHA256, ok = parseSHA256(values[6]); !ok {
		return m, fault.Field("manifest.sha256", "It is not a SHA-256 in hexadecimal.")
	}
	if m.Length, ok = parseDecimal(values[7]); !ok {
		return m, fault.Field("manifest.length", "It is not a number.")
	}
	for i, l := range lines[len(names):] {
		f := strings.Split(l, " ")
		bad := fault.Field("manifest.attachments["+strconv.Itoa(i)+"]", "It does not give SHA-256, length and media type.")
		if len(f) != 4 || f[0] != "attachment" {
			return m, bad
		}
		a := Attachment{MediaType: f[3]}
		if a.SHA256, ok = parseSHA256(f[1]); !ok {
			return m, bad
		}
		if a.Length, ok = parseDecimal(f[2]); !ok {
			return m, bad
		}
		m.Attachments = append(m.Attachments, a)
	}
	if err := m.Validate(); err != nil {
		return m, err
	}
	if !bytes.Equal(m.Bytes(), data) {
		return m, fault.E(fault.Invalid, "This is not a manifest in its one exact form: written again it is other bytes.")
	}
	return m, nil
}

// Salt makes a commitment unguessable. Each version has its own; erasing it closes the commitment
// for good. Its length is fixed because HMAC pads short keys with zeroes: with a free length two
// salts could open one commitment.
type Salt [32]byte

// NewSalt returns 32 bytes from the system's random source.
func NewSalt() Salt {
	var s Salt
	rand.Read(s[:]) // never fails: crypto/rand ends the process rather than return weak bytes
	return s
}

// Commit returns the commitment to a manifest: HMAC-SHA256 under the salt of the text
// "jarchi/version/v1\n" and the manifest's bytes. For a manifest that [Manifest.Validate] refuses
// it returns zeroes, which no leaf accepts.
func Commit(s Salt, m Manifest) [32]byte {
	b := m.Bytes()
	if b == nil {
		return [32]byte{}
	}
	return mac(s, commitDomain, b)
}

// CommitSeal returns the commitment of a release's one seal: HMAC-SHA256 under the salt of the text
// "jarchi/seal/v1\n" and the commitments of all its versions, each in lower-case hexadecimal and
// ended by a line feed, in the order in which their leaves follow the open leaf.
func CommitSeal(s Salt, commits [][32]byte) [32]byte {
	b := make([]byte, 0, len(commits)*65)
	for _, c := range commits {
		b = hex.AppendEncode(b, c[:])
		b = append(b, '\n')
	}
	return mac(s, sealDomain, b)
}

// concurDomain separates what a further issuer signs from all other hashes.
const concurDomain = "jarchi/concur/v1\n"

// CommitConcur returns what the concur leaf of a further issuer carries: SHA-256 of the text "jarchi/concur/v1\n" and the commitments
// of the release's newest versions, each in lower-case hexadecimal and ended by a line feed, in the order of its items. They are
// salted already, and whoever has the proof files of the items can work it out.
func CommitConcur(commits [][32]byte) [32]byte {
	b := []byte(concurDomain)
	for _, c := range commits {
		b = hex.AppendEncode(b, c[:])
		b = append(b, '\n')
	}
	return sha256.Sum256(b)
}

func mac(s Salt, domain string, data []byte) (sum [32]byte) {
	h := hmac.New(sha256.New, s[:])
	h.Write([]byte(domain))
	h.Write(data)
	h.Sum(sum[:0])
	return sum
}

func parseSHA256(s string) (h [32]byte, ok bool) {
	if len(s) != 2*len(h) {
		return h, false
	}
	_, err := hex.Decode(h[:], []byte(s))
	return h, err == nil
}

// isLanguage checks the shape of a BCP 47 tag; which tags exist is not this package's business.
func isLanguage(s string) bool {
	if len(s) > 35 {
		return false
	}
	for part := range strings.SplitSeq(s, "-") {
		if len(part) < 1 || len(part) > 8 || strings.IndexFunc(part, notAlphanumeric) >= 0 {
			return false
		}
	}
	return true
}

func notAlphanumeric(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
}

func isClass(s string) bool {
	return len(s) >= 1 && len(s) <= 16 && strings.IndexFunc(s, func(r rune) bool { return r < 'a' || r > 'z' }) < 0
}

// isMediaType checks RFC 6838, section 4.2, in lower case.
func isMediaType(s string) bool {
	kind, sub, ok := strings.Cut(s, "/")
	return ok && isRestrictedName(kind) && isRestrictedName(sub)
}

func isRestrictedName(s string) bool {
	if len(s) < 1 || len(s) > 64 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && (i == 0 || !strings.ContainsRune("!#$&-^_.+", rune(c))) {
			return false
		}
	}
	return true
}
