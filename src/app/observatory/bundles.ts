import { createHash } from 'node:crypto'
import { readdir, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError } from '../../core/model/errors.ts'
import { bundleSchema } from '../../core/model/incident/bundle.ts'
import { parseInstant } from '../../core/model/units.ts'
import { LANGS } from '../../core/text/lang.ts'
import type { RandomAccess } from '../../core/evidence/verify/source/bundle-source.ts'
import { EXHIBIT_FILES } from '../exhibit/exhibit.ts'
import { openZip } from '../../core/evidence/verify/source/zip-source.ts'
import { BUNDLE_NAME, type PublishedBundle, type PublishedBundles } from '../../site/incident/published-bundles.ts'
import { inflateRaw } from '../../runtime/compress.ts'
import { systemClock } from '../../runtime/clock.ts'
import { isMissing } from '../../runtime/files/disk.ts'
import { openFile, sendPart } from '../web/file-stream.ts'
import { readingPlaces } from '../web/reading-places.ts'

/** Folder of published bundles within a data folder: `bundles/<name>.zip`. */
export const BUNDLES_FOLDER = 'bundles'
const ENDING = '.zip'
const INDEX = 'data/bundle.json'
const EXHIBITS = 'data/'
/** At most five pages with their fonts and the proof attached. */
const MOST_EXHIBIT = 32 * 1024 ** 2
const MOST_INDEX = 1024 ** 2
const MOST_BUNDLES = 10_000
/** Bytes that are hashed at once. */
const PIECE = 1024 ** 2
/** Bundles that are read at once: each keeps a file open, and the archive needs files too. */
const MOST_READ = 200
/** How long a look into the folder holds. */
const FRESH_MS = 30_000

interface Known {
  /** Size and time of the file, by which a change is seen. */
  readonly stamp: string
  /** Undefined for a file that is no bundle of this name. */
  readonly bundle: PublishedBundle | undefined
}

/**
 * Published bundles of a data folder. What each is about is read out of the zip itself, and its digest made once; a
 * file that is no bundle of its name is left out. `isPublic` leaves simulated ones out.
 */
export function folderBundles(folder: string, { isPublic }: { readonly isPublic: boolean }): PublishedBundles {
  const root = join(folder, BUNDLES_FOLDER)
  const read = new Map<string, Known>()
  const look = async (): Promise<readonly PublishedBundle[]> => {
    const found: PublishedBundle[] = []
    const names = await namesIn(root)
    for (const name of read.keys()) if (!names.includes(name)) read.delete(name)
    for (const name of names) {
      const known = await look1(join(root, `${name}${ENDING}`), name, read.get(name))
      if (known === undefined) continue
      read.set(name, known)
      if (known.bundle !== undefined && !(isPublic && known.bundle.simulated)) found.push(known.bundle)
    }
    return found.sort((a, b) => b.madeAt - a.madeAt)
  }
  const take = readingPlaces({ all: MOST_READ, ofOne: MOST_READ })
  let held: { readonly list: Promise<readonly PublishedBundle[]>; readonly until: number } | undefined
  const list = (): Promise<readonly PublishedBundle[]> => {
    if (held === undefined || systemClock.monotonic() >= held.until) {
      const list = look()
      held = { list, until: systemClock.monotonic() + FRESH_MS }
      list.catch(() => (held = undefined))
    }
    return held.list
  }
  const named = async (name: string): Promise<PublishedBundle | undefined> =>
    BUNDLE_NAME.test(name) ? (await list()).find((one) => one.name === name) : undefined
  return {
    again: () => void (held = undefined),
    async exhibit(name, lang) {
      if ((await named(name))?.exhibits.includes(lang) !== true) return undefined
      await using handle = await openFile(join(root, `${name}${ENDING}`))
      if (handle === undefined) return undefined
      const { source } = await openZip(accessTo(handle, (await handle.stat()).size), inflateRaw)
      return source?.read(`${EXHIBITS}${EXHIBIT_FILES[lang]}`, MOST_EXHIBIT)
    },
    about: async (incident) => (await list()).filter((one) => one.incident?.id === incident),
    find: named,
    async open(name, part) {
      if ((await named(name)) === undefined) return undefined
      return sendPart(join(root, `${name}${ENDING}`), { part, take, from: '' })
    },
  }
}

async function namesIn(root: string): Promise<readonly string[]> {
  try {
    return (await readdir(root))
      .filter((file) => file.endsWith(ENDING))
      .map((file) => file.slice(0, -ENDING.length))
      .filter((name) => BUNDLE_NAME.test(name))
      .toSorted()
      .slice(0, MOST_BUNDLES)
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

async function look1(path: string, name: string, known: Known | undefined): Promise<Known | undefined> {
  await using handle = await openFile(path)
  if (handle === undefined) return undefined
  const { size, mtimeMs } = await handle.stat()
  const stamp = `${size} ${mtimeMs}`
  return known?.stamp === stamp ? known : { stamp, bundle: await readBundle(handle, name, size) }
}

const accessTo = (handle: FileHandle, size: number): RandomAccess => ({
  size,
  read: async (offset, length) => {
    const bytes = new Uint8Array(length)
    const { bytesRead } = await handle.read(bytes, 0, length, offset)
    return bytes.subarray(0, bytesRead)
  },
})

async function readBundle(handle: FileHandle, name: string, size: number): Promise<PublishedBundle | undefined> {
  try {
    const { name: own, source } = await openZip(accessTo(handle, size), inflateRaw)
    if (source === undefined || own !== name) return undefined
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await source.read(INDEX, MOST_INDEX))
    const parsed = bundleSchema.safeParse(JSON.parse(text))
    if (!parsed.success) return undefined
    const { about, made_at_utc, simulated } = parsed.data
    return {
      name,
      bytes: size,
      madeAt: parseInstant(made_at_utc),
      ...(about.kind === 'incident' ? { incident: { id: about.incident, revision: about.revision } } : {}),
      simulated,
      exhibits: LANGS.filter((lang) => source.files.has(`${EXHIBITS}${EXHIBIT_FILES[lang]}`)),
      sha512: await digestOf(handle, size),
    }
  } catch (error) {
    if (error instanceof InputError || error instanceof SyntaxError || error instanceof TypeError) return undefined
    throw error
  }
}

async function digestOf(handle: FileHandle, size: number): Promise<string> {
  const hash = createHash('sha512')
  const piece = new Uint8Array(PIECE)
  for (let at = 0; at < size;) {
    const { bytesRead } = await handle.read(piece, 0, Math.min(PIECE, size - at), at)
    if (bytesRead === 0) break
    hash.update(piece.subarray(0, bytesRead))
    at += bytesRead
  }
  return hash.digest('hex')
}
