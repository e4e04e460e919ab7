/** What a ServerHello settled. Source: RFC 8446 §4.1.3 and §4.2.1, RFC 5246 §7.4.1.3. */
export interface ServerHello {
  /** 0x0303 TLS 1.2, 0x0304 TLS 1.3. */
  readonly version: number
  readonly cipherSuite: number
}

export const TLS_1_3 = 0x0304
const SUPPORTED_VERSIONS = 43

/** Reads the body of a ServerHello (or HelloRetryRequest, which looks the same); undefined where it is cut or wrong. */
export function readServerHello(body: Uint8Array): ServerHello | undefined {
  const view = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const sessionLength = view[34]
  if (sessionLength === undefined || sessionLength > 32) return undefined
  const at = 35 + sessionLength
  if (at + 3 > view.length) return undefined
  const chosen = chosenVersion(view.subarray(at + 3))
  return { version: chosen ?? view.readUInt16BE(0), cipherSuite: view.readUInt16BE(at) }
}

/** Version in the extension `supported_versions`, where there is one: TLS 1.3 speaks only there. */
function chosenVersion(extensions: Buffer): number | undefined {
  if (extensions.length < 2) return undefined
  const end = Math.min(extensions.length, 2 + extensions.readUInt16BE(0))
  for (let at = 2; at + 4 <= end;) {
    const length = extensions.readUInt16BE(at + 2)
    if (extensions.readUInt16BE(at) === SUPPORTED_VERSIONS && length === 2 && at + 6 <= end)
      return extensions.readUInt16BE(at + 4)
    at += 4 + length
  }
  return undefined
}
