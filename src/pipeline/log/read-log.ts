import { TreeReader } from '../../core/evidence/log/tree-reader.ts'
import { REAL_DISK, type Disk } from '../../runtime/files/disk.ts'
import { sha256 } from '../../runtime/ed25519.ts'
import type { LogKey, ProvenLeaf, PublishedCheckpoint, TransparencyLog } from './contract.ts'
import { logFolder, type LogFolder } from './log-folder.ts'
import { proveLeaves } from './prove-leaves.ts'
import { readIdentity, type LogIdentity } from './read-identity.ts'
import { readCheckpoint } from './recover-log.ts'
import { TileFiles } from './tile-files.ts'

/** What is asked of a log without adding to it. */
export type ReadLog = Pick<TransparencyLog, 'origin' | 'simulated' | 'folder' | 'keys' | 'latest' | 'prove'>

/** A log that another process writes, or a copy of one. */
export interface FollowedLog {
  /** Undefined where none was begun. */
  readonly log: ReadLog | undefined
  /** Takes over the newest checkpoint; gives whether there is another one. */
  follow(): Promise<boolean>
}

/**
 * Reads the log in a folder: its keys, its newest checkpoint, its tiles. A checkpoint that no key of the log signed is
 * refused by `follow`, which throws Fault, and the one before it stays. No seed is read, and nothing here can sign.
 */
export async function followLog(folder: string, disk: Disk = REAL_DISK): Promise<FollowedLog> {
  const log = new Followed(logFolder(folder), disk)
  await log.follow()
  return log
}

class Followed implements FollowedLog {
  readonly #at: LogFolder
  readonly #disk: Disk
  #read: CheckpointLog | undefined

  constructor(at: LogFolder, disk: Disk) {
    this.#at = at
    this.#disk = disk
  }

  get log(): ReadLog | undefined {
    return this.#read
  }

  async follow(): Promise<boolean> {
    const identity = await readIdentity(this.#at, this.#disk)
    const checkpoint = identity === undefined ? undefined : await readCheckpoint(this.#at, identity, this.#disk)
    if (identity === undefined) {
      const had = this.#read !== undefined
      this.#read = undefined
      return had
    }
    const isSame =
      this.#read?.origin === identity.origin &&
      this.#read.keys.length === identity.keys.length &&
      this.#read.isAt(checkpoint)
    if (isSame) return false
    this.#read = new CheckpointLog(identity, checkpoint, { at: this.#at, disk: this.#disk })
    return true
  }
}

/** A log at one checkpoint: its tiles have at least those leaves. */
class CheckpointLog implements ReadLog {
  readonly #identity: LogIdentity
  readonly #checkpoint: PublishedCheckpoint | undefined
  readonly #tiles: TileFiles
  readonly #tree: TreeReader
  readonly folder: string

  constructor(
    identity: LogIdentity,
    checkpoint: PublishedCheckpoint | undefined,
    { at, disk }: { readonly at: LogFolder; readonly disk: Disk },
  ) {
    this.#identity = identity
    this.#checkpoint = checkpoint
    this.#tiles = new TileFiles(at.served, disk)
    this.#tree = new TreeReader(this.#tiles, sha256)
    this.folder = at.served
  }

  get origin(): string {
    return this.#identity.origin
  }

  get simulated(): boolean {
    return this.#identity.simulated
  }

  get keys(): readonly LogKey[] {
    return this.#identity.keys
  }

  isAt(checkpoint: PublishedCheckpoint | undefined): boolean {
    const held = this.#checkpoint
    if (held === undefined || checkpoint === undefined) return held === checkpoint
    return Buffer.from(held.bytes).equals(checkpoint.bytes)
  }

  async latest(): Promise<PublishedCheckpoint | undefined> {
    return this.#checkpoint
  }

  async prove(leaves: readonly number[], asked?: PublishedCheckpoint): Promise<readonly ProvenLeaf[]> {
    const latest = this.#checkpoint
    const stored = { size: latest?.size ?? 0, root: latest?.root ?? new Uint8Array() }
    return proveLeaves(leaves, { origin: this.origin, stored, latest, tiles: this.#tiles, tree: this.#tree }, asked)
  }
}
