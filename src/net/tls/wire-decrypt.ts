import { createDecipheriv, createHmac } from 'node:crypto'
import { RECORD, type TlsRecord } from './wire-records.ts'

/**
 * Reads the encrypted half of a TLS 1.3 handshake with the secret that the library tells on `keylog`: our own
 * connection, so that the certificates are known as the server sent them. Source: RFC 8446 §5.2, §5.3, §7.1, §7.3.
 */

interface Suite {
  readonly cipher: 'aes-128-gcm' | 'aes-256-gcm' | 'chacha20-poly1305'
  readonly hash: 'sha256' | 'sha384'
  readonly keyLength: 16 | 32
}

/** The suites of TLS 1.3 that OpenSSL offers by default. */
const SUITES: ReadonlyMap<number, Suite> = new Map([
  [0x1301, { cipher: 'aes-128-gcm', hash: 'sha256', keyLength: 16 }],
  [0x1302, { cipher: 'aes-256-gcm', hash: 'sha384', keyLength: 32 }],
  [0x1303, { cipher: 'chacha20-poly1305', hash: 'sha256', keyLength: 32 }],
])

/** HKDF-Expand-Label with an empty context; one block of the hash is enough for keys and nonces. RFC 8446 §7.1. */
export function expandLabel(secret: Uint8Array, label: string, options: { hash: string; length: number }): Buffer {
  const name = Buffer.from(`tls13 ${label}`, 'latin1')
  const info = Buffer.concat([Buffer.from([0, options.length, name.length]), name, Buffer.from([0, 1])])
  return createHmac(options.hash, secret).update(info).digest().subarray(0, options.length)
}

/**
 * Bodies of the handshake records among `records`, decrypted with the SERVER_HANDSHAKE_TRAFFIC_SECRET. Stops at the
 * first record that does not authenticate: what follows it proves nothing. Unknown suites give nothing.
 */
export function decryptHandshake(records: readonly TlsRecord[], secret: Uint8Array, suite: number): Uint8Array[] {
  const chosen = SUITES.get(suite)
  if (chosen === undefined) return []
  const key = expandLabel(secret, 'key', { hash: chosen.hash, length: chosen.keyLength })
  const iv = expandLabel(secret, 'iv', { hash: chosen.hash, length: 12 })
  const bodies: Uint8Array[] = []
  let sequence = 0
  for (const record of records) {
    if (record.type !== RECORD.applicationData) continue
    const inner = openRecord(record, { cipher: chosen.cipher, key, nonce: nonceOf(iv, sequence) })
    if (inner?.type !== RECORD.handshake) break
    bodies.push(inner.body)
    sequence += 1
  }
  return bodies
}

/** The nonce of a record: its number, exclusive-or'd into the last bytes of the iv. */
function nonceOf(iv: Buffer, sequence: number): Buffer {
  const nonce = Buffer.from(iv)
  nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ sequence) >>> 0, 8)
  return nonce
}

function openRecord(
  record: TlsRecord,
  keys: { readonly cipher: Suite['cipher']; readonly key: Buffer; readonly nonce: Buffer },
): { readonly type: number; readonly body: Uint8Array } | undefined {
  if (record.body.length < 17) return undefined
  const sealed = record.body.subarray(0, -16)
  let plain: Buffer
  try {
    // The types of node:crypto know the tag's length of the two kinds apart.
    const decipher =
      keys.cipher === 'chacha20-poly1305'
        ? createDecipheriv(keys.cipher, keys.key, keys.nonce, { authTagLength: 16 })
        : createDecipheriv(keys.cipher, keys.key, keys.nonce, { authTagLength: 16 })
    decipher.setAAD(record.header, { plaintextLength: sealed.length })
    decipher.setAuthTag(record.body.subarray(-16))
    plain = Buffer.concat([decipher.update(sealed), decipher.final()])
  } catch {
    return undefined
  }
  let end = plain.length
  while (end > 0 && plain[end - 1] === 0) end -= 1
  return end === 0 ? undefined : { type: plain[end - 1]!, body: plain.subarray(0, end - 1) } // end > 0
}
