import { createHash, hash, randomBytes } from 'node:crypto'
import { parseSha256, type Sha256 } from '../../core/model/units.ts'
import { SALT_BYTES } from './record.ts'

/** A salt, and what the log says of a measurement under it. */
export interface Seal {
  /** Random bytes of this measurement alone, valid for as long as anyone keeps them. */
  readonly salt: Uint8Array
  /** SHA-256 of salt and measurement. */
  readonly original: Sha256
}

/** Salts are cut from a pool: one call to the generator per 256 measurements. No byte of it is given out twice. */
let pool = Buffer.alloc(0)
function takeSalt(): Buffer {
  if (pool.length === 0) pool = randomBytes(SALT_BYTES * 256)
  const salt = pool.subarray(0, SALT_BYTES)
  pool = pool.subarray(SALT_BYTES)
  return salt
}

/** Salt and measurement one behind the other: a buffer for each measurement would be garbage by the megabyte. */
const salted = Buffer.allocUnsafeSlow(256 * 1024)

/** SHA-256 of some bytes. */
export const sha256Buffer = (bytes: Uint8Array): Buffer => hash('sha256', bytes, 'buffer')

/** Draws a salt for a measurement or an entry. Of two seals of the same bytes at most one is ever written. */
export function sealBytes(bytes: Uint8Array): Seal {
  const salt = takeSalt()
  const length = salt.length + bytes.length
  if (length > salted.length)
    return { salt, original: parseSha256(createHash('sha256').update(salt).update(bytes).digest('hex')) }
  salted.set(salt)
  salted.set(bytes, salt.length)
  return { salt, original: parseSha256(hash('sha256', salted.subarray(0, length), 'hex')) }
}
