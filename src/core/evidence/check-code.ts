import type { Sha256 } from '../model/units.ts'

/** Crockford's base 32: no I, L, O or U, so that a code read aloud or from paper stays itself. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const BITS = 40

/** Short code of a digest, `K7M4-2Q9X`: its first 40 bits. It finds the digest again among those published, and proves nothing alone. */
export function checkCode(digest: Sha256): string {
  let bits = BigInt(`0x${digest.slice(0, BITS / 4)}`)
  let code = ''
  for (let i = 0; i < BITS / 5; i++) {
    code = (LETTERS[Number(bits & 31n)] ?? '') + code
    bits >>= 5n
  }
  return `${code.slice(0, 4)}-${code.slice(4)}`
}

/**
 * A code as a person typed it: any case, with or without its dash, letters that look alike read as what they are.
 * Undefined for anything else.
 */
export function readCheckCode(typed: string): string | undefined {
  const plain = typed
    .toUpperCase()
    .replaceAll(/[\s–—-]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1')
  return plain.length === BITS / 5 && [...plain].every((letter) => LETTERS.includes(letter))
    ? `${plain.slice(0, 4)}-${plain.slice(4)}`
    : undefined
}
