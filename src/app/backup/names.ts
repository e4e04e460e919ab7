import { createHmac, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { Fault } from '../../core/model/errors.ts'
import { REAL_DISK } from '../../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'

const KEY_BYTES = 32

/**
 * Names of pieces: a keyed hash of what is in them. The same bytes are stored once, and someone who reads the target
 * cannot test whether it holds bytes that they know.
 */
export class PieceNames {
  readonly #key: Buffer

  constructor(key: Uint8Array) {
    this.#key = Buffer.from(key)
  }

  /** The key, for the manifest, which is sealed. */
  get hex(): string {
    return this.#key.toString('hex')
  }

  /** Which folder the backups are of. */
  get of(): string {
    return this.#keyed('of', '')
  }

  name(bytes: Uint8Array): string {
    return this.#keyed('piece', bytes)
  }

  slot(path: string, nth: number): string {
    return this.#keyed('slot', `${nth} ${path}`)
  }

  #keyed(what: string, bytes: Uint8Array | string): string {
    return createHmac('sha256', this.#key).update(`${what}\n`).update(bytes).digest('hex').slice(0, 32)
  }
}

/** Folder in which a data folder notes its backups; never part of one. */
export const backupsFolder = (folder: string): string => join(folder, 'backups')
const keyFile = (folder: string): string => join(backupsFolder(folder), 'names.key')

/** The names of a folder's pieces; their key is made with the first backup. */
export async function openNames(folder: string): Promise<PieceNames> {
  const path = keyFile(folder)
  const known = await readWhole(path)
  if (known !== undefined && known.length !== KEY_BYTES)
    throw new Fault(
      `Cannot back up: "${path}" has ${known.length} bytes, not ${KEY_BYTES}; remove it and choose a new target`,
    )
  const key = known ?? randomBytes(KEY_BYTES)
  if (known === undefined) await keepNames(folder, key)
  return new PieceNames(key)
}

/** Keeps the key with which a restored folder continues its backups. */
export async function keepNames(folder: string, key: Uint8Array): Promise<void> {
  await REAL_DISK.makeFolder(backupsFolder(folder))
  await REAL_DISK.syncFolder(folder)
  await writeDurable(keyFile(folder), key)
}
