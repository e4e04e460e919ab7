import { createHash } from 'node:crypto'
import { encodeCanonical } from '../../core/evidence/canonical-json.ts'
import { decodeEntries, encodeEntries } from '../../core/evidence/log/entry-bundle.ts'
import { encodeHex } from '../../core/evidence/hex.ts'
import type { LetterCount } from '../core/count.ts'
import { recountLog, type LogSource } from '../core/recount.ts'
import { TILE_WIDTH, tilePath } from '../../core/evidence/log/tile.ts'
import { Fault, InputError } from '../../core/model/errors.ts'
import { letterSchema, type Letter } from '../core/letter.ts'
import { parseSha256, type Sha256 } from '../../core/model/units.ts'
import { sha256, verifyEd25519 } from '../../runtime/ed25519.ts'
import { LANGS } from '../../core/text/lang.ts'
import { LOG, MANIFEST, MOST_SIGNATURES, sealedPath, SUMS, versionPath, type HandoverManifest } from './manifest.ts'
import { handoverReadme } from './readme.ts'

export interface HandoverParts {
  /** Newest version of the letter, and every one of them as its canonical JSON. */
  readonly letter: Letter
  readonly document: (version: number) => string | undefined
  /** The log, whose newest checkpoint is what is counted up to. */
  readonly log: LogSource
  /** What was sealed; undefined where it is gone. */
  readonly sealed: (ct: Sha256) => Promise<Uint8Array | undefined>
  /** Writes a file of the bundle; each path once. */
  readonly put: (path: string, bytes: Uint8Array) => Promise<void>
  readonly signal: AbortSignal
}

export interface WrittenHandover {
  readonly total: number
  readonly size: number
  readonly manifestSha256: Sha256
}

/** A signature was withdrawn between the checkpoint and the reading of what was sealed: to be begun again. */
export class Overtaken extends Fault {}

/**
 * Writes what is handed to the holders of the keys. What is handed over is what the log counts: the list is made from its
 * leaves, never from the registry. The same checkpoint gives the same bytes; no file says when anything came.
 *
 * Throws Fault where the log does not hold together, `Overtaken` where a signature went while it was written.
 */
export async function writeHandover(parts: HandoverParts): Promise<WrittenHandover> {
  const { letter, signal } = parts
  const log = pinned(parts.log)
  const sums: [path: string, digest: string][] = []
  const put = async (path: string, bytes: Uint8Array): Promise<void> => {
    signal.throwIfAborted()
    sums.push([path, createHash('sha256').update(bytes).digest('hex')])
    await parts.put(path, bytes)
  }
  const { size, manifest } = await countLog(letter, log)
  await putLog(log, size, put)
  const letters: Letter[] = []
  for (const { version } of manifest.versions) {
    const document = parts.document(version)
    if (document === undefined) throw new Fault(`Cannot hand over letter "${letter.id}": version ${version} is gone`)
    await put(versionPath(version), Buffer.from(document))
    letters.push(letterSchema.parse(JSON.parse(document)))
  }
  const [first = letter, ...later] = letters
  for (const { ct } of manifest.signatures) {
    const sealed = await parts.sealed(ct)
    if (sealed === undefined) throw new Overtaken(`Cannot hand over letter "${letter.id}": a signature was withdrawn`)
    await put(sealedPath(ct), sealed)
  }
  for (const lang of LANGS)
    await put(`README-${lang}.txt`, Buffer.from(handoverReadme(lang, [first, ...later], manifest)))
  const bytes = Buffer.from(encodeCanonical(manifest))
  await put(MANIFEST, bytes)
  sums.sort(([a], [b]) => (a < b ? -1 : 1))
  await parts.put(SUMS, Buffer.from(sums.map(([path, digest]) => `${digest}  ${path}\n`).join('')))
  return {
    total: manifest.signatures.length,
    size,
    manifestSha256: parseSha256(createHash('sha256').update(bytes).digest('hex')),
  }
}

/** The log at the checkpoint that is asked for first: it may grow meanwhile. */
function pinned(log: LogSource): LogSource {
  let first: Promise<Uint8Array | undefined> | undefined
  return { ...log, checkpoint: () => (first ??= log.checkpoint()) }
}

async function countLog(
  letter: Letter,
  log: LogSource,
): Promise<{ readonly size: number; readonly manifest: HandoverManifest }> {
  const recount = await recountLog(log, { trusted: [], tools: { digest: sha256, verify: verifyEd25519 } })
  const { checkpoint, letters, steps } = recount
  const wrong = steps.find(({ outcome }) => outcome !== 'ok')
  const counter = letters.get(letter.id)
  if (checkpoint === undefined || counter === undefined || wrong !== undefined)
    throw new Fault(
      `Cannot hand over letter "${letter.id}": its log does not hold together, see step "${wrong?.step ?? 'count'}" of "kuager letter verify"`,
    )
  const count: LetterCount = counter.result()
  const signatures = [...counter.standing()].toSorted((a, b) => (a.ct < b.ct ? -1 : 1))
  if (signatures.length > MOST_SIGNATURES)
    throw new InputError(`Cannot hand over letter "${letter.id}": it has ${signatures.length} signatures`, {
      code: 'handover.size',
      path: 'letter',
      expected: `at most ${MOST_SIGNATURES}`,
    })
  return {
    size: checkpoint.size,
    manifest: {
      format: 'kuager-letter-handover/1',
      letter: letter.id,
      simulated: letter.simulated,
      log: { origin: checkpoint.origin, size: checkpoint.size, root: parseSha256(encodeHex(checkpoint.root)) },
      versions: count.versions.map(({ version, sha256: digest }) => ({ version, sha256: parseSha256(digest) })),
      counted: count.counted,
      removed: count.removed,
      signatures: signatures.map(({ ct, tier, leaf }) => ({ ct, tier, leaf })),
    },
  }
}

/** Checkpoint, keys and every leaf, below the paths of C2SP tlog-tiles: enough to make the tree again. */
async function putLog(
  log: LogSource,
  size: number,
  put: (path: string, bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  const checkpoint = await log.checkpoint()
  if (checkpoint === undefined) throw new Fault('Cannot hand over: the log has no checkpoint')
  await put(`${LOG}/checkpoint`, checkpoint)
  await put(`${LOG}/keys`, Buffer.from(await log.keys()))
  for (let from = 0; from < size; from += TILE_WIDTH) {
    const width = Math.min(TILE_WIDTH, size - from)
    const index = from / TILE_WIDTH
    const bytes = await log.entries(index, width)
    const leaves =
      bytes === undefined
        ? undefined
        : (decodeEntries(bytes, width) ?? decodeEntries(bytes, TILE_WIDTH)?.slice(0, width))
    if (leaves === undefined) throw new Fault(`Cannot hand over: leaves from ${from} on are gone`)
    await put(`${LOG}/${tilePath({ level: 'entries', index, width })}`, encodeEntries(leaves))
  }
}
