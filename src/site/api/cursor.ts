import { z } from 'zod'
import { InputError } from '../../core/model/errors.ts'

/** A cursor longer than this is not ours. */
const MOST_CHARACTERS = 400

/** How a place in a list is written for the client that asks for the next part. */
export interface CursorCodec<T> {
  encode(place: T): string
  /** Throws InputError for anything but a cursor of this list. */
  decode(text: string): T
}

/**
 * Cursors of one list: base64url of the list's word and the values of the place. They say nothing that is secret and
 * carry no promise to a client that makes its own: each one that comes back is parsed like any other input.
 */
export function cursorOf<S extends z.ZodType>(list: string, place: S): CursorCodec<z.infer<S>> {
  const schema = z.tuple([z.literal(list), place])
  return {
    encode: (value) => Buffer.from(JSON.stringify([list, value])).toString('base64url'),
    decode(text) {
      const parsed = /^[\w-]+$/.test(text) && text.length <= MOST_CHARACTERS ? schema.safeParse(read(text)) : undefined
      // Written back, so that one place has one cursor.
      const value = parsed?.success === true ? (parsed.data[1] as z.infer<S>) : undefined
      if (value !== undefined && this.encode(value) === text) return value
      throw new InputError('Cannot read cursor: it is none of this list', {
        code: 'query.invalid',
        path: 'cursor',
        expected: 'the "next" of an answer of this list, as it stands there',
      })
    },
  }
}

function read(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    return undefined
  }
}
