import { hashLeaf, rootOf } from '../../core/evidence/log/merkle.ts'
import { Fault, InputError } from '../../core/model/errors.ts'
import type { Instant } from '../../core/model/units.ts'
import { REAL_DISK, type Disk } from '../../runtime/files/disk.ts'
import { makeSeed, publicKeyOf, sha256 } from '../../runtime/ed25519.ts'
import type { TransparencyLog } from './contract.ts'
import { EntryPlaces, otherKindOf, type KindOf } from './entry-places.ts'
import { FileLog, type LogArchive, type LogSigner } from './file-log.ts'
import { furthestKept } from './kept-outside.ts'
import { hasServed, logFolder, type LogFolder } from './log-folder.ts'
import { SOLE_RIGHT, type OwnTree, type SigningRight } from './lead/right.ts'
import { keepSeed, originOf, signingKey, writeIdentity } from './log-identity.ts'
import { readIdentity, type LogIdentity } from './read-identity.ts'
import { readState, recoverLog, writeState, type RecoveredLog } from './recover-log.ts'
import { TileFiles } from './tile-files.ts'
import { TreeReader } from '../../core/evidence/log/tree-reader.ts'

/** How a log is begun where there is none. */
export interface LogBeginning {
  /** Whether all its data are simulated; permanent. */
  readonly simulated: boolean
  readonly at: Instant
  /** Public address of the site, after which the log is named; absent: a name under a reserved domain. */
  readonly address?: string
}

export interface OpenLogOptions {
  readonly archive: LogArchive
  /** Absent: a folder without a log is refused. */
  readonly begin?: LogBeginning
  /** Asked before leaves are taken into the tree; throws InputError where one of them is of the other world. */
  readonly guard?: (from: number, until: number) => Promise<void>
  /** Folder of its signing keys, made where it is missing; absent: `keys` inside the log's own. */
  readonly keys?: string
  /** Says the kind of a leaf; absent: its leaves are those of an archive of measurements. */
  readonly kindOf?: KindOf
  /** Told of every entry that this log appends. */
  readonly onEntry?: (leafIndex: number) => Promise<void>
  readonly disk?: Disk
  readonly makeSeed?: () => Uint8Array
  /** Grants the right to sign, or says why there is none; absent: this folder alone is the log. */
  readonly openRight?: (tree: OwnTree) => Promise<SigningRight>
}

/**
 * What a folder says of its log without opening it; undefined where none was begun. Throws Fault for a damaged file,
 * and where a log was at work but nothing says which: another one would sign another history next to it.
 */
export async function readLogIdentity(folder: string, disk: Disk = REAL_DISK): Promise<LogIdentity | undefined> {
  const at = logFolder(folder)
  const identity = await readIdentity(at, disk)
  if (identity !== undefined) return identity
  const size = (await readState(at, disk))?.size ?? 0
  if (size > 0 || (await hasServed(at, disk)) || (await furthestKept(at, disk)).length > 0)
    throw new Fault(`Cannot open log "${at.folder}": it was begun, but "${at.identity}" is gone; nothing was changed`)
  return undefined
}

/** What the disk says of a log that is not opened: its name, and the tree that was signed last; undefined without one. */
export async function readLogState(
  folder: string,
  disk: Disk = REAL_DISK,
): Promise<Pick<OwnTree, 'origin' | 'size' | 'root' | 'generation'> | undefined> {
  const [identity, state] = [await readLogIdentity(folder, disk), await readState(logFolder(folder), disk)]
  return identity === undefined || state === undefined ? undefined : { origin: identity.origin, ...state }
}

/**
 * Opens the log in a folder, or begins one. The caller holds the data folder. State, tiles, checkpoint and archive are
 * compared with one another first: throws Fault that names the file which does not fit, and changes nothing then.
 * A checkpoint that a crash kept back is published by the next `sequence`.
 */
export async function openTransparencyLog(folder: string, options: OpenLogOptions): Promise<TransparencyLog> {
  const { archive } = options
  const disk = options.disk ?? REAL_DISK
  const at = logFolder(folder, options.keys)
  const seeds = options.makeSeed ?? makeSeed
  const identity = (await readLogIdentity(folder, disk)) ?? (await beginLog(at, { ...options, disk, makeSeed: seeds }))
  const tiles = new TileFiles(at.served, disk)
  const recovered = await recoverLog({ at, identity, archive, tiles, disk })
  const right = await (options.openRight ?? soleRight)(ownTree(identity.origin, recovered, { archive, tiles }))
  const signers: LogSigner[] = []
  for (const { key, until, fromSize } of right.isNone === true ? [] : identity.keys)
    if (until === undefined) signers.push({ ...(await signingKey(at, key, disk)), fromSize })
  const log = new FileLog(
    {
      right,
      at,
      archive,
      disk,
      tiles,
      entryPlaces: new EntryPlaces(at, archive, { disk, kindOf: options.kindOf ?? otherKindOf }),
      guard: options.guard ?? (async () => undefined),
      onEntry: options.onEntry ?? (async () => undefined),
      makeSeed: seeds,
    },
    identity,
    signers,
    recovered,
  )
  if (right.refusal === undefined) await log.finishRotation()
  return log
}

const soleRight = async (tree: OwnTree): Promise<SigningRight> => ({ ...SOLE_RIGHT, generation: tree.generation })

function ownTree(
  origin: string,
  { edge, generation }: RecoveredLog,
  { archive, tiles }: { readonly archive: LogArchive; readonly tiles: TileFiles },
): OwnTree {
  return {
    ...{ origin, generation, size: edge.size, root: edge.root() },
    get leaves() {
      return archive.size
    },
    async rootOf(size) {
      if (size < edge.size) return new TreeReader(tiles, sha256).root(size, edge.size)
      const grown = edge.copy()
      for await (const leaf of archive.leaves(edge.size, size)) grown.push(hashLeaf(leaf, sha256))
      return grown.root()
    },
  }
}

/** Secret, state, identity, each durable before the next: where the identity stands, everything does. */
async function beginLog(
  at: LogFolder,
  { begin, disk, makeSeed: seeds }: OpenLogOptions & { readonly disk: Disk; readonly makeSeed: () => Uint8Array },
): Promise<LogIdentity> {
  if (begin === undefined)
    throw new InputError(`Cannot open log "${at.folder}": there is none`, {
      code: 'log.missing',
      path: 'folder',
      expected: 'a folder whose log was begun',
    })
  await disk.makeFolder(at.folder)
  await disk.makeFolder(at.served)
  await disk.syncFolder(at.folder)
  const seed = seeds()
  const origin = originOf(begin.address, { simulated: begin.simulated, publicKey: publicKeyOf(seed) })
  const key = await keepSeed(at, origin, seed, disk)
  await writeState(at, { size: 0, root: rootOf([], sha256), generation: 1 }, disk)
  const identity: LogIdentity = {
    origin,
    simulated: begin.simulated,
    keys: [{ key, since: begin.at, fromSize: 0 }],
  }
  await writeIdentity(at, identity, disk)
  return identity
}
