import { createCipheriv, createHmac, type Cipheriv } from 'node:crypto'
import { ID_BYTES } from '../record.ts'

const BLOCK_BYTES = 16
/** Bytes of a fingerprint that are kept. */
export const FINGERPRINT_BYTES = 8

/**
 * Fingerprints of ids under the key of the folder: the first half of an id as one block of AES-256. An erased id so leaves
 * nothing behind that says anything without the key (as a tombstone), and who picks measurements cannot pick the place of
 * their ids. AES costs a tenth of what a hash with a key costs.
 */
export class IdKey {
  readonly #cipher: Cipheriv
  /** Says of a file which key it was made under. */
  readonly check: Buffer

  /** `secret`: 32 bytes that only this purpose uses. */
  constructor(secret: Uint8Array) {
    this.#cipher = createCipheriv('aes-256-ecb', secret, null).setAutoPadding(false)
    this.check = createHmac('sha256', secret).update('check').digest().subarray(0, 8)
  }

  /** Fingerprints of ids, the nth at byte 16 n. */
  fingerprints(ids: readonly Uint8Array[]): Buffer {
    const blocks = Buffer.allocUnsafe(ids.length * BLOCK_BYTES)
    for (const [nth, id] of ids.entries()) blocks.set(id.subarray(0, BLOCK_BYTES), nth * BLOCK_BYTES)
    return this.#cipher.update(blocks)
  }

  /** The same of ids that follow one another in a buffer. */
  fingerprintsWithin(ids: Buffer): Buffer {
    const count = ids.length / ID_BYTES
    const blocks = Buffer.allocUnsafe(count * BLOCK_BYTES)
    for (let nth = 0; nth < count; nth++)
      ids.copy(blocks, nth * BLOCK_BYTES, nth * ID_BYTES, nth * ID_BYTES + BLOCK_BYTES)
    return this.#cipher.update(blocks)
  }
}

/** Distance of two fingerprints in what `fingerprints` gives. */
export const FINGERPRINT_STEP = BLOCK_BYTES
