import { InputError } from '../../model/errors.ts'
import { decodeBase64, encodeBase64 } from '../base64.ts'

// What comes after the # of a link to the page of one's own measurements (docs/formats/own-results.md). A browser never
// sends it.

/** A key of one month on one network, and the receipts that its probe has. */
export interface OwnLink {
  /** `2026-11`, of UTC, as the key is for. */
  readonly month: string
  /** Sixteen hexadecimal digits, as in published rows. */
  readonly pseudonym: string
  /** Receipts that the probe has of this key. */
  readonly received: number
  /** Places in the log that the newest of them name, ascending. */
  readonly places: readonly number[]
}

/** Receipts of which a link names the place: with more of them it would be too long to be sent. */
export const MOST_PLACES = 500

const FORM = /^1\.(\d{4}-(?:0[1-9]|1[0-2]))\.([0-9a-f]{16})\.([A-Za-z0-9_-]{2,8000})$/

/** The fragment of a link, without its #. Of places beyond the newest `MOST_PLACES` only the number is written. */
export function formatOwnLink({ month, pseudonym, places }: Omit<OwnLink, 'received'>): string {
  const all = [...new Set(places)].toSorted((a, b) => a - b)
  return write({ month, pseudonym, received: all.length, places: all.slice(-MOST_PLACES) })
}

function write({ month, pseudonym, received, places }: OwnLink): string {
  const bytes = [...varint(received), ...places.flatMap((place, at) => varint(place - (places[at - 1] ?? 0)))]
  const text = encodeBase64(Uint8Array.from(bytes)).replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_')
  return `1.${month}.${pseudonym}.${text}`
}

/** Reads a fragment, with or without its #. Throws InputError for anything but what `formatOwnLink` writes. */
export function parseOwnLink(text: string): OwnLink {
  const [, month = '', pseudonym = '', packed = ''] = FORM.exec(text.replace(/^#/, '')) ?? []
  const padded = packed
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .padEnd(Math.ceil(packed.length / 4) * 4, '=')
  const numbers = readVarints(decodeBase64(padded) ?? new Uint8Array())
  const [received, ...steps] = numbers ?? []
  const places = steps.map(
    (
      (last) => (step: number) =>
        (last += step)
    )(0),
  )
  const link = { month, pseudonym, received: received ?? 0, places }
  const isWhole = received !== undefined && places.length === Math.min(received, MOST_PLACES)
  const isSorted = places.every((place, at) => Number.isSafeInteger(place) && place > (places[at - 1] ?? -1))
  if (!isWhole || !isSorted || write(link) !== text.replace(/^#/, ''))
    throw new InputError('Cannot read link: it is not one of a probe', {
      code: 'own-link.invalid',
      path: '',
      expected: 'a link as `kuager probe status` prints it, whole',
    })
  return link
}

/** A number in groups of seven bits, the lowest first; all but the last have the high bit (LEB128). */
function varint(value: number): readonly number[] {
  const bytes: number[] = []
  let left = value
  for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes.push((left % 0x80) | 0x80)
  return [...bytes, left]
}

/** Numbers one after another; undefined where the last one has no end, or one is too large. */
function readVarints(bytes: Uint8Array): readonly number[] | undefined {
  const numbers: number[] = []
  let value = 0
  let unit = 1
  for (const byte of bytes) {
    value += (byte & 0x7f) * unit
    unit *= 0x80
    if (!Number.isSafeInteger(value)) return undefined
    if (byte >= 0x80) continue
    numbers.push(value)
    value = 0
    unit = 1
  }
  return unit === 1 ? numbers : undefined
}
