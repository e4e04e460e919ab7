import { DAY_MS } from '../../../core/model/duration.ts'

/** What a key says for its successor: verified by a collector that knows the key. */
export interface KeyRotationSignature {
  /** The older key, in base64. */
  readonly key: string
  readonly signature: string
  /** The texts of which one must be signed, and the month of each: this one and, around its first day, its neighbour. */
  readonly texts: readonly { readonly text: string; readonly month: number }[]
}

/** Days of a month in which a vouch for the month before is taken still, and for the next: clocks and spools differ. */
const OVERLAP_DAYS = 3

/** The month of a day, counted from year 0. */
export function monthOfDay(day: number): number {
  const date = new Date(day * DAY_MS)
  return 12 * date.getUTCFullYear() + date.getUTCMonth()
}

const formatMonth = (month: number): string =>
  `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}`

/** What an older key signs: `kuager-vouch`, the new key in base64, the month of the new key. */
export const vouchText = (newKey: string, month: string): string => `kuager-vouch\n${newKey}\n${month}`

/** Reads the header `x-kuager-vouch`: base64 of `{"key":…,"signature":…}`. Undefined for anything else. */
export function readVouch(header: string, newKey: string, today: number): KeyRotationSignature | undefined {
  if (header.length > 1000) return undefined
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(header, 'base64').toString())
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null || !('key' in value) || !('signature' in value)) return undefined
  const { key, signature } = value
  if (typeof key !== 'string' || typeof signature !== 'string') return undefined
  const months = new Set([0, -OVERLAP_DAYS, OVERLAP_DAYS].map((days) => monthOfDay(today + days)))
  return {
    key,
    signature,
    texts: [...months].map((month) => ({ month, text: vouchText(newKey, formatMonth(month)) })),
  }
}
