import { InputError } from '../../model/errors.ts'
import { ENTRY_KINDS, type EntryKind } from '../../model/log-entry.ts'
import { parseSha256, type Sha256 } from '../../model/units.ts'

/** What the log says of one entry: no content, and of a measurement no bare digest of content that could be guessed. */
export interface LeafRecord {
  readonly kind: EntryKind
  /** SHA-256 of the 16-byte salt followed by the bytes as received. */
  readonly original: Sha256
  /** SHA-256 of the public form of a measurement; of any other entry, of its bytes. */
  readonly public: Sha256
  /** Length of the bytes as received. */
  readonly size: number
}

/** An entry of the log has a 16-bit length (C2SP tlog-tiles). */
export const MAX_LEAF_BYTES = 65_535

const MEDIA = 'application/json'
const VERSION = 1

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const refuse = (code: string, expected: string, found: string): InputError =>
  new InputError(`Cannot read leaf record: found ${found}`, { code, path: '', expected })

const digits = (value: number): string => {
  if (Number.isSafeInteger(value) && value >= 0) return value.toString()
  throw new InputError(`Cannot write leaf record: found size ${value}`, {
    code: 'leaf.size',
    path: 'size',
    expected: 'a length in bytes',
  })
}

/**
 * Bytes of a leaf: the digest record as canonical JSON (docs/formats/archive.md, "Leaf record"). Written by hand, since
 * thousands a second are: a test holds it against `encodeCanonical`.
 */
export const encodeLeafRecord = ({ kind, original, public: shown, size }: LeafRecord): Uint8Array =>
  encoder.encode(
    `{"kind":"${kind}","media":"${MEDIA}","original":"${original}","public":"${shown}","size":${digits(size)},"v":${VERSION}}`,
  )

/**
 * Gives the record of a leaf. Throws InputError for anything but the exact canonical bytes of a record of this version:
 * a leaf has one encoding, so that no one can show two texts for one entry.
 */
export function parseLeafRecord(bytes: Uint8Array): LeafRecord {
  if (bytes.length > MAX_LEAF_BYTES) throw refuse('leaf.size', 'at most 65535 bytes', `${bytes.length} bytes`)
  const text = decodeText(bytes)
  const value = decodeObject(text)
  const kind = ENTRY_KINDS.find((one) => one === value['kind'])
  if (kind === undefined || value['media'] !== MEDIA || value['v'] !== VERSION)
    throw refuse('leaf.version', 'a record of version 1', 'another kind, media type or version')
  const size = value['size']
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
    throw refuse('leaf.size', 'a length in bytes', JSON.stringify(size))
  const record = { kind, original: parseSha256(value['original']), public: parseSha256(value['public']), size }
  if (decodeText(encodeLeafRecord(record)) !== text)
    throw refuse('leaf.canonical', 'canonical JSON with the six members of a record', 'another encoding')
  return record
}

function decodeText(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw refuse('leaf.utf8', 'UTF-8', 'other bytes')
  }
}

function decodeObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw refuse('leaf.json', 'JSON', 'other text')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refuse('leaf.json', 'an object', Array.isArray(value) ? 'an array' : typeof value)
  return value as Readonly<Record<string, unknown>>
}

/** The codec that the archive is given: it keeps leaves without knowing what evidence is made of. */
export const LEAF_CODEC = { encode: encodeLeafRecord, parse: parseLeafRecord } as const
