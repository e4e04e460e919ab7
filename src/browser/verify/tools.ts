import { ed25519 } from '@noble/curves/ed25519.js'
import { sha256 as sha256Of, sha512 as sha512Of } from '@noble/hashes/sha2.js'
import type { Subtle } from '../../core/evidence/time-stamp/subtle.ts'
import type { BundleTools, RunningDigest } from '../../core/evidence/verify/bundle-tools.ts'
import type { Inflate } from '../../core/evidence/verify/source/unpack.ts'

/** SHA-256 of bytes, 32 bytes. */
export const sha256 = (bytes: Uint8Array): Uint8Array => sha256Of(bytes)

const NAMES = { sha256: 'SHA-256', sha512: 'SHA-512' } as const
const HASHES = { sha256: sha256Of, sha512: sha512Of } as const

/** Below this many bytes asking the browser takes longer than hashing. */
const WORTH_ASKING = 2048

/** Cryptography of a browser: its own where that is asynchronous, a library's where an answer is needed at once. */
export const cryptography = {
  digest: sha256,
  // RFC 8032 to the letter, as OpenSSL and the signers of notes have it.
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
    try {
      return ed25519.verify(signature, message, publicKey, { zip215: false })
    } catch {
      return false // a key or a signature that is none
    }
  },
  openDigest(name): RunningDigest {
    const running = HASHES[name].create()
    return {
      update(bytes) {
        running.update(bytes)
      },
      digest: () => running.digest(),
    }
  },
  async digestWhole(name, bytes): Promise<Uint8Array> {
    if (bytes.length < WORTH_ASKING || !isSecure()) return HASHES[name](bytes)
    return new Uint8Array(await crypto.subtle.digest(NAMES[name], unshared(bytes)))
  },
} satisfies Pick<BundleTools, 'digest' | 'verify' | 'openDigest' | 'digestWhole'>

/** The same bytes where their memory is of one thread alone, else a copy: copies are what a large bundle would cost most. */
const unshared = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => (isUnshared(bytes) ? bytes : new Uint8Array(bytes))
const isUnshared = (bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> => bytes.buffer instanceof ArrayBuffer

/** False in a page without a secure origin, such as one served without TLS: browsers hide WebCrypto there. Node has no such word. */
const isSecure = (): boolean => (globalThis as { readonly isSecureContext?: boolean }).isSecureContext !== false

/** WebCrypto for time stamps and chains of certificates; undefined in a page without a secure origin. */
export function webCrypto(): Subtle | undefined {
  const subtle = isSecure() ? crypto.subtle : undefined
  if (subtle === undefined) return undefined
  return {
    digest: (algorithm, data) => subtle.digest(algorithm, data),
    importKey: (format, key, algorithm, extractable, usages) =>
      subtle.importKey(format, key, algorithm, extractable, usages),
    verify: async (algorithm, key, signature, data) =>
      key instanceof CryptoKey && (await subtle.verify(algorithm, key, signature, data)),
  }
}

/** Packed bytes given to a decoder at once: browsers make all that they become, a thousand times as many at most. */
const SLICE = 16 * 1024

/**
 * Unpacks by the browser's own decoder. That it refuses bytes behind the last block is of the standard: Compression
 * Streams, "decompress flush and enqueue".
 */
export const inflateByStream: Inflate = async function* (packed) {
  const decoder = new DecompressionStream('deflate-raw')
  const writer = decoder.writable.getWriter()
  const reader = decoder.readable.getReader()
  const give = async (): Promise<void> => {
    for await (const piece of packed)
      for (let at = 0; at < piece.length; at += SLICE) await writer.write(unshared(piece.subarray(at, at + SLICE)))
    await writer.close()
  }
  // What the reader of the zip throws reaches the reader of the stream, as what the decoder refuses does.
  const giving = give().catch((error: unknown) => writer.abort(error))
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value
  } finally {
    await reader.cancel().catch(() => undefined)
    await giving
  }
}
