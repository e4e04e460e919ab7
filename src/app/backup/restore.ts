import { existsSync } from 'node:fs'
import { readdir, rename, rm, rmdir } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import { InputError, wrongOption } from '../../core/model/errors.ts'
import { printable } from '../../core/text/printable.ts'
import { formatInstantUtc } from '../../core/model/units.ts'
import { LetterLeaves } from '../../letter/count/letter-leaves.ts'
import type { LayerOpener } from '../../letter/handover/age.ts'
import { openLetterStore } from '../../letter/registry/open.ts'
import { RESTORED_MARK } from '../../pipeline/log/lead/fence.ts'
import { rebuildTiles } from '../../pipeline/log/rebuild-tiles.ts'
import { systemClock } from '../../runtime/clock.ts'
import { REAL_DISK } from '../../runtime/files/disk.ts'
import { UNFINISHED, writeDurable } from '../../runtime/files/durable-file.ts'
import type { ObjectStore } from '../../runtime/objects/contract.ts'
import { eraseRestored, readLeafFiles, type ErasedAgain } from '../../store/archive/copies/restored-archive.ts'
import { REGISTRY_FILES, checkRegistryFile, type RegistryFilePart } from '../registry/file.ts'
import {
  PIECE_BYTES,
  badBackup,
  parseIndex,
  parseBackupManifest,
  backupPieceKey,
  hexSha256,
  type BackupFile,
  type Index,
  type Manifest,
  type BackupPiece,
} from './format.ts'
import { parseKeys, placeKeys } from './keys-file.ts'
import { keepNames, PieceNames } from './names.ts'
import { writeNote } from './notes.ts'
import { listGenerations, readIndex, readTargetObject, readSealedPiece, ownerOfTarget } from './target.ts'

export interface RestoreParts {
  readonly objects: ObjectStore
  readonly opener: LayerOpener
  /** Absent: the newest. */
  readonly generation?: number | undefined
  /** The folder to be made. */
  readonly into: string
  /** Sealed file of keys; absent: the copy has none. */
  readonly keys?: { readonly path: string; readonly sealed: Uint8Array } | undefined
  /** Folder to be made for the secrets of the server that were outside its folder. */
  readonly secretsInto?: string | undefined
  readonly signal: AbortSignal
  readonly onProgress?: (bytes: number, path: string) => void
}

export interface Restored {
  readonly manifest: Manifest
  readonly bytes: number
  readonly erased: ErasedAgain
  /** Leaves of the log whose tiles were made again. */
  readonly logged: number
  readonly keys: number
  /** Secrets of the server that were put nowhere. */
  readonly secretsLeft: number
}

/**
 * Makes a folder from a backup, whole or not at all. Each piece is compared with the hash in the list of pieces, opened,
 * and compared with its keyed name; then what was erased since is erased, and the log's tiles are made from the leaves,
 * whose root must be the one of its state. Throws InputError that names what is missing, damaged or locked.
 */
export async function restoreBackup(parts: RestoreParts): Promise<Restored> {
  const { objects, into } = parts
  await requireNew(into)
  if (parts.secretsInto !== undefined) {
    // The server refuses them there, and the restored folder could not take its name.
    if (`${parts.secretsInto}${sep}`.startsWith(`${into}${sep}`))
      throw wrongOption('secrets', `"${printable(parts.secretsInto)}" is in the new folder`, 'a folder outside of it')
    await requireNew(parts.secretsInto)
  }
  const chosen = await openGeneration(parts)
  const { manifest, newest } = chosen
  const names = new PieceNames(Buffer.from(manifest.names, 'hex'))
  if ((await ownerOfTarget(objects)) !== names.of)
    throw badBackup('backup.json', 'it is of another folder than the manifest')
  const keys =
    parts.keys === undefined
      ? undefined
      : parseKeys(await unseal(parts.opener, parts.keys.sealed, parts.keys.path), parts.keys.path, names.of)
  const unfinished = `${into}${UNFINISHED}`
  await beginUnfinished(unfinished)
  try {
    const reader = new PieceReader({ ...parts, ...chosen, names })
    for (const file of manifest.files) await reader.write(file, join(unfinished, file.path))
    const erased = await eraseAgain(unfinished, { manifest, newest, reader })
    const logged = await remakeTiles(unfinished, manifest)
    checkRegistry(unfinished)
    await mark(unfinished, manifest)
    await keepNames(unfinished, Buffer.from(manifest.names, 'hex'))
    await writeNote(unfinished, { target: objects.name, generation: newest.generation, at: newest.at })
    if (keys !== undefined) await placeKeys(unfinished, keys.files)
    const secrets = Object.keys(keys?.secrets ?? {}).length
    if (keys !== undefined && secrets > 0 && parts.secretsInto !== undefined) {
      await REAL_DISK.makeFolder(parts.secretsInto)
      await placeKeys(parts.secretsInto, keys.secrets)
    }
    await rm(join(unfinished, BEGUN))
    await syncFolders(unfinished)
    if (existsSync(into)) await rmdir(into) // it is empty
    await rename(unfinished, into)
    await REAL_DISK.syncFolder(dirname(into))
    return {
      ...{ manifest, erased, logged, bytes: manifest.files.reduce((sum, { bytes }) => sum + bytes, 0) },
      ...{ keys: Object.keys(keys?.files ?? {}).length, secretsLeft: parts.secretsInto === undefined ? secrets : 0 },
    }
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    throw error
  }
}

/** In a folder that is being restored: says that it may be removed. */
const BEGUN = `restore${UNFINISHED}`

/** Makes the folder that gets its name at the end, in the place of one that a killed restore left. */
async function beginUnfinished(folder: string): Promise<void> {
  if (existsSync(join(folder, BEGUN))) await rm(folder, { recursive: true })
  await requireNew(folder)
  await REAL_DISK.makeFolder(folder)
  await writeDurable(join(folder, BEGUN), Buffer.alloc(0))
}

async function requireNew(folder: string): Promise<void> {
  if (existsSync(folder) && (await readdir(folder)).length > 0)
    throw wrongOption('folder', `"${printable(folder)}" is there already`, 'a new folder')
}

interface OpenedGeneration {
  readonly manifest: Manifest
  readonly index: Index
  /** The newest generation of the target, which knows what was erased since; may be the same. */
  readonly newest: Manifest
  readonly newestIndex: Index
  /** Every piece of the target as it was stored last. */
  readonly pieces: ReadonlyMap<string, BackupPiece>
}

/** Opens a generation, and the newest one. Throws InputError where there is none, or the key does not fit. */
async function openGeneration({
  objects,
  opener,
  generation,
}: Pick<RestoreParts, 'objects' | 'opener' | 'generation'>): Promise<OpenedGeneration> {
  if ((await ownerOfTarget(objects)) === undefined) throw badBackup('backup.json', 'there is no backup here')
  const whole = (await listGenerations(objects)).filter(({ manifest }) => manifest !== undefined)
  const last = whole.at(-1)
  const chosen = generation === undefined ? last : whole.find(({ number }) => number === generation)
  if (last === undefined || chosen === undefined)
    throw wrongOption(
      'at',
      generation === undefined ? 'the target has no whole generation' : `there is no generation ${generation}`,
      `one of ${whole.map(({ number }) => number).join(', ') || 'those of another target'}`,
    )
  const open = async (key: string): Promise<{ readonly manifest: Manifest; readonly index: Index }> => {
    const manifest = parseBackupManifest(await unseal(opener, await readTargetObject(objects, key), key), key)
    const text = await readTargetObject(objects, manifest.index.key)
    if (hexSha256(text) !== manifest.index.sha256) throw badBackup(manifest.index.key, 'its bytes were changed')
    return { manifest, index: parseIndex(text.toString('utf8'), manifest.index.key) }
  }
  const newest = await open(last.manifest!) // whole
  const { manifest, index } = chosen === last ? newest : await open(chosen.manifest!) // whole
  const pieces = new Map(index.pieces)
  for (const key of whole.flatMap(({ indexes }) => indexes)) {
    // One that is damaged costs only the generation that it is of.
    const found = await readIndex(objects, key).catch(() => undefined)
    for (const [name, piece] of found?.pieces ?? []) pieces.set(name, piece)
  }
  return { manifest, index, newest: newest.manifest, newestIndex: newest.index, pieces }
}

/** Opens what was sealed. Throws InputError that says whether the key is wrong or the bytes are. */
async function unseal(opener: LayerOpener, sealed: Uint8Array, key: string): Promise<Uint8Array> {
  const opened = await opener.open(sealed, 1)
  if (opened.kind === 'opened') return opened.bytes
  if (opened.kind === 'damaged') throw badBackup(key, 'its bytes were changed, or are not sealed by age')
  throw new InputError(`Cannot open "${key}": none of the keys in the file of --identity fits`, {
    code: 'backup.locked',
    path: '--identity',
    expected: 'the secret half of a key that the backup was sealed to',
  })
}

interface ReaderParts extends RestoreParts, OpenedGeneration {
  readonly names: PieceNames
}

/** Reads pieces of a generation, each verified. */
class PieceReader {
  readonly #parts: ReaderParts

  constructor(parts: ReaderParts) {
    this.#parts = parts
  }

  /** Writes a file, durable when resolved. */
  async write(file: BackupFile, to: string): Promise<void> {
    await REAL_DISK.makeFolder(dirname(to))
    const target = await REAL_DISK.open(to, 'create')
    try {
      await this.#each(file, (bytes, at) => target.write(bytes, at))
      await target.sync()
    } finally {
      await target.close()
    }
  }

  /** The bytes of a file that is small. */
  async read(file: BackupFile): Promise<Buffer> {
    const all = Buffer.alloc(file.bytes)
    await this.#each(file, async (bytes, at) => {
      all.set(bytes, at)
    })
    return all
  }

  async #each(file: BackupFile, take: (bytes: Uint8Array, at: number) => Promise<void>): Promise<void> {
    const count = Math.ceil(file.bytes / PIECE_BYTES)
    if (count !== file.pieces.length) throw badBackup(file.path, 'the manifest does not name all of its pieces')
    for (const [nth, name] of file.pieces.entries()) {
      this.#parts.signal.throwIfAborted()
      const at = nth * PIECE_BYTES
      const bytes = await this.#piece(name, Math.min(PIECE_BYTES, file.bytes - at))
      await take(bytes, at)
      this.#parts.onProgress?.(bytes.length, file.path)
    }
  }

  async #piece(wanted: string, length: number): Promise<Uint8Array> {
    const { objects, opener, names, index, newestIndex, pieces } = this.#parts
    const name = newestIndex.replaced.get(wanted) ?? index.replaced.get(wanted) ?? wanted
    const key = backupPieceKey(name)
    const piece = pieces.get(name)
    if (piece === undefined) throw badBackup(key, 'no list of pieces names it')
    const bytes = await unseal(opener, await readSealedPiece(objects, name, piece), key)
    if (names.name(bytes) !== name) throw badBackup(key, 'it holds other bytes than its name says')
    // One with erased bytes may be of a later generation, to which the file had grown.
    if (name === wanted ? bytes.length !== length : bytes.length < length)
      throw badBackup(key, `it holds ${bytes.length} bytes, not ${length}`)
    return bytes.subarray(0, length)
  }
}

async function eraseAgain(
  folder: string,
  {
    manifest,
    newest,
    reader,
  }: { readonly manifest: Manifest; readonly newest: Manifest; readonly reader: PieceReader },
): Promise<ErasedAgain> {
  if (manifest.leaves === null) return { erased: 0, leftOut: 0 }
  const later = newest.files.find(({ path }) => path === 'archive/erasures.log')
  return eraseRestored(join(folder, 'archive'), {
    leaves: manifest.leaves,
    ...(later === undefined ? {} : { later: await reader.read(later) }),
  })
}

async function remakeTiles(folder: string, { kind }: Manifest): Promise<number> {
  const log = join(folder, 'log')
  if (kind === 'observatory') return (await rebuildTiles(log, () => readLeafFiles(join(folder, 'archive')))) ?? 0
  const file = join(folder, 'registry', REGISTRY_FILES.letters.name)
  if (!existsSync(file)) return 0
  await using store = await openLetterStore({ kind: 'sqlite', file })
  const leaves = new LetterLeaves(store)
  return (await rebuildTiles(log, (until) => leaves.leaves(0, until))) ?? 0
}

function checkRegistry(folder: string): void {
  for (const part of Object.keys(REGISTRY_FILES) as RegistryFilePart[]) {
    const file = join(folder, 'registry', REGISTRY_FILES[part].name)
    const [wrong] = existsSync(file) ? checkRegistryFile(file, part).wrong : []
    if (wrong !== undefined) throw badBackup(`registry/${REGISTRY_FILES[part].name}`, wrong)
  }
}

async function mark(folder: string, { generation, at, log }: Manifest): Promise<void> {
  if (log === null) return
  const restored = {
    format: 'kuager-restored/1',
    generation,
    backup_at: at,
    at: formatInstantUtc(systemClock.now()),
    size: log.size,
  }
  await writeDurable(join(folder, 'log', RESTORED_MARK), Buffer.from(`${JSON.stringify(restored, undefined, 2)}\n`))
}

async function syncFolders(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true }))
    if (entry.isDirectory()) await syncFolders(join(folder, entry.name))
  await REAL_DISK.syncFolder(folder)
}
