import { InputError } from '../../model/errors.ts'
import { decodeBase64, encodeBase64 } from '../base64.ts'
import { encodeHex } from '../hex.ts'
import { isKeyName, type NoteTools } from '../log/signed-note.ts'

// Keys of witnesses, https://c2sp.org/signed-note and https://c2sp.org/tlog-cosignature.

/** Kinds of keys that cosign: by the byte that stands before the key. */
const KINDS = {
  4: { kind: 'ed25519', bytes: 32 },
  6: { kind: 'ml-dsa-44', bytes: 1312 },
} as const

/** Key of a witness. Cosignatures of ML-DSA-44 are known for what they are, and checked by nothing here. */
export interface WitnessKey {
  readonly kind: 'ed25519' | 'ml-dsa-44'
  readonly name: string
  /** Eight hexadecimal digits. */
  readonly id: string
  readonly publicKey: Uint8Array
}

const MOST_LINE = 4096
const ENCODER = new TextEncoder()

const refuse = (expected: string): InputError =>
  new InputError(`Cannot read witness key: expected ${expected}`, { code: 'witness.key', path: '', expected })

const typeOf = ({ kind }: Pick<WitnessKey, 'kind'>): number => (kind === 'ed25519' ? 4 : 6)

/** Id of a key: first four bytes of SHA-256(name, line feed, type, key). */
export const witnessKeyId = (
  key: Pick<WitnessKey, 'kind' | 'name' | 'publicKey'>,
  digest: NoteTools['digest'],
): string =>
  encodeHex(digest(Uint8Array.from([...ENCODER.encode(`${key.name}\n`), typeOf(key), ...key.publicKey])).slice(0, 4))

/** A key as one line: `name+hash+base64`. */
export const formatWitnessKey = (key: WitnessKey): string =>
  `${key.name}+${key.id}+${encodeBase64(Uint8Array.from([typeOf(key), ...key.publicKey]))}`

/** Reads the key of a witness and checks its id. Throws InputError for any other kind than cosignatures of version 1. */
export function parseWitnessKey(line: string, digest: NoteTools['digest']): WitnessKey {
  const match = line.length > MOST_LINE ? null : /^([^+]{1,300})\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/u.exec(line)
  const [name, id, data] = [match?.[1] ?? '', match?.[2] ?? '', match?.[3] ?? '']
  const bytes = decodeBase64(data)
  if (match === null || !isKeyName(name) || bytes === undefined) throw refuse('a line "name+hash+base64"')
  const type = bytes[0]
  if (type !== 4 && type !== 6) throw refuse('a key that cosigns: Ed25519 (4) or ML-DSA-44 (6)')
  const { kind, bytes: length } = KINDS[type]
  const key = { kind, name, id, publicKey: bytes.slice(1) }
  if (key.publicKey.length !== length) throw refuse(`a key of ${length} bytes`)
  if (witnessKeyId(key, digest) !== id) throw refuse('an id that fits name and key')
  return key
}
