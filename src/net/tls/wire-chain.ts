import { decryptHandshake } from './wire-decrypt.ts'
import { readServerHello, TLS_1_3, type ServerHello } from './wire-hello.ts'
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
