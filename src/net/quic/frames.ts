import type { QuicClose } from './binding.ts'
import { readVarint } from './header.ts'

/** What an Initial packet may hold, RFC 9000 §12.4. */
export type InitialFrame =
  | { readonly kind: 'crypto'; readonly offset: number; readonly data: Buffer }
  | { readonly kind: 'close'; readonly close: QuicClose }
  | { readonly kind: 'other' }

/** Frames of an Initial packet, RFC 9000 §19; reading ends where something stands that may not. */
export function readInitialFrames(payload: Buffer): readonly InitialFrame[] {
  const frames: InitialFrame[] = []
  let at = 0
  while (at < payload.length) {
    const next = readFrame(payload, at)
    if (next === undefined) break
    if (next.frame.kind !== 'other') frames.push(next.frame)
    at = next.end
  }
  return frames
}

interface Read {
  readonly frame: InitialFrame
  readonly end: number
}

const OTHER: InitialFrame = { kind: 'other' }

function readFrame(payload: Buffer, at: number): Read | undefined {
  switch (payload[at]) {
    case 0x00: // padding
    case 0x01: // ping
      return { frame: OTHER, end: at + 1 }
    case 0x02:
      return skipAcknowledgement(payload, at + 1, 0)
    case 0x03:
      return skipAcknowledgement(payload, at + 1, 3)
    case 0x06:
      return readCrypto(payload, at + 1)
    case 0x1c:
      return readClose(payload, at + 1)
    default:
      return undefined
  }
}

/** Several integers in a row. */
function readVarints(
  payload: Buffer,
  at: number,
  count: number,
): readonly [numbers: readonly number[], end: number] | undefined {
  const numbers: number[] = []
  let end = at
  for (let nth = 0; nth < count; nth++) {
    const read = readVarint(payload, end)
    if (read === undefined) return undefined
    numbers.push(read[0])
    end = read[1]
  }
  return [numbers, end]
}

function skipAcknowledgement(payload: Buffer, at: number, counters: number): Read | undefined {
  const head = readVarints(payload, at, 4)
  const ranges = head?.[0][2]
  if (head === undefined || ranges === undefined || ranges > payload.length) return undefined
  const rest = readVarints(payload, head[1], ranges * 2 + counters)
  return rest && { frame: OTHER, end: rest[1] }
}

function readCrypto(payload: Buffer, at: number): Read | undefined {
  const head = readVarints(payload, at, 2)
  if (head === undefined) return undefined
  const [[offset, length], from] = head
  if (offset === undefined || length === undefined || from + length > payload.length) return undefined
  return { frame: { kind: 'crypto', offset, data: payload.subarray(from, from + length) }, end: from + length }
}

function readClose(payload: Buffer, at: number): Read | undefined {
  const head = readVarints(payload, at, 3)
  if (head === undefined) return undefined
  const [[errorCode, , length], from] = head
  if (errorCode === undefined || length === undefined || from + length > payload.length) return undefined
  const reason = payload.subarray(from, from + length)
  return { frame: { kind: 'close', close: { isApp: false, errorCode, reason } }, end: from + length }
}
