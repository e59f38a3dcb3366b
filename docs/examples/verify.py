#!/usr/bin/env python3
"""Checks a proof file without any node and without our code: docs/log.md, 'Proof file'. Python 3.9 or later, and openssl 3 for the signature.

python3 verify.py FILE KEY      # KEY from the member itself or from a partner, not from whoever gave you the file
"""
import base64, hashlib, hmac, json, subprocess, sys, tempfile

sha = lambda b: hashlib.sha256(b).digest()


def ed25519(public, signature, text):
    """Whether a signature is right. Python has no Ed25519 of its own."""
    der = bytes.fromhex("302a300506032b6570032100") + public  # RFC 8410
    with tempfile.NamedTemporaryFile() as k, tempfile.NamedTemporaryFile() as s, tempfile.NamedTemporaryFile() as t:
        for f, b in (k, der), (s, signature), (t, text):
            f.write(b)
            f.flush()
        call = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", k.name, "-rawin", "-in", t.name, "-sigfile", s.name]
        return subprocess.run(call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def proven(file, key):
    """The leaf and the released bytes (None where the file has none), or ValueError with the step that fails."""
    def check(holds, step):
        if not holds:
            raise ValueError("not proven: " + step)
    f = json.loads(file)
    leaf = json.loads(f["leaf"])
    # The text is the manifest's, and the leaf commits to the manifest.
    text = base64.b64decode(f["bytes"]) if "bytes" in f else None
    if text is not None:
        manifest = dict(line.split(" ", 1) for line in f["manifest"].splitlines())
        check(manifest["sha256"] == sha(text).hex() and manifest["length"] == str(len(text)), "the text is not the one of its manifest")
        commit = hmac.new(base64.b64decode(f["salt"]), b"jarchi/version/v1\n" + f["manifest"].encode(), hashlib.sha256).digest()
        check(commit == base64.b64decode(leaf["commit"]), "the leaf commits to another manifest")
        check((manifest["item"], manifest["version"]) == (leaf["id"], str(leaf["version"])), "the manifest is of another item or version")
    # The checkpoint is of the key's log and signed by it.
    head, checkpoint = f["proof"].split("\n\n", 1)
    note, signatures = checkpoint.split("\n\n", 1)
    origin, size, root = note.split("\n")
    name, number, packed = key.split("+", 2)
    packed = base64.b64decode(packed)
    check(packed[0] == 1 and sha(name.encode() + b"\n" + packed)[:4].hex() == number, "this is no Ed25519 key of a log")
    found = [base64.b64decode(s.split(" ")[2]) for s in signatures.splitlines() if s.startswith(f"— {name} ")]
    right = any(s[:4].hex() == number and ed25519(packed[1:], s[4:], note.encode() + b"\n") for s in found)
    check(origin == name and right, "the checkpoint is not signed by this key")
    # The leaf stands in the tree of the checkpoint (RFC 9162, 2.1.3.2).
    _, index, *path = head.split("\n")
    at, last, hash = int(index.removeprefix("index ")), int(size) - 1, sha(b"\0" + f["leaf"].encode())
    check(0 <= at <= last, "there is no such leaf")
    for sibling in map(base64.b64decode, path):
        check(last, "the proof is too long")
        if at % 2 or at == last:
            hash = sha(b"\1" + sibling + hash)
            while at % 2 == 0 and at:
                at, last = at >> 1, last >> 1
        else:
            hash = sha(b"\1" + hash + sibling)
        at, last = at >> 1, last >> 1
    check(last == 0 and hash == base64.b64decode(root), "the leaf is not in the tree of the checkpoint")
    return leaf, text


if __name__ == "__main__":
    leaf, text = proven(open(sys.argv[1], encoding="utf-8").read(), sys.argv[2])
    print("proven:", leaf["kind"], leaf.get("id"), leaf.get("version"), leaf["time"])
