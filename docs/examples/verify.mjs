// Checks a proof file without any node and without our code: docs/log.md, 'Proof file'. Node 18 or later, nothing else.
// node verify.mjs FILE KEY      # KEY from the member itself or from a partner, not from whoever gave you the file
import { createHash, createHmac, createPublicKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const sha = (...parts) => parts.reduce((h, p) => h.update(p), createHash('sha256')).digest()
const raw = (s) => Buffer.from(s, 'base64')
const check = (holds, step) => { if (!holds) throw new Error('not proven: ' + step) }

// The leaf and the released bytes (undefined where the file has none), or an error with the step that fails.
export function proven(file, key) {
  const f = JSON.parse(file)
  const leaf = JSON.parse(f.leaf)
  // The text is the manifest's, and the leaf commits to the manifest.
  const text = f.bytes === undefined ? undefined : raw(f.bytes)
  if (text) {
    const manifest = new Map(f.manifest.split('\n').map((line) => [line.split(' ')[0], line.slice(line.indexOf(' ') + 1)]))
    check(manifest.get('sha256') === sha(text).toString('hex') && manifest.get('length') === String(text.length), 'the text is not the one of its manifest')
    const commit = createHmac('sha256', raw(f.salt)).update('jarchi/version/v1\n' + f.manifest).digest()
    check(commit.equals(raw(leaf.commit)), 'the leaf commits to another manifest')
    check(manifest.get('item') === leaf.id && manifest.get('version') === String(leaf.version), 'the manifest is of another item or version')
  }
  // The checkpoint is of the key's log and signed by it.
  const [head, note, signatures] = f.proof.split('\n\n')
  const [origin, size, root] = note.split('\n')
  const [name, number, ...rest] = key.split('+')
  const packed = raw(rest.join('+'))
  check(packed[0] === 1 && sha(name, '\n', packed).subarray(0, 4).toString('hex') === number, 'this is no Ed25519 key of a log')
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), packed.subarray(1)]) // RFC 8410
  const public_ = createPublicKey({ key: spki, format: 'der', type: 'spki' })
  const right = signatures.split('\n').filter((s) => s.startsWith(`— ${name} `)).map((s) => raw(s.split(' ')[2]))
    .some((s) => s.subarray(0, 4).toString('hex') === number && verify(null, Buffer.from(note + '\n'), public_, s.subarray(4)))
  check(origin === name && right, 'the checkpoint is not signed by this key')
  // The leaf stands in the tree of the checkpoint (RFC 9162, 2.1.3.2).
  const [, index, ...path] = head.split('\n')
  let at = BigInt(index.slice('index '.length)), last = BigInt(size) - 1n, hash = sha('\0', f.leaf)
  check(at >= 0n && at <= last, 'there is no such leaf')
  for (const sibling of path.map(raw)) {
    check(last > 0n, 'the proof is too long')
    if (at & 1n || at === last) {
      hash = sha('\x01', sibling, hash)
      while (!(at & 1n) && at) [at, last] = [at >> 1n, last >> 1n]
    } else hash = sha('\x01', hash, sibling);
    [at, last] = [at >> 1n, last >> 1n]
  }
  check(last === 0n && hash.equals(raw(root)), 'the leaf is not in the tree of the checkpoint')
  return { leaf, text }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { leaf } = proven(readFileSync(process.argv[2], 'utf8'), process.argv[3])
  console.log('proven:', leaf.kind, leaf.id, leaf.version, leaf.time)
}
