/** Bytes that WebCrypto takes: its own memory, not shared with another thread. */
export type Plain = Uint8Array<ArrayBuffer>

/** What is used of WebCrypto's `crypto.subtle`: digests, and public keys that verify. */
export interface Subtle {
  digest(algorithm: string, data: Plain): Promise<ArrayBuffer>
  importKey(
    format: 'spki',
    key: Plain,
    algorithm: KeyAlgorithm,
    extractable: boolean,
    usages: 'verify'[],
  ): Promise<unknown>
  verify(algorithm: VerifyAlgorithm, key: unknown, signature: Plain, data: Plain): Promise<boolean>
}

export type KeyAlgorithm =
  | { readonly name: 'RSASSA-PKCS1-v1_5' | 'RSA-PSS'; readonly hash: string }
  | { readonly name: 'ECDSA'; readonly namedCurve: string }

export type VerifyAlgorithm =
  | { readonly name: 'RSASSA-PKCS1-v1_5' }
  | { readonly name: 'RSA-PSS'; readonly saltLength: number }
  | { readonly name: 'ECDSA'; readonly hash: string }

/** A copy in memory of its own. */
export const plain = (bytes: Uint8Array): Plain => new Uint8Array(bytes)
