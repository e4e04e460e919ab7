import { InputError } from '../../core/model/errors.ts'
import { MOST_SEALED_BYTES, PADDED_BYTES, type LetterKeys } from '../core/letter.ts'

// What can be seen of a sealed signature from outside: https://age-encryption.org/v1. Whether it opens, and what is in
// it, only a holder of the keys can see.

const FIRST_LINE = 'age-encryption.org/v1'
/** First line of a stanza, by kind of recipient: name and what the sender made, in base64 without padding. */
const STANZA = {
  x25519: { pattern: /^-> X25519 [A-Za-z0-9+/]{43}$/, length: 10 + 43 + 1 + 43 + 1 },
  hybrid: { pattern: /^-> mlkem768x25519 [A-Za-z0-9+/]{1494}$/, length: 18 + 1494 + 1 + 43 + 1 },
} as const
type StanzaKind = keyof typeof STANZA
/** The wrapped key of the file: 32 bytes. */
const BODY = /^[A-Za-z0-9+/]{43}$/
const MAC = /^--- [A-Za-z0-9+/]{43}$/
const FRAME_LENGTH = FIRST_LINE.length + 1 + 47 + 1
/** Nonce before, tag behind the only chunk; a chunk holds 64 KiB, more than a signature may have. */
const PAYLOAD_EXTRA = 16 + 16

const kindOf = (recipient: string): StanzaKind => (recipient.startsWith('age1pq1') ? 'hybrid' : 'x25519')

type Layer = LetterKeys['layers'][number]

/** Length of the header of a file sealed to a layer. */
const headerLength = (layer: Layer): number =>
  layer.reduce((sum, { recipient }) => sum + STANZA[kindOf(recipient)].length, FRAME_LENGTH)

const layersOf = ({ layers }: LetterKeys): { readonly outer: Layer; readonly inner: Layer | undefined } => ({
  outer: layers.at(-1) ?? [],
  inner: layers.length > 1 ? layers[0] : undefined,
})

/** Length of a signature of so many bytes, sealed. */
export function sealedLength(plain: number, keys: LetterKeys): number {
  return keys.layers.reduce((length, layer) => length + headerLength(layer) + PAYLOAD_EXTRA, plain)
}

/**
 * Holds bytes against what a signature sealed to these keys looks like: header of age, as many recipients of each kind as
 * the outer layer has, a length that a padded text gives. Throws InputError.
 */
export function checkSealed(sealed: Uint8Array, keys: LetterKeys): void {
  if (sealed.length > MOST_SEALED_BYTES) throw refuse(`at most ${MOST_SEALED_BYTES} bytes`)
  const { outer, inner } = layersOf(keys)
  const header = headerLength(outer)
  const lines = Buffer.from(sealed.subarray(0, header)).toString('latin1').split('\n')
  if (lines.length !== 2 + 2 * outer.length + 1 || lines[0] !== FIRST_LINE || lines.at(-1) !== '')
    throw refuse('a file of age')
  if (!MAC.test(lines.at(-2) ?? '')) throw refuse('a header of age')
  const found: Record<StanzaKind, number> = { x25519: 0, hybrid: 0 }
  for (let stanza = 0; stanza < outer.length; stanza++) {
    const [first = '', body = ''] = lines.slice(1 + 2 * stanza, 3 + 2 * stanza)
    const kind = STANZA.hybrid.pattern.test(first) ? 'hybrid' : 'x25519'
    if (!STANZA[kind].pattern.test(first) || !BODY.test(body)) throw refuse('stanzas of the kinds that the letter has')
    found[kind]++
  }
  const expected: Record<StanzaKind, number> = { x25519: 0, hybrid: 0 }
  for (const { recipient } of outer) expected[kindOf(recipient)]++
  if (found.x25519 !== expected.x25519 || found.hybrid !== expected.hybrid)
    throw refuse('sealed to the recipients of the letter')
  const plain = sealed.length - header - PAYLOAD_EXTRA - (inner === undefined ? 0 : headerLength(inner) + PAYLOAD_EXTRA)
  if (plain <= 0 || plain % PADDED_BYTES !== 0) throw refuse(`a text padded to a multiple of ${PADDED_BYTES} bytes`)
}

const refuse = (expected: string): InputError =>
  new InputError('Cannot take signature: it is not sealed as the letter says', {
    code: 'signature.sealed',
    path: 'sealed',
    expected,
  })
