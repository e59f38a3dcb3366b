package tlog

import (
	"bytes"
	"crypto/sha256"
	"fmt"

	"golang.org/x/mod/sumdb/note"

	"jarchi.dev/jarchi/internal/fault"
)

// Verified is what a proof file has proven.
type Verified struct {
	Origin   string // of the log: the member's domain and the class
	Leaf     Leaf   // kind, id, version and time (the member's own clock)
	Index    int64  // of the leaf in the log
	Head     Head   // of the signed tree it stands in
	Manifest *Manifest
	Bytes    []byte // the exact bytes of the text; nil, like Manifest, for leaf and proof alone
	// CoSigned counts further signatures on the checkpoint. They are not checked: only the log's own
	// key was given.
	CoSigned int
}

// Verify checks a proof file against a log's key, offline and step by step: the text is the one of
// the manifest, salt and manifest open the commitment, the leaf carries it for this item and
// version, the checkpoint is of this log and signed by this key, and the proof leads from the leaf
// to the checkpoint's root. The error says which step failed: Invalid or TooLarge when the file
// cannot be read, Corrupt when it does not prove what it claims.
func Verify(file []byte, v note.Verifier) (Verified, error) {
	f, err := ParseProofFile(file)
	if err != nil {
		return Verified{}, err
	}
	return f.Verify(v)
}

// Verify is [Verify] for a file that has been read.
func (f ProofFile) Verify(v note.Verifier) (Verified, error) {
	leaf, err := f.Leaf.Marshal()
	if err != nil {
		return Verified{}, err
	}
	out := Verified{Origin: v.Name(), Leaf: f.Leaf, Index: f.Proof.Index}
	if f.Opening != nil {
		if err := f.Opening.check(f.Leaf); err != nil {
			return Verified{}, err
		}
		out.Manifest, out.Bytes = &f.Opening.Manifest, f.Opening.Bytes
	}
	if _, _, ok := ParseOrigin(v.Name()); !ok {
		return Verified{}, fault.E(fault.Invalid, "The key is named %q, which is not the name of a log: <domain>/log/public or <domain>/log/closed.", v.Name())
	}
	if out.Head, err = ParseCheckpoint(f.Proof.Checkpoint, v.Name(), v); err != nil {
		return Verified{}, err
	}
	if err := CheckInclusion(f.Proof.Hashes, out.Head, f.Proof.Index, leaf); err != nil {
		return Verified{}, err
	}
	// The log's own signature is one of the lines; ParseCheckpoint has found it.
	out.CoSigned = bytes.Count(f.Proof.Checkpoint, []byte("\n— ")) - 1
	return out, nil
}

// check tells whether the leaf commits to the opening, and if not, where the chain breaks.
func (o *Opening) check(leaf Leaf) error {
	m := o.Manifest
	if int64(len(o.Bytes)) != m.Length {
		return fault.E(fault.Corrupt, "The text does not match its manifest: it has %d bytes, the manifest says %d.", len(o.Bytes), m.Length)
	}
	if sum := sha256.Sum256(o.Bytes); sum != m.SHA256 {
		return fault.E(fault.Corrupt, "The text does not match its manifest: its SHA-256 is %x, the manifest says %x.", sum, m.SHA256)
	}
	if leaf.Commit == nil {
		return fault.E(fault.Corrupt, "The leaf carries no commitment, so the text in the file belongs to another leaf.")
	}
	if got := Commit(o.Salt, m); !bytes.Equal(got[:], leaf.Commit) {
		return fault.E(fault.Corrupt, "The leaf does not commit to this manifest: manifest and salt give another commitment.")
	}
	if leaf.ID != m.Item {
		return fault.E(fault.Corrupt, "The manifest does not match its leaf: it is of item %s, the leaf of %s.", m.Item, leaf.ID)
	}
	if leaf.Version != m.Version {
		return fault.E(fault.Corrupt, "The manifest does not match its leaf: it is of version %d, the leaf of %d.", m.Version, leaf.Version)
	}
	return nil
}

// NotProven lists in plain sentences what the file does not prove, so that nobody takes more from a
// valid proof than it gives.
func (v Verified) NotProven() []string {
	s := []string{"that the content is true"}
	if v.Manifest == nil {
		s = append(s, "what the text said: the file holds none, only what the log recorded about it")
	} else if n := len(v.Manifest.Attachments); n > 0 {
		s = append(s, fmt.Sprintf("that the %d attached files you may hold are the right ones: they are not in this file, only their SHA-256 in the manifest", n))
	}
	if v.CoSigned > 0 {
		s = append(s, fmt.Sprintf("that witnesses saw it: the checkpoint carries %d further signatures, which were not checked because only the log's key was given", v.CoSigned))
	} else {
		s = append(s, "that anybody else saw it by then: not yet cosigned by a witness, so the time is the member's own statement")
	}
	return append(s, "that it still stands: a correction or withdrawal may come later in the log")
}
