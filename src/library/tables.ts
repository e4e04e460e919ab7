import { hexText } from '../core/x509/der-reader.ts'
import { parseSha256, type Sha256 } from '../core/model/units.ts'
import { sha256 } from '../browser/verify/tools.ts'
import { TABLE_TEXTS } from './table-texts.ts'

/** SHA-256 of bytes, or of a text in UTF-8. */
export function tableDigest(bytes: Uint8Array | string): Sha256 {
  const found = sha256(typeof bytes === 'string' ? encoder.encode(bytes) : bytes)
  return parseSha256(hexText(found, 0, found.length))
}

const encoder = new TextEncoder()

/** Bytes of the tables of this version, by their names in data/. */
export const tableBytes = (): ReadonlyMap<string, Uint8Array> =>
  new Map(Object.entries(TABLE_TEXTS).map(([name, text]) => [name, encoder.encode(text)]))
