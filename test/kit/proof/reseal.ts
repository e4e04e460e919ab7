import { createHash } from 'node:crypto'
import { encodeCanonical } from '../../../src/core/evidence/canonical-json.ts'
import { encodeBase64 } from '../../../src/core/evidence/base64.ts'
import { checkpointText } from '../../../src/core/evidence/log/checkpoint.ts'
import { encodeCustodyEvent, signCustodyEvent } from '../../../src/core/evidence/custody/custody-event.ts'
import { encodeLeafRecord, parseLeafRecord } from '../../../src/core/evidence/log/leaf-record.ts'
import {
  consistencyStretches,
  hashLeaf,
  hashNode,
  inclusionStretches,
  splitPoint,
  type SubtreeRange,
} from '../../../src/core/evidence/log/merkle.ts'
import { formatVerifierKey, keyId, signNote, type VerifierKey } from '../../../src/core/evidence/log/signed-note.ts'
import { formatTlogProof } from '../../../src/core/evidence/log/tlog-proof.ts'
import { loggedAt } from '../../../src/core/evidence/verify/source/bundle-paths.ts'
import type { EntryKind } from '../../../src/core/model/log-entry.ts'
import { instant, parseSha256 } from '../../../src/core/model/units.ts'
import { publicKeyOf, sha256, signEd25519 } from '../../../src/runtime/ed25519.ts'
import type { Files } from './bundle-maker.ts'
import { relist, textAt } from './forge.ts'

// Whoever runs an observatory has its keys: a bundle that he changed is logged, proven and sealed as any other. What is
// still found is found by what the bundle says itself.

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const hex = (name: 'sha256' | 'sha512', bytes: Uint8Array): string => createHash(name).update(bytes).digest('hex')

interface Signer {
  readonly key: VerifierKey
  readonly sign: (message: Uint8Array) => Uint8Array
}

function signer(name: string): Signer {
  const seed = sha256(bytesOf(`${name} of whoever lies`))
  const publicKey = publicKeyOf(seed)
  return { key: { name, id: keyId(name, publicKey, sha256), publicKey }, sign: (message) => signEd25519(seed, message) }
}

/** JSON of a file of the bundle changed in place, canonical again. */
export function editJson<T>(files: Files, path: string, change: (value: T) => unknown): void {
  files.set(path, bytesOf(encodeCanonical(change(JSON.parse(textAt(files, path)) as T))))
}

/** Lines of JSON changed one by one; one of which nothing is made is left out. */
export function editLines<T>(files: Files, path: string, change: (value: T) => unknown): void {
  const lines = textAt(files, path).split('\n').slice(0, -1)
  const changed = lines.map((line) => change(JSON.parse(line) as T)).filter((one) => one !== undefined)
  files.set(path, bytesOf(changed.map((one) => `${encodeCanonical(one)}\n`).join('')))
}

/**
 * Logs every file of a bundle as it is now under keys of its own, proves and seals it. Events of custody are left out: they
 * are signed by somebody else. Gives the key of the log.
 */
export function reseal(files: Files): VerifierKey {
  for (const path of files.keys()) if (/^data\/(custody|log\/proofs)\//.test(path)) files.delete(path)
  const index = JSON.parse(textAt(files, 'data/bundle.json')) as {
    readonly name: string
    readonly log: { readonly origin: string; readonly size: number }
    counts: { custody: number }
  }
  index.counts.custody = 0
  files.set('data/bundle.json', bytesOf(encodeCanonical(index)))
  const { origin, size } = index.log
  const log = signer(origin)
  const leaves = leavesOf(files, size)
  const named = namedLeaves(files)
  files.set(
    'data/log/leaves.txt',
    bytesOf(named.map((leaf) => `${leaf} ${new TextDecoder().decode(leaves[leaf])}\n`).join('')),
  )
  files.set('data/log/keys.txt', bytesOf(`${formatVerifierKey(log.key)}\n`))
  files.set('data/log/policy.txt', bytesOf(`log ${formatVerifierKey(log.key)}\nquorum none\n`))
  const hashes = leaves.map((leaf) => hashLeaf(leaf, sha256))
  const checkpoint = (tree: Tree): string =>
    signNote(checkpointText({ origin, size: tree.size, root: tree.root(0, tree.size) }), {
      ...log.key,
      sign: log.sign,
    })
  const older = treeOf(hashes)
  const head = checkpoint(older)
  files.set('data/log/checkpoint', bytesOf(head))
  for (const leaf of named)
    files.set(
      `data/log/proofs/${leaf}.tlog-proof`,
      bytesOf(formatTlogProof(leaf, pathIn(older, inclusionStretches(leaf, size)), head)),
    )
  relist(files)
  const custody = signer('kuager-custody')
  const event = encodeCustodyEvent(
    signCustodyEvent(
      {
        type: 'exported',
        evidence: { kind: 'bundle', id: index.name },
        actor: 'operator',
        reason: 'as tests need it',
        detail: {
          manifest_sha512: hex('sha512', files.get('manifest-sha512.txt') ?? new Uint8Array()),
          bag_info_sha512: hex('sha512', files.get('bag-info.txt') ?? new Uint8Array()),
        },
      },
      { id: '0'.repeat(32), at: instant(Date.now()), prev: null },
      custody,
    ),
  )
  const record = recordOf('custody-event', event)
  const newer = treeOf([...hashes, hashLeaf(record, sha256)])
  files.set('seal.json', event)
  files.set('seal.leaf', record)
  files.set(
    'seal.tlog-proof',
    bytesOf(formatTlogProof(size, pathIn(newer, inclusionStretches(size, size + 1)), checkpoint(newer))),
  )
  const consistency = pathIn(newer, consistencyStretches(size, size + 1))
  files.set('seal.consistency', bytesOf(consistency.map((one) => `${encodeBase64(one)}\n`).join('')))
  relist(files)
  return log.key
}

interface Tree {
  readonly size: number
  readonly root: (from: number, until: number) => Uint8Array
}

/** A tree whose every part is hashed once. */
function treeOf(hashes: readonly Uint8Array[]): Tree {
  const known = new Map<string, Uint8Array>()
  const root = (from: number, until: number): Uint8Array => {
    if (until - from === 1) return hashes[from] ?? new Uint8Array()
    const found = known.get(`${from}-${until}`)
    if (found !== undefined) return found
    const middle = from + splitPoint(until - from)
    const made = hashNode(root(from, middle), root(middle, until), sha256)
    known.set(`${from}-${until}`, made)
    return made
  }
  return { size: hashes.length, root }
}

const pathIn = ({ root }: Tree, stretches: readonly SubtreeRange[]): Uint8Array[] =>
  stretches.map(({ from, until }) => root(from, until))

const recordOf = (kind: EntryKind, bytes: Uint8Array): Uint8Array =>
  encodeLeafRecord({
    kind,
    original: parseSha256(hex('sha256', Buffer.concat([Buffer.alloc(16), bytes]))),
    public: parseSha256(hex('sha256', bytes)),
    size: bytes.length,
  })

/** Every leaf of the tree: of what is in the bundle as it is now, of what is named without a file as it was. */
function leavesOf(files: Files, size: number): readonly Uint8Array[] {
  const leaves = Array.from({ length: size }, (_, at) => recordOf('measurement', bytesOf(`not in the bundle: ${at}`)))
  for (const line of textAt(files, 'data/log/leaves.txt').split('\n').slice(0, -1)) {
    const space = line.indexOf(' ')
    leaves[Number(line.slice(0, space))] = bytesOf(line.slice(space + 1))
  }
  for (const [path, bytes] of files) {
    const logged = loggedAt(path)
    if (logged === undefined) continue
    const before = leaves[logged.leaf]
    const { original, size: length } = parseLeafRecord(before ?? recordOf(logged.kind, bytes))
    const digest = parseSha256(hex('sha256', bytes))
    leaves[logged.leaf] = encodeLeafRecord({ kind: logged.kind, original, public: digest, size: length })
  }
  return leaves
}

/** Leaves that have a file or a line, ascending. */
function namedLeaves(files: Files): readonly number[] {
  const lines = textAt(files, 'data/measurements.jsonl').split('\n').slice(0, -1)
  const measured = lines.map((line) => (JSON.parse(line) as { readonly leaf: number }).leaf)
  const filed = [...files.keys()].flatMap((path) => loggedAt(path)?.leaf ?? [])
  return [...new Set([...measured, ...filed])].toSorted((a, b) => a - b)
}
