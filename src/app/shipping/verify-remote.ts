import { join } from 'node:path'
import { parseCheckpoint } from '../../core/evidence/log/checkpoint.ts'
import { LEAF_CODEC } from '../../core/evidence/log/leaf-record.ts'
import { hashLeaf, sameBytes } from '../../core/evidence/log/merkle.ts'
import { TreeEdge } from '../../core/evidence/log/tree-edge.ts'
import { sha256 } from '../../runtime/ed25519.ts'
import type { ObjectStore } from '../../runtime/objects/contract.ts'
import { openReadArchive } from '../../store/archive/read-segments.ts'
import { leavesKey, segmentKey, sidecarKey } from '../../store/archive/ship/object-keys.ts'
import { StoreDisk } from '../../store/archive/ship/store-disk.ts'
import { verifyArchive, type ArchiveFinding } from '../../store/archive/verify.ts'

export type RemoteFinding =
  | ArchiveFinding
  /** An object that must be there: nothing else was looked at then. */
  | { readonly kind: 'missing'; readonly key: string }
  /** The leaf there is not the one here. */
  | { readonly kind: 'other-leaf'; readonly leafIndex: number }
  /** How many leaves are there, and how many of the first were compared with those of the folder. */
  | { readonly kind: 'compared'; readonly there: number; readonly here: number; readonly leaves: number }
  /** Whether the checkpoint on the store has the root of the leaves there; `leaves` is what it covers. */
  | { readonly kind: 'log'; readonly leaves: number; readonly same: boolean }

/**
 * Looks at an archive on object storage: whether every object is there, whether every measurement has its hashes, and
 * whether the leaves are those of the folder and of the checkpoint. Changes nothing. Throws Fault where the store refuses.
 */
export async function* verifyRemote(
  store: ObjectStore,
  folder: string,
): AsyncGenerator<RemoteFinding, void, undefined> {
  const missing = await missingObjects(store)
  if (missing.length > 0) return yield* missing.map((key) => ({ kind: 'missing', key }) as const)
  const disk = new StoreDisk(store)
  yield* verifyArchive(disk.layout.folder, { leaves: LEAF_CODEC, disk })
  const there = await openReadArchive(disk.layout.folder, disk)
  const here = await openReadArchive(join(folder, 'archive'))
  const both = Math.min(there.size, here.size)
  const checkpoint = await store.get('log/public/checkpoint')
  const signed = checkpoint === undefined ? undefined : parseCheckpoint(checkpoint.bytes)
  const edge = new TreeEdge(sha256)
  const own = here.leaves(0, both)[Symbol.asyncIterator]()
  let leafIndex = 0
  let isSame = signed?.size === 0
  for await (const leaf of there.leaves(0, there.size)) {
    if (leafIndex < both) {
      const next = await own.next()
      if (next.done === true || !sameBytes(next.value, leaf)) yield { kind: 'other-leaf', leafIndex }
    }
    leafIndex++
    if (signed === undefined || leafIndex > signed.size) continue
    edge.push(hashLeaf(leaf, sha256))
    if (leafIndex === signed.size) isSame = sameBytes(edge.root(), signed.root)
  }
  yield { kind: 'compared', there: there.size, here: here.size, leaves: both }
  if (signed !== undefined) yield { kind: 'log', leaves: signed.size, same: isSame }
}

/** Keys of the three objects of each segment up to the last sidecar that are not there. */
async function missingObjects(store: ObjectStore): Promise<readonly string[]> {
  const keys = new Set<string>()
  for (const prefix of ['archive/segments/', 'archive/leaves/'])
    for await (const { key } of store.list(prefix)) keys.add(key)
  let last = 0
  for (const key of keys)
    if (key.endsWith('.index')) last = Math.max(last, Number(/(\d{8})\.index$/.exec(key)?.[1] ?? 0))
  const wanted = Array.from({ length: last }, (_, nth) => [segmentKey, leavesKey, sidecarKey].map((of) => of(nth + 1)))
  return wanted.flat().filter((key) => !keys.has(key))
}
