import { randomBytes } from 'node:crypto'

/** Bytes of one piece: small, so that what is on its way and not yet counted stays small. */
const PIECE = 4 * 1024

/** `length` random bytes in pieces, made as they are taken: no proxy compresses them and no filter knows them. */
export function* randomPieces(length: number): Generator<Uint8Array> {
  for (let left = length; left > 0; left -= PIECE) yield randomBytes(Math.min(left, PIECE))
}
