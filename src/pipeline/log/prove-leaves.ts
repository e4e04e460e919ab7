import { encodeBase64 } from '../../core/evidence/base64.ts'
import type { TreeHead } from '../../core/evidence/log/checkpoint.ts'
import { sameBytes } from '../../core/evidence/log/merkle.ts'
import { TILE_WIDTH } from '../../core/evidence/log/tile.ts'
import { formatTlogProof } from '../../core/evidence/log/tlog-proof.ts'
import type { TreeReader } from '../../core/evidence/log/tree-reader.ts'
import { InputError } from '../../core/model/errors.ts'
import type { ProvenLeaf, PublishedCheckpoint } from './contract.ts'
import type { TileFiles } from './tile-files.ts'

/** A log of which leaves are proven. */
export interface ProvenLog {
  readonly origin: string
  /** The tree whose tiles are on the disk. */
  readonly stored: Pick<TreeHead, 'size' | 'root'>
  readonly latest: PublishedCheckpoint | undefined
  readonly tiles: Pick<TileFiles, 'leaves'>
  readonly tree: TreeReader
}

/** Proofs of leaves to a checkpoint, the latest where none is asked for. Throws InputError for a leaf it does not hold. */
export async function proveLeaves(
  leaves: readonly number[],
  log: ProvenLog,
  asked?: PublishedCheckpoint,
): Promise<readonly ProvenLeaf[]> {
  const stored = log.stored.size
  const checkpoint = asked ?? log.latest
  const size = checkpoint?.size ?? 0
  const beyond = leaves.find((leaf) => !(Number.isSafeInteger(leaf) && leaf >= 0 && leaf < size))
  if (checkpoint === undefined || beyond !== undefined)
    throw new InputError(`Cannot prove leaf ${beyond ?? ''}: the checkpoint holds ${size} leaves`, {
      code: 'log.leaf',
      path: 'leaf',
      expected: 'a leaf that the checkpoint holds',
    })
  if (asked !== undefined) await refuseForeign(asked, log)
  const note = Buffer.from(checkpoint.bytes).toString('utf8')
  const proven: ProvenLeaf[] = []
  let bundle: { readonly index: number; readonly leaves: readonly Uint8Array[] } | undefined
  for (const leafIndex of leaves) {
    const index = Math.floor(leafIndex / TILE_WIDTH)
    if (bundle?.index !== index) {
      const width = Math.min(TILE_WIDTH, stored - index * TILE_WIDTH)
      bundle = { index, leaves: await log.tiles.leaves({ index, width }) }
    }
    const leaf = bundle.leaves[leafIndex - index * TILE_WIDTH]! // the bundle has as many as the tree has there
    const path = await log.tree.inclusion(leafIndex, size, stored)
    proven.push({ leafIndex, leaf, proof: formatTlogProof(leafIndex, path, note) })
  }
  return proven
}

async function refuseForeign({ origin, size, root }: TreeHead, log: ProvenLog): Promise<void> {
  const { stored, tree } = log
  if (origin === log.origin && size <= stored.size && sameBytes(await tree.root(size, stored.size), root)) return
  throw new InputError(`Cannot prove anything to a checkpoint of ${size} leaves: it is not of this log`, {
    code: 'log.checkpoint',
    path: 'checkpoint',
    expected: `a checkpoint of "${log.origin}" with root ${encodeBase64(stored.root)} or earlier`,
  })
}
