import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/**
 * The control of a tunnel's protocol: a question of the same length without its shape, and an answer of the same
 * length as the protocol's. Both end in a code under the key that the responder publishes: the responder answers no
 * stranger's bytes (two of them would answer each other for ever), and whoever asked knows that it was the responder.
 */
export interface ShapedSizes {
  readonly question: number
  readonly answer: number
}

/** Bytes of the code; of a question the half at most, so that no two are alike. */
const CODE = 8

function codeOver(key: Uint8Array, purpose: 'question' | 'answer', bytes: Uint8Array, length: number): Buffer {
  const blocks: Buffer[] = []
  for (let nth = 0; nth * 32 < length; nth++)
    blocks.push(createHmac('sha256', key).update(`kuager shaped ${purpose} ${nth} `).update(bytes).digest())
  return Buffer.concat(blocks).subarray(0, length)
}

/**
 * A question of `length` bytes, at least 14: random, then its code. `looksLike` tells what of the protocol's own shape
 * a draw must not have by chance; of at most 1,000 draws the last is taken.
 */
export function makeShaped(key: Uint8Array, length: number, looksLike: (question: Buffer) => boolean): Buffer {
  for (let draw = 0; ; draw++) {
    const random = randomBytes(length - CODE)
    const question = Buffer.concat([random, codeOver(key, 'question', random, CODE)])
    if (draw === 1000 || !looksLike(question)) return question
  }
}

/** Whether bytes of the right length are a question made with the key. */
export function isShaped(key: Uint8Array, bytes: Buffer, length: number): boolean {
  if (bytes.length !== length || length < CODE) return false
  const at = length - CODE
  return timingSafeEqual(bytes.subarray(at), codeOver(key, 'question', bytes.subarray(0, at), CODE))
}

/** The one answer to a question: bytes that look random to whoever does not know the key. */
export const answerShaped = (key: Uint8Array, question: Buffer, length: number): Buffer =>
  codeOver(key, 'answer', question, length)
