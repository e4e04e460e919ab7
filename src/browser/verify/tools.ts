import { sha256 as sha256Of } from '@noble/hashes/sha2.js'

/** SHA-256 of bytes, 32 bytes. */
export const sha256 = (bytes: Uint8Array): Uint8Array => sha256Of(bytes)
