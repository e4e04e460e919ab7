import { InputError } from '../../core/model/errors.ts'
import type { ObjectStore } from '../../runtime/objects/contract.ts'
import {
  DRILLS,
  GENERATIONS,
  PIECES,
  TARGET_FILE,
  badBackup,
  encodeTarget,
  parseIndex,
  parseTarget,
  backupPieceKey,
  hexSha256,
  type Index,
  type BackupPiece,
} from './format.ts'

/** One generation as it is found in a target. */
export interface Generation {
  readonly number: number
  /** The manifest; undefined where the backup was interrupted before it. */
  readonly manifest: string | undefined
  /** Hash of the sealed manifest, written before it. */
  readonly sum: string | undefined
  /** Lists of its pieces: one, or more where a backup was interrupted. */
  readonly indexes: readonly string[]
}

/** Generations in a target, the newest last; also those without a manifest. */
export async function listGenerations(objects: ObjectStore): Promise<readonly Generation[]> {
  const found = new Map<number, { manifest: string | undefined; sum: string | undefined; indexes: string[] }>()
  for await (const { key } of objects.list(GENERATIONS)) {
    const match = /^(\d{6,9})(?:-[0-9a-f]{16})?\.(index|age|sha256)$/.exec(key.slice(GENERATIONS.length))
    if (match === null) continue
    const number = Number(match[1])
    const generation = found.get(number) ?? { manifest: undefined, sum: undefined, indexes: [] }
    found.set(number, generation)
    if (match[2] === 'age') generation.manifest = key
    else if (match[2] === 'sha256') generation.sum = key
    else generation.indexes.push(key)
  }
  return [...found].map(([number, rest]) => ({ number, ...rest })).toSorted((a, b) => a.number - b.number)
}

/** Of which folder the backups in a target are; undefined where there is none yet. */
export async function ownerOfTarget(objects: ObjectStore): Promise<string | undefined> {
  const found = await objects.get(TARGET_FILE)
  return found === undefined ? undefined : parseTarget(found.bytes)
}

/** Makes a target that of a folder. Throws InputError where it is another one's. */
export async function claimTarget(objects: ObjectStore, of: string): Promise<void> {
  const known = await ownerOfTarget(objects)
  if (known === undefined && (await objects.put(TARGET_FILE, encodeTarget(of), { absent: true })).kind === 'stored')
    return
  if ((known ?? (await ownerOfTarget(objects))) === of) return
  throw new InputError(`Cannot back up to "${objects.name}": it holds the backups of another folder`, {
    code: 'backup.target',
    path: '--to',
    expected: 'a new target, or the one of this folder',
  })
}

/** The whole of an object. Throws InputError where it is missing. */
export async function readTargetObject(objects: ObjectStore, key: string): Promise<Buffer> {
  const found = await objects.get(key)
  if (found === undefined) throw badBackup(key, 'it is missing')
  return found.bytes
}

/** The list of pieces under a key, which says its hash. Throws InputError where it is missing or damaged. */
export async function readIndex(objects: ObjectStore, key: string): Promise<Index> {
  const bytes = await readTargetObject(objects, key)
  if (!key.endsWith(`-${hexSha256(bytes).slice(0, 16)}.index`)) throw badBackup(key, 'it is damaged')
  return parseIndex(bytes.toString('utf8'), key)
}

/** A sealed piece with the bytes that its list names. Throws InputError where it is missing or has others. */
export async function readSealedPiece(objects: ObjectStore, name: string, piece: BackupPiece): Promise<Buffer> {
  const key = backupPieceKey(name)
  const bytes = await readTargetObject(objects, key)
  if (bytes.length !== piece.bytes) throw badBackup(key, `it has ${bytes.length} bytes, not ${piece.bytes}`)
  if (hexSha256(bytes) !== piece.sha256) throw badBackup(key, 'its bytes were changed')
  return bytes
}

/** Sizes of the pieces that a target holds, by name. */
export async function listBackupPieces(objects: ObjectStore): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>()
  for await (const { key, size } of objects.list(PIECES)) {
    const name = /^[0-9a-f]{2}\/([0-9a-f]{32})$/.exec(key.slice(PIECES.length))?.[1]
    if (name !== undefined) sizes.set(name, size)
  }
  return sizes
}

/** The newest report of a drill, as it was written; undefined where there was none. */
export async function newestDrill(objects: ObjectStore): Promise<unknown> {
  let newest: string | undefined
  for await (const { key } of objects.list(DRILLS)) newest = key
  if (newest === undefined) return undefined
  try {
    return JSON.parse((await readTargetObject(objects, newest)).toString('utf8'))
  } catch {
    return undefined // a report that does not read is none
  }
}
