/**
 * Records and handshake messages of TLS as they lie on the wire: what a server sent, also where the library threw the
 * handshake away. Source: RFC 5246 §6.2 and §7.4, RFC 8446 §4 and §5. The bytes may come from anyone on the path:
 * every reader stops at the first thing that is not TLS and keeps what came before.
 */

export const RECORD = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23 } as const
export const MESSAGE = { serverHello: 2, certificate: 11 } as const

/** Longest body of a record: 2^14 and what a cipher may add (RFC 5246 §6.2.3; RFC 8446 allows less). */
const MAX_RECORD = 16_384 + 2_048
/** Handshake messages of one flight that are looked at; servers send about six. */
const MAX_MESSAGES = 64

export interface TlsRecord {
  readonly type: number
  /** The five bytes before the body: what an AEAD of TLS 1.3 authenticates besides it. */
  readonly header: Uint8Array
  readonly body: Uint8Array
}

export interface HandshakeMessage {
  readonly type: number
  readonly body: Uint8Array
}

/** Whether the first bytes of an answer can be a record of TLS: a handshake or an alert of version 3.x. */
export function looksLikeTls(first: Uint8Array): boolean {
  const typed = first[0] === RECORD.handshake || first[0] === RECORD.alert
  return typed && (first.length < 2 || first[1] === 3)
}

/** Complete records from the start of `bytes`, in order. */
export function readRecords(bytes: Uint8Array): readonly TlsRecord[] {
  const records: TlsRecord[] = []
  for (let at = 0; at + 5 <= bytes.length;) {
    const type = bytes[at]! // within bounds by the loop's condition, as the four below
    const length = (bytes[at + 3]! << 8) | bytes[at + 4]!
    const end = at + 5 + length
    if (type < 20 || type > 23 || bytes[at + 1] !== 3 || length > MAX_RECORD || end > bytes.length) break
    records.push({ type, header: bytes.subarray(at, at + 5), body: bytes.subarray(at + 5, end) })
    at = end
  }
  return records
}

/** Complete handshake messages from the start of the joined bodies of handshake records. */
export function readMessages(bodies: readonly Uint8Array[]): readonly HandshakeMessage[] {
  const bytes = Buffer.concat(bodies)
  const messages: HandshakeMessage[] = []
  for (let at = 0; at + 4 <= bytes.length && messages.length < MAX_MESSAGES;) {
    const end = at + 4 + bytes.readUIntBE(at + 1, 3)
    if (end > bytes.length) break
    messages.push({ type: bytes[at]!, body: bytes.subarray(at + 4, end) }) // within bounds by the loop's condition
    at = end
  }
  return messages
}
