import { InputError } from '../../core/model/errors.ts'

/** One object of a bucket, as listed. */
export interface BucketObject {
  readonly key: string
  /** Bytes. */
  readonly size: number
  /** Changes when the content does. */
  readonly etag: string
}

export interface BucketPage {
  readonly objects: readonly BucketObject[]
  readonly prefixes: readonly string[]
  /** Token of the next page; absent on the last. */
  readonly next?: string
}

const fail = (found: string): InputError =>
  new InputError(`Cannot read the bucket's listing: ${found}`, {
    code: 'listing.invalid',
    path: '',
    expected: 'ListBucketResult of S3 ListObjectsV2',
  })

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

const unescape = (text: string): string =>
  text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return ENTITIES[name] ?? whole
    const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole
  })

/** Text of the first element of a name, without what is nested in it; undefined where there is none. */
export function field(xml: string, name: string): string | undefined {
  const from = xml.indexOf(`<${name}>`)
  const to = from < 0 ? -1 : xml.indexOf(`</${name}>`, from)
  return to < 0 ? undefined : unescape(xml.slice(from + name.length + 2, to))
}

/** The inner text of every element of a name, in order; elements of that name are not nested in S3's listing. */
export function* elements(xml: string, name: string): Generator<string> {
  const close = `</${name}>`
  for (let at = xml.indexOf(`<${name}>`); at >= 0;) {
    const end = xml.indexOf(close, at)
    if (end < 0) throw fail('it ends too early')
    yield xml.slice(at + name.length + 2, end)
    at = xml.indexOf(`<${name}>`, end)
  }
}

/**
 * Reads one page of S3's ListObjectsV2, and nothing of XML beyond what that answer uses: no attributes, comments,
 * entities of its own or nesting are followed. Throws InputError where it is anything else or is cut off.
 */
export function parseListing(xml: string): BucketPage {
  if (!/^\s*(?:<\?xml[^>]*\?>\s*)?<ListBucketResult[\s>]/.test(xml)) throw fail('another document')
  if (!/<\/ListBucketResult>\s*$/.test(xml)) throw fail('it ends too early')
  const objects = [...elements(xml, 'Contents')].map((inner): BucketObject => {
    const key = field(inner, 'Key')
    const size = Number(field(inner, 'Size'))
    if (key === undefined || !Number.isSafeInteger(size) || size < 0) throw fail('an object without key or size')
    return { key, size, etag: field(inner, 'ETag') ?? '' }
  })
  const prefixes = [...elements(xml, 'CommonPrefixes')].flatMap((inner) => field(inner, 'Prefix') ?? [])
  if (field(xml, 'IsTruncated') !== 'true') return { objects, prefixes }
  const next = field(xml, 'NextContinuationToken')
  if (next === undefined || next === '') throw fail('a page that is not the last and names no next one')
  return { objects, prefixes, next }
}
