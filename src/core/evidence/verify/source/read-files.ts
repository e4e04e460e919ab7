import type { BundleProblem } from '../bundle-report.ts'
import { LIMITS, type BundleSource } from './bundle-source.ts'
import { InputError } from '../../../model/errors.ts'
import { readPublished, wrongOpenings } from '../../../model/measured/published-form.ts'
import { encodeHex } from '../../hex.ts'
import { loggedAt, provenAt } from './bundle-paths.ts'
import type { BundleTools, DigestName, RunningDigest } from '../bundle-tools.ts'

/** A published form of which values are withheld. */
export interface WithheldFile {
  /** SHA-256 of the form that its leaf digests, 64 hexadecimal digits. */
  readonly hashed: string
  readonly withheld: number
  readonly opened: number
  /** Pointers whose opened value is not the one that was committed to. */
  readonly wrong: readonly string[]
}

/** What one reading of every file gives. */
export interface FilesRead {
  /** SHA-512 by path, 128 hexadecimal digits. */
  readonly sha512: ReadonlyMap<string, string>
  /** SHA-256 by path, of what was logged, 64 hexadecimal digits. */
  readonly sha256: ReadonlyMap<string, string>
  /** Of measurements of which values are withheld, by path. */
  readonly forms: ReadonlyMap<string, WithheldFile>
  /** Of each leaf with a proof what is wrong with it, undefined where nothing is. */
  readonly proofs: ReadonlyMap<number, BundleProblem | undefined>
  /** Bytes of what was logged besides measurements, and of the seal, by path. */
  readonly kept: ReadonlyMap<string, Uint8Array>
  /** Files that could not be read. */
  readonly unread: readonly string[]
}

/** Files up to this length are read at once, and several of them at one time. */
const SMALL = 4 * 1024 ** 2
const AT_ONE_TIME = 8
/** Measurements up to this length are read at once: what is withheld in them is looked at. */
const MOST_FORM = 16 * 1024 ** 2
/** Of all files whose bytes are kept. */
const MOST_KEPT = 256 * 1024 ** 2

interface Filling {
  readonly sha512: Map<string, string>
  readonly sha256: Map<string, string>
  readonly proofs: Map<number, BundleProblem | undefined>
  readonly kept: Map<string, Uint8Array>
  readonly forms: Map<string, WithheldFile>
  readonly unread: string[]
}

/**
 * Reads every file once: its digests, its proof, and what later steps need of it. Memory does not grow with the sizes of
 * measurements: a large file goes through piece by piece, of the small ones a few are in memory.
 */
export async function readFiles(
  source: BundleSource,
  checkProof: (leaf: number, bytes: Uint8Array) => BundleProblem | undefined,
  tools: BundleTools,
): Promise<FilesRead> {
  const into: Filling = {
    ...{ sha512: new Map(), sha256: new Map(), proofs: new Map(), kept: new Map(), forms: new Map() },
    unread: [],
  }
  const total = [...source.files.values()].reduce((sum, size) => sum + size, 0)
  const waiting = source.files.entries()
  let done = 0
  let kept = 0
  const one = async (path: string, size: number): Promise<void> => {
    const names: readonly DigestName[] = needsSha256(path) ? ['sha512', 'sha256'] : ['sha512']
    const most = isKept(path) ? LIMITS.wholeBytes : isMeasurement(path) ? MOST_FORM : SMALL
    const bytes = size <= most ? await source.read(path, most) : undefined
    const digests =
      bytes === undefined ? await digestPieces(source, path, names, tools) : await digestWhole(bytes, names, tools)
    into.sha512.set(path, digests[0] ?? '')
    if (digests[1] !== undefined) into.sha256.set(path, digests[1])
    const form = bytes !== undefined && isMeasurement(path) ? formIn(bytes, tools) : undefined
    if (form !== undefined) into.forms.set(path, form)
    const leaf = provenAt(path)
    if (leaf !== undefined) into.proofs.set(leaf, bytes === undefined ? 'file-form' : checkProof(leaf, bytes))
    if (!isKept(path)) return
    kept += size
    if (bytes === undefined || kept > MOST_KEPT) into.unread.push(path)
    else into.kept.set(path, bytes)
  }
  const worker = async (): Promise<void> => {
    for (const [path, size] of waiting) {
      tools.signal.throwIfAborted()
      try {
        await one(path, size)
      } catch (error) {
        // Also what the disk or the browser refuses: the file is named, and the other steps go on.
        if (tools.signal.aborted) throw error
        into.unread.push(path)
      }
      done += size
      tools.onProgress?.(done, total)
    }
  }
  await Promise.all(Array.from({ length: AT_ONE_TIME }, worker))
  // In the order of the source, not of the disk: findings are the same each time.
  const ordered = <T>(found: ReadonlyMap<string, T>): ReadonlyMap<string, T> =>
    new Map([...source.files.keys()].flatMap((path) => (found.has(path) ? [[path, found.get(path)!] as const] : []))) // asked
  return {
    ...into,
    sha512: ordered(into.sha512),
    sha256: ordered(into.sha256),
    forms: ordered(into.forms),
    unread: into.unread.toSorted(),
  }
}

const needsSha256 = (path: string): boolean => loggedAt(path) !== undefined || path === 'seal.json'
const isMeasurement = (path: string): boolean => loggedAt(path)?.kind === 'measurement'

/** Looks into a published form of which values are withheld; undefined for any other file. */
function formIn(bytes: Uint8Array, { digest }: Pick<BundleTools, 'digest'>): WithheldFile | undefined {
  const form = readPublished(new TextDecoder().decode(bytes))
  if (form === undefined) return undefined
  const sha256 = (text: string): string => encodeHex(digest(new TextEncoder().encode(text)))
  return {
    hashed: sha256(form.hashed),
    withheld: Object.keys(form.commitments).length - Object.keys(form.opened).length,
    opened: Object.keys(form.opened).length,
    wrong: wrongOpenings(form, sha256),
  }
}

const isKept = (path: string): boolean => {
  const logged = loggedAt(path)
  return logged === undefined ? path.startsWith('seal.') : logged.kind !== 'measurement'
}

const digestWhole = (
  bytes: Uint8Array,
  names: readonly DigestName[],
  { digestWhole: fast, openDigest }: BundleTools,
): Promise<readonly string[]> =>
  Promise.all(
    names.map(async (name) => {
      if (fast !== undefined) return encodeHex(await fast(name, bytes))
      const running = openDigest(name)
      running.update(bytes)
      return encodeHex(running.digest())
    }),
  )

async function digestPieces(
  source: BundleSource,
  path: string,
  names: readonly DigestName[],
  { openDigest, signal }: BundleTools,
): Promise<readonly string[]> {
  const running: readonly RunningDigest[] = names.map((name) => openDigest(name))
  let length = 0
  for await (const piece of source.chunks(path)) {
    signal.throwIfAborted()
    for (const digest of running) digest.update(piece)
    length += piece.length
    if (length > (source.files.get(path) ?? 0))
      throw new InputError('Cannot read bundle: a file that does not end', {
        code: 'bundle.too-large',
        path,
        expected: 'the size that was stated',
      })
  }
  return running.map((digest) => encodeHex(digest.digest()))
}
