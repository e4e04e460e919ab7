import { z } from 'zod'
import { checkpointSigners, parseCheckpoint, type Checkpoint } from '../../../core/evidence/log/checkpoint.ts'
import { verifyConsistency, HASH_BYTES, sameBytes } from '../../../core/evidence/log/merkle.ts'
import { formatVerifierKey, parseVerifierKey } from '../../../core/evidence/log/signed-note.ts'
import { TILE_WIDTH, tilePath, type Tile } from '../../../core/evidence/log/tile.ts'
import type { TreeEdge } from '../../../core/evidence/log/tree-edge.ts'
import { TreeReader } from '../../../core/evidence/log/tree-reader.ts'
import { InputError } from '../../../core/model/errors.ts'
import { sha256, verifyEd25519 } from '../../../runtime/ed25519.ts'
import type { ObjectStore } from '../../../runtime/objects/contract.ts'

/** What is read of `log.json` of an edge; it may say more. */
const identitySchema = z.object({
  origin: z.string(),
  keys: z.array(z.object({ key: z.string(), until: z.string().optional() })).min(1),
})

const CHECKPOINT = 'log/public/checkpoint'
/** Of files that are small, so much is read: an edge that gives more costs no memory. */
const SMALL = { from: 0, length: 2 ** 20 } as const

/** Says that what an edge gives is not taken. */
export const refuseEdge = (code: string, found: string, expected: string): InputError =>
  new InputError(`Cannot follow the edge: ${found}`, { code: `edge.${code}`, path: 'edge', expected })

/** Name and keys of a log as its own folder states them: nothing here is verified. Undefined before the log was begun. */
export async function readEdgeIdentity(
  store: ObjectStore,
): Promise<{ readonly origin: string; readonly keys: readonly string[] } | undefined> {
  const found = await store.get('log/log.json', SMALL)
  if (found === undefined) return undefined
  try {
    const { origin, keys } = identitySchema.parse(JSON.parse(found.bytes.toString('utf8')))
    const signing = keys.filter(({ until }) => until === undefined)
    const parsed = signing.map(({ key }) => parseVerifierKey(key, sha256))
    if (parsed.length > 0 && parsed.every(({ name }) => name === origin))
      return { origin, keys: parsed.map(formatVerifierKey) }
  } catch {
    // Refused below.
  }
  throw refuseEdge('identity', '"log/log.json" is not the identity of a log', 'the folder of a log')
}

/** The newest checkpoint, by any signer; undefined before the first. Throws InputError for what is none. */
export async function readEdgeCheckpoint(store: ObjectStore): Promise<Checkpoint | undefined> {
  const found = await store.get(CHECKPOINT, SMALL)
  return found === undefined ? undefined : parseCheckpoint(found.bytes)
}

/** Those of the keys that signed the checkpoint. */
export const signersOf = (checkpoint: Checkpoint, keys: readonly string[]): readonly string[] =>
  checkpointSigners(
    checkpoint,
    keys.map((key) => parseVerifierKey(key, sha256)),
    verifyEd25519,
  ).map(formatVerifierKey)

/** Throws InputError unless one of the keys signed the checkpoint of the log of that name. */
export function checkSigned(checkpoint: Checkpoint, origin: string, keys: readonly string[]): void {
  if (checkpoint.origin !== origin)
    throw refuseEdge('origin', `its checkpoint is of the log "${checkpoint.origin}"`, `a checkpoint of "${origin}"`)
  if (signersOf(checkpoint, keys).length === 0)
    throw refuseEdge(
      'signature',
      `no trusted key signed its checkpoint of ${checkpoint.size} entries`,
      'a signature of its log; if its key was changed or its log begun again, give the new key with --edge-key',
    )
}

/** Throws InputError unless a tree is that of the checkpoint, or its beginning, which tiles of the log show then. */
export async function checkGrown(tree: TreeEdge, checkpoint: Checkpoint, store: ObjectStore): Promise<void> {
  const { size, root } = checkpoint
  if (tree.size === 0) return
  if (await holds()) return
  throw refuseEdge(
    'tree',
    `its leaves are not those of its signed checkpoint of ${size} entries`,
    'the leaves that its log signed',
  )
  async function holds(): Promise<boolean> {
    if (tree.size === size) return sameBytes(tree.root(), root)
    const path = await new TreeReader({ digests: (tile) => readTile(store, tile) }, sha256).consistency(
      tree.size,
      size,
      size,
    )
    const claim = { olderSize: BigInt(tree.size), newerSize: BigInt(size), olderRoot: tree.root(), newerRoot: root }
    return verifyConsistency({ ...claim, path }, sha256)
  }
}

/** A tile of the edge's log; of a partial one that is gone, the beginning of the full one. It is proven by its caller. */
async function readTile(store: ObjectStore, tile: Tile): Promise<readonly Uint8Array[]> {
  const keyOf = (width: number): string => `log/public/${tilePath({ ...tile, width })}`
  const length = tile.width * HASH_BYTES
  const found = (await store.get(keyOf(tile.width), SMALL)) ?? (await store.get(keyOf(TILE_WIDTH), SMALL))
  if (found === undefined || found.bytes.length < length)
    throw refuseEdge('tile', `its tile "${keyOf(tile.width)}" is not there`, 'the tiles of its signed checkpoint')
  return Array.from({ length: tile.width }, (_, nth) => found.bytes.subarray(nth * HASH_BYTES, (nth + 1) * HASH_BYTES))
}
