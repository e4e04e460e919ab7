/** Parts of an ASN.1 value in its distinguished encoding: only what an X.509 certificate needs. Source: ITU-T X.690. */
type Part = Uint8Array

const concat = (parts: readonly Part[]): Part => new Uint8Array(Buffer.concat(parts))

function tagged(tag: number, content: Part): Part {
  const { length } = content
  if (length < 128) return concat([Uint8Array.of(tag, length), content])
  if (length < 256) return concat([Uint8Array.of(tag, 0x81, length), content])
  if (length < 65_536) return concat([Uint8Array.of(tag, 0x82, length >> 8, length & 255), content])
  throw new RangeError(`Cannot encode: ${length} bytes in one value`)
}

export const sequence = (...parts: readonly Part[]): Part => tagged(0x30, concat(parts))
export const setOf = (...parts: readonly Part[]): Part => tagged(0x31, concat(parts))
export const octets = (content: Part): Part => tagged(0x04, content)
export const bits = (content: Part): Part => tagged(0x03, concat([Uint8Array.of(0), content]))
export const text = (value: string): Part => tagged(0x0c, new TextEncoder().encode(value))
export const printable = (value: string): Part => tagged(0x13, new TextEncoder().encode(value))
export const truth: Part = Uint8Array.of(0x01, 0x01, 0xff)
/** Context tag `[number]` around a whole value. */
export const explicit = (number: number, content: Part): Part => tagged(0xa0 + number, content)
/** Context tag `[number]` instead of the value's own tag. */
export const implicit = (number: number, content: Part): Part => tagged(0x80 + number, content)

/** A number that is not negative, from its bytes, most significant first. */
export function integer(bytes: Part): Part {
  const start = bytes.findIndex((byte) => byte !== 0)
  const short = start === -1 ? Uint8Array.of(0) : bytes.subarray(start)
  return tagged(0x02, short[0]! >= 128 ? concat([Uint8Array.of(0), short]) : short) // short is never empty
}

/** Object identifier from its dotted form. */
export function oid(dotted: string): Part {
  const arcs = dotted.split('.').map(Number)
  const bytes = [arcs[0]! * 40 + arcs[1]!] // the callers write constants with two arcs and more
  for (const arc of arcs.slice(2)) {
    const digits = [arc & 127]
    for (let rest = arc >>> 7; rest > 0; rest >>>= 7) digits.unshift((rest & 127) | 128)
    bytes.push(...digits)
  }
  return tagged(0x06, Uint8Array.from(bytes))
}

/** Time of a certificate's validity: UTCTime until 2049, GeneralizedTime after it. Source: RFC 5280 §4.1.2.5. */
export function time(at: number): Part {
  const digits = new Date(at).toISOString().replace(/[-:T]|\.\d+/g, '')
  const early = new Date(at).getUTCFullYear() < 2050
  return tagged(early ? 0x17 : 0x18, new TextEncoder().encode(early ? digits.slice(2) : digits))
}
