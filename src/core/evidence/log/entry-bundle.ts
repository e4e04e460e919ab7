// Entry bundles, https://c2sp.org/tlog-tiles: for each leaf its length in 16 bits, the larger byte first, and its bytes.

/** Bytes of an entry bundle. A leaf has at most 65,535 bytes. */
export function encodeEntries(leaves: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(leaves.reduce((sum, leaf) => sum + 2 + leaf.length, 0))
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const leaf of leaves) {
    view.setUint16(at, leaf.length)
    bytes.set(leaf, at + 2)
    at += 2 + leaf.length
  }
  return bytes
}

/** Leaves of an entry bundle; undefined for bytes that are none of `width` leaves, or go on behind them. */
export function decodeEntries(bytes: Uint8Array, width: number): readonly Uint8Array[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const leaves: Uint8Array[] = []
  let at = 0
  while (at + 2 <= bytes.length && leaves.length < width) {
    const end = at + 2 + view.getUint16(at)
    if (end > bytes.length) return undefined
    leaves.push(bytes.subarray(at + 2, end))
    at = end
  }
  return leaves.length === width && at === bytes.length ? leaves : undefined
}
