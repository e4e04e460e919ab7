import type { HttpObservation } from '../../model/measured/observation.ts'
import { hasPattern } from '../../model/plain-pattern.ts'
import type { Fingerprint, Tables } from '../../model/tables/tables.ts'
import type { CountryCode } from '../../model/units.ts'

/**
 * What a match is worth: `artefact` stands alone; `with-control` counts only beside a difference from the
 * control; `own-filter` is the filter of the line's owner (an employer, a school, a household).
 */
export type FingerprintWorth = 'artefact' | 'with-control' | 'own-filter'

export interface FingerprintMatch {
  readonly name: string
  readonly worth: FingerprintWorth
}

function worthOf(print: Fingerprint, country: CountryCode): FingerprintWorth | undefined {
  if (print.scope === 'fp') return undefined
  if (print.scope === 'inst') return 'own-filter'
  const stated = print.countries.filter((code) => code !== 'ZZ')
  if (print.scope === 'prod' || print.scope === 'vbw' || stated.length === 0) return 'with-control'
  return stated.includes(country) ? 'artefact' : 'with-control'
}

const RANK = { artefact: 0, 'own-filter': 1, 'with-control': 2 } satisfies Record<FingerprintWorth, number>

function best(found: readonly FingerprintMatch[]): FingerprintMatch | undefined {
  return found.toSorted((a, b) => RANK[a.worth] - RANK[b.worth])[0]
}

function matches(pattern: Fingerprint['pattern'], text: string): boolean {
  switch (pattern.kind) {
    case 'full':
      return text === pattern.text
    case 'prefix':
      return text.startsWith(pattern.text)
    case 'contains':
      return text.includes(pattern.text)
    case 'regexp':
      return hasPattern(pattern.plain, text)
  }
}

/** Fingerprints by the place in which they are looked for; made once a table. */
interface Index {
  readonly addresses: ReadonlyMap<string, readonly Fingerprint[]>
  /** DNS patterns that are no whole address. */
  readonly addressPatterns: readonly Fingerprint[]
  readonly bodies: readonly Fingerprint[]
  readonly headers: ReadonlyMap<string, readonly Fingerprint[]>
}
const INDEXES = new WeakMap<readonly Fingerprint[], Index>()

function push(map: Map<string, Fingerprint[]>, key: string, print: Fingerprint): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [print])
  else list.push(print)
}

function indexOf(prints: readonly Fingerprint[]): Index {
  const known = INDEXES.get(prints)
  if (known !== undefined) return known
  const addresses = new Map<string, Fingerprint[]>()
  const headers = new Map<string, Fingerprint[]>()
  const addressPatterns: Fingerprint[] = []
  const bodies: Fingerprint[] = []
  for (const print of prints) {
    if (print.scope === 'fp') continue
    const { place, pattern } = print
    if (place.kind === 'header') push(headers, place.name, print)
    else if (place.kind === 'body') bodies.push(print)
    else if (pattern.kind === 'full') push(addresses, pattern.text, print)
    else addressPatterns.push(print)
  }
  const index = { addresses, addressPatterns, bodies, headers }
  INDEXES.set(prints, index)
  return index
}

function matching(prints: readonly Fingerprint[], text: string, country: CountryCode): readonly FingerprintMatch[] {
  const found: FingerprintMatch[] = []
  for (const print of prints) {
    if (!matches(print.pattern, text)) continue
    const worth = worthOf(print, country)
    if (worth !== undefined) found.push({ name: print.name, worth })
  }
  return found
}

/** The strongest fingerprint of a DNS answer. */
export function fingerprintOfAddress(
  address: string,
  country: CountryCode,
  tables: Tables,
): FingerprintMatch | undefined {
  if (tables.fingerprints.length === 0) return undefined
  const index = indexOf(tables.fingerprints)
  const whole = index.addresses.get(address) ?? []
  if (whole.length === 0 && index.addressPatterns.length === 0) return undefined
  return best(matching([...whole, ...index.addressPatterns], address, country))
}

/** The strongest fingerprint of an HTTP answer, in its body or its headers. */
export function fingerprintOfPage(
  page: HttpObservation,
  country: CountryCode,
  tables: Tables,
): FingerprintMatch | undefined {
  return page.read === undefined
    ? best(matchesOfPage(page, country, tables))
    : best(page.read.fingerprints.flatMap((name) => matchNamed(name, country, tables) ?? []))
}

/** What a fingerprint of pages is worth that matched when the page was read. */
function matchNamed(name: string, country: CountryCode, tables: Tables): FingerprintMatch | undefined {
  const print = tables.fingerprints.find((one) => one.name === name && one.place.kind !== 'dns')
  const worth = print && worthOf(print, country)
  return worth && { name, worth }
}

/** Every fingerprint that an HTTP answer matches: by its headers, as they come, then by its body. */
export function matchesOfPage(
  page: HttpObservation,
  country: CountryCode,
  tables: Tables,
): readonly FingerprintMatch[] {
  if (tables.fingerprints.length === 0) return []
  const index = indexOf(tables.fingerprints)
  const found = page.headers.flatMap(([name, value]) => {
    const prints = index.headers.get(name)
    return prints === undefined ? [] : matching(prints, value, country)
  })
  return page.body === undefined ? found : [...found, ...matching(index.bodies, page.body, country)]
}
