import { z } from 'zod'
import { decodeBase64, encodeBase64 } from '../../core/evidence/base64.ts'
import { checkpointSigners, parseCheckpoint } from '../../core/evidence/log/checkpoint.ts'
import { hashLeaf, rootOf, sameBytes } from '../../core/evidence/log/merkle.ts'
import { TILE_WIDTH, type Tile } from '../../core/evidence/log/tile.ts'
import { TreeEdge } from '../../core/evidence/log/tree-edge.ts'
import { Fault } from '../../core/model/errors.ts'
import type { Archive } from '../../store/archive/contract.ts'
import type { Disk } from '../../runtime/files/disk.ts'
import { readWhole } from '../../runtime/files/durable-file.ts'
import { sha256, verifyEd25519 } from '../../runtime/ed25519.ts'
import type { PublishedCheckpoint } from './contract.ts'
import { checkKept, furthestKept } from './kept-outside.ts'
import { readJsonFile, writeJsonFile, type LogFolder } from './log-folder.ts'
import type { LogState } from './lead/right.ts'
import type { LogIdentity } from './read-identity.ts'
import type { TileFiles } from './tile-files.ts'
import { TreeReader } from '../../core/evidence/log/tree-reader.ts'

const stateSchema = z.strictObject({
  size: z.number().int().nonnegative(),
  root: z.string(),
  /** Absent: 1. So a version that knows no take-overs opens a folder that had none, and refuses one that had. */
  generation: z.number().int().min(2).optional(),
})

/** Size and root of the tree that is on disk, and the generation of its signer: written before it is signed. */
export interface SignedState extends LogState {
  readonly generation: number
}

/** Durable when resolved. */
export const writeState = (at: LogFolder, { size, root, generation }: SignedState, disk: Disk): Promise<void> =>
  writeJsonFile(at.state, { size, root: encodeBase64(root), ...(generation === 1 ? {} : { generation }) }, disk)

/** Undefined where there is none. Throws Fault for a damaged one. */
export async function readState(at: LogFolder, disk: Disk): Promise<SignedState | undefined> {
  const value = await readJsonFile(at.state, disk)
  if (value === undefined) return undefined
  const parsed = stateSchema.safeParse(value)
  const root = parsed.success ? decodeBase64(parsed.data.root) : undefined
  if (!parsed.success || root?.length !== 32)
    throw new Fault(`Cannot open log "${at.folder}": "${at.state}" is damaged`)
  return { size: parsed.data.size, root, generation: parsed.data.generation ?? 1 }
}

/** Reads the served checkpoint and checks that a key of the log signed it; undefined where there is none. */
export async function readCheckpoint(
  at: LogFolder,
  { origin, keys }: LogIdentity,
  disk: Disk,
): Promise<PublishedCheckpoint | undefined> {
  const bytes = await readWhole(at.checkpoint, disk)
  if (bytes === undefined) return undefined
  try {
    const checkpoint = { ...parseCheckpoint(bytes), bytes }
    const signers = checkpointSigners(
      checkpoint,
      keys.map(({ key }) => key),
      verifyEd25519,
    )
    if (checkpoint.origin === origin && signers.length > 0) return checkpoint
  } catch (cause) {
    throw new Fault(`Cannot open log "${at.folder}": "${at.checkpoint}" is damaged`, { cause })
  }
  throw new Fault(`Cannot open log "${at.folder}": "${at.checkpoint}" is not signed by a key of "${at.identity}"`)
}

export interface RecoverParts {
  readonly at: LogFolder
  readonly identity: LogIdentity
  readonly archive: Pick<Archive, 'size' | 'leaves'>
  readonly tiles: TileFiles
  readonly disk: Disk
}

/** A log as it was left. */
export interface RecoveredLog {
  readonly edge: TreeEdge
  readonly generation: number
  /** Leaves of the entry bundle that is not full. */
  readonly tail: readonly Uint8Array[]
  readonly checkpoint: PublishedCheckpoint | undefined
}

/**
 * Holds state, tiles, checkpoint and archive against one another, at the right edge of the tree: `check-log.ts` walks
 * all of it. Changes nothing. Throws Fault that names the file which does not fit.
 */
export async function recoverLog(parts: RecoverParts): Promise<RecoveredLog> {
  const { at, identity, archive, tiles, disk } = parts
  const state = await readState(at, disk)
  if (state === undefined) throw new Fault(`Cannot open log "${at.folder}": "${at.state}" is gone`)
  const checkpoint = await readCheckpoint(at, identity, disk)
  const kept = await readKept(parts)
  const { size, root } = state
  if (checkpoint !== undefined && checkpoint.size > size)
    throw refuse(at, at.checkpoint, `it was signed over ${checkpoint.size} leaves, "${at.state}" knows of ${size}`)
  if (archive.size < size)
    throw refuse(at, at.state, `it knows of ${size} leaves, the archive has ${archive.size}: leaves are missing there`)
  const edge = await readEdge(size, tiles)
  await checkParents(size, edge, { at, tiles })
  const tail = await checkLeaves(size, edge, parts)
  if (!sameBytes(edge.root(), root))
    throw refuse(at, at.state, 'its root is not that of the tiles at the right edge of the tree')
  const olderRoot = async (older: number): Promise<Uint8Array> =>
    older === size ? root : new TreeReader(tiles, sha256).root(older, size)
  if (checkpoint !== undefined) {
    const signed = await olderRoot(checkpoint.size)
    if (!sameBytes(signed, checkpoint.root))
      throw refuse(at, at.checkpoint, 'it was signed over another tree than the one whose tiles stand here')
  }
  for (const one of kept) await checkKept(one, { at, edge, archive, rootOf: olderRoot })
  return { edge, generation: state.generation, tail, checkpoint }
}

/**
 * The furthest checkpoints that were seen outside. One that does not read holds up nothing, `kuager log check`
 * tells of it; one that reads and is signed by no key of this log is another log's, or this one's of later.
 */
async function readKept({
  at,
  identity,
  disk,
}: RecoverParts): Promise<readonly (PublishedCheckpoint & { readonly file: string })[]> {
  const kept: (PublishedCheckpoint & { readonly file: string })[] = []
  for (const file of await furthestKept(at, disk))
    try {
      const checkpoint = await readCheckpoint({ ...at, checkpoint: file }, identity, disk)
      if (checkpoint !== undefined) kept.push({ ...checkpoint, file })
    } catch (error) {
      if (!(error instanceof Fault) || error.cause === undefined) throw error
    }
  return kept
}

const refuse = (at: LogFolder, path: string, found: string): Fault =>
  new Fault(`Cannot go on with log "${at.folder}": "${path}": ${found}; nothing was changed`)

async function readEdge(size: number, tiles: TileFiles): Promise<TreeEdge> {
  const levels: (readonly Uint8Array[])[] = []
  for (let level = 0, count = size; count > 0; level++, count = Math.floor(count / TILE_WIDTH)) {
    const width = count % TILE_WIDTH
    const index = Math.floor(count / TILE_WIDTH)
    levels.push(width === 0 ? [] : await tiles.digests({ level, index, width }))
  }
  return new TreeEdge(sha256, size, levels)
}

/** Full tiles are the ones that the level above has digests of: all under a partial tile, else the last one. */
async function checkParents(
  size: number,
  edge: TreeEdge,
  { at, tiles }: { readonly at: LogFolder; readonly tiles: TileFiles },
): Promise<void> {
  for (
    let level = 1, count = Math.floor(size / TILE_WIDTH);
    count > 0;
    level++, count = Math.floor(count / TILE_WIDTH)
  ) {
    const index = Math.ceil(count / TILE_WIDTH) - 1
    const held = edge.levels[level] ?? []
    const partial = held.length > 0
    const parent: Tile = { level, index, width: partial ? held.length : TILE_WIDTH }
    const digests = partial ? held : await tiles.digests(parent)
    for (const [nth, expected] of digests.entries()) {
      if (!partial && nth < digests.length - 1) continue
      const child: Tile = { level: level - 1, index: index * TILE_WIDTH + nth, width: TILE_WIDTH }
      if (!sameBytes(rootOf(await tiles.digests(child), sha256), expected))
        throw refuse(at, tiles.path(child), `it is not the tile that "${tiles.path(parent)}" has a digest of`)
    }
  }
}

/**
 * The last entries are the leaves of the archive, and the ones that the tiles digest; gives those of the partial
 * bundle.
 */
async function checkLeaves(
  size: number,
  edge: TreeEdge,
  { at, archive, tiles }: RecoverParts,
): Promise<readonly Uint8Array[]> {
  const width = size % TILE_WIDTH
  const index = Math.floor(size / TILE_WIDTH)
  const full = index === 0 ? [] : await tiles.leaves({ index: index - 1, width: TILE_WIDTH })
  const tail = width === 0 ? [] : await tiles.leaves({ index, width })
  const digests = [
    ...(index === 0 ? [] : await tiles.digests({ level: 0, index: index - 1, width: TILE_WIDTH })),
    ...(edge.levels[0] ?? []),
  ]
  const leaves = [...full, ...tail]
  const tile = (level: Tile['level'], nth: number): string =>
    tiles.path(nth < full.length ? { level, index: index - 1, width: TILE_WIDTH } : { level, index, width })
  let nth = 0
  for await (const leaf of archive.leaves(size - leaves.length, size)) {
    const entry = leaves[nth] ?? Buffer.alloc(0)
    const digest = digests[nth] ?? Buffer.alloc(0)
    const name = size - leaves.length + nth
    if (!sameBytes(entry, leaf))
      throw refuse(at, tile('entries', nth), `entry ${name} is not the leaf that the archive has`)
    if (!sameBytes(hashLeaf(entry, sha256), digest))
      throw refuse(at, tile(0, nth), `digest ${name} is not that of the leaf which the archive has`)
    nth++
  }
  if (nth !== leaves.length) throw refuse(at, at.state, 'leaves are missing in the archive')
  return tail
}
