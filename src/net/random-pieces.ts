import { randomBytes } from 'node:crypto'

/** Bytes of one piece: a record of TLS. */
const PIECE = 16 * 1024

/** `length` random bytes in pieces, made as they are taken: no proxy compresses them and no filter knows them. */
export function* randomPieces(length: number): Generator<Uint8Array> {
  for (let left = length; left > 0; left -= PIECE) yield randomBytes(Math.min(left, PIECE))
}
