import { eraseBase64, eraserOf, SCRUBBED } from './erase-address.ts'
import { isRecord } from './decoder.ts'

/** Letters of an address written as `\u0031`, or with the empty bytes of UTF-16 between them, hold it all the same. */
const plainLetters = (text: string): string =>
  text.includes('\\u00')
    ? text.replace(/\\u00(?:00|([2-7][0-9a-f]))/gi, (_, code: string | undefined) =>
        code === undefined ? '' : String.fromCharCode(Number.parseInt(code, 16)),
      )
    : text

const WIDE = { wide: true } as const

/** Tells whether a document holds an address, in any spelling that `eraserOf` knows. */
export type HoldsAddress = (text: string, json: unknown) => boolean

/**
 * A search for one address in documents: their text as received, and the bytes that stand in them as base64. `json` is
 * the text parsed. Undefined where the address is none.
 */
export function searchFor(address: string): HoldsAddress | undefined {
  const addresses = new Set([address])
  const erase = eraserOf(addresses, WIDE)
  if (erase === undefined) return undefined
  const inBytes = (data: string): boolean => eraseBase64(data, addresses, erase, WIDE) !== data
  return (text, json) => {
    const plain = plainLetters(text)
    // A text may hold the very word that an erased one carries: only a change says something.
    if (erase(plain) !== plain) return true
    return BASE64.some((word) => text.includes(word)) ? anyBytes(json, inBytes) : false
  }
}

/** Words without which no base64 stands in a document. */
const BASE64 = ['base64', 'raw_response', 'x_first_bytes'] as const

/** Whether any base64 of a document passes; keys that hold it are those of docs/formats/ooni.md, public form. */
function anyBytes(value: unknown, test: (data: string) => boolean): boolean {
  if (Array.isArray(value)) return value.some((item) => anyBytes(item, test))
  if (!isRecord(value)) return false
  const { data, format, raw_response: raw, x_first_bytes: first } = value
  if (format === 'base64' && typeof data === 'string' && data !== SCRUBBED && test(data)) return true
  if (typeof raw === 'string' && test(raw)) return true
  if (typeof first === 'string' && test(first)) return true
  for (const name in value) {
    const inner = value[name]
    if (typeof inner === 'object' && inner !== null && anyBytes(inner, test)) return true
  }
  return false
}
