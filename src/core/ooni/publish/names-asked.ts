import { addressFamily } from '../../model/address.ts'
import { canonicalHostname, registrableDomain } from '../../model/hostname.ts'
import type { JsonRecord } from '../decode/decoder.ts'

/** Which names and URLs of a measurement the client chose itself. */
export interface NamesAsked {
  /** A text under a key as it may be shown: a name or URL that an answer brought up is replaced. */
  shown(text: string, key: string): string
}

const NAMES = new Set(['hostname', 'server_name', 'host', 'outer_server_name'])

/**
 * A test of one URL goes where answers send it: from the second step on names and URLs are a server's text. Names that
 * the measurement was given are kept. Each other one becomes `withheld-<n>` below the registered domain of the input, where it
 * is below it, else below `invalid`, so that its rows still belong together; a URL keeps nothing of its path. Tests that are
 * given no URL ask what their authors chose.
 */
export function namesAsked(root: JsonRecord): NamesAsked {
  const { input, test_name: test } = root
  const start = typeof input === 'string' && test !== 'kuager' ? URL.parse(input) : null
  if (start === null || start.hostname === '') return { shown: (text) => text }
  const given = new Set([start.hostname, canonicalHostname(start.hostname) ?? start.hostname])
  const domain = registrableDomain(start.hostname)
  const numbers = new Map<string, number>()
  const nameFor = (name: string): string => {
    const bare = name.replace(/^\[|\]$/g, '')
    const canonical = canonicalHostname(bare) ?? bare
    if (given.has(canonical) || addressFamily(bare) !== undefined) return name
    if (!numbers.has(canonical)) numbers.set(canonical, numbers.size + 1)
    return `withheld-${numbers.get(canonical)}.${registrableDomain(canonical) === domain ? domain : 'invalid'}`
  }
  return {
    shown(text, key) {
      if (NAMES.has(key)) return nameFor(text)
      if (key !== 'url' || text === input) return text
      const url = URL.parse(text)
      if (url === null) return ''
      const port = url.port === '' ? '' : `:${url.port}`
      return `${url.protocol}//${nameFor(url.hostname)}${port}/`
    },
  }
}
