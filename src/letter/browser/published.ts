import { encodeHex } from '../../core/evidence/hex.ts'

/** What the script needs of a published letter. */
export interface LetterDocument {
  readonly id: string
  readonly version: number
  readonly consent: number
  /** Recipients of each layer, the inner one first. */
  readonly layers: readonly (readonly string[])[]
}

/** What the page says of the letter it is about. */
export interface ClaimedLetter {
  readonly id: string
  readonly version: number
  /** SHA-256 of the document, as it is in the log. */
  readonly digest: string
  /** Recipients that the page shows, by layer. */
  readonly shown: readonly (readonly string[])[]
}

export const subtleSha256 = async (bytes: Uint8Array): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', Uint8Array.from(bytes)))

/**
 * Reads the document of a letter and holds it against its digest and against the keys that the page shows: what is
 * sealed goes only to the keys of the document. Undefined where they differ, and for what is no such document.
 */
export async function readPublishedLetter(
  bytes: Uint8Array,
  claimed: ClaimedLetter,
): Promise<LetterDocument | undefined> {
  if (encodeHex(await subtleSha256(bytes)) !== claimed.digest) return undefined
  const document = decode(bytes)
  const layers = layersOf(document?.['keys'])
  const consent = recordOf(document?.['consent'])?.['version']
  if (document?.['format'] !== 'kuager-letter/1' || typeof consent !== 'number' || layers === undefined)
    return undefined
  if (document['id'] !== claimed.id || document['version'] !== claimed.version) return undefined
  if (!isSame(layers, claimed.shown)) return undefined
  return { id: claimed.id, version: claimed.version, consent, layers }
}

function decode(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    return recordOf(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
  } catch {
    return undefined
  }
}

const recordOf = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined

function layersOf(keys: unknown): readonly (readonly string[])[] | undefined {
  const layers = recordOf(keys)?.['layers']
  if (!Array.isArray(layers) || layers.length === 0) return undefined
  const found: string[][] = []
  for (const layer of layers as readonly unknown[]) {
    const recipients = Array.isArray(layer) ? layer.map((key: unknown) => recordOf(key)?.['recipient']) : []
    if (recipients.length === 0 || !recipients.every((one) => typeof one === 'string')) return undefined
    found.push(recipients)
  }
  return found
}

const isSame = (a: readonly (readonly string[])[], b: readonly (readonly string[])[]): boolean =>
  a.length === b.length &&
  a.every((layer, at) => layer.length === b[at]?.length && layer.every((one, place) => one === b[at]?.[place]))
