import { decodeBase64, encodeBase64 } from './base64.ts'

// Signatures of files in the form of minisign: Ed25519 over the BLAKE2b-512 of a file, and over that signature with a
// comment. Source: https://jedisct1.github.io/minisign/#signature-format

/** Who signs: 8 bytes that name the key, and the 32 bytes of the public key. */
export interface MinisignKey {
  readonly id: Uint8Array
  readonly publicKey: Uint8Array
}

export interface MinisignSigner extends MinisignKey {
  sign(message: Uint8Array): Uint8Array
}

/** What a signature that fits says in its signed comment. */
export interface MinisignChecked {
  readonly comment: string
}

const PLAIN = [0x45, 0x64] // "Ed": of a key
const HASHED = [0x45, 0x44] // "ED": of a signature over the hash of a file
const UNTRUSTED = 'untrusted comment: '
const TRUSTED = 'trusted comment: '
/** A comment is one line. */
const isComment = (text: string): boolean => text.length <= 1024 && !/[\r\n\0]/.test(text)

/** Name of a key as minisign prints it. */
export const minisignKeyName = ({ id }: MinisignKey): string =>
  [...id]
    .reverse()
    .map((byte) => byte.toString(16).padStart(2, '0').toUpperCase())
    .join('')

/** The line by which `minisign -P` takes a public key. */
export const formatMinisignKey = ({ id, publicKey }: MinisignKey): string =>
  encodeBase64(Uint8Array.from([...PLAIN, ...id, ...publicKey]))

/** A public key from that line, or from a file that has it on its second line; undefined for anything else. */
export function parseMinisignKey(text: string): MinisignKey | undefined {
  const lines = text.trim().split(/\r?\n/)
  const bytes = decodeBase64((lines[0]?.startsWith(UNTRUSTED) === true ? lines[1] : lines[0]) ?? '')
  if (bytes?.length !== 42 || bytes[0] !== PLAIN[0] || bytes[1] !== PLAIN[1]) return undefined
  return { id: bytes.slice(2, 10), publicKey: bytes.slice(10) }
}

/** The text of a `.minisig` file for a file with this BLAKE2b-512. Throws RangeError for a comment of several lines. */
export function signMinisign(blake2b: Uint8Array, signer: MinisignSigner, comment: string): string {
  if (!isComment(comment)) throw new RangeError('a comment of a signature is one line')
  const signature = signer.sign(blake2b)
  const whole = signer.sign(Uint8Array.from([...signature, ...new TextEncoder().encode(comment)]))
  return [
    `${UNTRUSTED}signature of key ${minisignKeyName(signer)}`,
    encodeBase64(Uint8Array.from([...HASHED, ...signer.id, ...signature])),
    `${TRUSTED}${comment}`,
    encodeBase64(whole),
    '',
  ].join('\n')
}

/** What a `.minisig` says about a file with this BLAKE2b-512; undefined where it is not of this key and this file. */
export function checkMinisign(
  text: string,
  blake2b: Uint8Array,
  key: MinisignKey,
  verify: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean,
): MinisignChecked | undefined {
  const [untrusted, first = '', trusted = '', second = '', ...more] = text.split(/\r?\n/)
  if (untrusted?.startsWith(UNTRUSTED) !== true || !trusted.startsWith(TRUSTED) || more.join('') !== '')
    return undefined
  const head = decodeBase64(first)
  const whole = decodeBase64(second)
  if (head?.length !== 74 || whole?.length !== 64 || head[0] !== HASHED[0] || head[1] !== HASHED[1]) return undefined
  if (!key.id.every((byte, i) => head[2 + i] === byte)) return undefined
  const signature = head.slice(10)
  const comment = trusted.slice(TRUSTED.length)
  const signed = Uint8Array.from([...signature, ...new TextEncoder().encode(comment)])
  if (!verify(key.publicKey, blake2b, signature) || !verify(key.publicKey, signed, whole)) return undefined
  return { comment }
}
