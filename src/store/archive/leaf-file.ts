import { crc32 } from 'node:zlib'
import type { Window } from './window.ts'

const LENGTH_BYTES = 2
/** A leaf is text: zeros in a row are a page that was never written. */
const HOLE = Buffer.alloc(4)

/** Leaves as they are in a file: for each a big-endian 16-bit length and its bytes (C2SP tlog-tiles, entries). */
export function frameLeaf(leaf: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(LENGTH_BYTES + leaf.length)
  framed.writeUInt16BE(leaf.length, 0)
  framed.set(leaf, LENGTH_BYTES)
  return framed
}

/** Bytes a leaf of that length takes in its file. */
export const framedBytes = (leafBytes: number): number => LENGTH_BYTES + leafBytes

/**
 * `absent`: the file ends here. `torn`: what a write that was interrupted leaves, too short or with a hole.
 * `damaged`: whole, and not what was written.
 */
export type LeafState =
  { readonly kind: 'whole'; readonly leaf: Buffer } | { readonly kind: 'absent' | 'torn' | 'damaged' }

/** Compares what is at `offset` with what the record says about its leaf. The bytes are valid until the next call. */
export async function leafAt(
  window: Window,
  offset: number,
  expected: { readonly leafBytes: number; readonly leafCrc: number },
): Promise<LeafState> {
  const framed = await window.at(offset, framedBytes(expected.leafBytes))
  if (framed.length === 0) return { kind: 'absent' }
  if (framed.length < framedBytes(expected.leafBytes)) return { kind: 'torn' }
  const leaf = framed.subarray(LENGTH_BYTES)
  if (framed.readUInt16BE(0) === expected.leafBytes && crc32(leaf) === expected.leafCrc) return { kind: 'whole', leaf }
  return { kind: framed.includes(HOLE) ? 'torn' : 'damaged' }
}

/** Whether nothing but a hole stands from `offset` to the end. */
export async function isHole(window: Window, offset: number): Promise<boolean> {
  const bytes = await window.at(offset, 512)
  return bytes.every((byte) => byte === 0)
}
