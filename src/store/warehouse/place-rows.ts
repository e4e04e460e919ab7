import { Fault } from '../../core/model/errors.ts'
import type { EncodedBlock, EncodedRows } from './contract.ts'

/** How both blocks of `encodeRows` begin: their first column, name and type with their lengths (format "Native"). */
const FIRST_COLUMN = Buffer.from('\u000aleaf_index\u0006UInt64', 'latin1')

/**
 * Gives rows their place in the log, in place: row keys that said 0, 1, 2 … say `leaves[0]`, `leaves[1]` … afterwards.
 * So a worker may encode rows before the archive has told where the measurements stand. Throws Fault where a block
 * does not begin with its leaves.
 */
export function placeRows(rows: EncodedRows, leaves: readonly number[]): EncodedRows {
  for (const block of [rows.verdicts, rows.observations]) placeBlock(block, leaves)
  const keys = rows.keys.map((key) => ({ ...key, leafIndex: placeOf(key.leafIndex, leaves) }))
  return { ...rows, keys }
}

function placeBlock({ bytes, rows }: EncodedBlock, leaves: readonly number[]): void {
  const start = FIRST_COLUMN.length
  if (rows > 0 && !FIRST_COLUMN.equals(bytes.subarray(0, start)))
    throw new Fault('Cannot place rows: a block does not begin with its leaves')
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, rows * 8)
  for (let at = 0; at < view.byteLength; at += 8) {
    const leaf = placeOf(view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32, leaves)
    view.setUint32(at, leaf >>> 0, true)
    view.setUint32(at + 4, Math.floor(leaf / 2 ** 32), true)
  }
}

function placeOf(row: number, leaves: readonly number[]): number {
  const leaf = leaves[row]
  if (leaf === undefined) throw new Fault(`Cannot place rows: no leaf for row ${row} of ${leaves.length}`)
  return leaf
}
