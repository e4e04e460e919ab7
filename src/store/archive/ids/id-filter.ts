/** Bytes of a block: one line of a processor's cache, so that a question touches one. */
const BLOCK_BYTES = 64
const BLOCK_BITS = BLOCK_BYTES * 8
/** Bits of the filter for each id, and those that each id sets: of ids that are not there, about 1 in 1,000 seem to be. */
const BITS_PER_ID = 16
const PROBES = 8

/** Bytes of a filter for that many ids. */
export const filterBytes = (ids: number): number =>
  Math.max(1, Math.ceil((ids * BITS_PER_ID) / BLOCK_BITS)) * BLOCK_BYTES

/**
 * A Bloom filter in blocks over fingerprints, whose bits are as good as random. A fingerprint is its two halves of 32 bits.
 */
export class IdFilter {
  readonly #bytes: Uint8Array
  readonly #blocks: number

  /** Over bytes of the length that `filterBytes` gives: zeros, or a filter that was filled before. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#blocks = bytes.length / BLOCK_BYTES
  }

  add(high: number, low: number): void {
    const block = this.#blockOf(high)
    for (let probe = 0; probe < PROBES; probe++) {
      const bit = bitOf(low, probe)
      this.#bytes[block + (bit >>> 3)]! |= 1 << (bit & 7) // a bit is within its block
    }
  }

  /** False: it was never added. */
  mayHold(high: number, low: number): boolean {
    const block = this.#blockOf(high)
    for (let probe = 0; probe < PROBES; probe++) {
      const bit = bitOf(low, probe)
      if ((this.#bytes[block + (bit >>> 3)]! & (1 << (bit & 7))) === 0) return false // as above
    }
    return true
  }

  #blockOf(high: number): number {
    return Math.floor((high * this.#blocks) / 2 ** 32) * BLOCK_BYTES
  }
}

/** Another product for each probe: the top nine bits of it. */
const FACTORS = [0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31]
const bitOf = (low: number, probe: number): number => Math.imul(low, FACTORS[probe]!) >>> 23 // PROBES factors
