const PIECE = 0x2000

/** Base64 of bytes, with padding. */
export function base64Of(bytes: Uint8Array): string {
  let binary = ''
  for (let at = 0; at < bytes.length; at += PIECE) binary += String.fromCharCode(...bytes.subarray(at, at + PIECE))
  return btoa(binary)
}

/** Bytes as OONI writes a body: text where they are UTF-8, else base64 with its mark. Source: df-001-httpt. */
export function blobOf(bytes: Uint8Array): string | { readonly format: 'base64'; readonly data: string } {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return { format: 'base64', data: base64Of(bytes) }
  }
}
