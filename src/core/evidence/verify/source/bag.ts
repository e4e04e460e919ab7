import { InputError } from '../../../model/errors.ts'
import { encodeHex } from '../../hex.ts'
import { decodeListedPath, leadsOut, parseBagLines, readDeclaration, type BagDeclared } from './bag-tags.ts'
import { LIMITS, type BundleSource } from './bundle-source.ts'
import type { RunningDigest } from '../bundle-tools.ts'
import { foldedPath } from './safe-path.ts'

/** Digest by its name in a manifest (`sha512`, `md5`); undefined for one that the machine lacks. */
export type OpenDigest = (name: string) => RunningDigest | undefined

export interface BagReport {
  readonly declared: BagDeclared | undefined
  /** What makes the bag invalid, a sentence each. Hostile text. */
  readonly errors: readonly string[]
  /** What is allowed and worth a look. */
  readonly warnings: readonly string[]
}

const MOST_MANIFEST = 64 * 1024 ** 2
const MANIFEST = /^(tag)?manifest-([a-z0-9]{2,20})\.txt$/
/** What systems leave in folders; no payload of anybody's. */
const SYSTEM = /(^|\/)(\.DS_Store|Thumbs\.db|desktop\.ini|\._[^/]*)$/i

/**
 * Whether a folder is a whole bag by BagIt 0.93 to 1.0 (RFC 8493), as any maker may have written it: what a bundle has to
 * be besides is the verification's to say. Every file is read; nothing is fetched. Goes through everything, whatever is
 * found.
 */
export async function validateBag(source: BundleSource, openDigest: OpenDigest): Promise<BagReport> {
  const errors: string[] = []
  const warnings: string[] = []
  const told = async <T>(read: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await read()
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      errors.push(`${error.message}, expected ${error.expected}`)
      return undefined
    }
  }
  const declared = await told(() => readDeclaration(source))
  const encoding = declared?.encoding ?? 'utf-8'
  const strict = (declared?.version ?? 1) >= 1
  const textOf = async (path: string): Promise<string> => {
    const bytes = await source.read(path, MOST_MANIFEST)
    return decodeText(bytes, encoding, path)
  }
  const payload = [...source.files.keys()].filter((path) => path.startsWith('data/'))
  const listedAnywhere = new Set<string>()
  let manifests = 0
  for (const name of source.files.keys()) {
    const [, tag, algorithm = ''] = MANIFEST.exec(name) ?? []
    if (algorithm === '') continue
    const lines = await told(async () => parseBagLines(await textOf(name), name, { strict }))
    if (lines === undefined) continue
    const listed = new Map<string, string>()
    const folded = new Map<string, string>()
    for (const { digest, path, warning } of lines) {
      if (warning !== undefined) warnings.push(`${name}: ${warning}: ${path}`)
      if (leadsOut(path)) errors.push(`${name}: a path that leads out of the bag: ${path}`)
      else if (tag === undefined && !path.startsWith('data/')) errors.push(`${name}: not in data/: ${path}`)
      const before = listed.get(path)
      if (before !== undefined && (strict || before !== digest)) errors.push(`${name}: listed twice: ${path}`)
      else if (before !== undefined) warnings.push(`${name}: listed twice: ${path}`)
      const alike = folded.get(foldedPath(path))
      if (alike !== undefined && alike !== path) warnings.push(`${name}: two names for one file elsewhere: ${path}`)
      if (SYSTEM.test(path)) warnings.push(`${name}: a file of a system: ${path}`)
      listed.set(path, digest)
      folded.set(foldedPath(path), path)
    }
    if (tag === undefined) {
      manifests++
      for (const path of listed.keys()) listedAnywhere.add(path)
      if (strict) for (const path of payload) if (!listed.has(path)) errors.push(`${name}: not listed: ${path}`)
    }
    await checkDigests(source, { name, algorithm, listed }, { openDigest, errors })
  }
  if (manifests === 0) errors.push('There is no manifest of the payload')
  for (const path of payload) if (!strict && !listedAnywhere.has(path)) errors.push(`In no manifest: ${path}`)
  await told(() => checkFetch(source, textOf, errors))
  await told(() => checkOxum(source, { payload, textOf }, errors))
  return { declared, errors, warnings }
}

function decodeText(bytes: Uint8Array, encoding: string, path: string): string {
  // The byte order mark says which of the two; without one it is big-endian (RFC 2781 §4.3).
  const little = bytes[0] === 0xff && bytes[1] === 0xfe
  const label = encoding === 'utf-16' && !little ? 'utf-16be' : encoding
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes)
  } catch {
    throw new InputError(`Cannot read ${path}`, { code: 'bag.encoding', path, expected: `text in ${encoding}` })
  }
}

interface Manifest {
  readonly name: string
  readonly algorithm: string
  readonly listed: ReadonlyMap<string, string>
}

async function checkDigests(
  source: BundleSource,
  { name, algorithm, listed }: Manifest,
  { openDigest, errors }: { readonly openDigest: OpenDigest; readonly errors: string[] },
): Promise<void> {
  for (const [path, stated] of listed) {
    if (!source.files.has(path)) {
      errors.push(`${name}: listed and not there: ${path}`)
      continue
    }
    const running = openDigest(algorithm)
    if (running === undefined) {
      errors.push(`${name}: no program here computes ${algorithm}`)
      return
    }
    let length = 0
    for await (const piece of source.chunks(path)) {
      running.update(piece)
      length += piece.length
      if (length > LIMITS.totalBytes) break
    }
    if (encodeHex(running.digest()) !== stated) errors.push(`${name}: changed: ${path}`)
  }
}

/** Nothing is ever fetched: what is still to be fetched is missing. The paths are checked all the same. */
async function checkFetch(
  source: BundleSource,
  textOf: (path: string) => Promise<string>,
  errors: string[],
): Promise<void> {
  if (!source.files.has('fetch.txt')) return
  const text = await textOf('fetch.txt')
  for (const line of text.split(/\r\n|\r|\n/)) {
    if (line.trim() === '') continue
    const path = /^\S+[ \t]+(?:\d+|-)[ \t]+(.+)$/.exec(line)?.[1]
    if (path === undefined) errors.push(`fetch.txt: no address, length and path: ${line.slice(0, 200)}`)
    else if (leadsOut(decodeListedPath(path))) errors.push(`fetch.txt: a path that leads out of the bag: ${path}`)
  }
}

async function checkOxum(
  source: BundleSource,
  { payload, textOf }: { readonly payload: readonly string[]; readonly textOf: (path: string) => Promise<string> },
  errors: string[],
): Promise<void> {
  if (!source.files.has('bag-info.txt')) return
  const oxums = (await textOf('bag-info.txt')).match(/^payload-oxum\s*:\s*(\S+)/gim) ?? []
  const bytes = payload.reduce((sum, path) => sum + (source.files.get(path) ?? 0), 0)
  for (const oxum of oxums)
    if (!new RegExp(`:\\s*${bytes}\\.${payload.length}$`).test(oxum)) errors.push(`bag-info.txt: ${oxum}`)
}
