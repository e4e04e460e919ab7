import { open, truncate } from 'node:fs/promises'
import { dirname } from 'node:path'
import { REAL_DISK } from '../../../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../../../runtime/files/durable-file.ts'
import type { ObjectStore } from '../../../runtime/objects/contract.ts'
import { eraseRecord } from '../erase-record.ts'
import { readFinished } from '../erasures.ts'
import { FORMAT_TEXT, layoutOf } from '../layout.ts'
import { recordBytes } from '../record.ts'
import { LocalSegments } from './local-segments.ts'
import { ERASURES_KEY, leavesKey, pieceKey, segmentKey, sidecarKey } from './object-keys.ts'
import { readStoreState, unsealedRows, type StoredPiece } from './store-state.ts'

const PIECE_BYTES = 8 * 1024 * 1024

/** How far a copy is. */
export interface Mirrored {
  /** Leaves on the store and, after a round that ended, here. */
  readonly leaves: number
  /** Bytes that this round brought. */
  readonly bytes: number
}

/**
 * Brings the folder of an archive that no process has open to what an object storage holds: the same bytes under the same
 * names. Nothing that is here is changed, but for records that were erased: a file that is longer than on the store, or
 * another one, is left, and shows when the log is compared. Durable when resolved; what ends it in between, a crash or
 * the signal, is made good by the next round.
 */
export async function mirrorArchive(store: ObjectStore, folder: string, signal?: AbortSignal): Promise<Mirrored> {
  const layout = layoutOf(folder)
  await REAL_DISK.makeFolder(layout.segments)
  await REAL_DISK.makeFolder(layout.leaves)
  if ((await readWhole(layout.format)) === undefined) await writeDurable(layout.format, Buffer.from(FORMAT_TEXT))
  const local = new LocalSegments(layout, REAL_DISK)
  const state = await readStoreState(store)
  let bytes = 0
  for (const [number, { segmentBytes, sidecarBytes }] of state.sealed) {
    if ((await local.sizeOf(layout.sidecar(number))) === sidecarBytes) continue
    bytes += await bring(store, segmentKey(number), { path: layout.segment(number), until: segmentBytes, signal })
    const leaves = await store.head(leavesKey(number))
    bytes += await bring(store, leavesKey(number), { path: layout.leafFile(number), until: leaves?.size ?? 0, signal })
    const sidecar = await store.get(sidecarKey(number))
    if (sidecar !== undefined) await writeDurable(layout.sidecar(number), sidecar.bytes)
  }
  const last = Math.max(0, ...state.sealed.keys())
  let leaves = last === 0 ? 0 : (await local.extentOf(last)).until
  for (const { segment, row } of unsealedRows(state.pieces, { last, leaves })) {
    signal?.throwIfAborted()
    bytes += await bringPieces(store, row, { local, segment })
    leaves = row.at(-1)?.until ?? leaves
  }
  await REAL_DISK.syncFolder(layout.segments)
  await REAL_DISK.syncFolder(layout.leaves)
  await carryOutErasures(store, local)
  return { leaves, bytes }
}

/** Adds what a file lacks of an object. */
async function bring(
  store: ObjectStore,
  key: string,
  { path, until, signal }: { readonly path: string; readonly until: number; readonly signal: AbortSignal | undefined },
): Promise<number> {
  const file = await open(path, 'a+', 0o600)
  try {
    const { size } = await file.stat()
    let etag: string | undefined
    for (let at = size; at < until;) {
      signal?.throwIfAborted()
      const found = await store.get(key, { from: at, length: Math.min(PIECE_BYTES, until - at) })
      if (found !== undefined && found.size !== until) throw new Error(`"${key}" is another one meanwhile`)
      etag ??= found?.etag
      if (found === undefined || found.bytes.length === 0 || found.etag !== etag)
        throw new Error(`"${key}" is gone meanwhile`)
      await file.appendFile(found.bytes)
      at += found.bytes.length
    }
    await file.sync()
    return Math.max(0, until - size)
  } finally {
    await file.close()
  }
}

/** Adds what the two files of a segment lack of its pieces; what a crash left of half a piece is written again. */
async function bringPieces(
  store: ObjectStore,
  row: readonly StoredPiece[],
  { local, segment }: { readonly local: LocalSegments; readonly segment: number },
): Promise<number> {
  let bytes = 0
  const paths = { segment: local.layout.segment(segment), leaves: local.layout.leafFile(segment) }
  const here = { segment: await local.sizeOf(paths.segment), leaves: await local.sizeOf(paths.leaves) }
  const at = { segment: 0, leaves: 0 }
  for (const piece of row) {
    const end = { segment: at.segment + piece.segmentBytes, leaves: at.leaves + piece.leavesBytes }
    // Leaves are written last: who has them has the records.
    if (here.leaves < end.leaves)
      for (const ending of ['segment', 'leaves'] as const) {
        if (here[ending] >= end[ending]) continue
        const found = await store.get(pieceKey(piece, ending))
        if (found?.bytes.length !== end[ending] - at[ending]) throw new Error('a piece is gone meanwhile')
        if (here[ending] > at[ending]) await truncate(paths[ending], at[ending])
        const file = await open(paths[ending], 'a', 0o600)
        try {
          await file.appendFile(found.bytes)
          await file.sync()
        } finally {
          await file.close()
        }
        here[ending] = end[ending]
        bytes += found.bytes.length
      }
    Object.assign(at, end)
  }
  return bytes
}

/** Overwrites here what was erased there, and takes the log of erasures; runs of ids are made again without it. */
async function carryOutErasures(store: ObjectStore, local: LocalSegments): Promise<void> {
  const { layout } = local
  const there = await store.get(ERASURES_KEY)
  const here = await readWhole(layout.erasures)
  if (there === undefined || here?.equals(there.bytes) === true) return
  const known = here === undefined ? 0 : readFinished(here, layout.erasures).erasures.length
  const { erasures } = readFinished(there.bytes, layout.erasures)
  for (const erasure of erasures.slice(known)) {
    // Shipped since this round began: its record is not here yet, and the next round does it.
    if ((await local.sizeOf(layout.segment(erasure.segment))) < erasure.offset + recordBytes(erasure)) return
    await eraseRecord(erasure, { layout, disk: REAL_DISK })
  }
  for (const name of await REAL_DISK.list(layout.segments))
    if (name.endsWith('.ids')) await REAL_DISK.remove(`${layout.segments}/${name}`)
  await writeDurable(layout.erasures, there.bytes)
  await REAL_DISK.syncFolder(dirname(layout.erasures))
}
