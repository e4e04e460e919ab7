import { hash } from 'node:crypto'

/** HMAC-SHA-256 of a short message under one key. */
export type ShortHmac = (message: Uint8Array) => Buffer

const BLOCK = 64

/**
 * HMAC-SHA-256 (RFC 2104) under a key of at most 64 bytes. Not `createHmac`: that makes a key object for each call,
 * which takes ten times as long as the digests of so few bytes, and every request needs one.
 */
export function openShortHmac(key: Uint8Array): ShortHmac {
  const inner = Buffer.alloc(BLOCK, 0x36)
  const outer = Buffer.alloc(BLOCK, 0x5c)
  for (const [i, byte] of key.entries()) {
    inner[i]! ^= byte // a key is no longer than a block
    outer[i]! ^= byte // a key is no longer than a block
  }
  return (message) =>
    hash('sha256', Buffer.concat([outer, hash('sha256', Buffer.concat([inner, message]), 'buffer')]), 'buffer')
}
