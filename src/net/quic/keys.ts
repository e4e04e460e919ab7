import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto'

/** RFC 9001 §5.2, version 1. */
const SALT = Buffer.from('38762cf7f55934b34d179ae6a4c80cadccbb7f0a', 'hex')
const TAG = 16

/** Keys of one direction of the Initial packets: everybody on the path can derive them. */
export interface InitialKeys {
  readonly key: Buffer
  readonly iv: Buffer
  readonly headerKey: Buffer
}

const hmac = (key: Uint8Array, data: Uint8Array): Buffer => createHmac('sha256', key).update(data).digest()

/** HKDF-Expand-Label of RFC 8446 §7.1 for at most 32 bytes and no context. */
function expandLabel(secret: Uint8Array, label: string, length: number): Buffer {
  const full = Buffer.from(`tls13 ${label}`)
  const info = Buffer.concat([Buffer.of(0, length, full.length), full, Buffer.of(0, 1)])
  return hmac(secret, info).subarray(0, length)
}

/** Keys of the Initial packets that `side` sends, from the destination id of the client's first packet. */
export function initialKeys(destinationId: Uint8Array, side: 'client' | 'server'): InitialKeys {
  const secret = expandLabel(hmac(SALT, destinationId), `${side} in`, 32)
  return {
    key: expandLabel(secret, 'quic key', 16),
    iv: expandLabel(secret, 'quic iv', 12),
    headerKey: expandLabel(secret, 'quic hp', 16),
  }
}

/** AES-ECB of 16 bytes of ciphertext, RFC 9001 §5.4.3. */
function headerMask(keys: InitialKeys, sample: Uint8Array): Buffer {
  return createCipheriv('aes-128-ecb', keys.headerKey, null).setAutoPadding(false).update(sample)
}

function nonceOf(keys: InitialKeys, packetNumber: number): Buffer {
  const nonce = Buffer.from(keys.iv)
  nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ packetNumber) >>> 0, 8)
  return nonce
}

/**
 * Protects a packet: header (ending before the packet number, of which four bytes are written) and payload. RFC 9001
 * §5.3 and §5.4.
 */
export function sealPacket(
  keys: InitialKeys,
  packet: { header: Buffer; packetNumber: number; payload: Buffer },
): Buffer {
  const number = Buffer.alloc(4)
  number.writeUInt32BE(packet.packetNumber)
  const head = Buffer.concat([packet.header, number])
  const cipher = createCipheriv('aes-128-gcm', keys.key, nonceOf(keys, packet.packetNumber)).setAAD(head)
  const sealed = Buffer.concat([cipher.update(packet.payload), cipher.final(), cipher.getAuthTag()])
  const mask = headerMask(keys, sealed.subarray(0, 16))
  head[0]! ^= mask[0]! & 0x0f // the header has a first byte, the mask sixteen
  for (let nth = 0; nth < 4; nth++) head[packet.header.length + nth]! ^= mask[1 + nth]!
  return Buffer.concat([head, sealed])
}

/**
 * Payload of a protected packet whose packet number begins at `at` and which ends at `end`; undefined where it was not
 * made with these keys.
 */
export function openPacket(keys: InitialKeys, datagram: Buffer, at: number, end: number): Buffer | undefined {
  if (at + 4 + TAG > end || end > datagram.length) return undefined
  const head = Buffer.from(datagram.subarray(0, at + 4))
  const mask = headerMask(keys, datagram.subarray(at + 4, at + 20))
  head[0]! ^= mask[0]! & 0x0f // long enough by the condition before
  const length = (head[0]! & 3) + 1
  for (let nth = 0; nth < length; nth++) head[at + nth]! ^= mask[1 + nth]!
  const decipher = createDecipheriv('aes-128-gcm', keys.key, nonceOf(keys, head.readUIntBE(at, length)))
    .setAAD(head.subarray(0, at + length))
    .setAuthTag(datagram.subarray(end - TAG, end))
  try {
    return Buffer.concat([decipher.update(datagram.subarray(at + length, end - TAG)), decipher.final()])
  } catch {
    return undefined
  }
}
