import type { BundleIndex } from '../../../model/incident/bundle.ts'
import { checkpointSigners, parseCheckpoint } from '../../log/checkpoint.ts'
import { custodySignedBy, parseCustodyEvent } from '../../custody/custody-event.ts'
import { encodeHex } from '../../hex.ts'
import { parseLeafRecord } from '../../log/leaf-record.ts'
import { hashLeaf, verifyConsistency, verifyInclusion } from '../../log/merkle.ts'
import { formatVerifierKey } from '../../log/signed-note.ts'
import { parseTlogProof } from '../../log/tlog-proof.ts'
import { loggedAt } from '../source/bundle-paths.ts'
import type { BundleTools } from '../bundle-tools.ts'
import { parseHashes } from './hash-lines.ts'
import type { BundleLogParts } from '../log-parts.ts'
import type { FilesRead } from '../source/read-files.ts'
import type { StepFindings } from './findings.ts'

/** Whether the checkpoint is signed: by a key of the bundle, and by one that the reader trusts, if they named any. */
export function checkCheckpoint({ keys, checkpoint }: BundleLogParts, tools: BundleTools, find: StepFindings): void {
  if (checkpoint === undefined) {
    find.skip('unread', 'data/log/checkpoint')
    return
  }
  const { origin, size, note } = checkpoint
  find.fact('checkpoint', { origin, size })
  const own = checkpointSigners(checkpoint, keys, tools.verify)
  if (own.length === 0) find.fail(keys.length === 0 ? 'no-signature' : 'bad-signature', origin)
  for (const key of own) find.fact('signed-by', { key: formatVerifierKey(key), id: key.id, name: key.name })
  if (tools.trusted.length === 0) {
    find.note('no-trust', own.map(({ name, id }) => `${name}+${id}`).join(' '))
    return
  }
  const trusted = checkpointSigners(checkpoint, tools.trusted, tools.verify)
  if (trusted.length === 0) find.fail('unknown-key', note.signatures.map(({ name, id }) => `${name}+${id}`).join(' '))
  for (const { name, id } of trusted) find.fact('trusted-by', { name, id })
}

/** Whether what was logged is what its leaves digest, and every leaf has a proof that leads to the checkpoint. */
export function checkInclusion({ leaves, checkpoint }: BundleLogParts, files: FilesRead, find: StepFindings): void {
  if (checkpoint === undefined) find.skip('unread', 'data/log/checkpoint')
  for (const [path, sha256] of files.sha256) {
    const logged = loggedAt(path)
    if (logged === undefined) continue
    const named = leaves.get(logged.leaf)
    if (named === undefined) find.fail('no-leaf', path)
    else if (!isLogged(named.record, { path, sha256 }, files) || named.record.kind !== logged.kind)
      find.fail('leaf-differs', path)
  }
  checkTwice(leaves, files, find)
  let proven = 0
  for (const leaf of leaves.keys()) {
    const problem = files.proofs.has(leaf) ? files.proofs.get(leaf) : 'no-proof'
    if (problem === undefined) proven++
    else if (checkpoint !== undefined || problem !== 'proof-checkpoint') find.fail(problem, `leaf ${leaf}`)
  }
  for (const leaf of files.proofs.keys()) if (!leaves.has(leaf)) find.fail('no-leaf', `leaf ${leaf}`)
  find.fact('inclusion', { count: proven, size: checkpoint?.size ?? 0 })
}

/** Whether a leaf digests a file, or the form within it of which values are withheld. */
const isLogged = (
  { public: logged }: { readonly public: string },
  { path, sha256 }: { readonly path: string; readonly sha256: string },
  { forms }: FilesRead,
): boolean => logged === sha256 || logged === forms.get(path)?.hashed

/** One public form under two leaves: one measurement that was sent twice, or counted twice. */
function checkTwice(leaves: BundleLogParts['leaves'], files: FilesRead, find: StepFindings): void {
  const seen = new Set<string>()
  const again: number[] = []
  for (const path of files.sha256.keys()) {
    const logged = loggedAt(path)
    const shown = logged?.kind === 'measurement' ? leaves.get(logged.leaf)?.record.public : undefined
    if (logged === undefined || shown === undefined) continue
    if (seen.has(shown)) again.push(logged.leaf)
    seen.add(shown)
  }
  find.noteLeaves('twice', again)
}

const SEAL = 'seal.json'

/** Whether the seal names these manifests, is signed, and is in a tree of the log that begins with the checkpoint's. */
export async function checkSeal(
  log: BundleLogParts,
  { files, index }: { readonly files: FilesRead; readonly index: BundleIndex | undefined },
  tools: BundleTools,
  find: StepFindings,
): Promise<void> {
  const bytes = files.kept.get(SEAL)
  if (bytes === undefined) {
    find.fail('missing-file', SEAL)
    return
  }
  const event = await find.attempt('file-form', SEAL, () => parseCustodyEvent(bytes))
  if (event !== undefined) {
    if (custodySignedBy(event, tools) === undefined) find.fail('bad-signature', SEAL)
    if (event.type !== 'exported' || event.evidence.kind !== 'bundle') find.fail('seal-differs', 'type')
    if (event.evidence.id !== index?.name) find.fail('seal-differs', 'name')
    // It is made when the bundle is whole, by the same clock.
    if (index !== undefined && Date.parse(event.at) < Date.parse(index.made_at_utc)) find.fail('seal-differs', 'at')
    const { manifest_sha512: manifest, bag_info_sha512: info } = event.detail
    if (manifest !== files.sha512.get('manifest-sha512.txt')) find.fail('seal-differs', 'manifest-sha512.txt')
    if (info !== files.sha512.get('bag-info.txt')) find.fail('seal-differs', 'bag-info.txt')
    find.fact('seal', { madeAt: Date.parse(event.at), key: event.key })
  }
  await checkSealProof(log, files, tools, find)
}

async function checkSealProof(
  log: BundleLogParts,
  files: FilesRead,
  tools: BundleTools,
  find: StepFindings,
): Promise<void> {
  const leaf = files.kept.get('seal.leaf')
  const proofBytes = files.kept.get('seal.tlog-proof')
  const hashes = files.kept.get('seal.consistency')
  if (leaf === undefined || proofBytes === undefined || hashes === undefined) {
    for (const path of ['seal.leaf', 'seal.tlog-proof', 'seal.consistency'])
      if (!files.kept.has(path)) find.fail('missing-file', path)
    return
  }
  const record = await find.attempt('file-form', 'seal.leaf', () => parseLeafRecord(leaf))
  if (record !== undefined && (record.kind !== 'custody-event' || record.public !== files.sha256.get(SEAL)))
    find.fail('leaf-differs', SEAL)
  const proof = await find.attempt('file-form', 'seal.tlog-proof', () => parseTlogProof(proofBytes))
  const path = await find.attempt('file-form', 'seal.consistency', () => parseHashes(hashes))
  if (proof === undefined) return
  const head = parseCheckpoint(proof.checkpointBytes)
  if (head.origin !== log.checkpoint?.origin) find.fail('origin', head.origin)
  else if (checkpointSigners(head, log.keys, tools.verify).length === 0) find.fail('bad-signature', 'seal.tlog-proof')
  const trusted = tools.trusted.length === 0 || checkpointSigners(head, tools.trusted, tools.verify).length > 0
  if (!trusted) find.fail('unknown-key', 'seal.tlog-proof')
  const claim = {
    index: BigInt(proof.index),
    size: BigInt(head.size),
    leaf: hashLeaf(leaf, tools.digest),
    path: proof.path,
    root: head.root,
  }
  if (!verifyInclusion(claim, tools.digest)) find.fail('not-in-log', SEAL)
  if (path === undefined || log.checkpoint === undefined) return
  const older = log.checkpoint
  const begins = verifyConsistency(
    {
      olderSize: BigInt(older.size),
      newerSize: BigInt(head.size),
      olderRoot: older.root,
      newerRoot: head.root,
      path,
    },
    tools.digest,
  )
  if (!begins) find.fail('not-consistent', 'seal.consistency')
}

/** SHA-256 of bytes in hexadecimal. */
export const sha256Hex = (bytes: Uint8Array, { digest }: Pick<BundleTools, 'digest'>): string =>
  encodeHex(digest(bytes))
