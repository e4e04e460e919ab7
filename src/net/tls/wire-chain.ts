import { decryptHandshake } from './wire-decrypt.ts'
import { MESSAGE, readMessages, readRecords, RECORD, type TlsRecord } from './wire-records.ts'

/** Certificates kept of one chain, and bytes of them all: honest chains have at most six and 10 KiB. */
export const MAX_CERTIFICATES = 16
export const MAX_CHAIN_BYTES = 64 * 1024

/** What could be read of a server's first flight. */
export interface WireFlight {
  readonly hello?: ServerHello
  /** DER, in the order of the wire; empty where no Certificate message came or it could not be read. */
  readonly chain: readonly Uint8Array[]
}

/**
 * Reads a server's first flight from the bytes that came: the certificates exactly as sent, unrelated certificates in
 * the chain included, independent of what the library made of them. `secret` is the SERVER_HANDSHAKE_TRAFFIC_SECRET of
 * TLS 1.3, where the handshake came so far. Total: any bytes give a flight. Source: RFC 5246 §7.4.2, RFC 8446 §4.4.2.
 */
export function readFlight(bytes: Uint8Array, secret?: Uint8Array): WireFlight {
  const records = readRecords(bytes)
  const plain = readMessages(plainHandshake(records))
  const hello = plain.findLast(({ type }) => type === MESSAGE.serverHello)
  const settled = hello === undefined ? undefined : readServerHello(hello.body)
  if (settled === undefined) return { chain: [] }
  if (settled.version !== TLS_1_3) return { hello: settled, chain: chainOf(plain, { tls13: false }) }
  if (secret === undefined) return { hello: settled, chain: [] }
  const sealed = readMessages(decryptHandshake(records, secret, settled.cipherSuite))
  return { hello: settled, chain: chainOf(sealed, { tls13: true }) }
}

/** Bodies of handshake records before the first encrypted one. */
function plainHandshake(records: readonly TlsRecord[]): readonly Uint8Array[] {
  const sealedFrom = records.findIndex(({ type }) => type === RECORD.applicationData)
  const before = sealedFrom === -1 ? records : records.slice(0, sealedFrom)
  return before.filter(({ type }) => type === RECORD.handshake).map(({ body }) => body)
}

function chainOf(
  messages: readonly { readonly type: number; readonly body: Uint8Array }[],
  { tls13 }: { readonly tls13: boolean },
): readonly Uint8Array[] {
  const message = messages.find(({ type }) => type === MESSAGE.certificate)
  return message === undefined ? [] : readCertificates(message.body, tls13)
}

/** Entries of a Certificate message; those of TLS 1.3 begin with a context and carry extensions each. */
function readCertificates(body: Uint8Array, tls13: boolean): readonly Uint8Array[] {
  const view = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const chain: Uint8Array[] = []
  let kept = 0
  // A context has one byte of length, the list three.
  for (let at = (tls13 ? 1 + (view[0] ?? 0) : 0) + 3; at + 3 <= view.length && chain.length < MAX_CERTIFICATES;) {
    const end = at + 3 + view.readUIntBE(at, 3)
    kept += end - at - 3
    if (end > view.length || kept > MAX_CHAIN_BYTES) break
    chain.push(Uint8Array.from(view.subarray(at + 3, end)))
    at = tls13 && end + 2 <= view.length ? end + 2 + view.readUInt16BE(end) : end
  }
  return chain
}

/** What a ServerHello settled. Source: RFC 8446 §4.1.3 and §4.2.1, RFC 5246 §7.4.1.3. */
interface ServerHello {
  /** 0x0303 TLS 1.2, 0x0304 TLS 1.3. */
  readonly version: number
  readonly cipherSuite: number
}

const TLS_1_3 = 0x0304
const SUPPORTED_VERSIONS = 43

/** Reads the body of a ServerHello (or HelloRetryRequest, which looks the same); undefined where it is cut or wrong. */
function readServerHello(body: Uint8Array): ServerHello | undefined {
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
