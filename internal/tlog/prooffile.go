package tlog

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"strings"

	"jarchi.dev/jarchi/internal/fault"
)

const (
	// ProofFileFormat names the format of a portable proof file.
	ProofFileFormat = "jarchi/proof/v1"
	// MaxProofFile bounds a proof file in bytes.
	MaxProofFile = 32 << 20
)

// Opening is what opens a commitment: it stays beside the log and goes when a text is erased.
type Opening struct {
	Manifest Manifest
	Salt     Salt
	Bytes    []byte // the exact ninjs bytes that were released
}

// ProofFile is all that is needed to check one leaf without asking anybody: the leaf, its proof up to
// a signed checkpoint and, as long as the version may be read, what opens its commitment.
type ProofFile struct {
	Leaf    Leaf
	Proof   Proof
	Opening *Opening // nil for leaf and proof alone: withdrawn, erased, or not for the reader
}

// Marshal returns the file: one JSON object and a line feed. It does not check the proof.
func (f ProofFile) Marshal() ([]byte, error) {
	leaf, err := f.Leaf.Marshal()
	if err != nil {
		return nil, err
	}
	j := struct {
		Format   string  `json:"format"`
		Manifest string  `json:"manifest,omitempty"`
		Salt     []byte  `json:"salt,omitempty"`
		Bytes    *[]byte `json:"bytes,omitempty"`
		Leaf     string  `json:"leaf"`
		Proof    string  `json:"proof"`
	}{Format: ProofFileFormat, Leaf: string(leaf), Proof: string(f.Proof.Marshal())}
	if o := f.Opening; o != nil {
		if err := o.Manifest.Validate(); err != nil {
			return nil, err
		}
		content := append([]byte{}, o.Bytes...) // never nil: empty bytes are "", not null
		j.Manifest, j.Salt, j.Bytes = string(o.Manifest.Bytes()), o.Salt[:], &content
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(j); err != nil {
		return nil, fault.E(fault.Internal, "The proof file could not be written.").Because(err)
	}
	if b.Len() > MaxProofFile {
		return nil, fault.E(fault.TooLarge, "The proof file would have %d bytes; at most %d are allowed.", b.Len(), MaxProofFile)
	}
	return b.Bytes(), nil
}

// ParseProofFile reads a proof file. Each member must be there once, under its exact name, with
// nothing else beside it; spaces and order are free. Reading checks the form, [Verify] the proof.
func ParseProofFile(data []byte) (ProofFile, error) {
	var f ProofFile
	members, err := parseMembers(data)
	if err != nil {
		return f, err
	}
	if members["format"] != ProofFileFormat {
		return f, fault.E(fault.Unsupported, "This proof file is of a format that is not known here; known is %s.", ProofFileFormat)
	}
	if f.Leaf, err = ParseLeaf([]byte(members["leaf"])); err != nil {
		return f, inFile("The leaf in the file is damaged.", err)
	}
	if f.Proof, err = ParseProof([]byte(members["proof"])); err != nil {
		return f, inFile("The inclusion proof in the file is damaged.", err)
	}
	manifest, withManifest := members["manifest"]
	salt, withSalt := members["salt"]
	content, withBytes := members["bytes"]
	switch {
	case !withManifest && !withSalt && !withBytes:
		return f, nil
	case !withManifest || !withSalt || !withBytes:
		return f, fault.E(fault.Invalid, "A proof file holds manifest, salt and bytes together or none of them.")
	}
	f.Opening = new(Opening)
	if f.Opening.Manifest, err = ParseManifest([]byte(manifest)); err != nil {
		return f, inFile("The manifest in the file is damaged.", err)
	}
	rawSalt, ok := parseBase64(salt)
	if !ok || len(rawSalt) != len(f.Opening.Salt) {
		return f, fault.E(fault.Invalid, "The salt in the file is not 32 bytes in base64.")
	}
	copy(f.Opening.Salt[:], rawSalt)
	if f.Opening.Bytes, ok = parseBase64(content); !ok {
		return f, fault.E(fault.Invalid, "The text in the file is not in base64.")
	}
	return f, nil
}

func inFile(sentence string, err error) error {
	return fault.E(fault.Invalid, "%s", sentence).Because(err)
}

// parseMembers reads a JSON object of strings. encoding/json into a struct would let names pass in
// another letter case, and twice: two readers could then see two texts in one file.
func parseMembers(data []byte) (map[string]string, error) {
	bad := func(why string) (map[string]string, error) {
		return nil, fault.E(fault.Invalid, "This is not a proof file: %s.", why)
	}
	if len(data) > MaxProofFile {
		return nil, fault.E(fault.TooLarge, "A proof file has at most %d bytes.", MaxProofFile)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return bad("it is not a JSON object")
	}
	members := make(map[string]string, 6)
	for dec.More() {
		t, err := dec.Token()
		name, ok := t.(string)
		if err != nil || !ok {
			return bad("it is not well-formed JSON")
		}
		switch name {
		case "format", "manifest", "salt", "bytes", "leaf", "proof":
		default:
			return bad("it has a member that a proof file does not have")
		}
		if _, twice := members[name]; twice {
			return bad("it has the member " + name + " twice")
		}
		t, err = dec.Token()
		value, ok := t.(string)
		if err != nil || !ok {
			return bad("its member " + name + " is not a string")
		}
		members[name] = value
	}
	if _, err := dec.Token(); err != nil {
		return bad("it ends too early")
	}
	if _, err := dec.Token(); err != io.EOF {
		return bad("something follows after its end")
	}
	return members, nil
}

// parseBase64 takes the one standard spelling: no line breaks, no stray bits.
func parseBase64(s string) ([]byte, bool) {
	if strings.ContainsAny(s, "\r\n") {
		return nil, false
	}
	b, err := base64.StdEncoding.Strict().DecodeString(s)
	return b, err == nil
}
