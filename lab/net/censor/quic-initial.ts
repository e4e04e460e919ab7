import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto'
import { defined } from '../../../src/core/model/defined.ts'
import { nameInHello } from './client-hello.ts'

/** Salt of the keys of Initial packets of QUIC version 1. Source: RFC 9001 §5.2. */
const SALT = Buffer.from('38762cf7f55934b34d179ae6a4c80cadccbb7f0a', 'hex')
const TAG = 16
const CRYPTO = 6
const CONNECTION_CLOSE = 0x1c

const hmac = (key: Buffer, data: Buffer): Buffer => createHmac('sha256', key).update(data).digest()

/** HKDF-Expand-Label with an empty context. Source: RFC 8446 §7.1. */
function expand(secret: Buffer, label: string, length: number): Buffer {
  const full = Buffer.from(`tls13 ${label}`)
  const info = Buffer.concat([Buffer.from([0, length, full.length]), full, Buffer.from([0, 1])])
  return hmac(secret, info).subarray(0, length)
}

interface Keys {
  readonly key: Buffer
  readonly iv: Buffer
  readonly header: Buffer
}

function keysOf(destination: Buffer, side: 'client' | 'server'): Keys {
  const secret = expand(hmac(SALT, destination), `${side} in`, 32)
  return {
    key: expand(secret, 'quic key', 16),
    iv: expand(secret, 'quic iv', 12),
    header: expand(secret, 'quic hp', 16),
  }
}

/** A variable-length integer and what follows it. Source: RFC 9000 §16. */
function readVarint(bytes: Buffer, at: number): { readonly value: number; readonly next: number } {
  const length = 1 << (bytes.readUInt8(at) >> 6)
  let value = bytes.readUInt8(at) & 63
  for (let more = 1; more < length; more++) value = value * 256 + bytes.readUInt8(at + more)
  return { value, next: at + length }
}

const mask = (keys: Keys, sample: Buffer): Buffer =>
  createCipheriv('aes-128-ecb', keys.header, null).setAutoPadding(false).update(sample)

function nonce(keys: Keys, number: number): Buffer {
  const iv = Buffer.from(keys.iv)
  iv.writeUInt32BE((iv.readUInt32BE(8) ^ number) >>> 0, 8)
  return iv
}

/** What a censor reads of a client's first packet. */
export interface ClientInitial {
  readonly destination: Buffer
  readonly source: Buffer
  /** Name in its ClientHello, where the piece of it in this packet holds one. */
  readonly name?: string
}

/** Opens a client's Initial packet; undefined for anything else. Source: RFC 9000 §17.2.2, RFC 9001 §5. */
export function openClientInitial(datagram: Buffer): ClientInitial | undefined {
  if (datagram.length < 1200 || (datagram.readUInt8(0) & 0xf0) !== 0xc0 || datagram.readUInt32BE(1) !== 1)
    return undefined
  try {
    let at = 5
    const destination = datagram.subarray(at + 1, at + 1 + datagram.readUInt8(at))
    at += 1 + destination.length
    const source = datagram.subarray(at + 1, at + 1 + datagram.readUInt8(at))
    at += 1 + source.length
    const token = readVarint(datagram, at)
    const length = readVarint(datagram, token.next + token.value)
    const plain = decrypt(datagram, { keys: keysOf(destination, 'client'), at: length.next, length: length.value })
    const name = plain === undefined ? undefined : nameInHello(cryptoBytes(plain))
    return { destination, source, ...defined({ name }) }
  } catch (error) {
    if (error instanceof RangeError) return undefined // shorter than it says of itself
    throw error
  }
}

function decrypt(
  datagram: Buffer,
  { keys, at, length }: { keys: Keys; at: number; length: number },
): Buffer | undefined {
  const cover = mask(keys, datagram.subarray(at + 4, at + 20))
  const header = Buffer.from(datagram.subarray(0, at + 4))
  header.writeUInt8(header.readUInt8(0) ^ (cover.readUInt8(0) & 15), 0)
  const size = (header.readUInt8(0) & 3) + 1
  let number = 0
  for (let one = 0; one < size; one++) {
    header.writeUInt8(header.readUInt8(at + one) ^ cover.readUInt8(1 + one), at + one)
    number = number * 256 + header.readUInt8(at + one)
  }
  const end = at + length
  if (end > datagram.length || end - TAG < at + size) return undefined // longer or shorter than it can be
  const opener = createDecipheriv('aes-128-gcm', keys.key, nonce(keys, number))
  opener.setAAD(header.subarray(0, at + size)).setAuthTag(datagram.subarray(end - TAG, end))
  try {
    return Buffer.concat([opener.update(datagram.subarray(at + size, end - TAG)), opener.final()])
  } catch {
    return undefined // not sealed with these keys
  }
}

/** Bytes of the CRYPTO frames of a packet in their order; other frames of a first packet are padding and pings. */
function cryptoBytes(plain: Buffer): Buffer {
  const pieces: { readonly offset: number; readonly bytes: Buffer }[] = []
  let at = 0
  while (at < plain.length) {
    const type = plain.readUInt8(at)
    at += 1
    if (type === 0 || type === 1) continue
    if (type !== CRYPTO) break
    const offset = readVarint(plain, at)
    const length = readVarint(plain, offset.next)
    pieces.push({ offset: offset.value, bytes: plain.subarray(length.next, length.next + length.value) })
    at = length.next + length.value
  }
  return Buffer.concat(pieces.toSorted((one, other) => one.offset - other.offset).map(({ bytes }) => bytes))
}

/** A server's Initial that closes the connection with TLS alert `handshake_failure`, sealed as the server would. */
export function forgeClose({ destination, source }: ClientInitial): Buffer {
  const keys = keysOf(destination, 'server')
  const plain = Buffer.concat([Buffer.from([CONNECTION_CLOSE, 0x41, 0x28, 0, 0]), Buffer.alloc(16)])
  const length = 4 + plain.length + TAG
  const start = Buffer.concat([
    Buffer.from([0xc3, 0, 0, 0, 1, source.length]),
    source,
    Buffer.from([destination.length]),
    destination,
    Buffer.from([0, 0x40 | (length >> 8), length & 255]),
  ])
  const header = Buffer.concat([start, Buffer.alloc(4)]) // packet number 0 in four bytes
  const sealer = createCipheriv('aes-128-gcm', keys.key, nonce(keys, 0)).setAAD(header)
  const sealed = Buffer.concat([sealer.update(plain), sealer.final(), sealer.getAuthTag()])
  const cover = mask(keys, sealed.subarray(0, 16))
  header.writeUInt8(header.readUInt8(0) ^ (cover.readUInt8(0) & 15), 0)
  for (let at = 0; at < 4; at++) header.writeUInt8(cover.readUInt8(1 + at), start.length + at)
  return Buffer.concat([header, sealed])
}
