import { LIMITS } from './bundle-source.ts'

const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const LOSSY = new TextDecoder('utf-8', { ignoreBOM: true })
const MOST_SEGMENT = 255

/**
 * Whether a path from a container stays below the folder that it is unpacked into, on any system, and means one thing
 * there: no absolute path, no drive, no `..`, no backslash, no control character, bounded length and depth.
 */
export function isSafePath(path: string): boolean {
  if (path.length > LIMITS.pathLength || !path.isWellFormed()) return false
  if (/[\\\p{Cc}\p{Zl}\p{Zp}\ufeff\ufffd]/u.test(path) || /^(~|[A-Za-z]:)/.test(path)) return false
  const segments = path.split('/')
  return (
    segments.length <= LIMITS.depth &&
    segments.every((segment) => segment !== '' && segment !== '.' && segment !== '..' && segment.length <= MOST_SEGMENT)
  )
}

/** What two names have in common that a system without case, or with one form of accents, takes for one file. */
export const foldedPath = (path: string): string => path.normalize('NFC').toLowerCase().normalize('NFC')

/** Name from the bytes of a container, and whether it may be used; a bad one is decoded as far as can be shown. */
export function decodeName(bytes: Uint8Array): { readonly name: string; readonly valid: boolean } {
  try {
    return { name: DECODER.decode(bytes), valid: true }
  } catch {
    return { name: LOSSY.decode(bytes), valid: false }
  }
}
