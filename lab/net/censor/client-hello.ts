const SERVER_NAME = 0

/** Name asked for in a ClientHello message, also where its end is missing. Source: RFC 8446 §4.1.2, RFC 6066 §3. */
export function nameInHello(hello: Buffer): string | undefined {
  try {
    let at = 4 + 2 + 32
    at += 1 + hello.readUInt8(at)
    at += 2 + hello.readUInt16BE(at)
    at += 1 + hello.readUInt8(at)
    at += 2
    while (at + 4 <= hello.length) {
      const [type, length] = [hello.readUInt16BE(at), hello.readUInt16BE(at + 2)]
      if (type === SERVER_NAME) return hello.toString('latin1', at + 9, at + 9 + hello.readUInt16BE(at + 7))
      at += 4 + length
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error // shorter than it says of itself
  }
  return undefined
}

/** Name in the first segment of a TLS connection; undefined for anything else. Source: RFC 8446 §5.1. */
export function nameInSegment(payload: Buffer): string | undefined {
  if (payload.length < 6 || payload[0] !== 22 || payload[5] !== 1) return undefined
  return nameInHello(payload.subarray(5))
}
