import { InputError } from '../../../model/errors.ts'

/** Bytes given on at once. */
const PIECE = 1024 ** 2

/** Lengths of a packed file as a zip states them: hostile numbers. */
export interface PackedLengths {
  readonly packed: number
  readonly size: number
}

/**
 * Unpacks a raw DEFLATE stream (RFC 1951) by the decoder of the machine. Throws for a stream that is none, is cut off or
 * is followed by other bytes. It need not compare what it makes with `size`, but must stop making soon after its reader
 * stops reading: a bomb is ended so.
 */
export type Inflate = (packed: AsyncIterable<Uint8Array>, lengths: PackedLengths) => AsyncIterable<Uint8Array>

const refuse = (expected: string): InputError =>
  new InputError('Cannot read bundle: packed bytes are not as a bundle has them', {
    code: 'bundle.deflate',
    path: 'deflate',
    expected,
  })

/**
 * Unpacked bytes of a member, at most 1 MiB at once and none beyond its stated length. Throws InputError for a stream that
 * the decoder refuses, and for one of another length; what reading the zip throws is thrown on as it is.
 */
export async function* unpack(
  stored: AsyncIterable<Uint8Array>,
  lengths: PackedLengths,
  inflate: Inflate,
): AsyncGenerator<Uint8Array> {
  let unread: { readonly error: unknown } | undefined
  const noted = async function* (): AsyncGenerator<Uint8Array> {
    try {
      yield* stored
    } catch (error) {
      unread = { error }
      throw error
    }
  }
  let left = lengths.size
  try {
    for await (const made of inflate(noted(), lengths)) {
      left -= made.length
      if (left < 0) break
      for (let at = 0; at < made.length; at += PIECE) yield made.subarray(at, at + PIECE)
    }
  } catch {
    throw unread === undefined ? refuse('one whole DEFLATE stream and nothing behind it') : unread.error
  }
  if (left !== 0) throw refuse(`exactly ${lengths.size} bytes when unpacked`)
}
