import type { Sha256 } from '../../core/model/units.ts'

/** SHA-256 of a text, hexadecimal. */
export type FileDigest = (text: string) => Sha256

/**
 * Longest part of a path that stands as it is; a path has at most six parts, so that the whole fits any file system.
 */
const MOST_PART = 64
const PLAIN = /^[A-Za-z0-9][A-Za-z0-9._-]*$/
/** Names that Windows gives to devices, with any text after the first dot. */
const DEVICES = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i
/** Endings that say themselves what a file is; everything else is a page, or JSON of the interface. */
const ENDINGS = /\.(?:css|csv|js|json|jsonl|png|svg|txt|woff2|xml)$/

/**
 * Path below a copy for an address of the site. A page becomes `…/index.html`, so that on any server the same path
 * leads to it as on the site; a part that a file system might refuse or take for another is cut and gets a digest of
 * itself. Pure: the same address has the same file in every copy.
 */
export function filePlace(address: URL, digest: FileDigest): string {
  const parts = address.pathname
    .split('/')
    .filter((part) => part !== '')
    .map((part) => plainPart(decodePart(part), digest))
  if (parts[0] === 'assets') return parts.join('/')
  const values = [...address.searchParams].toSorted(([a], [b]) => (a < b ? -1 : 1))
  const last = parts.at(-1) ?? ''
  const format = address.searchParams.get('format')
  const ending = parts[0] === 'api' && !ENDINGS.test(last) ? (format === 'csv' ? '.csv' : '.json') : ''
  const query = values
    .filter(([name]) => name !== 'format')
    .map(([name, value]) => plainPart(`${name}-${value}`, digest))
    .join('_')
  if (ending === '' && !ENDINGS.test(last)) return [...parts, `${query === '' ? 'index' : query}.html`].join('/')
  if (query === '') return `${parts.join('/')}${ending}`
  return [...parts, `${query}${ending === '' ? (ENDINGS.exec(last)?.[0] ?? '') : ending}`].join('/')
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function plainPart(part: string, digest: FileDigest): string {
  if (PLAIN.test(part) && part.length <= MOST_PART && !part.endsWith('.') && !DEVICES.test(part)) return part
  const slug = part
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
  const ending = ENDINGS.exec(part)?.[0] ?? ''
  return `${slug.slice(0, 32)}~${digest(part).slice(0, 10)}${ending}`
}

/** A link from one file of a copy to another: `../../assets/site.css`. */
export function relativeLink(from: string, to: string): string {
  const own = from.split('/').slice(0, -1)
  const other = to.split('/')
  let same = 0
  while (same < own.length && same < other.length - 1 && own[same] === other[same]) same++
  return [...own.slice(same).map(() => '..'), ...other.slice(same)].join('/')
}
