import { mkdir, rm } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Fault, InputError } from '../../core/model/errors.ts'
import { formatInstantUtc } from '../../core/model/units.ts'
import { readIdentity } from '../../pipeline/log/read-identity.ts'
import { logFolder } from '../../pipeline/log/log-folder.ts'
import { readState } from '../../pipeline/log/recover-log.ts'
import { systemClock } from '../../runtime/clock.ts'
import { REAL_DISK } from '../../runtime/files/disk.ts'
import { readWhole } from '../../runtime/files/durable-file.ts'
import { packageVersion } from '../../runtime/files/package-root.ts'
import type { ObjectStore } from '../../runtime/objects/contract.ts'
import { archiveFiles, erasedRanges } from '../../store/archive/copies/backup-files.ts'
import type { ArchiveLengths } from '../../store/archive/contract.ts'
import { REGISTRY_FILES, checkRegistryFile, copyRegistryFile, type RegistryFilePart } from '../registry/file.ts'
import { registryFolder } from '../registry/place.ts'
import {
  PIECE_BYTES,
  encodeIndex,
  encodeManifest,
  indexKey,
  manifestKey,
  manifestSumKey,
  hexSha256,
  type BackupFile,
  type Index,
  type Manifest,
  type BackupPiece,
} from './format.ts'
import { listFolder } from './folder-files.ts'
import { backupsFolder, openNames } from './names.ts'
import { drillSchema, readNote, readRemembered, sentFile, writeNote, writeRemembered } from './notes.ts'
import { removeGenerations } from './remove-generations.ts'
import { AwaySegments } from './away-segments.ts'
import { forgetSent, openPieceFile, PieceStore, readSent, type PieceSource } from './store-pieces.ts'
import { claimTarget, listGenerations, listBackupPieces, newestDrill, readIndex, type Generation } from './target.ts'

export interface BackupParts {
  /** Data folder, or folder of a letter service; real path. */
  readonly folder: string
  readonly objects: ObjectStore
  readonly seal: (bytes: Uint8Array) => Promise<Uint8Array>
  /** Generations that are kept, this one counted. */
  readonly keep: number
  /** Parts of the registry that are not in the folder. */
  readonly elsewhere: readonly string[]
  /** Where segments of the archive are that are no longer in the folder; absent: not known. */
  readonly archiveStore?: ObjectStore
  /** Asks the process that has the archive open how far it is durable; absent: the folder has no archive. */
  readonly lengths?: () => Promise<ArchiveLengths>
  /** The target may hold generations that another copy of this folder made. */
  readonly adopt: boolean
  readonly signal: AbortSignal
  readonly onProgress?: (bytes: number, path: string) => void
}

export interface BackedUp {
  readonly generation: number
  readonly at: string
  readonly files: number
  readonly bytes: number
  readonly sent: number
  readonly sentBytes: number
  /** Pieces of earlier generations that were replaced because bytes in them were erased. */
  readonly replaced: number
  /** Such pieces that could not be replaced: their generations must be removed. */
  readonly unreplaced: number
  /** Erasures that object storage has not carried out yet: what was copied from there may have their bytes. */
  readonly unshipped: number
  readonly removedGenerations: number
  readonly seconds: number
}

/**
 * Makes a generation of a backup while the folder is in use. What is read in which order makes it a state that a crash
 * of the server could have left; each step says what happens to it meanwhile (docs/formats/backup.md, "The cut").
 */
export async function writeBackup(parts: BackupParts): Promise<BackedUp> {
  const { folder, objects } = parts
  const begun = systemClock.monotonic()
  const names = await openNames(folder)
  await claimTarget(objects, names.of)
  const target = await openTarget(parts)
  const note = await readNote(folder, objects.name)
  const generation = nextGeneration(target.generations, note, parts)
  const known = new Map(target.pieces)
  const sent = sentFile(folder, objects.name)
  const sizes = await listBackupPieces(objects)
  for (const [name, piece] of await readSent(sent)) known.set(name, piece)
  for (const [name, { bytes }] of known) if (sizes.get(name) !== bytes) known.delete(name)
  const at = formatInstantUtc(systemClock.now())
  const remembered = await readRemembered(folder, objects.name)
  let path = ''
  const store = new PieceStore(
    {
      ...{ objects, names, known, seal: parts.seal, sentFile: sent, signal: parts.signal },
      onBytes: (bytes) => parts.onProgress?.(bytes, path),
    },
    remembered,
  )
  const put: Put = async (name, open) => {
    path = name
    const looked = systemClock.now()
    const source = await open()
    return source === undefined ? undefined : store.store(name, source, looked)
  }
  const read = await readFolder(parts, put)

  // 7. The lists. A crash before the manifest leaves pieces and a list without one: the next backup uses them.
  const { replaced, fresh, unreplaced } = await replaceErased(parts, { names, files: read.files, store, target })
  const index: Index = { generation, of: names.of, at, pieces: store.used, replaced }
  const text = encodeIndex(index)
  const listed = { key: indexKey(generation, hexSha256(text)), sha256: hexSha256(text) }
  const manifest: Omit<Manifest, 'format'> = {
    ...{ generation, at, program: packageVersion(), names: names.hex, index: listed },
    ...{ kind: parts.lengths === undefined ? 'letter' : 'observatory', leaves: read.leaves, log: await logOf(folder) },
    ...{ elsewhere: [...parts.elsewhere], files: [...read.files] },
  }
  await writeNote(folder, { ...note, generation: note?.generation ?? 0, target: objects.name, making: generation })
  await objects.put(listed.key, text)
  const sealed = await parts.seal(encodeManifest(manifest))
  await objects.put(manifestSumKey(generation), Buffer.from(`${hexSha256(sealed)}\n`))
  const done = await objects.put(manifestKey(generation), sealed, { absent: true })
  if (done.kind === 'refused')
    throw new Fault(`Cannot back up to "${objects.name}": another backup made generation ${generation} meanwhile`)

  // 8. What no generation needs any more. A crash here leaves it to the next backup.
  const removed = await removeGenerations(objects, { keep: parts.keep })
  await forgetSent(sent)
  const present = new Set(read.files.map((file) => file.path))
  for (const name of remembered.keys()) if (!present.has(name)) remembered.delete(name)
  await writeRemembered(folder, objects.name, remembered)
  const bytes = read.files.reduce((sum, file) => sum + file.bytes, 0)
  const seconds = (systemClock.monotonic() - begun) / 1000
  const drill = drillSchema.safeParse(await newestDrill(objects))
  await writeNote(folder, {
    ...{ target: objects.name, generation, at, bytes, sent_bytes: store.sentBytes, seconds },
    ...(note?.keys_at === undefined ? {} : { keys_at: note.keys_at }),
    ...(drill.success ? { drill: drill.data } : {}),
  })
  return {
    ...{ generation, at, files: read.files.length, bytes, sent: store.sent, sentBytes: store.sentBytes, seconds },
    ...{ replaced: fresh, unreplaced, unshipped: read.unshipped, removedGenerations: removed.generations },
  }
}

interface KnownTarget {
  readonly generations: readonly Generation[]
  /** Every list of pieces of a generation that is whole or was interrupted. */
  readonly indexes: readonly Index[]
  readonly pieces: ReadonlyMap<string, BackupPiece>
}

async function openTarget({ objects }: BackupParts): Promise<KnownTarget> {
  const generations = await listGenerations(objects)
  const indexes: Index[] = []
  const pieces = new Map<string, BackupPiece>()
  for (const { indexes: keys } of generations)
    for (const key of keys) {
      const index = await readIndex(objects, key)
      indexes.push(index)
      for (const [name, piece] of index.pieces) pieces.set(name, piece)
    }
  return { generations, indexes, pieces }
}

/** The number of the next generation. Throws InputError where a copy of this folder made the last one. */
function nextGeneration(
  generations: readonly Generation[],
  note: { readonly generation: number; readonly making?: number | undefined } | undefined,
  { objects, adopt }: BackupParts,
): number {
  const newest = generations.findLast(({ manifest }) => manifest !== undefined)?.number ?? 0
  const own = note === undefined ? 0 : Math.max(note.generation, note.making ?? 0)
  if (newest > own && !adopt)
    throw new InputError(
      `Cannot back up to "${objects.name}": another copy of this folder made generation ${newest} there, this one made ${own}`,
      {
        code: 'backup.copy',
        path: '--to',
        expected: 'a target of its own for each copy; --adopt where the other copy is gone',
      },
    )
  return Math.max(newest, generations.at(-1)?.number ?? 0) + 1
}

interface ReadFolder {
  readonly files: readonly BackupFile[]
  readonly unshipped: number
  readonly leaves: number | null
}

type Put = (name: string, open: () => Promise<PieceSource | undefined>) => Promise<BackupFile | undefined>

/** Reads a folder in the order that makes it one state. */
async function readFolder(parts: BackupParts, put: Put): Promise<ReadFolder> {
  const { folder, lengths } = parts
  for (let attempt = 0; attempt < 5; attempt++) {
    const files = new Map<string, BackupFile>()
    const take = async (name: string, from = join(folder, name), most?: number): Promise<boolean> => {
      const file = await put(name, () => openPieceFile(from, most))
      if (file !== undefined) files.set(name, file)
      return file !== undefined
    }
    // 1. Everything but archive, journal and registry: positions of imports, and the log with its time stamps and
    //    cosignatures. All of it speaks of leaves that are in the archive by now; what is added meanwhile is not missed.
    const log = await readWhole(join(folder, 'log', 'log.json'))
    for (const name of (await listFolder(folder)).files) await take(name)

    // 2. How far the archive is durable: the point in time of this generation.
    const end = await lengths?.()

    // 3. A change of the log's keys between the two would be in one of them only.
    if (!sameBytes(log, await readWhole(join(folder, 'log', 'log.json')))) continue

    // 4. The journal, after the archive: every revision that the archive has as an entry is in it. More is no harm: what
    //    is not an entry yet becomes one.
    if (lengths !== undefined) await takeJournal(folder, take)

    // 5. Each file of the registry as it is at one point in time.
    await takeRegistry(parts, take)

    // 6. The bytes of the archive up to those lengths, which never change but by an erasure; then the log of erasures,
    //    which says of every byte that was overwritten meanwhile. A restore finishes each erasure that it names.
    //    A segment that is only on object storage is read from there.
    let unshipped = 0
    if (end !== undefined) {
      const away = new AwaySegments(parts)
      for (const { name, bytes } of await archiveFiles(join(folder, 'archive'), end)) {
        if (await take(`archive/${name}`, undefined, bytes)) continue
        const file = await put(`archive/${name}`, () => away.open(name))
        if (file === undefined) throw new Fault(`Cannot back up "${folder}": "archive/${name}" is not there`)
        files.set(file.path, file)
      }
      await take('archive/erasures.log')
      unshipped = await away.unshipped()
    }
    return { files: [...files.values()], leaves: end?.leaves ?? null, unshipped }
  }
  throw new Fault(`Cannot back up "${folder}": the keys of its log change all the time`)
}

const sameBytes = (a: Buffer | undefined, b: Buffer | undefined): boolean =>
  a === undefined ? b === undefined : b !== undefined && a.equals(b)

const JOURNAL = 'incidents/revisions.jsonl'
const ACKNOWLEDGED = 'incidents/acknowledged.json'

/**
 * The count of what is published, then the journal, which only grows but by an erasure. An erasure replaces the file;
 * the count is 0 meanwhile, and another one after it.
 */
async function takeJournal(folder: string, take: (name: string) => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const before = await readWhole(join(folder, ACKNOWLEDGED))
    await take(ACKNOWLEDGED)
    await take(JOURNAL)
    const after = await readWhole(join(folder, ACKNOWLEDGED))
    if (sameBytes(before, after)) return
  }
  throw new Fault(`Cannot back up "${folder}": its journal changes all the time`)
}

async function takeRegistry(
  { folder, elsewhere }: BackupParts,
  take: (name: string, from: string) => Promise<boolean>,
): Promise<void> {
  const copies = join(backupsFolder(folder), 'registry')
  await rm(copies, { recursive: true, force: true }) // of a backup that was killed
  await mkdir(copies, { mode: 0o700 })
  try {
    for (const part of Object.keys(REGISTRY_FILES) as RegistryFilePart[]) {
      const { name } = REGISTRY_FILES[part]
      const from = join(registryFolder(folder), name)
      if (elsewhere.includes(part) || !existsSync(from)) continue
      await copyRegistryFile(from, join(copies, name))
      const [wrong] = checkRegistryFile(join(copies, name), part).wrong
      if (wrong !== undefined) throw new Fault(`Cannot back up "${from}": ${wrong}`)
      await take(`registry/${name}`, join(copies, name))
    }
  } finally {
    await rm(copies, { recursive: true, force: true })
  }
}

async function logOf(folder: string): Promise<Manifest['log']> {
  const at = logFolder(join(folder, 'log'))
  const identity = await readIdentity(at, REAL_DISK)
  return identity === undefined ? null : { origin: identity.origin, size: (await readState(at, REAL_DISK))?.size ?? 0 }
}

interface Replacing {
  readonly names: { slot(path: string, nth: number): string }
  readonly files: readonly BackupFile[]
  readonly store: PieceStore
  readonly target: KnownTarget
}

/**
 * Which pieces of earlier generations the ones of this generation replace: those of the same place in a file of the
 * archive where bytes were erased since. The files only grow, so an earlier generation takes the beginning of the piece.
 */
async function replaceErased(
  { folder, lengths }: BackupParts,
  { names, files, store, target }: Replacing,
): Promise<{ readonly replaced: ReadonlyMap<string, string>; readonly fresh: number; readonly unreplaced: number }> {
  const replaced = new Map<string, string>()
  for (const { replaced: earlier } of target.indexes) for (const [old, by] of earlier) replaced.set(old, by)
  let fresh = 0
  let unreplaced = 0
  if (lengths === undefined) return { replaced, fresh, unreplaced }
  const path = join(folder, 'archive', 'erasures.log')
  const text = (await readWhole(path)) ?? Buffer.alloc(0)
  const byPath = new Map(files.map((file) => [file.path, file]))
  /** The piece of today, by the place of it. */
  const bySlot = new Map<string, string>()
  for (const { name, from, until } of erasedRanges(text, path)) {
    const file = byPath.get(`archive/${name}`)
    if (file === undefined) continue
    const last = Math.min(file.pieces.length, Math.ceil(until / PIECE_BYTES))
    for (let nth = Math.floor(from / PIECE_BYTES); nth < last; nth++)
      bySlot.set(names.slot(file.path, nth), file.pieces[nth]!) // below the length
  }
  for (const [old, piece] of target.pieces) {
    const by = bySlot.get(piece.slot)
    if (by === undefined || by === old) continue
    if (piece.plain > (store.used.get(by)?.plain ?? 0)) unreplaced++
    else {
      if (replaced.get(old) !== by) fresh++
      replaced.set(old, by)
    }
  }
  // One step leads to the piece of today, through however many it was replaced before.
  for (const [old, by] of replaced) replaced.set(old, replaced.get(by) ?? by)
  return { replaced, fresh, unreplaced }
}
