import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { checkMinisign, formatMinisignKey, type MinisignKey } from '../../core/evidence/minisign.ts'
import { InputError } from '../../core/model/errors.ts'
import { defined } from '../../core/model/defined.ts'
import { verifyEd25519 } from '../../runtime/ed25519.ts'
import { isMissing } from '../../runtime/files/disk.ts'
import type { Log } from '../../runtime/log.ts'
import type { Release, ReleaseShelf, ReleaseSystem } from '../../site/join/contract.ts'
import { openFile, sendPart } from '../web/file-stream.ts'
import { readingPlaces } from '../web/reading-places.ts'

/** Where a release is, and the key by which it must be signed; without one, no signature is verified. */
export interface ReleaseSettings {
  readonly folder: string
  readonly key?: MinisignKey
}

const SUMS = 'SHA256SUMS'
const SIGNATURE = '.minisig'
const LINE = /^([0-9a-f]{64}) {2}([A-Za-z0-9][\w.+~-]{0,119})$/
const MOST_SUMS_BYTES = 64 * 1024
const MOST_FILES = 200
/** Files that are read at once, by all and by one part of the network: a program is a hundred megabytes. */
const MOST_READ = { all: 32, ofOne: 3 }

/** Which system a file is for, by its name; undefined for what is next to programs. */
function systemOf(name: string): ReleaseSystem | undefined {
  if (!name.startsWith('kuager-probe') || /\.(?:json|minisig)$/.test(name)) return undefined
  if (/windows|\.exe$|\.msi$/.test(name)) return 'windows'
  if (/macos|darwin|\.dmg$|\.pkg$/.test(name)) return 'macos'
  if (/openwrt|router|\.ipk$|\.apk$/.test(name)) return 'router'
  return /linux|\.deb$|\.rpm$/.test(name) ? 'linux' : undefined
}

/** A file as it was when its bytes were compared with its hash. */
interface Verified {
  readonly sha256: string
  readonly bytes: number
  readonly changedMs: number
  readonly inode: number
  readonly signed: boolean
}

interface Hashes {
  readonly sha256: string
  readonly blake2b: Uint8Array
  readonly seen: Omit<Verified, 'sha256' | 'signed'>
}

/** Both hashes of a file in one reading; undefined where there is none. */
async function hashesOf(path: string): Promise<Hashes | undefined> {
  await using handle = await openFile(path)
  if (handle === undefined) return undefined
  const before = await handle.stat()
  const [sha, blake] = [createHash('sha256'), createHash('blake2b512')]
  for await (const piece of handle.createReadStream({ autoClose: false, highWaterMark: 2 ** 20 })) {
    sha.update(piece as Buffer)
    blake.update(piece as Buffer)
  }
  const seen = { bytes: before.size, changedMs: before.mtimeMs, inode: before.ino }
  return { sha256: sha.digest('hex'), blake2b: new Uint8Array(blake.digest()), seen }
}

/** The list of a release as it was read, so that a later one can be recognised. */
interface Loaded {
  readonly sums: string
  readonly files: ReadonlyMap<string, Verified>
}

/**
 * The operator's folder of a release (`npm run release`, signed): a file is offered only if its bytes have the hash that
 * `SHA256SUMS` names and, where the operator named the key of releases, a signature of that key. What does not is left
 * out, and the log says so. A list that changed is read again; a file that changed after it was verified is not sent.
 * Throws InputError where the folder has no list.
 */
export async function openReleaseShelf({ folder, key }: ReleaseSettings, log: Log): Promise<ReleaseShelf> {
  const readSums = async (): Promise<string | undefined> => {
    try {
      const bytes = await readFile(join(folder, SUMS))
      return bytes.length > MOST_SUMS_BYTES ? undefined : bytes.toString('utf8')
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  }
  const signedBy = async (name: string, blake2b: Uint8Array): Promise<boolean> => {
    if (key === undefined) return false
    const text = await readFile(join(folder, `${name}${SIGNATURE}`), 'utf8').catch(() => '')
    return checkMinisign(text.slice(0, 4096), blake2b, key, verifyEd25519) !== undefined
  }
  async function load(sums: string): Promise<Loaded> {
    const files = new Map<string, Verified>()
    for (const line of sums.trimEnd().split('\n').slice(0, MOST_FILES)) {
      const [, sha256 = '', name = ''] = LINE.exec(line) ?? []
      if (name === '') continue
      const found = await hashesOf(join(folder, name))
      const signed = found !== undefined && (await signedBy(name, found.blake2b))
      if (found?.sha256 !== sha256)
        log.warn({ file: name }, 'a file of the release has not the hash of its list: left out')
      else if (key !== undefined && !signed)
        log.warn({ file: name }, 'a file of the release is not signed by its key: left out')
      else files.set(name, { ...found.seen, sha256, signed })
    }
    for (const name of [SUMS, ...[SUMS, ...files.keys()].map((one) => `${one}${SIGNATURE}`)]) {
      const found = await hashesOf(join(folder, name))
      if (found !== undefined) files.set(name, { ...found.seen, sha256: found.sha256, signed: false })
    }
    return { sums, files }
  }
  const first = await readSums()
  if (first === undefined)
    throw new InputError('Cannot offer the release: its folder has no list of hashes', {
      code: 'release.sums',
      path: '--release',
      expected: `a folder that "npm run release" wrote, with ${SUMS}`,
    })
  let loading = load(first)
  // Each question waits for the first reading; if it fails, each of them fails.
  loading.catch(() => undefined)
  let isLooking = false
  const loaded = async (): Promise<Loaded> => {
    const now = await loading
    const sums = isLooking ? undefined : await readSums()
    if (sums !== undefined && sums !== now.sums) {
      isLooking = true
      const next = load(sums)
      next
        .then(
          () => (loading = next),
          (error: unknown) => log.error({ error }, 'the release cannot be read again'),
        )
        .finally(() => (isLooking = false))
    }
    return now
  }
  const take = readingPlaces(MOST_READ)
  return {
    async current(): Promise<Release> {
      const { files } = await loaded()
      const programs = [...files].flatMap(([name, { bytes, sha256, signed }]) => {
        const system = systemOf(name)
        return system === undefined ? [] : [{ name, bytes, sha256, system, signed }]
      })
      return { programs, ...defined({ publicKey: key === undefined ? undefined : formatMinisignKey(key) }) }
    },
    find: async (name) => (await loaded()).files.get(name),
    async open(name, part, from = '') {
      const verified = (await loaded()).files.get(name)
      if (verified === undefined) return undefined
      return sendPart(join(folder, name), {
        ...{ part, take, from },
        isMeant: ({ size, mtimeMs, ino }) =>
          size === verified.bytes && mtimeMs === verified.changedMs && ino === verified.inode,
      })
    },
  }
}
