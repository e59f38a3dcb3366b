// Package tlog is the provable log: what a leaf says, how a tree of leaves grows, and how anyone
// checks afterwards that a text was released and never silently changed.
//
// It owns the exact bytes: the leaf ([Leaf]), the manifest of a version and the commitment to it
// ([Manifest], [Commit]), the signed checkpoint ([SignCheckpoint]), the paths and bodies of the
// C2SP tlog-tiles ([Resource]), the proofs ([Proof], [ProofFile], [Verify]), the full check of a
// stored log ([CheckLog]) and the guard against forks ([Guard]). docs/log.md describes all of them
// for a second implementation.
//
// The tree is RFC 6962's, computed with golang.org/x/mod/sumdb/tlog; hashes are kept under that
// package's stored-hash positions. Rows live in the database of whoever calls: this package reads
// them through [Rows] and [HashReader] and never writes them. Its only file is the guard file.
//
// It never sees a headline, a text's meaning, a person or a desk: a leaf holds opaque ids, a time
// and a commitment. What opens the commitment (salt, manifest, bytes) stays beside the log, where
// it can be erased. It decides nothing about who may read what, and opens no connection.
package tlog
