import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { CLIENT_RESET_LENGTH, SERVER_RESET_LENGTH } from './openvpn-packet.ts'
import { CLIENT_VERSIONS } from './tor-cells.ts'
import { INITIATION_LENGTH, RESPONSE_LENGTH } from './wireguard-noise.ts'

/**
 * The control of a tunnel's protocol: a question of the same length without its shape, and an answer of the same
 * length as the protocol's. Both hold a code under the key that the responder publishes: the responder does not answer
 * unknown bytes (two of them would answer each other permanently), and the client knows that it was the responder.
 */
export interface ControlShape {
  /** Lengths in bytes, those of the protocol's own first exchange. */
  readonly question: number
  readonly answer: number
  /** Whether bytes begin as the protocol's do, or nearly so. */
  readonly looksLike: (bytes: Buffer) => boolean
}

/** Opcodes of OpenVPN are in the upper five bits and end at 11. */
const isOpenVpnOpcode = (byte: number): boolean => byte >> 3 <= 11
const FRAME = 2

export const SHAPES = {
  'openvpn-udp': {
    question: CLIENT_RESET_LENGTH,
    answer: SERVER_RESET_LENGTH,
    looksLike: (bytes) => isOpenVpnOpcode(bytes[0] ?? 0),
  },
  'openvpn-tcp': {
    question: FRAME + CLIENT_RESET_LENGTH,
    answer: FRAME + SERVER_RESET_LENGTH,
    // Nor a length that a packet may have.
    looksLike: (bytes) => (bytes[0] ?? 0) < 0x60 || isOpenVpnOpcode(bytes[FRAME] ?? 0),
  },
  wireguard: {
    question: INITIATION_LENGTH,
    answer: RESPONSE_LENGTH,
    // Types 1 to 4, in one byte and three zeros.
    looksLike: (bytes) => (bytes[0] ?? 0) <= 4,
  },
  tor: {
    question: CLIENT_VERSIONS.length,
    // VERSIONS, CERTS, AUTH_CHALLENGE and NETINFO of our responder, whose test holds it to this.
    answer: 1450,
    looksLike: (bytes) => bytes[0] === 0,
  },
} as const satisfies Record<string, ControlShape>
export type ShapeName = keyof typeof SHAPES

/** Bytes of the code at the end of a question; what stands before it is random. */
const CODE = 8

function codeOver(key: Uint8Array, purpose: 'question' | 'answer', bytes: Uint8Array, length: number): Buffer {
  const blocks: Buffer[] = []
  for (let nth = 0; nth * 32 < length; nth++)
    blocks.push(createHmac('sha256', key).update(`kuager shaped ${purpose} ${nth} `).update(bytes).digest())
  return Buffer.concat(blocks).subarray(0, length)
}

/**
 * A question of `length` bytes, at least 11: random, then its code. `looksLike` tells what of the protocol's own shape
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

/** The one answer to a question: bytes that look random to anyone who does not know the key. */
export const answerShaped = (key: Uint8Array, question: Buffer, length: number): Buffer =>
  codeOver(key, 'answer', question, length)
