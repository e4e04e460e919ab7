import type { ObjectStore } from '../../../runtime/objects/contract.ts'
import { parsePieceKey, segmentKey, SEGMENTS_PREFIX, TAIL_PREFIX, type PieceName } from './object-keys.ts'

/** A piece of which both files are on the store; lengths in bytes. */
export interface StoredPiece extends PieceName {
  readonly segmentBytes: number
  readonly leavesBytes: number
}

/** What an object storage holds of an archive. */
export interface StoreState {
  /** Numbers of the segments whose sidecar is there, in order, with the lengths of segment and sidecar. */
  readonly sealed: ReadonlyMap<number, { readonly segmentBytes: number; readonly sidecarBytes: number }>
  /** Segments without a sidecar whose file is there: half shipped. */
  readonly halfSealed: ReadonlyMap<number, number>
  readonly pieces: readonly ListedPiece[]
}

/** Lists what is on the store; of the segments those after one. */
export async function readStoreState(store: ObjectStore, after = 0): Promise<StoreState> {
  // Pieces first: those of a segment that is sealed in between are gone, and the segment is then seen.
  const pieces = await listPieces(store)
  const segments = new Map<number, number>()
  const sidecars = new Map<number, number>()
  for await (const { key, size } of store.list(SEGMENTS_PREFIX, after === 0 ? undefined : segmentKey(after))) {
    const found = /(\d{8})\.(segment|index)$/.exec(key)
    if (found !== null) (found[2] === 'index' ? sidecars : segments).set(Number(found[1]), size)
  }
  const sealed = new Map<number, { segmentBytes: number; sidecarBytes: number }>()
  for (const [number, sidecarBytes] of [...sidecars].sort(([a], [b]) => a - b))
    sealed.set(number, { segmentBytes: segments.get(number) ?? 0, sidecarBytes })
  const halfSealed = new Map([...segments].filter(([number]) => !sidecars.has(number)))
  return { sealed, halfSealed, pieces }
}

/** A piece of which perhaps only one file is there, with its length. */
export type ListedPiece = PieceName & Partial<Pick<StoredPiece, 'segmentBytes' | 'leavesBytes'>>

/** Every piece, also those that are half there. */
export async function listPieces(store: ObjectStore, prefix = TAIL_PREFIX): Promise<readonly ListedPiece[]> {
  const pieces = new Map<string, ListedPiece>()
  for await (const { key, size } of store.list(prefix)) {
    const parsed = parsePieceKey(key)
    if (parsed === undefined) continue
    const { ending, ...name } = parsed
    const id = key.slice(0, -ending.length)
    pieces.set(id, { ...(pieces.get(id) ?? name), [ending === 'leaves' ? 'leavesBytes' : 'segmentBytes']: size })
  }
  return [...pieces.values()]
}

/** A piece counts when its `.leaves`, which is stored last, is there. */
export const isWhole = (piece: ListedPiece): piece is StoredPiece =>
  piece.segmentBytes !== undefined && piece.leavesBytes !== undefined

/** Pieces that follow one another from a leaf on, the longest where several begin at one. */
export function piecesInRow(pieces: readonly StoredPiece[], firstLeaf: number): readonly StoredPiece[] {
  const longest = new Map<number, StoredPiece>()
  for (const piece of pieces) if ((longest.get(piece.from)?.until ?? 0) < piece.until) longest.set(piece.from, piece)
  const chain: StoredPiece[] = []
  for (let next = longest.get(firstLeaf); next !== undefined; next = longest.get(next.until)) chain.push(next)
  return chain
}

/** Pieces behind the leaves of the last sealed segment that follow one another, segment by segment. */
export function* unsealedRows(
  pieces: readonly ListedPiece[],
  { last, leaves }: { readonly last: number; readonly leaves: number },
): Generator<{ readonly segment: number; readonly row: readonly StoredPiece[] }, void, undefined> {
  const bySegment = Map.groupBy(pieces.filter(isWhole), ({ segment }) => segment)
  let next = leaves
  for (let segment = last + 1; bySegment.has(segment); segment++) {
    const row = piecesInRow(bySegment.get(segment) ?? [], next)
    yield { segment, row }
    next = row.at(-1)?.until ?? next
  }
}
