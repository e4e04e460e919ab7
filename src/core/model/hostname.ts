import { addressFamily } from './address.ts'

/** Second levels under which a country registers names: `name.co.uk` is one registration, `co.uk` is none. */
const SECOND_LEVELS = new Set(
  'ac co com edu gen go gob gouv gov gub mil ne net nom or org ltd plc sch info biz web firm in id my'.split(' '),
)

/**
 * Lower-case ASCII form of a host name: IDNA names become punycode, a final dot goes.
 * Undefined for a name that no URL could carry. Source: WHATWG URL, domain to ASCII.
 */
export function canonicalHostname(text: string): string | undefined {
  if (/^[a-z0-9][a-z0-9.-]*[a-z0-9]$/.test(text)) return text
  if (/[/?#@\\\s]/.test(text) || (text.includes(':') && !text.startsWith('['))) return undefined
  const url = URL.parse(`http://${text.replace(/\.$/, '')}/`)
  return url === null || url.hostname === '' || url.port !== '' ? undefined : url.hostname
}

/**
 * The part of a name that its owner registered. `BUG:` a short list instead of the Public Suffix List, so
 * names below rare suffixes (`github.io`) count as one registration: two sites there look like one owner.
 */
export function registrableDomain(host: string): string {
  if (addressFamily(host.replace(/^\[|\]$/g, '')) !== undefined) return host
  const labels = host.split('.')
  const [second, top] = [labels.at(-2), labels.at(-1)]
  const take = labels.length > 2 && top?.length === 2 && second !== undefined && SECOND_LEVELS.has(second) ? 3 : 2
  return labels.slice(-take).join('.')
}

/** Whether a certificate's name (exact, or `*.` for one label) covers a host. Source: RFC 6125 §6.4. */
export function nameCovers(pattern: string, host: string): boolean {
  const lower = pattern.toLowerCase()
  if (lower === host) return true
  return lower.startsWith('*.') && host.indexOf('.') > 0 && host.slice(host.indexOf('.')) === lower.slice(1)
}
