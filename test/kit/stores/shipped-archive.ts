import assert from 'node:assert/strict'
import { readFile, readdir } from 'node:fs/promises'
import type { ObjectStore } from '../../../src/runtime/objects/contract.ts'
import { layoutOf, numbersOf } from '../../../src/store/archive/layout.ts'
import { leavesKey, pieceKey, segmentKey, sidecarKey } from '../../../src/store/archive/ship/object-keys.ts'
import { piecesInRow, isWhole, listPieces } from '../../../src/store/archive/ship/store-state.ts'
import { decodeSegmentHead } from '../../../src/store/archive/segment-head.ts'
import { allObjects } from './objects-contract.ts'

/** Bytes of a segment in lives of which many are shipped. */
export const SHIPPED_SEGMENT_BYTES = 5000

/** Checks that the store holds every byte of an archive's files once, and nothing else below `archive/`. */
export async function checkShipped(store: ObjectStore, folder: string): Promise<void> {
  const layout = layoutOf(folder)
  const numbers = numbersOf(await readdir(layout.segments), 'segment')
  const keys = new Set((await allObjects(store.list('archive/'))).map(({ key }) => key))
  const same = async (key: string, bytes: Buffer): Promise<void> => {
    assert.ok((await store.get(key))?.bytes.equals(bytes), `"${key}" is as the file here`)
    keys.delete(key)
  }
  for (const number of numbers.slice(0, -1)) {
    await same(segmentKey(number), await readFile(layout.segment(number)))
    await same(leavesKey(number), await readFile(layout.leafFile(number)))
    await same(sidecarKey(number), await readFile(layout.sidecar(number)))
  }
  const last = numbers.at(-1) ?? 0
  const segment = await readFile(layout.segment(last))
  const leaves = await readFile(layout.leafFile(last))
  const firstLeaf = decodeSegmentHead(segment)?.firstLeaf ?? 0
  let [at, leavesAt] = [0, 0]
  for (const piece of piecesInRow((await listPieces(store)).filter(isWhole), firstLeaf)) {
    await same(pieceKey(piece, 'segment'), segment.subarray(at, (at += piece.segmentBytes)))
    await same(pieceKey(piece, 'leaves'), leaves.subarray(leavesAt, (leavesAt += piece.leavesBytes)))
  }
  if (leaves.length > 0) assert.equal(at, segment.length)
  assert.equal(leavesAt, leaves.length)
  const erasures = await readFile(layout.erasures)
  if (erasures.length > 0) {
    await same('archive/erasures.log', erasures)
    keys.delete('archive/erased.json')
  }
  assert.deepEqual([...keys], [], 'nothing else is there')
}

/** Keys of objects that hold some bytes. */
export async function objectsWith(store: ObjectStore, bytes: Buffer): Promise<readonly string[]> {
  const found: string[] = []
  for (const { key } of await allObjects(store.list('')))
    if ((await store.get(key))?.bytes.includes(bytes) === true) found.push(key)
  return found
}

/** Bytes of all objects, one behind the other. */
export async function bytesOf(store: ObjectStore): Promise<Buffer> {
  const objects: Buffer[] = []
  for (const { key } of await allObjects(store.list(''))) objects.push((await store.get(key))?.bytes ?? Buffer.alloc(0))
  return Buffer.concat(objects)
}
