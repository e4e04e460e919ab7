import type { ObjectStore } from '../../../runtime/objects/contract.ts'
import { SEGMENT_HEAD_BYTES } from '../segment-head.ts'
import { leavesKey, parsePieceKey, segmentKey, tailPrefix } from '../ship/object-keys.ts'

/** Where a follower of an archive is: its next leaf, the segment of that leaf, and where record and leaf are in the two files. */
export interface StreamPlace {
  readonly leaf: number
  readonly segment: number
  /** Byte of the record in the segment. */
  readonly offset: number
  /** Byte of the leaf in the leaf file. */
  readonly leavesOffset: number
}

/** The place of the first leaf of an archive. */
export const FIRST_PLACE: StreamPlace = { leaf: 0, segment: 1, offset: SEGMENT_HEAD_BYTES, leavesOffset: 0 }

/** Bytes of one object in which a leaf is. */
export interface Extent {
  readonly key: string
  readonly segment: number
  /** `whole`: a segment file from a known byte on. `piece`: a part of one that is not full yet, from its first leaf on. */
  readonly kind: 'whole' | 'piece'
  readonly from: number
  readonly end: number
  /** First leaf of the piece; of a whole file the leaf that is looked for. */
  readonly firstLeaf: number
}

export type StreamFile = 'segment' | 'leaves'

const wholeKey = (file: StreamFile, segment: number): string =>
  file === 'segment' ? segmentKey(segment) : leavesKey(segment)

/**
 * Finds the object that holds a leaf: the file of its segment, or a piece of the segment that is being written, or the
 * beginning of the next segment. Undefined where none of them is there: what was promised has not arrived.
 */
export async function findExtent(
  store: ObjectStore,
  file: StreamFile,
  place: StreamPlace,
): Promise<Extent | undefined> {
  const { segment, leaf } = place
  const from = file === 'segment' ? place.offset : place.leavesOffset
  const key = wholeKey(file, segment)
  const whole = await store.head(key)
  if (whole !== undefined && from < whole.size)
    return { key, segment, kind: 'whole', from, end: whole.size, firstLeaf: leaf }
  const piece = await findPiece(store, file, place)
  if (piece !== undefined) return piece
  // Of a segment that is full the last pieces may still be there when the next one has begun.
  const next = { ...FIRST_PLACE, segment: segment + 1, leaf }
  const nextKey = wholeKey(file, next.segment)
  const begun = await store.head(nextKey)
  const start = file === 'segment' ? next.offset : next.leavesOffset
  if (begun !== undefined && start < begun.size)
    return { key: nextKey, segment: next.segment, kind: 'whole', from: start, end: begun.size, firstLeaf: leaf }
  return findPiece(store, file, next)
}

/** A segment of 256 MiB that grows for days in pieces of a minute has fewer. */
const MOST_PIECES = 100_000

async function findPiece(
  store: ObjectStore,
  file: StreamFile,
  { segment, leaf }: StreamPlace,
): Promise<Extent | undefined> {
  let seen = 0
  for await (const { key, size } of store.list(tailPrefix(segment))) {
    if (++seen > MOST_PIECES) break
    const piece = parsePieceKey(key)
    if (piece === undefined || piece.ending !== file || piece.from > leaf || piece.until <= leaf) continue
    return { key, segment, kind: 'piece', from: 0, end: size, firstLeaf: piece.from }
  }
  return undefined
}
