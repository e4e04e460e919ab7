import { Fault } from '../../../core/model/errors.ts'
import { readWhole } from '../../../runtime/files/durable-file.ts'
import type { ObjectStore } from '../../../runtime/objects/contract.ts'
import { readFinished, type Erasure } from '../erasures.ts'
import { encodeErased, HEADER_BYTES, decodeRecordHead, ID_BYTES } from '../record.ts'
import { SEGMENT_HEAD_BYTES } from '../segment-head.ts'
import { encodeEntry, entryPosition } from '../sidecar.ts'
import type { LocalSegments } from './local-segments.ts'
import { ERASED_KEY, ERASURES_KEY, pieceKey, segmentKey, sidecarKey, tailPrefix } from './object-keys.ts'
import { listPieces } from './store-state.ts'

/**
 * Carries out on the store what was erased here: the log first, so that readers show none of it any longer, then every
 * object that holds the record, then how many were carried out. A crash in between repeats it.
 */
export async function shipErasures(store: ObjectStore, local: LocalSegments): Promise<void> {
  const text = await readWhole(local.layout.erasures, local.disk)
  if (text === undefined || text.length === 0) return
  const there = await store.head(ERASURES_KEY)
  const finished = readFinished(text, local.layout.erasures)
  if (there?.size !== finished.end) {
    if (there !== undefined && there.size > finished.end)
      throw new Fault(`Cannot ship erasures to ${store.name}: it knows of more than "${local.layout.erasures}"`)
    await store.put(ERASURES_KEY, text.subarray(0, finished.end))
  }
  const done = await erasedOn(store)
  if (done >= finished.erasures.length) return
  for (const [segment, erasures] of Map.groupBy(finished.erasures.slice(done), (erasure) => erasure.segment))
    await eraseInSegment(store, local, { segment, erasures })
  const said = Buffer.from(`${JSON.stringify({ done: finished.erasures.length })}\n`)
  await store.put(ERASED_KEY, said)
}

/** How many finished erasures of the log were carried out in all objects of a store. */
export async function erasedOn(store: ObjectStore): Promise<number> {
  const marker = await store.get(ERASED_KEY)
  return marker === undefined ? 0 : doneOf(marker.bytes)
}

/** How many erasures an object says were carried out; 0 where it says nothing: they are carried out again. */
export function doneOf(bytes: Buffer): number {
  const [, done] = /^\{"done":(\d{1,12})\}\n$/.exec(bytes.toString('latin1')) ?? []
  return Number(done ?? 0)
}

async function eraseInSegment(
  store: ObjectStore,
  local: LocalSegments,
  { segment, erasures }: { readonly segment: number; readonly erasures: readonly Erasure[] },
): Promise<void> {
  const head = await local.headOf(segment)
  if (head === undefined) throw new Fault(`Cannot erase in segment ${segment}: its head is damaged`)
  const overwrite = async (key: string, begin: number, end: number): Promise<void> => {
    const left: { at: number; bytes: Buffer }[] = []
    for (const erasure of erasures.filter(({ offset }) => offset >= begin && offset < end)) {
      const at = erasure.offset - begin
      const found = await store.get(key, { from: at, length: HEADER_BYTES })
      const record = found === undefined ? undefined : decodeRecordHead(found.bytes, head.nonce)
      if (record?.leafIndex !== erasure.leafIndex)
        throw new Fault(`Cannot erase leaf ${erasure.leafIndex} in "${key}" of ${store.name}: it is not there`)
      if (record.state !== 'erased') left.push({ at, bytes: encodeErased(head.nonce, erasure) })
    }
    if (left.length > 0) await store.patch(key, left)
  }
  const whole = await store.head(segmentKey(segment))
  if (whole !== undefined) await overwrite(whole.key, 0, whole.size)
  if ((await store.head(sidecarKey(segment))) !== undefined)
    await store.patch(
      sidecarKey(segment),
      erasures.map(({ leafIndex, offset }) => ({
        at: entryPosition(leafIndex - head.firstLeaf),
        bytes: encodeEntry(Buffer.alloc(ID_BYTES), offset),
      })),
    )
  for (const piece of await listPieces(store, tailPrefix(segment))) {
    if (piece.segmentBytes === undefined) continue
    const inside = erasures.filter(({ leafIndex }) => leafIndex >= piece.from && leafIndex < piece.until)
    if (inside.length === 0) continue
    const begin = piece.from === head.firstLeaf ? 0 : await offsetOf(local, segment, piece.from)
    await overwrite(pieceKey(piece, 'segment'), begin, begin + piece.segmentBytes)
  }
}

/** Where the record of a leaf begins in its segment. */
async function offsetOf(local: LocalSegments, segment: number, leaf: number): Promise<number> {
  const head = await local.headOf(segment)
  if (head === undefined) throw new Fault(`Cannot read segment ${segment}: its head is damaged`)
  const begin = { leaf: head.firstLeaf, offset: SEGMENT_HEAD_BYTES, leavesOffset: 0 }
  for await (const place of local.placesAfter(head, begin, leaf)) if (place.leaf === leaf) return place.offset
  throw new Fault(`Cannot read leaf ${leaf} of segment ${segment}: it is not there`)
}
