/** Tags of the values that are read. Source: X.680 §8.6. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const

/** Bytes as text of one character each. */
function latinText(bytes: Uint8Array, from: number, to: number): string {
  let text = ''
  for (let at = from; at < to; at++) text += String.fromCharCode(bytes[at]!) // at is below the end
  return text
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Bytes as two lower-case hexadecimal digits each. */
export function hexText(bytes: Uint8Array, from: number, to: number): string {
  let text = ''
  for (let at = from; at < to; at++) text += HEX[bytes[at]!]! // at is below the end, and a byte has two digits
  return text
}

/**
 * Walks DER (X.690 §10): definite lengths in the fewest bytes, up to 65,535. Everything else ends the walk:
 * `understood` turns false, the place moves behind the last byte, and every later step does nothing. So a caller
 * writes down the shape it expects, loops end, and it asks once at the end whether all of it was so.
 */
export class DerReader {
  readonly bytes: Uint8Array
  /** Where the next value begins. */
  at = 0
  understood = true

  readonly #text: string | undefined

  /** `text`: the same bytes as one character each, where the caller has them so: parts of it cost next to nothing. */
  constructor(bytes: Uint8Array, text?: string) {
    this.bytes = bytes
    this.#text = text
  }

  /** Bytes between two places as text of one character each. */
  latin(from: number, to: number): string {
    return this.#text?.slice(from, to) ?? latinText(this.bytes, from, to)
  }

  giveUp(): number {
    this.understood = false
    this.at = this.bytes.length
    return this.at
  }

  /** Tag of the next value; 0 where nothing follows before `limit`. */
  next(limit: number): number {
    return this.at < limit ? this.bytes[this.at]! : 0 // limits lie within the bytes
  }

  /** Steps to the content of the next value, which has this tag and ends before `limit`; gives where it ends. */
  enter(tag: number, limit: number): number {
    const { bytes } = this
    let start = this.at + 2
    if (start > limit || bytes[start - 2] !== tag) return this.giveUp()
    let length = bytes[start - 1]! // start is within the limit
    if (length === 0x81) {
      length = bytes[start] ?? 0
      start += 1
      if (length < 0x80) return this.giveUp()
    } else if (length === 0x82) {
      length = ((bytes[start] ?? 0) << 8) | (bytes[start + 1] ?? 0)
      start += 2
      if (length < 0x100) return this.giveUp()
    } else if (length >= 0x80) return this.giveUp()
    if (start + length > limit) return this.giveUp()
    this.at = start
    return start + length
  }

  /** Goes on behind what was looked at. */
  passTo(end: number): void {
    if (this.understood) this.at = end
  }

  /** Steps over a value whose content is not looked at. */
  skip(tag: number, limit: number): void {
    this.passTo(this.enter(tag, limit))
  }

  /** Nothing may stand between here and the end of the value that was entered. */
  leave(end: number): void {
    if (this.at !== end) this.giveUp()
  }

  /** Steps over an object identifier; gives where its content begins, `at` is where it ends. X.690 §8.19. */
  oid(limit: number): number {
    const end = this.enter(TAG.oid, limit)
    const start = this.at
    let first = true
    for (let at = start; at < end; at++) {
      const byte = this.bytes[at]! // at is below the end
      if (first && byte === 0x80) return this.giveUp()
      first = byte < 0x80
    }
    if (start === end || !first) return this.giveUp()
    this.passTo(end)
    return start
  }

  /** Whether these bytes, and no others, stand between two places. */
  holds(expected: readonly number[], from: number, to: number): boolean {
    if (to - from !== expected.length) return false
    for (let i = 0; i < expected.length; i++) if (this.bytes[from + i] !== expected[i]) return false
    return true
  }
}
