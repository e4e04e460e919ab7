import { decodeHuffman } from './qpack-huffman.ts'

export type Field = readonly [name: string, value: string]

/** The static table, RFC 9204 appendix A: a name, then the values that it has in the table, in its order. */
const STATIC: readonly Field[] = [
  [':authority', ''],
  [':path', '/'],
  ['age', '0'],
  ['content-disposition', ''],
  ['content-length', '0'],
  ['cookie', ''],
  ['date', ''],
  ['etag', ''],
  ['if-modified-since', ''],
  ['if-none-match', ''],
  ['last-modified', ''],
  ['link', ''],
  ['location', ''],
  ['referer', ''],
  ['set-cookie', ''],
  [':method', 'CONNECT'],
  [':method', 'DELETE'],
  [':method', 'GET'],
  [':method', 'HEAD'],
  [':method', 'OPTIONS'],
  [':method', 'POST'],
  [':method', 'PUT'],
  [':scheme', 'http'],
  [':scheme', 'https'],
  [':status', '103'],
  [':status', '200'],
  [':status', '304'],
  [':status', '404'],
  [':status', '503'],
  ['accept', '*/*'],
  ['accept', 'application/dns-message'],
  ['accept-encoding', 'gzip, deflate, br'],
  ['accept-ranges', 'bytes'],
  ['access-control-allow-headers', 'cache-control'],
  ['access-control-allow-headers', 'content-type'],
  ['access-control-allow-origin', '*'],
  ['cache-control', 'max-age=0'],
  ['cache-control', 'max-age=2592000'],
  ['cache-control', 'max-age=604800'],
  ['cache-control', 'no-cache'],
  ['cache-control', 'no-store'],
  ['cache-control', 'public, max-age=31536000'],
  ['content-encoding', 'br'],
  ['content-encoding', 'gzip'],
  ['content-type', 'application/dns-message'],
  ['content-type', 'application/javascript'],
  ['content-type', 'application/json'],
  ['content-type', 'application/x-www-form-urlencoded'],
  ['content-type', 'image/gif'],
  ['content-type', 'image/jpeg'],
  ['content-type', 'image/png'],
  ['content-type', 'text/css'],
  ['content-type', 'text/html; charset=utf-8'],
  ['content-type', 'text/plain'],
  ['content-type', 'text/plain;charset=utf-8'],
  ['range', 'bytes=0-'],
  ['strict-transport-security', 'max-age=31536000'],
  ['strict-transport-security', 'max-age=31536000; includesubdomains'],
  ['strict-transport-security', 'max-age=31536000; includesubdomains; preload'],
  ['vary', 'accept-encoding'],
  ['vary', 'origin'],
  ['x-content-type-options', 'nosniff'],
  ['x-xss-protection', '1; mode=block'],
  [':status', '100'],
  [':status', '204'],
  [':status', '206'],
  [':status', '302'],
  [':status', '400'],
  [':status', '403'],
  [':status', '421'],
  [':status', '425'],
  [':status', '500'],
  ['accept-language', ''],
  ['access-control-allow-credentials', 'FALSE'],
  ['access-control-allow-credentials', 'TRUE'],
  ['access-control-allow-headers', '*'],
  ['access-control-allow-methods', 'get'],
  ['access-control-allow-methods', 'get, post, options'],
  ['access-control-allow-methods', 'options'],
  ['access-control-expose-headers', 'content-length'],
  ['access-control-request-headers', 'content-type'],
  ['access-control-request-method', 'get'],
  ['access-control-request-method', 'post'],
  ['alt-svc', 'clear'],
  ['authorization', ''],
  ['content-security-policy', "script-src 'none'; object-src 'none'; base-uri 'none'"],
  ['early-data', '1'],
  ['expect-ct', ''],
  ['forwarded', ''],
  ['if-range', ''],
  ['origin', ''],
  ['purpose', 'prefetch'],
  ['server', ''],
  ['timing-allow-origin', '*'],
  ['upgrade-insecure-requests', '1'],
  ['user-agent', ''],
  ['x-forwarded-for', ''],
  ['x-frame-options', 'deny'],
  ['x-frame-options', 'sameorigin'],
]

const MOST_FIELDS = 256
const MOST_STRING = 16 * 1024

/** An integer with a prefix of `bits` bits and `flags` above it, RFC 7541 §5.1; for values below 2^28. */
function prefixed(flags: number, bits: number, value: number): Buffer {
  const most = 2 ** bits - 1
  if (value < most) return Buffer.of(flags | value)
  const bytes = [flags | most]
  let rest = value - most
  for (; rest >= 128; rest >>= 7) bytes.push((rest & 127) | 128)
  return Buffer.from([...bytes, rest])
}

/** A field section that uses no table but the static one and no Huffman code, RFC 9204 §4.5. */
export function encodeFields(fields: readonly Field[]): Buffer {
  const lines = fields.map(([name, value]) => {
    const whole = STATIC.findIndex((entry) => entry[0] === name && entry[1] === value)
    if (whole !== -1) return prefixed(0xc0, 6, whole)
    const text = Buffer.from(value, 'latin1')
    const named = STATIC.findIndex((entry) => entry[0] === name)
    const lead =
      named === -1
        ? Buffer.concat([prefixed(0x20, 3, name.length), Buffer.from(name, 'latin1')])
        : prefixed(0x50, 4, named)
    return Buffer.concat([lead, prefixed(0, 7, text.length), text])
  })
  return Buffer.concat([Buffer.of(0, 0), ...lines])
}

/**
 * Fields of a section that refers to the static table alone (we allow no other: our settings leave its capacity at
 * zero); undefined for anything else, and for more than 256 fields or a text above 16 KiB. RFC 9204 §4.5.
 */
export function decodeFields(section: Buffer): readonly Field[] | undefined {
  const reader = new SectionReader(section)
  try {
    if (reader.integer(8) !== 0) return undefined
    reader.integer(7)
    const fields: Field[] = []
    while (!reader.atEnd) {
      if (fields.length === MOST_FIELDS) return undefined
      fields.push(reader.field())
    }
    return fields
  } catch (error) {
    if (error instanceof Unreadable) return undefined
    throw error
  }
}

class Unreadable extends Error {}

class SectionReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++]
    if (byte === undefined) throw new Unreadable()
    return byte
  }

  integer(bits: number): number {
    const most = 2 ** bits - 1
    let value = this.#byte() & most
    if (value < most) return value
    for (let shift = 0; shift <= 21; shift += 7) {
      const byte = this.#byte()
      value += (byte & 127) * 2 ** shift
      if (byte < 128) return value
    }
    throw new Unreadable()
  }

  #text(bits: number): string {
    const huffman = ((this.#bytes[this.#at] ?? 0) & (1 << bits)) !== 0
    const length = this.integer(bits)
    if (length > MOST_STRING || this.#at + length > this.#bytes.length) throw new Unreadable()
    const raw = this.#bytes.subarray(this.#at, (this.#at += length))
    const text = huffman ? decodeHuffman(raw) : raw.toString('latin1')
    if (text === undefined) throw new Unreadable()
    return text
  }

  #entry(index: number): Field {
    const entry = STATIC[index]
    if (entry === undefined) throw new Unreadable()
    return entry
  }

  field(): Field {
    const first = this.#bytes[this.#at]! // not at the end: the caller has looked
    if ((first & 0xc0) === 0xc0) return this.#entry(this.integer(6))
    if ((first & 0xd0) === 0x50) return [this.#entry(this.integer(4))[0], this.#text(7)]
    if ((first & 0xe0) === 0x20) return [this.#text(3), this.#text(7)]
    throw new Unreadable() // the dynamic table
  }
}
